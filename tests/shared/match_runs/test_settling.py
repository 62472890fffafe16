"""Periods are settled by what became of them, each once, in their order; and a proposal says what it would be."""

from dataclasses import replace
from itertools import permutations

from bitewing.care_teams.drive import drive_between
from bitewing.case_days.status import DayStatus
from bitewing.match_runs.building import as_wanted, build
from bitewing.match_runs.settling import (
    ClinicianLoad,
    PlannedPeriod,
    clinician_loads,
    period_loads,
    settled,
)
from bitewing.matching.fairness import MAX_OWED_CENTIDAYS, Account, Ledger, Load
from bitewing.matching.greedy import serve_in_turn
from bitewing.matching.options import options_of
from bitewing.scheduling.availability import AvailabilityState, Window
from bitewing.scheduling.period import PeriodStatus
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.case_days import (
    HARBOR,
    NEXT_DOOR,
    NURSE,
    a_clinician,
    a_day,
    a_member,
    a_period,
    an_availability,
    on,
)
from tests.support.gathered import TEAM, gathered, gathered_at_random, kept_as_proposed, willing_at_random

NURSES = tuple(a_clinician(f"nurse-{number}") for number in (1, 2, 3))
DRIVE = drive_between(NEXT_DOOR, HARBOR)


def a_week(number=0, *days, offers=(), **changes):
    """Return a planned week: the first, or one of those after it."""
    usual = {
        "period_id": f"week-{number}",
        "first_on": on(7 * number),
        "last_on": on(7 * number + 6),
        "status": PeriodStatus.PUBLISHED,
    }
    period = a_period(**usual | changes)
    return PlannedPeriod(period=period, availabilities=tuple(offers), days=days)


def an_offer(clinician_id="nurse-1", number=0, **changes):
    windows = (Window(first=on(7 * number), last=on(7 * number + 6)),)
    return an_availability(clinician_id, **{"period_id": f"week-{number}", "windows": windows} | changes)


def a_kept_day(day, *team, number=0, **changes):
    usual = {"case_day_id": f"day-{day}", "on": on(day), "period_id": f"week-{number}"}
    return a_day(team=tuple(a_member(each) for each in team), **usual | changes)


def a_load(clinician_id="nurse-1", **changes):
    usual = {
        "clinician_id": clinician_id,
        "role": "N",
        "available_days": 7,
        "available_weekend_days": 2,
        "wanted_days": 7,
        "days": 0,
        "weekend_days": 0,
        "drive_min": 0,
    }
    return Load(**usual | changes)


def test_what_somebody_had_is_what_they_offered_and_the_days_that_were_kept():
    days = (
        a_kept_day(0, "nurse-1", "nurse-9"),
        a_kept_day(5, "nurse-1", status=DayStatus.COMPLETED),
        a_kept_day(6, "nurse-1", status=DayStatus.CANCELLED),
        a_kept_day(1, "nurse-1", period_id=None),
        a_kept_day(2, "nurse-1", period_id="week-9"),
        a_kept_day(8, "nurse-1"),
    )
    offers = (an_offer(target_days=4), an_offer("nurse-2", state=AvailabilityState.NEEDS_CHANGES))
    assert period_loads(a_week(0, *days, offers=offers), NURSES) == (
        a_load(wanted_days=4, days=3, weekend_days=1, drive_min=3 * DRIVE),
    )


def test_who_works_without_having_offered_it_takes_part():
    week = a_week(0, a_kept_day(6, "nurse-3"), offers=(an_offer("nurse-1", 1),))
    found = period_loads(week, (replace(NURSES[2], is_active=False),))
    assert found == (
        a_load(
            "nurse-3",
            available_days=1,
            available_weekend_days=1,
            wanted_days=0,
            days=1,
            weekend_days=1,
            drive_min=DRIVE,
        ),
    )


def owed(ledger):
    return {each: account.owed_centidays for each, account in ledger.accounts.items()}


TWO_OFFER = (an_offer("nurse-1"), an_offer("nurse-2"))


def test_what_one_had_more_than_another_is_owed():
    ledger = settled(
        Ledger(), [a_week(0, a_kept_day(0, "nurse-1"), a_kept_day(2, "nurse-1"), offers=TWO_OFFER)], NURSES
    )
    assert owed(ledger) == {"nurse-1": -100, "nurse-2": 100}
    assert ledger.settled == {"week-0"}
    assert ledger.account("nurse-2") == Account(
        periods=1, available_days=7, available_weekend_days=2, wanted_days=7, owed_centidays=100
    )


def test_only_what_is_planned_is_settled():
    for status in PeriodStatus:
        ledger = settled(Ledger(), [a_week(status=status, offers=TWO_OFFER)], NURSES)
        assert ledger.settled == ({"week-0"} if status in {"published", "closed"} else frozenset())


def test_a_period_that_is_settled_changes_nothing_any_more_whatever_becomes_of_it():
    week = a_week(0, a_kept_day(0, "nurse-1"), offers=TWO_OFFER)
    once = settled(Ledger(), [week], NURSES)
    other = a_week(0, a_kept_day(0, "nurse-2"), offers=TWO_OFFER, status=PeriodStatus.CLOSED)
    assert settled(once, [week, other], NURSES) == once


def test_periods_are_settled_in_the_order_of_their_first_days_however_they_come():
    # More than can be owed comes first, and is cut off: the order matters.
    many = [a_kept_day(day, "nurse-1", period_id=f"week-{day // 7}") for day in range(35)]
    weeks = [a_week(0, *many, offers=TWO_OFFER), a_week(1, *many), a_week(2, *many)]
    weeks[1:] = [
        replace(week, availabilities=(an_offer("nurse-1", number), an_offer("nurse-2", number)))
        for number, week in enumerate(weeks[1:], start=1)
    ]
    last = [a_kept_day(day, "nurse-2", period_id="week-3") for day in (21, 22, 23, 24)]
    weeks.append(a_week(3, *last, offers=(an_offer("nurse-1", 3), an_offer("nurse-2", 3))))
    found = [settled(Ledger(), order, NURSES) for order in permutations(weeks)]
    assert all(each == found[0] for each in found)
    assert owed(found[0])["nurse-2"] == MAX_OWED_CENTIDAYS - 200
    one_by_one = Ledger()
    for week in weeks:
        one_by_one = settled(one_by_one, [week], NURSES)
    assert one_by_one == found[0]


def test_a_proposal_says_what_each_would_have_and_what_would_be_owed_after_it():
    clinicians = (*(a_clinician(each) for each in TEAM), a_clinician("nurse-2"), a_clinician("nurse-3"))
    days = (
        a_day(case_day_id="day-1", on=on(5), practice_id="practice-2", team=(a_member("nurse-1"),)),
        a_day(
            case_day_id="day-2", on=on(6), practice_id="practice-2", team=(a_member("nurse-2"),), period_id="period-9"
        ),
    )
    ledger = Ledger(accounts={"nurse-1": Account(owed_centidays=120)})
    availabilities = (
        *(an_availability(each, target_days=2) for each in TEAM),
        an_availability("nurse-2", target_days=2),
    )
    stored = gathered(clinicians=clinicians, days=days, ledger=ledger, availabilities=availabilities)
    built = build(stored)
    assignments = serve_in_turn(options_of(built.instance.in_order()))
    found = clinician_loads(
        as_wanted(built.instance, built.wanted_days),
        assignments,
        period_id="period-1",
        ledger=ledger,
        names={"nurse-1": "Dana Wells"},
        elsewhere=built.elsewhere,
    )
    assert [each.clinician_id for each in found] == ["anesthesiologist-1", "medic-1", "nurse-1", "nurse-2"]
    assert found[2:] == (
        ClinicianLoad(
            clinician_id="nurse-1",
            name="Dana Wells",
            role=NURSE,
            available_days=7,
            available_weekend_days=2,
            wanted_days=2,
            days=2,
            weekend_days=1,
            drive_minutes=2 * DRIVE,
            owed_centidays_before=120,
            owed_centidays_after=20,
        ),
        ClinicianLoad(
            clinician_id="nurse-2",
            name="nurse-2",
            role=NURSE,
            available_days=7,
            available_weekend_days=2,
            wanted_days=2,
            days=0,
            weekend_days=0,
            drive_minutes=0,
            owed_centidays_before=0,
            owed_centidays_after=100,
        ),
    )


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_what_a_proposal_says_is_what_is_settled_when_it_is_kept(seed):
    agrees(gathered_at_random(seed))
    agrees(willing_at_random(seed))


def agrees(stored):
    built = build(stored)
    assignments = serve_in_turn(options_of(built.instance.in_order()))
    proposed = clinician_loads(
        as_wanted(built.instance, built.wanted_days),
        assignments,
        period_id=stored.period.period_id,
        ledger=stored.ledger,
        names=built.names.clinicians,
        elsewhere=built.elsewhere,
    )
    planned = PlannedPeriod(
        period=replace(stored.period, status=PeriodStatus.CLOSED),
        availabilities=stored.availabilities,
        days=(*stored.days, *kept_as_proposed(stored, built, assignments)),
    )
    active = [each for each in stored.clinicians if each.is_active]
    ledger = settled(stored.ledger, [planned], active)
    assert {each.clinician_id: each.owed_centidays_after for each in proposed} == owed(ledger)
    assert [(each.days, each.weekend_days, each.drive_minutes) for each in proposed] == [
        (each.days, each.weekend_days, each.drive_min) for each in period_loads(planned, active)
    ]
    return len(assignments)


def test_many_days_are_proposed_and_kept():
    assert sum(agrees(willing_at_random(seed)) for seed in range(50)) > 20
