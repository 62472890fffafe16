"""What every store of counts promises; the same tests hold the table and the one in memory."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from bitewing.kernel.errors import RequestInProgress
from bitewing.reports.rule_report import Counts, Increment, Tally
from bitewing.reports.store import TableRuleCounts
from bitewing.requirements.case_types import CaseType

from tests.support.builders import LAB_ID, NOW
from tests.support.reports import InMemoryRuleCounts

SENT, FIRED, BACK = (Tally.SUBMISSIONS, None), (Tally.RULE_FIRED, "MSH-HOLES"), (Tally.RULE_CAME_BACK, "MSH-HOLES")
MONTHS = ("2026-02", "2026-03")
CROWN, GUIDE = CaseType.CROWN, CaseType.SURGICAL_GUIDE


def an_increment(once, *subjects, lab_id=LAB_ID, month="2026-03", case_type=CROWN):
    return Increment(once=once, lab_id=lab_id, month=month, case_type=case_type, subjects=frozenset(subjects or {SENT}))


@pytest.fixture
def counts(stores):
    return InMemoryRuleCounts() if stores.table is None else TableRuleCounts(stores.table)


def test_what_is_counted_is_counted_of_its_lab_and_of_all(counts):
    counts.add(an_increment("a", SENT, FIRED), at=NOW)
    counts.add(an_increment("b", SENT), at=NOW)
    counts.add(an_increment("c", SENT, BACK, lab_id="lab-2"), at=NOW)
    counts.add(an_increment("d", SENT, month="2026-02", case_type=GUIDE), at=NOW)
    crowns = {SENT: 2, FIRED: 1}
    assert counts.of_months(LAB_ID, MONTHS, list(CaseType)) == (
        Counts(month="2026-02", case_type=GUIDE, of={SENT: 1}),
        Counts(month="2026-03", case_type=CROWN, of=crowns),
    )
    assert counts.of_months("lab-2", MONTHS, [CROWN]) == (
        Counts(month="2026-03", case_type=CROWN, of={SENT: 1, BACK: 1}),
    )
    assert counts.of_months(None, ["2026-03"], [CROWN, GUIDE]) == (
        Counts(month="2026-03", case_type=CROWN, of={SENT: 3, FIRED: 1, BACK: 1}),
    )
    assert counts.of_months("lab-9", MONTHS, [CROWN]) == ()


def test_what_was_counted_is_not_counted_again(counts):
    assert counts.add(an_increment("a", SENT), at=NOW)
    assert not counts.add(an_increment("a", SENT, FIRED), at=NOW + timedelta(days=20))
    assert counts.of_months(LAB_ID, MONTHS, [CROWN]) == (Counts(month="2026-03", case_type=CROWN, of={SENT: 1}),)


def test_two_years_of_all_types_are_read_together(counts):
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]
    for month in months:
        counts.add(an_increment(month, SENT, month=month), at=NOW)
    assert [each.month for each in counts.of_months(LAB_ID, months, list(CaseType))] == months


def test_what_was_seen_is_kept_longer_than_any_message_and_then_goes_away(moto_stores):
    TableRuleCounts(moto_stores.table).add(an_increment("a"), at=NOW)
    seen = moto_stores.table.get({"pk": "SEEN#rule_counts#a", "sk": "SEEN"})
    assert seen["expires_at"] == int((NOW + timedelta(days=30)).timestamp())


def test_all_that_is_counted_at_once_is_counted(local_stores):
    counts = TableRuleCounts(local_stores.table)

    def count(number):
        for _ in range(50):
            try:
                return counts.add(an_increment(f"n{number}", SENT, FIRED), at=NOW)
            except RequestInProgress:
                continue
        return False

    with ThreadPoolExecutor(8) as workers:
        assert all(workers.map(count, range(40)))
    assert counts.of_months(None, ["2026-03"], [CROWN])[0].of == {SENT: 40, FIRED: 40}
