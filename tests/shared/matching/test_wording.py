"""What explanations say, word for word."""

import pytest
from bitewing.matching.explaining import (
    Addition,
    Busy,
    Change,
    Choice,
    NextBest,
    OnDate,
    Remedy,
    RoleOnDate,
    Served,
    Unmatched,
)
from bitewing.matching.rules import Rule
from bitewing.matching.wording import Naming, in_series, sentences

from tests.support.matching import TEAM

ADDITION = Addition(team=TEAM, worth=913)


def a_role(role="N", **changes):
    needs = ("pals", "pediatric")
    usual = {"role": role, "needs": needs, "people": 3, "removed": {}, "busy": (), "free": ()}
    return RoleOnDate(**usual | changes)


NO_CHANGE = "On no date would one change for each role that is short be enough."
ANOTHER_DATE = "With the rest as it is, only another date would help."


def unmatched(*dates, remedy=None, **options):
    explanation = Unmatched(request_id="R1", state="FL", dates=dates, remedy=remedy)
    first, *rest = sentences(explanation, **options)
    assert first == "R1 is not served."
    return rest


def test_who_was_removed_is_counted_by_rule_and_who_is_busy_is_named_with_what():
    removed = {Rule.AVAILABILITY: 6, Rule.LICENSE: 5, Rule.SKILL: 4, Rule.BLOCKED: 3, Rule.DRIVE: 2}
    busy = (
        Busy(clinician_id="N1", rule=Rule.CLAIMED, by=("R7",)),
        Busy(clinician_id="N2", rule=Rule.WEEK, by=("R8", "F1")),
        Busy(clinician_id="N3", rule=Rule.ROW, by=("R9",)),
        Busy(clinician_id="N4", rule=Rule.CLAIMED, by=("R6",)),
    )
    role = a_role(people=24, removed=removed, busy=busy)
    assert unmatched(OnDate(day=12, roles=(role, a_role("M", free=("M1",)), a_role("A", people=0)))) == [
        (
            "On day 12 none of 24 nurses is free: 6 not available, 5 without a valid license for FL, "
            "4 without pals and pediatric, 3 whom the practice does not want, 2 too far away, "
            "2 elsewhere that day (N1: R7; N4: R6), 1 with no day left in the week (N2: R8, F1), "
            "1 with no day left in a row (N3: R9)."
        ),
        "On day 12 there is no anesthesiologist.",
        NO_CHANGE,
    ]


def test_of_many_who_are_busy_five_are_named():
    busy = tuple(Busy(clinician_id=f"M{number}", rule=Rule.CLAIMED, by=(f"R{number}",)) for number in range(7))
    assert unmatched(OnDate(day=0, roles=(a_role("M", people=7, busy=busy),))) == [
        "On day 0 none of 7 medics is free: 7 elsewhere that day (M0: R0; M1: R1; M2: R2; M3: R3; M4: R4; 2 more).",
        NO_CHANGE,
    ]


def test_one_is_not_many_and_days_are_called_as_the_caller_likes():
    role = a_role(people=1, removed={Rule.DRIVE: 1})
    assert unmatched(OnDate(day=0, roles=(role,)), naming=Naming(day=lambda day: f"March {day + 1}")) == [
        "On March 1 the only nurse is not free: 1 too far away.",
        NO_CHANGE,
    ]


def test_dates_that_the_practice_needs_itself_say_for_what_and_that_another_date_would_help():
    one, other = OnDate(day=3, taken_by="R7"), OnDate(day=4, taken_by="R8")
    assert unmatched(one, other) == ["On day 3 the practice has R7.", "On day 4 the practice has R8.", ANOTHER_DATE]
    short = OnDate(day=5, roles=(a_role("M", people=0),))
    assert unmatched(one, short) == ["On day 3 the practice has R7.", "On day 5 there is no medic.", NO_CHANGE]


@pytest.mark.parametrize(
    ("worth", "says"),
    [
        (5, "and the schedule would gain 5"),
        (-3, "but the schedule would lose 3"),
        (0, "but the schedule would gain nothing"),
    ],
)
def test_a_team_that_is_free_says_what_it_would_be_worth(worth, says):
    date = OnDate(day=3, addition=Addition(team=TEAM, worth=worth))
    assert unmatched(date) == [f"On day 3 N1, M1 and A1 could go, {says}."]


def a_change(rule, amount=1, what="", clinician_id="N1"):
    return Change(rule=rule, clinician_id=clinician_id, role=clinician_id[0], day=4, amount=amount, what=what)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (a_change(Rule.DRIVE, 10), "N1 drove 10 minutes more"),
        (a_change(Rule.DRIVE, 1), "N1 drove 1 minute more"),
        (a_change(Rule.AVAILABILITY), "N1 were available"),
        (a_change(Rule.WEEK), "N1 worked 1 day more in the week"),
        (a_change(Rule.ROW, 2), "N1 worked 2 days more in a row"),
        (a_change(Rule.SKILL, what="pals"), "N1 had the skill pals"),
        (a_change(Rule.LICENSE, what="FL"), "N1 had a valid license for FL"),
    ],
)
def test_a_remedy_says_what_would_have_to_be_otherwise(change, says):
    assert unmatched(remedy=Remedy(day=4, changes=(change,), addition=ADDITION)) == [
        f"On day 4 N1, M1 and A1 could go if {says}, and the schedule would gain 913."
    ]


def test_a_remedy_of_several_changes_says_each():
    changes = (
        a_change(Rule.AVAILABILITY),
        a_change(Rule.WEEK, clinician_id="M1"),
        a_change(Rule.DRIVE, 3, clinician_id="A1"),
    )
    assert unmatched(remedy=Remedy(day=4, changes=changes, addition=ADDITION)) == [
        (
            "On day 4 N1, M1 and A1 could go if N1 were available, M1 worked 1 day more in the week "
            "and A1 drove 3 minutes more, and the schedule would gain 913."
        )
    ]


def served(**changes):
    usual = {
        "clinician_id": "N1",
        "role": "N",
        "drive_min": 34,
        "is_preferred": False,
        "is_of_preferred_team": False,
        "is_wanted": False,
        "stays": False,
        "others": 0,
        "next_best": None,
    }
    explanation = Served(request_id="R1", day=2, team=(Choice(**usual | changes),))
    first, says = sentences(explanation)
    assert first == "R1 is served on day 2."
    return says


def test_what_speaks_for_a_member_is_told():
    assert served() == "N1, nurse: 34 minutes away; no other nurse is free."
    everything = dict.fromkeys(("is_preferred", "is_of_preferred_team", "is_wanted", "stays"), True)
    assert served(**everything) == (
        "N1, nurse: 34 minutes away, preferred by the practice, in a preferred team, "
        "on one of the days that they would like to have, where they were told to be; no other nurse is free."
    )


@pytest.mark.parametrize(
    ("others", "loses", "says"),
    [
        (1, 12, "N2 would lose 12"),
        (4, 12, "of 4 others who are free, N2 would lose 12"),
        (1, 0, "N2 would be as good"),
        (1, -5, "N2 would gain 5, so this is not the best schedule"),
    ],
)
def test_who_could_have_gone_in_a_members_place_is_told_with_what_it_would_cost(others, loses, says):
    told = served(others=others, next_best=NextBest(clinician_id="N2", loses=loses))
    assert told == f"N1, nurse: 34 minutes away; {says}."


#: Everything has another name than its id.
NAMED = Naming(
    day=lambda day: f"March {day + 1}",
    clinician=lambda each: f"Clinician {each[1:]}",
    place=lambda each: f"Practice {each[1:]}",
    own=lambda each: f"its day {each[1:]}",
    skill=str.upper,
)


def test_everything_can_be_called_by_a_name():
    busy = (Busy(clinician_id="N1", rule=Rule.CLAIMED, by=("R7", "F8")),)
    short = a_role(people=2, removed={Rule.SKILL: 1}, busy=busy)
    dates = (
        OnDate(day=0, roles=(short,)),
        OnDate(day=1, taken_by="R9"),
        OnDate(day=2, addition=Addition(team=("N2", "M3", "A4"), worth=5)),
    )
    change = a_change(Rule.SKILL, what="pals", clinician_id="N5")
    remedy = Remedy(day=3, changes=(change,), addition=ADDITION)
    explanation = Unmatched(request_id="R6", state="FL", dates=dates, remedy=remedy)
    assert sentences(explanation, naming=NAMED) == (
        "Practice 6 is not served.",
        (
            "On March 1 none of 2 nurses is free: 1 without PALS and PEDIATRIC, "
            "1 elsewhere that day (Clinician 1: Practice 7, Practice 8)."
        ),
        "On March 2 the practice has its day 9.",
        "On March 3 Clinician 2, Clinician 3 and Clinician 4 could go, and the schedule would gain 5.",
        (
            "On March 4 Clinician 1, Clinician 1 and Clinician 1 could go if Clinician 5 had the skill PALS, "
            "and the schedule would gain 913."
        ),
    )


def test_who_serves_a_request_can_be_called_by_a_name():
    choice = Choice(
        clinician_id="N1",
        role="N",
        drive_min=34,
        is_preferred=False,
        is_of_preferred_team=False,
        is_wanted=False,
        stays=False,
        others=1,
        next_best=NextBest(clinician_id="N2", loses=12),
    )
    assert sentences(Served(request_id="R6", day=0, team=(choice,)), naming=NAMED) == (
        "Practice 6 is served on March 1.",
        "Clinician 1, nurse: 34 minutes away; Clinician 2 would lose 12.",
    )


@pytest.mark.parametrize(
    ("said", "series"), [([], ""), (["A"], "A"), (["A", "B"], "A or B"), (list("ABC"), "A, B or C")]
)
def test_a_series_ends_with_its_last_word(said, series):
    assert in_series(said, "or") == series
