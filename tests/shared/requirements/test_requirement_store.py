"""What every store of profiles and open cases promises; the same tests hold the table and the ones in memory."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from bitewing.cases.status import Party, Status
from bitewing.kernel.errors import StaleVersion
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.events import ProfilePublished
from bitewing.requirements.profile import Level, ProfileVersion
from bitewing.requirements.recheck import Part, Recorded

from tests.support.builders import LAB_ID, NOW, a_case, a_profile
from tests.support.callers import a_request
from tests.support.changes import a_change, a_check_event, a_sent_case, an_answer, an_entry

CROWN = CaseType.CROWN
START = a_profile()


def a_version(number, **changes):
    profile = a_profile(version=number, published_at=NOW, published_by="person-6", min_triangles=number, **changes)
    return ProfileVersion(profile=profile, changed=("min_triangles",))


def publish(kept, version, before):
    event = ProfilePublished(
        event_id=f"event-{version.profile.case_type}-{version.profile.version}",
        occurred_at=NOW,
        lab_id=version.profile.lab_id,
        case_type=version.profile.case_type,
        profile_version=version.profile.version,
        is_offered=version.profile.is_offered,
        fields=version.changed,
    )
    kept.profiles.publish(version, event, before=before)
    return version


def has(kept, case):
    kept.cases.create(a_change(case), request=a_request(case.case_id), answer=an_answer(case))
    return case


def numbers(kept, **page):
    return [each.profile.version for each in kept.profiles.versions(LAB_ID, CROWN, **page).things]


# --- Profiles ----------------------------------------------------------------------------------------


def test_a_profile_is_read_as_it_was_published(kept):
    version = a_version(1, outcomes={"DUE-MISSING": None}, selections={"margin": Level.EXPECTED}, is_offered=False)
    publish(kept, version, None)
    assert kept.profiles.find(LAB_ID, CROWN) == version.profile
    assert kept.profiles.version(LAB_ID, CROWN, 1) == version
    assert kept.profiles.find(LAB_ID, CaseType.BRIDGE) is None
    assert kept.profiles.version(LAB_ID, CROWN, 2) is None


def test_the_version_before_is_kept_even_where_nobody_published_it(kept):
    kept.stores.directory.put(START)
    second = publish(kept, a_version(2), START)
    third = publish(kept, a_version(3), second.profile)
    assert [kept.profiles.version(LAB_ID, CROWN, number) for number in (1, 2, 3)] == [
        ProfileVersion(profile=START),
        second,
        third,
    ]
    assert kept.stores.directory.profile_version(LAB_ID, CROWN, 1) == START
    assert kept.stores.directory.profile_version(LAB_ID, CROWN, 4) is None


def test_versions_are_listed_newest_first_beyond_nine(kept):
    before = None
    for number in range(1, 13):
        before = publish(kept, a_version(number), before).profile
    publish(kept, a_version(1, case_type=CaseType.BRIDGE), None)
    assert numbers(kept, limit=100, start=None) == list(range(12, 0, -1))
    first = kept.profiles.versions(LAB_ID, CROWN, limit=5, start=None)
    assert numbers(kept, limit=5, start=first.next) == [7, 6, 5, 4, 3]


def test_the_profiles_of_a_lab_are_those_in_force_by_type(kept):
    kept.stores.directory.put(START, a_profile(CaseType.BRIDGE), a_profile(lab_id="lab-2"))
    second = publish(kept, a_version(2), START)
    assert kept.profiles.of_lab(LAB_ID) == (a_profile(CaseType.BRIDGE), second.profile)


def test_a_version_is_published_over_the_one_before_it_only(kept):
    publish(kept, a_version(1), None)
    for version, before, actual in ((a_version(1), None, 1), (a_version(3), a_version(2).profile, 1)):
        with pytest.raises(StaleVersion) as refused:
            publish(kept, version, before)
        assert (refused.value.expected, refused.value.actual) == (version.profile.version - 1, actual)
    assert numbers(kept, limit=10, start=None) == [1]


def test_of_many_who_publish_at_once_one_does(kept_locally):
    kept_locally.stores.directory.put(START)

    def attempt(number):
        try:
            publish(kept_locally, replace(a_version(2), changed=(f"by {number}",)), START)
        except StaleVersion:
            return None
        return number

    with ThreadPoolExecutor(4) as pool:
        done = [number for number in pool.map(attempt, range(4)) if number is not None]
    assert len(done) == 1
    assert kept_locally.profiles.version(LAB_ID, CROWN, 2).changed == (f"by {done[0]}",)


# --- Open cases --------------------------------------------------------------------------------------


def every(kept, part, *, limit=100, case_type=CROWN):
    found, after = [], ""
    for _ in range(100):
        page = kept.open.page(LAB_ID, case_type, part, after=after, limit=limit)
        found += page.things
        if page.next is None:
            return found
        after = page.next["after"]
    pytest.fail("the pages never end")


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_open_cases_are_found_by_part_and_type_in_any_number_of_pages(kept, limit):
    for number in range(3):
        has(kept, a_case(case_id=f"prepared-{number}"))
        has(kept, a_case(case_id=f"started-{number}", started_by=Party.LAB))
        has(kept, a_sent_case(Status.RETURNED, case_id=f"returned-{number}", due_on=None))
        has(kept, a_sent_case(Status.MISSING_INFO, case_id=f"missing-{number}", due_on=None))
        has(kept, a_sent_case(Status.RECEIVED, case_id=f"received-{number}"))
    has(kept, a_case(case_id="prepared-3", case_type=CaseType.BRIDGE))
    has(kept, a_case(case_id="prepared-4", lab_id="lab-2"))
    has(kept, a_sent_case(Status.RETURNED, case_id="returned-3", case_type=CaseType.BRIDGE, due_on=None))
    found = {part: every(kept, part, limit=limit) for part in Part}
    names = {Part.PREPARED: "prepared", Part.DRAFT: "started", Part.MISSING_INFO: "missing", Part.RETURNED: "returned"}
    assert found == {part: [f"{name}-{number}" for number in range(3)] for part, name in names.items()}
    assert every(kept, Part.RETURNED, limit=limit, case_type=CaseType.BRIDGE) == ["returned-3"]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_open_cases_that_the_lab_archived_are_found_like_the_others(kept, limit):
    """Off a list is not out of the work."""
    for number in range(4):
        archived_at = NOW if number % 2 else None
        sent = {"due_on": None, "archived_by_lab_at": archived_at, "archived_by_practice_at": NOW}
        has(kept, a_sent_case(Status.RETURNED, case_id=f"returned-{number}", **sent))
        has(kept, a_case(case_id=f"started-{number}", started_by=Party.LAB, archived_by_lab_at=archived_at))
    assert sorted(every(kept, Part.RETURNED, limit=limit)) == [f"returned-{number}" for number in range(4)]
    assert sorted(every(kept, Part.DRAFT, limit=limit)) == [f"started-{number}" for number in range(4)]


def test_a_draft_that_goes_to_another_lab_or_type_is_found_there_and_no_longer_where_it_was(kept):
    case = a_case(case_id="prepared")
    has(kept, case)
    bridge = replace(case, case_type=CaseType.BRIDGE, version=2)
    kept.stores.cases.save(replace(a_change(bridge), is_of_practice=True))
    assert (every(kept, Part.PREPARED), every(kept, Part.PREPARED, case_type=CaseType.BRIDGE)) == ([], ["prepared"])
    kept.stores.cases.save(replace(a_change(replace(bridge, lab_id="lab-2", version=3)), is_of_practice=True))
    assert every(kept, Part.PREPARED, case_type=CaseType.BRIDGE) == []
    assert kept.open.prepared("lab-2", CaseType.BRIDGE, limit=2).things == ("prepared",)


def test_drafts_of_practices_are_found_for_a_try(kept):
    for number in range(3):
        has(kept, a_case(case_id=f"prepared-{number}"))
    page = kept.open.prepared(LAB_ID, CROWN, limit=2)
    assert (page.things, page.next is None) == (("prepared-0", "prepared-1"), False)


def test_what_a_version_makes_of_a_case_is_stored_with_its_entry_and_its_events(kept):
    case = has(kept, a_case())
    checked = replace(case, precheck_outcome=Outcome.WARN, rules_fired=frozenset({"MSH-DENSITY"}))
    entry = an_entry(case)
    assert kept.open.record(checked, entry, a_check_event(case)) is Recorded.TOLD
    assert kept.cases.find(case.case_id) == checked
    assert entry in kept.cases.activity(case.case_id, limit=10, start=None).things
    assert "CaseChecked" in [name for name, _ in kept.stores.events(case.case_id)]


def test_an_entry_that_is_there_is_not_told_again(kept):
    case = has(kept, a_case())
    entry = an_entry(case)
    kept.open.record(case, entry)
    later = replace(case, precheck_outcome=Outcome.BLOCK)
    assert kept.open.record(later, entry) is Recorded.TOLD_BEFORE
    assert kept.cases.find(case.case_id) == case


@pytest.mark.parametrize("read", [{"version": 2}, {"files_version": 1}])
def test_a_case_that_changed_since_it_was_read_is_not_told(kept, read):
    case = has(kept, a_case())
    assert kept.open.record(replace(case, **read), an_entry(case)) is Recorded.CASE_CHANGED
    assert len(kept.cases.activity(case.case_id, limit=10, start=None).things) == 1
