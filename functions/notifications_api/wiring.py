"""What the function is made of."""

from dataclasses import dataclass
from functools import partial

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.cursors import Cursors
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.care_teams.store import stored_practices
from bitewing.notifications.deliveries import DeliveriesService
from bitewing.notifications.dry_run import DryRunService
from bitewing.notifications.gathering import GatheringPolicy
from bitewing.notifications.marks_store import TableMarks
from bitewing.notifications.messages_store import TableMessageLog
from bitewing.notifications.profiles_store import TableProfiles
from bitewing.notifications.rules_service import RulesService
from bitewing.notifications.rules_store import TableRules
from bitewing.notifications.surroundings_store import TableSurroundings
from bitewing.notifications.templates_service import TemplatesService
from bitewing.notifications.templates_store import TableTemplates


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    cursor_secret_arn: str
    usual_seconds: str
    gathered_seconds: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
cursors = Cursors(secret_value(settings.cursor_secret_arn))
changed_rules = TableRules(table, now=now)
rules = RulesService(changed_rules, now=now)
templates = TemplatesService(TableTemplates(table, now=now), now=now)
dry_runs = DryRunService(
    changed_rules,
    TableSurroundings(table),
    TableProfiles(table),
    partial(stored_practices, table),
    policy=GatheringPolicy(usual_seconds=int(settings.usual_seconds), gathered_seconds=int(settings.gathered_seconds)),
    now=now,
)
deliveries = DeliveriesService(TableMessageLog(table), TableMarks(table))
