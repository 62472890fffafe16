"""The history of a case: who did what, and when. It is only ever added to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bitewing.cases.access import party_of
from bitewing.cases.status import Party
from bitewing.kernel.caller import Caller
from bitewing.kernel.ids import new_id

#: Histories go by time: of two things that happen in one change, the second comes so much later.
A_MOMENT: Final = timedelta(milliseconds=1)


class Deed(StrEnum):
    """What can have happened to a case."""

    CREATED = "created"
    CHANGED = "changed"
    SUBMITTED = "submitted"
    MOVED = "moved"
    WENT_ON_WHILE_HELD = "went_on_while_held"
    RETURNED = "returned"
    REASON_ANSWERED = "reason_answered"
    NOTED = "noted"
    REMADE = "remade"
    RX_ISSUED = "rx_issued"
    REQUIREMENTS_CHANGED = "requirements_changed"
    SENT_OTHERWISE_ARRIVED = "sent_otherwise_arrived"
    CASE_DAY_CHANGED = "case_day_changed"
    ARCHIVED = "archived"
    UNARCHIVED = "unarchived"
    SHIPMENT_ADDED = "shipment_added"
    SHIPMENT_MOVED = "shipment_moved"
    SHIPMENT_RECEIVED = "shipment_received"
    SHIPMENT_REMOVED = "shipment_removed"
    LINK_ISSUED = "link_issued"
    LINK_REVOKED = "link_revoked"
    CORRECTED = "corrected"
    FILE_ANNOUNCED = "file_announced"
    FILE_KEPT = "file_kept"
    FILE_QUARANTINED = "file_quarantined"
    FILE_REMOVED = "file_removed"
    FILE_REPLACED = "file_replaced"
    SESSION_BOOKED = "session_booked"
    SESSION_MOVED = "session_moved"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_HELD = "session_held"
    SESSION_MISSED = "session_missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One entry of a case's history.

    Attributes:
        entry_id: Ascending with time.
        by: The party on whose side it was done.
        user_id: The person, or ``None`` for the system.
        details: What changed: names of fields, statuses, files. Never their contents.
    """

    entry_id: str
    case_id: str
    at: datetime
    by: Party
    user_id: str | None
    deed: Deed
    details: Mapping[str, str] = field(default_factory=dict)


def entry_of(
    case_id: str, deed: Deed, details: Mapping[str, str] | None = None, *, by: Caller | None, at: datetime
) -> Activity:
    """Return the entry of something that is done now to a case.

    Args:
        case_id: The case.
        deed: What is done.
        details: What changes: names of fields, statuses, files. Never their contents.
        by: Who does it; ``None`` for the system.
        at: When, in UTC.

    Raises:
        RoleNotAllowed: Who does it works in no practice and no lab.
    """
    return Activity(
        entry_id=new_id(at),
        case_id=case_id,
        at=at,
        by=party_of(by) if by else Party.SYSTEM,
        user_id=by.user_id if by else None,
        deed=deed,
        details=details or {},
    )
