"""Lets ``case_day_matching`` go on where it waits for a decision that was made."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message, event_in
from bitewing.match_runs.events import MatchRunDecided

from functions.case_day_matching_resume.wiring import deciding

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of ``MatchRunDecided`` events; each only says at which run to look."""
    return each_message(event, _read, _resume, logger)


def _read(body: str) -> MatchRunDecided:
    return event_in(body, (MatchRunDecided,))


def _resume(event: MatchRunDecided) -> Mapping[str, object]:
    return {"run_id": event.run_id, "event_id": event.event_id, "waited": deciding.resume(event)}
