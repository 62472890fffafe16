"""The sample care team: its manager, its nurse, somebody who was invited, and the site that they go to."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bitewing.aws.table import Table
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.store import TableCareTeams
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.members.member import INVITATION_LASTS, Member, MemberState
from bitewing.members.store import TableMembers

from local.seed import BRIGHT_VANS, DANA, MAPLE_SITE, MAX, nurse

MAX_ID: Final = "7e5a9c10-6b4d-4e8f-9a2b-1c3d5e7f9a03"
DANA_ID: Final = "7e5a9c10-6b4d-4e8f-9a2b-1c3d5e7f9a04"
#: Invited, and not entered as a clinician yet.
SAM_ID: Final = "7e5a9c10-6b4d-4e8f-9a2b-1c3d5e7f9a05"
NURSE: Final[Clinician] = nurse(DANA_ID)


def members_of_care_team(at: datetime) -> tuple[Member, ...]:
    """Return the people of the care team as they stand at a moment."""
    invited_at = at - timedelta(days=2)
    manager = Member(
        user_id=MAX_ID,
        organization_kind=OrganizationKind.CARE_TEAM,
        organization_id=BRIGHT_VANS.care_team_id,
        email=MAX.email,
        name=MAX.name,
        roles=frozenset({Role.MANAGER}),
        state=MemberState.ACTIVE,
        invited_at=invited_at,
        invited_by=MAX_ID,
        expires_at=None,
        version=2,
        accepted_at=invited_at,
    )
    clinician = replace(manager, user_id=DANA_ID, email=DANA.email, name=DANA.name, roles=frozenset({Role.CLINICIAN}))
    invited = replace(
        clinician,
        user_id=SAM_ID,
        email="sam@bright-vans.example",
        name="Sam Ortiz",
        state=MemberState.INVITED,
        expires_at=invited_at + INVITATION_LASTS,
        version=1,
        accepted_at=None,
    )
    return manager, clinician, invited


def store_care_teams(table: Table, *, at: datetime) -> None:
    """Store the care team with its people, and the site of the first practice."""
    TableMembers(table, now=lambda: at).put(*members_of_care_team(at))
    TableCareTeams(table, now=lambda: at).put(BRIGHT_VANS, NURSE, MAPLE_SITE)
