"""Scanners: their credentials, and what they open; on every store."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.directory.ports import AlreadyAnswered
from bitewing.directory.scanner import MAX_SCANNERS, Scanner
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.credentials import CredentialKind, digest, new_secret, read_credential
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    RequestInProgress,
    RoleNotAllowed,
    TooManyScanners,
    Unauthenticated,
    Unknown,
)

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    OTHER_ADMIN,
    PRACTICE_ADMIN,
    a_request,
)
from tests.support.world import Interrupted


def enter(place, name="Chair 1", key="enter", body="enter"):
    return place.scanner_service.enter(PRACTICE_ADMIN, name, a_request(key, body))


def a_scanner(number):
    return Scanner(
        scanner_id=f"scanner-{number:03d}",
        practice_id=PRACTICE_ID,
        name=f"Chair {number}",
        secret_digest=digest(""),
        created_at=NOW,
        created_by=PRACTICE_ADMIN.user_id,
    )


def test_a_scanner_calls_for_its_practice_with_what_was_shown_once(place):
    entered = enter(place)
    shown = read_credential(str(entered.credential), CredentialKind.SCANNER)
    caller = place.scanner_service.caller_with(shown)
    assert (caller.organization_id, caller.organization_kind) == (PRACTICE_ID, OrganizationKind.PRACTICE)
    assert caller.user_id == f"scanner:{entered.scanner.scanner_id}"
    assert caller.roles == {Role.PRACTICE_STAFF}


def test_the_secret_is_kept_nowhere(place):
    secret = enter(place).credential.secret
    (kept,) = place.scanner_service.of_caller(FROM_PRACTICE)
    assert kept.secret_digest == digest(secret)
    assert secret not in str(kept)
    assert kept.secret_digest not in repr(kept)
    if place.stores.table is not None:
        assert secret not in str(place.stores.table._client.scan(TableName=place.stores.table._name))


def test_the_same_request_enters_one_scanner_and_shows_no_credential_again(place):
    entered = enter(place)
    again = enter(place)
    assert (again.scanner, again.credential) == (entered.scanner, None)
    assert len(place.scanner_service.of_caller(PRACTICE_ADMIN)) == 1
    with pytest.raises(IdempotencyKeyReused):
        enter(place, body="another")
    with pytest.raises(AlreadyAnswered):
        place.scanners.add(a_scanner(1), request=a_request("enter", "enter"))


def test_of_two_equal_requests_at_the_same_moment_one_enters_a_scanner(at_home):
    service = at_home.scanner_service
    service._scanners = Interrupted(at_home.scanners, "add", lambda: enter(at_home))
    with pytest.raises(RequestInProgress):
        service.enter(PRACTICE_ADMIN, "Chair 1", a_request("enter", "enter"))
    assert len(at_home.scanner_service.of_caller(PRACTICE_ADMIN)) == 1


def test_a_wrong_unknown_or_revoked_credential_is_refused_in_the_same_words(place):
    shown = enter(place).credential
    revoked = enter(place, key="second").credential
    place.scanner_service.revoke(PRACTICE_ADMIN, revoked.holder_id)
    said = set()
    for wrong in (
        replace(shown, secret=new_secret()),
        replace(shown, holder_id="SCANNER0000000000000000"),
        replace(shown, owner_id="practice-2"),
        replace(shown, secret=revoked.secret),
        revoked,
    ):
        with pytest.raises(Unauthenticated) as refused:
            place.scanner_service.caller_with(wrong)
        said.add(str(refused.value))
    assert len(said) == 1
    assert place.scanner_service.caller_with(shown)


def test_that_a_scanner_was_used_is_kept_once_a_day(place, clock):
    shown = enter(place).credential
    written = []
    service = place.scanner_service
    service._scanners = Interrupted(place.scanners, "used", lambda: written.append(clock()), times=9)
    for _ in range(3):
        service.caller_with(shown)
    assert place.scanners.scanner(PRACTICE_ID, shown.holder_id).last_used_on == NOW.date()
    assert len(written) == 1
    clock.advance(days=1)
    service.caller_with(shown)
    assert place.scanners.scanner(PRACTICE_ID, shown.holder_id).last_used_on == NOW.date() + timedelta(days=1)
    assert len(written) == 2


def test_revoking_says_who_did_it_and_changes_nothing_again(place, clock):
    scanner_id = enter(place).scanner.scanner_id
    revoked = place.scanner_service.revoke(PRACTICE_ADMIN, scanner_id)
    assert (revoked.revoked_at, revoked.revoked_by) == (NOW, PRACTICE_ADMIN.user_id)
    clock.advance(hours=1)
    assert place.scanner_service.revoke(PRACTICE_ADMIN, scanner_id) == revoked
    assert place.scanner_service.of_caller(PRACTICE_ADMIN) == (revoked,)


def test_of_two_who_revoke_at_the_same_moment_the_first_is_named(place):
    scanner_id = enter(place).scanner.scanner_id
    colleague = replace(PRACTICE_ADMIN, user_id="colleague")
    service = place.scanner_service
    service._scanners = Interrupted(
        place.scanners, "revoke", lambda: place.scanner_service.revoke(colleague, scanner_id)
    )
    assert service.revoke(PRACTICE_ADMIN, scanner_id).revoked_by == "colleague"


@pytest.mark.parametrize("caller", [FROM_PRACTICE, FROM_LAB, CLINICIAN])
def test_only_administrators_of_a_practice_enter_and_revoke_scanners(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.scanner_service.enter(caller, "Chair 1", a_request())
    with pytest.raises(RoleNotAllowed):
        at_home.scanner_service.revoke(caller, "any")


@pytest.mark.parametrize("caller", [FROM_LAB, CLINICIAN])
def test_nobody_of_another_kind_lists_scanners(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.scanner_service.of_caller(caller)


def test_scanners_of_another_practice_do_not_exist(at_home):
    scanner_id = enter(at_home).scanner.scanner_id
    with pytest.raises(Unknown, match="scanner"):
        at_home.scanner_service.revoke(OTHER_ADMIN, scanner_id)
    assert at_home.scanner_service.of_caller(FROM_OTHER_PRACTICE) == ()


def test_a_practice_has_as_many_scanners_in_force_as_it_can_have_and_no_more(at_home):
    for number in range(MAX_SCANNERS):
        at_home.scanners.add(a_scanner(number), request=a_request(f"key-{number}"))
    with pytest.raises(TooManyScanners) as refused:
        enter(at_home)
    assert refused.value.facts() == {"limit": MAX_SCANNERS}
    at_home.scanner_service.revoke(PRACTICE_ADMIN, "scanner-000")
    assert enter(at_home).credential
