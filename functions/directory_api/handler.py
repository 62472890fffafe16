"""The directory over HTTP: who calls, practices, labs, and how they are connected."""

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
    answer,
    caller,
    create_api,
    request_in,
    version_in,
    versioned,
)

from functions.directory_api.schemas import (
    BillingBody,
    BillingView,
    ConnectionBody,
    ConnectionMoveBody,
    ConnectionsView,
    ConnectionView,
    LabChangesBody,
    LabsView,
    LabView,
    ListedLabView,
    MeView,
    NewLabBody,
    NewPracticeBody,
    PracticeChangesBody,
    PracticeView,
)
from functions.directory_api.wiring import connections, cursors, directory, labs, practices

app = create_api()
logger = Logger()

Limit = Annotated[int, Query(ge=1, le=100, description="How many are answered at most.")]
Beginning = Annotated[str, Query(max_length=200, description="What the lab's name begins with, in any case.")]


@app.get("/v1/me", tags=["directory"])
def read_me() -> MeView:
    """Read who calls: person, organization and roles, and what the organization's setup still lacks."""
    who = caller(app)
    return MeView.of(who, directory.organization_of(who), clinician_id=directory.clinician_id_of(who))


@app.post("/v1/practices", tags=["directory"], status_code=201)
def create_practice(body: NewPracticeBody, idempotency_key: IdempotencyKey = None) -> Response[PracticeView]:
    """Enter a practice; the platform's administrators do. It has no people and no billing yet."""
    who = caller(app)
    made = practices.create(who, body.read(), request_in(app, who, idempotency_key))
    return _shown(PracticeView.of(made), 201, Location=f"/v1/practices/{made.practice_id}")


@app.get("/v1/practices/<practice_id>", tags=["directory"])
def read_practice(practice_id: str) -> Response[PracticeView]:
    """Read a practice: its own people all of it, a connected lab how to reach it."""
    return _shown(PracticeView.of(practices.read(caller(app), practice_id)))


@app.patch("/v1/practices/<practice_id>", tags=["directory"])
def change_practice(practice_id: str, body: PracticeChangesBody, if_match: IfMatch = None) -> Response[PracticeView]:
    """Change what a practice says of itself; what is not named stays."""
    version = version_in(if_match)
    changed = practices.change(caller(app), practice_id, expected_version=version, changes=body.changes())
    return _shown(PracticeView.of(changed))


@app.put("/v1/practices/<practice_id>/billing", tags=["directory"])
def set_billing(practice_id: str, body: BillingBody) -> BillingView:
    """Set whether billing lets a practice send cases; the platform's administrators do. The last one counts."""
    return BillingView(billing=practices.set_billing(caller(app), practice_id, body.billing))


@app.post("/v1/labs", tags=["directory"], status_code=201)
def create_lab(body: NewLabBody, idempotency_key: IdempotencyKey = None) -> Response[LabView]:
    """Enter a lab that can work at once: every case type has the profile that labs start with."""
    who = caller(app)
    made = labs.create(who, body.read(), request_in(app, who, idempotency_key))
    return _shown(LabView.of(made, at=now()), 201, Location=f"/v1/labs/{made.lab_id}")


@app.get("/v1/labs", tags=["directory"])
def list_labs(q: Beginning = "", limit: Limit = 25, cursor: Cursor = None) -> LabsView:
    """List all labs by name, each with the state of the connection to the caller's practice."""
    who, query = caller(app), json.dumps(["labs", q])
    page = labs.by_name(who, beginning=q, limit=limit, start=cursors.read(cursor, who, query))
    return LabsView(labs=[ListedLabView.of(each) for each in page.things], next=cursors.write(page.next, who, query))


@app.get("/v1/labs/<lab_id>", tags=["directory"])
def read_lab(lab_id: str) -> Response[LabView]:
    """Read a lab: how to reach it, and when it works."""
    return _shown(LabView.of(labs.read(caller(app), lab_id), at=now()))


@app.patch("/v1/labs/<lab_id>", tags=["directory"])
def change_lab(lab_id: str, body: LabChangesBody, if_match: IfMatch = None) -> Response[LabView]:
    """Change what a lab says of itself; what is not named stays."""
    version = version_in(if_match)
    changed = labs.change(caller(app), lab_id, expected_version=version, changes=body.changes())
    return _shown(LabView.of(changed, at=now()))


@app.post("/v1/connections", tags=["directory"], status_code=201)
def ask_for_connection(body: ConnectionBody, idempotency_key: IdempotencyKey = None) -> Response[ConnectionView]:
    """Ask a lab for a connection, for the first time or again."""
    who = caller(app)
    asked = connections.ask(who, body.lab_id, request_in(app, who, idempotency_key))
    return _shown(ConnectionView.of(asked), 201, Location=f"/v1/connections/{body.lab_id}")


@app.get("/v1/connections", tags=["directory"])
def list_connections(limit: Limit = 25, cursor: Cursor = None) -> ConnectionsView:
    """List the connections of the caller's practice or lab, each with what the other side is called."""
    who, query = caller(app), json.dumps(["connections"])
    page = connections.of_caller(who, limit=limit, start=cursors.read(cursor, who, query))
    views = [ConnectionView.of(each) for each in page.things]
    return ConnectionsView(connections=views, next=cursors.write(page.next, who, query))


@app.get("/v1/connections/<partner_id>", tags=["directory"])
def read_connection(partner_id: str) -> Response[ConnectionView]:
    """Read the connection with a lab, or for a lab the one with a practice."""
    return _shown(ConnectionView.of(connections.read(caller(app), partner_id)))


@app.post("/v1/connections/<partner_id>/transitions", tags=["directory"])
def move_connection(partner_id: str, body: ConnectionMoveBody, if_match: IfMatch = None) -> Response[ConnectionView]:
    """Accept, decline or end a connection; cases that were sent along it go on."""
    version = version_in(if_match)
    moved = connections.move(caller(app), partner_id, body.to, expected_version=version)
    return _shown(ConnectionView.of(moved))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _shown(view: Any, status_code: int = 200, **headers: str) -> Response[Any]:
    return versioned(view, view.version, status_code=status_code, **headers)
