"""Translucent ceramic on a prepared tooth comes with the shade of the stump."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import selected
from bitewing.requirements.case_types import is_asked
from bitewing.requirements.selections import MATERIAL, STUMP_SHADE, TRANSLUCENT_CERAMICS

ID: Final = "SHD-STUMP"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find translucent pieces through which an unknown stump will show."""
    if not checked.facts.has_prepared_tooth:
        return
    for piece, about, item in checked.pieces:
        if not is_asked(checked.case.case_type, STUMP_SHADE, item.selections):
            continue
        if selected(item, MATERIAL) in TRANSLUCENT_CERAMICS and not selected(item, STUMP_SHADE):
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/selections/{STUMP_SHADE}",
                says=f"{piece} is translucent, and has no stump shade.",
                do="Choose the shade of the prepared tooth, ND1 to ND9.",
            )
