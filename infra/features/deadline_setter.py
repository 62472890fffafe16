"""``deadline_setter``: sets the deadlines of periods, Case Days and planning sessions with Scheduler."""

from aws_cdk import aws_events as events
from bitewing.kernel import wire
from constructs import Construct

from infra.constructs.consumer import Consumer, Messaging, QueueFunction
from infra.constructs.grants import allow_table
from infra.constructs.one_time_schedules import OneTimeSchedules
from infra.data_stack import DataStack

#: Two at the same time set the deadlines of some ten changes a second.
MAX_CONCURRENCY = 2


def build(scope: Construct, data: DataStack, messaging: Messaging, *, schedules: OneTimeSchedules) -> Consumer:
    """Create the function behind its queue."""
    function = QueueFunction(
        scope,
        data.house,
        name="deadline_setter",
        settings={"TABLE_NAME": data.table.table_name, **schedules.settings},
        reserved_concurrency=MAX_CONCURRENCY,
        description="Sets the deadlines of periods, Case Days and planning sessions with Scheduler",
    )
    allow_table(function, data.table, data.data_key, ["GetItem", "Query"])
    schedules.let_set(function)
    return Consumer(
        scope,
        "DeadlinesToSet",
        messaging,
        pattern=events.EventPattern(source=[*wire.DEADLINE_SOURCES], detail_type=[*wire.DEADLINE_EVENTS]),
        function=function,
    )
