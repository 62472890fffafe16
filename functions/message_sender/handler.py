"""Sends what was gathered for people when it is due: one message of each bundle, when its reader may be written to."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.aws.items import from_plain
from bitewing.notifications.desk import Due

from functions.message_sender.wiring import sending

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of what may be due."""
    return each_message(event, _read, _work, logger)


def _read(body: str) -> Due:
    return from_plain(Due, json.loads(body))


def _work(due: Due) -> Mapping[str, object]:
    came = sending.work(due)
    # Not to where: an address or a number is a person's.
    done = {
        "message_id": due.bundle_id,
        "organization_id": due.organization_id,
        "channel": due.channel.value,
        "came_of_it": came.came_of_it.value,
    }
    return done if came.says is None else {**done, "says": came.says}
