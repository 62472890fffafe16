import pytest
from bitewing.requirements.implants import IMPLANTS, MAKER_ALIASES, diameter_in, is_of_another_maker, system_of

#: Maker to systems, at the least.
KNOWN = {
    "Straumann": {"BLT", "BLX", "Tissue Level"},
    "Nobel Biocare": {"Active", "Replace", "Parallel"},
    "Zimmer Biomet": {"TSV", "T3"},
    "Dentsply Sirona": {"Astra EV", "Xive"},
    "BioHorizons": {"Tapered"},
    "Neodent": {"GM"},
    "Megagen": {"AnyRidge"},
    "Osstem": {"TS"},
    "Hiossen": {"ET"},
    "Camlog": {"Camlog"},
    "MIS": {"C1", "V3"},
    "Implant Direct": {"Legacy"},
}


def test_the_catalog_has_the_makers_and_systems_that_labs_are_asked_for_most():
    assert {maker: set(systems) for maker, systems in IMPLANTS.items()} == KNOWN


def test_every_system_has_platforms_and_every_platform_diameters_that_can_be_read():
    for systems in IMPLANTS.values():
        for platforms in systems.values():
            assert platforms
            for diameters in platforms.values():
                assert diameters
                assert all(2.5 <= float(diameter_in(diameter)) <= 8 for diameter in diameters)


def test_a_system_is_found_however_it_is_written():
    system = system_of(" STRAUMANN", "tissue  level")
    assert system.name == "Tissue Level"
    assert system.platform(" nnc ") == "NNC"
    assert system.platform("RC") is None
    assert system_of("Straumann", "Active") is None


@pytest.mark.parametrize(
    ("maker", "system", "expected"),
    [
        ("Straumann", "active", True),
        ("Nobel", "TSV", True),
        ("Nobel Biocare", "active", False),
        ("Nobel", "active", False),
        ("Straumann", "their own", False),
        ("Anybody", "their own", False),
        ("Blue Sky Bio", "Tapered", False),
    ],
)
def test_a_system_of_another_maker_is_told_from_an_unknown_one(maker, system, expected):
    assert is_of_another_maker(maker, system) is expected


@pytest.mark.parametrize(
    ("maker", "system", "expected"),
    [
        ("Zimmer", "TSV", "Zimmer Biomet"),
        ("zimvie", "TSV", "Zimmer Biomet"),
        ("NOBEL", "Active", "Nobel Biocare"),
        ("Dentsply", "Astra EV", "Dentsply Sirona"),
        ("Bio Horizons", "Tapered", "BioHorizons"),
    ],
)
def test_a_maker_is_found_by_its_short_and_former_names(maker, system, expected):
    found = system_of(maker, system)
    assert found is not None
    assert found is system_of(expected, system)


def test_every_other_name_is_one_of_a_maker_and_of_none_itself():
    assert set(MAKER_ALIASES.values()) <= set(IMPLANTS)
    assert not set(MAKER_ALIASES) & set(IMPLANTS)


@pytest.mark.parametrize(
    ("size", "diameter"),
    [
        ("4.1", "4.1"),
        ("4", "4.0"),
        ("4.10 x 10", "4.1"),
        ("3,75mm", "3.75"),
        ("04.1", "4.1"),
        ("wide", None),
        ("", None),
    ],
)
def test_the_diameter_is_read_out_of_a_size(size, diameter):
    assert diameter_in(size) == diameter
