"""Scheduling over HTTP: periods of care teams, when clinicians can work, and the days that practices ask for."""

import json
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.clock import now
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
from bitewing.kernel.caller import Caller
from bitewing.kernel.ids import read_id
from bitewing.scheduling.availabilities import ClinicianAvailability
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest, RequestStatus

from functions.scheduling_api.schemas import (
    AvailabilitiesView,
    AvailabilityBody,
    AvailabilityView,
    CaseDayRequestBody,
    CaseDayRequestMoveBody,
    CaseDayRequestsView,
    CaseDayRequestView,
    NewCaseDayRequestBody,
    NewPeriodBody,
    PeriodBody,
    PeriodMoveBody,
    PeriodsView,
    PeriodView,
    ReviewBody,
)
from functions.scheduling_api.wiring import availabilities, cursors, periods, requests

app = create_api()
logger = Logger()

CareTeamId = Annotated[
    str | None, Query(max_length=64, description="Whose periods; asked of people of practices, others read their own.")
]
PeriodId = Annotated[
    str | None,
    Query(max_length=64, description="Of which period; asked of managers, practices list all they asked for."),
]
Status = Annotated[
    RequestStatus | None, Query(description="Only these; a page can be short, and go on, for what it leaves out.")
]


@app.post("/v1/scheduling-periods", tags=["scheduling"], status_code=201)
def open_period(body: NewPeriodBody, idempotency_key: IdempotencyKey = None) -> Response[PeriodView]:
    """Open a period: clinicians are asked when they can work, and practices when they want a Case Day. For managers."""
    who = caller(app)
    opened = periods.open(who, body.read(), request_in(app, who, idempotency_key))
    return _period(opened, who, 201, Location=f"/v1/scheduling-periods/{opened.period_id}")


@app.get("/v1/scheduling-periods", tags=["scheduling"])
def list_periods(care_team_id: CareTeamId = None, limit: Limit = 25, cursor: Cursor = None) -> PeriodsView:
    """List the periods of a care team, the newest first: of one's own, or for people of practices of any."""
    who, query = caller(app), json.dumps(["scheduling-periods", care_team_id])
    page = periods.of_caller(who, care_team_id=care_team_id, limit=limit, start=cursors.read(cursor, who, query))
    at = now()
    views = [PeriodView.of(each, who, at=at) for each in page.things]
    return PeriodsView(periods=views, next=cursors.write(page.next, who, query))


@app.get("/v1/scheduling-periods/<period_id>", tags=["scheduling"])
def read_period(period_id: str, care_team_id: CareTeamId = None) -> Response[PeriodView]:
    """Read a period of a care team: of one's own, or for people of practices of any."""
    who = caller(app)
    return _period(periods.read(who, read_id(period_id), care_team_id=care_team_id), who)


@app.patch("/v1/scheduling-periods/<period_id>", tags=["scheduling"])
def change_period(period_id: str, body: PeriodBody, if_match: IfMatch = None) -> Response[PeriodView]:
    """Change what a period asks for while it is collecting or reviewing; for managers.

    Once anybody has answered, it grows and does not shrink. Its weights change also while it is proposed: they count
    for the next match run.
    """
    who, version = caller(app), version_in(if_match)
    return _period(periods.change(who, read_id(period_id), expected_version=version, changes=body.named()), who)


@app.post("/v1/scheduling-periods/<period_id>/transitions", tags=["scheduling"])
def move_period(period_id: str, body: PeriodMoveBody, if_match: IfMatch = None) -> Response[PeriodView]:
    """Move a period along its life; for managers. At its deadline for availability it moves on by itself.

    It is matched by starting a match run, and not by a move; whoever moves it on from there stops the run.
    """
    who, version = caller(app), version_in(if_match)
    return _period(periods.move(who, read_id(period_id), body.to, expected_version=version), who)


@app.get("/v1/scheduling-periods/<period_id>/availability", tags=["scheduling"])
def list_availability(period_id: str, limit: Limit = 25, cursor: Cursor = None) -> AvailabilitiesView:
    """List all clinicians of the own care team, each with what they said for a period, if anything; for managers."""
    who, stored_id = caller(app), read_id(period_id)
    query = json.dumps(["availability", stored_id])
    page = availabilities.of_period(who, stored_id, limit=limit, start=cursors.read(cursor, who, query))
    views = [AvailabilityView.of(each) for each in page.things]
    return AvailabilitiesView(availability=views, next=cursors.write(page.next, who, query))


@app.get("/v1/scheduling-periods/<period_id>/availability/<clinician_id>", tags=["scheduling"])
def read_availability(period_id: str, clinician_id: str) -> Response[AvailabilityView]:
    """Read what a clinician said for a period, and what the manager says of it; for the clinician and for managers.

    Of version 0 before anything was said. Warnings name states in which a license lapses before the period is over.
    """
    return _availability(availabilities.read(caller(app), read_id(period_id), clinician_id))


@app.put("/v1/scheduling-periods/<period_id>/availability/<clinician_id>", tags=["scheduling"])
def submit_availability(
    period_id: str, clinician_id: str, body: AvailabilityBody, if_match: IfMatch = None
) -> Response[AvailabilityView]:
    """Say when one can work in a period, whole, for the first time (`If-Match` is `"0"`) or anew; for the clinician.

    Until the deadline for availability; an answer to feedback also later, while the period is reviewed. What is decided
    before the deadline counts, and what comes to its decision after it is refused, whenever it was sent.
    """
    who, version = caller(app), version_in(if_match)
    return _availability(
        availabilities.submit(who, read_id(period_id), clinician_id, body.read(), expected_version=version)
    )


@app.post("/v1/scheduling-periods/<period_id>/availability/<clinician_id>/review", tags=["scheduling"])
def review_availability(
    period_id: str, clinician_id: str, body: ReviewBody, if_match: IfMatch = None
) -> Response[AvailabilityView]:
    """Approve what a clinician said, or ask for changes with feedback that the clinician reads; for managers."""
    who, version = caller(app), version_in(if_match)
    reviewed = availabilities.review(
        who, read_id(period_id), clinician_id, body.state, feedback=body.feedback, expected_version=version
    )
    return _availability(reviewed)


@app.post("/v1/case-day-requests", tags=["scheduling"], status_code=201)
def request_case_day(
    body: NewCaseDayRequestBody, idempotency_key: IdempotencyKey = None
) -> Response[CaseDayRequestView]:
    """Ask a care team for a Case Day in one of its periods, until requests are due; for people of practices.

    The day is unconfirmed until it is matched. What is decided before the deadline counts, and what comes to its
    decision after it is refused, whenever it was sent.
    """
    who = caller(app)
    asked = requests.create(who, body.read(), request_in(app, who, idempotency_key))
    return _request(asked, who, 201, Location=f"/v1/case-day-requests/{asked.request_id}")


@app.get("/v1/case-day-requests", tags=["scheduling"])
def list_case_day_requests(
    period_id: PeriodId = None, status: Status = None, limit: Limit = 25, cursor: Cursor = None
) -> CaseDayRequestsView:
    """List the requests of the own practice, the newest first; or for managers those of a period, the oldest first."""
    who, stored_id = caller(app), read_id(period_id) if period_id else None
    query = json.dumps(["case-day-requests", stored_id, status])
    start = cursors.read(cursor, who, query)
    page = requests.of_caller(who, period_id=stored_id, status=status, limit=limit, start=start)
    views = [CaseDayRequestView.of(each, who) for each in page.things]
    return CaseDayRequestsView(requests=views, next=cursors.write(page.next, who, query))


@app.get("/v1/case-day-requests/<request_id>", tags=["scheduling"])
def read_case_day_request(request_id: str) -> Response[CaseDayRequestView]:
    """Read a request: of the own practice, or for managers one to their care team."""
    who = caller(app)
    return _request(requests.read(who, read_id(request_id)), who)


@app.patch("/v1/case-day-requests/<request_id>", tags=["scheduling"])
def change_case_day_request(
    request_id: str, body: CaseDayRequestBody, if_match: IfMatch = None
) -> Response[CaseDayRequestView]:
    """Change what the own practice asks for, as long as it could ask anew; or, for managers, its priority."""
    who, version = caller(app), version_in(if_match)
    return _request(requests.change(who, read_id(request_id), expected_version=version, changes=body.named()), who)


@app.post("/v1/case-day-requests/<request_id>/transitions", tags=["scheduling"])
def move_case_day_request(
    request_id: str, body: CaseDayRequestMoveBody, if_match: IfMatch = None
) -> Response[CaseDayRequestView]:
    """Withdraw a request of the own practice, or, for managers, reject one with a reason that the practice reads."""
    who, version = caller(app), version_in(if_match)
    moved = requests.move(who, read_id(request_id), body.to, reason=body.reason, expected_version=version)
    return _request(moved, who)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _period(period: SchedulingPeriod, who: Caller, status_code: int = 200, **headers: str) -> Response[PeriodView]:
    return versioned(PeriodView.of(period, who, at=now()), period.version, status_code=status_code, **headers)


def _availability(told: ClinicianAvailability) -> Response[AvailabilityView]:
    return versioned(AvailabilityView.of(told), told.version)


def _request(
    asked: CaseDayRequest, who: Caller, status_code: int = 200, **headers: str
) -> Response[CaseDayRequestView]:
    return versioned(CaseDayRequestView.of(asked, who), asked.version, status_code=status_code, **headers)
