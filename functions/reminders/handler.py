"""Sweeps shards of cases that wait, and puts whoever is reminded of them into the queue of facts."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.aws.items import from_plain
from bitewing.notifications.sweeping import NotSwept, Sweep

from functions.reminders.wiring import sweeping

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of shards that are to be swept."""
    return each_message(event, _read, _sweep, logger, fails=(NotSwept,))


def _read(body: str) -> Sweep:
    return from_plain(Sweep, json.loads(body))


def _sweep(asked: Sweep) -> Mapping[str, object]:
    swept = sweeping.sweep(asked.shard, day=asked.day)
    return {
        "shard": asked.shard,
        "days": [day.isoformat() for day in swept.days],
        "looked_at": swept.looked_at,
        "reminders": swept.reminders,
    }
