"""Match runs and proposals, kept in memory, on moto and on DynamoDB Local: the same promises."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
from bitewing.aws import keys
from bitewing.aws.client import create_client
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, Put
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import IdempotencyKeyReused, StaleVersion
from bitewing.match_runs.events import MatchRunDecided, MatchRunStarted, run_event_head
from bitewing.match_runs.ports import INSTANCE, RunChange
from bitewing.match_runs.proposal import Claim
from bitewing.match_runs.run import Decision, Outcome, RunStatus
from bitewing.match_runs.store import S3Snapshots, TableMatchRuns, TableProposals, snapshot_key
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.store import TablePeriods
from botocore.exceptions import ClientError

from tests.support.builders import NOW
from tests.support.callers import a_request
from tests.support.care_teams import CARE_TEAM_ID
from tests.support.match_runs import (
    RUN_ID,
    InMemoryMatchRuns,
    InMemoryProposals,
    InMemorySnapshots,
    Matched,
    a_batch,
    a_load,
    a_matched_period,
    a_proposed_day,
    a_proposed_run,
    a_run,
    an_unmatched_request,
)
from tests.support.scheduling import PERIOD_ID, InMemoryPeriods, Scheduled, a_period

PAGE: dict[str, Any] = {"limit": 100, "start": None}


@dataclass
class Kept:
    """The stores of match runs over one place."""

    runs: Any
    proposals: Any
    periods: Any
    stores: Any

    def has_period(self, period):
        """Store a period, as its own room does."""
        if self.stores.table is None:
            self.periods._scheduled.periods[period.care_team_id, period.period_id] = period
            return
        key = keys.period(period.care_team_id, period.period_id)
        self.stores.table.write([Put(key=key, values=record(period), condition=ALWAYS)])

    def saves(self, run, *events, request=None, **of_change):
        self.runs.save(RunChange(run=run, events=events, **of_change), request=request)
        return run

    def period(self):
        return self.periods.find(CARE_TEAM_ID, PERIOD_ID)

    def run(self):
        return self.runs.find(CARE_TEAM_ID, PERIOD_ID, RUN_ID)

    def told(self):
        """Names of what was announced of the period, sorted: all of it is of one moment."""
        if self.stores.table is None:
            return sorted(type(event).__name__ for event in self.stores.memory.events)
        items = self.stores.table.partition(f"PERIOD#{PERIOD_ID}", prefix="EVENT#")
        return sorted(item["detail_type"] for item in items)


@pytest.fixture
def kept(stores):
    if stores.table is None:
        scheduled = Scheduled(stores.memory)
        matched = Matched(scheduled)
        return Kept(InMemoryMatchRuns(matched), InMemoryProposals(matched), InMemoryPeriods(scheduled), stores)
    return _over(stores)


@pytest.fixture
def local(local_stores):
    return _over(local_stores)


def _over(stores):
    table, now = stores.table, stores.clock
    return Kept(TableMatchRuns(table, now=now), TableProposals(table), TablePeriods(table, now=now), stores)


def started(run):
    return MatchRunStarted(**run_event_head(run, at=NOW), is_by_itself=False)


# --- Runs -------------------------------------------------------------------------------------------------------------


def test_a_run_is_stored_with_its_period_what_is_told_and_its_answer(kept):
    kept.has_period(a_period(status=PeriodStatus.REVIEWING))
    run, period = a_run(), a_matched_period(version=2)
    kept.saves(run, started(run), period=period, request=a_request())
    assert kept.run() == kept.runs.answered(a_request()) == run
    assert kept.period() == period
    assert kept.told() == ["MatchRunStarted"]
    assert kept.runs.answered(a_request("key-2")) is None
    assert kept.runs.find("team-2", PERIOD_ID, RUN_ID) is None
    assert kept.runs.find(CARE_TEAM_ID, "period-2", RUN_ID) is None
    with pytest.raises(IdempotencyKeyReused):
        kept.runs.answered(a_request(body="another"))


def test_everything_that_a_run_says_comes_back(kept):
    outcome = Outcome(claimed=3, lost=1, accepted=2, confirmed=1, called_off=1)
    run = a_proposed_run(
        version=1,
        reminded_at=NOW,
        rest=Decision.REJECTED,
        rest_by="person-20",
        approved_alone=2,
        rejected_alone=1,
        confirms_when_complete=True,
        outcome=outcome,
        ended_at=NOW + timedelta(days=1),
        reason="The solver failed.",
        started_by=None,
    )
    assert kept.saves(run) == kept.run()


def test_a_token_is_kept_over_the_run_that_was_looked_at_and_the_run_stays_as_it_is(kept):
    assert kept.runs.token(RUN_ID) is None
    run = kept.saves(a_run())
    for token in ("token-1", "token-2"):
        kept.runs.wait(run, token)
        assert (kept.runs.token(RUN_ID), kept.run()) == (token, run)
    kept.saves(run.changed(parts=1))
    with pytest.raises(StaleVersion):
        kept.runs.wait(run, "token-3")
    assert kept.runs.token(RUN_ID) == "token-2"


def test_the_same_request_starts_one_run(kept):
    kept.saves(a_run(), request=a_request())
    with pytest.raises(AlreadyAnswered):
        kept.saves(a_run(run_id="run-2"), request=a_request())
    assert kept.runs.find(CARE_TEAM_ID, PERIOD_ID, "run-2") is None


def test_a_change_is_stored_only_over_the_run_the_period_and_the_days_that_it_was_decided_on(kept):
    kept.has_period(a_matched_period(version=4))
    kept.saves(a_run())
    kept.proposals.write(a_proposed_day(0), a_proposed_day(1), run_id=RUN_ID)
    next_run, next_period = a_run(version=2), a_period(version=5)
    first, second = (a_proposed_day(each, decision=Decision.APPROVED, version=2) for each in (0, 1))
    stale = [
        ({"run": a_run(version=3), "period": next_period, "days": (first,)}, (2, 1)),
        ({"run": a_run(version=1)}, (0, 1)),
        ({"run": next_run, "period": a_period(version=4), "days": (first,)}, (3, 4)),
        ({"run": next_run, "period": next_period, "days": (first, replace(second, version=3))}, (2, 1)),
        ({"run": next_run, "days": (first, a_proposed_day(7, version=2))}, (1, 0)),
    ]
    for change, (expected, actual) in stale:
        with pytest.raises(StaleVersion) as refused:
            kept.runs.save(RunChange(**change, events=(started(a_run()),)))
        assert (refused.value.expected, refused.value.actual) == (expected, actual)
    assert kept.told() == []
    assert (kept.run(), kept.period().version) == (a_run(), 4)
    assert {each.version for each in kept.proposals.days(RUN_ID, **PAGE).things} == {1}
    kept.saves(next_run, period=next_period, days=(first, second))
    assert (kept.run(), kept.period()) == (next_run, next_period)
    assert kept.proposals.days(RUN_ID, **PAGE).things == (second, first)


def test_fifty_days_are_decided_on_with_their_run_in_one_transaction(local):
    days = [a_proposed_day(number, on=a_period().first_on) for number in range(50)]
    local.saves(a_proposed_run(50, version=1))
    local.proposals.write(*days, run_id=RUN_ID)
    run = a_proposed_run(50, approved_alone=50, version=2)
    decided = MatchRunDecided(**run_event_head(run, at=NOW), undecided=0)
    changed = tuple(each.changed(decision=Decision.APPROVED, decided_by="person-20") for each in days)
    local.saves(run, decided, days=changed)
    named = local.proposals.named(RUN_ID, [each.request_id for each in days])
    assert {each.decision for each in named} == {Decision.APPROVED}
    assert len(named) == 50


def test_of_managers_who_decide_at_once_one_is_stored(local):
    local.saves(a_proposed_run(version=1))
    local.proposals.write(a_proposed_day(), run_id=RUN_ID)

    def decide(number):
        day = a_proposed_day(decision=Decision.APPROVED, decided_by=f"person-{number}", version=2)
        try:
            return local.saves(a_proposed_run(approved_alone=1, rest_by=f"person-{number}", version=2), days=(day,))
        except StaleVersion:
            return None

    with ThreadPoolExecutor(4) as managers:
        (stored,) = [each for each in managers.map(decide, range(4)) if each is not None]
    (day,) = local.proposals.days(RUN_ID, **PAGE).things
    assert local.run().rest_by == stored.rest_by == day.decided_by


def test_the_runs_of_a_period_are_listed_newest_first_page_by_page(kept):
    for number in (2, 1, 3):
        kept.saves(a_run(run_id=f"run-{number}"))
    kept.saves(a_run(run_id="run-4", period_id="period-2"))
    kept.saves(a_run(run_id="run-5", care_team_id="team-2"))
    first = kept.runs.of_period(CARE_TEAM_ID, PERIOD_ID, limit=2, start=None)
    second = kept.runs.of_period(CARE_TEAM_ID, PERIOD_ID, limit=2, start=first.next)
    found = [each.run_id for each in (*first.things, *second.things)]
    assert (found, second.next) == (["run-3", "run-2", "run-1"], None)
    assert not kept.periods.has_answers(CARE_TEAM_ID, PERIOD_ID)


def test_how_far_the_batches_of_a_run_are_is_kept_in_their_order(kept):
    for number in (10, 2, 0):
        kept.runs.tell_progress(a_batch(number))
    kept.runs.tell_progress(a_batch(2, solved=3, objective=1150, bound=1150, is_done=True))
    kept.runs.tell_progress(a_batch(run_id="run-2"))
    found = kept.runs.progress(RUN_ID)
    assert [each.batch for each in found] == [0, 2, 10]
    assert found[1] == a_batch(2, solved=3, objective=1150, bound=1150, is_done=True)


# --- Proposals --------------------------------------------------------------------------------------------------------


def test_what_is_proposed_is_listed_days_by_date_and_others_by_id(kept):
    days = [a_proposed_day(number) for number in range(3)]
    unmatched = [an_unmatched_request(number) for number in (9, 8)]
    loads = [a_load("person-6"), a_load("person-5")]
    kept.proposals.write(*days, *unmatched, *loads, run_id=RUN_ID)
    kept.proposals.write(a_proposed_day(5, run_id="run-2"), an_unmatched_request(5), a_load("x"), run_id="run-2")
    assert kept.proposals.days(RUN_ID, **PAGE).things == tuple(reversed(days))
    assert kept.proposals.unmatched(RUN_ID, **PAGE).things == tuple(reversed(unmatched))
    assert kept.proposals.loads(RUN_ID, **PAGE).things == tuple(reversed(loads))


@pytest.mark.parametrize("part", ["days", "unmatched", "loads"])
def test_what_is_proposed_is_listed_page_by_page(kept, part):
    things = {"days": a_proposed_day, "unmatched": an_unmatched_request, "loads": lambda each: a_load(f"person-{each}")}
    kept.proposals.write(*map(things[part], range(3)), run_id=RUN_ID)
    listed = getattr(kept.proposals, part)
    first = listed(RUN_ID, limit=2, start=None)
    second = listed(RUN_ID, limit=2, start=first.next)
    assert (len(first.things), len(second.things), second.next) == (2, 1, None)


def test_many_things_are_written_and_written_again(kept):
    days = [a_proposed_day(number, on=a_period().first_on) for number in range(130)]
    for _ in range(2):
        kept.proposals.write(*days, an_unmatched_request(), run_id=RUN_ID)
    first = kept.proposals.days(RUN_ID, **PAGE)
    second = kept.proposals.days(RUN_ID, limit=100, start=first.next)
    assert sorted((*first.things, *second.things), key=lambda each: each.request_id) == sorted(
        days, key=lambda each: each.request_id
    )


def test_what_was_decided_or_told_is_never_written_over(kept):
    kept.proposals.write(a_proposed_day(), an_unmatched_request(), a_load(), run_id=RUN_ID)
    claimed = a_proposed_day(claim=Claim.CLAIMED, case_day_id="day-1", version=2)
    told = an_unmatched_request(told_at=NOW, version=2)
    kept.proposals.save(claimed)
    kept.proposals.save(told)
    kept.proposals.write(a_proposed_day(), run_id=RUN_ID)
    kept.proposals.write(an_unmatched_request(), run_id=RUN_ID)
    kept.proposals.write(a_load(), run_id=RUN_ID)
    assert kept.proposals.days(RUN_ID, **PAGE).things == (claimed,)
    assert kept.proposals.unmatched(RUN_ID, **PAGE).things == (told,)


def test_days_are_found_by_the_requests_that_they_are_proposed_for(kept):
    kept.proposals.write(*(a_proposed_day(number) for number in range(3)), an_unmatched_request(), run_id=RUN_ID)
    found = kept.proposals.named(RUN_ID, ["request-2", "request-0", "request-9", "request-7", "request-2"])
    assert sorted(each.request_id for each in found) == ["request-0", "request-2"]
    assert kept.proposals.named(RUN_ID, ["request-7"]) == ()
    assert kept.proposals.named("run-2", ["request-0"]) == ()


@pytest.mark.parametrize("make", [a_proposed_day, an_unmatched_request])
def test_the_second_of_two_changes_of_a_day_or_a_request_is_told(kept, make):
    kept.proposals.write(make(), run_id=RUN_ID)
    kept.proposals.save(make(version=2))
    for version, actual in ((2, 2), (4, 2)):
        with pytest.raises(StaleVersion) as refused:
            kept.proposals.save(make(version=version))
        assert (refused.value.expected, refused.value.actual) == (version - 1, actual)


def test_a_run_that_ended_keeps_what_it_proposed(kept):
    kept.saves(a_proposed_run(version=1))
    kept.proposals.write(a_proposed_day(), run_id=RUN_ID)
    kept.saves(a_proposed_run(status=RunStatus.EXPIRED, ended_at=NOW, version=2))
    assert kept.proposals.days(RUN_ID, **PAGE).things == (a_proposed_day(),)


# --- Snapshots --------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "s3"])
def storage(request, clock):
    if request.param == "memory":
        snapshots = InMemorySnapshots(clock)
        return SimpleNamespace(
            snapshots=snapshots, fetch=lambda signed: snapshots.texts[tuple(signed.url.split("/")[-2:])]
        )
    request.getfixturevalue("moto")
    client = create_client("s3")
    client.create_bucket(Bucket="files")
    snapshots = S3Snapshots(lambda: client, now=clock, files="files")
    return SimpleNamespace(snapshots=snapshots, fetch=lambda signed: requests.get(signed.url, timeout=5).text)


def test_a_text_of_a_run_is_kept_and_can_be_fetched_for_a_few_minutes(storage, clock):
    storage.snapshots.put(RUN_ID, INSTANCE, "{}")
    storage.snapshots.put(RUN_ID, INSTANCE, '{"format": "caseday-instance/1"}')
    storage.snapshots.put(RUN_ID, "batch-0.json", "[]")
    assert storage.snapshots.get(RUN_ID, INSTANCE) == '{"format": "caseday-instance/1"}'
    signed = storage.snapshots.sign_download(RUN_ID, INSTANCE)
    assert (signed.method, signed.headers, signed.expires_at) == ("GET", {}, clock() + timedelta(minutes=5))
    assert storage.fetch(signed) == '{"format": "caseday-instance/1"}'


def test_a_text_that_was_not_kept_is_said_to_be_none(storage):
    with pytest.raises(KeyError, match="instance"):
        storage.snapshots.get(RUN_ID, INSTANCE)


def test_a_bucket_that_is_none_is_a_failure_and_no_missing_text(moto, clock):
    snapshots = S3Snapshots(lambda: create_client("s3"), now=clock, files="another")
    with pytest.raises(ClientError):
        snapshots.get(RUN_ID, INSTANCE)


def test_a_download_is_json_that_is_named_by_its_run(moto, clock):
    client = create_client("s3")
    client.create_bucket(Bucket="files")
    snapshots = S3Snapshots(lambda: client, now=clock, files="files")
    snapshots.put(RUN_ID, INSTANCE, "{}")
    signed = snapshots.sign_download(RUN_ID, INSTANCE)
    answer = requests.get(signed.url, timeout=5)
    assert answer.headers["Content-Type"] == "application/json"
    assert unquote(answer.headers["Content-Disposition"]) == "attachment; filename*=UTF-8''run-1 instance.json"
    assert urlsplit(signed.url).path.endswith(f"/{snapshot_key(RUN_ID, INSTANCE)}")
