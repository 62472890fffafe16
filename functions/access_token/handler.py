"""Adds to an access token for whom its owner works; runs when the user pool makes one."""

from typing import Any

from aws_lambda_powertools import Logger
from bitewing.kernel.wire import (
    ORGANIZATION_ID_ATTRIBUTE,
    ORGANIZATION_ID_CLAIM,
    ORGANIZATION_KIND_ATTRIBUTE,
    ORGANIZATION_KIND_CLAIM,
    ROLES,
    ROLES_CLAIM,
)

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer a pre token generation event (version 2).

    A person without an organization gets a token without these claims, and the API refuses it. One who was invited
    and has not accepted has no role yet: their token says of which organization they will be, and opens nothing else.
    """
    attributes = event["request"]["userAttributes"]
    groups = event["request"].get("groupConfiguration", {}).get("groupsToOverride") or []
    claims = {
        ORGANIZATION_ID_CLAIM: attributes.get(ORGANIZATION_ID_ATTRIBUTE),
        ORGANIZATION_KIND_CLAIM: attributes.get(ORGANIZATION_KIND_ATTRIBUTE),
        ROLES_CLAIM: [group for group in groups if group in ROLES],
    }
    if claims[ORGANIZATION_ID_CLAIM] and claims[ORGANIZATION_KIND_CLAIM]:
        # Without an empty list: a claim that is not there says the same to every reader.
        claims = {name: value for name, value in claims.items() if value}
        event["response"]["claimsAndScopeOverrideDetails"] = {
            "accessTokenGeneration": {"claimsToAddOrOverride": claims}
        }
    logger.info(
        "token made",
        extra={"user_id": attributes.get("sub"), "organization_id": claims.get(ORGANIZATION_ID_CLAIM)},
    )
    return event
