"""Every announced file is here and inspected."""

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
    """Find files that are on their way, being looked at, or never came."""
    for file in checked.files:
        if not file.is_pending:
            continue
        name = KIND_NAMES[file.kind]
        state = file.state_at(checked.at)
        if state is FileState.ABANDONED:
            # Another upload is another file: the one that never came blocks until it is removed.
            says, do = (
                f"The upload of a file ({name}) was never completed.",
                "Remove the file, and upload it again if the lab needs it.",
            )
        elif state is FileState.ANNOUNCED:
            says, do = (
                f"A file ({name}) is announced, and not yet here.",
                "Wait for the upload, or remove the file.",
            )
        else:
            says, do = f"A file ({name}) is being inspected.", "Wait a moment, and check again."
        yield Finding(rule_id=ID, outcome=OUTCOME, source=SOURCE, about=pointer(file), says=says, do=do)
