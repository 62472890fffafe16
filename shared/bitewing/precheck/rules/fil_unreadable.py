"""Every file can be read: none is empty, cut off, damaged or encrypted.

Speaks of files that were set aside and that no other file of their kind replaces: see ``standing``.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.standing import is_foreign, needed
from bitewing.precheck.wording import KIND_NAMES, pointer

ID: Final = "FIL-UNREADABLE"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find files that are wanted, and that nobody can open."""
    for file in needed(checked):
        if is_foreign(file):
            continue
        problems = file.inspection.problems if file.inspection else ()
        reason = problems[0].says if problems else file.quarantine_reason
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about=pointer(file),
            says=f"A file ({KIND_NAMES[file.kind]}) cannot be used. {reason or ''}".rstrip(),
            do="Export it again, upload it, and remove this one.",
        )
