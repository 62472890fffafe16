"""Announcements, counts and preferences, kept in every way in which they can be kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import Put
from bitewing.cases.status import Color, Party, Status
from bitewing.directory.organization import ConnectionState
from bitewing.home.announcement import PLATFORM, Announcement, AnnouncementKind, Board, Publisher
from bitewing.home.announcing import AnnouncementService, BoardChanged, NewAnnouncement
from bitewing.home.counting import CountingService, CountsChanged
from bitewing.home.counts import ColorCounts, Counted
from bitewing.home.counts_store import TableCounts
from bitewing.home.events import AnnouncementWithdrawn, event_head
from bitewing.home.preferences import Preferences, QuietHours
from bitewing.home.store import TableAccounts, TableAnnouncements, TableLandings
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind
from bitewing.kernel.errors import IdempotencyKeyReused, RequestInProgress, StaleVersion
from bitewing.notifications.inbox import InboxCounts

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID, a_case, a_connection, a_practice
from tests.support.callers import FROM_LAB, FROM_PRACTICE, LAB_ADMIN, PRACTICE_ADMIN, a_request
from tests.support.changes import a_change, a_sent_case, an_answer
from tests.support.home import InMemoryAccounts, InMemoryAnnouncements, InMemoryCounts, InMemoryLandings, counts_of

LAB = Publisher(kind=OrganizationKind.LAB, organization_id=LAB_ID)


@pytest.fixture
def announcements(stores):
    if stores.table is None:
        return InMemoryAnnouncements(stores.memory)
    return TableAnnouncements(stores.table, now=stores.clock)


@pytest.fixture
def counts(stores):
    return InMemoryCounts(stores.memory) if stores.table is None else TableCounts(stores.table)


@pytest.fixture
def landings(stores, announcements, counts):
    if stores.table is None:
        return InMemoryLandings(stores.directory, announcements, counts)
    return TableLandings(stores.table)


@pytest.fixture
def accounts(stores):
    return InMemoryAccounts(stores.directory) if stores.table is None else TableAccounts(stores.table)


def an_announcement(number=1, publisher=LAB, **changes):
    announcement = Announcement(
        announcement_id=f"A{number}",
        publisher=publisher,
        kind=AnnouncementKind.SYSTEM,
        title="Hello",
        text="Ünïcode, and\nlines.",
        starts_at=NOW,
        ends_at=NOW + timedelta(days=1),
        published_at=NOW,
        published_by="person-6",
    )
    return replace(announcement, **changes)


def save(announcements, announcement, board=None, *, request=None):
    before = announcements.board(announcement.publisher)
    event = AnnouncementWithdrawn(**event_head(announcement, at=NOW))
    announcements.save(announcement, board or before.with_one(announcement, at=NOW), event, request=request)


# --- Announcements ----------------------------------------------------------------------------------------------------


def test_an_announcement_is_stored_with_its_board_and_its_answer(announcements):
    save(announcements, an_announcement(), request=a_request())
    assert announcements.find(LAB, "A1") == announcements.answered(a_request()) == an_announcement()
    assert announcements.board(LAB) == Board(publisher=LAB, announcements=(an_announcement(),), version=1)
    assert announcements.find(PLATFORM, "A1") is None
    assert announcements.find(LAB, "A2") is None
    assert announcements.board(PLATFORM) == Board(publisher=PLATFORM)


def test_the_same_request_is_told_and_another_with_its_key_refused(announcements):
    save(announcements, an_announcement(), request=a_request())
    with pytest.raises(AlreadyAnswered):
        save(announcements, an_announcement(2), request=a_request())
    with pytest.raises(IdempotencyKeyReused):
        announcements.answered(a_request(body="another"))


def test_the_second_of_two_changes_is_told_and_so_is_who_announces_beside_another(announcements):
    save(announcements, an_announcement())
    save(announcements, an_announcement(version=2, title="Bye"))
    with pytest.raises(StaleVersion) as stale:
        save(announcements, an_announcement(version=2, title="Hi"))
    assert (stale.value.expected, stale.value.actual) == (1, 2)
    with pytest.raises(BoardChanged):
        save(announcements, an_announcement(2), Board(publisher=LAB, version=2))
    assert announcements.find(LAB, "A2") is None
    assert [each.title for each in announcements.board(LAB).announcements] == ["Bye"]


def test_all_that_is_announced_at_once_is_announced(local_stores):
    announcing = AnnouncementService(
        TableAnnouncements(local_stores.table, now=local_stores.clock), now=local_stores.clock
    )

    def announce(number):
        new = NewAnnouncement(kind=AnnouncementKind.NEWS, title=str(number), text="There is news.")
        for _ in range(50):
            try:
                return announcing.publish(LAB_ADMIN, new, a_request(f"key-{number}"))
            except RequestInProgress:
                continue
        return None

    with ThreadPoolExecutor(5) as workers:
        assert all(workers.map(announce, range(10)))
    assert sorted(each.title for each in announcing.own(LAB_ADMIN)) == [str(number) for number in range(10)]


# --- What is read together --------------------------------------------------------------------------------------------


def test_boards_and_counts_are_read_together_also_of_more_than_a_hundred_labs(announcements, counts, landings):
    publishers = [Publisher(kind=OrganizationKind.LAB, organization_id=f"lab-{number}") for number in range(103)]
    for number in (0, 102):
        save(announcements, an_announcement(publisher=publishers[number]))
    counts.count(a_case(), Counted(), Counted(practice=Color.RED, version=1))
    landing = landings.landing(publishers, (Party.PRACTICE, PRACTICE_ID))
    assert {board.publisher for board in landing.boards} == {publishers[0], publishers[102]}
    assert counts_of(landing.counts) == {Color.RED: 1}
    assert landings.landing(publishers, None).counts is None
    assert counts_of(landings.landing([], (Party.LAB, LAB_ID)).counts) == {}


def test_how_much_is_not_read_is_read_with_the_rest(stores, landings):
    if stores.table is None:
        landings.unread["person-1"] = 4
    else:
        counts = InboxCounts(reader_id="person-1", last_number=9, unread=4, version=9)
        stores.table.write([Put(key=keys.inbox_counts("person-1"), values=record(counts))])
    publishers = [Publisher(kind=OrganizationKind.LAB, organization_id=LAB_ID)]
    assert landings.landing(publishers, (Party.LAB, LAB_ID), reader_id="person-1").unread == 4
    assert landings.landing(publishers, None, reader_id="person-2").unread == 0
    assert landings.landing(publishers, None).unread == 0


def test_labs_are_connected_from_the_acceptance_on(stores, landings):
    stores.directory.put(
        a_connection(lab_id="lab-2"),
        a_connection(lab_id="lab-3", state=ConnectionState.ENDED),
        a_connection(lab_id="lab-1"),
        a_connection(lab_id="lab-4", practice_id="practice-2"),
    )
    assert landings.connected_labs(PRACTICE_ID) == ("lab-1", "lab-2")
    assert landings.connected_labs("practice-9") == ()


# --- Counts -----------------------------------------------------------------------------------------------------------


def create(stores, *cases):
    for case in cases:
        stores.cases.create(a_change(case), request=a_request(case.case_id), answer=an_answer(case))


def test_a_case_is_counted_on_both_sides_and_leaves_what_it_was_counted_as(counts):
    case, first = a_sent_case(), Counted(practice=Color.YELLOW, lab=Color.YELLOW, version=1)
    counts.count(case, Counted(), first)
    second = Counted(practice=Color.RED, lab=None, version=2)
    counts.count(case, first, second)
    assert counts.counted(case.case_id) == second
    practice, lab = counts.of_organization(Party.PRACTICE, PRACTICE_ID), counts.of_organization(Party.LAB, LAB_ID)
    assert (counts_of(practice), practice.version) == ({Color.RED: 1}, 2)
    assert (counts_of(lab), lab.version) == ({}, 2)
    assert counts.counted("case-2") == Counted()


def test_what_stays_on_a_side_is_no_change_of_its_counts(counts):
    first = Counted(practice=Color.RED, lab=Color.RED, version=1)
    counts.count(a_sent_case(), Counted(), first)
    counts.count(a_sent_case(), first, Counted(practice=None, lab=Color.RED, version=2))
    assert counts.of_organization(Party.LAB, LAB_ID).version == 1


def test_whoever_counts_on_what_is_no_longer_so_is_told(counts):
    first = Counted(practice=Color.RED, version=1)
    counts.count(a_case(), Counted(), first)
    for before in (Counted(), replace(first, version=2)):
        with pytest.raises(CountsChanged):
            counts.count(a_case(), before, Counted(practice=Color.WHITE, version=before.version + 1))
    assert counts_of(counts.of_organization(Party.PRACTICE, PRACTICE_ID)) == {Color.RED: 1}


def test_counts_are_set_whole_unless_something_was_counted_meanwhile(counts):
    counts.set_counts(Party.LAB, LAB_ID, ColorCounts(of={Color.RED: 3}, version=1))
    for version in (1, 3):
        with pytest.raises(CountsChanged):
            counts.set_counts(Party.LAB, LAB_ID, ColorCounts(of={}, version=version))
    counts.set_counts(Party.LAB, LAB_ID, ColorCounts(of={Color.GREEN: 1}, version=2))
    assert counts_of(counts.of_organization(Party.LAB, LAB_ID)) == {Color.GREEN: 1}
    counts.count(a_sent_case(), Counted(), Counted(lab=Color.GREEN, version=1))
    assert counts.of_organization(Party.LAB, LAB_ID).version == 3


def test_all_cases_of_an_organization_are_found_archived_ones_too(stores, counts):
    create(
        stores,
        a_case(),
        a_sent_case(case_id="case-2", archived_by_practice_at=NOW),
        a_sent_case(case_id="case-3", practice_id="practice-2"),
    )
    assert sorted(counts.case_ids(Party.PRACTICE, PRACTICE_ID)) == ["case-1", "case-2"]
    assert sorted(counts.case_ids(Party.LAB, LAB_ID)) == ["case-2", "case-3"]
    assert counts.case("case-2").archived_by_practice_at == NOW
    assert counts.case("case-9") is None


def test_a_recount_of_the_table_mends_what_is_wrong(stores, counts):
    create(stores, a_case(), a_sent_case(Status.RETURNED, case_id="case-2"))
    counts.set_counts(Party.PRACTICE, PRACTICE_ID, ColorCounts(of={Color.WHITE: 9}, version=1))
    _, now = CountingService(counts).recount(Party.PRACTICE, PRACTICE_ID, sleep=lambda _: None)
    assert counts_of(now) == {Color.YELLOW: 1, Color.RED: 1}
    assert counts_of(counts.of_organization(Party.PRACTICE, PRACTICE_ID)) == counts_of(now)


def test_cases_that_are_counted_by_many_at_once_are_counted_once(local_stores):
    counts = TableCounts(local_stores.table)
    create(local_stores, *(a_sent_case(Status.RETURNED, case_id=f"case-{number}") for number in range(8)))

    def count(number):
        for _ in range(50):
            try:
                CountingService(counts).count(f"case-{number % 8}")
            except RequestInProgress:
                continue
            return

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(count, range(40)))
    for side, organization_id in ((Party.PRACTICE, PRACTICE_ID), (Party.LAB, LAB_ID)):
        assert counts_of(counts.of_organization(side, organization_id)) == {Color.RED: 8}


# --- Accounts ---------------------------------------------------------------------------------------------------------

NIGHT = QuietHours(begins_at="20:00", ends_at="07:00")


def test_preferences_are_kept_for_each_person(accounts):
    preferred = Preferences(quiet_hours=NIGHT, mobile="+18025550115", version=1)
    accounts.save(FROM_PRACTICE, preferences=preferred, practice=None)
    assert accounts.preferences(FROM_PRACTICE) == preferred
    for who in (PRACTICE_ADMIN, FROM_LAB, replace(FROM_PRACTICE, organization_id="practice-2")):
        assert accounts.preferences(who) == Preferences()


def test_an_address_and_preferences_are_saved_both_or_neither(stores, accounts):
    stores.directory.put(a_practice())
    moved = a_practice(email="new@harbor-dental.example", version=2)
    accounts.save(PRACTICE_ADMIN, preferences=Preferences(version=1), practice=moved)
    assert accounts.practice(PRACTICE_ID) == moved
    with pytest.raises(StaleVersion) as stale:
        accounts.save(PRACTICE_ADMIN, preferences=Preferences(language="de", version=2), practice=moved)
    assert (stale.value.expected, stale.value.actual) == (1, 2)
    assert accounts.preferences(PRACTICE_ADMIN) == Preferences(version=1)
    with pytest.raises(StaleVersion):
        accounts.save(PRACTICE_ADMIN, preferences=Preferences(version=1), practice=None)
    assert accounts.practice("practice-9") is None
