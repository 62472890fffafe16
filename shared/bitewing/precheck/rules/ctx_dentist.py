"""The dentist is active in this practice."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "CTX-DENTIST"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.PRACTICE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a dentist who does not work in this practice now."""
    dentist = checked.dentist
    if dentist is None or dentist.practice_id != checked.case.practice_id:
        says = "The dentist of this case is not in your practice's directory."
    elif not dentist.is_active:
        says = "The dentist of this case is not active in your practice."
    else:
        return
    yield Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about="/dentist_id",
        says=says,
        do="Ask your administrator to make the dentist active in the directory.",
    )
