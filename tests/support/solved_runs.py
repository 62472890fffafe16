"""The steps in which a run finds its proposal, over ports in memory: two practices in two states, each with a team."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from bitewing.care_teams.clinician import License
from bitewing.match_runs.ports import INSTANCE
from bitewing.match_runs.run import MatchRun, RunStatus
from bitewing.match_runs.solving import SolvingService
from bitewing.match_runs.working import RunIds
from bitewing.matching.instance import Instance
from bitewing.matching.reading import read_instance
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest

from tests.support.builders import NOW, a_practice
from tests.support.case_days import (
    PERIOD_ID,
    TEAM_ID,
    a_care_team,
    a_clinician,
    a_day_request,
    a_period,
    a_site,
    an_availability,
)
from tests.support.clock import Clock
from tests.support.gathering import InMemoryGathering, InMemoryLedgers
from tests.support.in_memory import Memory
from tests.support.match_runs import RUN_ID, InMemoryMatchRuns, InMemoryProposals, InMemorySnapshots, Matched
from tests.support.scheduling import Scheduled

IDS = RunIds(care_team_id=TEAM_ID, period_id=PERIOD_ID, run_id=RUN_ID)
ROLES = ("nurse", "medic", "anesthesiologist")


def a_new_run(**changes: Any) -> MatchRun:
    run = MatchRun(
        run_id=RUN_ID,
        period_id=PERIOD_ID,
        care_team_id=TEAM_ID,
        started_at=NOW,
        started_by="manager-1",
        time_limit_seconds=20,
    )
    return replace(run, **changes)


def a_matched_period(**changes: Any) -> SchedulingPeriod:
    matched = {"status": PeriodStatus.MATCHING, "run_id": RUN_ID, "states": frozenset({"FL", "GA"})}
    return a_period(**{**matched, **changes})


def asks(practice: int, number: int, *dates: date, **changes: Any) -> CaseDayRequest:
    """A request of a practice."""
    return a_day_request(
        request_id=f"request-{practice}-{number:03}",
        practice_id=f"practice-{practice}",
        site_id=f"site-{practice}",
        dates=dates,
        **changes,
    )


class SolvingWorld:
    """A care team in two states; whoever is licensed in one is in no other, so that there are two parts."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.memory = Memory(self.clock)
        self.matched = Matched(Scheduled(self.memory))
        self.runs: Any = InMemoryMatchRuns(self.matched)
        self.proposals: Any = InMemoryProposals(self.matched)
        self.snapshots: Any = InMemorySnapshots(self.clock)
        self.ledgers: Any = InMemoryLedgers()
        self.gathering: Any = InMemoryGathering(a_care_team(states=frozenset({"FL", "GA"})), a_matched_period())
        for number, state in ((1, "FL"), (2, "GA")):
            practice_id = f"practice-{number}"
            self.gathering.put(
                a_practice(practice_id=practice_id, name=f"Name of {practice_id}"),
                a_site(practice_id=practice_id, site_id=f"site-{number}", state=state),
            )
            for role in ROLES:
                license_ = License(state=state, number="1", expires_on=date(2027, 12, 31))
                self.gathering.put(
                    a_clinician(f"{role}-{number}", licenses=(license_,)), an_availability(f"{role}-{number}")
                )
        self.start(a_new_run())

    def start(self, run: MatchRun) -> None:
        self.matched.runs[run.care_team_id, run.period_id, run.run_id] = run

    def service(self, *, clock: Callable[[], float] = lambda: 0.0) -> SolvingService:
        return SolvingService(
            self.runs, self.proposals, self.snapshots, self.gathering, self.ledgers, now=self.clock, clock=clock
        )

    def finds(self) -> None:
        """Take all steps, as the state machine does."""
        service = self.service()
        loaded = service.load(IDS)
        for batch in range(loaded.batches):
            service.solve(IDS, batch)
        for page in range(loaded.pages):
            service.write(IDS, page)

    @property
    def run(self) -> MatchRun:
        run: MatchRun = self.runs.find(TEAM_ID, PERIOD_ID, RUN_ID)
        return run

    def stop(self) -> None:
        """A manager takes the period back."""
        self.gathering.put(a_matched_period(status=PeriodStatus.REVIEWING))

    def end(self) -> None:
        """The run is over."""
        self.start(replace(self.run, status=RunStatus.FAILED))

    @property
    def instance(self) -> Instance:
        return read_instance(self.snapshots.get(RUN_ID, INSTANCE))

    @property
    def days(self) -> dict[str, Any]:
        return {request_id: day for (_, request_id), day in sorted(self.matched.days.items())}

    @property
    def unmatched(self) -> dict[str, Any]:
        return {request_id: each for (_, request_id), each in sorted(self.matched.unmatched.items())}

    @property
    def loads(self) -> dict[str, Any]:
        return {clinician_id: each for (_, clinician_id), each in sorted(self.matched.loads.items())}
