"""Care teams over HTTP: themselves, their clinicians, the sites of practices, and whom practices prefer."""

import json
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from bitewing.aws.bodies import Day
from bitewing.aws.http import (
    Cursor,
    IdempotencyKey,
    IfMatch,
    Limit,
    answer,
    caller,
    create_api,
    request_in,
    version_in,
    versioned,
)

from functions.care_teams_api.schemas import (
    CarePreferencesBody,
    CarePreferencesView,
    CareTeamChangesBody,
    CareTeamsView,
    CareTeamView,
    ClinicianChangesBody,
    CliniciansView,
    ClinicianView,
    LapsingCredentialsView,
    LapsingCredentialView,
    ListedCareTeamView,
    NewCareTeamBody,
    NewClinicianBody,
    NewSiteBody,
    SiteChangesBody,
    SitesView,
    SiteView,
)
from functions.care_teams_api.wiring import care_teams, clinicians, cursors, preferences, sites

app = create_api()
logger = Logger()

Beginning = Annotated[str, Query(max_length=200, description="What the care team's name begins with, in any case.")]
OfCareTeam = Annotated[
    str | None, Query(max_length=64, description="The care team; a manager's own where it is left out.")
]
OfPractice = Annotated[
    str | None, Query(max_length=64, description="The practice whose site it is; a practice may leave out its own.")
]
First = Annotated[Day | None, Query(alias="from", description="The first day; today where it is left out.")]
Last = Annotated[Day | None, Query(alias="to", description="The last day; 90 days later where it is left out.")]


@app.post("/v1/care-teams", tags=["care teams"], status_code=201)
def create_care_team(body: NewCareTeamBody, idempotency_key: IdempotencyKey = None) -> Response[CareTeamView]:
    """Enter a care team; the platform's administrators do. It has no people yet."""
    who = caller(app)
    made = care_teams.create(who, body.read(), request_in(app, who, idempotency_key))
    return _shown(CareTeamView.of(made), 201, Location=f"/v1/care-teams/{made.care_team_id}")


@app.get("/v1/care-teams", tags=["care teams"])
def list_care_teams(q: Beginning = "", limit: Limit = 25, cursor: Cursor = None) -> CareTeamsView:
    """List all care teams by name, each with the states in which it works; for practices and the platform."""
    who, query = caller(app), json.dumps(["care-teams", q])
    page = care_teams.by_name(who, beginning=q, limit=limit, start=cursors.read(cursor, who, query))
    return CareTeamsView(
        care_teams=[ListedCareTeamView.of(each) for each in page.things], next=cursors.write(page.next, who, query)
    )


@app.get("/v1/care-teams/<care_team_id>", tags=["care teams"])
def read_care_team(care_team_id: str) -> Response[CareTeamView]:
    """Read a care team: its own people and the platform all of it, any practice how to reach it."""
    return _shown(CareTeamView.of(care_teams.read(caller(app), care_team_id)))


@app.patch("/v1/care-teams/<care_team_id>", tags=["care teams"])
def change_care_team(care_team_id: str, body: CareTeamChangesBody, if_match: IfMatch = None) -> Response[CareTeamView]:
    """Change what a care team says of itself; its managers and the platform do. What is not named stays."""
    version = version_in(if_match)
    changed = care_teams.change(caller(app), care_team_id, expected_version=version, changes=body.changes())
    return _shown(CareTeamView.of(changed))


@app.post("/v1/clinicians", tags=["care teams"], status_code=201)
def enter_clinician(body: NewClinicianBody, idempotency_key: IdempotencyKey = None) -> Response[ClinicianView]:
    """Enter a clinician of the own care team, who was invited to it before; its managers do.

    A license that has lapsed can be entered: what counts is the date of the day on which somebody would work.
    """
    who = caller(app)
    made = clinicians.enter(who, body.read(), request_in(app, who, idempotency_key))
    return _shown(ClinicianView.of(made), 201, Location=f"/v1/clinicians/{made.clinician_id}")


@app.get("/v1/clinicians", tags=["care teams"])
def list_clinicians(care_team_id: OfCareTeam = None, limit: Limit = 25, cursor: Cursor = None) -> CliniciansView:
    """List the clinicians of the own care team, for its managers; or whom of a care team a practice may prefer.

    A practice names the care team, and is told id, name and role of those who can be put on teams: a page may be
    short.
    """
    who, query = caller(app), json.dumps(["clinicians", care_team_id])
    start = cursors.read(cursor, who, query)
    page = clinicians.listed(who, care_team_id=care_team_id, limit=limit, start=start)
    return CliniciansView(
        clinicians=[ClinicianView.of(each) for each in page.things], next=cursors.write(page.next, who, query)
    )


@app.get("/v1/clinicians/<clinician_id>", tags=["care teams"])
def read_clinician(clinician_id: str) -> Response[ClinicianView]:
    """Read a clinician of the own care team: any for its managers, themselves for a clinician."""
    return _shown(ClinicianView.of(clinicians.read(caller(app), clinician_id)))


@app.patch("/v1/clinicians/<clinician_id>", tags=["care teams"])
def change_clinician(
    clinician_id: str, body: ClinicianChangesBody, if_match: IfMatch = None
) -> Response[ClinicianView]:
    """Change a clinician; what is not named stays. Of themselves, clinicians change phone, home and limits."""
    version = version_in(if_match)
    changed = clinicians.change(caller(app), clinician_id, expected_version=version, changes=body.changes())
    return _shown(ClinicianView.of(changed))


@app.get("/v1/lapsing-credentials", tags=["care teams"])
def list_lapsing_credentials(first: First = None, last: Last = None) -> LapsingCredentialsView:
    """List licenses and skills of the own clinicians that are valid on the first day and not on the last.

    For managers, by the last day of each. Days are those of the care team; the next 90 where none are named.
    """
    found = clinicians.lapsing(caller(app), first=first, last=last)
    return LapsingCredentialsView(credentials=[LapsingCredentialView.of(each) for each in found])


@app.post("/v1/sites", tags=["care teams"], status_code=201)
def enter_site(body: NewSiteBody, idempotency_key: IdempotencyKey = None) -> Response[SiteView]:
    """Enter a site of the own practice, where care teams can come; its administrators do."""
    who = caller(app)
    made = sites.enter(who, body.read(), request_in(app, who, idempotency_key))
    return _shown(SiteView.of(made), 201, Location=f"/v1/sites/{made.site_id}")


@app.get("/v1/sites", tags=["care teams"])
def list_sites() -> SitesView:
    """List the sites of the own practice, the oldest first."""
    return SitesView(sites=[SiteView.of(each) for each in sites.of_caller(caller(app))])


@app.get("/v1/sites/<site_id>", tags=["care teams"])
def read_site(site_id: str, practice_id: OfPractice = None) -> Response[SiteView]:
    """Read a site: of the own practice, or for managers of care teams that of the practice that they name."""
    return _shown(SiteView.of(sites.read(caller(app), site_id, practice_id=practice_id)))


@app.patch("/v1/sites/<site_id>", tags=["care teams"])
def change_site(site_id: str, body: SiteChangesBody, if_match: IfMatch = None) -> Response[SiteView]:
    """Change a site of the own practice; what is not named stays. A site that moves is another site."""
    version = version_in(if_match)
    changed = sites.change(caller(app), site_id, expected_version=version, changes=body.changes())
    return _shown(SiteView.of(changed))


@app.get("/v1/care-preferences/<care_team_id>", tags=["care teams"])
def read_care_preferences(care_team_id: str) -> Response[CarePreferencesView]:
    """Read whom of a care team the own practice prefers and blocks; of version 0 before it has said so."""
    return _shown(CarePreferencesView.of(preferences.read(caller(app), care_team_id)))


@app.put("/v1/care-preferences/<care_team_id>", tags=["care teams"])
def save_care_preferences(
    care_team_id: str, body: CarePreferencesBody, if_match: IfMatch = None
) -> Response[CarePreferencesView]:
    """Say whom of a care team the own practice prefers, and whom it never wants, whole; its administrators do.

    `If-Match` is `"0"` where nothing was said before.
    """
    saved = preferences.save(
        caller(app),
        care_team_id,
        preferred=frozenset(body.preferred),
        blocked=frozenset(body.blocked),
        expected_version=version_in(if_match),
    )
    return _shown(CarePreferencesView.of(saved))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _shown(view: Any, status_code: int = 200, **headers: str) -> Response[Any]:
    return versioned(view, view.version, status_code=status_code, **headers)
