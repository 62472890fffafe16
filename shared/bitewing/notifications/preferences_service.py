"""How somebody wants to be told of things, with what of it is of no use: addresses that are not used any more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bitewing.home.account import Account, AccountService
from bitewing.kernel.caller import Caller, OrganizationKind
from bitewing.members.member import Member
from bitewing.notifications.inbox_service import addressee_of
from bitewing.notifications.mark import Mark
from bitewing.notifications.ports import Profiles
from bitewing.notifications.preferring import Reach, reach_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPreferences:
    """How somebody wants to be told of things, and how they can be.

    Attributes:
        account: With the preferences; its version is what a change names.
        reach: Where they can be reached now.
        time_zone: By whose clock they are written to.
        marks: Addresses of theirs that are not used any more.
    """

    account: Account
    reach: Reach
    time_zone: str
    marks: tuple[Mark, ...]


class Members(Protocol):
    """Where people are."""

    def find(self, kind: OrganizationKind, organization_id: str, user_id: str) -> Member | None:
        """Return a person of an organization, in one request."""


class PreferencesService:
    """The use cases of the own preferences, which are those of the own account."""

    def __init__(self, accounts: AccountService, members: Members, profiles: Profiles) -> None:
        self._accounts, self._members, self._profiles = accounts, members, profiles

    def read(self, caller: Caller) -> OwnPreferences:
        """Return the preferences of the caller.

        Raises:
            Unknown: The caller's practice is not in the directory.
        """
        return self._with_reach(caller, self._accounts.read(caller))

    def change(self, caller: Caller, preferences: Mapping[str, Any], *, expected_version: int) -> OwnPreferences:
        """Change what the caller prefers; what is not named stays. See :meth:`AccountService.change`.

        Raises:
            Unknown: The caller's practice is not in the directory.
            StaleVersion: The account has another version.
            InvalidInput: A value is none, or does not fit the others.
        """
        account = self._accounts.change(caller, preferences, email=None, expected_version=expected_version)
        return self._with_reach(caller, account)

    def _with_reach(self, caller: Caller, account: Account) -> OwnPreferences:
        member = self._members.find(caller.organization_kind, caller.organization_id, caller.user_id)
        profile = self._profiles.of([addressee_of(caller)])[caller.user_id]
        reach = reach_of(
            account.preferences,
            email=member.email if member else "",
            phone=profile.phone,
            bounced={mark.address for mark in profile.marks},
        )
        return OwnPreferences(account=account, reach=reach, time_zone=profile.time_zone, marks=profile.marks)
