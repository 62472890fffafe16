"""Patients of Case Days, kept in memory, on moto and on DynamoDB Local: the same promises."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from typing import Any

import pytest
from bitewing.aws import keys
from bitewing.care_teams.screening import AsaClass, WeightClass
from bitewing.case_days.activity import DayActivity, DayDeed
from bitewing.case_days.case_day import Answer
from bitewing.case_days.events import CaseDayPatientsChanged, day_event_head
from bitewing.case_days.joint_store import TableLinkedCases
from bitewing.case_days.patients_ports import PatientChange
from bitewing.case_days.patients_service import PatientService
from bitewing.case_days.patients_store import TableDayPatients
from bitewing.case_days.ports import DayChange, Judged, Overtaken
from bitewing.case_days.roster_store import TableRoster
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.store import TableCaseDays
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import IdempotencyKeyReused, InvalidInput, RequestInProgress
from botocore.exceptions import HTTPClientError

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import FROM_PRACTICE, a_request
from tests.support.case_days import (
    MONDAY,
    TEAM,
    TEAM_ID,
    a_day,
    a_member,
    a_new_patient,
    a_patient_of_the_day,
    everything,
    on,
    put_all,
)
from tests.support.days_in_memory import InMemoryCaseDays, InMemoryDayPatients, InMemoryRoster

MANY = 24


@dataclass
class Kept:
    """Case Days with their patients in one of the three places."""

    days: Any
    patients: Any
    stores: Any

    def events(self):
        """Names of what was announced about the day, in their order."""
        if self.stores.memory is not None:
            return [type(event).__name__ for event in self.stores.memory.events]
        found = self.stores.table.partition(keys.case_day_partition("day-1"), prefix="EVENT#")
        return [item["detail_type"] for item in found]

    def day(self):
        return self.days.find("day-1")

    def everywhere(self):
        """What the lists of its practice, its care team and a clinician have on the day."""
        lists = ((DayParty.PRACTICE, PRACTICE_ID), (DayParty.MANAGER, TEAM_ID), (DayParty.CLINICIAN, "nurse-1"))
        return [self.days.listed(*each, first=MONDAY, last=on(6), limit=10, start=None).things for each in lists]


def kept_in(stores):
    if stores.table is None:
        roster: Any = InMemoryRoster()
        days: Any = InMemoryCaseDays(stores.memory, roster)
        patients: Any = InMemoryDayPatients(stores.memory, roster, days)
        roster.put(*everything())
    else:
        days = TableCaseDays(stores.table, now=stores.clock)
        patients = TableDayPatients(stores.table, now=stores.clock)
        put_all(stores.table, *everything())
    team = tuple(a_member(each, answer=Answer.ACCEPTED) for each in TEAM)
    judged = tuple(
        Judged(clinician_id=each, clinician_version=1, availability_version=1, calendar_version=0) for each in TEAM
    )
    day = a_day(team=team, status=DayStatus.CONFIRMED)
    days.save(DayChange(day=day, before=None, entries=(), judged=judged))
    return Kept(days, patients, stores)


@pytest.fixture
def kept(stores):
    return kept_in(stores)


def a_change(kept, patient=None, before=None, **day):
    read = kept.day()
    count = read.patients + (patient is not None) - (before is not None)
    after = replace(read, patients=count, patients_version=read.patients_version + 1)
    return PatientChange(
        day=after,
        day_before=replace(read, **day),
        patient=patient,
        before=before,
        entry=DayActivity(
            entry_id=f"entry-{after.patients_version}",
            case_day_id="day-1",
            at=NOW,
            by=DayParty.PRACTICE,
            user_id="person-1",
            deed=DayDeed.PATIENTS_CHANGED,
        ),
        events=(CaseDayPatientsChanged(**day_event_head(after, at=NOW), patients=count, case_ids=()),),
    )


def test_a_patient_is_kept_whole_and_the_day_knows_of_it_wherever_it_is_kept(kept):
    patient = a_patient_of_the_day(
        special_needs="wheelchair",
        note="calm room",
        case_id="02MZ5HH9GADJ",
        weight_class=WeightClass.OVER_150_KG,
        asa_class=AsaClass.III,
    )
    change = a_change(kept, patient)
    kept.patients.save(change)
    assert kept.days.patients("day-1") == (patient,)
    assert kept.day() == change.day
    assert kept.everywhere() == [(change.day,)] * 3
    assert kept.events() == ["CaseDayPatientsChanged"]
    assert kept.days.activity("day-1", limit=5, start=None).things == (change.entry,)


def test_a_patient_is_changed_and_removed(kept):
    first, second = a_patient_of_the_day("1"), a_patient_of_the_day("2")
    kept.patients.save(a_change(kept, first))
    kept.patients.save(a_change(kept, second))
    changed = replace(first, note="x", version=2)
    kept.patients.save(a_change(kept, changed, first))
    assert kept.days.patients("day-1") == (changed, second)
    kept.patients.save(a_change(kept, None, changed))
    assert kept.days.patients("day-1") == (second,)
    assert (kept.day().patients, kept.day().patients_version) == (1, 4)


@pytest.mark.parametrize("read", [{"patients_version": 9}, {"version": 2}])
def test_patients_are_not_changed_of_a_day_that_was_changed_meanwhile(kept, read):
    with pytest.raises(Overtaken):
        kept.patients.save(a_change(kept, a_patient_of_the_day(), **read))
    assert (kept.days.patients("day-1"), kept.events(), kept.day().patients) == ((), [], 0)


def test_of_two_who_read_the_same_patients_the_second_is_overtaken(kept):
    one, other = a_change(kept, a_patient_of_the_day("1")), a_change(kept, a_patient_of_the_day("2"))
    kept.patients.save(one)
    with pytest.raises(Overtaken):
        kept.patients.save(other)
    assert kept.days.patients("day-1") == (one.patient,)


def test_the_day_is_not_changed_by_who_read_other_patients(kept):
    read = kept.day()
    kept.patients.save(a_change(kept, a_patient_of_the_day()))
    with pytest.raises(Overtaken):
        kept.days.save(DayChange(day=read.changed(note="x"), before=read, entries=()))


def test_a_request_is_answered_once(kept):
    assert kept.patients.answered(a_request()) is None
    change = a_change(kept, a_patient_of_the_day())
    kept.patients.save(change, request=a_request())
    assert kept.patients.answered(a_request()) == change.patient
    with pytest.raises(AlreadyAnswered):
        kept.patients.save(a_change(kept, a_patient_of_the_day("2")), request=a_request())
    with pytest.raises(IdempotencyKeyReused):
        kept.patients.answered(a_request(body="another"))
    assert len(kept.days.patients("day-1")) == 1


def test_many_who_assign_patients_at_once_never_fill_more_rooms_than_there_are(local_stores):
    kept = kept_in(local_stores)
    roster = TableRoster(local_stores.table)
    service = PatientService(
        kept.days, roster, kept.patients, TableLinkedCases(local_stores.table), now=local_stores.clock
    )
    together = Barrier(MANY)

    def assign(number):
        together.wait()
        while True:
            try:
                return service.add(FROM_PRACTICE, "day-1", a_new_patient(), a_request(f"assign {number}"))
            except (RequestInProgress, HTTPClientError):
                # Asked again with the same key, as whoever hears nothing does.
                continue
            except InvalidInput as refused:
                return refused

    with ThreadPoolExecutor(MANY) as people:
        ends = list(people.map(assign, range(MANY)))
    assert sum(isinstance(end, InvalidInput) for end in ends) == MANY - 2
    assert len(kept.days.patients("day-1")) == kept.day().patients == 2
