"""The bodies of the API of teams."""

from typing import Annotated, Literal

from bitewing.aws.bodies import Body, Code, Moment, View
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.bodies import Overrides
from bitewing.case_days.changing import Seat
from bitewing.case_days.hard_rules import HardRule, Violation
from bitewing.case_days.substitutes import Favor, Standing, Substitute
from bitewing.kernel.errors import Unknown
from pydantic import Field


def read_role(text: str) -> ClinicianRole:
    """Return the role that a path names.

    Raises:
        Unknown: There is none of this name.
    """
    try:
        return ClinicianRole(text)
    except ValueError as error:
        raise Unknown("role") from error


class SeatBody(Body):
    """Who is wanted in a role that the path names."""

    clinician_id: Code
    overrides: Overrides = Field([])

    def read(self, role: ClinicianRole) -> Seat:
        """Return who is wanted."""
        return Seat(role=role, clinician_id=self.clinician_id, overrides=tuple(each.read() for each in self.overrides))


class AnswerBody(Body):
    """What a member says to a day."""

    to: Annotated[Literal["accepted", "declined"], Field(description="Who declines leaves the team.")]
    asked_at: Annotated[Moment, Field(description="When the question was asked, as the day says with the member.")]


class ViolationView(View):
    """A hard rule that somebody would break on a team."""

    rule: HardRule
    says: str
    can_be_overridden: bool

    @classmethod
    def of(cls, violation: Violation) -> "ViolationView":
        """Return it as the API shows it."""
        return cls(rule=violation.rule, says=violation.says, can_be_overridden=violation.can_be_overridden)


class CandidateView(View):
    """A clinician who has a role, and whether they could take it on a day."""

    clinician_id: str
    name: str
    standing: Standing
    violations: Annotated[list[ViolationView], Field(description="What speaks against it; of those who can, nothing.")]
    favors: Annotated[list[Favor], Field(description="What else counts; `declined` against.")]
    drive_minutes: Annotated[int, Field(description="One way, from home.")]
    days_of_week: Annotated[
        int | None, Field(description="Other days of the week on which they work; null where they cannot anyway.")
    ]

    @classmethod
    def of(cls, candidate: Substitute) -> "CandidateView":
        """Return it as the API shows it."""
        return cls(
            clinician_id=candidate.clinician_id,
            name=candidate.name,
            standing=candidate.standing,
            violations=[ViolationView.of(each) for each in candidate.violations],
            favors=sorted(candidate.favors),
            drive_minutes=candidate.drive_minutes,
            days_of_week=candidate.days_of_week,
        )


class CandidatesView(View):
    """Who could take a role on a day, the best first, and why others cannot."""

    candidates: list[CandidateView]
