"""The joint of Case Days and lab cases, kept in memory, on moto and on DynamoDB Local: the same promises."""

from dataclasses import replace
from typing import Any

import pytest
from bitewing.aws import keys
from bitewing.case_days.events import CaseDayWorkLate, day_event_head
from bitewing.case_days.joint_ports import CaseLink
from bitewing.case_days.joint_store import TableLinkedCases
from bitewing.case_days.patients_ports import PatientChange
from bitewing.case_days.ports import Overtaken
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.ports import FilesChanged

from tests.shared.case_days.test_patients_store import a_change, kept_in
from tests.support.builders import CASE_ID, NOW, a_case
from tests.support.callers import a_request
from tests.support.case_days import MONDAY, a_day, a_patient_of_the_day, on
from tests.support.changes import a_change as a_case_change
from tests.support.changes import an_answer
from tests.support.days_in_memory import InMemoryLinkedCases

MONDAY_OF_CASE = LinkedDay(case_day_id="day-1", on=MONDAY, is_late=True)


@pytest.fixture
def linked(stores) -> Any:
    for case_id in (CASE_ID, "another"):
        case = a_case(case_id=case_id)
        stores.cases.create(a_case_change(case), request=a_request(case_id), answer=an_answer(case))
    return InMemoryLinkedCases(stores.memory) if stores.table is None else TableLinkedCases(stores.table)


def link(linked, to=MONDAY_OF_CASE, case_id=CASE_ID):
    return CaseLink(case=linked.find(case_id), linked=to)


def test_a_case_knows_its_day_and_forgets_it(linked, stores):
    assert linked.find(CASE_ID).case_day is None
    assert linked.relink(link(linked), ())
    assert linked.find(CASE_ID).case_day == MONDAY_OF_CASE
    assert stores.cases.find(CASE_ID) == linked.find(CASE_ID)
    assert linked.relink(link(linked, None), ())
    assert linked.find(CASE_ID).case_day is None
    assert linked.find("nothing") is None
    assert {each.case_id for each in linked.find_all([CASE_ID, "another", "nothing"])} == {CASE_ID, "another"}


def test_what_is_told_of_a_link_is_told_with_the_day(linked, stores):
    event = CaseDayWorkLate(**day_event_head(a_day(), at=NOW), case_id=CASE_ID, arrives_on=on(1))
    assert linked.relink(link(linked), [event])
    if stores.table is not None:
        (item,) = stores.table.partition(keys.case_day_partition("day-1"), prefix="EVENT#")
        assert (item["detail_type"], item["detail"]["arrives_on"]) == ("CaseDayWorkLate", "2026-03-17")
    else:
        assert stores.memory.events[-1] == event


def test_of_two_who_link_a_case_the_second_is_overtaken(linked):
    first, second = link(linked), link(linked, replace(MONDAY_OF_CASE, on=on(3)))
    assert linked.relink(first, ())
    assert not linked.relink(second, ())
    assert linked.find(CASE_ID).case_day == MONDAY_OF_CASE


def test_who_changes_a_case_leaves_its_day_alone(linked, stores):
    read = stores.cases.find(CASE_ID)
    linked.relink(link(linked), ())
    stores.cases.save(a_case_change(replace(read, version=2)))
    assert linked.find(CASE_ID).case_day == MONDAY_OF_CASE
    assert linked.find(CASE_ID).version == 2


def test_what_precheck_said_before_the_day_was_known_is_not_kept(linked, stores):
    read = stores.cases.find(CASE_ID)
    linked.relink(link(linked), ())
    assert not stores.cases.record_check(read)
    with pytest.raises(FilesChanged):
        stores.cases.save(replace(a_case_change(replace(read, version=2)), files_version=read.files_version))


def test_patients_and_their_cases_are_linked_in_one_change(linked, stores):
    kept = kept_in(stores)
    patient = a_patient_of_the_day(case_id=CASE_ID)
    links = (link(linked), link(linked, None, "another"))
    change: PatientChange = replace(a_change(kept, patient), links=links)
    kept.patients.save(change)
    assert linked.find(CASE_ID).case_day == MONDAY_OF_CASE
    # One that was read before holds up all of the next.
    second = replace(a_change(kept, None, patient), links=(replace(links[0], linked=None),))
    with pytest.raises(Overtaken):
        kept.patients.save(second)
    assert linked.find(CASE_ID).case_day == MONDAY_OF_CASE
    assert kept.days.patients("day-1") == (patient,)
