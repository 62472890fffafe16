"""The practice's setup is complete.

A practice that a lab has entered and that has not joined is asked for none: nobody of it could finish it, and its lab
answers for it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import listed

ID: Final = "CTX-SETUP"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.PRACTICE
#: What to call each field that sending needs.
_CALLED: Final[Mapping[str, str]] = {
    "name": "name",
    "address": "address",
    "time_zone": "time zone",
    "email": "e-mail address",
    "phone": "phone number",
}


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a practice that has not finished its setup."""
    practice = checked.practice
    if practice.is_set_up or practice.is_guest:
        return
    missing = [_CALLED[name] for name in practice.missing_setup]
    yield Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about="/practice_id",
        says=f"The setup of your practice is not complete; missing: {listed(missing)}.",
        do="Ask your administrator to enter what is missing; this case waits as it is.",
    )
