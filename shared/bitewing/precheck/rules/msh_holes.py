"""A scan is one surface, open at most along its own rim."""

from collections.abc import Iterator
from typing import Final

from bitewing.files.kinds import FileKind
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import KIND_NAMES, counted, pointer

ID: Final = "MSH-HOLES"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE
#: Boundary loops beyond the rim that a clean surface has.
MAX_HOLES: Final = 0
#: Edges with three or more triangles that a clean surface has.
MAX_NON_MANIFOLD_EDGES: Final = 0


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find scans with holes or edges of three triangles; bite scans are patches and have several rims."""
    for file, mesh in checked.scans:
        faults = []
        if mesh.holes > MAX_HOLES:
            faults.append(counted(mesh.holes, "hole"))
        if mesh.non_manifold_edges > MAX_NON_MANIFOLD_EDGES:
            faults.append(counted(mesh.non_manifold_edges, "non-manifold edge"))
        if faults and file.kind is not FileKind.BITE_SCAN:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=pointer(file),
                says=f"The {KIND_NAMES[file.kind]} has {' and '.join(faults)} beyond its own rim.",
                do="Rescan the open places, or let the scanner's software close them.",
            )
