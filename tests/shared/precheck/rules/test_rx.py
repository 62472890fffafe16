from datetime import timedelta

import pytest
from bitewing.cases.status import Party
from bitewing.files.case_file import FileKind
from bitewing.packet.packet import Arch
from bitewing.precheck.finding import Outcome
from bitewing.precheck.rules import (
    rx_attest,
    rx_contact,
    rx_description,
    rx_lab,
    rx_license,
    rx_material,
    rx_patient,
    rx_piece,
    rx_signature,
)
from bitewing.requirements.case_types import CaseType

from tests.support.builders import (
    TODAY,
    a_case,
    a_checked_case,
    a_dentist,
    a_file,
    a_lab,
    a_packet,
    a_patient,
    a_practice,
    a_profile,
    a_quarantined_file,
    an_authorization,
    an_item,
)
from tests.support.findings import checked_packet, only_finding

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "rule",
    [
        *(rx_attest, rx_contact, rx_description, rx_lab, rx_license, rx_material),
        *(rx_patient, rx_piece, rx_signature),
    ],
)
def test_a_whole_prescription_finds_nothing(rule):
    assert list(rule.check(a_checked_case())) == []


@pytest.mark.parametrize("dentist", [None, a_dentist(license_number=" ")])
def test_a_missing_license_number_blocks(dentist):
    assert "license number" in only_finding(rx_license, a_checked_case(dentist=dentist)).says


def test_a_license_without_an_expiry_date_blocks():
    checked = a_checked_case(dentist=a_dentist(license_expires_on=None))
    assert "expiry date" in only_finding(rx_license, checked).says


@pytest.mark.parametrize(("last_day", "count"), [(TODAY - DAY, 1), (TODAY, 0), (TODAY + DAY, 0)])
def test_a_license_is_valid_through_its_last_day(last_day, count):
    checked = a_checked_case(dentist=a_dentist(license_expires_on=last_day))
    assert len(list(rx_license.check(checked))) == count


def test_an_expired_license_says_since_when():
    checked = a_checked_case(dentist=a_dentist(license_expires_on=TODAY - DAY))
    assert "expired on March 1, 2026" in only_finding(rx_license, checked).says


def test_a_case_without_authorization_blocks():
    assert "has not authorized" in only_finding(rx_signature, checked_packet(authorization=None)).says


def test_an_authorization_by_another_dentist_blocks():
    checked = checked_packet(authorization=an_authorization(dentist_id="dentist-2"))
    assert "other than the dentist" in only_finding(rx_signature, checked).says


def test_an_authorization_without_consent_to_sign_electronically_blocks():
    checked = a_checked_case(dentist=a_dentist(has_signature_consent=False))
    assert "electronically" in only_finding(rx_signature, checked).says


def a_lab_started_case(*files, has_consent=False, practice=None, **authorization):
    packet = a_packet(authorization=an_authorization(**authorization))
    return a_checked_case(
        case=a_case(started_by=Party.LAB, packet=packet),
        files=files,
        practice=practice or a_practice(registered_by="lab-1"),
        dentist=a_dentist(has_signature_consent=has_consent),
    )


def test_an_authorization_by_which_the_dentist_agreed_to_sign_needs_no_other_consent():
    assert list(rx_signature.check(a_lab_started_case(is_agreed=True))) == []


def test_of_work_from_outside_a_prescription_signed_on_paper_stands_for_the_consent():
    for is_by_lab in (True, False):
        checked = a_lab_started_case(a_file(FileKind.DOCUMENT), is_by_lab=is_by_lab)
        assert list(rx_signature.check(checked)) == []


@pytest.mark.parametrize("files", [(), (a_file(FileKind.PHOTO),), (a_quarantined_file(FileKind.DOCUMENT),)])
@pytest.mark.parametrize("practice", [a_practice(), a_practice(registered_by="lab-1")])
@pytest.mark.parametrize("has_consent", [True, False])
def test_what_a_lab_records_counts_with_a_signed_prescription_alone(files, practice, has_consent):
    checked = a_lab_started_case(*files, has_consent=has_consent, practice=practice, is_by_lab=True)
    assert "signed on paper" in only_finding(rx_signature, checked).says


@pytest.mark.parametrize(("practice", "count"), [(a_practice(), 0), (a_practice(registered_by="lab-1"), 1)])
def test_a_consent_counts_where_the_practice_itself_keeps_the_directory(practice, count):
    checked = a_lab_started_case(has_consent=True, practice=practice)
    assert len(list(rx_signature.check(checked))) == count


def test_a_document_is_no_consent_in_a_case_of_the_practices_own():
    checked = a_checked_case(files=(a_file(FileKind.DOCUMENT),), dentist=a_dentist(has_signature_consent=False))
    assert "electronically" in only_finding(rx_signature, checked).says


def test_whoever_keeps_the_directory_is_asked_for_the_license():
    nameless = a_dentist(license_number="")
    ours = only_finding(rx_license, a_checked_case(dentist=nameless))
    of_a_guest = only_finding(rx_license, a_checked_case(dentist=nameless, practice=a_practice(registered_by="lab-1")))
    assert ours.do.startswith("Ask your administrator")
    assert of_a_guest.do.startswith("Enter it")


def test_consent_of_an_unknown_dentist_is_not_judged_twice():
    assert list(rx_signature.check(a_checked_case(dentist=None))) == []


@pytest.mark.parametrize(
    ("name", "reference", "count"), [(" ", "", 1), ("", "P-1", 0), ("Mira", "", 0), ("Mira", "P-1", 0)]
)
def test_name_or_number_identifies_the_patient(name, reference, count):
    checked = checked_packet(patient=a_patient(name=name, reference=reference))
    assert len(list(rx_patient.check(checked))) == count


@pytest.mark.parametrize("lab", [a_lab(name=""), a_lab(address=" ")])
def test_a_lab_without_name_or_address_blocks(lab):
    assert only_finding(rx_lab, a_checked_case(lab=lab)).outcome is Outcome.BLOCK


def test_each_piece_without_a_material_is_found():
    checked = checked_packet(items=(an_item("14"), an_item("15", selections={}), an_item("16", selections={})))
    findings = list(rx_material.check(checked))
    assert [finding.about for finding in findings] == [
        "/packet/items/1/selections/material",
        "/packet/items/2/selections/material",
    ]
    assert findings[0].says == "Piece 2 has no material."
    assert "lithium disilicate" in findings[0].do


def test_a_material_that_the_type_is_not_made_of_blocks():
    checked = checked_packet(items=(an_item(selections={"material": "petg"}),))
    assert "not made of" in only_finding(rx_material, checked).says


def test_a_type_without_materials_asks_for_none():
    checked = checked_packet(CaseType.NIGHT_GUARD, items=(an_item(selections={}),))
    assert list(rx_material.check(checked)) == []


def test_a_case_without_work_blocks():
    assert "no piece" in only_finding(rx_piece, checked_packet(items=())).says


def test_a_piece_of_a_type_for_teeth_names_teeth():
    checked = checked_packet(items=(an_item(teeth=(), arch=Arch.UPPER),))
    assert only_finding(rx_piece, checked).about == "/packet/items/0/teeth"


def test_a_piece_of_a_type_for_arches_names_its_arch():
    checked = checked_packet(CaseType.NIGHT_GUARD, items=(an_item("14"), an_item(arch=Arch.LOWER)))
    assert only_finding(rx_piece, checked).about == "/packet/items/0/arch"


@pytest.mark.parametrize(
    ("description", "count"), [("PFM crown 1", 1), ("PFM crown 14", 0), ("PFM crown 14!", 0), ("PFM crown 14 b", 0)]
)
def test_a_description_has_ten_letters_or_digits(description, count):
    assert len(list(rx_description.check(checked_packet(description=description)))) == count


def test_punctuation_describes_nothing():
    assert "very short" in only_finding(rx_description, checked_packet(description="-" * 40)).says


def test_a_missing_description_warns():
    finding = only_finding(rx_description, checked_packet(description=" "))
    assert finding.outcome is Outcome.WARN
    assert "no description" in finding.says


@pytest.mark.parametrize(
    ("contact", "phone", "email", "count"),
    [
        ("", "", "", 1),
        ("Dr. Moreno, 555-0101", "", "", 0),
        ("", "+1 555 0100", "", 0),
        ("", "", "a@b.example", 0),
        ("see above", "none", "none", 1),
        ("55 50 10", "", "", 1),
        ("555 010 1", "", "", 0),
        ("555 010 12", "", "", 0),
    ],
)
def test_any_contact_reaches_the_clinician(contact, phone, email, count):
    packet = checked_packet(contact=contact).case
    checked = a_checked_case(case=packet, practice=a_practice(phone=phone, email=email))
    assert len(list(rx_contact.check(checked))) == count


def test_each_statement_that_was_not_made_blocks():
    profile = a_profile(attestations={"margins": "The margins are visible.", "consent": "The patient agreed."})
    checked = a_checked_case(case=checked_packet(attestations=frozenset({"consent"})).case, profile=profile)
    assert "The margins are visible." in only_finding(rx_attest, checked).says


def test_a_lab_without_a_profile_asks_for_no_statement():
    assert list(rx_attest.check(a_checked_case(profile=None))) == []
