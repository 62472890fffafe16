"""The voxels of a CBCT are fine enough to plan on.

Source: voxels of 0.3 mm are recommended and 0.4 mm the coarsest acceptable (cranioplan); the increment is
below 0.5 mm and the slice thickness below 1.3 mm (DTX Studio's data levels).
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.inspection import SeriesMeasures
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import fine_millimeters, pointer

ID: Final = "DCM-VOXEL"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE
#: What a voxel above the profile's limit is, where the rule has its default.
ABOVE_LIMIT_OUTCOME: Final = Outcome.BLOCK
#: Coarsest voxel that is recommended, micrometers.
FINE_VOXEL_UM: Final = 300
#: Smallest distance of slices that is too coarse, micrometers.
COARSE_INCREMENT_UM: Final = 500
#: Smallest thickness of slices that is too coarse, micrometers.
COARSE_THICKNESS_UM: Final = 1_300


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find coarse volumes, once each; above the profile's limit it blocks."""
    for file, series in checked.volumes:
        says, outcome = _coarseness(series, checked)
        if says:
            yield Finding(
                rule_id=ID,
                outcome=outcome,
                source=SOURCE,
                about=pointer(file),
                says=says,
                do="Export the scan again in its original resolution.",
            )


def _coarseness(series: SeriesMeasures, checked: CheckedCase) -> tuple[str, Outcome]:
    if checked.profile and series.voxel_um and series.voxel_um > checked.profile.max_voxel_um:
        limit = fine_millimeters(checked.profile.max_voxel_um)
        return (
            f"The CBCT has voxels of {fine_millimeters(series.voxel_um)}; the lab accepts {limit}.",
            ABOVE_LIMIT_OUTCOME,
        )
    if series.increment_um is not None and series.increment_um >= COARSE_INCREMENT_UM:
        return (
            f"The slices lie {fine_millimeters(series.increment_um)} apart; less than 0.50 mm is needed.",
            OUTCOME,
        )
    if series.thickness_um is not None and series.thickness_um >= COARSE_THICKNESS_UM:
        return (
            f"The slices are {fine_millimeters(series.thickness_um)} thick; less than 1.30 mm is needed.",
            OUTCOME,
        )
    if series.voxel_um is None:
        return "The CBCT does not say how large its voxels are.", OUTCOME
    if series.voxel_um > FINE_VOXEL_UM:
        return (
            f"The CBCT has voxels of {fine_millimeters(series.voxel_um)}; 0.30 mm or less is recommended.",
            OUTCOME,
        )
    return "", Outcome.PASS
