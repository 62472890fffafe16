from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.cases.linked_day import LinkedDay
from bitewing.precheck.finding import Outcome
from bitewing.precheck.rules import due_appointment, due_asap, due_impossible, due_missing

from tests.support.builders import TODAY, a_checked_case, a_lab, a_profile
from tests.support.findings import checked_packet, only_finding

#: Five working days after Monday, March 2.
EARLIEST = date(2026, 3, 9)
DAY = timedelta(days=1)
NEVER_OPEN = a_lab(working_weekdays=frozenset())


@pytest.mark.parametrize("rule", [due_appointment, due_asap, due_impossible, due_missing])
def test_a_possible_date_finds_nothing(rule):
    assert list(rule.check(a_checked_case())) == []


def test_a_case_without_a_wanted_date_warns():
    assert only_finding(due_missing, checked_packet(wanted_on=None)).about == "/packet/wanted_on"


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (TODAY - DAY, "is past"),
        (TODAY, "too early"),
        (EARLIEST - 3 * DAY, "needs 5 working days; March 6, 2026 is too early"),
        (EARLIEST, None),
        (EARLIEST + DAY, None),
        (date(2026, 3, 14), "closed on March 14, 2026"),
    ],
)
def test_a_wanted_date_lies_on_a_working_day_after_the_turnaround(wanted, says):
    findings = list(due_impossible.check(checked_packet(wanted_on=wanted)))
    assert [says in finding.says for finding in findings] == ([True] if says else [])
    assert all("March 9, 2026 or later" in finding.do for finding in findings)


def test_a_holiday_moves_the_earliest_date():
    checked = a_checked_case(case=checked_packet(wanted_on=EARLIEST).case, lab=a_lab(holidays={date(2026, 3, 4)}))
    assert "March 10, 2026 or later" in only_finding(due_impossible, checked).do


def test_no_wanted_date_is_not_impossible():
    assert list(due_impossible.check(checked_packet(wanted_on=None))) == []


def test_without_a_profile_only_the_calendar_counts():
    checked = a_checked_case(case=checked_packet(wanted_on=TODAY).case, profile=None)
    assert list(due_impossible.check(checked)) == []


def test_a_lab_that_never_opens_blocks_even_without_a_date():
    checked = a_checked_case(case=checked_packet(wanted_on=None).case, lab=NEVER_OPEN)
    assert "no working day" in only_finding(due_impossible, checked).says


@pytest.mark.parametrize("text", ["ASAP please", "This is urgent!", "need it a.s.a.p.", "URGENTLY needed"])
def test_haste_without_a_date_warns(text):
    assert "haste" in only_finding(due_asap, checked_packet(description=text, wanted_on=None)).says


@pytest.mark.parametrize(("outcomes", "count"), [({}, 0), ({"DUE-ASAP": Outcome.BLOCK}, 0), ({"DUE-ASAP": None}, 1)])
def test_a_missing_date_is_said_once_where_the_text_asks_for_haste(outcomes, count):
    checked = checked_packet(description="ASAP please", wanted_on=None)
    assert len(list(due_missing.check(replace(checked, profile=a_profile(outcomes=outcomes))))) == count
    assert list(due_missing.check(replace(checked, profile=None))) == []


@pytest.mark.parametrize("text", ["not urgent", "non-urgent", "usual time, asapling", ""])
def test_a_calm_text_asks_for_no_date(text):
    assert list(due_asap.check(checked_packet(description=text, wanted_on=None))) == []


def test_haste_with_a_date_is_fine():
    assert list(due_asap.check(checked_packet(description="ASAP"))) == []


@pytest.mark.parametrize(
    ("appointment", "says"),
    [
        (EARLIEST, "before the work can arrive, on March 10, 2026"),
        (EARLIEST + DAY, None),
        (EARLIEST + 2 * DAY, None),
    ],
)
def test_an_appointment_is_on_or_after_the_arrival(appointment, says):
    checked = checked_packet(appointment_on=appointment, wanted_on=EARLIEST)
    findings = list(due_appointment.check(checked))
    assert [says in finding.says for finding in findings] == ([True] if says else [])


@pytest.mark.parametrize(
    ("appointment", "count"), [(date(2026, 3, 16), 1), (date(2026, 3, 17), 0), (date(2026, 3, 18), 0)]
)
def test_an_appointment_is_not_before_the_delivery_of_what_is_wanted(appointment, count):
    checked = checked_packet(appointment_on=appointment, wanted_on=date(2026, 3, 16))
    assert len(list(due_appointment.check(checked))) == count


@pytest.mark.parametrize(("shipping", "count"), [(0, 0), (2, 0), (3, 1)])
def test_delivery_takes_the_days_that_the_lab_ships(shipping, count):
    # From Monday the 16th, two working days end on Wednesday the 18th.
    packet = checked_packet(appointment_on=date(2026, 3, 18), wanted_on=date(2026, 3, 16))
    checked = replace(packet, lab=a_lab(shipping_working_days=shipping))
    assert len(list(due_appointment.check(checked))) == count


def on_case_day(on, **packet):
    """A case whose work is needed on a Case Day."""
    checked = checked_packet(**{"wanted_on": None} | packet)
    return replace(checked, case=replace(checked.case, case_day=LinkedDay(case_day_id="day-1", on=on)))


@pytest.mark.parametrize(("on", "count"), [(EARLIEST, 1), (EARLIEST + DAY, 0), (EARLIEST + 2 * DAY, 0)])
def test_a_case_day_is_on_or_after_the_arrival(on, count):
    findings = list(due_appointment.check(on_case_day(on)))
    assert len(findings) == count
    for finding in findings:
        assert finding.says == "The treatment on March 9, 2026 is before the work can arrive, on March 10, 2026."
        assert finding.do == "Move the treatment, or ask the lab whether it can be faster."


def test_a_case_day_is_not_before_the_delivery_of_what_is_wanted():
    finding = only_finding(due_appointment, on_case_day(date(2026, 3, 16), wanted_on=date(2026, 3, 16)))
    assert finding.says.endswith("is there on March 17, 2026, after the treatment on March 16, 2026.")
    assert finding.do == "Move the treatment, or want the work earlier."


@pytest.mark.parametrize(
    ("appointment", "case_day", "named"),
    [
        (TODAY, TODAY + DAY, "The appointment on March 2"),
        (TODAY + DAY, TODAY, "The treatment on March 2"),
        (TODAY, TODAY, "The appointment on March 2"),
        (TODAY, date(2026, 4, 1), "The appointment on March 2"),
        (date(2026, 4, 1), TODAY, "The treatment on March 2"),
    ],
)
def test_the_earlier_of_the_appointment_and_the_case_day_counts_and_is_named(appointment, case_day, named):
    assert named in only_finding(due_appointment, on_case_day(case_day, appointment_on=appointment)).says


def test_an_appointment_without_a_wanted_date_is_judged_by_the_arrival():
    assert list(due_appointment.check(checked_packet(appointment_on=date(2026, 4, 1), wanted_on=None))) == []


@pytest.mark.parametrize("changes", [{"profile": None}, {"lab": NEVER_OPEN}])
def test_an_arrival_that_nobody_can_tell_is_not_compared(changes):
    checked = a_checked_case(case=checked_packet(appointment_on=TODAY).case, **changes)
    assert list(due_appointment.check(checked)) == []
