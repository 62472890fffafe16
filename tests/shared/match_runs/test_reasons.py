"""What managers and practices read of a request, word for word; and a practice reads of nobody."""

import pytest
from bitewing.match_runs.building import DateOut, Hindrance, LeftOut, Names, PlaceName, build
from bitewing.match_runs.reasons import (
    MAX_EXPLANATION,
    MAX_REASON,
    for_manager,
    for_practice,
    left_out_for_manager,
    left_out_for_practice,
)
from bitewing.matching.explaining import Addition, Busy, Change, Explainer, OnDate, Remedy, RoleOnDate, Unmatched
from bitewing.matching.greedy import serve_in_turn
from bitewing.matching.instance import ROLES
from bitewing.matching.options import options_of
from bitewing.matching.rules import Rule
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.builders import PRACTICE_ID
from tests.support.case_days import MONDAY, a_day, a_day_request, a_member, an_availability, on
from tests.support.gathered import TEAM, gathered, gathered_at_random

NAMES = Names(
    first_on=MONDAY,
    clinicians={"N1": "Dana Wells"},
    places={"R1": PlaceName(practice="Harbor Dental", site="Quay"), "R2": PlaceName(practice="Bay Smiles", site="")},
)


def a_role(role="N", **changes):
    usual = {"role": role, "needs": ("pals", "special_needs"), "people": 3, "removed": {}, "busy": (), "free": ()}
    return RoleOnDate(**usual | changes)


def short(day=0, **changes):
    return OnDate(day=day, roles=(a_role(**changes),))


def unmatched(*dates):
    return Unmatched(request_id="R1", state="MA", dates=dates, remedy=None)


def busy(*rules):
    return tuple(Busy(clinician_id="N1", rule=each, by=("R2",)) for each in rules)


def explained(**changes):
    """Return what is built, and why its first request is as it is when requests are served in turn."""
    built = build(gathered(**changes))
    assignments = serve_in_turn(options_of(built.instance.in_order()))
    return built, Explainer(built.instance, assignments).explain("request-1")


def test_a_manager_reads_names_and_dates_and_no_ids():
    built, served = explained()
    assert for_manager(served, built.names) == (
        "Harbor Dental (Harbor) is served on Mon 16 Mar 2026.",
        (
            "Name of nurse-1, nurse: 8 minutes away, on one of the days that they would like to have; "
            "no other nurse is free."
        ),
        (
            "Name of medic-1, medic: 8 minutes away, on one of the days that they would like to have; "
            "no other medic is free."
        ),
        (
            "Name of anesthesiologist-1, anesthesiologist: 8 minutes away, on one of the days that they would like "
            "to have; no other anesthesiologist is free."
        ),
    )


def overrun(dates, remedy=None):
    """Why a request is not served of which everybody works elsewhere all the time, at places with long names."""
    places = {f"S{number}": PlaceName(practice="Harbor Dental of the Whole Coast", site="Quay") for number in range(31)}
    everybody = tuple(Busy(clinician_id=f"N{n}", rule=Rule.ROW, by=tuple(places)) for n in range(20))
    roles = tuple(a_role(each, busy=everybody) for each in ROLES)
    why = Unmatched(
        request_id="R1",
        state="MA",
        dates=tuple(OnDate(day=day, roles=roles) for day in range(dates)),
        remedy=remedy,
    )
    return why, Names(first_on=MONDAY, places={**NAMES.places, **places})


def test_an_explanation_with_room_for_all_of_it_is_whole():
    said = for_manager(*overrun(4))
    # That it is not served, of each date each role, and what would help.
    assert len(said) == 1 + 4 * 3 + 1
    assert said[1].startswith("On Mon 16 Mar 2026 none of 3 nurses is free: 20 with no day left in a row (N0: Harbor")
    assert said[1].endswith("Harbor Dental of the Whole Coast (Quay), 26 more; 15 more).")


def test_an_explanation_fits_into_an_item_of_the_table_and_still_says_what_would_help():
    addition = Addition(team=("N1", "M1", "A1"), worth=10)
    change = Change(rule=Rule.DRIVE, clinician_id="N1", role="N", day=3, amount=10, what="")
    remedy = Remedy(day=3, changes=(change,), addition=addition)
    why, names = overrun(31, remedy)
    said = for_manager(why, names, [DateOut(on=on(40), why=Hindrance.TAKEN)])
    assert MAX_EXPLANATION * 0.9 < len("".join(said)) <= MAX_EXPLANATION
    assert said[0] == "Harbor Dental (Quay) is not served."
    assert said[1].startswith("On Mon 16 Mar 2026")
    assert said[-3] == "There are more reasons."
    assert "could go if N1 drove 10 minutes more" in said[-2]
    assert said[-1].startswith("The practice has another Case Day on")


def test_a_manager_reads_who_is_where_what_would_help_and_which_dates_were_out():
    day = a_day(practice_id="practice-2", practice_name="Bay Smiles", site_id="site-2", team=(a_member("nurse-1"),))
    asked = a_day_request(dates=(MONDAY, on(1), on(2)))
    availabilities = tuple(an_availability(each) for each in TEAM if each != "medic-1")
    built, why = explained(
        days=(day,), requests=(asked,), availabilities=availabilities, taken={PRACTICE_ID: frozenset({on(1)})}
    )
    assert for_manager(why, built.names, built.dates_out["request-1"]) == (
        "Harbor Dental (Harbor) is not served.",
        "On Mon 16 Mar 2026 the only nurse is not free: 1 elsewhere that day (Name of nurse-1: Bay Smiles).",
        "On Mon 16 Mar 2026 the only medic is not free: 1 not available.",
        "On Wed 18 Mar 2026 the only medic is not free: 1 not available.",
        (
            "On Wed 18 Mar 2026 Name of nurse-1, Name of medic-1 and Name of anesthesiologist-1 could go if "
            "Name of medic-1 were available, and the schedule would gain 2926."
        ),
        "The practice has another Case Day on Tue 17 Mar 2026.",
    )


def test_a_site_that_is_called_like_its_practice_is_named_once():
    names = Names(first_on=MONDAY, places={"R1": PlaceName(practice="Birch Smiles", site="Birch Smiles")})
    assert for_manager(unmatched(short(people=0)), names)[0] == "Birch Smiles is not served."
    assert left_out_for_manager(LeftOut(request_id="R1", state="MA", why=Hindrance.NO_SITE), names) == (
        "Birch Smiles is not matched.",
        "The site is not known any more.",
    )


def test_a_date_of_the_practices_own_says_where_it_is_as_far_as_that_is_known():
    dates = (OnDate(day=0, taken_by="R1"), OnDate(day=1, taken_by="R2"), OnDate(day=2, taken_by="R9"))
    assert for_manager(unmatched(*dates), NAMES) == (
        "Harbor Dental (Quay) is not served.",
        "On Mon 16 Mar 2026 the practice has another Case Day, at Quay.",
        "On Tue 17 Mar 2026 the practice has another Case Day.",
        "On Wed 18 Mar 2026 the practice has another Case Day.",
        "With the rest as it is, only another date would help.",
    )


def test_whoever_has_no_name_is_called_by_their_id_and_skills_are_words():
    date = short(people=2, removed={Rule.SKILL: 1}, busy=(Busy(clinician_id="N2", rule=Rule.CLAIMED, by=("R9",)),))
    assert for_manager(unmatched(date), NAMES)[1:] == (
        (
            "On Mon 16 Mar 2026 none of 2 nurses is free: 1 without pals and special needs, "
            "1 elsewhere that day (N2: R9)."
        ),
        "On no date would one change for each role that is short be enough.",
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"people": 0}, "The care team has no nurse."),
        ({"removed": {Rule.AVAILABILITY: 3}}, "No nurse was free on Mon 16 Mar 2026."),
        (
            {"removed": {Rule.AVAILABILITY: 2, Rule.LICENSE: 1}},
            "No nurse who may work in MA was free on Mon 16 Mar 2026.",
        ),
        ({"removed": {Rule.SKILL: 3}}, "No nurse who has pals and special needs was free on Mon 16 Mar 2026."),
        ({"removed": {Rule.DRIVE: 3}}, "No nurse who lives near enough was free on Mon 16 Mar 2026."),
        (
            {"removed": {Rule.LICENSE: 1, Rule.SKILL: 1, Rule.DRIVE: 1}},
            (
                "No nurse who may work in MA, has pals and special needs and lives near enough "
                "was free on Mon 16 Mar 2026."
            ),
        ),
        ({"removed": {Rule.BLOCKED: 3}}, "No nurse could come on Mon 16 Mar 2026."),
        (
            {"removed": {Rule.BLOCKED: 1, Rule.LICENSE: 2}},
            "No nurse who may work in MA could come on Mon 16 Mar 2026.",
        ),
        (
            {"removed": {Rule.BLOCKED: 2}, "busy": busy(Rule.CLAIMED)},
            "Every nurse who could come was booked on Mon 16 Mar 2026.",
        ),
        (
            {"busy": busy(Rule.CLAIMED, Rule.WEEK, Rule.ROW)},
            "Every nurse who could come was booked, or had no days left, on Mon 16 Mar 2026.",
        ),
    ],
)
def test_a_practice_reads_which_role_was_short_and_of_what(changes, says):
    assert for_practice(unmatched(short(**changes)), NAMES) == says


def test_dates_of_which_the_same_is_said_are_said_at_once_in_the_order_of_preference():
    removed = {Rule.LICENSE: 3}
    dates = (
        short(3, removed=removed),
        OnDate(day=1, roles=(a_role("M", removed={Rule.AVAILABILITY: 3}), a_role("A", removed=removed))),
        short(0, removed=removed),
        short(2, busy=busy(Rule.CLAIMED)),
        short(4, busy=busy(Rule.CLAIMED)),
    )
    assert for_practice(unmatched(*dates), NAMES) == (
        "No nurse who may work in MA was free on Thu 19 Mar 2026 or Mon 16 Mar 2026. "
        "No medic was free on Tue 17 Mar 2026. "
        "No anesthesiologist who may work in MA was free on Tue 17 Mar 2026. "
        "Every nurse who could come was booked on Wed 18 Mar 2026 and Fri 20 Mar 2026."
    )


def test_dates_that_are_out_and_teams_that_were_free_are_said_too():
    dates = (
        OnDate(day=0, taken_by="R2"),
        OnDate(day=1, addition=Addition(team=("N1", "M1", "A1"), worth=0)),
        OnDate(day=2, addition=Addition(team=("N1", "M1", "A1"), worth=1)),
    )
    out = (DateOut(on=on(3), why=Hindrance.TAKEN), DateOut(on=on(4), why=Hindrance.OVER))
    assert for_practice(unmatched(*dates), NAMES, out) == (
        "The practice has another Case Day on Mon 16 Mar 2026 and Thu 19 Mar 2026. "
        "On Tue 17 Mar 2026 the drives of a team would have been too long. "
        "No team was put together for Wed 18 Mar 2026. "
        "Fri 20 Mar 2026 is over."
    )


@pytest.mark.parametrize(
    ("why", "says"),
    [
        (Hindrance.NO_SITE, "The site is not known any more."),
        (Hindrance.SITE_CLOSED, "The site is closed."),
        (Hindrance.STATE_NOT_PLANNED, "The period plans no sites in MA."),
        (Hindrance.STATE_NOT_WORKED, "The care team does not work in MA."),
    ],
)
def test_a_request_that_was_left_out_as_a_whole_says_why(why, says):
    out = LeftOut(request_id="R1", state="MA", why=why)
    assert left_out_for_practice(out) == says
    assert left_out_for_manager(out, NAMES) == ("Harbor Dental (Quay) is not matched.", says)


@pytest.mark.parametrize(
    ("why", "one", "two"),
    [
        (Hindrance.OUTSIDE, "{0} is outside of the period.", "{0} and {1} are outside of the period."),
        (Hindrance.OVER, "{0} is over.", "{0} and {1} are over."),
        (
            Hindrance.NO_PERMIT,
            "The site has no permit that is valid on {0}.",
            "The site has no permit that is valid on {0} or {1}.",
        ),
        (
            Hindrance.TOO_LONG,
            "On {0} the day would end after midnight.",
            "On {0} and {1} the day would end after midnight.",
        ),
        (
            Hindrance.TAKEN,
            "The practice has another Case Day on {0}.",
            "The practice has another Case Day on {0} and {1}.",
        ),
    ],
)
def test_dates_that_were_left_out_say_why(why, one, two):
    dates = tuple(DateOut(on=each, why=why) for each in (MONDAY, on(1)))
    words = ("Mon 16 Mar 2026", "Tue 17 Mar 2026")
    assert left_out_for_practice(LeftOut(request_id="R1", state="MA", dates=dates[:1])) == one.format(*words)
    assert left_out_for_practice(LeftOut(request_id="R1", state="MA", dates=dates)) == two.format(*words)


def test_every_hindrance_has_words():
    for why in Hindrance:
        out = LeftOut(request_id="R1", state="MA", dates=(DateOut(on=MONDAY, why=why),))
        whole = LeftOut(request_id="R1", state="MA", why=why)
        says = [_said_or_none(each) for each in (out, whole)]
        assert sum(each is not None for each in says) == 1


def _said_or_none(out):
    try:
        return left_out_for_practice(out)
    except KeyError:
        return None


@pytest.mark.parametrize(
    ("dates", "says"),
    [
        (31, "{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10}, {11} or 19 other dates."),
        (13, "{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10}, {11} or {12}."),
    ],
)
def test_of_many_dates_as_many_are_named_as_fit(dates, says):
    words = [
        for_practice(unmatched(short(day, people=1)), NAMES)[len("No nurse was free on ") : -1] for day in range(31)
    ]
    found = for_practice(unmatched(*(short(day, people=1) for day in range(dates))), NAMES)
    assert found == "No nurse was free on " + says.format(*words)
    assert len(found) <= MAX_REASON


def test_one_other_date_is_not_many():
    nurse, *others = (a_role(each, removed={Rule.LICENSE: 1, Rule.SKILL: 1}) for each in ROLES)
    dates = (OnDate(day=day, roles=(nurse, *others) if day < 4 else tuple(others)) for day in range(31))
    nurses, *others = for_practice(unmatched(*dates), NAMES).removesuffix(".").split(". ")
    assert nurses.endswith("was free on Mon 16 Mar 2026, Tue 17 Mar 2026, Wed 18 Mar 2026 or 1 other date")
    assert all(each.endswith("Wed 18 Mar 2026 or 28 other dates") for each in others)


def test_of_many_reasons_the_first_are_told_whole():
    kinds = [
        {"removed": dict.fromkeys(rules, 1)} for rules in ([Rule.LICENSE], [Rule.SKILL], [Rule.DRIVE], [Rule.BLOCKED])
    ]
    roles = [tuple(a_role(each, **kind) for each in ROLES) for kind in kinds]
    found = for_practice(unmatched(*(OnDate(day=day, roles=each) for day, each in enumerate(roles))), NAMES)
    assert found.startswith("No nurse who may work in MA was free on Mon 16 Mar 2026. No medic")
    assert found.endswith(" on Wed 18 Mar 2026. There are more reasons.")
    assert MAX_REASON - 100 < len(found) <= MAX_REASON


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_a_practice_reads_a_short_reason_that_names_nobody(seed):
    names_nobody(gathered_at_random(seed))


def names_nobody(stored):
    built = build(stored)
    strangers = {
        *(name for each in stored.clinicians for name in (each.clinician_id, each.name)),
        *(each.request_id for each in stored.requests),
        *(each.case_day_id for each in stored.days),
        *stored.practice_names,
        *stored.practice_names.values(),
        *stored.sites,
    }
    reasons = [left_out_for_practice(each) for each in built.left_out]
    for each in Explainer(built.instance, serve_in_turn(options_of(built.instance.in_order()))).explanations():
        out = built.dates_out.get(each.request_id, ())
        assert "request-" not in " ".join(for_manager(each, built.names, out))
        if isinstance(each, Unmatched):
            reasons.append(for_practice(each, built.names, out))
    for reason in reasons:
        assert 0 < len(reason) <= MAX_REASON
        assert not any(name in reason for name in strangers), reason
        assert "{" not in reason
    return len(reasons)


def test_many_requests_have_a_reason():
    assert sum(names_nobody(gathered_at_random(seed)) for seed in range(50)) > 50
