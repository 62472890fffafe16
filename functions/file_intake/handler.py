"""The steps of ``file_intake`` after the inspection: settle the file, check the case again."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aws_lambda_powertools import Logger
from bitewing.files.verdict import QuarantineReason, Verdict

from functions.file_intake.wiring import cases, intake

logger = Logger()


def _record(event: Mapping[str, Any]) -> dict[str, Any]:
    reason = event.get("reason")
    state = intake.record(
        event["case_id"],
        event["file_id"],
        Verdict(event["verdict"]),
        QuarantineReason(reason) if reason else None,
    )
    return {"state": state.value if state else None}


def _give_up(event: Mapping[str, Any]) -> dict[str, Any]:
    return _record({**event, "verdict": Verdict.QUARANTINE, "reason": QuarantineReason.NOT_INSPECTED})


def _check_case(event: Mapping[str, Any]) -> dict[str, Any]:
    outcome = cases.check_again(event["case_id"])
    return {"outcome": outcome.value if outcome else None}


STEPS: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "record": _record,
    "give_up": _give_up,
    "check_case": _check_case,
}


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take one step; each may be taken more than once."""
    answer = STEPS[event["step"]](event)
    ids = {"case_id": event["case_id"], "file_id": event["file_id"]}
    logger.info("intake step done", extra={"step": event["step"], **ids, **answer})
    return answer
