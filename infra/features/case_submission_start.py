"""``case_submission_start``: starts the submission of each case that was submitted."""

from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, detail_types
from infra.constructs.workflow import Workflow
from infra.constructs.workflow_start import workflow_start
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack, messaging: Messaging, *, workflow: Workflow) -> Consumer:
    """Create the function behind its queue."""
    return workflow_start(
        scope,
        data.house,
        messaging,
        workflow=workflow,
        queue="CasesSubmitted",
        pattern=detail_types(wire.CASES_SOURCE, wire.CASE_SUBMITTED),
        for_each="cases that were submitted",
    )
