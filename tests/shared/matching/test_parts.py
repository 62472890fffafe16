"""Parts decide nothing about each other: nobody, no practice and no day is in two, and nothing that matters is lost."""

from dataclasses import replace

import pytest
from bitewing.matching.options import options_of
from bitewing.matching.parts import joined, parts_of

from tests.support.matching import (
    ALSO,
    a_clinician,
    a_fixed_day,
    a_practice,
    a_request,
    an_instance,
    at_random,
)


def parts(instance):
    ordered = instance.in_order()
    return parts_of(ordered, options_of(ordered))


def ids(part):
    names = ((each.request_id for each in part.requests), part.clinician, part.practice)
    return tuple(sorted(each) for each in names)


def two_states(**changes):
    """A practice in each of two states, and a team with a license for each: N1, M1, A1 and N2, M2, A2."""
    clinicians = [
        a_clinician(f"{role}{number}", licenses={state: 6})
        for role in "NMA"
        for number, state in ((1, "FL"), (2, "GA"))
    ]
    usual = {
        "practices": (a_practice(), a_practice("P2", state="GA")),
        "requests": (a_request(), a_request("R2", practice_id="P2"), a_request("R3", practice_id="P2")),
    }
    return an_instance(*changes.pop("clinicians", clinicians), **usual | changes)


def test_requests_with_nobody_in_common_are_in_parts_of_their_own_the_largest_first():
    assert [ids(each) for each in parts(two_states())] == [
        (["R2", "R3"], ["A2", "M2", "N2"], ["P2"]),
        (["R1"], ["A1", "M1", "N1"], ["P1"]),
    ]


def test_one_person_who_could_take_both_joins_two_requests():
    clinicians = [*two_states().clinicians, a_clinician("N3", licenses={"FL": 6, "GA": 6})]
    (part,) = parts(two_states(clinicians=clinicians))
    assert ids(part) == (["R1", "R2", "R3"], ["A1", "A2", "M1", "M2", "N1", "N2", "N3"], ["P1", "P2"])


def test_requests_of_one_practice_are_in_one_part_even_where_nobody_could_take_both():
    clinicians = [
        a_clinician(f"{role}{number}", windows=((day, day),)) for role in "NMA" for number, day in ((1, 0), (2, 1))
    ]
    requests = (a_request(), a_request("R2", dates=((1, 0),)))
    (part,) = parts(an_instance(*clinicians, requests=requests))
    assert ids(part)[0] == ["R1", "R2"]


def test_a_chain_of_people_joins_what_it_reaches():
    days = tuple(range(6))
    clinicians = [a_clinician(f"N{day}", windows=((day, day + 1),)) for day in days]
    clinicians += [a_clinician(f"{role}{day}", windows=((day, day),)) for role in "MA" for day in range(7)]
    practices = tuple(a_practice(f"P{day}") for day in range(7))
    requests = tuple(a_request(f"R{day}", practice_id=f"P{6 - day}", dates=((day, 0),)) for day in range(7))
    (part,) = parts(an_instance(*clinicians, practices=practices, requests=requests))
    assert len(part.requests) == 7
    split = [each for each in clinicians if each.clinician_id != "N3"]
    assert [len(each.requests) for each in parts(an_instance(*split, practices=practices, requests=requests))] == [4, 3]


def test_requests_that_nobody_could_take_are_in_no_part():
    assert parts(an_instance(a_clinician("N1", windows=()))) == ()
    assert parts(an_instance(requests=())) == ()


def test_a_part_has_the_teams_and_fixed_days_that_matter_to_it():
    team, mixed = frozenset({"N1", "M1", "A1"}), frozenset({"N1", "M2", "A1"})
    fixed = (
        a_fixed_day(day=3, team=team),
        a_fixed_day("F2", practice_id="P2", day=4, team=mixed),
    )
    large, small = parts(two_states(fixed=fixed, preferred_teams=frozenset({team, mixed})))
    assert (large.preferred_teams, small.preferred_teams) == (frozenset(), {team})
    assert [(each.fixed_id, each.team) for each in small.fixed] == [("F1", team), ("F2", {"N1", "A1"})]
    assert [(each.fixed_id, each.team) for each in large.fixed] == [("F2", {"M2"})]


def test_places_of_one_practice_are_in_one_part_with_its_other_places_and_their_fixed_days():
    first, second = two_states().practices
    places = tuple(replace(each, organization="O") for each in (first, second, a_practice("P3", state="ME")))
    days = (a_fixed_day(day=3, practice_id="P3", team=frozenset()), a_fixed_day("F2", practice_id="P4", day=3))
    (part,) = parts(two_states(practices=(*places, a_practice("P4", state="ME")), fixed=days))
    assert ids(part) == (["R1", "R2", "R3"], ["A1", "A2", "M1", "M2", "N1", "N2"], ["P1", "P2", "P3"])
    assert part.fixed == days
    assert len(parts(two_states(practices=(first, replace(second, organization="P1"))))) == 2


@pytest.mark.parametrize("also", ALSO)
def test_no_two_parts_share_anything_and_together_they_have_every_option(also):
    for seed in range(100):
        instance = at_random(seed, n_requests=8, n_practices=6, n_days=14, **also)
        found = parts(instance)
        for name in ("requests", "clinicians", "practices"):
            names = [each for part in found for each in getattr(part, name)]
            assert len(names) == len(set(map(id, names)))
        ordered = instance.in_order()
        whole = options_of(ordered)
        each_options = [options_of(part) for part in found]
        assert whole.n_options == sum(each.n_options for each in each_options)
        assert whole.n_columns == sum(each.n_columns for each in each_options)
        assert len(whole.team_option) == sum(len(each.team_option) for each in each_options)


def test_parts_that_are_joined_are_what_they_were_of():
    for seed in range(30):
        instance = at_random(seed).in_order()
        found = parts_of(instance, options_of(instance))
        if not found:
            continue
        together = joined(found)
        assert together == together.in_order()
        served = {each.request_id for part in found for each in part.requests}
        assert [each.request_id for each in together.requests] == sorted(served)
        again = parts_of(together, options_of(together))
        assert again == found


def test_a_fixed_day_of_two_parts_has_all_of_its_team_in_both_together():
    instance = two_states(fixed=(a_fixed_day(day=5, team=frozenset({"N1", "M2", "A1"})),)).in_order()
    found = parts_of(instance, options_of(instance))
    assert joined(found).fixed == instance.fixed
