"""No bytes are here twice; upper and lower are not the same file."""

from collections.abc import Iterator
from typing import Final

from bitewing.files.case_file import CaseFile, FileState
from bitewing.files.kinds import FileKind
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import KIND_NAMES, pointer

ID: Final = "FIL-DUPLICATE"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE
#: What it is when one file stands for both arches, where the rule has its default.
SAME_ARCH_OUTCOME: Final = Outcome.BLOCK
BOTH_ARCHES: Final = {FileKind.UPPER_SCAN, FileKind.LOWER_SCAN}


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find files with the same bytes, once for each file after the first."""
    first: dict[tuple[str, int], list[CaseFile]] = {}
    for file in checked.listed_files:
        if file.state is FileState.QUARANTINED:
            continue
        same = first.setdefault((file.checksum, file.size_bytes), [])
        if same:
            is_both_arches = any({file.kind, other.kind} == BOTH_ARCHES for other in same)
            yield Finding(
                rule_id=ID,
                outcome=SAME_ARCH_OUTCOME if is_both_arches else OUTCOME,
                source=SOURCE,
                about=pointer(file),
                says="The upper and the lower scan are the same file."
                if is_both_arches
                else f"A file ({KIND_NAMES[file.kind]}) is the same as another ({KIND_NAMES[same[0].kind]}).",
                do="Upload the right scan for each arch." if is_both_arches else "Remove the one that is not needed.",
            )
        same.append(file)
