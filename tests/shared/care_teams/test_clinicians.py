"""Clinicians: who enters, reads and changes them, and what of theirs lapses; on every store that keeps them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.care_teams.clinician import Lapse, LapseKind, Limits, Skill
from bitewing.care_teams.clinicians import LapsingCredential, ListedClinician, NewClinician
from bitewing.care_teams.events import clinician_changed, clinician_entered
from bitewing.care_teams.ports import NoMember
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Role
from bitewing.kernel.errors import (
    ClinicianExists,
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.members.member import MemberState

from tests.support.builders import NOW
from tests.support.callers import CLINICIAN, FROM_PRACTICE, LAB_ADMIN, PLATFORM, a_caller, a_request
from tests.support.care_teams import (
    BOSTON,
    CARE_TEAM_ID,
    CLINICIAN_ID,
    MANAGER,
    MANAGER_OF_A_LAB,
    OTHER_MANAGER,
    PORTLAND,
    a_clinician,
    a_license,
    a_member,
)

NEW = NewClinician(
    clinician_id="person-6",
    name="Sam Ortiz",
    role=ClinicianRole.MEDIC,
    home=PORTLAND,
    phone="+12075550123",
    licenses=(a_license("ME"),),
    skills=(Skill(name="pals", expires_on=date(2027, 1, 31)),),
    limits=Limits(max_days_per_week=3),
)
NO_STAFF = a_caller("practice-1", OrganizationKind.PRACTICE, Role.MANAGER)


def enter(place, new=NEW, *, caller=MANAGER, key="key-1", body="body"):
    return place.clinician_service.enter(caller, new, a_request(key, body))


def change(place, caller=MANAGER, version=1, clinician_id=CLINICIAN_ID, **changes):
    return place.clinician_service.change(caller, clinician_id, expected_version=version, changes=changes)


def listed(place, caller, care_team_id=None, limit=100, start=None):
    return place.clinician_service.listed(caller, care_team_id=care_team_id, limit=limit, start=start)


def pointers(refused):
    return [each.pointer for each in refused.value.errors]


# --- Entering ---------------------------------------------------------------------------------------------------------


def test_a_member_of_the_care_team_becomes_a_clinician_which_is_told(place):
    made = enter(place)
    assert place.clinician_service.read(MANAGER, "person-6") == made
    assert (made.care_team_id, made.version, made.is_active) == (CARE_TEAM_ID, 1, True)
    assert (made.home, made.limits, made.licenses) == (NEW.home, NEW.limits, NEW.licenses)
    assert place.told(f"CARE_TEAM#{CARE_TEAM_ID}") == [
        {
            "event": "ClinicianEntered",
            "care_team_id": CARE_TEAM_ID,
            "clinician_id": "person-6",
            "clinician_version": 1,
            "role": "medic",
        }
    ]


def test_who_was_invited_can_be_entered_before_they_come(place):
    place.members.put(a_member("person-7", state=MemberState.INVITED))
    assert enter(place, replace(NEW, clinician_id="person-7")).clinician_id == "person-7"


def test_who_is_no_member_or_no_longer_cannot_be_a_clinician(place):
    place.members.put(a_member("person-8", state=MemberState.ENDED))
    for number, clinician_id in enumerate(("person-8", "nobody", "person-9")):
        with pytest.raises(InvalidInput) as refused:
            enter(place, replace(NEW, clinician_id=clinician_id), key=f"key-{number}")
        assert pointers(refused) == ["/clinician_id"]
        assert place.clinicians.clinician(CARE_TEAM_ID, clinician_id) is None
    assert place.told(f"CARE_TEAM#{CARE_TEAM_ID}") == []


def test_the_same_request_enters_a_clinician_once(place):
    made = enter(place)
    assert enter(place) == made
    with pytest.raises(IdempotencyKeyReused):
        enter(place, body="another")
    assert len(place.told(f"CARE_TEAM#{CARE_TEAM_ID}")) == 1


def test_who_is_a_clinician_cannot_be_entered_again(place):
    with pytest.raises(ClinicianExists):
        enter(place, replace(NEW, clinician_id=CLINICIAN_ID))
    assert place.clinicians.clinician(CARE_TEAM_ID, CLINICIAN_ID) == a_clinician()


def test_a_request_that_is_answered_at_this_moment_is_to_be_sent_again(place):
    made = enter(place)
    with pytest.raises(AlreadyAnswered):
        place.clinicians.add(made, clinician_entered(made, at=NOW), request=a_request())
    place.clinicians.answered = lambda _: None
    with pytest.raises(RequestInProgress):
        enter(place)


def test_the_store_itself_keeps_out_who_is_no_member(place):
    stranger = a_clinician(clinician_id="nobody")
    with pytest.raises(NoMember):
        place.clinicians.add(stranger, clinician_entered(stranger, at=NOW), request=a_request())


@pytest.mark.parametrize("caller", [CLINICIAN, FROM_PRACTICE, PLATFORM, LAB_ADMIN, MANAGER_OF_A_LAB])
def test_only_managers_enter_clinicians(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        enter(at_home, caller=caller)


def test_two_licenses_for_one_state_are_refused(at_home):
    with pytest.raises(InvalidInput) as refused:
        enter(at_home, replace(NEW, licenses=(a_license("ME"), a_license("ME", number="2"))))
    assert pointers(refused) == ["/licenses/1/state"]


# --- Reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("caller", [MANAGER, CLINICIAN])
def test_their_manager_and_they_themselves_read_a_clinician(at_home, caller):
    assert at_home.clinician_service.read(caller, CLINICIAN_ID) == a_clinician()


def test_clinicians_do_not_read_each_other(at_home):
    at_home.put(a_clinician(clinician_id="person-6"))
    with pytest.raises(Unknown, match="clinician"):
        at_home.clinician_service.read(CLINICIAN, "person-6")


def test_who_manages_and_works_reads_everybody(at_home):
    at_home.put(a_clinician(clinician_id="person-6"))
    both = a_caller(CARE_TEAM_ID, OrganizationKind.CARE_TEAM, Role.MANAGER, Role.CLINICIAN, user_id=CLINICIAN_ID)
    assert at_home.clinician_service.read(both, "person-6").clinician_id == "person-6"


@pytest.mark.parametrize(("caller", "clinician_id"), [(OTHER_MANAGER, CLINICIAN_ID), (MANAGER, "nobody")])
def test_clinicians_of_others_and_strangers_are_unknown(place, caller, clinician_id):
    with pytest.raises(Unknown, match="clinician"):
        place.clinician_service.read(caller, clinician_id)


@pytest.mark.parametrize("caller", [FROM_PRACTICE, PLATFORM, LAB_ADMIN, MANAGER_OF_A_LAB])
def test_who_does_not_work_in_a_care_team_reads_no_clinician(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.clinician_service.read(caller, CLINICIAN_ID)


# --- The list ---------------------------------------------------------------------------------------------------------


def test_a_manager_lists_the_own_clinicians_whole_page_by_page(place):
    others = [a_clinician(clinician_id=f"person-5{letter}", is_active=letter != "b") for letter in "abc"]
    place.put(*others)
    seen, start = [], None
    while True:
        page = listed(place, MANAGER, limit=3, start=start)
        seen += page.things
        if (start := page.next) is None:
            break
    assert seen == [a_clinician(), *others]
    assert listed(place, MANAGER, CARE_TEAM_ID).things == tuple(seen)


def test_a_practice_lists_whom_it_can_prefer_and_nothing_else_of_them(place):
    place.put(a_clinician(clinician_id="person-4", is_active=False))
    assert listed(place, FROM_PRACTICE, CARE_TEAM_ID).things == (
        ListedClinician(clinician_id=CLINICIAN_ID, name="Dana Wells", role=ClinicianRole.NURSE),
    )
    assert listed(place, FROM_PRACTICE, CARE_TEAM_ID, limit=1).things == ()
    assert listed(place, FROM_PRACTICE, "team-9").things == ()


def test_a_practice_names_the_care_team(at_home):
    with pytest.raises(InvalidInput) as refused:
        listed(at_home, FROM_PRACTICE)
    assert pointers(refused) == ["care_team_id"]


def test_the_clinicians_of_another_care_team_are_unknown_to_a_manager(at_home):
    with pytest.raises(Unknown, match="care team"):
        listed(at_home, MANAGER, "team-2")


@pytest.mark.parametrize("caller", [CLINICIAN, PLATFORM, LAB_ADMIN, MANAGER_OF_A_LAB, NO_STAFF])
def test_who_neither_manages_nor_works_in_a_practice_lists_no_clinicians(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        listed(at_home, caller, CARE_TEAM_ID)


# --- Changing ---------------------------------------------------------------------------------------------------------


def test_a_manager_changes_a_clinician_and_what_changed_is_told_by_name(place):
    renewed = (a_license("MA", expires_on=date(2029, 6, 30)),)
    changed = change(place, licenses=renewed, is_active=False, name="Dana Wells")
    assert changed == a_clinician(licenses=renewed, is_active=False, version=2)
    assert place.clinician_service.read(MANAGER, CLINICIAN_ID) == changed
    assert place.told(f"CARE_TEAM#{CARE_TEAM_ID}") == [
        {
            "event": "ClinicianChanged",
            "care_team_id": CARE_TEAM_ID,
            "clinician_id": CLINICIAN_ID,
            "clinician_version": 2,
            "fields": ["is_active", "licenses"],
        }
    ]


def test_clinicians_change_their_phone_home_and_limits(place):
    limits = Limits(max_drive_minutes=30)
    changed = change(place, CLINICIAN, phone="", home=PORTLAND, limits=limits)
    assert changed == a_clinician(phone="", home=PORTLAND, limits=limits, version=2)


@pytest.mark.parametrize(
    "changes",
    [
        {"licenses": ()},
        {"phone": "", "skills": ()},
        {"role": ClinicianRole.MEDIC},
        {"name": "D."},
        {"is_active": False},
    ],
    ids="+".join,
)
def test_what_they_are_and_may_do_clinicians_do_not_change(at_home, changes):
    with pytest.raises(RoleNotAllowed) as refused:
        change(at_home, CLINICIAN, **changes)
    assert refused.value.needed == ("manager",)
    assert at_home.clinicians.clinician(CARE_TEAM_ID, CLINICIAN_ID) == a_clinician()


def test_a_change_that_changes_nothing_is_no_new_version_and_not_told(at_home):
    assert change(at_home, home=BOSTON) == a_clinician()
    assert at_home.told(f"CARE_TEAM#{CARE_TEAM_ID}") == []


def test_wrong_values_of_a_change_are_refused(at_home):
    with pytest.raises(InvalidInput) as refused:
        change(at_home, phone="617", limits=Limits(max_days_per_week=9))
    assert pointers(refused) == ["/phone", "/limits/max_days_per_week"]


def test_of_two_changes_the_second_is_told_what_it_missed(place):
    change(place, name="Dana W.")
    with pytest.raises(StaleVersion) as by_service:
        change(place, name="D. Wells")
    late = a_clinician(name="D. Wells", version=2)
    with pytest.raises(StaleVersion) as by_store:
        place.clinicians.save(late, clinician_changed(late, ("name",), at=NOW))
    assert [(each.value.expected, each.value.actual) for each in (by_service, by_store)] == [(1, 2), (1, 2)]
    assert len(place.told(f"CARE_TEAM#{CARE_TEAM_ID}")) == 1


# --- What lapses ------------------------------------------------------------------------------------------------------


def test_what_lapses_in_a_span_is_listed_by_its_last_day(place):
    place.put(
        a_clinician(clinician_id="person-6", name="Sam Ortiz", licenses=(a_license(expires_on=date(2026, 6, 30)),)),
        a_clinician(clinician_id="person-7", is_active=False),
    )
    found = place.clinician_service.lapsing(MANAGER, first=date(2026, 3, 1), last=date(2026, 12, 31))
    license_of_sam = Lapse(kind=LapseKind.LICENSE, name="MA", expires_on=date(2026, 6, 30))
    assert found == (LapsingCredential(clinician_id="person-6", name="Sam Ortiz", lapse=license_of_sam),)
    later = place.clinician_service.lapsing(MANAGER, first=date(2026, 3, 1), last=date(2027, 1, 1))
    assert [(each.name, each.lapse.name) for each in later] == [
        ("Sam Ortiz", "MA"),
        ("Dana Wells", "pals"),
        ("Sam Ortiz", "pals"),
    ]


def test_within_one_day_nothing_lapses(at_home):
    assert at_home.clinician_service.lapsing(MANAGER, first=date(2027, 6, 30), last=date(2027, 6, 30)) == ()


def test_a_span_that_ends_before_it_begins_is_refused(at_home):
    with pytest.raises(InvalidInput) as refused:
        at_home.clinician_service.lapsing(MANAGER, first=date(2026, 3, 2), last=date(2026, 3, 1))
    assert pointers(refused) == ["to"]


@pytest.mark.parametrize(
    ("expires_on", "is_found"),
    [
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 5, 29), True),
        (date(2026, 5, 30), False),
    ],
)
def test_where_no_days_are_named_they_are_the_next_90_of_the_care_team(at_home, expires_on, is_found):
    # Three in the night in UTC is the day before in Boston.
    at_home.stores.clock.at = datetime(2026, 3, 2, 3, tzinfo=UTC)
    at_home.put(a_clinician(licenses=(a_license(expires_on=expires_on),)))
    found = at_home.clinician_service.lapsing(MANAGER)
    assert [each.lapse.expires_on for each in found] == ([expires_on] if is_found else [])


def test_at_the_end_of_the_calendar_nothing_lapses_any_more(at_home):
    assert at_home.clinician_service.lapsing(MANAGER, first=date.max) == ()


def test_in_a_care_team_that_was_never_entered_nothing_lapses(at_home):
    stranger = a_caller("team-9", OrganizationKind.CARE_TEAM, Role.MANAGER)
    with pytest.raises(Unknown, match="care team"):
        at_home.clinician_service.lapsing(stranger)


@pytest.mark.parametrize("caller", [CLINICIAN, FROM_PRACTICE, PLATFORM])
def test_what_lapses_is_for_managers(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.clinician_service.lapsing(caller, first=date(2026, 3, 1), last=date(2026, 3, 2))
