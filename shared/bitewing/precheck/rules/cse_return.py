"""Every reason of the last return is dealt with.

A reason is dealt with when it was answered, or when the file that it is about was removed or replaced.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.cases.reasons import REASONS
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome

ID: Final = "CSE-RETURN"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find reasons that are left, once each, in the words of the lab."""
    if (back := checked.case.open_return) is None:
        return
    left = back.open_reasons(checked.files)
    for index, reason in enumerate(back.reasons):
        if reason not in left:
            continue
        where = f"/files/{reason.file_id}" if reason.file_id else f"/last_return/reasons/{index}"
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about=where,
            says=f"The lab gave the case back: {REASONS[reason.code].called}. {reason.says}".rstrip(),
            do="Replace or remove the file, or answer the reason."
            if reason.file_id
            else "Change what the lab asks for, then answer the reason.",
        )
