"""Periods, availability and Case Day requests, kept in memory, on moto and on DynamoDB Local: the same promises."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from bitewing.aws import keys
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import ALWAYS, Put
from bitewing.care_teams.care_team import CareTeam
from bitewing.care_teams.site import Permit, Site
from bitewing.care_teams.store import stored_practices
from bitewing.case_days.status import DayStatus
from bitewing.case_days.store import copies_of
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import BitewingError, IdempotencyKeyReused, RequestInProgress, StaleVersion
from bitewing.scheduling.availabilities import AvailabilityService
from bitewing.scheduling.availability import AvailabilityState
from bitewing.scheduling.events import (
    AvailabilitySubmitted,
    CaseDayRequested,
    PeriodOpened,
    event_head,
    request_event_head,
)
from bitewing.scheduling.period import PeriodStatus, SchedulingPeriod
from bitewing.scheduling.periods import PeriodService
from bitewing.scheduling.ports import PeriodElsewhere
from bitewing.scheduling.request import RequestStatus
from bitewing.scheduling.store import TableAvailabilities, TablePeriods, TablePlaces, TableRequests
from bitewing.scheduling.weights import MatchWeights

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import CLINICIAN, a_request
from tests.support.care_teams import CARE_TEAM_ID, CLINICIAN_ID, MANAGER, SITE_ID, a_care_team, a_clinician, a_site
from tests.support.case_days import a_day
from tests.support.scheduling import (
    AVAILABILITY_DUE,
    FIRST,
    LAST,
    NEW_AVAILABILITY,
    PERIOD_ID,
    REQUESTS_DUE,
    InMemoryAvailabilities,
    InMemoryPeriods,
    InMemoryPlaces,
    InMemoryRequests,
    Scheduled,
    a_day_request,
    a_period,
    an_availability,
)

DAY = timedelta(days=1)
PAGE: dict[str, Any] = {"limit": 5, "start": None}


@dataclass
class Kept:
    """The stores of scheduling over one place."""

    places: Any
    periods: Any
    availabilities: Any
    requests: Any
    stores: Any

    def has(self, *things):
        """Store a care team, a clinician or a site, as their own room does."""
        if self.stores.table is None:
            self.places.put(*things)
            return
        for thing in things:
            if isinstance(thing, CareTeam):
                key = keys.care_team(thing.care_team_id)
            elif isinstance(thing, Site):
                key = keys.site(thing.practice_id, thing.site_id)
            else:
                key = keys.clinician(thing.care_team_id, thing.clinician_id)
            self.stores.table.write([Put(key=key, values=record(thing), condition=ALWAYS)])

    def has_days(self, *days):
        """Store Case Days in the lists in which they are found, as their own room does."""
        if self.stores.table is None:
            self.periods.days.extend(days)
            return
        for day in days:
            puts = [Put(key=key, values=record(day), condition=ALWAYS) for key in copies_of(day)]
            self.stores.table.write(puts)

    def told(self, period_id=PERIOD_ID):
        """Names of what was announced of a period, sorted: all of it is of one moment."""
        if self.stores.table is None:
            found = [event for event in self.stores.memory.events if event.period_id == period_id]
            return sorted(type(event).__name__ for event in found)
        items = self.stores.table.partition(f"PERIOD#{period_id}", prefix="EVENT#")
        return sorted(item["detail_type"] for item in items)


@pytest.fixture
def kept(stores):
    if stores.table is None:
        scheduled = Scheduled(stores.memory)
        ports = (InMemoryPlaces(), InMemoryPeriods(scheduled), InMemoryAvailabilities(scheduled))
        return Kept(*ports, InMemoryRequests(scheduled), stores)
    return _over(stores)


@pytest.fixture
def local(local_stores):
    return _over(local_stores)


def _over(stores):
    table, now = stores.table, stores.clock
    return Kept(
        TablePlaces(table),
        TablePeriods(table, now=now),
        TableAvailabilities(table),
        TableRequests(table, now=now),
        stores,
    )


def save_period(kept, period, *, request=None):
    event = PeriodOpened(
        **event_head(period, at=NOW),
        period_version=period.version,
        availability_due_at=AVAILABILITY_DUE,
        requests_due_at=REQUESTS_DUE,
    )
    kept.periods.save(period, event, request=request)
    return period


def save_availability(kept, availability, *, period=None):
    event = AvailabilitySubmitted(
        **event_head(a_period(), at=NOW),
        clinician_id=availability.clinician_id,
        availability_version=availability.version,
    )
    kept.availabilities.save(availability, event, period=period or a_period())
    return availability


def save_request(kept, asked, *, period=None, request=None):
    kept.requests.save(asked, CaseDayRequested(**request_event_head(asked, at=NOW)), period=period, request=request)
    return asked


# --- Places -----------------------------------------------------------------------------------------------------------


def test_care_teams_sites_and_clinicians_are_read_as_their_own_room_keeps_them(kept):
    site = a_site(needs_permit=True, permit=Permit(number="P-1", valid_from=FIRST, expires_on=FIRST + DAY))
    kept.has(
        a_care_team(),
        site,
        a_clinician(),
        a_clinician(clinician_id="person-22"),
        a_clinician(clinician_id="x", care_team_id="team-2"),
    )
    assert kept.places.care_team(CARE_TEAM_ID) == a_care_team()
    assert kept.places.site(PRACTICE_ID, SITE_ID) == site
    assert kept.places.clinician(CARE_TEAM_ID, CLINICIAN_ID) == a_clinician()
    assert kept.places.care_team("team-9") is None
    assert kept.places.site("practice-2", SITE_ID) is None
    assert kept.places.clinician("team-2", CLINICIAN_ID) is None


def test_clinicians_are_listed_by_their_ids_page_by_page(kept):
    kept.has(*(a_clinician(clinician_id=f"person-{number}") for number in (3, 1, 2)))
    save_period(kept, a_period())
    first = kept.places.clinicians(CARE_TEAM_ID, limit=2, start=None)
    second = kept.places.clinicians(CARE_TEAM_ID, limit=2, start=first.next)
    found = [each.clinician_id for each in (*first.things, *second.things)]
    assert (found, second.next) == (["person-1", "person-2", "person-3"], None)


# --- Periods ----------------------------------------------------------------------------------------------------------


def test_a_period_is_stored_with_what_is_told_of_it_and_its_answer(kept):
    period = save_period(kept, a_period(states=frozenset({"MA", "ME"})), request=a_request())
    assert kept.periods.find(CARE_TEAM_ID, PERIOD_ID) == kept.periods.answered(a_request()) == period
    assert kept.periods.find("team-2", PERIOD_ID) is None
    assert kept.periods.answered(a_request("key-2")) is None
    assert kept.told() == ["PeriodOpened"]
    with pytest.raises(IdempotencyKeyReused):
        kept.periods.answered(a_request(body="another"))


def test_a_period_keeps_what_its_schedule_is_worth_and_when_and_by_which_run_it_is_matched(kept):
    period = save_period(
        kept, a_period(weights=MatchWeights(served=0, later_date=1), match_at=REQUESTS_DUE, run_id="r")
    )
    assert kept.periods.find(CARE_TEAM_ID, PERIOD_ID) == period


def test_a_period_from_before_schedules_were_weighed_is_read_and_has_the_usual_weights():
    plain = record(a_period())
    for name in ("weights", "match_at", "run_id"):
        del plain[name]
    assert read_record(SchedulingPeriod, plain) == a_period()


def test_the_same_request_opens_one_period(kept):
    save_period(kept, a_period(), request=a_request())
    with pytest.raises(AlreadyAnswered):
        save_period(kept, a_period(period_id="period-2"), request=a_request())
    assert kept.periods.find(CARE_TEAM_ID, "period-2") is None


def test_the_second_of_two_changes_of_a_period_is_told(kept):
    save_period(kept, a_period())
    moved = save_period(kept, a_period(status=PeriodStatus.REVIEWING, version=2))
    for version, actual in ((2, 2), (1, 2), (4, 2)):
        with pytest.raises(StaleVersion) as stale:
            save_period(kept, a_period(name="Late", version=version))
        assert (stale.value.expected, stale.value.actual) == (version - 1, actual)
    assert kept.periods.find(CARE_TEAM_ID, PERIOD_ID) == moved
    assert kept.told() == ["PeriodOpened", "PeriodOpened"]
    with pytest.raises(StaleVersion) as absent:
        save_period(kept, a_period(period_id="period-9", version=2))
    assert (absent.value.expected, absent.value.actual) == (1, 0)


def test_the_periods_of_a_care_team_are_listed_newest_first_page_by_page(kept):
    kept.has(a_care_team(), a_clinician())
    for number in (1, 2, 3):
        save_period(kept, a_period(period_id=f"period-{number}"))
    save_period(kept, a_period(period_id="period-4", care_team_id="team-2"))
    first = kept.periods.of_care_team(CARE_TEAM_ID, limit=2, start=None)
    second = kept.periods.of_care_team(CARE_TEAM_ID, limit=2, start=first.next)
    found = [each.period_id for each in (*first.things, *second.things)]
    assert (found, second.next) == (["period-3", "period-2", "period-1"], None)
    assert kept.periods.of_care_team("team-3", **PAGE).things == ()


def test_a_period_has_answers_once_a_clinician_or_a_practice_said_something_for_it(kept):
    save_period(kept, a_period())
    assert not kept.periods.has_answers(CARE_TEAM_ID, PERIOD_ID)
    save_request(kept, a_day_request(period_id="period-2"))
    assert not kept.periods.has_answers(CARE_TEAM_ID, PERIOD_ID)
    assert kept.periods.has_answers(CARE_TEAM_ID, "period-2")
    save_availability(kept, an_availability())
    assert kept.periods.has_answers(CARE_TEAM_ID, PERIOD_ID)


@pytest.mark.parametrize("status", list(DayStatus))
def test_a_period_has_days_until_they_are_called_off(kept, status):
    kept.has_days(a_day(on=FIRST, status=status))
    assert kept.periods.has_days(a_period()) is (status not in (DayStatus.CANCELLED, DayStatus.REJECTED))


def test_days_of_others_and_outside_of_a_period_are_none_of_its_own(kept):
    kept.has_days(
        a_day(case_day_id="day-1", on=FIRST, period_id="period-2"),
        a_day(case_day_id="day-2", on=FIRST, period_id=None),
        a_day(case_day_id="day-3", on=FIRST, care_team_id="team-2"),
        a_day(case_day_id="day-4", on=FIRST - DAY),
        a_day(case_day_id="day-5", on=LAST + DAY),
    )
    assert not kept.periods.has_days(a_period())
    kept.has_days(a_day(case_day_id="day-6", on=LAST))
    assert kept.periods.has_days(a_period())


def test_a_day_of_a_period_is_found_behind_many_of_others(local):
    """DynamoDB reads a megabyte at a time, before it leaves anything out."""
    long = "x" * 100_000
    others = [a_day(case_day_id=f"day-{number:02}", on=FIRST, period_id=None, note=long) for number in range(12)]
    local.has_days(*others)
    assert not local.periods.has_days(a_period())
    local.has_days(a_day(case_day_id="day-99", on=LAST))
    assert local.periods.has_days(a_period())


# --- Availability -----------------------------------------------------------------------------------------------------


def test_availability_is_stored_and_read_as_it_was_said(kept):
    save_period(kept, a_period())
    said = save_availability(kept, an_availability())
    assert kept.availabilities.find(CARE_TEAM_ID, PERIOD_ID, CLINICIAN_ID) == said
    reviewed = said.reviewed(AvailabilityState.NEEDS_CHANGES, feedback="More.", by="person-20", at=NOW)
    save_availability(kept, reviewed)
    assert kept.availabilities.find(CARE_TEAM_ID, PERIOD_ID, CLINICIAN_ID) == reviewed
    assert kept.availabilities.find(CARE_TEAM_ID, "period-2", CLINICIAN_ID) is None
    assert kept.told() == ["AvailabilitySubmitted", "AvailabilitySubmitted", "PeriodOpened"]


def test_the_second_of_two_availabilities_is_told(kept):
    save_period(kept, a_period())
    save_availability(kept, an_availability())
    for version, expected in ((1, 0), (3, 2)):
        with pytest.raises(StaleVersion) as stale:
            save_availability(kept, an_availability(note="Late.", version=version))
        assert (stale.value.expected, stale.value.actual) == (expected, 1)
    assert kept.availabilities.find(CARE_TEAM_ID, PERIOD_ID, CLINICIAN_ID) == an_availability()


def test_availability_is_not_stored_once_its_period_is_another_version(kept):
    save_period(kept, a_period())
    moved = save_period(kept, a_period(status=PeriodStatus.REVIEWING, version=2))
    with pytest.raises(PeriodElsewhere):
        save_availability(kept, an_availability())
    assert kept.availabilities.find(CARE_TEAM_ID, PERIOD_ID, CLINICIAN_ID) is None
    assert kept.told() == ["PeriodOpened", "PeriodOpened"]
    save_availability(kept, an_availability(), period=moved)


def test_what_some_clinicians_said_is_read_together(kept):
    save_period(kept, a_period())
    for clinician_id in ("person-1", "person-2", "person-3"):
        save_availability(kept, an_availability(clinician_id))
    save_request(kept, a_day_request())
    found = kept.availabilities.of_clinicians(CARE_TEAM_ID, PERIOD_ID, ["person-1", "person-3", "person-9"])
    assert sorted(each.clinician_id for each in found) == ["person-1", "person-3"]


# --- Requests ---------------------------------------------------------------------------------------------------------


def test_a_request_is_stored_once_and_listed_twice_with_its_answer(kept):
    save_period(kept, a_period())
    asked = save_request(kept, a_day_request(), period=a_period(), request=a_request())
    assert kept.requests.find(asked.request_id) == kept.requests.answered(a_request()) == asked
    assert kept.requests.of_period(CARE_TEAM_ID, PERIOD_ID, status=None, **PAGE).things == (asked,)
    assert kept.requests.of_practice(PRACTICE_ID, status=None, **PAGE).things == (asked,)
    assert kept.requests.find("request-9") is None
    assert kept.told() == ["CaseDayRequested", "PeriodOpened"]


def test_a_practice_that_asks_for_a_day_knows_the_care_team_from_then_on(local):
    table = local.stores.table
    for number in (1, 2):
        save_request(local, a_day_request(version=number))
        assert stored_practices(table, CARE_TEAM_ID) == (PRACTICE_ID,)
    assert stored_practices(table, "team-2") == ()


def test_a_change_of_a_request_is_in_both_lists(kept):
    save_request(kept, a_day_request())
    after = save_request(kept, a_day_request(status=RequestStatus.REJECTED, reason="Too far.", version=2))
    assert kept.requests.find("request-1") == after
    assert kept.requests.of_period(CARE_TEAM_ID, PERIOD_ID, status=None, **PAGE).things == (after,)
    assert kept.requests.of_practice(PRACTICE_ID, status=None, **PAGE).things == (after,)


def test_the_second_of_two_changes_of_a_request_is_told_and_no_list_has_it(kept):
    before = save_request(kept, a_day_request(priority=4))
    for version, expected in ((1, 0), (3, 2)):
        with pytest.raises(StaleVersion) as stale:
            save_request(kept, a_day_request(version=version))
        assert (stale.value.expected, stale.value.actual) == (expected, 1)
    assert kept.requests.of_period(CARE_TEAM_ID, PERIOD_ID, status=None, **PAGE).things == (before,)


def test_the_same_request_asks_for_one_day(kept):
    save_period(kept, a_period())
    save_request(kept, a_day_request(), period=a_period(), request=a_request())
    with pytest.raises(AlreadyAnswered):
        save_request(kept, a_day_request("request-2"), period=a_period(), request=a_request())
    assert kept.requests.find("request-2") is None


def test_a_request_is_not_stored_once_its_period_is_another_version(kept):
    save_period(kept, a_period())
    save_period(kept, a_period(status=PeriodStatus.MATCHING, version=2))
    with pytest.raises(PeriodElsewhere):
        save_request(kept, a_day_request(), period=a_period(), request=a_request())
    assert kept.requests.find("request-1") is None
    assert kept.requests.answered(a_request()) is None
    assert kept.requests.of_practice(PRACTICE_ID, status=None, **PAGE).things == ()


def test_requests_are_listed_page_by_page_by_period_and_by_practice(kept):
    save_period(kept, a_period())
    save_availability(kept, an_availability())
    for number in (1, 2, 3):
        save_request(kept, a_day_request(f"request-{number}"))
    save_request(kept, a_day_request("request-4", practice_id="practice-2"))
    save_request(kept, a_day_request("request-5", period_id="period-2"))

    def pages(of, *whose):
        first = of(*whose, status=None, limit=2, start=None)
        second = of(*whose, status=None, limit=2, start=first.next)
        return [each.request_id[-1] for each in (*first.things, *second.things)]

    assert pages(kept.requests.of_period, CARE_TEAM_ID, PERIOD_ID) == ["1", "2", "3", "4"]
    assert pages(kept.requests.of_practice, PRACTICE_ID) == ["5", "3", "2", "1"]


def test_a_page_leaves_out_what_has_another_status_and_goes_on(kept):
    for number, status in enumerate((RequestStatus.REQUESTED, RequestStatus.REJECTED, RequestStatus.REQUESTED)):
        save_request(kept, a_day_request(f"request-{number}", status=status))
    for of, whose in (
        (kept.requests.of_period, (CARE_TEAM_ID, PERIOD_ID)),
        (kept.requests.of_practice, (PRACTICE_ID,)),
    ):
        first = of(*whose, status=RequestStatus.REJECTED, limit=2, start=None)
        second = of(*whose, status=RequestStatus.REJECTED, limit=2, start=first.next)
        assert [each.request_id for each in (*first.things, *second.things)] == ["request-1"]


# --- At once ----------------------------------------------------------------------------------------------------------


def test_nothing_is_stored_for_a_period_after_it_has_moved_on(local):
    """While many clinicians submit, the manager moves the period on: who came too late is told, and nobody else."""
    people = [f"person-{number}" for number in range(12)]
    local.has(a_care_team(), *(a_clinician(clinician_id=each) for each in people))
    save_period(local, a_period())
    clock = local.stores.clock
    periods = PeriodService(local.periods, local.places, now=clock)
    availabilities = AvailabilityService(local.availabilities, local.periods, local.places, now=clock)

    def submit(user_id):
        who = replace(CLINICIAN, user_id=user_id)
        while True:
            try:
                return availabilities.submit(who, PERIOD_ID, user_id, NEW_AVAILABILITY, expected_version=0).version
            except RequestInProgress:
                continue
            except BitewingError as refused:
                return refused.code

    def move_on():
        while True:
            try:
                return periods.move(MANAGER, PERIOD_ID, PeriodStatus.REVIEWING, expected_version=1).version
            except RequestInProgress:
                continue

    with ThreadPoolExecutor(len(people) + 1) as together:
        submitted = [together.submit(submit, each) for each in people]
        moved = together.submit(move_on)
        ends = [each.result() for each in submitted]
    assert moved.result() == 2
    assert set(ends) <= {1, "period_not_open"}
    stored = local.availabilities.of_clinicians(CARE_TEAM_ID, PERIOD_ID, people)
    assert len(stored) == ends.count(1)
    assert local.told().count("AvailabilitySubmitted") == ends.count(1)
