from dataclasses import replace

import pytest
from bitewing.packet.packet import Arch
from bitewing.precheck.finding import Outcome
from bitewing.precheck.precheck import run
from bitewing.precheck.rules import sel_required, sel_unknown
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import Level
from bitewing.requirements.selections import IMPLANT_CASCADE

from tests.support.builders import a_checked_case, a_profile, an_item
from tests.support.findings import checked_packet, only_finding
from tests.support.perfect import a_perfect_case

T = CaseType
BLOCK, WARN = Outcome.BLOCK, Outcome.WARN
ONE_TOOTH_AN_ITEM = (T.CROWN, T.IMPLANT_CROWN, T.CUSTOM_ABUTMENT, T.SURGICAL_GUIDE)


def piece(case_type, *teeth, arch=None, **selections):
    return checked_packet(case_type, items=(an_item(teeth=teeth, arch=arch, selections=selections),))


def found(rule, checked):
    return [(finding.outcome, finding.about) for finding in rule.check(checked)]


@pytest.mark.parametrize("rule", [sel_required, sel_unknown])
def test_a_piece_with_all_that_its_type_has_finds_nothing(rule):
    assert list(rule.check(a_checked_case())) == []


# --- What is missing -------------------------------------------------------------------------------


def test_what_the_profile_requires_blocks_and_what_it_expects_warns_once_for_each_piece():
    checked = piece(T.BRIDGE, "14", "15")
    findings = list(sel_required.check(checked))
    assert [(f.outcome, f.says) for f in findings] == [
        (BLOCK, "Piece 1 does not state the pontic design."),
        (WARN, "Piece 1 does not state the connectors."),
    ]
    two = replace(checked.case.packet, items=checked.case.packet.items * 2)
    assert len(list(sel_required.check(replace(checked, case=replace(checked.case, packet=two))))) == 4


def test_all_that_is_missing_is_named_in_one_sentence():
    finding = only_finding(sel_required, piece(T.CROWN, "14"))
    assert finding.says == "Piece 1 does not state the margin, occlusion and contacts."
    assert finding.do == "Choose or enter the margin, occlusion and contacts."
    assert finding.about == "/packet/items/0/selections/margin"


def test_blanks_state_nothing():
    assert "pontic design" in next(sel_required.check(piece(T.BRIDGE, pontic_design="  "))).says


def test_what_rules_of_their_own_look_for_is_left_to_them():
    profile = a_profile(T.IMPLANT_CROWN, selections={"shade": Level.REQUIRED, "implant_size": Level.REQUIRED})
    assert list(sel_required.check(replace(piece(T.IMPLANT_CROWN, "14"), profile=profile))) == []


@pytest.mark.parametrize(("level", "outcome"), [(Level.REQUIRED, BLOCK), (Level.EXPECTED, WARN)])
def test_a_lab_can_ask_for_what_a_type_only_can_have(level, outcome):
    profile = a_profile(T.NIGHT_GUARD, selections={"material": level})
    checked = replace(piece(T.NIGHT_GUARD, arch=Arch.UPPER), profile=profile)
    assert found(sel_required, checked) == [(outcome, "/packet/items/0/selections/material")]


def test_a_selection_that_the_type_does_not_have_is_never_asked_for():
    profile = a_profile(selections={"hardness": Level.REQUIRED, "no such thing": Level.REQUIRED})
    assert list(sel_required.check(a_checked_case(profile=profile))) == []


@pytest.mark.parametrize(("guide_kind", "is_asked"), [("tooth", False), ("tissue", True), ("bone", True), ("", False)])
def test_the_marker_protocol_is_asked_for_where_few_teeth_carry_the_guide(guide_kind, is_asked):
    checked = piece(T.SURGICAL_GUIDE, "14", guide_kind=guide_kind, sleeve_system="any", drill_kit="any")
    says = [finding.says for finding in sel_required.check(checked) if finding.outcome is WARN]
    assert says == ["Piece 1 does not state the marker protocol."] * is_asked


@pytest.mark.parametrize(
    ("case_type", "called"), [(T.FULL_ARCH_IMPLANT, "sites"), (T.PARTIAL_DENTURE, "missing teeth")]
)
def test_work_on_certain_teeth_of_an_arch_names_them(case_type, called):
    finding = next(sel_required.check(piece(case_type, arch=Arch.UPPER)))
    assert (finding.outcome, finding.about) == (BLOCK, "/packet/items/0/teeth")
    assert finding.says == f"Piece 1 does not name its {called}."
    assert "/packet/items/0/teeth" not in [about for _, about in found(sel_required, piece(case_type, "14"))]


@pytest.mark.parametrize(
    ("case_type", "made", "says"),
    [
        (T.CROWN, "crown", ["Piece 1 does not state the margin, occlusion and contacts."]),
        (T.CROWN, "post_and_core", []),
        (T.IMPLANT_CROWN, "implant_crown", ["Piece 1 does not state the abutment kind."]),
        (T.IMPLANT_CROWN, "custom_abutment", []),
        (T.CUSTOM_ABUTMENT, "custom_abutment", ["Piece 1 does not state the emergence profile."]),
        (T.CUSTOM_ABUTMENT, "implant_crown", []),
    ],
)
def test_the_second_piece_of_a_tooth_is_not_asked_for_what_it_cannot_have(case_type, made, says):
    assert [finding.says for finding in sel_required.check(piece(case_type, "14", piece=made))] == says


@pytest.mark.parametrize(
    ("case_type", "one", "other"),
    [
        (T.CROWN, {}, {"piece": "post_and_core", "material": "titanium"}),
        (T.IMPLANT_CROWN, {}, {"piece": "custom_abutment", "material": "titanium"}),
    ],
)
def test_two_pieces_on_one_tooth_pass_with_what_each_of_them_has(case_type, one, other):
    perfect = a_perfect_case(case_type)
    (item,) = perfect.case.packet.items
    needed = {name: item.selections[name] for name in IMPLANT_CASCADE if name in item.selections}
    items = tuple(replace(item, selections=each) for each in (item.selections | one, needed | other))
    packet = replace(perfect.case.packet, items=items)
    assert run(replace(perfect, case=replace(perfect.case, packet=packet))).findings == ()


def test_without_a_profile_nothing_is_asked_for():
    assert list(sel_required.check(replace(piece(T.BRIDGE), profile=None))) == []


# --- What cannot be --------------------------------------------------------------------------------


def test_a_selection_of_another_type_warns_by_its_name():
    finding = only_finding(sel_unknown, piece(T.CROWN, "14", hardness="hard"))
    assert (finding.outcome, finding.about) == (WARN, "/packet/items/0/selections/hardness")
    assert finding.says == "Piece 1 states a selection (hardness) that this type of work does not have: crown."


def test_a_selection_of_no_type_warns_and_is_not_quoted():
    finding = only_finding(sel_unknown, piece(T.CROWN, "14", **{"Mira/Holl~way": "x"}))
    assert finding.about == "/packet/items/0/selections/Mira~1Holl~0way"
    assert "Mira" not in finding.says + finding.do


def test_a_blank_is_no_selection():
    assert list(sel_unknown.check(piece(T.CROWN, "14", hardness=" "))) == []


@pytest.mark.parametrize(
    ("case_type", "selections", "do"),
    [
        (T.NIGHT_GUARD, {"hardness": "medium"}, "Choose one: hard; soft; hard outside, soft inside."),
        (T.COMPLETE_DENTURE, {"stage": "final"}, "Choose one: bite rim; set-up; finish."),
        (T.CROWN, {"stage": "finish"}, "Choose one: temporary; final."),
        (T.NIGHT_GUARD, {"material": "zirconia"}, "Choose one: splint resin, hard; splint resin, soft; PMMA; PETG."),
        (T.FULL_ARCH_IMPLANT, {"retention": "glue"}, "Choose one: screw; cement."),
        (T.FULL_ARCH_IMPLANT, {"implant_count": "four"}, "Enter a whole number from 2 to 10."),
        (T.NIGHT_GUARD, {"thickness": "thick"}, "Enter a number from 1 to 6."),
    ],
)
def test_a_value_that_a_selection_does_not_have_for_the_type_blocks(case_type, selections, do):
    finding = only_finding(sel_unknown, piece(case_type, **selections))
    assert finding.outcome is BLOCK
    assert finding.about == f"/packet/items/0/selections/{next(iter(selections))}"
    assert finding.do == do


@pytest.mark.parametrize(
    ("name", "value", "count"),
    [
        ("thickness", "0.9", 1),
        ("thickness", "1", 0),
        ("thickness", "1.5 mm", 0),
        ("thickness", "6.0", 0),
        ("thickness", "6.1", 1),
        ("thickness", "-2", 1),
    ],
)
def test_a_number_lies_between_its_limits(name, value, count):
    assert len(list(sel_unknown.check(piece(T.NIGHT_GUARD, **{name: value})))) == count


@pytest.mark.parametrize(("value", "count"), [("1", 1), ("2", 0), ("4.0", 0), ("4.5", 1), ("10", 0), ("11", 1)])
def test_implants_are_counted_in_whole_numbers(value, count):
    assert len(list(sel_unknown.check(piece(T.FULL_ARCH_IMPLANT, implant_count=value)))) == count


def test_what_takes_words_takes_any():
    assert list(sel_unknown.check(piece(T.CROWN, "14", margin="a light chamfer, 0.5 mm"))) == []


@pytest.mark.parametrize(
    "selections",
    [
        {"material": "petg"},
        {"shade": "no shade"},
        {"stump_shade": "no shade"},
        {"shade_guide": "no guide"},
        {"implant_maker": "x", "implant_system": "x"},
        {"retention": "glue"},
    ],
)
def test_values_that_rules_of_their_own_look_at_are_left_to_them(selections):
    found_here = [
        finding
        for finding in sel_unknown.check(piece(T.IMPLANT_CROWN, "14", **selections))
        if finding.outcome is not WARN
    ]
    assert found_here == []


@pytest.mark.parametrize(
    ("case_type", "selections", "where"),
    [
        (T.IMPLANT_CROWN, {"retention": "cement", "abutment_kind": "direct_to_implant"}, "abutment_kind"),
        (T.IMPLANT_CROWN, {"retention": "cement", "abutment_kind": "multi_unit"}, "abutment_kind"),
        (T.NIGHT_GUARD, {"hardness": "soft", "material": "hard_splint_resin"}, "material"),
        (T.NIGHT_GUARD, {"hardness": "hard", "material": "soft_splint_resin"}, "material"),
        (T.RETAINER_ALIGNER, {"kind": "hawley", "material": "petg"}, "material"),
        (T.RETAINER_ALIGNER, {"kind": "aligner", "material": "acrylic"}, "material"),
    ],
)
def test_values_that_exclude_each_other_block(case_type, selections, where):
    assert found(sel_unknown, piece(case_type, **selections)) == [(BLOCK, f"/packet/items/0/selections/{where}")]


@pytest.mark.parametrize(
    ("case_type", "selections"),
    [
        (T.IMPLANT_CROWN, {"retention": "cement", "abutment_kind": "custom_titanium"}),
        (T.IMPLANT_CROWN, {"retention": "screw", "abutment_kind": "direct_to_implant"}),
        (T.NIGHT_GUARD, {"hardness": "dual", "material": "hard_splint_resin"}),
        (T.NIGHT_GUARD, {"hardness": "soft", "material": "soft_splint_resin"}),
        (T.RETAINER_ALIGNER, {"kind": "hawley", "material": "acrylic"}),
        (T.RETAINER_ALIGNER, {"kind": "bonded_retainer"}),
    ],
)
def test_values_that_go_together_are_fine(case_type, selections):
    assert list(sel_unknown.check(piece(case_type, **selections))) == []


@pytest.mark.parametrize(
    ("case_type", "teeth", "count"),
    [
        *[(case_type, ("14", "24", "36"), 1) for case_type in ONE_TOOTH_AN_ITEM],
        *[(case_type, ("14", "14", "?99"), 0) for case_type in ONE_TOOTH_AN_ITEM],
        (T.VENEER, ("11", "21"), 0),
        (T.BRIDGE, ("14", "15", "16"), 0),
        (T.INLAY_ONLAY, ("16", "17"), 0),
        (T.FULL_ARCH_IMPLANT, ("15", "12", "22", "25"), 0),
    ],
)
def test_work_for_one_tooth_is_a_piece_for_each(case_type, teeth, count):
    findings = list(sel_unknown.check(piece(case_type, *teeth)))
    expected = [(BLOCK, "/packet/items/0/teeth", "Make one piece for each of them.")] * count
    assert [(finding.outcome, finding.about, finding.do) for finding in findings] == expected


@pytest.mark.parametrize(
    ("case_type", "count"),
    [(T.CROWN, 1), (T.VENEER, 1), (T.NIGHT_GUARD, 1), (T.BRIDGE, 0), (T.PARTIAL_DENTURE, 0)],
)
def test_only_what_replaces_teeth_has_pontics(case_type, count):
    item = an_item("11", pontics=("11",), selections={})
    assert found(sel_unknown, checked_packet(case_type, items=(item,))) == [(BLOCK, "/packet/items/0/pontics")] * count


@pytest.mark.parametrize(
    ("case_type", "tooth", "count"),
    [(T.VENEER, "13", 0), (T.VENEER, "43", 0), (T.VENEER, "17", 1), (T.VENEER, "?99", 0), (T.CROWN, "17", 0)],
)
def test_a_veneer_further_back_than_the_canines_warns(case_type, tooth, count):
    assert found(sel_unknown, piece(case_type, tooth)) == [(WARN, "/packet/items/0/teeth")] * count


@pytest.mark.parametrize(
    ("arch", "teeth", "count"),
    [
        (Arch.UPPER, ("14", "55"), 0),
        (Arch.UPPER, ("14", "44"), 1),
        (Arch.LOWER, ("44", "?99"), 0),
        (Arch.LOWER, ("14",), 1),
        (None, ("14", "44"), 0),
        (Arch.LOWER, (), 0),
    ],
)
def test_an_arch_has_the_teeth_that_stand_in_it(arch, teeth, count):
    assert found(sel_unknown, piece(T.PARTIAL_DENTURE, *teeth, arch=arch)) == [(BLOCK, "/packet/items/0/teeth")] * count


@pytest.mark.parametrize(("number", "count"), [("3", 1), ("4", 0), ("5", 1)])
def test_there_are_as_many_implants_as_sites(number, count):
    checked = piece(T.FULL_ARCH_IMPLANT, "15", "12", "22", "25", implant_count=number)
    assert ["4 sites" in finding.says for finding in sel_unknown.check(checked)] == [True] * count


def test_while_no_site_is_named_any_number_can_be_right():
    assert list(sel_unknown.check(piece(T.FULL_ARCH_IMPLANT, implant_count="4"))) == []


@pytest.mark.parametrize(("material", "count"), [("full_cast_noble", 0), ("zirconia", 1)])
def test_full_cast_metal_is_asked_for_no_shade_whatever_the_lab_requires(material, count):
    wanted = {"shade_guide": Level.REQUIRED, "stump_shade": Level.REQUIRED}
    perfect = a_perfect_case(CaseType.BRIDGE)
    (item,) = perfect.case.packet.items
    left = {name: value for name, value in item.selections.items() if name not in wanted and name != "shade"}
    packet = replace(perfect.case.packet, items=(replace(item, selections={**left, "material": material}),))
    profile = a_profile(CaseType.BRIDGE, selections=wanted)
    checked = replace(perfect, case=replace(perfect.case, packet=packet), profile=profile)
    assert len(list(sel_required.check(checked))) == count
