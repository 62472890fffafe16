"""The lab's name and address are known.

Source: FL §466.021, MD §4-403, NC §90-29.2 and WV §30-4B-2: name and address of the lab on the prescription.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "RX-LAB"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = True
SOURCE: Final = FindingSource.LAW


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a lab whose name or address cannot be put on the prescription."""
    if not checked.lab.name.strip() or not checked.lab.address.strip():
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/lab_id",
            says="The name or the address of the lab is missing.",
            do="Ask the lab to complete its entry, or choose another lab.",
        )
