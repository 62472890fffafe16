"""Planning as lab and practice do it, in memory."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.cases.access import party_of
from bitewing.cases.moves import Move
from bitewing.cases.status import Party, Status, WaitsFor
from bitewing.directory.organization import ConnectionState
from bitewing.kernel.errors import (
    BlockNotOffered,
    BlockTaken,
    ContactLab,
    IdempotencyKeyReused,
    InvalidInput,
    LabClosed,
    MoveNotAllowed,
    RequestInProgress,
    RoleNotAllowed,
    SessionNotBegun,
    SessionNotOpen,
    StaleVersion,
    Unknown,
)
from bitewing.planning.ports import HoursChanged
from bitewing.planning.service import PlanningService
from bitewing.planning.session import SessionState
from bitewing.requirements.case_types import CaseType

from tests.support.builders import LAB_ID, NOW, a_connection, a_lab, a_practice, a_profile
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    LAB_ADMIN,
    a_request,
)
from tests.support.planning import LINK, TUESDAY_AT_10, a_planned_case, an_opening, some_hours
from tests.support.world import Interrupted

HALF_AN_HOUR = timedelta(minutes=30)
NEXT = TUESDAY_AT_10 + HALF_AN_HOUR
WEEK = timedelta(days=7)


def books(world, starts_at=TUESDAY_AT_10, *, case_id="case-1", key="key-1", body="body", caller=FROM_PRACTICE):
    return world.service.book(caller, case_id, starts_at, a_request(f"{case_id} {key}", body))


def moves(world, starts_at, version=1, caller=FROM_LAB):
    return world.service.move(caller, "case-1", starts_at, expected_version=version)


def cancels(world, version=1, caller=FROM_LAB):
    return world.service.cancel(caller, "case-1", expected_version=version)


def ends(world, outcome, version=1, caller=FROM_LAB):
    return world.service.record_outcome(caller, "case-1", outcome, expected_version=version)


def told(world):
    return world.told()


def deeds(world):
    return [entry.deed.value for entry in world.memory.entries]


# Hours


def test_a_lab_that_has_published_nothing_has_hours_of_version_0_in_which_nobody_plans(world):
    world.memory.hours.clear()
    hours = world.service.hours(FROM_LAB, LAB_ID)
    assert (hours.version, hours.openings) == (0, ())


def test_hours_are_published_in_versions_and_the_same_again_is_none(world):
    world.memory.hours.clear()
    first = world.service.publish(LAB_ADMIN, some_hours(version=0), expected_version=0)
    again = world.service.publish(LAB_ADMIN, some_hours(version=0), expected_version=1)
    other = world.service.publish(LAB_ADMIN, some_hours(planners=2), expected_version=1)
    assert (first.version, again, other.version) == (1, first, 2)
    assert world.service.hours(FROM_LAB, LAB_ID) == other


def test_of_two_who_publish_the_second_is_told_what_it_missed(world):
    with pytest.raises(StaleVersion) as refused:
        world.service.publish(LAB_ADMIN, some_hours(planners=2), expected_version=7)
    assert (refused.value.expected, refused.value.actual) == (7, 1)


def test_hours_in_which_nobody_could_plan_are_not_published(world):
    with pytest.raises(InvalidInput):
        world.service.publish(LAB_ADMIN, some_hours(openings=(an_opening(1, "09:00", "08:00"),)), expected_version=1)
    assert world.memory.hours[LAB_ID].version == 1


@pytest.mark.parametrize(
    ("caller", "refused"),
    [
        (FROM_LAB, RoleNotAllowed),
        (FROM_PRACTICE, RoleNotAllowed),
        (CLINICIAN, RoleNotAllowed),
        (FROM_OTHER_LAB, Unknown),
    ],
)
def test_only_who_administrates_the_lab_publishes_its_hours(world, caller, refused):
    with pytest.raises(refused):
        world.service.publish(caller, some_hours(planners=2), expected_version=1)


# Blocks


def test_a_practice_sees_the_free_blocks_of_two_weeks_from_the_notice_on_in_its_own_time_zone(world):
    world.directory.put(a_practice(time_zone="Europe/Berlin"))
    found = world.service.blocks(FROM_PRACTICE, LAB_ID)
    assert found.time_zone == "Europe/Berlin"
    assert found.blocks[0].block.starts_at == TUESDAY_AT_10
    # Ten working days of six blocks, without those of today and the first two of tomorrow.
    assert len(found.blocks) == 9 * 6 - 2
    assert (found.next_free, found.says) == (None, None)


def test_the_days_are_days_of_the_reader(world):
    # At midnight in Auckland it is six in the morning of the day before at the lab.
    found = world.service.blocks(
        FROM_LAB, LAB_ID, first=date(2026, 3, 6), last=date(2026, 3, 6), time_zone="Pacific/Auckland"
    )
    assert found.blocks[0].block.starts_at == datetime(2026, 3, 5, 14, tzinfo=UTC)
    assert len(found.blocks) == 6


def test_a_block_says_who_is_free_and_is_gone_when_nobody_is(world):
    world.publishes(planners=2)
    books(world)
    assert world.service.blocks(FROM_LAB, LAB_ID).blocks[0].planners == (2,)
    world.has(a_planned_case("case-2"))
    books(world, case_id="case-2")
    assert world.service.blocks(FROM_LAB, LAB_ID).blocks[0].block.starts_at == NEXT


def test_where_no_block_is_free_the_next_one_is_named(world):
    found = world.service.blocks(FROM_PRACTICE, LAB_ID, first=date(2026, 3, 7), last=date(2026, 3, 8))
    assert found.blocks == ()
    assert found.next_free.starts_at == datetime(2026, 3, 9, 13, tzinfo=UTC)
    assert found.says == "Northlight Dental Lab has no free block on these days."


def test_a_lab_that_is_closed_for_400_days_has_no_blocks_and_says_so(world):
    closed = frozenset(NOW.date() + timedelta(days=number) for number in range(401))
    world.directory.put(a_lab(holidays=closed))
    found = world.service.blocks(FROM_PRACTICE, LAB_ID)
    assert (found.blocks, found.next_free) == ((), None)
    assert "no free block for the 60 days ahead. Contact the lab: Northlight Dental Lab, +1 555 0200" in found.says


def test_a_lab_without_hours_says_so(world):
    world.memory.hours.clear()
    found = world.service.blocks(FROM_PRACTICE, LAB_ID)
    assert (found.blocks, found.next_free) == ((), None)
    assert "has published no planning hours" in found.says


@pytest.mark.parametrize("first", [date(2026, 5, 3), date(2300, 1, 1), date(2999, 12, 31), date(2000, 1, 1)])
def test_there_are_no_blocks_in_the_past_and_beyond_what_can_be_booked(world, first):
    assert world.service.blocks(FROM_PRACTICE, LAB_ID, first=first, last=first).blocks == ()


def test_without_notice_a_block_is_free_until_it_begins(world):
    world.publishes(notice_hours=0)
    assert world.service.blocks(FROM_PRACTICE, LAB_ID).blocks[0].block.starts_at == NOW + HALF_AN_HOUR


def test_blocks_end_at_the_last_day_that_can_be_booked(world):
    world.publishes(horizon_days=2)
    found = world.service.blocks(FROM_PRACTICE, LAB_ID).blocks
    assert {each.block.starts_at.date() for each in found} == {date(2026, 3, 3), date(2026, 3, 4)}


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"first": date(2026, 3, 5), "last": date(2026, 3, 4)}, "to"),
        ({"first": date(2026, 3, 5), "last": date(2026, 4, 5)}, "to"),
        ({"first": date(1, 1, 1)}, "from"),
        ({"first": date(9999, 12, 31)}, "from"),
    ],
    ids=str,
)
def test_days_and_zones_that_are_none_are_named(world, asked, pointer):
    with pytest.raises(InvalidInput) as refused:
        world.service.blocks(FROM_PRACTICE, LAB_ID, **asked)
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_31_days_can_be_asked_for_at_once(world):
    found = world.service.blocks(FROM_PRACTICE, LAB_ID, first=date(2026, 3, 5), last=date(2026, 4, 4))
    assert len(found.blocks) == 22 * 6


def test_who_has_no_connection_with_a_lab_sees_none_of_its_blocks(world):
    for caller, refused in ((FROM_OTHER_PRACTICE, Unknown), (FROM_OTHER_LAB, Unknown), (CLINICIAN, RoleNotAllowed)):
        with pytest.raises(refused):
            world.service.blocks(caller, LAB_ID)


@pytest.mark.parametrize(
    ("state", "was_accepted", "sees"),
    [
        (ConnectionState.ASKED, False, False),
        (ConnectionState.ENDED, True, True),
        (ConnectionState.ACCEPTED, True, True),
    ],
)
def test_a_practice_whose_connection_ended_plans_the_cases_that_run(world, state, was_accepted, sees):
    world.directory.put(a_connection(state=state, was_accepted=was_accepted))
    if sees:
        assert world.service.blocks(FROM_PRACTICE, LAB_ID).blocks
    else:
        with pytest.raises(Unknown):
            world.service.blocks(FROM_PRACTICE, LAB_ID)


def test_a_lab_that_is_gone_is_unknown(world):
    del world.directory.labs[LAB_ID]
    with pytest.raises(Unknown):
        world.service.blocks(FROM_PRACTICE, LAB_ID)


# Booking


def test_a_practice_books_a_block_and_its_case_is_due_by_the_day_of_the_session(world):
    booking = books(world)
    case, session = world.case(), world.session()
    assert (case.status, case.color.value, case.waits_for.value) == (Status.PLANNING_SCHEDULED, "green", "lab")
    # Five working days after the Tuesday of the session.
    assert (case.due_on, booking.due_on) == (date(2026, 3, 10), date(2026, 3, 10))
    assert case.session == session.of_case
    assert (session.starts_at, session.ends_at, session.planner) == (TUESDAY_AT_10, NEXT, 1)
    assert (session.meeting_link, session.booked_by, session.state) == (LINK, "person-1", SessionState.BOOKED)
    assert (booking.session, booking.status, booking.initials) == (session, Status.PLANNING_SCHEDULED, "M. H.")
    assert told(world) == ["CaseMoved", "PlanningSessionBooked"]
    assert deeds(world) == ["session_booked"]
    (entry,) = world.memory.entries
    assert entry.details == {
        "session": session.session_id,
        "starts_at": "2026-03-03T15:00Z",
        "from": "ready_to_plan",
        "to": "planning_scheduled",
    }


def test_the_day_of_a_session_is_the_labs_and_not_the_readers(world):
    # In Auckland it is Wednesday already.
    world.directory.put(a_practice(time_zone="Pacific/Auckland"))
    assert books(world).due_on == date(2026, 3, 10)


def test_booking_is_no_change_of_the_packet(world):
    before = world.case()
    world.clock.advance(hours=-1)
    books(world)
    after = world.case()
    assert (after.last_modified_at, after.packet) == (before.last_modified_at, before.packet)


def test_the_same_request_books_once_and_gets_the_same_answer(world):
    first = books(world)
    assert books(world) == first
    assert len(world.memory.sessions) == 1
    with pytest.raises(IdempotencyKeyReused):
        books(world, body="another time")


def test_a_request_that_was_answered_while_it_was_decided_gets_that_answer(world):
    other = PlanningInterrupted(world, lambda: books(world))
    assert books(other) == other.read_again()
    assert len(world.memory.sessions) == 1


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.READY_TO_PLAN, Status.PLANNING_NO_SHOW)])
def test_a_case_that_does_not_wait_for_its_planning_is_not_booked(world, status):
    world.has(a_planned_case(status=status))
    with pytest.raises(MoveNotAllowed) as refused:
        books(world)
    assert (refused.value.status, refused.value.to) == (status, Status.PLANNING_SCHEDULED)
    assert world.memory.sessions == {}


@pytest.mark.parametrize(
    ("caller", "refused"), [(FROM_LAB, RoleNotAllowed), (FROM_OTHER_PRACTICE, Unknown), (FROM_OTHER_LAB, Unknown)]
)
def test_only_its_practice_books_for_a_case(world, caller, refused):
    with pytest.raises(refused):
        books(world, caller=caller)
    with pytest.raises(refused):
        world.service.would_book(caller, "case-1", TUESDAY_AT_10)


@pytest.fixture
def of_guest(world):
    """A case of a practice that has not joined: nobody of it can sign in, and its lab plans in its place."""
    world.directory.put(a_practice(registered_by=LAB_ID))
    world.has(a_planned_case(started_by=Party.LAB))
    return world


def test_a_lab_plans_in_the_place_of_a_practice_that_has_not_joined(of_guest):
    assert of_guest.service.would_book(FROM_LAB, "case-1", TUESDAY_AT_10).status is Status.PLANNING_SCHEDULED
    first = books(of_guest, caller=FROM_LAB)
    assert (first.status, first.due_on, first.session.booked_by) == (
        Status.PLANNING_SCHEDULED,
        date(2026, 3, 10),
        FROM_LAB.user_id,
    )
    assert told(of_guest) == ["CaseMoved", "PlanningSessionBooked"]
    assert (of_guest.memory.entries[0].by, of_guest.memory.events[0].by) == (Party.LAB, Party.LAB)
    assert of_guest.case().last_modified_at == NOW
    assert moves(of_guest, NEXT).session.starts_at == NEXT
    assert cancels(of_guest, version=2).status is Status.READY_TO_PLAN
    assert of_guest.case().waits_for is WaitsFor.LAB
    books(of_guest, key="again", caller=FROM_LAB)
    of_guest.clock.at = TUESDAY_AT_10
    assert ends(of_guest, SessionState.MISSED).status is Status.PLANNING_NO_SHOW
    assert of_guest.case().waits_for is WaitsFor.LAB
    later = books(of_guest, TUESDAY_AT_10 + timedelta(days=1), key="after it", caller=FROM_LAB)
    assert later.status is Status.PLANNING_SCHEDULED


def test_the_labs_notice_does_not_hold_the_lab_that_books_either(of_guest):
    soon = TUESDAY_AT_10 - HALF_AN_HOUR
    of_guest.publishes(notice_hours=48)
    assert of_guest.service.would_book(FROM_LAB, "case-1", soon).status is Status.PLANNING_SCHEDULED
    assert books(of_guest, soon, caller=FROM_LAB).session.starts_at == soon


def test_a_lab_books_no_case_of_a_practice_that_has_joined_also_where_it_started_it(world):
    world.has(a_planned_case(started_by=Party.LAB))
    with pytest.raises(RoleNotAllowed):
        books(world, caller=FROM_LAB)
    assert books(world).status is Status.PLANNING_SCHEDULED


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RECEIVED, Status.PLANNING_SCHEDULED, Status.MANUFACTURING])
def test_a_lab_books_no_case_of_a_guest_that_does_not_wait_for_its_planning(of_guest, status):
    of_guest.has(a_planned_case(started_by=Party.LAB, status=status))
    with pytest.raises(MoveNotAllowed) as refused:
        books(of_guest, caller=FROM_LAB)
    assert Status.PLANNING_SCHEDULED not in refused.value.allowed


def test_a_case_that_was_paused_while_it_was_planned_is_not_booked_to_go_on(of_guest):
    scheduled = a_planned_case(started_by=Party.LAB, status=Status.PLANNING_SCHEDULED)
    of_guest.has(scheduled.held("The implant is not in stock.", at=NOW))
    with pytest.raises(MoveNotAllowed):
        books(of_guest, caller=FROM_LAB)
    assert of_guest.memory.sessions == {}


def test_a_case_that_is_not_there_is_not_booked(world):
    with pytest.raises(Unknown):
        books(world, case_id="case-9")


@pytest.mark.parametrize(
    ("starts_at", "reason", "says"),
    [
        (NOW - timedelta(hours=1), "past", "This time is over."),
        (NOW, "past", "This time is over."),
        (TUESDAY_AT_10 - HALF_AN_HOUR, "inside_notice", "The lab asks for 24 hours of notice."),
        (TUESDAY_AT_10 + timedelta(minutes=1), "off_hours", "No block of the lab begins at this time."),
        (TUESDAY_AT_10 + timedelta(seconds=1), "off_hours", "No block of the lab begins at this time."),
        (TUESDAY_AT_10 + timedelta(days=1), "closed", "The lab holds no planning sessions on this day."),
        (TUESDAY_AT_10 + timedelta(days=2), "closed", "The lab holds no planning sessions on this day."),
        (TUESDAY_AT_10 + timedelta(days=60), "beyond_horizon", "The lab can be booked for 60 days ahead."),
        (datetime(9999, 12, 31, tzinfo=UTC), "beyond_horizon", "The lab can be booked for 60 days ahead."),
    ],
    ids=str,
)
def test_a_block_that_is_not_offered_is_refused_with_the_reason_and_the_next_free_one(world, starts_at, reason, says):
    world.publishes(blackout_days=frozenset({date(2026, 3, 4)}))
    world.directory.put(a_lab(holidays=frozenset({date(2026, 3, 5)})))
    with pytest.raises(BlockNotOffered) as refused:
        books(world, starts_at)
    assert (refused.value.reason, str(refused.value)) == (reason, says)
    assert refused.value.next_free >= TUESDAY_AT_10
    assert (world.memory.sessions, world.case().status) == ({}, Status.READY_TO_PLAN)
    # What is named can be booked.
    assert books(world, refused.value.next_free).session.starts_at == refused.value.next_free


def test_a_lab_that_published_no_hours_cannot_be_booked(world):
    world.memory.hours.clear()
    with pytest.raises(BlockNotOffered) as refused:
        books(world)
    assert (refused.value.reason, refused.value.next_free) == ("no_hours", None)


@pytest.mark.parametrize(
    ("local", "moment"),
    [("2026-03-08T03:00:00-04:00", "2026-03-08T07:00"), ("2026-03-08T01:00:00-05:00", "2026-03-08T06:00")],
)
def test_blocks_of_the_night_in_which_clocks_change_are_booked_by_their_moment(world, local, moment):
    world.publishes(openings=(an_opening(7, "01:00", "04:00"),), block_minutes=60)
    session = books(world, datetime.fromisoformat(local).astimezone(UTC)).session
    assert session.starts_at.isoformat().startswith(moment)
    assert session.ends_at - session.starts_at == timedelta(hours=1)


def test_an_hour_that_comes_twice_can_be_booked_twice(world):
    world.clock.at = datetime(2026, 10, 20, 12, tzinfo=UTC)
    world.publishes(openings=(an_opening(7, "01:00", "02:00"),), block_minutes=60)
    world.has(a_planned_case("case-2"))
    first = books(world, datetime(2026, 11, 1, 5, tzinfo=UTC)).session
    second = books(world, datetime(2026, 11, 1, 6, tzinfo=UTC), case_id="case-2").session
    assert first.ends_at == second.starts_at


def test_a_block_that_is_taken_is_refused_with_the_next_free_one(world):
    books(world)
    world.has(a_planned_case("case-2"))
    with pytest.raises(BlockTaken) as refused:
        books(world, case_id="case-2")
    assert refused.value.next_free == NEXT
    assert "Book the next free block" in str(refused.value)


def test_the_next_free_block_is_the_first_at_all_where_none_comes_after(world):
    world.publishes(horizon_days=2)
    last = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
    books(world, last)
    world.has(a_planned_case("case-2"))
    with pytest.raises(BlockTaken) as refused:
        books(world, last, case_id="case-2")
    assert refused.value.next_free == TUESDAY_AT_10


def test_where_all_is_taken_the_lab_is_to_be_asked(world):
    world.publishes(openings=(an_opening(2, "10:00", "10:30"),), horizon_days=3)
    books(world)
    world.has(a_planned_case("case-2"))
    with pytest.raises(BlockTaken) as refused:
        books(world, case_id="case-2")
    assert refused.value.next_free is None
    assert "contact the lab" in str(refused.value)


def test_as_many_sessions_as_planners_are_held_at_once_each_by_its_own(world):
    world.publishes(planners=3)
    for number in range(2, 5):
        world.has(a_planned_case(f"case-{number}"))
    planners = [books(world, case_id=f"case-{number}").session.planner for number in range(1, 4)]
    assert planners == [1, 2, 3]
    with pytest.raises(BlockTaken):
        books(world, case_id="case-4")


def test_a_booking_on_an_older_grid_keeps_its_planner_busy(world):
    # Booked from 10:30 to 11:00; then blocks have three quarters of an hour.
    books(world, NEXT)
    world.publishes(block_minutes=45)
    world.has(a_planned_case("case-2"))
    starts = [each.block.starts_at for each in world.service.blocks(FROM_LAB, LAB_ID).blocks]
    assert datetime(2026, 3, 3, 15, 30, tzinfo=UTC) not in starts
    with pytest.raises(BlockTaken):
        books(world, datetime(2026, 3, 3, 15, 30, tzinfo=UTC), case_id="case-2")


def test_a_lab_without_a_working_day_after_the_session_has_nothing_to_be_due(world):
    closed = frozenset(date(2026, 3, 4) + timedelta(days=number) for number in range(400))
    world.directory.put(a_lab(holidays=closed))
    with pytest.raises(LabClosed):
        books(world)


def test_what_booking_would_make_of_a_case_is_told_and_nothing_is_booked(world):
    before = world.case()
    would_be = world.service.would_book(FROM_PRACTICE, "case-1", TUESDAY_AT_10)
    assert (would_be.status, would_be.due_on_before, would_be.due_on_after) == (
        Status.PLANNING_SCHEDULED,
        None,
        date(2026, 3, 10),
    )
    assert (world.case(), world.memory.sessions, told(world)) == (before, {}, [])


def test_what_cannot_be_booked_would_not_be_either(world):
    with pytest.raises(BlockNotOffered):
        world.service.would_book(FROM_PRACTICE, "case-1", NOW)


# Races


class PlanningInterrupted:
    """A world in which something happens before each of the next savings of a session."""

    def __init__(self, world, happens, *, method="save", times=1):
        self._world = world
        self.planning = Interrupted(world.planning, method, happens, times=times)

    @property
    def service(self):
        world = self._world
        return PlanningService(world.cases, self.planning, world.directory, now=world.clock)

    def read_again(self):
        return self._world.service.read(FROM_PRACTICE, "case-1")


def refuses(error):
    def happens():
        raise error

    return happens


def test_of_two_who_book_at_once_the_second_gets_the_next_planner(world):
    world.publishes(planners=2)
    world.has(a_planned_case("case-2"))
    other = PlanningInterrupted(world, lambda: books(world, case_id="case-2"))
    assert books(other).session.planner == 2


def test_of_two_who_book_the_last_planner_at_once_the_second_is_told_so(world):
    world.has(a_planned_case("case-2"))
    other = PlanningInterrupted(world, lambda: books(world, case_id="case-2"))
    with pytest.raises(BlockTaken) as refused:
        books(other)
    assert refused.value.next_free == NEXT


@pytest.mark.parametrize("error", [HoursChanged(), StaleVersion(expected=1, actual=2), RequestInProgress()])
def test_a_booking_is_decided_anew_where_something_changed_meanwhile(world, error):
    assert books(PlanningInterrupted(world, refuses(error), times=3)).session.starts_at == TUESDAY_AT_10


def test_a_block_that_the_lab_took_back_meanwhile_is_not_booked(world):
    def closes():
        world.publishes(blackout_days=frozenset({TUESDAY_AT_10.date()}))

    with pytest.raises(BlockNotOffered):
        books(PlanningInterrupted(world, closes))


def test_a_block_of_a_lab_that_closed_meanwhile_is_not_booked(world):
    def closes():
        world.directory.put(a_lab(holidays=frozenset({TUESDAY_AT_10.date()}), version=2))

    with pytest.raises(BlockNotOffered):
        books(PlanningInterrupted(world, closes))


@pytest.mark.parametrize(
    "asks", [lambda world: moves(world, NEXT), lambda world: ends(world, SessionState.HELD)], ids=["moves", "ends"]
)
def test_who_is_always_late_is_told_to_ask_again(world, asks):
    books(world)
    world.clock.at = TUESDAY_AT_10
    with pytest.raises(RequestInProgress):
        asks(PlanningInterrupted(world, refuses(RequestInProgress()), times=99))


def test_who_always_books_late_is_told_to_ask_again(world):
    with pytest.raises(RequestInProgress):
        books(PlanningInterrupted(world, refuses(RequestInProgress()), times=99))


def test_who_always_cancels_late_is_told_to_ask_again(world):
    books(world)
    world.cases = Interrupted(world.cases, "save", refuses(StaleVersion(expected=1, actual=2)), times=99)
    with pytest.raises(RequestInProgress):
        cancels(world)


# Reading


def test_both_sides_read_the_session_of_a_case(world):
    booking = books(world)
    assert world.service.read(FROM_PRACTICE, "case-1") == world.service.read(FROM_LAB, "case-1") == booking
    assert booking.entry(told_at=NOW).title == "Planning session case-1 (M. H.)"


def test_a_case_without_a_session_has_none_to_read(world):
    with pytest.raises(Unknown) as refused:
        world.service.read(FROM_PRACTICE, "case-1")
    assert str(refused.value) == "There is no such planning session."


@pytest.mark.parametrize("caller", [FROM_OTHER_PRACTICE, FROM_OTHER_LAB])
def test_a_foreign_session_is_unknown(world, caller):
    books(world)
    for asks in (
        lambda: world.service.read(caller, "case-1"),
        lambda: moves(world, NEXT, caller=caller),
        lambda: cancels(world, caller=caller),
        lambda: ends(world, SessionState.HELD, caller=caller),
    ):
        with pytest.raises(Unknown) as refused:
            asks()
        assert refused.value.what == "case"


def test_a_practice_that_does_not_say_its_time_zone_reads_that_of_the_lab(world):
    world.directory.put(a_practice(time_zone=""))
    assert books(world).practice_time_zone == "America/New_York"
    assert world.service.sessions(FROM_PRACTICE, limit=10, start=None).time_zone == "UTC"


def test_a_case_whose_lab_is_gone_fails_loudly(world):
    del world.directory.labs[LAB_ID]
    with pytest.raises(LookupError):
        books(world)


# Moving and canceling


def test_the_lab_moves_a_session_and_its_block_is_free_for_another(world):
    books(world)
    moved = moves(world, TUESDAY_AT_10 + WEEK - timedelta(hours=1))
    case = world.case()
    assert (moved.session.version, moved.session.starts_at.date()) == (2, date(2026, 3, 10))
    assert (case.session, case.due_on, case.status) == (
        moved.session.of_case,
        date(2026, 3, 17),
        Status.PLANNING_SCHEDULED,
    )
    assert told(world)[2:] == ["PlanningSessionMoved"]
    assert world.memory.events[-1].previous_starts_at == TUESDAY_AT_10
    assert deeds(world) == ["session_booked", "session_moved"]
    assert world.memory.entries[-1].details["previous_starts_at"] == "2026-03-03T15:00Z"
    world.has(a_planned_case("case-2"))
    assert books(world, case_id="case-2").session.starts_at == TUESDAY_AT_10


def test_the_labs_notice_does_not_hold_the_lab(world):
    books(world)
    assert moves(world, TUESDAY_AT_10 - HALF_AN_HOUR).session.starts_at == TUESDAY_AT_10 - HALF_AN_HOUR


def test_a_session_is_moved_to_a_block_that_its_own_overlaps(world):
    books(world, NEXT)
    world.publishes(block_minutes=60)
    assert moves(world, TUESDAY_AT_10).session.ends_at == TUESDAY_AT_10 + timedelta(hours=1)


def test_a_session_that_is_moved_to_its_own_block_stays_as_it_is(world):
    first = books(world)
    assert moves(world, TUESDAY_AT_10) == first
    assert deeds(world) == ["session_booked"]


@pytest.mark.parametrize(("starts_at", "refused"), [(NOW, BlockNotOffered), (NEXT, BlockTaken)])
def test_a_session_is_not_moved_to_where_nobody_is_free(world, starts_at, refused):
    books(world)
    world.has(a_planned_case("case-2"))
    books(world, NEXT, case_id="case-2")
    with pytest.raises(refused):
        moves(world, starts_at)


def test_of_two_who_want_a_block_at_once_the_one_who_moves_gets_the_next_planner(world):
    world.publishes(planners=2)
    books(world)
    world.has(a_planned_case("case-2"))
    other = PlanningInterrupted(world, lambda: books(world, NEXT, case_id="case-2"))
    assert moves(other, NEXT).session.planner == 2


def test_who_moves_to_the_last_planner_too_late_is_told_so(world):
    books(world)
    world.has(a_planned_case("case-2"))
    with pytest.raises(BlockTaken):
        moves(PlanningInterrupted(world, lambda: books(world, NEXT, case_id="case-2")), NEXT)


def test_the_lab_cancels_a_session_and_the_case_waits_for_another(world):
    first = books(world)
    off = cancels(world)
    case = world.case()
    assert (case.status, case.due_on, case.session) == (Status.READY_TO_PLAN, None, None)
    assert (off.status, off.session.state, off.session.version) == (Status.READY_TO_PLAN, SessionState.RELEASED, 2)
    assert world.memory.sessions[first.session.session_id] == off.session
    assert told(world)[2:] == ["CaseMoved", "PlanningSessionReleased"]
    assert deeds(world)[1:] == ["session_cancelled"]
    again = books(world, key="again")
    assert (again.session.starts_at, again.session.session_id) != (TUESDAY_AT_10, first.session.session_id)
    assert again.session.starts_at == TUESDAY_AT_10


@pytest.mark.parametrize(
    "asks", [lambda world: moves(world, NEXT, caller=FROM_PRACTICE), lambda world: cancels(world, caller=FROM_PRACTICE)]
)
def test_a_practice_cannot_change_its_booking_by_itself(world, asks):
    books(world)
    with pytest.raises(ContactLab) as refused:
        asks(world)
    assert refused.value.contact == "Northlight Dental Lab, +1 555 0200, cases@northlight.example"
    assert world.session().version == 1


def test_a_practice_changes_its_booking_until_the_cut_off_that_the_lab_allows(world):
    world.publishes(cutoff_hours=12)
    books(world)
    moved = moves(world, TUESDAY_AT_10 + timedelta(days=1), caller=FROM_PRACTICE)
    world.clock.at = moved.session.starts_at - timedelta(hours=12)
    off = cancels(world, version=2, caller=FROM_PRACTICE)
    assert off.status is Status.READY_TO_PLAN
    assert world.memory.entries[-1].by.value == "practice"


def test_after_the_cut_off_only_the_lab_changes_it(world):
    world.publishes(cutoff_hours=12)
    books(world)
    world.clock.at = TUESDAY_AT_10 - timedelta(hours=12) + timedelta(seconds=1)
    with pytest.raises(ContactLab):
        cancels(world, caller=FROM_PRACTICE)
    assert cancels(world).status is Status.READY_TO_PLAN


def test_the_notice_holds_a_practice_that_moves_its_booking(world):
    world.publishes(cutoff_hours=0)
    books(world, NEXT)
    with pytest.raises(BlockNotOffered) as refused:
        moves(world, TUESDAY_AT_10 - HALF_AN_HOUR, caller=FROM_PRACTICE)
    assert refused.value.reason == "inside_notice"


@pytest.mark.parametrize(
    "asks",
    [
        lambda world: moves(world, NEXT, version=7),
        lambda world: cancels(world, version=7),
        lambda world: ends(world, SessionState.HELD, version=7),
    ],
)
def test_who_read_another_version_is_told_so(world, asks):
    books(world)
    with pytest.raises(StaleVersion) as refused:
        asks(world)
    assert (refused.value.expected, refused.value.actual) == (7, 1)


@pytest.mark.parametrize("status", [Status.ON_HOLD, Status.MANUFACTURING])
def test_a_session_of_a_case_that_is_not_planned_now_stays_as_it_is(world, status):
    books(world)
    world.has(replace(world.case(), status=status))
    for asks in (
        lambda: moves(world, NEXT),
        lambda: cancels(world),
        lambda: ends(world, SessionState.MISSED),
        lambda: ends(world, SessionState.HELD),
    ):
        with pytest.raises(MoveNotAllowed) as refused:
            asks()
        assert refused.value.status is status


# Held and missed


def test_a_session_that_was_held_says_so_and_the_case_stays(world):
    books(world)
    world.clock.at = NEXT
    held = ends(world, SessionState.HELD)
    assert (held.session.state, held.status, held.due_on) == (
        SessionState.HELD,
        Status.PLANNING_SCHEDULED,
        date(2026, 3, 10),
    )
    assert world.case().session.is_held
    assert told(world)[2:] == ["PlanningSessionHeld"]
    assert ends(world, SessionState.HELD, version=2) == held
    assert deeds(world) == ["session_booked", "session_held"]


@pytest.mark.parametrize(
    "asks",
    [
        lambda world: moves(world, NEXT, version=2),
        lambda world: cancels(world, version=2, caller=FROM_PRACTICE),
        lambda world: ends(world, SessionState.MISSED, version=2),
    ],
)
def test_what_was_held_is_neither_moved_nor_missed_nor_canceled_by_its_practice(world, asks):
    books(world)
    world.clock.at = NEXT
    ends(world, SessionState.HELD)
    with pytest.raises(SessionNotOpen) as refused:
        asks(world)
    assert refused.value.state == "held"


@pytest.fixture
def held(world):
    """A case whose session was held; the lab lets practices change sessions at any time."""
    world.publishes(cutoff_hours=0)
    books(world)
    world.clock.at = NEXT
    ends(world, SessionState.HELD)
    return world


def test_after_a_session_that_was_held_its_lab_lets_the_case_wait_for_another_and_the_first_stays(held):
    before = held.session()
    would_be = held.service.would_cancel(FROM_LAB, "case-1", expected_version=2)
    assert (would_be.status, would_be.releases_session) == (Status.READY_TO_PLAN, False)
    told_of = cancels(held, version=2)
    assert (told_of.session, told_of.status, told_of.due_on) == (before, Status.READY_TO_PLAN, None)
    case = held.case()
    assert (case.status, case.session, case.due_on) == (Status.READY_TO_PLAN, None, None)
    assert held.memory.sessions[before.session_id] == before
    assert told(held)[-2:] == ["PlanningSessionHeld", "CaseMoved"]
    assert deeds(held) == ["session_booked", "session_held", "moved"]
    assert held.memory.entries[-1].details["session"] == before.session_id
    again = books(held, NEXT + timedelta(days=2), key="again")
    assert (again.status, again.session.session_id != before.session_id) == (Status.PLANNING_SCHEDULED, True)
    held.clock.at = again.session.starts_at
    ends(held, SessionState.HELD)
    assert {each.state for each in held.memory.sessions.values()} == {SessionState.HELD}


def test_a_paused_case_goes_on_before_it_waits_for_another_session_than_the_one_that_was_held(held):
    move = Move(to=Status.ON_HOLD, reason="The planner is away.")
    held.progress.move(FROM_LAB, "case-1", move, expected_version=held.case().version)
    with pytest.raises(SessionNotOpen):
        cancels(held, version=2)


@pytest.mark.parametrize(
    ("caller", "left_out"), [(FROM_PRACTICE, Status.READY_TO_PLAN), (FROM_LAB, Status.PLANNING_NO_SHOW)]
)
def test_the_moves_of_a_case_leave_out_what_a_session_that_was_held_forbids(world, caller, left_out):
    books(world)
    booked = world.case().moves(party_of(caller))
    world.clock.at = NEXT
    ends(world, SessionState.HELD)
    assert world.case().moves(party_of(caller)) == booked - {left_out}
    with pytest.raises(MoveNotAllowed) as refused:
        world.progress.move(FROM_LAB, "case-1", Move(to=Status.PLANNING_NO_SHOW), expected_version=6)
    assert Status.PLANNING_NO_SHOW not in refused.value.allowed


def begins_to_make(world, version):
    move = Move(to=Status.MANUFACTURING)
    return world.progress.move(FROM_LAB, "case-1", move, expected_version=version)


def test_a_lab_that_begins_to_make_a_planned_case_has_held_its_session(world):
    books(world)
    world.clock.at = NEXT
    made = begins_to_make(world, 5)
    assert (made.session.is_held, world.session().of_case, world.session().version) == (True, made.session, 2)
    assert told(world)[2:] == ["CaseMoved", "PlanningSessionHeld"]
    moved, held = world.memory.events[2:]
    assert (held.session_id, held.case_version) == (made.session.session_id, moved.case_version)
    again = ends(world, SessionState.HELD, version=2)
    assert (again.session.state, again.status) == (SessionState.HELD, Status.MANUFACTURING)
    assert deeds(world) == ["session_booked", "moved"]
    with pytest.raises(MoveNotAllowed):
        ends(world, SessionState.MISSED, version=2)


def test_a_session_that_was_recorded_is_not_held_once_more_when_the_lab_begins_to_make_the_case(world):
    books(world)
    world.clock.at = NEXT
    ends(world, SessionState.HELD)
    begins_to_make(world, 6)
    assert (world.session().state, world.session().version) == (SessionState.HELD, 2)
    assert told(world)[2:] == ["PlanningSessionHeld", "CaseMoved"]


def test_a_missed_session_makes_the_case_a_no_show_and_another_can_be_booked(world):
    first = books(world)
    world.clock.at = TUESDAY_AT_10
    missed = ends(world, SessionState.MISSED)
    case = world.case()
    assert (case.status, case.color.value, case.due_on, case.session) == (Status.PLANNING_NO_SHOW, "red", None, None)
    assert (missed.session.state, missed.status) == (SessionState.MISSED, Status.PLANNING_NO_SHOW)
    assert told(world)[2:] == ["CaseMoved", "PlanningSessionMissed"]
    again = books(world, TUESDAY_AT_10 + timedelta(days=2), key="again")
    assert (again.status, again.due_on) == (Status.PLANNING_SCHEDULED, date(2026, 3, 12))
    assert world.memory.sessions[first.session.session_id].state is SessionState.MISSED


@pytest.mark.parametrize("outcome", [SessionState.HELD, SessionState.MISSED])
def test_nobody_has_held_or_missed_what_has_not_begun(world, outcome):
    books(world)
    world.clock.at = TUESDAY_AT_10 - timedelta(seconds=1)
    with pytest.raises(SessionNotBegun) as refused:
        ends(world, outcome)
    assert refused.value.starts_at == TUESDAY_AT_10


def test_a_lab_that_begins_to_make_a_case_before_its_session_gives_the_session_up(world):
    booked = books(world)
    made = begins_to_make(world, 5)
    assert (made.session, made.due_on) == (None, booked.due_on)
    assert told(world)[2:] == ["CaseMoved", "PlanningSessionReleased"]
    assert world.memory.sessions[booked.session.session_id].state is SessionState.RELEASED
    world.has(a_planned_case(case_id="case-2"))
    assert books(world, case_id="case-2").session.starts_at == TUESDAY_AT_10


# While the case is paused


@pytest.fixture
def paused(world):
    books(world)
    world.has(world.case().held("The planner is ill.", at=NOW))
    return world


def test_a_lab_moves_the_session_of_a_paused_case_which_is_due_by_it_when_it_goes_on(paused):
    later = TUESDAY_AT_10 + timedelta(days=2)
    moved = moves(paused, later)
    assert (moved.status, moved.due_on, moved.session.starts_at) == (Status.ON_HOLD, None, later)
    case = paused.case()
    assert (case.hold.due_on, case.hold.origin) == (date(2026, 3, 12), Status.PLANNING_SCHEDULED)
    assert case.session.starts_at == later


def test_a_lab_cancels_the_session_of_a_paused_case_which_waits_for_another_when_it_goes_on(paused):
    paused.clock.advance(hours=1)
    canceled = cancels(paused)
    assert (canceled.status, canceled.session.state) == (Status.ON_HOLD, SessionState.RELEASED)
    hold = paused.case().hold
    assert (hold.origin, hold.due_on, paused.case().session) == (Status.READY_TO_PLAN, None, None)
    assert told(paused)[2:] == ["PlanningSessionReleased"]
    assert paused.memory.events[-1].occurred_at == paused.clock.at
    assert paused.case().moves(Party.LAB) == {Status.READY_TO_PLAN, Status.CANCELLED}


def test_a_practice_leaves_the_session_of_a_paused_case_alone(paused):
    for asks in (lambda: moves(paused, NEXT, caller=FROM_PRACTICE), lambda: cancels(paused, caller=FROM_PRACTICE)):
        with pytest.raises(MoveNotAllowed):
            asks()


# What a change would make of a case


def test_what_moving_and_canceling_would_make_of_a_case_is_told_and_nothing_is_changed(world):
    booked = books(world)
    before, tells = world.case(), told(world)
    service = world.service
    later = TUESDAY_AT_10 + timedelta(days=2)
    would_be = service.would_move(FROM_LAB, "case-1", later, expected_version=1)
    assert (would_be.due_on_before, would_be.due_on_after) == (booked.due_on, date(2026, 3, 12))
    same = service.would_move(FROM_LAB, "case-1", TUESDAY_AT_10, expected_version=1)
    assert same.due_on_after == booked.due_on
    would_be = service.would_cancel(FROM_LAB, "case-1", expected_version=1)
    assert (would_be.status, would_be.due_on_after, would_be.releases_session) == (Status.READY_TO_PLAN, None, True)
    assert (world.case(), told(world)) == (before, tells)
    with pytest.raises(StaleVersion):
        service.would_cancel(FROM_LAB, "case-1", expected_version=2)


def test_a_practice_does_not_say_what_became_of_a_session(world):
    books(world)
    with pytest.raises(RoleNotAllowed):
        ends(world, SessionState.HELD, caller=FROM_PRACTICE)


# Lists


def test_a_lab_lists_its_day_and_a_practice_what_comes_next(world):
    world.publishes(planners=2)
    world.has(a_planned_case("case-2"))
    books(world, NEXT)
    books(world, NEXT, case_id="case-2")
    world.clock.at = TUESDAY_AT_10
    day = world.service.sessions(FROM_LAB, limit=10, start=None).page
    assert [(each.case_id, each.planner) for each in day.things] == [("case-1", 1), ("case-2", 2)]
    world.clock.at = NOW
    assert world.service.sessions(FROM_LAB, limit=10, start=None).page.things == ()
    ahead = world.service.sessions(FROM_PRACTICE, limit=1, start=None).page
    rest = world.service.sessions(FROM_PRACTICE, limit=1, start=ahead.next).page
    assert [each.case_id for each in (*ahead.things, *rest.things)] == ["case-1", "case-2"]
    assert rest.next is None


def test_a_practice_lists_no_sessions_of_others(world):
    books(world)
    assert world.service.sessions(FROM_OTHER_PRACTICE, limit=10, start=None).page.things == ()
    assert world.service.sessions(FROM_OTHER_LAB, limit=10, start=None).page.things == ()
    with pytest.raises(RoleNotAllowed):
        world.service.sessions(CLINICIAN, limit=10, start=None)


def test_a_list_spans_a_year_at_most(world):
    world.service.sessions(FROM_LAB, first=date(2026, 1, 1), last=date(2027, 1, 1), limit=10, start=None)
    with pytest.raises(InvalidInput):
        world.service.sessions(FROM_LAB, first=date(2026, 1, 1), last=date(2027, 1, 2), limit=10, start=None)


def test_the_turnaround_is_that_of_the_type_at_the_lab(world):
    world.directory.put(a_profile(CaseType.SURGICAL_GUIDE, turnaround_working_days=0))
    assert books(world).due_on == date(2026, 3, 3)
