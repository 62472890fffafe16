"""Sample planning: hours of the first lab, and cases that wait for a session, have one ahead, and had one yesterday."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import Put, Table
from bitewing.cases.case import Case
from bitewing.cases.status import Status
from bitewing.kernel.ids import LONG_ID_LENGTH
from bitewing.kernel.moments import rfc3339
from bitewing.planning.hours import Opening, PlanningHours
from bitewing.planning.session import PlanningSession
from bitewing.requirements.case_types import CaseType

from local.seed import NORTH_PINE

#: A case that its practice should book for, and cases that are booked: days to their session.
WAITING: Final = "FREE00000001"
BOOKED: Final = {"NEXT00000001": 3, "PAST00000001": -1}
#: Each day from one to eight at night, so that samples of any day find blocks.
HOURS: Final = PlanningHours(
    lab_id=NORTH_PINE.lab_id,
    openings=tuple(Opening(weekday=weekday, begins_at="01:00", ends_at="20:00") for weekday in range(1, 8)),
    meeting_link="https://meet.north-pine.example/planning",
    version=1,
)


def planned(case: Case, at: datetime) -> Case:
    """Return a case that was sent as one that is planned."""
    case = replace(case, case_type=CaseType.SURGICAL_GUIDE, due_on=None, first_received=1, version=4)
    if case.case_id == WAITING:
        return replace(case, status=Status.READY_TO_PLAN)
    session = session_of(case, at)
    return replace(
        case,
        status=Status.PLANNING_SCHEDULED,
        session=session.of_case,
        due_on=NORTH_PINE.working_days.after(session.starts_at.date(), 5),
        version=5,
    )


def session_of(case: Case, at: datetime) -> PlanningSession:
    """Return the session of a sample case: at three in the afternoon in UTC, days away."""
    day = at + timedelta(days=BOOKED[case.case_id])
    starts_at = day.replace(hour=15, minute=0, second=0, microsecond=0)
    return PlanningSession(
        session_id=f"{case.case_id.rstrip('01')}S".ljust(LONG_ID_LENGTH, "0"),
        case_id=case.case_id,
        practice_id=case.practice_id,
        lab_id=case.lab_id,
        planner=1,
        starts_at=starts_at,
        ends_at=starts_at + HOURS.block_length,
        meeting_link=HOURS.meeting_link,
        booked_at=at - timedelta(days=2),
        booked_by="5d6f0a52-8f1e-4a0e-9d57-3a5f8b1c0e01",
    )


def store_planning(table: Table, cases: Sequence[Case], *, at: datetime) -> None:
    """Store the hours, and the sessions of those cases that have one."""
    table.write([Put(key=keys.planning_hours(HOURS.lab_id), values=record(HOURS))])
    for case in cases:
        if case.session is not None:
            session = session_of(case, at)
            starts_at = rfc3339(session.starts_at)
            for key in (
                keys.session(case.case_id, session.session_id),
                keys.session_slot(case.lab_id, starts_at, session.planner),
                keys.session_of_practice(case.practice_id, starts_at, case.case_id),
            ):
                table.write([Put(key=key, values=record(session))])
