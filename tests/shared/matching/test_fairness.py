"""Who has how much, against what they offered and wanted; and that what is owed is paid back."""

import pytest
from bitewing.matching.fairness import MAX_OWED_CENTIDAYS, Account, Ledger, Load, loads, with_ledger
from bitewing.matching.rules import Rule
from bitewing.matching.solving import solve

from tests.support.matching import (
    FORTY_MINUTES_KM,
    TEAM,
    a_clinician,
    a_fixed_day,
    a_practice,
    a_request,
    an_instance,
    served,
)


def a_load(clinician_id="N1", **changes):
    usual = {
        "clinician_id": clinician_id,
        "role": clinician_id[0],
        "available_days": 10,
        "available_weekend_days": 2,
        "wanted_days": 4,
        "days": 0,
        "weekend_days": 0,
        "drive_min": 0,
    }
    return Load(**usual | changes)


def owed(ledger, *clinician_ids):
    return [ledger.account(each).owed_centidays for each in clinician_ids]


def test_days_minutes_and_weekends_are_counted_against_what_was_offered():
    # Day 0 is a Wednesday: days 3 and 4 are a weekend.
    nurse = a_clinician("N1", windows=((0, 0), (2, 4), (3, 3)), target_days=9)
    instance = an_instance(
        nurse,
        first_weekday=2,
        practices=(a_practice(xy=(0.0, FORTY_MINUTES_KM)), a_practice("P2")),
        requests=(a_request(dates=((3, 0),)), a_request("R2", practice_id="P2", dates=((2, 0),))),
    )
    found = loads(instance, [served(day=3), served("R2", day=2)])
    assert found[0] == a_load(
        available_days=4, available_weekend_days=2, wanted_days=4, days=2, weekend_days=1, drive_min=45
    )
    assert [each.clinician_id for each in found] == list(TEAM)


def test_fixed_days_count_also_where_a_rule_was_set_aside_and_not_outside_of_the_span():
    nurse = a_clinician("N1", windows=((0, 0),), target_days=9)
    aside = frozenset({Rule.AVAILABILITY, Rule.DRIVE})
    fixed = (a_fixed_day(day=1, set_aside=aside), a_fixed_day("F2", day=-1), a_fixed_day("F3", day=7))
    instance = an_instance(nurse, practices=(a_practice(drive_min={"M1": 7}),), fixed=fixed)
    found = loads(instance, [])
    assert found[0] == a_load(available_days=2, available_weekend_days=0, wanted_days=2, days=1)
    assert (found[1].days, found[1].drive_min, found[1].available_days, found[1].wanted_days) == (1, 7, 7, 0)


def test_windows_that_reach_over_the_edges_are_cut():
    instance = an_instance(a_clinician("N1", windows=((-3, 1), (6, 9))))
    assert loads(instance, [])[0].available_days == 3


def test_everybody_of_a_role_gets_the_same_part_of_what_they_would_like():
    ledger = Ledger().after("p1", [a_load("N1", wanted_days=4, days=3), a_load("N2", wanted_days=2), a_load("M1")])
    # Three days for wishes of four and two: two days, and one.
    assert owed(ledger, "N1", "N2", "M1") == [-100, 100, 0]


def test_where_everybody_got_the_same_part_nothing_is_owed_however_little_it_was():
    ledger = Ledger().after("p1", [a_load("N1", wanted_days=8, days=2), a_load("N2", wanted_days=4, days=1)])
    assert owed(ledger, "N1", "N2") == [0, 0]


def test_where_nobody_wanted_any_day_nobody_owes_one():
    ledger = Ledger().after("p1", [a_load("N1", wanted_days=0, days=2), a_load("N2", wanted_days=0)])
    assert owed(ledger, "N1", "N2") == [0, 0]


@pytest.mark.parametrize(("days", "left"), [((0, 0, 1), [33, 33, -67]), ((0, 1, 1), [67, -33, -33])])
def test_parts_are_rounded_to_the_nearest_hundredth(days, left):
    people = [a_load(f"N{number}", wanted_days=1, days=each) for number, each in enumerate(days)]
    assert owed(Ledger().after("p1", people), "N0", "N1", "N2") == left


def test_a_ledger_adds_up_over_periods_and_settles_each_once():
    load = a_load("N1", days=3, weekend_days=1, drive_min=50)
    other = a_load("N2", days=1, drive_min=10)
    first = Ledger().after("p1", [load, other])
    assert first.after("p1", [load, other]) is first
    second = first.after("p2", [load, other])
    assert second.settled == {"p1", "p2"}
    assert second.account("N1") == Account(
        periods=2,
        available_days=20,
        available_weekend_days=4,
        wanted_days=8,
        days=6,
        weekend_days=2,
        drive_min=100,
        owed_centidays=-200,
        extra_weekend_centidays=100,
    )
    assert second.account("N2").extra_weekend_centidays == -100
    assert first.account("N1").periods == 1


def test_who_was_in_no_period_is_owed_nothing_and_who_pauses_keeps_what_is_owed():
    ledger = Ledger().after("p1", [a_load("N1", days=2), a_load("N2")])
    assert ledger.account("N9") == Account()
    assert owed(ledger.after("p2", [a_load("N1", days=1)]), "N1", "N2") == [-100, 100]


def test_no_more_is_owed_than_can_be_paid_back_soon():
    ledger = Ledger().after("p1", [a_load("N1", wanted_days=30, days=30), a_load("N2", wanted_days=30)])
    assert owed(ledger, "N1", "N2") == [-MAX_OWED_CENTIDAYS, MAX_OWED_CENTIDAYS]


@pytest.mark.parametrize(
    ("owed_centidays", "days"), [(0, 0), (49, 0), (50, 1), (149, 1), (150, 2), (-49, 0), (-50, -1), (-250, -3)]
)
def test_what_is_owed_is_paid_in_whole_days(owed_centidays, days):
    assert Account(owed_centidays=owed_centidays).owed_days == days


@pytest.mark.parametrize(
    ("target", "owed_centidays", "then"),
    [(3, 0, 3), (3, 200, 5), (3, -200, 1), (3, -400, 0), (6, 200, 7), (9, 100, 9), (9, -100, 8), (0, 200, 0)],
)
def test_matching_pays_for_as_many_more_or_fewer_days_as_are_owed(target, owed_centidays, then):
    instance = an_instance(a_clinician("N1", target_days=target))
    ledger = Ledger(accounts={"N1": Account(owed_centidays=owed_centidays)})
    changed = with_ledger(instance, ledger)
    assert changed.clinician["N1"].target_days == then
    assert changed.clinician["M1"] == instance.clinician["M1"]


def test_over_periods_everybody_has_as_many_days_as_everybody_else():
    # Two nurses who would like a day each, the second a little farther away; there is one day a period.
    instance = an_instance(
        a_clinician("N1", target_days=1),
        a_clinician("N2", target_days=1, xy=(0.0, 1.0)),
    )
    ledger, nurses = Ledger(), []
    for number in range(6):
        schedule = solve(with_ledger(instance, ledger))
        nurses.append(schedule.assignments[0].team[0])
        ledger = ledger.after(f"p{number}", loads(instance, schedule.assignments))
    assert nurses == ["N1", "N2"] * 3
    assert owed(ledger, "N1", "N2") == [0, 0]
    assert solve(instance).assignments[0].team[0] == "N1"
