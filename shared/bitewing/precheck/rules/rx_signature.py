"""The dentist of the case has authorized it, electronically, with the time.

Source: FL §466.021, MD §4-403, NC §90-29.2, WV §30-4B-2 and OK 59 §328.36a ask for the dentist's signature;
FL states that it may be electronic.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "RX-SIGNATURE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = True
SOURCE: Final = FindingSource.LAW


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a case that its own dentist has not authorized."""
    authorization = checked.case.packet.authorization
    if authorization is None:
        says = "The dentist has not authorized this case."
        do = "Have the dentist of the case authorize it."
    elif authorization.dentist_id != checked.case.dentist_id:
        says = "Someone other than the dentist of this case has authorized it."
        do = "Have the dentist of the case authorize it."
    elif checked.dentist is not None and not checked.dentist.has_signature_consent and not authorization.is_agreed:
        says = "The dentist has not agreed to sign electronically."
        do = "Ask the dentist to agree to it; your administrator records that in the directory."
    else:
        return
    yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about="/packet/authorization", says=says, do=do)
