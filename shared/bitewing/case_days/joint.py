"""The joint of Case Days and lab cases: whether the work of a patient's case is there on the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.status import IS_AHEAD, DayStatus
from bitewing.cases.case import Case
from bitewing.cases.due_dates import after_hold, kept_running
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.readiness import arrives_on, ready_on
from bitewing.cases.shipments import have_all_arrived
from bitewing.cases.status import Status
from bitewing.directory.organization import Lab
from bitewing.kernel.working_days import NeverOpen

#: Where the work of a case is needed on a day: until it is over, or will not take place.
NEEDS_WORK: Final = IS_AHEAD | {DayStatus.IN_PROGRESS}


class WorkState(StrEnum):
    """Whether the work of a case is there on a Case Day."""

    THERE = "there"
    """It has arrived."""
    IN_TIME = "in_time"
    """It arrives before the day, or on it."""
    LATE = "late"
    """It arrives after the day."""
    NOT_COMING = "not_coming"
    """Its case was canceled."""
    UNKNOWN = "unknown"
    """Nobody can tell: the lab does not offer the type, or has no working day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The work of a case that a patient of a Case Day needs.

    Attributes:
        arrives_on: When it is there, in the lab's calendar, as it looks now; of what is prepared, if it were sent
            today. ``None`` where nobody can tell, and where it is there.
    """

    case_id: str
    state: WorkState
    arrives_on: date | None = None

    @property
    def is_missed(self) -> bool:
        """Whether it will not be there on the day."""
        return self.state in {WorkState.LATE, WorkState.NOT_COMING}


def work_of(case: Case, lab: Lab | None, turnaround: int | None, *, needed_on: date, at: datetime) -> Work:
    """Return whether the work of a case is there on a day.

    Args:
        case: The case.
        lab: Its lab.
        turnaround: Working days that the lab takes for its type; ``None`` where it does not say so.
        needed_on: The date of the Case Day.
        at: This moment.
    """
    if case.status is Status.CANCELLED:
        return Work(case_id=case.case_id, state=WorkState.NOT_COMING)
    if case.status is Status.DELIVERED or have_all_arrived(case.shipments):
        return Work(case_id=case.case_id, state=WorkState.THERE)
    try:
        arrives = _arrives_on(case, lab, turnaround, at) if lab is not None else None
    except NeverOpen:
        arrives = None
    if arrives is None:
        return Work(case_id=case.case_id, state=WorkState.UNKNOWN)
    state = WorkState.IN_TIME if arrives <= needed_on else WorkState.LATE
    return Work(case_id=case.case_id, state=state, arrives_on=arrives)


def _arrives_on(case: Case, lab: Lab, turnaround: int | None, at: datetime) -> date | None:
    days = lab.working_days
    if case.status is Status.SHIPPED and case.shipments:
        return arrives_on(lab, days.day_of(case.shipments[-1].shipped_at))
    due = case.due_on
    if case.hold is not None:
        # As if it went on now.
        due = after_hold(days, case.hold.due_on, held_at=case.hold.at, released_at=at)
    if due is not None:
        return arrives_on(lab, kept_running(days, due, at=at))
    if turnaround is None:
        return None
    return arrives_on(lab, ready_on(case, lab, turnaround, today=days.day_of(at), at=at))


def linked(case: Case, day: CaseDay | None, work: Work | None) -> LinkedDay | None:
    """Return on which Case Day the work of a case is needed, as it is to be kept with the case.

    Args:
        case: With what is kept.
        day: The day that it names.
        work: Whether the work is there on it; ``None`` where the case names none.

    Returns:
        ``None`` where the day is over, or will not take place.
    """
    if case.case_day is None or day is None or work is None or day.status not in NEEDS_WORK:
        return None
    # What nobody can tell changes nothing of what was told.
    is_late = case.case_day.is_late if work.state is WorkState.UNKNOWN else work.is_missed
    return LinkedDay(case_day_id=day.case_day_id, on=day.on, is_late=is_late)


def link_details(before: LinkedDay | None, after: LinkedDay | None) -> Mapping[str, str]:
    """Return what the history of a case says where the day on which its work is needed changes.

    Args:
        before: The day that was kept with it.
        after: The day that is kept with it from now on.

    Returns:
        ``previous_on`` and ``on`` where the day or its date is another, or where the work is needed on none any more;
        ``work`` where it is said to come too late for the same day from now on, or in time after all.
    """
    details = {}
    if _named(before) != _named(after):
        if before is not None:
            details["previous_on"] = before.on.isoformat()
        if after is not None:
            details["on"] = after.on.isoformat()
    if before is None or after is None or before.case_day_id != after.case_day_id:
        return details
    if before.is_late != after.is_late:
        details["work"] = (WorkState.LATE if after.is_late else WorkState.IN_TIME).value
    return details


def _named(day: LinkedDay | None) -> tuple[str, date] | None:
    return (day.case_day_id, day.on) if day is not None else None
