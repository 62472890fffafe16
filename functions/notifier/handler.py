"""Tells people of every event and reminder: in the portal at once, and by mail and text with what else comes."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.notifications.fact import Fact
from bitewing.notifications.reading import read_fact

from functions.notifier.wiring import telling

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of facts."""
    return each_message(event, _read, _tell, logger)


def _read(body: str) -> Fact:
    return read_fact(json.loads(body))


def _tell(fact: Fact) -> Mapping[str, object]:
    came_of_it = telling.tell(fact)
    return {
        "fact": fact.name,
        "fact_id": fact.fact_id,
        "subject_id": fact.subject_id,
        "told": {told.value: count for told, count in came_of_it.counts.items()},
        "is_unruled": came_of_it.is_unruled,
    }
