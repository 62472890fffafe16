"""Cases, their planning sessions and their parcels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bitewing.cases.access import is_prepared_by_lab
from bitewing.cases.carriers import CARRIERS, heard_carrier
from bitewing.cases.case import Case
from bitewing.cases.shipments import Shipment
from bitewing.cases.status import Color, Party, Status, WaitsFor
from bitewing.directory.organization import Lab, Practice
from bitewing.files.case_file import CaseFile, FileState
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.ics import Calendar
from bitewing.kernel.names import initials_of
from bitewing.notifications.fact import Fact
from bitewing.notifications.reminder import ReminderKind
from bitewing.planning.ics import CalendarEntry, calendar, google_link
from bitewing.planning.session import PlanningSession, SessionState

CALENDAR_NAME: Final = "planning-session.ics"
#: Of what a calendar has an entry.
_WITH_CALENDAR: Final = frozenset({"PlanningSessionBooked", "PlanningSessionMoved", "PlanningSessionReleased"})
_MINUTE: Final = timedelta(minutes=1)
#: In which a lab says that a case is shipped, and how.
_IN_ONE_GO: Final = 5 * _MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFound:
    """What was found of a case, as it is now.

    Attributes:
        practice: ``None`` where it was not looked for, as the others that a fact does not name.
    """

    case: Case
    practice: Practice | None = None
    lab: Lab | None = None
    session: PlanningSession | None = None
    file: CaseFile | None = None

    def shipment(self, fact: Fact) -> Shipment | None:
        """Return the parcel that a fact is about."""
        number = fact.detail.get("shipment_number")
        return next((each for each in self.case.shipments if each.number == number), None)

    @property
    def stands_at(self) -> Status:
        """Return where the case stands, or comes back to while it is paused."""
        return self.case.status if self.case.hold is None else self.case.hold.origin


def is_still_so(fact: Fact, found: CaseFound, *, now: datetime) -> bool:
    """Whether what a fact says of a case is still so: what is no longer asked of anybody is not told.

    What somebody keeps on record, such as the confirmation of a sending, is told whatever became of the case.
    """
    still = _STILL.get(fact.name)
    return still is None or still(fact, found, now)


def values_of(fact: Fact, found: CaseFound, *, reader: OrganizationKind) -> dict[str, Any]:
    """Return what the fields of templates say of a case.

    Args:
        fact: What is told.
        found: What it is about.
        reader: On whose side it is read: whoever works in a lab does not ask their own lab.
    """
    case, practice, lab, detail = found.case, found.practice, found.lab, fact.detail
    rx_number = detail.get("rx_number", 0)
    return {
        "case_id": case.case_id,
        "initials": initials_of(case.packet.patient.name),
        "practice": practice.name if practice is not None else "",
        "lab": lab.name if lab is not None else "",
        "lab_contact": lab.contact if lab is not None and reader is not OrganizationKind.LAB else "",
        "reasons": _reasons(fact, case),
        # Of the first there are no earlier ones to tell of.
        "rx_number": rx_number if rx_number > 1 else None,
        "findings_left": detail.get("findings_left"),
        **(_of_session(fact, found, found.session) if found.session is not None else {}),
        **_of_shipment(fact, found.shipment(fact)),
    }


def calendar_of(fact: Fact, found: CaseFound) -> Calendar | None:
    """Return the session as a calendar file: an invitation, or that it is canceled; ``None`` for other facts."""
    if found.session is None or fact.name not in _WITH_CALENDAR:
        return None
    return calendar(_entry(fact, found, found.session))


def _reasons(fact: Fact, case: Case) -> tuple[str, ...]:
    """Return why a lab gave a case back, also to whoever is reminded of it."""
    back = case.open_return if fact.name == ReminderKind.CASE_IS_RED else None
    codes = fact.ids_of("reasons") if back is None else (reason.code.value for reason in back.reasons)
    return tuple(dict.fromkeys(codes))


def _of_session(fact: Fact, found: CaseFound, session: PlanningSession) -> dict[str, Any]:
    previous = fact.id_of("previous_starts_at")
    is_to_come = session.state is SessionState.BOOKED
    return {
        "starts_at": session.starts_at,
        "previous_starts_at": datetime.fromisoformat(previous) if previous else None,
        "minutes": (session.ends_at - session.starts_at) // _MINUTE,
        "join_link": session.meeting_link if is_to_come else "",
        "add_link": google_link(_entry(fact, found, session)) if is_to_come else "",
    }


def _entry(fact: Fact, found: CaseFound, session: PlanningSession) -> CalendarEntry:
    return CalendarEntry(
        session=session,
        initials=initials_of(found.case.packet.patient.name),
        lab_name=found.lab.name if found.lab is not None else "",
        contact=found.lab.contact if found.lab is not None else "",
        told_at=fact.occurred_at,
    )


def _of_shipment(fact: Fact, shipment: Shipment | None) -> dict[str, Any]:
    # Only those have a name that people know; of others it is said with the case how they go.
    carrier = heard_carrier(fact.id_of("carrier"))
    return {
        "carrier": CARRIERS[carrier].name if carrier is not None else "",
        "tracking_link": shipment.link if shipment is not None else "",
        "state": fact.id_of("state"),
    }


# --- Whether it is still so -------------------------------------------------------------------------------------------

_Still = Callable[[Fact, CaseFound, datetime], bool]


def _is_begun(_: Fact, found: CaseFound, __: datetime) -> bool:
    return found.case.status is not Status.CANCELLED


def _stands_where_it_moved(fact: Fact, found: CaseFound, _: datetime) -> bool:
    to = Status(fact.detail["to"])
    if to is not Status.MISSING_INFO:
        return found.case.status is to
    # What a lab gives back is told with its reasons, as CaseReturned.
    return fact.detail["by"] == Party.SYSTEM and found.stands_at is to


def _comes_back_there(fact: Fact, found: CaseFound, _: datetime) -> bool:
    return found.case.hold is not None and found.stands_at is Status(fact.detail["comes_back_to"])


def _is_given_back(fact: Fact, found: CaseFound, _: datetime) -> bool:
    sent = found.case.submission
    is_last = sent is not None and sent.number == fact.detail["submission_number"]
    return is_last and found.stands_at is Status(fact.detail["to"])


def _is_found_by_precheck(fact: Fact, found: CaseFound, _: datetime) -> bool:
    return found.case.is_to_be_sent and found.case.precheck_outcome == fact.detail["outcome"]


def _is_set_aside(_: Fact, found: CaseFound, __: datetime) -> bool:
    return found.file is not None and found.file.state is FileState.QUARANTINED


def _is_prepared_for_it(fact: Fact, found: CaseFound, _: datetime) -> bool:
    case = found.case
    is_for_it = case.is_prepared_for(fact.id_of("lab_id"), fact.detail["case_type"])
    return is_for_it and not is_prepared_by_lab(case, found.practice)


def _is_on_its_way(fact: Fact, found: CaseFound, _: datetime) -> bool:
    shipment = found.shipment(fact)
    return shipment is not None and not shipment.has_arrived


def _is_a_further_one(fact: Fact, found: CaseFound, now: datetime) -> bool:
    """Whether a parcel is one of several, or was added to a case that had been shipped.

    Of the parcel with which a case is shipped its practice hears as of the case, whichever of the two its lab says
    first.
    """
    case, shipment = found.case, found.shipment(fact)
    if shipment is None or not _is_on_its_way(fact, found, now):
        return False
    is_later = case.status is Status.SHIPPED and shipment.shipped_at > case.moved_at + _IN_ONE_GO
    return shipment.more_follows or is_later


def _is_where_it_was_said(fact: Fact, found: CaseFound, _: datetime) -> bool:
    shipment = found.shipment(fact)
    return shipment is not None and shipment.state == fact.detail["state"]


def _is_taken_back(fact: Fact, found: CaseFound, _: datetime) -> bool:
    return found.shipment(fact) is None


def _is_received(fact: Fact, found: CaseFound, _: datetime) -> bool:
    shipment = found.shipment(fact)
    return shipment is not None and shipment.received_at is not None


def _session_is(state: SessionState) -> _Still:
    def still(fact: Fact, found: CaseFound, _: datetime) -> bool:
        session = found.session
        starts_at = datetime.fromisoformat(fact.detail["starts_at"])
        return session is not None and session.starts_at == starts_at and session.state is state

    return still


def _session_comes(fact: Fact, found: CaseFound, now: datetime) -> bool:
    is_booked = _session_is(SessionState.BOOKED)(fact, found, now)
    return is_booked and found.session is not None and now < found.session.starts_at


def _waits_for_practice(_: Fact, found: CaseFound, __: datetime) -> bool:
    return found.case.color is Color.RED and found.case.waits_for is WaitsFor.PRACTICE


def _waits_for_session(fact: Fact, found: CaseFound, now: datetime) -> bool:
    return found.case.status is Status.READY_TO_PLAN and _waits_for_practice(fact, found, now)


def _is_idle(fact: Fact, found: CaseFound, _: datetime) -> bool:
    case = found.case
    is_theirs = case.status is Status.DRAFT and case.waits_for is WaitsFor.PRACTICE
    return is_theirs and case.last_modified_at <= fact.occurred_at


def _is_untouched(_: Fact, found: CaseFound, __: datetime) -> bool:
    return found.case.status is Status.RECEIVED


_STILL: Final[Mapping[str, _Still]] = {
    "CaseCreated": _is_begun,
    "CaseChecked": _is_found_by_precheck,
    "CaseMoved": _stands_where_it_moved,
    "HeldCaseWentOn": _comes_back_there,
    "CaseReturned": _is_given_back,
    "FileQuarantined": _is_set_aside,
    "RequirementsChanged": _is_prepared_for_it,
    "ShipmentAdded": _is_a_further_one,
    "ShipmentMoved": _is_where_it_was_said,
    "ShipmentRemoved": _is_taken_back,
    "ShipmentReceived": _is_received,
    "PlanningSessionBooked": _session_is(SessionState.BOOKED),
    "PlanningSessionMoved": _session_is(SessionState.BOOKED),
    "PlanningSessionReleased": _session_is(SessionState.RELEASED),
    "PlanningSessionMissed": _session_is(SessionState.MISSED),
    "PlanningSessionHeld": _session_is(SessionState.HELD),
    ReminderKind.SESSION_BEGINS: _session_comes,
    ReminderKind.CASE_IS_RED: _waits_for_practice,
    ReminderKind.SESSION_NOT_BOOKED: _waits_for_session,
    ReminderKind.DRAFT_IDLE: _is_idle,
    ReminderKind.CASE_UNTOUCHED: _is_untouched,
}
