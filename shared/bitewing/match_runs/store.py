"""Match runs, kept in the table beside their period, and in a partition of each what it proposes; texts in storage.

| bucket | key                                |
| ------ | ---------------------------------- |
| files  | match-runs/<run>/instance.json     |
| files  | match-runs/<run>/batch-<n>.json    |
| files  | match-runs/<run>/solution.json     |
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import ClientError

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.objects import DOWNLOAD_SIGNED_FOR, disposition
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import as_stored, current, read_if_found, read_record, record
from bitewing.aws.table import ALWAYS, Check, Condition, ConditionsFailed, Put, Table, Write, is_next, is_version
from bitewing.files.service import SignedRequest
from bitewing.kernel.caller import Request
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.pages import Page, Position
from bitewing.match_runs.ports import RunChange
from bitewing.match_runs.proposal import BatchProgress, ClinicianLoad, ProposedDay, UnmatchedRequest
from bitewing.match_runs.run import MatchRun
from bitewing.scheduling.period import SchedulingPeriod

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")

#: Items of one transaction. DynamoDB takes 100, and 4 MB of them: an unmatched request may take 60 kB to explain.
_MAX_WRITES: Final = 50
#: What nobody has decided on, or told of, since it was proposed.
_UNCHANGED: Final = Condition(expression="attribute_not_exists(#pk) OR #version = :first", values={"first": 1})


class TableMatchRuns(Answering):
    """Keeps the port :class:`bitewing.match_runs.ports.MatchRuns` over the table."""

    def answered(self, request: Request) -> MatchRun | None:
        """Return the run that this request started before."""
        return self._recalled(request, MatchRun)

    def find(self, care_team_id: str, period_id: str, run_id: str) -> MatchRun | None:
        """Return a run of a period as it is now, in one request."""
        return read_if_found(MatchRun, self._table.get(keys.match_run(care_team_id, period_id, run_id)))

    def of_period(self, care_team_id: str, period_id: str, *, limit: int, start: Position | None) -> Page[MatchRun]:
        """Return one page of the runs of a period, the newest first; one request."""
        page = self._table.query(
            keys.runs_partition(care_team_id, period_id), limit=limit, start=start, is_backward=True, is_consistent=True
        )
        return _page(MatchRun, page)

    def save(self, change: RunChange, *, request: Request | None = None) -> None:
        """Store a change, if run, period and days are the versions that it was decided on; one transaction."""
        versioned = tuple(_versioned(change))
        writes: list[Write] = [
            *(_next(key, thing) for key, thing in versioned),
            *announced(change.events),
        ]
        try:
            self._write_once(writes, request, change.run)
        except ConditionsFailed as error:
            raise _stale(error, [thing for _, thing in versioned]) from error

    def wait(self, run: MatchRun, token: str) -> None:
        """Keep the token with which a state machine waits for a decision on a run; one transaction."""
        kept = Put(
            key=keys.waiting_task(run.run_id), values=as_stored("WaitingTask", {"token": token}), condition=ALWAYS
        )
        of_run = keys.match_run(run.care_team_id, run.period_id, run.run_id)
        try:
            self._table.write([kept, Check(key=of_run, condition=is_version(run.version))])
        except ConditionsFailed as error:
            raise error.stale(expected=run.version, write=1) from error

    def token(self, run_id: str) -> str | None:
        """Return the token with which a state machine waits for a decision, or did last; one request."""
        item = self._table.get(keys.waiting_task(run_id))
        return None if item is None else str(current("WaitingTask", item)["token"])

    def progress(self, run_id: str) -> tuple[BatchProgress, ...]:
        """Return how far the batches of a run are, in their order; one request."""
        page = self._table.query(keys.run_partition(run_id), prefix=keys.BATCH_PREFIX, limit=None, is_consistent=True)
        return _page(BatchProgress, page).things

    def tell_progress(self, batch: BatchProgress) -> None:
        """Store how far a batch is; one request."""
        put = Put(key=keys.batch_progress(batch.run_id, batch.batch), values=record(batch), condition=ALWAYS)
        self._table.write([put])


class TableProposals:
    """Keeps the port :class:`bitewing.match_runs.ports.Proposals` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def write(self, *things: ProposedDay | UnmatchedRequest | ClinicianLoad, run_id: str) -> None:
        """Store what is proposed, as often as it is said; what was changed since stays as it is."""
        puts = (put for thing in things for put in _proposing(thing, run_id))
        while some := list(islice(puts, _MAX_WRITES)):
            try:
                self._table.write(some)
            except ConditionsFailed:
                # Only what was proposed is changed: by then all of it had been stored.
                return

    def days(self, run_id: str, *, limit: int, start: Position | None) -> Page[ProposedDay]:
        """Return one page of the proposed days, by date; one request."""
        return _page(ProposedDay, self._part(run_id, keys.PROPOSED_DAY_PREFIX, limit, start))

    def unmatched(self, run_id: str, *, limit: int, start: Position | None) -> Page[UnmatchedRequest]:
        """Return one page of the requests that are not served, by id; one request."""
        return _page(UnmatchedRequest, self._part(run_id, keys.UNMATCHED_PREFIX, limit, start))

    def loads(self, run_id: str, *, limit: int, start: Position | None) -> Page[ClinicianLoad]:
        """Return one page of who works how much, by id; one request."""
        return _page(ClinicianLoad, self._part(run_id, keys.LOAD_PREFIX, limit, start))

    def named(self, run_id: str, request_ids: Sequence[str]) -> tuple[ProposedDay, ...]:
        """Return the proposed days of up to 100 requests as they are now; those without one are left out."""
        # Twice the same key is refused.
        dates = self._table.get_all((keys.proposed_date(run_id, each) for each in {*request_ids}), is_consistent=True)
        if not dates:
            return ()
        days = self._table.get_all(
            (keys.proposed_day(run_id, each["on"], each["request_id"]) for each in dates), is_consistent=True
        )
        return tuple(read_record(ProposedDay, item) for item in days)

    def save(self, thing: ProposedDay | UnmatchedRequest) -> None:
        """Store a changed day or request."""
        try:
            self._table.write([_next(_key_of(thing, thing.run_id), thing)])
        except ConditionsFailed as error:
            raise error.stale(expected=thing.version - 1) from error

    def _part(self, run_id: str, prefix: str, limit: int, start: Position | None) -> Page[dict[str, Any]]:
        return self._table.query(
            keys.run_partition(run_id), prefix=prefix, limit=limit, start=start, is_consistent=True
        )


def snapshot_key(run_id: str, name: str) -> str:
    """Return the key of a text of a run."""
    return f"match-runs/{run_id}/{name}"


class S3Snapshots:
    """Keeps the port :class:`bitewing.match_runs.ports.Snapshots` over S3."""

    def __init__(self, make_client: "Callable[[], S3Client]", *, now: Callable[[], datetime], files: str) -> None:
        """Remember how a client is made; that happens when the first request needs one."""
        self._make_client, self._now, self._files = make_client, now, files

    @cached_property
    def _client(self) -> "S3Client":
        return self._make_client()

    def put(self, run_id: str, name: str, text: str) -> None:
        """Store a text under a name."""
        self._client.put_object(
            Bucket=self._files,
            Key=snapshot_key(run_id, name),
            Body=text.encode(),
            ContentType="application/json",
            ContentDisposition=disposition(f"{run_id} {name}"),
            ChecksumAlgorithm="SHA256",
        )

    def get(self, run_id: str, name: str) -> str:
        """Return a text that was stored."""
        try:
            answer = self._client.get_object(Bucket=self._files, Key=snapshot_key(run_id, name))
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                raise KeyError(name) from error
            raise
        return answer["Body"].read().decode()

    def sign_download(self, run_id: str, name: str) -> SignedRequest:
        """Return the request that fetches a text; it works for five minutes."""
        url = self._client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._files, "Key": snapshot_key(run_id, name)},
            ExpiresIn=int(DOWNLOAD_SIGNED_FOR.total_seconds()),
        )
        return SignedRequest(method="GET", url=url, headers={}, expires_at=self._now() + DOWNLOAD_SIGNED_FOR)


Versioned = MatchRun | SchedulingPeriod | ProposedDay | UnmatchedRequest


def _versioned(change: RunChange) -> Iterator[tuple[keys.Key, Versioned]]:
    """Yield what a change stores only over the version that it was decided on."""
    run, period = change.run, change.period
    yield keys.match_run(run.care_team_id, run.period_id, run.run_id), run
    if period is not None:
        yield keys.period(period.care_team_id, period.period_id), period
    for day in change.days:
        yield _key_of(day, run.run_id), day


def _next(key: keys.Key, thing: Versioned) -> Put:
    return Put(key=key, values=record(thing), condition=is_next(thing.version))


def _stale(error: ConditionsFailed, things: Sequence[Versioned]) -> StaleVersion:
    """Return what to say of the first thing that is another version than the one that was read."""
    number = next(number for number, item in enumerate(error.stored) if item is not None)
    return error.stale(expected=things[number].version - 1, write=number)


def _key_of(thing: ProposedDay | UnmatchedRequest | ClinicianLoad, run_id: str) -> keys.Key:
    match thing:
        case ProposedDay():
            return keys.proposed_day(run_id, thing.on.isoformat(), thing.request_id)
        case UnmatchedRequest():
            return keys.unmatched_request(run_id, thing.request_id)
        case ClinicianLoad():
            return keys.clinician_load(run_id, thing.clinician_id)


def _proposing(thing: ProposedDay | UnmatchedRequest | ClinicianLoad, run_id: str) -> Iterator[Put]:
    changes = not isinstance(thing, ClinicianLoad)
    yield Put(key=_key_of(thing, run_id), values=record(thing), condition=_UNCHANGED if changes else ALWAYS)
    if isinstance(thing, ProposedDay):
        date = as_stored("ProposedDate", {"request_id": thing.request_id, "on": thing.on.isoformat()})
        yield Put(key=keys.proposed_date(run_id, thing.request_id), values=date, condition=ALWAYS)


def _page(kind: type[T], page: Page[dict[str, Any]]) -> Page[T]:
    return Page(tuple(read_record(kind, item) for item in page.things), page.next)
