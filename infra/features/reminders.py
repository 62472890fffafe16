"""``reminders``: reminds people of cases that wait, once a day in shards."""

from aws_cdk import Duration
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Messaging, QueueFunction, WorkQueue
from infra.constructs.daily_schedules import DailySchedules
from infra.constructs.grants import allow_table
from infra.data_stack import DataStack

#: A shard of a hundred thousand cases takes a minute; it is tried again from its beginning.
TIMEOUT_SECONDS = 300
#: Shards that are swept at the same time.
MAX_CONCURRENCY = 2


def build(
    scope: Construct, data: DataStack, messaging: Messaging, *, facts: WorkQueue
) -> tuple[QueueFunction, WorkQueue]:
    """Create the function behind its queue, and the schedules that fill it.

    Args:
        scope: The stack.
        data: What is kept.
        messaging: Where the events are.
        facts: The queue of whoever tells people of facts.
    """
    sweeps = WorkQueue(
        scope,
        "Sweeps",
        timeout_seconds=TIMEOUT_SECONDS,
        key=messaging.key,
        # All shards come at once, and wait for those before them.
        max_delay=Duration.seconds(TIMEOUT_SECONDS * wire.REMINDER_SHARDS // MAX_CONCURRENCY),
        runbook="reminders",
    )
    function = QueueFunction(
        scope,
        data.house,
        name="reminders",
        settings={"TABLE_NAME": data.table.table_name, "FACT_QUEUE_URL": facts.queue.queue_url},
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Reminds people of cases that wait, once a day",
    )
    allow_table(
        function,
        data.table,
        data.data_key,
        ["BatchGetItem", "GetItem", "Query", "PutItem"],
        indexes=[wire.REMINDERS_INDEX],
    )
    facts.take_messages_from(function)
    sweeps.feed(function, batch_size=1)
    schedules = DailySchedules(
        scope,
        "DailySweeps",
        environment=data.house.environment,
        name="reminders",
        queue=sweeps,
        hour=wire.REMINDED_AT_HOUR,
    )
    for shard in range(wire.REMINDER_SHARDS):
        schedules.add(f"shard-{shard}", {"shard": shard})
    return function, sweeps
