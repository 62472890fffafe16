"""Correction links over HTTP: what is asked, answers, files, the dentist's authorization, and that it is done."""

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
)
from bitewing.cases.correction_service import Correction, Entry
from bitewing.files.bodies import CompletionBody, NewFileBody
from bitewing.kernel.credentials import CredentialKind
from bitewing.kernel.ids import read_id

from functions.correction_api.schemas import (
    AnswersBody,
    CorrectionAnswerBody,
    CorrectionFileView,
    CorrectionUploadView,
    CorrectionView,
    DentistBody,
)
from functions.correction_api.wiring import corrections

app = create_api()
logger = Logger()


@app.get("/v1/correction", tags=["correction"])
def read_correction() -> Response[CorrectionView]:
    """Read what the link asks for, and what of it was dealt with."""
    return _correction(corrections.read(_entry()))


@app.patch("/v1/correction", tags=["correction"])
def answer_correction(body: AnswersBody, if_match: IfMatch = None) -> Response[CorrectionView]:
    """Answer what the link asks for; what is left out stays as it is."""
    entry = _entry()
    return _correction(corrections.answer(entry, body.read(), expected_version=version_in(if_match)))


@app.post("/v1/correction/return-reasons/<reason_id>/answer", tags=["correction"])
def answer_correction_reason(
    reason_id: str, body: CorrectionAnswerBody, if_match: IfMatch = None
) -> Response[CorrectionView]:
    """Say what was done about one reason for which the case came back."""
    entry = _entry()
    return _correction(corrections.answer_reason(entry, reason_id, body.says, expected_version=version_in(if_match)))


@app.post("/v1/correction/authorization", tags=["correction"])
def authorize_correction(body: DentistBody, if_match: IfMatch = None) -> Response[CorrectionView]:
    """Authorize the case as its dentist, who agrees by this to sign it electronically.

    Name and license number must be those that stand in the directory.
    """
    return _correction(
        corrections.authorize(
            _entry(),
            dentist_name=body.dentist_name,
            license_number=body.license_number,
            expected_version=version_in(if_match),
        )
    )


@app.post("/v1/correction/uploads", tags=["correction"], status_code=201)
def announce_correction_file(body: NewFileBody, idempotency_key: IdempotencyKey = None) -> CorrectionUploadView:
    """Announce a file of a kind that is asked for, and get what sends it straight to storage."""
    entry = _entry()
    announced = corrections.announce(entry, body.read(), request_in(app, entry.caller, idempotency_key))
    return CorrectionUploadView.of(announced, at=now())


@app.post("/v1/correction/uploads/<file_id>/complete", tags=["correction"])
def complete_correction_file(file_id: str, body: CompletionBody) -> CorrectionFileView:
    """Put the parts of a large file together, once all of them were sent."""
    return CorrectionFileView.of(corrections.complete(_entry(), read_id(file_id), body.etags()), at=now())


@app.post("/v1/correction/done", tags=["correction"])
def finish_correction() -> Response[CorrectionView]:
    """Tell the lab that everything is done; the link goes on to work until it expires."""
    return _correction(corrections.done(_entry()))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _entry() -> Entry:
    return corrections.enter(credential_in(app, CredentialKind.LINK))


def _correction(correction: Correction) -> Response[CorrectionView]:
    return versioned(CorrectionView.of(correction), correction.case.version)
