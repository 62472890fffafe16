"""The practice says when it wants the work.

Where the text asks for haste instead, DUE-ASAP says so, unless the lab silenced it.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.rules import due_asap

ID: Final = "DUE-MISSING"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a case without a wanted date."""
    if checked.case.packet.wanted_on is None and not _is_said_elsewhere(checked):
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/packet/wanted_on",
            says="The case does not say when you want the work.",
            do="Enter the date on which you want it.",
        )


def _is_said_elsewhere(checked: CheckedCase) -> bool:
    if not due_asap.is_without_a_date(checked):
        return False
    profile = checked.profile
    return profile is None or profile.outcome_of(due_asap.ID, due_asap.OUTCOME) is not Outcome.PASS
