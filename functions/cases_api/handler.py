"""Cases over HTTP: start, prepare, check, send, find and follow them."""

import json
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.http import (
    Cursor,
    DryRun,
    IdempotencyKey,
    IfMatch,
    Limit,
    answer,
    caller,
    create_api,
    request_in,
    version_in,
    versioned,
    with_query,
)
from bitewing.cases.access import party_of
from bitewing.cases.bodies import PrecheckView, WouldBeView
from bitewing.cases.case_bodies import CaseView
from bitewing.cases.list_bodies import CaseRow, CasesView, query_of
from bitewing.cases.listing import partner_in
from bitewing.cases.ports import CaseWithPrecheck
from bitewing.cases.service import NewCase
from bitewing.cases.would_be import WouldBe
from bitewing.kernel.ids import read_id

from functions.cases_api.schemas import (
    ActivityView,
    AskedCases,
    HistoryView,
    NewCaseBody,
    PacketBody,
    SubmissionBody,
)
from functions.cases_api.wiring import cases, cursors, lists

app = create_api()
logger = Logger()


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
@with_query
def list_cases(asked: AskedCases) -> CasesView:
    """List cases in the order that is asked for: what needs the reader's attention most comes first by default.

    `attention` and `status` sort by progress: red first, then yellow, green, white; inside a color the status that
    needs the most from the reader; then the oldest due date. `waiting` is a queue of work: what waits longest for one
    side comes first. Where rows are left out, up to 400 are looked at for a page: it may be short, or empty, and go on
    with `next`.
    """
    who = caller(app)
    reader = party_of(who)
    listing = asked.listing(partner_in(reader, lab_id=asked.lab_id, practice_id=asked.practice_id))
    query = query_of(listing)
    page = lists.page(who, listing, limit=asked.limit, start=cursors.read(asked.cursor, who, query))
    return CasesView(cases=[CaseRow.of(row, reader) for row in page.things], next=cursors.write(page.next, who, query))


@app.put("/v1/cases/<case_id>/archive", tags=["cases"])
def archive_case(case_id: str) -> CaseRow:
    """Take a case off the list of the caller's side; it goes on as before, neither canceled nor paused."""
    who = caller(app)
    return CaseRow.of(lists.archive(who, read_id(case_id)), party_of(who))


@app.delete("/v1/cases/<case_id>/archive", tags=["cases"])
def unarchive_case(case_id: str) -> CaseRow:
    """Bring a case back on the list of the caller's side."""
    who = caller(app)
    return CaseRow.of(lists.unarchive(who, read_id(case_id)), party_of(who))


@app.get("/v1/cases/<case_id>", tags=["cases"])
def read_case(case_id: str) -> Response[CaseView]:
    """Read a case with its PreCheck."""
    return _case(cases.read(caller(app), read_id(case_id)))


@app.patch("/v1/cases/<case_id>", tags=["cases"])
def change_packet(
    case_id: str,
    body: PacketBody,
    dry_run: DryRun = False,  # noqa: FBT002 - a parameter of the query
    if_match: IfMatch = None,
) -> Response[CaseView | WouldBeView]:
    """Change fields of the packet; what is not named stays.

    Until the case is sent first, its lab, dentist and type can change, too. The packet stays: what the new type does
    not have, PreCheck says.

    From `received` until its lab begins to make it, a case that was sent can be changed, too: the lab goes on to read
    what was sent, until the case is submitted again. That moves the due date and releases a booked planning session:
    `dry_run=true` says how, before anything is saved.

    With `is_authorized` somebody of the practice records the dentist's electronic authorization of this packet; a
    later change of the lab, the dentist, the type, the patient, the items or the description withdraws it.
    """
    version = version_in(if_match)
    change = cases.would_change if dry_run else cases.change_packet
    changed = change(
        caller(app),
        read_id(case_id),
        expected_version=version,
        changes=body.changes(),
        is_authorized=body.is_authorized,
    )
    return _would_be(changed, version) if isinstance(changed, WouldBe) else _case(changed)


@app.get("/v1/cases/<case_id>/precheck", tags=["cases"])
def check_case(case_id: str) -> PrecheckView:
    """Run PreCheck: what is missing or wrong, and what to do first."""
    return PrecheckView.of(cases.read(caller(app), read_id(case_id)).precheck)


@app.post("/v1/cases/<case_id>/submit", tags=["cases"], status_code=202)
def submit_case(
    case_id: str,
    body: SubmissionBody,
    dry_run: DryRun = False,  # noqa: FBT002 - a parameter of the query
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[CaseView | WouldBeView]:
    """Send the case to its lab, the first time or again; every warning must be acknowledged by its rule id.

    Sent again before its lab begins to make it, the case counts anew and gives up a booked planning session.
    With `dry_run=true` nothing is sent; warnings need not be acknowledged for that, and are in the answer.
    """
    who, stored_id, version = caller(app), read_id(case_id), version_in(if_match)
    return (
        _would_be(cases.would_submit(who, stored_id, expected_version=version), version)
        if dry_run
        else _case(
            cases.submit(
                who,
                stored_id,
                expected_version=version,
                acknowledged=frozenset(body.acknowledged),
                request=request_in(app, who, idempotency_key),
            ),
            202,
        )
    )


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


def _case(checked: CaseWithPrecheck, status_code: int = 200, **headers: str) -> Response[Any]:
    view = CaseView.of_checked(checked, party_of(caller(app)))
    return versioned(view, checked.case.version, status_code=status_code, **headers)


def _would_be(would_be: WouldBe, version: int) -> Response[Any]:
    # Nothing was stored: the version stays.
    return versioned(WouldBeView.of(would_be), version)
