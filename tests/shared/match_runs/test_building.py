"""What is matched is exactly what is stored: whoever the hard rules of a team let go can be sent, and nobody else."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from bitewing.care_teams.care_team import CarePreferences
from bitewing.care_teams.clinician import License, Limits, Skill
from bitewing.care_teams.drive import Place, drive_between
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.site import Permit
from bitewing.care_teams.values import MAX_DAYS_IN_ROW
from bitewing.case_days.hard_rules import Candidate, violations
from bitewing.case_days.status import KEEPS_CLAIMS, DayStatus
from bitewing.case_days.values import ensure_day, ensure_place
from bitewing.kernel.errors import InvalidInput
from bitewing.match_runs.building import DateOut, Hindrance, LeftOut, PlaceName, as_wanted, build, reach_of
from bitewing.match_runs.translating import LETTERS, number_of
from bitewing.matching.fairness import Account, Ledger
from bitewing.matching.instance import Weights
from bitewing.matching.reading import read_instance, write_instance
from bitewing.matching.rules import Rule, broken_alone, broken_together
from bitewing.scheduling.availability import AvailabilityState, Window
from bitewing.scheduling.request import ensure_request
from bitewing.scheduling.weights import MatchWeights
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.builders import PRACTICE_ID
from tests.support.case_days import (
    HARBOR,
    MONDAY,
    NEXT_DOOR,
    SITE_ID,
    a_care_team,
    a_clinician,
    a_day,
    a_day_request,
    a_member,
    a_period,
    a_site,
    an_availability,
    on,
)
from tests.support.gathered import TEAM, gathered, gathered_at_random


def by_stored_things(stored, asked, day, clinician):
    """Whether everything that is stored lets a clinician go to a request on a date: as a manager's day would."""
    site = stored.sites[asked.site_id]
    would_be = a_day(
        practice_id=asked.practice_id,
        site_id=site.site_id,
        state=site.state,
        time_zone=site.time_zone,
        place=site.place,
        on=day,
        starts_at=asked.starts_at,
        minutes=asked.minutes,
        kind=asked.kind,
    )
    try:
        ensure_request(replace(asked, dates=(day,)), stored.period, site)
        ensure_day(would_be)
        ensure_place(would_be, site, stored.care_team, now=stored.now)
    except InvalidInput:
        return False
    if day in stored.taken[asked.practice_id]:
        return False
    kept = [each for each in stored.days if each.status in KEEPS_CLAIMS]
    candidate = Candidate(
        clinician=clinician,
        availability=next((x for x in stored.availabilities if x.clinician_id == clinician.clinician_id), None),
        days=frozenset(each.on for each in kept if each.member(clinician.clinician_id)),
    )
    return not any(
        True for _ in violations(would_be, clinician.role, candidate, stored.preferences.get(asked.practice_id))
    )


def by_instance(instance, asked, number, clinician_id):
    """Whether an instance lets a clinician go to a request on a day."""
    request, clinician = instance.request.get(asked.request_id), instance.clinician.get(clinician_id)
    if request is None or clinician is None or number not in dict(request.dates):
        return False
    practice = instance.practice[request.practice_id]
    taken = {(instance.calendar(each.practice_id), each.day) for each in instance.fixed}
    worked = {each.day for each in instance.fixed if clinician_id in each.team}
    return (
        (instance.calendar(request.practice_id), number) not in taken
        and not any(True for _ in broken_alone(practice, clinician, number, request.needs(clinician.role)))
        and not any(True for _ in broken_together(clinician, number, worked, instance))
    )


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_matching_sends_whom_the_hard_rules_of_a_team_let_go_and_nobody_else(seed):
    agrees(gathered_at_random(seed))


def agrees(stored):
    built = build(stored)
    found = 0
    for asked in stored.requests:
        for day in asked.dates:
            for clinician in stored.clinicians:
                allowed = by_stored_things(stored, asked, day, clinician)
                number = number_of(day, stored.period)
                assert by_instance(built.instance, asked, number, clinician.clinician_id) == allowed
                found += allowed
    # What is written can be read: nothing in it contradicts itself.
    assert read_instance(json.dumps(write_instance(built.instance))) == built.instance
    # Each date is either matched or left out with a reason.
    out = {each.request_id: each for each in built.left_out}
    for asked in stored.requests:
        request = built.instance.request.get(asked.request_id)
        assert (request is None) == (asked.request_id in out)
        if request is not None:
            dates = {number_of(each.on, stored.period) for each in built.dates_out.get(asked.request_id, ())}
            assert sorted(dates | dict(request.dates).keys()) == sorted(
                number_of(d, stored.period) for d in asked.dates
            )
            assert dates.isdisjoint(dict(request.dates))
    return found


def test_much_is_allowed_and_much_is_not():
    found = [agrees(gathered_at_random(seed)) for seed in range(200)]
    assert sum(each > 0 for each in found) > 50
    assert sum(each == 0 for each in found) > 10


def test_the_same_things_in_any_order_give_the_same():
    for seed in range(50):
        random = Random(seed)  # noqa: S311 -- no secret
        stored = gathered_at_random(seed)
        names = ("clinicians", "availabilities", "requests", "days")
        mixed = {name: tuple(random.sample(getattr(stored, name), len(getattr(stored, name)))) for name in names}
        sites = dict(random.sample(sorted(stored.sites.items()), len(stored.sites)))
        assert build(replace(stored, sites=sites, **mixed)) == build(stored)


def test_a_period_is_said_in_days_that_are_numbers():
    instance = build(gathered(period=a_period(first_on=on(2), last_on=on(8)))).instance
    assert (instance.n_days, instance.first_weekday) == (7, 2)
    assert instance.clinician["nurse-1"].windows == ((0, 6),)


def test_dates_lose_by_their_place_in_the_order_of_preference_whichever_of_them_are_left():
    asked = a_day_request(dates=(on(3), on(1), on(2)))
    weights = MatchWeights(served=1, travel_min=2, preferred=3, team=4, fair_day=5, later_date=7)
    period = a_period(first_on=MONDAY, last_on=on(6), weights=weights)
    built = build(gathered(period=period, requests=(asked,), taken={PRACTICE_ID: frozenset({on(1)})}))
    assert built.instance.request["request-1"].dates == ((3, 0), (2, 14))
    assert built.dates_out == {"request-1": (DateOut(on=on(1), why=Hindrance.TAKEN),)}
    assert built.instance.weights == Weights(served=1, travel_min=2, preferred=3, team=4, fair_day=5)


def only_out(**changes):
    built = build(gathered(**changes))
    assert built.instance.requests == ()
    assert not built.dates_out
    (out,) = built.left_out
    assert out.request_id == "request-1"
    return out


@pytest.mark.parametrize(
    ("changes", "why", "state"),
    [
        ({"sites": {}}, Hindrance.NO_SITE, ""),
        ({"sites": {SITE_ID: a_site(practice_id="practice-9")}}, Hindrance.NO_SITE, ""),
        ({"sites": {SITE_ID: a_site(is_active=False)}}, Hindrance.SITE_CLOSED, "FL"),
        ({"sites": {SITE_ID: a_site(state="GA")}}, Hindrance.STATE_NOT_PLANNED, "GA"),
        ({"care_team": a_care_team(states=frozenset({"GA"}))}, Hindrance.STATE_NOT_WORKED, "FL"),
    ],
)
def test_a_request_that_no_date_could_help_is_left_out_as_a_whole(changes, why, state):
    assert only_out(**changes) == LeftOut(request_id="request-1", state=state, why=why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"now": datetime(2026, 3, 17, 12, 30, tzinfo=UTC)}, Hindrance.OVER),
        ({"sites": {SITE_ID: a_site(needs_permit=True)}}, Hindrance.NO_PERMIT),
        ({"taken": {PRACTICE_ID: frozenset({MONDAY, on(1)})}}, Hindrance.TAKEN),
        ({"requests": (a_day_request(starts_at="17:01"),)}, Hindrance.TOO_LONG),
        ({"period": a_period(first_on=on(2), last_on=on(6))}, Hindrance.OUTSIDE),
        ({"days": (a_day(), a_day(case_day_id="day-2", on=on(1)))}, Hindrance.TAKEN),
    ],
)
def test_a_request_whose_every_date_is_out_is_left_out_with_each(changes, why):
    dates = tuple(DateOut(on=each, why=why) for each in (MONDAY, on(1)))
    assert only_out(**changes) == LeftOut(request_id="request-1", state="FL", dates=dates)


def test_a_date_is_over_when_its_day_would_have_begun_at_the_site():
    begins_at = datetime(2026, 3, 16, 12, 30, tzinfo=UTC)
    dates = [
        build(gathered(now=each)).instance.request["request-1"].dates
        for each in (begins_at.replace(minute=29), begins_at)
    ]
    assert dates == [((0, 0), (1, 40)), ((1, 40),)]


def test_a_permit_counts_on_its_first_and_last_day():
    permit = Permit(number="1", valid_from=on(1), expires_on=on(2))
    asked = a_day_request(dates=tuple(on(each) for each in range(4)))
    built = build(gathered(requests=(asked,), sites={SITE_ID: a_site(needs_permit=True, permit=permit)}))
    assert [day for day, _ in built.instance.request["request-1"].dates] == [1, 2]


def test_on_a_date_that_is_an_hour_shorter_a_day_that_would_end_after_midnight_is_out():
    spring = date(2026, 3, 8)
    asked = a_day_request(dates=(spring, MONDAY), starts_at="00:30", minutes=1410)
    built = build(gathered(period=a_period(first_on=spring, last_on=on(1)), requests=(asked,)))
    assert built.dates_out == {"request-1": (DateOut(on=spring, why=Hindrance.TOO_LONG),)}


def test_only_who_is_active_is_matched_and_only_what_is_approved_counts():
    clinicians = (*(a_clinician(each) for each in TEAM), a_clinician("nurse-2", is_active=False))
    waiting = an_availability("nurse-1", state=AvailabilityState.SUBMITTED, limits=Limits(max_days_per_week=1))
    elsewhere = an_availability("medic-1", period_id="period-9")
    built = build(gathered(clinicians=clinicians, availabilities=(waiting, elsewhere, an_availability("nurse-2"))))
    assert [each.clinician_id for each in built.instance.clinicians] == list(TEAM)
    assert {each.windows for each in built.instance.clinicians} == {()}
    assert built.instance.clinician["nurse-1"].max_days_per_week == 5
    assert set(built.wanted_days.values()) == {0}


def nurse(availability=None, **changes):
    """Return the nurse in the words of matching."""
    clinicians = (a_clinician("nurse-1", **changes),)
    return build(
        gathered(clinicians=clinicians, availabilities=(availability or an_availability(),))
    ).instance.clinicians[0]


def test_limits_are_the_smaller_of_what_the_record_and_the_availability_say():
    own = Limits(max_days_per_week=3, max_days_in_row=4, max_drive_minutes=50)
    said = Limits(max_days_per_week=4, max_days_in_row=2, max_drive_minutes=40)
    found = nurse(an_availability(limits=said), limits=own)
    assert (found.max_days_per_week, found.max_days_in_row, found.max_drive_min) == (3, 2, 40)


@pytest.mark.parametrize(("target", "wanted"), [(None, 3), (0, 0), (2, 2), (5, 5), (100, 7)])
def test_who_says_nothing_would_like_as_many_days_as_they_offer(target, wanted):
    windows = (Window(first=MONDAY, last=on(1)), Window(first=on(4), last=on(4)))
    assert nurse(an_availability(windows=windows, target_days=target)).target_days == wanted


def test_windows_are_those_in_the_period():
    windows = tuple(Window(first=on(first), last=on(last)) for first, last in ((-9, -1), (-3, 1), (5, 9), (7, 9)))
    assert nurse(an_availability(windows=windows)).windows == ((0, 1), (5, 6))


def test_licenses_and_skills_are_said_by_the_last_day_that_matters():
    licenses = tuple(
        License(state=state, number="1", expires_on=on(days))
        for state, days in (("FL", 3), ("FL", 1), ("GA", -400), ("ME", 400_00))
    )
    skills = tuple(
        Skill(name=name, expires_on=None if days is None else on(days))
        for name, days in (("pals", 2), ("acls", -9), ("spanish", None), ("pediatric", 6), ("twice", 1), ("twice", 5))
    )
    found = nurse(licenses=licenses, skills=skills)
    assert found.licenses == {"FL": 3, "GA": -1, "ME": 7}
    assert found.skills == {"pals", "acls", "spanish", "pediatric", "twice"}
    assert found.skills_until == {"pals": 2, "acls": -1, "twice": 5}


def test_a_site_knows_drives_of_the_licensed_preferences_and_who_does_not_go_there():
    far = Place.at(latitude=28.5, longitude=-81.4)
    clinicians = (
        *(a_clinician(each) for each in TEAM),
        a_clinician("nurse-2", home=far),
        a_clinician("nurse-3", licenses=()),
    )
    preferences = CarePreferences(
        practice_id=PRACTICE_ID,
        care_team_id="team-1",
        preferred=frozenset({"nurse-1", "gone-1"}),
        blocked=frozenset({"nurse-2", "gone-2"}),
    )
    unwilling = an_availability("medic-1", blocked_practices=frozenset({PRACTICE_ID, "practice-9"}))
    (site,) = build(
        gathered(clinicians=clinicians, preferences={PRACTICE_ID: preferences}, availabilities=(unwilling,))
    ).instance.practices
    assert (site.practice_id, site.organization, site.state) == (SITE_ID, PRACTICE_ID, "FL")
    assert (site.preferred, site.blocked) == ({"nurse-1"}, {"nurse-2", "medic-1"})
    near = drive_between(NEXT_DOOR, HARBOR)
    assert site.drive_min == dict.fromkeys(TEAM, near) | {"nurse-2": drive_between(far, HARBOR)}


def test_skills_are_those_of_the_kind_of_patients():
    asked = a_day_request(kind=PatientKind.COMPLEX_AIRWAY, priority=5)
    request = build(gathered(requests=(asked,))).instance.request["request-1"]
    assert (request.kind, request.priority, request.skills) == ("complex_airway", 5, {"A": {"difficult_airway"}})


def a_kept_day(case_day_id="day-1", *team, **changes):
    return a_day(case_day_id=case_day_id, team=tuple(a_member(each) for each in team), **{"on": on(4)} | changes)


def fixed_of(*days, **changes):
    return build(gathered(days=days, **changes)).instance.fixed


def test_days_that_keep_their_claims_stay_also_before_and_after_the_period():
    days = tuple(
        a_kept_day(f"day-{place}", "nurse-1", on=on(3 * place - 3), status=status)
        for place, status in enumerate(DayStatus)
    )
    assert [(each.fixed_id, each.day, each.team, each.set_aside) for each in fixed_of(*days)] == [
        ("day-0", -3, {"nurse-1"}, frozenset()),
        ("day-1", 0, {"nurse-1"}, frozenset()),
        ("day-2", 3, {"nurse-1"}, frozenset()),
        ("day-3", 6, {"nurse-1"}, frozenset()),
    ]


def test_a_day_stays_with_its_date_its_people_and_its_vacancies_locked_or_not():
    days = [a_kept_day("day-1", "nurse-1", "medic-1", is_locked=is_locked) for is_locked in (True, False)]
    locked, other = (build(gathered(days=(day,))) for day in days)
    assert locked == other
    assert [(each.day, each.team) for each in locked.instance.fixed] == [(4, {"nurse-1", "medic-1"})]


def test_days_of_other_periods_are_known_as_such():
    days = (
        a_kept_day("day-1"),
        a_kept_day("day-2", period_id=None, on=on(5)),
        a_kept_day("day-3", period_id="period-9", on=on(6)),
        a_kept_day("day-4", on=on(7)),
        a_kept_day("day-5", period_id="period-9", on=on(0), status=DayStatus.CANCELLED),
    )
    assert build(gathered(days=days)).elsewhere == {"day-3", "day-4"}


def test_days_decide_as_far_as_the_longest_row_and_no_further():
    limits = Limits(max_days_per_week=7, max_days_in_row=MAX_DAYS_IN_ROW)
    clinicians = (a_clinician("nurse-1", limits=limits), *(a_clinician(each) for each in TEAM if each != "nurse-1"))
    availabilities = tuple(an_availability(each, limits=limits) for each in TEAM)
    first, last = reach_of(gathered().period)
    assert (first, last) == (on(-31), on(37))
    for day, step in ((on(0), -1), (on(6), 1)):
        row = tuple(
            a_kept_day(f"day-{number}", "nurse-1", on=day + timedelta(days=step * number))
            for number in range(1, MAX_DAYS_IN_ROW + 1)
        )
        assert row[-1].on in {first, last}
        for days, allowed in ((row, False), (row[:-1], True)):
            stored = gathered(
                clinicians=clinicians,
                availabilities=availabilities,
                days=days,
                requests=(a_day_request(dates=(day,)),),
                taken={PRACTICE_ID: frozenset()},
            )
            asked, nurse = stored.requests[0], clinicians[0]
            assert by_stored_things(stored, asked, day, nurse) is allowed
            assert by_instance(build(stored).instance, asked, number_of(day, stored.period), "nurse-1") is allowed


def test_who_is_not_matched_is_on_no_day_and_a_day_without_a_team_still_takes_its_date():
    (fixed,) = fixed_of(a_kept_day("day-1", "nurse-9", "medic-8"))
    assert (fixed.team, fixed.practice_id, fixed.day) == (frozenset(), SITE_ID, 4)


def test_what_a_day_breaks_is_said_with_it():
    clinicians = (
        a_clinician("nurse-1", licenses=(), home=Place.at(latitude=40, longitude=-70)),
        a_clinician("medic-1", limits=Limits(max_days_per_week=1, max_days_in_row=1)),
        # On the team as an anesthesiologist, and a medic since.
        a_clinician("medic-2"),
    )
    days = (
        a_kept_day("day-1", "nurse-1", "medic-1", "medic-2"),
        a_kept_day("day-2", "medic-1", on=on(5)),
        a_kept_day("day-3", "nurse-1", on=on(8)),
    )
    preferences = CarePreferences(practice_id=PRACTICE_ID, care_team_id="team-1", blocked=frozenset({"medic-2"}))
    availabilities = (an_availability("medic-1"), an_availability("medic-2"))
    stored = gathered(
        clinicians=clinicians, availabilities=availabilities, days=days, preferences={PRACTICE_ID: preferences}
    )
    instance = build(stored).instance
    assert [each.set_aside for each in instance.fixed] == [
        {Rule.ROLE, Rule.LICENSE, Rule.DRIVE, Rule.BLOCKED, Rule.AVAILABILITY, Rule.WEEK, Rule.ROW},
        {Rule.WEEK, Rule.ROW},
        frozenset(),
    ]
    assert instance.practice[SITE_ID].drive_min["nurse-1"] > 1000
    assert read_instance(json.dumps(write_instance(instance))) == instance


def test_a_day_is_where_it_was_made_also_after_its_site_moved():
    moved = replace(a_site(), place=Place.at(latitude=30, longitude=-82))
    stored = gathered(sites={SITE_ID: moved}, days=(a_kept_day("day-1", "nurse-1"),))
    here, there = build(stored).instance.practices
    assert (here.practice_id, here.organization, there.practice_id) == ("day-1", None, SITE_ID)
    assert here.drive_min["nurse-1"] == drive_between(NEXT_DOOR, HARBOR)
    assert there.drive_min["nurse-1"] > 100


def test_a_day_at_a_site_that_nobody_asks_for_is_where_it_says():
    other = a_kept_day("day-1", "nurse-1", site_id="site-9", state="GA")
    practices = {each.practice_id: each for each in build(gathered(days=(other,))).instance.practices}
    assert (practices["site-9"].state, practices["site-9"].organization) == ("GA", PRACTICE_ID)


def test_a_day_that_moved_while_it_was_read_leaves_nobody_at_two_places():
    before, after = a_kept_day("day-1", "nurse-1", version=1), a_kept_day("day-1", "nurse-1", on=on(5), version=2)
    assert [(each.fixed_id, each.day) for each in fixed_of(after, before)] == [("day-1", 5)]
    # Somebody left one day for another, and a practice's date went to another day, between two readings.
    other = a_kept_day("day-2", "nurse-1", "medic-1")
    stored = gathered(days=(before, other))
    instance = build(stored).instance
    assert [(each.fixed_id, each.team) for each in instance.fixed] == [("day-1", {"nurse-1"}), ("day-2", {"medic-1"})]
    assert [each.practice_id for each in instance.fixed] == [SITE_ID, "day-2"]
    assert read_instance(json.dumps(write_instance(instance))) == instance


def test_two_who_like_to_work_together_do_with_any_third_who_can_work():
    clinicians = tuple(a_clinician(each) for each in (*TEAM, "medic-2", "medic-3", "nurse-2"))
    teams = tuple(
        map(
            frozenset,
            (
                {"nurse-1", "anesthesiologist-1"},
                {"nurse-2", "medic-1", "anesthesiologist-1"},
                {"nurse-1", "nurse-2"},
                {"nurse-1", "gone-1", "medic-1"},
                {"nurse-1"},
            ),
        )
    )
    availabilities = tuple(an_availability(each) for each in (*TEAM, "medic-2"))
    stored = gathered(
        clinicians=clinicians, care_team=a_care_team(preferred_teams=teams), availabilities=availabilities
    )
    assert build(stored).instance.preferred_teams == {
        frozenset({"nurse-1", "anesthesiologist-1", "medic-1"}),
        frozenset({"nurse-1", "anesthesiologist-1", "medic-2"}),
        frozenset({"nurse-2", "anesthesiologist-1", "medic-1"}),
    }


def test_who_is_owed_days_would_like_more_and_what_they_said_is_kept():
    ledger = Ledger(accounts={"nurse-1": Account(owed_centidays=200), "medic-1": Account(owed_centidays=-100)})
    availabilities = tuple(an_availability(each, target_days=3) for each in TEAM)
    built = build(gathered(ledger=ledger, availabilities=availabilities))
    wanted = {each.clinician_id: each.target_days for each in built.instance.clinicians}
    assert wanted == {"nurse-1": 5, "medic-1": 2, "anesthesiologist-1": 3}
    assert built.wanted_days == dict.fromkeys(TEAM, 3)
    said = as_wanted(built.instance, built.wanted_days)
    assert said == build(gathered(availabilities=availabilities)).instance


def test_everything_has_a_name():
    days = (
        a_kept_day(),
        a_kept_day("day-2", site_id="site-9", on=on(5)),
        a_kept_day("day-3", status=DayStatus.CANCELLED),
    )
    others = (a_day_request(), a_day_request(request_id="request-2", practice_id="practice-9"))
    names = build(gathered(days=days, requests=others)).names
    assert names.clinicians == {each: f"Name of {each}" for each in TEAM}
    assert names.places == {
        "request-1": PlaceName(practice="Harbor Dental", site="Harbor"),
        "request-2": PlaceName(practice="practice-9", site=""),
        "day-1": PlaceName(practice="Harbor Dental", site="Harbor"),
        "day-2": PlaceName(practice="Harbor Dental", site=""),
    }
    assert names.date_of(3) == on(3)


def test_roles_have_letters_that_matching_knows():
    assert list(LETTERS.values()) == ["N", "M", "A"]
