"""Announcements: published, planned, changed, withdrawn, and read by those whom they are for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.directory.organization import ConnectionState
from bitewing.home.announcement import (
    MAX_OPEN,
    PLATFORM,
    Announcement,
    AnnouncementKind,
    Board,
    Publisher,
    in_force,
    publisher_of,
)
from bitewing.home.announcing import AnnouncementService, BoardChanged, NewAnnouncement
from bitewing.home.service import HomeService
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    TooManyAnnouncements,
    Unknown,
)

from tests.support.builders import LAB_ID, NOW, a_connection
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    LAB_ADMIN,
    PRACTICE_ADMIN,
    a_caller,
    a_request,
)
from tests.support.callers import PLATFORM as PLATFORM_ADMIN
from tests.support.clock import Clock
from tests.support.home import InMemoryAnnouncements, InMemoryCounts, InMemoryLandings
from tests.support.in_memory import InMemoryCases, InMemoryDirectory, Memory

LAB = Publisher(kind=OrganizationKind.LAB, organization_id=LAB_ID)
DAY = timedelta(days=1)


class NoSessions:
    def listed(self, *_whose, **_when):
        raise AssertionError


class Place:
    def __init__(self):
        self.clock = Clock(step=timedelta(seconds=1))
        self.memory, self.directory = Memory(self.clock), InMemoryDirectory()
        self.directory.put(a_connection(), a_connection(lab_id="lab-2", state=ConnectionState.ASKED))
        self.store = InMemoryAnnouncements(self.memory)
        self.announcing = AnnouncementService(self.store, now=self.clock)
        landings = InMemoryLandings(self.directory, self.store, InMemoryCounts(self.memory))
        self.homes = HomeService(landings, InMemoryCases(self.memory), NoSessions(), NoSessions(), now=self.clock)
        self._number = 0

    def publish(self, title="Hello", *, who=LAB_ADMIN, request=None, **changes):
        self._number += 1
        new = NewAnnouncement(kind=AnnouncementKind.NEWS, title=title, text="There is news.", **changes)
        return self.announcing.publish(who, new, request or a_request(f"key-{self._number}"))

    def seen_by(self, who):
        return [each.title for each in self.homes.announcements(who)]

    @property
    def told(self):
        return [type(event).__name__ for event in self.memory.events]


@pytest.fixture
def place():
    return Place()


# --- Who reads what ---------------------------------------------------------------------------------------------------


def test_the_platform_speaks_to_everybody_and_a_lab_to_its_practices_and_itself(place):
    place.publish("from the platform", who=PLATFORM_ADMIN)
    place.publish("from the lab")
    both, platform = ["from the lab", "from the platform"], ["from the platform"]
    roleless = replace(FROM_PRACTICE, roles=frozenset())
    lab_role_in_a_practice = replace(FROM_PRACTICE, roles=frozenset({Role.LAB_ADMIN}))
    readers = {
        FROM_PRACTICE: both,
        FROM_LAB: both,
        FROM_OTHER_PRACTICE: platform,
        FROM_OTHER_LAB: platform,
        CLINICIAN: platform,
        PLATFORM_ADMIN: platform,
        roleless: platform,
        lab_role_in_a_practice: platform,
    }
    assert {reader: place.seen_by(reader) for reader in readers} == readers


def test_a_practice_hears_a_lab_from_the_acceptance_of_their_connection_to_its_end(place):
    place.publish("from the other lab", who=FROM_OTHER_LAB)
    seen = []
    for state in (ConnectionState.ASKED, ConnectionState.ACCEPTED, ConnectionState.ENDED):
        place.directory.put(a_connection(lab_id="lab-2", state=state))
        seen.append(bool(place.seen_by(FROM_PRACTICE)))
    assert seen == [False, True, False]


def test_what_is_planned_is_shown_in_its_time_and_the_newest_first(place):
    place.publish("later", starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    place.publish("now")
    assert place.seen_by(FROM_PRACTICE) == ["now"]
    place.clock.at = NOW + DAY
    assert place.seen_by(FROM_PRACTICE) == ["later", "now"]
    place.clock.at = NOW + 2 * DAY
    assert place.seen_by(FROM_PRACTICE) == ["now"]


def test_at_its_end_an_announcement_is_over_and_at_its_start_it_is_in_force():
    announcement = an_announcement(starts_at=NOW, ends_at=NOW + DAY)
    second = timedelta(seconds=1)
    moments = (NOW - second, NOW, NOW + DAY - second, NOW + DAY)
    assert [announcement.is_in_force(at) for at in moments] == [False, True, True, False]


def an_announcement(**changes):
    announcement = Announcement(
        announcement_id="A1",
        publisher=LAB,
        kind=AnnouncementKind.NEWS,
        title="Hello",
        text="There is news.",
        starts_at=NOW,
        ends_at=None,
        published_at=NOW,
        published_by="person-6",
    )
    return replace(announcement, **changes)


def test_two_of_one_moment_stand_in_a_fixed_order():
    first, second = an_announcement(), an_announcement(announcement_id="A2")
    for order in ((first, second), (second, first)):
        assert in_force([Board(publisher=LAB, announcements=order)], at=NOW) == (second, first)


# --- Who publishes ----------------------------------------------------------------------------------------------------


def test_administrators_of_labs_and_of_the_platform_publish(place):
    assert place.publish().publisher == LAB
    assert place.publish(who=PLATFORM_ADMIN).publisher == PLATFORM
    assert place.told == ["AnnouncementPublished"] * 2
    event = place.memory.events[0]
    assert (event.publisher_kind, event.publisher_id, event.announcement_version) == (OrganizationKind.LAB, LAB_ID, 1)


@pytest.mark.parametrize(
    "who",
    [
        FROM_LAB,
        FROM_PRACTICE,
        PRACTICE_ADMIN,
        CLINICIAN,
        a_caller(LAB_ID, OrganizationKind.PRACTICE, Role.LAB_ADMIN),
        a_caller(LAB_ID, OrganizationKind.LAB, Role.PLATFORM_ADMIN),
    ],
)
def test_nobody_else_does(place, who):
    with pytest.raises(RoleNotAllowed) as refused:
        publisher_of(who)
    assert refused.value.needed == ("lab_admin", "platform_admin")
    for attempt in (
        lambda: place.publish(who=who),
        lambda: place.announcing.own(who),
        lambda: place.announcing.read(who, "A1"),
        lambda: place.announcing.change(who, "A1", {}, expected_version=1),
        lambda: place.announcing.withdraw(who, "A1", expected_version=1),
    ):
        with pytest.raises(RoleNotAllowed):
            attempt()


def test_what_is_anothers_is_not_there(place):
    announcement = place.publish()
    for who in (FROM_OTHER_LAB, PLATFORM_ADMIN):
        with pytest.raises(Unknown):
            place.announcing.read(who, announcement.announcement_id)
        with pytest.raises(Unknown):
            place.announcing.withdraw(who, announcement.announcement_id, expected_version=1)
    assert place.seen_by(FROM_PRACTICE) == ["Hello"]


@pytest.mark.parametrize(
    "when",
    [
        {"starts_at": NOW + DAY, "ends_at": NOW + DAY},
        {"starts_at": NOW + DAY, "ends_at": NOW},
        {"starts_at": NOW - 2 * DAY, "ends_at": NOW - DAY},
        {"ends_at": NOW - DAY},
    ],
    ids=str,
)
def test_what_nobody_would_ever_see_is_refused(place, when):
    with pytest.raises(InvalidInput) as refused:
        place.publish(**when)
    assert [error.pointer for error in refused.value.errors] == ["/ends_at"]
    assert place.told == []


def test_the_same_request_is_one_announcement(place):
    request = a_request("once")
    assert place.publish(request=request) == place.publish(request=request)
    assert place.seen_by(FROM_PRACTICE) == ["Hello"]
    with pytest.raises(IdempotencyKeyReused):
        place.publish(request=a_request("once", "another body"))


def test_ten_are_in_force_or_planned_at_most_and_what_is_over_makes_room(place):
    for number in range(MAX_OPEN):
        place.publish(str(number), ends_at=NOW + DAY if number == 0 else None)
    with pytest.raises(TooManyAnnouncements) as refused:
        place.publish("one more")
    assert refused.value.facts() == {"limit": 10}
    place.clock.at = NOW + DAY
    place.publish("one more")
    assert len(place.announcing.own(LAB_ADMIN)) == MAX_OPEN
    # What others announce takes no room.
    place.publish(who=FROM_OTHER_LAB)


def test_a_publisher_sees_what_is_planned_and_not_what_is_over(place):
    place.publish("planned", starts_at=NOW + DAY)
    over = place.publish("over", ends_at=NOW + timedelta(hours=1))
    place.publish("now")
    place.clock.advance(hours=2)
    assert [each.title for each in place.announcing.own(LAB_ADMIN)] == ["planned", "now"]
    assert place.announcing.own(FROM_OTHER_LAB) == ()
    assert place.announcing.read(LAB_ADMIN, over.announcement_id) == over


# --- Changing and withdrawing -----------------------------------------------------------------------------------------


def test_a_change_is_seen_at_once_and_the_first_of_two_wins(place):
    announcement = place.publish()
    changed = place.announcing.change(LAB_ADMIN, announcement.announcement_id, {"title": "Bye"}, expected_version=1)
    assert (changed.title, changed.text, changed.version) == ("Bye", "There is news.", 2)
    assert place.seen_by(FROM_PRACTICE) == ["Bye"]
    with pytest.raises(StaleVersion):
        place.announcing.change(LAB_ADMIN, announcement.announcement_id, {"title": "Hi"}, expected_version=1)
    with pytest.raises(StaleVersion):
        place.announcing.withdraw(LAB_ADMIN, announcement.announcement_id, expected_version=1)
    assert place.told == ["AnnouncementPublished", "AnnouncementChanged"]


def test_what_has_ended_can_be_shown_again_and_cannot_be_changed_into_what_is_over(place):
    announcement = place.publish(ends_at=NOW + DAY)
    place.clock.at = NOW + 2 * DAY
    change = {"title": "Again"}
    with pytest.raises(InvalidInput):
        place.announcing.change(LAB_ADMIN, announcement.announcement_id, change, expected_version=1)
    change["ends_at"] = NOW + 3 * DAY
    place.announcing.change(LAB_ADMIN, announcement.announcement_id, change, expected_version=1)
    assert place.seen_by(FROM_PRACTICE) == ["Again"]


def test_what_is_withdrawn_is_shown_to_nobody_kept_and_withdrawn_once(place):
    announcement = place.publish()
    first = place.announcing.withdraw(LAB_ADMIN, announcement.announcement_id, expected_version=1)
    assert place.announcing.withdraw(LAB_ADMIN, announcement.announcement_id, expected_version=1) == first
    assert (first.withdrawn_by, first.version) == ("person-6", 2)
    assert place.seen_by(FROM_PRACTICE) == []
    assert place.announcing.read(LAB_ADMIN, announcement.announcement_id) == first
    with pytest.raises(Unknown):
        place.announcing.change(LAB_ADMIN, announcement.announcement_id, {"title": "Back"}, expected_version=2)
    assert place.told == ["AnnouncementPublished", "AnnouncementWithdrawn"]


def test_who_announces_beside_another_is_decided_anew(place, monkeypatch):
    board, looks = place.store.board, iter([True, False, True])

    def another_announces(publisher):
        found = board(publisher)
        if next(looks, False):
            place.store.boards[publisher] = replace(found, version=found.version + 1)
        return found

    monkeypatch.setattr(place.store, "board", another_announces)
    announcement = place.publish()
    place.announcing.withdraw(LAB_ADMIN, announcement.announcement_id, expected_version=1)
    assert place.seen_by(FROM_PRACTICE) == []


def test_who_always_meets_others_tries_another_time(place, monkeypatch):
    announcement = place.publish()

    def meets(*_saved, **_request):
        raise BoardChanged

    monkeypatch.setattr(place.store, "save", meets)
    with pytest.raises(RequestInProgress):
        place.publish()
    with pytest.raises(RequestInProgress):
        place.announcing.withdraw(LAB_ADMIN, announcement.announcement_id, expected_version=1)
