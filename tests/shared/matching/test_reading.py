"""Instances and schedules are read as they were written; what is wrong is told, with its place."""

import json

import pytest
from bitewing.kernel.errors import InvalidInput
from bitewing.matching import instance as limits
from bitewing.matching.instance import MAX_REQUESTS, Told, Weights
from bitewing.matching.reading import (
    MAX_ERRORS,
    read_instance,
    read_solution,
    write_instance,
    write_solution,
)
from bitewing.matching.rules import Rule
from bitewing.matching.schedule import Schedule

from tests.support.matching import (
    TEAM,
    a_clinician,
    a_fixed_day,
    a_practice,
    a_request,
    an_instance,
    at_random,
    served,
)


def a_rich_instance():
    return an_instance(
        a_clinician("N1", skills=frozenset({"pals"}), skills_until={"pals": 9}, windows=((0, 1), (3, 6))),
        a_clinician("N2"),
        practices=(
            a_practice(preferred=frozenset({"N1"}), blocked=frozenset({"N2"})),
            a_practice("P2", drive_min={"N1": 12, "M1": 3}, organization="O"),
        ),
        requests=(
            a_request(skills={"N": frozenset({"pals"})}, dates=((1, 0), (3, 20))),
            a_request("R2", practice_id="P2", told=Told(day=4, team=frozenset(TEAM))),
        ),
        fixed=(a_fixed_day(set_aside=frozenset({Rule.WEEK}), day=-3),),
        preferred_teams=frozenset({frozenset(TEAM)}),
        weights=Weights(served=500, change=7),
    )


def said(**changes):
    return write_instance(a_rich_instance()) | changes


def refusals(values):
    text = values if isinstance(values, (str, bytes)) else json.dumps(values)
    with pytest.raises(InvalidInput) as refused:
        read_instance(text)
    return [(each.pointer, each.says) for each in refused.value.errors]


def with_change(path, value):
    """Return what is said with the value at a path set, or removed where it is ``...``."""
    values = json.loads(json.dumps(said()))
    place = values
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return values


def test_what_is_written_is_read_again():
    for instance in (a_rich_instance(), *(at_random(seed) for seed in range(50))):
        assert read_instance(json.dumps(write_instance(instance))) == instance
        assert read_instance(json.dumps(write_instance(instance)).encode()) == instance


def test_where_an_instance_comes_from_and_when_requests_came_is_read_over():
    values = with_change(("requests", 0, "arrival"), 17)
    assert read_instance(json.dumps(values | {"seed": 1, "size": "S"})) == a_rich_instance()


def test_an_empty_side_can_be_read():
    empty = {"practices": [], "clinicians": [], "requests": [], "preferred_teams": [], "fixed": []}
    instance = read_instance(json.dumps(said() | empty))
    assert (instance.practices, instance.clinicians, instance.requests) == ((), (), ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{\n  nonsense", "This is not JSON: Expecting property name enclosed in double quotes, in line 2, column 3."),
        (b'{"\xff', "This is not UTF-8, from byte 2 on."),
        ("[" * 100_000, "This is nested too deeply."),
        ('{"n_days": 1' + "0" * 5000 + "}", "A number in this is too long."),
        ('{"n_days": 1, "requests": [{"id": 1, "id": 2}]}', "An object has the field id more than once."),
        ("[]", "This must be an object."),
        ('{"requests": 7}'.replace("7", '"\\ud800"'), None),
    ],
)
def test_what_is_no_json_object_is_refused_with_the_place(text, says):
    (pointer, told), *_ = refusals(text)
    assert pointer == ""
    assert told == says if says else told.startswith("Invalid JSON")


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("colour",), "red", "/colour"),
        (("weights", "colour"), 1, "/weights/colour"),
        (("requests", 0, "colour"), 1, "/requests/0/colour"),
        (("format",), "caseday-instance/2", "/format"),
        (("n_days",), ..., "/n_days"),
        (("n_days",), 0, "/n_days"),
        (("n_days",), 367, "/n_days"),
        (("first_weekday",), 7, "/first_weekday"),
        (("roles",), ["N", "M", "X"], "/roles/2"),
        (("requests",), 7, "/requests"),
        (("weights", "served"), float("nan"), "/weights/served"),
        (("weights", "served"), float("inf"), "/weights/served"),
        (("weights", "served"), 1.5, "/weights/served"),
        (("weights", "served"), -1, "/weights/served"),
        (("weights", "team"), 1_000_001, "/weights/team"),
        (("practices", 0, "xy"), [0, float("nan")], "/practices/0/xy/1"),
        (("practices", 1, "drive_min"), {"a/b~c": -1}, "/practices/1/drive_min/a~1b~0c"),
        (("practices", 1, "drive_min"), {"N1": 100_001}, "/practices/1/drive_min/N1"),
        (("clinicians", 0, "role"), "X", "/clinicians/0/role"),
        (("clinicians", 0, "licences"), {"FL": 10**30}, "/clinicians/0/licences/FL"),
        (("clinicians", 0, "max_drive_min"), 1441, "/clinicians/0/max_drive_min"),
        (("clinicians", 0, "max_days_per_week"), 0, "/clinicians/0/max_days_per_week"),
        (("clinicians", 0, "max_consecutive_days"), 0, "/clinicians/0/max_consecutive_days"),
        (("clinicians", 0, "target_days"), -1, "/clinicians/0/target_days"),
        (("requests", 0, "priority"), 6, "/requests/0/priority"),
        (("requests", 0, "dates"), [], "/requests/0/dates"),
        (("requests", 0, "id"), "", "/requests/0/id"),
        (("requests", 0, "id"), "x" * 65, "/requests/0/id"),
        (("fixed", 0, "team"), ["N1", "M1", "A1", "N2"], "/fixed/0/team"),
        (("preferred_teams", 0), ["N1", "M1"], "/preferred_teams/0"),
        (("requests", 1, "told", "team"), ["N1", "M1"], "/requests/1/told/team"),
        (("fixed", 0, "day"), 10**30, "/fixed/0/day"),
        (("fixed", 0, "set_aside"), ["date"], "/fixed/0/set_aside/0"),
        (("fixed", 0, "set_aside"), ["claimed"], "/fixed/0/set_aside/0"),
    ],
)
def test_a_value_that_no_instance_has_is_refused_with_its_place(path, value, pointer):
    assert [place for place, _ in refusals(with_change(path, value))] == [pointer]


@pytest.mark.parametrize(
    ("path", "value", "pointer", "says"),
    [
        (("practices", 0, "preferred"), ["N9", "N1"], "/practices/0/preferred", "There is no clinician N9."),
        (("practices", 0, "blocked"), ["Z", "N9"], "/practices/0/blocked", "There is no clinician N9, Z."),
        (("practices", 1, "drive_min"), {"N9": 1}, "/practices/1/drive_min", "There is no clinician N9."),
        (("requests", 0, "practice"), "P9", "/requests/0/practice", "There is no practice P9."),
        (("requests", 1, "told", "team"), ["N9", "M1", "A1"], "/requests/1/told/team", "There is no clinician N9."),
        (("clinicians", 0, "skills_until"), {"acls": 1}, "/clinicians/0/skills_until", "There is no skill acls."),
        (("preferred_teams", 0), ["N9", "M1", "A1"], "/preferred_teams/0", "There is no clinician N9."),
        (("fixed", 0, "practice"), "P9", "/fixed/0/practice", "There is no practice P9."),
        (("fixed", 0, "team"), ["N9", "M1", "A1"], "/fixed/0/team", "There is no clinician N9."),
        (("requests", 0, "dates"), [[7, 0]], "/requests/0/dates/0", "Days are 0 to 6."),
        (("requests", 0, "dates"), [[1, 0], [-1, 0]], "/requests/0/dates/1", "Days are 0 to 6."),
        (("requests", 0, "dates"), [[1, 0], [1, 5]], "/requests/0/dates", "A day is named twice."),
        (
            ("clinicians", 0, "windows"),
            [[0, 6], [5, 7]],
            "/clinicians/0/windows/1",
            "Days are 0 to 6, and the last is the first or later.",
        ),
        (
            ("clinicians", 0, "windows"),
            [[3, 2]],
            "/clinicians/0/windows/0",
            "Days are 0 to 6, and the last is the first or later.",
        ),
    ],
)
def test_ids_that_nobody_has_and_days_outside_of_the_span_are_refused(path, value, pointer, says):
    assert refusals(with_change(path, value)) == [(pointer, says)]


@pytest.mark.parametrize("team", [["N1", "N2", "A1"], ["N1", "M1", "M1"]])
@pytest.mark.parametrize("path", [("preferred_teams", 0), ("fixed", 0, "team"), ("requests", 1, "told", "team")])
def test_a_team_that_is_not_one_of_each_role_is_refused(path, team):
    pointer = "".join(f"/{step}" for step in path)
    says = "A team is one nurse, one medic and one anesthesiologist."
    assert refusals(with_change(path, team)) == [(pointer, says)]


@pytest.mark.parametrize("name", ["practices", "clinicians", "requests", "fixed"])
def test_an_id_that_two_have_is_refused_at_both(name):
    things = said()[name]
    again = len(things)
    found = refusals(said(**{name: [*things, things[0]]}))
    says = f"{things[0]['id']} is here 2 times."
    assert found[:2] == [(f"/{name}/0/id", says), (f"/{name}/{again}/id", says)]


def test_too_many_requests_are_refused_with_the_limit_and_what_to_do(monkeypatch):
    says = f"{MAX_REQUESTS} requests at most can be matched at once: plan a shorter span, or fewer states."
    assert refusals({"requests": [{}] * 100_000}) == [("/requests", says)]
    monkeypatch.setattr(limits, "MAX_REQUESTS", 2)
    assert read_instance(json.dumps(said())) == a_rich_instance()
    assert [pointer for pointer, _ in refusals(said(requests=said()["requests"] * 2))] == ["/requests"]


def test_no_more_errors_are_told_than_somebody_mends_at_once():
    for team in (["N1"], ["N1", "N1", "N1"]):
        assert len(refusals(said(preferred_teams=[team] * MAX_ERRORS))) == MAX_ERRORS
        *told, last = refusals(said(preferred_teams=[team] * (MAX_ERRORS + 1)))
        assert (len(told), last) == (MAX_ERRORS, ("", "There is 1 more error."))
        assert refusals(said(preferred_teams=[team] * 30))[-1] == ("", f"There are {30 - MAX_ERRORS} more errors.")


def test_what_is_in_another_format_is_told_that_alone():
    schedule = {"format": "caseday-solution/1", "assignments": []}
    assert refusals(schedule) == [("/format", "This must be 'caseday-instance/1'.")]
    assert refusals({"assignments": []}) == [("/format", "This is required.")]
    with pytest.raises(InvalidInput) as refused:
        read_solution(json.dumps(said()), a_rich_instance())
    assert [(each.pointer, each.says) for each in refused.value.errors] == [
        ("/format", "This must be 'caseday-solution/1'.")
    ]


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("colour",), "red", "The format has no such field."),
        (("n_days",), ..., "This is required."),
        (("n_days",), 0, "This must be at least 1."),
        (("n_days",), 367, "This must be at most 366."),
        (("n_days",), "7", "This must be a whole number."),
        (("weights", "served"), float("nan"), "This must be a whole number."),
        (("weights", "served"), 1.5, "This must be a whole number."),
        (("weights",), [], "This must be an object."),
        (("practices", 0, "xy"), 7, "This must be a list."),
        (("practices", 0, "xy"), [0], "This is required."),
        (("practices", 0, "xy"), ["0", 0], "This must be a number."),
        (("practices", 0, "xy"), [float("inf"), 0], "This must be a number, neither infinite nor NaN."),
        (("practices", 0, "id"), 7, "This must be a text."),
        (("practices", 0, "preferred"), "N1", "This must be a list."),
        (("clinicians", 0, "licences"), [], "This must be an object."),
        (("clinicians", 0, "role"), "X", "This must be 'N', 'M' or 'A'."),
        (("requests", 0, "id"), "", "This must have 1 or more characters."),
        (("requests", 0, "id"), "x" * 65, "This must have 64 characters or fewer."),
        (("requests", 0, "dates"), [], "This must have 1 or more entries."),
        (("fixed", 0, "team"), ["N1", "M1", "A1", "N2"], "This must have 3 entries or fewer."),
    ],
)
def test_what_is_expected_of_a_value_is_said(path, value, says):
    assert [told for _, told in refusals(with_change(path, value))] == [says]


def test_a_key_that_no_object_of_the_format_has_is_refused_with_its_place():
    found = refusals(with_change(("requests", 0, "required_skills"), {"X": ["pals"]}))
    assert found == [("/requests/0/required_skills/X", "This must be 'N', 'M' or 'A'.")]


TWO_PRACTICES = (a_practice(), a_practice("P2"))


def refused_locks(*fixed, clinicians=(), practices=TWO_PRACTICES):
    return refusals(write_instance(an_instance(*clinicians, practices=practices, fixed=fixed)))


def test_two_locks_of_one_practice_and_date_are_refused_and_both_are_named():
    clinicians = [a_clinician(f"{role}{number}") for role in "NMA" for number in (1, 2)]
    found = refused_locks(a_fixed_day(), a_fixed_day("F2", team=frozenset({"N2", "M2", "A2"})), clinicians=clinicians)
    assert found == [("/fixed/1", "F1 and F2 are both at practice P1 on day 0.")]


def test_two_locks_at_places_of_one_practice_are_refused_where_they_have_one_date():
    clinicians = [a_clinician(f"{role}{number}") for role in "NMA" for number in (1, 2)]
    places = (a_practice(organization="O"), a_practice("P2", organization="O"))
    locks = (a_fixed_day(), a_fixed_day("F2", practice_id="P2", team=frozenset({"N2", "M2", "A2"})))
    found = refused_locks(*locks, clinicians=clinicians, practices=places)
    assert found == [("/fixed/1", "F1 and F2 are both at organization O on day 0.")]


def test_two_locks_of_one_clinician_and_date_are_refused_and_both_are_named():
    clinicians = [a_clinician(f"{role}{number}") for role in "NMA" for number in (1, 2)]
    found = refused_locks(
        a_fixed_day(), a_fixed_day("F2", practice_id="P2", team=frozenset({"N1", "M2", "A2"})), clinicians=clinicians
    )
    assert found == [("/fixed/1/team", "F1 and F2 both have N1 on day 0.")]


@pytest.mark.parametrize("rule", [Rule.WEEK, Rule.ROW])
def test_locks_that_are_too_many_for_somebody_are_refused_and_both_are_named(rule):
    limit = {Rule.WEEK: {"max_days_per_week": 1}, Rule.ROW: {"max_days_in_row": 1}}[rule]
    found = refused_locks(a_fixed_day(), a_fixed_day("F2", day=1), clinicians=[a_clinician("N1", **limit)])
    assert found == [
        (
            "/fixed/0/team",
            f"N1 breaks the rule {rule}, together with F2, on F1: set it aside by name, or free it.",
        ),
        (
            "/fixed/1/team",
            f"N1 breaks the rule {rule}, together with F1, on F2: set it aside by name, or free it.",
        ),
    ]


@pytest.mark.parametrize(
    ("rule", "changes", "practice"),
    [
        (Rule.AVAILABILITY, {"windows": ((1, 6),)}, {}),
        (Rule.LICENSE, {"licenses": {}}, {}),
        (Rule.BLOCKED, {}, {"blocked": frozenset({"N1"})}),
        (Rule.DRIVE, {}, {"drive_min": {"M1": 5, "A1": 5}}),
    ],
)
def test_a_team_that_is_locked_against_a_hard_rule_is_refused_with_the_rule(rule, changes, practice):
    clinicians, practices = [a_clinician("N1", **changes)], (a_practice(**practice),)
    found = refused_locks(a_fixed_day(), clinicians=clinicians, practices=practices)
    says = f"N1 breaks the rule {rule} on F1: set it aside by name, or free it."
    assert found == [("/fixed/0/team", says)]


@pytest.mark.parametrize("team", [[], ["M1"], ["A1", "N1"]])
def test_somebody_can_be_missing_on_the_team_of_a_lock(team):
    assert read_instance(json.dumps(with_change(("fixed", 0, "team"), team))).fixed[0].team == set(team)


def test_two_of_a_lock_can_have_one_role_where_somebody_has_another_role_since():
    fixed = a_fixed_day(team=frozenset({"N1", "N2", "A1"}), set_aside=frozenset({Rule.ROLE}))
    instance = an_instance(a_clinician("N1"), a_clinician("N2"), fixed=(fixed,))
    written = write_instance(instance)
    assert read_instance(json.dumps(written)) == instance
    written["fixed"][0]["team"] = ["N1", "N1", "A1"]
    says = "A team is one nurse, one medic and one anesthesiologist."
    assert refusals(written) == [("/fixed/0/team", says)]


NOT_AS_IT_WAS = {
    Rule.AVAILABILITY: {"windows": ()},
    Rule.LICENSE: {"licenses": {}},
    Rule.WEEK: {"max_days_per_week": 1},
}


@pytest.mark.parametrize("rule", NOT_AS_IT_WAS)
def test_a_rule_that_was_set_aside_refuses_nothing(rule):
    changes = NOT_AS_IT_WAS[rule]
    aside = frozenset({rule})
    fixed = (a_fixed_day(set_aside=aside), a_fixed_day("F2", day=2, set_aside=aside))
    instance = an_instance(a_clinician("N1", **changes), fixed=fixed)
    assert read_instance(json.dumps(write_instance(instance))) == instance


def test_of_locks_outside_of_the_span_only_weeks_and_rows_are_asked():
    nurse = a_clinician("N1", windows=(), licenses={}, max_days_in_row=1)
    instance = an_instance(nurse, fixed=(a_fixed_day(day=-1), a_fixed_day("F2", day=7)))
    assert read_instance(json.dumps(write_instance(instance))) == instance
    assert len(refused_locks(a_fixed_day(day=-1), a_fixed_day("F2", day=-2), clinicians=[nurse])) == 2


def test_a_schedule_that_is_written_is_read_again_its_teams_in_the_order_of_roles():
    instance = a_rich_instance()
    schedule = Schedule(assignments=(served(day=1),), objective=7, bound=9)
    written = write_solution(schedule)
    assert (written["objective"], written["bound"]) == (7, 9)
    assert read_solution(json.dumps(written), instance) == schedule.assignments
    written["assignments"][0]["team"] = ["A1", "N1", "M1"]
    assert read_solution(json.dumps(written), instance) == schedule.assignments


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({"request": "R9"}, "/assignments/0/request", "There is no request R9."),
        ({"team": ["N1", "M9", "A1"]}, "/assignments/0/team", "There is no clinician M9."),
        ({"team": ["N1", "M1"]}, "/assignments/0/team", None),
        ({"colour": 1}, "/assignments/0/colour", None),
    ],
)
def test_a_schedule_of_something_else_is_refused(change, pointer, says):
    written = write_solution(Schedule(assignments=(served(),), objective=1, bound=1))
    written["assignments"][0] |= change
    with pytest.raises(InvalidInput) as refused:
        read_solution(json.dumps(written), a_rich_instance())
    (error,) = refused.value.errors
    assert error.pointer == pointer
    assert says in {None, error.says}
