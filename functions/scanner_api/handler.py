"""Uploads by scanners over HTTP: announce and complete; no other route knows their credentials."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.clock import now
from bitewing.aws.http import JSON, IdempotencyKey, answer, create_api, credential_in, request_in
from bitewing.kernel.credentials import CredentialKind
from bitewing.kernel.ids import read_id
from bitewing.machines.machine import Scope

from functions.scanner_api.schemas import CompletionBody, FileView, NewScanBody, UploadView
from functions.scanner_api.wiring import files, scanners

app = create_api()
logger = Logger()


@app.post("/v1/scanner/cases/<case_id>/uploads", tags=["scanners"], status_code=201)
def announce_scan(case_id: str, body: NewScanBody, idempotency_key: IdempotencyKey = None) -> Response[UploadView]:
    """Announce a file for a case of the scanner's practice and get what sends it straight to storage."""
    who = scanners.caller_with(credential_in(app, CredentialKind.SCANNER), Scope.SEND_FILES)
    announced = files.announce(who, read_id(case_id), body.read(), request_in(app, who, idempotency_key))
    return Response(status_code=201, content_type=JSON, body=UploadView.of(announced, at=now()))


@app.post("/v1/scanner/cases/<case_id>/uploads/<file_id>/complete", tags=["scanners"])
def complete_scan(case_id: str, file_id: str, body: CompletionBody) -> FileView:
    """Put the parts of a large file together, once all of them were sent."""
    who = scanners.caller_with(credential_in(app, CredentialKind.SCANNER), Scope.SEND_FILES)
    return FileView.of(files.complete(who, read_id(case_id), read_id(file_id), body.etags()), at=now())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)
