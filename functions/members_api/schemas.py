"""The bodies of the members API."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from bitewing.aws.bodies import Body, Code, Email, Name, View
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.machines.bodies import shown, shown_once
from bitewing.machines.machine import Machine, Scope
from bitewing.machines.service import EnteredMachine
from bitewing.members.member import Member, MemberState
from bitewing.members.service import NewMember, OrganizationName
from pydantic import Field

Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class OrganizationBody(Body):
    """Which practice, lab or care team."""

    kind: Literal["practice", "lab", "care_team"]
    organization_id: Code

    def read(self) -> OrganizationName:
        """Return which organization it is."""
        return OrganizationName(kind=OrganizationKind(self.kind), organization_id=self.organization_id)


class NewMemberBody(Body):
    """Whom to invite.

    Only the platform names an `organization`, to invite the first administrator of any, and a lab, to invite the
    first administrator of a practice that it has entered.
    """

    email: Email
    name: Name
    roles: Roles
    organization: OrganizationBody | None = None

    def read(self) -> NewMember:
        """Return whom to invite."""
        return NewMember(
            email=self.email,
            name=self.name,
            roles=frozenset(self.roles),
            organization=self.organization.read() if self.organization else None,
        )


class RolesBody(Body):
    """What a person may do from now on."""

    roles: Roles


class MemberView(View):
    """A person of an organization.

    `is_settled` is false where a change is decided and not yet in effect, because something failed in between: the
    same request, sent again, puts it into effect.
    """

    user_id: str
    organization_kind: OrganizationKind
    organization_id: str
    email: str
    name: str
    roles: list[Role]
    state: MemberState
    version: int
    is_settled: bool
    invited_at: datetime
    invited_by: str
    expires_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, member: Member) -> "MemberView":
        """Return a person as the API shows them."""
        return cls(
            user_id=member.user_id,
            organization_kind=member.organization_kind,
            organization_id=member.organization_id,
            email=member.email,
            name=member.name,
            roles=sorted(member.roles),
            state=member.state,
            version=member.version,
            is_settled=member.is_settled,
            invited_at=member.invited_at,
            invited_by=member.invited_by,
            expires_at=member.expires_at,
            accepted_at=member.accepted_at,
            ended_at=member.ended_at,
        )


class MembersView(View):
    """The people of an organization, by name."""

    members: list[MemberView]


class SystemScope(StrEnum):
    """One thing that a lab lets its software do."""

    READ_CASES = Scope.READ_CASES.value
    READ_FILES = Scope.READ_FILES.value
    WRITE_CASES = Scope.WRITE_CASES.value


class NewLabSystemBody(Body):
    """Software of the lab, by what the lab calls it, and what it may do."""

    name: Name
    scopes: Annotated[
        list[SystemScope],
        Field(
            min_length=1,
            max_length=len(SystemScope),
            description="`cases:read`: lists, cases, prescriptions; `files:read`: files and downloads; `cases:write`:"
            " moves. They never change: enter another system, and revoke this one.",
        ),
    ]

    def read_scopes(self) -> frozenset[Scope]:
        """Return what it may do."""
        return frozenset(map(Scope, self.scopes))


class LabSystemView(View):
    """Software of the lab; `last_used_on` is a day in UTC."""

    system_id: str
    name: str
    scopes: list[SystemScope]
    created_at: datetime
    created_by: str
    last_used_on: date | None
    revoked_at: datetime | None
    revoked_by: str | None

    @classmethod
    def of(cls, system: Machine) -> "LabSystemView":
        """Return a system as the API shows it."""
        scopes = [scope for scope in SystemScope if Scope(scope) in system.scopes]
        return cls(system_id=system.machine_id, scopes=scopes, **shown(system))


class EnteredLabSystemView(LabSystemView):
    """A new system with its credential.

    The credential is shown once and kept nowhere: it is null where the same request is answered again. Whoever lost
    it revokes the system and enters it anew.
    """

    credential: str | None

    @classmethod
    def of_entered(cls, entered: EnteredMachine) -> "EnteredLabSystemView":
        """Return a new system as the API shows it."""
        return cls(**dict(LabSystemView.of(entered.machine)), credential=shown_once(entered))


class LabSystemsView(View):
    """The systems of the lab."""

    systems: list[LabSystemView]
