"""Hours and sessions, kept in memory, on moto and on DynamoDB Local: the same promises."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.cases.ports import Change
from bitewing.cases.status import Party, Status
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import IdempotencyKeyReused, RequestInProgress, StaleVersion
from bitewing.planning.booking import Booking
from bitewing.planning.ports import HoursChanged, SessionChange, SlotTaken
from bitewing.planning.session import PlanningSession, SessionState

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID, a_lab
from tests.support.callers import a_request
from tests.support.changes import an_answer, an_entry
from tests.support.planning import LINK, TUESDAY_AT_10, a_planned_case, some_hours

HALF_AN_HOUR = timedelta(minutes=30)
NEXT = TUESDAY_AT_10 + HALF_AN_HOUR


@pytest.fixture
def planning(stores):
    return stores.planning


@pytest.fixture
def lab(stores, planning):
    """A lab that plans."""
    stores.directory.put(a_lab())
    planning.publish(some_hours())
    return a_lab()


def has(stores, case_id="case-1", **changes):
    case = a_planned_case(case_id, version=1, **changes)
    change = Change(case=case, entries=(an_entry(case),), events=())
    stores.cases.create(change, request=a_request(f"create {case_id}"), answer=an_answer(case))
    return case


def a_session(case, starts_at=TUESDAY_AT_10, **changes):
    session = PlanningSession(
        session_id=f"session of {case.case_id}",
        case_id=case.case_id,
        practice_id=case.practice_id,
        lab_id=case.lab_id,
        planner=1,
        starts_at=starts_at,
        ends_at=starts_at + HALF_AN_HOUR,
        meeting_link=LINK,
        booked_at=NOW,
        booked_by="person-1",
    )
    return replace(session, **changes)


def a_booking(case, session, **changes):
    booked = case.booked(session.of_case, at=NOW, due_on=TUESDAY_AT_10.date())
    change = Change(case=booked, entries=(an_entry(booked),), events=())
    return replace(SessionChange(change=change, session=session, hours=some_hours(), lab=a_lab()), **changes)


def an_answer_to(change):
    return Booking(
        session=change.session,
        status=change.change.case.status,
        due_on=change.change.case.due_on,
        practice_time_zone="America/New_York",
        lab_time_zone="America/New_York",
        lab_name="Northlight",
        contact="+1 555 0200",
        initials="M. H.",
        cutoff_hours=None,
    )


def span(planning, minutes=60, since=TUESDAY_AT_10):
    return planning.taken(LAB_ID, since=since, until=since + timedelta(minutes=minutes))


def listed(planning, party, organization_id, **asked):
    asked = {"since": TUESDAY_AT_10, "until": TUESDAY_AT_10 + timedelta(days=1), "limit": 10, "start": None} | asked
    return planning.listed(party, organization_id, **asked)


def test_hours_are_kept_as_they_were_published(planning):
    assert planning.hours(LAB_ID) is None
    hours = some_hours(blackout_days=frozenset({NOW.date()}), cutoff_hours=4)
    planning.publish(hours)
    assert planning.hours(LAB_ID) == hours
    planning.publish(replace(hours, planners=3, version=2))
    assert planning.hours(LAB_ID).planners == 3


@pytest.mark.parametrize(("version", "actual"), [(1, 1), (3, 1)])
def test_of_two_who_publish_one_is_told_what_it_missed(planning, version, actual):
    planning.publish(some_hours())
    with pytest.raises(StaleVersion) as refused:
        planning.publish(some_hours(planners=2, version=version))
    assert (refused.value.expected, refused.value.actual) == (version - 1, actual)
    assert planning.hours(LAB_ID) == some_hours()


def test_hours_that_were_never_published_have_no_second_version(planning):
    with pytest.raises(StaleVersion) as refused:
        planning.publish(some_hours(version=2))
    assert refused.value.actual == 0


def test_a_booking_is_kept_with_its_case_and_found_in_every_way(stores, planning, lab):
    case = has(stores)
    change = a_booking(case, a_session(case))
    planning.save(change)
    assert stores.cases.find("case-1") == change.change.case
    assert planning.find("case-1", change.session.session_id) == change.session
    assert span(planning) == (change.session,)
    assert listed(planning, Party.LAB, LAB_ID).things == (change.session,)
    assert listed(planning, Party.PRACTICE, PRACTICE_ID).things == (change.session,)


def test_what_is_not_there_is_not_found(stores, planning, lab):
    case = has(stores)
    planning.save(a_booking(case, a_session(case)))
    assert planning.find("case-1", "another") is None
    assert planning.find("case-2", "session of case-1") is None
    assert listed(planning, Party.LAB, "lab-2").things == ()
    assert listed(planning, Party.PRACTICE, "practice-2").things == ()


def test_a_span_has_what_begins_in_it_without_its_end(stores, planning, lab):
    for number, starts_at in enumerate((TUESDAY_AT_10 - HALF_AN_HOUR, TUESDAY_AT_10, NEXT)):
        case = has(stores, f"case-{number}")
        planning.save(a_booking(case, a_session(case, starts_at)))
    assert [each.case_id for each in span(planning, 30)] == ["case-1"]
    asked = {"since": TUESDAY_AT_10, "until": NEXT}
    assert [each.case_id for each in listed(planning, Party.LAB, LAB_ID, **asked).things] == ["case-1"]
    assert [each.case_id for each in listed(planning, Party.PRACTICE, PRACTICE_ID, **asked).things] == ["case-1"]


@pytest.mark.parametrize(("party", "organization_id"), [(Party.LAB, LAB_ID), (Party.PRACTICE, PRACTICE_ID)])
def test_a_list_goes_on_where_the_page_before_ended(stores, planning, lab, party, organization_id):
    for number in (1, 2, 3):
        case = has(stores, f"case-{number}")
        planning.save(a_booking(case, a_session(case, TUESDAY_AT_10 + number * HALF_AN_HOUR)))
    first = listed(planning, party, organization_id, limit=2)
    rest = listed(planning, party, organization_id, limit=2, start=first.next)
    assert [each.case_id for each in (*first.things, *rest.things)] == ["case-1", "case-2", "case-3"]
    assert rest.next is None


def test_a_block_of_a_planner_is_booked_once(stores, planning, lab):
    one, other = has(stores), has(stores, "case-2")
    planning.save(a_booking(one, a_session(one)))
    with pytest.raises(SlotTaken):
        planning.save(a_booking(other, a_session(other)))
    assert stores.cases.find("case-2") == other
    assert planning.find("case-2", "session of case-2") is None
    planning.save(a_booking(other, a_session(other, planner=2)))
    assert [each.planner for each in span(planning)] == [1, 2]


def test_hours_or_a_calendar_that_changed_meanwhile_refuse_a_booking(stores, planning, lab):
    case = has(stores)
    for stale in ({"hours": some_hours(version=2)}, {"lab": a_lab(version=2)}):
        with pytest.raises(HoursChanged):
            planning.save(a_booking(case, a_session(case), **stale))
    assert span(planning) == ()


def test_a_case_that_changed_meanwhile_is_not_booked(stores, planning, lab):
    case = replace(has(stores), version=7)
    with pytest.raises(StaleVersion) as refused:
        planning.save(a_booking(case, a_session(case)))
    assert (refused.value.expected, refused.value.actual) == (7, 1)
    assert span(planning) == ()


def test_a_request_is_answered_once_and_its_answer_kept(stores, planning, lab):
    case = has(stores)
    change, request = a_booking(case, a_session(case)), a_request("book")
    assert planning.answered(request) is None
    planning.save(change, request=request, answer=an_answer_to(change))
    assert planning.answered(request) == an_answer_to(change)
    with pytest.raises(AlreadyAnswered):
        planning.save(change, request=request, answer=an_answer_to(change))
    with pytest.raises(IdempotencyKeyReused):
        planning.answered(a_request("book", "another body"))


def moved(case, session, **changes):
    case = case.with_session(session.of_case, due_on=case.due_on)
    return SessionChange(change=Change(case=case, entries=(an_entry(case),), events=()), session=session, **changes)


@pytest.mark.parametrize(("starts_at", "planner"), [(NEXT, 1), (NEXT, 2), (TUESDAY_AT_10, 2)])
def test_a_session_that_is_moved_leaves_its_block_to_others(stores, planning, lab, starts_at, planner):
    case = has(stores)
    first = a_booking(case, a_session(case))
    planning.save(first)
    session = replace(first.session, starts_at=starts_at, ends_at=starts_at + HALF_AN_HOUR, planner=planner, version=2)
    planning.save(moved(first.change.case, session, before=first.session, hours=some_hours(), lab=a_lab()))
    assert span(planning) == (session,)
    assert planning.find("case-1", session.session_id) == session
    assert listed(planning, Party.PRACTICE, PRACTICE_ID).things == (session,)
    other = has(stores, "case-2")
    planning.save(a_booking(other, a_session(other)))


def test_a_session_is_not_moved_to_a_block_that_is_taken(stores, planning, lab):
    case, other = has(stores), has(stores, "case-2")
    first = a_booking(case, a_session(case))
    planning.save(first)
    planning.save(a_booking(other, a_session(other, NEXT)))
    session = first.session.moved_to(a_session(other, NEXT).block, planner=1, meeting_link=LINK)
    with pytest.raises(SlotTaken):
        planning.save(moved(first.change.case, session, before=first.session, hours=some_hours(), lab=a_lab()))
    assert [each.case_id for each in span(planning)] == ["case-1", "case-2"]


def test_what_became_of_a_session_is_seen_wherever_it_is_kept(stores, planning, lab):
    case = has(stores)
    first = a_booking(case, a_session(case))
    planning.save(first)
    held = first.session.ended(SessionState.HELD)
    planning.save(moved(first.change.case, held, before=first.session))
    assert (span(planning), planning.find("case-1", held.session_id)) == ((held,), held)
    assert listed(planning, Party.PRACTICE, PRACTICE_ID).things == (held,)


@pytest.mark.parametrize("to", [Status.READY_TO_PLAN, Status.MISSING_INFO, Status.CANCELLED])
def test_a_change_of_the_case_that_gives_its_session_up_frees_the_block(stores, planning, lab, to):
    case = has(stores)
    first = a_booking(case, a_session(case))
    planning.save(first)
    booked = first.change.case
    gone = booked.moved_to(to, by=Party.LAB, at=NOW)
    stores.cases.save(Change(case=gone, entries=(an_entry(gone),), events=(), released=booked.session))
    record = planning.find("case-1", first.session.session_id)
    assert record == first.session.ended(SessionState.RELEASED)
    assert (span(planning), listed(planning, Party.PRACTICE, PRACTICE_ID).things) == ((), ())
    assert [name for name, _ in stores.events("case-1")] == ["PlanningSessionReleased"]
    other = has(stores, "case-2")
    planning.save(a_booking(other, a_session(other)))


def test_a_session_that_was_held_is_not_given_up(stores, planning, lab):
    case = has(stores)
    first = a_booking(case, a_session(case))
    planning.save(first)
    held = first.session.ended(SessionState.HELD)
    planning.save(moved(first.change.case, held, before=first.session))
    case = first.change.case.with_session(held.of_case, due_on=None)
    sent = replace(case, status=Status.PROCESSING, session=None, version=case.version + 1)
    stores.cases.save(Change(case=sent, entries=(an_entry(sent),), events=(), released=held.of_case))
    assert (span(planning), planning.find("case-1", held.session_id)) == ((held,), held)
    assert stores.events("case-1") == []


def test_a_change_of_the_case_that_shows_that_its_session_was_held_says_so_wherever_it_is_kept(stores, planning, lab):
    case = has(stores)
    first = a_booking(case, a_session(case))
    planning.save(first)
    held = first.session.ended(SessionState.HELD)
    booked = first.change.case
    made = replace(booked, status=Status.MANUFACTURING, session=held.of_case, version=booked.version + 1)
    stores.cases.save(Change(case=made, entries=(an_entry(made),), events=(), held=booked.holds(made)))
    assert (span(planning), planning.find("case-1", held.session_id)) == ((held,), held)
    assert listed(planning, Party.PRACTICE, PRACTICE_ID).things == (held,)
    assert [name for name, _ in stores.events("case-1")] == ["PlanningSessionHeld"]
    other = has(stores, "case-2")
    with pytest.raises(SlotTaken):
        planning.save(a_booking(other, a_session(other)))


def test_of_many_who_book_a_block_at_once_one_gets_it(local_stores, aws):
    """On DynamoDB Local, which has real transactions; moto has no two at a time."""
    local_stores.directory.put(a_lab())
    local_stores.planning.publish(some_hours())
    cases = [has(local_stores, f"case-{number}") for number in range(12)]

    def books(case):
        for _ in range(30):
            try:
                local_stores.planning.save(a_booking(case, a_session(case)))
            except RequestInProgress:
                continue
            except SlotTaken:
                return "taken"
            return "booked"
        return "late"

    with ThreadPoolExecutor(12) as people:
        ends = sorted(people.map(books, cases))
    assert ends == ["booked", *["taken"] * 11]
