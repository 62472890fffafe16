"""Makes a delivery of each event of a lab's cases for each of the lab's webhooks that hears it."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.webhooks.fanout import ToldEvent, read_event

from functions.webhook_fanout.wiring import fanout

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of events."""
    return each_message(event, _read, _tell, logger)


def _read(body: str) -> ToldEvent:
    return read_event(json.loads(body))


def _tell(event: ToldEvent) -> Mapping[str, object]:
    return {"case_id": event.case_id, "event_id": event.event_id, "webhooks": fanout.tell(event)}
