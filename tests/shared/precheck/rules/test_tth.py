import pytest
from bitewing.directory.organization import Notation
from bitewing.kernel.teeth import shown, to_fdi
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


#: Text to the teeth that it names, in the notation of the practice.
NAMED_IN_UNIVERSAL = {
    "Crown on 14 in zirconia": "14",
    "PFM crown 14": "14",
    "Implant crown for 14.": "14",
    "Bridge at 3-5": "3 4 5",
    "Veneers for #8 and 9": "8 9",
    "Implants at 3 and 14, guide for 30": "3 14 30",
    "tooth no. 3": "3",
    "Tooth No 3": "3",
    "tooth number 3": "3",
    "Teeth nos. 3, 4": "3 4",
    "tooth#3": "3",
    "teeth 3-5": "3 4 5",
    "teeth 3\u20135": "3 4 5",
    "teeth 3 to 5": "3 4 5",
    "teeth 3 through 5": "3 4 5",
    "#5 thru #3": "3 4 5",
    "bridge 3-x-5": "3 4 5",
    "teeth 7-10, 14": "7 8 9 10 14",
    "teeth 3, 4, and 5": "3 4 5",
    "#3/4 + #5": "3 4 5",
    "Teeth 15-18": "15 16 17 18",
    "teeth B-D": "B C D",
    "teeth 3-B": "3 B",
    "#A and #I": "A I",
    "teeth A, J": "A J",
    "Teeth H, I and 14": "H I 14",
    "tooth 3 and I think so": "3",
    "The tooth I prepared yesterday": "",
    "The tooth A. Moreno prepared": "",
    "teeth I'd keep": "",
    "Tooth 3, 2 visits": "3",
    "Tooth 3, 2-3 mm of reduction": "3",
    "tooth 3 - 2 visits": "3",
    "#8 round bur": "",
    "#15 blade": "",
    "#14 photos": "14",
    "Crown for 2 weeks, bridge 3 units, crown 1 of 2": "",
    "Veneers for 6 front teeth, crown at 10:30, crown for 12/5": "",
    "Implant 4.1 x 10, implant for 4 x 10": "",
    "Reduce tooth 1.5 mm, tooth 1,5 mm": "",
    "crown A, crown on B": "",
    "crown on #A": "A",
    "#40, #41": "",
    "teeth 3-40": "3",
    "teeth 40-3": "3",
}
NAMED_IN_FDI = {
    "Crown on 14 in zirconia": "14",
    "PFM crown 14": "14",
    "tooth no. 26 and tooth number 36": "26 36",
    "bridge 14-16": "14 15 16",
    "teeth 12\u201322": "12 11 21 22",
    "teeth 43 to 33": "43 42 41 31 32 33",
    "teeth 53-55": "53 54 55",
    "teeth 3-5, #8 round bur": "",
    "The tooth I prepared yesterday, tooth K": "",
    "Tooth 16, 11 visits": "16",
}


@pytest.mark.parametrize(
    ("notation", "text", "teeth"),
    [
        *((Notation.UNIVERSAL, text, teeth) for text, teeth in NAMED_IN_UNIVERSAL.items()),
        *((Notation.FDI, text, teeth) for text, teeth in NAMED_IN_FDI.items()),
    ],
)
def test_what_is_plainly_a_tooth_is_read(notation, text, teeth):
    # Nothing is said of a text when exactly the teeth that it names are chosen, and of any when another one is.
    chosen = tuple(to_fdi(tooth, notation) for tooth in teeth.split())
    for more in ((), ("48",)):
        case = checked_packet(description=text, items=(an_item(teeth=(*chosen, *more)),)).case
        checked = a_checked_case(case=case, practice=a_practice(notation=notation))
        findings = list(tth_text.check(checked))
        assert [finding.says for finding in findings] == (
            [f"The description leaves out chosen teeth: {shown('48', notation)}."] if teeth and more else []
        )


@pytest.mark.parametrize(
    "text",
    [
        "tooth" + " " * 100_000,
        "#1," + " " * 100_000,
        "#1" + ", " * 50_000,
        "#" * 100_000,
        "tooth 1" + "-x" * 50_000,
        "teeth " + "1-" * 50_000,
        "crown on " * 12_000,
        "#1" + "0" * 100_000,
    ],
)
def test_a_text_is_read_in_steps_that_grow_with_its_length_alone(text):
    # Where they grew with its square, one of these would take minutes.
    assert list(tth_text.check(checked_packet(description=text, items=(an_item(teeth=("18",)),)))) == []


def test_a_range_leaves_nothing_out():
    checked = checked_packet(description="Crowns on teeth 3-5", items=(an_item("14", "15", "16"),))
    assert list(tth_text.check(checked)) == []


def test_without_chosen_teeth_there_is_nothing_to_compare():
    assert list(tth_text.check(checked_packet(description="Crown on #6", items=()))) == []


def test_text_is_read_in_the_notation_of_the_practice():
    case = checked_packet(description="Crown on #14").case
    practice = a_practice(notation=Notation.FDI)
    assert list(tth_text.check(a_checked_case(case=case, practice=practice))) == []
