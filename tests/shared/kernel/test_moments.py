from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from bitewing.kernel.moments import date_in_words, rfc3339, time_with_offset

from tests.support.builders import NOW


def test_a_moment_is_written_in_utc():
    assert rfc3339(NOW) == "2026-03-02T15:00:00Z"


@pytest.mark.parametrize(
    "zone", [ZoneInfo("America/New_York"), timezone(timedelta(hours=5, minutes=45)), ZoneInfo("UTC")]
)
def test_a_moment_is_written_the_same_whatever_zone_it_was_told_in(zone):
    assert rfc3339(NOW.astimezone(zone)) == rfc3339(NOW)


def test_parts_of_a_second_stand_where_there_are_any():
    assert rfc3339(NOW + timedelta(microseconds=1500)) == "2026-03-02T15:00:00.001500Z"


def test_what_was_written_is_read_as_the_same_moment():
    assert datetime.fromisoformat(rfc3339(NOW)) == NOW


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "15:00 (UTC+00:00)"),
        ("America/New_York", "10:00 (UTC-05:00)"),
        ("Asia/Kathmandu", "20:45 (UTC+05:45)"),
    ],
)
def test_a_time_of_day_says_how_far_its_clock_is_from_utc(zone, shown):
    assert time_with_offset(NOW.astimezone(ZoneInfo(zone))) == shown


def test_a_date_is_said_in_words():
    assert date_in_words(date(2026, 12, 7)) == "Mon 7 Dec 2026"
    assert [date_in_words(date(2026, month, 10 + month)) for month in range(1, 7)] == [
        *("Sun 11 Jan 2026", "Thu 12 Feb 2026", "Fri 13 Mar 2026"),
        *("Tue 14 Apr 2026", "Fri 15 May 2026", "Tue 16 Jun 2026"),
    ]
