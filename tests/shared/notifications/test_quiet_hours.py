"""When a message may be sent."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bitewing.home.preferences import QuietHours
from bitewing.notifications.quiet_hours import may_be_sent_at, morning_of
from hypothesis import given
from hypothesis import strategies as st

NEW_YORK = "America/New_York"
NIGHT = QuietHours(begins_at="22:00", ends_at="07:00")
#: With clocks that change by an hour, by half of one, at midnight, in the other half of the year, and never.
ZONES = (
    *(NEW_YORK, "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut"),
    *("America/Phoenix", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca"),
)


def local(zone, *parts, fold=0):
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold)


def sent(at, quiet=NIGHT, **how):
    return may_be_sent_at(at.astimezone(UTC), quiet, **{"time_zone": NEW_YORK, **how})


def test_outside_of_quiet_hours_a_message_is_sent_at_once():
    for hour in (7, 12, 21):
        at = local(NEW_YORK, 2026, 6, 1, hour)
        assert sent(at) == at


@pytest.mark.parametrize(("day", "hour"), [(1, 22), (1, 23), (2, 0), (2, 6)])
def test_in_quiet_hours_it_waits_until_they_are_over(day, hour):
    assert sent(local(NEW_YORK, 2026, 6, day, hour)) == local(NEW_YORK, 2026, 6, 2, 7)


def test_an_urgent_message_is_sent_at_once():
    at = local(NEW_YORK, 2026, 6, 2, 3)
    assert sent(at, is_urgent=True) == at


def test_who_has_no_quiet_hours_is_told_at_once():
    at = local(NEW_YORK, 2026, 6, 2, 3)
    assert sent(at, None) == at


def test_quiet_hours_can_lie_within_one_day():
    lunch = QuietHours(begins_at="12:00", ends_at="13:30")
    assert sent(local(NEW_YORK, 2026, 6, 1, 12, 45), lunch) == local(NEW_YORK, 2026, 6, 1, 13, 30)


@pytest.mark.parametrize(
    ("zone", "evening", "morning", "hours"),
    [
        # Clocks jump ahead in the night: it is an hour shorter.
        (NEW_YORK, (2026, 3, 7), (2026, 3, 8), 8),
        ("Europe/Berlin", (2026, 3, 28), (2026, 3, 29), 8),
        ("America/Santiago", (2026, 9, 5), (2026, 9, 6), 8),
        ("Australia/Lord_Howe", (2026, 10, 3), (2026, 10, 4), 8.5),
        # And back: it is longer.
        (NEW_YORK, (2026, 10, 31), (2026, 11, 1), 10),
        ("Europe/Berlin", (2026, 10, 24), (2026, 10, 25), 10),
        ("America/Santiago", (2026, 4, 4), (2026, 4, 5), 10),
        ("Australia/Lord_Howe", (2026, 4, 4), (2026, 4, 5), 9.5),
        # Nowhere else.
        ("America/Phoenix", (2026, 3, 7), (2026, 3, 8), 9),
    ],
)
def test_over_a_change_of_clocks_the_night_ends_when_the_clock_says_so(zone, evening, morning, hours):
    begins, ends = local(zone, *evening, 22), local(zone, *morning, 7)
    assert sent(begins, time_zone=zone) == ends.astimezone(UTC)
    assert ends.astimezone(UTC) - begins.astimezone(UTC) == timedelta(hours=hours)


def test_where_the_clock_jumps_over_their_end_they_end_with_the_jump():
    quiet = QuietHours(begins_at="22:00", ends_at="02:30")
    jump = datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert sent(local(NEW_YORK, 2026, 3, 8, 1, 59), quiet) == jump
    assert jump.astimezone(ZoneInfo(NEW_YORK)).hour == 3


def test_where_the_clock_jumps_into_the_next_quiet_hours_they_go_on():
    nearly_always = QuietHours(begins_at="02:45", ends_at="02:30")
    assert sent(local(NEW_YORK, 2026, 3, 8, 1), nearly_always) == local(NEW_YORK, 2026, 3, 9, 2, 30)


def test_quiet_hours_that_the_clock_skips_whole_are_none_that_night():
    skipped = QuietHours(begins_at="02:10", ends_at="02:50")
    for at in (local(NEW_YORK, 2026, 3, 8, 1, 59), local(NEW_YORK, 2026, 3, 8, 3)):
        assert sent(at, skipped) == at


def test_where_the_clock_shows_an_hour_twice_they_end_when_it_first_says_so_and_come_again_with_the_hour():
    quiet = QuietHours(begins_at="22:00", ends_at="01:30")
    first, second = local(NEW_YORK, 2026, 11, 1, 1, 30), local(NEW_YORK, 2026, 11, 1, 1, 30, fold=1)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    assert sent(local(NEW_YORK, 2026, 11, 1, 0, 30), quiet) == first.astimezone(UTC)
    assert sent(local(NEW_YORK, 2026, 11, 1, 1, 45), quiet) == local(NEW_YORK, 2026, 11, 1, 1, 45).astimezone(UTC)
    assert sent(local(NEW_YORK, 2026, 11, 1, 1, 10, fold=1), quiet) == second.astimezone(UTC)


def test_a_day_that_a_country_skipped_is_waited_over():
    # Samoa went from the 29th to the 31st of December 2011.
    at = sent(local("Pacific/Apia", 2011, 12, 29, 23), time_zone="Pacific/Apia")
    assert not NIGHT.has(at.astimezone(ZoneInfo("Pacific/Apia")).time())
    assert at.astimezone(ZoneInfo("Pacific/Apia")).date().isoformat() == "2011-12-31"


TIMES = st.times().map(lambda at: f"{at.hour:02}:{at.minute:02}")


@given(
    at=st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - has one
    zone=st.sampled_from(ZONES),
    begins_at=TIMES,
    ends_at=TIMES,
)
def test_whenever_it_is_sent_the_clock_is_outside_of_quiet_hours_and_was_inside_until_then(
    at, zone, begins_at, ends_at
):
    if begins_at == ends_at:
        return
    quiet = QuietHours(begins_at=begins_at, ends_at=ends_at)
    sent_at = may_be_sent_at(at, quiet, time_zone=zone)
    assert sent_at >= at
    assert not quiet.has(sent_at.astimezone(ZoneInfo(zone)).time())
    if sent_at > at:
        shortly_before = max(at, sent_at - timedelta(seconds=1))
        assert quiet.has(shortly_before.astimezone(ZoneInfo(zone)).time())


@pytest.mark.parametrize("zone", ZONES)
def test_a_morning_begins_at_eight_by_the_reader_s_clock_whatever_the_clocks_do(zone):
    for day in range(366):
        on = date(2026, 1, 1) + timedelta(days=day)
        shown = morning_of(on, zone).astimezone(ZoneInfo(zone))
        assert (shown.date(), shown.hour, shown.minute) == (on, 8, 0)


def test_of_a_day_that_the_clock_skips_the_morning_is_that_of_the_next():
    skipped, following = (morning_of(date(2011, 12, day), "Pacific/Apia") for day in (30, 31))
    assert skipped == following == local("Pacific/Apia", 2011, 12, 31, 8)
