"""Tooth-colored work has its shade; full-cast metal is never asked for one.

Source: with the date, the shade is what UK technicians miss most often (Berry, BDJ; 248 answers).
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import selected
from bitewing.requirements.case_types import is_asked
from bitewing.requirements.selections import FULL_CAST_METALS, MATERIAL, SHADE

ID: Final = "SHD-MISSING"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find pieces without a shade, where such a piece has one and the material is not full-cast metal."""
    if not checked.facts.has_shade:
        return
    for piece, about, item in checked.pieces:
        if not is_asked(checked.case.case_type, SHADE, item.selections):
            continue
        if selected(item, MATERIAL) not in FULL_CAST_METALS and not selected(item, SHADE):
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/selections/{SHADE}",
                says=f"{piece} has no shade.",
                do="Choose the shade and its guide.",
            )
