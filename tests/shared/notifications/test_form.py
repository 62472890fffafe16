"""Dates and times in the reader's zone and form."""

from datetime import UTC, date, datetime
from zoneinfo import available_timezones

import pytest
from bitewing.notifications.templates.form import (
    OF_THE_STATES,
    Reader,
    date_in_short,
    date_said,
    moment_in_short,
    moment_said,
)

AT = datetime(2026, 3, 16, 14, 30, tzinfo=UTC)
ON = date(2026, 3, 16)


def a_reader(language, time_zone="America/Toronto"):
    return Reader(language=language, time_zone=time_zone)


@pytest.mark.parametrize(
    ("language", "said", "in_short"),
    [
        ("en", "Monday, 16 March 2026", "Mon 16 Mar"),
        ("en-GB", "Monday, 16 March 2026", "Mon 16 Mar"),
        ("en-US", "Monday, March 16, 2026", "Mon, Mar 16"),
        ("es", "lunes, 16 de marzo de 2026", "lun 16 mar"),
        ("es-US", "lunes, 16 de marzo de 2026", "lun 16 mar"),
    ],
)
def test_a_date_is_said_as_the_language_and_the_country_say_it(language, said, in_short):
    assert date_said(ON, a_reader(language)) == said
    assert date_in_short(ON, a_reader(language)) == in_short


@pytest.mark.parametrize(
    ("language", "said", "in_short"),
    [
        ("en", "Monday, 16 March 2026, 10:30 (UTC-04:00)", "Mon 16 Mar, 10:30"),
        ("en-US", "Monday, March 16, 2026, 10:30 AM (UTC-04:00)", "Mon, Mar 16, 10:30 AM"),
        ("es", "lunes, 16 de marzo de 2026, 10:30 (UTC-04:00)", "lun 16 mar, 10:30"),
        ("es-MX", "lunes, 16 de marzo de 2026, 10:30 a. m. (UTC-04:00)", "lun 16 mar, 10:30 a. m."),
    ],
)
def test_a_moment_is_said_by_the_readers_clock(language, said, in_short):
    assert moment_said(AT, a_reader(language)) == said
    assert moment_in_short(AT, a_reader(language)) == in_short


@pytest.mark.parametrize("zone", ["America/New_York", "America/Indiana/Knox", "Pacific/Guam", "US/Eastern"])
def test_who_says_no_country_reads_dates_as_people_under_their_clock_do(zone):
    assert date_said(ON, a_reader("en", zone)) == "Monday, March 16, 2026"
    assert moment_in_short(AT, a_reader("en", "America/New_York")) == "Mon, Mar 16, 10:30 AM"
    assert moment_in_short(AT, a_reader("es", "America/New_York")) == "lun 16 mar, 10:30 a. m."
    assert date_said(ON, a_reader("en-GB", zone)) == "Monday, 16 March 2026"


def test_every_zone_of_the_states_is_one_that_there_is():
    assert available_timezones() >= OF_THE_STATES


@pytest.mark.parametrize(("hour", "said"), [(4, "12:00 AM"), (15, "11:00 AM"), (16, "12:00 PM"), (17, "1:00 PM")])
def test_where_the_day_is_halved_noon_and_midnight_are_twelve(hour, said):
    assert moment_in_short(datetime(2026, 3, 16, hour, tzinfo=UTC), a_reader("en-US")).endswith(said)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Kathmandu", "20:15 (UTC+05:45)"),
        ("Europe/London", "14:30 (UTC+00:00)"),
        ("America/St_Johns", "12:00 (UTC-02:30)"),
    ],
)
def test_every_distance_from_utc_is_said(zone, said):
    assert moment_said(AT, a_reader("en", zone)).endswith(said)


def test_the_hour_that_comes_twice_is_told_apart():
    first, second = (moment_said(datetime(2026, 11, 1, hour, 30, tzinfo=UTC), a_reader("en")) for hour in (5, 6))
    assert (first[-17:], second[-17:]) == ("01:30 (UTC-04:00)", "01:30 (UTC-05:00)")
