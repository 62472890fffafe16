"""The steps of ``case_day_matching`` that find a schedule: load a period, solve its batches, write what is proposed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aws_lambda_powertools import Logger
from bitewing.match_runs.working import RunIds

from functions.case_day_solver.wiring import solving

logger = Logger()


def _load(ids: RunIds, _event: Mapping[str, Any]) -> dict[str, Any]:
    loaded = solving.load(ids)
    return {
        "outcome": loaded.outcome.value,
        "batches": list(range(loaded.batches)),
        "pages": list(range(loaded.pages)),
        "reason": loaded.reason,
    }


def _solve(ids: RunIds, event: Mapping[str, Any]) -> dict[str, Any]:
    solved = solving.solve(ids, event["batch"])
    return {"outcome": solved.outcome.value, "objective": solved.objective, "bound": solved.bound}


def _write(ids: RunIds, event: Mapping[str, Any]) -> dict[str, Any]:
    written = solving.write(ids, event["page"])
    return {"outcome": written.outcome.value, "proposed": written.proposed, "unmatched": written.unmatched}


STEPS: Final[Mapping[str, Callable[[RunIds, Mapping[str, Any]], dict[str, Any]]]] = {
    "load": _load,
    "solve": _solve,
    "write": _write,
}


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take one step; each may be taken more than once."""
    ids = {name: event[name] for name in ("care_team_id", "period_id", "run_id")}
    answer = STEPS[event["step"]](RunIds(**ids), event)
    counts = {name: len(value) if isinstance(value, list) else value for name, value in answer.items()}
    logger.info("matching step done", extra={"step": event["step"], **ids, **counts})
    return answer
