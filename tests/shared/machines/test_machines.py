"""Machines of both kinds: their credentials, and what they open; on every store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.credentials import CredentialKind, digest, new_secret, read_credential
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    ScopeMissing,
    TooManyLabSystems,
    TooManyScanners,
    Unauthenticated,
    Unknown,
)
from bitewing.machines.machine import TERMS, Machine, MachineKind, Scope
from bitewing.machines.service import AlreadyAnswered

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID
from tests.support.callers import a_request
from tests.support.world import Interrupted

SCANNER, LAB_SYSTEM = MachineKind.SCANNER, MachineKind.LAB_SYSTEM
#: What a machine of each kind calls with, and as whom.
CALLS = {
    SCANNER: (
        CredentialKind.SCANNER,
        Caller(
            user_id="scanner:{}",
            organization_id=PRACTICE_ID,
            organization_kind=OrganizationKind.PRACTICE,
            roles=frozenset({Role.PRACTICE_STAFF}),
        ),
    ),
    LAB_SYSTEM: (
        CredentialKind.LAB_SYSTEM,
        Caller(
            user_id="system:{}",
            organization_id=LAB_ID,
            organization_kind=OrganizationKind.LAB,
            roles=frozenset({Role.LAB_STAFF}),
        ),
    ),
}
#: What a machine of each kind can be let do; only what another kind can, and nothing, is refused.
SCOPES = {
    SCANNER: {Scope.SEND_FILES},
    LAB_SYSTEM: {Scope.READ_CASES, Scope.READ_FILES, Scope.WRITE_CASES},
}
REFUSALS = {SCANNER: (TooManyScanners, "scanner", 100), LAB_SYSTEM: (TooManyLabSystems, "lab system", 10)}


def a_scope(kind):
    return min(SCOPES[kind])


def enter(place, name="Window side", scopes=None, key="enter", body="enter"):
    given = frozenset({a_scope(place.kind)}) if scopes is None else frozenset(scopes)
    return place.service.enter(place.people.admin, name, given, a_request(key, body))


def calls(place, credential, service=None):
    return (service or place.service).caller_with(credential, a_scope(place.kind))


def a_machine(place, number):
    return Machine(
        kind=place.kind,
        machine_id=f"machine-{number:03d}",
        organization_id=place.people.admin.organization_id,
        name=f"Machine {number}",
        scopes=frozenset({a_scope(place.kind)}),
        secret_digest=digest(""),
        created_at=NOW,
        created_by=place.people.admin.user_id,
    )


def test_every_kind_of_machine_has_its_terms():
    assert set(TERMS) == set(MachineKind) == set(CALLS) == set(SCOPES) == set(REFUSALS)


def test_a_machine_calls_for_its_organization_with_what_was_shown_once(place):
    credential_kind, caller = CALLS[place.kind]
    entered = enter(place)
    shown = read_credential(str(entered.credential), credential_kind)
    expected = replace(caller, user_id=caller.user_id.format(entered.machine.machine_id))
    assert calls(place, shown) == expected


def test_a_machine_is_kept_as_it_was_entered(place):
    entered = enter(place, scopes=SCOPES[place.kind])
    assert place.service.of_caller(place.people.staff) == (entered.machine,)
    assert (entered.machine.name, entered.machine.scopes) == ("Window side", SCOPES[place.kind])
    assert (entered.machine.created_at, entered.machine.created_by) == (NOW, place.people.admin.user_id)


def test_machines_are_listed_from_the_oldest_on(place, clock):
    names = [f"Number {number}" for number in range(3)]
    for name in names:
        enter(place, name, key=name)
        clock.advance(minutes=1)
    assert [each.name for each in place.service.of_caller(place.people.staff)] == names


def test_the_secret_is_kept_nowhere(place):
    secret = enter(place).credential.secret
    (kept,) = place.service.of_caller(place.people.staff)
    assert kept.secret_digest == digest(secret)
    assert secret not in str(kept)
    assert kept.secret_digest not in repr(kept)
    if place.stores.table is not None:
        assert secret not in str(place.stores.table._client.scan(TableName=place.stores.table._name))


@pytest.mark.parametrize("needed", Scope)
@pytest.mark.parametrize(("kind", "given"), [(kind, scope) for kind in SCOPES for scope in sorted(SCOPES[kind])])
def test_a_machine_does_what_it_has_the_scope_for_and_nothing_else(at_home, given, needed):
    shown = enter(at_home, scopes={given}).credential
    if given is needed:
        assert at_home.service.caller_with(shown, needed)
        return
    with pytest.raises(ScopeMissing) as refused:
        at_home.service.caller_with(shown, needed)
    assert refused.value.facts() == {"needed_scope": needed.value}


def test_a_machine_is_let_do_something_that_its_kind_can_do(at_home):
    of_others = set(Scope) - SCOPES[at_home.kind]
    for scopes in (set(), of_others, {a_scope(at_home.kind)} | of_others):
        with pytest.raises(InvalidInput) as refused:
            enter(at_home, scopes=scopes)
        assert [error.pointer for error in refused.value.errors] == ["/scopes"]
    assert at_home.service.of_caller(at_home.people.staff) == ()


def test_who_shows_a_wrong_secret_learns_nothing_of_scopes(at_home):
    shown = enter(at_home).credential
    for needed in Scope:
        with pytest.raises(Unauthenticated):
            at_home.service.caller_with(replace(shown, secret=new_secret()), needed)


def test_the_same_request_enters_one_machine_and_shows_no_credential_again(place):
    entered = enter(place)
    again = enter(place)
    assert (again.machine, again.credential) == (entered.machine, None)
    assert len(place.service.of_caller(place.people.admin)) == 1
    with pytest.raises(IdempotencyKeyReused):
        enter(place, body="another")
    with pytest.raises(AlreadyAnswered):
        place.machines.add(a_machine(place, 1), request=a_request("enter", "enter"))


def test_of_two_equal_requests_at_the_same_moment_one_enters_a_machine(at_home):
    service, given = at_home.service, frozenset({a_scope(at_home.kind)})
    service._machines = Interrupted(at_home.machines, "add", lambda: enter(at_home))
    with pytest.raises(RequestInProgress):
        service.enter(at_home.people.admin, "Window side", given, a_request("enter", "enter"))
    assert len(at_home.service.of_caller(at_home.people.admin)) == 1


def test_a_wrong_unknown_or_revoked_credential_is_refused_in_the_same_words(place):
    shown = enter(place).credential
    revoked = enter(place, key="second").credential
    place.service.revoke(place.people.admin, revoked.holder_id)
    said = set()
    for wrong in (
        replace(shown, secret=new_secret()),
        replace(shown, holder_id="MACHINE000000000000009"),
        replace(shown, owner_id=place.people.other_admin.organization_id),
        replace(shown, secret=revoked.secret),
        revoked,
    ):
        with pytest.raises(Unauthenticated) as refused:
            calls(place, wrong)
        said.add(str(refused.value))
    assert len(said) == 1
    assert calls(place, shown)


def test_a_machine_of_one_kind_is_none_of_another(place):
    entered = enter(place)
    for other in set(MachineKind) - {place.kind}:
        with pytest.raises(Unauthenticated):
            place.service_of(other).caller_with(entered.credential, a_scope(other))
        organization_id = entered.machine.organization_id
        assert place.machines.machine(other, organization_id, entered.machine.machine_id) is None
        assert place.machines.of_organization(other, organization_id) == ()


def test_that_a_machine_was_used_is_kept_once_a_day(place, clock):
    shown = enter(place).credential
    written = []
    service = place.service
    service._machines = Interrupted(place.machines, "used", lambda: written.append(clock()), times=9)

    def used_on():
        return place.machines.machine(place.kind, shown.owner_id, shown.holder_id).last_used_on

    for _ in range(3):
        calls(place, shown, service)
    assert (used_on(), len(written)) == (NOW.date(), 1)
    clock.advance(days=1)
    calls(place, shown, service)
    assert (used_on(), len(written)) == (NOW.date() + timedelta(days=1), 2)


def test_revoking_says_who_did_it_and_changes_nothing_again(place, clock):
    admin = place.people.admin
    machine_id = enter(place).machine.machine_id
    revoked = place.service.revoke(admin, machine_id)
    assert (revoked.revoked_at, revoked.revoked_by) == (NOW, admin.user_id)
    clock.advance(hours=1)
    assert place.service.revoke(admin, machine_id) == revoked
    assert place.service.of_caller(admin) == (revoked,)


def test_of_two_who_revoke_at_the_same_moment_the_first_is_named(place):
    machine_id = enter(place).machine.machine_id
    colleague = replace(place.people.admin, user_id="colleague")
    service = place.service
    service._machines = Interrupted(place.machines, "revoke", lambda: place.service.revoke(colleague, machine_id))
    assert service.revoke(place.people.admin, machine_id).revoked_by == "colleague"


def test_only_administrators_of_such_an_organization_enter_and_revoke_machines(at_home):
    for caller in (at_home.people.staff, *at_home.people.strangers):
        with pytest.raises(RoleNotAllowed):
            at_home.service.enter(caller, "Window side", frozenset({a_scope(at_home.kind)}), a_request())
        with pytest.raises(RoleNotAllowed):
            at_home.service.revoke(caller, "any")


def test_nobody_of_another_kind_lists_machines(at_home):
    for caller in at_home.people.strangers:
        with pytest.raises(RoleNotAllowed):
            at_home.service.of_caller(caller)


def test_machines_of_another_organization_do_not_exist(at_home):
    machine_id = enter(at_home).machine.machine_id
    with pytest.raises(Unknown) as refused:
        at_home.service.revoke(at_home.people.other_admin, machine_id)
    assert refused.value.what == REFUSALS[at_home.kind][1]
    assert at_home.service.of_caller(at_home.people.other_admin) == ()


def test_an_organization_has_as_many_machines_in_force_as_it_can_have_and_no_more(at_home):
    refusal, _, limit = REFUSALS[at_home.kind]
    for number in range(limit):
        at_home.machines.add(a_machine(at_home, number), request=a_request(f"key-{number}"))
    with pytest.raises(refusal) as refused:
        enter(at_home)
    assert refused.value.facts() == {"limit": limit}
    at_home.service.revoke(at_home.people.admin, "machine-000")
    assert enter(at_home).credential
