"""Practices: who reads and changes them, on every store that keeps them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.directory.organization import BillingState, ConnectionState, Notation, Practice
from bitewing.directory.practices import NewPractice, PartnerPractice
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Role
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)

from tests.support.builders import LAB_ID, PRACTICE_ID, a_connection, a_practice
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    PLATFORM,
    PRACTICE_ADMIN,
    a_caller,
    a_request,
)
from tests.support.world import Interrupted

NEW = NewPractice(name="Birch Lane Dental", time_zone="America/Chicago")


def change(place, caller=PRACTICE_ADMIN, version=1, practice_id=PRACTICE_ID, **changes):
    return place.practice_service.change(caller, practice_id, expected_version=version, changes=changes)


# --- Reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("caller", [FROM_PRACTICE, PRACTICE_ADMIN, PLATFORM])
def test_its_own_people_and_the_platform_read_a_practice_whole(at_home, caller):
    assert at_home.practice_service.read(caller, PRACTICE_ID) == a_practice()


def test_a_lab_reads_how_to_reach_a_connected_practice_and_nothing_else(at_home):
    seen = at_home.practice_service.read(FROM_LAB, PRACTICE_ID)
    assert isinstance(seen, PartnerPractice)
    assert (seen.name, seen.phone, seen.notation) == ("Harbor Dental", "+1 555 0100", Notation.UNIVERSAL)
    assert not {"billing", "patient_salt", "registered_by"} & set(PartnerPractice.__slots__)


@pytest.mark.parametrize(
    ("state", "is_seen"),
    [
        (ConnectionState.ASKED, True),
        (ConnectionState.ACCEPTED, True),
        (ConnectionState.ENDED, True),
        (ConnectionState.DECLINED, False),
    ],
)
def test_a_lab_that_declined_a_practice_does_not_know_it(at_home, state, is_seen):
    at_home.stores.directory.put(a_connection(state=state))
    if is_seen:
        assert at_home.practice_service.read(FROM_LAB, PRACTICE_ID)
    else:
        with pytest.raises(Unknown, match="practice"):
            at_home.practice_service.read(FROM_LAB, PRACTICE_ID)


@pytest.mark.parametrize("caller", [FROM_OTHER_PRACTICE, FROM_OTHER_LAB])
@pytest.mark.parametrize("practice_id", [PRACTICE_ID, "nobody"])
def test_to_others_a_practice_is_like_one_that_does_not_exist(at_home, caller, practice_id):
    with pytest.raises(Unknown) as refused:
        at_home.practice_service.read(caller, practice_id)
    assert str(refused.value) == "There is no such practice."


def test_a_practice_that_is_not_in_the_directory_is_unknown_to_its_own_people_and_the_platform(at_home):
    at_home.stores.directory.put(a_connection(practice_id="practice-9"))
    for caller in (a_caller("practice-9"), PLATFORM, FROM_LAB):
        with pytest.raises(Unknown):
            at_home.practice_service.read(caller, "practice-9")
    with pytest.raises(Unknown):
        change(at_home, PLATFORM, practice_id="practice-9", name="x")


def test_who_works_in_no_practice_and_no_lab_reads_none(at_home):
    with pytest.raises(RoleNotAllowed):
        at_home.practice_service.read(CLINICIAN, PRACTICE_ID)


# --- Entering ---------------------------------------------------------------------------------------------------------


def test_the_platform_enters_a_practice_without_people_and_billing(place):
    made = place.practice_service.create(PLATFORM, NEW, a_request())
    stored = place.stores.directory.practice(made.practice_id)
    assert (stored.name, stored.time_zone, stored.version) == (NEW.name, NEW.time_zone, 1)
    assert stored.missing_setup == ("address", "email", "phone")
    assert stored.billing is BillingState.MISSING
    assert not stored.is_guest


def test_each_practice_has_a_salt_of_its_own_which_stands_in_one_place_only(place):
    made = [place.practice_service.create(PLATFORM, NEW, a_request(f"key-{number}")) for number in range(2)]
    salts = {place.stores.directory.practice(each.practice_id).patient_salt for each in made}
    assert [len(salt) for salt in salts] == [32, 32]
    assert [each.patient_salt for each in made] == ["", ""]
    if place.stores.table is not None:
        kept = place.practices.answered(a_request("key-0"))
        assert kept.patient_salt == ""


def test_the_same_request_enters_one_practice(place):
    made = place.practice_service.create(PLATFORM, NEW, a_request())
    assert place.practice_service.create(PLATFORM, NEW, a_request()) == made
    with pytest.raises(IdempotencyKeyReused):
        place.practice_service.create(PLATFORM, NEW, a_request(body="another"))


def test_of_two_equal_requests_at_the_same_moment_one_enters_a_practice(place):
    service = place.practice_service
    service._practices = Interrupted(
        place.practices, "add", lambda: place.practice_service.create(PLATFORM, NEW, a_request())
    )
    with pytest.raises(RequestInProgress):
        service.create(PLATFORM, NEW, a_request())
    assert place.practice_service.create(PLATFORM, NEW, a_request()).name == NEW.name


@pytest.mark.parametrize(
    "caller",
    [
        PRACTICE_ADMIN,
        FROM_LAB,
        replace(PLATFORM, roles=frozenset({Role.PRACTICE_ADMIN})),
        replace(PRACTICE_ADMIN, roles=frozenset({Role.PLATFORM_ADMIN})),
    ],
)
def test_nobody_else_enters_practices_or_sets_billing(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.practice_service.create(caller, NEW, a_request())
    with pytest.raises(RoleNotAllowed):
        at_home.practice_service.set_billing(caller, PRACTICE_ID, BillingState.ACTIVE)


def test_a_practice_in_no_time_zone_that_exists_is_refused(at_home):
    with pytest.raises(InvalidInput) as refused:
        at_home.practice_service.create(PLATFORM, replace(NEW, time_zone="Mars/Olympus"), a_request())
    assert [error.pointer for error in refused.value.errors] == ["/time_zone"]


# --- Changing ---------------------------------------------------------------------------------------------------------


def test_an_administrator_changes_what_a_practice_says_of_itself(place):
    changed = change(place, phone="+1 555 0199", notation=Notation.FDI)
    assert (changed.phone, changed.notation, changed.version) == ("+1 555 0199", Notation.FDI, 2)
    assert place.stores.directory.practice(PRACTICE_ID) == changed


def test_a_change_that_changes_nothing_is_no_new_version(place):
    assert change(place, phone="+1 555 0100").version == 1


def test_of_two_administrators_who_save_the_second_is_told_what_it_missed(place):
    change(place, phone="+1 555 0111")
    with pytest.raises(StaleVersion) as refused:
        change(place, phone="+1 555 0122")
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    assert place.stores.directory.practice(PRACTICE_ID).phone == "+1 555 0111"


def test_of_two_administrators_who_save_at_the_same_moment_one_is_told(place):
    service = place.practice_service
    service._practices = Interrupted(place.practices, "save", lambda: change(place, phone="+1 555 0111"))
    with pytest.raises(StaleVersion):
        service.change(PRACTICE_ADMIN, PRACTICE_ID, expected_version=1, changes={"phone": "+1 555 0122"})
    assert place.stores.directory.practice(PRACTICE_ID).phone == "+1 555 0111"


def test_a_practice_that_was_never_stored_is_not_saved(place):
    with pytest.raises(StaleVersion) as refused:
        place.practices.save(a_practice(practice_id="practice-9", version=2))
    assert refused.value.actual == 0


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (FROM_PRACTICE, RoleNotAllowed),
        (FROM_LAB, RoleNotAllowed),
        (a_caller(LAB_ID, OrganizationKind.LAB, Role.LAB_ADMIN, Role.PRACTICE_STAFF), RoleNotAllowed),
        (FROM_OTHER_PRACTICE, Unknown),
        (FROM_OTHER_LAB, Unknown),
        (CLINICIAN, RoleNotAllowed),
    ],
)
def test_nobody_else_changes_a_practice(at_home, caller, refusal):
    with pytest.raises(refusal):
        change(at_home, caller, phone="+1 555 0111")
    assert at_home.stores.directory.practice(PRACTICE_ID) == a_practice()


def test_the_platform_changes_any_practice(at_home):
    assert change(at_home, PLATFORM, name="Harbor Dental Group").name == "Harbor Dental Group"


def test_a_time_zone_that_does_not_exist_is_not_stored(at_home):
    with pytest.raises(InvalidInput):
        change(at_home, time_zone="America/Nowhere")
    assert change(at_home, time_zone="").missing_setup == ("time_zone",)


# --- Billing ----------------------------------------------------------------------------------------------------------


def test_the_platform_sets_billing_and_the_version_of_the_practice_stays(place):
    assert place.practice_service.set_billing(PLATFORM, PRACTICE_ID, BillingState.PAST_DUE) is BillingState.PAST_DUE
    stored = place.stores.directory.practice(PRACTICE_ID)
    assert stored == a_practice(
        billing=BillingState.PAST_DUE, billing_set_at=place.stores.clock(), billing_set_by=PLATFORM.user_id
    )
    assert place.told(PRACTICE_ID) == [("PracticeBillingChanged", "past_due")]


def test_billing_that_is_set_to_what_it_is_stays_as_it_was_set_first(place):
    for _ in range(2):
        place.practice_service.set_billing(PLATFORM, PRACTICE_ID, BillingState.PAST_DUE)
        first = place.stores.directory.practice(PRACTICE_ID)
        place.stores.clock.advance(days=1)
    assert first.billing_set_at == place.stores.clock() - timedelta(days=2)
    assert place.told(PRACTICE_ID) == [("PracticeBillingChanged", "past_due")]


def test_billing_of_nobody_is_unknown(place):
    with pytest.raises(Unknown):
        place.practice_service.set_billing(PLATFORM, "practice-9", BillingState.ACTIVE)
    assert place.stores.directory.practice("practice-9") is None


def test_a_change_of_the_practice_never_undoes_what_billing_became_meanwhile(place):
    service = place.practice_service
    service._practices = Interrupted(
        place.practices,
        "save",
        lambda: place.practice_service.set_billing(PLATFORM, PRACTICE_ID, BillingState.PAST_DUE),
    )
    service.change(PRACTICE_ADMIN, PRACTICE_ID, expected_version=1, changes={"phone": "+1 555 0111"})
    stored = place.stores.directory.practice(PRACTICE_ID)
    assert (stored.phone, stored.billing) == ("+1 555 0111", BillingState.PAST_DUE)
    assert (stored.billing_set_at, stored.billing_set_by) == (place.stores.clock(), PLATFORM.user_id)


def test_what_is_added_twice_with_one_request_is_refused(place):
    first, second = a_practice(practice_id="practice-5"), a_practice(practice_id="practice-6")
    place.practices.add(first, request=a_request(), answer=first)
    with pytest.raises(AlreadyAnswered):
        place.practices.add(second, request=a_request(), answer=second)
    assert isinstance(place.practices.practice("practice-5"), Practice)
    assert place.practices.practice("practice-6") is None
