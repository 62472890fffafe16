"""Calendar feeds: issued, listed, revoked, and read back by another library than the one that wrote them."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from bitewing.case_days.case_day import Answer, Details
from bitewing.case_days.feed_service import FeedService
from bitewing.case_days.feeds import MAX_FEEDS, FeedContent, FeedOwner
from bitewing.case_days.ics import day_event
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.credentials import digest
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    RequestInProgress,
    RoleNotAllowed,
    TooManyFeeds,
    Unknown,
)
from bitewing.kernel.ics import Calendar, CalendarMethod, EventStatus

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, a_caller, a_request
from tests.support.case_days import (
    MANAGER,
    NURSE,
    TEAM,
    TEAM_ID,
    a_clinician_calls,
    a_day,
    a_member,
    a_site,
    on,
)
from tests.support.feeds import InMemoryFeeds
from tests.support.world import Interrupted

PRACTICE = FeedOwner(party=DayParty.PRACTICE, owner_id=PRACTICE_ID)
A_NURSE = FeedOwner(party=DayParty.CLINICIAN, owner_id="nurse-1")
BOTH = a_caller(TEAM_ID, OrganizationKind.CARE_TEAM, Role.MANAGER, Role.CLINICIAN, user_id="nurse-1")


@pytest.fixture
def kept(world):
    return InMemoryFeeds(world.memory)


@pytest.fixture
def feeds(world, kept):
    return FeedService(kept, world.days, world.roster, now=world.clock)


def issued(feeds, caller=FROM_PRACTICE, key="key-1"):
    return feeds.issue(caller, "My telephone", a_request(key))


def token(feeds, caller=FROM_PRACTICE):
    return str(issued(feeds, caller, f"{caller.user_id}").credential)


def events(content):
    return icalendar.Calendar.from_ical(content.calendar.content.encode()).walk("VEVENT")


def uids(content):
    return [str(event["UID"]).removesuffix("@bitewing") for event in events(content)]


# Issued, listed and revoked


def test_a_feed_is_issued_with_an_address_that_is_shown_once(feeds, kept):
    first = issued(feeds)
    assert first.credential is not None
    assert (first.credential.owner_id, first.credential.holder_id) == (f"practice-{PRACTICE_ID}", first.feed.feed_id)
    assert first.feed.secret_digest == digest(first.credential.secret)
    assert first.credential.secret not in repr(kept.of_owner(PRACTICE))
    again = issued(feeds)
    assert (again.feed, again.credential) == (first.feed, None)
    with pytest.raises(IdempotencyKeyReused):
        feeds.issue(FROM_PRACTICE, "x", a_request(body="another"))


def test_who_asks_twice_at_once_gets_one_feed(world, kept, feeds):
    meanwhile = FeedService(Interrupted(kept, "add", lambda: issued(feeds)), world.days, world.roster, now=world.clock)
    with pytest.raises(RequestInProgress):
        issued(meanwhile)
    assert len(feeds.of_caller(FROM_PRACTICE)) == 1


@pytest.mark.parametrize(
    ("caller", "owner"), [(FROM_PRACTICE, PRACTICE), (a_clinician_calls("nurse-1"), A_NURSE), (BOTH, A_NURSE)]
)
def test_practices_and_clinicians_have_feeds_of_their_own(feeds, caller, owner):
    feed = issued(feeds, caller).feed
    assert feed.owner == owner
    assert feeds.of_caller(caller) == (feed,)
    assert feeds.of_caller(FROM_OTHER_PRACTICE) == ()
    with pytest.raises(Unknown):
        feeds.revoke(FROM_OTHER_PRACTICE, feed.feed_id)


@pytest.mark.parametrize(
    "caller",
    [
        FROM_LAB,
        MANAGER,
        a_caller(TEAM_ID, OrganizationKind.CARE_TEAM, Role.PRACTICE_STAFF),
        a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.CLINICIAN),
    ],
)
def test_others_have_none(feeds, caller):
    for call in (
        lambda: issued(feeds, caller),
        lambda: feeds.of_caller(caller),
        lambda: feeds.revoke(caller, "feed-1"),
    ):
        with pytest.raises(RoleNotAllowed):
            call()


def test_as_many_feeds_are_in_force_as_can_be_used(feeds):
    made = [issued(feeds, key=f"{number}").feed for number in range(MAX_FEEDS)]
    with pytest.raises(TooManyFeeds):
        issued(feeds, key="more")
    feeds.revoke(FROM_PRACTICE, made[0].feed_id)
    issued(feeds, key="more")


def test_a_revoked_feed_gives_nothing_and_stays_on_the_list(world, feeds):
    shown = token(feeds)
    feeds.read(shown)
    (feed,) = feeds.of_caller(FROM_PRACTICE)
    revoked = feeds.revoke(FROM_PRACTICE, feed.feed_id)
    assert (revoked.revoked_at, revoked.revoked_by) == (world.clock.at, "person-1")
    with pytest.raises(Unknown):
        feeds.read(shown)
    world.clock.at += timedelta(days=1)
    assert feeds.revoke(FROM_PRACTICE, feed.feed_id) == revoked
    assert feeds.of_caller(FROM_PRACTICE) == (revoked,)


def test_of_two_who_revoke_at_once_the_first_is_named(world, kept, feeds):
    feed = issued(feeds).feed
    first = []
    meanwhile = Interrupted(kept, "revoke", lambda: first.append(feeds.revoke(FROM_PRACTICE, feed.feed_id)))
    service = FeedService(meanwhile, world.days, world.roster, now=world.clock)
    assert [service.revoke(replace(FROM_PRACTICE, user_id="person-9"), feed.feed_id)] == first


# Read


@pytest.mark.parametrize(
    "change",
    [
        lambda shown: shown[:-1] + ("A" if shown[-1] != "A" else "B"),
        lambda shown: shown.replace("calendar.", "link."),
        lambda shown: shown.replace("practice-", "clinician-"),
        lambda shown: shown.replace("practice-", "manager-"),
        lambda shown: shown.replace("practice-", ""),
        lambda shown: shown.replace("practice-1", "practice-2"),
        lambda shown: shown[:0],
    ],
)
def test_what_is_not_exactly_the_address_gives_nothing(feeds, change):
    shown = token(feeds)
    feeds.read(shown)
    with pytest.raises(Unknown) as refused:
        feeds.read(change(shown))
    # Which of them it was is not told.
    assert str(refused.value) == "There is no such calendar."


def test_the_calendar_of_a_clinician_gives_nothing_while_they_do_not_work(world, feeds):
    day = world.confirmed()
    nurse, practice = token(feeds, a_clinician_calls("nurse-1")), token(feeds)
    clinician = world.roster.clinician(TEAM_ID, "nurse-1")
    world.roster.put(replace(clinician, is_active=False))
    with pytest.raises(Unknown) as refused:
        feeds.read(nurse)
    # Not told from an address that never was.
    assert str(refused.value) == "There is no such calendar."
    assert uids(feeds.read(practice)) == [day.case_day_id]
    world.roster.put(clinician)
    assert uids(feeds.read(nurse)) == [day.case_day_id]


def test_a_feed_knows_in_which_care_team_its_clinician_works(feeds):
    assert issued(feeds, a_clinician_calls("nurse-1"), "nurse").feed.care_team_id == TEAM_ID
    assert issued(feeds).feed.care_team_id is None


def test_a_member_who_was_never_entered_as_a_clinician_has_an_empty_calendar(feeds):
    assert uids(feeds.read(token(feeds, a_clinician_calls("nurse-9")))) == []


def test_a_practice_subscribes_to_its_days_and_a_clinician_to_those_on_whose_team_they_are(world, feeds):
    confirmed, open_day = world.confirmed(), world.creates(on=on(1))
    assert uids(feeds.read(token(feeds))) == [confirmed.case_day_id, open_day.case_day_id]
    assert uids(feeds.read(token(feeds, a_clinician_calls("nurse-1")))) == [confirmed.case_day_id]
    assert uids(feeds.read(token(feeds, a_clinician_calls("nurse-2")))) == []
    assert uids(feeds.read(token(feeds, FROM_OTHER_PRACTICE))) == []


def test_a_feed_has_all_days_ahead_and_those_of_the_last_90_days_but_none_that_was_called_off(world, feeds):
    today = world.clock.at.date()
    for number, when in enumerate([-91, -90, 0, 40, 4_000]):
        day = a_day(case_day_id=f"day-{number}", on=today + timedelta(days=when), status=DayStatus.COMPLETED)
        world.days.days[day.case_day_id] = day
    for number, status in enumerate([DayStatus.CANCELLED, DayStatus.REJECTED]):
        world.days.days[f"off-{number}"] = a_day(case_day_id=f"off-{number}", status=status)
    assert uids(feeds.read(token(feeds))) == ["day-1", "day-2", "day-3", "day-4"]


def test_all_days_are_given_however_many_there_are(world, feeds):
    for number in range(250):
        world.days.days[f"day-{number}"] = a_day(case_day_id=f"day-{number}", on=on(number))
    assert len(uids(feeds.read(token(feeds)))) == 250


def test_another_library_reads_the_calendar(world, feeds):
    world.confirmed()
    found = icalendar.Calendar.from_ical(feeds.read(token(feeds)).calendar.content.encode())
    assert (found["VERSION"], found["METHOD"]) == ("2.0", "PUBLISH")
    assert (str(found["X-WR-CALNAME"]), str(found["NAME"])) == ("My telephone", "My telephone")
    assert found.decoded("REFRESH-INTERVAL") == timedelta(hours=1)
    (event,) = found.walk("VEVENT")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (
        datetime(2026, 3, 16, 12, tzinfo=UTC),
        datetime(2026, 3, 16, 20, tzinfo=UTC),
    )
    assert event["STATUS"] == "CONFIRMED"
    assert str(event["LOCATION"]) == "Harbor, 1 Quay Street"


def test_a_feed_says_nothing_of_patients_and_nothing_that_a_practice_wrote(world, feeds):
    day = world.confirmed()
    world.assigns(day, reference="SECRET", note="SECRET", procedure="SECRET", initials="SEC")
    stored = world.days.days[day.case_day_id]
    details = Details(arrival="SECRET", contact="SECRET")
    world.days.days[day.case_day_id] = replace(stored, note="SECRET", details=details)
    for caller in (FROM_PRACTICE, a_clinician_calls("nurse-1")):
        assert "SEC" not in feeds.read(token(feeds, caller)).calendar.content


def test_a_day_at_a_site_that_is_no_more_is_at_its_practice():
    assert day_event(a_day(), None, PRACTICE).location == "Harbor Dental"
    assert day_event(a_day(), a_site(), PRACTICE).location == "Harbor, 1 Quay Street"


def test_a_clinician_reads_in_which_role_with_whom_and_what_is_missing():
    team = (a_member("nurse-1"), a_member("medic-1", answer=Answer.ACCEPTED, answered_at=NOW + timedelta(hours=1)))
    event = day_event(a_day(team=team), a_site(), A_NURSE)
    assert (event.title, event.status) == ("Case Day: Harbor Dental, nurse (not confirmed)", EventStatus.TENTATIVE)
    assert event.told_at == NOW + timedelta(hours=1)
    missing = (
        "the answer of the nurse",
        "an anesthesiologist",
        "the confirmation of the care team",
        "the confirmation of the practice",
        "the patients",
    )
    assert event.description.splitlines() == [
        "You are asked to accept.",
        "Team: Name of medic-1 (medic), Name of nurse-1 (nurse)",
        f"Missing: {', '.join(missing)}",
    ]


def test_a_day_that_is_whole_or_over_lacks_nothing():
    team = tuple(a_member(each, answer=Answer.ACCEPTED) for each in TEAM)
    whole = a_day(team=team, status=DayStatus.CONFIRMED, practice_confirmed_at=NOW, patients=1, version=7)
    event = day_event(whole, a_site(), A_NURSE)
    assert (event.title, event.status, event.sequence) == ("Case Day: Harbor Dental, nurse", EventStatus.CONFIRMED, 6)
    assert len(event.description.splitlines()) == 1
    over = a_day(status=DayStatus.COMPLETED, team=(a_member("nurse-1"),))
    assert day_event(over, a_site(), A_NURSE).description == "Team: Name of nurse-1 (nurse)"
    assert day_event(a_day(team=()), a_site(), PRACTICE).description.startswith("Missing: a nurse, a medic, an ")


# What is known already


def test_the_same_days_are_the_same_content_since_they_were_first_given(world, feeds):
    world.confirmed()
    shown = token(feeds)
    first = feeds.read(shown)
    since = world.clock.at
    world.clock.at += timedelta(minutes=5)
    assert feeds.read(shown) == first
    assert (first.changed_at, first.digest) == (
        since,
        hashlib.sha256(first.calendar.content.encode()).hexdigest(),
    )


def test_a_day_that_changed_or_went_is_another_content_from_now_on(world, feeds):
    day = world.confirmed()
    shown = token(feeds)
    first = feeds.read(shown)
    world.clock.at += timedelta(hours=1)
    after = world.team.remove(MANAGER, day.case_day_id, NURSE, expected_version=day.version)
    second = feeds.read(shown)
    assert (second.etag != first.etag, second.changed_at) == (True, world.clock.at)
    world.clock.at += timedelta(hours=1)
    world.service.cancel(MANAGER, day.case_day_id, reason="snow", expected_version=after.version)
    third = feeds.read(shown)
    assert (uids(third), third.changed_at) == ([], world.clock.at)


def test_that_a_feed_is_read_is_kept_once_a_day(world, kept, feeds):
    shown = token(feeds)
    writes = []
    counted = Interrupted(kept, "given", lambda: writes.append(1), times=9)
    service = FeedService(counted, world.days, world.roster, now=world.clock)
    for _ in range(3):
        service.read(shown)
    assert len(writes) == 1
    world.clock.at += timedelta(days=1)
    service.read(shown)
    assert len(writes) == 2
    (feed,) = feeds.of_caller(FROM_PRACTICE)
    assert (feed.last_used_on, feed.changed_at) == (world.clock.at.date(), world.clock.at - timedelta(days=1))


def a_content(**changes):
    calendar = Calendar(content="x", method=CalendarMethod.PUBLISH)
    changed_at = datetime(2026, 3, 16, 12, 0, 5, 999_000, tzinfo=UTC)
    return FeedContent(**{"calendar": calendar, "digest": "abc", "changed_at": changed_at} | changes)


def test_headers_say_what_the_content_is_and_since_when():
    assert (a_content().etag, a_content().last_modified) == ('"abc"', "Mon, 16 Mar 2026 12:00:05 GMT")


@pytest.mark.parametrize(
    ("none_match", "since", "is_known"),
    [
        (None, None, False),
        ('"abc"', None, True),
        ('W/"abc"', None, True),
        ('"x", "abc"', None, True),
        ("*", None, True),
        ('"x"', None, False),
        ("abc", None, False),
        ('"x"', "Mon, 16 Mar 2026 12:00:05 GMT", False),
        (None, "Mon, 16 Mar 2026 12:00:05 GMT", True),
        (None, "Mon, 16 Mar 2026 12:00:06 GMT", True),
        (None, "Mon, 16 Mar 2026 12:00:04 GMT", False),
        (None, "yesterday", False),
        (None, "Mon, 16 Mar 2026 12:00:05 -0000", False),
        (None, "Mon, 99 Mar 2026 12:00:05 GMT", False),
    ],
)
def test_who_has_the_content_is_not_given_it_again(none_match, since, is_known):
    assert a_content().is_known(if_none_match=none_match, if_modified_since=since) is is_known


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("practice-a-b", FeedOwner(party=DayParty.PRACTICE, owner_id="a-b")),
        ("clinician-1", FeedOwner(party=DayParty.CLINICIAN, owner_id="1")),
        ("manager-1", None),
        ("practice", FeedOwner(party=DayParty.PRACTICE, owner_id="")),
        ("", None),
    ],
)
def test_an_owner_is_read_as_it_is_said(text, owner):
    assert FeedOwner.read(text) == owner
    assert owner is None or str(owner).rstrip("-") == text
