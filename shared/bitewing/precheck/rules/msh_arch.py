"""An arch scan looks like an arch, and like its own.

Only what is clear is said. Full arches, quadrants, closed models, arches without teeth, with prepared teeth or
with scan bodies are arches. A lower scan that spans its middle with a vault shows a palate, and two scans of
one surface cannot be both arches. An upper arch without its palate, a closed model, and a part of an arch look
much like their counterparts: nothing is said of them.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.case_file import CaseFile
from bitewing.files.inspection import MeshShape
from bitewing.files.kinds import FileKind
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import KIND_NAMES, pointer

ID: Final = "MSH-ARCH"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE
#: Spreads are the standard deviations of the surface along its axes. Least spread along the longest axis that
#: is judged, micrometers: of a file in another unit, MSH-UNITS speaks.
MIN_SPREAD_UM: Final = 1_000
#: Least spread along the thinnest axis of an arch, permille of the longest: scans of full arches have 100, of
#: three molars 350 (measured); a sheet has next to none.
MIN_THICKNESS_PERMILLE: Final = 30
#: Most spread along the thinnest axis of what has next to no hollow, permille of the longest: a full arch on
#: a solid base of 40 mm has 680 (computed); a die has 720, a ball and a cube 1,000.
MAX_THICKNESS_PERMILLE: Final = 700
#: What counts as next to no hollow, and as none: the surface that faces away from its center, permille. Full
#: arches have 500 to 570, quadrants 700, three molars up to 920 (measured); a die has 910, and a block, a ball
#: and a dome have all.
MAX_OUTWARD_IF_THICK_PERMILLE: Final = 900
MAX_OUTWARD_PERMILLE: Final = 970
#: Least part of the middle that a palate covers, permille: a lower arch covers none of it (measured).
MIN_PALATE_PERMILLE: Final = 700
#: Least hollow of a palate between its flanks, micrometers: a vault of 14 mm has 3,700, a flat floor 100
#: (measured on generated arches); palates are about 12 to 17 mm deep (common practice).
MIN_VAULT_UM: Final = 2_500
#: Most by which areas and spreads of one surface differ, permille: what rounding and rewriting leave. The
#: arches of one person differ by 40 to 100 (measured).
SAME_SURFACE_PERMILLE: Final = 5
#: What each kind must show.
ARCHES: Final = {FileKind.UPPER_SCAN: "upper", FileKind.LOWER_SCAN: "lower"}


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find arch scans that show no arch or the other one, once each."""
    shapes = [(file, mesh.shape) for file, mesh in checked.scans if file.kind in ARCHES and mesh.shape]
    for file, shape in shapes:
        if shape.spread_um[0] < MIN_SPREAD_UM:
            continue
        name = KIND_NAMES[file.kind]
        if no_arch := _no_arch(shape):
            yield _finding(file, f"The {name} looks like no arch: it is {no_arch}.")
        elif file.kind is FileKind.LOWER_SCAN and _has_palate(shape):
            yield _finding(file, f"The {name} looks like an upper arch: a vault spans its middle, as a palate does.")
        elif file.kind is FileKind.LOWER_SCAN and any(
            other.kind is FileKind.UPPER_SCAN and other.checksum != file.checksum and _is_same(shape, other_shape)
            for other, other_shape in shapes
        ):
            yield _finding(file, "The upper and the lower scan show the same surface.")


def _finding(file: CaseFile, says: str) -> Finding:
    return Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about=pointer(file),
        says=says,
        do=f"Make sure that the scan shows the {ARCHES[file.kind]} arch, or upload the right one.",
    )


def _no_arch(shape: MeshShape) -> str | None:
    """What the surface is instead of an arch, where that is clear."""
    longest, _, thinnest = shape.spread_um
    if thinnest * 1000 < MIN_THICKNESS_PERMILLE * longest:
        return "a flat sheet"
    # A mesh whose triangles are turned inside out faces the center where it should face away.
    outward = max(shape.outward_permille, 1000 - shape.outward_permille)
    if thinnest * 1000 > MAX_THICKNESS_PERMILLE * longest and outward > MAX_OUTWARD_IF_THICK_PERMILLE:
        return "almost as thick as it is long"
    return "a body without any hollow" if outward > MAX_OUTWARD_PERMILLE else None


def _has_palate(shape: MeshShape) -> bool:
    return (
        shape.middle_permille is not None
        and shape.vault_um is not None
        and shape.middle_permille >= MIN_PALATE_PERMILLE
        and shape.vault_um >= MIN_VAULT_UM
    )


def _is_same(one: MeshShape, other: MeshShape) -> bool:
    """Whether two surfaces are one, turned, moved or written anew."""
    pairs = zip((one.area_um2, *one.spread_um), (other.area_um2, *other.spread_um), strict=True)
    return all(abs(a - b) * 1000 <= SAME_SURFACE_PERMILLE * max(a, b) for a, b in pairs)
