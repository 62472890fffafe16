"""An implant restoration has a scan with the scan body in place.

Full-arch work at its surgical stage is no restoration yet. FIL-REQUIRED leaves these scans to this rule.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.kinds import FileKind
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.standing import announced_otherwise, arrived_otherwise, standing
from bitewing.precheck.wording import selected, sent
from bitewing.requirements.case_types import IMPLANT_RESTORATIONS, CaseType
from bitewing.requirements.selections import STAGE, SURGICAL

ID: Final = "IMP-SCANBODY"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB
#: What a scan that is sent otherwise is until it arrives, where the rule has its default.
ANNOUNCED_OUTCOME: Final = Outcome.WARN
KIND: Final = FileKind.SCAN_BODY_SCAN


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find restorations whose implant position nobody scanned."""
    if checked.case.case_type not in IMPLANT_RESTORATIONS:
        return
    stages = {selected(item, STAGE) for item in checked.case.packet.items}
    if checked.case.case_type is CaseType.FULL_ARCH_IMPLANT and stages == {SURGICAL}:
        return
    if any(file.kind is KIND for file in standing(checked)) or KIND in arrived_otherwise(checked):
        return
    coming = announced_otherwise(checked).get(KIND)
    if coming is not None:
        yield Finding(
            rule_id=ID,
            outcome=ANNOUNCED_OUTCOME,
            source=SOURCE,
            about=f"/packet/sent_otherwise/{checked.case.packet.sent_otherwise.index(coming)}",
            says=f"The scan with the scan body is announced as {sent(coming)}, and not yet marked as arrived.",
            do="The lab starts when it arrives. Send the case, or upload the scan instead.",
        )
        return
    yield Finding(
        rule_id=ID,
        outcome=OUTCOME,
        source=SOURCE,
        about="/files",
        says="There is no scan with the scan body in place.",
        do="Scan the arch with the scan body seated, and add the scan.",
    )
