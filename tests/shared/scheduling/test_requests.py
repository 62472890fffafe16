"""What practices ask for, until when they change it, who reads it, and what managers say of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.kernel.errors import (
    DeadlinePassed,
    IdempotencyKeyReused,
    InvalidInput,
    PeriodNotOpen,
    RequestInProgress,
    RequestMoveNotAllowed,
    RequestNotOpen,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.ports import TRIES
from bitewing.scheduling.request import RequestStatus
from bitewing.scheduling.requests import RequestService

from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    PLATFORM,
    PRACTICE_ADMIN,
    a_request,
)
from tests.support.care_teams import CARE_TEAM_ID, MANAGER, OTHER_MANAGER, SITE_ID, a_site
from tests.support.scheduling import (
    FIRST,
    LAST,
    NEW_DAY,
    PERIOD_ID,
    REQUESTS_DUE,
    a_day_request,
    a_period,
)
from tests.support.world import Interrupted

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
NEITHER = (CLINICIAN, FROM_LAB, PLATFORM, replace(FROM_PRACTICE, roles=frozenset()))
OWN = "request-1"


def changes(world, version=1, who=FROM_PRACTICE, **named):
    return world.request_service.change(who, OWN, expected_version=version, changes=named)


def moves(world, to, version=1, who=FROM_PRACTICE, reason=""):
    return world.request_service.move(who, OWN, RequestStatus(to), reason=reason, expected_version=version)


@pytest.fixture
def asked(world):
    """A request that waits."""
    world.has(a_day_request())
    return world


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_a_practice_asks_for_a_day_and_the_manager_hears_of_it(world):
    asked = world.asks(dates=(LAST, FIRST), kind=PatientKind.MIXED, note="Two rooms.")
    assert asked == a_day_request(
        asked.request_id, dates=(LAST, FIRST), kind=PatientKind.MIXED, note="Two rooms.", expected_patients=4
    )
    assert world.requests.find(asked.request_id) == asked
    (event,) = world.memory.events
    assert type(event).__name__ == "CaseDayRequested"
    assert (event.subject_id, event.care_team_id, event.practice_id) == (PERIOD_ID, CARE_TEAM_ID, asked.practice_id)
    assert (event.request_id, event.request_version) == (asked.request_id, 1)


def test_the_same_request_asks_once_and_its_key_stands_for_no_other(world):
    create = world.request_service.create
    asked = create(FROM_PRACTICE, NEW_DAY, a_request())
    assert create(FROM_PRACTICE, NEW_DAY, a_request()) == asked
    assert world.told == ["CaseDayRequested"]
    with pytest.raises(IdempotencyKeyReused):
        create(FROM_PRACTICE, NEW_DAY, a_request(body="another"))


def test_what_was_asked_a_moment_ago_with_the_same_key_is_answered(world):
    first = []
    raced = Interrupted(
        world.requests,
        "save",
        lambda: first.append(world.request_service.create(FROM_PRACTICE, NEW_DAY, a_request())),
    )
    service = RequestService(raced, world.periods, world.places, now=world.clock)
    assert [service.create(FROM_PRACTICE, NEW_DAY, a_request())] == first
    assert world.told == ["CaseDayRequested"]


@pytest.mark.parametrize("who", [*NEITHER, MANAGER], ids=lambda who: who.user_id)
def test_nobody_but_practices_asks_for_days(world, who):
    with pytest.raises(RoleNotAllowed):
        world.asks(who)


@pytest.mark.parametrize(
    ("who", "named", "pointers"),
    [
        (FROM_PRACTICE, {"period_id": "period-9"}, ["/period_id"]),
        (FROM_PRACTICE, {"care_team_id": "team-2"}, ["/period_id"]),
        (FROM_PRACTICE, {"site_id": "site-9"}, ["/site_id"]),
        (FROM_OTHER_PRACTICE, {}, ["/site_id"]),
        (FROM_OTHER_PRACTICE, {"period_id": "period-9"}, ["/period_id", "/site_id"]),
        (FROM_PRACTICE, {"dates": (FIRST - DAY,)}, ["/dates/0"]),
    ],
)
def test_a_day_is_asked_for_at_a_site_of_the_practice_in_a_period_that_there_is(world, who, named, pointers):
    with pytest.raises(InvalidInput) as refused:
        world.asks(who, **named)
    assert [each.pointer for each in refused.value.errors] == pointers
    assert world.told == []


def test_days_are_asked_for_until_the_deadline_also_while_availability_is_reviewed(world):
    world.moves_to(status=PeriodStatus.REVIEWING)
    world.clock.at = REQUESTS_DUE - SECOND
    world.asks()
    world.clock.at = REQUESTS_DUE
    with pytest.raises(DeadlinePassed):
        world.asks()


@pytest.mark.parametrize("status", ["matching", "proposed", "published", "closed"])
def test_a_period_that_has_moved_on_takes_no_requests(world, status):
    world.moves_to(status=PeriodStatus(status))
    with pytest.raises(PeriodNotOpen):
        world.asks()


# --- While the period changes -----------------------------------------------------------------------------------------


def raced(world, happens, times=1):
    store = Interrupted(world.requests, "save", happens, times=times)
    return RequestService(store, world.periods, world.places, now=world.clock)


def test_a_period_that_moves_on_while_a_request_is_stored_does_not_take_it(asked):
    def moves_on():
        asked.moves_to(status=PeriodStatus.MATCHING)

    with pytest.raises(PeriodNotOpen):
        raced(asked, moves_on).create(FROM_PRACTICE, NEW_DAY, a_request())
    asked.moves_to(status=PeriodStatus.COLLECTING)
    with pytest.raises(PeriodNotOpen):
        raced(asked, moves_on).change(FROM_PRACTICE, OWN, expected_version=1, changes={"minutes": 240})
    assert asked.told == []


def test_a_deadline_that_is_put_forward_while_a_request_is_stored_is_judged_again(world):
    world.clock.at = REQUESTS_DUE - DAY
    with pytest.raises(DeadlinePassed):
        raced(world, lambda: world.moves_to(requests_due_at=REQUESTS_DUE - DAY)).create(
            FROM_PRACTICE, NEW_DAY, a_request()
        )


def test_a_period_that_is_renamed_meanwhile_takes_it_all_the_same(world):
    service = raced(world, lambda: world.moves_to(name="Spring"))
    assert service.create(FROM_PRACTICE, NEW_DAY, a_request()).version == 1


def test_a_period_that_keeps_changing_lets_it_be_sent_again(asked):
    def renamed():
        asked.moves_to(name=f"Version {asked.period().version}")

    with pytest.raises(RequestInProgress):
        raced(asked, renamed, TRIES).create(FROM_PRACTICE, NEW_DAY, a_request())
    with pytest.raises(RequestInProgress):
        raced(asked, renamed, TRIES).change(FROM_PRACTICE, OWN, expected_version=1, changes={"minutes": 240})


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_a_request_is_read_by_its_practice_and_by_managers_of_the_care_team(asked):
    for who in (FROM_PRACTICE, PRACTICE_ADMIN, MANAGER):
        assert asked.request_service.read(who, OWN) == a_day_request()
    for who in (FROM_OTHER_PRACTICE, OTHER_MANAGER):
        with pytest.raises(Unknown):
            asked.request_service.read(who, OWN)
    with pytest.raises(Unknown):
        asked.request_service.read(MANAGER, "request-9")
    for who in NEITHER:
        with pytest.raises(RoleNotAllowed):
            asked.request_service.read(who, OWN)


def test_a_manager_lists_those_of_a_period_and_a_practice_its_own(asked):
    asked.has(
        a_day_request("request-2", practice_id="practice-2"),
        a_day_request("request-3", period_id="period-2", status=RequestStatus.REJECTED),
        a_day_request("request-4", status=RequestStatus.REJECTED),
        a_day_request("request-5", care_team_id="team-2"),
    )
    page = {"status": None, "limit": 9, "start": None}
    listed = asked.request_service.of_caller

    def ids(who, **named):
        return [each.request_id[-1] for each in listed(who, **page | {"period_id": None} | named).things]

    assert ids(MANAGER, period_id=PERIOD_ID) == ["1", "2", "4"]
    assert ids(MANAGER, period_id=PERIOD_ID, status=RequestStatus.REJECTED) == ["4"]
    assert ids(MANAGER, period_id="period-9") == []
    assert ids(FROM_PRACTICE) == ["5", "4", "3", "1"]
    assert ids(FROM_PRACTICE, status=RequestStatus.REJECTED) == ["4", "3"]
    assert ids(FROM_OTHER_PRACTICE) == ["2"]
    for who, period_id in ((MANAGER, None), (FROM_PRACTICE, PERIOD_ID)):
        with pytest.raises(InvalidInput) as refused:
            listed(who, period_id=period_id, **page)
        assert [each.pointer for each in refused.value.errors] == ["period_id"]
    for who in NEITHER:
        with pytest.raises(RoleNotAllowed):
            listed(who, period_id=PERIOD_ID, **page)


# --- Changing ---------------------------------------------------------------------------------------------------------


def test_a_practice_changes_what_it_asks_for_and_the_names_are_told(asked):
    asked.places.put(a_site(site_id="site-2"))
    changed = changes(asked, site_id="site-2", dates=(LAST,), minutes=480)
    assert changed == asked.requests.find(OWN) == a_day_request(site_id="site-2", dates=(LAST,), version=2)
    (event,) = asked.memory.events
    assert type(event).__name__ == "CaseDayRequestChanged"
    assert (event.fields, event.request_version) == (("site_id", "dates"), 2)


def test_what_is_as_it_was_is_no_change(asked):
    assert changes(asked, minutes=480) == changes(asked, who=MANAGER, priority=3) == a_day_request()
    assert asked.told == []


def test_a_change_is_held_to_what_a_request_is_held_to(asked):
    for named, pointer in (({"site_id": "site-9"}, "/site_id"), ({"dates": (LAST + DAY,)}, "/dates/0")):
        with pytest.raises(InvalidInput) as refused:
            changes(asked, **named)
        assert [each.pointer for each in refused.value.errors] == [pointer]
    asked.clock.at = REQUESTS_DUE
    with pytest.raises(DeadlinePassed):
        changes(asked, minutes=240)


@pytest.mark.parametrize("status", [each for each in RequestStatus if each is not RequestStatus.REQUESTED])
def test_what_has_become_something_is_changed_there(asked, status):
    asked.has(a_day_request(status=status))
    with pytest.raises(RequestNotOpen):
        changes(asked, minutes=240)


def test_only_managers_say_what_comes_first_and_only_the_practice_what_is_asked_for(asked):
    first = changes(asked, who=MANAGER, priority=5)
    assert (first, asked.memory.events[-1].fields) == (a_day_request(priority=5, version=2), ("priority",))
    for who, named, needed in (
        (FROM_PRACTICE, {"priority": 5}, ["manager"]),
        (MANAGER, {"priority": 5, "minutes": 240}, ["practice_admin", "practice_staff"]),
    ):
        with pytest.raises(RoleNotAllowed) as refused:
            changes(asked, 2, who, **named)
        assert refused.value.facts() == {"needed_roles": needed}


def test_what_comes_first_is_said_after_the_deadline_too_as_long_as_the_request_waits(asked):
    asked.clock.at = REQUESTS_DUE + DAY
    asked.moves_to(status=PeriodStatus.MATCHING)
    asked.has(a_day_request(status=RequestStatus.UNMATCHED, reason="No nurse."))
    assert changes(asked, who=MANAGER, priority=1).priority == 1
    asked.has(a_day_request(status=RequestStatus.CONFIRMED))
    with pytest.raises(RequestNotOpen):
        changes(asked, who=MANAGER, priority=2)


def test_of_two_edits_at_once_the_second_is_told(asked):
    changes(asked, minutes=240)
    for act in (
        lambda: changes(asked, minutes=300),
        lambda: changes(asked, who=MANAGER, priority=5),
        lambda: moves(asked, "withdrawn"),
    ):
        with pytest.raises(StaleVersion) as stale:
            act()
        assert (stale.value.expected, stale.value.actual) == (1, 2)
    with pytest.raises(StaleVersion):
        raced(asked, lambda: changes(asked, 2, minutes=360)).change(
            FROM_PRACTICE, OWN, expected_version=2, changes={"minutes": 420}
        )
    assert asked.requests.find(OWN).minutes == 360


@pytest.mark.parametrize("who", [FROM_OTHER_PRACTICE, OTHER_MANAGER, *NEITHER], ids=lambda who: who.user_id)
def test_nobody_else_changes_or_moves_a_request(asked, who):
    error = RoleNotAllowed if who in NEITHER else Unknown
    named = {"priority": 5} if who is OTHER_MANAGER else {"minutes": 240}
    for act in (lambda: changes(asked, who=who, **named), lambda: moves(asked, "withdrawn", who=who)):
        with pytest.raises(error):
            act()
    assert asked.told == []


# --- Ending -----------------------------------------------------------------------------------------------------------


def test_a_practice_withdraws_its_request_also_after_the_deadline(asked):
    asked.clock.at = REQUESTS_DUE + DAY
    assert moves(asked, "withdrawn").status is RequestStatus.WITHDRAWN
    (event,) = asked.memory.events
    assert type(event).__name__ == "CaseDayRequestMoved"
    assert (event.origin, event.to, event.request_version) == (RequestStatus.REQUESTED, RequestStatus.WITHDRAWN, 2)


def test_a_manager_rejects_with_a_reason_that_the_practice_reads(asked):
    with pytest.raises(InvalidInput):
        moves(asked, "rejected", who=MANAGER)
    moves(asked, "rejected", who=MANAGER, reason="The site has one room only.")
    read = asked.request_service.read(FROM_PRACTICE, OWN)
    assert (read.status, read.reason) == (RequestStatus.REJECTED, "The site has one room only.")
    assert asked.told == ["CaseDayRequestMoved"]
    assert "room" not in str(asked.memory.events)


@pytest.mark.parametrize(
    ("who", "to", "allowed"),
    [
        (FROM_PRACTICE, "rejected", ["withdrawn"]),
        (MANAGER, "withdrawn", ["rejected"]),
        (MANAGER, "confirmed", ["rejected"]),
    ],
)
def test_each_side_ends_a_request_in_its_own_way(asked, who, to, allowed):
    with pytest.raises(RequestMoveNotAllowed) as refused:
        moves(asked, to, who=who, reason="Because.")
    assert refused.value.facts() == {"current_status": "requested", "allowed_moves": allowed}


def test_the_period_of_a_request_need_not_be_open_to_end_it(asked):
    asked.has(a_period(status=PeriodStatus.CLOSED), a_day_request(status=RequestStatus.UNMATCHED, site_id=SITE_ID))
    assert moves(asked, "withdrawn").status is RequestStatus.WITHDRAWN
