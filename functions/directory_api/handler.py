"""The directory over HTTP: who calls, their dentists, their labs, and what those want."""

from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.http import answer, caller, create_api
from bitewing.requirements.case_types import CaseType

from functions.directory_api.schemas import (
    ConnectedLabView,
    DentistsView,
    DentistView,
    LabsView,
    MeView,
    RequirementProfileView,
)
from functions.directory_api.wiring import directory

app = create_api()
logger = Logger()


@app.get("/v1/me", tags=["directory"])
def read_me() -> MeView:
    """Read who calls: person, organization and roles."""
    who = caller(app)
    return MeView.of(who, directory.organization_of(who))


@app.get("/v1/dentists", tags=["directory"])
def list_dentists() -> DentistsView:
    """List the dentists of the caller's practice."""
    return DentistsView(dentists=[DentistView.of(dentist) for dentist in directory.dentists(caller(app))])


@app.get("/v1/labs", tags=["directory"])
def list_labs() -> LabsView:
    """List the labs to which the caller's practice has a connection, with its state."""
    return LabsView(labs=[ConnectedLabView.of(each) for each in directory.connections(caller(app))])


@app.get("/v1/labs/<lab_id>/requirement-profiles/<case_type>", tags=["directory"])
def read_profile(lab_id: str, case_type: CaseType) -> RequirementProfileView:
    """Read what a lab wants for a case type."""
    return RequirementProfileView.of(directory.profile(caller(app), lab_id, case_type))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)
