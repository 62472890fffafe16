"""How a case goes on over HTTP: its moves, and the name of its patient."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.http import DryRun, IfMatch, answer, caller, create_api, version_in, versioned
from bitewing.cases.bodies import CaseStandView, TransitionBody, WouldBeView
from bitewing.cases.case import Case
from bitewing.cases.would_be import WouldBe
from bitewing.kernel.caller import Caller
from bitewing.kernel.ids import read_id

from functions.progress_api.schemas import PatientNameBody
from functions.progress_api.wiring import progress

app = create_api()
logger = Logger()


@app.post("/v1/cases/<case_id>/transitions", tags=["progress"])
def move_case(
    case_id: str,
    body: TransitionBody,
    dry_run: DryRun = False,  # noqa: FBT002 - a parameter of the query
    if_match: IfMatch = None,
) -> Response[CaseStandView | WouldBeView]:
    """Move a case: for its lab, as it works on it; for its practice, to throw a draft away.

    What is sent is moved by `submit`, what is planned by `planning-session`.
    """
    who, stored_id, move, version = caller(app), read_id(case_id), body.read(), version_in(if_match)
    return (
        _would_be(progress.would_move(who, stored_id, move, expected_version=version), version)
        if dry_run
        else _case(progress.move(who, stored_id, move, expected_version=version), who)
    )


@app.patch("/v1/cases/<case_id>/patient", tags=["progress"])
def rename_patient(case_id: str, body: PatientNameBody, if_match: IfMatch = None) -> Response[CaseStandView]:
    """Correct the name of the patient of a case that was sent; for its lab, which the practice asks."""
    who = caller(app)
    renamed = progress.rename_patient(who, read_id(case_id), body.name, expected_version=version_in(if_match))
    return _case(renamed, who)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _case(case: Case, who: Caller) -> Response[Any]:
    return versioned(CaseStandView.of(case, progress.reader(who, case)), case.version)


def _would_be(would_be: WouldBe, version: int) -> Response[Any]:
    # Nothing was stored: the version stays.
    return versioned(WouldBeView.of(would_be), version)
