"""``profile_recheck_start``: starts the check of open cases for each profile that was published."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, detail_types
from infra.constructs.workflow import Workflow
from infra.constructs.workflow_start import workflow_start
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack, messaging: Messaging, *, workflow: Workflow) -> Consumer:
    """Create the function behind its queue. Labs publish a profile now and then: few at once are enough."""
    return workflow_start(
        scope,
        data.house,
        messaging,
        workflow=workflow,
        queue="ProfilesPublished",
        pattern=detail_types(wire.REQUIREMENTS_SOURCE, wire.PROFILE_PUBLISHED),
        for_each="profiles that were published",
        reserved_concurrency=2,
    )
