import pytest
from bitewing.kernel.credentials import (
    MAX_CREDENTIAL_LENGTH,
    Credential,
    CredentialKind,
    digest,
    new_secret,
    read_bearer,
    read_credential,
)
from bitewing.kernel.errors import Unauthenticated

SECRET = "A" * 42 + "_"
GIVEN = Credential(kind=CredentialKind.SCANNER, owner_id="maple-street", holder_id="SC1", secret=SECRET)


def test_a_credential_is_read_as_it_was_shown():
    assert read_credential(str(GIVEN), CredentialKind.SCANNER) == GIVEN


def test_the_longest_credential_is_read_and_has_the_length_that_is_said():
    ids = {"owner_id": "o" * 64, "holder_id": "h" * 64, "secret": new_secret()}
    credentials = [Credential(kind=kind, **ids) for kind in CredentialKind]
    assert [read_credential(str(each), each.kind) for each in credentials] == credentials
    assert max(len(str(each)) for each in credentials) == MAX_CREDENTIAL_LENGTH


def test_a_credential_proves_the_digest_of_its_own_secret_only():
    assert GIVEN.is_proven_by(digest(SECRET))
    assert not GIVEN.is_proven_by(digest(SECRET[:-1] + "-"))
    assert not GIVEN.is_proven_by("")


def test_where_nothing_is_stored_no_secret_is_proven_and_one_is_compared_nevertheless(monkeypatch):
    compared = []
    monkeypatch.setattr("hmac.compare_digest", lambda *digests: compared.append(digests) or True)
    assert not GIVEN.is_proven_by(None)
    ((given, stored),) = compared
    assert (given, len(stored)) == (digest(SECRET), len(given))


def test_what_a_credential_looks_like_in_a_log_has_no_secret():
    assert SECRET not in repr(GIVEN)


def test_secrets_have_256_bits_and_are_never_the_same():
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {43}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "scanner",
        "scanner.maple-street.SC1",
        f"scanner.maple-street.SC1.{SECRET}.",
        f"scanner.maple-street.SC1.{SECRET}\n",
        f"scanner.maple-street.SC1.{SECRET}A",
        f"scanner.maple-street.SC1.{SECRET[:-1]}",
        f"scanner.maple-street.SC1.{SECRET[:-1]}+",
        f"scanner..SC1.{SECRET}",
        f"scanner.maple#street.SC1.{SECRET}",
        f"scanner.{'m' * 65}.SC1.{SECRET}",
        f"SCANNER.maple-street.SC1.{SECRET}",
        f"link.maple-street.SC1.{SECRET}",
        f"robot.maple-street.SC1.{SECRET}",
        f"scanner.maple-stréet.SC1.{SECRET}",
    ],
)
def test_what_has_not_exactly_the_form_of_its_kind_is_refused(text):
    with pytest.raises(Unauthenticated):
        read_credential(text, CredentialKind.SCANNER)


@pytest.mark.parametrize("header", [f"Bearer {GIVEN}", f"bearer  {GIVEN}", f" BEARER {GIVEN} "])
def test_a_bearer_token_is_read_in_every_way_that_it_may_be_written(header):
    assert read_bearer(header, CredentialKind.SCANNER) == GIVEN


@pytest.mark.parametrize("header", [None, "", str(GIVEN), f"Basic {GIVEN}", "Bearer", f"Bearer {GIVEN} {GIVEN}"])
def test_a_header_without_a_credential_is_refused(header):
    with pytest.raises(Unauthenticated):
        read_bearer(header, CredentialKind.SCANNER)
