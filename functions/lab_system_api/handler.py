"""A lab's own software over HTTP: it reads what people of the lab may read, and moves cases as they do."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.clock import now
from bitewing.aws.http import (
    IdempotencyKey,
    IfMatch,
    answer,
    create_api,
    credential_in,
    request_in,
    version_in,
    versioned,
    with_query,
)
from bitewing.cases.list_bodies import AskedList, query_of
from bitewing.cases.status import Party
from bitewing.kernel.caller import Caller
from bitewing.kernel.credentials import CredentialKind
from bitewing.kernel.ids import read_id, read_number
from bitewing.machines.machine import Scope

from functions.lab_system_api.schemas import (
    CaseRow,
    CaseStandView,
    CasesView,
    CaseView,
    FilesView,
    FileView,
    NewShipmentBody,
    RxVersionsView,
    RxView,
    ShipmentsView,
    ShipmentView,
    SignedRequestView,
    TransitionBody,
)
from functions.lab_system_api.wiring import cases, cursors, files, lists, prescriptions, progress, shipping, systems

app = create_api()
logger = Logger()


@app.get("/v1/lab-system/cases", tags=["lab systems"])
@with_query
def list_cases_for_system(asked: AskedList) -> CasesView:
    """List the cases of the lab, sorted and filtered as its people can; needs `cases:read`."""
    who = _caller(Scope.READ_CASES)
    listing = asked.listing(asked.practice_id)
    query = query_of(listing)
    page = lists.page(who, listing, limit=asked.limit, start=cursors.read(asked.cursor, who, query))
    rows = [CaseRow.of(row, Party.LAB) for row in page.things]
    return CasesView(cases=rows, next=cursors.write(page.next, who, query))


@app.get("/v1/lab-system/cases/<case_id>", tags=["lab systems"])
def read_case_for_system(case_id: str) -> Response[CaseView]:
    """Read a case with its PreCheck, as people of the lab do; needs `cases:read`."""
    checked = cases.read(_caller(Scope.READ_CASES), read_id(case_id))
    return versioned(CaseView.of_checked(checked, Party.LAB), checked.case.version)


@app.get("/v1/lab-system/cases/<case_id>/files", tags=["lab systems"])
def list_files_for_system(case_id: str) -> FilesView:
    """List the files of a case that the lab got; needs `files:read`."""
    at = now()
    found = files.files(_caller(Scope.READ_FILES), read_id(case_id))
    return FilesView(files=[FileView.of(file, at=at) for file in found])


@app.get("/v1/lab-system/cases/<case_id>/files/<file_id>/download", tags=["lab systems"])
def download_file_for_system(case_id: str, file_id: str) -> SignedRequestView:
    """Get what fetches a file from storage, named as it was uploaded; needs `files:read`."""
    who = _caller(Scope.READ_FILES)
    return SignedRequestView.of(files.download(who, read_id(case_id), read_id(file_id)))


@app.post("/v1/lab-system/cases/<case_id>/transitions", tags=["lab systems"])
def move_case_for_system(case_id: str, body: TransitionBody, if_match: IfMatch = None) -> Response[CaseStandView]:
    """Move a case as people of the lab do; needs `cases:write`. The history names the system."""
    who = _caller(Scope.WRITE_CASES)
    moved = progress.move(who, read_id(case_id), body.read(), expected_version=version_in(if_match))
    return versioned(CaseStandView.of(moved, progress.reader(who, moved)), moved.version)


@app.get("/v1/lab-system/cases/<case_id>/rx", tags=["lab systems"])
def list_rx_versions_for_system(case_id: str) -> RxVersionsView:
    """List the versions of a case's RX that reached the lab, the oldest first; needs `cases:read`."""
    versions = prescriptions.versions(_caller(Scope.READ_CASES), read_id(case_id))
    return RxVersionsView(versions=[RxView.of(rx) for rx in versions])


@app.get("/v1/lab-system/cases/<case_id>/rx/<number>", tags=["lab systems"])
def download_rx_for_system(case_id: str, number: str) -> SignedRequestView:
    """Get what fetches one version of the RX from storage, as PDF; needs `cases:read`."""
    who = _caller(Scope.READ_CASES)
    return SignedRequestView.of(prescriptions.download(who, read_id(case_id), read_number(number)))


@app.get("/v1/lab-system/cases/<case_id>/shipments", tags=["lab systems"])
def list_shipments_for_system(case_id: str) -> ShipmentsView:
    """List the parcels of a case in the order in which they left, and where each is; needs `cases:read`."""
    shipments = shipping.of_case(_caller(Scope.READ_CASES), read_id(case_id))
    return ShipmentsView(shipments=[ShipmentView.of(shipment) for shipment in shipments])


@app.post("/v1/lab-system/cases/<case_id>/shipments", tags=["lab systems"], status_code=201)
def add_shipment_for_system(
    case_id: str, body: NewShipmentBody, idempotency_key: IdempotencyKey = None
) -> ShipmentView:
    """Say how work of a finished case is shipped, as people of the lab do; needs `cases:write`.

    The case stays where it is: move it to `shipped`. Say `more_follows` with each parcel but the last.
    """
    who = _caller(Scope.WRITE_CASES)
    return ShipmentView.of(shipping.ship(who, read_id(case_id), body.read(), request_in(app, who, idempotency_key)))


@app.delete("/v1/lab-system/cases/<case_id>/shipments/<shipment_number>", tags=["lab systems"])
def remove_shipment_for_system(case_id: str, shipment_number: str) -> ShipmentsView:
    """Take back a parcel that was said by mistake and has not arrived, and list the others; needs `cases:write`."""
    who = _caller(Scope.WRITE_CASES)
    shipments = shipping.remove(who, read_id(case_id), read_number(shipment_number))
    return ShipmentsView(shipments=[ShipmentView.of(shipment) for shipment in shipments])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _caller(needed: Scope) -> Caller:
    return systems.caller_with(credential_in(app, CredentialKind.LAB_SYSTEM), needed)
