"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.queue import Queue
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.notifications.desk_store import TableDesk
from bitewing.notifications.gathering import GatheringPolicy
from bitewing.notifications.profiles_store import TableProfiles
from bitewing.notifications.queues import QueuedDue
from bitewing.notifications.rules_store import TableRules
from bitewing.notifications.subjects_store import TableSubjects
from bitewing.notifications.surroundings_store import TableSurroundings
from bitewing.notifications.telling import TellingService


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    message_queue_url: str
    web_origin: str
    usual_seconds: str
    gathered_seconds: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
telling = TellingService(
    TableRules(table, now=now),
    TableSurroundings(table),
    TableSubjects(table, web_origin=settings.web_origin, now=now),
    TableProfiles(table),
    desk=TableDesk(table),
    queue=QueuedDue(Queue(create_client("sqs"), settings.message_queue_url), now=now),
    policy=GatheringPolicy(usual_seconds=int(settings.usual_seconds), gathered_seconds=int(settings.gathered_seconds)),
    now=now,
)
