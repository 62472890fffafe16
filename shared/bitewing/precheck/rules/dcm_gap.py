"""No slice of a CBCT is missing, double or unreadable."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import counted, pointer

ID: Final = "DCM-GAP"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find volumes with gaps, and say how many slices are at fault."""
    for file, series in checked.volumes:
        faults = [
            (series.missing_slices, "missing"),
            (series.duplicate_slices, "double"),
            (series.unreadable_slices, "unreadable"),
        ]
        found = [f"{counted(number, 'slice')} {fault}" for number, fault in faults if number > 0]
        if found:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=pointer(file),
                says=f"The CBCT is not whole: {', '.join(found)}.",
                do="Export the whole series again, and upload it as one archive.",
            )
