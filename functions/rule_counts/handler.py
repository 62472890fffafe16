"""Counts each case that is sent, and each that comes back, for the report of how well rules work."""

from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message, event_in
from bitewing.cases.events import CaseSubmitted
from bitewing.cases.review_events import CaseReturned

from functions.rule_counts.wiring import counting

logger = Logger()

_COUNTED: Final[tuple[type[CaseSubmitted | CaseReturned], ...]] = (CaseSubmitted, CaseReturned)


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of ``CaseSubmitted`` and ``CaseReturned`` events."""
    return each_message(event, _read, _count, logger)


def _read(body: str) -> CaseSubmitted | CaseReturned:
    return event_in(body, _COUNTED)


def _count(event: CaseSubmitted | CaseReturned) -> Mapping[str, object]:
    return {"case_id": event.case_id, "event_id": event.event_id, "is_new": counting.count(event)}
