import pytest
from bitewing.directory.organization import Notation
from bitewing.packet.packet import Arch, Item
from bitewing.precheck.finding import Outcome
from bitewing.precheck.rules import tth_bridge, tth_invalid, tth_text, tth_twice
from bitewing.requirements.case_types import CaseType

from tests.support.builders import a_checked_case, a_practice, an_item
from tests.support.findings import checked_packet, only_finding


@pytest.mark.parametrize("rule", [tth_bridge, tth_invalid, tth_text, tth_twice])
def test_one_crown_on_one_tooth_finds_nothing(rule):
    assert list(rule.check(a_checked_case())) == []


def test_codes_that_name_no_tooth_block_and_are_quoted_as_written():
    checked = checked_packet(items=(an_item("14", "?45", "99", "?Mira Holloway"),))
    finding = only_finding(tth_invalid, checked)
    assert finding.says == "Piece 1 names teeth that do not exist: 45, 99, Mira."
    assert "Universal" in finding.do


def test_a_code_that_names_a_tooth_in_each_notation_is_asked_about_once_for_all():
    finding = only_finding(tth_invalid, checked_packet(items=(an_item("16", "?14", "? 31"),)))
    assert finding.outcome is Outcome.BLOCK
    assert finding.says == "Piece 1 names teeth without a notation, and they differ in the two: 14, 31."
    assert finding.do == "Say whether the codes are Universal or FDI."


def test_unclear_and_unreadable_codes_are_two_findings():
    assert len(list(tth_invalid.check(checked_packet(items=(an_item("?14", "?99"),))))) == 2


@pytest.mark.parametrize(("code", "quoted"), [("?100", "100"), ("?1000", "1000"), ("?10000", "1000")])
def test_at_most_four_characters_of_a_code_are_quoted(code, quoted):
    assert only_finding(tth_invalid, checked_packet(items=(an_item(code),))).says.endswith(f": {quoted}.")


def test_a_pontic_that_names_no_tooth_blocks():
    checked = checked_packet(items=(an_item("14", pontics=("0",)),))
    assert only_finding(tth_invalid, checked).about == "/packet/items/0/pontics"


def bridge(*teeth, pontics=()):
    return checked_packet(CaseType.BRIDGE, items=(an_item(*teeth, pontics=pontics),))


@pytest.mark.parametrize(
    ("teeth", "pontics"),
    [
        (("14", "15", "16"), ("15",)),
        (("11", "12", "21"), ("11",)),
        (("45", "46"), ("46",)),
        (("55", "54", "53"), ("54",)),
    ],
)
def test_a_contiguous_bridge_with_abutment_and_pontic_is_fine(teeth, pontics):
    assert list(tth_bridge.check(bridge(*teeth, pontics=pontics))) == []


@pytest.mark.parametrize(
    ("teeth", "pontics", "says"),
    [
        (("14", "16"), ("16",), "gap"),
        (("11", "41"), ("41",), "both arches"),
        (("14", "15"), (), "no pontic"),
        (("14", "15"), ("14", "15"), "no abutment"),
        (("14", "15"), ("16",), "outside"),
    ],
)
def test_a_bridge_that_cannot_be_built_blocks(teeth, pontics, says):
    finding = only_finding(tth_bridge, bridge(*teeth, pontics=pontics))
    assert says in finding.says
    assert finding.outcome is Outcome.BLOCK


def test_a_bridge_with_unreadable_teeth_is_left_to_the_rule_about_codes():
    assert list(tth_bridge.check(bridge("14", "?99", pontics=("14",)))) == []


def test_a_bridge_without_teeth_is_left_to_the_rule_about_pieces():
    checked = checked_packet(CaseType.BRIDGE, items=(an_item(teeth=()),))
    assert list(tth_bridge.check(checked)) == []


def test_two_pieces_on_one_tooth_block_once_in_the_notation_of_the_practice():
    checked = checked_packet(items=(an_item("14"), an_item("14", "15"), an_item("14")))
    finding = only_finding(tth_twice, checked)
    assert finding.about == "/packet/items/1/teeth"
    assert "tooth 5" in finding.says


def test_one_tooth_twice_in_one_piece_blocks():
    assert only_finding(tth_twice, checked_packet(items=(an_item("14", "14"),))).outcome is Outcome.BLOCK


def test_unreadable_codes_are_not_counted():
    assert list(tth_twice.check(checked_packet(items=(an_item("?99", "?99"),)))) == []


@pytest.mark.parametrize(
    ("case_type", "one", "other"),
    [
        (CaseType.CROWN, {"stage": "temporary"}, {"stage": "final"}),
        (CaseType.CROWN, {"stage": "temporary"}, {}),
        (CaseType.CROWN, {}, {"piece": "post_and_core"}),
        (CaseType.IMPLANT_CROWN, {}, {"piece": "custom_abutment"}),
    ],
)
def test_pieces_that_go_together_can_share_a_tooth(case_type, one, other):
    checked = checked_packet(case_type, items=(an_item(selections=one), an_item(selections=other)))
    assert list(tth_twice.check(checked)) == []


def test_two_temporaries_cannot_share_a_tooth():
    temporary = an_item(selections={"stage": "temporary"})
    assert only_finding(tth_twice, checked_packet(items=(temporary, temporary))).outcome is Outcome.BLOCK


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("surgical", "temporary", 0), ("surgical", "final", 0), ("surgical", "", 0), ("surgical", "surgical", 4)],
)
def test_what_is_for_surgery_shares_its_sites_with_each_restoration(one, other, count):
    sites = ("15", "12", "22", "25")
    items = tuple(an_item(*sites, arch=Arch.UPPER, selections={"stage": stage}) for stage in (one, other))
    assert len(list(tth_twice.check(checked_packet(CaseType.FULL_ARCH_IMPLANT, items=items)))) == count


@pytest.mark.parametrize(
    ("case_type", "one", "other"),
    [
        (CaseType.NIGHT_GUARD, {"hardness": "hard"}, {"hardness": "soft"}),
        (CaseType.RETAINER_ALIGNER, {"kind": "hawley"}, {"kind": "hawley"}),
        (CaseType.COMPLETE_DENTURE, {}, {}),
    ],
)
def test_two_appliances_on_one_arch_block(case_type, one, other):
    items = [Item(arch=Arch.UPPER, selections=selections) for selections in (one, other)]
    finding = only_finding(tth_twice, checked_packet(case_type, items=tuple(items)))
    assert (finding.outcome, finding.about) == (Outcome.BLOCK, "/packet/items/1/arch")
    assert finding.says == "Piece 2 is a second one on the upper arch."


@pytest.mark.parametrize(
    ("case_type", "one", "other"),
    [
        (CaseType.NIGHT_GUARD, Item(arch=Arch.UPPER), Item(arch=Arch.LOWER)),
        (CaseType.NIGHT_GUARD, Item(), Item()),
        (
            CaseType.RETAINER_ALIGNER,
            Item(arch=Arch.UPPER, selections={"kind": "aligner"}),
            Item(arch=Arch.UPPER, selections={"kind": "clear_retainer"}),
        ),
        (
            CaseType.COMPLETE_DENTURE,
            Item(arch=Arch.UPPER, selections={"stage": "bite_rim"}),
            Item(arch=Arch.UPPER, selections={"stage": "set_up"}),
        ),
        (CaseType.PARTIAL_DENTURE, Item(arch=Arch.UPPER, teeth=("15",)), Item(arch=Arch.UPPER, teeth=("25",))),
    ],
)
def test_appliances_that_do_not_take_the_same_arch_go_together(case_type, one, other):
    assert list(tth_twice.check(checked_packet(case_type, items=(one, other)))) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Crown on #5", None),
        ("Crown on tooth 5 and, in contact, nothing", None),
        ("Crown on tooth #6", "not chosen: 6"),
        ("Crowns on teeth 5, 6 & 7", "not chosen: 6, 7"),
        ("Look at tooth 6.", "not chosen: 6"),
        ("Primary tooth K is near", "not chosen: K"),
        ("Reduce tooth 2 mm at most", None),
        ("Shade of teeth 50%", None),
        ("The tooth a dentist likes", None),
        ("Tooth 45 does not exist", None),
        ("5 of 6 things, 12/5", None),
    ],
)
def test_teeth_in_the_text_are_teeth_of_the_case(text, says):
    findings = list(tth_text.check(checked_packet(description=text)))
    assert [says in finding.says for finding in findings] == ([True] if says else [])


def test_a_text_about_teeth_names_all_that_are_chosen():
    checked = checked_packet(description="Crown on #5", items=(an_item("14"), an_item("15")))
    assert "leaves out chosen teeth: 4" in only_finding(tth_text, checked).says


def test_a_range_leaves_nothing_out():
    checked = checked_packet(description="Crowns on teeth 3-5", items=(an_item("14", "15", "16"),))
    assert list(tth_text.check(checked)) == []


def test_without_chosen_teeth_there_is_nothing_to_compare():
    assert list(tth_text.check(checked_packet(description="Crown on #6", items=()))) == []


def test_text_is_read_in_the_notation_of_the_practice():
    case = checked_packet(description="Crown on #14").case
    practice = a_practice(notation=Notation.FDI)
    assert list(tth_text.check(a_checked_case(case=case, practice=practice))) == []
