import traceback
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime

import pytest
from bitewing.aws.items import (
    UnreadableItem,
    from_attribute,
    from_item,
    from_plain,
    to_attribute,
    to_item,
    to_plain,
)
from bitewing.cases import correction_events, review_events, shipping_events
from bitewing.cases import events as case_events
from bitewing.cases.activity import Activity, Deed
from bitewing.cases.carriers import CarrierCode
from bitewing.cases.case import Case
from bitewing.cases.ports import CaseWithPrecheck
from bitewing.cases.reasons import Reason
from bitewing.cases.shipments import ShipmentState
from bitewing.cases.status import Party, Status
from bitewing.directory import events as directory_events
from bitewing.directory.organization import BillingState, ConnectionState
from bitewing.files import events as file_events
from bitewing.files.case_file import FileKind
from bitewing.files.inspection import FileFormat, FileProblem, Problem
from bitewing.home import events as home_events
from bitewing.home.announcement import AnnouncementKind
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.members import events as member_events
from bitewing.packet.packet import Arch, Item, Packet
from bitewing.planning import events as planning_events
from bitewing.precheck.finding import Outcome
from bitewing.requirements import events as requirement_events
from bitewing.requirements.case_types import CaseType
from bitewing.rx.events import RxIssued
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import (
    NOW,
    a_case,
    a_connection,
    a_dentist,
    a_file,
    a_lab,
    a_packet,
    a_patient,
    a_practice,
    a_profile,
    a_quarantined_file,
    an_inspection,
    image_measures,
    series_measures,
)
from tests.support.changes import a_sent_case, an_answer
from tests.support.day_events import events_of_case_days
from tools.event_schemas import event_types

MICROSECONDS = datetime(2026, 3, 2, 15, 0, 0, 123456, tzinfo=UTC)
HEAD = {"event_id": "e", "occurred_at": MICROSECONDS, "case_id": "c", "practice_id": "p", "lab_id": "l"}
FILE_HEAD = HEAD | {"file_id": "f", "file_version": 2, "kind": FileKind.CBCT}

MEMBER_HEAD = {
    "event_id": "e",
    "occurred_at": MICROSECONDS,
    "user_id": "u",
    "organization_kind": OrganizationKind.LAB,
    "organization_id": "l",
    "member_version": 2,
    "by": "b",
}
SHIPMENT_HEAD = HEAD | {"case_version": 1, "shipment_number": 2}
SESSION_HEAD = HEAD | {
    "case_version": 1,
    "session_id": "s",
    "planner": 2,
    "starts_at": MICROSECONDS,
    "ends_at": MICROSECONDS,
}
ANNOUNCEMENT_HEAD = {
    "event_id": "e",
    "occurred_at": MICROSECONDS,
    "announcement_id": "a",
    "announcement_version": 2,
    "publisher_kind": OrganizationKind.LAB,
    "publisher_id": "l",
}
ANNOUNCED = {"kind": next(iter(AnnouncementKind)), "starts_at": MICROSECONDS}
EVENTS = [
    case_events.CaseCreated(**HEAD, case_version=1, case_type=CaseType.CROWN, started_by=Party.LAB),
    case_events.CaseChanged(**HEAD, case_version=1, fields=("items", "contact")),
    case_events.CaseSubmitted(
        **HEAD,
        case_version=1,
        case_type=CaseType.CROWN,
        submission_number=3,
        sent_by=Party.PRACTICE,
        rules_fired=("A", "B"),
        acknowledged=("B",),
    ),
    review_events.CaseReturned(
        **HEAD,
        case_version=1,
        case_type=CaseType.CROWN,
        to=Status.RETURNED,
        submission_number=1,
        submitted_at=HEAD["occurred_at"],
        sent_by=Party.PRACTICE,
        is_first_pass=True,
        first_sent_at=HEAD["occurred_at"],
        return_number=2,
        reasons=(Reason.MARGIN_HIDDEN, Reason.FILE_MISSING),
        rule_ids=("FIL-REQUIRED",),
    ),
    case_events.CaseMoved(**HEAD, case_version=1, origin=Status.DRAFT, to=Status.PROCESSING, by=Party.PRACTICE),
    case_events.CaseChecked(**HEAD, case_version=1, outcome=Outcome.WARN, rule_ids=("A", "B")),
    case_events.CaseRemade(**HEAD, case_version=1),
    case_events.HeldCaseWentOn(**HEAD, case_version=1, comes_back_to=Status.RECEIVED),
    review_events.CaseNoted(**HEAD, case_version=1, note_id="n", by=Party.LAB),
    review_events.ReturnReasonAnswered(**HEAD, case_version=1, return_number=2, reason_id="1"),
    review_events.SentOtherwiseArrived(**HEAD, case_version=1, kind=FileKind.CBCT),
    correction_events.CorrectionLinkIssued(**HEAD, case_version=1, link_id="k"),
    correction_events.CorrectionLinkRevoked(**HEAD, case_version=1, link_id="k"),
    correction_events.CorrectionDone(**HEAD, case_version=1, link_id="k", findings_left=2),
    directory_events.ConnectionMoved(
        event_id="e",
        occurred_at=MICROSECONDS,
        practice_id="p",
        lab_id="l",
        connection_version=2,
        to=ConnectionState.ENDED,
        by=OrganizationKind.LAB,
    ),
    directory_events.PracticeBillingChanged(
        event_id="e", occurred_at=MICROSECONDS, practice_id="p", to=BillingState.PAST_DUE, by="u"
    ),
    requirement_events.ProfilePublished(
        event_id="e",
        occurred_at=MICROSECONDS,
        lab_id="l",
        case_type=CaseType.CROWN,
        profile_version=2,
        is_offered=True,
        fields=("files",),
    ),
    requirement_events.RequirementsChanged(
        **HEAD,
        case_type=CaseType.CROWN,
        profile_version=2,
        outcome=Outcome.BLOCK,
        rules_new=("A",),
        rules_gone=(),
        rules_changed=("B", "C"),
    ),
    member_events.MemberInvited(**MEMBER_HEAD, roles=(Role.LAB_ADMIN, Role.LAB_STAFF)),
    member_events.MemberJoined(**MEMBER_HEAD, roles=(), is_first=True),
    member_events.MemberRolesChanged(**MEMBER_HEAD, roles=(Role.LAB_ADMIN,)),
    member_events.MemberLeft(**MEMBER_HEAD),
    file_events.FileAnnounced(**FILE_HEAD, size_bytes=5 * 1024**3),
    file_events.FileKept(**FILE_HEAD, format=FileFormat.DICOM_SERIES),
    file_events.FileQuarantined(**FILE_HEAD),
    file_events.FileRemoved(**FILE_HEAD),
    file_events.FileReplaced(**FILE_HEAD, replaced_by="file-2"),
    case_events.CaseArchived(**HEAD, case_version=1, by=Party.PRACTICE),
    case_events.CaseUnarchived(**HEAD, case_version=1, by=Party.LAB),
    shipping_events.ShipmentAdded(**SHIPMENT_HEAD, carrier=CarrierCode.UPS),
    shipping_events.ShipmentMoved(
        **SHIPMENT_HEAD, carrier=CarrierCode.OTHER, state=ShipmentState.DELIVERED, state_at=MICROSECONDS
    ),
    shipping_events.ShipmentRemoved(**SHIPMENT_HEAD, carrier=CarrierCode.UPS),
    shipping_events.ShipmentReceived(**SHIPMENT_HEAD, by=Party.PRACTICE),
    planning_events.PlanningSessionBooked(**SESSION_HEAD),
    planning_events.PlanningSessionMoved(**SESSION_HEAD, previous_starts_at=MICROSECONDS),
    planning_events.PlanningSessionReleased(**SESSION_HEAD),
    planning_events.PlanningSessionHeld(**SESSION_HEAD),
    planning_events.PlanningSessionMissed(**SESSION_HEAD),
    home_events.AnnouncementPublished(**ANNOUNCEMENT_HEAD, **ANNOUNCED, ends_at=None),
    home_events.AnnouncementChanged(**ANNOUNCEMENT_HEAD, **ANNOUNCED, ends_at=MICROSECONDS),
    home_events.AnnouncementWithdrawn(**ANNOUNCEMENT_HEAD),
    RxIssued(**HEAD, case_version=1, rx_number=2, submission_number=3),
    *events_of_case_days(MICROSECONDS),
]
RECORDS = [
    *EVENTS,
    a_practice(),
    a_dentist(),
    a_dentist(license_expires_on=None),
    a_lab(working_weekdays=frozenset({1, 7}), holidays=frozenset({date(2026, 12, 25)})),
    a_connection(),
    *(a_profile(case_type) for case_type in CaseType),
    a_profile(attestations={"a": "A."}, outcomes={"X": None, "Y": Outcome.BLOCK}),
    a_case(),
    a_case(packet=Packet(patient=a_patient(born_on=None, sex=None, name="Zoë Ünal-Ødegård 李"))),
    a_case(packet=a_packet(items=(Item(arch=Arch.UPPER), Item(teeth=("14", "x"), pontics=("15",))))),
    a_case(packet=a_packet(attestations=frozenset({"a", "b"}), appointment_on=date(2026, 4, 1))),
    a_sent_case(created_at=MICROSECONDS, precheck_outcome=Outcome.PASS, remake_of="c", remake_reason="r"),
    an_answer(a_sent_case()),
    a_quarantined_file(),
    a_file(part_checksums=("a", "b"), upload_id="u", handed_over_in=2, location_removed=True),
    *(a_file(inspection=an_inspection(file_format)) for file_format in FileFormat),
    a_file(inspection=an_inspection(FileFormat.DICOM, series=series_measures(scanned_on=None, patient_name=None))),
    a_file(inspection=an_inspection(FileFormat.JPEG, image=image_measures(has_location=True))),
    a_file(inspection=an_inspection(problems=tuple(FileProblem(code=code, says="S.") for code in Problem))),
    Activity(entry_id="e", case_id="c", at=NOW, by=Party.SYSTEM, user_id=None, deed=Deed.MOVED, details={"from": "a"}),
]


def whole(record):
    return from_plain(type(record), from_item(to_item(to_plain(record))))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_every_record_is_read_as_it_was_stored(record):
    assert whole(record) == record


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_what_is_stored_beside_a_record_is_left_out_when_it_is_read(record):
    beside = {"pk": "A", "sk": "B", "entity": "X", "schema": 1, "expires_at": 5}
    assert from_plain(type(record), {**to_plain(record), **beside}) == record


def test_every_event_is_tried():
    assert {type(event) for event in EVENTS} == set(event_types())


def test_a_record_of_before_a_field_existed_is_read_with_its_default():
    plain = to_plain(a_case())
    for name in ("remake_of", "submission", "files_version"):
        del plain[name]
    assert from_plain(Case, plain) == a_case()


def test_a_record_that_is_none_of_ours_is_refused():
    with pytest.raises(UnreadableItem, match=r"^A stored Case cannot be read: status \(Status\)\.$"):
        from_plain(Case, {**to_plain(a_case()), "status": "lost"})


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda packet: packet["patient"].update(name=["Markworth"]), "packet.patient.name (str)"),
        (lambda packet: packet["patient"].update(born_on="Markworth"), "packet.patient.born_on (date)"),
        (lambda packet: packet["items"][0].update(selections={"Markworth": 1}), "packet.items.0.selections.* (str)"),
        (lambda packet: packet["items"][0].update(selections="Markworth"), "packet.items.0.selections (map)"),
        (lambda packet: packet.update(items="Markworth"), "packet.items (list)"),
        (lambda packet: packet.update(patient="Markworth"), "packet.patient (map)"),
        (lambda packet: packet.pop("patient"), "packet.patient (missing)"),
    ],
    ids=["text", "date", "selection", "selections", "list", "record", "absent"],
)
def test_what_cannot_be_read_is_told_by_its_place_and_never_by_what_is_stored(damage, told):
    plain = to_plain(a_case())
    damage(plain["packet"])
    with pytest.raises(UnreadableItem) as unreadable:
        from_plain(Case, plain)
    assert str(unreadable.value) == f"A stored Case cannot be read: {told}."
    assert "Markworth" not in "".join(traceback.format_exception(unreadable.value))
    assert unreadable.value.__context__ is None


def test_no_record_holds_a_float():
    def types(kind, seen):
        if kind in seen or not is_dataclass(kind):
            return
        seen.add(kind)
        for field in fields(kind):
            assert "float" not in str(field.type), f"{kind.__name__}.{field.name}"

    seen = set()
    for record in RECORDS:
        types(type(record), seen)
    assert CaseWithPrecheck in seen


@pytest.mark.parametrize("value", [1.5, 0.0, b"bytes", {1, 2}, object(), {"deep": [1.5]}])
def test_what_the_table_does_not_store_is_refused(value):
    with pytest.raises(TypeError, match="does not store"):
        to_attribute(value)


@dataclass(frozen=True)
class Measured:
    size: float


def test_a_record_with_a_float_is_refused():
    with pytest.raises(TypeError, match="float"):
        to_item(to_plain(Measured(size=0.5)))


@pytest.mark.parametrize("attribute", [{"B": b"x"}, {"SS": ["a"]}, {"NS": ["1"]}])
def test_an_attribute_that_is_never_written_is_refused(attribute):
    with pytest.raises(TypeError, match="no attribute"):
        from_attribute(attribute)


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(plain_values)
def test_values_go_through_the_tables_own_form_unchanged(value):
    assert from_attribute(to_attribute(value)) == value


def test_booleans_stay_booleans_and_enums_become_their_values():
    assert to_attribute(value=True) == {"BOOL": True}
    assert to_attribute(1) == {"N": "1"}
    assert to_attribute(Status.DRAFT) == {"S": "draft"}
    assert to_attribute(("a", 1)) == {"L": [{"S": "a"}, {"N": "1"}]}


def test_a_case_is_stored_in_the_form_that_indexes_and_filters_read():
    plain = to_plain(replace(a_case(), moved_at=MICROSECONDS))
    assert plain["status"] == "draft"
    assert plain["moved_at"] == "2026-03-02T15:00:00.123456Z"
    assert plain["created_at"] == "2026-03-02T15:00:00Z"
    assert plain["files_version"] == 0
