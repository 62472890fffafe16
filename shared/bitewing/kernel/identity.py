"""A person as the identity provider knows them."""

from dataclasses import dataclass

from bitewing.kernel.caller import OrganizationKind, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody who can sign in, or could.

    Attributes:
        user_id: What their tokens call them.
        organization_kind: ``None``, like ``organization_id``, for a person who belongs nowhere.
        is_enabled: Whether they can sign in.
    """

    user_id: str
    organization_kind: OrganizationKind | None
    organization_id: str | None
    roles: frozenset[Role]
    is_enabled: bool
