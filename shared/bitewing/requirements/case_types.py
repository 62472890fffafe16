"""The case types: what each prescribes, and the selections that it has with their values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Final

from bitewing.requirements import selections as s
from bitewing.requirements.selections import SELECTIONS, Selection


class CaseType(StrEnum):
    """The kinds of work that a lab does."""

    CROWN = "crown"
    BRIDGE = "bridge"
    VENEER = "veneer"
    INLAY_ONLAY = "inlay_onlay"
    IMPLANT_CROWN = "implant_crown"
    CUSTOM_ABUTMENT = "custom_abutment"
    SURGICAL_GUIDE = "surgical_guide"
    FULL_ARCH_IMPLANT = "full_arch_implant"
    COMPLETE_DENTURE = "complete_denture"
    PARTIAL_DENTURE = "partial_denture"
    NIGHT_GUARD = "night_guard"
    RETAINER_ALIGNER = "retainer_aligner"
    DIAGNOSTIC_WAX_UP = "diagnostic_wax_up"


class Prescribes(StrEnum):
    """How an item of a case type says where in the mouth it belongs."""

    TEETH = "teeth"
    ARCH = "arch"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTypeFacts:
    """What is true of a case type, whichever lab makes it.

    Attributes:
        called: What to call it in a sentence.
        teeth_called: What teeth are to a type that prescribes an arch and teeth in it: "sites", "missing teeth".
        is_planned: Whether lab and practice plan it together in a session before it is made.
        materials: Codes that it can be made of; empty where the type has no material to choose.
        selections: Names of the selections that are wanted.
        expected: Names of the selections that help, and that work can start without.
        also: Names of the selections that can be stated, and that nobody misses.
        values: Selection name to the values that this type has of it, where they are not all.
        of_piece: Selection name to the piece that alone is asked for it, where the type has two; what states no
            piece is what the case type is.
        has_prepared_tooth: Whether it sits on a prepared tooth, which can show through.
        is_for_one_tooth: Whether each tooth has an item of its own: its shade, its implant.
        is_for_front_teeth: Whether it is made for front teeth.
        has_pontics: Whether teeth of it can be marked as replaced.
    """

    called: str
    prescribes: Prescribes
    selections: tuple[str, ...]
    expected: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    of_piece: Mapping[str, str] = field(default_factory=dict)
    teeth_called: str = ""
    is_planned: bool = False
    has_prepared_tooth: bool = False
    is_for_one_tooth: bool = False
    is_for_front_teeth: bool = False
    has_pontics: bool = False

    @property
    def takes_whole_arch(self) -> bool:
        """Whether one item of it leaves no room for another on its arch."""
        return self.prescribes is Prescribes.ARCH and not self.teeth_called

    @property
    def has_shade(self) -> bool:
        """Whether the work is made in a tooth shade."""
        return s.SHADE in self.selections

    @property
    def has_material(self) -> bool:
        """Whether a prescription of this type names the material of each piece."""
        return s.MATERIAL in self.selections

    @property
    def known(self) -> tuple[str, ...]:
        """Return the names of all its selections, in the order of a form: wanted, expected, possible."""
        return (*self.selections, *self.expected, *self.also)

    def is_watched(self, name: str) -> bool:
        """Whether a rule of its own looks for a selection that this type wants or expects: a shade, an implant."""
        return name in s.WITH_A_RULE and name in (*self.selections, *self.expected)


_CERAMICS: Final = (
    s.ZIRCONIA,
    s.LAYERED_ZIRCONIA,
    s.TRANSLUCENT_ZIRCONIA,
    s.LITHIUM_DISILICATE,
)
_FULL_CAST: Final = (s.FULL_CAST_HIGH_NOBLE, s.FULL_CAST_NOBLE, s.FULL_CAST_BASE)
_CROWN_MATERIALS: Final = (
    *_CERAMICS,
    s.FELDSPATHIC,
    s.PORCELAIN_FUSED_TO_METAL,
    *_FULL_CAST,
    s.PMMA,
    s.COMPOSITE,
)
#: Fixed work is made as a temporary, as a final, or as both.
_FIXED_STAGES: Final = {s.STAGE: (s.TEMPORARY, s.FINAL)}

#: Every case type. Sources: ``selections`` for the values; common practice where a lab publishes nothing.
CASE_TYPES: Final[Mapping[CaseType, CaseTypeFacts]] = {
    CaseType.CROWN: CaseTypeFacts(
        called="crown",
        prescribes=Prescribes.TEETH,
        selections=(s.MATERIAL, s.SHADE),
        expected=(s.STUMP_SHADE, s.MARGIN, s.OCCLUSION, s.CONTACTS),
        also=(s.SHADE_GUIDE, s.STAGE, s.PIECE, s.INCISAL_TRANSLUCENCY),
        materials=(*_CROWN_MATERIALS, s.TITANIUM, s.COBALT_CHROME),
        values=_FIXED_STAGES | {s.PIECE: (s.CROWN, s.POST_AND_CORE)},
        # A post and core ends under the crown: it has no color, no margin of its own and meets no other tooth.
        of_piece=dict.fromkeys(
            (s.SHADE, s.STUMP_SHADE, s.MARGIN, s.OCCLUSION, s.CONTACTS, s.INCISAL_TRANSLUCENCY), s.CROWN
        ),
        has_prepared_tooth=True,
        is_for_one_tooth=True,
    ),
    CaseType.BRIDGE: CaseTypeFacts(
        called="bridge",
        prescribes=Prescribes.TEETH,
        selections=(s.MATERIAL, s.SHADE, s.PONTIC_DESIGN),
        expected=(s.CONNECTORS,),
        also=(s.SHADE_GUIDE, s.STUMP_SHADE, s.STAGE, s.MARGIN, s.OCCLUSION, s.CONTACTS, s.INCISAL_TRANSLUCENCY),
        materials=_CROWN_MATERIALS,
        values=_FIXED_STAGES,
        has_prepared_tooth=True,
        has_pontics=True,
    ),
    CaseType.VENEER: CaseTypeFacts(
        called="veneer",
        prescribes=Prescribes.TEETH,
        selections=(s.MATERIAL, s.SHADE),
        expected=(s.STUMP_SHADE, s.INCISAL_TRANSLUCENCY),
        also=(s.SHADE_GUIDE, s.STAGE, s.MARGIN, s.OCCLUSION, s.CONTACTS),
        materials=(s.LITHIUM_DISILICATE, s.FELDSPATHIC, s.TRANSLUCENT_ZIRCONIA, s.PMMA, s.COMPOSITE),
        values=_FIXED_STAGES,
        has_prepared_tooth=True,
        is_for_front_teeth=True,
    ),
    CaseType.INLAY_ONLAY: CaseTypeFacts(
        called="inlay or onlay",
        prescribes=Prescribes.TEETH,
        selections=(s.MATERIAL, s.SHADE),
        expected=(s.SURFACES,),
        also=(s.SHADE_GUIDE, s.STUMP_SHADE, s.STAGE, s.MARGIN, s.OCCLUSION, s.CONTACTS),
        materials=(*_CERAMICS, s.FELDSPATHIC, *_FULL_CAST, s.PMMA, s.COMPOSITE),
        values=_FIXED_STAGES,
        has_prepared_tooth=True,
    ),
    CaseType.IMPLANT_CROWN: CaseTypeFacts(
        called="implant crown",
        prescribes=Prescribes.TEETH,
        selections=(*s.IMPLANT_CASCADE, s.RETENTION, s.ABUTMENT_KIND, s.MATERIAL, s.SHADE),
        also=(s.SHADE_GUIDE, s.STAGE, s.PIECE, s.EMERGENCE, s.OCCLUSION, s.CONTACTS, s.INCISAL_TRANSLUCENCY),
        materials=(*_CERAMICS, s.PORCELAIN_FUSED_TO_METAL, *_FULL_CAST, s.PMMA, s.TITANIUM),
        values=_FIXED_STAGES | {s.PIECE: (s.IMPLANT_CROWN, s.CUSTOM_ABUTMENT)},
        of_piece=dict.fromkeys(
            (s.RETENTION, s.ABUTMENT_KIND, s.SHADE, s.OCCLUSION, s.CONTACTS, s.INCISAL_TRANSLUCENCY), s.IMPLANT_CROWN
        ),
        is_for_one_tooth=True,
    ),
    CaseType.CUSTOM_ABUTMENT: CaseTypeFacts(
        called="custom abutment",
        prescribes=Prescribes.TEETH,
        selections=(*s.IMPLANT_CASCADE, s.MATERIAL),
        expected=(s.EMERGENCE,),
        also=(s.MARGIN, s.STAGE, s.PIECE),
        materials=(s.TITANIUM, s.ZIRCONIA, s.COBALT_CHROME, s.FULL_CAST_HIGH_NOBLE),
        values=_FIXED_STAGES | {s.PIECE: (s.IMPLANT_CROWN, s.CUSTOM_ABUTMENT)},
        of_piece=dict.fromkeys((s.EMERGENCE, s.MARGIN), s.CUSTOM_ABUTMENT),
        is_for_one_tooth=True,
    ),
    CaseType.SURGICAL_GUIDE: CaseTypeFacts(
        called="surgical guide",
        prescribes=Prescribes.TEETH,
        selections=(*s.IMPLANT_CASCADE, s.GUIDE_KIND, s.SLEEVE_SYSTEM),
        expected=(s.DRILL_KIT, s.MARKER_PROTOCOL),
        is_planned=True,
        is_for_one_tooth=True,
    ),
    CaseType.FULL_ARCH_IMPLANT: CaseTypeFacts(
        called="full-arch implant work",
        prescribes=Prescribes.ARCH,
        teeth_called="sites",
        # One size for all implants of an arch would be wrong; the planning says which goes where.
        selections=(*s.IMPLANT_CASCADE[:3], s.IMPLANT_COUNT, s.MATERIAL, s.STAGE, s.TOOTH_MOLD, s.SHADE),
        expected=(s.VERTICAL_DIMENSION,),
        also=(s.SHADE_GUIDE, s.IMPLANT_SIZE, s.RETENTION, s.BASE_SHADE, s.OCCLUSION),
        materials=(
            s.ZIRCONIA,
            s.LAYERED_ZIRCONIA,
            s.PMMA,
            s.ACRYLIC,
            s.TITANIUM,
            s.COBALT_CHROME,
            s.COMPOSITE,
        ),
        values={s.STAGE: (s.SURGICAL, s.TEMPORARY, s.FINAL)},
        is_planned=True,
        has_pontics=True,
    ),
    CaseType.COMPLETE_DENTURE: CaseTypeFacts(
        called="complete denture",
        prescribes=Prescribes.ARCH,
        selections=(s.STAGE, s.TOOTH_MOLD, s.SHADE, s.BASE_SHADE),
        also=(s.SHADE_GUIDE, s.MATERIAL, s.VERTICAL_DIMENSION, s.OCCLUSION),
        materials=(s.ACRYLIC, s.PMMA),
        values={s.STAGE: (s.BITE_RIM, s.SET_UP, s.FINISH)},
    ),
    CaseType.PARTIAL_DENTURE: CaseTypeFacts(
        called="partial denture",
        prescribes=Prescribes.ARCH,
        teeth_called="missing teeth",
        selections=(s.MATERIAL, s.CLASP_DESIGN, s.SHADE),
        expected=(s.DESIGN_DIAGRAM,),
        also=(s.SHADE_GUIDE, s.TOOTH_MOLD, s.BASE_SHADE, s.STAGE),
        materials=(s.COBALT_CHROME, s.TITANIUM, s.ACRYLIC, s.NYLON),
        values={s.STAGE: (s.BITE_RIM, s.SET_UP, s.FINISH)},
        has_pontics=True,
    ),
    CaseType.NIGHT_GUARD: CaseTypeFacts(
        called="night guard",
        prescribes=Prescribes.ARCH,
        selections=(s.HARDNESS,),
        expected=(s.THICKNESS, s.OCCLUSAL_SCHEME),
        also=(s.MATERIAL,),
        materials=(s.HARD_SPLINT_RESIN, s.SOFT_SPLINT_RESIN, s.PMMA, s.PETG),
    ),
    CaseType.RETAINER_ALIGNER: CaseTypeFacts(
        called="retainer or aligner",
        prescribes=Prescribes.ARCH,
        selections=(s.KIND,),
        expected=(s.TEETH_NOT_TO_MOVE, s.ATTACHMENTS),
        also=(s.MATERIAL,),
        materials=(s.PETG, s.ACRYLIC),
    ),
    CaseType.DIAGNOSTIC_WAX_UP: CaseTypeFacts(
        called="diagnostic wax-up",
        prescribes=Prescribes.TEETH,
        selections=(s.GOAL,),
        also=(s.SHADE, s.SHADE_GUIDE, s.TOOTH_MOLD),
        has_pontics=True,
    ),
}

#: Work that is seated on an implant, and so needs a scan with the scan body in place.
IMPLANT_RESTORATIONS: Final = frozenset({CaseType.IMPLANT_CROWN, CaseType.CUSTOM_ABUTMENT, CaseType.FULL_ARCH_IMPLANT})


@cache
def selections_of(case_type: CaseType) -> Mapping[str, Selection]:
    """Return the selections of a case type by name, with the values that it has of each.

    They stand in the order of a form: what is wanted, what is expected, and what can be stated besides.
    """
    facts = CASE_TYPES[case_type]
    narrowed = {s.MATERIAL: facts.materials, **facts.values}
    found = {}
    for name in facts.known:
        selection = SELECTIONS[name]
        if name in narrowed:
            selection = replace(selection, options={code: selection.options[code] for code in narrowed[name]})
        if name in facts.of_piece:
            selection = replace(selection, asked_with=(s.PIECE, frozenset({facts.of_piece[name], ""})))
        found[name] = selection
    return found


def is_asked(case_type: CaseType, name: str, selections: Mapping[str, str]) -> bool:
    """Whether a piece with these selections can be asked for one of its type."""
    return selections_of(case_type)[name].is_asked(selections)
