"""Holds the case types and their default profiles to the table that a new lab starts with, cell by cell."""

import pytest
from bitewing.files.case_file import FileKind
from bitewing.requirements import selections as s
from bitewing.requirements.case_types import CASE_TYPES, CaseType, Prescribes, selections_of
from bitewing.requirements.default_profiles import default_profile
from bitewing.requirements.profile import ArchRole, Level
from bitewing.requirements.selections import SELECTIONS

_K, T = FileKind, CaseType
TEETH, ARCH = Prescribes.TEETH, Prescribes.ARCH
WORKED, OPPOSING = ArchRole.WORKED, ArchRole.OPPOSING
IMPLANT = "implant_maker implant_system implant_platform implant_size"

#: Type to: what it prescribes, whether it is planned, required selections, expected ones, turnaround.
TABLE = {
    T.CROWN: (TEETH, "", False, "material shade", "stump_shade margin occlusion contacts", 5),
    T.BRIDGE: (TEETH, "", False, "material shade pontic_design", "connectors", 8),
    T.VENEER: (TEETH, "", False, "material shade", "stump_shade incisal_translucency", 8),
    T.INLAY_ONLAY: (TEETH, "", False, "material shade", "surfaces", 5),
    T.IMPLANT_CROWN: (TEETH, "", False, f"{IMPLANT} retention abutment_kind material shade", "", 12),
    T.CUSTOM_ABUTMENT: (TEETH, "", False, f"{IMPLANT} material", "emergence", 8),
    T.SURGICAL_GUIDE: (TEETH, "", True, f"{IMPLANT} guide_kind sleeve_system", "drill_kit marker_protocol", 5),
    T.FULL_ARCH_IMPLANT: (
        ARCH,
        "sites",
        True,
        "implant_maker implant_system implant_platform implant_count material stage tooth_mold shade",
        "vertical_dimension",
        10,
    ),
    T.COMPLETE_DENTURE: (ARCH, "", False, "stage tooth_mold shade base_shade", "", 5),
    T.PARTIAL_DENTURE: (ARCH, "missing teeth", False, "material clasp_design shade", "design_diagram", 8),
    T.NIGHT_GUARD: (ARCH, "", False, "hardness", "thickness occlusal_scheme", 3),
    T.RETAINER_ALIGNER: (ARCH, "", False, "kind", "teeth_not_to_move attachments", 10),
    T.DIAGNOSTIC_WAX_UP: (TEETH, "", False, "goal", "", 5),
}

_ARCH_SCANS = (_K.UPPER_SCAN, _K.LOWER_SCAN)
PREP = ((*_ARCH_SCANS, _K.PREP_SCAN), WORKED, 1, "")
SECOND_OF_ARCH = ((*_ARCH_SCANS, _K.PREP_SCAN), WORKED, 2, "")
WORKED_ARCH = (_ARCH_SCANS, WORKED, 1, "")
OPPOSING_ARCH = (_ARCH_SCANS, OPPOSING, 1, "")


def only(kind, count=1, stages=""):
    return ((kind,), None, count, stages)


BITE, BOTH = only(_K.BITE_SCAN), (only(_K.UPPER_SCAN), only(_K.LOWER_SCAN))
SCAN_BODY = only(_K.SCAN_BODY_SCAN)

#: Type to: required files, expected files; each with its kinds, the arch that it shows, how many, the stages.
FILES = {
    T.CROWN: ([PREP, OPPOSING_ARCH, BITE], [SECOND_OF_ARCH]),
    T.BRIDGE: ([PREP, OPPOSING_ARCH, BITE], [SECOND_OF_ARCH]),
    T.VENEER: ([PREP, OPPOSING_ARCH, BITE, only(_K.PHOTO, 3)], [SECOND_OF_ARCH]),
    T.INLAY_ONLAY: ([PREP, OPPOSING_ARCH, BITE], []),
    T.IMPLANT_CROWN: ([SCAN_BODY, OPPOSING_ARCH, BITE], [WORKED_ARCH]),
    T.CUSTOM_ABUTMENT: ([SCAN_BODY, OPPOSING_ARCH, BITE], []),
    T.SURGICAL_GUIDE: ([only(_K.CBCT), WORKED_ARCH], [OPPOSING_ARCH, BITE, only(_K.PHOTO)]),
    T.FULL_ARCH_IMPLANT: (
        [
            only(_K.CBCT, stages="surgical"),
            only(_K.SCAN_BODY_SCAN, stages="temporary final"),
            *BOTH,
            BITE,
            only(_K.PHOTO, 4),
        ],
        [],
    ),
    T.COMPLETE_DENTURE: (
        [WORKED_ARCH, OPPOSING_ARCH, only(_K.BITE_SCAN, stages="set_up finish")],
        [only(_K.PHOTO)],
    ),
    T.PARTIAL_DENTURE: ([WORKED_ARCH, OPPOSING_ARCH, BITE], []),
    T.NIGHT_GUARD: ([WORKED_ARCH, OPPOSING_ARCH], [BITE]),
    T.RETAINER_ALIGNER: ([*BOTH], [BITE, only(_K.PHOTO, 3), only(_K.XRAY, 2)]),
    T.DIAGNOSTIC_WAX_UP: ([*BOTH, BITE, only(_K.PHOTO)], []),
}


def test_every_type_stands_in_both_tables():
    assert set(TABLE) == set(FILES) == set(CaseType)


@pytest.mark.parametrize("case_type", CaseType)
def test_a_type_is_as_the_table_says(case_type):
    facts, profile = CASE_TYPES[case_type], default_profile("lab-1", case_type)
    assert TABLE[case_type] == (
        facts.prescribes,
        facts.teeth_called,
        facts.is_planned,
        " ".join(facts.selections),
        " ".join(facts.expected),
        profile.turnaround_working_days,
    )


@pytest.mark.parametrize("case_type", CaseType)
def test_a_new_lab_wants_the_files_that_the_table_says(case_type):
    wanted = default_profile("lab-1", case_type).files
    told = {
        level: [(w.kinds, w.arch, w.min_count, " ".join(w.stages)) for w in wanted if w.level is level]
        for level in Level
    }
    assert (told[Level.REQUIRED], told[Level.EXPECTED]) == FILES[case_type]


@pytest.mark.parametrize("case_type", CaseType)
def test_a_new_lab_asks_for_each_selection_in_its_profile_or_by_a_rule_of_its_own(case_type):
    required, expected = (TABLE[case_type][position].split() for position in (3, 4))
    asked = default_profile("lab-1", case_type).selections
    with_a_rule = s.WITH_A_RULE & {*required, *expected}
    assert asked == {
        **{name: Level.REQUIRED for name in required if name not in with_a_rule},
        **{name: Level.EXPECTED for name in expected if name not in with_a_rule},
    }
    assert with_a_rule == {name for name in (*required, *expected) if CASE_TYPES[case_type].is_watched(name)}


def test_every_material_and_selection_is_offered_by_some_type():
    assert {code for facts in CASE_TYPES.values() for code in facts.materials} == set(s.MATERIALS)
    assert {name for facts in CASE_TYPES.values() for name in facts.known} == set(SELECTIONS)


@pytest.mark.parametrize("case_type", CaseType)
def test_a_form_can_be_drawn_of_the_selections_of_a_type(case_type):
    facts, selections = CASE_TYPES[case_type], selections_of(case_type)
    assert tuple(selections) == facts.known
    for name, selection in selections.items():
        assert selection.name == name
        assert selection.called
        assert selection.options or selection.takes_words or selection.between
        assert not (selection.options and selection.between)
        assert set(selection.options) <= set(SELECTIONS[name].options)
        for other in (selection.depends_on, selection.asked_with and selection.asked_with[0]):
            assert other is None or other in selections
        if selection.asked_with:
            other, values = selection.asked_with
            assert values <= {"", *selections[other].options}


@pytest.mark.parametrize(
    ("case_type", "name", "values"),
    [
        (T.FULL_ARCH_IMPLANT, "stage", "surgical temporary final"),
        (T.COMPLETE_DENTURE, "stage", "bite_rim set_up finish"),
        (T.IMPLANT_CROWN, "retention", "screw cement"),
        (T.SURGICAL_GUIDE, "guide_kind", "tooth tissue bone"),
        (T.CROWN, "stump_shade", "ND1 ND2 ND3 ND4 ND5 ND6 ND7 ND8 ND9"),
        (T.CROWN, "piece", "crown post_and_core"),
        (T.VENEER, "material", "lithium_disilicate feldspathic translucent_zirconia pmma composite"),
    ],
)
def test_a_selection_has_the_values_of_its_type(case_type, name, values):
    assert list(selections_of(case_type)[name].options) == values.split()
