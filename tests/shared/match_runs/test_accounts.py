"""Earlier periods are settled before the next is matched: each once, in their order, and on from where one stopped."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.kernel.errors import StaleVersion
from bitewing.match_runs import accounts
from bitewing.match_runs.accounts import Accounts
from bitewing.scheduling.availability import Window
from bitewing.scheduling.period import PeriodStatus

from tests.support.case_days import TEAM_ID, a_clinician, a_day, a_member, a_period, an_availability, on
from tests.support.gathering import InMemoryGathering, InMemoryLedgers

NURSES = ("nurse-1", "nurse-2")


def a_week(number, **changes):
    """A planned week, so many weeks after the first."""
    first = on(7 * number)
    usual = {"period_id": f"week-{number}", "first_on": first, "last_on": first + timedelta(days=6)}
    return a_period(**{**usual, "status": PeriodStatus.PUBLISHED, **changes})


def of_week(number, *days, who="nurse-2"):
    """A week in which both nurses offered all days, and one of them worked some."""
    week = a_week(number)
    windows = (Window(first=week.first_on, last=week.last_on),)
    return (
        week,
        *(an_availability(each, period_id=week.period_id, windows=windows) for each in NURSES),
        *(
            a_day(
                case_day_id=f"{week.period_id}-{day}",
                period_id=week.period_id,
                on=week.first_on + timedelta(days=day),
                team=(a_member(who),),
            )
            for day in days
        ),
    )


class World:
    def __init__(self):
        self.gathering, self.ledgers = InMemoryGathering(*map(a_clinician, NURSES)), InMemoryLedgers()

    def before(self, number):
        return Accounts(self.gathering, self.ledgers).before(a_week(number, status=PeriodStatus.MATCHING))

    @property
    def stored(self):
        return self.ledgers.find(TEAM_ID)


@pytest.fixture
def world():
    return World()


def owed(ledger):
    return [ledger.account(each).owed_centidays for each in NURSES]


def test_who_had_less_than_their_part_is_owed_the_rest_and_it_is_kept(world):
    world.gathering.put(*of_week(0, 0, 1))
    ledger = world.before(1)
    assert owed(ledger) == [100, -100]
    assert ledger.settled == {"week-0"}
    assert world.stored.ledger == ledger
    assert {each.periods for each in world.stored.accounts.values()} == {frozenset({"week-0"})}


def test_periods_that_began_earlier_are_settled_in_their_order_and_others_not(world):
    world.gathering.put(*of_week(1, 0, who="nurse-1"), *of_week(0, 0, 1), *of_week(3, 0))
    world.gathering.put(a_week(-1, status=PeriodStatus.PROPOSED))
    ledger = world.before(2)
    assert owed(ledger) == [50, -50]
    assert ledger.settled == {"week-0", "week-1"}


def test_a_period_that_is_settled_is_not_read_again(world):
    world.gathering.put(*of_week(0, 0, 1))
    ledger = world.before(1)
    version = world.stored.accounts["nurse-1"].version
    world.gathering.availabilities = None
    assert world.before(1) == ledger
    assert world.stored.accounts["nurse-1"].version == version


def test_what_was_broken_off_goes_on_and_nobody_is_settled_twice(world, monkeypatch):
    monkeypatch.setattr(accounts, "_SAVED", 1)
    world.gathering.put(*of_week(0, 0, 1))
    save = world.ledgers.save

    def broken_off(changed):
        if changed[0].clinician_id == "nurse-2":
            raise ConnectionError
        save(changed)

    world.ledgers.save = broken_off
    with pytest.raises(ConnectionError):
        world.before(1)
    assert set(world.stored.accounts) == {"nurse-1"}
    world.ledgers.save = save
    assert owed(world.before(1)) == [100, -100]
    assert {each.version for each in world.stored.accounts.values()} == {1}


def test_of_two_who_settle_the_same_the_second_is_told(world):
    world.gathering.put(*of_week(0, 0, 1))
    found = world.ledgers.find

    def find(care_team_id):
        before = found(care_team_id)
        world.ledgers.find = found
        world.before(1)
        return before

    world.ledgers.find = find
    with pytest.raises(StaleVersion):
        world.before(1)
    assert owed(world.before(1)) == [100, -100]


def test_accounts_go_on_over_periods_and_other_care_teams_have_their_own(world):
    world.gathering.put(*of_week(0, 0, 1))
    world.before(1)
    world.gathering.put(*of_week(1, 0, 1))
    theirs = [replace(a_clinician("nurse-9"), care_team_id="team-2"), a_week(0, care_team_id="team-2", period_id="x")]
    world.gathering.put(*theirs)
    assert owed(world.before(2)) == [200, -200]
    account = world.stored.accounts["nurse-1"]
    assert (account.version, account.periods) == (2, {"week-0", "week-1"})
    assert set(world.stored.accounts) == set(NURSES)


def test_many_periods_are_settled_a_dozen_with_each_run(world):
    world.gathering.put(*(thing for number in range(14) for thing in of_week(number)))
    assert len(world.before(20).settled) == 12
    assert len(world.before(20).settled) == 14


def test_a_care_team_without_earlier_periods_owes_nothing(world):
    assert owed(world.before(0)) == [0, 0]
    assert world.stored.settled == frozenset()
