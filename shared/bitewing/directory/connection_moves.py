"""How the relation of a practice and a lab goes: every legal move on one screen; absent means forbidden.

Ending a connection stops nothing that runs: cases that were sent go on (CTX-LAB asks only of cases that were not).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from bitewing.directory.organization import Connection, ConnectionState
from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, Caller, OrganizationKind, Role
from bitewing.kernel.errors import ConnectionMoveNotAllowed

_ASKED, _ACCEPTED = ConnectionState.ASKED, ConnectionState.ACCEPTED
_DECLINED, _ENDED = ConnectionState.DECLINED, ConnectionState.ENDED

#: Which roles may move a connection from one state to another; ``None`` is where there was none.
MOVES: Final[Mapping[tuple[ConnectionState | None, ConnectionState], frozenset[Role]]] = {
    (None, _ASKED): PRACTICE_ROLES,
    (_ASKED, _ACCEPTED): frozenset({Role.LAB_ADMIN}),
    (_ASKED, _DECLINED): frozenset({Role.LAB_ADMIN}),
    # The practice takes its question back.
    (_ASKED, _ENDED): PRACTICE_ROLES,
    (_ACCEPTED, _ENDED): frozenset({Role.PRACTICE_ADMIN, Role.LAB_ADMIN}),
    (_DECLINED, _ASKED): PRACTICE_ROLES,
    (_ENDED, _ASKED): PRACTICE_ROLES,
}
_OF_SIDE: Final = {OrganizationKind.PRACTICE: PRACTICE_ROLES, OrganizationKind.LAB: LAB_ROLES}


def moves_from(state: ConnectionState | None, side: OrganizationKind) -> frozenset[ConnectionState]:
    """Return where somebody of a side can move a connection from a state."""
    return frozenset(to for (origin, to), roles in MOVES.items() if origin is state and roles & _OF_SIDE[side])


def moved(connection: Connection, to: ConnectionState, *, by: Caller, at: datetime, is_new: bool = False) -> Connection:
    """Return a connection in its next state.

    Args:
        connection: As it is now; where there was none, as it would begin.
        to: The state to reach.
        by: Who moves it.
        at: This moment.
        is_new: Whether there was none.

    Raises:
        ConnectionMoveNotAllowed: Nobody of the caller's side can move it there.
        RoleNotAllowed: Others of the caller's side can, or the caller is on no side.
    """
    side = by.side()
    origin = None if is_new else connection.state
    roles = MOVES.get((origin, to), frozenset()) & _OF_SIDE[side]
    if not roles:
        raise ConnectionMoveNotAllowed(state=origin or "none", to=to, allowed=moves_from(origin, side))
    by.ensure_any_of(roles)
    return replace(
        connection,
        state=to,
        version=1 if is_new else connection.version + 1,
        moved_at=at,
        moved_by=by.user_id,
        was_accepted=connection.was_accepted or _ACCEPTED in {connection.state, to},
    )
