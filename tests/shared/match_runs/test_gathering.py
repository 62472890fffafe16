"""What matching reads and what is owed, kept in memory, on moto and on DynamoDB Local: the same promises."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from bitewing.aws import keys
from bitewing.aws.schemas import as_stored, record
from bitewing.aws.table import ALWAYS, Put
from bitewing.care_teams.care_team import CarePreferences
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.ports import date_of
from bitewing.case_days.status import DayStatus
from bitewing.case_days.store import copies_of
from bitewing.kernel.errors import StaleVersion, Unknown
from bitewing.match_runs.building import Gathered, reach_of
from bitewing.match_runs.gathering import LedgerAccount, gather
from bitewing.match_runs.gathering_store import TableGathering, TableLedgers
from bitewing.matching.fairness import Account, Ledger
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.request import RequestStatus

from tests.support.builders import NOW, PRACTICE_ID, a_practice
from tests.support.case_days import (
    MONDAY,
    PERIOD_ID,
    SITE_ID,
    TEAM_ID,
    a_care_team,
    a_clinician,
    a_day,
    a_day_request,
    a_member,
    a_period,
    a_site,
    an_availability,
    on,
    put_of,
)
from tests.support.gathering import InMemoryGathering, InMemoryLedgers


@dataclass
class Kept:
    """What matching reads, in one of the three places."""

    gathering: Any
    ledgers: Any
    table: Any = None

    def put(self, *things):
        if self.table is None:
            self.gathering.put(*things)
            return
        for thing in things:
            self.table.write(_day_puts(thing) if isinstance(thing, CaseDay) else put_of(thing))


def _day_puts(day):
    puts = [
        Put(key=key, values=record(day), condition=ALWAYS) for key in (keys.case_day(day.case_day_id), *copies_of(day))
    ]
    if taken := date_of(day):
        values = as_stored("PracticeDate", {"case_day_id": day.case_day_id})
        puts.append(Put(key=keys.practice_date(day.practice_id, taken.isoformat()), values=values, condition=ALWAYS))
    return puts


@pytest.fixture
def kept(stores):
    if stores.table is None:
        return Kept(InMemoryGathering(), InMemoryLedgers())
    return Kept(TableGathering(stores.table), TableLedgers(stores.table), stores.table)


def preferences(practice_id, **changes):
    return replace(CarePreferences(practice_id=practice_id, care_team_id=TEAM_ID, version=1), **changes)


def an_account(clinician_id="nurse-1", **changes):
    account = LedgerAccount(
        care_team_id=TEAM_ID,
        clinician_id=clinician_id,
        account=Account(periods=1, days=3, owed_centidays=-50, extra_weekend_centidays=-25),
        periods=frozenset({"winter"}),
        version=1,
    )
    return replace(account, **changes)


def test_what_a_period_has_of_its_care_team_is_read(kept):
    people = [a_clinician("nurse-2"), a_clinician("medic-1")]
    kept.put(a_care_team(), a_period(), *people, a_clinician("nurse-9", care_team_id="team-2"))
    assert kept.gathering.period(TEAM_ID, PERIOD_ID) == a_period()
    assert kept.gathering.care_team(TEAM_ID) == a_care_team()
    assert kept.gathering.clinicians(TEAM_ID) == (a_clinician("medic-1"), a_clinician("nurse-2"))


def test_what_is_nowhere_is_nothing(kept):
    assert kept.gathering.period(TEAM_ID, PERIOD_ID) is None
    assert kept.gathering.care_team(TEAM_ID) is None
    for nobody in (
        kept.gathering.clinicians(TEAM_ID),
        kept.gathering.planned_periods(TEAM_ID),
        kept.gathering.availabilities(TEAM_ID, PERIOD_ID),
        kept.gathering.open_requests(TEAM_ID, PERIOD_ID),
        kept.gathering.practices([]),
        kept.gathering.practices([PRACTICE_ID]),
        kept.gathering.sites([(PRACTICE_ID, SITE_ID)]),
        kept.gathering.preferences(TEAM_ID, [PRACTICE_ID]),
        kept.gathering.case_days(TEAM_ID, first=MONDAY, last=MONDAY),
    ):
        assert nobody == ()
    assert kept.gathering.taken([(PRACTICE_ID, MONDAY)]) == frozenset()


def test_periods_that_are_planned_come_in_the_order_of_their_days(kept):
    late = a_period(period_id="a", status=PeriodStatus.PUBLISHED, first_on=date(2026, 2, 1))
    early = a_period(period_id="b", status=PeriodStatus.CLOSED, first_on=date(2026, 1, 1))
    kept.put(late, early, a_period(period_id="c", status=PeriodStatus.PROPOSED), a_period(period_id="d"))
    assert kept.gathering.planned_periods(TEAM_ID) == (early, late)


def test_answers_are_those_for_the_period(kept):
    mine = an_availability("nurse-1"), an_availability("nurse-2")
    kept.put(*reversed(mine), an_availability("nurse-1", period_id="period-2"))
    assert kept.gathering.availabilities(TEAM_ID, PERIOD_ID) == mine


def test_requests_wait_to_be_served_where_nothing_has_become_of_them(kept):
    waiting = [
        a_day_request(request_id="1"),
        a_day_request(request_id="2", status=RequestStatus.UNMATCHED, reason="Nobody was free."),
    ]
    others = [
        a_day_request(request_id=f"9-{status}", status=status)
        for status in RequestStatus
        if status not in {RequestStatus.REQUESTED, RequestStatus.UNMATCHED}
    ]
    kept.put(*others, *waiting, a_day_request(request_id="3", period_id="period-2"))
    assert kept.gathering.open_requests(TEAM_ID, PERIOD_ID) == tuple(waiting)


def test_more_than_a_hundred_practices_sites_and_preferences_are_read(kept):
    ids = [f"practice-{number:03}" for number in range(103)]
    things = [
        [a_practice(practice_id=each), a_site(practice_id=each), preferences(each, blocked=frozenset({"nurse-1"}))]
        for each in ids
    ]
    kept.put(*(thing for of_practice in things for thing in of_practice))
    kept.put(a_site(practice_id=ids[0], site_id="site-2"))
    practices, sites, preferred = (tuple(each) for each in zip(*things, strict=True))
    assert kept.gathering.practices([*reversed(ids), "practice-999", ids[0]]) == practices
    assert kept.gathering.sites([(each, SITE_ID) for each in reversed(ids)]) == sites
    assert kept.gathering.preferences(TEAM_ID, [*reversed(ids), "practice-999"]) == preferred


def test_case_days_are_those_of_the_care_team_from_the_first_to_the_last_date(kept):
    first, last = MONDAY, on(6)
    days = [
        a_day(case_day_id="at-the-beginning", on=first, team=(a_member(),)),
        a_day(case_day_id="called-off", on=on(3), status=DayStatus.CANCELLED),
        a_day(case_day_id="at-the-end", on=last),
    ]
    one = timedelta(days=1)
    others = [
        a_day(case_day_id="before", on=first - one),
        a_day(case_day_id="after", on=last + one),
        a_day(case_day_id="theirs", care_team_id="team-2"),
    ]
    kept.put(*others, *days)
    assert kept.gathering.case_days(TEAM_ID, first=first, last=last) == tuple(days)


def test_dates_that_practices_have_already_are_told_whatever_care_team_has_them(kept):
    kept.put(
        a_day(care_team_id="team-2"),
        a_day(case_day_id="day-2", on=on(1), practice_id="practice-2"),
        a_day(case_day_id="day-3", on=on(2), status=DayStatus.REJECTED),
    )
    dates = [(practice_id, on(number)) for practice_id in (PRACTICE_ID, "practice-2") for number in range(60)]
    assert kept.gathering.taken(dates) == {(PRACTICE_ID, MONDAY), ("practice-2", on(1))}
    assert kept.gathering.taken(dates[1:2]) == frozenset()


def test_a_ledger_that_was_never_settled_is_empty(kept):
    ledger = kept.ledgers.find(TEAM_ID)
    assert (ledger.accounts, ledger.settled) == ({}, frozenset())


def test_accounts_are_kept_with_the_periods_that_are_in_them(kept):
    kept.ledgers.save([an_account("nurse-1"), an_account("nurse-2"), an_account("nurse-3", care_team_id="team-2")])
    kept.ledgers.settle(TEAM_ID, frozenset({"winter", "fall"}))
    kept.ledgers.settle(TEAM_ID, frozenset({"winter"}))
    ledger = kept.ledgers.find(TEAM_ID)
    assert ledger.accounts == {"nurse-1": an_account("nurse-1"), "nurse-2": an_account("nurse-2")}
    assert ledger.settled == {"winter"}


def test_of_two_who_settle_an_account_the_second_is_told(kept):
    kept.ledgers.save([an_account("nurse-2")])
    with pytest.raises(StaleVersion) as refused:
        kept.ledgers.save([an_account("nurse-1"), an_account("nurse-2")])
    assert (refused.value.expected, refused.value.actual) == (0, 1)
    assert set(kept.ledgers.find(TEAM_ID).accounts) == {"nurse-2"}
    kept.ledgers.save([an_account("nurse-2", version=2, periods=frozenset())])
    assert kept.ledgers.find(TEAM_ID).accounts["nurse-2"].periods == frozenset()


def test_all_that_decides_about_a_period_is_gathered(kept):
    asked = a_day_request(dates=(MONDAY, on(1)))
    before = a_day(case_day_id="before", on=reach_of(a_period())[0], site_id="site-2", practice_id="practice-2")
    theirs = a_day(case_day_id="theirs", care_team_id="team-2", on=on(1))
    kept.put(
        *(a_care_team(), a_period(), a_clinician(), an_availability(), asked, a_practice(), a_site(), before, theirs),
        *(preferences(PRACTICE_ID), a_site(site_id="site-2", practice_id="practice-2"), a_site(site_id="site-3")),
    )
    found = gather(kept.gathering, a_period(), ledger=Ledger(settled=frozenset({"winter"})), now=NOW)
    assert found == Gathered(
        period=a_period(),
        care_team=a_care_team(),
        clinicians=(a_clinician(),),
        availabilities=(an_availability(),),
        requests=(asked,),
        sites={SITE_ID: a_site(), "site-2": a_site(site_id="site-2", practice_id="practice-2")},
        practice_names={PRACTICE_ID: a_practice().name},
        preferences={PRACTICE_ID: preferences(PRACTICE_ID)},
        days=(before,),
        taken={PRACTICE_ID: frozenset({on(1)})},
        ledger=Ledger(settled=frozenset({"winter"})),
        now=NOW,
    )


def test_nothing_is_gathered_of_a_care_team_that_is_none(kept):
    with pytest.raises(Unknown):
        gather(kept.gathering, a_period(), ledger=Ledger(), now=NOW)
