from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from bitewing.kernel.moments import rfc3339, time_with_offset

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
