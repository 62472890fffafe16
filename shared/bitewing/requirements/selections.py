"""The selections of a piece of work: their names, and the values that labs know.

Sources: the shade guides' makers for the shades (VITA Classical 16, VITA 3D-Master 29, Ivoclar A-D 20,
natural die materials ND1 to ND9). The implant platforms are a starting catalog of commonly used names, not
a copy of the makers' own: a platform that is missing here is added here.
"""

from collections.abc import Mapping
from typing import Final

# --- Names -----------------------------------------------------------------------------------------
MATERIAL: Final = "material"
SHADE: Final = "shade"
SHADE_GUIDE: Final = "shade_guide"
STUMP_SHADE: Final = "stump_shade"
#: The part of the work: ``surgical``, ``temporary`` or ``final``; a denture's bite rim, set-up or finish.
STAGE: Final = "stage"
#: What is made, where a type knows more than one piece on a tooth.
PIECE: Final = "piece"
IMPLANT_MAKER: Final = "implant_maker"
IMPLANT_SYSTEM: Final = "implant_system"
IMPLANT_PLATFORM: Final = "implant_platform"
IMPLANT_SIZE: Final = "implant_size"
RETENTION: Final = "retention"

IMPLANT_CASCADE: Final = (IMPLANT_MAKER, IMPLANT_SYSTEM, IMPLANT_PLATFORM, IMPLANT_SIZE)

# --- Stages and pieces -----------------------------------------------------------------------------
SURGICAL: Final = "surgical"
TEMPORARY: Final = "temporary"
FINAL: Final = "final"
BITE_RIM: Final = "bite_rim"
SET_UP: Final = "set_up"
FINISH: Final = "finish"

CROWN: Final = "crown"
POST_AND_CORE: Final = "post_and_core"
IMPLANT_CROWN: Final = "implant_crown"
CUSTOM_ABUTMENT: Final = "custom_abutment"
#: The two different pieces that one tooth can carry together.
PIECES_THAT_GO_TOGETHER: Final = frozenset(
    {frozenset({CROWN, POST_AND_CORE}), frozenset({IMPLANT_CROWN, CUSTOM_ABUTMENT})}
)

# --- Materials -------------------------------------------------------------------------------------
ZIRCONIA: Final = "zirconia"
LAYERED_ZIRCONIA: Final = "layered_zirconia"
TRANSLUCENT_ZIRCONIA: Final = "translucent_zirconia"
LITHIUM_DISILICATE: Final = "lithium_disilicate"
FELDSPATHIC: Final = "feldspathic"
PORCELAIN_FUSED_TO_METAL: Final = "porcelain_fused_to_metal"
FULL_CAST_HIGH_NOBLE: Final = "full_cast_high_noble"
FULL_CAST_NOBLE: Final = "full_cast_noble"
FULL_CAST_BASE: Final = "full_cast_base"
PMMA: Final = "pmma"
COMPOSITE: Final = "composite"
TITANIUM: Final = "titanium"
COBALT_CHROME: Final = "cobalt_chrome"
ACRYLIC: Final = "acrylic"
NYLON: Final = "nylon"
PETG: Final = "petg"
HARD_SPLINT_RESIN: Final = "hard_splint_resin"
SOFT_SPLINT_RESIN: Final = "soft_splint_resin"

#: Code to what a person reads.
MATERIALS: Final[Mapping[str, str]] = {
    ZIRCONIA: "zirconia, monolithic",
    LAYERED_ZIRCONIA: "zirconia, layered",
    TRANSLUCENT_ZIRCONIA: "zirconia, translucent",
    LITHIUM_DISILICATE: "lithium disilicate",
    FELDSPATHIC: "feldspathic ceramic",
    PORCELAIN_FUSED_TO_METAL: "porcelain fused to metal",
    FULL_CAST_HIGH_NOBLE: "full-cast metal, high noble",
    FULL_CAST_NOBLE: "full-cast metal, noble",
    FULL_CAST_BASE: "full-cast metal, base",
    PMMA: "PMMA",
    COMPOSITE: "composite",
    TITANIUM: "titanium",
    COBALT_CHROME: "cobalt-chrome",
    ACRYLIC: "acrylic",
    NYLON: "nylon",
    PETG: "PETG",
    HARD_SPLINT_RESIN: "splint resin, hard",
    SOFT_SPLINT_RESIN: "splint resin, soft",
}
#: Needs no shade; every other material is tooth-colored work.
FULL_CAST_METALS: Final = frozenset({FULL_CAST_HIGH_NOBLE, FULL_CAST_NOBLE, FULL_CAST_BASE})
#: The prepared tooth shows through these.
TRANSLUCENT_CERAMICS: Final = frozenset({LITHIUM_DISILICATE, FELDSPATHIC, TRANSLUCENT_ZIRCONIA})

# --- Shades ----------------------------------------------------------------------------------------
VITA_CLASSICAL: Final = "vita_classical"
VITA_3D_MASTER: Final = "vita_3d_master"
IVOCLAR_A_D: Final = "ivoclar_a_d"

_A_TO_D: Final = frozenset(
    {
        *("A1", "A2", "A3", "A3.5", "A4"),
        *("B1", "B2", "B3", "B4"),
        *("C1", "C2", "C3", "C4"),
        *("D2", "D3", "D4"),
    }
)
#: Guide to its shades, in upper case.
SHADE_GUIDES: Final[Mapping[str, frozenset[str]]] = {
    VITA_CLASSICAL: _A_TO_D,
    VITA_3D_MASTER: frozenset(
        {
            *("0M1", "0M2", "0M3", "1M1", "1M2"),
            *("2L1.5", "2L2.5", "2M1", "2M2", "2M3", "2R1.5", "2R2.5"),
            *("3L1.5", "3L2.5", "3M1", "3M2", "3M3", "3R1.5", "3R2.5"),
            *("4L1.5", "4L2.5", "4M1", "4M2", "4M3", "4R1.5", "4R2.5"),
            *("5M1", "5M2", "5M3"),
        }
    ),
    IVOCLAR_A_D: _A_TO_D | {"BL1", "BL2", "BL3", "BL4"},
}
#: Guide to what a person reads.
SHADE_GUIDE_NAMES: Final[Mapping[str, str]] = {
    VITA_CLASSICAL: "VITA Classical",
    VITA_3D_MASTER: "VITA 3D-Master",
    IVOCLAR_A_D: "Ivoclar A-D",
}
STUMP_SHADES: Final = frozenset(f"ND{number}" for number in range(1, 10))

# --- Implants --------------------------------------------------------------------------------------
#: Maker to system to platforms. A system that is not listed can be written in words.
IMPLANTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "Straumann": {
        "BLT": ("SC", "NC", "RC"),
        "BLX": ("RB", "WB"),
        "Tissue Level": ("NNC", "RN", "WN"),
    },
    "Nobel Biocare": {
        "Active": ("3.0", "NP", "RP", "WP"),
        "Replace": ("NP", "RP", "WP", "6.0"),
        "Parallel": ("NP", "RP", "WP"),
    },
    "Zimmer Biomet": {"TSV": ("3.5", "4.5", "5.7"), "T3": ("3.4", "4.1", "5.0", "6.0")},
    "Dentsply Sirona": {
        "Astra EV": ("3.0", "3.6", "4.2", "4.8", "5.4"),
        "Xive": ("3.0", "3.4", "3.8", "4.5", "5.5"),
    },
    "BioHorizons": {"Tapered": ("3.0", "3.5", "4.5", "5.7")},
    "Neodent": {"GM": ("GM",)},
    "Megagen": {"AnyRidge": ("Regular",)},
    "Osstem": {"TS": ("Mini", "Regular")},
    "Hiossen": {"ET": ("Mini", "Regular")},
    "Camlog": {"Camlog": ("3.3", "3.8", "4.3", "5.0", "6.0")},
    "MIS": {"C1": ("NP", "SP", "WP"), "V3": ("NP", "SP")},
    "Implant Direct": {"Legacy": ("3.0", "3.5", "4.5", "5.7")},
}
SCREW: Final = "screw"
CEMENT: Final = "cement"
RETENTIONS: Final = frozenset({SCREW, CEMENT})
