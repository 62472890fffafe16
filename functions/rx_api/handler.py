"""Prescriptions over HTTP: their versions, what fetches one, and the page that confirms a sending."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.http import answer, caller, create_api
from bitewing.kernel.ids import read_id, read_number
from bitewing.rx.confirmation import SECURITY_POLICY, page

from functions.rx_api.schemas import RxVersionsView, RxView, SignedRequestView
from functions.rx_api.wiring import prescriptions

app = create_api()
logger = Logger()
#: What stands on the page is a patient's: no cache keeps it, and no other site learns where it was.
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@app.get("/v1/cases/<case_id>/rx", tags=["prescriptions"])
def list_rx_versions(case_id: str) -> RxVersionsView:
    """List the versions of a case's RX, the oldest first; a lab has those of sendings that reached it."""
    versions = prescriptions.versions(caller(app), read_id(case_id))
    return RxVersionsView(versions=[RxView.of(rx) for rx in versions])


@app.get("/v1/cases/<case_id>/rx/<number>", tags=["prescriptions"])
def download_rx(case_id: str, number: str) -> SignedRequestView:
    """Get what fetches one version of the RX from storage, as PDF."""
    return SignedRequestView.of(prescriptions.download(caller(app), read_id(case_id), read_number(number)))


@app.get("/v1/cases/<case_id>/confirmation", tags=["prescriptions"])
def read_confirmation(case_id: str) -> Response[str]:
    """Get the page that confirms the last sending, to be printed and kept with the patient's record."""
    # What draws is loaded for the page alone; the other routes start without it.
    from bitewing.rx.printing.qr import qr_svg  # noqa: PLC0415

    confirmation = prescriptions.confirmation(caller(app), read_id(case_id))
    body = page(confirmation, qr_svg(confirmation.link))
    return Response(status_code=200, content_type="text/html; charset=utf-8", body=body, headers=_PAGE_HEADERS)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)
