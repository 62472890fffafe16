"""Schedules over HTTP: who works where, with what is missing, and calendars of one's days to subscribe to."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.http import JSON, IdempotencyKey, answer, caller, create_api, request_in, with_query
from bitewing.kernel.ids import read_id

from functions.schedules_api.schemas import (
    AskedSchedule,
    CalendarFeedsView,
    CalendarFeedView,
    IssuedFeedView,
    NewFeedBody,
    ScheduleView,
)
from functions.schedules_api.wiring import feeds, schedules

app = create_api()
logger = Logger()


@app.get("/v1/schedules", tags=["schedules"])
@with_query
def read_schedule(asked: AskedSchedule) -> ScheduleView:
    """Read the Case Days of a day, a week or a month, by date, clinician, practice or state, with what is missing.

    A practice sees its own days, managers those of the care team, clinicians those on whose team they are. Rows of
    dates have each date of the span; rows of clinicians end with the roles that nobody has.
    """
    found = schedules.read(caller(app), span=asked.span, on=asked.on, rows_of=asked.rows, only=asked.only())
    return ScheduleView.of(found)


@app.post("/v1/calendar-feeds", tags=["schedules"], status_code=201)
def issue_feed(body: NewFeedBody, idempotency_key: IdempotencyKey = None) -> Response[IssuedFeedView]:
    """Make a calendar of one's days, for clinicians and practices; its credential is shown this once.

    Calendars subscribe to `/v1/calendar/{credential}.ics`: whoever has this address sees the days.
    """
    who = caller(app)
    issued = feeds.issue(who, body.name, request_in(app, who, idempotency_key))
    return Response(status_code=201, content_type=JSON, body=IssuedFeedView.of_issued(issued))


@app.get("/v1/calendar-feeds", tags=["schedules"])
def list_feeds() -> CalendarFeedsView:
    """List the calendars of one's days, or of the own practice, also revoked ones, the oldest first."""
    return CalendarFeedsView(feeds=[CalendarFeedView.of(each) for each in feeds.of_caller(caller(app))])


@app.delete("/v1/calendar-feeds/<feed_id>", tags=["schedules"])
def revoke_feed(feed_id: str) -> CalendarFeedView:
    """Let the credential of a calendar give nothing from now on."""
    return CalendarFeedView.of(feeds.revoke(caller(app), read_id(feed_id)))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)
