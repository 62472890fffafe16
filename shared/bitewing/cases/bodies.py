"""Bodies about cases over HTTP that more than one function reads or writes."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from bitewing.aws.bodies import View
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Return
from bitewing.cases.status import Status
from bitewing.cases.would_be import WouldBe
from bitewing.precheck.finding import Finding, FindingSource, Outcome, Precheck


class ReturnReasonView(View):
    """One reason why a case came back, and what the practice did about it.

    ``answer`` is null until the practice has said something. A reason about a file is dealt with as well when the
    file was removed or replaced. A lab reads answers once the case was sent again.
    """

    reason_id: str
    code: Reason
    says: str
    rule_id: str | None
    file_id: str | None
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None


class ReturnView(View):
    """One time that the lab gave the case back."""

    number: int
    to: Status
    submission_number: int
    at: datetime
    by: str
    reasons: list[ReturnReasonView]

    @classmethod
    def of(cls, back: Return) -> "ReturnView":
        """Return a return as the API shows it."""
        return cls(
            number=back.number,
            to=back.to,
            submission_number=back.submission_number,
            at=back.at,
            by=back.by,
            reasons=[
                ReturnReasonView(
                    reason_id=reason.reason_id,
                    code=reason.code,
                    says=reason.says,
                    rule_id=reason.rule_id,
                    file_id=reason.file_id,
                    answer=reason.answer.says if reason.answer else None,
                    answered_at=reason.answer.at if reason.answer else None,
                    answered_by=reason.answer.by if reason.answer else None,
                )
                for reason in back.reasons
            ],
        )


class FindingView(View):
    """One thing that is missing or wrong, and what to do about it."""

    rule_id: str
    outcome: Outcome
    about: str
    says: str
    do: str
    source: FindingSource

    @classmethod
    def of(cls, finding: Finding) -> "FindingView":
        """Return a finding as the API shows it."""
        return cls(
            rule_id=finding.rule_id,
            outcome=finding.outcome,
            about=finding.about,
            says=finding.says,
            do=finding.do,
            source=finding.source,
        )


class PrecheckView(View):
    """What PreCheck says of a case now."""

    outcome: Outcome
    next_step: str | None
    findings: list[FindingView]

    @classmethod
    def of(cls, precheck: Precheck) -> "PrecheckView":
        """Return a PreCheck as the API shows it."""
        return cls(
            outcome=precheck.outcome,
            next_step=precheck.next_step,
            findings=[FindingView.of(finding) for finding in precheck.findings],
        )


class WouldBeView(View):
    """What a request would make of the case: the answer to `dry_run=true`, for which nothing is stored."""

    status: Annotated[Status, Field(description="The status of the case after the request.")]
    due_on_before: Annotated[
        date | None, Field(description="When the case is due as it stands, in the time zone of its lab.")
    ]
    due_on_after: Annotated[
        date | None,
        Field(
            description="When it would be due, in the time zone of its lab. A change of the packet moves no date by"
            " itself: it says what sending the changed case now would do."
        ),
    ]
    counts_anew: Annotated[bool, Field(description="Whether the turnaround would count from now, as of a new case.")]
    releases_session: Annotated[bool, Field(description="Whether the booked planning session would be given up.")]
    precheck: Annotated[
        PrecheckView | None, Field(description="What PreCheck would say, of what the practice changes or sends.")
    ]

    @classmethod
    def of(cls, would_be: WouldBe) -> "WouldBeView":
        """Return what would be as the API shows it."""
        return cls(
            status=would_be.status,
            due_on_before=would_be.due_on_before,
            due_on_after=would_be.due_on_after,
            counts_anew=would_be.counts_anew,
            releases_session=would_be.releases_session,
            precheck=PrecheckView.of(would_be.precheck) if would_be.precheck else None,
        )
