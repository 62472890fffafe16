"""What the function is made of."""

from dataclasses import dataclass

from bitewing.aws.client import create_client
from bitewing.aws.clock import now
from bitewing.aws.mails import SesMails
from bitewing.aws.settings import read_settings
from bitewing.aws.table import Table
from bitewing.cases.store import TableCases
from bitewing.directory.store import TableDirectory
from bitewing.mails.service import MailService
from bitewing.mails.store import TableClaims
from bitewing.planning.store import TablePlanning


@dataclass(frozen=True)
class Settings:
    """The function's environment."""

    table_name: str
    mail_sender: str
    mail_configuration_set: str
    web_origin: str


@dataclass(frozen=True)
class Mails:
    """Mails that are either taken or refused."""

    ses: SesMails

    def send(self, *, to: str, content: bytes) -> str | None:
        """Hand a mail over to be delivered; return the code with which it is refused for good."""
        return self.ses.send(to=to, content=content, tags={}).refused_with


settings = read_settings(Settings)
table = Table(create_client("dynamodb"), settings.table_name)
mails = MailService(
    Mails(SesMails(create_client("sesv2"), settings.mail_sender, configuration_set=settings.mail_configuration_set)),
    TableClaims(table),
    TableCases(table, now=now),
    TableDirectory(table),
    TablePlanning(table, now=now),
    sender=settings.mail_sender,
    web_origin=settings.web_origin,
    now=now,
)
