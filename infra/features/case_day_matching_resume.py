"""``case_day_matching_resume``: lets matching go on when managers decide on a proposal."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction, detail_types
from infra.constructs.grants import allow_table
from infra.constructs.workflow import allow_resuming
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack, messaging: Messaging) -> Consumer:
    """Create the function behind its queue. Managers decide now and then: few at once are enough."""
    function = QueueFunction(
        scope,
        data.house,
        name="case_day_matching_resume",
        settings={"TABLE_NAME": data.table.table_name},
        reserved_concurrency=2,
        description="Lets matching go on when managers decide on a proposal",
    )
    allow_table(function, data.table, data.data_key, ["GetItem"])
    allow_resuming(function, data.house, wire.MATCHING_WORKFLOW)
    return Consumer(
        scope,
        "MatchRunsDecided",
        messaging,
        pattern=detail_types(wire.MATCH_RUNS_SOURCE, wire.MATCH_RUN_DECIDED),
        function=function,
    )
