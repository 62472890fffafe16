"""First come, first served: the most urgent first, each by the best that is left, and never against a hard rule."""

from bitewing.matching.greedy import serve_in_turn
from bitewing.matching.instance import Weights
from bitewing.matching.options import options_of
from bitewing.matching.rules import objective, violations

from tests.support.matching import (
    a_clinician,
    a_fixed_day,
    a_practice,
    a_request,
    an_instance,
    at_random,
    served,
)


def greedy(instance):
    return list(serve_in_turn(options_of(instance.in_order())))


def test_the_most_urgent_request_comes_first():
    requests = (a_request("R1"), a_request("R2", priority=5))
    assert greedy(an_instance(requests=requests)) == [served("R2")]


def test_of_requests_that_are_as_urgent_the_first_by_id_comes_first_and_each_date_is_taken_once():
    requests = (a_request("R2", dates=((0, 0), (1, 5))), a_request("R1"))
    assert greedy(an_instance(requests=requests)) == [served("R1"), served("R2", day=1)]


def test_the_best_date_and_the_best_people_who_are_free_are_taken():
    nurses = (a_clinician("N1", xy=(9.0, 0.0)), a_clinician("N2"), a_clinician("N3", windows=((1, 1),)))
    requests = (a_request(dates=((0, 30), (1, 0))), a_request("R2", practice_id="P2", dates=((1, 0),)))
    practices = (a_practice(preferred=frozenset({"N3"})), a_practice("P2"))
    instance = an_instance(*nurses, requests=requests, practices=practices)
    assert greedy(instance) == [served(day=1, team=("N3", "M1", "A1"))]
    two = an_instance(*nurses, *(a_clinician(each) for each in ("M1", "M2", "A1", "A2")))
    both = an_instance(*two.clinicians, requests=requests, practices=practices)
    assert greedy(both)[1] == served("R2", day=1, team=("N2", "M2", "A2"))


def test_fixed_days_count():
    nurse = a_clinician("N1", max_days_per_week=1)
    assert greedy(an_instance(nurse, fixed=(a_fixed_day(day=5),))) == []
    assert greedy(an_instance(nurse, fixed=(a_fixed_day(day=7),))) == [served()]


def test_a_day_that_is_worth_nothing_is_not_served():
    assert greedy(an_instance(weights=Weights(served=15))) == []
    assert greedy(an_instance(weights=Weights(served=16))) == [served()]


def test_no_hard_rule_is_broken_and_nothing_is_lost_by_it():
    for seed in range(200):
        instance = at_random(seed)
        assignments = greedy(instance)
        assert list(violations(instance, assignments)) == [], seed
        assert objective(instance, assignments) >= 0, seed
