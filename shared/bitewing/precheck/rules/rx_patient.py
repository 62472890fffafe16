"""The patient's name or number is present.

Source: FL §466.021, MD §4-403 and NC §90-29.2: name or number of the patient.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "RX-PATIENT"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = True
SOURCE: Final = FindingSource.LAW


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a case that says neither the name nor the number of its patient."""
    patient = checked.case.packet.patient
    if not patient.name.strip() and not patient.reference.strip():
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/packet/patient",
            says="The case names no patient.",
            do="Enter the patient's name or reference number.",
        )
