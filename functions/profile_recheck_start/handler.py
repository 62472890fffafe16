"""Starts ``profile_recheck`` for each requirement profile that was published."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message

from functions.profile_recheck_start.wiring import workflow

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of ``ProfilePublished`` events."""
    return each_message(event, _ids, _start, logger)


def _ids(body: str) -> dict[str, object]:
    published = json.loads(body)["detail"]
    return {name: published[name] for name in ("lab_id", "case_type", "profile_version")}


def _start(ids: dict[str, object]) -> Mapping[str, object]:
    # Named by what it is for: an event that is delivered twice starts it once.
    is_accepted = workflow.start(f"{ids['lab_id']}-{ids['case_type']}-{ids['profile_version']}", ids)
    return {**ids, "is_accepted": is_accepted}
