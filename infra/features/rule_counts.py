"""``rule_counts``: counts cases that are sent and that come back."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction, detail_types
from infra.constructs.grants import allow_table
from infra.data_stack import DataStack

#: All labs are counted in one item for each month and type, which one transaction at a time can change: more at once
#: would only wait for each other. Two count some fifty cases a second.
MAX_CONCURRENCY = 2


def build(scope: Construct, data: DataStack, messaging: Messaging) -> Consumer:
    """Create the function behind its queue."""
    function = QueueFunction(
        scope,
        data.house,
        name="rule_counts",
        settings={"TABLE_NAME": data.table.table_name},
        reserved_concurrency=MAX_CONCURRENCY,
        description="Counts how often rules fire, are overridden, and what comes back",
    )
    allow_table(function, data.table, data.data_key, ["PutItem", "UpdateItem"])
    return Consumer(
        scope,
        "RulesToCount",
        messaging,
        pattern=detail_types(wire.CASES_SOURCE, wire.CASE_SUBMITTED, wire.CASE_RETURNED),
        function=function,
    )
