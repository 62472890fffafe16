"""Each item has its material, where the type has one.

Source: FL §466.021, MD §4-403, NC §90-29.2 and WV §30-4B-2 ask for the specification or type of the
materials.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import selected
from bitewing.requirements.selections import MATERIAL, MATERIALS

ID: Final = "RX-MATERIAL"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = True
SOURCE: Final = FindingSource.LAW


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find pieces without a material, or with one that such a piece is not made of."""
    if not checked.facts.has_material:
        return
    materials = checked.facts.materials
    for piece, about, item in checked.pieces:
        material = selected(item, MATERIAL)
        if material in materials:
            continue
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about=f"{about}/selections/{MATERIAL}",
            says=f"{piece} has a material that this type of work is not made of: {checked.facts.called}."
            if material
            else f"{piece} has no material.",
            do=f"Choose one: {'; '.join(MATERIALS[code] for code in materials)}.",
        )
