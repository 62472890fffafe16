from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from bitewing.kernel.moments import rfc3339

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
