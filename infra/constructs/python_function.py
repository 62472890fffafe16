"""A function of ours, written in Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundling import Bundler
from infra.config import Environment
from infra.constructs.acknowledge import acknowledge
from infra.constructs.log_group import log_group

RUNTIME: Final = lambda_.Runtime.PYTHON_3_14
ARCHITECTURE: Final = lambda_.Architecture.ARM_64
#: Variables that every function has beside its settings; Powertools reads them.
RESERVED_VARIABLES: Final = frozenset({"POWERTOOLS_SERVICE_NAME", "LOG_LEVEL"})

Trigger = Literal["http", "cognito", "queue", "stream", "workflow"]

#: Who learns of a failed invocation. No trigger of ours invokes asynchronously, so nothing would ever reach
#: a dead-letter queue of the function itself.
_WHERE_FAILURES_GO: Final[Mapping[Trigger, str]] = {
    "http": "API Gateway waits for the answer: who called sees the failure and calls again.",
    "cognito": "Cognito waits for the answer: the sign-in fails and the person signs in again.",
    "queue": "The queue that feeds it moves what fails repeatedly to its dead-letter queue.",
    "stream": "The stream mapping sends what fails repeatedly to its on-failure queue.",
    "workflow": "The state machine waits for the answer and retries; what still fails is caught or redriven.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all functions of an app share.

    Attributes:
        environment: Where they run.
        bundler: Who makes their code.
        log_key: Encrypts their log groups.
    """

    environment: Environment
    bundler: Bundler
    log_key: kms.IKey


class PythonFunction(Construct):
    """A function in ``functions/<name>``, with its log group and a role that allows what it is told to.

    Every permission stands in one managed policy and was asked for by ``allow``: the role refuses what CDK
    would add on its own, because those grants are wider than what is used. Tracing is the platform's.

    Attributes:
        name: Name of the folder under ``functions/``.
        full_name: What Lambda calls it.
        function: The function itself.
        log_group: Where it logs.
        timeout_seconds: Seconds after which an invocation is stopped.
        max_concurrency: Invocations at the same time, at most, as the environment lets them be.
    """

    def __init__(
        self,
        scope: Construct,
        house: House,
        *,
        name: str,
        trigger: Trigger,
        settings: Mapping[str, str],
        memory_mb: int,
        timeout_seconds: int,
        reserved_concurrency: int,
        description: str,
        may_call_itself: bool = False,
    ) -> None:
        """Create the function.

        Args:
            scope: The stack.
            house: What all functions share.
            name: Name of the folder under ``functions/``.
            trigger: What invokes it.
            settings: Its environment variables, exactly those that its code reads.
            memory_mb: Memory in MB; 1769 is one whole processor.
            timeout_seconds: Seconds after which an invocation is stopped.
            reserved_concurrency: Invocations at the same time, at most; also set aside for it. The environment may
                have a lower limit.
            description: What it does, a sentence that operators read in the console.
            may_call_itself: Whether it is meant to come back to itself over a queue. Lambda takes a chain of some 16
                invocations for a mistake, and ends it ("Recursive loop detection").

        Raises:
            ValueError: A setting has a name that is reserved.
        """
        if taken := RESERVED_VARIABLES & settings.keys():
            raise ValueError(f"{name} may not set {', '.join(sorted(taken))}: every function has these already.")
        super().__init__(scope, "".join(word.capitalize() for word in name.split("_")))
        self.name: Final = name
        environment = house.environment
        self.full_name: Final = f"bitewing-{environment.name}-{name.replace('_', '-')}"
        self.log_group: Final = log_group(
            self, "Logs", house.log_key, environment, name=f"/aws/lambda/{self.full_name}"
        )

        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What {name} may do",
        )
        self._policy = iam.ManagedPolicy(self, "Policy", roles=[role])
        self.timeout_seconds: Final = timeout_seconds
        self.max_concurrency: Final = min(reserved_concurrency, environment.max_reserved_concurrency)
        self.function: Final = lambda_.Function(
            self,
            "Function",
            function_name=self.full_name,
            description=description,
            code=lambda_.Code.from_asset(house.bundler.asset(name)),
            handler=f"functions.{name}.handler.handler",
            runtime=RUNTIME,
            architecture=ARCHITECTURE,
            memory_size=memory_mb,
            timeout=Duration.seconds(timeout_seconds),
            reserved_concurrent_executions=self.max_concurrency,
            tracing=lambda_.Tracing.ACTIVE,
            role=role.without_policy_updates(),
            log_group=self.log_group,
            recursive_loop=lambda_.RecursiveLoop.ALLOW if may_call_itself else None,
            environment={
                "POWERTOOLS_SERVICE_NAME": name,
                "LOG_LEVEL": environment.log_level,
                **settings,
            },
        )
        # Lambda checks the role when a trigger is connected: the policy has to be there before the function.
        self.function.node.add_dependency(self._policy)
        self.allow(["logs:CreateLogStream", "logs:PutLogEvents"], self.log_group.log_group_arn)
        self.allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*")
        acknowledge(
            self._policy,
            "X-Ray has no resources to name, and neither have the list of streams and text messages; a test holds '*' "
            "to those.",
            "AwsSolutions-IAM5[Resource::*]",
        )
        acknowledge(self.function, _WHERE_FAILURES_GO[trigger], "HIPAA.Security-LambdaDLQ", "Serverless-LambdaDLQ")
        acknowledge(
            self.function,
            "It calls over TLS only and listens to nobody; a network of its own would add an "
            "exit to the internet to guard, not take one away.",
            "HIPAA.Security-LambdaInsideVPC",
        )

    @property
    def arn(self) -> str:
        """ARN of the function."""
        return self.function.function_arn

    def allow(
        self,
        actions: Sequence[str],
        *resources: str,
        conditions: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Allow actions on resources, and nothing more.

        Args:
            actions: Names of actions, without wildcards.
            resources: ARNs.
            conditions: As in a policy document.

        Raises:
            ValueError: An action has a wildcard.
        """
        if wide := [action for action in actions if "*" in action]:
            raise ValueError(f"{self.name} may not be allowed {', '.join(wide)}: name each action.")
        self._policy.add_statements(
            iam.PolicyStatement(actions=[*actions], resources=[*resources], conditions=conditions)
        )

    def acknowledge_wildcard(self, finding: str, reason: str) -> None:
        """Let a resource with a wildcard stand in the function's policy.

        Args:
            finding: The identifier that cdk-nag prints.
            reason: Why it cannot be narrower.
        """
        acknowledge(self._policy, reason, finding)
