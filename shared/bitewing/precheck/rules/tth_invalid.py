"""Every tooth code is valid in its notation."""

from collections.abc import Iterator
from typing import Final

from bitewing.kernel.teeth import FDI_CODES, shown
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "TTH-INVALID"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION
#: Most characters of a code that are quoted.
MAX_QUOTED: Final = 4


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find codes that name no tooth."""
    notation = checked.practice.notation
    for piece, about, item in checked.pieces:
        for name, codes in (("teeth", item.teeth), ("pontics", item.pontics)):
            unread = [shown(code, notation)[:MAX_QUOTED] for code in codes if code not in FDI_CODES]
            if unread:
                yield Finding(
                    rule_id=ID,
                    outcome=OUTCOME,
                    source=SOURCE,
                    about=f"{about}/{name}",
                    says=f"{piece} names teeth that do not exist: {', '.join(unread)}.",
                    do="Write Universal codes (1 to 32, A to T) or FDI codes (11 to 48, 51 to 85), and say which.",
                )
