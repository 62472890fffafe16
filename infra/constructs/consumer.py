"""What reacts to events: rule, queue, function."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.python_function import House, PythonFunction

#: A message this old was tried and failed, or nobody is working.
MAX_QUEUE_AGE: Final = Duration.minutes(5)
#: Deliveries of one message before it counts as dead.
MAX_DELIVERIES: Final = 5
#: A message becomes visible again after this many timeouts of its function (source: Lambda, "Using Lambda
#: with Amazon SQS": at least six).
_VISIBILITY_IN_TIMEOUTS: Final = 6


def dead_letter_queue(scope: Construct, construct_id: str, key: kms.IKey) -> sqs.Queue:
    """Create a queue that keeps what failed for 14 days, the longest that SQS offers."""
    queue = sqs.Queue(
        scope,
        construct_id,
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
    acknowledge(
        queue,
        "It is the dead-letter queue: what is in it waits for a person, and an alarm calls one.",
        "AwsSolutions-SQS3",
        "Serverless-SQSRedrivePolicy",
    )
    return queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Messaging:
    """What everything that sends or gets messages shares.

    Attributes:
        bus: Where the events are.
        key: Encrypts the queues; EventBridge may use it.
    """

    bus: events.IEventBus
    key: kms.IKey


class QueueFunction(PythonFunction):
    """A function that works through a queue; most of the time it waits for other services, and needs little memory."""

    def __init__(
        self,
        scope: Construct,
        house: House,
        *,
        name: str,
        settings: Mapping[str, str],
        reserved_concurrency: int,
        description: str,
        timeout_seconds: int = 30,
        may_call_itself: bool = False,
    ) -> None:
        """Create the function.

        Args:
            scope: The stack.
            house: What all functions share.
            name: Name of the folder under ``functions/``.
            settings: Its environment variables, exactly those that its code reads.
            reserved_concurrency: Batches at the same time, 2 or more; no more are asked of it than this.
            description: What it does, a sentence that operators read in the console.
            timeout_seconds: Seconds after which an invocation is stopped.
            may_call_itself: Whether it is meant to come back to itself over its queue.
        """
        super().__init__(
            scope,
            house,
            name=name,
            trigger="queue",
            settings=settings,
            memory_mb=512,
            timeout_seconds=timeout_seconds,
            reserved_concurrency=reserved_concurrency,
            description=description,
            may_call_itself=may_call_itself,
        )


class WorkQueue(Construct):
    """A queue of work, and the function that works through it.

    The function answers with the messages that failed; only these come back. What fails ``MAX_DELIVERIES``
    times ends in the dead-letter queue.

    Attributes:
        queue: What waits.
        dead_letters: What failed.
        key: Encrypts both.
        max_wait: From when on it is wrong that a message stands in the queue.
        runbook: The page in ``docs/runbooks/`` that says what to do then.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        timeout_seconds: int,
        key: kms.IKey,
        max_delay: Duration | None = None,
        runbook: str = "queue-age",
    ) -> None:
        """Create the queue.

        Args:
            scope: The stack.
            construct_id: Name within the stack.
            timeout_seconds: The timeout of the function that works through it.
            key: Encrypts the queues; EventBridge may use it.
            max_delay: How long whoever sends a message lets it be kept back, at most; not at all by default.
            runbook: The page in ``docs/runbooks/`` that says what to do where messages wait too long.
        """
        super().__init__(scope, construct_id)
        self.key: Final = key
        self.runbook: Final = runbook
        self.max_wait: Final = MAX_QUEUE_AGE if max_delay is None else MAX_QUEUE_AGE.plus(max_delay)
        self.dead_letters: Final = dead_letter_queue(self, "DeadLetters", key)
        self.queue: Final = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            visibility_timeout=Duration.seconds(_VISIBILITY_IN_TIMEOUTS * timeout_seconds),
            retention_period=Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=MAX_DELIVERIES),
        )

    def feed(self, function: QueueFunction, *, batch_size: int) -> None:
        """Let a function work through the queue.

        Args:
            function: Who consumes messages; it answers with ``batchItemFailures``.
            batch_size: Messages an invocation, 1 to 10.
        """
        mapping = lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=function.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=batch_size,
            # What is refused concurrency comes back, and counts as a failure: no more are asked for than there are.
            max_concurrency=function.max_concurrency,
            report_batch_item_failures=True,
        )
        function.allow(
            [
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:ChangeMessageVisibility",
                "sqs:GetQueueAttributes",
            ],
            self.queue.queue_arn,
        )
        function.allow(["kms:Decrypt"], self.key.key_arn)
        acknowledge(
            mapping,
            "A mapping of a queue has no destination; the queue's redrive policy keeps what fails.",
            "Serverless-LambdaEventSourceMappingDestination",
        )

    def take_messages_from(self, function: PythonFunction) -> None:
        """Let a function send messages to the queue."""
        function.allow(["sqs:SendMessage"], self.queue.queue_arn)
        function.allow(["kms:Decrypt", "kms:GenerateDataKey"], self.key.key_arn)


class Consumer(WorkQueue):
    """A rule that puts matching events of a bus into a queue, and a function that works through it.

    What EventBridge cannot deliver ends in the dead-letter queue, too.

    Attributes:
        function: Who consumes the events.
        rule: Which events these are.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        messaging: Messaging,
        *,
        pattern: events.EventPattern,
        function: QueueFunction,
        batch_size: int = 10,
        runbook: str = "queue-age",
    ) -> None:
        """Connect the three.

        Args:
            scope: The stack.
            construct_id: Name within the stack.
            messaging: Where the events are, and what encrypts the queues.
            pattern: Which events.
            function: Who consumes them; it answers with ``batchItemFailures``.
            batch_size: Messages an invocation, 1 to 10.
            runbook: The page in ``docs/runbooks/`` that says what to do where messages wait too long.
        """
        super().__init__(
            scope, construct_id, timeout_seconds=function.timeout_seconds, key=messaging.key, runbook=runbook
        )
        self.function: Final = function
        self.feed(function, batch_size=batch_size)
        self.rule: Final = events.Rule(
            self,
            "Rule",
            event_bus=messaging.bus,
            event_pattern=pattern,
            targets=[targets.SqsQueue(self.queue, dead_letter_queue=self.dead_letters)],
        )


def detail_types(source: str, *names: str, detail: Mapping[str, object] | None = None) -> events.EventPattern:
    """Give the pattern of events by their source and detail type."""
    return events.EventPattern(source=[source], detail_type=[*names], detail=detail)
