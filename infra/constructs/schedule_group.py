"""A group of schedules of EventBridge Scheduler, and the role with which it fills a queue."""

from typing import Final

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.config import Environment
from infra.constructs.consumer import WorkQueue


class ScheduleGroup(Construct):
    """A group of schedules, each of which puts a message into one queue.

    What Scheduler cannot deliver ends in the dead letters of the queue.

    Attributes:
        group: The group.
        group_name: What it is called.
        queue: Where the messages go.
        role: With this Scheduler sends; it may do nothing else.
        policy: That says so.
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
        self.queue: Final = queue
        # A group takes its schedules along: what stays behind would send to a queue that is gone.
        self.group: Final = scheduler.ScheduleGroup(
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
                        "aws:SourceArn": self.group.schedule_group_arn,
                    }
                },
            ),
            description=f"What Scheduler may do for {name}",
        )
        self.policy: Final = iam.ManagedPolicy(
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
