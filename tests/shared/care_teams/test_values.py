"""Wrong values of care teams, clinicians, sites and preferences are named where they stand."""

from datetime import date

import pytest
from bitewing.care_teams.care_team import CarePreferences, ClinicianRole
from bitewing.care_teams.clinician import Limits, Skill
from bitewing.care_teams.drive import Place
from bitewing.care_teams.site import Permit
from bitewing.care_teams.values import (
    ensure_care_team,
    ensure_clinician,
    ensure_preferences,
    ensure_preferred_teams,
    ensure_site,
)
from bitewing.kernel.errors import InvalidInput

from tests.support.care_teams import a_care_team, a_clinician, a_license, a_site

JUNE = date(2027, 6, 30)


def wrong_in(ensure, *things):
    """Pointers of what is refused."""
    try:
        ensure(*things)
    except InvalidInput as error:
        return [each.pointer for each in error.errors]
    return []


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({}, []),
        ({"name": "&&&"}, ["/name"]),
        ({"time_zone": "Nowhere/Land"}, ["/time_zone"]),
        ({"states": frozenset()}, ["/states"]),
        ({"states": frozenset({"MA", "ZZ"})}, ["/states"]),
        ({"answer_hours": 0}, ["/answer_hours"]),
        ({"answer_hours": 1}, []),
        ({"answer_hours": 168}, []),
        ({"answer_hours": 169}, ["/answer_hours"]),
        ({"name": "", "time_zone": "", "states": frozenset()}, ["/name", "/time_zone", "/states"]),
    ],
)
def test_a_care_team_is_listed_lives_in_a_zone_works_in_states_and_asks_for_a_week_at_most(changes, pointers):
    assert wrong_in(ensure_care_team, a_care_team(**changes)) == pointers


@pytest.mark.parametrize(
    ("teams", "pointers"),
    [
        ([], []),
        ([{"n1", "m1"}], []),
        ([{"n1", "m1", "a1"}, {"n2", "m1"}], []),
        ([{"n1"}], ["/preferred_teams/0"]),
        ([set()], ["/preferred_teams/0"]),
        ([{"n1", "m1"}, {"n1", "n2"}], ["/preferred_teams/1"]),
        ([{"n1", "nobody"}], ["/preferred_teams/0"]),
        ([{"n1", "n2", "m1", "a1"}], ["/preferred_teams/0"]),
    ],
)
def test_a_preferred_team_has_two_or_three_clinicians_of_different_roles(teams, pointers):
    roles = {
        "n1": ClinicianRole.NURSE,
        "n2": ClinicianRole.NURSE,
        "m1": ClinicianRole.MEDIC,
        "a1": ClinicianRole.ANESTHESIOLOGIST,
    }
    known = {each: a_clinician(clinician_id=each, role=role) for each, role in roles.items()}
    care_team = a_care_team(preferred_teams=tuple(frozenset(team) for team in teams))
    assert wrong_in(ensure_preferred_teams, care_team, known) == pointers


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({}, []),
        ({"phone": ""}, []),
        ({"phone": "+1234567"}, []),
        ({"phone": "+123456789012345"}, []),
        ({"phone": "+1234567890123456"}, ["/phone"]),
        ({"phone": "+123456"}, ["/phone"]),
        ({"phone": "6175550123"}, ["/phone"]),
        ({"phone": "+1 617 555 0123"}, ["/phone"]),
        ({"phone": "+01755501234"}, ["/phone"]),
        ({"phone": "+1234567\u0663"}, ["/phone"]),
        ({"home": Place.at(latitude=90, longitude=-180)}, []),
        ({"home": Place(latitude_udeg=90_000_001, longitude_udeg=0)}, ["/home/latitude"]),
        ({"home": Place(latitude_udeg=-90_000_001, longitude_udeg=180_000_001)}, ["/home/latitude", "/home/longitude"]),
        ({"licenses": ()}, []),
        ({"licenses": (a_license("ZZ"),)}, ["/licenses/0/state"]),
        ({"licenses": (a_license("MA", expires_on=date(2020, 1, 1)),)}, []),
        ({"licenses": (a_license("MA"), a_license("ME"), a_license("MA", number="2"))}, ["/licenses/2/state"]),
        ({"licenses": (a_license("ZZ"), a_license("ZZ"))}, ["/licenses/0/state", "/licenses/1/state"]),
        ({"skills": (Skill(name="pals"), Skill(name="pals", expires_on=JUNE))}, ["/skills/1/name"]),
        ({"limits": Limits(max_days_per_week=0)}, ["/limits/max_days_per_week"]),
        ({"limits": Limits(max_days_per_week=1, max_days_in_row=1, max_drive_minutes=0)}, []),
        ({"limits": Limits(max_days_per_week=7, max_days_in_row=31, max_drive_minutes=720)}, []),
        (
            {"limits": Limits(max_days_per_week=8, max_days_in_row=32, max_drive_minutes=721)},
            ["/limits/max_days_per_week", "/limits/max_days_in_row", "/limits/max_drive_minutes"],
        ),
        (
            {"limits": Limits(max_days_in_row=0, max_drive_minutes=-1)},
            ["/limits/max_days_in_row", "/limits/max_drive_minutes"],
        ),
    ],
)
def test_a_clinician_has_one_license_for_each_state_each_skill_once_and_limits_that_can_be_kept(changes, pointers):
    assert wrong_in(ensure_clinician, a_clinician(**changes)) == pointers


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({}, []),
        ({"state": "XX"}, ["/state"]),
        ({"time_zone": ""}, ["/time_zone"]),
        ({"place": Place(latitude_udeg=0, longitude_udeg=-180_000_001)}, ["/place/longitude"]),
        ({"rooms": 0}, ["/rooms"]),
        ({"rooms": 1}, []),
        ({"rooms": 20}, []),
        ({"rooms": 21}, ["/rooms"]),
        ({"needs_permit": True, "permit": None}, []),
        ({"permit": Permit(number="P", valid_from=JUNE, expires_on=JUNE)}, []),
        ({"permit": Permit(number="P", valid_from=JUNE, expires_on=date(2027, 6, 29))}, ["/permit/expires_on"]),
    ],
)
def test_a_site_lies_in_a_state_and_a_zone_and_has_rooms_and_a_permit_that_begins_before_it_ends(changes, pointers):
    assert wrong_in(ensure_site, a_site(**changes)) == pointers


@pytest.mark.parametrize(
    ("preferred", "blocked", "pointers"),
    [
        ("", "", []),
        ("ab", "c", []),
        ("a", "a", ["/blocked"]),
        ("ax", "c", ["/preferred"]),
        ("x", "ax", ["/preferred", "/blocked", "/blocked"]),
    ],
)
def test_whom_a_practice_prefers_and_blocks_are_different_clinicians_of_the_care_team(preferred, blocked, pointers):
    preferences = CarePreferences(
        practice_id="practice-1",
        care_team_id="team-1",
        preferred=frozenset(preferred),
        blocked=frozenset(blocked),
    )
    assert wrong_in(ensure_preferences, preferences, "abc") == pointers
