"""What labs do for practices without an account, over HTTP: start a case, and hand out links to mend it."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.clock import now
from bitewing.aws.http import IdempotencyKey, answer, caller, create_api, request_in, versioned
from bitewing.cases.service import NewCase
from bitewing.kernel.ids import read_id

from functions.lab_cases_api.schemas import (
    IssuedLinkView,
    LabCaseView,
    LinksView,
    LinkView,
    NewLabCaseBody,
    NewLinkBody,
)
from functions.lab_cases_api.wiring import cases, links

app = create_api()
logger = Logger()


@app.post("/v1/lab-cases", tags=["lab cases"], status_code=201)
def create_lab_case(body: NewLabCaseBody, idempotency_key: IdempotencyKey = None) -> Response[LabCaseView]:
    """Start a case from work that arrived outside the system, in the place of its practice.

    Until it is sent, your lab prepares it like a practice would, by the routes of every case; sending it takes it in.
    """
    who = caller(app)
    created = cases.create_for(
        who,
        body.practice_id,
        NewCase(
            lab_id=who.organization_id,
            dentist_id=body.dentist_id,
            case_type=body.case_type,
            patient=body.patient.read(),
        ),
        request_in(app, who, idempotency_key),
    ).case
    where = f"/v1/cases/{created.case_id}"
    return versioned(LabCaseView.of(created), created.version, status_code=201, Location=where)


@app.post("/v1/cases/<case_id>/correction-links", tags=["lab cases"], status_code=201)
def issue_link(case_id: str, body: NewLinkBody, idempotency_key: IdempotencyKey = None) -> IssuedLinkView:
    """Issue a link with which the practice mends this case without an account, and does nothing else."""
    who = caller(app)
    issued = links.issue(who, read_id(case_id), body.read(), request_in(app, who, idempotency_key))
    return IssuedLinkView.of_issued(issued, at=now())


@app.get("/v1/cases/<case_id>/correction-links", tags=["lab cases"])
def list_links(case_id: str) -> LinksView:
    """List the correction links of a case, the newest first."""
    return LinksView(links=[LinkView.of(link, at=now()) for link in links.links(caller(app), read_id(case_id))])


@app.delete("/v1/cases/<case_id>/correction-links/<link_id>", tags=["lab cases"])
def revoke_link(case_id: str, link_id: str) -> LinkView:
    """Let a link open nothing from now on; uploads that were signed with it end within the hour."""
    return LinkView.of(links.revoke(caller(app), read_id(case_id), read_id(link_id)), at=now())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)
