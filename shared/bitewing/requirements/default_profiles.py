"""The requirement profiles that a new lab starts with, one for each case type.

Sources of the turnarounds: price lists of several labs (single crown 4 to 6 working days, bridge 7 to 9,
implant crown 10 to 14, denture set-up 3 to 4, framework 5 to 10, guard 3, guided surgery 2 to 7 after
planning). Where no lab publishes a figure, it is common practice.
"""

from collections.abc import Mapping
from typing import Final

from bitewing.files.kinds import FileKind
from bitewing.requirements import selections
from bitewing.requirements.case_types import CASE_TYPES, CaseType
from bitewing.requirements.profile import ArchRole, FileRequirement, Level, RequirementProfile

_K, _R, _E = FileKind, Level.REQUIRED, Level.EXPECTED
_ARCHES: Final = (_K.UPPER_SCAN, _K.LOWER_SCAN)
_PROSTHETIC: Final = (selections.TEMPORARY, selections.FINAL)


def _worked(called: str, level: Level, *, count: int = 1) -> FileRequirement:
    return FileRequirement(
        kinds=(*_ARCHES, _K.PREP_SCAN), called=called, level=level, min_count=count, arch=ArchRole.WORKED
    )


def _arch(level: Level) -> FileRequirement:
    return FileRequirement(kinds=_ARCHES, called="a scan of the arch", level=level, arch=ArchRole.WORKED)


def _opposing(level: Level) -> FileRequirement:
    return FileRequirement(kinds=_ARCHES, called="a scan of the opposing arch", level=level, arch=ArchRole.OPPOSING)


def _only(kind: FileKind, called: str, level: Level, count: int = 1, stages: tuple[str, ...] = ()) -> FileRequirement:
    return FileRequirement(kinds=(kind,), called=called, level=level, min_count=count, stages=stages)


def _bite(level: Level, stages: tuple[str, ...] = ()) -> FileRequirement:
    return _only(_K.BITE_SCAN, "a bite scan", level, stages=stages)


def _photos(called: str, level: Level, count: int) -> FileRequirement:
    return _only(_K.PHOTO, called, level, count)


_PREPARED: Final = _worked("a scan of the prepared arch", _R)
_BEFORE_PREPARATION: Final = _worked("a scan of the arch from before the preparation", _E, count=2)
_SCAN_BODY: Final = _only(_K.SCAN_BODY_SCAN, "a scan with the scan body in place", _R)
_BOTH_ARCHES: Final = (
    _only(_K.UPPER_SCAN, "a scan of the upper arch", _R),
    _only(_K.LOWER_SCAN, "a scan of the lower arch", _R),
)
_FIXED: Final = (_PREPARED, _opposing(_R), _bite(_R))

_FILES: Final[Mapping[CaseType, tuple[FileRequirement, ...]]] = {
    CaseType.CROWN: (*_FIXED, _BEFORE_PREPARATION),
    CaseType.BRIDGE: (*_FIXED, _BEFORE_PREPARATION),
    CaseType.VENEER: (
        *_FIXED,
        _photos("photos (frontal, retracted, smile)", _R, 3),
        _worked("a scan of the wax-up or mock-up", _E, count=2),
    ),
    CaseType.INLAY_ONLAY: _FIXED,
    CaseType.IMPLANT_CROWN: (_SCAN_BODY, _arch(_E), _opposing(_R), _bite(_R)),
    CaseType.CUSTOM_ABUTMENT: (_SCAN_BODY, _opposing(_R), _bite(_R)),
    CaseType.SURGICAL_GUIDE: (
        _only(_K.CBCT, "a CBCT", _R),
        _arch(_R),
        _opposing(_E),
        _bite(_E),
        _photos("a photo", _E, 1),
    ),
    CaseType.FULL_ARCH_IMPLANT: (
        _only(_K.CBCT, "a CBCT", _R, stages=(selections.SURGICAL,)),
        _only(_K.SCAN_BODY_SCAN, "a scan with the scan bodies in place", _R, stages=_PROSTHETIC),
        *_BOTH_ARCHES,
        _bite(_R),
        _photos("photos (frontal, three-quarter, smile, retracted)", _R, 4),
    ),
    CaseType.COMPLETE_DENTURE: (
        _arch(_R),
        _opposing(_R),
        _bite(_R, stages=(selections.SET_UP, selections.FINISH)),
        _photos("a photo", _E, 1),
    ),
    CaseType.PARTIAL_DENTURE: (_arch(_R), _opposing(_R), _bite(_R)),
    CaseType.NIGHT_GUARD: (_arch(_R), _opposing(_R), _bite(_E)),
    CaseType.RETAINER_ALIGNER: (
        *_BOTH_ARCHES,
        _bite(_E),
        _photos("photos", _E, 3),
        _only(_K.XRAY, "x-rays", _E, 2),
    ),
    CaseType.DIAGNOSTIC_WAX_UP: (*_BOTH_ARCHES, _bite(_R), _photos("a photo", _R, 1)),
}

_TURNAROUND_WORKING_DAYS: Final[Mapping[CaseType, int]] = {
    CaseType.CROWN: 5,
    CaseType.BRIDGE: 8,
    CaseType.VENEER: 8,
    CaseType.INLAY_ONLAY: 5,
    CaseType.IMPLANT_CROWN: 12,
    CaseType.CUSTOM_ABUTMENT: 8,
    CaseType.SURGICAL_GUIDE: 5,
    CaseType.FULL_ARCH_IMPLANT: 10,
    CaseType.COMPLETE_DENTURE: 5,
    CaseType.PARTIAL_DENTURE: 8,
    CaseType.NIGHT_GUARD: 3,
    CaseType.RETAINER_ALIGNER: 10,
    CaseType.DIAGNOSTIC_WAX_UP: 5,
}


def default_profile(lab_id: str, case_type: CaseType) -> RequirementProfile:
    """Return the first version of a lab's profile for a case type."""
    return RequirementProfile(
        lab_id=lab_id,
        case_type=case_type,
        version=1,
        files=_FILES[case_type],
        turnaround_working_days=_TURNAROUND_WORKING_DAYS[case_type],
        selections=_selections(case_type),
    )


def _selections(case_type: CaseType) -> dict[str, Level]:
    """Return what is asked for beside what rules of their own look for."""
    facts = CASE_TYPES[case_type]
    asked = dict.fromkeys(facts.selections, _R) | dict.fromkeys(facts.expected, _E)
    return {name: level for name, level in asked.items() if not facts.is_watched(name)}
