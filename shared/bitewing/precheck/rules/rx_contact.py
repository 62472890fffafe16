"""There is a way to reach the clinician.

A way to reach is a text with an e-mail address or a phone number in it; "see above" is none. Source: the contact
was missing on 41.3 % of 916 prescriptions at one lab (hxkqyxzz 2021-565).
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "RX-CONTACT"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB
#: Fewest digits of a phone number: a local number in the US, without its area code.
MIN_DIGITS: Final = 7


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a case about whose work the lab could ask nobody."""
    practice = checked.practice
    if any(_reaches_somebody(text) for text in (checked.case.packet.contact, practice.phone, practice.email)):
        return
    yield Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about="/packet/contact",
        says="The lab has no way to reach the clinician.",
        do="Enter a phone number or an e-mail address for questions about this case.",
    )


def _reaches_somebody(text: str) -> bool:
    return "@" in text or sum(character.isdigit() for character in text) >= MIN_DIGITS
