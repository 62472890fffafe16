"""Planning sessions over real requests: who gets a block that many want, and what becomes of one."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import icalendar
import pytest
import requests
from bitewing.aws.table import Table
from bitewing.cases.events import CaseCreated, event_head
from bitewing.cases.ports import Change
from bitewing.cases.status import Party
from bitewing.cases.store import TableCases
from bitewing.kernel.ids import new_case_id

from local.api import Api
from local.passing_time import let_session_begin
from local.seed import DR_OKAFOR, IRIS, MAPLE, NORTH_PINE, sign_in
from tests.end_to_end.deadline import eventually
from tests.end_to_end.interruption import full_name
from tests.support.callers import a_request
from tests.support.changes import an_answer
from tests.support.planning import a_planned_case

HOURS = f"/v1/labs/{NORTH_PINE.lab_id}/planning-hours"
BLOCKS = f"/v1/labs/{NORTH_PINE.lab_id}/planning-blocks"
#: How many ask for one block at once, and how many of them the function answers at the same time: the emulator has a
#: process for each. Who comes when all are busy is asked to come again, as by AWS.
MANY = 200
AT_THE_SAME_TIME = 8
TRIES = 120
ALL_WEEK = [{"weekday": weekday, "begins_at": "06:00", "ends_at": "22:00"} for weekday in range(1, 8)]


def publish(leo, **changes):
    version = leo.get(HOURS).expect(200).version
    hours = {"openings": ALL_WEEK, "notice_hours": 0, "meeting_link": "https://meet.north-pine.example/planning"}
    return leo.put(HOURS, hours | changes, version=version).expect(200)


@pytest.fixture
def planned(stack):
    """Gives cases that wait for their planning, as their lab has left them."""
    table = Table(stack.client("dynamodb"), stack.outputs()["TableName"])
    cases = TableCases(table, now=lambda: datetime.now(UTC))

    def store(count):
        found = []
        for _ in range(count):
            case = a_planned_case(
                new_case_id(datetime.now(UTC)),
                practice_id=MAPLE.practice_id,
                lab_id=NORTH_PINE.lab_id,
                dentist_id=DR_OKAFOR.dentist_id,
                version=1,
            )
            # Told like any other: lists and counts are compared on this stack.
            told = CaseCreated(
                **event_head(case, at=datetime.now(UTC)), case_type=case.case_type, started_by=Party.PRACTICE
            )
            change = Change(case=case, entries=(), events=(told,))
            cases.create(change, request=a_request(case.case_id), answer=an_answer(case))
            found.append(case.case_id)
        return found

    return store


def next_block(api, *, days):
    """The first free block of a day ahead."""
    day = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    return api.get(BLOCKS, **{"from": day, "to": day}).expect(200).body["blocks"][0]


@pytest.fixture
def bounded(stack):
    """Lets the function run as often at the same time as a laptop can; deploying drops what the template says of it."""
    lambda_, name = stack.client("lambda"), full_name("planning_api")
    lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=AT_THE_SAME_TIME)
    yield
    lambda_.delete_function_concurrency(FunctionName=name)


def ask_at_once(stack, case_ids, starts_at):
    """What each case is answered that asks for a block in the same moment as all the others.

    Who hears nothing, or that the machine has failed, asks again with the same key: what was booked stays booked.
    """
    token, together = sign_in(stack, IRIS), Barrier(len(case_ids))

    def ask(case_id):
        api, key = Api(stack.api_url_by_path, token), str(uuid4())
        together.wait()
        for _ in range(TRIES):
            try:
                answer = api.post(f"/v1/cases/{case_id}/planning-session", {"starts_at": starts_at}, key=key)
            except requests.RequestException:
                continue
            if answer.status < 500 and answer.status != 429 and answer.code != "request_in_progress":
                return answer
            time.sleep(1)
        raise AssertionError(f"{case_id} was never answered")

    with ThreadPoolExecutor(len(case_ids)) as people:
        return list(people.map(ask, case_ids))


@pytest.mark.parametrize(("planners", "days"), [(1, 20), (3, 22)], ids=["one planner", "three planners"])
def test_of_many_who_book_a_block_at_once_as_many_get_it_as_there_are_planners(
    stack, bounded, leo, iris, planned, *, planners, days
):
    publish(leo, planners=planners)
    block = next_block(iris, days=days)
    assert block["free_planners"] == planners
    case_ids = planned(MANY)
    answers = ask_at_once(stack, case_ids, block["starts_at"])
    counts = Counter((answer.status, answer.code) for answer in answers)
    print(f"\n{planners} planners, {MANY} bookings at once: {dict(counts)}")  # noqa: T201 - what this is about
    assert counts == {(201, ""): planners, (409, "block_taken"): MANY - planners}
    # Each who lost is told the next free block, which is the one that follows.
    assert {answer.body["next_free"] for answer in answers if answer.status == 409} == {block["ends_at"]}
    assert {answer.body["planner"] for answer in answers if answer.status == 201} == set(range(1, planners + 1))
    day = block["starts_at"][:10]
    listed = leo.get("/v1/planning-sessions", **{"from": day, "to": day, "limit": 100}).expect(200).body["sessions"]
    won = {case_id for case_id, answer in zip(case_ids, answers, strict=True) if answer.status == 201}
    assert {each["case_id"] for each in listed if each["starts_at"] == block["starts_at"]} == won


def test_a_session_is_booked_read_by_calendars_moved_by_its_lab_and_held(stack, leo, iris, planned, heard):
    publish(leo, cutoff_hours=None)
    (case_id,) = planned(1)
    path, block = f"/v1/cases/{case_id}", next_block(iris, days=5)
    # Nothing is booked by asking what would be.
    would_be = iris.call(
        "POST", f"{path}/planning-session", body={"starts_at": block["starts_at"]}, query={"dry_run": "true"}
    ).expect(200)
    assert (would_be.body["status"], iris.get(path).body["status"]) == ("planning_scheduled", "ready_to_plan")
    booked = iris.post(f"{path}/planning-session", {"starts_at": block["starts_at"]}).expect(201)
    assert (booked.body["status"], booked.body["due_on"]) == ("planning_scheduled", would_be.body["due_on_after"])
    assert booked.body["google_calendar_link"].startswith("https://calendar.google.com/")
    # The calendar is read by another library.
    calendar = iris.get(booked.body["ics_link"]).expect(200)
    assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = icalendar.Calendar.from_ical(calendar.text).walk("VEVENT")
    assert event.decoded("DTSTART") == datetime.fromisoformat(block["starts_at"])
    # Only the lab moves it.
    refused = iris.delete(f"{path}/planning-session", version=booked.version).expect(409)
    assert (refused.code, NORTH_PINE.phone in refused.body["contact"]) == ("contact_lab", True)
    later = next_block(leo, days=6)["starts_at"]
    moved = leo.patch(f"{path}/planning-session", {"starts_at": later}, version=booked.version).expect(200)
    assert next_block(iris, days=5)["starts_at"] == block["starts_at"]
    leo.post(f"{path}/planning-session/outcome", {"outcome": "missed"}, version=moved.version).expect(409)
    leo.post(f"{path}/planning-session/outcome", {"outcome": "held"}, version=moved.version).expect(409)
    let_session_begin(stack, case_id)
    begun = leo.get(f"{path}/planning-session").expect(200)
    held = leo.post(f"{path}/planning-session/outcome", {"outcome": "held"}, version=begun.version).expect(200)
    assert held.body["state"] == "held"
    names = {"CaseMoved", "PlanningSessionBooked", "PlanningSessionMoved", "PlanningSessionHeld"}
    eventually(lambda: {each["detail-type"] for each in heard.of_case(case_id)} >= names)
    # What was not settled in it is planned once more.
    again = leo.delete(f"{path}/planning-session", version=held.version).expect(200)
    assert again.body["status"] == "ready_to_plan"
    second = iris.post(f"{path}/planning-session", {"starts_at": next_block(iris, days=7)["starts_at"]}).expect(201)
    assert second.body["session_id"] != held.body["session_id"]


def test_a_session_that_its_lab_cancels_can_be_booked_by_another(leo, iris, planned):
    publish(leo)
    first, second = planned(2)
    starts_at = next_block(iris, days=9)["starts_at"]
    booked = iris.post(f"/v1/cases/{first}/planning-session", {"starts_at": starts_at}).expect(201)
    taken = iris.post(f"/v1/cases/{second}/planning-session", {"starts_at": starts_at}).expect(409)
    assert taken.code == "block_taken"
    off = leo.delete(f"/v1/cases/{first}/planning-session", version=booked.version).expect(200)
    assert (off.body["state"], off.body["status"]) == ("released", "ready_to_plan")
    iris.post(f"/v1/cases/{second}/planning-session", {"starts_at": starts_at}).expect(201)
    iris.get(f"/v1/cases/{first}/planning-session").expect(404)


def test_a_case_that_its_lab_ends_gives_its_block_to_others(leo, iris, planned):
    publish(leo)
    (case_id,) = planned(1)
    block = next_block(iris, days=11)
    iris.post(f"/v1/cases/{case_id}/planning-session", {"starts_at": block["starts_at"]}).expect(201)
    assert next_block(iris, days=11) != block
    version = leo.get(f"/v1/cases/{case_id}").version
    ended = {"to": "cancelled", "reason": "The patient moved away."}
    leo.post(f"/v1/cases/{case_id}/transitions", ended, version=version).expect(200)
    assert next_block(iris, days=11) == block
