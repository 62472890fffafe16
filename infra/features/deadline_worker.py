"""``deadline_worker``: does what is due by itself."""

from constructs import Construct

from infra.constructs.consumer import Messaging, QueueFunction, WorkQueue
from infra.constructs.grants import allow_table
from infra.data_stack import DataStack

TIMEOUT_SECONDS = 30
#: Two at the same time meet ten deadlines a second at least, and the most come at full hours.
MAX_CONCURRENCY = 2


def build(scope: Construct, data: DataStack, messaging: Messaging) -> tuple[QueueFunction, WorkQueue]:
    """Create the function behind its queue, which Scheduler fills."""
    due = WorkQueue(scope, "DeadlinesDue", timeout_seconds=TIMEOUT_SECONDS, key=messaging.key, runbook="deadlines")
    function = QueueFunction(
        scope,
        data.house,
        name="deadline_worker",
        settings={"TABLE_NAME": data.table.table_name},
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Does what is due: moves periods on and matches them, tells of silence, lets days begin and end",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "Query", "PutItem"])
    due.feed(function, batch_size=10)
    return function, due
