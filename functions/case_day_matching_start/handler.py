"""Starts ``case_day_matching`` for each match run that was started."""

from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.workflows import start_each

from functions.case_day_matching_start.wiring import workflow

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of ``MatchRunStarted`` events."""
    return start_each(event, workflow, logger, named_by=("run_id",), told_of=("care_team_id", "period_id"))
