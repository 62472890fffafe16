"""What use cases of Case Days cost, in requests to the table."""

import pytest
from bitewing.aws.client import create_client
from bitewing.aws.table import Table
from bitewing.case_days.changes import DayEdit
from bitewing.case_days.changes_service import ChangesService
from bitewing.case_days.creation_service import CreationService
from bitewing.case_days.day_service import DayService
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.store import TableCaseDays
from bitewing.case_days.team_service import TeamService

from tests.support.callers import FROM_PRACTICE, a_request
from tests.support.case_days import (
    MANAGER,
    NURSE,
    TEAM,
    a_clinician,
    a_clinician_calls,
    a_new_day,
    a_seat,
    everything,
    on,
    put_all,
)
from tests.support.tables import create_table

#: What decides about one person: their record, availability and calendar, and the days around.
JUDGED = ["GetItem"] * 3 + ["Query"]
STORED = ["TransactWriteItems"]


class Place:
    """The services over one table on moto, whose requests are counted."""

    def __init__(self, clock):
        client = create_client("dynamodb")
        self.table, self.requests = Table(client, create_table(client)), []
        parts = TableCaseDays(self.table, now=clock), TableRoster(self.table)
        self.creation = CreationService(*parts, now=clock)
        self.service, self.team = DayService(*parts, now=clock), TeamService(*parts, now=clock)
        self.changes = ChangesService(*parts, now=clock)
        put_all(self.table, *everything())
        client.meta.events.register("before-call.dynamodb", self._count)

    def _count(self, model, **_):
        self.requests.append(model.name)

    def costs(self, act):
        self.requests.clear()
        self.day = act()
        return list(self.requests)


@pytest.fixture
def place(moto, clock):
    place = Place(clock)
    place.day = place.creation.create(MANAGER, a_new_day(team=tuple(map(a_seat, TEAM))), a_request("create"))
    return place


def test_somebody_is_put_on_a_team_in_one_transaction_after_what_decides_was_read(place):
    asked = place.costs(
        lambda: place.team.ask(MANAGER, place.day.case_day_id, a_seat("nurse-2"), expected_version=place.day.version)
    )
    # The day, the practice's preferences, the care team's hours.
    assert asked == ["GetItem"] * 3 + JUDGED + STORED


def test_an_answer_and_an_edit_cost_two_requests_and_three(place):
    nurse = place.day.member("nurse-1")
    answered = place.costs(
        lambda: place.team.answer(
            a_clinician_calls("nurse-1"), place.day.case_day_id, "nurse-1", accepts=True, asked_at=nurse.asked_at
        )
    )
    assert answered == ["GetItem", *STORED]
    edited = place.costs(
        lambda: place.changes.edit(
            FROM_PRACTICE, place.day.case_day_id, DayEdit(note="x"), expected_version=place.day.version
        )
    )
    assert edited == ["GetItem", "GetItem", *STORED]


def test_substitutes_cost_one_query_each_of_whom_the_cheaper_rules_do_not_rule_out(place):
    others = [a_clinician(f"nurse-{number}", licenses=()) for number in range(3, 9)]
    put_all(place.table, *others)
    day_id = place.day.case_day_id
    ranked = place.costs(lambda: place.team.candidates(MANAGER, day_id, NURSE))
    # The day, care team and preferences; all availability, all clinicians, and the days of the one who could.
    assert ranked == ["GetItem"] * 3 + ["Query"] * 3
    assert len(place.day) == 7


def test_a_day_on_another_date_is_one_transaction_too(place):
    moved = place.costs(
        lambda: place.changes.reschedule(MANAGER, place.day.case_day_id, on(1), expected_version=place.day.version)
    )
    # The day; its site, care team, period and preferences; and its three members.
    assert sorted(moved) == sorted(["GetItem"] * 5 + JUDGED * 3 + STORED)
