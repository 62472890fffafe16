"""Bodies about cases over HTTP that more than one function reads or writes."""

from datetime import datetime

from bitewing.aws.bodies import View
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Return
from bitewing.cases.status import Status


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
