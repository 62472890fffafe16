"""Case Days over HTTP: created, confirmed, changed by criteria, called off or held."""

import json
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.bodies import Day
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
from bitewing.case_days.bodies import CaseDayView
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.changes import ChangeCriteria
from bitewing.case_days.sites import sites_of
from bitewing.kernel.caller import Caller
from bitewing.kernel.ids import read_id

from functions.case_days_api.schemas import (
    CallOffBody,
    CaseDayBody,
    CaseDaysView,
    CriteriaBody,
    CriteriaView,
    DayActivitiesView,
    DayActivityView,
    DecisionBody,
    LockBody,
    NewCaseDayBody,
    RequestedDayBody,
    RescheduleBody,
)
from functions.case_days_api.wiring import changes, creation, cursors, days, roster

app = create_api()
logger = Logger()

First = Annotated[Day | None, Query(alias="from", description="The first date; today where it is left out.")]
Last = Annotated[Day | None, Query(alias="to", description="The last date; 90 days later where it is left out.")]


@app.post("/v1/case-days", tags=["case days"], status_code=201)
def create_case_day(body: NewCaseDayBody, idempotency_key: IdempotencyKey = None) -> Response[CaseDayView]:
    """Create a tentative day by hand, and ask who is to be on its team; for managers.

    The practice has asked the care team for a day before, or has said whom of it it prefers.
    """
    who = caller(app)
    return _created(creation.create(who, body.read(), request_in(app, who, idempotency_key)), who)


@app.post("/v1/case-day-requests/<request_id>/case-day", tags=["case days"], status_code=201)
def serve_case_day_request(
    request_id: str, body: RequestedDayBody, idempotency_key: IdempotencyKey = None
) -> Response[CaseDayView]:
    """Create a tentative day that serves a request, and ask who is to be on its team; for managers.

    The request follows its day: it is confirmed with it, and asked for again when the day is called off by the manager.
    """
    who = caller(app)
    new = body.read(read_id(request_id))
    return _created(creation.create(who, new, request_in(app, who, idempotency_key)), who)


@app.get("/v1/case-days", tags=["case days"])
def list_case_days(first: First = None, last: Last = None, limit: Limit = 25, cursor: Cursor = None) -> CaseDaysView:
    """List days by date: a practice its own, managers those of the care team, clinicians those on whose team they are.

    Dates are those of the sites, up to 366 of them.
    """
    who = caller(app)
    query = json.dumps(["case-days", *(each.isoformat() if each else None for each in (first, last))])
    page = days.listed(who, first=first, last=last, limit=limit, start=cursors.read(cursor, who, query))
    sites = sites_of(page.things, roster)
    views = [CaseDayView.of(each, who, sites) for each in page.things]
    return CaseDaysView(case_days=views, next=cursors.write(page.next, who, query))


@app.get("/v1/case-days/<case_day_id>", tags=["case days"])
def read_case_day(case_day_id: str) -> Response[CaseDayView]:
    """Read a day; for its practice, the managers of its care team, and the clinicians on its team."""
    who = caller(app)
    return _day(days.read(who, read_id(case_day_id)), who)


@app.patch("/v1/case-days/<case_day_id>", tags=["case days"])
def change_case_day(case_day_id: str, body: CaseDayBody, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Change a day; for its practice and for managers.

    What a manager changes applies at once. What a practice changes of a confirmed day applies at once, waits for a
    manager as `wanted`, or is refused, as the criteria of the care team say; one refused field refuses all.
    """
    who, version = caller(app), version_in(if_match)
    return _day(changes.edit(who, read_id(case_day_id), body.read(), expected_version=version), who)


@app.post("/v1/case-days/<case_day_id>/confirm", tags=["case days"])
def confirm_case_day(case_day_id: str, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Confirm a day whose complete team has accepted; for managers."""
    who, version = caller(app), version_in(if_match)
    return _day(days.confirm(who, read_id(case_day_id), expected_version=version), who)


@app.post("/v1/case-days/<case_day_id>/practice-confirmation", tags=["case days"])
def confirm_case_day_details(case_day_id: str, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Confirm the details of a day, where the team comes in and whom it asks for; for its practice."""
    who, version = caller(app), version_in(if_match)
    return _day(days.confirm_details(who, read_id(case_day_id), expected_version=version), who)


@app.post("/v1/case-days/<case_day_id>/cancel", tags=["case days"])
def cancel_case_day(case_day_id: str, body: CallOffBody, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Call a day off; for its practice and for managers. Its team is free again, and so is the date."""
    who, version = caller(app), version_in(if_match)
    return _day(days.cancel(who, read_id(case_day_id), reason=body.reason, expected_version=version), who)


@app.post("/v1/case-days/<case_day_id>/reject", tags=["case days"])
def reject_case_day(case_day_id: str, body: CallOffBody, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Reject a day, with a reason that its practice reads; for managers. Team and date are free again."""
    who, version = caller(app), version_in(if_match)
    return _day(days.reject(who, read_id(case_day_id), reason=body.reason, expected_version=version), who)


@app.post("/v1/case-days/<case_day_id>/reschedule", tags=["case days"])
def reschedule_case_day(case_day_id: str, body: RescheduleBody, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Move a day to another date; for managers.

    Members who can make the date stay and are asked again, the others are released. The day is tentative, and its
    practice confirms the details anew.
    """
    who, version = caller(app), version_in(if_match)
    return _day(changes.reschedule(who, read_id(case_day_id), body.on, expected_version=version), who)


@app.post("/v1/case-days/<case_day_id>/wanted-change", tags=["case days"])
def decide_wanted_change(case_day_id: str, body: DecisionBody, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Approve or refuse what the practice wants to be changed; for managers. Another date reschedules the day."""
    who, version = caller(app), version_in(if_match)
    is_approved = body.to == "approved"
    day = changes.decide(
        who, read_id(case_day_id), is_approved=is_approved, reason=body.reason, expected_version=version
    )
    return _day(day, who)


@app.put("/v1/case-days/<case_day_id>/lock", tags=["case days"])
def lock_case_day(case_day_id: str, body: LockBody, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Say whether matching keeps a day as it is; for managers."""
    who, version = caller(app), version_in(if_match)
    return _day(days.lock(who, read_id(case_day_id), is_locked=body.is_locked, expected_version=version), who)


@app.post("/v1/case-days/<case_day_id>/begin", tags=["case days"])
def begin_case_day(case_day_id: str, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Record that a confirmed day has begun; for managers. It also begins by itself."""
    who, version = caller(app), version_in(if_match)
    return _day(days.begin(who, read_id(case_day_id), expected_version=version), who)


@app.post("/v1/case-days/<case_day_id>/complete", tags=["case days"])
def complete_case_day(case_day_id: str, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Record that a day in progress is over; for managers. It also ends by itself."""
    who, version = caller(app), version_in(if_match)
    return _day(days.complete(who, read_id(case_day_id), expected_version=version), who)


@app.get("/v1/case-days/<case_day_id>/activity", tags=["case days"])
def list_case_day_activity(case_day_id: str, limit: Limit = 25, cursor: Cursor = None) -> DayActivitiesView:
    """List what happened to a day, the newest first; for its practice and for managers.

    Which rules were set aside, and why, managers alone read: of a page, entries may be left out for practices.
    """
    who, stored_id = caller(app), read_id(case_day_id)
    query = json.dumps(["case-day-activity", stored_id])
    page = days.activity(who, stored_id, limit=limit, start=cursors.read(cursor, who, query))
    views = [DayActivityView.of(each) for each in page.things]
    return DayActivitiesView(activity=views, next=cursors.write(page.next, who, query))


@app.get("/v1/change-criteria", tags=["case days"])
def read_change_criteria() -> Response[CriteriaView]:
    """Read what becomes of changes that practices make of confirmed days; for managers. Of version 0 at first."""
    return _criteria(changes.criteria(caller(app)))


@app.put("/v1/change-criteria", tags=["case days"])
def set_change_criteria(body: CriteriaBody, if_match: IfMatch = None) -> Response[CriteriaView]:
    """Set, whole, what becomes of changes that practices make of confirmed days; for managers."""
    who, version = caller(app), version_in(if_match)
    return _criteria(changes.set_criteria(who, body.read(), expected_version=version))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _created(day: CaseDay, who: Caller) -> Response[CaseDayView]:
    location = f"/v1/case-days/{day.case_day_id}"
    return _day(day, who, status_code=201, Location=location)


def _day(day: CaseDay, who: Caller, *, status_code: int = 200, **headers: str) -> Response[CaseDayView]:
    view = CaseDayView.of(day, who, sites_of([day], roster))
    return versioned(view, day.version, status_code=status_code, **headers)


def _criteria(criteria: ChangeCriteria) -> Response[CriteriaView]:
    return versioned(CriteriaView.of_team(criteria), criteria.version)
