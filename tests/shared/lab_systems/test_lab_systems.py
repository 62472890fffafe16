"""A lab's own software: its credentials, and what they open; on every store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.credentials import CredentialKind, digest, new_secret, read_credential
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    RequestInProgress,
    RoleNotAllowed,
    ScopeMissing,
    TooManyLabSystems,
    Unauthenticated,
    Unknown,
)
from bitewing.lab_systems.lab_system import MAX_LAB_SYSTEMS, LabSystem, SystemScope
from bitewing.lab_systems.service import AlreadyAnswered

from tests.support.builders import LAB_ID, NOW
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_PRACTICE,
    LAB_ADMIN,
    PLATFORM,
    PRACTICE_ADMIN,
    a_request,
)
from tests.support.world import Interrupted

READS = frozenset({SystemScope.READ_CASES})


def enter(place, name="Milling", scopes=READS, key="enter", body="enter"):
    return place.service.enter(LAB_ADMIN, name, scopes, a_request(key, body))


def a_system(number):
    return LabSystem(
        system_id=f"system-{number:03d}",
        lab_id=LAB_ID,
        name=f"Mill {number}",
        scopes=READS,
        secret_digest=digest(""),
        created_at=NOW,
        created_by=LAB_ADMIN.user_id,
    )


def test_a_system_calls_for_its_lab_with_what_was_shown_once(place):
    entered = enter(place)
    shown = read_credential(str(entered.credential), CredentialKind.LAB_SYSTEM)
    caller = place.service.caller_with(shown, SystemScope.READ_CASES)
    assert (caller.organization_id, caller.organization_kind) == (LAB_ID, OrganizationKind.LAB)
    assert caller.user_id == f"system:{entered.system.system_id}"
    assert caller.roles == {Role.LAB_STAFF}


def test_a_system_is_kept_as_it_was_entered(place):
    entered = enter(place, scopes=frozenset(SystemScope))
    assert place.service.of_caller(FROM_LAB) == (entered.system,)
    assert entered.system.scopes == frozenset(SystemScope)


def test_the_secret_is_kept_nowhere(place):
    secret = enter(place).credential.secret
    (kept,) = place.service.of_caller(FROM_LAB)
    assert kept.secret_digest == digest(secret)
    assert secret not in str(kept)
    assert kept.secret_digest not in repr(kept)
    if place.stores.table is not None:
        assert secret not in str(place.stores.table._client.scan(TableName=place.stores.table._name))


@pytest.mark.parametrize("needed", SystemScope)
@pytest.mark.parametrize("given", SystemScope)
def test_a_system_does_what_it_has_the_scope_for_and_nothing_else(at_home, given, needed):
    shown = enter(at_home, scopes=frozenset({given})).credential
    if given is needed:
        assert at_home.service.caller_with(shown, needed)
        return
    with pytest.raises(ScopeMissing) as refused:
        at_home.service.caller_with(shown, needed)
    assert refused.value.facts() == {"needed_scope": needed.value}


def test_who_shows_a_wrong_secret_learns_nothing_of_scopes(at_home):
    shown = enter(at_home).credential
    with pytest.raises(Unauthenticated):
        at_home.service.caller_with(replace(shown, secret=new_secret()), SystemScope.WRITE_CASES)


def test_the_same_request_enters_one_system_and_shows_no_credential_again(place):
    entered = enter(place)
    again = enter(place)
    assert (again.system, again.credential) == (entered.system, None)
    assert len(place.service.of_caller(LAB_ADMIN)) == 1
    with pytest.raises(IdempotencyKeyReused):
        enter(place, body="another")
    with pytest.raises(AlreadyAnswered):
        place.systems.add(a_system(1), request=a_request("enter", "enter"))


def test_of_two_equal_requests_at_the_same_moment_one_enters_a_system(at_home):
    service = at_home.service
    service._systems = Interrupted(at_home.systems, "add", lambda: enter(at_home))
    with pytest.raises(RequestInProgress):
        service.enter(LAB_ADMIN, "Milling", READS, a_request("enter", "enter"))
    assert len(at_home.service.of_caller(LAB_ADMIN)) == 1


def test_a_wrong_unknown_or_revoked_credential_is_refused_in_the_same_words(place):
    shown = enter(place).credential
    revoked = enter(place, key="second").credential
    place.service.revoke(LAB_ADMIN, revoked.holder_id)
    said = set()
    for wrong in (
        replace(shown, secret=new_secret()),
        replace(shown, holder_id="SYSTEM0000000000000009"),
        replace(shown, owner_id="lab-2"),
        replace(shown, secret=revoked.secret),
        revoked,
    ):
        with pytest.raises(Unauthenticated) as refused:
            place.service.caller_with(wrong, SystemScope.READ_CASES)
        said.add(str(refused.value))
    assert len(said) == 1
    assert place.service.caller_with(shown, SystemScope.READ_CASES)


def test_that_a_system_was_used_is_kept_once_a_day(place, clock):
    shown = enter(place).credential
    written = []
    service = place.service
    service._systems = Interrupted(place.systems, "used", lambda: written.append(clock()), times=9)
    for _ in range(3):
        service.caller_with(shown, SystemScope.READ_CASES)
    assert place.systems.system(LAB_ID, shown.holder_id).last_used_on == NOW.date()
    assert len(written) == 1
    clock.advance(days=1)
    service.caller_with(shown, SystemScope.READ_CASES)
    assert place.systems.system(LAB_ID, shown.holder_id).last_used_on == NOW.date() + timedelta(days=1)
    assert len(written) == 2


def test_revoking_says_who_did_it_and_changes_nothing_again(place, clock):
    system_id = enter(place).system.system_id
    revoked = place.service.revoke(LAB_ADMIN, system_id)
    assert (revoked.revoked_at, revoked.revoked_by) == (NOW, LAB_ADMIN.user_id)
    clock.advance(hours=1)
    assert place.service.revoke(LAB_ADMIN, system_id) == revoked
    assert place.service.of_caller(LAB_ADMIN) == (revoked,)


def test_of_two_who_revoke_at_the_same_moment_the_first_is_named(place):
    system_id = enter(place).system.system_id
    colleague = replace(LAB_ADMIN, user_id="colleague")
    service = place.service
    service._systems = Interrupted(place.systems, "revoke", lambda: place.service.revoke(colleague, system_id))
    assert service.revoke(LAB_ADMIN, system_id).revoked_by == "colleague"


@pytest.mark.parametrize("caller", [FROM_LAB, FROM_PRACTICE, PRACTICE_ADMIN, CLINICIAN, PLATFORM])
def test_only_administrators_of_a_lab_enter_and_revoke_systems(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.service.enter(caller, "Milling", READS, a_request())
    with pytest.raises(RoleNotAllowed):
        at_home.service.revoke(caller, "any")


@pytest.mark.parametrize("caller", [FROM_PRACTICE, PRACTICE_ADMIN, CLINICIAN, PLATFORM])
def test_nobody_of_another_kind_lists_systems(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.service.of_caller(caller)


def test_systems_of_another_lab_do_not_exist(at_home):
    system_id = enter(at_home).system.system_id
    with pytest.raises(Unknown, match="lab system"):
        at_home.service.revoke(FROM_OTHER_LAB, system_id)
    assert at_home.service.of_caller(FROM_OTHER_LAB) == ()


def test_a_lab_has_as_many_systems_in_force_as_it_can_have_and_no_more(at_home):
    for number in range(MAX_LAB_SYSTEMS):
        at_home.systems.add(a_system(number), request=a_request(f"key-{number}"))
    with pytest.raises(TooManyLabSystems) as refused:
        enter(at_home)
    assert refused.value.facts() == {"limit": MAX_LAB_SYSTEMS}
    at_home.service.revoke(LAB_ADMIN, "system-000")
    assert enter(at_home).credential
