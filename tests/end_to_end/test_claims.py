"""Who gets a clinician's day that many managers and runs want at once, and that nothing stays of what is called off."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
import requests
from bitewing.aws import keys
from bitewing.aws.clock import now
from bitewing.aws.schemas import read_record
from bitewing.aws.table import Table
from bitewing.care_teams.care_team import TEAM_ROLES, CarePreferences, CareTeam
from bitewing.care_teams.clinician import Clinician, License
from bitewing.care_teams.drive import Place
from bitewing.care_teams.site import Site
from bitewing.care_teams.store import TableCareTeams
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.status import IS_AHEAD, KEEPS_CLAIMS
from bitewing.case_days.store import TableCaseDays
from bitewing.directory.organization import BillingState, Notation, Practice
from bitewing.directory.store import TableDirectory
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.wire import ROUTES

from local.api import Api
from local.seed import Person, make_person_at_work, sign_in
from tests.end_to_end.interruption import full_name

#: How many act at once: most by hand, of these some member by member; and runs that fill two dates one after the other.
BY_HAND, ONE_BY_ONE, RUNS = 60, 20, 20
MANY = BY_HAND + ONE_BY_ONE + RUNS
#: Of each role so many clinicians, and so many dates: for a tenth of those who ask there is a team.
OF_EACH_ROLE, DATES = 3, 2
#: How many of them a function answers at the same time: the emulator has a process for each.
AT_THE_SAME_TIME = 8
#: How many sign in at the same time.
SIGNED_IN_AT_ONCE = 8
TRIES = 120
HERE = Place.at(latitude=43.2081, longitude=-71.5376)
FUNCTIONS = {route.function for route in ROUTES if route.path.startswith("/v1/case-days")}
NO_RULES_BROKEN = {"overrides": []}


@dataclass(frozen=True)
class Actor:
    """A manager of the care team, with a practice of their own that wants a team."""

    api: Api
    practice_id: str
    site_id: str


@dataclass(frozen=True)
class Crowd:
    """A care team with many managers, and few clinicians."""

    care_team_id: str
    clinicians: dict[str, list[str]]
    actors: list[Actor]
    dates: list[str]

    def any_team(self, dice):
        return [{"role": role, "clinician_id": dice.choice(self.clinicians[role])} for role in self.clinicians]


@pytest.fixture(scope="module")
def table(stack):
    return Table(stack.client("dynamodb"), stack.outputs()["TableName"])


@pytest.fixture(scope="module")
def crowd(stack, table):
    """A care team with a hundred managers who are signed in, each with a practice that wants a team."""
    name, url = f"crowd-{uuid4().hex[:8]}", stack.api_url_by_path
    care_team = CareTeam(
        care_team_id=name,
        name=f"Crowd {name}",
        time_zone="America/New_York",
        email="crowd@example.com",
        phone="+1 603 555 0100",
        states=frozenset({"NH"}),
    )
    clinicians = [
        Clinician(
            clinician_id=str(uuid4()),
            care_team_id=name,
            name=f"{role} {number}",
            role=role,
            phone="",
            home=HERE,
            licenses=(License(state="NH", number=f"NH-{number}", expires_on=date(2099, 12, 31)),),
        )
        for role in TEAM_ROLES
        for number in range(OF_EACH_ROLE)
    ]
    practices = [
        Practice(
            practice_id=f"{name}-{number:03d}",
            name=f"Practice {number}",
            address="1 Main Street, Concord, NH 03301",
            time_zone="America/New_York",
            email="desk@example.com",
            phone="+1 603 555 0101",
            billing=BillingState.ACTIVE,
            notation=Notation.UNIVERSAL,
        )
        for number in range(MANY)
    ]
    sites = [
        Site(
            site_id=f"SITE-{each.practice_id}",
            practice_id=each.practice_id,
            name=each.name,
            address=each.address,
            state="NH",
            time_zone=each.time_zone,
            place=HERE,
            rooms=1,
            needs_permit=False,
            permit=None,
        )
        for each in practices
    ]
    TableDirectory(table).put(*practices)
    store = TableCareTeams(table, now=now)
    store.put(care_team, *clinicians)
    for start in range(0, MANY, 50):
        store.put(*sites[start : start + 50])
        store.put(
            *(
                CarePreferences(practice_id=each.practice_id, care_team_id=name, version=1)
                for each in practices[start : start + 50]
            )
        )

    def signed_in(number):
        person = Person(
            f"m{number}@{name}.example", f"Manager {number}", name, OrganizationKind.CARE_TEAM, (Role.MANAGER,)
        )
        make_person_at_work(stack, person)
        return Actor(Api(url, sign_in(stack, person)), practices[number].practice_id, sites[number].site_id)

    with ThreadPoolExecutor(SIGNED_IN_AT_ONCE) as people:
        actors = list(people.map(signed_in, range(MANY)))
    # A Tuesday and a Wednesday of one week.
    first = datetime.now(UTC).date() + timedelta(days=30)
    first += timedelta(days=(1 - first.weekday()) % 7)
    return Crowd(
        care_team_id=name,
        clinicians={role.value: [each.clinician_id for each in clinicians if each.role is role] for role in TEAM_ROLES},
        actors=actors,
        dates=[(first + timedelta(days=number)).isoformat() for number in range(DATES)],
    )


@pytest.fixture
def bounded(stack):
    """Lets each function run as often at once as a laptop can; deploying drops what the template says of it."""
    lambda_ = stack.client("lambda")
    for function in FUNCTIONS:
        lambda_.put_function_concurrency(
            FunctionName=full_name(function), ReservedConcurrentExecutions=AT_THE_SAME_TIME
        )
    yield
    for function in FUNCTIONS:
        lambda_.delete_function_concurrency(FunctionName=full_name(function))


def insist(ask):
    """What somebody is answered who asks again when nothing was heard, or the machine was too busy."""
    for _ in range(TRIES):
        try:
            answer = ask()
        except requests.RequestException:
            continue
        if answer.status < 500 and answer.status != 429 and answer.code != "request_in_progress":
            return answer
        time.sleep(0.5)
    raise AssertionError("nobody answered")


def create(actor, on, team):
    """What a manager is answered who makes a day with a team; the same request again gives the same answer."""
    key = str(uuid4())
    body = {
        "practice_id": actor.practice_id,
        "site_id": actor.site_id,
        "on": on,
        "starts_at": "08:00",
        "minutes": 480,
        "kind": "adult",
        "expected_patients": 4,
        "team": [NO_RULES_BROKEN | seat for seat in team],
    }
    return insist(lambda: actor.api.post("/v1/case-days", body, key=key))


def ask_one_by_one(actor, on, team):
    """What a manager is answered who asks the members of a day one after the other."""
    day = create(actor, on, []).expect(201).body
    path, answers = f"/v1/case-days/{day['case_day_id']}", []
    for seat in team:

        def ask(seat=seat):
            seen = actor.api.get(path)
            return (
                actor.api.put(
                    f"{path}/team/{seat['role']}", {"clinician_id": seat["clinician_id"]}, version=seen.version
                )
                if seen.status == 200
                else seen
            )

        answers.append((on, [seat], insist(ask)))
    return answers


def act_at_once(crowd, dice):
    """What everybody is answered, each with the date and those who were wanted, in one moment."""
    together = Barrier(MANY)
    wanted = [(dice.choice(crowd.dates), crowd.any_team(dice)) for _ in range(MANY)]

    def act(number):
        actor, (on, team) = crowd.actors[number], wanted[number]
        together.wait()
        if number < BY_HAND:
            return [(on, team, create(actor, on, team))]
        if number < BY_HAND + ONE_BY_ONE:
            return ask_one_by_one(actor, on, team)
        return [(each, team, create(actor, each, team)) for each in crowd.dates]

    with ThreadPoolExecutor(MANY) as managers:
        return [answer for answers in managers.map(act, range(MANY)) for answer in answers]


def days_of(table, crowd):
    """Every day of the care team, as it stands by itself; its list has the same."""
    listed = [
        read_record(CaseDay, item) for item in table.partition(keys.days_partition("care_team", crowd.care_team_id))
    ]
    days = TableCaseDays(table, now=now)
    assert all(days.find(each.case_day_id) == each for each in listed)
    return listed


def claims_in(table, crowd):
    """Who has claimed which days of whom, as the items of the clinicians' days say."""
    found = {}
    for clinician_id in (each for of_role in crowd.clinicians.values() for each in of_role):
        for item in table.partition(keys.days_partition("clinician", clinician_id)):
            if item["sk"] != "CALENDAR":
                found[clinician_id, item["sk"]] = read_record(CaseDay, item)
    return found


def ensure_each_claim_is_a_members(table, crowd):
    """Claims and teams say the same; gives both."""
    days, claims = days_of(table, crowd), claims_in(table, crowd)
    by_id = {each.case_day_id: each for each in days}
    of_teams = {
        (member.clinician_id, day.on.isoformat()): day
        for day in days
        if day.status in KEEPS_CLAIMS
        for member in day.team
    }
    # A clinician in two places would be one key for two members.
    assert len(of_teams) == sum(len(day.team) for day in days if day.status in KEEPS_CLAIMS)
    assert of_teams.keys() == claims.keys()
    assert all(of_teams[key] == claim == by_id[claim.case_day_id] for key, claim in claims.items())
    return days, claims


def dates_taken(table, crowd):
    return {
        (actor.practice_id, item["sk"]): item["case_day_id"]
        for actor in crowd.actors
        for item in table.partition(f"{keys.practice_partition(actor.practice_id)}#DATES")
    }


def ensure_dates_are_those_of_days(table, crowd, days):
    """A practice has a day on a date that is taken, and only then."""
    ahead = {(day.practice_id, day.on.isoformat()): day.case_day_id for day in days if day.status in IS_AHEAD}
    assert dates_taken(table, crowd) == ahead


def claims_told(answers):
    """How many claims these answers promise."""
    return sum(len(team) for _, team, answer in answers if answer.status != 409)


def call_off(actor, case_day_id):
    """Call a day off, whoever changes it meanwhile; gives its status."""
    path = f"/v1/case-days/{case_day_id}"

    def cancel():
        seen = actor.api.get(path)
        is_done = seen.status == 200 and seen.body["status"] == "cancelled"
        return seen if is_done or seen.status != 200 else actor.api.post(f"{path}/cancel", {}, version=seen.version)

    return insist(cancel).expect(200).body["status"]


def call_all_off(crowd, days):
    """Call days off at once."""
    by_practice = {actor.practice_id: actor for actor in crowd.actors}
    ahead = [day for day in days if day.status in IS_AHEAD]
    with ThreadPoolExecutor(len(ahead)) as managers:
        told = managers.map(lambda day: call_off(by_practice[day.practice_id], day.case_day_id), ahead)
        assert set(told) == {"cancelled"}


def claim_and_release_at_once(crowd, days, dice):
    """What everybody who has no day is answered who asks for one, while all others call theirs off."""
    together = Barrier(MANY)
    theirs = {actor.practice_id: [] for actor in crowd.actors}
    for day in days:
        theirs[day.practice_id] += [day.case_day_id] * (day.status in IS_AHEAD)
    wanted = [(dice.choice(crowd.dates), crowd.any_team(dice)) for _ in range(MANY)]

    def act(number):
        actor, (on, team) = crowd.actors[number], wanted[number]
        together.wait()
        if has := theirs[actor.practice_id]:
            assert {call_off(actor, case_day_id) for case_day_id in has} == {"cancelled"}
            return []
        return [(on, team, create(actor, on, team))]

    with ThreadPoolExecutor(MANY) as managers:
        return [answer for answers in managers.map(act, range(MANY)) for answer in answers]


def told_in_short(answers):
    return dict(Counter(f"{answer.status} {answer.code}".strip() for _, _, answer in answers))


def test_a_hundred_managers_and_runs_claim_the_same_clinicians_and_nobody_is_claimed_twice_or_forgotten(
    stack, bounded, crowd, table
):
    dice, began = random.Random(5), time.monotonic()  # noqa: S311 - who wants whom is no secret
    answers = act_at_once(crowd, dice)
    took = time.monotonic() - began
    print(f"\n{MANY} managers and runs at once, {took:.0f} s: {told_in_short(answers)}")  # noqa: T201 - what this is about
    days, claims = ensure_each_claim_is_a_members(table, crowd)
    ensure_dates_are_those_of_days(table, crowd, days)
    assert len(claims) == claims_told(answers)
    for on, team, answer in answers:
        others = {(seat["clinician_id"], on) for seat in team} & claims.keys()
        if answer.status == 409:
            # Nobody was told no who could have been told yes: somebody else has one of those whom they wanted.
            assert {each["rule"] for each in answer.body["violations"]} == {"claimed"}
            assert others
        else:
            # No claim is lost: whoever was told yes has everybody of whom they were told.
            assert {claims[each].case_day_id for each in others} == {answer.body["case_day_id"]}
            assert len(others) == len(team)

    # Whoever has a day calls it off, while all the others ask again.
    began = time.monotonic()
    again = claim_and_release_at_once(crowd, days, dice)
    took = time.monotonic() - began
    print(f"claims and releases at once, {took:.0f} s: {told_in_short(again)}")  # noqa: T201
    assert {answer.status for _, _, answer in again} <= {201, 409}
    days, claims = ensure_each_claim_is_a_members(table, crowd)
    ensure_dates_are_those_of_days(table, crowd, days)
    assert len(claims) == claims_told(again)

    # Nothing is left behind of what is called off: no claim, no date, and nobody works a day of the week.
    call_all_off(crowd, days)
    days, claims = ensure_each_claim_is_a_members(table, crowd)
    ensure_dates_are_those_of_days(table, crowd, days)
    assert claims == {}
    calendars = [
        item
        for of_role in crowd.clinicians.values()
        for clinician_id in of_role
        for item in table.partition(keys.days_partition("clinician", clinician_id))
    ]
    # Each claim was counted once, and once its release.
    assert {item["sk"] for item in calendars} == {"CALENDAR"}
    assert sum(int(item["version"]) for item in calendars) == 2 * (claims_told(answers) + claims_told(again))
    actor, team = crowd.actors[0], crowd.any_team(dice)
    path = f"/v1/case-days/{create(actor, crowd.dates[0], []).expect(201).body['case_day_id']}"
    for role, of_role in crowd.clinicians.items():
        found = actor.api.get(f"{path}/team/{role}/candidates").expect(200).body["candidates"]
        assert {(each["standing"], each["days_of_week"]) for each in found} == {("can", 0)}
        assert {each["clinician_id"] for each in found} == set(of_role)
    made = create(actor, crowd.dates[1], team).expect(201).body
    assert {each["clinician_id"] for each in made["team"]} == {each["clinician_id"] for each in team}
