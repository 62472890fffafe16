"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.scheduling.availabilities import AvailabilityService
from bitewing.scheduling.periods import PeriodService
from bitewing.scheduling.requests import RequestService
from bitewing.scheduling.store import TableAvailabilities, TablePeriods, TablePlaces, TableRequests


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    cursor_secret_arn: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
stored_periods, places = TablePeriods(table, now=now), TablePlaces(table)
periods = PeriodService(stored_periods, places, now=now)
availabilities = AvailabilityService(TableAvailabilities(table), stored_periods, places, now=now)
requests = RequestService(TableRequests(table, now=now), stored_periods, places, now=now)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
