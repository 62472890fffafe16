"""Starts ``file_intake`` for each object that arrived."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.aws.objects import ids_in
from bitewing.kernel.ids import new_id

from functions.file_intake_start.wiring import now, workflow

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of "Object Created" events of the arrivals bucket."""
    return each_message(event, _ids, _start, logger)


def _ids(body: str) -> tuple[str, str]:
    return ids_in(json.loads(body)["detail"]["object"]["key"])


def _start(ids: tuple[str, str]) -> Mapping[str, object]:
    case_id, file_id = ids
    # An Express workflow does not mind its name: each arrival is one execution, and its steps can be repeated.
    workflow.start(f"{file_id}-{new_id(now())}", {"case_id": case_id, "file_id": file_id})
    return {"case_id": case_id, "file_id": file_id}
