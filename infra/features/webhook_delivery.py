"""``webhook_delivery``: calls the webhooks of labs, and tries again what did not get there."""

from aws_cdk import Duration
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Messaging, QueueFunction, WorkQueue
from infra.constructs.grants import allow_table
from infra.data_stack import DataStack

#: A call takes 10 seconds at most; reading, claiming and storing takes what is left.
TIMEOUT_SECONDS = 30
#: Each of them can wait for one slow receiver.
MAX_CONCURRENCY = 20


def build(scope: Construct, data: DataStack, messaging: Messaging) -> tuple[QueueFunction, WorkQueue]:
    """Create the function behind its queue, into which it puts back what is not due yet and what is tried again."""
    attempts = WorkQueue(
        scope,
        "WebhookAttempts",
        timeout_seconds=TIMEOUT_SECONDS,
        key=messaging.key,
        max_delay=Duration.seconds(wire.WEBHOOK_HOP_SECONDS),
        runbook="webhooks",
    )
    function = QueueFunction(
        scope,
        data.house,
        name="webhook_delivery",
        settings={
            "TABLE_NAME": data.table.table_name,
            "WEBHOOK_QUEUE_URL": attempts.queue.queue_url,
            "WEBHOOK_TARGETS": data.house.environment.webhook_targets,
        },
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Calls the webhooks of labs, and tries again what did not get there",
        # A day of waiting is ninety-six quarters of an hour.
        may_call_itself=True,
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "PutItem", "UpdateItem"])
    attempts.take_messages_from(function)
    # One at a time: a slow receiver keeps nothing else of its batch waiting.
    attempts.feed(function, batch_size=1)
    return function, attempts
