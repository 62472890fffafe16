"""Deadlines of periods, Case Days and planning sessions: which there are follows from what their subject is now.

Beside it only the rules of notifications and the time decide, of the deadline at which its reminders are looked at. A
deadline only says where to look, and when: whoever is told of one decides by the subject as it is then. So it does
no harm where one is told late or twice, or where its subject moved or went away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bitewing.care_teams.care_team import TEAM_ROLES, ClinicianRole
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.status import DayStatus
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod

#: When the date before is over everywhere: the clocks that are furthest behind are twelve hours behind UTC.
_OVER_EVERYWHERE: Final = time(12, tzinfo=UTC)


class DeadlineKind(StrEnum):
    """What it is time for."""

    #: A period has collected availability.
    AVAILABILITY_DUE = "availability_due"
    #: A period that is reviewed is to be matched.
    MATCHING_DUE = "matching_due"
    #: The last date of a published period is over.
    PERIOD_OVER = "period_over"
    #: Somebody of a team had to answer by now.
    ANSWER_DUE = "answer_due"
    #: A confirmed day begins; of one that nobody confirmed, the managers hear.
    DAY_BEGINS = "day_begins"
    DAY_ENDS = "day_ends"
    #: Somebody may have to be reminded of a planning session, of a period or of a Case Day.
    SESSION_REMINDER = "session_reminder"
    PERIOD_REMINDER = "period_reminder"
    DAY_REMINDER = "day_reminder"


#: What a period can wait for.
_OF_PERIODS: Final = frozenset(
    {
        *(DeadlineKind.AVAILABILITY_DUE, DeadlineKind.MATCHING_DUE, DeadlineKind.PERIOD_OVER),
        DeadlineKind.PERIOD_REMINDER,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A moment at which something is due.

    Attributes:
        subject_id: The period, the Case Day, or the planning session.
        role: Whose answer is due; ``None`` where it is not an answer.
        care_team_id: Of a period or a Case Day; empty of a planning session.
        case_id: Of a planning session; empty of the others.
    """

    kind: DeadlineKind
    subject_id: str
    at: datetime
    role: ClinicianRole | None = None
    care_team_id: str = ""
    case_id: str = ""

    @property
    def name(self) -> str:
        """Return what it is called: the same wherever its moment moves, so that its subject has it once."""
        return _name(self.kind, self.subject_id, self.role)


#: What a day waits for, by where it is.
_TURNS: Final[Mapping[DayStatus, DeadlineKind]] = {
    DayStatus.TENTATIVE: DeadlineKind.DAY_BEGINS,
    DayStatus.CONFIRMED: DeadlineKind.DAY_BEGINS,
    DayStatus.IN_PROGRESS: DeadlineKind.DAY_ENDS,
}


def deadlines_of_period(period: SchedulingPeriod) -> tuple[Deadline, ...]:
    """Return the deadlines that a period has now, those that are over among them.

    One whose availability is due when it is to be matched has the one after the other: it is matched as soon as it has
    moved on. A period ends with its last date where the care team is, and is told of it when that date is over
    everywhere: a care team that moves to another time zone changes no deadline.
    """
    if (waits_for := _wait_of(period)) is None:
        return ()
    kind, at = waits_for
    return (Deadline(kind=kind, care_team_id=period.care_team_id, subject_id=period.period_id, at=at),)


def names_of_period(period_id: str) -> frozenset[str]:
    """Return the names of all deadlines that a period can have."""
    return frozenset(_name(kind, period_id) for kind in _OF_PERIODS)


def _wait_of(period: SchedulingPeriod) -> tuple[DeadlineKind, datetime] | None:
    match period.status:
        case PeriodStatus.COLLECTING:
            return DeadlineKind.AVAILABILITY_DUE, period.availability_due_at
        case PeriodStatus.REVIEWING if period.match_at is not None:
            return DeadlineKind.MATCHING_DUE, period.match_at
        case PeriodStatus.PUBLISHED:
            over_at = datetime.combine(period.last_on + timedelta(days=1), _OVER_EVERYWHERE)
            return DeadlineKind.PERIOD_OVER, over_at
    return None


def deadlines_of_day(day: CaseDay) -> tuple[Deadline, ...]:
    """Return the deadlines that a Case Day has now, those that are over among them: answers, and its next turn."""
    answers = tuple(
        Deadline(
            kind=DeadlineKind.ANSWER_DUE,
            care_team_id=day.care_team_id,
            subject_id=day.case_day_id,
            at=member.answer_due_at,
            role=member.role,
        )
        for member in day.unanswered
    )
    if (at := day.turns_at) is None:
        return answers
    turn = Deadline(kind=_TURNS[day.status], care_team_id=day.care_team_id, subject_id=day.case_day_id, at=at)
    return (*answers, turn)


def names_of_day(case_day_id: str) -> frozenset[str]:
    """Return the names of all deadlines that a Case Day can have."""
    answers = {_name(DeadlineKind.ANSWER_DUE, case_day_id, role) for role in TEAM_ROLES}
    return frozenset(answers | {_name(kind, case_day_id) for kind in (*_TURNS.values(), DeadlineKind.DAY_REMINDER)})


def names_of_session(session_id: str) -> frozenset[str]:
    """Return the names of all deadlines that a planning session can have."""
    return frozenset({_name(DeadlineKind.SESSION_REMINDER, session_id)})


def _name(kind: DeadlineKind, subject_id: str, role: ClinicianRole | None = None) -> str:
    return f"{kind.value}-{subject_id}" + (f"-{role.value}" if role is not None else "")
