"""On which days somebody is reminded of a case that waits."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from bitewing.kernel.working_days import WorkingDays
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.quiet_hours import morning_of
from bitewing.notifications.reminder import BEFORE, REMINDERS, Lead, LeadUnit, ReminderKind
from bitewing.notifications.rule import rules_for
from bitewing.notifications.waiting import SWEPT, reminders_of, span_of
from hypothesis import given
from hypothesis import strategies as st

from tests.support.waiting import NEW_YORK, a_waiting_case

K = ReminderKind
DAY = timedelta(days=1)
LEADS = {kind: {rule.lead for rule in DEFAULT_RULES if rule.of == kind} for kind in SWEPT}
ZONES = ("America/New_York", "Pacific/Honolulu", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin")
LEAD = st.builds(
    Lead,
    amount=st.integers(1, 20),
    unit=st.sampled_from([LeadUnit.DAYS, LeadUnit.WORKING_DAYS]),
    then_daily=st.integers(1, 4),
    then_every_days=st.integers(0, 3),
)


def local(zone, *parts):
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def days_of(waiting, *, days=21, of_lab=NEW_YORK, time_zone="", leads=None):
    """On which days of March somebody is reminded."""
    each = [date(2026, 3, 1) + number * DAY for number in range(days)]
    facts = reminders_of(waiting, leads or LEADS[waiting.kind], each, of_lab=of_lab, time_zone=time_zone)
    return [date.fromisoformat(fact.detail["morning_of"]).day for fact in facts]


def test_what_a_sweep_finds_is_all_that_does_not_come_at_a_time():
    assert {*SWEPT} == {*ReminderKind} - BEFORE
    assert all(leads and None not in leads for leads in LEADS.values())


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (K.CASE_IS_RED, [3, 4, 5, 8, 11, 14, 17, 20]),
        (K.SESSION_NOT_BOOKED, [4, 7, 10, 13, 16, 19]),
        (K.DRAFT_IDLE, [9]),
        (K.CASE_UNTOUCHED, [3]),
    ],
)
def test_of_what_waits_since_a_monday_somebody_is_reminded_as_the_default_rules_say(kind, days):
    assert days_of(a_waiting_case(kind=kind, since=local("America/New_York", 2026, 3, 2, 9))) == days


def test_working_days_are_those_of_the_lab_and_other_days_those_of_the_practice():
    late = local("America/New_York", 2026, 3, 6, 0, 30)
    assert days_of(a_waiting_case(since=late))[0] == 7
    assert days_of(a_waiting_case(since=late), time_zone="America/Los_Angeles")[0] == 6
    untouched, booked = (a_waiting_case(kind=kind, since=late) for kind in (K.CASE_UNTOUCHED, K.SESSION_NOT_BOOKED))
    for zone in ("", "America/Los_Angeles"):
        assert days_of(untouched, time_zone=zone) == [9]
        assert days_of(booked, time_zone=zone) == [10, 13, 16, 19]
    every_day = [Lead(amount=1, unit=LeadUnit.DAYS)]
    assert days_of(untouched, time_zone="America/Los_Angeles", leads=every_day) == [7]


@pytest.mark.parametrize(
    ("since", "untouched", "booked"),
    [((6, 11, 59), 9, 10), ((6, 12), 10, 11), ((6, 17), 10, 11), ((7, 9), 10, 11), ((8, 23), 10, 11), ((9, 9), 10, 11)],
)
def test_who_is_reminded_after_a_working_day_had_one(since, untouched, booked):
    at = local("America/New_York", 2026, 3, *since)
    assert days_of(a_waiting_case(kind=K.CASE_UNTOUCHED, since=at)) == [untouched]
    assert days_of(a_waiting_case(kind=K.SESSION_NOT_BOOKED, since=at)) == [*range(booked, 22, 3)]


def test_over_a_weekend_and_a_holiday_no_working_day_passes():
    closed = WorkingDays(
        time_zone="America/New_York", weekdays=NEW_YORK.weekdays, closed_on=frozenset({date(2026, 3, 9)})
    )
    friday = local("America/New_York", 2026, 3, 6, 9)
    assert days_of(a_waiting_case(kind=K.CASE_UNTOUCHED, since=friday), of_lab=closed) == [10]
    assert days_of(a_waiting_case(kind=K.SESSION_NOT_BOOKED, since=friday), of_lab=closed) == [11, 14, 17, 20]


def test_by_the_working_days_of_a_lab_that_does_not_work_nobody_is_reminded():
    never = WorkingDays(time_zone="UTC", weekdays=frozenset(), closed_on=frozenset())
    assert days_of(a_waiting_case(kind=K.CASE_UNTOUCHED), of_lab=never) == []
    assert days_of(a_waiting_case(kind=K.CASE_IS_RED), of_lab=never)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin"])
def test_a_change_of_clocks_makes_no_day_more_or_less(zone):
    # Clocks change on March 8 in the one, and on March 29 in the other.
    for hour in range(24):
        red = a_waiting_case(since=local(zone, 2026, 3, 7, hour))
        assert days_of(red, time_zone=zone, days=31) == [8, 9, 10, 13, 16, 19, 22, 25, 28, 31]


def test_a_reminder_carries_what_its_form_says_and_its_rule_tells_it():
    for kind in SWEPT:
        waiting = a_waiting_case(kind=kind, since=local("America/New_York", 2026, 3, 2, 9))
        days = [date(2026, 3, day) for day in range(1, 20)]
        for fact in reminders_of(waiting, LEADS[kind], days, of_lab=NEW_YORK):
            assert fact.name == kind
            assert fact.subject_id == waiting.case_id
            assert fact.detail.keys() == REMINDERS[kind].fields
            assert rules_for(fact, DEFAULT_RULES)


def test_a_reminder_of_another_day_of_another_wait_or_by_another_lead_is_another_fact():
    days = [date(2026, 3, day) for day in range(1, 20)]
    leads = [Lead(amount=amount, unit=LeadUnit.DAYS, then_every_days=1) for amount in (1, 2)]
    waits = [
        a_waiting_case(case_id, kind=kind, since=local("America/New_York", 2026, 3, 2, hour))
        for case_id in ("CASE00000001", "CASE00000002")
        for kind in SWEPT
        for hour in (9, 10)
    ]
    facts = [fact for each in waits for fact in reminders_of(each, leads, days, of_lab=NEW_YORK)]
    assert len({fact.fact_id for fact in facts}) == len(facts) == len(waits) * (17 + 16)


def test_reminders_are_found_before_the_morning_in_the_united_states_and_on_its_date():
    for zone in ("America/New_York", "Pacific/Honolulu"):
        for day in (date(2026, 3, 7), date(2026, 3, 8), date(2026, 11, 1)):
            waiting = a_waiting_case(since=datetime.combine(day - 3 * DAY, time(18, tzinfo=UTC)))
            (fact,) = reminders_of(waiting, [Lead(amount=3, unit=LeadUnit.DAYS)], [day], of_lab=NEW_YORK)
            assert fact.occurred_at < morning_of(day, zone)
            assert fact.occurred_at.astimezone(ZoneInfo(zone)).date() == day


@given(
    st.lists(LEAD, min_size=1, max_size=3),
    st.integers(-60, 0),
    st.integers(1, 7),
    st.sampled_from(ZONES),
    st.integers(0, 23),
)
def test_whatever_somebody_is_reminded_of_began_to_wait_in_the_span_that_is_looked_at(leads, ago, count, zone, hour):
    days = [date(2026, 3, 9) + number * DAY for number in range(count)]
    at = datetime(2026, 3, 9, hour, tzinfo=UTC) + ago * DAY
    of_lab = WorkingDays(time_zone=zone, weekdays=NEW_YORK.weekdays, closed_on=frozenset())
    span = span_of(leads, days)
    if any(reminders_of(a_waiting_case(since=at), leads, days, of_lab=of_lab, time_zone=zone)):
        assert at <= span.last
        assert span.first is None or span.first <= at


def test_of_drafts_only_those_are_looked_at_that_can_be_due():
    span = span_of(LEADS[K.DRAFT_IDLE], [date(2026, 3, 20)])
    assert span.first == datetime(2026, 3, 10, tzinfo=UTC)
    assert span.last == datetime(2026, 3, 15, tzinfo=UTC)
    assert span_of(LEADS[K.CASE_IS_RED], [date(2026, 3, 20)]).first is None
