"""Planning over HTTP: when labs plan, what is free, and the sessions of cases."""

import json
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.bodies import Day
from bitewing.aws.clock import now
from bitewing.aws.http import (
    JSON,
    Cursor,
    DryRun,
    IdempotencyKey,
    IfMatch,
    answer,
    caller,
    create_api,
    request_in,
    version_in,
    versioned,
)
from bitewing.cases.bodies import WouldBeView
from bitewing.cases.would_be import WouldBe
from bitewing.kernel.ids import read_id
from bitewing.planning.booking import Booking
from bitewing.planning.hours import PlanningHours
from bitewing.planning.ics import calendar
from bitewing.planning.session import SessionState

from functions.planning_api.schemas import (
    OutcomeBody,
    PlanningBlocksView,
    PlanningHoursBody,
    PlanningHoursView,
    PlanningSessionRow,
    PlanningSessionsView,
    PlanningSessionView,
    SessionBody,
)
from functions.planning_api.wiring import cursors, planning

app = create_api()
logger = Logger()

CALENDAR = "text/calendar; charset=utf-8"
First = Annotated[Day | None, Query(alias="from", description="The first day.")]
Last = Annotated[Day | None, Query(alias="to", description="The last day.")]
Zone = Annotated[
    str | None,
    Query(max_length=64, description="IANA time zone of the reader; that of the organization where it is left out."),
]
Limit = Annotated[int, Query(ge=1, le=100, description="How many a page has, at most.")]


@app.get("/v1/labs/<lab_id>/planning-hours", tags=["planning"])
def read_planning_hours(lab_id: str) -> Response[PlanningHoursView]:
    """Read when the own lab plans; of version 0 and without openings before it has said so."""
    return _hours(planning.hours(caller(app), lab_id))


@app.put("/v1/labs/<lab_id>/planning-hours", tags=["planning"])
def publish_planning_hours(
    lab_id: str, body: PlanningHoursBody, if_match: IfMatch = None
) -> Response[PlanningHoursView]:
    """Publish when the own lab plans from now on, whole; for its administrators.

    `If-Match` is `"0"` where nothing was published before. Sessions that are booked stay as they are, and keep their
    planners busy, whatever the hours are now.
    """
    return _hours(planning.publish(caller(app), body.read(lab_id), expected_version=version_in(if_match)))


@app.get("/v1/labs/<lab_id>/planning-blocks", tags=["planning"])
def list_planning_blocks(
    lab_id: str, first: First = None, last: Last = None, time_zone: Zone = None
) -> PlanningBlocksView:
    """List the free blocks of a lab: up to 31 days of the reader's time zone, the next two weeks where none are named.

    For the lab, and for practices that have or had an accepted connection with it. A local time that does not exist
    because clocks are changed begins no block; one that exists twice can begin two, told apart by their moments.
    """
    return PlanningBlocksView.of(planning.blocks(caller(app), lab_id, first=first, last=last, time_zone=time_zone))


@app.post("/v1/cases/<case_id>/planning-session", tags=["planning"], status_code=201)
def book_session(
    case_id: str,
    body: SessionBody,
    dry_run: DryRun = False,  # noqa: FBT002 - a parameter of the query
    idempotency_key: IdempotencyKey = None,
) -> Response[PlanningSessionView | WouldBeView]:
    """Book a free block for a case that waits for its planning; for its practice.

    Its lab books it where it started the case and the practice has not joined: nobody else could.
    Two practices never hold the same planner's block: of several who ask at once, one gets it, and the others are told
    the next that is free. The case is due by the day of the session.
    """
    who, stored_id = caller(app), read_id(case_id)
    return (
        _would_be(planning.would_book(who, stored_id, body.starts_at))
        if dry_run
        else _session(planning.book(who, stored_id, body.starts_at, request_in(app, who, idempotency_key)), 201)
    )


@app.get("/v1/cases/<case_id>/planning-session", tags=["planning"])
def read_session(case_id: str) -> Response[PlanningSessionView]:
    """Read the planning session of a case, from its booking on until it is released or missed."""
    return _session(planning.read(caller(app), read_id(case_id)))


@app.patch("/v1/cases/<case_id>/planning-session", tags=["planning"])
def move_session(
    case_id: str,
    body: SessionBody,
    dry_run: DryRun = False,  # noqa: FBT002 - a parameter of the query
    if_match: IfMatch = None,
) -> Response[PlanningSessionView | WouldBeView]:
    """Move the planning session of a case to another free block; for its lab, and for its practice as far as it may.

    Its lab moves it also while the case is paused.
    """
    who, stored_id, version = caller(app), read_id(case_id), version_in(if_match)
    return (
        _would_be(planning.would_move(who, stored_id, body.starts_at, expected_version=version), version)
        if dry_run
        else _session(planning.move(who, stored_id, body.starts_at, expected_version=version))
    )


@app.delete("/v1/cases/<case_id>/planning-session", tags=["planning"])
def cancel_session(
    case_id: str,
    dry_run: DryRun = False,  # noqa: FBT002 - a parameter of the query
    if_match: IfMatch = None,
) -> Response[PlanningSessionView | WouldBeView]:
    """Cancel the planning session of a case, which waits for another then; for whoever can move it.

    After a session that was held, its lab has the case wait for one more by this: what was held stays so.
    """
    who, stored_id, version = caller(app), read_id(case_id), version_in(if_match)
    return (
        _would_be(planning.would_cancel(who, stored_id, expected_version=version), version)
        if dry_run
        else _session(planning.cancel(who, stored_id, expected_version=version))
    )


@app.post("/v1/cases/<case_id>/planning-session/outcome", tags=["planning"])
def record_session_outcome(case_id: str, body: OutcomeBody, if_match: IfMatch = None) -> Response[PlanningSessionView]:
    """Record that the planning session of a case was held, or that the practice missed it; for its lab.

    A case whose session was missed waits for another.
    """
    who, stored_id, version = caller(app), read_id(case_id), version_in(if_match)
    return _session(planning.record_outcome(who, stored_id, SessionState(body.outcome), expected_version=version))


@app.get("/v1/cases/<case_id>/planning-session.ics", tags=["planning"])
def read_session_calendar(case_id: str) -> Response[str]:
    """Get the planning session of a case for a calendar (RFC 5545)."""
    booking = planning.read(caller(app), read_id(case_id))
    body = calendar(booking.entry(told_at=now())).content
    return Response(status_code=200, content_type=CALENDAR, body=body, headers={"Cache-Control": "no-store"})


@app.get("/v1/planning-sessions", tags=["planning"])
def list_sessions(
    first: First = None, last: Last = None, limit: Limit = 25, cursor: Cursor = None
) -> PlanningSessionsView:
    """List the planning sessions of the own lab or practice, by their start.

    Days are those of the organization, up to 366 of them. Where none are named, a lab gets today, and a practice what
    comes within 90 days.
    """
    who = caller(app)
    query = json.dumps(["planning-sessions", _stated(first), _stated(last)])
    found = planning.sessions(who, first=first, last=last, limit=limit, start=cursors.read(cursor, who, query))
    return PlanningSessionsView(
        time_zone=found.time_zone,
        sessions=[PlanningSessionRow.of(each, found.time_zone) for each in found.page.things],
        next=cursors.write(found.page.next, who, query),
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _would_be(would_be: WouldBe, version: int | None = None) -> Response[Any]:
    view = WouldBeView.of(would_be)
    return Response(200, JSON, view) if version is None else versioned(view, version)


def _hours(hours: PlanningHours) -> Response[PlanningHoursView]:
    return versioned(PlanningHoursView.of(hours), hours.version)


def _session(booking: Booking, status_code: int = 200) -> Response[Any]:
    return versioned(PlanningSessionView.of(booking), booking.session.version, status_code=status_code)


def _stated(day: Day | None) -> str | None:
    return day.isoformat() if day else None
