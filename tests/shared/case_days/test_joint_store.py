"""The joint of Case Days and lab cases, kept in memory, on moto and on DynamoDB Local: the same promises."""

from dataclasses import replace
from typing import Any

import pytest
from bitewing.aws import keys
from bitewing.case_days.events import CaseDayWorkLate, day_event_head
from bitewing.case_days.joint_ports import CaseLink
from bitewing.case_days.joint_store import TableLinkedCases
from bitewing.case_days.patients_ports import PatientChange
from bitewing.case_days.ports import DayChange, Overtaken
from bitewing.cases.activity import Deed
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.ports import FilesChanged

from tests.shared.case_days.test_patients_store import a_change, kept_in
from tests.support.builders import CASE_ID, NOW, a_case
from tests.support.callers import a_request
from tests.support.case_days import MONDAY, a_day, a_patient_of_the_day, on
from tests.support.changes import a_change as a_case_change
from tests.support.changes import an_answer, an_entry
from tests.support.days_in_memory import InMemoryLinkedCases

MONDAY_OF_CASE = LinkedDay(case_day_id="day-1", on=MONDAY, is_late=True)


@pytest.fixture
def kept(stores):
    return kept_in(stores)


@pytest.fixture
def linked(stores, kept) -> Any:
    for case_id in (CASE_ID, "another"):
        case = a_case(case_id=case_id)
        stores.cases.create(a_case_change(case), request=a_request(case_id), answer=an_answer(case))
    return InMemoryLinkedCases(stores.memory, kept.days) if stores.table is None else TableLinkedCases(stores.table)


def link(linked, to=MONDAY_OF_CASE, case_id=CASE_ID, entry_id="entry-1"):
    case = linked.find(case_id)
    return CaseLink(case=case, linked=to, entry=an_entry(case, entry_id=entry_id, deed=Deed.CASE_DAY_CHANGED))


def history(stores, case_id=CASE_ID):
    entries = stores.cases.activity(case_id, limit=10, start=None).things
    return [entry.entry_id for entry in entries if entry.deed is Deed.CASE_DAY_CHANGED]


def test_a_case_knows_its_day_and_forgets_it(linked, stores):
    assert linked.find(CASE_ID).case_day is None
    assert linked.relink(link(linked), None, ())
    assert linked.find(CASE_ID).case_day == MONDAY_OF_CASE
    assert stores.cases.find(CASE_ID) == linked.find(CASE_ID)
    assert linked.relink(link(linked, None, entry_id="entry-2"), None, ())
    assert linked.find(CASE_ID).case_day is None
    assert history(stores) == ["entry-2", "entry-1"]
    assert linked.find("nothing") is None
    assert {each.case_id for each in linked.find_all([CASE_ID, "another", "nothing"])} == {CASE_ID, "another"}


def test_what_is_told_of_a_link_is_told_with_the_day(linked, stores):
    event = CaseDayWorkLate(**day_event_head(a_day(), at=NOW), case_id=CASE_ID, arrives_on=on(1))
    assert linked.relink(link(linked), None, [event])
    if stores.table is not None:
        (item,) = stores.table.partition(keys.case_day_partition("day-1"), prefix="EVENT#")
        assert (item["detail_type"], item["detail"]["arrives_on"]) == ("CaseDayWorkLate", "2026-03-17")
    else:
        assert stores.memory.events[-1] == event


def test_of_two_who_link_a_case_the_second_is_overtaken(linked):
    first, second = link(linked), link(linked, replace(MONDAY_OF_CASE, on=on(3)), entry_id="entry-2")
    assert linked.relink(first, None, ())
    assert not linked.relink(second, None, ())
    assert linked.find(CASE_ID).case_day == MONDAY_OF_CASE


def test_what_was_decided_on_a_case_that_moved_meanwhile_is_not_kept(linked, stores):
    decided = link(linked)
    stores.cases.save(a_case_change(replace(decided.case, version=2)))
    assert not linked.relink(decided, None, ())
    assert (linked.find(CASE_ID).case_day, history(stores)) == (None, [])


def test_what_was_decided_on_a_day_that_moved_meanwhile_is_not_kept(linked, stores, kept):
    read = kept.day()
    moved = read.changed(note="x")
    kept.days.save(DayChange(day=moved, before=read, entries=()))
    event = CaseDayWorkLate(**day_event_head(read, at=NOW), case_id=CASE_ID, arrives_on=on(1))
    assert not linked.relink(link(linked), read, [event])
    assert (linked.find(CASE_ID).case_day, history(stores)) == (None, [])
    assert "CaseDayWorkLate" not in kept.events()
    assert linked.relink(link(linked), moved, [event])
    assert history(stores) == ["entry-1"]
    assert kept.events().count("CaseDayWorkLate") == 1


def test_who_changes_a_case_leaves_its_day_alone(linked, stores):
    read = stores.cases.find(CASE_ID)
    linked.relink(link(linked), None, ())
    stores.cases.save(a_case_change(replace(read, version=2)))
    assert linked.find(CASE_ID).case_day == MONDAY_OF_CASE
    assert linked.find(CASE_ID).version == 2


def test_what_precheck_said_before_the_day_was_known_is_not_kept(linked, stores):
    read = stores.cases.find(CASE_ID)
    linked.relink(link(linked), None, ())
    assert not stores.cases.record_check(read)
    with pytest.raises(FilesChanged):
        stores.cases.save(replace(a_case_change(replace(read, version=2)), files_version=read.files_version))


def test_patients_and_their_cases_are_linked_in_one_change(linked, stores, kept):
    patient = a_patient_of_the_day(case_id=CASE_ID)
    links = (link(linked), link(linked, None, "another"))
    change: PatientChange = replace(a_change(kept, patient), links=links)
    kept.patients.save(change)
    assert linked.find(CASE_ID).case_day == MONDAY_OF_CASE
    assert (history(stores), history(stores, "another")) == (["entry-1"], ["entry-1"])
    # One that was read before holds up all of the next.
    entry = replace(links[0].entry, entry_id="entry-2")
    second = replace(a_change(kept, None, patient), links=(replace(links[0], linked=None, entry=entry),))
    with pytest.raises(Overtaken):
        kept.patients.save(second)
    assert linked.find(CASE_ID).case_day == MONDAY_OF_CASE
    assert (kept.days.patients("day-1"), history(stores)) == ((patient,), ["entry-1"])
