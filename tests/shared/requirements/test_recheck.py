"""Checking open cases again when the requirements of their lab changed."""

from dataclasses import replace

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.status import IS_BEING_PREPARED, Party, Status
from bitewing.files.case_file import FileKind
from bitewing.kernel.errors import RequestInProgress, Unknown
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import FileRequirement, Level
from bitewing.requirements.recheck import BATCH, Part, Rechecked, _entry_id

from tests.support.builders import (
    CASE_ID,
    LAB_ID,
    NOW,
    PRACTICE_ID,
    a_case,
    a_file,
    a_packet,
    a_profile,
    crown_files,
    mesh_measures,
)
from tests.support.callers import FROM_LAB, FROM_PRACTICE, LAB_ADMIN
from tests.support.changes import a_sent_case
from tests.support.world import Interrupted

CROWN = CaseType.CROWN


def publish(world, *, expected=1, **changes):
    wanted = a_profile(version=0, **changes)
    return world.requirement_service.publish(LAB_ADMIN, wanted, expected_version=expected)


def check(world, *case_ids, number=2):
    return world.recheck.check(LAB_ID, CROWN, number, case_ids or (CASE_ID,))


def of_kind(world, name):
    return [event for event in world.memory.events if type(event).__name__ == name]


def told(world):
    return [entry for entry in world.memory.entries if entry.deed is Deed.REQUIREMENTS_CHANGED]


@pytest.fixture
def stricter(world):
    """A whole draft, and a version that wants more triangles than it has."""
    world.has_sendable(precheck_outcome=Outcome.PASS)
    publish(world, min_triangles=100_000)
    world.clock.advance(minutes=1)
    return world


# --- One case ----------------------------------------------------------------------------------------


def test_a_case_of_which_precheck_says_something_else_is_told(stricter):
    assert check(stricter) == Rechecked(checked=1, told=1)
    (entry,) = told(stricter)
    assert entry.details == {"profile_version": "2", "fields": "min_triangles", "rules_new": "MSH-DENSITY"}
    assert (entry.by, entry.at) == (Party.LAB, stricter.clock.at)
    case = stricter.case()
    assert (case.precheck_outcome, case.rules_fired, case.version) == (Outcome.WARN, {"MSH-DENSITY"}, 1)


def test_its_practice_hears_of_it_on_the_bus(stricter):
    check(stricter)
    (event,) = of_kind(stricter, "RequirementsChanged")
    assert (event.case_id, event.practice_id, event.lab_id) == (CASE_ID, PRACTICE_ID, LAB_ID)
    assert (event.case_type, event.profile_version, event.outcome) == (CROWN, 2, Outcome.WARN)
    assert (event.rules_new, event.rules_gone, event.rules_changed) == (("MSH-DENSITY",), (), ())
    (checked,) = of_kind(stricter, "CaseChecked")
    assert (checked.outcome, checked.rule_ids) == (Outcome.WARN, ("MSH-DENSITY",))


def test_the_practice_and_nobody_else_reads_it_in_the_history(stricter):
    check(stricter)
    page = stricter.case_service.activity(FROM_PRACTICE, CASE_ID, limit=10, start=None)
    assert [entry.deed for entry in page.things] == [Deed.REQUIREMENTS_CHANGED]
    with pytest.raises(Unknown):
        stricter.case_service.activity(FROM_LAB, CASE_ID, limit=10, start=None)


def test_the_history_does_not_say_which_person_of_the_lab_published(stricter):
    check(stricter)
    (entry,) = stricter.case_service.activity(FROM_PRACTICE, CASE_ID, limit=10, start=None).things
    assert entry.user_id is None


def test_a_case_is_told_of_a_version_once(stricter):
    check(stricter)
    before = (stricter.case(), len(stricter.memory.events))
    assert check(stricter) == Rechecked(checked=1, told=0)
    assert (stricter.case(), len(stricter.memory.events)) == before
    assert len(told(stricter)) == 1


def test_each_version_tells_of_its_own_changes(stricter):
    # Given a second and a third version, of which the third is checked first
    publish(stricter, expected=2, min_triangles=100_000, outcomes={"MSH-DENSITY": Outcome.BLOCK})
    check(stricter, number=3)
    check(stricter, number=2)
    # Then each has told what it changed, and the outcome is that of the version in force.
    assert [entry.details for entry in told(stricter)] == [
        {"profile_version": "3", "fields": "outcomes", "rules_changed": "MSH-DENSITY"},
        {"profile_version": "2", "fields": "min_triangles", "rules_new": "MSH-DENSITY"},
    ]
    assert stricter.case().precheck_outcome is Outcome.BLOCK
    assert {event.outcome for event in of_kind(stricter, "RequirementsChanged")} == {Outcome.BLOCK}


def test_what_finds_nothing_more_is_told_as_well(stricter):
    publish(stricter, expected=2, min_triangles=0)
    check(stricter, number=3)
    assert told(stricter)[0].details["rules_gone"] == "MSH-DENSITY"
    assert stricter.case().precheck_outcome is Outcome.PASS


def test_another_limit_in_the_same_finding_is_told(world):
    coarse = a_file(FileKind.PREP_SCAN, file_id="coarse")
    coarse = replace(coarse, inspection=replace(coarse.inspection, mesh=mesh_measures(triangles=100)))
    world.has(a_case(), *crown_files(), coarse)
    publish(world, min_triangles=30_000)
    check(world)
    assert told(world)[0].details["rules_changed"] == "MSH-DENSITY"


def test_a_case_that_the_version_does_not_touch_is_not_told(world):
    world.has_sendable(precheck_outcome=Outcome.PASS)
    publish(world, max_voxel_um=300)
    assert check(world) == Rechecked(checked=1, told=0)
    assert (told(world), of_kind(world, "CaseChecked")) == ([], [])


def test_what_was_wrong_before_is_kept_for_lists_and_not_told_as_a_change(world):
    # Given a draft whose stored outcome is from a day on which its date could still be met
    world.has_sendable(precheck_outcome=Outcome.PASS)
    publish(world, max_voxel_um=300)
    world.clock.advance(days=30)
    # When it is checked again
    assert check(world) == Rechecked(checked=1, told=0)
    # Then its outcome is that of today, and the lab's version is not to blame.
    assert (world.case().precheck_outcome, told(world)) == (Outcome.BLOCK, [])
    assert [event.outcome for event in of_kind(world, "CaseChecked")] == [Outcome.BLOCK]


@pytest.mark.parametrize("status", sorted(IS_BEING_PREPARED - {Status.DRAFT}))
def test_a_case_that_is_back_is_told(world, status):
    world.has(a_sent_case(status), *crown_files())
    publish(world, min_triangles=100_000)
    assert check(world) == Rechecked(checked=1, told=1)


@pytest.mark.parametrize("status", sorted(set(Status) - IS_BEING_PREPARED))
def test_a_case_that_nobody_prepares_is_left_alone(world, status):
    case = world.has(a_sent_case(status), *crown_files())
    publish(world, min_triangles=100_000)
    assert check(world) == Rechecked(checked=0, told=0)
    assert (world.case(), told(world)) == (case, [])


@pytest.mark.parametrize("elsewhere", [{"lab_id": "lab-2"}, {"case_type": CaseType.BRIDGE}])
def test_a_draft_that_went_to_another_lab_or_type_since_it_was_found_is_left_alone(world, elsewhere):
    case = world.has_sendable(**elsewhere)
    publish(world, min_triangles=100_000)
    assert check(world) == Rechecked(checked=0, told=0)
    assert (world.case(), told(world)) == (case, [])


def test_a_case_that_is_gone_is_left_alone(world):
    publish(world, min_triangles=100_000)
    assert check(world, "nothing") == Rechecked(checked=0, told=0)


# --- Types that are offered, or no longer ------------------------------------------------------------


def test_a_draft_of_a_withdrawn_type_is_told_that_it_cannot_be_sent(world):
    world.has_sendable()
    publish(world, is_offered=False)
    check(world)
    assert told(world)[0].details == {"profile_version": "2", "fields": "is_offered", "rules_new": "CTX-TYPE"}
    assert world.case().precheck_outcome is Outcome.BLOCK


def test_a_case_that_was_sent_with_a_type_hears_nothing_of_its_withdrawal(world):
    sent = a_sent_case(Status.RETURNED)
    world.has(replace(sent, submission=replace(sent.submission, profile_version=1)), *crown_files())
    publish(world, is_offered=False)
    assert check(world) == Rechecked(checked=1, told=0)


def test_a_type_that_was_never_offered_before_is_told_to_what_waited_for_it(world):
    world.directory.profiles.clear()
    world.has_sendable()
    publish(world, expected=0)
    check(world, number=1)
    assert told(world)[0].details["rules_gone"] == "CTX-TYPE"


def test_a_version_that_was_never_published_is_not_known(world):
    world.has_sendable()
    with pytest.raises(Unknown):
        check(world)


# --- Others at the same moment -----------------------------------------------------------------------


def test_a_case_that_changes_meanwhile_is_looked_at_again(stricter):
    # Given somebody who takes the scans away between the check and its storing
    def changes():
        changed = replace(stricter.case(), version=2, packet=a_packet(description="Something else, and long enough."))
        stricter.memory.cases[CASE_ID] = changed

    stricter.open_cases = Interrupted(stricter.open_cases, "record", changes)
    assert check(stricter) == Rechecked(checked=1, told=1)
    assert (stricter.case().version, len(told(stricter))) == (2, 1)


def test_an_untouched_case_that_changes_meanwhile_is_looked_at_again(world):
    world.has_sendable()
    publish(world, max_voxel_um=300)

    def sent():
        world.has(a_sent_case(version=2), *crown_files())

    world.cases = Interrupted(world.cases, "record_check", sent)
    assert check(world) == Rechecked(checked=0, told=0)
    assert world.case().precheck_outcome is None


def test_a_case_that_comes_between_two_profiles_is_not_laid_on_the_lab(stricter):
    # Given a patient of whom a second case is started once the others were read
    stricter.has(a_case(patient_key="holloway"), *crown_files())
    reads = []

    def another_read():
        if reads:
            stricter.has(a_case(case_id="case-2", patient_key="holloway"), *crown_files())
        reads.append("of_patient")

    stricter.cases = Interrupted(stricter.cases, "of_patient", another_read, times=9)
    check(stricter)
    # Then only what the version changed is told.
    (entry,) = told(stricter)
    assert entry.details == {"profile_version": "2", "fields": "min_triangles", "rules_new": "MSH-DENSITY"}
    assert reads == ["of_patient"]


def test_a_case_that_never_stands_still_is_left_to_a_later_try(stricter):
    def changes():
        stricter.memory.cases[CASE_ID] = replace(stricter.case(), version=stricter.case().version + 1)

    stricter.open_cases = Interrupted(stricter.open_cases, "record", changes, times=99)
    with pytest.raises(RequestInProgress):
        check(stricter)
    assert told(stricter) == []


def test_a_batch_of_which_some_were_told_before_tells_the_others(stricter):
    stricter.has(a_case(case_id="case-2"), *crown_files())
    check(stricter, "case-2")
    assert check(stricter, CASE_ID, "case-2") == Rechecked(checked=2, told=1)


# --- Which cases -------------------------------------------------------------------------------------


def walk(world, case_type=CROWN):
    """Every page, as the workflow walks them."""
    pages, part, after = [], Part.PREPARED, ""
    while part is not None:
        page = world.recheck.page(LAB_ID, case_type, part, after=after)
        pages.append(page)
        part, after = page.part, page.after
    return pages


def test_open_cases_of_the_lab_and_the_type_are_found_wherever_they_stand(world):
    world.has(a_case(case_id="prepared"))
    world.has(a_case(case_id="started", started_by=Party.LAB))
    world.has(a_sent_case(Status.RETURNED, case_id="returned"))
    world.has(a_sent_case(Status.MISSING_INFO, case_id="missing"))
    world.has(a_sent_case(Status.RECEIVED, case_id="received"))
    world.has(a_case(case_id="other-lab", lab_id="lab-2"))
    world.has(a_case(case_id="other-type", case_type=CaseType.BRIDGE))
    world.has(a_sent_case(Status.RETURNED, case_id="other-type-back", case_type=CaseType.BRIDGE))
    batches = [page.batches for page in walk(world)]
    assert batches == [(("prepared",),), (("started",),), (("missing",),), (("returned",),)]


def test_where_nothing_is_open_each_part_is_looked_at_once(world):
    assert [page.batches for page in walk(world)] == [()] * len(Part)


def test_many_cases_are_checked_in_batches_and_found_page_by_page(world, monkeypatch):
    monkeypatch.setattr("bitewing.requirements.recheck.PAGE", 250)
    for number in range(601):
        world.has(a_case(case_id=f"case-{number:03}"))
    pages = walk(world)
    assert [[len(batch) for batch in page.batches] for page in pages][:3] == [
        [BATCH, BATCH, 50],
        [BATCH, BATCH, 50],
        [BATCH, 1],
    ]
    found = [case_id for page in pages for batch in page.batches for case_id in batch]
    assert found == sorted(world.memory.cases)


def test_a_page_that_holds_other_types_only_goes_on(world, monkeypatch):
    monkeypatch.setattr("bitewing.requirements.recheck.PAGE", 2)
    for number in range(5):
        case_type = CROWN if number == 4 else CaseType.BRIDGE
        world.has(a_sent_case(Status.RETURNED, case_id=f"case-{number}", case_type=case_type))
    assert [page.batches for page in walk(world)][-3:] == [(), (), (("case-4",),)]


# --- Ids ---------------------------------------------------------------------------------------------


def test_an_entry_has_one_id_for_a_case_and_a_version_and_stands_at_the_time_of_publication():
    published = a_profile(version=2, published_at=NOW)
    one, other = a_case(), a_case(case_id="case-2")
    assert _entry_id(one, published) == _entry_id(one, published)
    ids = {_entry_id(case, replace(published, version=number)) for case in (one, other) for number in (2, 3)}
    assert len(ids) == 4
    assert len({entry_id[:9] for entry_id in ids}) == 1


def test_what_nobody_published_tells_nothing():
    with pytest.raises(LookupError, match="nobody published"):
        _entry_id(a_case(), a_profile())


def test_a_requirement_that_is_new_is_told_with_its_rule(world):
    world.has_sendable()
    usual = a_profile().files
    publish(world, files=(*usual, FileRequirement(kinds=(FileKind.CBCT,), called="a CBCT", level=Level.REQUIRED)))
    check(world)
    (event,) = of_kind(world, "RequirementsChanged")
    assert (event.outcome, event.rules_new) == (Outcome.BLOCK, ("FIL-REQUIRED",))
