"""What happens to Case Days, told to whoever listens on the bus.

A change can be several facts: who declines a confirmed day leaves its team, and makes the day tentative. Each fact
names whom it is news for, and of the facts of one change nobody is named in two: everybody hears of a change once.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.changes import ChangedField
from bitewing.case_days.hard_rules import HardRule
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.wire import CASE_DAYS_SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayEvent(Event):
    """A fact about a Case Day.

    Attributes:
        case_day_version: The version after the change.
        members: Clinicians who are on the team after the change, by id.
        on: The date after the change.
        concerns: Clinicians who are told, by id: those who are on the team, or were before the change.
        concerns_practice: Whether the practice is told.
        concerns_managers: Whether the managers of the care team are told.
    """

    SOURCE: ClassVar[str] = CASE_DAYS_SOURCE
    SUBJECT: ClassVar[str] = "case_day_id"

    case_day_id: str
    care_team_id: str
    practice_id: str
    case_day_version: int
    members: tuple[str, ...]
    on: date
    concerns: tuple[str, ...]
    concerns_practice: bool
    concerns_managers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayCreated(CaseDayEvent):
    """A Case Day was made, by hand or from a proposal."""

    period_id: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayMoved(CaseDayEvent):
    """A Case Day has another status; the reason is read with it."""

    origin: DayStatus
    to: DayStatus
    by: DayParty


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMemberAsked(CaseDayEvent):
    """A clinician was put on a team, and is asked to accept."""

    clinician_id: str
    role: ClinicianRole
    answer_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMemberAccepted(CaseDayEvent):
    """A member accepted."""

    clinician_id: str
    role: ClinicianRole


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMemberDeclined(CaseDayEvent):
    """A clinician declined, and is no member any more; the manager looks for a substitute."""

    clinician_id: str
    role: ClinicianRole


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMemberRemoved(CaseDayEvent):
    """A manager took a clinician off a team."""

    clinician_id: str
    role: ClinicianRole


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMemberSilent(CaseDayEvent):
    """A member gave no answer in time; the manager hears of it."""

    clinician_id: str
    role: ClinicianRole
    answer_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMemberUnfit(CaseDayEvent):
    """A member breaks hard rules that they kept before; they stay on the team until a manager decides.

    Attributes:
        rules: All that they break now and nobody set aside.
    """

    clinician_id: str
    role: ClinicianRole
    rules: tuple[HardRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayRescheduled(CaseDayEvent):
    """A Case Day takes place at another date.

    Attributes:
        previous_on: The date before.
        kept: Members who stay; they are asked again.
        released: Clinicians who cannot make the new date, and are no members any more.
    """

    previous_on: date
    kept: tuple[str, ...]
    released: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayChanged(CaseDayEvent):
    """Something else of a Case Day changed.

    Attributes:
        fields: What changed.
        by: On whose side the person stands.
    """

    fields: tuple[ChangedField, ...]
    by: DayParty


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayChangeWanted(CaseDayEvent):
    """The practice wants a change that a manager decides on.

    Attributes:
        fields: All that it wants to be changed; nothing where it takes back what it wanted.
    """

    fields: tuple[ChangedField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayChangeDecided(CaseDayEvent):
    """A manager approved or refused what the practice wanted to change, or the day began before one decided."""

    fields: tuple[ChangedField, ...]
    is_approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayNotConfirmed(CaseDayEvent):
    """The time of a Case Day has come, and nobody has confirmed it; its managers call it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeConfirmed(CaseDayEvent):
    """The practice confirmed the details of a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayPatientsChanged(CaseDayEvent):
    """Patients were assigned, changed or removed.

    Attributes:
        patients: How many there are after the change.
        case_ids: Cases whose work begins or ceases to be needed on the day.
    """

    patients: int
    case_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayWorkLate(CaseDayEvent):
    """The work of a case will not be there on the Case Day on which a patient needs it.

    Attributes:
        arrives_on: When it is there, as it looks now; ``None`` where it does not come.
    """

    case_id: str
    arrives_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDayWorkInTime(CaseDayEvent):
    """The work of a case, of which it was told that it comes too late, will be there on its Case Day after all.

    Attributes:
        arrives_on: When it is there, as it looks now; ``None`` where it has arrived.
    """

    case_id: str
    arrives_on: date | None


def day_event_head(
    day: CaseDay,
    *,
    at: datetime,
    concerns: tuple[str, ...] = (),
    concerns_practice: bool = False,
    concerns_managers: bool = False,
) -> dict[str, Any]:
    """Return what every event of a Case Day, as it was just changed, begins with."""
    return {
        "event_id": new_id(at),
        "occurred_at": at,
        "case_day_id": day.case_day_id,
        "care_team_id": day.care_team_id,
        "practice_id": day.practice_id,
        "case_day_version": day.version,
        "members": tuple(each.clinician_id for each in day.team),
        "on": day.on,
        "concerns": concerns,
        "concerns_practice": concerns_practice,
        "concerns_managers": concerns_managers,
    }
