"""Who opens, changes, moves and reads scheduling periods; and what moves them by themselves."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from bitewing.case_days.status import DayStatus
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import (
    DeadlinePassed,
    IdempotencyKeyReused,
    InvalidInput,
    PeriodMoveNotAllowed,
    PeriodNotOpen,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.periods import PeriodService
from bitewing.scheduling.ports import TRIES
from bitewing.scheduling.weights import MatchWeights

from tests.support.builders import NOW
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_PRACTICE, PLATFORM, a_caller, a_request
from tests.support.care_teams import CARE_TEAM_ID, MANAGER, OTHER_MANAGER
from tests.support.case_days import a_day
from tests.support.scheduling import (
    AVAILABILITY_DUE,
    FIRST,
    LAST,
    NEW_PERIOD,
    PERIOD_ID,
    REQUESTS_DUE,
    SchedulingWorld,
    a_day_request,
    a_period,
    an_availability,
)
from tests.support.world import Interrupted

DAY = timedelta(days=1)
#: People without a role of their organization, and with one of another kind.
CONTRADICTORY = (
    replace(CLINICIAN, roles=frozenset()),
    a_caller("practice-1", OrganizationKind.PRACTICE, Role.MANAGER),
    a_caller(CARE_TEAM_ID, OrganizationKind.CARE_TEAM, Role.PRACTICE_ADMIN),
)
NOT_MANAGERS = (CLINICIAN, FROM_PRACTICE, FROM_LAB, PLATFORM, *CONTRADICTORY)


def changes(world, version=1, who=MANAGER, **named):
    return world.period_service.change(who, PERIOD_ID, expected_version=version, changes=named)


def moves(world, to, version=1, who=MANAGER):
    return world.period_service.move(who, PERIOD_ID, PeriodStatus(to), expected_version=version)


# --- Opening ----------------------------------------------------------------------------------------------------------


def test_a_manager_opens_a_period_and_everybody_is_asked():
    world = SchedulingWorld()
    opened = world.period_service.open(MANAGER, NEW_PERIOD, a_request())
    assert opened == a_period(period_id=opened.period_id)
    assert world.periods.find(CARE_TEAM_ID, opened.period_id) == opened
    (event,) = world.memory.events
    assert type(event).__name__ == "PeriodOpened"
    assert (event.subject_id, event.care_team_id, event.period_version) == (opened.period_id, CARE_TEAM_ID, 1)
    assert (event.availability_due_at, event.requests_due_at) == (AVAILABILITY_DUE, opened.requests_due_at)


def test_a_period_is_opened_with_what_its_schedule_is_worth_and_when_it_is_matched():
    world = SchedulingWorld()
    new = replace(NEW_PERIOD, weights=MatchWeights(fair_day=30), match_at=REQUESTS_DUE)
    opened = world.period_service.open(MANAGER, new, a_request())
    assert opened == a_period(period_id=opened.period_id, weights=MatchWeights(fair_day=30), match_at=REQUESTS_DUE)
    assert MatchWeights() == MatchWeights(served=1000, travel_min=1, preferred=20, team=60, fair_day=15, later_date=40)


def test_the_same_request_opens_one_period_and_its_key_stands_for_no_other():
    world = SchedulingWorld()
    opened = world.period_service.open(MANAGER, NEW_PERIOD, a_request())
    assert world.period_service.open(MANAGER, NEW_PERIOD, a_request()) == opened
    assert world.told == ["PeriodOpened"]
    with pytest.raises(IdempotencyKeyReused):
        world.period_service.open(MANAGER, NEW_PERIOD, a_request(body="another"))


def test_a_request_that_is_answered_at_this_moment_is_not_answered_twice():
    world = SchedulingWorld()
    twice = Interrupted(world.periods, "save", lambda: world.period_service.open(MANAGER, NEW_PERIOD, a_request()))
    service = PeriodService(twice, world.places, now=world.clock)
    with pytest.raises(RequestInProgress):
        service.open(MANAGER, NEW_PERIOD, a_request())
    assert world.told == ["PeriodOpened"]


@pytest.mark.parametrize("who", NOT_MANAGERS, ids=lambda who: who.user_id)
def test_nobody_else_opens_changes_or_moves_a_period(world, who):
    for act in (
        lambda: world.period_service.open(who, NEW_PERIOD, a_request()),
        lambda: changes(world, who=who, name="Mine"),
        lambda: moves(world, "reviewing", who=who),
    ):
        with pytest.raises(RoleNotAllowed):
            act()
    assert world.told == []


def test_a_care_team_that_is_not_known_opens_no_period(world):
    with pytest.raises(Unknown):
        world.period_service.open(OTHER_MANAGER, NEW_PERIOD, a_request())


def test_a_period_that_nobody_could_plan_is_not_opened(world):
    with pytest.raises(InvalidInput) as refused:
        world.period_service.open(MANAGER, replace(NEW_PERIOD, last_on=FIRST - DAY), a_request())
    assert [each.pointer for each in refused.value.errors] == ["/last_on"]
    assert world.told == []


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_people_of_the_care_team_read_its_periods_and_practices_those_of_any_that_they_name(world):
    world.has(a_period(period_id="period-2"), a_period(period_id="period-3", care_team_id="team-2"))
    page = {"limit": 5, "start": None}
    for who, named in ((MANAGER, None), (CLINICIAN, CARE_TEAM_ID), (FROM_PRACTICE, CARE_TEAM_ID)):
        listed = world.period_service.of_caller(who, care_team_id=named, **page)
        assert [each.period_id for each in listed.things] == ["period-2", PERIOD_ID]
        assert world.period_service.read(who, PERIOD_ID, care_team_id=named) == a_period()
    listed = world.period_service.of_caller(FROM_PRACTICE, care_team_id="team-2", **page)
    assert [each.period_id for each in listed.things] == ["period-3"]
    assert world.period_service.of_caller(FROM_PRACTICE, care_team_id="team-3", **page).things == ()


def test_a_page_of_periods_goes_on_where_the_one_before_has_ended(world):
    world.has(*(a_period(period_id=f"period-{number}") for number in (2, 3)))
    first = world.period_service.of_caller(MANAGER, care_team_id=None, limit=2, start=None)
    second = world.period_service.of_caller(MANAGER, care_team_id=None, limit=2, start=first.next)
    assert [each.period_id for each in (*first.things, *second.things)] == ["period-3", "period-2", PERIOD_ID]
    assert second.next is None


@pytest.mark.parametrize("who", [FROM_LAB, PLATFORM, *CONTRADICTORY], ids=lambda who: who.user_id)
def test_who_works_neither_in_a_care_team_nor_in_a_practice_reads_no_period(world, who):
    with pytest.raises(RoleNotAllowed):
        world.period_service.of_caller(who, care_team_id=CARE_TEAM_ID, limit=5, start=None)
    with pytest.raises(RoleNotAllowed):
        world.period_service.read(who, PERIOD_ID, care_team_id=CARE_TEAM_ID)


def test_the_periods_of_another_care_team_do_not_exist(world):
    for who in (MANAGER, CLINICIAN):
        with pytest.raises(Unknown):
            world.period_service.of_caller(who, care_team_id="team-2", limit=5, start=None)
        with pytest.raises(Unknown):
            world.period_service.read(who, PERIOD_ID, care_team_id="team-2")
    for who, named in ((OTHER_MANAGER, None), (FROM_PRACTICE, "team-2")):
        with pytest.raises(Unknown):
            world.period_service.read(who, PERIOD_ID, care_team_id=named)


def test_a_practice_says_whose_periods_it_means(world):
    with pytest.raises(InvalidInput) as refused:
        world.period_service.of_caller(FROM_PRACTICE, care_team_id=None, limit=5, start=None)
    assert [each.pointer for each in refused.value.errors] == ["care_team_id"]


# --- Changing ---------------------------------------------------------------------------------------------------------


def test_a_change_is_told_with_the_names_of_what_changed(world):
    later = AVAILABILITY_DUE + DAY
    changed = changes(world, name="Spring", availability_due_at=later, last_on=LAST)
    assert changed == a_period(name="Spring", availability_due_at=later, version=2)
    assert world.period() == changed
    (event,) = world.memory.events
    assert (event.fields, event.period_version, event.availability_due_at) == (
        *(("name", "availability_due_at"), 2),
        later,
    )


def test_what_is_as_it_was_is_no_change(world):
    assert changes(world, name="Early spring", states=frozenset({"MA"})) == a_period()
    assert world.told == []


def test_a_period_shrinks_until_somebody_has_answered(world):
    assert changes(world, last_on=LAST - DAY).last_on == LAST - DAY
    world.has(an_availability())
    with pytest.raises(InvalidInput) as refused:
        changes(world, 2, last_on=LAST - 2 * DAY)
    assert [each.pointer for each in refused.value.errors] == ["/last_on"]
    assert changes(world, 2, last_on=LAST + DAY).last_on == LAST + DAY


def test_a_request_is_an_answer_too_and_that_of_another_period_none(world):
    world.has(a_day_request(period_id="period-2"), an_availability(period_id="period-2"))
    changes(world, first_on=FIRST + DAY)
    world.has(a_day_request())
    with pytest.raises(InvalidInput):
        changes(world, 2, first_on=FIRST + 2 * DAY)


def test_a_period_does_not_shrink_away_from_a_day_that_was_made_by_hand(world):
    world.has(a_day(on=LAST), a_day(on=FIRST, status=DayStatus.CANCELLED))
    for version, shrunk in enumerate(({"last_on": LAST - DAY}, {"first_on": FIRST + DAY}), start=1):
        with pytest.raises(InvalidInput) as refused:
            changes(world, version, **shrunk)
        assert [each.pointer for each in refused.value.errors] == [f"/{next(iter(shrunk))}"]
        assert changes(world, version, name=f"Spring {version}").version == version + 1
    assert changes(world, 3, last_on=LAST + DAY).last_on == LAST + DAY


def test_days_that_are_called_off_or_of_others_let_a_period_shrink(world):
    world.has(
        a_day(status=DayStatus.CANCELLED, on=LAST),
        a_day(status=DayStatus.REJECTED, on=LAST),
        a_day(period_id="period-2", on=LAST),
        a_day(period_id=None, on=LAST),
        a_day(care_team_id="team-2", on=LAST),
    )
    assert changes(world, last_on=LAST - DAY).last_on == LAST - DAY


@pytest.mark.parametrize("status", ["matching", "proposed", "published", "closed"])
def test_a_period_that_is_neither_collecting_nor_reviewing_stays_as_it_is(world, status):
    version = world.moves_to(status=PeriodStatus(status)).version
    with pytest.raises(PeriodNotOpen):
        changes(world, version, name="Late spring")


@pytest.mark.parametrize("status", ["collecting", "reviewing", "proposed"])
def test_weights_are_changed_as_long_as_the_period_can_be_matched_and_those_that_are_not_named_stay(world, status):
    version = world.moves_to(status=PeriodStatus(status)).version
    assert changes(world, version, weights={"fair_day": 0}).weights == MatchWeights(fair_day=0)
    changed = changes(world, version + 1, weights={"team": 5, "fair_day": 0})
    assert world.period() == changed
    assert changed.weights == MatchWeights(fair_day=0, team=5)
    assert changes(world, version + 2, weights={"team": 5}) == changed
    assert [event.fields for event in world.memory.events] == [("weights",)] * 2


@pytest.mark.parametrize("status", ["matching", "published", "closed"])
def test_weights_of_a_period_that_is_not_matched_anew_stay(world, status):
    version = world.moves_to(status=PeriodStatus(status)).version
    with pytest.raises(PeriodNotOpen):
        changes(world, version, weights={"fair_day": 0})


def test_of_a_proposed_period_nothing_else_changes_with_its_weights(world):
    version = world.moves_to(status=PeriodStatus.PROPOSED).version
    for named in ({"name": "Late spring"}, {"match_at": REQUESTS_DUE + DAY}):
        with pytest.raises(PeriodNotOpen):
            changes(world, version, weights={"fair_day": 0}, **named)
    assert changes(world, version, weights={"fair_day": 0}, name="Early spring").weights.fair_day == 0


def test_matching_is_to_start_by_itself_until_that_is_taken_back(world):
    assert changes(world, match_at=REQUESTS_DUE + DAY).match_at == REQUESTS_DUE + DAY
    assert changes(world, 2, match_at=None).match_at is None
    assert [event.fields for event in world.memory.events] == [("match_at",)] * 2
    with pytest.raises(InvalidInput) as refused:
        changes(world, 3, match_at=AVAILABILITY_DUE)
    assert [each.pointer for each in refused.value.errors] == ["/match_at"]


def test_a_change_that_nobody_could_plan_is_refused(world):
    with pytest.raises(InvalidInput) as refused:
        changes(world, states=frozenset())
    assert [each.pointer for each in refused.value.errors] == ["/states"]
    assert world.told == []


def test_of_two_changes_at_once_the_second_is_told(world):
    changes(world, name="Spring")
    for act in (lambda: changes(world, name="Summer"), lambda: moves(world, "reviewing")):
        with pytest.raises(StaleVersion) as stale:
            act()
        assert (stale.value.expected, stale.value.actual) == (1, 2)
    twice = Interrupted(world.periods, "save", lambda: changes(world, 2, name="Autumn"))
    service = PeriodService(twice, world.places, now=world.clock)
    with pytest.raises(StaleVersion):
        service.change(MANAGER, PERIOD_ID, expected_version=2, changes={"name": "Winter"})
    assert world.period().name == "Autumn"


def test_a_period_of_a_care_team_that_is_gone_is_not_changed(world):
    del world.places.care_teams[CARE_TEAM_ID]
    with pytest.raises(Unknown):
        changes(world, name="Spring")


# --- Moving -----------------------------------------------------------------------------------------------------------


def test_a_manager_moves_a_period_through_its_life_and_each_move_is_told(world):
    for version, to in enumerate(("reviewing", "proposed", "published", "closed"), start=1):
        assert moves(world, to, version).status == to
    path = [(event.origin.value, event.to.value, event.period_version) for event in world.memory.events]
    assert path == [
        ("collecting", "reviewing", 2),
        ("reviewing", "proposed", 3),
        ("proposed", "published", 4),
        ("published", "closed", 5),
    ]


def test_a_move_that_is_none_is_refused_with_those_that_are(world):
    with pytest.raises(PeriodMoveNotAllowed) as refused:
        moves(world, "published")
    assert refused.value.facts() == {"current_status": "collecting", "allowed_moves": ["reviewing"]}
    world.moves_to(status=PeriodStatus.REVIEWING)
    world.clock.at = AVAILABILITY_DUE
    with pytest.raises(DeadlinePassed):
        moves(world, "collecting", 2)


@pytest.mark.parametrize("status", ["reviewing", "proposed"])
def test_a_period_is_matched_by_a_run_and_not_by_a_move(world, status):
    version = world.moves_to(status=PeriodStatus(status)).version
    with pytest.raises(PeriodMoveNotAllowed) as refused:
        moves(world, "matching", version)
    assert refused.value.facts()["made_by"] == "match-runs"
    assert "matching" not in refused.value.facts()["allowed_moves"]
    assert world.told == []


def test_a_manager_stops_the_run_that_matches_a_period_by_reviewing_it_again(world):
    version = world.moves_to(status=PeriodStatus.MATCHING, run_id="run-1").version
    assert moves(world, "reviewing", version).run_id is None
    assert world.told == ["PeriodMoved"]


def test_a_manager_of_another_care_team_finds_no_period_to_move(world):
    with pytest.raises(Unknown):
        moves(world, "reviewing", who=OTHER_MANAGER)


# --- By itself --------------------------------------------------------------------------------------------------------


def test_at_its_deadline_a_period_moves_on_by_itself_once(world):
    move_on = world.period_service.move_on
    world.clock.at = AVAILABILITY_DUE - DAY
    assert move_on(CARE_TEAM_ID, PERIOD_ID) is None
    world.clock.at = AVAILABILITY_DUE
    assert move_on(CARE_TEAM_ID, PERIOD_ID) == "reviewing"
    assert move_on(CARE_TEAM_ID, PERIOD_ID) is None
    assert (world.told, world.period().version) == (["PeriodMoved"], 2)


def test_a_deadline_that_was_put_off_moves_nothing(world):
    changes(world, availability_due_at=AVAILABILITY_DUE + DAY)
    world.clock.at = AVAILABILITY_DUE
    assert world.period_service.move_on(CARE_TEAM_ID, PERIOD_ID) is None


def test_a_published_period_is_closed_after_its_last_day(world):
    world.moves_to(status=PeriodStatus.PUBLISHED)
    world.clock.at = datetime.combine(LAST + 2 * DAY, NOW.time(), tzinfo=NOW.tzinfo)
    assert world.period_service.move_on(CARE_TEAM_ID, PERIOD_ID) == "closed"


def test_what_is_gone_is_not_moved(world):
    assert world.period_service.move_on(CARE_TEAM_ID, "period-9") is None
    del world.places.care_teams[CARE_TEAM_ID]
    assert world.period_service.move_on(CARE_TEAM_ID, PERIOD_ID) is None


def test_a_manager_who_moves_it_at_the_same_moment_is_first(world):
    world.clock.at = AVAILABILITY_DUE
    raced = Interrupted(world.periods, "save", lambda: moves(world, "reviewing"))
    assert PeriodService(raced, world.places, now=world.clock).move_on(CARE_TEAM_ID, PERIOD_ID) is None
    assert world.told == ["PeriodMoved"]


def test_whoever_keeps_changing_it_lets_the_deadline_be_tried_again(world):
    def put_in_between():
        world.moves_to(name=f"Version {world.period().version}")

    world.clock.at = AVAILABILITY_DUE
    raced = Interrupted(world.periods, "save", put_in_between, times=TRIES)
    with pytest.raises(RequestInProgress):
        PeriodService(raced, world.places, now=world.clock).move_on(CARE_TEAM_ID, PERIOD_ID)
    assert world.period().status is PeriodStatus.COLLECTING
