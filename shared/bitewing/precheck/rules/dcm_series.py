"""A CBCT is one whole volume of one patient that can be planned on.

Source: DTX Studio's data levels: two slices or more, a CT, 2-byte pixels, oriented, no gantry tilt. The other
modalities that it reads (CR, PX, DX, IO) are radiographs, not volumes. A CBCT is never compressed with loss: gray
values are measured on it.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.inspection import SeriesMeasures
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import counted, pointer

ID: Final = "DCM-SERIES"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE
#: Fewest slices of a volume.
MIN_SLICES: Final = 2
MODALITY: Final = "CT"
#: Fewest bits of a pixel.
MIN_BITS: Final = 16


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find volumes that planning software refuses, once for each reason."""
    volumes = list(checked.volumes)
    single = [file for file, series in volumes if series.slices < MIN_SLICES]
    if len(single) > 1:
        # One series that was uploaded slice by slice: what else is to be said is said of the whole.
        says = f"The CBCT is in {len(single):,} files of one slice each."
        do = "Put the whole series into one zip, and upload that in their place."
        yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about=pointer(single[0]), says=says, do=do)
        volumes = [(file, series) for file, series in volumes if series.slices >= MIN_SLICES]
    for file, series in volumes:
        for says, do in _faults(series):
            yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about=pointer(file), says=says, do=do)


def _faults(series: SeriesMeasures) -> Iterator[tuple[str, str]]:
    yield from _mixtures(series)
    if series.modality != MODALITY:
        kind = f"of the modality {series.modality[:4]}" if series.modality else "without a modality"
        yield (
            f"The CBCT is {kind}; a CT is needed.",
            "Export the volume as CT, not a radiograph or a secondary capture.",
        )
    if series.slices < MIN_SLICES:
        yield f"The CBCT has {counted(series.slices, 'slice')}.", "Export the whole series."
        return
    if series.bits_allocated is not None and series.bits_allocated < MIN_BITS:
        yield (
            f"The CBCT has {series.bits_allocated}-bit pixels; 16 are needed.",
            "Export it without reducing gray levels.",
        )
    if series.is_lossy:
        yield "The CBCT was compressed with loss.", "Export it without compression, or with a lossless one."
    if series.gantry_tilted:
        yield "The CBCT was taken with a tilted gantry.", "Export it again with straight slices."
    if not series.oriented:
        yield (
            "The CBCT does not say how its slices lie in the patient.",
            "Export it with position and orientation.",
        )


def _mixtures(series: SeriesMeasures) -> Iterator[tuple[str, str]]:
    if series.patient_count > 1:
        yield f"The CBCT holds scans of {series.patient_count} patients.", "Export this patient's scan alone."
    elif series.birth_date_count > 1:
        yield (
            f"The slices of the CBCT state {series.birth_date_count} birth dates.",
            "Export this patient's scan alone.",
        )
    if series.series_count > 1:
        yield (
            f"The CBCT holds {series.series_count} series.",
            "Export the one series that is to be planned on.",
        )
    if series.modality_count > 1:
        yield f"The CBCT mixes slices of {series.modality_count} modalities.", "Export the CT alone."
    if series.size_count > 1:
        yield (
            f"The CBCT mixes slices of {series.size_count} sizes.",
            "Export the one series that is to be planned on.",
        )
