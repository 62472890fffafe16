"""Whether a profile can be published: nothing in it is impossible, contradicts itself, or touches the law.

Whatever is accepted here can be met: there is a packet that gives everything that the profile asks for, and PreCheck
does not block it.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Final

from bitewing.files.accepted import ACCEPTED
from bitewing.files.inspection import FileFormat
from bitewing.files.kinds import FileKind
from bitewing.kernel.errors import FieldError
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CASE_TYPES, IMPLANT_RESTORATIONS, CaseType, selections_of
from bitewing.requirements.profile import FileRequirement, Level, RequirementProfile
from bitewing.requirements.selections import STAGE

if TYPE_CHECKING:
    from bitewing.precheck.rules import Rule

#: What a lab says in a profile; everything else in it says which profile it is.
FIELDS: Final = (
    "is_offered",
    "files",
    "selections",
    "turnaround_working_days",
    "max_voxel_um",
    "max_scan_age_days",
    "min_triangles",
    "min_photo_px",
    "attestations",
    "outcomes",
)
#: Most files of one requirement: the longest usual series of one kind, x-rays of a whole mouth, has 18 to 20.
MAX_COUNT: Final = 20
#: Most files that a profile asks for together; a case can have five times as many.
MAX_FILES_ASKED: Final = 100
#: Finest voxel that a lab can insist on: the finest dental scanners make 75 to 80 micrometers.
MIN_VOXEL_UM: Final = 80
#: Most triangles that a lab can insist on: the finest scans of a full arch have about 500,000.
MAX_TRIANGLES: Final = 500_000
#: Most pixels on the longer side of a photo that a lab can insist on: what phones of practices make.
MAX_PHOTO_PX: Final = 4_000
#: A year of working days.
MAX_TURNAROUND_WORKING_DAYS: Final = 250
#: Most statements that a packet can hold.
MAX_ATTESTATIONS: Final = 20

#: Rules that warn of what can be true of a packet in order, so that a practice could not mend it.
NOT_TO_BE_RAISED: Final[Mapping[str, str]] = {
    "PHI-LOCATION": "it tells of something that was already removed, and nothing is left to do",
    "CSE-DUPLICATE": "two cases for one tooth can both be right, and the practice cannot end the other one",
    "MSH-ARCH": "it is a guess from the geometry, and an unusual jaw looks wrong in every scan",
}
#: Rules that hold the frame in which cases flow; a profile says what a lab wants inside of it.
NOT_TO_BE_LOWERED: Final[Mapping[str, str]] = {
    "CTX-LAB": "cases flow only along accepted connections",
    "CTX-TYPE": "is_offered says whether you do this type of work",
    "CTX-DENTIST": "a case needs an active dentist of its practice who is responsible for it",
    "CTX-SETUP": "incomplete setup blocks sending, whatever the lab: the practice is to be reached",
    "CTX-BILLING": "billing is between the practice and the platform, which says whether cases can be sent",
}

_ARCHES: Final = frozenset({FileKind.UPPER_SCAN, FileKind.LOWER_SCAN})


def stages_of(case_type: CaseType) -> tuple[str, ...]:
    """Return the stages in which work of a type is made; empty where it has none."""
    stage = selections_of(case_type).get(STAGE)
    return tuple(stage.options) if stage else ()


def changed_fields(before: RequirementProfile | None, after: RequirementProfile) -> tuple[str, ...]:
    """Return the names of the fields in which two profiles differ; all of them where there was none before."""
    return tuple(name for name in FIELDS if before is None or getattr(before, name) != getattr(after, name))


def problems(profile: RequirementProfile) -> tuple[FieldError, ...]:
    """Return why a profile cannot be published, with pointers into it; empty where it can be."""
    return (
        *_limits(profile),
        *_files(profile),
        *_selections(profile),
        *_attestations(profile),
        *_outcomes(profile),
    )


def _limits(profile: RequirementProfile) -> Iterator[FieldError]:
    ranges = {
        "turnaround_working_days": (0, MAX_TURNAROUND_WORKING_DAYS, "No date could be wanted"),
        "max_voxel_um": (MIN_VOXEL_UM, None, "Hardly a dental scanner is finer"),
        "max_scan_age_days": (1, None, "A scan is a day old when it is sent"),
        "min_triangles": (0, MAX_TRIANGLES, "Hardly a scan of a full arch has more"),
        "min_photo_px": (0, MAX_PHOTO_PX, "Hardly a phone makes larger photos"),
    }
    for name, (least, most, why) in ranges.items():
        value: int = getattr(profile, name)
        if value < least:
            yield FieldError(f"/{name}", f"This must be at least {least:,}. {why}.")
        elif most is not None and value > most:
            yield FieldError(f"/{name}", f"This must be at most {most:,}. {why}.")


def _files(profile: RequirementProfile) -> Iterator[FieldError]:
    for index, wanted in enumerate(profile.files):
        yield from _requirement(f"/files/{index}", wanted, profile.case_type)
    if sum(wanted.min_count for wanted in profile.files) > MAX_FILES_ASKED:
        yield FieldError("/files", f"A profile asks for {MAX_FILES_ASKED} files at most.")
    for (_, one), (index, other) in combinations(enumerate(profile.files), 2):
        if not _can_meet(one, other):
            continue
        if _is_said_twice(one, other):
            says = f"The same files are asked for before, as {one.called}. Ask once, or for more of them as expected."
            yield FieldError(f"/files/{index}", says)
        yield from (
            FieldError(
                f"/files/{index}/formats", f"The same kind is asked for before in other formats only, as {one.called}."
            )
            for kind in sorted(set(one.kinds) & set(other.kinds))
            if _formats(one, kind).isdisjoint(_formats(other, kind))
        )


def _requirement(pointer: str, wanted: FileRequirement, case_type: CaseType) -> Iterator[FieldError]:
    kinds = frozenset(wanted.kinds)
    if not wanted.called.strip():
        yield FieldError(f"{pointer}/called", "Say what to call it in a sentence, for example: a bite scan.")
    if not kinds or len(kinds) < len(wanted.kinds):
        yield FieldError(f"{pointer}/kinds", "Name one kind or more, each once.")
    if not 1 <= wanted.min_count <= MAX_COUNT:
        yield FieldError(f"{pointer}/min_count", f"This must be at least 1 and at most {MAX_COUNT}.")
    if wanted.arch is not None and not _has_an_arch(kinds):
        says = (
            "By the arch of the work, scans of both arches can be asked for, or of one beside those of no certain arch."
        )
        yield FieldError(f"{pointer}/arch", says)
    if unknown := sorted(set(wanted.stages).difference(stages_of(case_type))):
        stages = ", ".join(stages_of(case_type)) or "none"
        yield FieldError(
            f"{pointer}/stages", f"This type is not made in these stages: {', '.join(unknown)}. It has: {stages}."
        )
    foreign = sorted(wanted.formats - frozenset().union(*(ACCEPTED[kind] for kind in kinds)))
    if foreign:
        yield FieldError(f"{pointer}/formats", f"These kinds never come as {', '.join(foreign)}.")
    elif useless := [kind for kind in sorted(kinds) if not _formats(wanted, kind)]:
        says = f"In none of these formats comes: {', '.join(useless)}. Leave it out, or add a format of it."
        yield FieldError(f"{pointer}/formats", says)


def _has_an_arch(kinds: frozenset[FileKind]) -> bool:
    # Of the two arches only one counts for a piece of work: without it, something must be left.
    return bool(kinds & _ARCHES) and all(kinds - {arch} for arch in _ARCHES)


def _formats(wanted: FileRequirement, kind: FileKind) -> frozenset[FileFormat]:
    return wanted.formats & ACCEPTED[kind] if wanted.formats else ACCEPTED[kind]


def _can_meet(one: FileRequirement, other: FileRequirement) -> bool:
    """Whether there is a stage at which both are asked for."""
    return not one.stages or not other.stages or bool(set(one.stages) & set(other.stages))


def _is_said_twice(one: FileRequirement, other: FileRequirement) -> bool:
    if (frozenset(one.kinds), one.arch) != (frozenset(other.kinds), other.arch):
        return False
    if one.level is other.level:
        return True
    required, expected = (one, other) if one.level is Level.REQUIRED else (other, one)
    return expected.min_count <= required.min_count


def _selections(profile: RequirementProfile) -> Iterator[FieldError]:
    known, facts = selections_of(profile.case_type), CASE_TYPES[profile.case_type]
    for name in profile.selections:
        if name not in known:
            says = f"This type has no such selection. It has: {', '.join(known)}."
            yield FieldError(_at("selections", name), says)
        elif facts.is_watched(name):
            says = "A rule of its own looks for this: give that rule another outcome instead."
            yield FieldError(_at("selections", name), says)


def _attestations(profile: RequirementProfile) -> Iterator[FieldError]:
    if len(profile.attestations) > MAX_ATTESTATIONS:
        yield FieldError("/attestations", f"A packet holds {MAX_ATTESTATIONS} statements at most.")
    for name, statement in profile.attestations.items():
        if not name.strip() or not statement.strip():
            yield FieldError(_at("attestations", name), "A statement needs a name, and words to confirm.")


def _outcomes(profile: RequirementProfile) -> Iterator[FieldError]:
    rules = _rules()
    for rule_id, outcome in profile.outcomes.items():
        at = _at("outcomes", rule_id)
        rule = rules.get(rule_id)
        if rule is None:
            yield FieldError(at, "PreCheck has no such rule.")
        elif rule.IS_LEGAL:
            yield FieldError(at, "The law asks for this on every prescription: no lab can raise, lower or silence it.")
        elif outcome is Outcome.PASS:
            yield FieldError(at, "This must be WARN, BLOCK, or null, which silences the rule.")
        elif outcome is Outcome.BLOCK and (why := NOT_TO_BE_RAISED.get(rule_id)):
            yield FieldError(at, f"A practice could not mend what this rule finds: {why}.")
        elif outcome is not Outcome.BLOCK and (why := NOT_TO_BE_LOWERED.get(rule_id)):
            yield FieldError(at, f"This rule cannot be lowered or silenced: {why}.")
        elif outcome is None and (asked := _asked_by(rule_id, profile)):
            yield FieldError(at, f"Silencing this rule contradicts {asked}. Leave out the one or the other.")


def _asked_by(rule_id: str, profile: RequirementProfile) -> str:
    """Return what in the profile is asked for through a rule, and would be asked for no more without it."""
    required = [wanted.kinds for wanted in profile.files if wanted.level is Level.REQUIRED]
    scan_body = (FileKind.SCAN_BODY_SCAN,)
    asked = {
        "FIL-REQUIRED": bool(required) and "the files that you require",
        "IMP-SCANBODY": profile.case_type in IMPLANT_RESTORATIONS
        and scan_body in required
        and "the scan with the scan body that you require",
        "RX-ATTEST": bool(profile.attestations) and "the statements that you ask for",
        "SEL-REQUIRED": Level.REQUIRED in profile.selections.values() and "the selections that you require",
        "SHD-PHOTO": (profile.min_photo_px > 0 and "the size of photos that you ask for")
        or (any(FileKind.PHOTO in w.kinds and w.min_count > 1 for w in profile.files) and "the number of photos"),
    }
    return asked.get(rule_id) or ""


def _rules() -> "Mapping[str, Rule]":
    # Each rule is a module: who publishes loads them, and not every start of a function that may.
    from bitewing.precheck.rules import RULES  # noqa: PLC0415

    return {rule.ID: rule for rule in RULES}


def _at(field: str, name: str) -> str:
    return f"/{field}/{name.replace('~', '~0').replace('/', '~1')}"
