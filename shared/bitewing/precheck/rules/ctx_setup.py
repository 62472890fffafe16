"""The practice's setup is complete."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "CTX-SETUP"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.PRACTICE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a practice that has not finished its setup."""
    if not checked.practice.is_set_up:
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/practice_id",
            says="The setup of your practice is not complete.",
            do="Ask your administrator to finish the setup; this case waits as it is.",
        )
