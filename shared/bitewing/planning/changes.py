"""What is stored and told with a planning session: its case, an entry in its history, and events."""

from datetime import UTC, datetime

from bitewing.cases.access import party_of
from bitewing.cases.activity import Deed, entry_of
from bitewing.cases.case import Case
from bitewing.cases.events import CaseMoved, event_head
from bitewing.cases.ports import Change
from bitewing.kernel.caller import Caller
from bitewing.kernel.events import Event
from bitewing.planning.events import (
    PlanningSessionBooked,
    PlanningSessionEvent,
    PlanningSessionHeld,
    PlanningSessionMissed,
    PlanningSessionMoved,
    session_head,
)
from bitewing.planning.session import PlanningSession


def change_of(
    caller: Caller,
    before: Case,
    after: Case,
    deed: Deed,
    session: PlanningSession,
    *,
    at: datetime,
    previous: PlanningSession | None = None,
) -> Change:
    """Return a case that a session changes, with what is told of it.

    Args:
        caller: Who changes it.
        before: The case as it was read.
        after: The case as it is after the change.
        deed: What is done.
        session: As it is after the change.
        at: When it is done, in UTC.
        previous: The session as it was, where it is moved.
    """
    details = {"session": session.session_id, "starts_at": _stated(session.starts_at)}
    if previous is not None:
        details["previous_starts_at"] = _stated(previous.starts_at)
    events: list[Event] = []
    if after.status is not before.status:
        details |= {"from": before.status.value, "to": after.status.value}
        events.append(CaseMoved(**event_head(after, at=at), origin=before.status, to=after.status, by=party_of(caller)))
    if (event := _event(after, deed, session, previous, at=at)) is not None:
        events.append(event)
    entry = entry_of(after.case_id, deed, details, by=caller, at=at)
    return Change(case=after, entries=(entry,), events=tuple(events))


def _event(
    case: Case, deed: Deed, session: PlanningSession, previous: PlanningSession | None, *, at: datetime
) -> PlanningSessionEvent | None:
    """Return what is announced of a session; that it is given up is announced by whatever gives it up."""
    head = session_head(case, session.of_case, at=at)
    if previous is not None:
        return PlanningSessionMoved(**head, previous_starts_at=previous.starts_at)
    kinds = {
        Deed.SESSION_BOOKED: PlanningSessionBooked,
        Deed.SESSION_HELD: PlanningSessionHeld,
        Deed.SESSION_MISSED: PlanningSessionMissed,
    }
    return kinds[deed](**head) if deed in kinds else None


def _stated(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
