"""The connection to the lab is accepted, and the lab takes cases.

Only for a case that was never sent: when a connection ends, running cases go on, and can be sent again.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "CTX-LAB"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.PRACTICE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a lab that this practice cannot send a new case to."""
    if checked.case.is_sent:
        return
    if checked.connection is None or not checked.connection.is_accepted:
        says = "This lab has not accepted a connection with your practice."
        do = "Ask the lab for a connection, or choose a lab that is connected."
    elif not checked.lab.takes_cases:
        says = "This lab does not take cases at this time."
        do = "Ask the lab when it takes cases again, or choose another lab."
    else:
        return
    yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about="/lab_id", says=says, do=do)
