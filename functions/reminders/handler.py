"""Sweeps shards of cases that wait, and puts whoever is reminded of them into the queue of facts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.aws.items import from_plain
from bitewing.notifications.sweeping import NotSwept

from functions.reminders.wiring import sweeping

logger = Logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a message asks for.

    Attributes:
        day: For this day alone; ``None``: for today, and what was missed.
    """

    shard: int
    day: date | None = None


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of shards that are to be swept."""
    return each_message(event, _read, _sweep, logger, fails=(NotSwept,))


def _read(body: str) -> Asked:
    return from_plain(Asked, json.loads(body))


def _sweep(asked: Asked) -> Mapping[str, object]:
    swept = sweeping.sweep(asked.shard, day=asked.day)
    return {
        "shard": asked.shard,
        "days": [day.isoformat() for day in swept.days],
        "looked_at": swept.looked_at,
        "reminders": swept.reminders,
    }
