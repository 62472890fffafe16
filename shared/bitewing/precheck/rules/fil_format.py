"""The content of every file is in a format that its kind comes in.

Speaks of files that were set aside and that no other file of their kind replaces (see ``standing``), and of
files that are here.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.standing import is_foreign, needed
from bitewing.precheck.wording import FORMAT_NAMES, KIND_NAMES, pointer

ID: Final = "FIL-FORMAT"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find files that are not what they are said to be, whatever their names."""
    for file in (*needed(checked), *checked.clean_files):
        if file.inspection is not None and is_foreign(file):
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=pointer(file),
                says=f"A file listed as {KIND_NAMES[file.kind]} is {FORMAT_NAMES[file.inspection.format]}.",
                do=f"Upload the {KIND_NAMES[file.kind]}, or upload this file as what it is.",
            )
