"""The steps of ``profile_recheck``: find the open cases of a lab and a type, and check them again."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aws_lambda_powertools import Logger
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.recheck import Part

from functions.profile_recheck.wiring import recheck

logger = Logger()


def _page(event: Mapping[str, Any]) -> dict[str, Any]:
    page = recheck.page(event["lab_id"], CaseType(event["case_type"]), Part(event["part"]), after=event["after"])
    return {
        "batches": [list(batch) for batch in page.batches],
        "part": page.part.value if page.part else "none",
        "after": page.after,
    }


def _check(event: Mapping[str, Any]) -> dict[str, Any]:
    done = recheck.check(event["lab_id"], CaseType(event["case_type"]), event["profile_version"], event["case_ids"])
    return {"checked": done.checked, "told": done.told}


STEPS: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {"page": _page, "check": _check}


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take one step; each may be taken more than once."""
    answer = STEPS[event["step"]](event)
    ids = {name: event[name] for name in ("lab_id", "case_type", "profile_version")}
    counts = {name: value for name, value in answer.items() if name != "batches"}
    logger.info("recheck step done", extra={"step": event["step"], **ids, **counts})
    return answer
