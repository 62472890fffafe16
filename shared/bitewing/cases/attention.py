"""The default order of lists: what needs the reader's attention most comes first.

Red first, then yellow, green, white; inside a color the status that needs the most from the reader; then the
oldest due date, then the oldest case. The order is text, so that a list is one query over an index.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
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
    due = due_on.isoformat() if due_on else NO_DUE_DATE
    return f"{beginning_of(reader, {status})}{due}#{case_id}"


def beginning_of(reader: Party, statuses: AbstractSet[Status]) -> str:
    """Return what the keys of cases in these statuses begin with, and no others; empty where nothing does.

    Args:
        reader: The party whose list it is.
        statuses: One of them, or all of one color; others do not stand together.
    """
    if len(statuses) == 1:
        (status,) = statuses
        return f"{_COLOR_ORDER.index(COLORS[status])}#{STATUS_ORDER[reader].index(status):02d}#"
    for place, color in enumerate(_COLOR_ORDER):
        if statuses == {status for status in Status if COLORS[status] is color}:
            return f"{place}#"
    return ""
