"""The description is absent or trivially short."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "RX-DESCRIPTION"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB
#: Fewest letters and digits that can describe a piece of work, such as "PFM crown 14" (common practice).
MIN_CHARACTERS: Final = 10


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a description that tells the lab nothing."""
    description = checked.case.packet.description
    if sum(character.isalnum() for character in description) >= MIN_CHARACTERS:
        return
    yield Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about="/packet/description",
        says="The description is very short." if description.strip() else "There is no description of the work.",
        do="Describe the work in a sentence or two.",
    )
