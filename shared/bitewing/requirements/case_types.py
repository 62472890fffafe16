"""The case types: what each prescribes, its selections and its materials."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bitewing.requirements import selections as s


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
        is_planned: Whether lab and practice plan it together in a session before it is made.
        materials: Codes that it can be made of; empty where the type has no material to choose.
        selections: Names of the selections that are wanted.
        expected: Names of the selections that help, and that work can start without.
        has_prepared_tooth: Whether it sits on a prepared tooth, which can show through.
    """

    called: str
    prescribes: Prescribes
    selections: tuple[str, ...]
    expected: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    is_planned: bool = False
    has_prepared_tooth: bool = False

    @property
    def has_shade(self) -> bool:
        """Whether the work is made in a tooth shade."""
        return s.SHADE in self.selections


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

#: Every case type. Sources: ``selections`` for the values; common practice where a lab publishes nothing.
CASE_TYPES: Final[Mapping[CaseType, CaseTypeFacts]] = {
    CaseType.CROWN: CaseTypeFacts(
        called="crown",
        prescribes=Prescribes.TEETH,
        selections=(s.MATERIAL, s.SHADE),
        expected=(s.STUMP_SHADE, "margin", "occlusion", "contacts"),
        materials=(*_CROWN_MATERIALS, s.TITANIUM, s.COBALT_CHROME),
        has_prepared_tooth=True,
    ),
    CaseType.BRIDGE: CaseTypeFacts(
        called="bridge",
        prescribes=Prescribes.TEETH,
        selections=(s.MATERIAL, s.SHADE, "pontic_design"),
        expected=("connectors",),
        materials=_CROWN_MATERIALS,
        has_prepared_tooth=True,
    ),
    CaseType.VENEER: CaseTypeFacts(
        called="veneer",
        prescribes=Prescribes.TEETH,
        selections=(s.MATERIAL, s.SHADE),
        expected=(s.STUMP_SHADE, "incisal_translucency"),
        materials=(s.LITHIUM_DISILICATE, s.FELDSPATHIC, s.TRANSLUCENT_ZIRCONIA, s.PMMA, s.COMPOSITE),
        has_prepared_tooth=True,
    ),
    CaseType.INLAY_ONLAY: CaseTypeFacts(
        called="inlay or onlay",
        prescribes=Prescribes.TEETH,
        selections=(s.MATERIAL, s.SHADE),
        expected=("surfaces",),
        materials=(*_CERAMICS, s.FELDSPATHIC, *_FULL_CAST, s.PMMA, s.COMPOSITE),
        has_prepared_tooth=True,
    ),
    CaseType.IMPLANT_CROWN: CaseTypeFacts(
        called="implant crown",
        prescribes=Prescribes.TEETH,
        selections=(*s.IMPLANT_CASCADE, s.RETENTION, "abutment_kind", s.MATERIAL, s.SHADE),
        materials=(*_CERAMICS, s.PORCELAIN_FUSED_TO_METAL, *_FULL_CAST, s.PMMA, s.TITANIUM),
    ),
    CaseType.CUSTOM_ABUTMENT: CaseTypeFacts(
        called="custom abutment",
        prescribes=Prescribes.TEETH,
        selections=(*s.IMPLANT_CASCADE, s.MATERIAL),
        expected=("emergence",),
        materials=(s.TITANIUM, s.ZIRCONIA, s.COBALT_CHROME, s.FULL_CAST_HIGH_NOBLE),
    ),
    CaseType.SURGICAL_GUIDE: CaseTypeFacts(
        called="surgical guide",
        prescribes=Prescribes.TEETH,
        selections=(*s.IMPLANT_CASCADE, "guide_kind", "sleeve_system"),
        expected=("drill_kit",),
        is_planned=True,
    ),
    CaseType.FULL_ARCH_IMPLANT: CaseTypeFacts(
        called="full-arch implant work",
        prescribes=Prescribes.ARCH,
        selections=(*s.IMPLANT_CASCADE, "implant_count", s.MATERIAL, s.STAGE, "tooth_mold", s.SHADE),
        expected=("vertical_dimension",),
        materials=(
            s.ZIRCONIA,
            s.LAYERED_ZIRCONIA,
            s.PMMA,
            s.ACRYLIC,
            s.TITANIUM,
            s.COBALT_CHROME,
            s.COMPOSITE,
        ),
        is_planned=True,
    ),
    CaseType.COMPLETE_DENTURE: CaseTypeFacts(
        called="complete denture",
        prescribes=Prescribes.ARCH,
        selections=(s.STAGE, "tooth_mold", s.SHADE, "base_shade"),
    ),
    CaseType.PARTIAL_DENTURE: CaseTypeFacts(
        called="partial denture",
        prescribes=Prescribes.ARCH,
        selections=(s.MATERIAL, "clasp_design", s.SHADE),
        expected=("design_diagram",),
        materials=(s.COBALT_CHROME, s.TITANIUM, s.ACRYLIC, s.NYLON),
    ),
    CaseType.NIGHT_GUARD: CaseTypeFacts(
        called="night guard",
        prescribes=Prescribes.ARCH,
        selections=("hardness",),
        expected=("thickness", "occlusal_scheme"),
    ),
    CaseType.RETAINER_ALIGNER: CaseTypeFacts(
        called="retainer or aligner",
        prescribes=Prescribes.ARCH,
        selections=("kind",),
        expected=("teeth_not_to_move", "attachments"),
    ),
    CaseType.DIAGNOSTIC_WAX_UP: CaseTypeFacts(
        called="diagnostic wax-up",
        prescribes=Prescribes.TEETH,
        selections=("goal",),
    ),
}

#: Work that is seated on an implant, and so needs a scan with the scan body in place.
IMPLANT_RESTORATIONS: Final = frozenset({CaseType.IMPLANT_CROWN, CaseType.CUSTOM_ABUTMENT, CaseType.FULL_ARCH_IMPLANT})
