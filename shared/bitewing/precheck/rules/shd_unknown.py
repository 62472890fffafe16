"""A shade is in the guide that is named with it; a stump shade is one of ND1 to ND9.

A shade without a guide is looked for in every guide.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import selected
from bitewing.requirements.selections import (
    SHADE,
    SHADE_GUIDE,
    SHADE_GUIDE_NAMES,
    SHADE_GUIDES,
    STUMP_SHADE,
    STUMP_SHADES,
)

ID: Final = "SHD-UNKNOWN"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find shades that nobody can mix."""
    for piece, about, item in checked.pieces:
        shade, guide = selected(item, SHADE).upper(), selected(item, SHADE_GUIDE)
        if guide and guide not in SHADE_GUIDES:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/selections/{SHADE_GUIDE}",
                says=f"{piece} names a shade guide that is not known.",
                do=f"Choose one: {', '.join(SHADE_GUIDE_NAMES.values())}.",
            )
        elif shade and not any(shade in SHADE_GUIDES[name] for name in ([guide] if guide else SHADE_GUIDES)):
            where = f"{SHADE_GUIDE_NAMES[guide]} does not have" if guide else "no guide has"
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/selections/{SHADE}",
                says=f"{piece} has a shade that {where}.",
                do="Choose a shade of the guide, or name the guide that you used.",
            )
        stump = selected(item, STUMP_SHADE).upper()
        if stump and stump not in STUMP_SHADES:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/selections/{STUMP_SHADE}",
                says=f"{piece} has a stump shade that does not exist.",
                do="Choose a stump shade from ND1 to ND9.",
            )
