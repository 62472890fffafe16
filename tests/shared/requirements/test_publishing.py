"""What a lab can publish, and what nobody could meet."""

import pytest
from bitewing.files.case_file import MAX_FILES, FileKind
from bitewing.files.inspecting import geometry, images
from bitewing.files.inspection import FileFormat
from bitewing.precheck.finding import FindingSource, Outcome
from bitewing.precheck.rules import RULES
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import ArchRole, FileRequirement, Level
from bitewing.requirements.publishing import (
    FIELDS,
    MAX_COUNT,
    MAX_FILES_ASKED,
    MAX_PHOTO_PX,
    MAX_TRIANGLES,
    NOT_TO_BE_LOWERED,
    NOT_TO_BE_RAISED,
    changed_fields,
    problems,
    stages_of,
)

from tests.support.builders import a_profile

K = FileKind
BITE = FileRequirement(kinds=(K.BITE_SCAN,), called="a bite scan", level=Level.REQUIRED)
LEGAL = sorted(rule.ID for rule in RULES if rule.IS_LEGAL)
OTHER = sorted(rule.ID for rule in RULES if not rule.IS_LEGAL)


def wanted(*kinds, level=Level.REQUIRED, **changes):
    return FileRequirement(kinds=kinds, called="a file", level=level, **changes)


def pointers(case_type=CaseType.CROWN, **changes):
    return [problem.pointer for problem in problems(a_profile(case_type, **changes))]


def only_problem(case_type=CaseType.CROWN, **changes):
    (problem,) = problems(a_profile(case_type, **changes))
    return problem.pointer, problem.says


@pytest.mark.parametrize("case_type", CaseType)
def test_what_a_lab_starts_with_can_be_published(case_type):
    assert problems(a_profile(case_type)) == ()


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [
        ("turnaround_working_days", 0, 250),
        ("max_voxel_um", 80, None),
        ("max_scan_age_days", 1, None),
        ("min_triangles", 0, 500_000),
        ("min_photo_px", 0, 4_000),
    ],
)
def test_a_limit_is_one_that_can_be_met(field, least, most):
    assert pointers(**{field: least}) == []
    assert only_problem(**{field: least - 1}) == (f"/{field}", only_problem(**{field: least - 1})[1])
    assert f"at least {least:,}" in only_problem(**{field: least - 1})[1]
    if most is None:
        assert pointers(**{field: 10**9}) == []
    else:
        assert pointers(**{field: most}) == []
        assert f"at most {most:,}" in only_problem(**{field: most + 1})[1]


def test_whatever_a_lab_can_insist_on_is_inspected():
    assert MAX_TRIANGLES < geometry.MAX_TRIANGLES
    assert MAX_PHOTO_PX**2 < images.MAX_PIXELS
    assert MAX_FILES_ASKED < MAX_FILES


# --- Files -----------------------------------------------------------------------------------------


def test_files_can_be_asked_for_in_a_format_of_their_kind():
    assert pointers(files=(wanted(K.UPPER_SCAN, formats=frozenset({FileFormat.STL, FileFormat.PLY})),)) == []
    pointer, says = only_problem(files=(wanted(K.UPPER_SCAN, formats=frozenset({FileFormat.STL, FileFormat.PDF})),))
    assert (pointer, "pdf" in says, "stl" in says) == ("/files/0/formats", True, False)


def test_each_kind_comes_in_one_of_the_formats():
    formats = frozenset({FileFormat.JPEG})
    assert pointers(files=(wanted(K.PHOTO, K.XRAY, formats=formats),)) == []
    pointer, says = only_problem(files=(wanted(K.PHOTO, K.CBCT, formats=formats),))
    assert (pointer, "cbct" in says) == ("/files/0/formats", True)


@pytest.mark.parametrize("count", [0, -1, MAX_COUNT + 1])
def test_nobody_asks_for_no_file_or_for_absurdly_many(count):
    assert pointers(files=(BITE, wanted(K.PHOTO, min_count=count))) == ["/files/1/min_count"]


def test_the_longest_series_can_be_asked_for():
    assert pointers(files=(wanted(K.XRAY, min_count=MAX_COUNT),)) == []


def test_a_profile_does_not_fill_a_case():
    kinds = [K.XRAY, K.PHOTO, K.DOCUMENT, K.OTHER, K.SMILE_DESIGN]
    files = tuple(wanted(kind, min_count=MAX_COUNT) for kind in kinds)
    assert pointers(files=files) == []
    assert pointers(files=(*files, BITE)) == ["/files"]


@pytest.mark.parametrize("kinds", [(), (K.PHOTO, K.PHOTO)])
def test_a_requirement_names_its_kinds_each_once(kinds):
    assert pointers(files=(wanted(*kinds),)) == ["/files/0/kinds"]


def test_a_requirement_says_what_to_call_it():
    assert pointers(files=(FileRequirement(kinds=(K.PHOTO,), called=" ", level=Level.REQUIRED),)) == ["/files/0/called"]


@pytest.mark.parametrize("role", ArchRole)
@pytest.mark.parametrize(
    ("kinds", "is_possible"),
    [
        ((K.UPPER_SCAN, K.LOWER_SCAN), True),
        ((K.UPPER_SCAN, K.PREP_SCAN), True),
        ((K.UPPER_SCAN,), False),
        ((K.LOWER_SCAN,), False),
        ((K.BITE_SCAN,), False),
    ],
)
def test_an_arch_is_asked_for_where_work_in_either_jaw_can_show_it(role, kinds, is_possible):
    assert pointers(files=(wanted(*kinds, arch=role),)) == ([] if is_possible else ["/files/0/arch"])


def test_files_can_be_asked_for_at_the_stages_that_a_type_has():
    assert stages_of(CaseType.COMPLETE_DENTURE) == ("bite_rim", "set_up", "finish")
    assert stages_of(CaseType.NIGHT_GUARD) == ()
    assert pointers(CaseType.COMPLETE_DENTURE, files=(wanted(K.PHOTO, stages=("set_up",)),)) == []
    pointer, says = only_problem(CaseType.COMPLETE_DENTURE, files=(wanted(K.PHOTO, stages=("set_up", "surgical")),))
    assert pointer == "/files/0/stages"
    assert "surgical" in says
    assert "finish" in says
    assert "none" in only_problem(CaseType.NIGHT_GUARD, files=(wanted(K.PHOTO, stages=("final",)),))[1]


@pytest.mark.parametrize(
    "other",
    [
        BITE,
        wanted(K.BITE_SCAN, min_count=2),
        wanted(K.BITE_SCAN, level=Level.EXPECTED),
        wanted(K.BITE_SCAN, formats=frozenset({FileFormat.STL})),
    ],
)
def test_the_same_files_are_asked_for_once(other):
    pointer, says = only_problem(files=(BITE, other))
    assert (pointer, "a bite scan" in says) == ("/files/1", True)
    assert pointers(files=(other, BITE)) == ["/files/1"]


@pytest.mark.parametrize(
    "other",
    [
        wanted(K.BITE_SCAN, level=Level.EXPECTED, min_count=2),
        wanted(K.BITE_SCAN, K.OTHER),
        wanted(K.PHOTO),
    ],
)
def test_more_of_the_same_files_can_be_expected(other):
    assert pointers(files=(BITE, other)) == pointers(files=(other, BITE)) == []


def test_the_same_files_can_be_asked_for_at_different_stages():
    first, second = (wanted(K.PHOTO, stages=(stage,)) for stage in ("set_up", "finish"))
    assert pointers(CaseType.COMPLETE_DENTURE, files=(first, second)) == []
    always = wanted(K.PHOTO)
    assert pointers(CaseType.COMPLETE_DENTURE, files=(first, always)) == ["/files/1"]


def test_the_same_files_can_be_asked_for_of_both_arches():
    arches = (K.UPPER_SCAN, K.LOWER_SCAN)
    assert pointers(files=tuple(wanted(*arches, arch=role) for role in ArchRole)) == []


def test_one_kind_is_not_asked_for_in_formats_that_exclude_each_other():
    stl, ply = (frozenset({each}) for each in (FileFormat.STL, FileFormat.PLY))
    first = wanted(K.PREP_SCAN, formats=stl)
    second = wanted(K.PREP_SCAN, K.OTHER, level=Level.EXPECTED, formats=ply)
    pointer, says = only_problem(files=(first, second))
    assert (pointer, "other formats" in says) == ("/files/1/formats", True)
    assert pointers(files=(first, wanted(K.PREP_SCAN, K.OTHER, level=Level.EXPECTED, formats=stl | ply))) == []


# --- Selections, statements --------------------------------------------------------------------------


def test_selections_of_the_type_can_be_wanted():
    assert pointers(selections={"margin": Level.REQUIRED, "piece": Level.EXPECTED}) == []
    pointer, says = only_problem(selections={"hardness": Level.EXPECTED})
    assert (pointer, "margin" in says) == ("/selections/hardness", True)


@pytest.mark.parametrize("name", ["material", "shade", "stump_shade"])
def test_what_has_a_rule_of_its_own_is_not_asked_for_twice(name):
    assert only_problem(selections={name: Level.REQUIRED})[0] == f"/selections/{name}"


def test_what_has_a_rule_for_other_types_can_be_wanted_where_it_has_none():
    assert pointers(CaseType.BRIDGE, selections={"stump_shade": Level.REQUIRED}) == []


def test_a_packet_can_make_twenty_statements():
    assert pointers(attestations={f"s{number}": "It is so." for number in range(20)}) == []
    assert pointers(attestations={f"s{number}": "It is so." for number in range(21)}) == ["/attestations"]


@pytest.mark.parametrize(("name", "statement"), [("photos", " "), (" ", "The photos are new.")])
def test_a_statement_says_something_under_a_name(name, statement):
    assert pointers(attestations={name: statement}) == [f"/attestations/{name}"]


def test_a_pointer_leads_to_a_name_with_slashes():
    assert pointers(selections={"a/b~c": Level.EXPECTED}) == ["/selections/a~1b~0c"]


# --- Outcomes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule_id", LEGAL)
@pytest.mark.parametrize("outcome", [Outcome.BLOCK, Outcome.WARN, None])
def test_nobody_touches_what_the_law_asks_for(rule_id, outcome):
    pointer, says = only_problem(outcomes={rule_id: outcome})
    assert (pointer, "law" in says) == (f"/outcomes/{rule_id}", True)


def test_an_outcome_is_for_a_rule_that_there_is():
    assert only_problem(outcomes={"SHD-MISING": Outcome.WARN}) == (
        "/outcomes/SHD-MISING",
        "PreCheck has no such rule.",
    )


@pytest.mark.parametrize("rule_id", OTHER)
def test_other_rules_can_be_raised_unless_a_practice_could_not_mend_what_they_find(rule_id):
    problem = pointers(outcomes={rule_id: Outcome.BLOCK})
    assert problem == ([f"/outcomes/{rule_id}"] if rule_id in NOT_TO_BE_RAISED else [])


@pytest.mark.parametrize("rule_id", OTHER)
def test_other_rules_can_be_lowered_unless_they_hold_the_frame(rule_id):
    problem = pointers(outcomes={rule_id: Outcome.WARN})
    assert problem == ([f"/outcomes/{rule_id}"] if rule_id in NOT_TO_BE_LOWERED else [])


@pytest.mark.parametrize("rule_id", OTHER)
def test_other_rules_can_be_silenced_where_nothing_is_asked_for_through_them(rule_id):
    problem = pointers(outcomes={rule_id: None}, files=(), selections={})
    assert problem == ([f"/outcomes/{rule_id}"] if rule_id in NOT_TO_BE_LOWERED else [])


@pytest.mark.parametrize("rule_id", sorted(rule.ID for rule in RULES if rule.SOURCE is FindingSource.PRACTICE))
@pytest.mark.parametrize("outcome", [Outcome.WARN, None])
def test_no_lab_waives_what_the_platform_asks_of_practices(rule_id, outcome):
    pointer, says = only_problem(outcomes={rule_id: outcome})
    assert pointer == f"/outcomes/{rule_id}"
    assert says == f"This rule cannot be lowered or silenced: {NOT_TO_BE_LOWERED[rule_id]}."


def test_no_rule_passes_by_that_name():
    assert "null" in only_problem(outcomes={"DUE-MISSING": Outcome.PASS})[1]


@pytest.mark.parametrize(
    ("rule_id", "case_type", "asks", "asks_no_more"),
    [
        ("FIL-REQUIRED", CaseType.CROWN, {"files": (BITE,)}, {"files": (wanted(K.BITE_SCAN, level=Level.EXPECTED),)}),
        (
            "IMP-SCANBODY",
            CaseType.IMPLANT_CROWN,
            {"files": (wanted(K.SCAN_BODY_SCAN),)},
            {"files": (wanted(K.SCAN_BODY_SCAN, level=Level.EXPECTED),)},
        ),
        ("IMP-SCANBODY", CaseType.IMPLANT_CROWN, {"files": (wanted(K.SCAN_BODY_SCAN),)}, {"files": (BITE,)}),
        ("RX-ATTEST", CaseType.CROWN, {"attestations": {"photos": "The photos are new."}}, {"attestations": {}}),
        (
            "SEL-REQUIRED",
            CaseType.CROWN,
            {"selections": {"margin": Level.REQUIRED}},
            {"selections": {"margin": Level.EXPECTED}},
        ),
        ("SHD-PHOTO", CaseType.CROWN, {"min_photo_px": 1}, {"min_photo_px": 0}),
        (
            "SHD-PHOTO",
            CaseType.CROWN,
            {"files": (wanted(K.PHOTO, min_count=2),)},
            {"files": (wanted(K.PHOTO, min_count=1),)},
        ),
    ],
)
def test_nothing_is_required_and_its_rule_silenced(rule_id, case_type, asks, asks_no_more):
    silenced = {rule_id: None}
    pointer, says = only_problem(case_type, outcomes=silenced, **asks)
    assert (pointer, "contradicts" in says) == (f"/outcomes/{rule_id}", True)
    assert pointers(case_type, outcomes={rule_id: Outcome.WARN}, **asks) == []
    assert pointers(case_type, outcomes=silenced, **asks_no_more) == []


def test_a_scan_with_a_scan_body_that_is_wanted_of_a_guide_has_nothing_to_do_with_the_rule_of_restorations():
    files = (wanted(K.SCAN_BODY_SCAN),)
    assert pointers(CaseType.SURGICAL_GUIDE, outcomes={"IMP-SCANBODY": None}, files=files) == []


# --- What changed ------------------------------------------------------------------------------------


def test_the_fields_that_changed_are_named():
    before = a_profile()
    after = a_profile(version=2, published_by="person-2", min_triangles=1, outcomes={"DUE-MISSING": None})
    assert changed_fields(before, after) == ("min_triangles", "outcomes")
    assert changed_fields(before, before) == ()
    assert changed_fields(None, before) == FIELDS


def test_whatever_a_profile_says_is_a_field_that_can_change():
    which = {"lab_id", "case_type", "version", "published_at", "published_by"}
    assert set(FIELDS) | which == set(type(a_profile()).__slots__)
