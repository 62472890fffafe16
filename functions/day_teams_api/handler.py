"""The teams of Case Days over HTTP: who is asked, who could be, and what they answer."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.http import IfMatch, answer, caller, create_api, version_in, versioned
from bitewing.case_days.bodies import CaseDayView
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.sites import sites_of
from bitewing.kernel.caller import Caller
from bitewing.kernel.ids import read_id

from functions.day_teams_api.schemas import AnswerBody, CandidatesView, CandidateView, SeatBody, read_role
from functions.day_teams_api.wiring import roster, teams

app = create_api()
logger = Logger()


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


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _day(day: CaseDay, who: Caller) -> Response[CaseDayView]:
    return versioned(CaseDayView.of(day, who, sites_of([day], roster)), day.version)
