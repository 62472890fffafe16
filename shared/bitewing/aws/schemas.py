"""In which form each entity is stored, and how older forms are read.

Every item says its entity and its schema. A change of an entity that its older items do not fit raises its number
in ``SCHEMAS`` and adds the step from the number before to ``UPGRADES``. Items are brought up when they are read
and stored in the new form when they are next written as a whole, so that no item has to be rewritten for a
deployment. What is written in part (the counts and outcome of a case, the inspection and hand-over of a file)
leaves the item's schema as it is: these attributes keep their form through all schemas.

An event is relayed as it stands: its detail carries a version of its own. An answer that is remembered holds
other records whole: a new schema of theirs is one of ``Idempotency``, too.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from bitewing.aws.items import UnreadableItem, from_plain, to_plain

T = TypeVar("T")
Plain = dict[str, Any]

#: The form in which this code writes each entity.
SCHEMAS: Final[dict[str, int]] = {
    "Practice": 1,
    "Dentist": 1,
    "Lab": 1,
    "Connection": 1,
    "Machine": 1,
    "LabListing": 1,
    "RequirementProfile": 1,
    "ProfileVersion": 1,
    "Case": 1,
    "SweptShard": 1,
    "CaseFile": 1,
    "CorrectionLink": 1,
    "Activity": 1,
    "Event": 1,
    "Member": 1,
    "Idempotency": 1,
    "Endpoint": 1,
    "Delivery": 1,
    "RuleCounts": 1,
    "Seen": 1,
    "Rx": 1,
    "Note": 1,
    "Return": 1,
    "PlanningHours": 1,
    "PlanningSession": 1,
    "SentPacket": 1,
    "TrackedParcel": 1,
    "Counted": 1,
    "ColorCounts": 1,
    "Announcement": 1,
    "Board": 1,
    "Preferences": 1,
    "CareTeam": 1,
    "CareTeamListing": 1,
    "Clinician": 1,
    "Site": 1,
    "CarePreferences": 1,
    "CarePractice": 1,
    "SchedulingPeriod": 1,
    "Availability": 1,
    "CaseDayRequest": 1,
    "MatchRun": 1,
    "BatchProgress": 1,
    "ProposedDay": 1,
    "ProposedDate": 1,
    "WaitingTask": 1,
    "UnmatchedRequest": 1,
    "ClinicianLoad": 1,
    "CaseDay": 1,
    "PracticeDate": 1,
    "ClinicianCalendar": 1,
    "DayPatient": 1,
    "DayActivity": 1,
    "ChangeCriteria": 1,
    "LedgerAccount": 1,
    "SettledPeriods": 1,
    "CalendarFeed": 1,
    "ChangedRule": 1,
    "ChangedTemplate": 1,
    "UnruledFact": 1,
    "Mark": 1,
    "Heard": 1,
    "InboxEntry": 1,
    "InboxCounts": 1,
    "Bundle": 1,
    "SentCount": 1,
    "Message": 1,
    "NumberReader": 1,
    "TextQuestion": 1,
    "TextReply": 1,
}
#: How an item of an entity and a schema becomes one of the next schema.
UPGRADES: Final[dict[tuple[str, int], Callable[[Plain], Plain]]] = {}


def as_stored(entity: str, values: Mapping[str, object]) -> Plain:
    """Return the attributes of an item, with its entity and the schema in which it is written."""
    return {"entity": entity, "schema": SCHEMAS[entity], **values}


def record(thing: object) -> Plain:
    """Return the attributes of a dataclass's own item."""
    return as_stored(type(thing).__name__, to_plain(thing))


def current(entity: str, item: Mapping[str, Any]) -> Plain:
    """Return an item in the form that this code knows, whatever its schema.

    Raises:
        UnreadableItem: It has no schema, a newer one than this code knows, or one without a way to this code's.
    """
    schema = item.get("schema")
    if not isinstance(schema, int):
        raise UnreadableItem(entity, "it has no schema")
    if schema > SCHEMAS[entity]:
        raise UnreadableItem(entity, f"it has schema {schema}, and this code knows {SCHEMAS[entity]}")
    plain = dict(item)
    for step in range(schema, SCHEMAS[entity]):
        if (entity, step) not in UPGRADES:
            raise UnreadableItem(entity, f"there is no upgrade from schema {step}")
        plain = UPGRADES[entity, step](plain)
    return plain


def read_record(kind: type[T], item: Mapping[str, Any]) -> T:
    """Return the dataclass that an item holds, whatever its schema.

    Raises:
        UnreadableItem: The item is damaged, or of a schema that this code does not read.
    """
    return from_plain(kind, current(kind.__name__, item))


def read_if_found(kind: type[T], item: Mapping[str, Any] | None) -> T | None:
    """Return what an item holds, as :func:`read_record`, or nothing where there is none."""
    return None if item is None else read_record(kind, item)
