"""What a lab can publish as its planning hours."""

from datetime import timedelta

import pytest
from bitewing.kernel.errors import InvalidInput
from bitewing.planning.hours import ensure_hours

from tests.support.builders import NOW
from tests.support.planning import an_opening, some_hours


def wrong_in(**changes):
    with pytest.raises(InvalidInput) as refused:
        ensure_hours(some_hours(**changes))
    return [(error.pointer, error.says) for error in refused.value.errors]


def test_hours_that_follow_each_other_and_fit_their_blocks_can_be_published():
    ensure_hours(some_hours(openings=(an_opening(1, "12:00", "13:00"), an_opening(1), an_opening(2))))


def test_a_lab_can_publish_that_it_does_not_plan():
    ensure_hours(some_hours(openings=()))


def test_a_block_can_be_as_long_as_the_hours():
    ensure_hours(some_hours(openings=(an_opening(1, "09:00", "09:30"),), block_minutes=30))


@pytest.mark.parametrize("ends_at", ["09:00", "08:59"])
def test_hours_end_after_they_begin(ends_at):
    openings = (an_opening(), an_opening(2, "09:00", ends_at))
    assert wrong_in(openings=openings) == [("/openings/1/ends_at", "Hours end after they begin, on the same day.")]


def test_a_block_that_is_longer_than_the_hours_is_named_with_its_hours():
    openings = (an_opening(), an_opening(2, "09:00", "09:29"))
    assert wrong_in(openings=openings, block_minutes=30) == [
        ("/openings/1", "A block of 30 minutes is longer than these hours.")
    ]


@pytest.mark.parametrize("second", [("11:59", "13:00"), ("09:00", "12:00"), ("08:00", "09:01"), ("10:00", "11:00")])
def test_hours_of_one_weekday_do_not_overlap(second):
    openings = (an_opening(), an_opening(1, *second))
    ((pointer, says),) = wrong_in(openings=openings)
    assert says == "These hours overlap others of the same weekday."
    # The one that begins later is named.
    assert pointer == ("/openings/0" if second[0] < "09:00" else "/openings/1")


def test_all_that_is_wrong_is_told_at_once():
    openings = (an_opening(1, "09:00", "08:00"), an_opening(2), an_opening(2))
    assert [pointer for pointer, _ in wrong_in(openings=openings)] == ["/openings/0/ends_at", "/openings/2"]


def test_the_notice_says_what_can_be_booked_first():
    assert some_hours(notice_hours=36).first_bookable(NOW) == NOW + timedelta(hours=36)


@pytest.mark.parametrize(("cutoff_hours", "lets"), [(None, False), (24, True), (25, False), (0, True)])
def test_a_practice_changes_its_session_until_the_cut_off_that_its_lab_allows(cutoff_hours, lets):
    hours = some_hours(cutoff_hours=cutoff_hours)
    assert hours.lets_practice_change(NOW + timedelta(hours=24), now=NOW) is lets
