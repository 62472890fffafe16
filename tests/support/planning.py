"""Planning: hours and cases as tests need them, the port kept in memory, and the service over it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bitewing.cases.case import Case
from bitewing.cases.status import Party, Status
from bitewing.kernel.caller import AlreadyAnswered, Request
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.pages import Page, Position
from bitewing.planning.booking import Booking
from bitewing.planning.hours import Opening, PlanningHours
from bitewing.planning.ports import HoursChanged, SessionChange, SlotTaken
from bitewing.planning.service import PlanningService
from bitewing.planning.session import PlanningSession, SessionState
from bitewing.requirements.case_types import CaseType

from tests.support.builders import LAB_ID, NOW, a_case, a_profile
from tests.support.changes import a_submission
from tests.support.in_memory import InMemoryDirectory, Memory, as_saved
from tests.support.world import World

LINK = "https://meet.northlight.example/plan"
#: Tuesday, 10:00 to 10:30 at the lab: the first block of a case that is booked at ``NOW``, a Monday at 10:00 there.
TUESDAY_AT_10 = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)


def an_opening(weekday: int = 1, begins_at: str = "09:00", ends_at: str = "12:00") -> Opening:
    return Opening(weekday=weekday, begins_at=begins_at, ends_at=ends_at)


def some_hours(**changes: Any) -> PlanningHours:
    """Hours from nine to noon on each weekday, of one planner, as they are first published."""
    hours = PlanningHours(
        lab_id=LAB_ID,
        openings=tuple(an_opening(weekday) for weekday in range(1, 6)),
        meeting_link=LINK,
        version=1,
    )
    return replace(hours, **changes)


def a_planned_case(case_id: str = "case-1", **changes: Any) -> Case:
    """A surgical guide that its lab has ready to plan."""
    planned = {
        "case_id": case_id,
        "case_type": CaseType.SURGICAL_GUIDE,
        "status": Status.READY_TO_PLAN,
        "submission": a_submission(),
        "first_sent_at": NOW,
        "first_received": 1,
        "version": 4,
    }
    return a_case(**planned | changes)


class InMemoryPlanning:
    """The port ``Planning``."""

    def __init__(self, memory: Memory, directory: InMemoryDirectory) -> None:
        self._memory, self._directory = memory, directory

    def hours(self, lab_id: str) -> PlanningHours | None:
        return self._memory.hours.get(lab_id)

    def publish(self, hours: PlanningHours) -> None:
        with self._memory.lock:
            stored = self._memory.hours.get(hours.lab_id)
            actual = stored.version if stored else 0
            if actual != hours.version - 1:
                raise StaleVersion(expected=hours.version - 1, actual=actual)
            self._memory.hours[hours.lab_id] = hours

    def answered(self, request: Request) -> Booking | None:
        answer: Booking | None = self._memory.recall(request)
        return answer

    def save(self, change: SessionChange, *, request: Request | None = None, answer: Booking | None = None) -> None:
        memory, session, case = self._memory, change.session, change.change.case
        with memory.lock:
            if request is not None and memory.is_remembered(request):
                raise AlreadyAnswered
            stored = memory.cases.get(case.case_id)
            if stored is None or stored.version != case.version - 1:
                raise StaleVersion(expected=case.version - 1, actual=stored.version if stored else 0)
            if self._has_slot(session):
                raise SlotTaken
            if change.hours is not None and memory.hours[session.lab_id].version != change.hours.version:
                raise HoursChanged
            if change.lab is not None and self._directory.labs[session.lab_id].version != change.lab.version:
                raise HoursChanged
            memory.cases[case.case_id] = as_saved(change.change, stored)
            memory.sessions[session.session_id] = session
            if request is not None:
                memory.remember(request, answer)
            memory.tell(change.change.entries, change.change.events)

    def _has_slot(self, session: PlanningSession) -> bool:
        return any(
            (each.lab_id, each.starts_at, each.planner) == (session.lab_id, session.starts_at, session.planner)
            for each in self._standing()
            if each.session_id != session.session_id
        )

    def _standing(self) -> list[PlanningSession]:
        standing = [each for each in self._memory.sessions.values() if each.state is not SessionState.RELEASED]
        return sorted(standing, key=lambda each: (each.starts_at, each.planner, each.case_id))

    def find(self, case_id: str, session_id: str) -> PlanningSession | None:
        found = self._memory.sessions.get(session_id)
        return found if found is not None and found.case_id == case_id else None

    def taken(self, lab_id: str, *, since: datetime, until: datetime) -> tuple[PlanningSession, ...]:
        return tuple(each for each in self._standing() if each.lab_id == lab_id if since <= each.starts_at < until)

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
        found = [
            each
            for each in self._standing()
            if organization_id == (each.practice_id if party is Party.PRACTICE else each.lab_id)
            if since <= each.starts_at < until
        ]
        first = int(start["after"]) if start else 0
        following = {"after": str(first + limit)} if len(found) > first + limit else None
        return Page(tuple(found[first : first + limit]), following)


class PlanningWorld(World):
    """The product in memory, with a lab that plans, and a case that waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.planning: Any = InMemoryPlanning(self.memory, self.directory)
        self.directory.put(a_profile(CaseType.SURGICAL_GUIDE, turnaround_working_days=5))
        self.publishes()
        self.has(a_planned_case())

    @property
    def service(self) -> PlanningService:
        return PlanningService(self.cases, self.planning, self.directory, now=self.clock)

    def publishes(self, **changes: Any) -> PlanningHours:
        """Put hours into the memory, as if the lab had just published them."""
        before = self.memory.hours.get(LAB_ID)
        hours = replace(before or some_hours(), **changes)
        self.memory.hours[LAB_ID] = replace(hours, version=before.version + 1 if before else 1)
        return self.memory.hours[LAB_ID]

    def session(self) -> PlanningSession:
        """The only session of the world."""
        (session,) = self.memory.sessions.values()
        return session
