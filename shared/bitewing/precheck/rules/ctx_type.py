"""The lab offers the case type.

A case that was sent before goes on when the lab stops offering its type:
:meth:`bitewing.precheck.service.PrecheckService.in_force` gives it the profile of its last sending.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "CTX-TYPE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a case type that the lab never offered, or offers no longer."""
    if checked.profile is None or not checked.profile.is_offered:
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/case_type",
            says=f"This lab does not offer this type of work: {checked.facts.called}.",
            do="Choose a type that the lab offers, or another lab.",
        )
