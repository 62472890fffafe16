"""The steps of match runs over ports in memory: a care team of six, a practice that asks for days, and a proposal."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.case_day import CaseDay
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.ids import new_id
from bitewing.match_runs.answers import Answers
from bitewing.match_runs.awaiting import Deciding
from bitewing.match_runs.claiming import Claiming
from bitewing.match_runs.ending import Ending
from bitewing.match_runs.events import MatchRunDecided
from bitewing.match_runs.ports import RunChange
from bitewing.match_runs.proposal import ProposedDay, ProposedMember, UnmatchedRequest
from bitewing.match_runs.proposing import Proposing
from bitewing.match_runs.run import DECIDE_WITHIN, Decision, MatchRun, RunStatus
from bitewing.match_runs.telling import TellingUnmatched
from bitewing.match_runs.working import RunIds
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.case_days import (
    MANAGER,
    PERIOD_ID,
    SITE_ID,
    TEAM,
    TEAM_ID,
    DayWorld,
    a_day_request,
    a_period,
    on,
)
from tests.support.match_runs import InMemoryMatchRuns, InMemoryProposals, Matched
from tests.support.scheduling import InMemoryPeriods, InMemoryRequests, Scheduled

RUN_ID = "run-1"
IDS = RunIds(care_team_id=TEAM_ID, period_id=PERIOD_ID, run_id=RUN_ID)
REASON = "Nobody was free on your dates."


def a_run(**changes: Any) -> MatchRun:
    """A run whose schedule is looked for."""
    run = MatchRun(
        run_id=RUN_ID,
        period_id=PERIOD_ID,
        care_team_id=TEAM_ID,
        started_at=NOW,
        started_by=MANAGER.user_id,
        status=RunStatus.SOLVING,
        version=2,
    )
    return replace(run, **changes)


def a_matched_period(**changes: Any) -> SchedulingPeriod:
    return a_period(**{"status": PeriodStatus.MATCHING, "run_id": RUN_ID, **changes})


def a_proposed_day(number: int = 0, team: Sequence[str] = TEAM, **changes: Any) -> ProposedDay:
    """A day that is proposed: that of request number 0 on the Monday, and so on."""
    day = ProposedDay(
        run_id=RUN_ID,
        request_id=f"request-{number}",
        practice_id=PRACTICE_ID,
        practice_name="Harbor Dental",
        site_id=SITE_ID,
        on=on(number),
        team=tuple(
            ProposedMember(
                clinician_id=each,
                name=f"Name of {each}",
                role=ClinicianRole(each.rpartition("-")[0]),
                drive_minutes=5,
                why="Drives 5 minutes less than the next best.",
            )
            for each in team
        ),
    )
    return replace(day, **changes)


def an_unmatched_request(number: int, **changes: Any) -> UnmatchedRequest:
    unmatched = UnmatchedRequest(
        run_id=RUN_ID,
        request_id=f"request-{number}",
        practice_id=PRACTICE_ID,
        practice_name="Harbor Dental",
        dates=(on(number),),
        explanation=("No medic is available.",),
        reason=REASON,
    )
    return replace(unmatched, **changes)


class Machine:
    """What waits for decisions, in memory.

    Attributes:
        waits: Tokens that something waits with.
        went_on: Tokens with which something has gone on.
    """

    def __init__(self) -> None:
        self.waits: set[str] = set()
        self.went_on: list[str] = []

    def go_on(self, token: str) -> bool:
        if token not in self.waits:
            return False
        self.waits.remove(token)
        self.went_on.append(token)
        return True


class StepWorld(DayWorld):
    """The steps of a run in memory, with requests number 0 to 4 for the days of a week."""

    def __init__(self) -> None:
        super().__init__()
        scheduled = Scheduled(self.memory)
        # One table: what Case Days read of scheduling is what match runs change of it.
        scheduled.periods, scheduled.requests = self.roster.periods, self.roster.requests
        self.matched = Matched(scheduled)
        self.runs: Any = InMemoryMatchRuns(self.matched)
        self.proposals: Any = InMemoryProposals(self.matched)
        self.periods: Any = InMemoryPeriods(scheduled)
        self.requests: Any = InMemoryRequests(scheduled)
        self.machine = Machine()
        self.roster.put(
            a_matched_period(), *(a_day_request(request_id=f"request-{n}", dates=(on(n),)) for n in range(5))
        )
        self.has(a_run())

    @property
    def proposing(self) -> Proposing:
        return Proposing(self.runs, self.proposals, self.periods, now=self.clock)

    @property
    def deciding(self) -> Deciding:
        return Deciding(self.runs, self.proposals, self.machine, now=self.clock)

    @property
    def claiming(self) -> Claiming:
        return Claiming(self.runs, self.proposals, self.requests, self.days, self.creation, now=self.clock)

    @property
    def telling(self) -> TellingUnmatched:
        return TellingUnmatched(self.runs, self.proposals, self.periods, self.requests, now=self.clock)

    @property
    def answers(self) -> Answers:
        return Answers(self.runs, self.proposals, self.days, self.team, self.service, now=self.clock)

    @property
    def ending(self) -> Ending:
        return Ending(self.runs, self.periods, now=self.clock)

    def has(self, *things: MatchRun | ProposedDay | UnmatchedRequest) -> None:
        """Put things into the memory, as if they had always been there."""
        for thing in things:
            match thing:
                case MatchRun():
                    self.matched.runs[thing.care_team_id, thing.period_id, thing.run_id] = thing
                case ProposedDay():
                    self.matched.days[thing.run_id, thing.request_id] = thing
                case UnmatchedRequest():
                    self.matched.unmatched[thing.run_id, thing.request_id] = thing

    @property
    def run(self) -> MatchRun:
        return self.matched.runs[TEAM_ID, PERIOD_ID, RUN_ID]

    @property
    def period(self) -> SchedulingPeriod:
        found: SchedulingPeriod = self.roster.periods[TEAM_ID, PERIOD_ID]
        return found

    def proposed(self, number: int) -> ProposedDay:
        return self.matched.days[RUN_ID, f"request-{number}"]

    def asked(self, number: int) -> CaseDayRequest:
        found: CaseDayRequest = self.roster.requests[f"request-{number}"]
        return found

    def made(self, number: int) -> CaseDay:
        """The Case Day of a proposed day."""
        found: CaseDay = self.days.find(self.proposed(number).case_day_id)
        return found

    def proposes(self, *days: ProposedDay, unmatched: Sequence[UnmatchedRequest] = (), **changes: Any) -> None:
        """Let the run have a proposal, on which nothing is decided."""
        self.has(*days, *unmatched)
        at = self.clock()
        values = {
            "status": RunStatus.PROPOSED,
            "proposed": len(days),
            "unmatched": len(unmatched),
            "proposed_at": at,
            "decide_by": at + DECIDE_WITHIN,
        }
        self.has(replace(self.run, **{**values, **changes}, version=self.run.version + 1))
        self.roster.put(replace(self.period, status=PeriodStatus.PROPOSED, version=self.period.version + 1))

    def decides(self, **changes: Any) -> MatchRunDecided:
        """Let the manager decide on days by number: ``approve=[0]``, ``reject=[1]``, ``rest=...``."""
        alone = {Decision.APPROVED: changes.pop("approve", ()), Decision.REJECTED: changes.pop("reject", ())}
        days = [
            replace(
                day := self.proposed(number), decision=decision, decided_by=MANAGER.user_id, version=day.version + 1
            )
            for decision, numbers in alone.items()
            for number in numbers
        ]
        if "rest" in changes:
            changes["rest_by"] = MANAGER.user_id
        run = self.run.changed(
            approved_alone=self.run.approved_alone + len(alone[Decision.APPROVED]),
            rejected_alone=self.run.rejected_alone + len(alone[Decision.REJECTED]),
            **changes,
        )
        self.runs.save(RunChange(run=run, days=tuple(days)))
        at = self.clock()
        return MatchRunDecided(
            event_id=new_id(at),
            occurred_at=at,
            period_id=run.period_id,
            care_team_id=run.care_team_id,
            run_id=run.run_id,
            run_version=run.version,
            undecided=run.undecided,
        )

    def approves_all(self, *days: ProposedDay, **changes: Any) -> None:
        """Let the run propose days, and the manager approve them."""
        self.proposes(*days)
        self.decides(rest=Decision.APPROVED, **changes)

    def asks(self, *days: ProposedDay, **changes: Any) -> None:
        """Let the run propose days, and all of them be approved, claimed and asked for."""
        self.approves_all(*days, **changes)
        self.claiming.claim(IDS, [each.request_id for each in days])
        self.ending.ask(IDS)
        self.memory.events.clear()

    def after(self, **by: float) -> datetime:
        return self.clock() + timedelta(**by)


class Overtaking:
    """Something of the memory that others are quicker with: so many times, before each save and each wait."""

    def __init__(self, inner: Any, before: Callable[[], object], times: int = 1) -> None:
        self._inner, self._before, self._times = inner, before, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def save(self, *things: Any, **named: Any) -> None:
        self._overtaken()
        self._inner.save(*things, **named)

    def wait(self, *things: Any) -> None:
        self._overtaken()
        self._inner.wait(*things)

    def _overtaken(self) -> None:
        if self._times:
            self._times -= 1
            self._before()


def never() -> None:
    """Somebody else is always quicker."""
    raise StaleVersion(expected=1, actual=2)
