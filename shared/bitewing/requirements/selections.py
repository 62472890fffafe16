"""The selections of a piece of work: their names, and the values that labs know.

Which of them a case type has stands in ``case_types``, the implants in ``implants``. Sources: the shade guides'
makers for the shades (VITA Classical 16, VITA 3D-Master 29, Ivoclar A-D 20, natural die materials ND1 to ND9);
for the rest what prescription forms of labs offer, which is common practice. Where a lab works with more than is
listed, the selection takes words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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
IMPLANT_COUNT: Final = "implant_count"
RETENTION: Final = "retention"
ABUTMENT_KIND: Final = "abutment_kind"
EMERGENCE: Final = "emergence"
MARGIN: Final = "margin"
OCCLUSION: Final = "occlusion"
CONTACTS: Final = "contacts"
PONTIC_DESIGN: Final = "pontic_design"
CONNECTORS: Final = "connectors"
INCISAL_TRANSLUCENCY: Final = "incisal_translucency"
SURFACES: Final = "surfaces"
GUIDE_KIND: Final = "guide_kind"
SLEEVE_SYSTEM: Final = "sleeve_system"
DRILL_KIT: Final = "drill_kit"
MARKER_PROTOCOL: Final = "marker_protocol"
TOOTH_MOLD: Final = "tooth_mold"
BASE_SHADE: Final = "base_shade"
VERTICAL_DIMENSION: Final = "vertical_dimension"
CLASP_DESIGN: Final = "clasp_design"
DESIGN_DIAGRAM: Final = "design_diagram"
HARDNESS: Final = "hardness"
THICKNESS: Final = "thickness"
OCCLUSAL_SCHEME: Final = "occlusal_scheme"
KIND: Final = "kind"
TEETH_NOT_TO_MOVE: Final = "teeth_not_to_move"
ATTACHMENTS: Final = "attachments"
GOAL: Final = "goal"

IMPLANT_CASCADE: Final = (IMPLANT_MAKER, IMPLANT_SYSTEM, IMPLANT_PLATFORM, IMPLANT_SIZE)
#: Each of these is looked at by a rule of its own, missing or wrong.
WITH_A_RULE: Final = frozenset({MATERIAL, SHADE, SHADE_GUIDE, STUMP_SHADE, *IMPLANT_CASCADE, RETENTION})

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

_A_TO_D: Final = (
    *("A1", "A2", "A3", "A3.5", "A4"),
    *("B1", "B2", "B3", "B4"),
    *("C1", "C2", "C3", "C4"),
    *("D2", "D3", "D4"),
)
#: Guide to its shades, in upper case, in the order in which they are chosen from.
SHADE_GUIDES: Final[Mapping[str, tuple[str, ...]]] = {
    VITA_CLASSICAL: _A_TO_D,
    VITA_3D_MASTER: (
        *("0M1", "0M2", "0M3", "1M1", "1M2"),
        *("2L1.5", "2L2.5", "2M1", "2M2", "2M3", "2R1.5", "2R2.5"),
        *("3L1.5", "3L2.5", "3M1", "3M2", "3M3", "3R1.5", "3R2.5"),
        *("4L1.5", "4L2.5", "4M1", "4M2", "4M3", "4R1.5", "4R2.5"),
        *("5M1", "5M2", "5M3"),
    ),
    IVOCLAR_A_D: ("BL1", "BL2", "BL3", "BL4", *_A_TO_D),
}
#: Guide to what a person reads.
SHADE_GUIDE_NAMES: Final[Mapping[str, str]] = {
    VITA_CLASSICAL: "VITA Classical",
    VITA_3D_MASTER: "VITA 3D-Master",
    IVOCLAR_A_D: "Ivoclar A-D",
}
STUMP_SHADES: Final = tuple(f"ND{number}" for number in range(1, 10))

# --- Implants --------------------------------------------------------------------------------------
SCREW: Final = "screw"
CEMENT: Final = "cement"
RETENTIONS: Final = frozenset({SCREW, CEMENT})
MULTI_UNIT: Final = "multi_unit"
DIRECT_TO_IMPLANT: Final = "direct_to_implant"

TISSUE: Final = "tissue"
BONE: Final = "bone"

# --- Arches ----------------------------------------------------------------------------------------
HARD: Final = "hard"
SOFT: Final = "soft"
HAWLEY: Final = "hawley"
CLEAR_RETAINER: Final = "clear_retainer"
ALIGNER: Final = "aligner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """One thing that is chosen, counted or written for a piece of work.

    Attributes:
        called: What to call it in a sentence.
        options: Value to what a person reads; without any, it is written in words or as a number.
        takes_words: Whether something else than the options can be written.
        between: Smallest and largest number, where it is one; in the unit of its name.
        is_whole: Whether the number counts something.
        depends_on: The selection that says which values there are: a system is one of its maker.
        asked_with: Another selection and its values for which this one is asked at all, ``""`` being one that is
            not stated; empty: always.
    """

    name: str
    called: str
    options: Mapping[str, str] = field(default_factory=dict)
    takes_words: bool = False
    between: tuple[int, int] | None = None
    is_whole: bool = False
    depends_on: str | None = None
    asked_with: tuple[str, frozenset[str]] | None = None

    def takes(self, value: str) -> bool:
        """Whether a value that is not empty can stand here, as far as this selection alone can tell."""
        if self.between is not None:
            number = number_in(value)
            if number is None or (self.is_whole and number % 1):
                return False
            return self.between[0] <= number <= self.between[1]
        return self.takes_words or not self.options or value in self.options

    def is_asked(self, selections: Mapping[str, str]) -> bool:
        """Whether it is asked of a piece with these selections."""
        return self.asked_with is None or selections.get(self.asked_with[0], "").strip() in self.asked_with[1]


_NUMBER: Final = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)(?:\s*mm)?", re.ASCII)


def number_in(value: str) -> float | None:
    """Return the number that a value is, with or without ``mm`` behind it; ``None`` where it is none."""
    match = _NUMBER.fullmatch(value.strip())
    return float(match[1]) if match else None


def _choice(name: str, called: str, **options: str) -> Selection:
    return Selection(name=name, called=called, options=options)


def _open_choice(name: str, called: str, **options: str) -> Selection:
    return Selection(name=name, called=called, options=options, takes_words=True)


def _words(name: str, called: str) -> Selection:
    return Selection(name=name, called=called, takes_words=True)


_ALL: Final = (
    Selection(name=MATERIAL, called="material", options=MATERIALS),
    Selection(name=SHADE_GUIDE, called="shade guide", options=SHADE_GUIDE_NAMES),
    Selection(name=SHADE, called="shade", takes_words=True, depends_on=SHADE_GUIDE),
    Selection(name=STUMP_SHADE, called="stump shade", options={shade: shade for shade in STUMP_SHADES}),
    _choice(
        STAGE,
        "stage",
        surgical="surgical",
        temporary="temporary",
        final="final",
        bite_rim="bite rim",
        set_up="set-up",
        finish="finish",
    ),
    _choice(
        PIECE,
        "piece",
        crown="crown",
        post_and_core="post and core",
        implant_crown="implant crown",
        custom_abutment="custom abutment",
    ),
    Selection(name=IMPLANT_MAKER, called="implant maker", takes_words=True),
    Selection(name=IMPLANT_SYSTEM, called="implant system", takes_words=True, depends_on=IMPLANT_MAKER),
    Selection(name=IMPLANT_PLATFORM, called="implant platform", takes_words=True, depends_on=IMPLANT_SYSTEM),
    Selection(name=IMPLANT_SIZE, called="implant size", takes_words=True, depends_on=IMPLANT_PLATFORM),
    # Two implants carry an overdenture; more than ten in one arch have no room (common practice).
    Selection(name=IMPLANT_COUNT, called="number of implants", between=(2, 10), is_whole=True),
    _choice(RETENTION, "retention", screw="screw", cement="cement"),
    _choice(
        ABUTMENT_KIND,
        "abutment kind",
        titanium_base="titanium base",
        custom_titanium="custom, titanium",
        custom_zirconia="custom, zirconia on a titanium base",
        stock="stock abutment",
        multi_unit="multi-unit abutment",
        direct_to_implant="none: direct to the implant",
    ),
    _open_choice(
        EMERGENCE,
        "emergence profile",
        anatomical="anatomical",
        follow_tissue="follow the tissue as scanned",
        displace_tissue="displace the tissue",
        narrow="narrow",
    ),
    _open_choice(
        MARGIN,
        "margin",
        chamfer="chamfer",
        shoulder="shoulder",
        feather_edge="feather edge",
        bevel="bevel",
        porcelain_butt="porcelain butt margin",
    ),
    _open_choice(
        OCCLUSION,
        "occlusion",
        in_contact="in contact",
        light="light contact",
        out="out of contact",
    ),
    _open_choice(CONTACTS, "contacts", tight="tight", normal="normal", light="light", open="open"),
    _choice(
        PONTIC_DESIGN,
        "pontic design",
        modified_ridge_lap="modified ridge lap",
        ridge_lap="full ridge lap",
        ovate="ovate",
        conical="conical",
        hygienic="hygienic",
        as_lab_advises="as the lab advises",
    ),
    _open_choice(
        CONNECTORS, "connectors", standard="standard", reinforced="reinforced", open_embrasures="open embrasures"
    ),
    _open_choice(INCISAL_TRANSLUCENCY, "incisal translucency", none="none", low="low", medium="medium", high="high"),
    _words(SURFACES, "surfaces"),
    _choice(GUIDE_KIND, "guide kind", tooth="tooth-borne", tissue="tissue-borne", bone="bone-borne"),
    _words(SLEEVE_SYSTEM, "sleeve system"),
    _words(DRILL_KIT, "drill kit"),
    Selection(
        name=MARKER_PROTOCOL,
        called="marker protocol",
        options={
            "dual_scan": "dual scan of the denture with markers",
            "markers_in_mouth": "markers in the mouth in both scans",
            "none": "no markers",
        },
        takes_words=True,
        asked_with=(GUIDE_KIND, frozenset({TISSUE, BONE})),
    ),
    _words(TOOTH_MOLD, "tooth mold"),
    _open_choice(
        BASE_SHADE,
        "base shade",
        light_pink="light pink",
        medium_pink="medium pink",
        dark_pink="dark pink",
        light_reddish_pink="light reddish pink",
        clear="clear",
    ),
    _open_choice(
        VERTICAL_DIMENSION,
        "vertical dimension record",
        bite_rim="bite rim",
        existing_denture="existing denture",
        screw_retained_jig="screw-retained jig",
        in_bite_scan="in the bite scan",
        as_described="to be opened, as described",
    ),
    _open_choice(
        CLASP_DESIGN,
        "clasp design",
        cast_circumferential="cast, circumferential",
        i_bar="I-bar",
        wrought_wire="wrought wire",
        ball="ball clasps",
        flexible="flexible, of the base",
        none="no clasps",
        as_lab_advises="as the lab advises",
    ),
    _open_choice(
        DESIGN_DIAGRAM,
        "design diagram",
        attached="attached as a file",
        in_description="in the description",
        as_lab_advises="as the lab advises",
    ),
    _choice(HARDNESS, "hardness", hard="hard", soft="soft", dual="hard outside, soft inside"),
    # Below 1 mm a guard breaks, above 6 mm it props the jaw open (common practice).
    Selection(name=THICKNESS, called="thickness in millimeters", between=(1, 6)),
    _open_choice(
        OCCLUSAL_SCHEME,
        "occlusal scheme",
        flat_plane="flat plane",
        canine_guidance="canine guidance",
        anterior_ramp="anterior ramp",
        full_contact="contact of all teeth",
    ),
    _choice(
        KIND,
        "kind of appliance",
        hawley="Hawley retainer",
        clear_retainer="clear retainer",
        bonded_retainer="bonded retainer",
        aligner="aligner series",
    ),
    _words(TEETH_NOT_TO_MOVE, "teeth not to move"),
    _open_choice(ATTACHMENTS, "attachments", none="none", as_needed="as needed", as_described="as described"),
    _words(GOAL, "goal"),
)
#: Name to selection; every one that any case type has.
SELECTIONS: Final[Mapping[str, Selection]] = {selection.name: selection for selection in _ALL}
