"""Counts each case that is sent, and each that comes back, for the report of how well rules work."""

import json
from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.aws.items import UnreadableItem, from_plain
from bitewing.cases.events import CaseSubmitted
from bitewing.cases.review_events import CaseReturned

from functions.rule_counts.wiring import counting

logger = Logger()

_COUNTED: Final = {kind.__name__: kind for kind in (CaseSubmitted, CaseReturned)}


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of ``CaseSubmitted`` and ``CaseReturned`` events."""
    return each_message(event, _read, _count, logger)


def _read(body: str) -> CaseSubmitted | CaseReturned:
    told = json.loads(body)
    kind: type[CaseSubmitted | CaseReturned] = _COUNTED[told["detail-type"]]
    try:
        return from_plain(kind, told["detail"])
    except UnreadableItem as error:
        raise ValueError(str(error)) from error


def _count(event: CaseSubmitted | CaseReturned) -> Mapping[str, object]:
    return {"case_id": event.case_id, "event_id": event.event_id, "is_new": counting.count(event)}
