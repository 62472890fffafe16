"""Counts each case that is started, moved, archived or brought back, for the lists that it is on."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message

from functions.case_counts.wiring import counting

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of events of cases; each only says at which case to look."""
    return each_message(event, _read, _count, logger)


def _read(body: str) -> str:
    case_id = json.loads(body)["detail"]["case_id"]
    if not isinstance(case_id, str) or not case_id:
        msg = "an event names no case"
        raise TypeError(msg)
    return case_id


def _count(case_id: str) -> Mapping[str, object]:
    return {"case_id": case_id, "is_new": counting.count(case_id)}
