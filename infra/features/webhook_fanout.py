"""``webhook_fanout``: makes a delivery of each event for each webhook that hears it."""

from aws_cdk import aws_events as events
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction, WorkQueue
from infra.constructs.grants import allow_table
from infra.data_stack import DataStack

MAX_CONCURRENCY = 5


def build(scope: Construct, data: DataStack, messaging: Messaging, *, attempts: WorkQueue) -> Consumer:
    """Create the function behind its queue."""
    function = QueueFunction(
        scope,
        data.house,
        name="webhook_fanout",
        settings={"TABLE_NAME": data.table.table_name, "WEBHOOK_QUEUE_URL": attempts.queue.queue_url},
        reserved_concurrency=MAX_CONCURRENCY,
        description="Makes deliveries of events for the webhooks of labs",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "Query", "PutItem"])
    attempts.take_messages_from(function)
    return Consumer(
        scope,
        "EventsForWebhooks",
        messaging,
        pattern=events.EventPattern(source=[*wire.WEBHOOK_SOURCES], detail_type=[*wire.WEBHOOK_EVENTS]),
        function=function,
    )
