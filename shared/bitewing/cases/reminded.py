"""What people are reminded of while a case waits, and since when: at most one thing at a time."""

from datetime import datetime
from typing import TYPE_CHECKING

from bitewing.cases.status import Status, WaitsFor
from bitewing.notifications.reminder import ReminderKind

if TYPE_CHECKING:
    from bitewing.cases.case import Case


def reminded_of(case: "Case") -> tuple[ReminderKind, datetime] | None:
    """Return what whoever a case waits for is reminded of, and since when it waits.

    A draft that a lab started waits for its lab, and so does the planning of one whose practice cannot sign in: no
    practice is reminded of these. A case that somebody took off their list waits like any other.

    Returns:
        ``None`` where nobody is reminded.
    """
    if case.status is Status.RECEIVED:
        return ReminderKind.CASE_UNTOUCHED, case.moved_at
    if case.waits_for is not WaitsFor.PRACTICE:
        return None
    if case.status is Status.DRAFT:
        return ReminderKind.DRAFT_IDLE, case.last_modified_at
    if case.status is Status.READY_TO_PLAN:
        return ReminderKind.SESSION_NOT_BOOKED, case.moved_at
    # Whatever else waits for its practice is red.
    return ReminderKind.CASE_IS_RED, case.moved_at
