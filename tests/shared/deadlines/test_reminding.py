"""Who is reminded of what comes, and when: once, in time, and of nothing that moved or went away."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.deadlines.deadline import Deadline, DeadlineKind
from bitewing.deadlines.meeting import ToldTooEarly
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.reminder import REMINDERS, Lead, LeadUnit, ReminderKind
from bitewing.notifications.rule import rules_for
from bitewing.planning.session import SessionState
from bitewing.scheduling.period import PeriodStatus

from tests.shared.deadlines.test_meeting import Times
from tests.support.builders import NOW
from tests.support.callers import a_request
from tests.support.care_teams import MANAGER as SCHEDULER
from tests.support.case_days import FROM_PRACTICE, MANAGER, on
from tests.support.deadlines import a_session
from tests.support.scheduling import AVAILABILITY_DUE, CARE_TEAM_ID, NEW_PERIOD, PERIOD_ID, REQUESTS_DUE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
K = ReminderKind


@pytest.fixture
def times():
    times = Times()
    del times.of_periods.scheduled.periods[CARE_TEAM_ID, PERIOD_ID]
    return times


@pytest.fixture
def days(times):
    return times.of_days


def reminded(times):
    """What people are reminded of: the kind, whose it is, and when."""
    return [
        (fact.name, fact.detail["lead"], fact.detail.get("clinician_id"), fact.occurred_at)
        for fact in times.facts.told.values()
    ]


def leads(times):
    return [(name, lead) for name, lead, *_ in reminded(times)]


def test_both_sides_are_reminded_of_a_session_a_day_and_an_hour_before(times):
    session = a_session()
    times.sessions.has(session)
    times.passes_to(session.starts_at + HOUR)
    assert reminded(times) == [
        (K.SESSION_BEGINS, "24_hours", None, session.starts_at - DAY),
        (K.SESSION_BEGINS, "1_hours", None, session.starts_at - HOUR),
    ]
    rules = [rules_for(fact, DEFAULT_RULES) for fact in times.facts.told.values()]
    assert [{rule.audience.value for rule in each} for each in rules] == [{"practice_of_case", "lab_of_case"}] * 2
    assert times.deadlines.ahead == {}


def test_a_fact_carries_what_its_form_says(times, days):
    times.sessions.has(a_session())
    times.of_periods.period_service.open(SCHEDULER, NEW_PERIOD, a_request("opens"))
    days.with_team()
    times.passes_to(NOW + 2 * DAY)
    day = days.accepts(next(iter(days.days.days.values())))
    days.service.confirm(MANAGER, day.case_day_id, expected_version=day.version)
    times.passes_to(day.begins_at + DAY)
    assert {fact.name for fact in times.facts.told.values()} == {kind.value for kind in K} - {
        *(K.CASE_IS_RED, K.SESSION_NOT_BOOKED, K.DRAFT_IDLE, K.CASE_UNTOUCHED)
    }
    for fact in times.facts.told.values():
        form = REMINDERS[fact.name]
        assert fact.detail.keys() == form.fields
        assert fact.subject_id == fact.detail["session_id" if fact.name == K.SESSION_BEGINS else form.subject]


def test_of_a_session_that_moved_the_old_reminder_never_comes(times):
    session = a_session()
    times.sessions.has(session)
    times.passes_to(session.starts_at - 25 * HOUR)
    (old,) = times.deadlines.ahead.values()
    assert old.at == session.starts_at - DAY
    moved = replace(session, starts_at=session.starts_at + 2 * DAY)
    times.sessions.has(moved)
    # Its schedule was carried out already when the session moved.
    times.clock.at = old.at
    assert times.meets(old) == [None]
    times.passes_to(moved.starts_at)
    assert [at for *_, at in reminded(times)] == [moved.starts_at - DAY, moved.starts_at - HOUR]


@pytest.mark.parametrize("state", sorted({*SessionState} - {SessionState.BOOKED}))
def test_of_a_session_that_is_over_or_given_up_nobody_is_reminded(times, state):
    session = a_session()
    times.sessions.has(session)
    times.passes_to(NOW + DAY)
    (old,) = times.deadlines.ahead.values()
    times.sessions.has(replace(session, state=state))
    times.clock.at = old.at
    assert times.meets(old) == [None]
    assert times.passes_to(session.starts_at) == []
    assert (times.facts.told, times.deadlines.ahead) == ({}, {})


def test_a_reminder_that_is_told_late_comes_while_what_it_is_of_is_ahead(times):
    session = a_session()
    times.sessions.has(session)
    deadline = Deadline(
        kind=DeadlineKind.SESSION_REMINDER,
        subject_id=session.session_id,
        case_id=session.case_id,
        at=session.starts_at - DAY,
    )
    times.clock.at = deadline.at - HOUR
    with pytest.raises(ToldTooEarly):
        times.meets(deadline)
    times.clock.at = session.starts_at - 2 * HOUR
    assert times.meets(deadline) == ["reminded"]
    assert leads(times) == [(K.SESSION_BEGINS, "24_hours")]
    times.clock.at = session.starts_at - timedelta(minutes=1)
    assert times.meets(deadline) == ["reminded"]
    assert leads(times) == [(K.SESSION_BEGINS, "24_hours"), (K.SESSION_BEGINS, "1_hours")]
    times.clock.at = session.starts_at
    times.facts.told.clear()
    assert times.meets(deadline) == [None]
    assert times.facts.told == {}


def test_told_twice_and_in_any_order_the_same_facts_come_again_and_no_others(times):
    session = a_session()
    times.sessions.has(session)
    told = []
    while times.setting.of_session("case-1", "session-1"):
        (deadline,) = times.deadlines.ahead.values()
        told.append(deadline)
        times.clock.at = deadline.at
        times.meets(deadline)
    before = dict(times.facts.told)
    times.clock.at = session.starts_at - timedelta(minutes=5)
    for deadline in (*reversed(told), *told, *told[::2]):
        times.meets(deadline)
    assert times.facts.told == before
    assert times.facts.put_times > len(before)


def test_a_deadline_of_what_is_not_there_reminds_nobody(times):
    for kind in (DeadlineKind.SESSION_REMINDER, DeadlineKind.PERIOD_REMINDER, DeadlineKind.DAY_REMINDER):
        deadline = Deadline(kind=kind, care_team_id=CARE_TEAM_ID, subject_id="gone", case_id="gone", at=NOW)
        assert times.meets(deadline) == [None]
    assert (times.facts.told, times.deadlines.ahead) == ({}, {})


def test_whoever_has_said_nothing_is_reminded_before_a_deadline_of_a_period_and_practices_are(times):
    period = times.of_periods.period_service.open(SCHEDULER, NEW_PERIOD, a_request("opens"))
    times.passes_to(AVAILABILITY_DUE - 2 * DAY)
    times.silent.remove("clinician-1")
    times.passes_to(REQUESTS_DUE + DAY)
    assert reminded(times) == [
        (K.AVAILABILITY_MISSING, "3_days", "clinician-1", AVAILABILITY_DUE - 3 * DAY),
        (K.AVAILABILITY_MISSING, "3_days", "clinician-2", AVAILABILITY_DUE - 3 * DAY),
        (K.AVAILABILITY_MISSING, "1_days", "clinician-2", AVAILABILITY_DUE - DAY),
        (K.REQUESTS_DUE, "3_days", None, REQUESTS_DUE - 3 * DAY),
        (K.REQUESTS_DUE, "1_days", None, REQUESTS_DUE - DAY),
    ]
    assert {fact.subject_id for fact in times.facts.told.values()} == {period.period_id}
    assert times.deadlines.ahead == {}


def test_of_a_period_that_is_reviewed_only_requests_are_due_and_of_one_that_is_matched_nothing(times):
    period = times.of_periods.period_service.open(SCHEDULER, NEW_PERIOD, a_request("opens"))
    key = (CARE_TEAM_ID, period.period_id)
    times.of_periods.scheduled.periods[key] = replace(period, status=PeriodStatus.REVIEWING)
    times.passes_to(REQUESTS_DUE - 2 * DAY)
    assert leads(times) == [(K.REQUESTS_DUE, "3_days")]
    times.of_periods.scheduled.periods[key] = replace(period, status=PeriodStatus.MATCHING)
    times.passes_to(REQUESTS_DUE + DAY)
    assert leads(times) == [(K.REQUESTS_DUE, "3_days")]


def test_of_a_confirmed_day_team_and_practice_are_reminded_a_week_and_a_day_before(times, days):
    day = days.confirmed(on=on(14))
    times.passes_to(day.begins_at + DAY)
    assert leads(times) == [
        (K.CASE_DAY_COMES, "7_days"),
        (K.PATIENTS_MISSING, "5_days"),
        (K.CASE_DAY_COMES, "1_days"),
    ]
    assert all(
        fact.detail["members"] == ["anesthesiologist-1", "medic-1", "nurse-1"] for fact in times.facts.told.values()
    )


def test_a_practice_that_assigned_patients_is_not_reminded_of_them_and_one_that_took_them_off_is(times, days):
    assigned, emptied = days.confirmed(on=on(14)), days.confirmed(on=on(21))
    days.assigns(assigned)
    patient = days.assigns(emptied)
    times.passes_to(NOW + DAY)
    days.patients.remove(FROM_PRACTICE, emptied.case_day_id, patient.patient_id, expected_version=patient.version)
    times.passes_to(emptied.begins_at + DAY)
    missing = [fact.subject_id for fact in times.facts.told.values() if fact.name == K.PATIENTS_MISSING]
    assert missing == [emptied.case_day_id]


def test_of_a_day_that_nobody_confirmed_or_that_was_called_off_nobody_is_reminded(times, days):
    days.accepts(days.with_team(on=on(14)))
    off = days.confirmed(on=on(21))
    times.passes_to(NOW + DAY)
    days.service.cancel(MANAGER, off.case_day_id, reason="", expected_version=off.version)
    times.passes_to(off.begins_at + DAY)
    assert times.facts.told == {}
    assert times.deadlines.ahead == {}


def test_of_a_day_that_is_put_off_people_are_reminded_anew(times, days):
    day = days.confirmed(on=on(14))
    times.passes_to(day.begins_at - 6 * DAY)
    assert leads(times) == [(K.CASE_DAY_COMES, "7_days")]
    later = replace(days.day(day), on=on(28))
    days.days.days[day.case_day_id] = later
    times.passes_to(later.begins_at - 2 * DAY)
    assert leads(times)[1:] == [(K.CASE_DAY_COMES, "7_days"), (K.PATIENTS_MISSING, "5_days")]
    assert [at for *_, at in reminded(times)][1] == later.begins_at - 7 * DAY


def test_of_a_day_that_is_confirmed_late_people_are_reminded_of_what_is_ahead_then(times, days):
    day = days.accepts(days.with_team(on=on(14)))
    times.passes_to(day.begins_at - 6 * DAY)
    confirmed = days.service.confirm(MANAGER, day.case_day_id, expected_version=days.day(day).version)
    times.passes_to(confirmed.begins_at)
    assert leads(times) == [(K.PATIENTS_MISSING, "5_days"), (K.CASE_DAY_COMES, "1_days")]


def test_who_owes_an_answer_is_reminded_four_hours_before_it_is_due_and_nobody_else(times, days):
    day = days.with_team()
    times.passes_to(NOW + HOUR)
    days.accepts(day, "nurse-1")
    times.passes_to(NOW + 3 * DAY)
    due = day.unanswered[0].answer_due_at
    assert reminded(times) == [
        (K.ANSWER_MISSING, "4_hours", each, due - 4 * HOUR) for each in ("medic-1", "anesthesiologist-1")
    ]


def test_a_lead_that_is_changed_a_day_before_it_counts_does_for_what_is_set_already(times):
    session = a_session(starts_at=NOW + 20 * DAY)
    times.sessions.has(session)
    times.passes_to(NOW + 2 * DAY)
    times.rules.rules = tuple(
        replace(rule, lead=Lead(amount=9, unit=LeadUnit.DAYS)) if rule.of == K.SESSION_BEGINS else rule
        for rule in DEFAULT_RULES
    )
    while (upcoming := min(times.deadlines.ahead.values(), key=lambda each: each.at, default=None)) is not None:
        del times.deadlines.ahead[upcoming.name]
        times.clock.at = upcoming.at
        # Nobody sets anything beside whoever reminds.
        times.meets(upcoming)
    assert reminded(times) == [(K.SESSION_BEGINS, "9_days", None, session.starts_at - 9 * DAY)]


def test_without_rules_nobody_is_reminded_and_it_is_looked_at_again(times):
    times.rules.rules = tuple(replace(rule, is_enabled=False) for rule in DEFAULT_RULES)
    times.sessions.has(a_session())
    times.passes_to(NOW + 2 * DAY)
    assert times.facts.told == {}
    assert len(times.deadlines.ahead) == 1
