"""The one place where clients of AWS services are made.

Over botocore, not boto3: the same calls and errors, without the resource layer that nothing here uses. The
clients read region, credentials and ``AWS_ENDPOINT_URL`` from the environment, as everywhere. In a deployed
function they have only the operations that its bundle keeps: ``infra/recipes.py`` names them.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, overload

from botocore.config import Config
from botocore.session import Session, get_session

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

#: A healthy endpoint of the region answers in milliseconds; botocore would wait a minute, longer than a
#: function may run.
CONNECT_TIMEOUT_SECONDS: Final = 2
READ_TIMEOUT_SECONDS: Final = 5
#: S3 answers a copy when it is done. It names no pace for that; for one request it names 85 to 90 MB/s (Amazon S3
#: User Guide, "Performance design patterns"), by which the largest file of 5 GiB takes 60 to 63 seconds. The
#: functions that copy have a few seconds more than this.
S3_READ_TIMEOUT_SECONDS: Final = 70
#: SES and SNS answer when they have taken a message over; who does not wait for that, sends it twice.
SENDING_READ_TIMEOUT_SECONDS: Final = 10
#: The first try and its repetitions, with backoff and jitter.
ATTEMPTS: Final = 4


@overload
def create_client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def create_client(service: Literal["s3"]) -> "S3Client": ...
@overload
def create_client(service: Literal["scheduler"]) -> "EventBridgeSchedulerClient": ...
@overload
def create_client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def create_client(service: Literal["events"]) -> "EventBridgeClient": ...
@overload
def create_client(service: Literal["sesv2"]) -> "SESV2Client": ...
@overload
def create_client(service: Literal["stepfunctions"]) -> "SFNClient": ...
@overload
def create_client(service: Literal["cognito-idp"]) -> "CognitoIdentityProviderClient": ...
@overload
def create_client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def create_client(service: Literal["sns"]) -> "SNSClient": ...
def create_client(service: str) -> Any:
    """Make a client of one AWS service.

    The first client of a process costs about 10 ms, each further one about 2 ms; a client is safe to share
    between threads. Make it once, outside of the request, and only where it is used.

    Args:
        service: The service as botocore calls it.

    Returns:
        A client with bounded waiting: two seconds to connect, five to be answered (S3: seventy, SES and SNS: ten), four
        attempts (SES and SNS: one).

    Raises:
        botocore.exceptions.NoRegionError: The environment names no region.
        botocore.exceptions.UnknownServiceError: The bundle does not keep this service.
    """
    return _session().create_client(service, config=_config(service))


@cache
def _session() -> Session:
    # Parsing the endpoint and partition data is most of a client's cost: all clients share it.
    return get_session()


def _config(service: str) -> Config:
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        # A frozen function wakes up with its old connections: this finds out which of them still live.
        tcp_keepalive=True,
    )
    if service == "s3":
        # Objects under our own key are only given to version 4 signatures, presigned ones too.
        return config.merge(Config(signature_version="s3v4", read_timeout=S3_READ_TIMEOUT_SECONDS))
    if service in {"sesv2", "sns"}:
        # What is sent again may be there twice: its queue tries again, later and seldom.
        return config.merge(Config(read_timeout=SENDING_READ_TIMEOUT_SECONDS, retries={"total_max_attempts": 1}))
    return config
