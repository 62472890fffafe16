from dataclasses import replace
from datetime import date

import pytest
from bitewing.files.case_file import FileKind, FileState
from bitewing.files.inspection import FileFormat
from bitewing.precheck.finding import Outcome
from bitewing.precheck.rules import cse_remake, idt_patient, phi_location

from tests.support.builders import (
    a_case,
    a_checked_case,
    a_file,
    a_packet,
    a_patient,
    an_inspection,
    series_measures,
)
from tests.support.changes import a_sent_case
from tests.support.findings import only_finding


def identified(written, name="Mira Holloway", born_on=date(1980, 5, 17), scanned_born_on=date(1980, 5, 17)):
    series = series_measures(patient_name=written, patient_born_on=scanned_born_on)
    file = a_file(FileKind.CBCT, inspection=an_inspection(FileFormat.DICOM_SERIES, series=series))
    packet = a_packet(patient=a_patient(name=name, born_on=born_on))
    return a_checked_case(case=a_case(packet=packet), files=(file,))


@pytest.mark.parametrize("rule", [idt_patient, cse_remake, phi_location])
def test_an_ordinary_case_finds_nothing(rule):
    assert list(rule.check(a_checked_case(files=(a_file(), a_file(FileKind.CBCT))))) == []


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("HOLLOWAY^MIRA", "Mira Holloway"),
        ("Holloway^Mira^Q^^", "Mira Holloway"),
        ("Holloway^M", "Mira Holloway"),
        ("Holloway^Mira=漢字=かな", "Mira Holloway"),
        ("HOLLOWAY MIRA ANN", "Holloway, Mira"),
        ("MUELLER^JURGEN", "Jürgen Müller"),
        ("SOERENSEN^LAERKE", "Lærke Sørensen"),
        ("OBRIEN^SEAN", "Séan O\u2019Brien"),
        ("Anonymous", "Mira Holloway"),
        ("ANON^42", "Mira Holloway"),
        ("", "Mira Holloway"),
        (None, "Mira Holloway"),
        ("HOLLOWAY^MIRA", ""),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "山田太郎"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Tarou Yamada"),
        ("ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎", "ヤマダ タロウ"),
        ("Yamada^Tarou", "山田太郎"),
        ("李^明", "李明"),
        ("김^희중", "김희중"),
        ("ХОЛЛОУЭЙ^МИРА", "Мира Холлоуэй"),
        ("ХОЛЛОУЭЙ^МИРА", "Mira Holloway"),
        ("48213", "Mira Holloway"),
    ],
)
def test_one_name_can_be_written_in_many_ways(written, name):
    assert list(idt_patient.check(identified(written, name))) == []


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ХОЛЛОУЭЙ^ЗИНА", "Мира Холлоуэй"),
        ("Suzuki^Jirou=鈴木^次郎", "山田太郎"),
        ("Yamada^Tarou=鈴木^次郎", "山田太郎"),
        ("李^明", "王明"),
    ],
)
def test_another_name_in_the_same_letters_warns(written, name):
    assert only_finding(idt_patient, identified(written, name)).outcome is Outcome.WARN


@pytest.mark.parametrize("written", ["HOLLOWAY^NORA", "BRANDT^MIRA", "Brandt^Nora"])
def test_another_name_warns_and_is_not_quoted(written):
    finding = only_finding(idt_patient, identified(written))
    assert finding.outcome is Outcome.WARN
    assert "another patient's name" in finding.says
    quoted = (finding.says + finding.do).casefold()
    assert not any(word in quoted for word in ("holloway", "mira", "nora", "brandt"))


def test_another_birth_date_warns_and_is_not_quoted():
    finding = only_finding(idt_patient, identified("HOLLOWAY^MIRA", scanned_born_on=date(1979, 5, 17)))
    assert "another birth date" in finding.says
    assert "19" not in finding.says


def test_another_name_and_birth_date_are_one_finding():
    finding = only_finding(idt_patient, identified("BRANDT^NORA", scanned_born_on=date(1979, 5, 17)))
    assert "another patient's name and another birth date" in finding.says


@pytest.mark.parametrize(("born_on", "scanned"), [(None, date(1979, 5, 17)), (date(1980, 5, 17), None)])
def test_a_birth_date_that_one_side_does_not_know_is_not_compared(born_on, scanned):
    assert list(idt_patient.check(identified("HOLLOWAY^MIRA", born_on=born_on, scanned_born_on=scanned))) == []


def test_radiographs_are_compared_as_well():
    series = series_measures(patient_name="BRANDT^NORA")
    file = a_file(FileKind.XRAY, inspection=an_inspection(FileFormat.DICOM, series=series))
    assert only_finding(idt_patient, a_checked_case(files=(file,))).about == "/files/xray"


def named(file_name, *, name="Mira Holloway", born_on=date(1980, 5, 17), kind=FileKind.UPPER_SCAN, **changes):
    packet = a_packet(patient=a_patient(name=name, born_on=born_on))
    return a_checked_case(case=a_case(packet=packet), files=(a_file(kind, name=file_name, **changes),))


@pytest.mark.parametrize(
    "file_name",
    [
        # The patient, in many ways
        "Holloway^Mira.dcm",
        "Holloway, Mira.stl",
        "HOLLOWAY, MIRA.stl",
        "Mira_Holloway_upper.stl",
        "HOLLOWAY_MIRA_UpperJaw.stl",
        "holloway_mira_upper.stl",
        "Holloway-Mira-LowerJaw.ply",
        "Holloway Ann Upper Jaw.stl",
        "MiraHolloway.stl",
        # Words of the trade, of scanners and of computers
        "UpperJawScan.stl",
        "Upper Jaw Scan.stl",
        "LowerJaw_Prep_Scan 2.ply",
        "Maxilla Left Shade A2.jpg",
        "Bite Scan Right.stl",
        "Export Crown 14.zip",
        "Trios Scan Body.dcm",
        "Nobel Biocare Guide.pdf",
        "WhatsApp Image 2026-02-28 at 10.22.33.jpeg",
        "Screen Shot 2026-02-27.png",
        "Order Form March.pdf",
        "IMG_4711.HEIC",
        "3Shape.dcm",
        "scan.final.v2.stl",
        "CBCT PAN STL.zip",
        "Straumann Blx Site.stl",
        "STRAUMANN BLX SITE.stl",
        "Astra Ev Tapered.stl",
        "Zirkonzahn Modellier.stl",
        "Amann Girrbach Ceramill Crown.stl",
        "Soft Tissue Scan.stl",
        "soft_tissue_upper.stl",
        "FMX OPG BWX.pdf",
        "UPPER JAW SCAN.stl",
        "PAN CBCT LOWER.zip",
        "DSC IMG TLX.jpg",
        "upperjaw_prep_margin.stl",
        # Businesses
        "Mount Vernon Dental.pdf",
        "MOUNT VERNON DENTAL.pdf",
        "Vernon Park Smiles.pdf",
        "vernon_park_dentistry_upper.stl",
        "Brandt Hill Clinic.pdf",
        "Lab Slip Brandt Hill.pdf",
        # Less than a name
        "BRANDT.stl",
        "BRANDT_UpperJaw.stl",
        "NB BRANDT.stl",
        "brandt_upper.stl",
        "nora_brandt_copy_of_hers.stl",
        "some_three_words_upper.stl",
        "Brandt.stl",
        "brandt nora.stl",
        "N Brandt.stl",
        "One Of Those Very Long Names.stl",
        # Those who work on the case
        "Dr Chen.pdf",
        "Anonymous, Patient.dcm",
        "Upper, Lower.stl",
        # In other letters
        "山田 太郎.stl",
        "Мира Холлоуэй.stl",
        "",
        "...",
    ],
)
def test_most_names_of_files_contradict_nothing(file_name):
    assert list(idt_patient.check(named(file_name))) == []


@pytest.mark.parametrize(
    "file_name",
    [
        "Brandt^Nora.dcm",
        "BRANDT^NORA.zip",
        "Brandt, Nora.stl",
        "Nora_Brandt_upper.stl",
        "Nora Brandt.stl",
        "Brandt-Nora-2026-02-28.ply",
        "UpperJawScan Nora Brandt.stl",
        "Maria del Carmen, Lopez.stl",
        "Zoë Müller lower.stl",
        "BRANDT_NORA_UpperJaw.stl",
        "BRANDT NORA.zip",
        "BRANDT Nora upper.stl",
        "MÜLLER-ZOË-LowerJaw.ply",
        "brandt_nora_upper.stl",
        "nora-brandt-lowerjaw.stl",
    ],
)
def test_the_name_of_a_file_that_states_somebody_else_warns_and_is_not_quoted(file_name):
    finding = only_finding(idt_patient, named(file_name))
    assert (finding.outcome, finding.about) == (Outcome.WARN, "/files/upper_scan")
    assert finding.says == "The name of a file (upper scan) states another patient's name."
    assert not any(word in (finding.says + finding.do).casefold() for word in ("brandt", "nora", "lopez", "müller"))


def test_the_dentist_the_practice_and_the_lab_are_no_patients():
    checked = named("scan.stl")
    for person in (checked.dentist.name, checked.practice.name.title(), checked.lab.name.title()):
        assert list(idt_patient.check(named(f"{person}.stl"))) == []


def test_without_a_name_in_the_case_none_is_compared():
    assert list(idt_patient.check(named("Brandt^Nora.dcm", name=""))) == []


def test_without_a_dentist_names_are_compared_with_the_others():
    assert only_finding(idt_patient, replace(named("Brandt^Nora.dcm"), dentist=None)).outcome is Outcome.WARN


@pytest.mark.parametrize(
    ("file_name", "count"),
    [
        ("upper 1980-05-17.stl", 0),
        ("upper_19800517.stl", 0),
        ("upper 05-17-1980.stl", 0),
        ("upper 17.05.1980.stl", 0),
        ("upper 1979-05-17.stl", 1),
        ("upper_19790517.stl", 1),
        ("upper 05-17-1979.stl", 1),
        ("upper 17.05.1979.stl", 1),
        # The patient's date stands beside another one
        ("1980-05-17 and 1979-05-17.stl", 0),
        # Days of scans: the upload is of March 2, 2026
        ("upper 2026-02-28.stl", 0),
        ("upper 2023-03-03.stl", 0),
        ("upper 2023-02-28.stl", 0),
        ("upper 2023-02-27.stl", 1),
        ("upper 2023-02-01.stl", 1),
        # No dates
        ("upper 1979-13-45.stl", 0),
        ("upper 1979-05.stl", 0),
        ("119790517123.stl", 0),
        ("upper 1979-0517.stl", 0),
    ],
)
def test_a_date_in_a_files_name_counts_where_it_can_be_no_day_of_a_scan(file_name, count):
    findings = list(idt_patient.check(named(file_name)))
    assert len(findings) == count
    assert all("birth date" in finding.says and "1979" not in finding.says for finding in findings)


def test_the_day_of_an_old_scan_is_no_birth_date():
    old = an_inspection(FileFormat.DICOM_SERIES, series=series_measures(scanned_on=date(2019, 4, 1), patient_name=None))
    assert list(idt_patient.check(named("cbct 2019-04-01.zip", kind=FileKind.CBCT, inspection=old))) == []


def test_without_a_birth_date_in_the_case_none_is_compared():
    assert list(idt_patient.check(named("upper 1979-05-17.stl", born_on=None))) == []


def test_a_files_name_and_its_date_are_one_finding():
    finding = only_finding(idt_patient, named("Brandt^Nora 1979-05-17.dcm", inspection=None))
    assert finding.says.endswith("states another patient's name and another birth date.")


@pytest.mark.parametrize(
    ("original", "reason", "about"),
    [
        (None, None, None),
        ("case-0", "Chipped", None),
        ("case-0", " ", "/remake_reason"),
        ("case-0", None, "/remake_reason"),
        (None, "Chipped", "/remake_of"),
        ("case-1", "Chipped", "/remake_of"),
    ],
)
def test_a_remake_names_its_original_and_a_reason(original, reason, about):
    originals = (a_sent_case(case_id="case-0"),) if original == "case-0" else ()
    checked = a_checked_case(case=a_case(remake_of=original, remake_reason=reason), originals=originals)
    assert [finding.about for finding in cse_remake.check(checked)] == ([about] if about else [])


@pytest.mark.parametrize(("state", "count"), [(FileState.CLEAN, 1), (FileState.REMOVED, 0)])
def test_a_position_that_was_removed_from_a_photo_is_told(state, count):
    photo = a_file(FileKind.PHOTO, location_removed=True, state=state)
    findings = list(phi_location.check(a_checked_case(files=(photo,))))
    assert [finding.outcome for finding in findings] == [Outcome.WARN] * count
