"""Each item names its teeth or arch.

Source: FL §466.021 and OK 59 §328.36a: the description identifies each piece of work.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.requirements.case_types import Prescribes

ID: Final = "RX-PIECE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = True
SOURCE: Final = FindingSource.LAW


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a case without work, and pieces that do not say where they belong."""
    if not checked.case.packet.items:
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/packet/items",
            says="The case names no piece of work.",
            do="Add each piece with its teeth or its arch.",
        )
    for piece, about, item in checked.pieces:
        if checked.facts.prescribes is Prescribes.TEETH and not item.teeth:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/teeth",
                says=f"{piece} names no tooth.",
                do="Choose the teeth that it is for.",
            )
        elif checked.facts.prescribes is Prescribes.ARCH and item.arch is None:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=f"{about}/arch",
                says=f"{piece} does not say for which arch it is.",
                do="Choose the upper or the lower arch.",
            )
