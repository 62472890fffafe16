"""The practice's billing is active.

A practice that a lab has entered and that has not joined has none: its lab answers for it.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.directory.organization import BillingState
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "CTX-BILLING"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.PRACTICE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find a practice whose billing does not let it send."""
    if checked.practice.is_guest:
        return
    if checked.practice.billing is BillingState.MISSING:
        says = "Your practice has no billing yet."
        do = "Ask your administrator to set up billing; this case waits as it is."
    elif checked.practice.billing is BillingState.PAST_DUE:
        says = "Your practice's billing is past due."
        do = "Ask your administrator to settle the open invoice; this case waits as it is."
    else:
        return
    yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about="/practice_id", says=says, do=do)
