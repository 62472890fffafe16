"""``case_counts``: counts the cases on each list by color."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction, detail_types
from infra.constructs.grants import allow_table
from infra.data_stack import DataStack

#: The counts of one organization are one item, which one transaction at a time can change.
MAX_CONCURRENCY = 5


def build(scope: Construct, data: DataStack, messaging: Messaging) -> Consumer:
    """Create the function behind its queue."""
    function = QueueFunction(
        scope,
        data.house,
        name="case_counts",
        settings={"TABLE_NAME": data.table.table_name},
        reserved_concurrency=MAX_CONCURRENCY,
        description="Counts the cases on each list by color",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "PutItem", "UpdateItem"])
    return Consumer(
        scope,
        "CasesToCount",
        messaging,
        pattern=detail_types(wire.CASES_SOURCE, *wire.COUNTED_EVENTS),
        function=function,
    )
