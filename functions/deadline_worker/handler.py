"""Does what is due at deadlines: periods move on, managers hear of silence, days begin and end, people are reminded."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.aws.items import from_plain
from bitewing.deadlines.deadline import Deadline
from bitewing.deadlines.meeting import ToldTooEarly

from functions.deadline_worker.wiring import meeting

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of deadlines; what comes too early comes again."""
    return each_message(event, _read, _meet, logger, fails=(ToldTooEarly,))


def _read(body: str) -> Deadline:
    return from_plain(Deadline, json.loads(body))


def _meet(deadline: Deadline) -> Mapping[str, object]:
    return {"deadline": deadline.name, "came_of_it": meeting.meet(deadline)}
