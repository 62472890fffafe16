"""The statuses of a case, whose move each one is, and the one table of moves."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """Where a case is in the process."""

    DRAFT = "draft"
    PROCESSING = "processing"
    RECEIVED = "received"
    MISSING_INFO = "missing_info"
    RETURNED = "returned"
    READY_TO_PLAN = "ready_to_plan"
    PLANNING_SCHEDULED = "planning_scheduled"
    PLANNING_NO_SHOW = "planning_no_show"
    MANUFACTURING = "manufacturing"
    FINISHED = "finished"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    ON_HOLD = "on_hold"
    CANCELLED = "cancelled"


class Color(StrEnum):
    """Whose move it is: red is the practice's, at once; white is nobody's."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    WHITE = "white"


class Party(StrEnum):
    """Who moves a case."""

    PRACTICE = "practice"
    LAB = "lab"
    SYSTEM = "system"


class MadeBy(StrEnum):
    """How a party makes a move: each move is made in one way."""

    TRANSITIONS = "transitions"
    SUBMIT = "submit"
    PLANNING_SESSION = "planning-session"


class WaitsFor(StrEnum):
    """Whom a case waits for."""

    PRACTICE = "practice"
    LAB = "lab"
    CARRIER = "carrier"
    NOBODY = "nobody"


S, P, L, Y = Status, Party.PRACTICE, Party.LAB, Party.SYSTEM

COLORS: Final[Mapping[Status, Color]] = {
    S.DRAFT: Color.YELLOW,
    S.PROCESSING: Color.YELLOW,
    S.RECEIVED: Color.YELLOW,
    S.MISSING_INFO: Color.RED,
    S.RETURNED: Color.RED,
    S.READY_TO_PLAN: Color.RED,
    S.PLANNING_SCHEDULED: Color.GREEN,
    S.PLANNING_NO_SHOW: Color.RED,
    S.MANUFACTURING: Color.WHITE,
    S.FINISHED: Color.GREEN,
    S.SHIPPED: Color.WHITE,
    S.DELIVERED: Color.WHITE,
    S.ON_HOLD: Color.WHITE,
    S.CANCELLED: Color.WHITE,
}

SHOWN_AS: Final[Mapping[Status, str]] = {
    S.DRAFT: "Draft",
    S.PROCESSING: "Processing",
    S.RECEIVED: "Received",
    S.MISSING_INFO: "Missing CBCT/Models",
    S.RETURNED: "Returned",
    S.READY_TO_PLAN: "Ready to Plan",
    S.PLANNING_SCHEDULED: "Planning Scheduled",
    S.PLANNING_NO_SHOW: "Planning No Show",
    S.MANUFACTURING: "Manufacturing",
    S.FINISHED: "Finished",
    S.SHIPPED: "Shipped",
    S.DELIVERED: "Delivered",
    S.ON_HOLD: "On Hold",
    S.CANCELLED: "Cancelled",
}

WAITS_FOR: Final[Mapping[Status, WaitsFor]] = {
    S.DRAFT: WaitsFor.PRACTICE,
    S.PROCESSING: WaitsFor.NOBODY,
    S.RECEIVED: WaitsFor.LAB,
    S.MISSING_INFO: WaitsFor.PRACTICE,
    S.RETURNED: WaitsFor.PRACTICE,
    S.READY_TO_PLAN: WaitsFor.PRACTICE,
    S.PLANNING_SCHEDULED: WaitsFor.LAB,
    S.PLANNING_NO_SHOW: WaitsFor.PRACTICE,
    S.MANUFACTURING: WaitsFor.LAB,
    S.FINISHED: WaitsFor.LAB,
    S.SHIPPED: WaitsFor.CARRIER,
    S.DELIVERED: WaitsFor.NOBODY,
    S.ON_HOLD: WaitsFor.LAB,
    S.CANCELLED: WaitsFor.NOBODY,
}

#: What has a lab that works on it, or waits: from here it can be paused, and comes back to where it was.
HOLDABLE: Final = (
    *(S.PROCESSING, S.RECEIVED, S.MISSING_INFO, S.RETURNED),
    *(S.READY_TO_PLAN, S.PLANNING_SCHEDULED, S.PLANNING_NO_SHOW),
    *(S.MANUFACTURING, S.FINISHED),
)

#: Every move, and who may make it; absent means forbidden. What holds beside the table says
#: :meth:`bitewing.cases.case.Case.moves`: of the types that are planned virtually, of cases that a lab started, of
#: where a paused case comes back to.
MOVES: Final[Mapping[tuple[Status, Status], frozenset[Party]]] = {
    (S.DRAFT, S.PROCESSING): frozenset({P, L}),
    (S.DRAFT, S.CANCELLED): frozenset({P, L}),
    (S.MISSING_INFO, S.PROCESSING): frozenset({P, L}),
    (S.RETURNED, S.PROCESSING): frozenset({P, L}),
    (S.PROCESSING, S.RECEIVED): frozenset({Y}),
    (S.PROCESSING, S.MISSING_INFO): frozenset({Y}),
    (S.RECEIVED, S.PROCESSING): frozenset({P}),
    (S.RECEIVED, S.MISSING_INFO): frozenset({L}),
    (S.RECEIVED, S.RETURNED): frozenset({L}),
    (S.RECEIVED, S.READY_TO_PLAN): frozenset({L}),
    (S.RECEIVED, S.MANUFACTURING): frozenset({L}),
    (S.READY_TO_PLAN, S.PROCESSING): frozenset({P}),
    (S.READY_TO_PLAN, S.PLANNING_SCHEDULED): frozenset({P, L}),
    (S.READY_TO_PLAN, S.MISSING_INFO): frozenset({L}),
    (S.READY_TO_PLAN, S.RETURNED): frozenset({L}),
    (S.PLANNING_SCHEDULED, S.PROCESSING): frozenset({P}),
    (S.PLANNING_SCHEDULED, S.READY_TO_PLAN): frozenset({P, L}),
    (S.PLANNING_SCHEDULED, S.PLANNING_NO_SHOW): frozenset({L}),
    (S.PLANNING_SCHEDULED, S.MISSING_INFO): frozenset({L}),
    (S.PLANNING_SCHEDULED, S.MANUFACTURING): frozenset({L}),
    (S.PLANNING_NO_SHOW, S.PROCESSING): frozenset({P}),
    (S.PLANNING_NO_SHOW, S.PLANNING_SCHEDULED): frozenset({P, L}),
    (S.MANUFACTURING, S.MISSING_INFO): frozenset({L}),
    (S.MANUFACTURING, S.RETURNED): frozenset({L}),
    (S.MANUFACTURING, S.FINISHED): frozenset({L}),
    (S.FINISHED, S.SHIPPED): frozenset({L}),
    (S.SHIPPED, S.DELIVERED): frozenset({L, Y}),
    **{(status, S.ON_HOLD): frozenset({L}) for status in HOLDABLE},
    **{(S.ON_HOLD, status): frozenset({L}) for status in HOLDABLE},
    **{(status, S.CANCELLED): frozenset({L}) for status in (*HOLDABLE, S.ON_HOLD)},
}

#: Moves of the types that are planned virtually only, and of the others only.
OF_PLANNED_TYPES: Final = frozenset({(S.RECEIVED, S.READY_TO_PLAN)})
OF_OTHER_TYPES: Final = frozenset({(S.RECEIVED, S.MANUFACTURING)})
#: Moves that are made by booking, moving, canceling or missing a planning session.
BY_PLANNING_SESSION: Final = frozenset(
    {
        (S.READY_TO_PLAN, S.PLANNING_SCHEDULED),
        (S.PLANNING_NO_SHOW, S.PLANNING_SCHEDULED),
        (S.PLANNING_SCHEDULED, S.READY_TO_PLAN),
        (S.PLANNING_SCHEDULED, S.PLANNING_NO_SHOW),
    }
)
#: Where a case waits for a planning session.
AWAITS_PLANNING: Final = frozenset({S.READY_TO_PLAN, S.PLANNING_NO_SHOW})
#: The moves by which a lab gives a case back; each needs reasons.
GIVES_BACK: Final = frozenset({S.RETURNED, S.MISSING_INFO})
#: Where a case has a due date: not while it is prepared, red, paused or canceled.
HAS_DUE_DATE: Final = frozenset(
    status for status in S if COLORS[status] is not Color.RED and status not in (S.DRAFT, S.ON_HOLD, S.CANCELLED)
)
#: Where a booked planning session goes on to stand: anywhere else it is released.
KEEPS_SESSION: Final = frozenset({S.PLANNING_SCHEDULED, S.MANUFACTURING, S.FINISHED, S.SHIPPED, S.DELIVERED, S.ON_HOLD})

#: Statuses in which the practice prepares the case: what it changes is what it will send.
IS_BEING_PREPARED: Final = frozenset({S.DRAFT, S.MISSING_INFO, S.RETURNED})
#: Statuses in which the practice can change the packet: while it prepares the case, and until the lab begins to make
#: it. In the latter the lab goes on to read what was sent, until the change is sent, too.
PACKET_IS_OPEN: Final = IS_BEING_PREPARED | {
    *(S.RECEIVED, S.READY_TO_PLAN, S.PLANNING_SCHEDULED, S.PLANNING_NO_SHOW),
}


def moves_from(status: Status, by: Party) -> frozenset[Status]:
    """Return the statuses to which this party can move a case from here."""
    return frozenset(to for (start, to), parties in MOVES.items() if start is status and by in parties)


def made_by(start: Status, to: Status) -> MadeBy:
    """Return how people make a move; a paused case goes on by a transition, wherever it was."""
    if (start, to) in BY_PLANNING_SESSION:
        return MadeBy.PLANNING_SESSION
    return MadeBy.SUBMIT if to is Status.PROCESSING and start is not Status.ON_HOLD else MadeBy.TRANSITIONS


def waits_for(status: Status, *, started_by: Party, is_planned_by_lab: bool) -> WaitsFor:
    """Return whom a case waits for: a draft for whoever started it, its planning for whoever books that."""
    is_of_lab = started_by is Party.LAB if status is Status.DRAFT else is_planned_by_lab and status in AWAITS_PLANNING
    return WaitsFor.LAB if is_of_lab else WAITS_FOR[status]
