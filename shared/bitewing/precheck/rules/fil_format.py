"""The content of every file is in a format that its kind comes in, and that the lab takes.

Speaks of files that were set aside and that no other file of their kind replaces (see ``standing``), and of
files that are here.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.inspection import FileFormat
from bitewing.files.kinds import FileKind
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.standing import is_foreign, needed
from bitewing.precheck.wording import FORMAT_NAMES, KIND_NAMES, pointer

ID: Final = "FIL-FORMAT"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find files that are not what they are said to be, whatever their names, and those that the lab cannot open."""
    for file in (*needed(checked), *checked.clean_files):
        if file.inspection is None:
            continue
        if is_foreign(file):
            do = f"Upload the {KIND_NAMES[file.kind]}, or upload this file as what it is."
        elif file.is_clean and (taken := _taken(checked, file.kind)) and file.inspection.format not in taken:
            names = " or ".join(sorted(FORMAT_NAMES[each] for each in taken))
            do = f"Export it again: the lab takes {names}."
        else:
            continue
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about=pointer(file),
            says=f"A file listed as {KIND_NAMES[file.kind]} is {FORMAT_NAMES[file.inspection.format]}.",
            do=do,
        )


def _taken(checked: CheckedCase, kind: FileKind) -> frozenset[FileFormat]:
    """Return the formats in which the lab takes a kind; empty where it takes all that the kind comes in."""
    wishes = [wanted.formats for wanted in checked.profile.files if kind in wanted.kinds] if checked.profile else []
    return frozenset().union(*wishes) if all(wishes) else frozenset()
