"""A scan has as many triangles as the lab works with."""

from collections.abc import Iterator
from typing import Final

from bitewing.files.kinds import FileKind
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import KIND_NAMES, counted, pointer

ID: Final = "MSH-DENSITY"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find scans that are too coarse; bite scans only relate the arches and may be."""
    if checked.profile is None:
        return
    for file, mesh in checked.scans:
        if file.kind is not FileKind.BITE_SCAN and mesh.triangles < checked.profile.min_triangles:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=pointer(file),
                says=f"The {KIND_NAMES[file.kind]} has {counted(mesh.triangles, 'triangle')}; the lab works "
                f"with at least {checked.profile.min_triangles:,}.",
                do="Export the scan in its full resolution.",
            )
