"""``profile_recheck_start``: starts the check of open cases for each profile that was published."""

from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, detail_types
from infra.constructs.python_function import PythonFunction
from infra.constructs.workflow import Workflow
from infra.data_stack import DataStack

TIMEOUT_SECONDS = 30
#: Labs publish a profile now and then; each message only starts a workflow.
MAX_CONCURRENCY = 2


def build(
    scope: Construct, data: DataStack, *, bus: events.EventBus, workflow: Workflow, message_key: kms.IKey
) -> tuple[PythonFunction, Consumer]:
    """Create the function behind its queue."""
    function = PythonFunction(
        scope,
        data.house,
        name="profile_recheck_start",
        trigger="queue",
        settings={"STATE_MACHINE_ARN": workflow.arn},
        memory_mb=512,
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=MAX_CONCURRENCY,
        description="Starts profile_recheck for profiles that were published",
    )
    function.allow(["states:StartExecution"], workflow.arn)
    consumer = Consumer(
        scope,
        "ProfilesPublished",
        bus=bus,
        pattern=detail_types(wire.REQUIREMENTS_SOURCE, wire.PROFILE_PUBLISHED),
        function=function,
        timeout_seconds=TIMEOUT_SECONDS,
        key=message_key,
        max_concurrency=MAX_CONCURRENCY,
    )
    return function, consumer
