"""Public holidays: what the library knows, and what a lab keeps of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.directory.labs import KNOWN_YEARS, LabService
from bitewing.directory.organization import Resubmission
from bitewing.directory.public_holidays import LibraryHolidays
from bitewing.kernel.errors import InvalidInput, StaleVersion, Unknown

from tests.support.builders import LAB_ID, NOW, a_lab
from tests.support.callers import FROM_PRACTICE, LAB_ADMIN
from tests.support.world import Interrupted

THANKSGIVING = date(2026, 11, 26)
#: The day after the independence day of 2027, a Sunday.
OBSERVED = date(2027, 7, 5)


class Library:
    """The port ``PublicHolidays``: New Year's Day, as far as it is known."""

    def __init__(self, until=9999):
        self.until, self.asked = until, []

    def days(self, calendar, years):
        self.asked.append((calendar, tuple(years)))
        return frozenset(date(year, 1, 1) for year in years if year <= self.until and calendar != "ZZ")


def change(place, caller=LAB_ADMIN, version=1, **changes):
    return place.lab_service.change(caller, LAB_ID, expected_version=version, changes=changes)


def a_service(place, library):
    return LabService(place.labs, library, now=place.stores.clock)


def changed(service, version=1, **changes):
    return service.change(LAB_ADMIN, LAB_ID, expected_version=version, changes=changes)


# --- The library ---------------------------------------------------------------------------------------------------


def test_a_state_has_the_holidays_of_its_country_and_its_own():
    country, state = (LibraryHolidays().days(calendar, range(2026, 2031)) for calendar in ("US", "US-VT"))
    assert {THANKSGIVING, OBSERVED} <= country & state
    # Columbus Day is none there. Town Meeting Day is the first Tuesday of March, in Vermont.
    assert (date(2026, 10, 12) in country - state, date(2026, 3, 3) in state - country) == (True, True)
    assert {day.year for day in state} == set(range(2026, 2031))


@pytest.mark.parametrize("calendar", ["CA-QC", "DE-BY", "MX", "PR", "GB-SCT", "JP", "AU-NSW"])
def test_other_countries_are_known_too(calendar):
    assert {day.year for day in LibraryHolidays().days(calendar, range(2026, 2031))} == set(range(2026, 2031))


@pytest.mark.parametrize(
    "calendar",
    ["", "U", "us", "US-", "US-XX", "USA", "XX", "XX-OR", "NYSE", "United States", "__doc__", "registry", "US-OR-WA"],
)
def test_what_is_no_calendar_has_no_days(calendar):
    assert LibraryHolidays().days(calendar, range(2026, 2031)) == frozenset()


# --- A lab ---------------------------------------------------------------------------------------------------------


def test_a_lab_that_chooses_a_calendar_knows_five_years_of_it_and_works_by_it(place):
    lab = change(place, holiday_calendar="US-OR", holidays=frozenset({date(2026, 3, 3)}))
    assert place.stores.directory.lab(LAB_ID) == lab
    assert (min(lab.public_holidays).year, lab.holidays_known_until) == (2026, date(2030, 12, 31))
    assert not lab.holidays_end_soon(NOW)
    days = lab.working_days
    assert not any(days.is_worked(day) for day in (THANKSGIVING, OBSERVED, date(2026, 3, 3)))
    assert days.after(date(2026, 11, 25), 1) == date(2026, 11, 27)


def test_a_lab_that_drops_its_calendar_keeps_its_own_holidays(place):
    change(place, holiday_calendar="US", holidays=frozenset({date(2026, 3, 3)}))
    lab = change(place, version=2, holiday_calendar=None)
    assert (lab.public_holidays, lab.holidays, lab.holidays_known_until) == (
        frozenset(),
        frozenset({date(2026, 3, 3)}),
        None,
    )
    assert not lab.holidays_end_soon(NOW)


@pytest.mark.parametrize("calendar", ["XX", "US-XX", "us-or", "Oregon", "UA"])
def test_a_calendar_without_known_days_is_refused_with_a_sentence(place, calendar):
    with pytest.raises(InvalidInput) as refused:
        change(place, holiday_calendar=calendar, name="Aurora")
    (error,) = refused.value.errors
    assert error.pointer == "/holiday_calendar"
    assert error.says.startswith(f"No public holidays of '{calendar}' are known. Name a country")
    assert place.stores.directory.lab(LAB_ID) == a_lab()


def test_another_calendar_takes_the_place_of_the_first(place):
    change(place, holiday_calendar="US")
    lab = change(place, version=2, holiday_calendar="DE-BY")
    assert THANKSGIVING not in lab.public_holidays
    assert date(2026, 10, 3) in lab.public_holidays


def test_a_lab_says_what_a_sending_again_does(place):
    assert place.stores.directory.lab(LAB_ID).resubmission is Resubmission.COUNTS_ANEW
    lab = change(place, resubmission=Resubmission.KEEPS_RUNNING)
    assert place.stores.directory.lab(LAB_ID) == lab
    assert lab.resubmission is Resubmission.KEEPS_RUNNING


# --- Years go by ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "is_soon"),
    [
        (date(2029, 12, 31), False),
        (date(2030, 1, 1), True),
        (date(2030, 12, 31), True),
        (date(2031, 6, 1), True),
    ],
)
def test_a_lab_is_told_when_its_holidays_end_within_a_year(on, is_soon):
    lab = a_lab(time_zone="UTC", holiday_calendar="US", public_holidays=frozenset({date(2030, 12, 25)}))
    assert lab.holidays_end_soon(datetime(on.year, on.month, on.day, tzinfo=UTC)) is is_soon


def test_any_change_looks_up_the_years_that_are_missing_and_only_then(at_home):
    library = Library()
    service = a_service(at_home, library)
    assert changed(service, holiday_calendar="US").holidays_known_until == date(2030, 12, 31)
    changed(service, version=2, name="Aurora")
    at_home.stores.clock.at += timedelta(days=365)
    lab = changed(service, version=3, phone="+1 555 0111")
    assert (min(lab.public_holidays), lab.holidays_known_until) == (date(2027, 1, 1), date(2031, 12, 31))
    assert library.asked == [("US", tuple(range(2026, 2031))), ("US", tuple(range(2027, 2032)))]


def test_a_change_of_nothing_looks_them_up_too(at_home):
    service = a_service(at_home, Library())
    changed(service, holiday_calendar="US")
    at_home.stores.clock.at += timedelta(days=365)
    assert changed(service, version=2).version == 3
    assert changed(service, version=3).version == 3


def test_a_calendar_that_the_library_forgets_stays_as_it_is(at_home):
    library = Library()
    service = a_service(at_home, library)
    before = changed(service, holiday_calendar="US")
    library.until = 0
    at_home.stores.clock.at += timedelta(days=365)
    after = changed(service, version=2, name="Aurora")
    assert (after.name, after.public_holidays) == ("Aurora", before.public_holidays)


def test_a_library_that_knows_few_years_says_until_when(at_home):
    lab = changed(a_service(at_home, Library(until=2026)), holiday_calendar="LK")
    assert lab.holidays_known_until == date(2026, 12, 31)
    assert lab.holidays_end_soon(NOW)


def test_the_running_year_is_that_of_the_lab(at_home):
    library = Library()
    at_home.stores.clock.at = datetime(2027, 1, 1, 3, 0, tzinfo=UTC)
    changed(a_service(at_home, library), holiday_calendar="US")
    assert library.asked == [("US", tuple(range(2026, 2026 + KNOWN_YEARS)))]


def test_an_operator_renews_what_ends(at_home):
    service = a_service(at_home, Library())
    assert service.renew_holidays(LAB_ID) is None
    changed(service, holiday_calendar="US")
    assert service.renew_holidays(LAB_ID) is None
    at_home.stores.clock.at += timedelta(days=365)
    renewed = service.renew_holidays(LAB_ID)
    assert renewed == at_home.stores.directory.lab(LAB_ID)
    assert (renewed.version, renewed.holidays_known_until) == (3, date(2031, 12, 31))
    with pytest.raises(Unknown):
        service.renew_holidays("nothing")


def test_a_lab_that_is_changed_while_it_is_renewed_is_left_alone(at_home):
    service = a_service(at_home, Library())
    changed(service, holiday_calendar="US")
    at_home.stores.clock.at += timedelta(days=365)
    service._labs = Interrupted(at_home.labs, "save", lambda: changed(service, version=2, name="Aurora"))
    with pytest.raises(StaleVersion):
        service.renew_holidays(LAB_ID)


def test_a_practice_reads_until_when_the_holidays_of_a_lab_are_known(at_home):
    at_home.stores.directory.put(replace(a_lab(), public_holidays=frozenset({date(2030, 1, 1)})))
    assert at_home.lab_service.read(FROM_PRACTICE, LAB_ID).holidays_known_until == date(2030, 12, 31)
