"""One-time schedules: a group of EventBridge Scheduler into which functions put them."""

from aws_cdk import ArnFormat, Stack

from infra.constructs.acknowledge import wildcard_finding
from infra.constructs.python_function import PythonFunction
from infra.constructs.schedule_group import ScheduleGroup


class OneTimeSchedules(ScheduleGroup):
    """A group of schedules that functions set.

    CDK knows nothing of schedules that are set at run time: whoever sets one hands the role over to Scheduler, and
    needs a permission for that, too.
    """

    @property
    def settings(self) -> dict[str, str]:
        """Return the environment variables of a function that sets deadlines."""
        return {
            "DEADLINE_GROUP": self.group_name,
            "DEADLINE_QUEUE_ARN": self.queue.queue.queue_arn,
            "DEADLINE_QUEUE_URL": self.queue.queue.queue_url,
            "DEADLINE_DEAD_LETTERS_ARN": self.queue.dead_letters.queue_arn,
            "DEADLINE_ROLE_ARN": self.role.role_arn,
        }

    def let_set(self, function: PythonFunction) -> None:
        """Let a function set schedules of the group, move them and delete them; what is due soon it sends itself."""
        self.queue.take_messages_from(function)
        stack = Stack.of(self)
        schedules = stack.format_arn(
            service="scheduler",
            resource="schedule",
            resource_name=f"{self.group_name}/*",
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        function.allow(["scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"], schedules)
        function.acknowledge_wildcard(
            wildcard_finding(stack, schedules),
            "Schedules are named by what they are of, which is not known when the stack is made; the group and the "
            "actions are named.",
        )
        function.allow(
            ["iam:PassRole"],
            self.role.role_arn,
            conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        )
