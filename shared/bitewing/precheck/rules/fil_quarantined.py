"""No file that was set aside is still listed.

Speaks of those that another file of their kind replaces; the others block: see ``standing``.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.standing import superseded
from bitewing.precheck.wording import KIND_NAMES, pointer

ID: Final = "FIL-QUARANTINED"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find files that cannot be used and that the case does without."""
    for file in superseded(checked):
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about=pointer(file),
            says=f"A file that was set aside ({KIND_NAMES[file.kind]}) is still listed.",
            do="Remove it from the case; the lab does not get it.",
        )
