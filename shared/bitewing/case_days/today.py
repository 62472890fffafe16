"""What day it is for whoever asks for Case Days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bitewing.care_teams.care_team import CareTeam
from bitewing.case_days.access import day_party_of
from bitewing.case_days.ports import Roster
from bitewing.case_days.status import DayParty
from bitewing.directory.organization import Practice
from bitewing.kernel.caller import Caller


def today_of(caller: Caller, roster: Roster, *, now: datetime) -> date:
    """Return the date in the time zone of the caller's care team or practice, in one request; UTC where it says none.

    Raises:
        RoleNotAllowed: The caller works in no practice and no care team.
    """
    of_practice = day_party_of(caller) is DayParty.PRACTICE
    find = roster.practice if of_practice else roster.care_team
    organization: Practice | CareTeam | None = find(caller.organization_id)
    return now.astimezone(ZoneInfo(organization.time_zone if organization else "UTC")).date()
