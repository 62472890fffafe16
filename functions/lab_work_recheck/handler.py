"""Looks anew at Case Days and the lab cases whose work is needed on them, when either side moves."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message, event_in
from bitewing.case_days.joint_service import HEARD, Heard

from functions.lab_work_recheck.wiring import joint

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of events; each only says at what to look."""
    return each_message(event, _read, _look, logger)


def _read(body: str) -> Heard:
    return event_in(body, HEARD)


def _look(event: Heard) -> Mapping[str, object]:
    return {event.SUBJECT: event.subject_id, "event_id": event.event_id, "needed": list(joint.hear(event))}
