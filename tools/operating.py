"""What tools of operators share: where they work, and how they say what they did."""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

Client = Callable[[str], Any]


def operate(environment: str, work: Callable[[Mapping[str, str]], Iterable[str]], *told: type[Exception]) -> None:
    """Work in a deployed environment, and say line by line what was done.

    It works with the credentials of whoever calls it, in the account and region that these are for; on this machine,
    with those of the local stack.

    Args:
        environment: ``local``, ``dev`` or ``prod``.
        work: Takes what the deployed stacks tell about themselves, and yields a line for each thing that it did.
        told: What its message explains, beside what AWS refuses.

    Raises:
        SystemExit: It could not be done; the message says why.
    """
    explained: tuple[type[Exception], ...] = (BotoCoreError, ClientError, *told)
    if environment == "local":
        from local.stack import LocalStack  # noqa: PLC0415 - needed for the local stack only

        os.environ.update(LocalStack().environment)
    try:
        for line in work(outputs_of(environment, boto3.client)):
            sys.stdout.write(f"{line}\n")
    except explained as error:
        raise SystemExit(str(error)) from error


def outputs_of(environment: str, client: Client) -> dict[str, str]:
    """Return what the stacks that keep and that work tell about themselves; operators go past the HTTP interface.

    Raises:
        botocore.exceptions.ClientError: They are not deployed where the credentials are for.
    """
    stacks = client("cloudformation")
    return {
        output["OutputKey"]: output["OutputValue"]
        for name in ("data", "service")
        for stack in stacks.describe_stacks(StackName=f"bitewing-{environment}-{name}")["Stacks"]
        for output in stack["Outputs"]
    }
