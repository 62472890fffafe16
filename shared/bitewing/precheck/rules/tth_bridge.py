"""A bridge is contiguous in one arch, with an abutment and a pontic."""

from collections.abc import Iterator
from typing import Final

from bitewing.kernel.teeth import FDI_CODES, are_contiguous, are_in_one_arch
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.requirements.case_types import CaseType

ID: Final = "TTH-BRIDGE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find bridges that cannot be built; unreadable codes and missing teeth are for other rules."""
    if checked.case.case_type is not CaseType.BRIDGE:
        return
    for piece, about, item in checked.pieces:
        teeth, pontics = frozenset(item.teeth), frozenset(item.pontics)
        if not teeth or not teeth | pontics <= FDI_CODES:
            continue
        if not are_in_one_arch(teeth):
            says, do = "spans both arches", "Make one bridge for each arch."
        elif not are_contiguous(teeth):
            says, do = "has a gap in its span", "Add each tooth between its ends, abutments and pontics."
        elif not pontics <= teeth:
            says, do = "has pontics outside of its span", "Add the replaced teeth to the span."
        elif not pontics:
            says, do = "has no pontic", "Mark the teeth that are replaced."
        elif pontics == teeth:
            says, do = "has no abutment", "Add the teeth that carry it to the span."
        else:
            continue
        yield Finding(
            rule_id=ID, outcome=OUTCOME, source=SOURCE, about=f"{about}/teeth", says=f"{piece} {says}.", do=do
        )
