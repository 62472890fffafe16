"""How the answers to the days of a match run are followed, until nobody owes one."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.day_service import DayService
from bitewing.case_days.ports import CaseDays
from bitewing.case_days.status import CALLED_OFF, DayParty, DayStatus
from bitewing.case_days.team_service import TeamService
from bitewing.kernel.errors import (
    CaseDayClosed,
    HardRulesBroken,
    RequestInProgress,
    StaleVersion,
    TeamNotReady,
    Unknown,
)
from bitewing.match_runs.ports import MatchRuns, Proposals, RunChange
from bitewing.match_runs.proposal import Claim, ProposedDay
from bitewing.match_runs.run import MatchRun, Outcome, RunStatus
from bitewing.match_runs.working import PAGE, RunIds, Working, approver_of, each_of

#: How long after one look the next one comes, unless an answer is due before.
LOOK_AGAIN_AFTER: Final = timedelta(hours=1)
#: How long after the time for decisions answers are followed: the longest time for one, and as long for substitutes.
#: Who is asked later than that, the deadlines of the Case Day itself follow.
FOLLOWED_FOR: Final = timedelta(days=14)
_CONFIRMED: Final = frozenset({DayStatus.CONFIRMED, DayStatus.IN_PROGRESS, DayStatus.COMPLETED})


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at the answers found.

    Attributes:
        again_at: When to look again; ``None`` where nothing is left to see.
    """

    again_at: datetime | None


class Answers(Working):
    """Follows the answers of those who were asked."""

    def __init__(
        self,
        runs: MatchRuns,
        proposals: Proposals,
        days: CaseDays,
        team: TeamService,
        service: DayService,
        *,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(runs, now=now)
        self._proposals, self._days, self._team, self._service = proposals, days, team, service

    def look(self, ids: RunIds) -> Look:
        """Look at all Case Days of a run, and note what became of them.

        Managers hear of who gave no answer in time. Days whose whole team accepted are confirmed, if the manager
        wished that who approved them; what cannot be confirmed is left to them. When nobody owes an answer any more,
        the run is done.

        Raises:
            Unknown: There is no such run.
            RequestInProgress: Others kept changing it, or one of its days.
        """
        return self.in_tries(lambda: self._look(ids))

    def _look(self, ids: RunIds) -> Look:
        run = self.run(ids)
        if run.status is not RunStatus.ASKING:
            return Look(None)
        proposed = tuple(each_of(self._proposals.days, run.run_id))
        claimed = {each.case_day_id: each for each in proposed if each.case_day_id is not None}
        followed, is_left = list[CaseDay](), False
        for day in self._made(run, claimed.values()):
            after = self._follow(run, claimed[day.case_day_id], day)
            followed.append(day if after is None else after)
            is_left = is_left or after is None
        lost = sum(each.claim is Claim.LOST for each in proposed)
        outcome = _outcome(followed, claimed=len(claimed), lost=lost)
        again_at = _again_at(run, followed, is_left=is_left, now=self._now())
        if again_at is None:
            self._runs.save(self.moving(run, RunStatus.DONE, outcome=outcome))
        elif outcome != run.outcome:
            self._runs.save(RunChange(run=run.changed(outcome=outcome)))
        return Look(again_at)

    def _made(self, run: MatchRun, proposed: Iterable[ProposedDay]) -> Iterator[CaseDay]:
        """Yield the Case Days of a run: those on their dates from the list of the care team, the others one by one."""
        dates = {each.case_day_id: each.on for each in proposed}
        for day in self._listed(run, dates.values()):
            if dates.pop(day.case_day_id, None) is not None:
                yield day
        for case_day_id in dates:
            if case_day_id is not None and (moved := self._days.find(case_day_id)) is not None:
                yield moved

    def _listed(self, run: MatchRun, dates: Collection[date]) -> Iterator[CaseDay]:
        start, is_last = None, not dates
        while not is_last:
            page = self._days.listed(
                DayParty.MANAGER, run.care_team_id, first=min(dates), last=max(dates), limit=PAGE, start=start
            )
            yield from page.things
            start, is_last = page.next, page.next is None

    def _follow(self, run: MatchRun, proposed: ProposedDay, day: CaseDay) -> CaseDay | None:
        """Return a day after what is due for it was done; ``None`` where others change it at this moment."""
        now = self._now()
        for member in day.unanswered:
            if member.answer_due_at <= now:
                self._team.tell_silence(day.case_day_id, member.clinician_id, asked_at=member.asked_at)
        if not run.confirms_when_complete or day.status is not DayStatus.TENTATIVE or not day.has_accepted:
            return day
        try:
            return self._service.confirm(approver_of(run, proposed), day.case_day_id, expected_version=day.version)
        except (CaseDayClosed, HardRulesBroken, TeamNotReady, Unknown):
            # The manager sees a day that is complete and not confirmed, and hears why on confirming it.
            return day
        except (StaleVersion, RequestInProgress):
            return None


def _again_at(run: MatchRun, days: Iterable[CaseDay], *, is_left: bool, now: datetime) -> datetime | None:
    """Return when to look again; ``None`` where nobody owes an answer any more, or it was long enough."""
    due = [each.answer_due_at for day in days for each in day.unanswered if each.answer_due_at > now]
    if not (due or is_left) or run.decide_by is None or now >= run.decide_by + FOLLOWED_FOR:
        return None
    return min([now + LOOK_AGAIN_AFTER, *due])


def _outcome(days: Iterable[CaseDay], *, claimed: int, lost: int) -> Outcome:
    accepted = confirmed = called_off = 0
    for day in days:
        is_called_off = day.status in CALLED_OFF
        accepted += day.has_accepted and not is_called_off
        confirmed += day.status in _CONFIRMED
        called_off += is_called_off
    return Outcome(claimed=claimed, lost=lost, accepted=accepted, confirmed=confirmed, called_off=called_off)
