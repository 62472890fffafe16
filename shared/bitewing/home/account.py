"""The own account: where a practice's mails go, and how a person wants to be told of things."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from bitewing.directory.organization import Practice
from bitewing.home.preferences import Preferences
from bitewing.kernel.caller import PRACTICE_ROLES, Caller, OrganizationKind, Role
from bitewing.kernel.errors import RoleNotAllowed, StaleVersion, Unknown
from bitewing.kernel.versions import ensure_version

#: Whoever names one of these has said whether they want text messages.
_OF_TEXTS: Final = frozenset({"by_text", "mobile"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a person sees of their account.

    Attributes:
        practice: The practice of the person, whose address confirmations are mailed to; ``None`` for others.
        may_change_email: Whether the person may change that address.
    """

    practice: Practice | None
    may_change_email: bool
    preferences: Preferences

    @property
    def version(self) -> int:
        """Return what counts up with each change of either: two versions that only grow are told by their sum."""
        return self.preferences.version + (self.practice.version if self.practice else 0)


class Accounts(Protocol):
    """Where accounts are kept."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice as it is now, in one request."""

    def preferences(self, caller: Caller) -> Preferences:
        """Return what a person prefers, in one request; what everybody does where nothing was said."""

    def save(self, caller: Caller, *, preferences: Preferences | None, practice: Practice | None) -> None:
        """Store what changed, if all of it is still as it was read.

        Raises:
            StaleVersion: Someone else saved it first.
        """


class AccountService:
    """The use cases of the own account."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def read(self, caller: Caller) -> Account:
        """Return the account of the caller.

        Raises:
            Unknown: The caller's practice is not in the directory.
        """
        practice = None
        if caller.organization_kind is OrganizationKind.PRACTICE and caller.roles & PRACTICE_ROLES:
            practice = self._accounts.practice(caller.organization_id)
            if practice is None:
                raise Unknown("organization")
        return Account(
            practice=practice,
            may_change_email=practice is not None and Role.PRACTICE_ADMIN in caller.roles,
            preferences=self._accounts.preferences(caller),
        )

    def change(
        self, caller: Caller, preferences: Mapping[str, Any], *, email: str | None, expected_version: int
    ) -> Account:
        """Change what the caller prefers, and the address of their practice.

        Args:
            caller: Who calls.
            preferences: Other values of the fields that are named.
            email: Another address for the practice; ``None`` leaves it.
            expected_version: The version of the account that was read.

        Raises:
            RoleNotAllowed: The address is to change, and the caller does not administrate a practice.
            Unknown: The caller's practice is not in the directory.
            StaleVersion: The account has another version.
            InvalidInput: A value is none, or does not fit the others.
        """
        account = self.read(caller)
        if email is not None and not account.may_change_email:
            raise RoleNotAllowed({Role.PRACTICE_ADMIN})
        ensure_version(account.version, expected=expected_version)
        chosen = account.preferences.has_chosen_texts or not _OF_TEXTS.isdisjoint(preferences)
        preferred = replace(account.preferences, **preferences, has_chosen_texts=chosen)
        practice = account.practice
        if practice is not None and email is not None:
            practice = replace(practice, email=email)
        preferred.ensure_sensible()
        is_preferred, is_addressed = preferred != account.preferences, practice != account.practice
        if is_preferred:
            preferred = replace(preferred, version=preferred.version + 1)
        if practice is not None and is_addressed:
            practice = replace(practice, version=practice.version + 1)
        if is_preferred or is_addressed:
            try:
                self._accounts.save(
                    caller,
                    preferences=preferred if is_preferred else None,
                    practice=practice if is_addressed else None,
                )
            except StaleVersion as error:
                # In versions of the account, which is what the caller has read.
                raise StaleVersion(expected=expected_version, actual=self.read(caller).version) from error
        return replace(account, preferences=preferred, practice=practice)
