"""Explanations are true: who is counted, who is busy and with what, what would help, and who else could have gone."""

from dataclasses import replace

import pytest
from bitewing.matching.explaining import (
    COUNTED,
    SIZES,
    Addition,
    Busy,
    Change,
    Explainer,
    NextBest,
    Remedy,
    RoleOnDate,
    Served,
    Unmatched,
    with_changes,
)
from bitewing.matching.greedy import serve_in_turn
from bitewing.matching.instance import ROLES, Told, Weights
from bitewing.matching.options import options_of
from bitewing.matching.rules import Rule, broken_alone, broken_together, objective, violations
from bitewing.matching.schedule import Assignment
from bitewing.matching.solving import solve

from tests.support.matching import (
    ALSO,
    FORTY_MINUTES_KM,
    TEAM,
    a_clinician,
    a_fixed_day,
    a_practice,
    a_request,
    an_instance,
    at_random,
    served,
)

PRACTICES = (a_practice(), a_practice("P2"))


def explain(instance, *assignments, request_id="R1"):
    assert list(violations(instance, assignments)) == []
    return Explainer(instance, assignments).explain(request_id)


def nurses(instance, *assignments):
    """Return what becomes of the nurses on the first date of the request."""
    return explain(instance, *assignments).dates[0].roles[0]


def test_each_person_is_counted_once_under_the_first_rule_that_they_break():
    everything = {"windows": (), "licenses": {}, "max_drive_min": 0}
    instance = an_instance(
        a_clinician("N1", **everything),
        a_clinician("N2", **everything | {"windows": ((0, 0),)}),
        a_clinician("N3", max_drive_min=0),
        a_clinician("N4", max_drive_min=0, skills=frozenset({"pals"})),
        a_clinician("N5", max_drive_min=0, skills=frozenset({"pals"})),
        practices=(a_practice(blocked=frozenset({"N1", "N2", "N3", "N4"})),),
        requests=(a_request(skills={"N": frozenset({"pals"})}),),
    )
    assert nurses(instance) == RoleOnDate(
        role="N", needs=("pals",), people=5, removed=dict.fromkeys(COUNTED, 1), busy=(), free=()
    )
    assert list(nurses(instance).removed) == list(COUNTED)


def busy_instance(**changes):
    """R1 on day 2 finds its only nurse busy with R2 to R4, which another practice asks for."""
    others = tuple(a_request(f"R{day + 2}", practice_id="P2", dates=((day, 0),)) for day in (0, 1, 2))
    request = a_request(dates=((2, 0),))
    others_of_role = [a_clinician(f"{role}{number}") for role in "MA" for number in (1, 2)]
    return an_instance(a_clinician("N1", **changes), *others_of_role, practices=PRACTICES, requests=(request, *others))


def elsewhere(day):
    return served(f"R{day + 2}", day=day, team=("N1", "M2", "A2"))


@pytest.mark.parametrize(
    ("changes", "days", "rule", "by"),
    [
        ({}, [2, 0], Rule.CLAIMED, ("R4",)),
        ({"max_days_per_week": 2}, [1, 0], Rule.WEEK, ("R2", "R3")),
        ({"max_days_in_row": 1}, [1], Rule.ROW, ("R3",)),
        ({"max_days_in_row": 2}, [1, 0], Rule.ROW, ("R2", "R3")),
    ],
)
def test_who_is_left_and_has_no_room_is_named_with_what_takes_it(changes, days, rule, by):
    instance = busy_instance(**changes)
    found = explain(instance, *(elsewhere(day) for day in days))
    assert found.dates[0].roles[0].busy == (Busy(clinician_id="N1", rule=rule, by=by),)
    assert [each.role for each in found.dates[0].short] == ["N"]
    assert found.outbid_by == by


def test_fixed_days_take_room_too():
    fixed = (a_fixed_day("F1", practice_id="P2", day=2, team=frozenset({"N1", "M2", "A2"})),)
    found = explain(replace(busy_instance(), fixed=fixed))
    assert found.dates[0].roles[0].busy == (Busy(clinician_id="N1", rule=Rule.CLAIMED, by=("F1",)),)
    assert found.remedy is None


def test_a_date_on_which_the_practice_has_another_day_says_which_and_counts_nobody():
    instance = an_instance(requests=(a_request(dates=((0, 0), (1, 0))), a_request("R2")), fixed=(a_fixed_day(day=1),))
    found = explain(instance, served("R2"))
    assert [(each.day, each.taken_by, each.roles) for each in found.dates] == [(0, "R2", ()), (1, "F1", ())]
    assert (found.remedy, found.outbid_by) == (None, ("F1", "R2"))


def test_a_date_on_which_the_practice_has_a_day_at_another_place_says_which():
    places = (a_practice(organization="O"), a_practice("P2", organization="O"), a_practice("P3"))
    others = [a_clinician(f"{role}{number}") for role in "NMA" for number in (1, 2, 3)]
    requests = (a_request(dates=((0, 0), (1, 0), (2, 0))), a_request("R2", practice_id="P2"))
    fixed = (a_fixed_day(day=1, practice_id="P2"), a_fixed_day("F2", day=2, practice_id="P3"))
    instance = an_instance(*others, practices=places, requests=requests, fixed=fixed)
    found = explain(instance, served("R2"))
    assert [each.taken_by for each in found.dates] == ["R2", "F1", None]
    assert found.dates[2].addition is not None


def test_a_team_that_is_free_is_told_with_what_it_would_be_worth():
    worthless = an_instance(weights=Weights(served=5))
    assert explain(worthless).dates[0].addition == Addition(team=TEAM, worth=5 - 15)
    not_the_best = explain(an_instance(a_clinician("N1", target_days=1)))
    assert not_the_best.dates[0].addition == Addition(team=TEAM, worth=1000 - 15 + 15)
    assert not_the_best.remedy is None


def test_of_teams_that_are_free_the_one_that_is_worth_most_is_told_then_the_first_by_id():
    clinicians = [a_clinician(f"{role}{number}") for role in "NMA" for number in (1, 2)]
    plain = an_instance(*clinicians)
    assert explain(plain).dates[0].addition.team == TEAM
    preferred = replace(plain, practices=(a_practice(preferred=frozenset({"M2"})),))
    assert explain(preferred).dates[0].addition == Addition(team=("N1", "M2", "A1"), worth=985 + 20)
    together = frozenset({"N2", "M1", "A2"})
    for team in (together, frozenset({"N2", "M2", "A9"})):
        teams = replace(preferred, preferred_teams=frozenset({team}))
        best = ("N2", "M1", "A2") if team is together else ("N1", "M2", "A1")
        assert explain(teams).dates[0].addition.team == best


NURSE_IS_SHORT = {
    Rule.AVAILABILITY: ({"windows": ((1, 6),)}, 1, ""),
    Rule.LICENSE: ({"licenses": {"FL": -1}}, 1, "FL"),
    Rule.SKILL: ({"skills": frozenset({"pediatric"})}, 1, "pals"),
    Rule.DRIVE: ({"max_drive_min": 33}, 7, ""),
}


def short(*clinicians, **changes):
    """An instance whose request needs a nurse with a skill, 40 minutes away."""
    usual = {
        "practices": (a_practice(xy=(0.0, FORTY_MINUTES_KM)),),
        "requests": (a_request(skills={"N": frozenset({"pals"})}),),
    }
    return an_instance(*clinicians, **usual | changes)


def a_nurse(clinician_id="N1", **changes):
    return a_clinician(clinician_id, **{"skills": frozenset({"pals"})} | changes)


@pytest.mark.parametrize("rule", NURSE_IS_SHORT)
def test_a_rule_that_alone_keeps_somebody_away_is_what_would_have_to_change(rule):
    changes, amount, what = NURSE_IS_SHORT[rule]
    found = explain(short(a_nurse(**changes)))
    change = Change(rule=rule, clinician_id="N1", role="N", day=0, amount=amount, what=what)
    assert found.remedy == Remedy(day=0, changes=(change,), addition=Addition(team=TEAM, worth=1000 - 3 * 40))
    assert change.size == SIZES[rule] * amount


@pytest.mark.parametrize(("rule", "limit"), [(Rule.WEEK, "max_days_per_week"), (Rule.ROW, "max_days_in_row")])
def test_one_more_day_in_a_week_or_a_row_is_a_change(rule, limit):
    found = explain(busy_instance(**{limit: 1}), elsewhere(1))
    assert [(each.rule, each.amount, each.clinician_id) for each in found.remedy.changes] == [(rule, 1, "N1")]


def test_days_that_were_overridden_before_take_more_than_one_more():
    aside = frozenset({Rule.WEEK, Rule.ROW})
    fixed = tuple(a_fixed_day(f"F{day}", day=day, practice_id="P2", set_aside=aside) for day in (0, 2, 4))
    instance = an_instance(
        a_clinician("N1", max_days_per_week=1), practices=PRACTICES, requests=(a_request(dates=((6, 0),)),), fixed=fixed
    )
    (change,) = explain(instance).remedy.changes
    assert (change.rule, change.amount) == (Rule.WEEK, 3)
    assert list(violations(with_changes(instance, [change]), [served(day=6)])) == []


def test_a_skill_that_lapsed_is_counted_as_missing_and_is_what_would_have_to_change():
    nurse = a_nurse(skills=frozenset({"pals", "acls"}), skills_until={"pals": -1, "acls": 3})
    found = explain(short(nurse))
    assert found.dates[0].roles[0].removed == {Rule.SKILL: 1}
    (change,) = found.remedy.changes
    assert (change.rule, change.what) == (Rule.SKILL, "pals")
    changed = with_changes(short(nurse), [change])
    assert changed.clinician["N1"].skills_until == {"acls": 3}
    assert list(violations(changed, [served()])) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"windows": (), "licenses": {}},
        {"windows": (), "max_drive_min": 0},
        {"skills": frozenset(), "max_drive_min": 0},
        {"licenses": {}, "skills": frozenset()},
    ],
)
def test_who_would_have_to_change_twice_is_no_remedy(changes):
    assert explain(short(a_nurse(**changes))).remedy is None


def test_two_missing_skills_a_practice_that_blocks_and_a_drive_that_nobody_knows_are_no_remedy():
    two = short(requests=(a_request(skills={"N": frozenset({"pals", "pediatric"})}),))
    blocked = an_instance(practices=(a_practice(blocked=frozenset({"N1"})),))
    unknown = an_instance(practices=(a_practice(drive_min={"M1": 5, "A1": 5}),))
    endless = an_instance(practices=(a_practice(drive_min={"N1": 1441, "M1": 5, "A1": 5}),))
    for instance in (two, blocked, unknown, endless):
        assert explain(instance).remedy is None


def test_of_changes_the_smallest_is_told():
    # From a habit to an authority: what is left when what is smaller is taken away.
    everybody = [a_nurse(f"N{number}", **changes) for number, (changes, _, _) in enumerate(NURSE_IS_SHORT.values())]
    left = dict(zip(NURSE_IS_SHORT, everybody, strict=True))
    order = []
    while left:
        (change,) = explain(short(*left.values())).remedy.changes
        order.append(change.rule)
        del left[change.rule]
    assert order == [Rule.DRIVE, Rule.AVAILABILITY, Rule.SKILL, Rule.LICENSE]


def test_many_minutes_of_drive_are_more_than_a_day():
    far, off = a_nurse("N1", max_drive_min=9), a_nurse("N2", windows=())
    assert explain(short(far, off)).remedy.changes[0].clinician_id == "N2"


def test_of_changes_that_ask_as_much_the_one_that_is_worth_most_is_told_then_the_first_date_then_the_first_by_id():
    off = [a_clinician(f"N{number}", windows=()) for number in (1, 2)]
    dates = (a_request(dates=((1, 0), (0, 0))),)
    assert explain(an_instance(*off, requests=dates)).remedy.changes[0].clinician_id == "N1"
    assert explain(an_instance(*off, requests=dates)).remedy.day == 1
    dates = (a_request(dates=((1, 7), (0, 0))),)
    assert explain(an_instance(*off, requests=dates)).remedy.day == 0
    preferred = an_instance(*off, practices=(a_practice(preferred=frozenset({"N2"})),))
    assert explain(preferred).remedy.changes[0].clinician_id == "N2"


def test_where_two_roles_are_short_both_change_and_one_change_is_smaller_than_two():
    off = [a_clinician("N1", windows=((1, 1),)), a_clinician("M1", max_drive_min=4, windows=((0, 0),))]
    both = explain(an_instance(*off))
    assert [(each.role, each.rule) for each in both.remedy.changes] == [("N", Rule.AVAILABILITY), ("M", Rule.DRIVE)]
    one = explain(an_instance(*off, a_clinician("M2", licenses={}), requests=(a_request(dates=((1, 0), (0, 0))),)))
    assert [(each.role, each.rule) for each in one.remedy.changes] == [("M", Rule.LICENSE)]


@pytest.mark.parametrize("also", ALSO)
def test_a_remedy_is_true_on_any_instance(also):
    found = {len(each.remedy.changes) for seed in range(200) for each in remedied(seed, also)}
    assert found == {1, 2, 3}


def remedied(seed, also):
    """Yield the requests that have a remedy in a schedule in turn; each remedy was made, and its promise held."""
    instance = at_random(seed, **also).in_order()
    assignments = serve_in_turn(options_of(instance))
    worth = objective(instance, assignments)
    for each in Explainer(instance, assignments).explanations():
        if isinstance(each, Served) or each.remedy is None:
            continue
        remedy = each.remedy
        changed = with_changes(instance, remedy.changes)
        more = (*assignments, Assignment(request_id=each.request_id, day=remedy.day, team=remedy.addition.team))
        assert list(violations(changed, more)) == [], seed
        assert list(violations(instance, more)) != [], seed
        assert objective(changed, more) == worth + remedy.addition.worth, seed
        assert {one.clinician_id for one in remedy.changes} <= set(remedy.addition.team), seed
        yield each


def paid_to_stay(instance):
    """Return an instance in which it is worth most that people stay: then the best is worth most of all."""
    return replace(instance, weights=replace(instance.weights, change=1_000_000))


def test_after_a_single_change_the_best_schedule_is_no_worse_and_has_what_was_promised():
    changes = 0
    for seed in range(150):
        instance = paid_to_stay(at_random(seed))
        best = solve(instance)
        for each in Explainer(instance, best.assignments).explanations():
            if isinstance(each, Unmatched) and each.remedy is not None:
                after = solve(with_changes(instance, each.remedy.changes))
                assert after.objective >= best.objective + max(each.remedy.addition.worth, 0), seed
                changes += 1
    assert changes > 50


@pytest.mark.parametrize("also", ALSO)
def test_where_no_single_change_is_told_there_is_none(also):
    others = 0
    for seed in range(150):
        instance = at_random(seed, **also).in_order()
        assignments = serve_in_turn(options_of(instance))
        for each in Explainer(instance, assignments).explanations():
            if isinstance(each, Served) or any(one.addition for one in each.dates):
                continue
            if each.remedy is None or len(each.remedy.changes) > 1:
                assert not any(is_filled_by(instance, assignments, each.request_id, one) for one in instance.clinicians)
                others += 1
    assert others > 50


def is_filled_by(instance, assignments, request_id, clinician):
    """Whether a request could be added if any one limit of a clinician were lifted."""
    lifted = [
        {"windows": ((0, instance.n_days - 1),)},
        {"licenses": {"FL": 99, "GA": 99}},
        {"skills": frozenset({"pals"}), "skills_until": {}},
        {"max_drive_min": 1440},
        {"max_days_per_week": 7},
        {"max_days_in_row": 99},
    ]
    request = instance.request[request_id]
    worked = {each.clinician_id: set() for each in instance.clinicians}
    for each in (*assignments, *instance.fixed):
        for one in each.team:
            worked[one].add(each.day)
    taken = {(instance.calendar(instance.request[each.request_id].practice_id), each.day) for each in assignments}
    taken |= {(instance.calendar(each.practice_id), each.day) for each in instance.fixed}
    calendar = instance.calendar(request.practice_id)
    for change in lifted:
        everybody = [replace(each, **change) if each == clinician else each for each in instance.clinicians]
        for day, _ in request.dates:
            if (calendar, day) not in taken and all(
                any(is_free(instance, request, each, day, worked) for each in everybody if each.role == role)
                for role in ROLES
            ):
                return True
    return False


def is_free(instance, request, clinician, day, worked):
    alone = broken_alone(instance.practice[request.practice_id], clinician, day, request.needs(clinician.role))
    return not any(alone) and not any(broken_together(clinician, day, worked[clinician.clinician_id], instance))


@pytest.mark.parametrize("also", ALSO)
def test_counts_add_up_on_any_instance(also):
    for seed in range(200):
        instance = at_random(seed, **also).in_order()
        assignments = serve_in_turn(options_of(instance))
        for each in Explainer(instance, assignments).explanations():
            for role in [role for date in getattr(each, "dates", ()) for role in date.roles]:
                assert role.people == sum(role.removed.values()) + len(role.busy) + len(role.free), seed
                assert role.people == sum(one.role == role.role for one in instance.clinicians), seed


def chosen(instance, *assignments):
    """Return why the nurse was chosen."""
    return explain(instance, *assignments or (served(),)).team[0]


def test_a_member_who_is_the_only_one_has_nobody_next():
    found = explain(an_instance(), served())
    assert [each.clinician_id for each in found.team] == list(TEAM)
    assert (found.day, found.team[0].others, found.team[0].next_best) == (0, 0, None)
    assert found.team[0].drive_min == 5


def test_what_speaks_for_a_member_is_known():
    plain = chosen(an_instance())
    assert {plain.is_preferred, plain.is_of_preferred_team, plain.is_wanted, plain.stays} == {False}
    full = chosen(
        an_instance(
            a_clinician("N1", target_days=1),
            practices=(a_practice(preferred=frozenset({"N1"})),),
            requests=(a_request(told=Told(day=0, team=frozenset(TEAM))),),
            preferred_teams=frozenset({frozenset(TEAM)}),
        )
    )
    assert full.is_preferred
    assert full.is_of_preferred_team
    assert full.is_wanted
    assert full.stays


def test_nobody_who_cannot_go_is_next():
    instance = an_instance(
        a_clinician("N1"),
        a_clinician("N2", windows=()),
        a_clinician("N3", licenses={}),
        a_clinician("N4", max_drive_min=4),
        a_clinician("N5"),
        *(a_clinician(f"{role}{number}") for role in "MA" for number in (1, 2)),
        practices=PRACTICES,
        requests=(a_request(), a_request("R2", practice_id="P2")),
    )
    assert chosen(instance, served(), served("R2", team=("N5", "M2", "A2"))).others == 0
    found = chosen(instance)
    assert (found.others, found.next_best) == (1, NextBest(clinician_id="N5", loses=0))


def test_who_is_next_is_told_with_what_they_would_cost_to_the_unit():
    found, negative = 0, 0
    for seed in range(150):
        instance = at_random(seed, of_each_role=4).in_order()
        assignments = serve_in_turn(options_of(instance))
        worth = objective(instance, assignments)
        for each in Explainer(instance, assignments).explanations():
            for choice in each.team if isinstance(each, Served) else ():
                if choice.next_best is None:
                    continue
                swapped = [
                    replace(
                        one,
                        team=tuple(
                            choice.next_best.clinician_id if who == choice.clinician_id else who for who in one.team
                        ),
                    )
                    if one.request_id == each.request_id
                    else one
                    for one in assignments
                ]
                assert list(violations(instance, swapped)) == [], seed
                assert objective(instance, swapped) == worth - choice.next_best.loses, seed
                found += 1
                negative += choice.next_best.loses < 0
    assert found > 100
    assert negative > 0


def test_in_the_best_schedule_nobody_who_is_next_would_have_been_better():
    for seed in range(100):
        instance = paid_to_stay(at_random(seed, of_each_role=4))
        for each in Explainer(instance, solve(instance).assignments).explanations():
            for choice in each.team if isinstance(each, Served) else ():
                assert choice.next_best is None or choice.next_best.loses >= 0, seed
            for date in each.dates if isinstance(each, Unmatched) else ():
                assert date.addition is None or date.addition.worth <= 0, seed


def test_where_nobody_offered_anything_each_role_is_short_of_everybody():
    found = explain(an_instance(clinicians=()))
    assert [(each.role, each.people, each.removed) for each in found.dates[0].short] == [
        (role, 0, {}) for role in ROLES
    ]
    assert (found.remedy, found.outbid_by) == (None, ())
