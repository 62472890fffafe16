"""Every tooth code is valid in its notation."""

from collections.abc import Iterator
from typing import Final

from bitewing.kernel.teeth import FDI_CODES, is_ambiguous, shown
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "TTH-INVALID"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.CONTRADICTION
#: Most characters of a code that are quoted.
MAX_QUOTED: Final = 4


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find codes that name no tooth, and those that name one in each notation and do not say which is meant."""
    notation = checked.practice.notation
    for piece, about, item in checked.pieces:
        for name, codes in (("teeth", item.teeth), ("pontics", item.pontics)):
            unread = [shown(code, notation) for code in codes if code not in FDI_CODES]
            unclear = [code.strip()[:MAX_QUOTED] for code in unread if is_ambiguous(code)]
            unread = [code[:MAX_QUOTED] for code in unread if not is_ambiguous(code)]
            if unclear:
                yield Finding(
                    rule_id=ID,
                    outcome=OUTCOME,
                    source=SOURCE,
                    about=f"{about}/{name}",
                    says=f"{piece} names teeth without a notation, and they differ in the two: {', '.join(unclear)}.",
                    do="Say whether the codes are Universal or FDI.",
                )
            if unread:
                yield Finding(
                    rule_id=ID,
                    outcome=OUTCOME,
                    source=SOURCE,
                    about=f"{about}/{name}",
                    says=f"{piece} names teeth that do not exist: {', '.join(unread)}.",
                    do="Write Universal codes (1 to 32, A to T) or FDI codes (11 to 48, 51 to 85), and say which.",
                )
