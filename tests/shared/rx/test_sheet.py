"""What stands on a prescription: everything that the law and labs ask for, in words that people read."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from bitewing.cases.case import Hold
from bitewing.cases.reasons import REASONS, Reason
from bitewing.cases.status import Status
from bitewing.directory.organization import Notation
from bitewing.files.kinds import FileKind
from bitewing.packet.packet import Arch, Item, Packet, Patient, SentOtherwise, Sex
from bitewing.precheck.finding import Outcome, Precheck
from bitewing.requirements.case_types import CaseType
from bitewing.rx.sheet import Fact, moment, sheet_of, weekday

from tests.support.builders import NOW, a_dentist, a_patient, a_practice, a_quarantined_file, an_authorization
from tests.support.shown_cases import LINK, PRINTED_CASE_ID, a_bridge, a_crown, prescribed


def with_case(made, **changes):
    return replace(made, case=replace(made.case, **changes))


def facts(made):
    return {fact.label: fact.value for fact in sheet_of(made).facts}


def pieces(case_type, *items, **changes):
    return sheet_of(replace(prescribed(case_type, items=items), **changes)).pieces


@pytest.mark.parametrize("case_type", CaseType)
def test_a_sheet_of_each_type_has_the_lawful_core(case_type):
    made = prescribed(case_type)
    sheet = sheet_of(made)
    assert sheet.title == "Laboratory Procedure Prescription"
    assert (sheet.lab.name, *sheet.lab.lines) == (made.lab.name, made.lab.address, made.lab.phone, made.lab.email)
    assert (sheet.practice.name, sheet.practice.lines[0]) == (made.practice.name, made.practice.address)
    assert sheet.dentist.name == "Dr. Ada Moreno"
    assert sheet.dentist.lines[0] == "License FL DN12345"
    assert sheet.patient.name == made.case.packet.patient.name
    assert sheet.sent == "March 2, 2026, 10:00 (UTC-05:00)"
    assert sheet.description == tuple(made.case.packet.description.splitlines())
    assert sheet.pieces
    assert sheet.authorization[0].startswith(
        "Authorized by Dr. Ada Moreno, License FL DN12345, on March 2, 2026, 10:00"
    )
    assert (sheet.case_id, sheet.link) == (PRINTED_CASE_ID, LINK)
    assert sheet.version == "RX 1, submission 1, profile 3"


def test_the_link_holds_the_id_of_the_case_and_nothing_else_of_it():
    sheet = sheet_of(a_crown())
    assert sheet.link.removesuffix(sheet.case_id) == "https://app.bitewing.example/cases/"


def test_a_patient_stands_there_as_far_as_the_practice_says():
    assert sheet_of(prescribed(patient=a_patient())).patient.lines == (
        "Reference P-1001",
        "Born May 17, 1980",
        "Sex female",
    )
    assert sheet_of(prescribed(patient=Patient(name="Jon Ek"))).patient.lines == ()
    assert sheet_of(prescribed(patient=Patient(name="Jon Ek", sex=Sex.OTHER))).patient.lines == ("Sex other",)


def test_dates_are_told_with_their_weekday_and_only_where_there_are_any():
    made = prescribed(wanted_on=date(2026, 3, 16), appointment_on=date(2026, 3, 18))
    assert facts(made) == {
        "Type": "Crown",
        "Wanted on": "Monday, March 16, 2026",
        "Due": "Tuesday, March 10, 2026",
        "Appointment": "Wednesday, March 18, 2026",
    }
    assert facts(with_case(prescribed(wanted_on=None), due_on=None)) == {
        "Type": "Crown",
        "Wanted on": "not stated",
        "Due": "not stated",
    }


def test_a_planned_case_is_due_when_it_is_planned():
    assert facts(prescribed(CaseType.SURGICAL_GUIDE))["Due"] == "set when planned"


def test_a_case_that_the_lab_paused_meanwhile_tells_when_it_was_due():
    hold = Hold(origin=Status.PROCESSING, reason="The lab moves.", at=NOW, due_on=date(2026, 3, 11))
    made = with_case(prescribed(), due_on=None, status=Status.ON_HOLD, hold=hold)
    assert facts(made)["Due"] == "Wednesday, March 11, 2026"


@pytest.mark.parametrize(
    ("code", "words", "told"),
    [
        (Reason.CHIP, "At the mesial.", f"{REASONS[Reason.CHIP].called}: At the mesial."),
        (None, "  Too high.  ", "Too high."),
        (None, None, "yes"),
    ],
)
def test_a_remake_says_why_and_not_of_which_case(code, words, told):
    made = with_case(prescribed(), remake_of="ORIGINAL0001", remake_code=code, remake_reason=words)
    assert facts(made)["Remake"] == told
    assert "ORIGINAL0001" not in repr(sheet_of(made))


def test_teeth_are_written_in_the_notation_of_the_practice_and_in_fdi():
    (piece,) = sheet_of(a_bridge()).pieces
    assert (piece.teeth, piece.fdi) == ("5, 4 (pontic), 3", "14, 15 (pontic), 16")
    (same,) = sheet_of(replace(a_bridge(), practice=a_practice(notation=Notation.FDI))).pieces
    assert same.teeth == same.fdi == piece.fdi


def test_an_arch_stands_where_teeth_would_and_before_those_in_it():
    (guard,) = pieces(CaseType.NIGHT_GUARD, Item(arch=Arch.UPPER))
    assert (guard.teeth, guard.fdi) == ("upper arch", "upper arch")
    (partial,) = pieces(CaseType.PARTIAL_DENTURE, Item(arch=Arch.LOWER, teeth=("35", "36")))
    assert (partial.teeth, partial.fdi) == ("lower arch: 20, 19", "lower arch: 35, 36")
    assert pieces(CaseType.CROWN, Item())[0].teeth == "not stated"


def test_a_tooth_that_could_not_be_read_stands_as_it_was_written_and_says_so():
    assert pieces(CaseType.CROWN, Item(teeth=("?45",)))[0].fdi == "45 (unread)"


def test_selections_are_told_by_their_names_in_the_order_of_the_form():
    item = Item(
        teeth=("14",),
        selections={"shade": "A2", "contacts": "as before", "material": "zirconia", "margin": " ", "glaze_2": "matte"},
    )
    (piece,) = pieces(CaseType.CROWN, item)
    assert piece.selections == (
        Fact(label="material", value="zirconia, monolithic"),
        Fact(label="shade", value="A2"),
        Fact(label="contacts", value="as before"),
        Fact(label="glaze 2", value="matte"),
    )


def test_a_piece_that_is_named_is_called_by_its_name():
    item = Item(teeth=("14",), selections={"piece": "post_and_core"})
    (piece,) = pieces(CaseType.CROWN, item)
    assert (piece.work, piece.selections) == ("post and core", ())


def test_equal_pieces_of_single_teeth_share_a_row_that_names_each_tooth():
    items = [Item(teeth=(code,), selections={"material": "zirconia"}) for code in ("11", "21")]
    other = Item(teeth=("12",), selections={"material": "pmma"})
    first, second = pieces(CaseType.IMPLANT_CROWN, items[0], other, items[1])
    assert (first.work, first.fdi) == ("implant crown, one on each: 2 pieces", "11, 21")
    assert second.fdi == "12"


def test_equal_bridges_stay_apart():
    items = [Item(teeth=teeth, selections={"material": "zirconia"}) for teeth in (("14", "15"), ("24", "25"))]
    assert [piece.fdi for piece in pieces(CaseType.BRIDGE, *items)] == ["14, 15", "24, 25"]


@pytest.mark.parametrize(
    ("authorization", "told"),
    [
        (
            an_authorization(is_agreed=True),
            "Signed electronically: the dentist agreed to sign by name and license number.",
        ),
        (an_authorization(is_by_lab=True), "Recorded by the lab, from a prescription on paper."),
        (an_authorization(), "Recorded by the practice."),
    ],
)
def test_an_authorization_says_who_when_and_how(authorization, told):
    first, second = sheet_of(prescribed(authorization=authorization)).authorization
    assert first == "Authorized by Dr. Ada Moreno, License FL DN12345, on March 2, 2026, 10:00 (UTC-05:00)."
    assert second == told


def test_what_was_not_authorized_by_its_dentist_says_that():
    said = ("Not authorized by the dentist named above.",)
    assert sheet_of(prescribed(authorization=None)).authorization == said
    assert sheet_of(prescribed(authorization=an_authorization(dentist_id="dentist-2"))).authorization == said
    without = replace(prescribed(), dentist=None)
    assert sheet_of(without).authorization == said
    assert sheet_of(without).dentist.name == "not stated"


def test_a_license_without_a_number_says_so():
    made = replace(prescribed(contact=""), dentist=a_dentist(license_number=""))
    assert sheet_of(made).dentist.lines == ("License FL not stated",)


def test_attestations_stand_there_as_the_lab_words_them_and_by_name_where_it_no_longer_does():
    made = prescribed(attestations=frozenset({"model_kept", "old"}))
    assert sheet_of(made).attestations == ("The model is kept until the work is seated.", "old")
    assert sheet_of(replace(made, profile=None)).attestations == ("model_kept", "old")


def test_acknowledged_warnings_are_told_as_far_as_they_concern_the_lab():
    made = prescribed()
    submission = replace(made.submission, acknowledged=("CTX-BILLING", "DUE-APPOINTMENT", "SHD-PHOTO"))
    assert sheet_of(replace(made, submission=submission)).acknowledged == (
        Fact(label="DUE-APPOINTMENT", value="The appointment is on the day on which the work should arrive."),
        Fact(label="SHD-PHOTO", value=""),
    )
    clean = Precheck(outcome=Outcome.PASS, findings=())
    assert sheet_of(replace(made, submission=replace(submission, acknowledged=()), precheck=clean)).acknowledged == ()


def test_files_are_counted_by_kind_and_never_named():
    made = replace(a_crown(), files=(*a_crown().files, a_quarantined_file(FileKind.CBCT)))
    sheet = sheet_of(made)
    assert sheet.files == ("2 upper scans", "1 lower scan", "1 bite scan", "1 preparation scan")
    assert not any(file.name in repr(sheet) for file in made.files)


def test_what_comes_another_way_is_told_with_the_way():
    mailed = SentOtherwise(kind=FileKind.OTHER, how="USPS", sent_on=date(2026, 3, 1))
    assert "file: sent by USPS on March 1, 2026" in sheet_of(prescribed(sent_otherwise=(mailed,))).files


def test_an_empty_packet_has_a_sheet_too():
    made = prescribed()
    sheet = sheet_of(with_case(made, packet=Packet(patient=Patient(name="Jon Ek"))))
    assert (sheet.pieces, sheet.description, sheet.chart.marks) == ((), (), ())


def test_a_moment_is_told_in_the_time_zone_of_the_practice_with_its_offset():
    at = datetime(2026, 7, 1, 3, 30, tzinfo=UTC)
    assert moment(at, "America/Los_Angeles") == "June 30, 2026, 20:30 (UTC-07:00)"
    assert moment(at, "Asia/Kathmandu") == "July 1, 2026, 09:15 (UTC+05:45)"
    assert moment(at, "") == "July 1, 2026, 03:30 (UTC+00:00)"


def test_a_date_that_nobody_stated_says_so():
    assert weekday(None) == "not stated"
