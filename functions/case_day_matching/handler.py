"""The steps of ``case_day_matching`` after the schedule is written: from its proposal to the answers of the teams."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from aws_lambda_powertools import Logger
from bitewing.kernel.moments import rfc3339
from bitewing.match_runs.working import RunIds

from functions.case_day_matching.wiring import answers, claiming, deciding, ending, proposing, telling

logger = Logger()


def _propose(ids: RunIds, _event: Mapping[str, Any]) -> dict[str, Any]:
    return {"outcome": proposing.propose(ids).value}


def _await(ids: RunIds, event: Mapping[str, Any]) -> dict[str, Any]:
    return {"waits": deciding.wait(ids, event["token"])}


def _remind(ids: RunIds, _event: Mapping[str, Any]) -> dict[str, Any]:
    return {"outcome": deciding.remind(ids).value}


def _expire(ids: RunIds, _event: Mapping[str, Any]) -> dict[str, Any]:
    return {"outcome": deciding.expire(ids).value}


def _approved(ids: RunIds, _event: Mapping[str, Any]) -> dict[str, Any]:
    found = deciding.approved(ids)
    return {
        "outcome": found.next.value,
        "batches": [list(batch) for batch in found.batches],
        "undecided": found.undecided,
    }


def _claim(ids: RunIds, event: Mapping[str, Any]) -> dict[str, Any]:
    found = claiming.claim(ids, event["request_ids"])
    return {"claimed": found.claimed, "lost": found.lost}


def _unmatched(ids: RunIds, event: Mapping[str, Any]) -> dict[str, Any]:
    found = telling.tell(ids, start=json.loads(event["after"]) if event["after"] else None)
    return {"told": found.told, "after": json.dumps(found.next) if found.next else ""}


def _ask(ids: RunIds, _event: Mapping[str, Any]) -> dict[str, Any]:
    return {"outcome": ending.ask(ids).value}


def _answers(ids: RunIds, _event: Mapping[str, Any]) -> dict[str, Any]:
    again_at = answers.look(ids).again_at
    return {"outcome": "done"} if again_at is None else {"outcome": "waiting", "again_at": rfc3339(again_at)}


def _fail(ids: RunIds, event: Mapping[str, Any]) -> dict[str, Any]:
    return {"outcome": ending.fail(ids, event["doing"], says=event.get("reason", "")).value}


STEPS: Final[Mapping[str, Callable[[RunIds, Mapping[str, Any]], dict[str, Any]]]] = {
    "propose": _propose,
    "await": _await,
    "remind": _remind,
    "expire": _expire,
    "approved": _approved,
    "claim": _claim,
    "unmatched": _unmatched,
    "ask": _ask,
    "answers": _answers,
    "fail": _fail,
}


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take one step; each may be taken more than once."""
    ids = {name: event[name] for name in ("care_team_id", "period_id", "run_id")}
    answer = STEPS[event["step"]](RunIds(**ids), event)
    told = {name: value for name, value in answer.items() if name != "batches"}
    logger.info("matching step done", extra={"step": event["step"], **ids, **told})
    return answer
