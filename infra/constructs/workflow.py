"""A state machine of ours."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.acknowledge import acknowledge
from infra.constructs.log_group import log_group
from infra.constructs.python_function import House, PythonFunction

STATE_MACHINES: Final = Path(__file__).parents[2] / "statemachines"
_PLACEHOLDER: Final = re.compile(r"\$\{(\w+)\}")


class DefinitionError(ValueError):
    """A definition does not fit what the construct was given."""


class Workflow(Construct):
    """A state machine defined by ``statemachines/<name>.asl.json``.

    CDK reads no grants and no timeout out of a text definition: this grants every task it is given, and
    refuses placeholders and tasks that do not match one to one, and a definition without ``TimeoutSeconds``.
    The text shows in ``cdk diff``. Logs tell states and errors, never what the states carried.

    Attributes:
        name: Name of the definition.
        state_machine: The state machine.
    """

    def __init__(
        self,
        scope: Construct,
        house: House,
        *,
        name: str,
        kind: sfn.StateMachineType,
        tasks: Sequence[PythonFunction],
        definitions: Path = STATE_MACHINES,
    ) -> None:
        """Create the state machine.

        Args:
            scope: The stack.
            house: What all functions share.
            name: Name of the definition, without ``.asl.json``.
            kind: Express for what is short and frequent, Standard for what waits or must be redriven.
            tasks: Functions; in the definition a placeholder of its name stands for each.
            definitions: Folder of the definition.

        Raises:
            DefinitionError: Tasks and placeholders differ, or the definition has no timeout.
        """
        super().__init__(scope, "".join(word.capitalize() for word in name.split("_")) + "Workflow")
        self.name: Final = name
        text = (definitions / f"{name}.asl.json").read_text(encoding="utf-8")
        _check(name, text, {task.name for task in tasks})
        full_name = name_of(house, name)
        # Log groups under this prefix need no resource policy of their own, which has a size limit.
        group = log_group(self, "Logs", house.log_key, house.environment, name=f"/aws/vendedlogs/states/{full_name}")
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com"),
            description=f"What the state machine {name} may do",
        )
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            roles=[role],
            statements=[
                iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[task.arn for task in tasks]),
                iam.PolicyStatement(
                    actions=[
                        "logs:CreateLogDelivery",
                        "logs:DeleteLogDelivery",
                        "logs:DescribeLogGroups",
                        "logs:DescribeResourcePolicies",
                        "logs:GetLogDelivery",
                        "logs:ListLogDeliveries",
                        "logs:PutResourcePolicy",
                        "logs:UpdateLogDelivery",
                        "xray:GetSamplingRules",
                        "xray:GetSamplingTargets",
                        "xray:PutTelemetryRecords",
                        "xray:PutTraceSegments",
                    ],
                    resources=["*"],
                ),
            ],
        )
        acknowledge(
            policy,
            "Log deliveries and X-Ray have no resources to name; Step Functions documents this list for both.",
            "AwsSolutions-IAM5[Resource::*]",
        )
        self.state_machine: Final = sfn.StateMachine(
            self,
            "StateMachine",
            state_machine_name=full_name,
            state_machine_type=kind,
            definition_body=sfn.DefinitionBody.from_string(text),
            definition_substitutions={task.name: task.arn for task in tasks},
            role=role.without_policy_updates(),
            tracing_enabled=True,
            logs=sfn.LogOptions(destination=group, level=sfn.LogLevel.ALL, include_execution_data=False),
        )
        self.state_machine.node.add_dependency(policy)

    @property
    def arn(self) -> str:
        """ARN of the state machine."""
        return self.state_machine.state_machine_arn


def name_of(house: House, name: str) -> str:
    """Give the name under which a state machine is deployed."""
    return f"bitewing-{house.environment.name}-{name.replace('_', '-')}"


def allow_resuming(function: PythonFunction, house: House, name: str) -> None:
    """Let a function come back with the tokens of a state machine, also one of its own tasks.

    The state machine is named and not referred to: it refers to its tasks.
    """
    arn = Stack.of(function).format_arn(
        service="states",
        resource="stateMachine",
        resource_name=name_of(house, name),
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    function.allow(["states:SendTaskSuccess"], arn)


def _check(name: str, text: str, tasks: set[str]) -> None:
    """Compare a definition with what was given for it."""
    placeholders = set(_PLACEHOLDER.findall(text))
    if missing := placeholders - tasks:
        raise DefinitionError(f"{name} invokes {_listed(missing)}, and no such task was given.")
    if unused := tasks - placeholders:
        raise DefinitionError(f"{name} never invokes {_listed(unused)}: leave it out of the tasks.")
    if not isinstance(json.loads(text).get("TimeoutSeconds"), int):
        raise DefinitionError(f"{name} could run forever: give its definition TimeoutSeconds.")


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
