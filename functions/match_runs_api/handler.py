"""Match runs over HTTP: periods are matched, and managers decide on what is proposed."""

import json
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.http import (
    Cursor,
    IdempotencyKey,
    IfMatch,
    Limit,
    answer,
    caller,
    create_api,
    request_in,
    version_in,
    versioned,
)
from bitewing.kernel.ids import read_id
from bitewing.match_runs.run import MatchRun

from functions.match_runs_api.schemas import (
    ClinicianLoadsView,
    ClinicianLoadView,
    DecisionsBody,
    MatchFilesView,
    MatchRunsView,
    MatchRunView,
    NewMatchRunBody,
    ProposedDaysView,
    ProposedDayView,
    UnmatchedRequestsView,
    UnmatchedRequestView,
)
from functions.match_runs_api.wiring import cursors, runs, starting

app = create_api()
logger = Logger()


@app.post("/v1/scheduling-periods/<period_id>/match-runs", tags=["matching"], status_code=201)
def start_match_run(
    period_id: str, body: NewMatchRunBody, idempotency_key: IdempotencyKey = None
) -> Response[MatchRunView]:
    """Start to match a period that is reviewed or proposed; for managers.

    Not while it is matched, or has a proposal that is not decided on, or of which approved days are being claimed.
    """
    who, stored_id = caller(app), read_id(period_id)
    run = starting.start(who, stored_id, body.read(), request_in(app, who, idempotency_key))
    return _run(run, 201, Location=f"/v1/scheduling-periods/{stored_id}/match-runs/{run.run_id}")


@app.get("/v1/scheduling-periods/<period_id>/match-runs", tags=["matching"])
def list_match_runs(period_id: str, limit: Limit = 25, cursor: Cursor = None) -> MatchRunsView:
    """List the match runs of a period, the newest first; for managers."""
    who, stored_id = caller(app), read_id(period_id)
    query = json.dumps(["match-runs", stored_id])
    page = runs.of_period(who, stored_id, limit=limit, start=cursors.read(cursor, who, query))
    views = [MatchRunView.of(each) for each in page.things]
    return MatchRunsView(match_runs=views, next=cursors.write(page.next, who, query))


@app.get("/v1/scheduling-periods/<period_id>/match-runs/<run_id>", tags=["matching"])
def read_match_run(period_id: str, run_id: str) -> Response[MatchRunView]:
    """Read a match run, with how far it is while a schedule is looked for; for managers."""
    return _run(runs.read(caller(app), read_id(period_id), read_id(run_id)))


@app.get("/v1/scheduling-periods/<period_id>/match-runs/<run_id>/days", tags=["matching"])
def list_proposed_days(period_id: str, run_id: str, limit: Limit = 25, cursor: Cursor = None) -> ProposedDaysView:
    """List the days that a run proposes, by date, and what became of them; for managers."""
    who, of_run = caller(app), (read_id(period_id), read_id(run_id))
    query = json.dumps(["match-run-days", *of_run])
    run, page = runs.days(who, *of_run, limit=limit, start=cursors.read(cursor, who, query))
    views = [ProposedDayView.of(each, run) for each in page.things]
    return ProposedDaysView(days=views, next=cursors.write(page.next, who, query))


@app.get("/v1/scheduling-periods/<period_id>/match-runs/<run_id>/unmatched", tags=["matching"])
def list_unmatched_requests(
    period_id: str, run_id: str, limit: Limit = 25, cursor: Cursor = None
) -> UnmatchedRequestsView:
    """List the requests that a proposal does not serve, and why not; for managers."""
    who, of_run = caller(app), (read_id(period_id), read_id(run_id))
    query = json.dumps(["match-run-unmatched", *of_run])
    page = runs.unmatched(who, *of_run, limit=limit, start=cursors.read(cursor, who, query))
    views = [UnmatchedRequestView.of(each) for each in page.things]
    return UnmatchedRequestsView(unmatched=views, next=cursors.write(page.next, who, query))


@app.get("/v1/scheduling-periods/<period_id>/match-runs/<run_id>/loads", tags=["matching"])
def list_clinician_loads(period_id: str, run_id: str, limit: Limit = 25, cursor: Cursor = None) -> ClinicianLoadsView:
    """List who works how much in a proposal, against what they offered and what is owed to them; for managers."""
    who, of_run = caller(app), (read_id(period_id), read_id(run_id))
    query = json.dumps(["match-run-loads", *of_run])
    page = runs.loads(who, *of_run, limit=limit, start=cursors.read(cursor, who, query))
    views = [ClinicianLoadView.of(each) for each in page.things]
    return ClinicianLoadsView(loads=views, next=cursors.write(page.next, who, query))


@app.post("/v1/scheduling-periods/<period_id>/match-runs/<run_id>/decisions", tags=["matching"])
def decide_on_proposal(
    period_id: str, run_id: str, body: DecisionsBody, if_match: IfMatch = None
) -> Response[MatchRunView]:
    """Approve or reject days of a proposal, one by one or all on which nobody has decided; for managers.

    Nothing that was decided is decided otherwise. Approved days become Case Days, whose members are asked.
    """
    who, version = caller(app), version_in(if_match)
    return _run(runs.decide(who, read_id(period_id), read_id(run_id), body.read(), expected_version=version))


@app.post("/v1/scheduling-periods/<period_id>/match-runs/<run_id>/stop", tags=["matching"])
def stop_match_run(period_id: str, run_id: str, if_match: IfMatch = None) -> Response[MatchRunView]:
    """Stop a run while a schedule is looked for: its period is reviewed again; for managers."""
    who, version = caller(app), version_in(if_match)
    return _run(runs.stop(who, read_id(period_id), read_id(run_id), expected_version=version))


@app.get("/v1/scheduling-periods/<period_id>/match-runs/<run_id>/files", tags=["matching"])
def download_match_files(period_id: str, run_id: str) -> MatchFilesView:
    """Get the requests that fetch what a run matches and what it proposes, in the interchange format; for managers."""
    return MatchFilesView.of(runs.downloads(caller(app), read_id(period_id), read_id(run_id)))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _run(run: MatchRun, status_code: int = 200, **headers: str) -> Response[MatchRunView]:
    return versioned(MatchRunView.of(run, runs.progress(run)), run.version, status_code=status_code, **headers)
