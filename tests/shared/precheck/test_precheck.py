from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from bitewing.cases.case import Case
from bitewing.cases.status import Status
from bitewing.directory.organization import BillingState, ConnectionState, Notation
from bitewing.files.case_file import CaseFile, FileKind, FileState
from bitewing.files.inspection import (
    FileFormat,
    FileProblem,
    ImageMeasures,
    Inspection,
    MeshMeasures,
    MeshShape,
    Problem,
    SeriesMeasures,
)
from bitewing.packet.packet import Arch, Authorization, Item, Packet, Patient, SentOtherwise
from bitewing.precheck.finding import Outcome
from bitewing.precheck.precheck import CheckedCase, run
from bitewing.precheck.rules import RULES
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile
from bitewing.requirements.implants import IMPLANTS
from bitewing.requirements.profile import RequirementProfile
from bitewing.requirements.selections import MATERIALS, SHADE_GUIDES
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.builders import (
    a_case,
    a_checked_case,
    a_connection,
    a_dentist,
    a_file,
    a_lab,
    a_packet,
    a_patient,
    a_practice,
    a_profile,
    an_inspection,
    an_item,
    series_measures,
)
from tests.support.findings import checked_packet

BLOCK, WARN, PASS = Outcome.BLOCK, Outcome.WARN, Outcome.PASS
LEGAL_IDS = {rule.ID for rule in RULES if rule.IS_LEGAL}


def ids(precheck):
    return [finding.rule_id for finding in precheck.findings]


def test_a_valid_case_passes_and_nothing_is_left_to_do():
    precheck = run(a_checked_case())
    assert (precheck.outcome, precheck.findings, precheck.next_step) == (PASS, (), None)


def test_a_new_case_says_in_one_look_what_it_needs():
    packet = Packet(patient=a_patient())
    precheck = run(a_checked_case(case=a_case(packet=packet), files=()))
    assert precheck.outcome is BLOCK
    assert ids(precheck) == [
        *("RX-PIECE", "FIL-REQUIRED", "FIL-REQUIRED", "FIL-REQUIRED", "RX-SIGNATURE"),
        *("RX-DESCRIPTION", "DUE-MISSING", "FIL-REQUIRED"),
    ]
    assert precheck.next_step == "Add each piece with its teeth or its arch."


def test_a_case_goes_from_block_to_warn_to_pass_as_it_is_filled_in():
    blocked = checked_packet(authorization=None, wanted_on=None)
    warned = checked_packet(wanted_on=None)
    assert [run(checked).outcome for checked in (blocked, warned, a_checked_case())] == [BLOCK, WARN, PASS]


def test_blockers_come_before_warnings_whatever_their_place_in_the_registry():
    precheck = run(checked_packet(wanted_on=None, authorization=None))
    assert ids(precheck) == ["RX-SIGNATURE", "DUE-MISSING"]


def test_inside_of_an_outcome_findings_stand_in_the_order_of_the_registry():
    checked = checked_packet(wanted_on=None, description="", items=(an_item(selections={"material": "zirconia"}),))
    assert ids(run(checked)) == ["RX-DESCRIPTION", "DUE-MISSING", "SEL-REQUIRED", "SHD-MISSING"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [(BLOCK, ["DUE-MISSING", "RX-DESCRIPTION"]), (WARN, ["RX-DESCRIPTION", "DUE-MISSING"])],
)
def test_a_lab_can_raise_a_warning(wanted, expected):
    checked = checked_packet(wanted_on=None, description="")
    precheck = run(replace(checked, profile=a_profile(outcomes={"DUE-MISSING": wanted})))
    assert (ids(precheck), precheck.outcome) == (expected, wanted)


def test_a_lab_can_lower_a_blocker():
    precheck = run(a_checked_case(files=(), profile=a_profile(outcomes={"FIL-REQUIRED": WARN})))
    assert precheck.outcome is WARN
    assert {finding.outcome for finding in precheck.findings} == {WARN}


def _missing_files():
    by_mail = SentOtherwise(kind=FileKind.BITE_SCAN, how="USPS")
    return replace(checked_packet(sent_otherwise=(by_mail,)), files=())


def _same_files():
    upper, lower = a_file(FileKind.UPPER_SCAN, checksum="one"), a_file(FileKind.LOWER_SCAN, checksum="one")
    return a_checked_case(files=(upper, lower, a_file(FileKind.DOCUMENT, checksum="one")))


def _coarse_volumes():
    voxels = [series_measures(voxel_um=voxel_um) for voxel_um in (350, 450)]
    looks = [an_inspection(FileFormat.DICOM_SERIES, series=series) for series in voxels]
    files = [a_file(FileKind.CBCT, file_id=f"cbct-{n}", inspection=look) for n, look in enumerate(looks)]
    return a_checked_case(files=tuple(files))


def _selecting(case_type, *items):
    return checked_packet(case_type, items=tuple(an_item("14", selections=selections) for selections in items))


#: Rule id to a case in which it finds what warns and what blocks, where it has both.
OF_TWO_OUTCOMES = {
    "FIL-REQUIRED": _missing_files(),
    "FIL-DUPLICATE": _same_files(),
    "DCM-VOXEL": _coarse_volumes(),
    "SEL-REQUIRED": _selecting(CaseType.BRIDGE, {}),
    "SEL-UNKNOWN": _selecting(CaseType.CROWN, {"hardness": "hard", "stage": "finish"}),
    "IMP-SYSTEM": _selecting(
        CaseType.IMPLANT_CROWN,
        {},
        dict.fromkeys(("implant_maker", "implant_system", "implant_platform", "implant_size"), "unknown"),
    ),
}


def _outcomes_of(rule_id, checked):
    return [finding.outcome for finding in run(checked).findings if finding.rule_id == rule_id]


@pytest.mark.parametrize(("rule_id", "checked"), OF_TWO_OUTCOMES.items())
def test_an_outcome_that_a_rule_has_by_default_changes_no_finding(rule_id, checked):
    (default,) = [rule.OUTCOME for rule in RULES if rule_id == rule.ID]
    said = replace(checked, profile=replace(checked.profile, outcomes={rule_id: default}))
    assert set(_outcomes_of(rule_id, checked)) == {WARN, BLOCK}
    assert run(said) == run(checked)


@pytest.mark.parametrize(("rule_id", "checked"), OF_TWO_OUTCOMES.items())
def test_another_outcome_is_given_to_every_finding_of_the_rule(rule_id, checked):
    (default,) = [rule.OUTCOME for rule in RULES if rule_id == rule.ID]
    other = WARN if default is BLOCK else BLOCK
    said = replace(checked, profile=replace(checked.profile, outcomes={rule_id: other}))
    assert _outcomes_of(rule_id, said) == [other] * len(_outcomes_of(rule_id, checked))


@pytest.mark.parametrize("rule_id", ["FIL-REQUIRED", "IMP-SCANBODY"])
def test_no_lab_makes_a_blocker_of_what_is_announced_as_sent_otherwise(rule_id):
    sent = tuple(SentOtherwise(kind=kind, how="USPS") for kind in FileKind)
    checked = replace(checked_packet(CaseType.IMPLANT_CROWN, sent_otherwise=sent), files=())
    profile = a_profile(CaseType.IMPLANT_CROWN, outcomes={rule_id: BLOCK})
    assert set(_outcomes_of(rule_id, replace(checked, profile=profile))) == {WARN}


@pytest.mark.parametrize("outcome", [None, PASS])
def test_a_lab_can_silence_a_rule(outcome):
    profile = a_profile(outcomes={"DUE-MISSING": outcome})
    assert run(replace(checked_packet(wanted_on=None), profile=profile)).findings == ()


@pytest.mark.parametrize("outcome", [None, PASS, WARN])
def test_no_lab_can_lower_or_silence_the_law(outcome):
    packet = Packet(patient=a_patient(name="", reference=""), items=(Item(),))
    dentist, lab = a_dentist(license_number=""), a_lab(address="")
    silent = a_profile(outcomes={rule.ID: outcome for rule in RULES})
    checked = a_checked_case(case=a_case(packet=packet), dentist=dentist, lab=lab, profile=silent)
    found = {finding.rule_id: finding.outcome for finding in run(checked).findings}
    assert {rule_id: found.get(rule_id) for rule_id in LEGAL_IDS} == dict.fromkeys(LEGAL_IDS, BLOCK)


def test_a_type_that_the_lab_does_not_offer_is_checked_with_the_defaults():
    precheck = run(replace(checked_packet(wanted_on=None), profile=None))
    assert ids(precheck) == ["CTX-TYPE", "DUE-MISSING"]


def test_no_finding_quotes_the_patient():
    patient = Patient(name="Zyxwina Qwertz", reference="REF-987", born_on=date(1971, 2, 3))
    packet = a_packet(patient=patient, description="", items=(an_item("?Zyxwina"),), authorization=None)
    precheck = run(a_checked_case(case=a_case(packet=packet), files=()))
    said = " ".join(finding.says + finding.do for finding in precheck.findings)
    assert precheck.findings
    assert not any(word in said for word in ("Zyxwina", "Qwertz", "REF-987", "1971"))


# --- Any packet at all ------------------------------------------------------------------------------

dates = st.dates()
moments = st.datetimes(timezones=st.just(UTC))
texts = st.text(max_size=30)
counts = st.integers(min_value=0, max_value=10**6)
lengths = st.none() | counts
tooth_codes = st.sampled_from(["11", "14", "15", "21", "46", "55", "18S", "?45", ""]) | st.text(max_size=3)
selection_names = st.sampled_from(
    [
        *("material", "shade", "shade_guide", "stump_shade", "stage", "piece", "retention"),
        *("implant_maker", "implant_system", "implant_platform", "implant_size"),
        *("implant_count", "abutment_kind", "hardness", "kind", "pontic_design", "guide_kind", "a/b"),
    ]
)
selection_values = texts | st.sampled_from(
    [
        *MATERIALS,
        *SHADE_GUIDES,
        *IMPLANTS,
        *(system for systems in IMPLANTS.values() for system in systems),
        *("A2", "ND3", "temporary", "final", "surgical", "post_and_core", "RC", "screw"),
        *("4.1 x 10", "4", "direct_to_implant", "soft", "hawley", "tissue"),
    ]
)
items = st.builds(
    Item,
    teeth=st.lists(tooth_codes, max_size=4).map(tuple),
    pontics=st.lists(tooth_codes, max_size=2).map(tuple),
    arch=st.none() | st.sampled_from(Arch),
    selections=st.dictionaries(selection_names, selection_values, max_size=6),
)
patients = st.builds(Patient, name=texts, reference=texts, born_on=st.none() | dates)
packets = st.builds(
    Packet,
    patient=patients,
    description=texts | st.sampled_from(["ASAP", "crown on #14 and teeth 3-5", "not urgent"]),
    items=st.lists(items, max_size=3).map(tuple),
    wanted_on=st.none() | dates,
    appointment_on=st.none() | dates,
    attestations=st.frozensets(texts, max_size=2),
    authorization=st.none() | st.builds(Authorization, dentist_id=texts, authorized_at=moments),
    contact=texts,
    sent_otherwise=st.lists(
        st.builds(
            SentOtherwise,
            kind=st.sampled_from(FileKind),
            how=texts,
            sent_on=st.none() | dates,
            arrived_at=st.none() | moments,
        ),
        max_size=2,
    ).map(tuple),
)
inspections = st.builds(
    Inspection,
    format=st.sampled_from(FileFormat),
    size_bytes=counts,
    bytes_read=counts,
    problems=st.lists(st.builds(FileProblem, code=st.sampled_from(Problem), says=texts), max_size=1).map(tuple),
    mesh=st.none()
    | st.builds(
        MeshMeasures,
        triangles=counts,
        extent_um=st.tuples(counts, counts, counts),
        open_edges=counts,
        rim_edges=counts,
        holes=counts,
        non_manifold_edges=counts,
        degenerate_triangles=counts,
        is_text=st.booleans(),
        shape=st.none()
        | st.builds(
            MeshShape,
            area_um2=counts,
            spread_um=st.tuples(counts, counts, counts),
            outward_permille=counts,
            middle_permille=lengths,
            vault_um=lengths,
        ),
    ),
    series=st.none()
    | st.builds(
        SeriesMeasures,
        slices=counts,
        modality=st.none() | texts,
        bits_allocated=lengths,
        rows=lengths,
        columns=lengths,
        voxel_um=lengths,
        increment_um=lengths,
        thickness_um=lengths,
        gantry_tilted=st.booleans(),
        oriented=st.booleans(),
        series_count=counts,
        patient_count=counts,
        missing_slices=counts,
        duplicate_slices=counts,
        unreadable_slices=counts,
        scanned_on=st.none() | dates,
        patient_name=st.none() | texts,
        patient_born_on=st.none() | dates,
    ),
    image=st.none() | st.builds(ImageMeasures, width_px=counts, height_px=counts, has_location=st.booleans()),
)
files = st.builds(
    CaseFile,
    file_id=texts,
    case_id=texts,
    practice_id=texts,
    kind=st.sampled_from(FileKind),
    name=texts,
    size_bytes=st.integers(0, 2),
    checksum=st.sampled_from(["one", "two"]),
    announced_at=moments,
    announced_by=texts,
    state=st.sampled_from(FileState),
    inspection=st.none() | inspections,
    quarantine_reason=st.none() | texts,
    location_removed=st.booleans(),
)
outcomes_of_labs = st.dictionaries(
    st.sampled_from([rule.ID for rule in RULES]), st.none() | st.sampled_from(Outcome), max_size=8
)


def changed_profile(case_type, outcomes, turnaround, min_photo_px):
    profile = default_profile("lab-1", case_type)
    return replace(
        profile,
        outcomes=outcomes,
        turnaround_working_days=turnaround,
        min_photo_px=min_photo_px,
        attestations={"a": "One."},
    )


@st.composite
def checked_cases(draw):
    case_type = draw(st.sampled_from(CaseType))
    case = Case(
        case_id="case-1",
        practice_id="practice-1",
        lab_id="lab-1",
        dentist_id="dentist-1",
        case_type=case_type,
        packet=draw(packets),
        status=draw(st.sampled_from(Status)),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        last_modified_at=datetime(2026, 1, 1, tzinfo=UTC),
        moved_at=datetime(2026, 1, 1, tzinfo=UTC),
        remake_of=draw(st.none() | texts),
        remake_reason=draw(st.none() | texts),
    )
    profile: RequirementProfile | None = changed_profile(
        case_type, draw(outcomes_of_labs), draw(st.integers(0, 30)), draw(counts)
    )
    return CheckedCase(
        case=case,
        files=tuple(draw(st.lists(files, max_size=4))),
        practice=a_practice(
            billing=draw(st.sampled_from(BillingState)),
            notation=draw(st.sampled_from(Notation)),
            phone=draw(texts),
            email=draw(texts),
        ),
        dentist=draw(
            st.none()
            | st.builds(
                a_dentist,
                license_number=texts,
                license_expires_on=st.none() | dates,
                has_signature_consent=st.booleans(),
                is_active=st.booleans(),
            )
        ),
        lab=a_lab(
            name=draw(texts),
            takes_cases=draw(st.booleans()),
            working_weekdays=draw(st.frozensets(st.integers(1, 7))),
            holidays=draw(st.frozensets(dates, max_size=3)),
        ),
        connection=draw(st.none() | st.builds(a_connection, state=st.sampled_from(ConnectionState))),
        profile=draw(st.none() | st.just(profile)),
        at=draw(moments),
        today=draw(dates),
        practice_today=draw(dates),
    )


@settings(deadline=None, max_examples=150)
@given(checked_cases())
def test_any_packet_gets_an_answer_whose_outcome_is_its_worst_finding(checked):
    precheck = run(checked)
    found = [finding.outcome for finding in precheck.findings]
    assert precheck.outcome is (BLOCK if BLOCK in found else WARN if WARN in found else PASS)
    assert found == sorted(found, key=[BLOCK, WARN].index)
    assert precheck.next_step == (precheck.findings[0].do if found else None)


@settings(deadline=None, max_examples=75)
@given(checked_cases())
def test_every_finding_is_two_sentences_about_a_place_in_the_case(checked):
    for finding in run(checked).findings:
        assert finding.about.startswith("/")
        assert finding.says.strip()
        assert finding.do.endswith(".")


@settings(deadline=None, max_examples=75)
@given(checked_cases())
def test_what_the_law_asks_for_is_found_with_any_profile(checked):
    legal = [finding for finding in run(checked).findings if finding.rule_id in LEGAL_IDS]
    without_wishes = run(replace(checked, profile=None))
    assert legal == [finding for finding in without_wishes.findings if finding.rule_id in LEGAL_IDS]
