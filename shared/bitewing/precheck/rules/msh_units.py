"""The size of a scan is plausible in millimeters.

A mesh has no unit of its own. A full arch is about 45 to 80 mm wide; scans of a part of an arch are smaller. Which of
both a scan of an arch shows, its shape tells: that is the same in every unit. Of a scan in a format that is not
measured, this rule says so, for all that are about meshes.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.case_file import CaseFile
from bitewing.files.inspection import MeshMeasures
from bitewing.files.kinds import FileKind
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import FORMAT_NAMES, KIND_NAMES, millimeters, pointer

ID: Final = "MSH-UNITS"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE
#: A full arch in millimeters, micrometers.
MIN_ARCH_UM: Final = 45_000
MAX_ARCH_UM: Final = 80_000
#: The width of one small tooth, micrometers: no scan of a part of an arch is smaller (common practice).
MIN_PART_UM: Final = 5_000
ARCHES: Final = frozenset({FileKind.UPPER_SCAN, FileKind.LOWER_SCAN})
#: Least spread across a full arch, permille of that along it: full arches have 660 to 940, the front from canine to
#: canine 520, quadrants 220 to 250 (measured).
MIN_ARCH_ACROSS_PERMILLE: Final = 600
#: Micrometers in one unit. At most one makes a full arch out of a given width; a part can fit two.
UNITS_UM: Final = {"meters": 1_000_000, "inches": 25_400, "centimeters": 10_000, "micrometers": 1}


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find scans that are too small or too large to be in millimeters, and name the unit that would fit.

    Scans that were not measured are named, too.
    """
    for file, mesh_format in checked.unmeasured_scans:
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about=pointer(file),
            says=f"The {KIND_NAMES[file.kind]} is {FORMAT_NAMES[mesh_format]}, which is not measured: nothing is known"
            " of its size, its density, its holes and its arch.",
            do="Look at it in the scanner's software, or export it as STL, PLY or OBJ.",
        )
    for file, mesh in checked.scans:
        is_full = _is_full_arch(file, mesh)
        smallest = MIN_ARCH_UM if is_full else MIN_PART_UM
        if smallest <= mesh.width_um <= MAX_ARCH_UM:
            continue
        units = [unit for unit, um in UNITS_UM.items() if smallest <= mesh.width_um * um // 1000 <= MAX_ARCH_UM]
        guess = f" It looks as if it were in {' or '.join(units)}." if units else ""
        usual = "a full arch is about 45 to 80 mm wide" if is_full else "a part of an arch has 5 to 80 mm"
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about=pointer(file),
            says=f"The {KIND_NAMES[file.kind]} is {millimeters(mesh.width_um)} wide; {usual}.{guess}",
            do="Export the scan in millimeters, or make sure that it shows what it should.",
        )


def _is_full_arch(file: CaseFile, mesh: MeshMeasures) -> bool:
    """Whether a scan shows a full arch; one of an arch whose shape was never measured counts as full."""
    if file.kind not in ARCHES or mesh.shape is None:
        return file.kind in ARCHES
    along, across, _ = mesh.shape.spread_um
    return mesh.shape.middle_permille is not None and across * 1000 >= MIN_ARCH_ACROSS_PERMILLE * along
