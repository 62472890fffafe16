"""Time that passes at once: what a walk does not wait for is moved into the past where it is stored."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bitewing.aws import keys
from bitewing.aws.clock import now
from bitewing.aws.items import to_plain
from bitewing.aws.schemas import as_stored, record
from bitewing.aws.table import ALWAYS, EXISTS, Delete, Put, Table, Update, Write
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.store import TableCaseDays, copies_of
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.store import TableCases
from bitewing.kernel.moments import rfc3339
from bitewing.planning.session import PlanningSession
from bitewing.planning.store import TablePlanning

from local.stack import LocalStack
from local.trouble import Trouble

#: How long ago a session begins that is moved into the past.
AGO: Final = timedelta(hours=1)
#: How far back a free date is looked for.
_LOOKED_BACK: Final = timedelta(days=365)


def let_session_begin(stack: LocalStack, case_id: str) -> None:
    """Let the booked planning session of a case begin an hour ago, as if that time had passed.

    Raises:
        Trouble: The case has no session.
    """
    table = Table(stack.client("dynamodb"), stack.outputs()["TableName"])
    case = TableCases(table, now=now).find(case_id)
    booked = case.session if case else None
    session = TablePlanning(table, now=now).find(case_id, booked.session_id) if booked else None
    if booked is None or session is None:
        raise Trouble(f"Case {case_id} has no planning session that could begin.")
    starts_at = now().replace(microsecond=0) - AGO
    ends_at = starts_at + (session.ends_at - session.starts_at)
    begun = replace(session, starts_at=starts_at, ends_at=ends_at)
    writes: list[Write] = [Delete(key=key) for key in _places(session)]
    writes += [Put(key=key, values=record(begun), condition=ALWAYS) for key in _places(begun)]
    writes += [
        Put(key=keys.session(case_id, session.session_id), values=record(begun), condition=EXISTS),
        Update(
            key=keys.case(case_id),
            values={"session": to_plain(replace(booked, starts_at=starts_at, ends_at=ends_at))},
            condition=EXISTS,
        ),
    ]
    table.write(writes)


def let_day_begin(stack: LocalStack, case_day_id: str) -> None:
    """Let a confirmed Case Day begin on the last date before today on which its practice and team had none.

    It stands there as if that time had passed: with the claims of its team, and for the lab cases of its patients.

    Raises:
        Trouble: There is no such day, or it is not confirmed.
    """
    table = Table(stack.client("dynamodb"), stack.outputs()["TableName"])
    days = TableCaseDays(table, now=now)
    day = days.find(case_day_id)
    if day is None or day.status is not DayStatus.CONFIRMED:
        raise Trouble(f"There is no confirmed Case Day {case_day_id} that could begin.")
    begun = replace(day, on=_last_free_date(days, day))
    writes: list[Write] = [Delete(key=key) for key in (*copies_of(day), _date_of(day))]
    writes += [Put(key=key, values=record(begun), condition=ALWAYS) for key in copies_of(begun)]
    writes += [
        Put(key=_date_of(begun), values=as_stored("PracticeDate", {"case_day_id": case_day_id}), condition=ALWAYS),
        Put(key=keys.case_day(case_day_id), values=record(begun), condition=EXISTS),
        *(
            Update(
                key=keys.case(patient.case_id),
                values={"case_day": to_plain(LinkedDay(case_day_id=case_day_id, on=begun.on))},
                condition=EXISTS,
            )
            for patient in days.patients(case_day_id)
            if patient.case_id is not None
        ),
    ]
    table.write(writes)


def _last_free_date(days: TableCaseDays, day: CaseDay) -> date:
    """Return the last date before today, at the site, on which neither the practice nor the team has a day."""
    last = datetime.now(ZoneInfo(day.time_zone)).date() - timedelta(days=1)
    first = last - _LOOKED_BACK
    of_practice = days.listed(DayParty.PRACTICE, day.practice_id, first=first, last=last, limit=500, start=None)
    taken = {each.on for each in of_practice.things}
    for member in day.team:
        taken |= days.claimed(member.clinician_id, first=first, last=last).keys()
    return next(on for on in (last - timedelta(days=number) for number in range(_LOOKED_BACK.days)) if on not in taken)


def _date_of(day: CaseDay) -> keys.Key:
    return keys.practice_date(day.practice_id, day.on.isoformat())


def _places(session: PlanningSession) -> tuple[keys.Key, keys.Key]:
    """Return where a session stands by its start: among those of its lab, and of its practice."""
    at = rfc3339(session.starts_at)
    return (
        keys.session_slot(session.lab_id, at, session.planner),
        keys.session_of_practice(session.practice_id, at, session.case_id),
    )
