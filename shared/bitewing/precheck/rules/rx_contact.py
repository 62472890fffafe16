"""There is a way to reach the clinician.

Source: the contact was missing on 41.3 % of 916 prescriptions at one lab (hxkqyxzz 2021-565).
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "RX-CONTACT"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a case about whose work the lab could ask nobody."""
    practice = checked.practice
    if any(text.strip() for text in (checked.case.packet.contact, practice.phone, practice.email)):
        return
    yield Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about="/packet/contact",
        says="The lab has no way to reach the clinician.",
        do="Enter a phone number or an e-mail address for questions about this case.",
    )
