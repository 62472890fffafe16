"""Every attestation that the lab asks for was made."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "RX-ATTEST"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find statements of the lab's profile that the practice has not made."""
    wanted = checked.profile.attestations if checked.profile else {}
    for name, statement in wanted.items():
        if name not in checked.case.packet.attestations:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about="/packet/attestations",
                says=f"The lab asks you to state: {statement}",
                do="Read the statement and confirm it.",
            )
