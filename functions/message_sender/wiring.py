"""What the function is made of."""

from dataclasses import dataclass
from functools import partial

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.mails import SesMails
from bitewing.aws.queue import Queue
from bitewing.aws.secret import secret_value
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.aws.texts import SnsTexts
from bitewing.case_days.store import TableCaseDays
from bitewing.kernel.addresses import inbox_link
from bitewing.kernel.wire import NO_NUMBER
from bitewing.notifications.asking import AskingService
from bitewing.notifications.desk_store import TableDesk
from bitewing.notifications.gathering import GatheringPolicy
from bitewing.notifications.mail import as_mime
from bitewing.notifications.marks_store import TableMarks
from bitewing.notifications.profiles_store import TableProfiles
from bitewing.notifications.questions_store import TableNumbers
from bitewing.notifications.queues import QueuedDue
from bitewing.notifications.sending import Providers, SendingService
from bitewing.notifications.subjects_store import TableSubjects
from bitewing.notifications.templates_store import TableTemplates
from bitewing.notifications.unsubscribing import UnsubscribeLinks


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    message_queue_url: str
    mail_sender: str
    mail_configuration_set: str
    text_origination_number: str
    web_origin: str
    most_a_day: str
    unsubscribe_secret_arn: str
    api_origin: str


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
number = settings.text_origination_number
providers = Providers(
    mailer=SesMails(create_client("sesv2"), settings.mail_sender, configuration_set=settings.mail_configuration_set),
    texter=SnsTexts(create_client("sns"), origination_number="" if number == NO_NUMBER else number),
    write=partial(as_mime, sender=settings.mail_sender),
    unsubscribing=UnsubscribeLinks(secret_value(settings.unsubscribe_secret_arn), api_origin=settings.api_origin),
    questions=AskingService(TableNumbers(table), TableCaseDays(table, now=now), now=now),
)
sending = SendingService(
    TableDesk(table),
    QueuedDue(Queue(create_client("sqs"), settings.message_queue_url), now=now),
    TableSubjects(table, web_origin=settings.web_origin, now=now),
    TableTemplates(table, now=now),
    profiles=TableProfiles(table),
    marks=TableMarks(table),
    providers=providers,
    policy=GatheringPolicy(most_a_day=int(settings.most_a_day)),
    inbox_link=inbox_link(settings.web_origin),
    now=now,
)
