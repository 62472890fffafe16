"""One-time schedules: a group of EventBridge Scheduler, and the role with which it fills a queue."""

from typing import Final

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.config import Environment
from infra.constructs.acknowledge import wildcard_finding
from infra.constructs.consumer import WorkQueue
from infra.constructs.python_function import PythonFunction


class OneTimeSchedules(Construct):
    """A group of schedules that functions set, each of which puts a message into one queue.

    CDK knows nothing of schedules that are set at run time: whoever sets one hands the role over to Scheduler, and
    needs a permission for that, too. What Scheduler cannot deliver ends in the dead letters of the queue.

    Attributes:
        group_name: What the group is called.
        role: With this Scheduler sends; it may do nothing else.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, name: str, queue: WorkQueue
    ) -> None:
        """Create the group, and the role.

        Args:
            scope: The stack.
            construct_id: Name within the stack.
            environment: Where it is.
            name: The end of the group's name.
            queue: Where the messages go.
        """
        super().__init__(scope, construct_id)
        self.group_name: Final = f"bitewing-{environment.name}-{name}"
        self._queue = queue
        # A group takes its schedules along: what stays behind would send to a queue that is gone.
        group = scheduler.ScheduleGroup(
            self, "Group", schedule_group_name=self.group_name, removal_policy=RemovalPolicy.DESTROY
        )
        self.role: Final = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": Stack.of(self).account,
                        "aws:SourceArn": group.schedule_group_arn,
                    }
                },
            ),
            description=f"What Scheduler may do for {name}",
        )
        iam.ManagedPolicy(
            self,
            "Policy",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    actions=["sqs:SendMessage"], resources=[queue.queue.queue_arn, queue.dead_letters.queue_arn]
                ),
                iam.PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[queue.key.key_arn]),
            ],
        )

    @property
    def settings(self) -> dict[str, str]:
        """Return the environment variables of a function that sets deadlines."""
        return {
            "DEADLINE_GROUP": self.group_name,
            "DEADLINE_QUEUE_ARN": self._queue.queue.queue_arn,
            "DEADLINE_QUEUE_URL": self._queue.queue.queue_url,
            "DEADLINE_DEAD_LETTERS_ARN": self._queue.dead_letters.queue_arn,
            "DEADLINE_ROLE_ARN": self.role.role_arn,
        }

    def let_set(self, function: PythonFunction) -> None:
        """Let a function set schedules of the group, move them and delete them; what is due soon it sends itself."""
        self._queue.take_messages_from(function)
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
