"""Log groups: encrypted under our key, kept as long as the environment says."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import Environment


def log_group(
    scope: Construct, construct_id: str, key: kms.IKey, environment: Environment, *, name: str
) -> logs.LogGroup:
    """Create a log group that CloudFormation owns.

    Without it the service would create one by itself, without a key and without an end.
    """
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        encryption_key=key,
        retention=_RETENTION[environment.log_retention_days],
        removal_policy=RemovalPolicy.DESTROY,
    )


_RETENTION = {
    7: logs.RetentionDays.ONE_WEEK,
    30: logs.RetentionDays.ONE_MONTH,
    365: logs.RetentionDays.ONE_YEAR,
}
