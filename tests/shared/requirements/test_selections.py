import pytest
from bitewing.requirements.selections import (
    IVOCLAR_A_D,
    SHADE_GUIDE_NAMES,
    SHADE_GUIDES,
    STUMP_SHADES,
    VITA_3D_MASTER,
    VITA_CLASSICAL,
)


@pytest.mark.parametrize(("guide", "count"), [(VITA_CLASSICAL, 16), (VITA_3D_MASTER, 29), (IVOCLAR_A_D, 20)])
def test_a_guide_has_as_many_shades_as_its_maker_sells(guide, count):
    assert len(SHADE_GUIDES[guide]) == count


def test_every_guide_has_a_name():
    assert set(SHADE_GUIDE_NAMES) == set(SHADE_GUIDES)


def test_stump_shades_go_from_nd1_to_nd9():
    assert sorted(STUMP_SHADES)[::8] == ["ND1", "ND9"]
    assert len(STUMP_SHADES) == 9


@pytest.mark.parametrize("guide", SHADE_GUIDES)
def test_shades_are_written_in_upper_case(guide):
    assert [shade.upper() for shade in SHADE_GUIDES[guide]] == list(SHADE_GUIDES[guide])
