"""``event_relay``: puts event items of the table on the bus."""

import json

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Messaging, dead_letter_queue
from infra.constructs.grants import allow_stream
from infra.constructs.python_function import PythonFunction
from infra.data_stack import DataStack

#: Only new event items reach the function; the table's other changes cost nothing.
FILTER = {
    "eventName": ["INSERT"],
    "dynamodb": {"NewImage": {wire.ENTITY_ATTRIBUTE: {"S": [wire.EVENT_ENTITY]}}},
}


def build(
    scope: Construct, data: DataStack, messaging: Messaging
) -> tuple[PythonFunction, lambda_.CfnEventSourceMapping, sqs.Queue]:
    """Create the function, its place at the stream, and the queue of what it could not relay.

    Records of one case stay in order: they share a partition, and a batch that fails is tried again as a
    whole before the stream goes on.

    Returns:
        The function, its place at the stream, and its dead letters: the position of what failed in the stream, not
        the records.
    """
    function = PythonFunction(
        scope,
        data.house,
        name="event_relay",
        trigger="stream",
        settings={"BUS_NAME": messaging.bus.event_bus_name},
        memory_mb=512,
        timeout_seconds=30,
        reserved_concurrency=20,
        description="Relays event items of the table to the bus",
    )
    function.allow(["events:PutEvents"], messaging.bus.event_bus_arn)
    dead_letters = dead_letter_queue(function, "DeadLetters", messaging.key)
    function.allow(["sqs:SendMessage"], dead_letters.queue_arn)
    function.allow(["kms:Decrypt", "kms:GenerateDataKey"], messaging.key.key_arn)
    stream_arn = allow_stream(function, data.table, data.data_key)
    mapping = lambda_.CfnEventSourceMapping(
        function,
        "Mapping",
        function_name=function.function.function_name,
        event_source_arn=stream_arn,
        starting_position="TRIM_HORIZON",
        batch_size=100,
        filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
            filters=[lambda_.CfnEventSourceMapping.FilterProperty(pattern=json.dumps(FILTER))]
        ),
        # About a quarter of an hour with Lambda's pauses between tries; then the batch is halved until what
        # cannot be relayed stands alone, goes to the queue, and the rest goes on.
        maximum_retry_attempts=10,
        bisect_batch_on_function_error=True,
        maximum_record_age_in_seconds=int(Duration.hours(12).to_seconds()),
        destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=dead_letters.queue_arn)
        ),
        # Says how much was read, also of what the filter leaves out: an alarm tells by it whether anybody reads.
        metrics_config=lambda_.CfnEventSourceMapping.MetricsConfigProperty(metrics=["EventCount"]),
    )
    return function, mapping, dead_letters
