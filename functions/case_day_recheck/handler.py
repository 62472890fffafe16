"""Looks anew at Case Days when the cases whose work is needed on them move, or the people of their teams change."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message, event_in
from bitewing.case_days import fitness_service, joint_service

from functions.case_day_recheck.wiring import fitness, joint

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of events; each only says at what to look."""
    return each_message(event, _read, _look, logger)


def _read(body: str) -> joint_service.Heard | fitness_service.Heard:
    return event_in(body, (*joint_service.HEARD, *fitness_service.HEARD))


def _look(event: joint_service.Heard | fitness_service.Heard) -> Mapping[str, object]:
    about = {event.SUBJECT: event.subject_id, "event_id": event.event_id}
    if isinstance(event, fitness_service.Heard):
        return {**about, "unfit_for": list(fitness.hear(event))}
    return {**about, "needed": list(joint.hear(event))}
