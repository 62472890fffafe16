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
    ],
)
def test_one_name_can_be_written_in_many_ways(written, name):
    assert list(idt_patient.check(identified(written, name))) == []


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
    checked = a_checked_case(case=a_case(remake_of=original, remake_reason=reason))
    assert [finding.about for finding in cse_remake.check(checked)] == ([about] if about else [])


@pytest.mark.parametrize(("state", "count"), [(FileState.CLEAN, 1), (FileState.REMOVED, 0)])
def test_a_position_that_was_removed_from_a_photo_is_told(state, count):
    photo = a_file(FileKind.PHOTO, location_removed=True, state=state)
    findings = list(phi_location.check(a_checked_case(files=(photo,))))
    assert [finding.outcome for finding in findings] == [Outcome.WARN] * count
