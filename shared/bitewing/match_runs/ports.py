"""What the use cases of match runs ask of where things are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from bitewing.files.service import SignedRequest
from bitewing.kernel.caller import Request
from bitewing.kernel.events import Event
from bitewing.kernel.pages import Page, Position
from bitewing.match_runs.proposal import BatchProgress, ClinicianLoad, ProposedDay, UnmatchedRequest
from bitewing.match_runs.run import MatchRun
from bitewing.scheduling.period import SchedulingPeriod

#: Names of what is kept of a run; of its batches, ``batch-<number>.json``.
INSTANCE: Final = "instance.json"
SOLUTION: Final = "solution.json"
#: How often a change is decided anew because others change the same at this moment.
TRIES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChange:
    """A new or changed run with what is told of it; stored as one.

    Attributes:
        period: The run's period as it is changed with it; ``None`` where it stays.
        days: Up to 50 proposed days that are changed with it.
    """

    run: MatchRun
    events: tuple[Event, ...] = ()
    period: SchedulingPeriod | None = None
    days: tuple[ProposedDay, ...] = ()


class MatchRuns(Protocol):
    """Where match runs are kept."""

    def answered(self, request: Request) -> MatchRun | None:
        """Return the run that this request started before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def find(self, care_team_id: str, period_id: str, run_id: str) -> MatchRun | None:
        """Return a run of a period as it is now, in one request."""

    def of_period(self, care_team_id: str, period_id: str, *, limit: int, start: Position | None) -> Page[MatchRun]:
        """Return one page of the runs of a period, the newest first; one request."""

    def save(self, change: RunChange, *, request: Request | None = None) -> None:
        """Store a change, if run, period and days are the versions that it was decided on; one transaction.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StaleVersion: Someone else saved one of them first.
        """

    def wait(self, run: MatchRun, token: str) -> None:
        """Keep the token with which a state machine waits for a decision on a run; one transaction.

        The run stays the version that it is: nobody decided on anything.

        Raises:
            StaleVersion: The run is another version by now.
        """

    def token(self, run_id: str) -> str | None:
        """Return the token with which a state machine waits for a decision, or did last; one request."""

    def progress(self, run_id: str) -> tuple[BatchProgress, ...]:
        """Return how far the batches of a run are, in their order; one request."""

    def tell_progress(self, batch: BatchProgress) -> None:
        """Store how far a batch is; one request."""


class Proposals(Protocol):
    """Where proposals are kept. What is written of one is read by nobody until its run says that it is proposed."""

    def write(self, *things: ProposedDay | UnmatchedRequest | ClinicianLoad, run_id: str) -> None:
        """Store what is proposed, as often as it is said; what was changed since stays as it is."""

    def days(self, run_id: str, *, limit: int, start: Position | None) -> Page[ProposedDay]:
        """Return one page of the proposed days, by date; one request."""

    def unmatched(self, run_id: str, *, limit: int, start: Position | None) -> Page[UnmatchedRequest]:
        """Return one page of the requests that are not served, by id; one request."""

    def loads(self, run_id: str, *, limit: int, start: Position | None) -> Page[ClinicianLoad]:
        """Return one page of who works how much, by id; one request."""

    def named(self, run_id: str, request_ids: Sequence[str]) -> tuple[ProposedDay, ...]:
        """Return the proposed days of up to 100 requests as they are now; those without one are left out.

        In no order; two requests to the store.
        """

    def save(self, thing: ProposedDay | UnmatchedRequest) -> None:
        """Store a changed day or request.

        Raises:
            StaleVersion: Someone else saved it first.
        """


class Snapshots(Protocol):
    """Where the instance of a run and its schedule are kept, in the interchange format."""

    def put(self, run_id: str, name: str, text: str) -> None:
        """Store a text under a name, such as ``instance.json``."""

    def get(self, run_id: str, name: str) -> str:
        """Return a text that was stored.

        Raises:
            KeyError: There is none of this name.
        """

    def sign_download(self, run_id: str, name: str) -> SignedRequest:
        """Return the request that fetches a text; it works for five minutes."""
