"""``mailer``: tells practices by mail what happened to their cases."""

from aws_cdk import aws_events as events
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction
from infra.constructs.grants import allow_mails, allow_table
from infra.data_stack import DataStack

#: Five mails of which each is answered at the last moment; a claim lasts longer than this.
TIMEOUT_SECONDS = 75
BATCH_SIZE = 5
#: SES lets an account send 14 mails a second unless it asked for more; one takes a tenth of a second.
MAX_CONCURRENCY = 2


def build(scope: Construct, data: DataStack, messaging: Messaging) -> Consumer:
    """Create the function behind its queue. It sends from the domain of its environment, and from no other."""
    environment = data.house.environment
    function = QueueFunction(
        scope,
        data.house,
        name="mailer",
        settings={
            "TABLE_NAME": data.table.table_name,
            "MAIL_SENDER": f"Bitewing <no-reply@{environment.mail_domain}>",
            "MAIL_CONFIGURATION_SET": environment.mail_configuration_set,
            "WEB_ORIGIN": environment.web_origins[0],
        },
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Mails to practices what was sent, what is asked of them and when sessions are",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "UpdateItem"])
    allow_mails(function, environment)
    return Consumer(
        scope,
        "EventsToMail",
        messaging,
        pattern=events.EventPattern(source=[*wire.MAIL_SOURCES], detail_type=[*wire.MAIL_EVENTS]),
        function=function,
        batch_size=BATCH_SIZE,
    )
