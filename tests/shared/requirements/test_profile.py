import pytest
from bitewing.files.case_file import FileKind
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile
from bitewing.requirements.profile import FileRequirement, Level

from tests.support.builders import a_profile


@pytest.mark.parametrize(
    ("case_type", "days"),
    [
        (CaseType.CROWN, 5),
        (CaseType.BRIDGE, 8),
        (CaseType.VENEER, 8),
        (CaseType.INLAY_ONLAY, 5),
        (CaseType.IMPLANT_CROWN, 12),
        (CaseType.CUSTOM_ABUTMENT, 8),
        (CaseType.SURGICAL_GUIDE, 5),
        (CaseType.FULL_ARCH_IMPLANT, 10),
        (CaseType.COMPLETE_DENTURE, 5),
        (CaseType.PARTIAL_DENTURE, 8),
        (CaseType.NIGHT_GUARD, 3),
        (CaseType.RETAINER_ALIGNER, 10),
        (CaseType.DIAGNOSTIC_WAX_UP, 5),
    ],
)
def test_every_type_has_a_default_profile_with_its_turnaround(case_type, days):
    profile = default_profile("lab-7", case_type)
    assert (profile.lab_id, profile.case_type, profile.version) == ("lab-7", case_type, 1)
    assert profile.turnaround_working_days == days
    assert any(wanted.level is Level.REQUIRED for wanted in profile.files)


def test_fixed_work_needs_preparation_opposing_and_bite():
    required = [w.called for w in default_profile("lab-7", CaseType.CROWN).files if w.level is Level.REQUIRED]
    assert required == ["a scan of the prepared arch", "a scan of the opposing arch", "a bite scan"]


def test_a_guide_needs_a_cbct():
    files = default_profile("lab-7", CaseType.SURGICAL_GUIDE).files
    assert [w.level for w in files if FileKind.CBCT in w.kinds] == [Level.REQUIRED]


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        ({}, Outcome.WARN),
        ({"DUE-MISSING": Outcome.BLOCK}, Outcome.BLOCK),
        ({"DUE-MISSING": None}, Outcome.PASS),
        ({"DUE-ASAP": None}, Outcome.WARN),
    ],
)
def test_a_lab_gives_a_rule_its_outcome(outcomes, outcome):
    assert a_profile(outcomes=outcomes).outcome_of("DUE-MISSING", Outcome.WARN) is outcome


@pytest.mark.parametrize("default", [Outcome.WARN, Outcome.BLOCK])
@pytest.mark.parametrize("found", [Outcome.WARN, Outcome.BLOCK])
def test_an_outcome_that_a_rule_has_by_default_leaves_its_findings_as_they_are(default, found):
    for outcomes in ({}, {"ANY-RULE": default}):
        assert a_profile(outcomes=outcomes).outcome_of("ANY-RULE", default, found) is found


@pytest.mark.parametrize(
    ("default", "wanted"),
    [(Outcome.WARN, Outcome.BLOCK), (Outcome.BLOCK, Outcome.WARN), (Outcome.BLOCK, None)],
)
@pytest.mark.parametrize("found", [Outcome.WARN, Outcome.BLOCK])
def test_another_outcome_is_that_of_each_finding(default, wanted, found):
    profile = a_profile(outcomes={"ANY-RULE": wanted})
    assert profile.outcome_of("ANY-RULE", default, found) is (wanted or Outcome.PASS)


@pytest.mark.parametrize(
    ("wanted", "stated", "is_wanted"),
    [
        ((), {"final"}, True),
        (("final",), {"final", "temporary"}, True),
        (("final",), {"temporary"}, False),
        (("final",), set(), True),
    ],
)
def test_a_file_is_wanted_at_its_stages_and_where_the_work_states_none(wanted, stated, is_wanted):
    requirement = FileRequirement(kinds=(FileKind.PHOTO,), called="a photo", level=Level.REQUIRED, stages=wanted)
    assert requirement.is_wanted_at(stated) is is_wanted
