"""Who calls, out of a token that API Gateway's authorizer has checked."""

from collections.abc import Mapping
from typing import Any

from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.errors import Unauthenticated
from bitewing.kernel.wire import ORGANIZATION_ID_CLAIM, ORGANIZATION_KIND_CLAIM, ROLES_CLAIM


def caller_from(event: Mapping[str, Any]) -> Caller:
    """Return who calls.

    Args:
        event: What API Gateway sent, with the claims of the token that its authorizer accepted.

    Raises:
        Unauthenticated: The token does not name a person and an organization, or names roles that are none.
    """
    authorizer = event.get("requestContext", {}).get("authorizer", {})
    claims: Mapping[str, Any] = authorizer.get("jwt", {}).get("claims", {})
    try:
        return Caller(
            user_id=claims["sub"],
            organization_id=claims[ORGANIZATION_ID_CLAIM],
            organization_kind=OrganizationKind(claims[ORGANIZATION_KIND_CLAIM]),
            # Who was invited and has not accepted has none yet.
            roles=_roles(claims.get(ROLES_CLAIM, "")),
        )
    except (KeyError, ValueError) as error:
        says = "This token does not say for which organization, and with which roles, you work."
        raise Unauthenticated(says) from error


def _roles(claim: str | list[str]) -> frozenset[Role]:
    # API Gateway hands lists on as one text: "[practice_admin practice_staff]".
    names = claim.strip("[]").replace(",", " ").split() if isinstance(claim, str) else claim
    return frozenset(Role(name) for name in names)
