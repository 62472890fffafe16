"""``file_intake_start``: starts the intake of each object that arrived."""

from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.consumer import Consumer, detail_types
from infra.constructs.python_function import PythonFunction
from infra.constructs.workflow import Workflow
from infra.data_stack import DataStack

TIMEOUT_SECONDS = 30


def build(
    scope: Construct, data: DataStack, *, workflow: Workflow, message_key: kms.IKey
) -> tuple[PythonFunction, Consumer]:
    """Create the function behind its queue. S3 announces objects on the account's default bus."""
    function = PythonFunction(
        scope,
        data.house,
        name="file_intake_start",
        trigger="queue",
        settings={"STATE_MACHINE_ARN": workflow.arn},
        memory_mb=512,
        timeout_seconds=TIMEOUT_SECONDS,
        reserved_concurrency=10,
        description="Starts file_intake for objects that arrived",
    )
    function.allow(["states:StartExecution"], workflow.arn)
    consumer = Consumer(
        scope,
        "ObjectsArrived",
        bus=events.EventBus.from_event_bus_name(scope, "DefaultBus", "default"),
        pattern=detail_types("aws.s3", "Object Created", detail={"bucket": {"name": [data.arrivals.bucket_name]}}),
        function=function,
        timeout_seconds=TIMEOUT_SECONDS,
        key=message_key,
    )
    return function, consumer
