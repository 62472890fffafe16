"""The functions without a stack: their handlers, and AWS played by moto in this process.

A handler reads its settings when it is imported. :func:`handler_of` gives each function the settings of this
process, so that all of them can be imported side by side. Clients answer to moto where they were made after its
import; hence functions are imported through this module.
"""

import importlib
import io
import json
import os
import pickle
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Condition
from types import ModuleType, TracebackType
from typing import Any, Final, Self
from unittest.mock import patch

import boto3
from bitewing.aws.clock import now
from bitewing.aws.items import from_item
from bitewing.kernel.wire import INDEXES, PARTITION_KEY, PROJECTIONS, SORT_KEY
from joserfc.jwk import RSAKey
from moto.cognitoidp.models import cognitoidp_backends
from moto.core.base_backend import BackendDict, BaseBackend
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item
from moto.events.models import events_backends
from moto.s3.models import s3_backends
from moto.scheduler.models import scheduler_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ses.models import ses_backends
from moto.sesv2.models import sesv2_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.models import stepfunctions_backends

from tools.played_aws import played_aws

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
    # It keeps the sample uploads in memory, not in files.
    "MOTO_S3_DEFAULT_KEY_BUFFER_SIZE": f"{64 * 1024**2}",
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
    "UNSUBSCRIBE_SECRET_ARN": "bitewing-offline-unsubscribe",
    "API_ORIGIN": "https://api.bitewing.example",
    "BUS_NAME": "bitewing-offline",
    "MAIL_SENDER": "Bitewing <no-reply@offline.bitewing.example>",
    "MAIL_CONFIGURATION_SET": "bitewing-offline",
    "TEXT_ORIGINATION_NUMBER": "+18335550100",
    "MESSAGE_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/bitewing-offline-messages-due",
    # In one process nobody waits, and a day is as many messages long as there are.
    "USUAL_SECONDS": "0",
    "GATHERED_SECONDS": "0",
    "MOST_A_DAY": "10000",
    "WEBHOOK_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/bitewing-offline-webhooks",
    "WEBHOOK_TARGETS": "public_and_loopback",
    "DEADLINE_GROUP": "bitewing-offline-deadlines",
    "DEADLINE_QUEUE_ARN": f"arn:aws:sqs:{REGION}:123456789012:bitewing-offline-deadlines-due",
    "DEADLINE_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/bitewing-offline-deadlines-due",
    "DEADLINE_DEAD_LETTERS_ARN": f"arn:aws:sqs:{REGION}:123456789012:bitewing-offline-deadlines-dead",
    "DEADLINE_ROLE_ARN": "arn:aws:iam::123456789012:role/offline-deadlines",
    "FACT_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/bitewing-offline-facts",
    "WEB_ORIGIN": "https://app.bitewing.example",
    # The id that moto makes of the pool's name and settings.
    "USER_POOL_ID": f"{REGION}_baa8b41e325d6289538f7116161261716fc621f31b862",
}
#: Which state machine a function starts.
STARTS: Final[Mapping[str, str]] = {
    "file_intake_start": "file_intake",
    "case_submission_start": "case_submission",
    "profile_recheck_start": "profile_recheck",
    "case_day_matching_start": "case_day_matching",
}
#: Where moto has what is created here, by account and region.
_SERVICES: Final[tuple[BackendDict[Any], ...]] = (
    *(cognitoidp_backends, dynamodb_backends, events_backends, s3_backends, scheduler_backends),
    *(secretsmanager_backends, ses_backends, sesv2_backends, sns_backends, sqs_backends, stepfunctions_backends),
)


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
    if (imported := sys.modules.get(f"functions.{function}.handler")) is not None:
        return imported
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
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": [*PROJECTIONS[index]]}
                if index in PROJECTIONS
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
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Create what functions use, and store the sample things."""
        with ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ, _ACCOUNT))
            stack.enter_context(played_aws())
            self._fill()
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget all of it."""
        self._open.close()

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

    def _fill(self) -> None:
        """Create and store everything, or take over what was created and stored for the same moment before."""
        at = self._now()
        moment = None if self._now is now else at
        # Within an Offline that is open there is something already, and moto refuses to create it twice.
        is_alone = not dynamodb_backends
        if is_alone and moment in _kept:
            _kept[moment].restore()
            return
        self._create()
        self._seed(at)
        if is_alone:
            _kept[moment] = _Kept()

    def _create(self) -> None:
        create_table(self.client("dynamodb"), SETTINGS["TABLE_NAME"])
        for bucket in ("ARRIVALS_BUCKET", "QUARANTINE_BUCKET", "FILES_BUCKET"):
            self.client("s3").create_bucket(Bucket=SETTINGS[bucket])
        for secret in ("CURSOR_SECRET_ARN", "CARRIER_SECRET_ARN", "UNSUBSCRIBE_SECRET_ARN"):
            self.client("secretsmanager").create_secret(
                Name=SETTINGS[secret], SecretString="not-a-secret:-it-signs-nothing-but-samples"
            )
        for queue in ("WEBHOOK_QUEUE_URL", "DEADLINE_QUEUE_URL", "FACT_QUEUE_URL", "MESSAGE_QUEUE_URL"):
            self.client("sqs").create_queue(QueueName=SETTINGS[queue].rpartition("/")[2])
        self.client("scheduler").create_schedule_group(Name=SETTINGS["DEADLINE_GROUP"])
        self.client("sesv2").create_email_identity(EmailIdentity="offline.bitewing.example")
        self.client("events").create_event_bus(Name=SETTINGS["BUS_NAME"])
        self.client("cognito-idp").create_user_pool(PoolName="bitewing-offline", UsernameAttributes=["email"])
        for machine in STARTS.values():
            self.client("stepfunctions").create_state_machine(
                name=machine,
                definition=(PROJECT / "statemachines" / f"{machine}.asl.json").read_text(),
                roleArn="arn:aws:iam::123456789012:role/offline",
            )

    def _seed(self, at: datetime) -> None:
        from tools.sample_things import make_people, store_everything  # noqa: PLC0415 - it needs the whole product

        store_everything(self.client("dynamodb"), self.client("s3"), SETTINGS, at=at)
        make_people(self.client("cognito-idp"), SETTINGS["USER_POOL_ID"], at=at)


class _Kept:
    """All that moto has at a moment: to take it over is ten times as fast as to create and store it anew."""

    def __init__(self) -> None:
        """Keep what there is now."""
        self._accounts = [dict(service) for service in _SERVICES]
        self._backends = [backend for service in _SERVICES for _, _, backend in service.iter_backends()]
        self._buckets = dict(s3_backends.bucket_accounts)
        self._shared: list[Any] = []
        written = io.BytesIO()
        _Writer(written, self._shared).dump([vars(each) for each in self._backends])
        self._states = written.getvalue()

    def restore(self) -> None:
        """Let moto, which has nothing, have the same again: copies, which nobody else has."""
        for service, accounts in zip(_SERVICES, self._accounts, strict=True):
            service.update(accounts)
            for account_id in accounts:
                # Moto forgets at the end what somebody looked at.
                service[account_id]
        states = _Reader(io.BytesIO(self._states), self._shared).load()
        for backend, state in zip(self._backends, states, strict=True):
            vars(backend).clear()
            vars(backend).update(state)
        s3_backends.bucket_accounts.update(self._buckets)


class _Writer(pickle.Pickler):
    """Writes what backends have, but for what is always the same: themselves, locks and keys, bytes of files.

    So is an item of a table: :func:`tools.played_aws.played_aws` lets it be replaced, and never changed in place.
    """

    def __init__(self, file: io.BytesIO, shared: list[Any]) -> None:
        """Remember where to put what is not written."""
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._shared = shared

    def persistent_id(self, obj: Any) -> int | None:
        """Return the place of what is not written."""
        if not isinstance(obj, BaseBackend | Condition | Item | RSAKey | bytes):
            return None
        self._shared.append(obj)
        return len(self._shared) - 1


class _Reader(pickle.Unpickler):
    """Reads what :class:`_Writer` wrote."""

    def __init__(self, file: io.BytesIO, shared: list[Any]) -> None:
        """Remember where that is which was not written."""
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, pid: int) -> Any:
        """Return what is at a place."""
        return self._shared[pid]


#: What was created and stored for a moment, by the moment; for that at which it is first asked for, ``None``.
_kept: Final[dict[datetime | None, _Kept]] = {}


@cache
def _client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
