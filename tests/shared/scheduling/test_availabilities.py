"""What clinicians say for a period, until when, who reads it, and what managers say of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.care_teams.clinician import License, Limits
from bitewing.kernel.caller import Role
from bitewing.kernel.errors import (
    DeadlinePassed,
    InvalidInput,
    PeriodNotOpen,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.scheduling.availabilities import AvailabilityService
from bitewing.scheduling.availability import AvailabilityState, LicenseWarning
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.ports import TRIES

from tests.support.builders import NOW
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_PRACTICE, PLATFORM
from tests.support.care_teams import CARE_TEAM_ID, CLINICIAN_ID, MANAGER, OTHER_MANAGER, a_clinician
from tests.support.scheduling import (
    AVAILABILITY_DUE,
    FIRST,
    LAST,
    NEW_AVAILABILITY,
    OTHER_CLINICIAN,
    PERIOD_ID,
    a_period,
    a_window,
    an_availability,
)
from tests.support.world import Interrupted

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
BOTH = replace(CLINICIAN, roles=frozenset({Role.CLINICIAN, Role.MANAGER}))
SUBMITTED, APPROVED, NEEDS_CHANGES = AvailabilityState


def reviews(world, to=APPROVED, version=1, *, feedback="", who=MANAGER, clinician_id=CLINICIAN_ID):
    return world.availability_service.review(
        who, PERIOD_ID, clinician_id, to, feedback=feedback, expected_version=version
    )


def sends_back(world, version=1):
    return reviews(world, NEEDS_CHANGES, version, feedback="More Fridays, please.")


def reads(world, who=CLINICIAN, clinician_id=CLINICIAN_ID):
    return world.availability_service.read(who, PERIOD_ID, clinician_id)


def stored(world):
    return world.availabilities.find(CARE_TEAM_ID, PERIOD_ID, CLINICIAN_ID)


# --- Submitting -------------------------------------------------------------------------------------------------------


def test_a_clinician_says_when_they_can_work_and_the_manager_hears_of_it(world):
    said = world.submits(windows=(a_window(LAST, 1), a_window(FIRST, 2)), note="No Mondays.")
    assert said.availability == stored(world)
    assert stored(world) == an_availability(
        # In their order, whatever order they were named in.
        windows=(a_window(FIRST, 2), a_window(LAST, 1)),
        limits=Limits(),
        target_days=4,
        preferred_practices=frozenset(),
        note="No Mondays.",
    )
    (event,) = world.memory.events
    assert type(event).__name__ == "AvailabilitySubmitted"
    assert (event.subject_id, event.clinician_id, event.availability_version) == (PERIOD_ID, CLINICIAN_ID, 1)


def test_until_the_deadline_it_can_be_said_anew_and_is_then_reviewed_anew(world):
    world.submits()
    reviews(world)
    world.clock.at = AVAILABILITY_DUE - SECOND
    said = world.submits(2, note="Another note.")
    assert (said.version, said.availability.state, said.availability.note) == (3, SUBMITTED, "Another note.")
    assert (said.availability.reviewed_at, said.availability.reviewed_by) == (None, None)


def test_at_the_deadline_it_is_too_late_also_where_the_period_has_not_moved_on(world):
    world.clock.at = AVAILABILITY_DUE
    with pytest.raises(DeadlinePassed):
        world.submits()
    assert world.told == []


@pytest.mark.parametrize("status", ["reviewing", "matching", "proposed", "published", "closed"])
def test_a_period_that_has_moved_on_takes_no_availability(world, status):
    world.moves_to(status=PeriodStatus(status))
    with pytest.raises(PeriodNotOpen):
        world.submits()


def test_feedback_is_answered_after_the_deadline_while_the_period_is_reviewed(world):
    world.submits()
    world.clock.at = AVAILABILITY_DUE
    world.moves_to(status=PeriodStatus.REVIEWING)
    sends_back(world)
    assert reads(world).availability.feedback == "More Fridays, please."
    answer = world.submits(2, windows=(a_window(FIRST, 3),))
    assert (answer.availability.state, answer.availability.feedback) == (SUBMITTED, "")
    # What was answered is no feedback to answer any more.
    with pytest.raises(DeadlinePassed):
        world.submits(3)


def test_feedback_is_not_answered_once_the_review_is_over(world):
    world.submits()
    sends_back(world)
    world.moves_to(status=PeriodStatus.MATCHING)
    with pytest.raises(PeriodNotOpen):
        world.submits(2)


def test_of_two_who_say_it_at_once_the_second_is_told(world):
    world.submits()
    for version in (0, 2):
        with pytest.raises(StaleVersion) as stale:
            world.submits(version)
        assert (stale.value.expected, stale.value.actual) == (version, 1)
    twice = Interrupted(world.availabilities, "save", lambda: world.submits(1, note="First."))
    service = AvailabilityService(twice, world.periods, world.places, now=world.clock)
    with pytest.raises(StaleVersion):
        service.submit(CLINICIAN, PERIOD_ID, CLINICIAN_ID, NEW_AVAILABILITY, expected_version=1)
    assert stored(world).note == "First."


def test_what_says_two_things_at_once_is_refused(world):
    with pytest.raises(InvalidInput) as refused:
        world.submits(windows=(a_window(FIRST, 2), a_window(FIRST + DAY, 2)))
    assert [each.pointer for each in refused.value.errors] == ["/windows/1"]


@pytest.mark.parametrize(
    ("who", "clinician_id", "error"),
    [
        (FROM_PRACTICE, FROM_PRACTICE.user_id, RoleNotAllowed),
        (FROM_LAB, CLINICIAN_ID, RoleNotAllowed),
        (PLATFORM, CLINICIAN_ID, RoleNotAllowed),
        (replace(CLINICIAN, roles=frozenset()), CLINICIAN_ID, RoleNotAllowed),
        (CLINICIAN, OTHER_CLINICIAN.user_id, Unknown),
        # Whoever manages sees what others say, and says nothing for them.
        (MANAGER, CLINICIAN_ID, RoleNotAllowed),
        (MANAGER, MANAGER.user_id, RoleNotAllowed),
        (BOTH, OTHER_CLINICIAN.user_id, RoleNotAllowed),
        (OTHER_MANAGER, CLINICIAN_ID, RoleNotAllowed),
        (replace(CLINICIAN, user_id="person-99"), "person-99", Unknown),
        (replace(CLINICIAN, organization_id="team-2"), CLINICIAN_ID, Unknown),
    ],
)
def test_a_clinician_speaks_for_themselves_and_nobody_else_does(world, who, clinician_id, error):
    with pytest.raises(error):
        world.availability_service.submit(who, PERIOD_ID, clinician_id, NEW_AVAILABILITY, expected_version=0)
    assert world.told == []


def test_a_manager_who_is_a_clinician_speaks_for_themselves(world):
    assert world.submits(who=BOTH).version == 1


def test_there_is_nothing_to_say_of_a_period_that_is_not_there(world):
    submit = world.availability_service.submit
    with pytest.raises(Unknown):
        submit(CLINICIAN, "period-9", CLINICIAN_ID, NEW_AVAILABILITY, expected_version=0)


# --- While the period changes -----------------------------------------------------------------------------------------


def submits_while(world, happens, times=1):
    raced = Interrupted(world.availabilities, "save", happens, times=times)
    service = AvailabilityService(raced, world.periods, world.places, now=world.clock)
    return service.submit(CLINICIAN, PERIOD_ID, CLINICIAN_ID, NEW_AVAILABILITY, expected_version=0)


def test_a_deadline_that_passes_while_it_is_stored_is_judged_again(world):
    def deadline():
        world.clock.at = AVAILABILITY_DUE
        world.period_service.move_on(CARE_TEAM_ID, PERIOD_ID)

    with pytest.raises(DeadlinePassed):
        submits_while(world, deadline)
    assert stored(world) is None


def test_what_was_decided_in_time_is_stored_a_moment_later_while_the_period_stands(world):
    world.clock.at = AVAILABILITY_DUE - SECOND

    def a_moment_passes():
        world.clock.at = AVAILABILITY_DUE + SECOND

    said = submits_while(world, a_moment_passes)
    assert said.availability.submitted_at == AVAILABILITY_DUE - SECOND


def test_a_period_that_is_renamed_meanwhile_takes_it_all_the_same(world):
    assert submits_while(world, lambda: world.moves_to(name="Spring")).version == 1


def test_a_period_that_keeps_changing_lets_it_be_sent_again(world):
    def changes():
        world.moves_to(name=f"Version {world.period().version}")

    with pytest.raises(RequestInProgress):
        submits_while(world, changes, times=TRIES)
    world.submits()
    raced = Interrupted(world.availabilities, "save", changes, times=TRIES)
    service = AvailabilityService(raced, world.periods, world.places, now=world.clock)
    with pytest.raises(RequestInProgress):
        service.review(MANAGER, PERIOD_ID, CLINICIAN_ID, APPROVED, feedback="", expected_version=1)
    assert stored(world).state is SUBMITTED


# --- Reviewing --------------------------------------------------------------------------------------------------------


def test_a_review_is_told_and_the_clinician_reads_the_feedback(world):
    world.submits()
    sends_back(world)
    (_, event) = world.memory.events
    assert type(event).__name__ == "AvailabilityReviewed"
    assert (event.clinician_id, event.availability_version, event.to) == (CLINICIAN_ID, 2, NEEDS_CHANGES)
    read = reads(world).availability
    assert (read.state, read.feedback) == (NEEDS_CHANGES, "More Fridays, please.")
    assert (read.reviewed_at, read.reviewed_by) == (NOW, MANAGER.user_id)
    # A manager can think again.
    assert reviews(world, version=2).availability.state is APPROVED


@pytest.mark.parametrize("status", PeriodStatus)
def test_what_is_said_is_reviewed_until_the_period_leaves_its_review(world, status):
    world.submits()
    world.moves_to(status=status)
    if status in ("collecting", "reviewing"):
        assert reviews(world).availability.state is APPROVED
    else:
        with pytest.raises(PeriodNotOpen):
            reviews(world)


def test_of_a_clinician_who_changes_it_and_a_manager_who_reviews_it_the_second_is_told(world):
    world.submits()
    world.submits(1)
    with pytest.raises(StaleVersion) as stale:
        reviews(world)
    assert (stale.value.expected, stale.value.actual) == (1, 2)


def test_what_was_not_said_is_not_reviewed(world):
    with pytest.raises(Unknown):
        reviews(world, version=0)
    for who, clinician_id in ((MANAGER, "person-99"), (OTHER_MANAGER, CLINICIAN_ID)):
        with pytest.raises(Unknown):
            reviews(world, who=who, clinician_id=clinician_id)


@pytest.mark.parametrize("who", [CLINICIAN, FROM_PRACTICE, FROM_LAB, PLATFORM], ids=lambda who: who.user_id)
def test_nobody_but_managers_reviews(world, who):
    world.submits()
    with pytest.raises(RoleNotAllowed):
        reviews(world, who=who)


def test_a_review_that_says_nothing_is_refused(world):
    world.submits()
    with pytest.raises(InvalidInput):
        reviews(world, NEEDS_CHANGES)


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_before_anything_is_said_the_clinician_reads_what_their_licenses_say(world):
    world.places.put(a_clinician(licenses=(License(state="MA", number="MA-1", expires_on=FIRST + 6 * DAY),)))
    read = reads(world)
    assert (read.version, read.availability) == (0, None)
    assert read.warnings == (LicenseWarning(state="MA", from_on=FIRST + 7 * DAY),)
    # It is taken all the same: the license can be renewed.
    assert world.submits().warnings == read.warnings
    assert reviews(world).warnings == read.warnings


def test_a_clinician_reads_their_own_and_a_manager_everybodys(world):
    world.submits()
    assert reads(world) == reads(world, MANAGER)
    with pytest.raises(Unknown):
        reads(world, OTHER_CLINICIAN)
    with pytest.raises(Unknown):
        reads(world, OTHER_MANAGER)
    with pytest.raises(Unknown):
        reads(world, MANAGER, "person-99")
    for who in (FROM_PRACTICE, FROM_LAB, PLATFORM):
        with pytest.raises(RoleNotAllowed):
            reads(world, who)


def test_a_manager_lists_all_clinicians_with_what_they_said_and_who_said_nothing(world):
    world.submits(who=OTHER_CLINICIAN)
    world.has(a_period(period_id="period-2"), an_availability(period_id="period-2"))
    listed = world.availability_service.of_period(MANAGER, PERIOD_ID, limit=5, start=None)
    assert [(each.clinician.clinician_id, each.version) for each in listed.things] == [
        (OTHER_CLINICIAN.user_id, 1),
        (CLINICIAN_ID, 0),
    ]
    first = world.availability_service.of_period(MANAGER, PERIOD_ID, limit=1, start=None)
    second = world.availability_service.of_period(MANAGER, PERIOD_ID, limit=1, start=first.next)
    assert ((*first.things, *second.things), second.next) == (listed.things, None)


def test_a_care_team_without_clinicians_lists_none(world):
    world.places.people.clear()
    assert world.availability_service.of_period(MANAGER, PERIOD_ID, limit=5, start=None).things == ()


def test_nobody_else_lists_availability(world):
    for who in (CLINICIAN, FROM_PRACTICE, FROM_LAB, PLATFORM):
        with pytest.raises(RoleNotAllowed):
            world.availability_service.of_period(who, PERIOD_ID, limit=5, start=None)
    for who, period_id in ((OTHER_MANAGER, PERIOD_ID), (MANAGER, "period-9")):
        with pytest.raises(Unknown):
            world.availability_service.of_period(who, period_id, limit=5, start=None)
