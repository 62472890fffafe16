"""Many managers who claim the same clinicians at the same moment, over DynamoDB Local, whose transactions meet."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from bitewing.care_teams.clinician import Limits
from bitewing.case_days.case_day import Answer, CaseDay
from bitewing.case_days.creation_service import CreationService
from bitewing.case_days.day_service import DayService
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.status import DayStatus
from bitewing.case_days.store import TableCaseDays, copies_of
from bitewing.case_days.team_service import TeamService
from bitewing.kernel.errors import DateTaken, HardRulesBroken, RequestInProgress, StaleVersion
from botocore.exceptions import HTTPClientError

from tests.support.builders import a_practice
from tests.support.callers import a_request
from tests.support.case_days import (
    EVERYBODY,
    MANAGER,
    MONDAY,
    NURSE,
    TEAM,
    a_clinician_calls,
    a_new_day,
    a_seat,
    a_site,
    an_availability,
    asked_before,
    everything,
    on,
    put_all,
)

MANAGERS = 100
EVER = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


class Together:
    """The services over the table of DynamoDB Local, and people who begin at the same moment."""

    def __init__(self, stores):
        self.table = stores.table
        parts = self.days, self.roster = TableCaseDays(stores.table, now=stores.clock), TableRoster(stores.table)
        self.creation = CreationService(*parts, now=stores.clock)
        self.service, self.team = DayService(*parts, now=stores.clock), TeamService(*parts, now=stores.clock)
        put_all(stores.table, *everything())

    def creates(self, number, when=MONDAY):
        """A day of a practice of its own."""
        practice_id = f"practice-{number}"
        put_all(
            self.table, a_practice(practice_id=practice_id), a_site(practice_id=practice_id), asked_before(practice_id)
        )
        new = a_new_day(practice_id=practice_id, on=when)
        return self.creation.create(MANAGER, new, a_request(f"create {number}"))

    def asks(self, day, clinician_id):
        return self.team.ask(MANAGER, day.case_day_id, a_seat(clinician_id), expected_version=day.version)

    def answers(self, day, who, *, accepts):
        asked_at = day.member(who).asked_at
        caller = a_clinician_calls(who)
        return self.team.answer(caller, day.case_day_id, who, accepts=accepts, asked_at=asked_at)

    def all_do(self, what, count):
        """What each of so many gets; who hears nothing asks again."""
        start = Barrier(count)

        def one(number):
            start.wait()
            while True:
                try:
                    return what(number)
                except (RequestInProgress, HTTPClientError):
                    continue
                except (DateTaken, HardRulesBroken, StaleVersion) as refused:
                    return refused

        with ThreadPoolExecutor(count) as people:
            return list(people.map(one, range(count)))

    def claims(self):
        """All days of all clinicians, as the claims say."""
        return {
            (who, when): case_day_id
            for who in EVERYBODY
            for when, case_day_id in self.days.claimed(who, **EVER).items()
        }


@pytest.fixture
def together(local_stores):
    return Together(local_stores)


def held_by(days):
    """All days of all clinicians, as the teams say."""
    return [((each.clinician_id, day.on), day.case_day_id) for day in days for each in day.team]


def test_of_100_managers_who_claim_the_same_clinicians_at_once_one_gets_each(together):
    days, rules = [together.creates(number) for number in range(MANAGERS)], set()

    def claims(number):
        """Whom a manager gets for their day: each is asked until there is an answer."""
        day, got = days[number], []
        for clinician_id in TEAM:
            while True:
                try:
                    day = together.asks(day, clinician_id)
                except HardRulesBroken as refused:
                    rules.update(each["rule"] for each in refused.violations)
                except (RequestInProgress, HTTPClientError):
                    # What was not heard may have been done: as it is now, the same is asked once more.
                    day = together.days.find(day.case_day_id)
                    continue
                else:
                    got.append(clinician_id)
                break
        return got

    got = together.all_do(claims, MANAGERS)
    now = [together.days.find(day.case_day_id) for day in days]
    held = held_by(now)
    print(f"\n{MANAGERS} managers at once: {sorted(who for (who, _), _ in held)} claimed once each")  # noqa: T201
    assert rules == {"claimed"}
    # Each once, and who was told that they have somebody has them.
    assert sorted(who for (who, _), _ in held) == sorted(TEAM)
    assert together.claims() == dict(held)
    assert [{each.clinician_id for each in day.team} for day in now] == [set(each) for each in got]
    for day in now:
        assert {together.table.get(key)["version"] for key in copies_of(day)} == {day.version}
    # Nothing is left locked: who is taken off one team is on another at once.
    winner = next(day for day in now if day.member("nurse-1"))
    loser = next(day for day in now if day.of_role(NURSE) is None)
    together.team.remove(MANAGER, winner.case_day_id, NURSE, expected_version=winner.version)
    after = together.asks(loser, "nurse-1")
    assert together.claims()["nurse-1", MONDAY] == after.case_day_id


def test_of_many_who_claim_days_of_one_week_at_once_no_more_than_its_limit_get_one(together):
    limits = Limits(max_days_per_week=2, max_days_in_row=7)
    put_all(together.table, an_availability("nurse-1", limits=limits))
    days = [together.creates(number, on(number % 7)) for number in range(21)]
    ends = together.all_do(lambda number: together.asks(days[number], "nurse-1"), len(days))
    got = [each for each in ends if isinstance(each, CaseDay)]
    assert len(got) == 2
    assert together.claims() == {("nurse-1", each.on): each.case_day_id for each in got}
    assert together.days.calendar_version("nurse-1") == 2


def test_of_many_who_put_somebody_into_one_role_at_once_one_does(together):
    day = together.creates(0)
    ends = together.all_do(lambda number: together.asks(day, f"nurse-{number % 2 + 1}"), 20)
    now = together.days.find(day.case_day_id)
    assert len([each for each in ends if isinstance(each, CaseDay)]) == 1
    assert (now.version, len(now.team)) == (2, 1)
    assert together.claims() == dict(held_by([now]))


def test_three_members_answer_at_once_and_each_answer_counts(together):
    day = together.creates(0)
    for each in TEAM:
        day = together.asks(day, each)
    together.all_do(lambda number: together.answers(day, TEAM[number], accepts=True), 3)
    now = together.days.find(day.case_day_id)
    assert {each.answer for each in now.team} == {Answer.ACCEPTED}
    assert now.version == day.version + 3


@pytest.mark.parametrize("number", range(4))
def test_of_a_manager_who_confirms_and_a_member_who_declines_at_once_no_incomplete_day_is_confirmed(together, number):
    day = together.creates(number)
    for each in TEAM:
        day = together.answers(together.asks(day, each), each, accepts=True)

    def does(which):
        if which == number % 2:
            return together.service.confirm(MANAGER, day.case_day_id, expected_version=day.version)
        return together.answers(day, "nurse-1", accepts=False)

    together.all_do(does, 2)
    now = together.days.find(day.case_day_id)
    assert (now.status, now.vacancies) == (DayStatus.TENTATIVE, (NURSE,))
    assert together.claims() == dict(held_by([now]))


def test_of_many_who_create_days_of_a_practice_on_a_date_at_once_one_does(together):
    def creates(number):
        return together.creation.create(MANAGER, a_new_day(), a_request(f"create {number // 2}"))

    ends = together.all_do(creates, 12)
    got = [each for each in ends if isinstance(each, CaseDay)]
    # Whoever sent the same request twice has the same day twice.
    assert (len(got), len({each.case_day_id for each in got})) == (2, 1)
    assert {type(each) for each in ends} == {CaseDay, DateTaken}
