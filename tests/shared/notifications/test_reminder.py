"""When people are reminded."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.kernel.working_days import WorkingDays
from bitewing.notifications.reminder import BEFORE, LEAD, MORNING_OF, REMINDERS, Lead, LeadUnit, ReminderKind

MONDAY = date(2026, 3, 16)
WEEKDAYS = WorkingDays(time_zone="America/New_York", weekdays=frozenset({1, 2, 3, 4, 5}), closed_on=frozenset())
RED = Lead(amount=1, unit=LeadUnit.DAYS, then_daily=3, then_every_days=3)


def days_of(lead, *, days=14, working_days=None):
    """On which days after the first somebody is reminded."""
    each = range(days)
    return [
        day for day in each if lead.is_due_on(MONDAY + timedelta(days=day), since=MONDAY, working_days=working_days)
    ]


def test_every_reminder_says_what_it_carries():
    assert set(REMINDERS) == set(ReminderKind)
    assert set(ReminderKind) >= BEFORE


def test_every_reminder_says_by_which_lead_it_comes_and_those_of_a_sweep_on_which_morning():
    assert all(LEAD in form.fields for form in REMINDERS.values())
    assert {kind for kind, form in REMINDERS.items() if MORNING_OF in form.fields} == set(ReminderKind) - BEFORE


def test_each_lead_has_a_code_of_its_own():
    assert Lead(amount=24, unit=LeadUnit.HOURS).code == "24_hours"
    assert RED.code == "1_days_then_3_3"
    leads = [
        Lead(amount=amount, unit=unit, then_daily=daily, then_every_days=every)
        for amount in (1, 11, 111)
        for unit in LeadUnit
        for daily in (1, 11)
        for every in (0, 1, 11)
    ]
    assert len({each.code for each in leads}) == len(leads)


@pytest.mark.parametrize(("unit", "hours"), [(LeadUnit.HOURS, 2), (LeadUnit.DAYS, 48)])
def test_what_comes_is_reminded_of_so_long_before(unit, hours):
    at = datetime(2026, 3, 16, 14, tzinfo=UTC)
    assert Lead(amount=2, unit=unit).before(at) == at - timedelta(hours=hours)


def test_a_red_case_is_reminded_of_daily_and_then_every_third_day():
    assert days_of(RED) == [1, 2, 3, 6, 9, 12]


def test_what_is_reminded_of_once_is_due_on_one_day():
    assert days_of(Lead(amount=7, unit=LeadUnit.DAYS)) == [7]


def test_working_days_are_those_of_whoever_works_on_it():
    two = Lead(amount=2, unit=LeadUnit.WORKING_DAYS)
    friday = MONDAY - timedelta(days=3)
    assert two.is_due_on(date(2026, 3, 17), since=friday, working_days=WEEKDAYS)
    assert not two.is_due_on(date(2026, 3, 15), since=friday, working_days=WEEKDAYS)
    assert two.is_due_on(date(2026, 3, 15), since=friday)


def test_a_day_that_was_missed_and_asked_for_later_gets_the_same_answer():
    assert days_of(RED) == days_of(RED)
    assert not RED.is_due_on(MONDAY - timedelta(days=1), since=MONDAY)
