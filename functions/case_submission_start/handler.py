"""Starts ``case_submission`` for each case that was submitted."""

from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.workflows import start_each

from functions.case_submission_start.wiring import workflow

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of ``CaseSubmitted`` events."""
    return start_each(event, workflow, logger, named_by=("case_id", "submission_number"))
