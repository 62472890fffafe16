"""Dentists: licenses, consents, and who keeps them, on every store."""

from dataclasses import replace
from datetime import date

import pytest
from bitewing.directory.dentists import NewDentist
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Role
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)

from tests.support.builders import DENTIST_ID, LAB_ID, NOW, PRACTICE_ID, a_dentist, a_practice
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    a_caller,
    a_request,
)
from tests.support.world import Interrupted

ADMIN = a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.PRACTICE_ADMIN, user_id="person-7")
NEW = NewDentist(name="Dr. Ola Berg", license_number="DN777", license_state="PR", license_expires_on=date(2028, 2, 29))
GUEST = "guest-1"


def change(place, caller=ADMIN, version=1, guest_id=None, dentist_id=DENTIST_ID, **changes):
    return place.dentist_service.change(
        caller, dentist_id, expected_version=version, changes=changes, guest_id=guest_id
    )


@pytest.fixture
def with_guest(place):
    place.stores.directory.put(
        a_practice(practice_id=GUEST, registered_by=LAB_ID), a_dentist(dentist_id="guest-dentist", practice_id=GUEST)
    )
    return place


# --- Of the own practice ----------------------------------------------------------------------------------------------


def test_an_administrator_enters_a_dentist_whom_everybody_of_the_practice_reads(place):
    made = place.dentist_service.add(ADMIN, NEW, a_request())
    assert place.dentist_service.read(FROM_PRACTICE, made.dentist_id) == made
    assert (made.is_active, made.has_signature_consent, made.consent_changed_at) == (True, False, None)
    assert {each.dentist_id for each in place.dentist_service.of_caller(FROM_PRACTICE)} == {DENTIST_ID, made.dentist_id}
    assert place.dentist_service.of_caller(FROM_OTHER_PRACTICE) == ()


def test_the_same_request_enters_one_dentist(place):
    made = place.dentist_service.add(ADMIN, NEW, a_request())
    assert place.dentist_service.add(ADMIN, NEW, a_request()) == made
    with pytest.raises(IdempotencyKeyReused):
        place.dentist_service.add(ADMIN, NEW, a_request(body="another"))
    with pytest.raises(AlreadyAnswered):
        place.dentists.add(a_dentist(dentist_id="dentist-9"), request=a_request())


def test_of_two_equal_requests_at_the_same_moment_one_enters_a_dentist(at_home):
    service = at_home.dentist_service
    service._dentists = Interrupted(
        at_home.dentists, "add", lambda: at_home.dentist_service.add(ADMIN, NEW, a_request())
    )
    with pytest.raises(RequestInProgress):
        service.add(ADMIN, NEW, a_request())
    assert len(at_home.dentist_service.of_caller(ADMIN)) == 2


def test_a_dentist_can_be_entered_with_a_name_alone(place):
    made = place.dentist_service.add(ADMIN, NewDentist(name="Dr. Ola Berg"), a_request())
    assert (made.license_number, made.license_state, made.license_expires_on) == ("", "", None)


@pytest.mark.parametrize("last_day", [date(1999, 12, 31), date(9999, 12, 31), None])
def test_a_license_of_any_date_can_be_stored_also_one_that_has_expired(place, last_day):
    assert change(place, license_expires_on=last_day).license_expires_on == last_day
    assert place.dentists.dentist(PRACTICE_ID, DENTIST_ID).license_expires_on == last_day


@pytest.mark.parametrize("state", ["XX", "V", "ON", "vt", "Vermont"])
def test_a_state_that_licenses_no_dentists_is_refused(at_home, state):
    for act in (
        lambda: at_home.dentist_service.add(ADMIN, replace(NEW, license_state=state), a_request()),
        lambda: change(at_home, license_state=state),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert [error.pointer for error in refused.value.errors] == ["/license_state"]


def test_the_consent_to_sign_is_kept_with_who_recorded_it_and_when(place):
    taken_back = change(place, has_signature_consent=False)
    assert (taken_back.consent_changed_at, taken_back.consent_changed_by) == (NOW, ADMIN.user_id)
    stored = place.dentists.dentist(PRACTICE_ID, DENTIST_ID)
    assert stored == taken_back
    made = place.dentist_service.add(ADMIN, replace(NEW, has_signature_consent=True), a_request())
    assert (made.consent_changed_at, made.consent_changed_by) == (NOW, ADMIN.user_id)


def test_no_lab_says_for_a_dentist_that_they_agreed_to_sign(with_guest):
    consenting = replace(NEW, has_signature_consent=True)
    with_guest.stores.directory.put(
        a_dentist(dentist_id="guest-dentist", practice_id=GUEST, has_signature_consent=False)
    )
    for act in (
        lambda: with_guest.dentist_service.add(FROM_LAB, consenting, a_request(), guest_id=GUEST),
        lambda: change(with_guest, FROM_LAB, guest_id=GUEST, dentist_id="guest-dentist", has_signature_consent=True),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert [error.pointer for error in refused.value.errors] == ["/has_signature_consent"]
    (dentist,) = with_guest.stores.directory.dentists(GUEST)
    assert not dentist.has_signature_consent


def test_another_change_leaves_the_record_of_the_consent_alone(place):
    change(place, has_signature_consent=False)
    changed = change(place, a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.PRACTICE_ADMIN), 2, is_active=False)
    assert (changed.is_active, changed.consent_changed_by, changed.version) == (False, ADMIN.user_id, 3)


def test_a_change_that_changes_nothing_is_no_new_version_of_a_dentist(place):
    assert change(place, license_state="FL").version == 1


def test_of_two_who_save_a_dentist_the_second_is_told_what_it_missed(place):
    change(place, name="Dr. A. Moreno")
    with pytest.raises(StaleVersion) as refused:
        change(place, name="Dr. B. Moreno")
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    service = place.dentist_service
    service._dentists = Interrupted(place.dentists, "save", lambda: change(place, version=2, name="Dr. C. Moreno"))
    with pytest.raises(StaleVersion):
        service.change(ADMIN, DENTIST_ID, expected_version=2, changes={"name": "Dr. D. Moreno"})
    assert place.dentists.dentist(PRACTICE_ID, DENTIST_ID).name == "Dr. C. Moreno"


@pytest.mark.parametrize("caller", [FROM_LAB, CLINICIAN, FROM_PRACTICE])
def test_nobody_but_an_administrator_of_the_practice_changes_its_dentists(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        change(at_home, caller, name="x")
    with pytest.raises(RoleNotAllowed):
        at_home.dentist_service.add(caller, NEW, a_request())


@pytest.mark.parametrize("caller", [FROM_LAB, CLINICIAN])
def test_nobody_of_another_kind_reads_dentists(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.dentist_service.of_caller(caller)
    with pytest.raises(RoleNotAllowed):
        at_home.dentist_service.read(caller, DENTIST_ID)


def test_a_dentist_of_another_practice_does_not_exist(at_home):
    with pytest.raises(Unknown, match="dentist"):
        at_home.dentist_service.read(FROM_OTHER_PRACTICE, DENTIST_ID)
    with pytest.raises(Unknown, match="dentist"):
        change(at_home, a_caller("practice-2", OrganizationKind.PRACTICE, Role.PRACTICE_ADMIN), name="x")


# --- Of a practice that a lab has entered -----------------------------------------------------------------------------


def test_a_lab_keeps_the_dentists_of_a_practice_that_it_has_entered(with_guest):
    made = with_guest.dentist_service.add(FROM_LAB, NEW, a_request(), guest_id=GUEST)
    assert made.practice_id == GUEST
    changed = change(with_guest, FROM_LAB, guest_id=GUEST, dentist_id="guest-dentist", license_number="DN9")
    assert changed.version == 2
    assert {each.dentist_id for each in with_guest.dentists.dentists(GUEST)} == {"guest-dentist", made.dentist_id}


@pytest.mark.parametrize(
    ("caller", "guest_id", "refusal"),
    [
        (FROM_OTHER_LAB, GUEST, Unknown),
        (FROM_LAB, PRACTICE_ID, Unknown),
        (FROM_LAB, "nobody", Unknown),
        (ADMIN, GUEST, RoleNotAllowed),
        (CLINICIAN, GUEST, RoleNotAllowed),
    ],
)
def test_nobody_else_keeps_them_and_of_an_ordinary_practice_no_lab(with_guest, caller, guest_id, refusal):
    with pytest.raises(refusal):
        with_guest.dentist_service.add(caller, NEW, a_request(), guest_id=guest_id)
    with pytest.raises(refusal):
        change(with_guest, caller, guest_id=guest_id, name="x")
