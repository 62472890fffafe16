"""The ports of deadlines in memory: one keeps them as Scheduler does with a queue, one starts matching."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bitewing.deadlines.deadline import Deadline
from bitewing.deadlines.store import SOON
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.fact import Fact
from bitewing.notifications.rule import Rule
from bitewing.planning.session import PlanningSession
from bitewing.scheduling.events import period_moved
from bitewing.scheduling.period import PeriodMover

from tests.support.builders import NOW
from tests.support.clock import Clock
from tests.support.scheduling import SchedulingWorld


class InMemoryDeadlines:
    """The port ``Deadlines``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ahead: dict[str, Deadline] = {}
        #: What is told at once, or as soon as it is due.
        self.told: list[Deadline] = []

    def set(self, deadline: Deadline) -> None:
        if deadline.at - self._clock() > SOON:
            self.ahead[deadline.name] = deadline
            return
        self.told.append(deadline)
        self.ahead.pop(deadline.name, None)

    def clear(self, name: str) -> None:
        self.ahead.pop(name, None)


class InMemoryMatchStarting:
    """The port ``MatchStarting``: of a run there is no more than its id, and the period that it matches."""

    def __init__(self, world: SchedulingWorld) -> None:
        self._world = world
        #: The runs that were started.
        self.started: list[str] = []

    def start_due(self, care_team_id: str, period_id: str) -> str | None:
        at = self._world.clock()
        before = self._world.periods.find(care_team_id, period_id)
        if before is None or not before.is_matching_due(at):
            return None
        run_id = f"run-{len(self.started) + 1}"
        after = before.matched_by(run_id, by=PeriodMover.SYSTEM, now=at)
        self._world.periods.save(after, period_moved(before, after, at=at))
        self.started.append(run_id)
        return run_id


class FixedRules:
    """The port ``Rules`` of notifications: for all owners the same."""

    def __init__(self, rules: tuple[Rule, ...] = DEFAULT_RULES) -> None:
        self.rules = rules

    def in_effect(self, _owners: object) -> tuple[Rule, ...]:
        return self.rules


class InMemoryFacts:
    """The port ``Facts``: what people are told of, each once, in order, and how often it was put."""

    def __init__(self) -> None:
        self.told: dict[str, Fact] = {}
        self.put_times = 0

    def put(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self.put_times += 1
            assert self.told.setdefault(fact.fact_id, fact) == fact, "the same reminder is always the same fact"


class InMemorySessions:
    """The port ``Sessions``."""

    def __init__(self, *sessions: PlanningSession) -> None:
        self.sessions = {(each.case_id, each.session_id): each for each in sessions}

    def has(self, session: PlanningSession) -> None:
        self.sessions[session.case_id, session.session_id] = session

    def find(self, case_id: str, session_id: str) -> PlanningSession | None:
        return self.sessions.get((case_id, session_id))


def a_session(**changes: Any) -> PlanningSession:
    """A session that is booked for the next week."""
    starts_at = NOW + timedelta(days=7)
    session = PlanningSession(
        session_id="session-1",
        case_id="case-1",
        practice_id="practice-1",
        lab_id="lab-1",
        planner=1,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        meeting_link="https://meet.northlight.example/plan",
        booked_at=NOW,
        booked_by="person-1",
    )
    return replace(session, **changes)


def without_reminders(deadlines: Iterable[Deadline]) -> tuple[Deadline, ...]:
    """Deadlines without those at which reminders are looked at."""
    return tuple(each for each in deadlines if not each.kind.value.endswith("_reminder"))
