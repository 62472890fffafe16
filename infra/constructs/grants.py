"""Least privilege for table, buckets and secret: the actions that are used, and the key with them.

CDK's own grants allow whole families of actions. These allow what is named, and the part of the key that
the service needs to answer: DynamoDB, S3 and Secrets Manager use a customer-managed key with the caller's
permission.
"""

from collections.abc import Collection, Sequence
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from infra.config import Environment
from infra.constructs.acknowledge import wildcard_finding
from infra.constructs.python_function import PythonFunction

#: The only action of ours that DynamoDB serves from an index.
_READS_INDEXES: Final = "dynamodb:Query"
#: What S3 asks the key for. Multipart uploads decrypt what they assembled.
_KEY_ACTIONS: Final = {
    "s3:GetObject": {"kms:Decrypt"},
    "s3:PutObject": {"kms:GenerateDataKey", "kms:Decrypt"},
}


def allow_table(
    function: PythonFunction,
    table: dynamodb.Table,
    key: kms.IKey,
    actions: Sequence[str],
    *,
    indexes: Collection[str] = (),
) -> None:
    """Allow actions on the table, and queries on the named indexes.

    Args:
        function: Who may.
        table: The table.
        key: The table's key.
        actions: DynamoDB actions without their prefix, for example ``GetItem``.
        indexes: Indexes that the function queries.
    """
    table_arn = _importable(table, table.table_arn)
    function.allow([f"dynamodb:{action}" for action in actions], table_arn)
    if indexes:
        function.allow([_READS_INDEXES], *(f"{table_arn}/index/{index}" for index in indexes))
    # Source of the list: DynamoDB, "Authorizing use of a customer managed key", with names for its wildcards.
    _allow_key(
        function,
        key,
        {
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        },
        via="dynamodb",
    )


def allow_objects(
    function: PythonFunction,
    bucket: s3.Bucket,
    key: kms.IKey,
    actions: Sequence[str],
    *,
    under: Sequence[str] = ("",),
) -> None:
    """Allow actions on the objects of a bucket.

    Args:
        function: Who may.
        bucket: The bucket.
        key: The bucket's key.
        actions: S3 actions on objects, without their prefix, for example ``GetObject``.
        under: Prefixes of the keys; all objects by default.
    """
    named = [f"s3:{action}" for action in actions]
    objects = [f"{_importable(bucket, bucket.bucket_arn)}/{prefix}*" for prefix in under]
    function.allow(named, *objects)
    for arn in objects:
        function.acknowledge_wildcard(
            wildcard_finding(Stack.of(function), arn),
            "Keys of objects are made of case and file ids, which are not known when the stack is made; the "
            "bucket, its prefix and the actions are named.",
        )
    needed = set().union(*(_KEY_ACTIONS.get(action, set()) for action in named))
    if needed:
        _allow_key(function, key, needed, via="s3")


def allow_listing(function: PythonFunction, bucket: s3.Bucket) -> None:
    """Let a function tell an object that is not there (404) from one that it may not read (403)."""
    function.allow(["s3:ListBucket"], _importable(bucket, bucket.bucket_arn))


def allow_secret(function: PythonFunction, secret: secretsmanager.Secret, key: kms.IKey) -> None:
    """Let a function read a secret."""
    function.allow(["secretsmanager:GetSecretValue"], _importable(secret, secret.secret_arn))
    _allow_key(function, key, {"kms:Decrypt"}, via="secretsmanager")


def allow_mails(function: PythonFunction, environment: Environment) -> None:
    """Let a function send mails from the domain of its environment, and from no other."""
    named = {"identity": environment.mail_domain, "configuration-set": environment.mail_configuration_set}
    stack = Stack.of(function)
    arns = [stack.format_arn(service="ses", resource=kind, resource_name=name) for kind, name in named.items()]
    # SES asks for both where a mail comes as it travels, and for what it is sent with, too.
    function.allow(["ses:SendEmail", "ses:SendRawEmail"], *arns)


def allow_texts(function: PythonFunction) -> None:
    """Let a function send text messages: a number has no name in IAM, so it may write to any."""
    function.allow(["sns:Publish"], "*")


def allow_people(function: PythonFunction, user_pool: cognito.UserPool, actions: Sequence[str]) -> None:
    """Allow actions on the people of a user pool, named without their prefix, for example ``AdminGetUser``."""
    function.allow([f"cognito-idp:{action}" for action in actions], _importable(user_pool, user_pool.user_pool_arn))


def _allow_key(function: PythonFunction, key: kms.IKey, actions: Collection[str], *, via: str) -> None:
    """Let a function use a key through one service of its region, and in no other way."""
    function.allow(
        sorted(actions),
        _importable(key, key.key_arn),
        conditions={"StringEquals": {"kms:ViaService": f"{via}.{Stack.of(function).region}.amazonaws.com"}},
    )


def _importable(
    owner: dynamodb.Table | s3.Bucket | secretsmanager.Secret | kms.IKey | cognito.UserPool, arn: str
) -> str:
    """Give an ARN of the data stack as the import that the service stack will contain.

    CDK writes imports only while it synthesizes; findings are acknowledged before, by their text.
    """
    return Stack.of(owner).export_value(arn)


def allow_stream(function: PythonFunction, table: dynamodb.Table, key: kms.IKey) -> str:
    """Let a function be fed from the table's stream.

    Returns:
        The ARN of the stream.

    Raises:
        ValueError: The table has no stream.
    """
    if table.table_stream_arn is None:
        raise ValueError(f"{table.node.path} has no stream.")
    stream_arn = _importable(table, table.table_stream_arn)
    function.allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], stream_arn)
    function.allow(["dynamodb:ListStreams"], "*")
    _allow_key(function, key, {"kms:Decrypt"}, via="dynamodb")
    return stream_arn
