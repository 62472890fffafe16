"""Credentials of callers without an account: a machine, or whoever was given a link.

A credential says in plain text whose it is, and ends in a secret of 256 bits. Only the digest of the secret is
stored: who reads the table cannot call with what stands there. A secret of this size needs no salt and no slow
digest, for nobody can guess one.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bitewing.kernel.errors import Unauthenticated

SECRET_BYTES: Final = 32
#: What a secret is compared with where none is stored; it is the digest of nothing.
_OF_NOBODY: Final = "0" * 64
#: Characters of 32 bytes as base64 for addresses, without padding.
_SECRET_LENGTH: Final = 43
_CHANCE: Final = rf"[A-Za-z0-9_-]{{{_SECRET_LENGTH}}}"
#: Ids of this product; none has a dot, and none is longer.
_MAX_ID_LENGTH: Final = 64
_ID: Final = rf"[A-Za-z0-9_-]{{1,{_MAX_ID_LENGTH}}}"
#: How a credential stands in a header; the scheme is read in any case (RFC 9110).
_BEARER: Final = re.compile(r"bearer +([!-~]+)", re.IGNORECASE)


class CredentialKind(StrEnum):
    """What calls with a credential."""

    SCANNER = "scanner"
    LINK = "link"
    LAB_SYSTEM = "lab-system"
    CALENDAR = "calendar"


#: Characters of the longest one, with the three dots between its parts.
MAX_CREDENTIAL_LENGTH: Final = max(map(len, CredentialKind)) + 2 * _MAX_ID_LENGTH + _SECRET_LENGTH + 3
_FORM: Final = re.compile(rf"({'|'.join(CredentialKind)})\.({_ID})\.({_ID})\.({_CHANCE})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a caller without an account shows.

    Attributes:
        owner_id: What it belongs to: the practice of a scanner, the case of a link, the lab of a lab system,
            the clinician or practice of a calendar.
        holder_id: Which one of those: the scanner, the link, the lab system, the calendar feed.
    """

    kind: CredentialKind
    owner_id: str
    holder_id: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """Return the text that is shown once and never again."""
        return f"{self.kind}.{self.owner_id}.{self.holder_id}.{self.secret}"

    def is_proven_by(self, stored_digest: str | None) -> bool:
        """Whether the stored digest is that of this secret, in the same time for every secret.

        Args:
            stored_digest: ``None`` where nothing is stored: that takes as long, and proves nothing.
        """
        is_same = hmac.compare_digest(digest(self.secret), _OF_NOBODY if stored_digest is None else stored_digest)
        return is_same and stored_digest is not None


def new_secret() -> str:
    """Return 256 bits of chance as 43 characters that may stand in a header or an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256, as 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def read_credential(text: str, kind: CredentialKind) -> Credential:
    """Return the credential that a caller shows.

    Raises:
        Unauthenticated: It has not the form of a credential of this kind.
    """
    found = _FORM.fullmatch(text)
    if found is None or found[1] != kind:
        raise not_accepted()
    return Credential(kind=kind, owner_id=found[2], holder_id=found[3], secret=found[4])


def read_bearer(header: str | None, kind: CredentialKind) -> Credential:
    """Return the credential in an ``Authorization`` header.

    Raises:
        Unauthenticated: There is no such header, or it holds no credential of this kind.
    """
    found = _BEARER.fullmatch((header or "").strip())
    if found is None:
        raise not_accepted()
    return read_credential(found[1], kind)


def not_accepted() -> Unauthenticated:
    """Return the one refusal of every credential: whether it is unknown, wrong, over or revoked is not told."""
    says = "Send a credential that is in force as a bearer token in the Authorization header."
    return Unauthenticated(says)
