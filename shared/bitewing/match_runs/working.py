"""What the steps of a match run have in common: each is decided on what is read, and anew where others were quicker."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.pages import Page, Position
from bitewing.match_runs.events import MatchRunMoved, run_event_head
from bitewing.match_runs.ports import TRIES, MatchRuns, RunChange
from bitewing.match_runs.proposal import ProposedDay
from bitewing.match_runs.run import MatchRun, RunStatus
from bitewing.scheduling.ports import PeriodElsewhere

T = TypeVar("T")
#: Things that one request reads of a list, at most.
PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RunIds:
    """Which run a step is of."""

    care_team_id: str
    period_id: str
    run_id: str


class Listing(Protocol[T]):
    """A list of a run, page by page."""

    def __call__(self, run_id: str, *, limit: int, start: Position | None) -> Page[T]:
        """Return one page."""


class Working:
    """The steps of match runs; each may be taken twice, or late, and changes nothing then."""

    def __init__(self, runs: MatchRuns, *, now: Callable[[], datetime]) -> None:
        self._runs, self._now = runs, now

    def run(self, ids: RunIds) -> MatchRun:
        """Return a run as it is now.

        Raises:
            Unknown: There is none.
        """
        if (found := self._runs.find(ids.care_team_id, ids.period_id, ids.run_id)) is None:
            raise Unknown("match run")
        return found

    def in_tries(self, attempt: Callable[[], T]) -> T:
        """Return what an attempt gives that nobody overtook.

        Raises:
            RequestInProgress: Others kept changing the same.
        """
        for _ in range(TRIES):
            try:
                return attempt()
            except (StaleVersion, PeriodElsewhere):
                # Whoever was quicker is seen at the next look.
                continue
        raise RequestInProgress

    def moving(self, before: MatchRun, to: RunStatus, **values: Any) -> RunChange:
        """Return the change of a run that moves on, with what is told of that.

        Raises:
            MatchRunNotOpen: The table of moves does not have this one.
        """
        at = self._now()
        after = before.moved_to(to, at=at, **values)
        told = MatchRunMoved(**run_event_head(after, at=at), origin=before.status, to=to)
        return RunChange(run=after, events=(told,))


def each_of(pages: Listing[T], run_id: str) -> Iterator[T]:
    """Yield everything of a list of a run, in its order."""
    page = pages(run_id, limit=PAGE, start=None)
    yield from page.things
    while page.next is not None:
        page = pages(run_id, limit=PAGE, start=page.next)
        yield from page.things


def approver_of(run: MatchRun, day: ProposedDay) -> Caller:
    """Return the manager who approved a day, alone or with the rest: in their name it is made and confirmed."""
    who = run.rest_by if day.decision is None else day.decided_by
    return Caller(
        user_id=str(who),
        organization_id=run.care_team_id,
        organization_kind=OrganizationKind.CARE_TEAM,
        roles=frozenset({Role.MANAGER}),
    )
