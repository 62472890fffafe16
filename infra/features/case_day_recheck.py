"""``case_day_recheck``: looks anew at Case Days, the lab cases whose work is needed on them, and their people.

Both in one function and behind one queue: they are about the same days, and few.
"""

from aws_cdk import aws_events as events
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction
from infra.constructs.grants import allow_table
from infra.data_stack import DataStack

#: Of a day that moves, up to forty cases are looked at, each with some ten requests.
TIMEOUT_SECONDS = 60
BATCH_SIZE = 5
#: Most cases are needed on no Case Day: these take one request.
MAX_CONCURRENCY = 5


def build(scope: Construct, data: DataStack, messaging: Messaging) -> Consumer:
    """Create the function behind its queue."""
    function = QueueFunction(
        scope,
        data.house,
        name="case_day_recheck",
        settings={"TABLE_NAME": data.table.table_name},
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Looks whether lab work is there on the Case Day that needs it, and whether its team still fits",
    )
    # What is found is stored if the case and the day are as they were read.
    allow_table(
        function,
        data.table,
        data.data_key,
        ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "ConditionCheckItem"],
        indexes=[wire.PATIENT_INDEX],
    )
    return Consumer(
        scope,
        "CaseDaysToRecheck",
        messaging,
        pattern=events.EventPattern(
            source=[*wire.CASE_DAY_RECHECK_SOURCES, *wire.FITNESS_SOURCES],
            detail_type=[*wire.CASE_DAY_RECHECK_EVENTS, *wire.FITNESS_EVENTS],
        ),
        function=function,
        batch_size=BATCH_SIZE,
    )
