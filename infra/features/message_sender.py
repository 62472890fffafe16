"""``message_sender``: sends e-mails and text messages when they are due."""

from aws_cdk import Duration
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Messaging, QueueFunction, WorkQueue
from infra.constructs.grants import allow_mails, allow_secret, allow_table, allow_texts
from infra.data_stack import DataStack

#: Five messages of which each is answered at the last moment; a claim lasts longer than this.
TIMEOUT_SECONDS = 75
BATCH_SIZE = 5
#: SES lets an account send 14 mails a second unless it asked for more; one takes a tenth of a second.
MAX_CONCURRENCY = 3


def build(scope: Construct, data: DataStack, messaging: Messaging) -> tuple[QueueFunction, WorkQueue]:
    """Create the function behind its queue, into which it puts back what is not due yet and what is tried again."""
    environment = data.house.environment
    due = WorkQueue(
        scope,
        "MessagesDue",
        timeout_seconds=TIMEOUT_SECONDS,
        key=messaging.key,
        max_delay=Duration.seconds(wire.WEBHOOK_HOP_SECONDS),
        runbook="messages",
    )
    function = QueueFunction(
        scope,
        data.house,
        name="message_sender",
        settings={
            "TABLE_NAME": data.table.table_name,
            "MESSAGE_QUEUE_URL": due.queue.queue_url,
            "MAIL_SENDER": f"Bitewing <no-reply@{environment.mail_domain}>",
            "MAIL_CONFIGURATION_SET": environment.mail_configuration_set,
            "TEXT_ORIGINATION_NUMBER": environment.text_number or wire.NO_NUMBER,
            "WEB_ORIGIN": environment.web_origins[0],
            "MOST_A_DAY": str(environment.most_a_day),
            "UNSUBSCRIBE_SECRET_ARN": data.unsubscribe_secret.secret_arn,
            "API_ORIGIN": environment.api_origin,
        },
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Sends e-mails and text messages when they are due, each once",
        # A night of waiting is some forty quarters of an hour.
        may_call_itself=True,
    )
    actions = ["BatchGetItem", "GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"]
    allow_table(function, data.table, data.data_key, actions)
    allow_secret(function, data.unsubscribe_secret, data.data_key)
    allow_mails(function, environment)
    allow_texts(function)
    due.take_messages_from(function)
    due.feed(function, batch_size=BATCH_SIZE)
    return function, due
