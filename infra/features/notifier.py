"""``notifier``: tells people of every event and of reminders."""

from aws_cdk import aws_events as events
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction, WorkQueue
from infra.constructs.grants import allow_table
from infra.data_stack import DataStack

#: A fact can have more than a thousand readers, each with a read and a transaction of their own; one that ends before
#: the last of them goes on when it comes again.
TIMEOUT_SECONDS = 60
BATCH_SIZE = 5
MAX_CONCURRENCY = 5


def build(scope: Construct, data: DataStack, messaging: Messaging, *, messages: WorkQueue) -> Consumer:
    """Create the function behind its queue, into which whoever reminds people puts reminders beside all events.

    Args:
        scope: The stack.
        data: What is kept.
        messaging: Where the events are.
        messages: The queue of whoever sends messages.
    """
    environment = data.house.environment
    function = QueueFunction(
        scope,
        data.house,
        name="notifier",
        settings={
            "TABLE_NAME": data.table.table_name,
            "MESSAGE_QUEUE_URL": messages.queue.queue_url,
            "WEB_ORIGIN": environment.web_origins[0],
            "USUAL_SECONDS": str(environment.usual_seconds),
            "GATHERED_SECONDS": str(environment.gathered_seconds),
        },
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Tells people of every event and of reminders, each once",
    )
    actions = ["BatchGetItem", "GetItem", "Query", "PutItem", "UpdateItem"]
    allow_table(function, data.table, data.data_key, actions)
    messages.take_messages_from(function)
    return Consumer(
        scope,
        "FactsToTell",
        messaging,
        # Also of what nobody knows yet: that no rule tells of it is to be seen.
        pattern=events.EventPattern(source=events.Match.prefix(wire.EVERY_SOURCE)),
        function=function,
        batch_size=BATCH_SIZE,
        runbook="messages",
    )
