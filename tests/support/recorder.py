"""What functions really ask of AWS, as permissions: written down while their handlers run over moto."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from unittest.mock import patch

from bitewing.kernel.wire import MATCHING_WORKFLOW
from botocore.client import BaseClient

from tools.offline import SETTINGS, Offline

_IN_TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
#: Operations on objects that need the permission to write one.
_WRITING = {"PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"}
_BUCKETS = {SETTINGS[f"{name.upper()}_BUCKET"]: name for name in ("arrivals", "quarantine", "files")}

_QUEUES = {
    SETTINGS["WEBHOOK_QUEUE_URL"]: "webhook_attempts",
    SETTINGS["DEADLINE_QUEUE_URL"]: "deadlines_due",
    SETTINGS["FACT_QUEUE_URL"]: "facts_to_tell",
    SETTINGS["MESSAGE_QUEUE_URL"]: "messages_due",
}


@dataclass
class Record:
    """What one function asked for.

    Attributes:
        operations: Operations by service, as botocore names both.
        permissions: Actions as IAM names them, each with what it was done to.
    """

    operations: set[tuple[str, str]] = field(default_factory=set)
    permissions: set[tuple[str, str]] = field(default_factory=set)


@contextmanager
def recording(records: dict[str, Record]) -> Iterator[None]:
    """Write down whatever functions ask for while they are invoked, by their names; also what they only sign.

    Each begins cold, so that what it asks for once in a process is seen.
    """
    asking: list[str] = []
    invoke, prepare = Offline.invoke, BaseClient._emit_api_params

    def invoke_recorded(self: Offline, function: str, event: Mapping[str, Any]) -> Any:
        asking.append(function)
        try:
            return invoke(self, function, event)
        finally:
            asking.pop()

    def prepare_recorded(self: Any, api_params: Any, operation_model: Any, context: Any) -> Any:
        # Every call passes here with its parameters, and everything that is signed.
        params = prepare(self, api_params, operation_model, context)
        if asking:
            service, operation = self.meta.service_model.service_name, operation_model.name
            record = records.setdefault(asking[-1], Record())
            record.operations.add((service, operation))
            record.permissions |= set(permissions(service, operation, params))
        return params

    with (
        patch.dict(sys.modules),
        patch.object(Offline, "invoke", invoke_recorded),
        patch.object(BaseClient, "_emit_api_params", prepare_recorded),
    ):
        for name in [name for name in sys.modules if name.startswith("functions.")]:
            del sys.modules[name]
        yield


def permissions(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give what IAM asks for a request: actions and what each is done to."""
    match service, operation:
        case "dynamodb", "TransactWriteItems":
            for entry in params["TransactItems"]:
                yield from ((f"dynamodb:{_IN_TRANSACTIONS[kind]}", "table") for kind in entry)
        case "dynamodb", _:
            yield f"dynamodb:{operation}", f"table/index/{params['IndexName']}" if "IndexName" in params else "table"
        case "s3", "HeadObject":
            yield "s3:GetObject", _object(params)
            # Without it, an object that is not there is answered like one that is forbidden.
            yield "s3:ListBucket", _BUCKETS[params["Bucket"]]
        case "s3", "CopyObject":
            yield "s3:GetObject", _object(params["CopySource"])
            yield "s3:PutObject", _object(params)
        case "s3", _:
            yield f"s3:{'PutObject' if operation in _WRITING else operation}", _object(params)
        case "sesv2", "SendEmail":
            # SES asks for both where a mail comes as it travels, and for what it is sent with, too.
            assert params["ConfigurationSetName"]
            yield from product(("ses:SendEmail", "ses:SendRawEmail"), ("mails", "mail_reports"))
        case "stepfunctions", _:
            # A token says nothing of where it is from; one state machine gives tokens away.
            machine = MATCHING_WORKFLOW if "taskToken" in params else params["stateMachineArn"].rpartition(":")[2]
            yield f"states:{operation}", machine
        case "secretsmanager", _:
            yield f"secretsmanager:{operation}", params["SecretId"].rpartition("-")[2]
        case _:
            yield from _elsewhere(service, operation, params)


def _elsewhere(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the same where one service has one or two places."""
    if service == "sns":
        # A number has no name in IAM.
        assert params["PhoneNumber"]
        yield f"sns:{operation}", "*"
        return
    if service == "sqs":
        # Who may send one message may send many at once.
        yield f"sqs:{operation.removesuffix('Batch')}", _QUEUES[params["QueueUrl"]]
        return
    yield f"{service}:{operation}", {"cognito-idp": "people", "events": "bus", "scheduler": "deadlines"}[service]
    if service == "scheduler" and "Target" in params:
        # Scheduler sends as this role: whoever hands it over needs to be allowed to.
        yield "iam:PassRole", "deadlines_role"


def _object(params: Any) -> str:
    if isinstance(params, str):
        bucket, _, key = params.partition("/")
    else:
        bucket, key = params["Bucket"], params["Key"]
    bucket = _BUCKETS[bucket]
    # Below the files bucket, what is the practice's and what is the lab's are two places.
    return f"{bucket}/{key.partition('/')[0]}" if bucket == "files" else bucket
