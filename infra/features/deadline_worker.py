"""``deadline_worker``: does what is due by itself, and reminds people of what comes."""

from constructs import Construct

from infra.constructs.consumer import Messaging, QueueFunction, WorkQueue
from infra.constructs.grants import allow_table
from infra.constructs.one_time_schedules import OneTimeSchedules
from infra.data_stack import DataStack

TIMEOUT_SECONDS = 30
#: Two at the same time meet ten deadlines a second at least, and the most come at full hours.
MAX_CONCURRENCY = 2


def build(
    scope: Construct, data: DataStack, messaging: Messaging, *, facts: WorkQueue
) -> tuple[QueueFunction, WorkQueue, OneTimeSchedules]:
    """Create the function behind its queue, and the group of the schedules that fill it.

    Args:
        scope: The stack.
        data: What is kept.
        messaging: Where the events are.
        facts: The queue of whoever tells people of facts.
    """
    due = WorkQueue(scope, "DeadlinesDue", timeout_seconds=TIMEOUT_SECONDS, key=messaging.key, runbook="deadlines")
    schedules = OneTimeSchedules(scope, "Deadlines", environment=data.house.environment, name="deadlines", queue=due)
    function = QueueFunction(
        scope,
        data.house,
        name="deadline_worker",
        settings={
            "TABLE_NAME": data.table.table_name,
            "FACT_QUEUE_URL": facts.queue.queue_url,
            **schedules.settings,
        },
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Does what is due: moves periods on and matches them, tells of silence, lets days begin, reminds",
    )
    allow_table(function, data.table, data.data_key, ["BatchGetItem", "GetItem", "Query", "PutItem"])
    schedules.let_set(function)
    facts.take_messages_from(function)
    due.feed(function, batch_size=10)
    return function, due, schedules
