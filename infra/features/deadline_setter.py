"""``deadline_setter``: sets the deadlines of periods and Case Days with Scheduler."""

from aws_cdk import aws_events as events
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction, WorkQueue
from infra.constructs.grants import allow_table
from infra.constructs.one_time_schedules import OneTimeSchedules
from infra.data_stack import DataStack

#: Two at the same time set the deadlines of some ten changes a second.
MAX_CONCURRENCY = 2


def build(scope: Construct, data: DataStack, messaging: Messaging, *, due: WorkQueue) -> Consumer:
    """Create the function behind its queue, and the group of its schedules, which fill the queue of what is due."""
    schedules = OneTimeSchedules(scope, "Deadlines", environment=data.house.environment, name="deadlines", queue=due)
    function = QueueFunction(
        scope,
        data.house,
        name="deadline_setter",
        settings={
            "TABLE_NAME": data.table.table_name,
            "DEADLINE_GROUP": schedules.group_name,
            "DEADLINE_QUEUE_ARN": due.queue.queue_arn,
            "DEADLINE_QUEUE_URL": due.queue.queue_url,
            "DEADLINE_DEAD_LETTERS_ARN": due.dead_letters.queue_arn,
            "DEADLINE_ROLE_ARN": schedules.role.role_arn,
        },
        reserved_concurrency=MAX_CONCURRENCY,
        description="Sets the deadlines of periods and Case Days with Scheduler",
    )
    allow_table(function, data.table, data.data_key, ["GetItem"])
    schedules.let_set(function)
    due.take_messages_from(function)
    return Consumer(
        scope,
        "DeadlinesToSet",
        messaging,
        pattern=events.EventPattern(source=[*wire.DEADLINE_SOURCES], detail_type=[*wire.DEADLINE_EVENTS]),
        function=function,
    )
