"""Sets deadlines anew after each change of what has them; an event only says at which of them to look."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.deadlines.deadline import Deadline
from bitewing.kernel.wire import PLANNING_SOURCE, SCHEDULING_SOURCE

from functions.deadline_setter.wiring import setting

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of events of periods, of Case Days and of planning sessions."""
    return each_message(event, _read, _set, logger)


def _read(body: str) -> tuple[str, Callable[[], tuple[Deadline, ...]]]:
    told = json.loads(body)
    if told["source"] == SCHEDULING_SOURCE:
        care_team_id, period_id = _id(told, "care_team_id"), _id(told, "period_id")
        return period_id, lambda: setting.of_period(care_team_id, period_id)
    if told["source"] == PLANNING_SOURCE:
        case_id, session_id = _id(told, "case_id"), _id(told, "session_id")
        return session_id, lambda: setting.of_session(case_id, session_id)
    case_day_id = _id(told, "case_day_id")
    return case_day_id, lambda: setting.of_day(case_day_id)


def _id(told: Mapping[str, Any], name: str) -> str:
    found = told["detail"][name]
    if not isinstance(found, str) or not found:
        msg = f"an event has no {name}"
        raise TypeError(msg)
    return found


def _set(asked: tuple[str, Callable[[], tuple[Deadline, ...]]]) -> Mapping[str, object]:
    subject_id, set_anew = asked
    return {"subject_id": subject_id, "deadlines": [each.name for each in set_anew()]}
