"""Every announced file is here and inspected.

An upload that was abandoned holds nothing: where a file of its kind is wanted, FIL-REQUIRED says so.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.case_file import FileState
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import KIND_NAMES, pointer

ID: Final = "FIL-PENDING"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find files that are on their way, or being looked at."""
    for file in checked.files:
        state = file.state_at(checked.at)
        if not file.is_pending or state is FileState.ABANDONED:
            continue
        name = KIND_NAMES[file.kind]
        if state is FileState.ANNOUNCED:
            says, do = (
                f"A file ({name}) is announced, and not yet here.",
                "Wait for the upload, or remove the file.",
            )
        else:
            says, do = f"A file ({name}) is being inspected.", "Wait a moment, and check again."
        yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about=pointer(file), says=says, do=do)
