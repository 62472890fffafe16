"""The availability of a clinician: what it must not say, what a review makes of it, and where licenses end."""

from datetime import date, timedelta

import pytest
from bitewing.care_teams.clinician import License
from bitewing.kernel.errors import InvalidInput
from bitewing.scheduling.availability import (
    AvailabilityState,
    LicenseWarning,
    Window,
    ensure_availability,
    license_warnings,
)

from tests.support.builders import NOW
from tests.support.scheduling import FIRST, LAST, a_clinician, a_period, a_window, an_availability

DAY = timedelta(days=1)
SUBMITTED, APPROVED, NEEDS_CHANGES = AvailabilityState


def wrong(**changes):
    try:
        ensure_availability(an_availability(**changes), a_period())
    except InvalidInput as error:
        return [each.pointer for each in error.errors]
    return []


@pytest.mark.parametrize(
    ("windows", "pointers"),
    [
        ((), []),
        ((Window(first=FIRST, last=LAST),), []),
        ((Window(first=FIRST, last=FIRST),), []),
        ((Window(first=FIRST - DAY, last=FIRST),), ["/windows/0"]),
        ((Window(first=LAST, last=LAST + DAY),), ["/windows/0"]),
        ((Window(first=FIRST + DAY, last=FIRST),), ["/windows/0/last"]),
        # Next to each other, and one day over each other, in either order.
        ((a_window(FIRST, 2), a_window(FIRST + 2 * DAY, 2)), []),
        ((a_window(FIRST, 3), a_window(FIRST + 2 * DAY, 2)), ["/windows/1"]),
        ((a_window(FIRST + 2 * DAY, 2), a_window(FIRST, 3)), ["/windows/0"]),
        ((a_window(FIRST, 2), a_window(FIRST, 2)), ["/windows/1"]),
        # A long one over two short ones that do not touch.
        ((a_window(FIRST, 9), a_window(FIRST + DAY, 1), a_window(FIRST + 5 * DAY, 1)), ["/windows/1", "/windows/2"]),
    ],
)
def test_windows_lie_in_the_period_and_not_over_each_other(windows, pointers):
    assert wrong(windows=windows) == pointers


def test_a_practice_is_not_preferred_and_blocked():
    assert wrong(blocked_practices=frozenset({"practice-2"})) == ["/blocked_practices"]
    assert wrong(blocked_practices=frozenset({"practice-3"})) == []


def test_a_clinician_can_work_on_the_days_of_all_windows():
    availability = an_availability(windows=(a_window(FIRST, 2), a_window(LAST, 1)))
    days = [FIRST + number * DAY for number in range(14)]
    assert [day for day in days if availability.has(day)] == [FIRST, FIRST + DAY, LAST]


# --- Reviews ----------------------------------------------------------------------------------------------------------


def test_a_review_says_what_became_of_it_by_whom_and_when():
    approved = an_availability().reviewed(APPROVED, feedback="", by="person-20", at=NOW)
    assert approved == an_availability(state=APPROVED, reviewed_at=NOW, reviewed_by="person-20", version=2)
    asked = approved.reviewed(NEEDS_CHANGES, feedback="More Fridays, please.", by="person-20", at=NOW)
    assert (asked.state, asked.feedback, asked.version) == (NEEDS_CHANGES, "More Fridays, please.", 3)


@pytest.mark.parametrize(
    ("to", "feedback", "pointer"),
    [
        (NEEDS_CHANGES, "", "/feedback"),
        (NEEDS_CHANGES, " ", "/feedback"),
        (APPROVED, "Hm.", "/feedback"),
        (SUBMITTED, "", "/to"),
    ],
)
def test_a_review_approves_or_says_what_to_change(to, feedback, pointer):
    with pytest.raises(InvalidInput) as refused:
        an_availability().reviewed(to, feedback=feedback, by="person-20", at=NOW)
    assert [each.pointer for each in refused.value.errors] == [pointer]


# --- Licenses that end ------------------------------------------------------------------------------------------------


def warned(*licenses, states=("MA",)):
    clinician = a_clinician(licenses=tuple(License(state=state, number="1", expires_on=on) for state, on in licenses))
    return list(license_warnings(clinician, a_period(states=frozenset(states))))


@pytest.mark.parametrize(
    ("expires_on", "from_on"),
    [
        (LAST + DAY, None),
        (LAST, None),
        (LAST - DAY, LAST),
        (FIRST, FIRST + DAY),
        (FIRST - DAY, FIRST),
        (date(2020, 1, 1), FIRST),
    ],
)
def test_a_license_that_ends_before_the_period_does_is_told_with_the_first_day_without_it(expires_on, from_on):
    expected = [] if from_on is None else [LicenseWarning(state="MA", from_on=from_on)]
    assert warned(("MA", expires_on)) == expected


def test_of_several_licenses_for_a_state_the_last_one_counts():
    assert warned(("MA", FIRST), ("MA", LAST)) == []
    assert warned(("MA", FIRST), ("MA", FIRST + DAY)) == [LicenseWarning(state="MA", from_on=FIRST + 2 * DAY)]


def test_states_are_told_in_their_order_and_only_those_of_the_period_and_the_clinician():
    found = warned(("MA", FIRST), ("ME", FIRST), ("NH", FIRST), states=("MA", "ME", "VT"))
    assert found == [LicenseWarning(state=state, from_on=FIRST + DAY) for state in ("MA", "ME")]
