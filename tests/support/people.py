"""The ports of members, kept in memory: the same promises as the table and the user pool."""

from dataclasses import dataclass, field, replace
from typing import Any

from bitewing.care_teams.care_team import CareTeam
from bitewing.directory.organization import Practice
from bitewing.kernel.caller import AlreadyAnswered, Caller, OrganizationKind, Request, Role
from bitewing.kernel.errors import EmailTaken, IdempotencyKeyReused, StaleVersion
from bitewing.kernel.events import Event
from bitewing.kernel.identity import Identity
from bitewing.members.member import ADMIN_OF, Member
from bitewing.members.service import MemberService, NewMember

from tests.support.builders import PRACTICE_ID, a_lab, a_practice
from tests.support.callers import a_caller, a_request
from tests.support.clock import Clock
from tests.support.in_memory import InMemoryDirectory


class InMemoryMembers:
    """The port ``Members``."""

    def __init__(self, directory: InMemoryDirectory | None = None) -> None:
        self.directory = directory or InMemoryDirectory()
        self.members: dict[tuple[str, str, str], Member] = {}
        self.events: list[Event] = []
        self.answers: dict[tuple[str, str], tuple[str, Member]] = {}

    def put(self, *members: Member) -> None:
        for member in members:
            self.members[_key(member)] = member

    def answered(self, request: Request) -> Member | None:
        fingerprint, member = self.answers.get((request.caller, request.key), (request.fingerprint, None))
        if fingerprint != request.fingerprint:
            raise IdempotencyKeyReused
        return member

    def find(self, kind: OrganizationKind, organization_id: str, user_id: str) -> Member | None:
        return self.members.get((kind, organization_id, user_id))

    def of_organization(self, kind: OrganizationKind, organization_id: str) -> tuple[Member, ...]:
        return tuple(self.members[key] for key in sorted(self.members) if key[:2] == (kind, organization_id))

    def invite(self, member: Member, event: Event, *, request: Request) -> None:
        if (request.caller, request.key) in self.answers:
            raise AlreadyAnswered
        self._change(member, event)
        self.answers[request.caller, request.key] = (request.fingerprint, member)

    def save(
        self, member: Member, event: Event, *, staying: Member | None = None, joins: Practice | None = None
    ) -> None:
        if staying is not None and self.members[_key(staying)].version != staying.version:
            raise StaleVersion(expected=staying.version, actual=self.members[_key(staying)].version)
        practice = self.directory.practices[joins.practice_id] if joins is not None else None
        if practice is not None and joins is not None and practice.registered_by != joins.registered_by:
            raise StaleVersion(expected=member.version - 1, actual=member.version - 1)
        self._change(member, event)
        if practice is not None:
            self.directory.put(replace(practice, registered_by=None, version=practice.version + 1))

    def settle(self, member: Member) -> None:
        stored = self.members[_key(member)]
        if stored.version == member.version:
            self.members[_key(member)] = replace(stored, is_settled=True)

    def _change(self, member: Member, event: Event) -> None:
        stored = self.members.get(_key(member))
        if (stored.version if stored else 0) != member.version - 1:
            raise StaleVersion(expected=member.version - 1, actual=stored.version if stored else 0)
        self.members[_key(member)] = member
        self.events.append(event)


def _key(member: Member) -> tuple[str, str, str]:
    return member.organization_kind, member.organization_id, member.user_id


@dataclass
class InMemoryIdentities:
    """The port ``Identities``.

    Attributes:
        mails: Addresses to which a temporary password was mailed.
        signed_in: Who has signed in, by id.
        own_password: Who has chosen a password of their own, by id.
    """

    people: dict[str, Identity] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    signed_in: set[str] = field(default_factory=set)
    own_password: set[str] = field(default_factory=set)

    def find(self, email: str) -> Identity | None:
        return self.people.get(self.emails.get(email, ""))

    def create(self, *, email: str, name: str, organization: tuple[OrganizationKind, str]) -> str:
        if email in self.emails:
            raise EmailTaken
        user_id = f"user-{len(self.mails) + 1}-{email}"
        self.emails[email] = user_id
        self.people[user_id] = Identity(
            user_id=user_id,
            organization_kind=organization[0],
            organization_id=organization[1],
            roles=frozenset(),
            is_enabled=True,
        )
        self.names[user_id] = name
        self.mails.append(email)
        return user_id

    def mail_again(self, email: str) -> None:
        if self.emails[email] not in self.own_password:
            self.mails.append(email)

    def set_roles(self, user_id: str, roles: frozenset[Role]) -> None:
        self._change(user_id, roles=roles)

    def sign_out(self, user_id: str) -> None:
        self.signed_in.discard(user_id)

    def disable(self, user_id: str) -> None:
        if user_id in self.people:
            self._change(user_id, is_enabled=False)

    def delete(self, user_id: str) -> None:
        self.people.pop(user_id, None)
        self.emails = {email: each for email, each in self.emails.items() if each != user_id}
        self.own_password.discard(user_id)

    def _change(self, user_id: str, **changes: Any) -> None:
        self.people[user_id] = replace(self.people[user_id], **changes)


ANA = NewMember(email="ana@practice.example", name="Ana Lima", roles=frozenset({Role.PRACTICE_STAFF}))


@dataclass
class KnownCareTeams:
    """The port of that name."""

    known: dict[str, CareTeam] = field(default_factory=dict)

    def care_team(self, care_team_id: str) -> CareTeam | None:
        return self.known.get(care_team_id)


class People:
    """The members of organizations over stores in memory, with a practice that has an administrator, and a lab."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.directory = InMemoryDirectory()
        self.directory.put(a_practice(), a_lab())
        self.care_teams = KnownCareTeams()
        self.members: Any = InMemoryMembers(self.directory)
        self.identities: Any = InMemoryIdentities()
        self.olga = self.works("olga@practice.example", Role.PRACTICE_ADMIN)

    @property
    def service(self) -> MemberService:
        return MemberService(self.members, self.identities, self.directory, self.care_teams, now=self.clock)

    def works(
        self,
        email: str,
        *roles: Role,
        kind: OrganizationKind = OrganizationKind.PRACTICE,
        organization_id: str = PRACTICE_ID,
    ) -> Caller:
        """Let somebody be at work, invited by whoever set the organization up."""
        whoever = a_caller(organization_id, kind, ADMIN_OF[kind], user_id="whoever")
        return self.accepts(self.invites(NewMember(email=email, name=email, roles=frozenset(roles)), email, whoever))

    def invites(self, new: NewMember = ANA, key: str = "key", by: Caller | None = None) -> Member:
        who = by or self.olga
        return self.service.invite(who, new, a_request(key, str(new), caller=who.user_id))

    def accepts(self, member: Member) -> Caller:
        """The member accepts; gives what their next token says."""
        self.service.accept(self.token_of(member.user_id))
        self.identities.own_password.add(member.user_id)
        self.identities.signed_in.add(member.user_id)
        return self.token_of(member.user_id)

    def token_of(self, user_id: str) -> Caller:
        """What a new token of a person says."""
        identity = self.identities.people[user_id]
        return Caller(
            user_id=user_id,
            organization_id=identity.organization_id,
            organization_kind=identity.organization_kind,
            roles=identity.roles,
        )

    def member(self, user_id: str) -> Member:
        found: Member
        (found,) = (each for each in self.members.members.values() if each.user_id == user_id)
        return found

    def told(self) -> list[str]:
        """Names of what was announced after the first administrator came."""
        return [type(event).__name__ for event in self.members.events[2:]]
