import pytest
from bitewing.requirements.case_types import CASE_TYPES, IMPLANT_RESTORATIONS, CaseType, Prescribes
from bitewing.requirements.selections import FULL_CAST_METALS, MATERIAL, MATERIALS, TRANSLUCENT_CERAMICS


def types(predicate):
    return {case_type for case_type, facts in CASE_TYPES.items() if predicate(facts)}


def test_every_case_type_has_its_facts():
    assert set(CASE_TYPES) == set(CaseType)


def test_guides_and_full_arch_work_are_planned():
    assert types(lambda facts: facts.is_planned) == {CaseType.SURGICAL_GUIDE, CaseType.FULL_ARCH_IMPLANT}


def test_dentures_guards_and_retainers_prescribe_arches():
    assert types(lambda facts: facts.prescribes is Prescribes.ARCH) == {
        CaseType.FULL_ARCH_IMPLANT,
        CaseType.COMPLETE_DENTURE,
        CaseType.PARTIAL_DENTURE,
        CaseType.NIGHT_GUARD,
        CaseType.RETAINER_ALIGNER,
    }


@pytest.mark.parametrize("case_type", CaseType)
def test_a_type_has_materials_exactly_when_one_can_be_chosen(case_type):
    facts = CASE_TYPES[case_type]
    assert bool(facts.materials) == (MATERIAL in facts.known)
    assert set(facts.materials) <= set(MATERIALS)
    assert len(facts.materials) == len(set(facts.materials))


@pytest.mark.parametrize("case_type", CaseType)
def test_no_selection_is_both_wanted_and_only_expected(case_type):
    facts = CASE_TYPES[case_type]
    assert not set(facts.selections) & set(facts.expected)


def test_no_material_is_both_full_cast_and_translucent():
    assert set(MATERIALS) >= FULL_CAST_METALS | TRANSLUCENT_CERAMICS
    assert not FULL_CAST_METALS & TRANSLUCENT_CERAMICS


def test_a_guide_is_no_restoration():
    assert CaseType.SURGICAL_GUIDE not in IMPLANT_RESTORATIONS


def test_crowns_abutments_and_guides_are_made_one_for_each_tooth():
    assert types(lambda facts: facts.is_for_one_tooth) == {
        CaseType.CROWN,
        CaseType.IMPLANT_CROWN,
        CaseType.CUSTOM_ABUTMENT,
        CaseType.SURGICAL_GUIDE,
    }


def test_only_veneers_are_made_for_front_teeth():
    assert types(lambda facts: facts.is_for_front_teeth) == {CaseType.VENEER}


def test_dentures_guards_and_retainers_take_the_arch_that_they_are_for():
    assert types(lambda facts: facts.takes_whole_arch) == {
        CaseType.COMPLETE_DENTURE,
        CaseType.NIGHT_GUARD,
        CaseType.RETAINER_ALIGNER,
    }


@pytest.mark.parametrize(("case_type", "has_shade"), [(CaseType.CROWN, True), (CaseType.NIGHT_GUARD, False)])
def test_only_some_work_is_made_in_a_shade(case_type, has_shade):
    assert CASE_TYPES[case_type].has_shade is has_shade
