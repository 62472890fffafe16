"""Which cases sweeps find: those that wait for somebody who is reminded, since they do, and no others."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

import pytest
from bitewing.aws import keys
from bitewing.aws.client import create_client
from bitewing.aws.table import Table
from bitewing.cases.reminded import reminded_of
from bitewing.cases.status import COLORS, Color, Party, Status, WaitsFor
from bitewing.directory.store import TableDirectory
from bitewing.kernel.wire import REMINDER_SHARDS
from bitewing.notifications.reminder import ReminderKind
from bitewing.notifications.sweeping import MAX_DAYS
from bitewing.notifications.waiting import SWEPT, Span
from bitewing.notifications.waiting_store import TableCalendars, TableSweptDays, TableWaitingCases

from tests.shared.cases.test_review_store import a_note, add
from tests.shared.cases.test_store import create
from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID, a_case, a_file, a_lab, a_practice
from tests.support.callers import a_request
from tests.support.changes import a_change, a_file_change
from tests.support.tables import create_table

K = ReminderKind
HOUR = timedelta(hours=1)
EVER = Span(first=None, last=NOW + timedelta(days=4000))


@pytest.fixture
def table(moto):
    return Table(create_client("dynamodb"), create_table(create_client("dynamodb")))


def found(table, span=EVER):
    """What a sweep of all shards finds, by case."""
    cases = TableWaitingCases(table)
    every = ((kind, shard) for kind in SWEPT for shard in range(REMINDER_SHARDS))
    things = chain.from_iterable(cases.page(kind, shard, span, start=None).things for kind, shard in every)
    return {each.case_id: (each.kind, each.since) for each in things}


def kept(stores, case):
    create(stores, case)
    return stores.cases.find(case.case_id)


# --- What somebody is reminded of ------------------------------------------------------------------


@pytest.mark.parametrize("status", Status)
def test_of_each_status_at_most_one_thing_is_reminded_of_and_of_all_that_waits_for_a_practice(status):
    at = NOW + HOUR
    case = a_case(status=status, moved_at=at)
    wanted = {Status.DRAFT: K.DRAFT_IDLE, Status.RECEIVED: K.CASE_UNTOUCHED, Status.READY_TO_PLAN: K.SESSION_NOT_BOOKED}
    kind = wanted.get(status) or (K.CASE_IS_RED if COLORS[status] is Color.RED else None)
    since = case.last_modified_at if status is Status.DRAFT else at
    assert reminded_of(case) == (None if kind is None else (kind, since))
    if case.waits_for is WaitsFor.PRACTICE:
        assert kind is not None


def test_what_waits_for_its_lab_reminds_no_practice():
    assert reminded_of(a_case(started_by=Party.LAB)) is None
    for status in (Status.READY_TO_PLAN, Status.PLANNING_NO_SHOW):
        assert reminded_of(a_case(status=status, is_planned_by_lab=True)) is None


def test_a_case_that_was_taken_off_a_list_is_reminded_of_like_any_other():
    assert reminded_of(a_case(archived_by_practice_at=NOW)) is not None


# --- What a sweep finds ----------------------------------------------------------------------------


def test_a_case_is_found_as_long_as_somebody_is_reminded_of_it(moto_stores):
    case = kept(moto_stores, a_case())
    assert found(moto_stores.table) == {CASE_ID: (K.DRAFT_IDLE, case.last_modified_at)}
    expected = {
        Status.PROCESSING: None,
        Status.RECEIVED: K.CASE_UNTOUCHED,
        Status.RETURNED: K.CASE_IS_RED,
        Status.READY_TO_PLAN: K.SESSION_NOT_BOOKED,
        Status.ON_HOLD: None,
        Status.MISSING_INFO: K.CASE_IS_RED,
        Status.CANCELLED: None,
    }
    for number, (status, kind) in enumerate(expected.items(), 1):
        moved_at = NOW + number * HOUR
        case = replace(case, status=status, moved_at=moved_at, version=case.version + 1)
        moto_stores.cases.save(replace(a_change(case), is_of_practice=number % 2 == 0))
        assert found(moto_stores.table) == ({} if kind is None else {CASE_ID: (kind, moved_at)})
    item = moto_stores.table.get(keys.case(CASE_ID))
    assert not [name for name in item if name.startswith("reminders")]


def test_a_draft_is_idle_since_its_practice_changed_it_its_files_or_noted_something(moto_stores):
    case = kept(moto_stores, a_case())
    later = NOW + HOUR
    change = a_file_change(case, a_file(), decided_on=case, at=later)
    moto_stores.files.announce(change, request=a_request("announce"))
    assert found(moto_stores.table) == {CASE_ID: (K.DRAFT_IDLE, later)}
    case = moto_stores.cases.find(CASE_ID)
    assert case.last_modified_at == later
    note = a_note(case, 1)
    note = replace(note, note=replace(note.note, at=later + HOUR))
    add(moto_stores, note)
    assert found(moto_stores.table) == {CASE_ID: (K.DRAFT_IDLE, later + HOUR)}


def test_what_else_waits_does_so_since_it_came_there_whatever_its_practice_adds(moto_stores):
    case = kept(moto_stores, a_case(status=Status.RETURNED, moved_at=NOW))
    add(moto_stores, a_note(case, 1))
    change = a_file_change(case, a_file(), decided_on=case, at=NOW + HOUR)
    moto_stores.files.announce(change, request=a_request("announce"))
    assert found(moto_stores.table) == {CASE_ID: (K.CASE_IS_RED, NOW)}


def test_a_draft_that_a_lab_started_is_not_found_whatever_is_added(moto_stores):
    case = kept(moto_stores, a_case(started_by=Party.LAB))
    change = a_file_change(case, a_file(), decided_on=case, at=NOW + HOUR)
    moto_stores.files.announce(change, request=a_request("announce"))
    assert found(moto_stores.table) == {}


def test_only_what_began_to_wait_in_the_span_is_read(moto_stores):
    for number in range(5):
        kept(moto_stores, a_case(case_id=f"CASE{number:08d}", last_modified_at=NOW + number * HOUR))
    span = Span(first=NOW + HOUR, last=NOW + 3 * HOUR + HOUR / 2)
    assert sorted(found(moto_stores.table, span)) == [f"CASE{number:08d}" for number in (1, 2, 3)]


def test_a_page_goes_on_where_the_one_before_ended(moto_stores, monkeypatch):
    monkeypatch.setattr("bitewing.notifications.waiting_store._PAGE", 2)
    ids = [case_id for number in range(60) if keys.reminder_shard(case_id := f"CASE{number:08d}") == 0]
    for number, case_id in enumerate(ids):
        kept(moto_stores, a_case(case_id=case_id, last_modified_at=NOW + number * HOUR))
    cases, pages, start = TableWaitingCases(moto_stores.table), [], None
    while not pages or start is not None:
        page = cases.page(K.DRAFT_IDLE, 0, EVER, start=start)
        pages.append([each.case_id for each in page.things])
        start = page.next
    assert list(chain.from_iterable(pages)) == ids
    assert max(map(len, pages)) == 2


# --- By whose days, and up to when -----------------------------------------------------------------


def test_the_days_of_labs_and_practices_are_read_of_any_number(table):
    TableDirectory(table).put(a_lab(), a_practice(time_zone="America/Denver"))
    calendars = TableCalendars(table)
    others = [f"other-{number}" for number in range(150)]
    assert calendars.of_labs([LAB_ID, *others]) == {LAB_ID: a_lab().working_days}
    assert calendars.of_practices([PRACTICE_ID, *others]) == {PRACTICE_ID: "America/Denver"}
    assert (calendars.of_labs([]), calendars.of_practices([])) == ({}, {})


def test_it_is_kept_up_to_when_a_shard_was_swept_and_never_less(table):
    days, first = TableSweptDays(table), date(2026, 3, 2)
    assert days.last_of(3) is None
    for day, stands in ((first, first), (first, first), (first + timedelta(days=MAX_DAYS), None), (first, None)):
        days.done(3, day)
        assert days.last_of(3) == (stands or first + timedelta(days=MAX_DAYS))
    assert days.last_of(4) is None


def test_of_two_who_sweep_at_the_same_time_one_stores_it(table, monkeypatch):
    days, other, day = TableSweptDays(table), TableSweptDays(table), date(2026, 3, 2)
    read = days._find

    def overtaken(shard):
        before = read(shard)
        other.done(shard, day)
        return before

    monkeypatch.setattr(days, "_find", overtaken)
    days.done(3, day)
    assert other.last_of(3) == day
