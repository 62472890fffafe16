"""``case_submission_start``: starts the submission of each case that was submitted."""

from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, detail_types
from infra.constructs.python_function import PythonFunction
from infra.constructs.workflow import Workflow
from infra.data_stack import DataStack

TIMEOUT_SECONDS = 30


def build(
    scope: Construct, data: DataStack, *, bus: events.EventBus, workflow: Workflow, message_key: kms.IKey
) -> tuple[PythonFunction, Consumer]:
    """Create the function behind its queue."""
    function = PythonFunction(
        scope,
        data.house,
        name="case_submission_start",
        trigger="queue",
        settings={"STATE_MACHINE_ARN": workflow.arn},
        memory_mb=512,
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=10,
        description="Starts case_submission for cases that were submitted",
    )
    function.allow(["states:StartExecution"], workflow.arn)
    consumer = Consumer(
        scope,
        "CasesSubmitted",
        bus=bus,
        pattern=detail_types(wire.CASES_SOURCE, wire.CASE_SUBMITTED),
        function=function,
        timeout_seconds=TIMEOUT_SECONDS,
        key=message_key,
    )
    return function, consumer
