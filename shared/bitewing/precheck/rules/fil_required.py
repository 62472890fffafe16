"""Every kind of file that the profile asks for is here.

What a lab only expects warns. Scan-body scans of restorations are for IMP-SCANBODY, and photos of which some
are here for SHD-PHOTO. Files that another finding holds the case for stand for their kind: see ``standing``.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.case_file import FileKind
from bitewing.packet.packet import Arch
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.standing import standing
from bitewing.precheck.wording import selected
from bitewing.requirements.case_types import IMPLANT_RESTORATIONS
from bitewing.requirements.profile import ArchRole, FileRequirement, Level
from bitewing.requirements.selections import STAGE

ID: Final = "FIL-REQUIRED"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB
#: What a kind that is only expected is, where the rule has its default.
EXPECTED_OUTCOME: Final = Outcome.WARN
OTHER_ARCH: Final = {Arch.UPPER: Arch.LOWER, Arch.LOWER: Arch.UPPER}
SCAN_OF: Final = {Arch.UPPER: FileKind.UPPER_SCAN, Arch.LOWER: FileKind.LOWER_SCAN}


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find requirements of the profile that no file fulfills."""
    if checked.profile is None:
        return
    files = standing(checked)
    stages = {selected(item, STAGE) for item in checked.case.packet.items} - {""}
    for wanted in checked.profile.files:
        if wanted.stages and stages and stages.isdisjoint(wanted.stages):
            continue
        if wanted.kinds == (FileKind.SCAN_BODY_SCAN,) and checked.case.case_type in IMPLANT_RESTORATIONS:
            continue
        here = min(sum(file.kind in kinds for file in files) for kinds in _kinds(wanted, checked.arches))
        if here >= wanted.min_count or (here and wanted.kinds == (FileKind.PHOTO,)):
            continue
        says = f"The case has no {wanted.called.removeprefix('a ')}."
        if here:
            says = f"The lab asks for {wanted.called}; {here} of {wanted.min_count} files are here."
        yield Finding(
            rule_id=ID,
            outcome=OUTCOME if wanted.level is Level.REQUIRED else EXPECTED_OUTCOME,
            source=SOURCE,
            about="/files",
            says=says,
            do=f"Add {wanted.called}" + (", or state the stage of the work." if wanted.stages and not stages else "."),
        )


def _kinds(wanted: FileRequirement, arches: frozenset[Arch]) -> list[frozenset[FileKind]]:
    """Return the kinds that count, once for each arch of which a file is wanted."""
    kinds = frozenset(wanted.kinds)
    if wanted.arch is None or not arches:
        return [kinds]
    if wanted.arch is ArchRole.OPPOSING:
        arches = frozenset(OTHER_ARCH[arch] for arch in arches)
    return [kinds - {SCAN_OF[OTHER_ARCH[arch]]} for arch in sorted(arches)]
