"""The statuses of a Case Day, and the one table of moves."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class DayStatus(StrEnum):
    """Where a Case Day is."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class DayParty(StrEnum):
    """Who moves a Case Day."""

    PRACTICE = "practice"
    MANAGER = "manager"
    CLINICIAN = "clinician"
    SYSTEM = "system"


_D, _P, _M, _C, _Y = DayStatus, DayParty.PRACTICE, DayParty.MANAGER, DayParty.CLINICIAN, DayParty.SYSTEM
#: Every move, and who may make it; absent means forbidden. A confirmed day becomes tentative again when somebody leaves
#: its team, or breaks a hard rule that they kept.
DAY_MOVES: Final[Mapping[tuple[DayStatus, DayStatus], frozenset[DayParty]]] = {
    (_D.TENTATIVE, _D.CONFIRMED): frozenset({_M}),
    (_D.TENTATIVE, _D.REJECTED): frozenset({_M}),
    (_D.TENTATIVE, _D.CANCELLED): frozenset({_M, _P}),
    (_D.CONFIRMED, _D.TENTATIVE): frozenset({_M, _C, _Y}),
    (_D.CONFIRMED, _D.CANCELLED): frozenset({_M, _P}),
    (_D.CONFIRMED, _D.REJECTED): frozenset({_M}),
    (_D.CONFIRMED, _D.IN_PROGRESS): frozenset({_M, _Y}),
    (_D.IN_PROGRESS, _D.COMPLETED): frozenset({_M, _Y}),
}
#: A day that still takes place: its members' days are claimed, and its practice has no other on its date.
IS_AHEAD: Final = frozenset({_D.TENTATIVE, _D.CONFIRMED})
#: Where members keep their claims: what is over counts in weeks and rows, too.
KEEPS_CLAIMS: Final = frozenset({_D.TENTATIVE, _D.CONFIRMED, _D.IN_PROGRESS, _D.COMPLETED})
#: A day that will not take place.
CALLED_OFF: Final = frozenset({_D.CANCELLED, _D.REJECTED})


def day_moves_from(status: DayStatus, by: DayParty) -> frozenset[DayStatus]:
    """Return where somebody can move a Case Day from here."""
    return frozenset(to for (start, to), parties in DAY_MOVES.items() if start is status and by in parties)
