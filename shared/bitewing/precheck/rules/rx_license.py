"""The dentist's license number is present, and the license not expired on the day of sending.

Source: FL §466.021, MD §4-403 and NC §90-29.2 ask for the license number on the prescription. An expiry date
that nobody entered cannot be shown to lie ahead, so it is asked for. None of them asks for the state that issued it.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import day

ID: Final = "RX-LICENSE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = True
SOURCE: Final = FindingSource.LAW


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a license that is unknown or no longer valid; its last day is valid."""
    dentist = checked.dentist
    # Of a practice that has not joined, the lab that entered it keeps the directory.
    who = "Enter it with" if checked.practice.is_guest else "Ask your administrator to enter it with"
    if dentist is None or not dentist.license_number.strip():
        says = "The license number of the dentist is missing."
        do = f"{who} the dentist in the directory."
    elif dentist.license_expires_on is None:
        says = "The expiry date of the dentist's license is missing."
        do = f"{who} the dentist in the directory."
    elif dentist.license_expires_on < checked.practice_today:
        says = f"The dentist's license expired on {day(dentist.license_expires_on)}."
        do = f"{who} the dentist in the directory once the license is renewed."
    else:
        return
    yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about="/dentist_id", says=says, do=do)
