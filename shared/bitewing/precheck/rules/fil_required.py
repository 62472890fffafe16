"""Every kind of file that the profile asks for is here.

What a lab only expects warns, and so does what is announced as sent otherwise, until it arrives. Scan-body scans of
restorations are for IMP-SCANBODY, and photos of which some are here for SHD-PHOTO. Files that another finding
holds the case for stand for their kind: see ``standing``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bitewing.files.kinds import FileKind
from bitewing.packet.packet import Arch, SentOtherwise
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Finding, FindingSource, Outcome
from bitewing.precheck.standing import announced_otherwise, arrived_otherwise, standing
from bitewing.precheck.wording import KIND_NAMES, sent
from bitewing.requirements.case_types import IMPLANT_RESTORATIONS
from bitewing.requirements.profile import ArchRole, FileRequirement, Level

ID: Final = "FIL-REQUIRED"
OUTCOME: Final = Outcome.BLOCK
IS_LEGAL: Final = False
SOURCE: Final = FindingSource.LAB
#: What a kind that is only expected is, where the rule has its default.
EXPECTED_OUTCOME: Final = Outcome.WARN
#: What a kind that is sent otherwise is until it arrives, where the rule has its default.
ANNOUNCED_OUTCOME: Final = Outcome.WARN
OTHER_ARCH: Final = {Arch.UPPER: Arch.LOWER, Arch.LOWER: Arch.UPPER}
SCAN_OF: Final = {Arch.UPPER: FileKind.UPPER_SCAN, Arch.LOWER: FileKind.LOWER_SCAN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfulfilled:
    """A requirement of the profile that nothing fulfills.

    Attributes:
        kinds: The kinds of which a file would help: of those that count, the ones of which none is here, if any.
        here: How many files are here that count.
        coming: What is on its way for it; ``None`` where something of it is not.
    """

    wanted: FileRequirement
    kinds: frozenset[FileKind]
    here: int
    coming: SentOtherwise | None


def check(checked: CheckedCase) -> Iterator[Finding]:
    """Find requirements of the profile that nothing fulfills, and what is still on its way, once each."""
    told: set[FileKind] = set()
    for missing in unfulfilled(checked, checked.arches):
        wanted, here, coming = missing.wanted, missing.here, missing.coming
        if coming is not None:
            if coming.kind not in told:
                told.add(coming.kind)
                yield _on_its_way(coming, checked)
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
            do=f"Add {wanted.called}"
            + (", or state the stage of the work." if wanted.stages and not checked.stages else "."),
        )


def unfulfilled(checked: CheckedCase, arches: frozenset[Arch]) -> Iterator[Unfulfilled]:
    """Yield the requirements of the profile that this rule misses something of, for work on these arches."""
    if checked.profile is None:
        return
    stages = checked.stages
    for wanted in checked.profile.files:
        if not wanted.is_wanted_at(stages):
            continue
        if wanted.kinds == (FileKind.SCAN_BODY_SCAN,) and checked.case.case_type in IMPLANT_RESTORATIONS:
            continue
        missing = _missing(wanted, checked, arches)
        if missing is not None:
            yield missing


def _missing(wanted: FileRequirement, checked: CheckedCase, arches: frozenset[Arch]) -> Unfulfilled | None:
    files, arrived, announced = standing(checked), arrived_otherwise(checked), announced_otherwise(checked)
    lacking: list[tuple[frozenset[FileKind], int, SentOtherwise | None]] = []
    for kinds in _kinds(wanted, arches):
        here = sum(file.kind in kinds for file in files)
        if here >= wanted.min_count or (here and wanted.kinds == (FileKind.PHOTO,)) or arrived & kinds:
            continue
        lacking.append((kinds, here, next((sent for kind, sent in announced.items() if kind in kinds), None)))
    if not lacking:
        return None
    kinds_here = {file.kind for file in files}
    # What is missing of one arch is missing, whatever is on its way for the other.
    here, coming = next(((here, coming) for _, here, coming in lacking if coming is None), lacking[0][1:])
    return Unfulfilled(
        wanted=wanted,
        kinds=frozenset(kind for kinds, _, _ in lacking for kind in kinds - kinds_here or kinds),
        here=here,
        coming=coming,
    )


def _on_its_way(coming: SentOtherwise, checked: CheckedCase) -> Finding:
    index = checked.case.packet.sent_otherwise.index(coming)
    return Finding(
        rule_id=ID,
        outcome=ANNOUNCED_OUTCOME,
        source=SOURCE,
        about=f"/packet/sent_otherwise/{index}",
        says=f"The {KIND_NAMES[coming.kind]} is announced as {sent(coming)}, and not yet marked as arrived.",
        do="The lab starts when it arrives. Send the case, or upload the file instead.",
    )


def _kinds(wanted: FileRequirement, arches: frozenset[Arch]) -> list[frozenset[FileKind]]:
    """Return the kinds that count, once for each arch of which a file is wanted."""
    kinds = frozenset(wanted.kinds)
    if wanted.arch is None or not arches:
        return [kinds]
    if wanted.arch is ArchRole.OPPOSING:
        arches = frozenset(OTHER_ARCH[arch] for arch in arches)
    return [kinds - {SCAN_OF[OTHER_ARCH[arch]]} for arch in sorted(arches)]
