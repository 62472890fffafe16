"""The case types and what each prescribes."""

from enum import StrEnum


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
