"""What starts a state machine of ours: a function behind a queue of events."""

from aws_cdk import aws_events as events
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction
from infra.constructs.python_function import House
from infra.constructs.workflow import Workflow


def workflow_start(
    scope: Construct,
    house: House,
    messaging: Messaging,
    *,
    workflow: Workflow,
    queue: str,
    pattern: events.EventPattern,
    for_each: str,
    reserved_concurrency: int = 10,
) -> Consumer:
    """Create the function ``<workflow>_start`` behind its queue. It may start this workflow, and do nothing else.

    Args:
        scope: The stack.
        house: What all functions share.
        messaging: Where the events are, and what encrypts the queues.
        workflow: What is started.
        queue: Name of the queue within the stack.
        pattern: Which events it is started for.
        for_each: What these are, in the plural; operators read it in the console.
        reserved_concurrency: Batches at the same time, 2 or more.
    """
    function = QueueFunction(
        scope,
        house,
        name=f"{workflow.name}_start",
        settings={"STATE_MACHINE_ARN": workflow.arn},
        reserved_concurrency=reserved_concurrency,
        description=f"Starts {workflow.name} for {for_each}",
    )
    function.allow(["states:StartExecution"], workflow.arn)
    return Consumer(scope, queue, messaging, pattern=pattern, function=function)
