"""What a practice has, over HTTP: its dentists and scanners, also those of practices that a lab has entered."""

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
from bitewing.directory.organization import Dentist
from bitewing.kernel.ids import read_id
from bitewing.machines.machine import Scope

from functions.practice_api.schemas import (
    DentistChangesBody,
    DentistsView,
    DentistView,
    EnteredScannerView,
    GuestPracticesView,
    GuestPracticeView,
    NewDentistBody,
    NewGuestPracticeBody,
    NewScannerBody,
    PracticeView,
    ScannersView,
    ScannerView,
)
from functions.practice_api.wiring import cursors, dentists, guests, scanners

app = create_api()
logger = Logger()

Limit = Annotated[int, Query(ge=1, le=100, description="How many connections are looked at; some may be left out.")]
Cursor = Annotated[str | None, Query(description="The `next` of the page before.")]


@app.get("/v1/dentists", tags=["directory"])
def list_dentists() -> DentistsView:
    """List the dentists of the caller's practice."""
    return DentistsView(dentists=[DentistView.of(dentist) for dentist in dentists.of_caller(caller(app))])


@app.post("/v1/dentists", tags=["directory"], status_code=201)
def add_dentist(body: NewDentistBody, idempotency_key: IdempotencyKey = None) -> Response[DentistView]:
    """Enter a dentist of the caller's practice. An expired license can be entered; cases cannot be sent with it."""
    who = caller(app)
    return _dentist(dentists.add(who, body.read(), request_in(app, who, idempotency_key)), 201)


@app.get("/v1/dentists/<dentist_id>", tags=["directory"])
def read_dentist(dentist_id: str) -> Response[DentistView]:
    """Read a dentist of the caller's practice."""
    return _dentist(dentists.read(caller(app), dentist_id), 200)


@app.patch("/v1/dentists/<dentist_id>", tags=["directory"])
def change_dentist(dentist_id: str, body: DentistChangesBody, if_match: IfMatch = None) -> Response[DentistView]:
    """Change a dentist; what is not named stays. Who records the consent to sign is kept with it, and when."""
    version = version_in(if_match)
    return _dentist(dentists.change(caller(app), dentist_id, expected_version=version, changes=body.changes()), 200)


@app.post("/v1/scanners", tags=["directory"], status_code=201)
def enter_scanner(body: NewScannerBody, idempotency_key: IdempotencyKey = None) -> Response[EnteredScannerView]:
    """Enter a scanner and get its credential, which is shown this once; the same request again shows none."""
    who = caller(app)
    scopes = frozenset({Scope.SEND_FILES})
    entered = scanners.enter(who, body.name, scopes, request_in(app, who, idempotency_key))
    return Response(status_code=201, content_type=JSON, body=EnteredScannerView.of_entered(entered))


@app.get("/v1/scanners", tags=["directory"])
def list_scanners() -> ScannersView:
    """List the scanners of the caller's practice, also revoked ones, the oldest first."""
    return ScannersView(scanners=[ScannerView.of(scanner) for scanner in scanners.of_caller(caller(app))])


@app.delete("/v1/scanners/<scanner_id>", tags=["directory"])
def revoke_scanner(scanner_id: str) -> ScannerView:
    """Let a scanner's credential open nothing from now on; what it announced can still be sent for minutes."""
    return ScannerView.of(scanners.revoke(caller(app), read_id(scanner_id)))


@app.post("/v1/guest-practices", tags=["directory"], status_code=201)
def enter_guest_practice(
    body: NewGuestPracticeBody, idempotency_key: IdempotencyKey = None
) -> Response[GuestPracticeView]:
    """Enter a practice for work that arrives outside the system, with its first dentist; a lab does.

    It is connected to the lab at once. Nobody of it can sign in until it joins.
    """
    who = caller(app)
    entered = guests.enter(who, body.practice.read(), body.dentist.read(), request_in(app, who, idempotency_key))
    return Response(status_code=201, content_type=JSON, body=GuestPracticeView.of(entered))


@app.get("/v1/guest-practices", tags=["directory"])
def list_guest_practices(limit: Limit = 25, cursor: Cursor = None) -> GuestPracticesView:
    """List the practices that the caller's lab has entered and that have not joined; a page may be short."""
    who, query = caller(app), json.dumps(["guest practices"])
    page = guests.of_caller(who, limit=limit, start=cursors.read(cursor, who, query))
    views = [PracticeView.of(practice) for practice in page.things]
    return GuestPracticesView(practices=views, next=cursors.write(page.next, who, query))


@app.get("/v1/guest-practices/<practice_id>", tags=["directory"])
def read_guest_practice(practice_id: str) -> GuestPracticeView:
    """Read a practice that the caller's lab has entered, with its dentists."""
    return GuestPracticeView.of(guests.read(caller(app), practice_id))


@app.post("/v1/guest-practices/<practice_id>/dentists", tags=["directory"], status_code=201)
def add_guest_dentist(
    practice_id: str, body: NewDentistBody, idempotency_key: IdempotencyKey = None
) -> Response[DentistView]:
    """Enter another dentist of a practice that the caller's lab has entered."""
    who = caller(app)
    request = request_in(app, who, idempotency_key)
    return _dentist(dentists.add(who, body.read(), request, guest_id=practice_id), 201)


@app.patch("/v1/guest-practices/<practice_id>/dentists/<dentist_id>", tags=["directory"])
def change_guest_dentist(
    practice_id: str, dentist_id: str, body: DentistChangesBody, if_match: IfMatch = None
) -> Response[DentistView]:
    """Change a dentist of a practice that the caller's lab has entered; what is not named stays."""
    version, changes = version_in(if_match), body.changes()
    changed = dentists.change(caller(app), dentist_id, expected_version=version, changes=changes, guest_id=practice_id)
    return _dentist(changed, 200)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _dentist(dentist: Dentist, status_code: int) -> Response[DentistView]:
    headers = {"ETag": etag(dentist.version)}
    return Response(status_code=status_code, content_type=JSON, body=DentistView.of(dentist), headers=headers)
