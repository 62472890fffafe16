"""The steps of ``case_submission``: hand over to the lab what was sent."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aws_lambda_powertools import Logger

from functions.case_submission.wiring import handover

logger = Logger()


def _check_files(event: Mapping[str, Any]) -> dict[str, Any]:
    check = handover.check_files(event["case_id"], event["submission_number"])
    return {"readiness": check.readiness.value, "file_ids": list(check.file_ids)}


def _copy_file(event: Mapping[str, Any]) -> dict[str, Any]:
    handover.copy_file(event["case_id"], event["submission_number"], event["file_id"])
    return {"file_id": event["file_id"]}


def _receive(event: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": handover.receive(event["case_id"], event["submission_number"]).value}


def _ask_for_files(event: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": handover.ask_for_files(event["case_id"], event["submission_number"]).value}


STEPS: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "check_files": _check_files,
    "copy_file": _copy_file,
    "receive": _receive,
    "ask_for_files": _ask_for_files,
}


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take one step; each may be taken more than once."""
    answer = STEPS[event["step"]](event)
    ids = {"case_id": event["case_id"], "submission_number": event["submission_number"]}
    logger.info("submission step done", extra={"step": event["step"], **ids, **answer})
    return answer
