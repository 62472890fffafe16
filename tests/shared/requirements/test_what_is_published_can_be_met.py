"""Whatever a lab can publish, a practice can meet: the packet that gives everything is blocked by nothing."""

from dataclasses import replace

from bitewing.files.accepted import ACCEPTED
from bitewing.files.case_file import FileKind
from bitewing.files.inspection import FileFormat
from bitewing.precheck.finding import Outcome
from bitewing.precheck.precheck import run
from bitewing.precheck.rules import RULES
from bitewing.requirements.case_types import IMPLANT_RESTORATIONS, CaseType, selections_of
from bitewing.requirements.profile import ArchRole, FileRequirement, Level
from bitewing.requirements.publishing import (
    MAX_COUNT,
    MAX_PHOTO_PX,
    MAX_TRIANGLES,
    MAX_TURNAROUND_WORKING_DAYS,
    MIN_VOXEL_UM,
    problems,
    stages_of,
)
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.builders import a_profile
from tests.support.perfect import a_perfect_case

LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "turnaround_working_days": st.integers(0, MAX_TURNAROUND_WORKING_DAYS),
        "max_voxel_um": st.integers(MIN_VOXEL_UM, 2_000),
        "max_scan_age_days": st.integers(1, 1_000),
        "min_triangles": st.integers(0, MAX_TRIANGLES),
        "min_photo_px": st.integers(0, MAX_PHOTO_PX),
        "attestations": st.dictionaries(st.sampled_from("abcdef"), st.just("It is so."), max_size=6),
    },
)
OUTCOMES = st.dictionaries(
    st.sampled_from([rule.ID for rule in RULES]), st.sampled_from([Outcome.WARN, Outcome.BLOCK, None]), max_size=8
)


@st.composite
def requirements(draw, case_type):
    kinds = tuple(draw(st.lists(st.sampled_from(FileKind), min_size=1, max_size=3, unique=True)))
    return FileRequirement(
        kinds=kinds,
        called="a file",
        level=draw(st.sampled_from(Level)),
        min_count=draw(st.integers(1, MAX_COUNT)),
        arch=draw(st.sampled_from([None, None, *ArchRole])),
        stages=tuple(draw(st.lists(st.sampled_from(stages_of(case_type) or ("none",)), max_size=1))),
        formats=draw(st.frozensets(st.sampled_from(FileFormat), max_size=4)),
    )


def mended(profile):
    """Leave out of a profile what cannot be published, until the rest can."""
    while found := problems(profile):
        field, _, name = found[0].pointer.removeprefix("/").partition("/")
        if field == "files":
            kept = list(profile.files)
            del kept[int(name.partition("/")[0] or -1)]
            profile = replace(profile, files=tuple(kept))
        else:
            entries = {key: value for key, value in getattr(profile, field).items() if key != name}
            profile = replace(profile, **{field: entries})
    return profile


@st.composite
def published(draw):
    case_type = draw(st.sampled_from(CaseType))
    changes = draw(LIMITS) | {"outcomes": draw(OUTCOMES)}
    if draw(st.booleans()):
        changes["files"] = tuple(draw(st.lists(requirements(case_type), max_size=6)))
    if draw(st.booleans()):
        names = st.sampled_from(sorted(selections_of(case_type)))
        changes["selections"] = draw(st.dictionaries(names, st.sampled_from(Level), max_size=5))
    return mended(a_profile(case_type, **changes))


def everything(profile):
    """A packet that gives all that a profile asks for, and the scan that work on implants needs whatever it asks."""
    wishes = [wanted.formats for wanted in profile.files if FileKind.SCAN_BODY_SCAN in wanted.kinds]
    scan_body = FileRequirement(
        kinds=(FileKind.SCAN_BODY_SCAN,),
        called="a scan with the scan body in place",
        level=Level.REQUIRED,
        formats=frozenset().union(*wishes) & ACCEPTED[FileKind.SCAN_BODY_SCAN] if all(wishes) else frozenset(),
    )
    needed = (scan_body,) if profile.case_type in IMPLANT_RESTORATIONS else ()
    given = a_perfect_case(profile.case_type, replace(profile, files=(*profile.files, *needed)))
    return replace(given, profile=profile)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(published())
@example(
    a_profile(
        CaseType.COMPLETE_DENTURE,
        files=tuple(
            FileRequirement(
                kinds=(FileKind.PHOTO,), called="photos", level=Level.REQUIRED, min_count=n, stages=(stage,)
            )
            for n, stage in ((5, "set_up"), (1, "finish"))
        ),
        outcomes={"SHD-PHOTO": Outcome.BLOCK},
    )
)
@example(a_profile(CaseType.CROWN, outcomes={rule.ID: Outcome.BLOCK for rule in RULES if not rule.IS_LEGAL}))
def test_a_packet_that_gives_all_that_a_profile_asks_for_is_blocked_by_nothing(profile):
    precheck = run(everything(profile))
    assert [finding for finding in precheck.findings if finding.outcome is Outcome.BLOCK] == []
