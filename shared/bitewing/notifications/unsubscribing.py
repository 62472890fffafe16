"""Unsubscribing: whoever reads a mail ends them with one click, without signing in.

The address in a mail names its reader and is signed, so that nobody else's mails can be ended with it. To open it
changes nothing: programs that look for harm in mails open every address. Its button does, and what mail readers send of
themselves (RFC 8058). A person gets no more mails and finds everything in the portal; an address of an organization is
marked, and shown to whoever administrates it.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from bitewing.directory.organization import Practice
from bitewing.home.preferences import Preferences
from bitewing.kernel.caller import Caller, OrganizationKind
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.notifications.audience import Addressee
from bitewing.notifications.mark import Mark, MarkReason
from bitewing.notifications.rule import Channel

_SIGNATURE_BYTES: Final = 16
_SIGNATURE_LENGTH: Final = 22
#: Ids of this product; none has a dot, and none is longer.
_MAX_ID_LENGTH: Final = 64
_ID: Final = rf"[A-Za-z0-9_-]{{1,{_MAX_ID_LENGTH}}}"
_TOKEN: Final = re.compile(
    rf"({'|'.join(OrganizationKind)})\.({_ID})\.({_ID})\.([A-Za-z0-9_-]{{{_SIGNATURE_LENGTH}}})", re.ASCII
)
#: Characters of the longest one, with the three dots between its parts.
MAX_TOKEN_LENGTH: Final = max(map(len, OrganizationKind)) + 2 * _MAX_ID_LENGTH + _SIGNATURE_LENGTH + 3
#: How often somebody can change what they prefer while it is changed here.
_TRIES: Final = 3


class UnsubscribeLinks:
    """Keeps the port :class:`bitewing.notifications.ports.Unsubscribing`: writes addresses, and reads them."""

    def __init__(self, secret: Callable[[], bytes], *, api_origin: str) -> None:
        """Remember with what addresses are signed.

        Args:
            secret: Fetched when the first address needs it.
            api_origin: Where the API is reached from outside, such as ``https://api.bitewing.example``.
        """
        self._secret, self._api_origin = secret, api_origin

    def link(self, organization_kind: OrganizationKind, organization_id: str, reader_id: str) -> str:
        """Return the address at which one click is enough."""
        named = f"{organization_kind.value}.{organization_id}.{reader_id}"
        return f"{self._api_origin}/v1/unsubscribe/{named}.{self._signature(named)}"

    def reader(self, token: str) -> Addressee:
        """Return whose mails a token ends.

        Raises:
            Unknown: It is none, or was not signed here; which of both is not told.
        """
        found = _TOKEN.fullmatch(token)
        named = token.rpartition(".")[0]
        if found is None or not hmac.compare_digest(self._signature(named), found[4]):
            raise Unknown("subscription")
        kind, organization_id, reader_id = OrganizationKind(found[1]), found[2], found[3]
        return Addressee(
            addressee_id=reader_id,
            organization_kind=kind,
            organization_id=organization_id,
            is_person=reader_id != organization_id,
        )

    def _signature(self, named: str) -> str:
        # What this secret signs is the address of a channel: another one would be another text.
        digest = hmac.digest(self._secret(), f"unsubscribe.{Channel.EMAIL}.{named}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).decode().rstrip("=")


class Accounts(Protocol):
    """Where accounts are kept."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice as it is now, in one request."""

    def preferences(self, caller: Caller) -> Preferences:
        """Return what a person prefers, in one request."""

    def save(self, caller: Caller, *, preferences: Preferences | None, practice: Practice | None) -> None:
        """Store what changed, if all of it is still as it was read.

        Raises:
            StaleVersion: Someone else saved it first.
        """


class Marks(Protocol):
    """Where marks are kept."""

    def put(self, mark: Mark) -> None:
        """Store a mark; one of the same reader and channel is replaced, unless it is a wish about the same address."""

    def of_reader(self, kind: OrganizationKind, organization_id: str, reader_id: str) -> tuple[Mark, ...]:
        """Return the marks of one reader, one for each channel at most."""


class UnsubscribingService:
    """The use cases of whoever wants no more mails."""

    def __init__(
        self, links: UnsubscribeLinks, accounts: Accounts, marks: Marks, *, now: Callable[[], datetime]
    ) -> None:
        self._links, self._accounts, self._marks, self._now = links, accounts, marks, now

    def language(self, token: str) -> str:
        """Return the language of whoever opens an address; nothing is changed by that.

        Raises:
            Unknown: The address is none of ours.
        """
        reader = self._links.reader(token)
        return self._preferences(reader).language

    def end(self, token: str) -> str:
        """Send no more mails to whoever an address names; once more, and nothing changes.

        Returns:
            Their language.

        Raises:
            Unknown: The address is none of ours, or names a practice that is not there.
            RequestInProgress: They kept changing what they prefer at this moment.
        """
        reader = self._links.reader(token)
        if not reader.is_person:
            self._mark(reader)
            return self._preferences(reader).language
        for _ in range(_TRIES):
            try:
                return self._prefer_none(reader)
            except StaleVersion:
                continue
        raise RequestInProgress

    def _prefer_none(self, reader: Addressee) -> str:
        preferred = self._preferences(reader)
        if preferred.by_email:
            # Whoever is told nowhere misses what they have to act on.
            without = replace(preferred, by_email=False, version=preferred.version + 1)
            kept = without if without.by_text else replace(without, by_inbox=True)
            self._accounts.save(_as_caller(reader), preferences=kept, practice=None)
        return preferred.language

    def _mark(self, reader: Addressee) -> None:
        is_practice = reader.organization_kind is OrganizationKind.PRACTICE
        practice = self._accounts.practice(reader.organization_id) if is_practice else None
        if practice is None:
            raise Unknown("subscription")
        whose = reader.organization_kind, reader.organization_id, reader.addressee_id
        before = self._marks.of_reader(*whose)
        if any(each.channel is Channel.EMAIL and each.address == practice.email for each in before):
            return
        self._marks.put(
            Mark(
                organization_kind=reader.organization_kind,
                organization_id=reader.organization_id,
                reader_id=reader.addressee_id,
                channel=Channel.EMAIL,
                address=practice.email,
                reason=MarkReason.UNSUBSCRIBED,
                marked_at=self._now(),
            )
        )

    def _preferences(self, reader: Addressee) -> Preferences:
        return self._accounts.preferences(_as_caller(reader)) if reader.is_person else Preferences()


def _as_caller(reader: Addressee) -> Caller:
    return Caller(
        user_id=reader.addressee_id,
        organization_id=reader.organization_id,
        organization_kind=reader.organization_kind,
        roles=frozenset(),
    )
