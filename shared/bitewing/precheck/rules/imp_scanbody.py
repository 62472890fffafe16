"""An implant restoration has a scan with the scan body in place.

Full-arch work at its surgical stage is no restoration yet. FIL-REQUIRED leaves these scans to this rule.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.case_file import FileKind
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.standing import standing
from bitewing.precheck.wording import selected
from bitewing.requirements.case_types import IMPLANT_RESTORATIONS, CaseType
from bitewing.requirements.selections import STAGE, SURGICAL

ID: Final = "IMP-SCANBODY"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find restorations whose implant position nobody scanned."""
    if checked.case.case_type not in IMPLANT_RESTORATIONS:
        return
    stages = {selected(item, STAGE) for item in checked.case.packet.items}
    if checked.case.case_type is CaseType.FULL_ARCH_IMPLANT and stages == {SURGICAL}:
        return
    if not any(file.kind is FileKind.SCAN_BODY_SCAN for file in standing(checked)):
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME,
            source=SOURCE,
            about="/files",
            says="There is no scan with the scan body in place.",
            do="Scan the arch with the scan body seated, and add the scan.",
        )
