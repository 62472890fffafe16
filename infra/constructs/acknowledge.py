"""Findings of cdk-nag that stay, each with the reason why."""

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct


def acknowledge(construct: IConstruct, reason: str, *rules: str) -> None:
    """Let findings on a construct, and on what is below it, stand.

    Args:
        construct: The resource that the finding is about, never an app or a stack.
        reason: Why this resource is right as it is, a sentence.
        rules: Identifiers as cdk-nag prints them, with their ``[...]`` where it prints one.
    """
    Validations.of(construct).acknowledge(*(Acknowledgment(id=rule, reason=reason) for rule in rules))


def wildcard_finding(stack: Stack, resource: str) -> str:
    """Give the identifier under which cdk-nag reports a resource that ends in ``*``.

    Args:
        stack: The stack that the policy is in.
        resource: The ARN, as given to the policy. References to other stacks are imports already.
    """
    return f"AwsSolutions-IAM5[Resource::{_flat(stack.resolve(resource))}]"


def _flat(node: object) -> str:
    """Write a reference as cdk-nag does."""
    match node:
        case str():
            return node
        case {"Fn::Join": [str(delimiter), list(parts)]}:
            return delimiter.join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{_flat(resource)}.{_flat(attribute)}>"
        case {"Fn::ImportValue": name}:
            return _flat(name)
        case {"Ref": name}:
            return f"<{_flat(name)}>"
        case _:
            raise TypeError(f"cdk-nag names no finding after {node!r}.")
