"""The tooth chart: which teeth stand on it, and how each is marked."""

import pytest
from bitewing.packet.packet import Arch, Item
from bitewing.requirements.case_types import CaseType
from bitewing.rx.chart import Mark, chart_of


def marks(case_type, *items, notation="universal"):
    drawn = chart_of(case_type, items, notation)
    rows = (*drawn.upper, *drawn.upper_primary, *drawn.lower_primary, *drawn.lower)
    return {tooth.fdi: tooth.mark for tooth in rows if tooth.mark}


def test_all_thirty_two_teeth_stand_from_the_right_of_the_patient_to_the_left_in_both_notations():
    drawn = chart_of(CaseType.CROWN, (Item(teeth=("14",)),), "universal")
    assert [tooth.code for tooth in drawn.upper] == [str(number) for number in range(1, 17)]
    assert [tooth.code for tooth in drawn.lower] == [str(number) for number in range(32, 16, -1)]
    assert (drawn.upper[0].fdi, drawn.upper[-1].fdi, drawn.lower[0].fdi, drawn.lower[-1].fdi) == (
        "18",
        "28",
        "48",
        "38",
    )
    assert [tooth.code for tooth in chart_of(CaseType.CROWN, (), "fdi").upper] == [t.fdi for t in drawn.upper]


def test_primary_teeth_stand_there_only_where_one_is_prescribed():
    assert chart_of(CaseType.CROWN, (Item(teeth=("14",)),), "universal").upper_primary == ()
    drawn = chart_of(CaseType.CROWN, (Item(teeth=("75",)),), "universal")
    assert "".join(tooth.code for tooth in drawn.upper_primary) == "ABCDEFGHIJ"
    assert "".join(tooth.code for tooth in drawn.lower_primary) == "TSRQPONMLK"
    assert drawn.lower_primary[-1].mark is Mark.WORK


@pytest.mark.parametrize(
    ("case_type", "item", "marked"),
    [
        (CaseType.CROWN, Item(teeth=("14",)), {"14": Mark.WORK}),
        (CaseType.BRIDGE, Item(teeth=("14", "15"), pontics=("15",)), {"14": Mark.WORK, "15": Mark.PONTIC}),
        (CaseType.PARTIAL_DENTURE, Item(teeth=("25",), arch=Arch.UPPER), {"25": Mark.PONTIC}),
        (CaseType.SURGICAL_GUIDE, Item(teeth=("36",)), {"36": Mark.IMPLANT}),
        (CaseType.FULL_ARCH_IMPLANT, Item(teeth=("15",), arch=Arch.UPPER), {"15": Mark.IMPLANT}),
        (CaseType.BRIDGE, Item(teeth=("14",), selections={"implant_maker": "Straumann"}), {"14": Mark.IMPLANT}),
        (CaseType.BRIDGE, Item(teeth=("14",), selections={"implant_maker": "  "}), {"14": Mark.WORK}),
        (CaseType.COMPLETE_DENTURE, Item(arch=Arch.LOWER), {}),
    ],
)
def test_each_kind_of_work_has_its_mark(case_type, item, marked):
    assert marks(case_type, item) == marked


def test_a_tooth_with_two_pieces_shows_the_one_that_tells_more():
    crown, implant = Item(teeth=("14",)), Item(teeth=("14",), selections={"implant_maker": "Straumann"})
    for items in ((crown, implant), (implant, crown)):
        assert marks(CaseType.CROWN, *items) == {"14": Mark.IMPLANT}


def test_a_supernumerary_tooth_is_marked_beside_its_neighbor():
    drawn = chart_of(CaseType.CROWN, (Item(teeth=("11S",)),), "universal")
    (neighbor,) = (tooth for tooth in drawn.upper if tooth.beside)
    assert (neighbor.fdi, neighbor.mark, neighbor.beside) == ("11", None, Mark.WORK)


def test_a_code_that_could_not_be_read_stands_on_no_chart():
    assert marks(CaseType.CROWN, Item(teeth=("?45",))) == {}


def test_the_legend_says_what_is_on_the_chart_and_nothing_else():
    drawn = chart_of(CaseType.BRIDGE, (Item(teeth=("14", "15"), pontics=("15",)),), "fdi")
    assert [mark for mark, _ in drawn.marks] == [Mark.WORK, Mark.PONTIC]


def test_arches_that_are_prescribed_are_named_once_in_their_order():
    items = (Item(arch=Arch.LOWER), Item(arch=Arch.UPPER), Item(arch=Arch.LOWER))
    assert chart_of(CaseType.NIGHT_GUARD, items, "fdi").arches == (Arch.UPPER, Arch.LOWER)


def test_marks_are_told_apart_by_their_letters_alone():
    assert len({mark.value for mark in Mark}) == len(Mark)
