"""Requirement profiles over HTTP: read, tried out, published and looked back on; and the catalog of case types."""

import json
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.http import Cursor, IfMatch, answer, caller, create_api, version_in, versioned
from bitewing.kernel.ids import read_number
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import RequirementProfile

from functions.requirements_api.schemas import (
    CatalogView,
    ProfileBody,
    ProfileRow,
    ProfilesView,
    ProfileVersionRow,
    ProfileVersionsView,
    ProfileVersionView,
    RequirementProfileView,
    TrialView,
)
from functions.requirements_api.wiring import cursors, requirements

app = create_api()
logger = Logger()

Limit = Annotated[int, Query(ge=1, le=100, description="How many versions a page has, at most.")]


@app.get("/v1/case-types", tags=["requirements"])
def list_case_types() -> CatalogView:
    """List every case type with its selections and their values, for forms."""
    return CatalogView.of(requirements.catalog(caller(app)))


@app.get("/v1/labs/<lab_id>/requirement-profiles", tags=["requirements"])
def list_profiles(lab_id: str) -> ProfilesView:
    """List what a lab says of each case type: whether it offers it, and in which version."""
    return ProfilesView(profiles=[ProfileRow.of(each) for each in requirements.all_of(caller(app), lab_id)])


@app.get("/v1/labs/<lab_id>/requirement-profiles/<case_type>", tags=["requirements"])
def read_profile(lab_id: str, case_type: CaseType) -> Response[RequirementProfileView]:
    """Read what a lab wants for a case type."""
    return _profile(requirements.read(caller(app), lab_id, case_type))


@app.put("/v1/labs/<lab_id>/requirement-profiles/<case_type>", tags=["requirements"])
def publish_profile(
    lab_id: str, case_type: CaseType, body: ProfileBody, if_match: IfMatch = None
) -> Response[RequirementProfileView]:
    """Publish what the lab wants for a case type from now on, whole.

    It is the next version; one that says the same as the version in force is none. `If-Match` is `"0"` for a type that
    the lab never offered. Open cases are checked again, and their practices hear where that changes something. What
    cannot be met, contradicts itself, or is asked for by law is refused.
    """
    wanted = body.read(lab_id, case_type)
    return _profile(requirements.publish(caller(app), wanted, expected_version=version_in(if_match)))


@app.post("/v1/labs/<lab_id>/requirement-profiles/<case_type>/check", tags=["requirements"])
def try_profile(lab_id: str, case_type: CaseType, body: ProfileBody) -> TrialView:
    """Hear what publishing a profile would do, without publishing it.

    Says what would be refused, which fields would change, and of how many open drafts PreCheck would say something
    else; `drafts_seen` says how many drafts of the type were looked at.
    """
    return TrialView.of(requirements.try_out(caller(app), body.read(lab_id, case_type)))


@app.get("/v1/labs/<lab_id>/requirement-profiles/<case_type>/versions", tags=["requirements"])
def list_profile_versions(
    lab_id: str, case_type: CaseType, limit: Limit = 25, cursor: Cursor = None
) -> ProfileVersionsView:
    """List the versions of a profile, the newest first: when it was published, by whom, and what changed."""
    who = caller(app)
    query = json.dumps(["profile versions", lab_id, case_type])
    page = requirements.versions(who, lab_id, case_type, limit=limit, start=cursors.read(cursor, who, query))
    return ProfileVersionsView(
        versions=[ProfileVersionRow.of(each) for each in page.things], next=cursors.write(page.next, who, query)
    )


@app.get("/v1/labs/<lab_id>/requirement-profiles/<case_type>/versions/<version>", tags=["requirements"])
def read_profile_version(lab_id: str, case_type: CaseType, version: str) -> ProfileVersionView:
    """Read one version of a profile."""
    return ProfileVersionView.of(requirements.version(caller(app), lab_id, case_type, read_number(version)))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _profile(profile: RequirementProfile) -> Response[RequirementProfileView]:
    return versioned(RequirementProfileView.of(profile), profile.version)
