"""The implant catalog: maker to system to platform to the diameters that the platform comes with.

The makers and systems are those that dental labs are asked for most. Platforms and diameters are as the makers
name them in their product lists; the catalog is a start, not a copy. What it lacks is added here: until then a
system can be written in words and any size be sent, with a warning; a platform of a known system is to be one of
the list, because parts are ordered by it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

#: Diameters in millimeters, as labels write them.
Diameters = tuple[str, ...]

#: Maker to system to platform to diameters.
IMPLANTS: Final[Mapping[str, Mapping[str, Mapping[str, Diameters]]]] = {
    "Straumann": {
        "BLT": {"SC": ("2.9",), "NC": ("3.3",), "RC": ("4.1", "4.8")},
        "BLX": {"RB": ("3.5", "3.75", "4.0", "4.5", "5.0"), "WB": ("5.0", "5.5", "6.5")},
        "Tissue Level": {"NNC": ("3.3",), "RN": ("3.3", "4.1", "4.8"), "WN": ("4.8",)},
    },
    "Nobel Biocare": {
        "Active": {"3.0": ("3.0",), "NP": ("3.5",), "RP": ("4.3", "5.0"), "WP": ("5.5",)},
        "Replace": {"NP": ("3.5",), "RP": ("4.3", "5.0"), "WP": ("5.0",), "6.0": ("6.0",)},
        "Parallel": {"NP": ("3.75",), "RP": ("4.3", "5.0"), "WP": ("5.5",)},
    },
    "Zimmer Biomet": {
        "TSV": {"3.5": ("3.7", "4.1"), "4.5": ("4.7",), "5.7": ("6.0",)},
        "T3": {"3.4": ("3.25", "4.0"), "4.1": ("4.0", "5.0"), "5.0": ("5.0", "6.0"), "6.0": ("6.0",)},
    },
    "Dentsply Sirona": {
        "Astra EV": {"3.0": ("3.0",), "3.6": ("3.6",), "4.2": ("4.2",), "4.8": ("4.8",), "5.4": ("5.4",)},
        "Xive": {"3.0": ("3.0",), "3.4": ("3.4",), "3.8": ("3.8",), "4.5": ("4.5",), "5.5": ("5.5",)},
    },
    "BioHorizons": {
        "Tapered": {
            "3.0": ("3.0", "3.8"),
            "3.5": ("3.4", "3.8", "4.6"),
            "4.5": ("4.6", "5.8"),
            "5.7": ("5.8",),
        }
    },
    "Neodent": {"GM": {"GM": ("3.5", "3.75", "4.0", "4.3", "5.0", "6.0", "7.0")}},
    "Megagen": {
        "AnyRidge": {"Regular": ("3.5", "4.0", "4.5", "5.0", "5.5", "6.0", "6.5", "7.0", "7.5", "8.0")},
    },
    "Osstem": {"TS": {"Mini": ("3.5",), "Regular": ("4.0", "4.5", "5.0", "6.0", "7.0")}},
    "Hiossen": {"ET": {"Mini": ("3.2", "3.5"), "Regular": ("4.0", "4.5", "5.0", "6.0", "7.0")}},
    "Camlog": {
        "Camlog": {"3.3": ("3.3",), "3.8": ("3.8",), "4.3": ("4.3",), "5.0": ("5.0",), "6.0": ("6.0",)},
    },
    "MIS": {
        "C1": {"NP": ("3.3",), "SP": ("3.75", "4.2"), "WP": ("5.0",)},
        "V3": {"NP": ("3.3",), "SP": ("3.9", "4.3", "5.0")},
    },
    "Implant Direct": {
        "Legacy": {"3.0": ("3.2",), "3.5": ("3.7", "4.2"), "4.5": ("4.7", "5.2"), "5.7": ("5.7", "7.0")},
    },
}

#: What makers are called besides; a company that took over another answers to both names.
MAKER_ALIASES: Final[Mapping[str, str]] = {
    "Institut Straumann": "Straumann",
    "Nobel": "Nobel Biocare",
    "NobelBiocare": "Nobel Biocare",
    "Zimmer": "Zimmer Biomet",
    "Zimmer Dental": "Zimmer Biomet",
    "Biomet": "Zimmer Biomet",
    "Biomet 3i": "Zimmer Biomet",
    "ZimVie": "Zimmer Biomet",
    "Dentsply": "Dentsply Sirona",
    "Dentsply Implants": "Dentsply Sirona",
    "Sirona": "Dentsply Sirona",
    "Astra Tech": "Dentsply Sirona",
    "Bio Horizons": "BioHorizons",
    "Mega Gen": "Megagen",
    "Osstem Implant": "Osstem",
    "MIS Implants": "MIS",
    "ImplantDirect": "Implant Direct",
}


@dataclass(frozen=True, slots=True)
class System:
    """An implant system of the catalog.

    Attributes:
        platforms: Platform to its diameters in millimeters.
    """

    name: str
    platforms: Mapping[str, Diameters]

    def platform(self, named: str) -> str | None:
        """Return the platform as the catalog writes it, however it was written; ``None`` where there is none."""
        return next((platform for platform in self.platforms if plain(platform) == plain(named)), None)


def plain(text: str) -> str:
    """Return a name so that case and spaces make no difference."""
    return " ".join(text.casefold().split())


def system_of(maker: str, name: str) -> System | None:
    """Return the system of a maker, however both are written; ``None`` where the catalog has none."""
    return _SYSTEMS.get((_maker(maker), plain(name)))


def is_of_another_maker(maker: str, name: str) -> bool:
    """Whether the catalog has this maker, and a system of this name only from others.

    Makers share names of systems ("Tapered"): what one that the catalog lacks calls its own is not known.
    """
    makers = {of for of, system in _SYSTEMS if system == plain(name)}
    return _maker(maker) in _MAKERS and bool(makers) and _maker(maker) not in makers


def _maker(named: str) -> str:
    return _ALIASES.get(plain(named), plain(named))


def diameter_in(size: str) -> str | None:
    """Return the diameter that a size names, in millimeters with one or two decimals.

    "4.1", "4.1 x 10", "4,1 mm" and "Ø 4.10 x 10 mm" all name "4.1"; the sign of multiplication is an x, too.

    Returns:
        ``None`` where the size cannot be read.
    """
    match = _SIZE.fullmatch(size.strip())
    if match is None:
        return None
    whole, _, decimals = match[1].replace(",", ".").partition(".")
    return f"{int(whole)}.{decimals.rstrip('0') or '0'}"


_NUMBER: Final = r"\d{1,2}(?:[.,]\d{1,2})?"
_SIZE: Final = re.compile(rf"[ØøD]?\s*({_NUMBER})\s*(?:mm)?(?:\s*[x\u00d7*/]\s*{_NUMBER}\s*(?:mm)?)?", re.IGNORECASE)
_MAKERS: Final = frozenset(plain(maker) for maker in IMPLANTS)
_ALIASES: Final = {plain(alias): plain(maker) for alias, maker in MAKER_ALIASES.items()}
_SYSTEMS: Final = {
    (plain(maker), plain(name)): System(name, platforms)
    for maker, systems in IMPLANTS.items()
    for name, platforms in systems.items()
}
