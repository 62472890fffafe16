"""Scheduling periods: what they are held to, where they move, and until when they take what."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from bitewing.kernel.errors import DeadlinePassed, InvalidInput, PeriodMoveNotAllowed, PeriodNotOpen
from bitewing.scheduling.period import MAX_DAYS, PERIOD_MOVES, PeriodMover, PeriodStatus, ensure_keeps, ensure_period

from tests.support.builders import NOW
from tests.support.scheduling import AVAILABILITY_DUE, FIRST, LAST, REQUESTS_DUE, a_care_team, a_period

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
#: When the first day begins at the care team.
BEGINS = datetime(2026, 3, 23, 4, 0, tzinfo=UTC)
#: As people read the table.
BY_MANAGERS = {
    "collecting": "reviewing",
    "reviewing": "collecting proposed",
    "matching": "reviewing",
    "proposed": "reviewing published",
    "published": "closed",
    "closed": "",
}
BY_THE_SYSTEM = {
    "collecting": "reviewing",
    "reviewing": "",
    "matching": "reviewing proposed",
    "proposed": "",
    "published": "closed",
    "closed": "",
}
#: Where somebody starts a match run, and in no other way is a period matched.
MATCHED_FROM = {PeriodMover.MANAGER: {"reviewing", "proposed"}, PeriodMover.SYSTEM: {"reviewing"}}


def wrong(period, *, before=None, care_team=None):
    """Give the pointers of what is wrong with a period."""
    try:
        ensure_period(period, care_team or a_care_team(), now=NOW, before=before)
    except InvalidInput as error:
        return [each.pointer for each in error.errors]
    return []


# --- What a period is held to -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({}, []),
        ({"last_on": FIRST}, []),
        ({"last_on": FIRST - DAY}, ["/last_on"]),
        ({"last_on": FIRST + (MAX_DAYS - 1) * DAY}, []),
        ({"last_on": FIRST + MAX_DAYS * DAY}, ["/last_on"]),
        ({"states": frozenset()}, ["/states"]),
        ({"states": frozenset({"ME", "MA"})}, []),
        ({"states": frozenset({"MA", "NH"})}, ["/states"]),
        ({"availability_due_at": NOW}, ["/availability_due_at"]),
        ({"availability_due_at": NOW + SECOND}, []),
        ({"requests_due_at": NOW}, ["/requests_due_at"]),
        ({"availability_due_at": BEGINS}, []),
        ({"availability_due_at": BEGINS + SECOND}, ["/availability_due_at"]),
        ({"requests_due_at": BEGINS + SECOND}, ["/requests_due_at"]),
        ({"first_on": date(1999, 12, 31)}, ["/first_on"]),
        ({"first_on": date.min, "last_on": date.max}, ["/first_on", "/last_on"]),
    ],
    ids=" ".join,
)
def test_a_period_can_be_planned_or_is_told_what_is_wrong(changes, pointers):
    assert wrong(a_period(**changes)) == pointers


def test_answers_are_due_before_the_period_begins_where_the_care_team_is():
    due = a_period(availability_due_at=BEGINS)
    assert wrong(due, care_team=a_care_team(time_zone="America/Los_Angeles")) == []
    assert wrong(due, care_team=a_care_team(time_zone="Europe/Berlin")) == ["/availability_due_at"]


def test_a_deadline_that_is_over_may_stay_and_no_other_may_be_set():
    before = a_period(availability_due_at=NOW - DAY)
    assert wrong(replace(before, name="Late spring"), before=before) == []
    assert wrong(replace(before, availability_due_at=NOW - 2 * DAY), before=before) == ["/availability_due_at"]


def test_a_state_that_the_care_team_has_left_may_stay_and_no_other_may_come():
    before = a_period(states=frozenset({"VT"}))
    assert wrong(replace(before, states=frozenset({"VT", "MA"})), before=before) == []
    assert wrong(replace(before, states=frozenset({"VT", "NH"})), before=before) == ["/states"]


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"match_at": REQUESTS_DUE - SECOND}, ["/match_at"]),
        ({"match_at": REQUESTS_DUE}, []),
        ({"match_at": REQUESTS_DUE, "availability_due_at": REQUESTS_DUE + SECOND}, ["/match_at"]),
        ({"match_at": BEGINS}, []),
        ({"match_at": BEGINS + SECOND}, ["/match_at"]),
        ({"match_at": NOW}, ["/match_at"]),
    ],
    ids=" ".join,
)
def test_matching_starts_by_itself_between_the_last_deadline_and_the_first_day(changes, pointers):
    assert wrong(a_period(**changes)) == pointers


def test_matching_that_was_to_start_may_stay_so_and_is_not_put_into_the_past():
    over = {"availability_due_at": NOW - 3 * DAY, "requests_due_at": NOW - 3 * DAY}
    before = a_period(match_at=NOW - DAY, **over)
    assert wrong(replace(before, name="Late spring"), before=before) == []
    assert wrong(replace(before, match_at=None), before=before) == []
    assert wrong(replace(before, match_at=NOW), before=before) == ["/match_at"]
    assert wrong(replace(before, match_at=NOW + SECOND), before=before) == []
    # Answers that are due later leave nothing to match when it was to start.
    assert wrong(replace(before, requests_due_at=NOW + SECOND), before=before) == ["/match_at"]


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"first_on": FIRST - DAY, "last_on": LAST + DAY, "states": frozenset({"ME", "MA"})}, []),
        ({"first_on": FIRST + DAY}, ["/first_on"]),
        ({"last_on": LAST - DAY}, ["/last_on"]),
        ({"states": frozenset({"ME"})}, ["/states"]),
    ],
    ids=" ".join,
)
def test_a_period_that_has_answers_grows_and_does_not_shrink(changes, pointers):
    lost = []
    try:
        ensure_keeps(a_period(**changes), a_period())
    except InvalidInput as error:
        lost = [each.pointer for each in error.errors]
    assert lost == pointers


# --- Where it moves ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "to"), [*product(PeriodStatus, PeriodStatus)])
def test_a_period_moves_as_the_table_says_and_in_no_other_way(start, to):
    period = a_period(status=start)
    for by, moves in ((PeriodMover.MANAGER, BY_MANAGERS), (PeriodMover.SYSTEM, BY_THE_SYSTEM)):
        allowed = moves[start].split()
        if to in allowed:
            assert period.moved_to(to, by=by, now=NOW) == replace(period, status=to, version=2)
        else:
            with pytest.raises(PeriodMoveNotAllowed) as refused:
                period.moved_to(to, by=by, now=NOW)
            way = {"made_by": "match-runs"} if to == "matching" and start in MATCHED_FROM[by] else {}
            assert refused.value.facts() == {"current_status": start, "allowed_moves": sorted(allowed), **way}
        assert period.moves(by) == {*allowed}
        by_run = to == "matching" and start in MATCHED_FROM[by]
        assert (by in PERIOD_MOVES.get((start, to), ())) == (to in allowed or by_run)


@pytest.mark.parametrize(("start", "by"), [*product(PeriodStatus, PeriodMover)])
def test_a_period_is_matched_by_whoever_starts_a_run_and_from_nowhere_else(start, by):
    at = REQUESTS_DUE + DAY
    period = a_period(status=start, match_at=at)
    if start in MATCHED_FROM[by]:
        matched = period.matched_by("run-1", by=by, now=at)
        # It does not start by itself again: neither a manager who stops it nor a failure sets it off anew.
        assert matched == a_period(status=PeriodStatus.MATCHING, run_id="run-1", version=2)
        assert (matched.is_matched_by("run-1"), matched.is_matched_by("run-2")) == (True, False)
    else:
        with pytest.raises(PeriodMoveNotAllowed) as refused:
            period.matched_by("run-1", by=by, now=at)
        assert (refused.value.to, refused.value.made_by) == ("matching", None)


def test_matching_starts_by_itself_when_it_is_due_and_a_manager_need_not_wait():
    at = REQUESTS_DUE + DAY
    period = a_period(status=PeriodStatus.REVIEWING, match_at=at)
    assert (period.is_matching_due(at - SECOND), period.is_matching_due(at)) == (False, True)
    for early in (period, replace(period, match_at=None)):
        with pytest.raises(PeriodMoveNotAllowed):
            early.matched_by("run-1", by=PeriodMover.SYSTEM, now=at - SECOND)
        assert early.matched_by("run-1", by=PeriodMover.MANAGER, now=at - SECOND).is_matched_by("run-1")
    assert not replace(period, match_at=None).is_matching_due(at)
    assert not replace(period, status=PeriodStatus.COLLECTING).is_matching_due(at)


@pytest.mark.parametrize("status", PeriodStatus)
def test_only_a_period_that_is_matched_gets_a_proposal_or_is_given_back(status):
    period = a_period(status=status, run_id="run-1")
    if status == "matching":
        assert period.with_proposal() == a_period(status=PeriodStatus.PROPOSED, run_id="run-1", version=2)
        assert period.given_back() == a_period(status=PeriodStatus.REVIEWING, version=2)
        return
    for end in (period.with_proposal, period.given_back):
        with pytest.raises(PeriodMoveNotAllowed):
            end()


def test_a_manager_who_reviews_a_period_again_stops_its_run_or_lets_its_proposal_go():
    for status in (PeriodStatus.MATCHING, PeriodStatus.PROPOSED):
        again = a_period(status=status, run_id="run-1").moved_to(
            PeriodStatus.REVIEWING, by=PeriodMover.MANAGER, now=NOW
        )
        assert (again, again.is_matched_by("run-1")) == (a_period(status=PeriodStatus.REVIEWING, version=2), False)
    proposed = a_period(status=PeriodStatus.PROPOSED, run_id="run-1")
    assert proposed.moved_to(PeriodStatus.PUBLISHED, by=PeriodMover.MANAGER, now=NOW).run_id == "run-1"


def test_matching_that_was_to_start_while_nobody_reviewed_does_not_start_when_somebody_does_again():
    at = REQUESTS_DUE + DAY
    proposed = a_period(status=PeriodStatus.PROPOSED, match_at=at)
    for now, stays in ((at - SECOND, at), (at, None)):
        assert proposed.moved_to(PeriodStatus.REVIEWING, by=PeriodMover.MANAGER, now=now).match_at == stays
    # That of a period that is reviewed for the first time is only late.
    late = a_period(match_at=at).moved_to(PeriodStatus.REVIEWING, by=PeriodMover.SYSTEM, now=at)
    assert late.is_matching_due(at)


def test_availability_is_collected_again_only_with_a_deadline_ahead():
    period = a_period(status=PeriodStatus.REVIEWING)
    before, at = AVAILABILITY_DUE - SECOND, AVAILABILITY_DUE
    again = period.moved_to(PeriodStatus.COLLECTING, by=PeriodMover.MANAGER, now=before)
    assert again.takes_availability(before)
    with pytest.raises(DeadlinePassed):
        period.moved_to(PeriodStatus.COLLECTING, by=PeriodMover.MANAGER, now=at)


@pytest.mark.parametrize(
    ("status", "at", "to"),
    [
        ("collecting", AVAILABILITY_DUE - SECOND, None),
        ("collecting", AVAILABILITY_DUE, "reviewing"),
        ("reviewing", AVAILABILITY_DUE + DAY, None),
        ("proposed", AVAILABILITY_DUE + 90 * DAY, None),
        # The last day ends at midnight in New York, in summer time.
        ("published", datetime(2026, 4, 6, 3, 59, tzinfo=UTC), None),
        ("published", datetime(2026, 4, 6, 4, 0, tzinfo=UTC), "closed"),
        ("closed", datetime(2026, 4, 6, 4, 0, tzinfo=UTC), None),
    ],
)
def test_a_period_moves_by_itself_at_its_deadline_and_after_its_last_day(status, at, to):
    period = a_period(status=PeriodStatus(status))
    assert period.due_move(at, time_zone="America/New_York") == to


# --- What it takes ----------------------------------------------------------------------------------------------------


def taken(ensure, *args, **named):
    try:
        ensure(*args, **named)
    except (DeadlinePassed, PeriodNotOpen) as error:
        return type(error)
    return None


@pytest.mark.parametrize("status", PeriodStatus)
def test_availability_is_taken_until_the_deadline_while_it_is_collected(status):
    period = a_period(status=status)
    early = taken(period.ensure_takes_availability, AVAILABILITY_DUE - SECOND, is_answer=False)
    late = taken(period.ensure_takes_availability, AVAILABILITY_DUE, is_answer=False)
    assert (early, late) == (None if status == "collecting" else PeriodNotOpen, DeadlinePassed)
    assert period.takes_availability(AVAILABILITY_DUE - SECOND) == (early is None)
    assert not period.takes_availability(AVAILABILITY_DUE)


@pytest.mark.parametrize("status", PeriodStatus)
def test_an_answer_to_feedback_is_taken_until_the_review_is_over_whatever_the_deadline(status):
    period = a_period(status=status)
    refused = {taken(period.ensure_takes_availability, at, is_answer=True) for at in (NOW, AVAILABILITY_DUE + DAY)}
    assert refused == {None if status in ("collecting", "reviewing") else PeriodNotOpen}


@pytest.mark.parametrize("status", PeriodStatus)
def test_requests_are_taken_until_the_deadline_while_the_period_is_open(status):
    period = a_period(status=status)
    early = taken(period.ensure_takes_requests, REQUESTS_DUE - SECOND)
    late = taken(period.ensure_takes_requests, REQUESTS_DUE)
    assert (early, late) == (None if status in ("collecting", "reviewing") else PeriodNotOpen, DeadlinePassed)
    assert period.takes_requests(REQUESTS_DUE - SECOND) == (early is None)
    assert not period.takes_requests(REQUESTS_DUE)


def test_a_refusal_says_when_it_was_due_and_names_no_status():
    with pytest.raises(DeadlinePassed) as late:
        a_period().ensure_takes_requests(REQUESTS_DUE)
    assert late.value.facts() == {"due_at": "2026-03-11T21:00:00Z"}
    with pytest.raises(PeriodNotOpen) as closed:
        a_period(status=PeriodStatus.MATCHING).ensure_takes_requests(NOW)
    assert "matching" not in str(closed.value)
    assert closed.value.facts() == {}
