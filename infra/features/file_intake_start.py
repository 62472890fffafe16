"""``file_intake_start``: starts the intake of each object that arrived."""

from dataclasses import replace

from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, detail_types
from infra.constructs.workflow import Workflow
from infra.constructs.workflow_start import workflow_start
from infra.data_stack import DataStack


def build(scope: Construct, data: DataStack, messaging: Messaging, *, workflow: Workflow) -> Consumer:
    """Create the function behind its queue. S3 announces objects on the account's default bus."""
    return workflow_start(
        scope,
        data.house,
        replace(messaging, bus=events.EventBus.from_event_bus_name(scope, "DefaultBus", "default")),
        workflow=workflow,
        queue="ObjectsArrived",
        pattern=detail_types("aws.s3", "Object Created", detail={"bucket": {"name": [data.arrivals.bucket_name]}}),
        for_each="objects that arrived",
    )
