"""Case Days, kept in memory, on moto and on DynamoDB Local: the same promises."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from bitewing.aws import keys
from bitewing.care_teams.care_team import CarePreferences
from bitewing.case_days.activity import DayActivity, DayDeed
from bitewing.case_days.case_day import Answer, Details, Hours, Override, WantedChange
from bitewing.case_days.changes import ChangeCriteria, ChangedField, ChangeOutcome, Criterion, DayEdit
from bitewing.case_days.events import PracticeConfirmed
from bitewing.case_days.following import following
from bitewing.case_days.ports import DayChange, Judged, Overtaken
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.store import TableCaseDays, copies_of
from bitewing.case_days.telling import Telling
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import DateTaken, IdempotencyKeyReused, StaleVersion
from bitewing.scheduling.request import RequestStatus

from tests.support.builders import NOW, PRACTICE_ID, a_practice
from tests.support.callers import a_request
from tests.support.case_days import (
    EVERYBODY,
    MONDAY,
    PERIOD_ID,
    REQUEST_ID,
    SITE_ID,
    TEAM,
    TEAM_ID,
    a_care_team,
    a_clinician,
    a_day,
    a_day_request,
    a_member,
    a_patient_of_the_day,
    a_period,
    a_site,
    an_availability,
    everything,
    on,
    put_all,
)
from tests.support.days_in_memory import InMemoryCaseDays, InMemoryRoster

NOBODY = CarePreferences(practice_id=PRACTICE_ID, care_team_id=TEAM_ID)


@dataclass
class Kept:
    """Case Days in one of the three places."""

    days: Any
    roster: Any
    stores: Any

    def put(self, *things):
        if self.stores.table is None:
            self.roster.put(*things)
        else:
            put_all(self.stores.table, *things)

    def events(self):
        """Names of what was announced about the day and the period, in their order."""
        if self.stores.memory is not None:
            return [type(event).__name__ for event in self.stores.memory.events]
        table = self.stores.table
        parts = (keys.case_day_partition("day-1"), f"PERIOD#{PERIOD_ID}")
        return [item["detail_type"] for part in parts for item in table.partition(part, prefix="EVENT#")]


@pytest.fixture
def kept(stores):
    if stores.table is None:
        roster: Any = InMemoryRoster()
        days: Any = InMemoryCaseDays(stores.memory, roster)
    else:
        roster, days = TableRoster(stores.table), TableCaseDays(stores.table, now=stores.clock)
    kept = Kept(days, roster, stores)
    kept.put(*everything())
    return kept


@pytest.fixture
def days(kept):
    return kept.days


def judged(*clinician_ids, **changes):
    read = {"clinician_version": 1, "availability_version": 1, "calendar_version": 0} | changes
    return tuple(Judged(clinician_id=each, **read) for each in clinician_ids)


def an_entry(entry_id="entry-1", **changes):
    entry = DayActivity(
        entry_id=entry_id,
        case_day_id="day-1",
        at=NOW,
        by=DayParty.MANAGER,
        user_id="manager-1",
        deed=DayDeed.CREATED,
        details={"on": "2026-03-16"},
    )
    return replace(entry, **changes)


def a_team(*clinician_ids, **changes):
    return tuple(a_member(each, **changes) for each in clinician_ids)


def created(**changes):
    day = a_day(**changes)
    members = [each.clinician_id for each in day.team]
    return DayChange(day=day, before=None, entries=(), judged=judged(*members), preferences=NOBODY)


def changing(before, after, **changes):
    return DayChange(day=replace(after, version=before.version + 1), before=before, entries=(), **changes)


def listed(days, party=DayParty.PRACTICE, owner_id=PRACTICE_ID, **asked):
    asked = {"first": MONDAY, "last": on(6), "limit": 10, "start": None} | asked
    return days.listed(party, owner_id, **asked)


def everywhere(days, clinician_id="nurse-1"):
    """The only day in the lists of its practice, its care team and a clinician."""
    lists = ((DayParty.PRACTICE, PRACTICE_ID), (DayParty.MANAGER, TEAM_ID), (DayParty.CLINICIAN, clinician_id))
    return [listed(days, *each).things for each in lists]


def claimed(days, clinician_id):
    return dict(days.claimed(clinician_id, first=date(2026, 1, 1), last=date(2026, 12, 31)))


def test_a_day_is_kept_whole_and_found_in_every_way(days):
    day = a_day(
        team=(
            a_member("nurse-1", overrides=(Override(rule="week", reason="asked", by="manager-1", at=NOW),)),
            a_member("medic-1", answer=Answer.ACCEPTED, answered_at=NOW, answered_by="medic-1", silent_at=NOW),
        ),
        declined=frozenset({"nurse-2"}),
        details=Details(arrival="Back door", rooms=1, contact="Ada, +1 555 0100"),
        agreed=Hours(starts_at="08:00", minutes=480),
        wanted=WantedChange(edit=DayEdit(on=on(3), minutes=500), asked_at=NOW, asked_by="person-1"),
        note="Bring the small masks.",
    )
    change = DayChange(
        day=day,
        before=None,
        entries=(an_entry(),),
        judged=judged("nurse-1", "medic-1"),
        preferences=NOBODY,
        site=a_site(),
    )
    days.save(change)
    assert days.find("day-1") == day
    assert everywhere(days) == [(day,), (day,), (day,)]
    assert claimed(days, "nurse-1") == {MONDAY: "day-1"}
    assert days.calendar_version("nurse-1") == 1


def test_what_is_not_there_is_not_found(days):
    days.save(created(team=a_team("nurse-1")))
    assert days.find("day-2") is None
    assert claimed(days, "medic-1") == {}
    assert days.calendar_version("medic-1") == 0
    assert listed(days, DayParty.PRACTICE, "practice-2").things == ()
    assert listed(days, DayParty.CLINICIAN, "medic-1").things == ()


@pytest.mark.parametrize(("first", "last", "count"), [(0, 0, 1), (-3, -1, 0), (1, 9, 0), (-1, 1, 1)])
def test_a_span_has_its_ends(days, first, last, count):
    days.save(created(team=a_team("nurse-1")))
    lists = ((DayParty.PRACTICE, PRACTICE_ID), (DayParty.MANAGER, TEAM_ID), (DayParty.CLINICIAN, "nurse-1"))
    for each in lists:
        assert len(listed(days, *each, first=on(first), last=on(last)).things) == count
    assert len(days.claimed("nurse-1", first=on(first), last=on(last))) == count


@pytest.mark.parametrize("party", [DayParty.PRACTICE, DayParty.MANAGER, DayParty.CLINICIAN])
def test_a_list_goes_on_where_the_page_before_ended(days, party):
    for number in range(3):
        change = created(case_day_id=f"day-{number}", on=on(number), team=a_team("nurse-1"))
        days.save(replace(change, judged=judged("nurse-1", calendar_version=number)))
    owner_id = {DayParty.PRACTICE: PRACTICE_ID, DayParty.MANAGER: TEAM_ID, DayParty.CLINICIAN: "nurse-1"}[party]
    first = listed(days, party, owner_id, limit=2)
    rest = listed(days, party, owner_id, limit=2, start=first.next)
    assert [each.case_day_id for each in (*first.things, *rest.things)] == ["day-0", "day-1", "day-2"]
    assert rest.next is None


def test_a_practice_has_one_day_a_date(days):
    days.save(created())
    with pytest.raises(DateTaken):
        days.save(created(case_day_id="day-2"))
    assert days.find("day-2") is None
    days.save(created(case_day_id="day-2", on=on(1)))
    days.save(created(case_day_id="day-3", practice_id="practice-2"))


def test_a_day_of_a_clinician_is_claimed_once(days):
    days.save(created(team=a_team("nurse-1")))
    other = created(case_day_id="day-2", practice_id="practice-2", team=a_team("nurse-1", "medic-1"))
    read = (*judged("nurse-1", calendar_version=1), *judged("medic-1"))
    with pytest.raises(Overtaken):
        days.save(replace(other, judged=read, preferences=None))
    assert days.find("day-2") is None
    # Nothing is left of what was refused: neither the date nor the other's claim.
    assert (claimed(days, "medic-1"), days.calendar_version("medic-1")) == ({}, 0)
    days.save(created(case_day_id="day-3", practice_id="practice-2"))


def test_of_two_who_claim_days_of_one_clinician_the_second_judges_anew(days):
    days.save(created(team=a_team("nurse-1")))
    other = created(case_day_id="day-2", on=on(1), team=a_team("nurse-1"))
    with pytest.raises(Overtaken):
        days.save(other)
    days.save(replace(other, judged=judged("nurse-1", calendar_version=1)))
    assert claimed(days, "nurse-1") == {MONDAY: "day-1", on(1): "day-2"}
    assert days.calendar_version("nurse-1") == 2


@pytest.mark.parametrize(
    "changed",
    [
        a_clinician("nurse-1", version=2),
        an_availability("nurse-1", version=2),
        replace(NOBODY, blocked=frozenset({"nurse-1"}), version=1),
        a_site(version=2),
        a_period(version=2),
    ],
    ids=["clinician", "availability", "preferences", "site", "period"],
)
def test_what_a_change_was_judged_on_still_stands(kept, changed):
    kept.put(changed)
    with pytest.raises(Overtaken):
        kept.days.save(replace(created(team=a_team("nurse-1")), site=a_site(), period=a_period()))
    assert kept.days.find("day-1") is None
    assert claimed(kept.days, "nurse-1") == {}


def test_an_availability_that_was_submitted_meanwhile_is_noticed_and_outside_a_period_none_is_looked_for(days):
    with pytest.raises(Overtaken):
        days.save(replace(created(team=a_team("nurse-1")), judged=judged("nurse-1", availability_version=0)))
    outside = created(team=a_team("nurse-1"), period_id=None)
    days.save(replace(outside, judged=judged("nurse-1", availability_version=0)))


def test_a_clinician_who_is_no_more_is_on_no_team(days):
    with pytest.raises(Overtaken):
        days.save(created(team=a_team("nurse-9")))


def test_of_two_who_change_a_day_the_second_is_overtaken(days):
    days.save(created())
    read = days.find("day-1")
    days.save(changing(read, replace(read, note="first")))
    with pytest.raises(Overtaken):
        days.save(changing(read, replace(read, note="second")))
    assert days.find("day-1").note == "first"


def test_a_day_whose_patients_changed_meanwhile_is_decided_anew(days):
    days.save(created(patients_version=3))
    read = replace(days.find("day-1"), patients_version=2)
    with pytest.raises(Overtaken):
        days.save(changing(read, read))


def test_a_day_that_is_there_is_not_created_again_and_one_that_is_not_is_not_changed(days):
    days.save(created())
    with pytest.raises(Overtaken):
        days.save(replace(created(on=on(1)), day=a_day(on=on(1))))
    with pytest.raises(Overtaken):
        days.save(changing(a_day(case_day_id="day-9"), a_day(case_day_id="day-9")))


def test_every_change_is_seen_wherever_the_day_is_kept(days):
    days.save(created(team=a_team("nurse-1")))
    read = days.find("day-1")
    change = changing(read, replace(read, note="new"))
    days.save(change)
    assert everywhere(days) == [(change.day,), (change.day,), (change.day,)]


def test_who_leaves_a_team_has_the_day_again(days):
    days.save(created(team=a_team(*TEAM)))
    read = days.find("day-1")
    days.save(changing(read, read.without("nurse-1")))
    assert claimed(days, "nurse-1") == {}
    assert claimed(days, "medic-1") == {MONDAY: "day-1"}
    assert (days.calendar_version("nurse-1"), days.calendar_version("medic-1")) == (2, 1)
    assert listed(days, DayParty.CLINICIAN, "nurse-1").things == ()


def test_somebody_is_replaced_in_one_change(days):
    days.save(created(team=a_team("nurse-1", "medic-1")))
    read = days.find("day-1")
    days.save(changing(read, read.with_member(a_member("nurse-2")), judged=judged("nurse-2"), preferences=NOBODY))
    assert (claimed(days, "nurse-1"), claimed(days, "nurse-2")) == ({}, {MONDAY: "day-1"})
    assert everywhere(days, "nurse-2")[2] == (days.find("day-1"),)


def test_a_day_on_another_date_takes_its_claims_along(days):
    days.save(created(team=a_team("nurse-1", "medic-1")))
    read = days.find("day-1")
    moved = replace(read.without("medic-1"), on=on(2))
    days.save(changing(read, moved, judged=judged("nurse-1", calendar_version=1), preferences=NOBODY))
    assert (claimed(days, "nurse-1"), claimed(days, "medic-1")) == ({on(2): "day-1"}, {})
    assert (days.calendar_version("nurse-1"), days.calendar_version("medic-1")) == (2, 2)
    assert everywhere(days) == [(days.find("day-1"),)] * 3
    assert listed(days, last=MONDAY).things == ()
    # Its date is free, and the new one is not.
    days.save(created(case_day_id="day-2"))
    with pytest.raises(DateTaken):
        days.save(created(case_day_id="day-3", on=on(2)))


def test_a_day_is_not_moved_to_a_date_on_which_its_practice_or_its_team_has_another(days):
    days.save(created(team=a_team("nurse-1")))
    days.save(created(case_day_id="day-2", on=on(1)))
    read = days.find("day-1")
    moved = changing(read, replace(read, on=on(1)), judged=judged("nurse-1", calendar_version=1))
    with pytest.raises(DateTaken):
        days.save(moved)
    other = created(case_day_id="day-3", on=on(2), practice_id="practice-2", team=a_team("nurse-1"))
    days.save(replace(other, judged=judged("nurse-1", calendar_version=1), preferences=None))
    with pytest.raises(Overtaken):
        days.save(replace(moved, day=replace(moved.day, on=on(2)), judged=judged("nurse-1", calendar_version=2)))
    assert claimed(days, "nurse-1") == {MONDAY: "day-1", on(2): "day-3"}
    assert everywhere(days)[2][0] == read


@pytest.mark.parametrize("status", [DayStatus.CANCELLED, DayStatus.REJECTED])
def test_a_day_that_is_called_off_leaves_its_team_and_its_date_to_others(days, status):
    days.save(created(team=a_team("nurse-1")))
    read = days.find("day-1")
    days.save(changing(read, replace(read, status=status, reason="why")))
    off = days.find("day-1")
    assert off.team == read.team
    assert claimed(days, "nurse-1") == {}
    assert everywhere(days) == [(off,), (off,), ()]
    again = created(case_day_id="day-2", team=a_team("nurse-1"))
    days.save(replace(again, judged=judged("nurse-1", calendar_version=2)))


@pytest.mark.parametrize("status", [DayStatus.CONFIRMED, DayStatus.IN_PROGRESS, DayStatus.COMPLETED])
def test_a_day_that_takes_place_keeps_its_claims(days, status):
    days.save(created(team=a_team("nurse-1")))
    read = days.find("day-1")
    days.save(changing(read, replace(read, status=status)))
    assert claimed(days, "nurse-1") == {MONDAY: "day-1"}
    assert days.calendar_version("nurse-1") == 1
    with pytest.raises(DateTaken):
        days.save(created(case_day_id="day-2"))


def test_a_request_is_answered_once_and_its_answer_kept(days):
    change, request = created(team=a_team("nurse-1")), a_request("create")
    assert days.answered(request) is None
    days.save(change, request=request)
    assert days.answered(request) == change.day
    with pytest.raises(AlreadyAnswered):
        days.save(change, request=request)
    with pytest.raises(IdempotencyKeyReused):
        days.answered(a_request("create", "another body"))


# The request of a practice


def followed(day):
    return following(a_day_request(), day, by=DayParty.MANAGER, at=NOW)


def test_the_request_follows_wherever_it_is_kept(kept):
    kept.put(a_day_request())
    change = created(request_id=REQUEST_ID)
    kept.days.save(replace(change, following=followed(change.day)))
    proposed = a_day_request(status=RequestStatus.PROPOSED, case_day_id="day-1", version=2)
    assert kept.roster.request(REQUEST_ID) == proposed
    if (table := kept.stores.table) is not None:
        copies = (
            keys.request_of_period(TEAM_ID, PERIOD_ID, REQUEST_ID),
            keys.request_of_practice(PRACTICE_ID, REQUEST_ID),
        )
        assert [table.get(key)["status"] for key in copies] == ["proposed", "proposed"]
    assert kept.events() == ["CaseDayRequestMoved"]


def test_a_request_that_changed_meanwhile_leaves_its_day_as_it_was(kept):
    kept.put(a_day_request(version=2))
    change = created(request_id=REQUEST_ID)
    with pytest.raises(Overtaken):
        kept.days.save(replace(change, following=followed(change.day)))
    assert kept.days.find("day-1") is None
    assert kept.events() == []


# Beside the day


def test_what_is_told_and_the_history_are_stored_with_the_change(kept):
    telling = Telling(a_day(), at=NOW)
    telling.tell(PracticeConfirmed, managers=True)
    entries = tuple(an_entry(f"entry-{number}") for number in range(3))
    kept.days.save(replace(created(), entries=entries, events=telling.events))
    assert kept.events() == ["PracticeConfirmed"]
    first = kept.days.activity("day-1", limit=2, start=None)
    rest = kept.days.activity("day-1", limit=2, start=first.next)
    assert [each.entry_id for each in (*first.things, *rest.things)] == ["entry-2", "entry-1", "entry-0"]
    assert (rest.things[0], rest.next) == (entries[0], None)
    assert kept.days.activity("day-2", limit=2, start=None).things == ()


def test_the_patients_of_a_day_are_read_with_it(kept):
    patients = (a_patient_of_the_day("patient-1"), a_patient_of_the_day("patient-2"))
    kept.put(*patients, a_patient_of_the_day("patient-3", case_day_id="day-2"))
    assert kept.days.patients("day-1") == patients


def test_criteria_are_kept_in_versions(days):
    assert days.criteria(TEAM_ID) is None
    of = {ChangedField.STARTS_AT: Criterion(outcome=ChangeOutcome.APPROVED, up_to=15, beyond=ChangeOutcome.REFUSED)}
    criteria = ChangeCriteria(care_team_id=TEAM_ID, of=of, version=1)
    days.set_criteria(criteria)
    assert days.criteria(TEAM_ID) == criteria
    with pytest.raises(StaleVersion) as refused:
        days.set_criteria(criteria)
    assert (refused.value.expected, refused.value.actual) == (0, 1)
    days.set_criteria(replace(criteria, of={}, version=2))
    assert days.criteria(TEAM_ID).of == {}


def test_the_first_criteria_have_no_second_version(days):
    with pytest.raises(StaleVersion) as refused:
        days.set_criteria(ChangeCriteria(care_team_id=TEAM_ID, version=2))
    assert refused.value.actual == 0


# What is read of other rooms


def test_what_other_rooms_store_is_read(kept):
    kept.put(NOBODY, a_day_request())
    roster = kept.roster
    assert roster.care_team(TEAM_ID) == a_care_team()
    assert roster.practice(PRACTICE_ID) == a_practice()
    assert roster.site(PRACTICE_ID, SITE_ID) == a_site()
    assert roster.preferences(PRACTICE_ID, TEAM_ID) == NOBODY
    assert roster.clinician(TEAM_ID, "nurse-1") == a_clinician()
    assert roster.period(TEAM_ID, PERIOD_ID) == a_period()
    assert roster.availability(TEAM_ID, PERIOD_ID, "nurse-1") == an_availability()
    assert roster.request(REQUEST_ID) == a_day_request()
    assert roster.clinicians(TEAM_ID) == tuple(a_clinician(each) for each in sorted(EVERYBODY))
    assert roster.availabilities(TEAM_ID, PERIOD_ID) == tuple(an_availability(each) for each in sorted(EVERYBODY))


def test_of_others_nothing_is_read(kept):
    roster = kept.roster
    assert (roster.care_team("team-2"), roster.practice("practice-2")) == (None, None)
    assert roster.site(PRACTICE_ID, "site-2") is None
    assert (roster.preferences(PRACTICE_ID, TEAM_ID), roster.clinician("team-2", "nurse-1")) == (None, None)
    assert (roster.period(TEAM_ID, "period-2"), roster.request("request-2")) == (None, None)
    assert roster.availability(TEAM_ID, "period-2", "nurse-1") is None
    assert (roster.clinicians("team-2"), roster.availabilities(TEAM_ID, "period-2")) == ((), ())


def test_a_practice_has_asked_a_care_team_once_it_did_whatever_became_of_it(kept):
    has_asked = kept.roster.has_asked
    kept.put(a_day_request(practice_id="practice-2", care_team_id="team-2"))
    assert not has_asked("practice-2", TEAM_ID)
    assert not has_asked(PRACTICE_ID, "team-2")
    kept.put(a_day_request(request_id="request-2", practice_id="practice-2", status=RequestStatus.WITHDRAWN))
    assert has_asked("practice-2", TEAM_ID)
    assert has_asked("practice-2", "team-2")


def test_no_key_of_a_day_says_anything_of_its_patients():
    day = a_day(team=a_team("nurse-1"), note="Mira", patients=1)
    assert "Mira" not in str(copies_of(day))
    assert len(copies_of(day)) == 3
