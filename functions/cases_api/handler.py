"""Cases over HTTP: start, prepare, check, send, find and follow them."""

import json
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.http import (
    JSON,
    IdempotencyKey,
    IfMatch,
    answer,
    caller,
    create_api,
    etag,
    request_in,
    version_in,
)
from bitewing.cases.ports import CaseWithPrecheck
from bitewing.cases.service import NewCase
from bitewing.cases.status import Color, Status
from bitewing.kernel.ids import read_id

from functions.cases_api.schemas import (
    ActivityView,
    CaseRow,
    CasesView,
    CaseView,
    HistoryView,
    NewCaseBody,
    PacketBody,
    PrecheckView,
    SubmissionBody,
)
from functions.cases_api.wiring import cases, cursors

app = create_api()
logger = Logger()

Limit = Annotated[int, Query(ge=1, le=100, description="How many are looked at; filters may leave fewer.")]
Cursor = Annotated[str | None, Query(description="The `next` of the page before.")]


@app.post("/v1/cases", tags=["cases"], status_code=201)
def create_case(body: NewCaseBody, idempotency_key: IdempotencyKey = None) -> Response[CaseView]:
    """Start a case with its context: lab, dentist, case type and patient."""
    who = caller(app)
    created = cases.create(
        who,
        NewCase(
            lab_id=body.lab_id,
            dentist_id=body.dentist_id,
            case_type=body.case_type,
            patient=body.patient.read(),
            remake_of=read_id(body.remake_of) if body.remake_of else None,
            remake_code=body.remake_code,
            remake_reason=body.remake_reason,
        ),
        request_in(app, who, idempotency_key),
    )
    return _case(created, 201, Location=f"/v1/cases/{created.case.case_id}")


@app.get("/v1/cases", tags=["cases"])
def list_cases(
    limit: Limit = 25,
    cursor: Cursor = None,
    status: Annotated[list[Status] | None, Query(description="Only cases in these statuses.")] = None,
    color: Annotated[list[Color] | None, Query(description="Only cases of these colors.")] = None,
) -> CasesView:
    """List cases, what needs the reader's attention first."""
    who = caller(app)
    query = json.dumps(["cases", sorted(status or ()), sorted(color or ())])
    page = cases.by_attention(
        who,
        limit=limit,
        start=cursors.read(cursor, who, query),
        statuses=frozenset(status or ()),
        colors=frozenset(color or ()),
    )
    return CasesView(cases=[CaseRow.of(case) for case in page.things], next=cursors.write(page.next, who, query))


@app.get("/v1/cases/<case_id>", tags=["cases"])
def read_case(case_id: str) -> Response[CaseView]:
    """Read a case with its PreCheck."""
    return _case(cases.read(caller(app), read_id(case_id)), 200)


@app.patch("/v1/cases/<case_id>", tags=["cases"])
def change_packet(case_id: str, body: PacketBody, if_match: IfMatch = None) -> Response[CaseView]:
    """Change fields of the packet; what is not named stays.

    With `is_authorized` somebody of the practice records the dentist's electronic authorization of this packet; a
    later change of the patient, the items or the description withdraws it.
    """
    changed = cases.change_packet(
        caller(app),
        read_id(case_id),
        expected_version=version_in(if_match),
        changes=body.changes(),
        is_authorized=body.is_authorized,
    )
    return _case(changed, 200)


@app.get("/v1/cases/<case_id>/precheck", tags=["cases"])
def check_case(case_id: str) -> PrecheckView:
    """Run PreCheck: what is missing or wrong, and what to do first."""
    return PrecheckView.of(cases.read(caller(app), read_id(case_id)).precheck)


@app.post("/v1/cases/<case_id>/submit", tags=["cases"], status_code=202)
def submit_case(
    case_id: str, body: SubmissionBody, if_match: IfMatch = None, idempotency_key: IdempotencyKey = None
) -> Response[CaseView]:
    """Send the case to its lab; every warning must be acknowledged by its rule id."""
    who = caller(app)
    submitted = cases.submit(
        who,
        read_id(case_id),
        expected_version=version_in(if_match),
        acknowledged=frozenset(body.acknowledged),
        request=request_in(app, who, idempotency_key),
    )
    return _case(submitted, 202)


@app.get("/v1/cases/<case_id>/activity", tags=["cases"])
def read_activity(case_id: str, limit: Limit = 25, cursor: Cursor = None) -> HistoryView:
    """Read the history of a case, the newest entry first."""
    who, stored_id = caller(app), read_id(case_id)
    query = json.dumps(["activity", stored_id])
    page = cases.activity(who, stored_id, limit=limit, start=cursors.read(cursor, who, query))
    return HistoryView(
        activity=[ActivityView.of(entry) for entry in page.things], next=cursors.write(page.next, who, query)
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _case(checked: CaseWithPrecheck, status_code: int, **headers: str) -> Response[CaseView]:
    return Response(
        status_code=status_code,
        content_type=JSON,
        body=CaseView.of_checked(checked),
        headers={"ETag": etag(checked.case.version), **headers},
    )
