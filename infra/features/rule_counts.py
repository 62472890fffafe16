"""``rule_counts``: counts cases that are sent and that come back."""

from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, detail_types
from infra.constructs.grants import allow_table
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack

TIMEOUT_SECONDS = 30
#: All labs are counted in one item for each month and type, which one transaction at a time can change: more at once
#: would only wait for each other. Two count some fifty cases a second.
MAX_CONCURRENCY = 2


def build(
    scope: Construct, data: DataStack, *, bus: events.EventBus, message_key: kms.IKey
) -> tuple[PythonFunction, Consumer]:
    """Create the function behind its queue."""
    function = PythonFunction(
        scope,
        data.house,
        name="rule_counts",
        trigger="queue",
        settings={"TABLE_NAME": data.table.table_name},
        memory_mb=512,
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Counts how often rules fire, are overridden, and what comes back",
    )
    allow_table(function, data.table, data.data_key, ["PutItem", "UpdateItem"])
    consumer = Consumer(
        scope,
        "RulesToCount",
        bus=bus,
        pattern=detail_types(wire.CASES_SOURCE, wire.CASE_SUBMITTED, wire.CASE_RETURNED),
        function=function,
        timeout_seconds=TIMEOUT_SECONDS,
        key=message_key,
        max_concurrency=MAX_CONCURRENCY,
    )
    return function, consumer
