"""The practice says when it wants the work."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "DUE-MISSING"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a case without a wanted date."""
    if checked.case.packet.wanted_on is None:
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/packet/wanted_on",
            says="The case does not say when you want the work.",
            do="Enter the date on which you want it.",
        )
