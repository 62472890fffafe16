"""Starts ``case_submission`` for each case that was submitted."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message

from functions.case_submission_start.wiring import workflow

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of ``CaseSubmitted`` events."""
    return each_message(event, _ids, _start, logger)


def _ids(body: str) -> dict[str, object]:
    submitted = json.loads(body)["detail"]
    return {"case_id": submitted["case_id"], "submission_number": submitted["submission_number"]}


def _start(ids: dict[str, object]) -> Mapping[str, object]:
    # Named by what it is for: an event that is delivered twice starts it once.
    is_accepted = workflow.start(f"{ids['case_id']}-{ids['submission_number']}", ids)
    return {**ids, "is_accepted": is_accepted}
