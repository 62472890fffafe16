"""Why a case comes back to the practice, or is made again: one list for both.

Source: the codes by which labs count remakes and refused scans, with what PreCheck can see of each beforehand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Why a case comes back, or is made again."""

    PREP_NOISE = "prep_noise"
    BITE_RELATION = "bite_relation"
    ARCH_DISTORTION = "arch_distortion"
    SCAN_BODY_SEATING = "scan_body_seating"
    INSUFFICIENT_SCAN = "insufficient_scan"
    UNDERCUT_OR_PATH = "undercut_or_path"
    MARGIN_HIDDEN = "margin_hidden"
    TOO_LITTLE_REDUCTION = "too_little_reduction"
    RX_INCOMPLETE = "rx_incomplete"
    CHANGE_OF_MIND = "change_of_mind"
    BROKEN_OR_LOST = "broken_or_lost"
    DELAYED_VISIT = "delayed_visit"
    DISCOMFORT = "discomfort"
    ANATOMY_OR_CONTACT = "anatomy_or_contact"
    WRONG_LIBRARY = "wrong_library"
    CEMENT_GAP_OR_PATH = "cement_gap_or_path"
    SHADE_MISMATCH = "shade_mismatch"
    CHIP = "chip"
    FIT = "fit"
    DELIVERY = "delivery"
    WRONG_IMPLANT_BRAND = "wrong_implant_brand"
    FILE_CORRUPTED = "file_corrupted"
    FILE_WRONG_PATIENT = "file_wrong_patient"
    FILE_MISSING = "file_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonFacts:
    """What is true of a reason.

    Attributes:
        called: What a person reads.
        checked_by: Rules that look for it before a case is sent; empty where no machine can see it.
    """

    called: str
    checked_by: tuple[str, ...] = ()


_R = Reason


def _facts(called: str, *checked_by: str) -> ReasonFacts:
    return ReasonFacts(called=called, checked_by=checked_by)


REASONS: Final[Mapping[Reason, ReasonFacts]] = {
    _R.PREP_NOISE: _facts("noise on the preparation or its neighbors", "MSH-HOLES", "MSH-DENSITY"),
    _R.BITE_RELATION: _facts("the bite relation is wrong or unclear", "FIL-REQUIRED"),
    _R.ARCH_DISTORTION: _facts(
        "the arch is distorted or a part of it is missing", "MSH-ARCH", "MSH-UNITS", "MSH-HOLES"
    ),
    _R.SCAN_BODY_SEATING: _facts("the scan body is not seated", "IMP-SCANBODY"),
    _R.INSUFFICIENT_SCAN: _facts("the scan shows too little", "MSH-DENSITY", "DCM-SERIES", "DCM-GAP", "DCM-VOXEL"),
    _R.UNDERCUT_OR_PATH: _facts("an undercut, or no path of insertion"),
    _R.MARGIN_HIDDEN: _facts("the margin is hidden"),
    _R.TOO_LITTLE_REDUCTION: _facts("too little reduction"),
    _R.RX_INCOMPLETE: _facts(
        "the prescription is wrong or incomplete",
        *("RX-MATERIAL", "RX-PIECE", "RX-DESCRIPTION", "TTH-TEXT", "TTH-BRIDGE", "SEL-REQUIRED", "SEL-UNKNOWN"),
    ),
    _R.CHANGE_OF_MIND: _facts("the practice wants something else"),
    _R.BROKEN_OR_LOST: _facts("broken or lost"),
    _R.DELAYED_VISIT: _facts("the patient came late", "DUE-APPOINTMENT"),
    _R.DISCOMFORT: _facts("discomfort"),
    _R.ANATOMY_OR_CONTACT: _facts("anatomy or contacts"),
    _R.WRONG_LIBRARY: _facts("designed with the wrong library", "IMP-SYSTEM"),
    _R.CEMENT_GAP_OR_PATH: _facts("cement gap or path of insertion"),
    _R.SHADE_MISMATCH: _facts("the shade does not match", "SHD-MISSING", "SHD-UNKNOWN", "SHD-STUMP", "SHD-PHOTO"),
    _R.CHIP: _facts("chipped"),
    _R.FIT: _facts("does not fit"),
    _R.DELIVERY: _facts("wrong or late delivery", "DUE-IMPOSSIBLE", "DUE-MISSING"),
    _R.WRONG_IMPLANT_BRAND: _facts("made for the wrong implant", "IMP-SYSTEM"),
    _R.FILE_CORRUPTED: _facts("a file is corrupted", "FIL-UNREADABLE", "FIL-FORMAT"),
    _R.FILE_WRONG_PATIENT: _facts("a file is of another patient", "IDT-PATIENT"),
    _R.FILE_MISSING: _facts("a file is missing", "FIL-REQUIRED", "FIL-PENDING"),
}


def rules_that_check(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return the ids of the rules that look for these reasons, sorted, each once."""
    return tuple(sorted({rule_id for reason in reasons for rule_id in REASONS[reason].checked_by}))
