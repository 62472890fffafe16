"""Case Days over HTTP: created, their teams asked, confirmed, changed by criteria, called off or held."""

import json
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.bodies import Day
from bitewing.aws.http import (
    JSON,
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
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.changes import ChangeCriteria
from bitewing.case_days.patients import DayPatient
from bitewing.kernel.caller import Caller
from bitewing.kernel.ids import read_id

from functions.case_days_api.schemas import (
    AnswerBody,
    CalendarFeedsView,
    CalendarFeedView,
    CallOffBody,
    CandidatesView,
    CandidateView,
    CaseDayBody,
    CaseDaysView,
    CaseDayView,
    CriteriaBody,
    CriteriaView,
    DayActivitiesView,
    DayActivityView,
    DayPatientBody,
    DayPatientsView,
    DayPatientView,
    DecisionBody,
    IssuedFeedView,
    LockBody,
    NewCaseDayBody,
    NewDayPatientBody,
    NewFeedBody,
    RequestedDayBody,
    RescheduleBody,
    SeatBody,
    read_role,
)
from functions.case_days_api.wiring import changes, creation, cursors, days, feeds, patients, teams

app = create_api()
logger = Logger()

First = Annotated[Day | None, Query(alias="from", description="The first date; today (UTC) where it is left out.")]
Last = Annotated[Day | None, Query(alias="to", description="The last date; 90 days later where it is left out.")]


@app.post("/v1/case-days", tags=["case days"], status_code=201)
def create_case_day(body: NewCaseDayBody, idempotency_key: IdempotencyKey = None) -> Response[CaseDayView]:
    """Create a tentative day by hand, and ask who is to be on its team; for managers."""
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
    views = [CaseDayView.of(each, who) for each in page.things]
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


@app.put("/v1/case-days/<case_day_id>/team/<role>", tags=["case days"])
def ask_team_member(case_day_id: str, role: str, body: SeatBody, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Put somebody on the team, in the place of whoever has the role, and ask them to accept; for managers.

    Their day is claimed from then on: nobody is asked for two practices on a date. A confirmed day becomes tentative.
    Hard rules that would be broken are named in the refusal; some can be set aside, by name and with a reason.
    """
    who, version, stored_id = caller(app), version_in(if_match), read_id(case_day_id)
    return _day(teams.ask(who, stored_id, body.read(read_role(role)), expected_version=version), who)


@app.delete("/v1/case-days/<case_day_id>/team/<role>", tags=["case days"])
def remove_team_member(case_day_id: str, role: str, if_match: IfMatch = None) -> Response[CaseDayView]:
    """Take whoever has a role off the team; for managers. Their day is free again, a confirmed day tentative."""
    who, version, stored_id = caller(app), version_in(if_match), read_id(case_day_id)
    return _day(teams.remove(who, stored_id, read_role(role), expected_version=version), who)


@app.get("/v1/case-days/<case_day_id>/team/<role>/candidates", tags=["case days"])
def list_candidates(case_day_id: str, role: str) -> CandidatesView:
    """List who could take a role, the best first: who can, who could with a rule set aside, and who cannot and why.

    For managers.
    """
    found = teams.candidates(caller(app), read_id(case_day_id), read_role(role))
    return CandidatesView(candidates=[CandidateView.of(each) for each in found])


@app.post("/v1/case-days/<case_day_id>/team/<clinician_id>/answer", tags=["case days"])
def answer_case_day(case_day_id: str, clinician_id: str, body: AnswerBody) -> Response[CaseDayView]:
    """Accept or decline a day, as the member, or as a manager who was told.

    Who declines leaves the team, also after they accepted. Members answer at the same time: an answer names the
    question that it answers, and no version.
    """
    who = caller(app)
    accepts = body.to == "accepted"
    day = teams.answer(who, read_id(case_day_id), clinician_id, accepts=accepts, asked_at=body.asked_at)
    return _day(day, who)


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
    """List what happened to a day, the newest first; for its practice and for managers."""
    who, stored_id = caller(app), read_id(case_day_id)
    query = json.dumps(["case-day-activity", stored_id])
    page = days.activity(who, stored_id, limit=limit, start=cursors.read(cursor, who, query))
    views = [DayActivityView.of(each) for each in page.things]
    return DayActivitiesView(activity=views, next=cursors.write(page.next, who, query))


@app.get("/v1/case-days/<case_day_id>/patients", tags=["case days"])
def list_day_patients(case_day_id: str) -> DayPatientsView:
    """List the patients of a day, the first treatment first; for its practice, managers and the team."""
    return _patients(caller(app), read_id(case_day_id))


@app.post("/v1/case-days/<case_day_id>/patients", tags=["case days"], status_code=201)
def assign_patient(
    case_day_id: str, body: NewDayPatientBody, idempotency_key: IdempotencyKey = None
) -> Response[DayPatientView]:
    """Assign a patient to a confirmed day, within its hours and where a room is free; for its practice."""
    who = caller(app)
    added = patients.add(who, read_id(case_day_id), body.read(), request_in(app, who, idempotency_key))
    return _patient(added, 201)


@app.patch("/v1/case-days/<case_day_id>/patients/<patient_id>", tags=["case days"])
def change_day_patient(
    case_day_id: str, patient_id: str, body: DayPatientBody, if_match: IfMatch = None
) -> Response[DayPatientView]:
    """Change what is said of a patient of a confirmed day; for its practice."""
    who, version, stored_id = caller(app), version_in(if_match), read_id(case_day_id)
    return _patient(patients.change(who, stored_id, read_id(patient_id), body.named(), expected_version=version))


@app.delete("/v1/case-days/<case_day_id>/patients/<patient_id>", tags=["case days"])
def remove_day_patient(case_day_id: str, patient_id: str, if_match: IfMatch = None) -> DayPatientsView:
    """Take a patient off a day that lies ahead, and return who is left; for its practice."""
    who, version, stored_id = caller(app), version_in(if_match), read_id(case_day_id)
    patients.remove(who, stored_id, read_id(patient_id), expected_version=version)
    return _patients(who, stored_id)


@app.post("/v1/calendar-feeds", tags=["case days"], status_code=201)
def issue_feed(body: NewFeedBody, idempotency_key: IdempotencyKey = None) -> Response[IssuedFeedView]:
    """Make a calendar of one's days, for clinicians and practices; its credential is shown this once."""
    who = caller(app)
    issued = feeds.issue(who, body.name, request_in(app, who, idempotency_key))
    return Response(status_code=201, content_type=JSON, body=IssuedFeedView.of_issued(issued))


@app.get("/v1/calendar-feeds", tags=["case days"])
def list_feeds() -> CalendarFeedsView:
    """List the calendars of one's days, or of the own practice, also revoked ones, the oldest first."""
    return CalendarFeedsView(feeds=[CalendarFeedView.of(each) for each in feeds.of_caller(caller(app))])


@app.delete("/v1/calendar-feeds/<feed_id>", tags=["case days"])
def revoke_feed(feed_id: str) -> CalendarFeedView:
    """Let the credential of a calendar give nothing from now on."""
    return CalendarFeedView.of(feeds.revoke(caller(app), read_id(feed_id)))


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
    return versioned(CaseDayView.of(day, who), day.version, status_code=201, Location=location)


def _day(day: CaseDay, who: Caller) -> Response[CaseDayView]:
    return versioned(CaseDayView.of(day, who), day.version)


def _patients(who: Caller, case_day_id: str) -> DayPatientsView:
    return DayPatientsView(patients=[DayPatientView.of(each) for each in patients.of_day(who, case_day_id)])


def _patient(patient: DayPatient, status_code: int = 200) -> Response[DayPatientView]:
    return versioned(DayPatientView.of(patient), patient.version, status_code=status_code)


def _criteria(criteria: ChangeCriteria) -> Response[CriteriaView]:
    return versioned(CriteriaView.of_team(criteria), criteria.version)
