"""What happens to match runs, told to whoever listens on the bus."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.wire import MATCH_RUNS_SOURCE
from bitewing.match_runs.run import MatchRun, RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRunEvent(Event):
    """A fact about a match run."""

    SOURCE: ClassVar[str] = MATCH_RUNS_SOURCE
    SUBJECT: ClassVar[str] = "period_id"

    period_id: str
    care_team_id: str
    run_id: str
    run_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRunStarted(MatchRunEvent):
    """A manager started to match a period, or its time has come.

    Attributes:
        is_by_itself: Whether nobody started it.
    """

    is_by_itself: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRunProposed(MatchRunEvent):
    """A run has a proposal; managers decide on it."""

    proposed: int
    unmatched: int
    decide_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRunDecided(MatchRunEvent):
    """A manager approved or rejected days of a proposal, or all of them."""

    undecided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRunReminded(MatchRunEvent):
    """Managers are reminded of a proposal that they have not decided on."""

    undecided: int
    decide_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRunMoved(MatchRunEvent):
    """A run is elsewhere in its life: asking, done, or at an end without days."""

    origin: RunStatus
    to: RunStatus


def run_event_head(run: MatchRun, *, at: datetime) -> dict[str, Any]:
    """Return what every event of a run, as it was just changed, begins with."""
    return {
        "event_id": new_id(at),
        "occurred_at": at,
        "period_id": run.period_id,
        "care_team_id": run.care_team_id,
        "run_id": run.run_id,
        "run_version": run.version,
    }
