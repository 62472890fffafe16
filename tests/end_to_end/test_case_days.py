"""Case Days over real requests: the life of one, who may do what with it, and what is refused."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from bitewing.aws.clock import now
from bitewing.aws.table import Table
from bitewing.care_teams.care_team import CarePreferences, CareTeam
from bitewing.care_teams.store import TableCareTeams
from bitewing.kernel.caller import OrganizationKind, Role

from local.api import Api
from local.case_days_seed import ADA, BEA, BEN, BIRCH, CLARA, DOV, JUDE, MILO, NORA, OTTO, TESS, VERA
from local.case_days_telling import Cast, free_fortnight, takes_place
from local.passing_time import let_day_begin
from local.seed import BRIGHT_VANS, DANA, HANNA, IRIS, MAPLE, Person, make_person_at_work, sign_in
from tests.end_to_end.deadline import eventually

LIMITS = {"max_days_per_week": 5, "max_days_in_row": 5, "max_drive_minutes": 400}
PATIENT = {
    "reference": "No-4471",
    # No id has these letters: they look like digits.
    "initials": "LOU",
    "age_years": 50,
    "procedure": "Two implants, lower right",
    "starts_at": "09:00",
    "minutes": 120,
    "weight_class": "50_to_99_kg",
    "asa_class": "2",
    "note": "Allergic to penicillin.",
}
DETAILS = {"arrival": "The side door.", "contact": "The front desk, +1 802 555 0114"}
TEAM = (NORA, MILO, ADA)


@pytest.fixture(scope="module")
def cast(stack):
    """Everybody of the care team and of its practices, signed in."""
    return Cast(stack)


@pytest.fixture(scope="module")
def first_free(cast):
    """The first day of two weeks that are free, and that these tests have for themselves."""
    return free_fortnight(cast.manager)[0]


@pytest.fixture(scope="module")
def period(cast, first_free):
    """Those two weeks as a period for which there is no availability yet."""
    return opened(cast, first_free)


@pytest.fixture(scope="module")
def rival(stack):
    """Manager of another care team, which two of the practices know."""
    name = f"night-owls-{uuid4().hex[:8]}"
    care_team = CareTeam(
        care_team_id=name,
        name="Night Owls",
        time_zone="America/New_York",
        email="owls@example.com",
        phone="+1 802 555 0199",
        states=frozenset({"VT"}),
    )
    known_to = (CarePreferences(practice_id=each.practice_id, care_team_id=name, version=1) for each in (MAPLE, BIRCH))
    TableCareTeams(Table(stack.client("dynamodb"), stack.outputs()["TableName"]), now=now).put(care_team, *known_to)
    person = Person(f"mel@{name}.example", "Mel Owl", name, OrganizationKind.CARE_TEAM, (Role.MANAGER,))
    make_person_at_work(stack, person)
    return Api(stack.api_url_by_path, sign_in(stack, person))


@pytest.fixture
def dates(first_free):
    """Gives dates of those two weeks, by number; each practice is asked once a date."""
    return lambda number: (first_free + timedelta(days=number)).isoformat()


def opened(cast, first, **changes):
    due_at = datetime.now(UTC) + timedelta(days=1)
    body = {
        "name": "Tests",
        "first_on": first.isoformat(),
        "last_on": (first + timedelta(days=13)).isoformat(),
        "availability_due_at": due_at.isoformat(),
        "requests_due_at": due_at.isoformat(),
        "states": ["VT", "NH", "ME"],
    }
    return cast.manager.post("/v1/scheduling-periods", body | changes).expect(201).body


def seats(cast, team):
    return [
        {"role": cast.clinicians[each].role, "clinician_id": cast.clinicians[each].clinician_id, "overrides": []}
        for each in team
    ]


def make(cast, host, on, team=(), *, seated=None, by=None, **changes):
    """What a manager is answered who makes a day at a practice, and asks a team, or whoever is seated in it."""
    body = {
        "practice_id": cast.hosts[host].practice_id,
        "site_id": cast.hosts[host].site["site_id"],
        "on": on,
        "starts_at": "08:00",
        "minutes": 480,
        "kind": "adult",
        "expected_patients": 3,
        "team": seated or seats(cast, team),
    }
    return (by or cast.manager).post("/v1/case-days", body | changes)


def path_of(day):
    return f"/v1/case-days/{day['case_day_id']}"


def read(cast, day):
    return cast.manager.get(path_of(day)).expect(200)


def do(cast, day, deed, body=None, *, by=None):
    """What somebody is answered who does something with a day as it stands."""
    return (by or cast.manager).post(f"{path_of(day)}/{deed}", body, version=read(cast, day).version)


def accepted(cast, day):
    """That day, when all have accepted who are asked."""
    for member in day["team"]:
        body = {"to": "accepted", "asked_at": member["asked_at"]}
        caller = cast.clinician(member["clinician_id"]).api
        answered = caller.post(f"{path_of(day)}/team/{member['clinician_id']}/answer", body).expect(200)
    return answered.body


def confirmed(cast, host, on, team, **changes):
    """A day that its manager has confirmed."""
    day = accepted(cast, make(cast, host, on, team, **changes).expect(201).body)
    return do(cast, day, "confirm").expect(200).body


def is_refused(answer, status, code):
    assert (answer.status, answer.code) == (status, code), answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    return answer


def rules(answer):
    return {each["rule"] for each in is_refused(answer, 409, "hard_rules_broken").body["violations"]}


def submit(cast, period, person, *windows):
    clinician = cast.clinicians[person]
    path = f"/v1/scheduling-periods/{period['period_id']}/availability/{clinician.clinician_id}"
    body = {"windows": [{"first": first, "last": last} for first, last in windows], "limits": LIMITS}
    return clinician.api.put(path, body, version=clinician.api.get(path).expect(200).version)


def request(cast, host, period, *on):
    site_id = cast.hosts[host].site["site_id"]
    body = {
        "care_team_id": BRIGHT_VANS.care_team_id,
        "period_id": period["period_id"],
        "site_id": site_id,
        "dates": list(on),
        "starts_at": "08:00",
        "minutes": 480,
        "kind": "adult",
        "expected_patients": 3,
    }
    return cast.hosts[host].api.post("/v1/case-day-requests", body)


def all_requests(cast, period):
    """The requests for a period, as its manager reads them page by page."""
    found, query = [], {"period_id": period["period_id"], "limit": 100}
    while True:
        page = cast.manager.get("/v1/case-day-requests", **query).expect(200).body
        found += page["requests"]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


# --- The life of a day --------------------------------------------------------------------------------------------


def test_a_day_is_asked_for_accepted_confirmed_changed_held_and_told_once(stack, cast, period, dates, heard):
    host, nurse = cast.hosts[IRIS], cast.clinicians[NORA]
    for person in TEAM:
        submit(cast, period, person, (dates(0), dates(13))).expect(200)
        said = f"/v1/scheduling-periods/{period['period_id']}/availability/{cast.clinicians[person].clinician_id}"
        cast.manager.post(f"{said}/review", {"to": "approved"}, version=1).expect(200)
    asked = request(cast, IRIS, period, dates(1), dates(0)).expect(201).body
    body = {"on": dates(1), "team": seats(cast, TEAM)}
    key, serve = str(uuid4()), f"/v1/case-day-requests/{asked['request_id']}/case-day"
    day = cast.manager.post(serve, body, key=key).expect(201).body
    # Sent again, it is the same day.
    assert cast.manager.post(serve, body, key=key).expect(201).body["case_day_id"] == day["case_day_id"]
    assert (day["status"], len(day["missing"])) == ("tentative", 6)
    accepted(cast, day)
    assert do(cast, day, "confirm").expect(200).body["status"] == "confirmed"
    version = read(cast, day).version
    version = host.api.patch(path_of(day), DETAILS, version=version).expect(200).version
    host.api.post(f"{path_of(day)}/practice-confirmation", None, version=version).expect(200)
    host.api.post(f"{path_of(day)}/patients", PATIENT).expect(201)
    seen = nurse.api.get(f"{path_of(day)}/patients").expect(200).body["patients"]
    assert [each["initials"] for each in seen] == ["LOU"]
    assert nurse.api.get(path_of(day)).expect(200).body["missing"] == []
    assert asked_for(host, asked)["status"] == "confirmed"
    let_day_begin(stack, day["case_day_id"])
    takes_place(cast.manager, path_of(day), "begin", to={"in_progress", "completed"})
    takes_place(cast.manager, path_of(day), "complete", to={"completed"})
    assert asked_for(host, asked)["status"] == "completed"
    # Everything was told once, and nothing of it is about the patient.
    facts = {
        "CaseDayCreated": 1,
        "TeamMemberAsked": 3,
        "TeamMemberAccepted": 3,
        "CaseDayMoved": 3,
        "CaseDayChanged": 1,
        "PracticeConfirmed": 1,
        "CaseDayPatientsChanged": 1,
    }

    def told():
        found = heard.about("case_day_id", day["case_day_id"])
        once = {each["detail"]["event_id"]: each for each in found}
        return list(once.values()) if Counter(each["detail-type"] for each in once.values()) == facts else []

    words = str(eventually(told))
    assert not any(str(PATIENT[name]) in words for name in ("reference", "initials", "procedure", "note"))


def asked_for(host, asked):
    return host.api.get(f"/v1/case-day-requests/{asked['request_id']}").expect(200).body


def test_who_declines_is_free_again_and_a_confirmed_day_waits_for_another(cast, dates):
    day = confirmed(cast, BEA, dates(2), (TESS, VERA, DOV))
    (member,) = (each for each in day["team"] if each["role"] == "medic")
    answer = f"{path_of(day)}/team/{member['clinician_id']}/answer"
    body = {"to": "declined", "asked_at": member["asked_at"]}
    after = cast.clinician(member["clinician_id"]).api.post(answer, body).expect(200)
    # Whoever left the team has nothing to see of its day any more, but for this answer.
    assert after.body["status"] == "tentative"
    assert cast.clinician(member["clinician_id"]).api.get(path_of(day)).status == 404
    is_refused(do(cast, day, "confirm"), 409, "team_not_ready")
    elsewhere = make(cast, OTTO, dates(2), (VERA,)).expect(201).body
    assert [each["name"] for each in elsewhere["team"]] == [VERA.name]
    ranked = cast.manager.get(f"{path_of(day)}/team/medic/candidates").expect(200).body["candidates"]
    standings = {each["name"]: each["standing"] for each in ranked}
    assert standings[VERA.name] == "cannot"
    assert standings[MILO.name] == standings[JUDE.name] == "can"


def test_everybody_reads_the_schedule_of_the_days_that_are_theirs_and_what_is_missing(cast, dates):
    manager, host, nurse = cast.manager, cast.hosts[HANNA].api, cast.clinicians[NORA]
    day = make(cast, HANNA, dates(6), (NORA,)).expect(201).body

    def schedule(api, rows, span, **query):
        """The ids of a schedule's days, by row."""
        found = api.get("/v1/schedules", rows=rows, span=span, on=dates(6), **query).expect(200).body["rows"]
        return {row["of"]: [each["case_day_id"] for each in row["days"]] for row in found}

    by_clinician = schedule(manager, "clinician", "day")
    assert by_clinician[nurse.clinician_id] == [day["case_day_id"]]
    assert all(day["case_day_id"] in by_clinician[role] for role in ("medic", "anesthesiologist"))
    week = schedule(nurse.api, "date", "week")
    assert list(week) == [dates(number) for number in range(7)]
    assert week[dates(6)] == [day["case_day_id"]]
    (row,) = host.get("/v1/schedules", rows="practice", span="day", on=dates(6)).expect(200).body["rows"]
    (shown,) = row["days"]
    assert (row["of"], shown["status"], shown["missing"]) == (day["practice_id"], "tentative", day["missing"])
    # Filters leave out the rest, strangers see nothing, and what is called off stands on no schedule.
    assert schedule(manager, "state", "day", clinician_id=nurse.clinician_id) == {"ME": [day["case_day_id"]]}
    assert schedule(manager, "practice", "month", practice_id=day["practice_id"]).keys() == {day["practice_id"]}
    for stranger in (cast.hosts[OTTO].api, cast.clinicians[DANA].api):
        assert all(day["case_day_id"] not in ids for ids in schedule(stranger, "date", "month").values())
    do(cast, day, "cancel", {}).expect(200)
    assert schedule(host, "practice", "day") == {}


# --- What is refused ----------------------------------------------------------------------------------------------


def test_availability_that_overlaps_is_refused_and_what_was_said_before_stands(cast, period, dates):
    submit(cast, period, BEN, (dates(0), dates(3))).expect(200)
    refused = is_refused(submit(cast, period, BEN, (dates(0), dates(5)), (dates(4), dates(8))), 422, "invalid_input")
    assert [each["pointer"] for each in refused.body["errors"]] == ["/windows/1"]
    clinician = cast.clinicians[BEN]
    path = f"/v1/scheduling-periods/{period['period_id']}/availability/{clinician.clinician_id}"
    said = clinician.api.get(path).expect(200).body
    assert (said["version"], said["availability"]["windows"]) == (1, [{"first": dates(0), "last": dates(3)}])


def test_a_clinician_is_never_at_two_places_whatever_the_reason(cast, dates):
    make(cast, IRIS, dates(7), (NORA,)).expect(201)
    for overrides in ([], [{"rule": "claimed", "reason": "She is quick."}]):
        seat = seats(cast, (NORA,))[0] | {"overrides": overrides}
        assert rules(make(cast, BEA, dates(7), seated=[seat])) == {"claimed"}
    empty = make(cast, BEA, dates(7)).expect(201).body
    body = {"clinician_id": cast.clinicians[NORA].clinician_id, "overrides": []}
    put = cast.manager.put(f"{path_of(empty)}/team/nurse", body, version=empty["version"])
    assert rules(put) == {"claimed"}
    # A practice has one day a date, too.
    is_refused(make(cast, BEA, dates(7)), 409, "date_taken")


def test_a_license_that_lapses_inside_the_period_is_warned_of_and_holds_until_its_last_day(cast, period, dates):
    clinician = cast.clinicians[CLARA]
    path = f"/v1/clinicians/{clinician.clinician_id}"
    before = cast.manager.get(path).expect(200)
    lapsing = [each | ({"expires_on": dates(8)} if each["state"] == "NH" else {}) for each in before.body["licenses"]]
    changed = cast.manager.patch(path, {"licenses": lapsing}, version=before.version).expect(200)
    try:
        submit(cast, period, CLARA, (dates(0), dates(13))).expect(200)
        said = clinician.api.get(f"/v1/scheduling-periods/{period['period_id']}/availability/{clinician.clinician_id}")
        assert said.body["warnings"] == [{"state": "NH", "from_on": dates(9)}]
        make(cast, OTTO, dates(8), (CLARA,)).expect(201)
        seat = seats(cast, (CLARA,))[0] | {"overrides": [{"rule": "license", "reason": "It is renewed every year."}]}
        assert rules(make(cast, OTTO, dates(9), seated=[seat])) == {"license"}
        # In another state hers holds.
        make(cast, BEA, dates(9), (CLARA,)).expect(201)
    finally:
        cast.manager.patch(path, {"licenses": before.body["licenses"]}, version=changed.version).expect(200)


def test_on_a_date_of_23_hours_a_day_lasts_its_minutes(cast):
    # Clocks go forward on the second Sunday of March.
    march = date(datetime.now(UTC).year + 1, 3, 8)
    sunday = march + timedelta(days=6 - march.weekday())
    day = make(cast, HANNA, sunday.isoformat(), starts_at="01:30", minutes=120).expect(201).body
    begins, ends = (datetime.fromisoformat(day[name]) for name in ("begins_at", "ends_at"))
    assert (begins.hour, begins.minute, ends - begins) == (6, 30, timedelta(minutes=120))
    # Its clocks show 04:30 then: two hours on a day that has no hour from two to three.
    assert ends == datetime(sunday.year, sunday.month, sunday.day, 8, 30, tzinfo=UTC)
    # A patient within the day by its minutes, and one who would stay an hour longer than it.
    confirmed_day = confirmed(cast, BEA, sunday.isoformat(), (TESS, VERA, DOV), starts_at="01:00", minutes=180)
    host = cast.hosts[BEA].api
    host.post(f"{path_of(confirmed_day)}/patients", PATIENT | {"starts_at": "03:30", "minutes": 90}).expect(201)
    late = host.post(f"{path_of(confirmed_day)}/patients", PATIENT | {"starts_at": "04:30", "minutes": 90})
    is_refused(late, 422, "invalid_input")
    for each in (day, confirmed_day):
        do(cast, each, "cancel", {}).expect(200)


def test_a_day_that_is_not_confirmed_takes_no_patients(cast, dates):
    day = make(cast, IRIS, dates(3), TEAM).expect(201).body
    host = cast.hosts[IRIS].api
    is_refused(host.post(f"{path_of(day)}/patients", PATIENT), 409, "case_day_not_confirmed")
    assert host.get(f"{path_of(day)}/patients").expect(200).body["patients"] == []


def test_of_two_edits_at_once_one_is_told_what_it_missed(cast, dates):
    day = make(cast, IRIS, dates(4)).expect(201).body
    host, manager = cast.hosts[IRIS].api, cast.manager
    edits = [(host, {"note": "From the practice."}), (manager, {"note": "From the manager."})]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda edit: edit[0].patch(path_of(day), edit[1], version=day["version"]), edits))
    assert sorted(answer.status for answer in answers) == [200, 412]
    (done,) = (answer for answer in answers if answer.status == 200)
    assert read(cast, day).body["note"] == done.body["note"]
    (missed,) = (answer for answer in answers if answer.status == 412)
    assert missed.body["actual_version"] == done.version


def test_another_practice_sees_and_changes_nothing_of_a_day(cast, dates):
    day = confirmed(cast, OTTO, dates(10), (TESS, JUDE, ADA))
    cast.hosts[OTTO].api.post(f"{path_of(day)}/patients", PATIENT).expect(201)
    before = read(cast, day).body, cast.hosts[OTTO].api.get(f"{path_of(day)}/patients").expect(200).body
    stranger, version = cast.hosts[HANNA].api, before[0]["version"]
    tries = (
        stranger.get(path_of(day)),
        stranger.patch(path_of(day), {"note": "Mine."}, version=version),
        stranger.post(f"{path_of(day)}/practice-confirmation", None, version=version),
        stranger.post(f"{path_of(day)}/cancel", {"reason": "Not here."}, version=version),
        stranger.get(f"{path_of(day)}/activity"),
        stranger.get(f"{path_of(day)}/patients"),
        stranger.post(f"{path_of(day)}/patients", PATIENT),
    )
    assert {(answer.status, answer.code) for answer in tries} == {(404, "not_found")}
    assert not any(PATIENT["initials"] in answer.text for answer in tries)
    assert day["case_day_id"] not in {
        each["case_day_id"]
        for each in stranger.get("/v1/case-days", **{"from": day["on"], "to": day["on"]}).body["case_days"]
    }
    after = read(cast, day).body, cast.hosts[OTTO].api.get(f"{path_of(day)}/patients").expect(200).body
    assert after == before


def test_what_passes_its_deadline_on_the_way_is_decided_by_the_moment_of_its_decision(cast, first_free):
    due_at = datetime.now(UTC) + timedelta(seconds=4)
    period = opened(cast, first_free + timedelta(days=182), requests_due_at=due_at.isoformat())
    on, answers = period["first_on"], []
    hosts = list(cast.hosts)
    # Requests are on their way all the time until one is too late.
    with ThreadPoolExecutor(len(hosts)) as people:
        while not answers or all(answer.status == 201 for answer in answers[-len(hosts) :]):
            answers += people.map(lambda host: request(cast, host, period, on), hosts)
    in_time = [answer.body for answer in answers if answer.status == 201]
    late = [answer for answer in answers if answer.status != 201]
    assert {(answer.status, answer.code) for answer in late} == {(409, "deadline_passed")}
    assert in_time
    assert all(datetime.fromisoformat(each["created_at"]) < due_at for each in in_time)
    # What was told to be stored is, and nothing else.
    listed = all_requests(cast, period)
    assert sorted(each["request_id"] for each in listed) == sorted(each["request_id"] for each in in_time)


# --- What is said of patients, and what opens a calendar ----------------------------------------------------------


def test_patients_and_the_secrets_of_calendars_stand_in_no_log_no_key_and_no_event(stack, cast, dates, heard):
    # None of these occurs anywhere by chance.
    marks = {"reference": "CHART-77120-W", "procedure": "GLIMMERTOOTH", "note": "PLUMSTONE"}
    host = cast.hosts[BEA].api
    day = confirmed(cast, BEA, dates(5), (TESS, MILO, DOV))
    patient = host.post(f"{path_of(day)}/patients", PATIENT | marks).expect(201)
    refused = PATIENT | marks | {"initials": "TURNIPFIELD", "unknown": "OVERSIGHT-5150"}
    is_refused(host.post(f"{path_of(day)}/patients", refused), 422, "invalid_input")
    host.delete(f"{path_of(day)}/patients/{patient.body['patient_id']}", version=patient.version).expect(200)
    host.post(f"{path_of(day)}/patients", PATIENT | marks).expect(201)
    cast.clinicians[TESS].api.get(f"{path_of(day)}/patients").expect(200)
    secret = host.post("/v1/calendar-feeds", {"name": "Wall"}).expect(201).body["credential"].rpartition(".")[2]
    words = [*marks.values(), "TURNIPFIELD", "OVERSIGHT-5150", secret]

    def leaked(text):
        return [word for word in words if word.lower() in text.lower()]

    def told():
        return [each for each in heard.about("case_day_id", day["case_day_id"]) if "Patients" in each["detail-type"]]

    assert len(eventually(lambda: len(told()) >= 3 and told())) >= 3
    assert leaked(str(told())) == []
    assert leaked(stack.emulator.log.read_text(errors="replace")) == []
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs()["TableName"])
    items = [item for page in pages for item in page["Items"]]
    with_words = {item["entity"]["S"] for item in items if leaked(str(item))}
    # The answer to a request is kept for a day, to be given again.
    assert with_words == {"DayPatient", "Idempotency"}
    assert leaked(str([(item["pk"], item["sk"]) for item in items])) == []
    assert secret not in str(items)


# --- Between care teams -------------------------------------------------------------------------------------------


def test_care_teams_know_nothing_of_each_other(cast, rival, period, dates):
    day = make(cast, IRIS, dates(11), (DANA,)).expect(201).body
    dana = cast.clinicians[DANA].clinician_id
    asked = request(cast, IRIS, period, dates(12)).expect(201).body
    before = read(cast, day).body
    version = before["version"]
    seat = {"clinician_id": dana, "overrides": []}
    reads = [
        rival.get(path)
        for path in (
            path_of(day),
            f"{path_of(day)}/activity",
            f"{path_of(day)}/patients",
            f"{path_of(day)}/team/nurse/candidates",
            f"/v1/clinicians/{dana}",
            f"/v1/scheduling-periods/{period['period_id']}",
            f"/v1/scheduling-periods/{period['period_id']}/availability",
            f"/v1/case-day-requests/{asked['request_id']}",
        )
    ]
    changes = [
        rival.put(f"{path_of(day)}/team/nurse", seat, version=version),
        rival.delete(f"{path_of(day)}/team/nurse", version=version),
        rival.post(f"{path_of(day)}/cancel", {}, version=version),
        rival.post(f"{path_of(day)}/reschedule", {"on": dates(12)}, version=version),
        rival.post(f"/v1/case-day-requests/{asked['request_id']}/case-day", {"on": dates(12), "team": []}),
        # A clinician of another care team is none whom one could put on a team.
        make(cast, BEA, dates(11), (DANA,), by=rival),
    ]
    assert {(answer.status, answer.code) for answer in (*reads, *changes)} == {(404, "not_found")}
    # A practice that never asked them, and prefers nobody of theirs, keeps its dates for others.
    is_refused(make(cast, HANNA, dates(11), by=rival), 404, "not_found")
    # A practice has one day a date, whoever comes.
    is_refused(make(cast, IRIS, dates(11), by=rival), 409, "date_taken")
    assert read(cast, day).body == before
    span = {"from": dates(0), "to": dates(13)}
    assert rival.get("/v1/case-days", **span).expect(200).body["case_days"] == []
    assert rival.get("/v1/clinicians").expect(200).body["clinicians"] == []
