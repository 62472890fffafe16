"""What a schedule is made of adds up to what it is worth."""

import json
from dataclasses import asdict

import pytest
from bitewing.matching.figures import figures_of, workdays_of
from bitewing.matching.reading import read_solution
from bitewing.matching.rules import objective

from tests.support.small_instance import BEST, SOLUTION, instance_of, small


@pytest.fixture
def instance():
    return instance_of(small())


@pytest.fixture
def assignments(instance):
    return read_solution(json.dumps(SOLUTION), instance)


def test_figures_times_weights_are_the_objective(instance, assignments):
    figures, weights = figures_of(instance, assignments), instance.weights
    worth = weights.served * figures.priority - figures.date_penalty - weights.travel_min * figures.drive_min
    worth += weights.preferred * figures.preferred + weights.team * figures.teams + weights.fair_day * figures.fair_days
    assert worth + weights.change * figures.kept == objective(instance, assignments) == BEST


def test_each_figure_counts_what_it_says(instance, assignments):
    assert asdict(figures_of(instance, assignments)) == {
        "served": 2,
        "priority": 3,
        "date_penalty": 28,
        "drive_min": 30,
        "preferred": 2,
        "teams": 2,
        "fair_days": 2,
        "kept": 0,
    }


def test_who_stays_where_they_were_told_is_counted(assignments):
    told = small()
    told["requests"][0]["told"] = {"day": 2, "team": ["N2", "M1", "A1"]}
    told["requests"][1]["told"] = {"day": 2, "team": ["N1", "M1", "A1"]}
    assert figures_of(instance_of(told), assignments).kept == 2


def test_a_load_counts_fixed_days_too(instance, assignments):
    nurse, idle, *_ = workdays_of(instance, assignments)
    assert (nurse.days, nurse.fixed, nurse.drive_min, nurse.available) == ((1, 2, 5), {5}, 10, 7)
    assert (nurse.busiest_week, nurse.longest_row, nurse.weekend_days) == (2, 2, 0)
    assert (idle.days, idle.drive_min, idle.available, idle.busiest_week, idle.longest_row) == ((), 0, 0, 0, 0)


def test_saturdays_and_sundays_are_weekend_days():
    fixed = [
        {"id": f"F{day}", "practice": "P1", "day": day, "team": ["N1", "M1", "A1"], "set_aside": ["availability"]}
        for day in (3, 4, 7)
    ]
    loads = workdays_of(instance_of(small(fixed=fixed)), ())
    assert [load.weekend_days for load in loads] == [2, 0, 2, 2]


def test_a_drive_that_is_not_known_counts_as_none():
    values = small()
    values["practices"][0]["drive_min"] = {"N1": 7, "M1": 8}
    values["fixed"][0]["set_aside"] = ["drive"]
    assignments = read_solution(json.dumps(SOLUTION), instance_of(values))
    assert figures_of(instance_of(values), assignments).drive_min == 30
    assert [load.drive_min for load in workdays_of(instance_of(values), assignments)] == [14, 0, 16, 0]
