"""The functions without a stack: their handlers, and AWS played by moto in this process.

A handler reads its settings when it is imported. :func:`handler_of` gives each function the settings of this
process, so that all of them can be imported side by side. Clients answer to moto where they were made after its
import; hence functions are imported through this module.
"""

import importlib
import json
import os
import pickle
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Final, Self
from unittest.mock import patch

import boto3
from bitewing.aws.clock import now
from bitewing.aws.items import from_item
from bitewing.kernel.wire import INDEXES, LIST_INDEXES, LISTED_ATTRIBUTES, PARTITION_KEY, SORT_KEY
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

PROJECT: Final = Path(__file__).resolve().parent.parent
SAMPLES: Final = PROJECT / "events" / "samples"
REGION: Final = "us-east-1"
_MACHINES: Final = f"arn:aws:states:{REGION}:123456789012:stateMachine"
#: What Lambda tells every function. Credentials are needed to sign, and open nothing.
_ACCOUNT: Final[Mapping[str, str]] = {
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "offline",
    "AWS_SECRET_ACCESS_KEY": "offline",
    "AWS_EC2_METADATA_DISABLED": "true",
    # Moto makes the id of a user pool of what the pool is, the same each time.
    "MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY": "HASH",
}
#: What functions are told at their import.
SETTINGS: Final[Mapping[str, str]] = {
    **_ACCOUNT,
    "TABLE_NAME": "bitewing-offline",
    "ARRIVALS_BUCKET": "bitewing-offline-arrivals",
    "QUARANTINE_BUCKET": "bitewing-offline-quarantine",
    "FILES_BUCKET": "bitewing-offline-files",
    "CURSOR_SECRET_ARN": "bitewing-offline-cursors",
    "CARRIER_SECRET_ARN": "bitewing-offline-carriers",
    "BUS_NAME": "bitewing-offline",
    "MAIL_SENDER": "Bitewing <no-reply@offline.bitewing.example>",
    "WEBHOOK_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/bitewing-offline-webhooks",
    "WEBHOOK_TARGETS": "public_and_loopback",
    "WEB_ORIGIN": "https://app.bitewing.example",
    # The id that moto makes of the pool's name and settings.
    "USER_POOL_ID": f"{REGION}_baa8b41e325d6289538f7116161261716fc621f31b862",
}
#: Which state machine a function starts.
STARTS: Final[Mapping[str, str]] = {
    "file_intake_start": "file_intake",
    "case_submission_start": "case_submission",
    "profile_recheck_start": "profile_recheck",
}


class Context:
    """What Lambda tells a function about an invocation."""

    aws_request_id = "offline"
    function_name = "offline"
    function_version = "$LATEST"
    invoked_function_arn = f"arn:aws:lambda:{REGION}:123456789012:function:offline"
    memory_limit_in_mb = 1024

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return what is left of the invocation, milliseconds."""
        return 10_000


def function_names() -> list[str]:
    """Return the names of all functions of the project."""
    return sorted(path.parent.name for path in (PROJECT / "functions").glob("*/handler.py"))


def handler_of(function: str) -> ModuleType:
    """Return the module of a function's handler, imported with the settings of this process."""
    with patch.dict(os.environ, {**SETTINGS, "POWERTOOLS_SERVICE_NAME": function}):
        if function in STARTS:
            os.environ["STATE_MACHINE_ARN"] = f"{_MACHINES}:{STARTS[function]}"
        os.environ.pop("AWS_ENDPOINT_URL", None)
        os.environ.pop("AWS_PROFILE", None)
        return importlib.import_module(f"functions.{function}.handler")


def read_sample(function: str, sample: str) -> dict[str, Any]:
    """Return a sample event of a function.

    Raises:
        FileNotFoundError: There is no such sample.
    """
    event: dict[str, Any] = json.loads((SAMPLES / function / f"{sample}.json").read_text())
    return event


def sample_names(function: str) -> list[str]:
    """Return the names of a function's samples."""
    return sorted(path.stem for path in (SAMPLES / function).glob("*.json"))


def create_table(client: Any, name: str) -> None:
    """Create a table like the deployed one.

    Args:
        client: Of the DynamoDB to create it in.
        name: What it is called.
    """
    keys = [PARTITION_KEY, SORT_KEY, *(f"{index}_{end}" for index in INDEXES for end in ("pk", "sk"))]
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=_schema(PARTITION_KEY, SORT_KEY),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _schema(f"{index}_pk", f"{index}_sk"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": [*LISTED_ATTRIBUTES]}
                if index in LIST_INDEXES
                else {"ProjectionType": "ALL"},
            }
            for index in INDEXES
        ],
    )


class Offline:
    """AWS in this process, with the sample organizations, their cases and files.

    A context manager: what was stored is forgotten at its end.
    """

    def __init__(self, *, clock: Callable[[], datetime] = now) -> None:
        """Remember the clock that the sample cases are dated by."""
        self._now = clock
        self._aws = mock_aws()
        self._environment = patch.dict(os.environ, _ACCOUNT)

    def __enter__(self) -> Self:
        """Create what functions use, and store the sample things."""
        self._environment.start()
        self._aws.start()
        try:
            self._create()
            self._seed()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget all of it."""
        self._stop()

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """Return what a function answers to an event, both as JSON carries them."""
        handler = handler_of(function).handler
        return json.loads(json.dumps(handler(json.loads(json.dumps(event)), Context())))

    def items(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return everything that is in the table, by key."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=SETTINGS["TABLE_NAME"])
        items = [from_item(item) for page in pages for item in page["Items"]]
        return {(item[PARTITION_KEY], item[SORT_KEY]): item for item in items}

    @staticmethod
    def client(service: str) -> Any:
        """Return a boto3 client of this process's AWS."""
        return _client(service)

    def _stop(self) -> None:
        self._aws.stop()
        self._environment.stop()

    def _create(self) -> None:
        create_table(self.client("dynamodb"), SETTINGS["TABLE_NAME"])
        for bucket in ("ARRIVALS_BUCKET", "QUARANTINE_BUCKET", "FILES_BUCKET"):
            self.client("s3").create_bucket(Bucket=SETTINGS[bucket])
        for secret in ("CURSOR_SECRET_ARN", "CARRIER_SECRET_ARN"):
            self.client("secretsmanager").create_secret(
                Name=SETTINGS[secret], SecretString="not-a-secret:-it-signs-nothing-but-samples"
            )
        self.client("sqs").create_queue(QueueName=SETTINGS["WEBHOOK_QUEUE_URL"].rpartition("/")[2])
        self.client("sesv2").create_email_identity(EmailIdentity="offline.bitewing.example")
        self.client("events").create_event_bus(Name=SETTINGS["BUS_NAME"])
        self.client("cognito-idp").create_user_pool(PoolName="bitewing-offline", UsernameAttributes=["email"])
        for machine in STARTS.values():
            self.client("stepfunctions").create_state_machine(
                name=machine,
                definition=(PROJECT / "statemachines" / f"{machine}.asl.json").read_text(),
                roleArn="arn:aws:iam::123456789012:role/offline",
            )

    def _seed(self) -> None:
        from tools.sample_things import make_people, store_everything  # noqa: PLC0415 - it needs the whole product

        at = self._now()
        if self._now is not now:
            store_everything(self.client("dynamodb"), self.client("s3"), SETTINGS, at=at)
        elif _seeded:
            _seeded[0].restore()
        else:
            store_everything(self.client("dynamodb"), self.client("s3"), SETTINGS, at=at)
            _seeded.append(_Seeded())
        make_people(self.client("cognito-idp"), SETTINGS["USER_POOL_ID"], at=at)


class _Seeded:
    """What a table and buckets hold: moto takes ten times as long to store it anew as to take it over."""

    def __init__(self) -> None:
        """Keep what is stored now."""
        self._items = deepcopy(_table().items)
        # With the uploads that are still open.
        self._objects = {name: pickle.dumps((each.keys, each.multiparts)) for name, each in _buckets().items()}

    def restore(self) -> None:
        """Store it in a table and in buckets that are empty."""
        _table().items = deepcopy(self._items)
        for name, bucket in _buckets().items():
            bucket.keys, bucket.multiparts = pickle.loads(self._objects[name])  # noqa: S301 - of this process


#: What the first :class:`Offline` of this process has stored, once it has.
_seeded: Final[list[_Seeded]] = []


def _table() -> Any:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[SETTINGS["TABLE_NAME"]]


def _buckets() -> dict[str, Any]:
    return dict(s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets)


@cache
def _client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
