"""How people are told: what they prefer, where they live, and what of them is marked."""

import pytest
from bitewing.home.preferences import Preferences
from bitewing.kernel.caller import OrganizationKind
from bitewing.members.member import MemberState
from bitewing.notifications.audience import Addressee
from bitewing.notifications.mark import Mark, MarkReason
from bitewing.notifications.ports import Profile
from bitewing.notifications.profiles_store import TableProfiles
from bitewing.notifications.rule import Channel

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID, a_lab, a_practice
from tests.support.care_teams import CARE_TEAM_ID, CLINICIAN_ID, a_care_team, a_clinician
from tests.support.told import somebody


@pytest.fixture
def of(kept):
    profiles = TableProfiles(kept.table)
    return lambda *addressees: profiles.of(addressees)


def person(user_id="ana", kind=OrganizationKind.PRACTICE, organization_id=PRACTICE_ID):
    return Addressee(addressee_id=user_id, organization_kind=kind, organization_id=organization_id)


def a_mark(reader_id, channel=Channel.EMAIL, reason=MarkReason.BOUNCED):
    return Mark(
        organization_kind=OrganizationKind.PRACTICE,
        organization_id=PRACTICE_ID,
        reader_id=reader_id,
        channel=channel,
        address="ana@people.example",
        reason=reason,
        marked_at=NOW,
    )


ADDRESS = Addressee(
    addressee_id=PRACTICE_ID,
    organization_kind=OrganizationKind.PRACTICE,
    organization_id=PRACTICE_ID,
    email=a_practice().email,
    is_person=False,
)


def test_whoever_has_said_nothing_is_told_as_everybody_is(kept, of):
    kept.has(a_practice())
    assert of(person()) == {
        "ana": Profile(preferences=Preferences(), time_zone="America/New_York", name=a_practice().name)
    }


def test_a_person_is_told_as_they_prefer_by_the_clock_that_they_live_by(kept, of):
    kept.has(a_practice())
    preferences = Preferences(language="es-MX", time_zone="America/Mexico_City", version=1)
    kept.has_preferences(somebody("ana"), preferences)
    kept.has_preferences(somebody("bea"), Preferences(language="es", version=1))
    profiles = of(person(), person("bea"))
    assert (profiles["ana"].preferences, profiles["ana"].time_zone) == (preferences, "America/Mexico_City")
    assert (profiles["bea"].preferences.language, profiles["bea"].time_zone) == ("es", "America/New_York")


def test_a_clinician_is_told_at_the_number_of_their_record(kept, of):
    kept.has(a_care_team(), a_clinician())
    of_care_team = {"kind": OrganizationKind.CARE_TEAM, "organization_id": CARE_TEAM_ID}
    profiles = of(person(CLINICIAN_ID, **of_care_team), person("boss", **of_care_team))
    assert profiles[CLINICIAN_ID].phone == "+16175550123"
    assert (profiles["boss"].phone, profiles["boss"].name) == ("", a_care_team().name)


def test_whoever_has_left_is_known_to_have_and_nobody_else(kept, of):
    kept.has(
        a_practice(),
        somebody("ana", state=MemberState.ENDED),
        somebody("bea"),
        somebody("cem", state=MemberState.INVITED),
    )
    profiles = of(person(), person("bea"), person("cem"), ADDRESS)
    assert {reader_id: profile.has_left for reader_id, profile in profiles.items()} == {
        "ana": True,
        "bea": False,
        "cem": False,
        PRACTICE_ID: False,
    }


def test_what_is_marked_of_a_person_or_an_address_is_told(kept, of):
    marks = [a_mark("ana"), a_mark("ana", Channel.TEXT, MarkReason.STOPPED), a_mark(PRACTICE_ID)]
    kept.has(a_practice(), *marks)
    profiles = of(person(), person("bea"), ADDRESS)
    assert profiles["ana"].marks == tuple(marks[:2])
    assert profiles["bea"].marks == ()
    assert profiles[PRACTICE_ID].marks == (marks[2],)


def test_an_address_is_spoken_to_by_the_name_of_its_practice(kept, of):
    kept.has(a_practice())
    assert (of(ADDRESS)[PRACTICE_ID].name, of(ADDRESS)[PRACTICE_ID].preferences) == (a_practice().name, Preferences())


@pytest.mark.parametrize(
    ("practice", "zone"),
    [
        (a_practice(time_zone="America/Chicago", registered_by=LAB_ID), "America/Chicago"),
        (a_practice(time_zone="", registered_by=LAB_ID), "America/Los_Angeles"),
        (a_practice(time_zone="", registered_by="lab-2"), "UTC"),
        (a_practice(time_zone=""), "UTC"),
    ],
)
def test_a_practice_that_has_not_joined_lives_by_the_clock_of_its_lab(kept, of, practice, zone):
    kept.has(practice, a_lab(time_zone="America/Los_Angeles"))
    assert of(ADDRESS)[PRACTICE_ID].time_zone == zone


def test_who_administrates_the_platform_lives_by_the_clock_of_the_world_where_they_say_nothing(of):
    root = person("root", OrganizationKind.PLATFORM, "bitewing")
    assert of(root)["root"] == Profile(preferences=Preferences(), time_zone="UTC")


def test_people_of_a_lab_live_by_the_clock_of_their_lab(kept, of):
    kept.has(a_lab(time_zone="America/Los_Angeles"))
    assert of(person("eva", OrganizationKind.LAB, LAB_ID))["eva"].time_zone == "America/Los_Angeles"


@pytest.mark.parametrize(("people", "requests"), [(1, 1), (19, 1), (20, 2), (40, 3)])
def test_a_hundred_keys_are_read_at_once(kept, of, people, requests):
    addressees = [person(f"person-{each}", OrganizationKind.CARE_TEAM, CARE_TEAM_ID) for each in range(people)]
    with kept.costs(*["batch_get_item"] * requests):
        assert len(of(*addressees)) == people


def test_nobody_costs_nothing(kept, of):
    with kept.costs():
        assert of() == {}


def test_people_of_several_organizations_are_read_at_once(kept, of):
    kept.has(a_practice(), a_lab())
    with kept.costs("batch_get_item"):
        found = of(person(), person("eva", OrganizationKind.LAB, LAB_ID), ADDRESS)
    assert {each: profile.name for each, profile in found.items()} == {
        "ana": a_practice().name,
        "eva": a_lab().name,
        PRACTICE_ID: a_practice().name,
    }
