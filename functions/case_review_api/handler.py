"""What lab and practice say of a case over HTTP: returns and answers, notes, what arrived another way."""

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
from bitewing.cases.bodies import CaseStandView, ReturnView
from bitewing.cases.case import Case
from bitewing.kernel.caller import Caller
from bitewing.kernel.ids import read_id

from functions.case_review_api.schemas import (
    NoteBody,
    NotesView,
    NoteView,
    ReasonAnswerBody,
    ReturnsView,
)
from functions.case_review_api.wiring import cursors, reviews

app = create_api()
logger = Logger()


@app.get("/v1/cases/<case_id>/returns", tags=["reviews"])
def list_returns(case_id: str, limit: Limit = 25, cursor: Cursor = None) -> ReturnsView:
    """List the times that the case came back, with reasons and answers, the newest first."""
    who, stored_id = caller(app), read_id(case_id)
    query = json.dumps(["returns", stored_id])
    page = reviews.returns(who, stored_id, limit=limit, start=cursors.read(cursor, who, query))
    return ReturnsView(returns=[ReturnView.of(back) for back in page.things], next=cursors.write(page.next, who, query))


@app.post("/v1/cases/<case_id>/return-reasons/<reason_id>/answer", tags=["reviews"])
def answer_reason(
    case_id: str, reason_id: str, body: ReasonAnswerBody, if_match: IfMatch = None
) -> Response[CaseStandView]:
    """Deal with one reason for which the case came back; PreCheck asks for each until then."""
    who = caller(app)
    answered = reviews.answer(who, read_id(case_id), reason_id, body.says, expected_version=version_in(if_match))
    return _case(answered, who)


@app.post("/v1/cases/<case_id>/notes", tags=["reviews"], status_code=201)
def add_note(case_id: str, body: NoteBody, idempotency_key: IdempotencyKey = None) -> NoteView:
    """Add a note, in whatever status the case is; the practice, unless it was cancelled. Its version stays as it is."""
    who = caller(app)
    return NoteView.of(reviews.add_note(who, read_id(case_id), body.text, request_in(app, who, idempotency_key)))


@app.get("/v1/cases/<case_id>/notes", tags=["reviews"])
def list_notes(case_id: str, limit: Limit = 25, cursor: Cursor = None) -> NotesView:
    """List the notes of a case, the newest first."""
    who, stored_id = caller(app), read_id(case_id)
    query = json.dumps(["notes", stored_id])
    page = reviews.notes(who, stored_id, limit=limit, start=cursors.read(cursor, who, query))
    return NotesView(notes=[NoteView.of(note) for note in page.things], next=cursors.write(page.next, who, query))


@app.post("/v1/cases/<case_id>/sent-otherwise/<kind>/arrived", tags=["reviews"])
def mark_arrived(case_id: str, kind: str, if_match: IfMatch = None) -> Response[CaseStandView]:
    """Mark as arrived what the practice sent another way than as an upload; for the lab of the case."""
    who = caller(app)
    return _case(reviews.mark_arrived(who, read_id(case_id), kind, expected_version=version_in(if_match)), who)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _case(case: Case, who: Caller) -> Response[CaseStandView]:
    return versioned(CaseStandView.of(case, reviews.reader(who, case)), case.version)
