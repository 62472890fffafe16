"""Who may act for an organization, over HTTP: people invited and let go, and a lab's own software."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.http import JSON, IdempotencyKey, IfMatch, answer, caller, create_api, etag, request_in, version_in
from bitewing.kernel.ids import read_id
from bitewing.members.member import Member

from functions.members_api.schemas import (
    EnteredLabSystemView,
    LabSystemsView,
    LabSystemView,
    MembersView,
    MemberView,
    NewLabSystemBody,
    NewMemberBody,
    RolesBody,
)
from functions.members_api.wiring import members, systems

app = create_api()
logger = Logger()


@app.get("/v1/members", tags=["members"])
def list_members() -> MembersView:
    """List the people of the caller's organization: invited, at work, and gone, so that the history can name them."""
    return MembersView(members=[MemberView.of(member) for member in members.of_organization(caller(app))])


@app.post("/v1/members", tags=["members"], status_code=201)
def invite_member(body: NewMemberBody, idempotency_key: IdempotencyKey = None) -> Response[MemberView]:
    """Invite a person: they get a mail with a temporary password, sign in, and accept within 14 days.

    A person whose invitation is open is invited again, with the roles that are asked for now.
    """
    who = caller(app)
    invited = members.invite(who, body.read(), request_in(app, who, idempotency_key))
    return _member(invited, 201, Location=f"/v1/members/{invited.user_id}")


@app.post("/v1/members/accept", tags=["members"])
def accept_invitation() -> Response[MemberView]:
    """Accept the invitation of the caller's organization, with a token that has no role yet.

    The roles are in the next token: refresh it, or sign in again. An invitation from outside is for the first
    administrator; once there is one, it is taken back.
    """
    return _member(members.accept(caller(app)), 200)


@app.get("/v1/members/<user_id>", tags=["members"])
def read_member(user_id: str) -> Response[MemberView]:
    """Read a person of the caller's organization."""
    return _member(members.read(caller(app), user_id), 200)


@app.patch("/v1/members/<user_id>", tags=["members"])
def change_roles(user_id: str, body: RolesBody, if_match: IfMatch = None) -> Response[MemberView]:
    """Give a person other roles; whoever is signed in has to sign in again.

    A token that was issued before has the old roles until it expires, an hour at most.
    """
    changed = members.change_roles(caller(app), user_id, frozenset(body.roles), expected_version=version_in(if_match))
    return _member(changed, 200)


@app.post("/v1/members/<user_id>/resend", tags=["members"])
def resend_invitation(user_id: str) -> Response[MemberView]:
    """Mail an invitation again; it can be accepted for another 14 days."""
    return _member(members.invite_again(caller(app), user_id), 200)


@app.delete("/v1/members/<user_id>", tags=["members"])
def end_membership(user_id: str) -> Response[MemberView]:
    """Take an invitation back, or end a person's access.

    They can sign in no more. A token that was issued before stays good until it expires, an hour at most.
    """
    return _member(members.end(caller(app), user_id), 200)


@app.post("/v1/lab-systems", tags=["lab systems"], status_code=201)
def enter_lab_system(body: NewLabSystemBody, idempotency_key: IdempotencyKey = None) -> Response[EnteredLabSystemView]:
    """Enter software of the lab and get its credential, which is shown this once; the same request again shows none."""
    who = caller(app)
    entered = systems.enter(who, body.name, body.read_scopes(), request_in(app, who, idempotency_key))
    return Response(status_code=201, content_type=JSON, body=EnteredLabSystemView.of_entered(entered))


@app.get("/v1/lab-systems", tags=["lab systems"])
def list_lab_systems() -> LabSystemsView:
    """List the systems of the caller's lab, also revoked ones, the oldest first."""
    return LabSystemsView(systems=[LabSystemView.of(system) for system in systems.of_caller(caller(app))])


@app.delete("/v1/lab-systems/<system_id>", tags=["lab systems"])
def revoke_lab_system(system_id: str) -> LabSystemView:
    """Let a system's credential open nothing from now on; a download that it began goes on for minutes."""
    return LabSystemView.of(systems.revoke(caller(app), read_id(system_id)))


def _member(member: Member, status: int, **headers: str) -> Response[MemberView]:
    return Response(
        status_code=status,
        content_type=JSON,
        headers={"ETag": etag(member.version), **headers},
        body=MemberView.of(member),
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)
