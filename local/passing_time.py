"""Time that passes at once: what a walk does not wait for is moved into the past where it is stored."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.clock import now
from bitewing.aws.items import to_plain
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, EXISTS, Delete, Put, Table, Update, Write
from bitewing.cases.store import TableCases
from bitewing.kernel.moments import rfc3339
from bitewing.planning.session import PlanningSession
from bitewing.planning.store import TablePlanning

from local.stack import LocalStack
from local.trouble import Trouble

#: How long ago a session begins that is moved into the past.
AGO: Final = timedelta(hours=1)


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


def _places(session: PlanningSession) -> tuple[keys.Key, keys.Key]:
    """Return where a session stands by its start: among those of its lab, and of its practice."""
    at = rfc3339(session.starts_at)
    return (
        keys.session_slot(session.lab_id, at, session.planner),
        keys.session_of_practice(session.practice_id, at, session.case_id),
    )
