"""The lab offers the case type.

A case that was sent before has a profile in any case: :meth:`bitewing.precheck.service.PrecheckService.circumstances`
gives it one when the lab stops offering its type, so that it goes on.
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
    """Find a case type that the lab has no requirement profile for."""
    if checked.profile is None:
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/case_type",
            says=f"This lab does not offer this type of work: {checked.facts.called}.",
            do="Choose a type that the lab offers, or another lab.",
        )
