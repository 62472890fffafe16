"""``case_counts``: counts the cases on each list by color."""

from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, detail_types
from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack

TIMEOUT_SECONDS = 30
#: The counts of one organization are one item, which one transaction at a time can change.
MAX_CONCURRENCY = 5


def build(
    scope: Construct, data: DataStack, *, bus: events.EventBus, message_key: kms.IKey
) -> tuple[PythonFunction, Consumer]:
    """Create the function behind its queue."""
    function = PythonFunction(
        scope,
        data.house,
        name="case_counts",
        trigger="queue",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=512,
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Counts the cases on each list by color",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "PutItem", "UpdateItem"])
    consumer = Consumer(
        scope,
        "CasesToCount",
        bus=bus,
        pattern=detail_types(wire.CASES_SOURCE, *wire.COUNTED_EVENTS),
        function=function,
        timeout_seconds=TIMEOUT_SECONDS,
        key=message_key,
        max_concurrency=MAX_CONCURRENCY,
    )
    return function, consumer
