"""Keys of our own."""

from typing import Final

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import Environment


class EncryptionKey(kms.Key):
    """A customer-managed key that rotates every year and outlives its stack where data does.

    A key that is deleted takes everything encrypted under it along: where data is retained, so is its key.

    Attributes:
        as_written: The same key for constructs that would add to its policy what is there already, and wider: they
            change nothing of a key that is known by its ARN only.
    """

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment, purpose: str) -> None:
        """Create the key and its alias.

        Args:
            scope: The stack.
            construct_id: Name within the stack, also the end of the alias.
            environment: Where the key is.
            purpose: What it encrypts, a short sentence that operators read in the console.
        """
        super().__init__(
            scope,
            construct_id,
            alias=f"bitewing/{environment.name}/{construct_id.lower()}",
            description=purpose,
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN if environment.retains_data else RemovalPolicy.DESTROY,
        )
        self.as_written: Final[kms.IKey] = kms.Key.from_key_arn(self, "AsWritten", self.key_arn)

    def allow_log_groups(self) -> None:
        """Let CloudWatch Logs use the key for this account's log groups, and for nothing else."""
        stack = Stack.of(self)
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="LogGroupsOfThisAccount",
                principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
                actions=[
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:Describe*",
                ],
                resources=["*"],
                conditions={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": stack.format_arn(
                            service="logs",
                            resource="log-group",
                            resource_name="*",
                            arn_format=ArnFormat.COLON_RESOURCE_NAME,
                        )
                    }
                },
            )
        )

    def allow_service(self, service: str) -> None:
        """Let a service of this account encrypt messages that it puts into an encrypted queue or topic.

        Args:
            service: The principal, for example ``events.amazonaws.com``.
        """
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="MessagesFrom" + service.split(".", maxsplit=1)[0].title().replace("-", ""),
                principals=[iam.ServicePrincipal(service)],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
