"""Files over HTTP: announce, complete, list, fetch and remove; the bytes themselves never pass through here."""

from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.clock import now
from bitewing.aws.http import IdempotencyKey, answer, caller, create_api, request_in
from bitewing.kernel.ids import read_id

from functions.files_api.schemas import (
    CompletionBody,
    FilesView,
    FileView,
    NewFileBody,
    SignedRequestView,
    UploadView,
)
from functions.files_api.wiring import files

app = create_api()
logger = Logger()


@app.post("/v1/cases/<case_id>/uploads", tags=["files"], status_code=201)
def announce_file(case_id: str, body: NewFileBody, idempotency_key: IdempotencyKey = None) -> UploadView:
    """Announce a file and get what sends it straight to storage; the same request gives fresh signatures."""
    who = caller(app)
    announced = files.announce(who, read_id(case_id), body.read(), request_in(app, who, idempotency_key))
    return UploadView.of(announced, at=now())


@app.post("/v1/cases/<case_id>/uploads/<file_id>/complete", tags=["files"])
def complete_file(case_id: str, file_id: str, body: CompletionBody) -> FileView:
    """Put the parts of a large file together, once all of them were sent."""
    return FileView.of(files.complete(caller(app), read_id(case_id), read_id(file_id), body.etags()), at=now())


@app.get("/v1/cases/<case_id>/files", tags=["files"])
def list_files(case_id: str) -> FilesView:
    """List the files of a case: all for its practice, for its lab those that it got."""
    at = now()
    return FilesView(files=[FileView.of(file, at=at) for file in files.files(caller(app), read_id(case_id))])


@app.get("/v1/cases/<case_id>/files/<file_id>/download", tags=["files"])
def download_file(case_id: str, file_id: str) -> SignedRequestView:
    """Get what fetches a file from storage, named as it was uploaded."""
    return SignedRequestView.of(files.download(caller(app), read_id(case_id), read_id(file_id)))


@app.delete("/v1/cases/<case_id>/files/<file_id>", tags=["files"])
def remove_file(case_id: str, file_id: str) -> FileView:
    """Take a file out of the packet; its record stays in the history."""
    return FileView.of(files.remove(caller(app), read_id(case_id), read_id(file_id)), at=now())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)
