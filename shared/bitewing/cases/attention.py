"""The default order of lists: what needs the reader's attention most comes first.

Red first, then yellow, green, white; inside a color the status that needs the most from the reader; then the
oldest due date, then the oldest case. The order is text, so that a list is one query over an index.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from bitewing.cases.status import COLORS, Color, Party, Status

_COLOR_ORDER: Final = (Color.RED, Color.YELLOW, Color.GREEN, Color.WHITE)

S = Status

#: For each reader, statuses from the one that needs the most from them; those of one color stand together.
STATUS_ORDER: Final[Mapping[Party, tuple[Status, ...]]] = {
    Party.PRACTICE: (
        *(S.MISSING_INFO, S.RETURNED, S.PLANNING_NO_SHOW, S.READY_TO_PLAN),
        *(S.DRAFT, S.PROCESSING, S.RECEIVED),
        *(S.PLANNING_SCHEDULED, S.FINISHED),
        *(S.ON_HOLD, S.MANUFACTURING, S.SHIPPED, S.DELIVERED, S.CANCELLED),
    ),
    Party.LAB: (
        *(S.PLANNING_NO_SHOW, S.READY_TO_PLAN, S.MISSING_INFO, S.RETURNED),
        *(S.RECEIVED, S.PROCESSING, S.DRAFT),
        *(S.FINISHED, S.PLANNING_SCHEDULED),
        *(S.ON_HOLD, S.MANUFACTURING, S.SHIPPED, S.DELIVERED, S.CANCELLED),
    ),
}

#: Of a case that has none, which comes after all that have one.
NO_DUE_DATE: Final = "9999-12-31"


def attention_key(reader: Party, status: Status, *, due_on: date | None, case_id: str) -> str:
    """Return text that sorts a case among the others of its reader.

    Args:
        reader: The party whose list it is.
        status: The status of the case.
        due_on: Its due date; cases without one come after those that have one.
        case_id: Ascending with the time of creation.
    """
    color = _COLOR_ORDER.index(COLORS[status])
    rank = STATUS_ORDER[reader].index(status)
    due = due_on.isoformat() if due_on else NO_DUE_DATE
    return f"{color}#{rank:02d}#{due}#{case_id}"
