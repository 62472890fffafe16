"""Planning hours and sessions, kept in the table: whoever stores the item of a planner's block has booked it."""

from datetime import datetime

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import (
    ALWAYS,
    EXISTS,
    IS_NEW,
    Check,
    ConditionsFailed,
    Delete,
    Put,
    Write,
    is_next,
    is_version,
)
from bitewing.cases.status import Party
from bitewing.cases.store import changing
from bitewing.kernel.caller import Request
from bitewing.kernel.moments import rfc3339
from bitewing.kernel.pages import Page, Position
from bitewing.planning.booking import Booking
from bitewing.planning.hours import PlanningHours
from bitewing.planning.ports import HoursChanged, SessionChange, SlotTaken
from bitewing.planning.session import PlanningSession


class TablePlanning(Answering):
    """Keeps the port :class:`bitewing.planning.ports.Planning` over the table."""

    def hours(self, lab_id: str) -> PlanningHours | None:
        """Return what a lab has published, in one request."""
        item = self._table.get(keys.planning_hours(lab_id))
        return None if item is None else read_record(PlanningHours, item)

    def publish(self, hours: PlanningHours) -> None:
        """Store the next version of a lab's hours."""
        put = Put(key=keys.planning_hours(hours.lab_id), values=record(hours), condition=is_next(hours.version))
        try:
            self._table.write([put])
        except ConditionsFailed as error:
            raise error.stale(expected=hours.version - 1) from error

    def answered(self, request: Request) -> Booking | None:
        """Return what this request booked before."""
        return self._recalled(request, Booking)

    def save(self, change: SessionChange, *, request: Request | None = None, answer: Booking | None = None) -> None:
        """Store a session and its case, if both are still as they were read; one transaction."""
        session, before = change.session, change.before
        of_case = changing(change.change)
        is_new_block = before is None or (before.starts_at, before.planner) != (session.starts_at, session.planner)
        # In this order, for it is looked at below what was refused.
        slot = Put(key=_slot(session), values=record(session), condition=IS_NEW if is_new_block else EXISTS)
        checks = _still_stand(change)
        writes: list[Write] = [
            *of_case,
            slot,
            *checks,
            Put(
                key=keys.session(session.case_id, session.session_id),
                values=record(session),
                condition=is_next(session.version),
            ),
            Put(key=_of_practice(session), values=record(session), condition=ALWAYS),
        ]
        if before is not None and is_new_block:
            writes.append(Delete(key=_slot(before)))
        if before is not None and before.starts_at != session.starts_at:
            writes.append(Delete(key=_of_practice(before)))
        try:
            self._write_once(writes, request, answer)
        except ConditionsFailed as error:
            stored = error.stored
            if stored[0] is not None:
                raise error.stale(expected=change.change.read_version) from error
            raise (SlotTaken if stored[len(of_case)] is not None else HoursChanged) from error

    def find(self, case_id: str, session_id: str) -> PlanningSession | None:
        """Return a session, in one request."""
        item = self._table.get(keys.session(case_id, session_id))
        return None if item is None else read_record(PlanningSession, item)

    def taken(self, lab_id: str, *, since: datetime, until: datetime) -> tuple[PlanningSession, ...]:
        """Return all sessions of a lab that begin in a span, as they are now, by their start."""
        items = self._table.partition(keys.sessions_partition(Party.LAB, lab_id), between=_between(since, until))
        return tuple(read_record(PlanningSession, item) for item in items)

    def listed(
        self,
        party: Party,
        organization_id: str,
        *,
        since: datetime,
        until: datetime,
        limit: int,
        start: Position | None,
    ) -> Page[PlanningSession]:
        """Return one page of a lab's or a practice's sessions that begin in a span, by their start; one request."""
        page = self._table.query(
            keys.sessions_partition(party, organization_id), between=_between(since, until), limit=limit, start=start
        )
        return Page(tuple(read_record(PlanningSession, item) for item in page.things), page.next)


def _still_stand(change: SessionChange) -> list[Check]:
    """Return the checks that a block was chosen by the hours and the calendar that are in force."""
    checks = []
    if change.hours is not None:
        checks.append(Check(key=keys.planning_hours(change.hours.lab_id), condition=is_version(change.hours.version)))
    if change.lab is not None:
        checks.append(Check(key=keys.lab(change.lab.lab_id), condition=is_version(change.lab.version)))
    return checks


def _slot(session: PlanningSession) -> keys.Key:
    return keys.session_slot(session.lab_id, rfc3339(session.starts_at), session.planner)


def _of_practice(session: PlanningSession) -> keys.Key:
    return keys.session_of_practice(session.practice_id, rfc3339(session.starts_at), session.case_id)


def _between(since: datetime, until: datetime) -> tuple[str, str]:
    # What begins at the end of a span has more in its key than the moment, and is not of it.
    return rfc3339(since), rfc3339(until)
