"""Who loses what made them fit a team: the managers hear of it once, and a confirmed day is tentative again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.care_teams.care_team import CarePreferences
from bitewing.care_teams.clinician import License, Limits
from bitewing.care_teams.drive import Place
from bitewing.care_teams.events import ClinicianChanged
from bitewing.care_teams.leaving import Leaving
from bitewing.case_days.activity import shown_to
from bitewing.case_days.creation_service import RequestedDay
from bitewing.case_days.events import TeamMemberUnfit
from bitewing.case_days.fitness_service import HEARD, FitnessService
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import HardRulesBroken, RequestInProgress
from bitewing.kernel.wire import FITNESS_EVENTS, FITNESS_SOURCES
from bitewing.members.events import MemberLeft
from bitewing.members.member import MemberState
from bitewing.scheduling.availability import AvailabilityState
from bitewing.scheduling.request import RequestStatus

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import a_request
from tests.support.care_teams import InMemoryClinicians, a_member
from tests.support.case_days import (
    MANAGER,
    NURSE,
    REQUEST_ID,
    TEAM,
    TEAM_ID,
    a_clinician,
    a_clinician_calls,
    a_day_request,
    a_seat,
    an_availability,
    on,
)
from tests.support.people import InMemoryMembers
from tests.support.world import Interrupted

UNLICENSED = a_clinician("nurse-1", licenses=(), version=2)


@pytest.fixture
def members():
    return InMemoryMembers()


@pytest.fixture
def fitness(world, members):
    return fitness_of(world, members)


def fitness_of(world, members=None, days=None):
    clinicians = InMemoryClinicians(world.memory, members or InMemoryMembers())
    # The records of the care team are those that Case Days read.
    clinicians.clinicians = world.roster.people
    return FitnessService(days or world.days, world.roster, Leaving(clinicians, now=world.clock), now=world.clock)


def changes(world, fitness, clinician=UNLICENSED):
    """Store a clinician's record, and hear of it."""
    world.roster.put(clinician)
    return hears(fitness, clinician.clinician_id)


def hears(fitness, clinician_id="nurse-1"):
    head = {"event_id": "e", "occurred_at": NOW, "care_team_id": TEAM_ID, "clinician_id": clinician_id}
    return fitness.hear(ClinicianChanged(**head, clinician_version=2, fields=("licenses",)))


def left(user_id="nurse-1", kind=OrganizationKind.CARE_TEAM, organization_id=TEAM_ID):
    head = {"event_id": "e", "occurred_at": NOW, "member_version": 3, "by": "manager-1"}
    return MemberLeft(**head, user_id=user_id, organization_kind=kind, organization_id=organization_id)


def test_a_confirmed_day_whose_nurse_loses_the_license_is_tentative_again_and_everybody_hears_once(world, fitness):
    day = world.confirmed()
    world.heard()
    assert changes(world, fitness) == (day.case_day_id,)
    after = world.day(day)
    assert (after.status, after.confirmed_at, after.confirmed_by, after.agreed) == (
        DayStatus.TENTATIVE,
        None,
        None,
        None,
    )
    assert after.version == day.version + 1
    # Nobody is removed, and nobody has to answer again.
    assert [each.clinician_id for each in after.team] == [*TEAM]
    assert after.has_accepted
    (unfit,) = (each for each in world.memory.events if isinstance(each, TeamMemberUnfit))
    assert (unfit.clinician_id, unfit.role, unfit.rules) == ("nurse-1", NURSE, ("license",))
    told = ["CaseDayMoved"]
    assert world.heard() == {"managers": ["TeamMemberUnfit"], "practice": told, **dict.fromkeys(TEAM, told)}
    assert world.deeds()[-2:] == ["member_unfit", "moved"]
    entry = world.days.entries[-2]
    assert (entry.by, entry.user_id) == (DayParty.SYSTEM, None)
    assert entry.details == {"role": "nurse", "clinician_id": "nurse-1", "rules": "license"}


def test_the_same_event_twice_or_late_changes_nothing(world, fitness):
    day = world.confirmed()
    changes(world, fitness)
    unfit = world.day(day)
    world.told()
    assert hears(fitness) == ()
    assert changes(world, fitness, replace(UNLICENSED, phone="", version=3)) == ()
    assert (world.day(day), world.told()) == (unfit, [])


def test_confirming_refuses_until_the_manager_has_decided(world, fitness):
    day = world.confirmed()
    changes(world, fitness)
    with pytest.raises(HardRulesBroken):
        world.service.confirm(MANAGER, day.case_day_id, expected_version=world.day(day).version)
    another = world.team.ask(MANAGER, day.case_day_id, a_seat("nurse-2"), expected_version=world.day(day).version)
    accepted = world.accepts(another, "nurse-2")
    again = world.service.confirm(MANAGER, day.case_day_id, expected_version=accepted.version)
    assert again.status is DayStatus.CONFIRMED


def test_who_is_mended_and_fails_again_after_the_day_was_confirmed_anew_is_told_of_anew(world, fitness):
    day = world.confirmed()
    changes(world, fitness)
    assert changes(world, fitness, a_clinician("nurse-1", version=3)) == ()
    world.service.confirm(MANAGER, day.case_day_id, expected_version=world.day(day).version)
    world.told()
    assert changes(world, fitness, replace(UNLICENSED, version=4)) == (day.case_day_id,)
    assert world.told() == ["TeamMemberUnfit", "CaseDayMoved"]


def test_a_day_that_nobody_confirmed_stays_tentative_and_its_managers_hear_of_it(world, fitness):
    day = world.with_team()
    world.heard()
    assert changes(world, fitness) == (day.case_day_id,)
    assert world.day(day).status is DayStatus.TENTATIVE
    assert world.heard() == {"managers": ["TeamMemberUnfit"]}
    assert hears(fitness) == ()


def test_what_is_broken_beside_is_told_with_all_that_is_broken(world, fitness):
    day = world.confirmed()
    changes(world, fitness)
    world.memory.events.clear()
    assert changes(world, fitness, replace(UNLICENSED, is_active=False, version=3)) == (day.case_day_id,)
    (unfit,) = world.memory.events
    assert unfit.rules == ("inactive", "license")
    assert world.day(day).member("nurse-1").unfit_by == ("inactive", "license")
    # What was mended of it is no news.
    assert changes(world, fitness, replace(UNLICENSED, version=4)) == ()


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"licenses": (License(state="FL", number="1", expires_on=on(-1)),)}, "license"),
        ({"is_active": False}, "inactive"),
        ({"home": Place.at(latitude=42.36, longitude=-71.06)}, "drive"),
    ],
)
def test_every_rule_of_the_member_alone_is_judged_on_the_date_of_the_day(world, fitness, changed, rule):
    day = world.confirmed()
    assert changes(world, fitness, a_clinician("nurse-1", version=2, **changed)) == (day.case_day_id,)
    assert world.day(day).member("nurse-1").unfit_by == (rule,)


def test_what_still_holds_on_the_day_changes_nothing(world, fitness):
    day = world.confirmed()
    until_the_day = (License(state="FL", number="1", expires_on=day.on),)
    assert changes(world, fitness, a_clinician("nurse-1", version=2, licenses=until_the_day)) == ()
    assert world.day(day) == day


def test_weeks_rows_and_what_the_practice_says_are_not_judged_anew(world, fitness):
    days = [world.confirmed(on=on(number)) for number in range(3)]
    world.roster.put(
        CarePreferences(practice_id=PRACTICE_ID, care_team_id=TEAM_ID, blocked=frozenset({"nurse-1"}), version=1),
        *(an_availability(each, limits=Limits(max_days_per_week=1, max_days_in_row=1), version=2) for each in TEAM),
    )
    assert changes(world, fitness, a_clinician("nurse-1", version=2, phone="")) == ()
    assert [world.day(each) for each in days] == days


def test_what_a_manager_set_aside_counts(world, fitness):
    world.roster.put(an_availability("nurse-1", state=AvailabilityState.SUBMITTED))
    seats = (a_seat("nurse-1", ("availability", "she said so")), a_seat("medic-1"), a_seat("anesthesiologist-1"))
    day = world.accepts(world.creates(team=seats))
    day = world.service.confirm(MANAGER, day.case_day_id, expected_version=day.version)
    assert changes(world, fitness, a_clinician("nurse-1", version=2, phone="")) == ()
    assert changes(world, fitness, replace(UNLICENSED, version=3)) == (day.case_day_id,)
    assert world.day(day).member("nurse-1").unfit_by == ("license",)


def test_every_day_ahead_is_judged_and_none_that_began_is_over_or_was_called_off(world, fitness):
    begun, off, first, second = (world.confirmed(on=on(number)) for number in (0, 1, 2, 3))
    world.service.cancel(MANAGER, off.case_day_id, reason="snow", expected_version=off.version)
    world.clock.at = begun.begins_at
    # It has begun, whether or not its clock has told so.
    assert changes(world, fitness) == (first.case_day_id, second.case_day_id)
    begun = world.service.advance(begun.case_day_id)
    assert changes(world, fitness, replace(UNLICENSED, is_active=False, version=3)) == (
        first.case_day_id,
        second.case_day_id,
    )
    assert world.day(begun) == begun
    world.clock.at = second.ends_at + timedelta(days=2)
    assert changes(world, fitness, a_clinician("nurse-1", version=4, is_active=False)) == ()


def test_days_with_another_care_team_are_its_own(world, fitness):
    day = world.confirmed()
    assert fitness.judge_days("team-2", "nurse-1") == ()
    assert world.day(day) == day


def test_a_claim_whose_day_is_gone_or_has_another_team_by_now_is_passed_over(world, fitness):
    day = world.confirmed()
    gone = world.with_team("nurse-1", on=on(1))
    del world.days.days[gone.case_day_id]
    world.days.days[day.case_day_id] = replace(day, team=day.team[1:])
    assert changes(world, fitness) == ()


def test_whoever_is_overtaken_judges_anew(world):
    day = world.confirmed()
    nurse = day.member("nurse-1")

    def declines():
        caller = a_clinician_calls("nurse-1")
        world.team.answer(caller, day.case_day_id, "nurse-1", accepts=False, asked_at=nurse.asked_at)

    fitness = fitness_of(world, days=Interrupted(world.days, "save", declines))
    assert changes(world, fitness) == ()
    assert [each.clinician_id for each in world.day(day).team] == [*TEAM[1:]]


def test_what_was_mended_while_it_was_judged_is_not_told(world):
    day = world.confirmed()
    mends = Interrupted(world.days, "save", lambda: world.roster.put(a_clinician("nurse-1", version=3)))
    assert changes(world, fitness_of(world, days=mends)) == ()
    assert world.day(day) == day


def test_where_others_keep_changing_the_day_the_event_is_to_come_again(world):
    world.confirmed()
    versions = iter(range(3, 99))
    busy = Interrupted(
        world.days, "save", lambda: world.roster.put(replace(UNLICENSED, version=next(versions))), times=99
    )
    with pytest.raises(RequestInProgress):
        changes(world, fitness_of(world, days=busy))


def test_the_request_of_a_day_that_is_tentative_again_is_proposed_again(world, fitness):
    world.roster.put(a_day_request())
    new = RequestedDay(request_id=REQUEST_ID, on=on(0), team=tuple(map(a_seat, TEAM)))
    day = world.accepts(world.creation.create(MANAGER, new, a_request("serves")))
    world.service.confirm(MANAGER, day.case_day_id, expected_version=day.version)
    assert world.roster.request(REQUEST_ID).status is RequestStatus.CONFIRMED
    changes(world, fitness)
    assert world.roster.request(REQUEST_ID).status is RequestStatus.PROPOSED


def test_which_rules_somebody_breaks_is_not_shown_to_the_practice(world, fitness):
    world.confirmed()
    changes(world, fitness)
    shown = {party: [each.deed.value for each in shown_to(party, world.days.entries)] for party in DayParty}
    assert shown[DayParty.MANAGER][-2:] == ["member_unfit", "moved"]
    assert shown[DayParty.PRACTICE] == [each for each in shown[DayParty.MANAGER] if each != "member_unfit"]


def test_another_date_is_judged_anew_without_what_was_told_of_the_one_before(world, fitness):
    day = world.confirmed()
    changes(world, fitness)
    world.roster.put(a_clinician("nurse-1", version=3))
    moved = world.changes.reschedule(MANAGER, day.case_day_id, on(1), expected_version=world.day(day).version)
    assert moved.member("nurse-1").unfit_by == ()


# Somebody leaves


def test_who_leaves_the_care_team_works_no_more_and_then_fits_no_day(world, members, fitness):
    day = world.confirmed()
    members.put(a_member("nurse-1", state=MemberState.ENDED))
    world.told()
    for _ in range(2):
        assert fitness.hear(left()) == ()
    assert world.told() == ["ClinicianChanged"]
    assert not world.roster.clinician(TEAM_ID, "nurse-1").is_active
    assert hears(fitness) == (day.case_day_id,)
    assert world.day(day).member("nurse-1").unfit_by == ("inactive",)


def test_who_leaves_a_practice_or_a_lab_is_no_clinician(world, members, fitness):
    members.put(a_member("nurse-1", state=MemberState.ENDED))
    for kind in {*OrganizationKind} - {OrganizationKind.CARE_TEAM}:
        assert fitness.hear(left(kind=kind)) == ()
    assert world.roster.clinician(TEAM_ID, "nurse-1").is_active


def test_the_events_that_are_heard_are_those_that_the_bus_is_asked_for():
    assert [each.__name__ for each in HEARD] == [*FITNESS_EVENTS]
    assert tuple(each.SOURCE for each in HEARD) == FITNESS_SOURCES
