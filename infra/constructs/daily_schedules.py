"""Daily schedules: a group of EventBridge Scheduler, each of which puts the same message into a queue every day."""

import json
from collections.abc import Mapping
from typing import Final

from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.config import Environment
from infra.constructs.consumer import WorkQueue
from infra.constructs.schedule_group import ScheduleGroup


class DailySchedules(ScheduleGroup):
    """A group of schedules that come at an hour of the day in UTC, which no change of clocks moves."""

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, name: str, queue: WorkQueue, hour: int
    ) -> None:
        """Create the group, and the role.

        Args:
            scope: The stack.
            construct_id: Name within the stack.
            environment: Where it is.
            name: The end of the group's name.
            queue: Where the messages go.
            hour: Of the day, UTC.
        """
        super().__init__(scope, construct_id, environment=environment, name=name, queue=queue)
        self._hour: Final = hour

    def add(self, name: str, message: Mapping[str, object]) -> None:
        """Put a message into the queue every day.

        Args:
            name: What the schedule is called within the group.
            message: What can be written as JSON.
        """
        schedule = scheduler.CfnSchedule(
            self,
            name,
            name=name,
            group_name=self.group_name,
            schedule_expression=f"cron(0 {self._hour} * * ? *)",
            schedule_expression_timezone="UTC",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self.queue.queue.queue_arn,
                role_arn=self.role.role_arn,
                input=json.dumps(message),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=self.queue.dead_letters.queue_arn
                ),
                # The most that Scheduler offers.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=86_400, maximum_retry_attempts=185
                ),
            ),
        )
        # Scheduler looks at the role when a schedule is made, and at the group.
        schedule.node.add_dependency(self.group, self.role, self.policy)
