"""A remake names its original case and a reason."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "CSE-REMAKE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find remakes that do not say of what, or why."""
    original = (checked.case.remake_of or "").strip()
    reason = checked.case.remake_code or (checked.case.remake_reason or "").strip()
    if original and not reason:
        about, says, do = "/remake_reason", "The remake has no reason.", "Say why the work is made again."
    elif reason and not original:
        about, says, do = (
            "/remake_of",
            "The remake does not name its original case.",
            "Enter the original case's id.",
        )
    elif original and original == checked.case.case_id:
        about, says, do = (
            "/remake_of",
            "The remake names itself as its original.",
            "Enter the original case's id.",
        )
    else:
        return
    yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about=about, says=says, do=do)
