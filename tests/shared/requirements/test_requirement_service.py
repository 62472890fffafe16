"""What labs and practices do with requirement profiles."""

from dataclasses import replace
from datetime import date

import pytest
from bitewing.directory.organization import ConnectionState
from bitewing.files.case_file import FileKind
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import InvalidInput, RoleNotAllowed, StaleVersion, Unknown
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CASE_TYPES, CaseType
from bitewing.requirements.events import ProfilePublished
from bitewing.requirements.profile import FileRequirement, Level, ProfileVersion
from bitewing.requirements.publishing import FIELDS
from bitewing.requirements.service import DRAFTS_TRIED

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID, a_case, a_connection, a_packet, a_profile, crown_files
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    LAB_ADMIN,
    PLATFORM,
    a_caller,
)
from tests.support.changes import a_sent_case
from tests.support.world import Interrupted

CROWN = CaseType.CROWN
READS = {
    "all_of": lambda world, caller: world.requirement_service.all_of(caller, LAB_ID),
    "read": lambda world, caller: world.requirement_service.read(caller, LAB_ID, CROWN),
    "versions": lambda world, caller: world.requirement_service.versions(caller, LAB_ID, CROWN, limit=10, start=None),
    "version": lambda world, caller: world.requirement_service.version(caller, LAB_ID, CROWN, 1),
}
WRITES = {
    "publish": lambda world, caller: publish(world, caller=caller),
    "try_out": lambda world, caller: world.requirement_service.try_out(caller, a_profile()),
}


def publish(world, *, expected=1, caller=LAB_ADMIN, case_type=CROWN, **changes):
    changes = changes or {"min_triangles": 50_000}
    wanted = a_profile(case_type, version=0, **changes)
    return world.requirement_service.publish(caller, wanted, expected_version=expected)


def try_out(world, **changes):
    return world.requirement_service.try_out(LAB_ADMIN, a_profile(version=0, **changes))


# --- Reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("caller", [FROM_PRACTICE, FROM_LAB, LAB_ADMIN, PLATFORM])
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_the_lab_connected_practices_and_the_platform_read_profiles(world, read, caller):
    assert read(world, caller)


@pytest.mark.parametrize("caller", [FROM_OTHER_PRACTICE, FROM_OTHER_LAB])
@pytest.mark.parametrize("ask", [*READS.values(), *WRITES.values()], ids=[*READS, *WRITES])
def test_for_strangers_there_are_no_profiles(world, ask, caller):
    with pytest.raises(Unknown):
        ask(world, caller)


@pytest.mark.parametrize("state", sorted(set(ConnectionState) - {ConnectionState.ACCEPTED}))
def test_a_connection_that_never_was_accepted_shows_nothing(world, state):
    world.directory.put(a_connection(state=state))
    with pytest.raises(Unknown):
        READS["read"](world, FROM_PRACTICE)


@pytest.mark.parametrize("state", ConnectionState)
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_connection_that_was_accepted_once_shows_what_its_cases_are_checked_with(world, read, state):
    world.directory.put(a_connection(state=state, was_accepted=True))
    assert read(world, FROM_PRACTICE)


def test_the_platform_reads_profiles_and_publishes_none(world):
    for write in WRITES.values():
        with pytest.raises(RoleNotAllowed) as refused:
            write(world, PLATFORM)
        assert refused.value.needed == ("lab_admin",)


def test_a_connection_lets_a_practice_read_a_profile_and_no_lab_that_is_called_alike(world):
    world.directory.put(a_connection(practice_id="lab-2"))
    with pytest.raises(Unknown):
        READS["read"](world, FROM_OTHER_LAB)


@pytest.mark.parametrize(
    "caller",
    [
        CLINICIAN,
        a_caller(LAB_ID, OrganizationKind.LAB, Role.PRACTICE_ADMIN),
        a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.LAB_ADMIN, Role.CLINICIAN),
    ],
)
@pytest.mark.parametrize("ask", [*READS.values(), *WRITES.values()], ids=[*READS, *WRITES])
def test_who_has_no_role_of_their_organizations_side_is_refused(world, ask, caller):
    with pytest.raises(RoleNotAllowed):
        ask(world, caller)
    with pytest.raises(RoleNotAllowed):
        world.requirement_service.catalog(caller)


def test_the_catalog_has_every_type(world):
    assert world.requirement_service.catalog(FROM_PRACTICE) == CASE_TYPES


def test_a_type_that_the_lab_never_offered_has_no_profile_and_no_versions(world):
    for ask in (
        lambda: world.requirement_service.read(LAB_ADMIN, LAB_ID, CaseType.VENEER),
        lambda: world.requirement_service.versions(LAB_ADMIN, LAB_ID, CaseType.VENEER, limit=10, start=None),
        lambda: world.requirement_service.version(LAB_ADMIN, LAB_ID, CaseType.VENEER, 1),
    ):
        with pytest.raises(Unknown):
            ask()


def test_the_profiles_of_a_lab_are_those_in_force(world):
    world.directory.put(a_profile(CaseType.BRIDGE), a_profile(CROWN, lab_id="lab-2"))
    publish(world)
    found = world.requirement_service.all_of(FROM_PRACTICE, LAB_ID)
    assert [(each.case_type, each.version) for each in found] == [(CaseType.BRIDGE, 1), (CROWN, 2)]


# --- Publishing --------------------------------------------------------------------------------------


def test_a_published_profile_is_the_next_version_and_says_since_when_and_by_whom(world):
    published = publish(world, min_triangles=50_000)
    assert (published.version, published.min_triangles) == (2, 50_000)
    assert (published.published_at, published.published_by) == (NOW, LAB_ADMIN.user_id)
    assert world.requirement_service.read(FROM_LAB, LAB_ID, CROWN) == published


def test_a_practice_does_not_hear_which_person_published(world):
    publish(world)
    service = world.requirement_service
    assert service.read(FROM_PRACTICE, LAB_ID, CROWN).published_by is None
    assert service.version(FROM_PRACTICE, LAB_ID, CROWN, 2).profile.published_by is None
    assert [each.published_by for each in service.all_of(FROM_PRACTICE, LAB_ID)] == [None]
    (newest, _) = service.versions(FROM_PRACTICE, LAB_ID, CROWN, limit=10, start=None).things
    assert (newest.profile.published_by, newest.profile.published_at) == (None, NOW)


def test_publishing_is_announced_with_what_changed_and_nothing_of_it(world):
    published = publish(world, min_triangles=50_000, attestations={"photos": "The photos are new."})
    (event,) = world.memory.events
    assert isinstance(event, ProfilePublished)
    assert (event.lab_id, event.case_type, event.profile_version) == (LAB_ID, CROWN, published.version)
    assert (event.fields, event.is_offered) == (("min_triangles", "attestations"), True)


def test_every_version_stays_with_what_was_new_in_it(world):
    start = a_profile()
    second = publish(world, min_triangles=50_000)
    third = publish(world, expected=2, min_triangles=50_000, outcomes={"DUE-MISSING": None})
    page = world.requirement_service.versions(LAB_ADMIN, LAB_ID, CROWN, limit=10, start=None)
    assert page.things == (
        ProfileVersion(profile=third, changed=("outcomes",)),
        ProfileVersion(profile=second, changed=("min_triangles",)),
        ProfileVersion(profile=start),
    )
    assert world.requirement_service.version(LAB_ADMIN, LAB_ID, CROWN, 1).profile == start
    assert world.requirement_service.version(LAB_ADMIN, LAB_ID, CROWN, 2).profile == second


def test_versions_are_listed_page_by_page(world):
    publish(world, min_triangles=50_000)
    publish(world, expected=2, min_triangles=60_000)
    numbers, start = [], None
    while True:
        page = world.requirement_service.versions(LAB_ADMIN, LAB_ID, CROWN, limit=1, start=start)
        numbers += [each.profile.version for each in page.things]
        if (start := page.next) is None:
            break
    assert numbers == [3, 2, 1]


def test_what_a_lab_starts_with_is_its_only_version(world):
    page = world.requirement_service.versions(LAB_ADMIN, LAB_ID, CROWN, limit=10, start=None)
    assert (page.things, page.next) == ((ProfileVersion(profile=a_profile()),), None)
    with pytest.raises(Unknown):
        world.requirement_service.version(LAB_ADMIN, LAB_ID, CROWN, 2)


def test_a_profile_that_says_the_same_is_no_new_version(world):
    same = world.requirement_service.publish(LAB_ADMIN, a_profile(version=0), expected_version=1)
    assert same == a_profile()
    assert world.memory.events == []


def test_a_lab_can_begin_to_offer_a_type(world):
    published = publish(world, expected=0, case_type=CaseType.VENEER, turnaround_working_days=9)
    assert (published.version, world.memory.events[0].fields) == (1, FIELDS)
    assert world.requirement_service.version(LAB_ADMIN, LAB_ID, CaseType.VENEER, 1).profile == published


@pytest.mark.parametrize("expected", [0, 2])
def test_a_profile_is_published_over_the_version_that_was_read(world, expected):
    with pytest.raises(StaleVersion) as refused:
        publish(world, expected=expected)
    assert (refused.value.expected, refused.value.actual) == (expected, 1)


def test_of_two_administrators_who_publish_the_second_is_told_what_it_missed(world):
    world.profiles = Interrupted(world.profiles, "publish", lambda: publish(world, min_triangles=60_000))
    with pytest.raises(StaleVersion):
        publish(world, min_triangles=50_000)
    assert world.directory.profile(LAB_ID, CROWN).min_triangles == 60_000


def test_what_nobody_can_meet_is_refused_whole_with_every_reason(world):
    with pytest.raises(InvalidInput) as refused:
        publish(world, max_voxel_um=10, outcomes={"RX-LICENSE": Outcome.WARN})
    assert [error.pointer for error in refused.value.errors] == ["/max_voxel_um", "/outcomes/RX-LICENSE"]
    assert world.directory.profile(LAB_ID, CROWN) == a_profile()


@pytest.mark.parametrize("caller", [FROM_PRACTICE, FROM_LAB])
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_only_administrators_of_the_lab_publish(world, write, caller):
    with pytest.raises(RoleNotAllowed) as refused:
        write(world, caller)
    assert refused.value.needed == ("lab_admin",)


def test_a_person_of_a_practice_publishes_nothing_whatever_their_roles(world):
    both = a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.PRACTICE_ADMIN, Role.LAB_ADMIN)
    with pytest.raises(RoleNotAllowed):
        publish(world, caller=both)


# --- Trying out --------------------------------------------------------------------------------------


def test_trying_out_says_what_would_be_refused_and_looks_at_no_case(world):
    world.has_sendable()
    trial = try_out(world, max_voxel_um=10)
    assert [problem.pointer for problem in trial.problems] == ["/max_voxel_um"]
    assert (trial.changed, trial.drafts_seen) == (("max_voxel_um",), 0)


def test_trying_out_says_how_many_drafts_it_touches(world):
    # Given a whole draft, one without files, one that was sent, and one of another type
    world.has_sendable()
    world.has(a_case(case_id="case-2"))
    world.has(a_sent_case(case_id="case-3"), *crown_files())
    world.has(a_case(case_id="case-4", case_type=CaseType.BRIDGE))
    # When more triangles are wanted than the whole draft has
    trial = try_out(world, min_triangles=100_000)
    # Then that is the one that is touched, and nothing was published.
    assert (trial.drafts_seen, trial.drafts_touched, trial.is_all) == (2, 1, True)
    assert (trial.problems, trial.changed) == ((), ("min_triangles",))
    assert world.directory.profile(LAB_ID, CROWN) == a_profile()
    assert world.memory.events == []


def test_trying_out_tells_nothing_of_other_cases_of_a_patient(world):
    # Given two drafts for the same tooth of a patient, of which PreCheck warns
    world.has_sendable(patient_key="holloway")
    world.has(a_case(case_id="case-2", patient_key="holloway"), *crown_files())
    assert "CSE-DUPLICATE" in {finding.rule_id for finding in world.prechecks.check(world.case(), ()).findings}
    # When the lab asks what it would change to silence the warning
    trial = try_out(world, outcomes={"CSE-DUPLICATE": None})
    # Then it does not hear that there are such drafts.
    assert (trial.problems, trial.drafts_seen, trial.drafts_touched) == ((), 2, 0)


def test_a_day_that_ends_during_a_trial_touches_nothing(world):
    # Given a draft that is wanted on the earliest date that can be met, and a day that ends while it is looked at
    world.directory.put(a_profile(turnaround_working_days=4))
    world.has_sendable(packet=a_packet(wanted_on=date(2026, 3, 6)), patient_key="holloway")
    world.cases = Interrupted(world.cases, "of_patient", lambda: world.clock.advance(days=1))
    trial = try_out(world, turnaround_working_days=4, max_voxel_um=300)
    assert (trial.changed, trial.drafts_seen, trial.drafts_touched) == (("max_voxel_um",), 1, 0)


def test_what_says_the_same_touches_nothing(world):
    world.has_sendable()
    assert try_out(world).drafts_seen == 0


def test_of_very_many_drafts_some_are_looked_at(world):
    for number in range(DRAFTS_TRIED + 1):
        world.has(a_case(case_id=f"case-{number:02}"))
    trial = try_out(world, outcomes={"FIL-REQUIRED": Outcome.WARN})
    assert (trial.drafts_seen, trial.drafts_touched, trial.is_all) == (DRAFTS_TRIED, DRAFTS_TRIED, False)


def test_drafts_that_are_gone_or_sent_by_now_are_not_touched(world):
    world.has_sendable()
    world.has(a_case(case_id="case-2"), *crown_files())
    sent = a_sent_case(case_id="case-2")
    world.cases = Interrupted(world.cases, "with_files", lambda: (world.memory.cases.pop("case-1"), world.has(sent)))
    trial = try_out(world, min_triangles=100_000)
    assert (trial.drafts_seen, trial.drafts_touched) == (2, 0)


@pytest.mark.parametrize("elsewhere", [{"lab_id": "lab-2"}, {"case_type": CaseType.BRIDGE}])
def test_drafts_that_go_to_another_lab_or_type_meanwhile_are_not_touched(world, elsewhere):
    case = world.has_sendable()
    world.cases = Interrupted(world.cases, "with_files", lambda: world.has(replace(case, **elsewhere)))
    trial = try_out(world, min_triangles=100_000)
    assert (trial.drafts_seen, trial.drafts_touched) == (1, 0)


# --- What no longer is offered -------------------------------------------------------------------------


def test_a_withdrawn_type_starts_no_new_case_and_keeps_back_drafts(world):
    world.has_sendable()
    publish(world, is_offered=False)
    with pytest.raises(InvalidInput) as refused:
        world.starts()
    assert [error.pointer for error in refused.value.errors] == ["/case_type"]
    assert {finding.rule_id for finding in world.prechecks.check(a_case(), crown_files()).findings} == {"CTX-TYPE"}


def test_a_case_that_was_sent_goes_on_with_what_the_lab_wanted_then(world):
    # Given a case that was sent with the second version, of which the third withdraws the type
    publish(world, attestations={"photos": "The photos are new."}, files=())
    version = publish(world, expected=2, is_offered=False).version
    sent = a_sent_case()
    case = replace(sent, submission=replace(sent.submission, profile_version=2), packet=a_packet())
    # When it is checked without files
    found = {finding.rule_id for finding in world.prechecks.check(case, ()).findings}
    # Then by the second, which asks for a statement and no files.
    assert (version, found) == (3, {"RX-ATTEST"})


def test_a_lab_can_offer_a_type_again(world):
    publish(world, is_offered=False)
    publish(world, expected=2, is_offered=True)
    assert world.starts().case.case_type is CROWN


def test_files_that_a_new_version_asks_for_are_missing_from_then_on(world):
    world.has_sendable()
    files = (FileRequirement(kinds=(FileKind.CBCT,), called="a CBCT", level=Level.REQUIRED),)
    publish(world, files=files)
    (finding,) = world.prechecks.check(world.case(), crown_files()).findings
    assert (finding.rule_id, "CBCT" in finding.says) == ("FIL-REQUIRED", True)
