"""Starts ``profile_recheck`` for each requirement profile that was published."""

from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.workflows import start_each

from functions.profile_recheck_start.wiring import workflow

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of ``ProfilePublished`` events."""
    return start_each(event, workflow, logger, named_by=("lab_id", "case_type", "profile_version"))
