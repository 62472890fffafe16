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


class ReasonGroup(StrEnum):
    """Where a reason lies."""

    SCAN = "scan"
    PRACTICE = "practice"
    PATIENT = "patient"
    DESIGN = "design"
    LAB = "lab"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonFacts:
    """What is true of a reason.

    Attributes:
        called: What a person reads.
        checked_by: Rules that look for it before a case is sent; empty where no machine can see it.
    """

    group: ReasonGroup
    called: str
    checked_by: tuple[str, ...] = ()


_G, _R = ReasonGroup, Reason


def _facts(group: ReasonGroup, called: str, *checked_by: str) -> ReasonFacts:
    return ReasonFacts(group=group, called=called, checked_by=checked_by)


REASONS: Final[Mapping[Reason, ReasonFacts]] = {
    _R.PREP_NOISE: _facts(_G.SCAN, "noise on the preparation or its neighbors", "MSH-HOLES", "MSH-DENSITY"),
    _R.BITE_RELATION: _facts(_G.SCAN, "the bite relation is wrong or unclear", "FIL-REQUIRED"),
    _R.ARCH_DISTORTION: _facts(
        _G.SCAN, "the arch is distorted or a part of it is missing", "MSH-ARCH", "MSH-UNITS", "MSH-HOLES"
    ),
    _R.SCAN_BODY_SEATING: _facts(_G.SCAN, "the scan body is not seated", "IMP-SCANBODY"),
    _R.INSUFFICIENT_SCAN: _facts(
        _G.SCAN, "the scan shows too little", "MSH-DENSITY", "DCM-SERIES", "DCM-GAP", "DCM-VOXEL"
    ),
    _R.UNDERCUT_OR_PATH: _facts(_G.PRACTICE, "an undercut, or no path of insertion"),
    _R.MARGIN_HIDDEN: _facts(_G.PRACTICE, "the margin is hidden"),
    _R.TOO_LITTLE_REDUCTION: _facts(_G.PRACTICE, "too little reduction"),
    _R.RX_INCOMPLETE: _facts(
        _G.PRACTICE,
        "the prescription is wrong or incomplete",
        *("RX-MATERIAL", "RX-PIECE", "RX-DESCRIPTION", "TTH-TEXT", "TTH-BRIDGE", "SEL-REQUIRED", "SEL-UNKNOWN"),
    ),
    _R.CHANGE_OF_MIND: _facts(_G.PRACTICE, "the practice wants something else"),
    _R.BROKEN_OR_LOST: _facts(_G.PATIENT, "broken or lost"),
    _R.DELAYED_VISIT: _facts(_G.PATIENT, "the patient came late", "DUE-APPOINTMENT"),
    _R.DISCOMFORT: _facts(_G.PATIENT, "discomfort"),
    _R.ANATOMY_OR_CONTACT: _facts(_G.DESIGN, "anatomy or contacts"),
    _R.WRONG_LIBRARY: _facts(_G.DESIGN, "designed with the wrong library", "IMP-SYSTEM"),
    _R.CEMENT_GAP_OR_PATH: _facts(_G.DESIGN, "cement gap or path of insertion"),
    _R.SHADE_MISMATCH: _facts(
        _G.LAB, "the shade does not match", "SHD-MISSING", "SHD-UNKNOWN", "SHD-STUMP", "SHD-PHOTO"
    ),
    _R.CHIP: _facts(_G.LAB, "chipped"),
    _R.FIT: _facts(_G.LAB, "does not fit"),
    _R.DELIVERY: _facts(_G.LAB, "wrong or late delivery", "DUE-IMPOSSIBLE", "DUE-MISSING"),
    _R.WRONG_IMPLANT_BRAND: _facts(_G.LAB, "made for the wrong implant", "IMP-SYSTEM"),
    _R.FILE_CORRUPTED: _facts(_G.FILE, "a file is corrupted", "FIL-UNREADABLE", "FIL-FORMAT"),
    _R.FILE_WRONG_PATIENT: _facts(_G.FILE, "a file is of another patient", "IDT-PATIENT"),
    _R.FILE_MISSING: _facts(_G.FILE, "a file is missing", "FIL-REQUIRED", "FIL-PENDING"),
}


def rules_that_check(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return the ids of the rules that look for these reasons, sorted, each once."""
    return tuple(sorted({rule_id for reason in reasons for rule_id in REASONS[reason].checked_by}))
