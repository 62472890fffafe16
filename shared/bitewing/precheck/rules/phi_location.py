"""A photo does not say where it was taken."""

from collections.abc import Iterator
from typing import Final

from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.wording import KIND_NAMES, pointer

ID: Final = "PHI-LOCATION"
OUTCOME: Final = Outcome.WARN
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.FILE


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find photos that carried a position, which was taken out of the kept file."""
    for file in checked.clean_files:
        if file.location_removed:
            yield Finding(
                rule_id=ID,
                outcome=OUTCOME,
                source=SOURCE,
                about=pointer(file),
                says=f"A file ({KIND_NAMES[file.kind]}) said where it was taken. That was removed.",
                do="Nothing needs to be done for this file; switch location off in the camera.",
            )
