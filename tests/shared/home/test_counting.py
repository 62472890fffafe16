"""Counts by color, held to a recount of the cases themselves, however their events are told."""

from dataclasses import replace

import pytest
from bitewing.cases.status import COLORS, Color, Party, Status
from bitewing.home.counting import LISTS_LAG_SECONDS, CountingService, CountsChanged
from bitewing.home.counts import ColorCounts, Counted
from bitewing.kernel.errors import RequestInProgress
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID, a_case
from tests.support.changes import a_sent_case, a_submission
from tests.support.clock import Clock
from tests.support.home import InMemoryCounts, counts_of
from tests.support.in_memory import Memory

PRACTICES, LABS = ("practice-1", "practice-2"), ("lab-1", "lab-2")


class Place:
    def __init__(self, *cases):
        self.memory = Memory(Clock())
        for case in cases:
            self.put(case)
        self.counts = InMemoryCounts(self.memory)
        self.counting = CountingService(self.counts)
        self.waited = []

    def put(self, case):
        self.memory.cases[case.case_id] = case

    def of(self, side, organization_id):
        return counts_of(self.counts.of_organization(side, organization_id))

    def recount(self, side=Party.PRACTICE, organization_id=PRACTICE_ID):
        return self.counting.recount(side, organization_id, sleep=self.waited.append)


def recounted(cases, side, organization_id):
    """How many cases of each color are on a list, counted from the cases."""
    found = {}
    for case in cases:
        if side is Party.PRACTICE:
            is_listed = case.practice_id == organization_id and case.archived_by_practice_at is None
        else:
            is_known = case.submission is not None or case.started_by is Party.LAB
            is_listed = case.lab_id == organization_id and case.archived_by_lab_at is None and is_known
        if is_listed:
            color = COLORS[case.status]
            found[color] = found.get(color, 0) + 1
    return found


@st.composite
def some_history(draw):
    """Cases with all that they were, one after the other; each step told by one event, in its order."""
    steps = []
    for number in range(draw(st.integers(1, 5))):
        case = a_case(
            case_id=f"case-{number}",
            practice_id=draw(st.sampled_from(PRACTICES)),
            lab_id=draw(st.sampled_from(LABS)),
            started_by=draw(st.sampled_from((Party.PRACTICE, Party.LAB))),
        )
        steps.append(case)
        for _ in range(draw(st.integers(0, 6))):
            match draw(st.integers(0, 3)):
                case 0:
                    when = draw(st.sampled_from((None, NOW)))
                    case = replace(case, archived_by_practice_at=when)
                case 1:
                    case = replace(case, archived_by_lab_at=draw(st.sampled_from((None, NOW))))
                case _:
                    status = draw(st.sampled_from(sorted(set(Status) - {Status.DRAFT})))
                    case = replace(case, status=status, submission=a_submission(), version=case.version + 1)
            steps.append(case)
    return steps


@settings(max_examples=200, deadline=None)
@given(steps=some_history(), data=st.data())
def test_events_in_any_order_and_any_number_give_what_a_recount_gives(steps, data):
    # Given what happened to cases, one step after the other, and of each step an event, or the same one twice
    told = [
        (data.draw(st.integers(step, len(steps) - 1)), data.draw(st.integers(0, 99)), case.case_id)
        for step, case in enumerate(steps)
        for _ in range(data.draw(st.integers(1, 2)))
    ]
    # When events come at any time after their step, in another order
    place = Place()
    for step, case in enumerate(steps):
        place.put(case)
        for _, _, case_id in sorted(event for event in told if event[0] == step):
            place.counting.count(case_id)
    # Then each list has what a recount gives
    cases = place.memory.cases.values()
    for side, organizations in ((Party.PRACTICE, PRACTICES), (Party.LAB, LABS)):
        for organization_id in organizations:
            assert place.of(side, organization_id) == recounted(cases, side, organization_id)


def test_a_case_is_counted_for_its_practice_and_for_its_lab_once_that_knows_it():
    place = Place(a_case())
    assert place.counting.count("case-1")
    assert place.of(Party.PRACTICE, PRACTICE_ID) == {Color.YELLOW: 1}
    assert place.of(Party.LAB, LAB_ID) == {}
    place.put(a_sent_case(Status.RETURNED))
    assert place.counting.count("case-1")
    assert place.of(Party.PRACTICE, PRACTICE_ID) == place.of(Party.LAB, LAB_ID) == {Color.RED: 1}


def test_what_a_side_archived_is_counted_for_the_other_alone():
    place = Place(a_sent_case(Status.FINISHED))
    place.counting.count("case-1")
    place.put(a_sent_case(Status.FINISHED, archived_by_practice_at=NOW))
    assert place.counting.count("case-1")
    assert (place.of(Party.PRACTICE, PRACTICE_ID), place.of(Party.LAB, LAB_ID)) == ({}, {Color.GREEN: 1})


def test_the_same_event_again_and_a_move_within_a_color_change_nothing():
    place = Place(a_sent_case(Status.PROCESSING))
    assert place.counting.count("case-1")
    assert not place.counting.count("case-1")
    place.put(a_sent_case(Status.RECEIVED))
    assert not place.counting.count("case-1")
    assert place.of(Party.LAB, LAB_ID) == {Color.YELLOW: 1}


def test_a_case_that_is_none_is_not_counted():
    assert not Place().counting.count("none")


def test_a_count_is_decided_anew_where_another_counts_the_same_meanwhile():
    place = Place(a_case())
    case, looks = place.counts.case, iter([True])

    def another_counts(case_id):
        if next(looks, False):
            place.counting.count(case_id)
        return case(case_id)

    place.counts.case = another_counts
    assert not place.counting.count("case-1")
    assert place.of(Party.PRACTICE, PRACTICE_ID) == {Color.YELLOW: 1}


def test_who_always_meets_others_tries_another_time(monkeypatch):
    def meets(*_counted):
        raise CountsChanged

    place = Place(a_case())
    monkeypatch.setattr(place.counts, "count", meets)
    with pytest.raises(RequestInProgress):
        place.counting.count("case-1")


# --- Recounting -------------------------------------------------------------------------------------------------------


def test_a_recount_mends_counts_that_are_wrong_and_counts_what_was_never_counted():
    place = Place(a_case(), a_sent_case(case_id="case-2"), a_case(case_id="case-3", archived_by_practice_at=NOW))
    place.counting.count("case-1")
    place.counts.counts[Party.PRACTICE, PRACTICE_ID] = ColorCounts(of={Color.RED: 7}, version=3)
    before, now = place.recount()
    assert counts_of(before) == {Color.RED: 7}
    assert counts_of(now) == place.of(Party.PRACTICE, PRACTICE_ID) == {Color.YELLOW: 2}
    assert place.waited[0] == LISTS_LAG_SECONDS


def test_a_recount_of_what_is_right_changes_nothing():
    place = Place(a_case())
    place.counting.count("case-1")
    before, now = place.recount()
    assert before == now == ColorCounts(of={Color.YELLOW: 1}, version=1)
    assert place.recount(Party.LAB, LAB_ID)[1] == ColorCounts(of={})


def test_a_recount_begins_anew_while_cases_move():
    place = Place(a_case(), a_case(case_id="case-2"))
    place.counts.counts[Party.PRACTICE, PRACTICE_ID] = ColorCounts(of={Color.RED: 1}, version=1)
    case_ids, passes = place.counts.case_ids, iter([True])

    def moves_meanwhile(side, organization_id):
        yield from case_ids(side, organization_id)
        if next(passes, False):
            place.put(a_sent_case(Status.RETURNED))
            place.counting.count("case-1")

    place.counts.case_ids = moves_meanwhile
    assert counts_of(place.recount()[1]) == {Color.RED: 1, Color.YELLOW: 1}


def test_a_recount_that_never_finds_rest_says_so(monkeypatch):
    def moved(*_counts):
        raise CountsChanged

    place = Place(a_case())
    place.counts.counts[Party.PRACTICE, PRACTICE_ID] = ColorCounts(of={Color.RED: 1}, version=1)
    monkeypatch.setattr(place.counts, "set_counts", moved)
    with pytest.raises(RequestInProgress):
        place.recount()


def test_what_was_never_counted_is_counted_as_nothing():
    assert Counted().of(Party.PRACTICE) is Counted().of(Party.LAB) is None
    assert ColorCounts(of={}).number(Color.RED) == 0
