"""Calls the webhooks of labs: makes each try of a delivery that is due, and puts the next one into the queue."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.aws.items import from_plain
from bitewing.webhooks.delivery import DueAttempt

from functions.webhook_delivery.wiring import sending

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of tries that may be due."""
    return each_message(event, _read, _work, logger)


def _read(body: str) -> DueAttempt:
    return from_plain(DueAttempt, json.loads(body))


def _work(due: DueAttempt) -> Mapping[str, object]:
    return {
        "webhook_id": due.webhook_id,
        "delivery_id": due.delivery_id,
        "attempts_before": due.attempts_before,
        "came_of_it": sending.work(due),
    }
