"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.care_teams.clinicians import ClinicianService
from bitewing.care_teams.service import CarePreferenceService, CareTeamService
from bitewing.care_teams.sites import SiteService
from bitewing.care_teams.store import TableCareTeams, TableClinicians, TablePreferred, TableSites


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    cursor_secret_arn: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
_care_teams, _clinicians = TableCareTeams(table, now=now), TableClinicians(table, now=now)
care_teams = CareTeamService(_care_teams, _clinicians, now=now)
clinicians = ClinicianService(_clinicians, _care_teams, now=now)
sites = SiteService(TableSites(table, now=now), now=now)
preferences = CarePreferenceService(TablePreferred(table), _care_teams, _clinicians, now=now)
