"""Inviting people, letting them in, changing what they may do, letting them go.

Two places know a person: the table, which says who belongs to an organization with which roles, and the identity
provider, which lets them sign in and puts their roles into their tokens. No transaction spans both. So each change
goes in an order in which sending the same request again ends what was interrupted:

- An invitation makes the identity first, without any role, and stores the member second. Between the two there is
  somebody who could sign in and do nothing. The same invitation finds them and goes on.
- Every other change is stored first, guarded, as not yet settled; then the identity provider is told, in steps that
  do nothing when they were done before; then the change is settled. A change that is stored and not settled is told
  again by the same request, and is shown as such until it is.
- Whoever has told the identity provider reads the member again, and tells what stands there until both agree: two
  who change the same person at once may tell in another order than they stored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bitewing.care_teams.care_team import CareTeam
from bitewing.directory.organization import Lab, Practice
from bitewing.kernel.caller import AlreadyAnswered, Caller, OrganizationKind, Request, Role
from bitewing.kernel.errors import (
    EmailTaken,
    FieldError,
    InvalidInput,
    InvitationNotOpen,
    OrganizationHasAdmin,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.kernel.events import Event
from bitewing.kernel.identity import Identity
from bitewing.kernel.versions import ensure_version
from bitewing.members.events import MemberInvited, MemberJoined, MemberLeft, MemberRolesChanged, event_head
from bitewing.members.member import (
    ADMIN_OF,
    INVITATION_LASTS,
    Member,
    MemberState,
    another_admin,
    ensure_roles_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationName:
    """Which organization somebody is invited to."""

    kind: OrganizationKind
    organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """Whom to invite.

    Attributes:
        email: In small letters; who they are at the identity provider.
        organization: ``None`` for that of whoever invites.
    """

    email: str
    name: str
    roles: frozenset[Role]
    organization: OrganizationName | None = None


class Identities(Protocol):
    """Who can sign in, as the identity provider has it."""

    def find(self, email: str) -> Identity | None:
        """Return the person of an e-mail address."""

    def create(self, *, email: str, name: str, organization: tuple[OrganizationKind, str]) -> str:
        """Make a person of an organization, without roles, mail them a temporary password, and return their id.

        Raises:
            EmailTaken: The address is known.
        """

    def mail_again(self, email: str) -> None:
        """Mail a new temporary password; nothing for a person who has a password of their own."""

    def set_roles(self, user_id: str, roles: frozenset[Role]) -> None:
        """Give a person these roles and no other; their next token has them."""

    def sign_out(self, user_id: str) -> None:
        """End what a person is signed in with; a token that was issued before stays good for its hour."""

    def disable(self, user_id: str) -> None:
        """Let a person sign in no more; nothing for one who is not there."""

    def delete(self, user_id: str) -> None:
        """Forget a person, so that the address can be used again; nothing for one who is not there."""


class Members(Protocol):
    """Where the people of organizations are kept."""

    def answered(self, request: Request) -> Member | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def find(self, kind: OrganizationKind, organization_id: str, user_id: str) -> Member | None:
        """Return a person of an organization, also one who is gone."""

    def of_organization(self, kind: OrganizationKind, organization_id: str) -> tuple[Member, ...]:
        """Return everybody who is or was of an organization, as it is now."""

    def invite(self, member: Member, event: Event, *, request: Request) -> None:
        """Store an invitation: of a new member, or the next version of one.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StaleVersion: The member is another one by now.
        """

    def save(
        self, member: Member, event: Event, *, staying: Member | None = None, joins: Practice | None = None
    ) -> None:
        """Store a changed member, if it is still the one that was read.

        Args:
            member: The member after the change, with the version that it gets.
            event: What is told of it.
            staying: Another member who must still be as they were read.
            joins: A practice that a lab entered, and that is its own from now on. It counts as a version of it, so
                that the lab, which may save the practice at this moment, is told.

        Raises:
            StaleVersion: The member, or the one who stays, is another by now, or the practice has joined.
        """

    def settle(self, member: Member) -> None:
        """Store that the identity provider has this version of a member, unless there is a newer one."""


class Organizations(Protocol):
    """The part of the directory that says which organizations there are."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice."""

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab."""


class KnownCareTeams(Protocol):
    """The part of care teams that says which there are."""

    def care_team(self, care_team_id: str) -> CareTeam | None:
        """Return a care team."""


class MemberService:
    """What administrators do with the people of their organization, and people with their invitation."""

    def __init__(
        self,
        members: Members,
        identities: Identities,
        organizations: Organizations,
        care_teams: KnownCareTeams,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._members, self._identities, self._now = members, identities, now
        self._organizations, self._care_teams = organizations, care_teams

    def of_organization(self, caller: Caller) -> Sequence[Member]:
        """Return everybody who is or was of the caller's organization, by name.

        Raises:
            RoleNotAllowed: The caller does not administrate it.
        """
        _ensure_admin(caller)
        members = self._members.of_organization(caller.organization_kind, caller.organization_id)
        return sorted(members, key=lambda member: (member.name.casefold(), member.user_id))

    def read(self, caller: Caller, user_id: str) -> Member:
        """Return a person of the caller's organization.

        Raises:
            RoleNotAllowed: The caller does not administrate it.
            Unknown: There is no such person.
        """
        _ensure_admin(caller)
        return self._find(caller, user_id)

    def invite(self, caller: Caller, new: NewMember, request: Request) -> Member:
        """Invite a person; one whose invitation is open is invited again, with what is asked for now.

        A person whose access has ended, anywhere, or who let the invitation of another organization expire, is a new
        person here: the old identity is forgotten, and with it its password.

        One invitation of a first administrator is open at a time: the next one takes its place.

        Raises:
            RoleNotAllowed: The caller may not invite, or not to this organization.
            InvalidInput: The roles are none of the organization, or there is no such organization to invite to.
            OrganizationHasAdmin: Who is invited from outside is the first administrator, and there is one.
            EmailTaken: The address is of somebody who is at work, or of another organization.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: Others changed the same invitation.
        """
        organization = self._organization_to_invite_to(caller, new)
        ensure_roles_of(organization.kind, new.roles)
        if (answer := self._members.answered(request)) is not None:
            return answer
        if new.organization is not None:
            self._ensure_first_admin(caller, organization, new)
        at = self._now()
        invited = self._open_invitation(organization, new.email)
        if isinstance(invited, Member):
            # Before it is stored: an answer that is remembered would mail nothing any more.
            self._identities.mail_again(new.email)
            member = invited.invited_again(
                name=new.name,
                roles=new.roles,
                by=caller.user_id,
                at=at,
                is_from_outside=new.organization is not None,
            )
        else:
            member = Member(
                user_id=invited or self._new_identity(organization, new),
                organization_kind=organization.kind,
                organization_id=organization.organization_id,
                email=new.email,
                name=new.name,
                roles=new.roles,
                state=MemberState.INVITED,
                invited_at=at,
                invited_by=caller.user_id,
                is_from_outside=new.organization is not None,
                expires_at=at + INVITATION_LASTS,
            )
        try:
            self._members.invite(member, _invited(member, by=caller.user_id, at=at), request=request)
        except AlreadyAnswered:
            return self._members.answered(request) or member
        except StaleVersion as error:
            raise RequestInProgress from error
        return member

    def accept(self, caller: Caller) -> Member:
        """Let the caller into the organization that invited them; their next token has their roles.

        The only thing that a person without a role may do. Accepting again does what was interrupted, else nothing.
        An invitation from outside is for the first administrator: once there is one, it is taken back.

        Raises:
            Unknown: The caller has no invitation.
            InvitationExpired: It is too late.
            OrganizationHasAdmin: The invitation came from outside, and somebody administrates the organization.
            RequestInProgress: Others changed the same invitation.
        """
        at = self._now()
        member = self._members.find(caller.organization_kind, caller.organization_id, caller.user_id)
        if member is None:
            raise Unknown("invitation")
        if member.state is MemberState.INVITED and member.is_from_outside and self._has_admin(member):
            self._ended(member, by=caller.user_id)
            raise OrganizationHasAdmin
        if member.state is MemberState.ENDED:
            self._ended(member, by=caller.user_id)
            raise Unknown("invitation")
        if member.state is MemberState.INVITED:
            joins = self._guest(member)
            member = member.accepted(at)
            head = event_head(member, by=caller.user_id, at=at)
            joined = MemberJoined(**head, roles=tuple(sorted(member.roles)), is_first=joins is not None)
            self._save(member, joined, joins=joins)
        return self._settled(member, is_new=True)

    def change_roles(self, caller: Caller, user_id: str, roles: frozenset[Role], *, expected_version: int) -> Member:
        """Give a person other roles; whoever is signed in has to sign in again.

        Sending the same change again, with the version that it was made to, does what was interrupted.

        Raises:
            RoleNotAllowed: The caller does not administrate the organization.
            Unknown: There is no such person, or no more.
            InvalidInput: The roles are none of the organization.
            StaleVersion: Someone else changed the person first.
            LastAdmin: Nobody would administrate the organization.
            RequestInProgress: Others change administrators at this moment.
        """
        _ensure_admin(caller)
        ensure_roles_of(caller.organization_kind, roles)
        member = self._find(caller, user_id)
        if member.state is MemberState.ENDED:
            raise Unknown("member")
        is_sent_again = member.version == expected_version + 1 and member.roles == roles
        if not is_sent_again:
            ensure_version(member.version, expected=expected_version)
        if member.roles != roles:
            changed = member.with_roles(roles)
            staying = self._staying(member) if member.is_admin and not changed.is_admin else None
            head = event_head(changed, by=caller.user_id, at=self._now())
            self._save(changed, MemberRolesChanged(**head, roles=tuple(sorted(roles))), staying=staying)
            member = changed
        return self._settled(member)

    def invite_again(self, caller: Caller, user_id: str) -> Member:
        """Mail an invitation again, and let it last anew.

        Raises:
            RoleNotAllowed: The caller does not administrate the organization.
            Unknown: There is no such person.
            InvitationNotOpen: The person has accepted, or the invitation was taken back.
            EmailTaken: The invitation had expired, and another organization has invited the person since.
            RequestInProgress: Others changed the same invitation.
        """
        _ensure_admin(caller)
        member = self._find(caller, user_id)
        if member.state is not MemberState.INVITED:
            raise InvitationNotOpen(state=member.state)
        at = self._now()
        identity = self._identities.find(member.email)
        if identity is None or identity.user_id != member.user_id:
            raise EmailTaken
        self._identities.mail_again(member.email)
        again = member.invited_again(
            name=member.name, roles=member.roles, by=caller.user_id, at=at, is_from_outside=False
        )
        self._save(again, _invited(again, by=caller.user_id, at=at))
        return again

    def end(self, caller: Caller, user_id: str) -> Member:
        """Take an invitation back, or end a person's access: they can sign in no more.

        A token that was issued before stays good until it expires, an hour at most. Ending again does what was
        interrupted, else nothing.

        Raises:
            RoleNotAllowed: The caller does not administrate the organization.
            Unknown: There is no such person.
            LastAdmin: Nobody would administrate the organization.
            RequestInProgress: Others change the person or administrators at this moment.
        """
        _ensure_admin(caller)
        return self._ended(self._find(caller, user_id), by=caller.user_id)

    def _ended(self, member: Member, *, by: str) -> Member:
        if member.state is not MemberState.ENDED:
            at = self._now()
            ended = member.ended(by=by, at=at)
            staying = self._staying(member) if member.is_admin else None
            self._save(ended, MemberLeft(**event_head(ended, by=by, at=at)), staying=staying)
            member = ended
        return self._settled(member)

    def _find(self, caller: Caller, user_id: str) -> Member:
        member = self._members.find(caller.organization_kind, caller.organization_id, user_id)
        if member is None:
            raise Unknown("member")
        return member

    def _staying(self, leaving: Member) -> Member:
        everybody = self._members.of_organization(leaving.organization_kind, leaving.organization_id)
        return another_admin(everybody, leaving)

    def _save(
        self, member: Member, event: Event, *, staying: Member | None = None, joins: Practice | None = None
    ) -> None:
        try:
            self._members.save(member, event, staying=staying, joins=joins)
        except StaleVersion as error:
            raise RequestInProgress from error

    def _settled(self, member: Member, *, is_new: bool = False) -> Member:
        """Tell the identity provider what stands of a member, until that is what stands, and return it.

        Args:
            member: As it was read or stored.
            is_new: Whether it is the person themselves who got their first roles: they stay signed in.
        """
        while not member.is_settled:
            if member.state is MemberState.ENDED:
                self._identities.disable(member.user_id)
            else:
                self._identities.set_roles(member.user_id, member.roles)
            if not is_new:
                self._identities.sign_out(member.user_id)
            stored = self._members.find(member.organization_kind, member.organization_id, member.user_id)
            if stored is None or stored.version == member.version:
                self._members.settle(member)
                return replace(member, is_settled=True)
            # Another told their change before this one was: it is to be told again, also where it is settled.
            member, is_new = replace(stored, is_settled=False), False
        return member

    def _has_admin(self, member: Member) -> bool:
        return any(
            each.is_admin for each in self._members.of_organization(member.organization_kind, member.organization_id)
        )

    def _guest(self, member: Member) -> Practice | None:
        """Return the member's practice where it was entered by a lab and has not joined."""
        if member.organization_kind is not OrganizationKind.PRACTICE:
            return None
        practice = self._organizations.practice(member.organization_id)
        return practice if practice is not None and practice.is_guest else None

    def _organization_to_invite_to(self, caller: Caller, new: NewMember) -> OrganizationName:
        named = new.organization
        if named is None:
            _ensure_admin(caller)
            return OrganizationName(kind=caller.organization_kind, organization_id=caller.organization_id)
        outsiders = frozenset({Role.PLATFORM_ADMIN, Role.LAB_ADMIN})
        if ADMIN_OF[caller.organization_kind] not in caller.roles & outsiders:
            raise RoleNotAllowed(outsiders)
        found: Practice | Lab | CareTeam | None = None
        if named.kind is OrganizationKind.PRACTICE:
            found = self._organizations.practice(named.organization_id)
            if caller.organization_kind is OrganizationKind.LAB and (
                found is None or found.registered_by != caller.organization_id
            ):
                raise InvalidInput(
                    FieldError("/organization/organization_id", "Your lab has entered no such practice.")
                )
        elif named.kind is OrganizationKind.LAB and caller.organization_kind is OrganizationKind.PLATFORM:
            found = self._organizations.lab(named.organization_id)
        elif named.kind is OrganizationKind.CARE_TEAM and caller.organization_kind is OrganizationKind.PLATFORM:
            found = self._care_teams.care_team(named.organization_id)
        if found is None:
            raise InvalidInput(FieldError("/organization/organization_id", "There is no such organization."))
        return named

    def _ensure_first_admin(self, caller: Caller, organization: OrganizationName, new: NewMember) -> None:
        admin = ADMIN_OF[organization.kind]
        if admin not in new.roles:
            raise InvalidInput(FieldError("/roles", f"The first person of an organization has the role {admin}."))
        everybody = self._members.of_organization(organization.kind, organization.organization_id)
        if any(each.is_admin for each in everybody):
            raise OrganizationHasAdmin
        for each in everybody:
            if each.is_from_outside and each.state is not MemberState.ACTIVE and each.email != new.email:
                self._ended(each, by=caller.user_id)

    def _open_invitation(self, organization: OrganizationName, email: str) -> Member | str | None:
        """Return the member whose invitation is open, or the id that an interrupted invitation left, or nothing."""
        identity = self._identities.find(email)
        if identity is None:
            return None
        member = None
        if identity.organization_kind is not None and identity.organization_id is not None:
            member = self._members.find(identity.organization_kind, identity.organization_id, identity.user_id)
        is_of_here = (identity.organization_kind, identity.organization_id) == (
            organization.kind,
            organization.organization_id,
        )
        if member is not None and (
            member.state is MemberState.ENDED or (member.is_expired(self._now()) and not is_of_here)
        ):
            self._identities.delete(identity.user_id)
            return None
        if not is_of_here or not identity.is_enabled:
            raise EmailTaken
        if member is None and not identity.roles:
            return identity.user_id
        if member is None or member.state is not MemberState.INVITED:
            raise EmailTaken
        return member

    def _new_identity(self, organization: OrganizationName, new: NewMember) -> str:
        return self._identities.create(
            email=new.email, name=new.name, organization=(organization.kind, organization.organization_id)
        )


def _ensure_admin(caller: Caller) -> None:
    # Of this kind: a role of another kind of organization opens nothing.
    caller.ensure_any_of(frozenset({ADMIN_OF[caller.organization_kind]}))


def _invited(member: Member, *, by: str, at: datetime) -> MemberInvited:
    return MemberInvited(**event_head(member, by=by, at=at), roles=tuple(sorted(member.roles)))
