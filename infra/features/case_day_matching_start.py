"""``case_day_matching_start``: starts matching a period for each match run that was started."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, detail_types
from infra.constructs.workflow import Workflow
from infra.constructs.workflow_start import workflow_start
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack, messaging: Messaging, *, workflow: Workflow) -> Consumer:
    """Create the function behind its queue. Care teams match a period now and then: few at once are enough."""
    return workflow_start(
        scope,
        data.house,
        messaging,
        workflow=workflow,
        queue="MatchRunsStarted",
        pattern=detail_types(wire.MATCH_RUNS_SOURCE, wire.MATCH_RUN_STARTED),
        for_each="match runs that were started",
        reserved_concurrency=2,
    )
