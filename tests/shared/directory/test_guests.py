"""Practices that labs enter, until they join; on every store."""

from dataclasses import replace

import pytest
from bitewing.directory.dentists import NewDentist
from bitewing.directory.organization import BillingState, ConnectionState
from bitewing.directory.practices import NewPractice
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.members.events import MemberJoined, event_head
from bitewing.members.member import Member, MemberState
from bitewing.members.store import TableMembers

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID, a_practice
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_LAB, FROM_PRACTICE, a_caller, a_request
from tests.support.people import InMemoryMembers
from tests.support.world import Interrupted

NEW = NewPractice(name="Dr. Stone's Office", email="stone@example.example")
DENTIST = NewDentist(name="Dr. Ida Stone", license_number="OH-1", license_state="OH")


def enter(place, caller=FROM_LAB, *, key="enter", body="enter", new=NEW, dentist=DENTIST):
    return place.guest_service.enter(caller, new, dentist, a_request(key, body))


def guests_of(place, caller=FROM_LAB, limit=100, start=None):
    page = place.guest_service.of_caller(caller, limit=limit, start=start)
    return [each.practice_id for each in page.things], page.next


def joins(place, practice_id):
    """The first person of a practice accepts their invitation."""
    stores = place.stores
    is_stored = stores.table is not None
    members = TableMembers(stores.table, now=stores.clock) if is_stored else InMemoryMembers(stores.directory)
    kim = Member(
        user_id="kim",
        organization_kind=OrganizationKind.PRACTICE,
        organization_id=practice_id,
        email="kim@example.example",
        name="Kim Sato",
        roles=frozenset({Role.PRACTICE_ADMIN}),
        state=MemberState.ACTIVE,
        invited_at=NOW,
        invited_by=FROM_LAB.user_id,
        expires_at=None,
    )
    joined = MemberJoined(**event_head(kim, by="kim", at=NOW), roles=(Role.PRACTICE_ADMIN,), is_first=True)
    members.save(kim, joined, joins=stores.directory.practice(practice_id))


def test_a_lab_enters_a_practice_with_its_dentist_connected_at_once(place):
    entered = enter(place)
    practice_id = entered.practice.practice_id
    stored = place.stores.directory.practice(practice_id)
    assert (stored.registered_by, stored.billing, stored.is_guest) == (LAB_ID, BillingState.MISSING, True)
    assert len(stored.patient_salt) == 32
    assert entered.practice.patient_salt == ""
    (dentist,) = place.stores.directory.dentists(practice_id)
    assert (dentist, dentist.name) == (entered.dentists[0], DENTIST.name)
    connection = place.stores.directory.connection(practice_id, LAB_ID)
    assert (connection.state, connection.moved_by) == (ConnectionState.ACCEPTED, FROM_LAB.user_id)
    assert place.told(practice_id) == [("ConnectionMoved", "accepted")]


def test_no_lab_enters_a_practice_whose_dentist_has_agreed_to_sign(place):
    with pytest.raises(InvalidInput) as refused:
        enter(place, dentist=replace(DENTIST, has_signature_consent=True))
    assert [error.pointer for error in refused.value.errors] == ["/dentist/has_signature_consent"]
    assert guests_of(place) == ([], None)


def test_the_lab_reads_it_with_its_dentists_and_keeps_it_up_to_date(place):
    practice_id = enter(place).practice.practice_id
    read = place.guest_service.read(FROM_LAB, practice_id)
    assert (read.practice.name, [each.name for each in read.dentists]) == (NEW.name, [DENTIST.name])
    changed = place.practice_service.change(FROM_LAB, practice_id, expected_version=1, changes={"phone": "+1 555 0150"})
    assert changed.phone == "+1 555 0150"
    assert place.stores.directory.practice(practice_id).registered_by == LAB_ID


def test_the_same_request_enters_one_practice_of_a_lab(place):
    entered = enter(place)
    assert enter(place) == entered
    assert guests_of(place) == ([entered.practice.practice_id], None)
    with pytest.raises(IdempotencyKeyReused):
        enter(place, body="another")


def test_of_two_equal_requests_at_the_same_moment_one_enters_a_practice_of_a_lab(place):
    service = place.guest_service
    service._guests = Interrupted(place.guests, "add", lambda: enter(place))
    with pytest.raises(RequestInProgress):
        service.enter(FROM_LAB, NEW, DENTIST, a_request("enter", "enter"))
    assert len(guests_of(place)[0]) == 1


def test_a_lab_lists_its_own_guests_and_no_ordinary_practice(place):
    ids = sorted(enter(place, key=f"key-{number}").practice.practice_id for number in range(3))
    assert guests_of(place) == (ids, None)
    assert guests_of(place, FROM_OTHER_LAB) == ([], None)
    seen, start = [], None
    while True:
        page, start = guests_of(place, limit=2, start=start)
        seen += page
        if start is None:
            break
    assert seen == ids


def test_a_practice_that_joined_is_like_any_other(place):
    practice_id = enter(place).practice.practice_id
    joins(place, practice_id)
    assert not place.stores.directory.practice(practice_id).is_guest
    assert guests_of(place) == ([], None)
    with pytest.raises(Unknown):
        place.guest_service.read(FROM_LAB, practice_id)
    with pytest.raises(RoleNotAllowed):
        place.practice_service.change(FROM_LAB, practice_id, expected_version=1, changes={"name": "x"})
    admin = a_caller(practice_id, OrganizationKind.PRACTICE, Role.PRACTICE_ADMIN)
    assert place.practice_service.change(admin, practice_id, expected_version=2, changes={"name": "x"}).version == 3


def test_a_lab_that_saves_while_the_practice_joins_is_told(place):
    practice_id = enter(place).practice.practice_id
    service = place.practice_service
    service._practices = Interrupted(place.practices, "save", lambda: joins(place, practice_id))
    with pytest.raises(StaleVersion):
        service.change(FROM_LAB, practice_id, expected_version=1, changes={"name": "Stone Dental"})
    stored = place.stores.directory.practice(practice_id)
    assert (stored.name, stored.registered_by) == (NEW.name, None)


@pytest.mark.parametrize("caller", [FROM_PRACTICE, CLINICIAN, replace(FROM_LAB, roles=frozenset())])
def test_only_labs_have_guests(at_home, caller):
    for act in (
        lambda: enter(at_home, caller),
        lambda: guests_of(at_home, caller),
        lambda: at_home.guest_service.read(caller, PRACTICE_ID),
    ):
        with pytest.raises(RoleNotAllowed):
            act()


def test_practices_of_others_are_no_guests(at_home):
    at_home.stores.directory.put(a_practice(practice_id="theirs", registered_by="lab-2"))
    for practice_id in (PRACTICE_ID, "theirs", "nobody"):
        with pytest.raises(Unknown, match="practice"):
            at_home.guest_service.read(FROM_LAB, practice_id)


def test_a_lab_that_is_not_in_the_directory_enters_nobody(at_home):
    with pytest.raises(Unknown, match="organization"):
        enter(at_home, a_caller("lab-9", OrganizationKind.LAB, Role.LAB_STAFF))


def test_all_wrong_values_of_both_are_named_at_once(at_home):
    with pytest.raises(InvalidInput) as refused:
        enter(at_home, new=replace(NEW, time_zone="Ohio"), dentist=replace(DENTIST, license_state="QQ"))
    assert [error.pointer for error in refused.value.errors] == ["/practice/time_zone", "/dentist/license_state"]
