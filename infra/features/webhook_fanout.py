"""``webhook_fanout``: makes a delivery of each event for each webhook that hears it."""

from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, WorkQueue
from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack

TIMEOUT_SECONDS = 30
MAX_CONCURRENCY = 5


def build(
    scope: Construct, data: DataStack, *, bus: events.EventBus, attempts: WorkQueue, message_key: kms.IKey
) -> tuple[PythonFunction, Consumer]:
    """Create the function behind its queue."""
    function = PythonFunction(
        scope,
        data.house,
        name="webhook_fanout",
        trigger="queue",
        settings={"TABLE_NAME": data.table.table_name, "WEBHOOK_QUEUE_URL": attempts.queue.queue_url},
        memory_mb=512,
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Makes deliveries of events for the webhooks of labs",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "Query", "PutItem"])
    attempts.take_messages_from(function)
    consumer = Consumer(
        scope,
        "EventsForWebhooks",
        bus=bus,
        pattern=events.EventPattern(source=[*wire.WEBHOOK_SOURCES], detail_type=[*wire.WEBHOOK_EVENTS]),
        function=function,
        timeout_seconds=TIMEOUT_SECONDS,
        key=message_key,
        max_concurrency=MAX_CONCURRENCY,
    )
    return function, consumer
