"""Lists as people use them: their own cases, in order, tidied up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.events import CaseArchived, CaseUnarchived
from bitewing.cases.listing import Direction, Listing, Sort
from bitewing.cases.ports import TRIES
from bitewing.cases.status import Color, Party, Status, WaitsFor
from bitewing.kernel.errors import RequestInProgress, RoleNotAllowed, Unknown

from tests.support.builders import CASE_ID, NOW, a_case
from tests.support.callers import FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, a_caller
from tests.support.changes import a_sent_case


def ids(world, caller, **listing):
    page = world.list_service.page(caller, Listing(**listing), limit=100, start=None)
    assert page.next is None
    return [row.case_id for row in page.things]


@pytest.mark.parametrize("caller", [FROM_PRACTICE, FROM_LAB])
def test_archiving_takes_a_case_off_ones_own_list_and_no_other(world, caller):
    world.has(a_sent_case())
    other = FROM_LAB if caller is FROM_PRACTICE else FROM_PRACTICE
    world.clock.advance(minutes=5)
    row = world.list_service.archive(caller, CASE_ID)
    party = Party(caller.organization_kind.value)
    assert row.archived_at(party) == world.clock()
    assert (ids(world, caller), ids(world, caller, is_archived=True)) == ([], [CASE_ID])
    assert (ids(world, other), ids(world, other, is_archived=True)) == ([CASE_ID], [])
    assert world.list_service.unarchive(caller, CASE_ID).archived_at(party) is None
    assert (ids(world, caller), ids(world, caller, is_archived=True)) == ([CASE_ID], [])


@pytest.mark.parametrize("caller", [FROM_PRACTICE, FROM_LAB])
def test_archiving_changes_nothing_else_of_a_case(world, caller):
    case = world.has(a_sent_case())
    world.clock.advance(days=1)
    world.list_service.archive(caller, CASE_ID)
    archived = world.case()
    assert archived.version == case.version
    assert replace(archived, archived_by_practice_at=None, archived_by_lab_at=None) == case
    world.list_service.unarchive(caller, CASE_ID)
    assert world.case() == case


def test_archiving_is_told_once_however_often_it_is_asked_for(world):
    case = world.has(a_sent_case())
    for _ in range(2):
        world.list_service.archive(FROM_LAB, CASE_ID)
    for _ in range(2):
        world.list_service.unarchive(FROM_LAB, CASE_ID)
    told = [event for event in world.memory.events if isinstance(event, (CaseArchived, CaseUnarchived))]
    assert [(type(event), event.by, event.case_version) for event in told] == [
        (CaseArchived, Party.LAB, case.version),
        (CaseUnarchived, Party.LAB, case.version),
    ]
    deeds = [(entry.deed, entry.by, entry.user_id) for entry in world.memory.entries[-2:]]
    assert deeds == [
        (Deed.ARCHIVED, Party.LAB, FROM_LAB.user_id),
        (Deed.UNARCHIVED, Party.LAB, FROM_LAB.user_id),
    ]


@pytest.mark.parametrize("caller", [FROM_OTHER_PRACTICE, FROM_OTHER_LAB])
def test_nobody_archives_a_case_of_others(world, caller):
    world.has(a_sent_case())
    for act in (world.list_service.archive, world.list_service.unarchive):
        with pytest.raises(Unknown):
            act(caller, CASE_ID)
        with pytest.raises(Unknown):
            act(caller, "nothing")


def test_a_lab_does_not_archive_what_it_does_not_know(world):
    world.has(a_case())
    with pytest.raises(Unknown):
        world.list_service.archive(FROM_LAB, CASE_ID)


def test_whoever_works_on_no_side_has_no_list(world):
    clinician = replace(a_caller(), roles=frozenset())
    for act in (
        lambda: world.list_service.page(clinician, Listing(), limit=1, start=None),
        lambda: world.list_service.archive(clinician, CASE_ID),
    ):
        with pytest.raises(RoleNotAllowed):
            act()


def test_a_case_that_moves_while_it_is_archived_is_archived_where_it_is(world):
    case = world.has(a_sent_case())
    real = world.cases.archive

    def move_first(*args, **kwargs):
        world.cases.archive = real
        world.memory.cases[CASE_ID] = replace(case, status=Status.MANUFACTURING, version=case.version + 1)
        return real(*args, **kwargs)

    world.cases.archive = move_first
    row = world.list_service.archive(FROM_PRACTICE, CASE_ID)
    assert row.status is Status.MANUFACTURING
    assert world.case().archived_by_practice_at is not None
    assert world.case().version == case.version + 1


def test_a_case_that_never_stands_still_is_refused_for_the_moment(world):
    world.has(a_sent_case())
    asked = []
    world.cases.archive = lambda *_, **__: asked.append(1)
    with pytest.raises(RequestInProgress):
        world.list_service.archive(FROM_PRACTICE, CASE_ID)
    assert len(asked) == TRIES


def test_the_queue_of_work_is_what_waits_for_the_reader_longest_first(world):
    for number, (status, hours) in enumerate(
        [(Status.RECEIVED, 1), (Status.FINISHED, 3), (Status.MISSING_INFO, 2), (Status.SHIPPED, 4), (Status.ON_HOLD, 2)]
    ):
        world.has(a_sent_case(status, case_id=f"case-{number}", moved_at=NOW - timedelta(hours=hours)))
    assert ids(world, FROM_LAB, sort=Sort.WAITING) == ["case-1", "case-4", "case-0"]
    assert ids(world, FROM_LAB, sort=Sort.WAITING, direction=Direction.DESC) == ["case-0", "case-4", "case-1"]
    assert ids(world, FROM_PRACTICE, sort=Sort.WAITING) == ["case-2"]
    assert ids(world, FROM_PRACTICE, sort=Sort.WAITING, waits_for=WaitsFor.CARRIER) == ["case-3"]
    # What the reader archived is out of the way.
    world.list_service.archive(FROM_LAB, "case-4")
    assert ids(world, FROM_LAB, sort=Sort.WAITING) == ["case-1", "case-0"]
    assert ids(world, FROM_LAB, sort=Sort.WAITING, is_archived=True) == ["case-4"]


def test_statuses_of_no_such_color_are_an_empty_list(world):
    world.has(a_case())
    assert ids(world, FROM_PRACTICE, statuses=frozenset({Status.DRAFT}), colors=frozenset({Color.RED})) == []


def test_a_case_with_a_new_status_is_where_it_belongs_in_each_list_of_its_lab(world):
    world.has(a_sent_case(case_id="case-1"))
    world.has(a_sent_case(Status.MISSING_INFO, case_id="case-2", due_on=None))
    assert ids(world, FROM_LAB) == ["case-2", "case-1"]
    assert ids(world, FROM_LAB, sort=Sort.DUE) == ["case-1", "case-2"]
