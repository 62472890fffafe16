"""Labs: who finds, reads and changes them, on every store that keeps them."""

from dataclasses import replace
from datetime import date

import pytest
from bitewing.directory.labs import NewLab
from bitewing.directory.organization import ConnectionState, listed_as
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Role
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile

from tests.support.builders import LAB_ID, PRACTICE_ID, a_connection, a_lab
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    LAB_ADMIN,
    PLATFORM,
    a_caller,
    a_request,
)
from tests.support.world import Interrupted

NEW = NewLab(
    name="Ridgeline Ceramics",
    address="7 Kiln Road, Boise, ID 83702",
    time_zone="America/Boise",
    email="hi@ridgeline.example",
    phone="+1 208 555 0100",
)


def change(place, caller=LAB_ADMIN, version=1, **changes):
    return place.lab_service.change(caller, LAB_ID, expected_version=version, changes=changes)


def names(place, beginning="", caller=FROM_PRACTICE, limit=100):
    page = place.lab_service.by_name(caller, beginning=beginning, limit=limit, start=None)
    return [each.listing.name for each in page.things]


# --- The list ---------------------------------------------------------------------------------------------------------


def test_every_lab_is_listed_by_name_with_the_state_of_the_connection(place):
    page = place.lab_service.by_name(FROM_PRACTICE, beginning="", limit=100, start=None)
    listed = [(each.listing.lab_id, each.connection and each.connection.state) for each in page.things]
    assert listed == [(LAB_ID, ConnectionState.ACCEPTED), ("lab-2", None)]
    assert page.next is None


def test_of_each_practice_only_its_own_connections_are_shown(place):
    place.stores.directory.put(a_connection(practice_id="practice-2", lab_id="lab-2", state=ConnectionState.ASKED))
    page = place.lab_service.by_name(FROM_OTHER_PRACTICE, beginning="", limit=100, start=None)
    assert [each.connection and each.connection.state for each in page.things] == [None, ConnectionState.ASKED]


@pytest.mark.parametrize(
    ("beginning", "found"),
    [
        ("north", ["Northlight Dental Lab"]),
        ("  NORTHLIGHT den", ["Northlight Dental Lab"]),
        ("Östra", ["Östra Tandlab & Söner"]),
        ("ostra", ["Östra Tandlab & Söner"]),
        ("ostra tandlab soner", ["Östra Tandlab & Söner"]),
        ("dental", []),
        ("&", ["Northlight Dental Lab", "Östra Tandlab & Söner"]),
    ],
)
def test_labs_are_found_by_the_beginning_of_their_name_in_any_case_and_accent(place, beginning, found):
    assert names(place, beginning) == found


def test_pages_follow_each_other_without_gaps(place):
    for number in range(5):
        place.stores.directory.put(a_lab(lab_id=f"lab-a{number}", name=f"Alpha {number}"))
    seen, start = [], None
    while True:
        page = place.lab_service.by_name(FROM_PRACTICE, beginning="alpha", limit=2, start=start)
        seen += [each.listing.lab_id for each in page.things]
        if (start := page.next) is None:
            break
    assert seen == [f"lab-a{number}" for number in range(5)]


def test_the_platform_lists_labs_without_any_connection(place):
    page = place.lab_service.by_name(PLATFORM, beginning="", limit=100, start=None)
    assert [each.connection for each in page.things] == [None, None]
    assert names(place, "nothing begins so") == []


@pytest.mark.parametrize("caller", [FROM_LAB, CLINICIAN, a_caller(LAB_ID, OrganizationKind.LAB, Role.PRACTICE_ADMIN)])
def test_the_list_of_labs_is_for_practices(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        names(at_home, caller=caller)


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("  A.B.C. Dental-Lab ", "a b c dental lab"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łódź", "łodz"),
        ("東京 ラボ", "東京 ラホ"),
        ("#1 Lab", "1 lab"),
        ("&&&", ""),
        ("x" * 300, "x" * 100),
    ],
)
def test_names_are_listed_by_letters_and_digits(name, listed):
    assert listed_as(name) == listed


# --- Reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("caller", [FROM_PRACTICE, FROM_OTHER_PRACTICE, FROM_LAB, PLATFORM])
def test_practices_may_read_any_lab_and_a_lab_its_own(at_home, caller):
    assert at_home.lab_service.read(caller, LAB_ID) == a_lab()


@pytest.mark.parametrize(
    ("caller", "lab_id"), [(FROM_OTHER_LAB, LAB_ID), (FROM_PRACTICE, "lab-9"), (PLATFORM, "lab-9")]
)
def test_other_labs_and_those_that_do_not_exist_are_unknown(at_home, caller, lab_id):
    with pytest.raises(Unknown, match="lab"):
        at_home.lab_service.read(caller, lab_id)


# --- Entering ---------------------------------------------------------------------------------------------------------


def test_a_new_lab_is_listed_and_works_at_once_for_every_case_type(place):
    made = place.lab_service.create(PLATFORM, NEW, a_request())
    assert place.stores.directory.lab(made.lab_id) == made
    assert names(place, "ridge") == [NEW.name]
    for case_type in CaseType:
        known = place.stores.directory.circumstances(
            practice_id=PRACTICE_ID, dentist_id="nobody", lab_id=made.lab_id, case_type=case_type
        )
        assert known.profile == default_profile(made.lab_id, case_type)


def test_the_same_request_enters_one_lab(place):
    made = place.lab_service.create(PLATFORM, NEW, a_request())
    assert place.lab_service.create(PLATFORM, NEW, a_request()) == made
    assert names(place, "ridge") == [NEW.name]
    with pytest.raises(IdempotencyKeyReused):
        place.lab_service.create(PLATFORM, NEW, a_request(body="another"))
    with pytest.raises(AlreadyAnswered):
        place.labs.add(a_lab(lab_id="lab-7"), [], request=a_request())


def test_of_two_equal_requests_at_the_same_moment_one_enters_a_lab(at_home):
    service = at_home.lab_service
    service._labs = Interrupted(at_home.labs, "add", lambda: at_home.lab_service.create(PLATFORM, NEW, a_request()))
    with pytest.raises(RequestInProgress):
        service.create(PLATFORM, NEW, a_request())
    assert names(at_home, "ridge") == [NEW.name]


@pytest.mark.parametrize("caller", [LAB_ADMIN, FROM_PRACTICE, CLINICIAN])
def test_nobody_but_the_platform_enters_labs(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.lab_service.create(caller, NEW, a_request())


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"name": "&"}, ["/name"]),
        ({"time_zone": ""}, ["/time_zone"]),
        ({"time_zone": "America"}, ["/time_zone"]),
        ({"working_weekdays": frozenset()}, ["/working_weekdays"]),
        ({"working_weekdays": frozenset({0, 1})}, ["/working_weekdays"]),
        ({"working_weekdays": frozenset({8})}, ["/working_weekdays"]),
        ({"name": " ", "time_zone": "x"}, ["/name", "/time_zone"]),
        ({"opens_at": "08:00"}, ["/closes_at"]),
        ({"closes_at": "17:00"}, ["/opens_at"]),
        ({"opens_at": "17:00", "closes_at": "08:00"}, ["/closes_at"]),
        ({"opens_at": "08:00", "closes_at": "08:00"}, ["/closes_at"]),
    ],
)
def test_a_lab_that_could_not_work_is_refused(at_home, changes, pointers):
    for act in (
        lambda: at_home.lab_service.create(PLATFORM, replace(NEW, **changes), a_request()),
        lambda: change(at_home, **changes),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert [error.pointer for error in refused.value.errors] == pointers


# --- Changing ---------------------------------------------------------------------------------------------------------


def test_an_administrator_changes_when_the_lab_works(place):
    days, holidays = frozenset({1, 2, 3, 4}), frozenset({date(2026, 12, 25), date(2027, 1, 1)})
    changed = change(place, working_weekdays=days, holidays=holidays, takes_cases=False)
    assert (changed.version, changed.working_weekdays, changed.holidays) == (2, days, holidays)
    assert place.stores.directory.lab(LAB_ID) == changed
    (listed,) = place.lab_service.by_name(FROM_PRACTICE, beginning="north", limit=5, start=None).things
    assert not listed.listing.takes_cases


def test_an_administrator_says_when_the_lab_opens_and_closes_and_takes_it_back(place):
    assert (place.stores.directory.lab(LAB_ID).opens_at, place.stores.directory.lab(LAB_ID).closes_at) == (None, None)
    changed = change(place, opens_at="08:00", closes_at="17:30")
    assert (changed.opens_at, changed.closes_at) == ("08:00", "17:30")
    assert place.stores.directory.lab(LAB_ID) == changed
    assert change(place, version=2, closes_at="18:00").opens_at == "08:00"
    assert change(place, version=3, opens_at=None, closes_at=None).closes_at is None


def test_a_lab_is_entered_with_its_hours(at_home):
    made = at_home.lab_service.create(PLATFORM, replace(NEW, opens_at="07:00", closes_at="15:00"), a_request())
    assert (made.opens_at, made.closes_at) == ("07:00", "15:00")


def test_a_lab_with_another_name_is_listed_by_that_one_only(place):
    change(place, name="Aurora Dental Lab")
    assert names(place) == ["Aurora Dental Lab", "Östra Tandlab & Söner"]
    change(place, version=2, name="AURORA DENTAL LAB")
    assert names(place) == ["AURORA DENTAL LAB", "Östra Tandlab & Söner"]


def test_two_labs_may_have_the_same_name(place):
    change(place, name="Östra Tandlab & Söner")
    assert names(place, "ostra") == ["Östra Tandlab & Söner"] * 2


def test_a_change_that_changes_nothing_is_no_new_version_of_a_lab(place):
    assert change(place, takes_cases=True).version == 1


def test_of_two_who_save_a_lab_the_second_is_told_what_it_missed(place):
    change(place, phone="+1 555 0111")
    with pytest.raises(StaleVersion) as refused:
        change(place, name="Aurora")
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    service = place.lab_service
    service._labs = Interrupted(place.labs, "save", lambda: change(place, version=2, phone="+1 555 0133"))
    with pytest.raises(StaleVersion):
        service.change(LAB_ADMIN, LAB_ID, expected_version=2, changes={"name": "Aurora"})
    assert names(place) == ["Northlight Dental Lab", "Östra Tandlab & Söner"]


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (FROM_LAB, RoleNotAllowed),
        (FROM_PRACTICE, RoleNotAllowed),
        (FROM_OTHER_LAB, Unknown),
        (CLINICIAN, RoleNotAllowed),
    ],
)
def test_nobody_else_changes_a_lab(at_home, caller, refusal):
    with pytest.raises(refusal):
        change(at_home, caller, name="Mine")


def test_the_platform_changes_any_lab(at_home):
    assert change(at_home, PLATFORM, name="Renamed Lab").version == 2
