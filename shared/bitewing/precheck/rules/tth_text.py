"""The teeth that the description names are the teeth that were chosen.

Only what is plainly a tooth is read: numbers and letters after "#", "tooth" or "teeth", in the practice's
notation. A range ("teeth 3-5") names its ends.
"""

import contextlib
import re
from collections.abc import Iterator
from typing import Final

from bitewing.directory.organization import Notation
from bitewing.kernel.teeth import FDI_CODES, NoSuchTooth, shown, to_fdi
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "TTH-TEXT"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION
#: One code: a number that is no measure ("2 mm", "1.5", "50%"), or a single letter of a primary tooth.
CODE: Final = r"\b(?:\d{1,2}(?!\s*mm)(?![\d.]*\d)(?!\s*%)|(?-i:[A-T]))\b"
#: "#14", "tooth 14", "teeth 13, 14 and 15", "teeth #3-5".
NAMED: Final = rf"(?:#|\b(?:tooth|teeth)\b\s*#?)\s*({CODE}(?:\s*(?:,|-|&|/|\band\b)\s*#?\s*{CODE})*)"


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find teeth that stand only in the text, and chosen ones that a text about teeth leaves out."""
    packet, notation = checked.case.packet, checked.practice.notation
    chosen = {tooth for item in packet.items for tooth in item.teeth} & FDI_CODES
    named, has_range = _teeth_in(packet.description, notation)
    if not named or not chosen:
        return
    only_named = sorted(shown(tooth, notation) for tooth in named - chosen)
    only_chosen = sorted(shown(tooth, notation) for tooth in chosen - named)
    if only_named:
        says = f"The description names teeth that are not chosen: {', '.join(only_named)}."
    elif only_chosen and not has_range:
        says = f"The description leaves out chosen teeth: {', '.join(only_chosen)}."
    else:
        return
    yield Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about="/packet/description",
        says=says,
        do="Make the description and the chosen teeth agree.",
    )


def _teeth_in(text: str, notation: Notation) -> tuple[set[str], bool]:
    """Return the FDI codes of the teeth that a text names, and whether it names a range."""
    named, has_range = set(), False
    for match in re.finditer(NAMED, text, re.IGNORECASE):
        has_range = has_range or "-" in match[1]
        for code in re.findall(CODE, match[1]):
            with contextlib.suppress(NoSuchTooth):
                named.add(to_fdi(code, notation))
    return named, has_range
