"""Returns, notes and remakes, kept in every way in which they can be kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.events import event_head
from bitewing.cases.listing import Listing, Sort
from bitewing.cases.notes import Note
from bitewing.cases.ports import FilesChanged, OriginalChanged, StatusChanged
from bitewing.cases.review import NewNote
from bitewing.cases.review_events import CaseNoted
from bitewing.cases.status import Party, Status
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import IdempotencyKeyReused, StaleVersion
from bitewing.precheck.finding import Outcome

from tests.support.builders import CASE_ID, NOW, a_case
from tests.support.callers import a_request
from tests.support.changes import (
    a_change,
    a_reason,
    a_return,
    a_sent_case,
    an_answer,
    an_answer_to_it,
    an_entry,
)
from tests.support.world import Interrupted

LATER = NOW + timedelta(minutes=5)


def create(stores, case, key=None):
    stores.cases.create(a_change(case), request=a_request(key or case.case_id), answer=an_answer(case))
    return case


def a_note(case, number=1, by=Party.PRACTICE, **changes):
    at = NOW + timedelta(minutes=number)
    note = Note(
        note_id=f"note-{number}", case_id=case.case_id, at=at, by=by, user_id="person-1", text=f"Note {number}."
    )
    event = CaseNoted(**event_head(case, at=at), note_id=note.note_id, by=by)
    new = NewNote(note=note, entry=an_entry(case, deed=Deed.NOTED), event=event, status=case.status)
    return replace(new, **changes)


def add(stores, new, key=None):
    stores.reviews.add_note(new, request=a_request(key or new.note.note_id))


# --- Notes -----------------------------------------------------------------------------------------


def test_notes_are_read_newest_first_in_pages(stores):
    case = create(stores, a_case())
    other = create(stores, a_case(case_id="case-2"))
    new = [a_note(case, number) for number in range(1, 5)]
    for each in (*new, a_note(other, 9)):
        add(stores, each)
    for limit in (1, 3, 4, 100):
        found, start = [], None
        while True:
            page = stores.reviews.notes(CASE_ID, limit=limit, start=start)
            found += page.things
            if (start := page.next) is None:
                break
        assert found == [each.note for each in new][::-1]


def test_a_note_of_the_practice_is_its_change_of_the_case_and_leaves_the_version(stores):
    case = create(stores, a_case())
    new = a_note(case)
    add(stores, new)
    assert stores.cases.find(CASE_ID) == replace(case, last_modified_at=new.note.at)
    assert "CaseNoted" in [name for name, _ in stores.events(CASE_ID)]
    assert new.entry in stores.cases.activity(CASE_ID, limit=5, start=None).things


def test_a_note_that_comes_while_the_lab_moves_the_case_stays_what_changed_it_last(stores):
    # Given a case that its lab is about to move, and another that was changed a moment later
    case, started = create(stores, a_sent_case()), create(stores, a_sent_case(case_id="case-2", last_modified_at=LATER))
    note = a_note(case, number=9)
    # When the practice notes something between what the lab reads and what it stores
    lab = Interrupted(stores.cases, "save", lambda: add(stores, note))
    lab.save(a_change(replace(case, status=Status.MANUFACTURING, version=2)))
    # Then both stay
    stored = stores.cases.find(CASE_ID)
    assert (stored.status, stored.last_modified_at) == (Status.MANUFACTURING, note.note.at)
    # Then it stands so in the lists of both, behind what was changed before
    for party, organization_id in ((Party.PRACTICE, case.practice_id), (Party.LAB, case.lab_id)):
        page = stores.cases.listed(party, organization_id, Listing(sort=Sort.MODIFIED), limit=5, start=None)
        listed = [(row.case_id, row.last_modified_at) for row in page.things]
        assert listed == [(started.case_id, LATER), (CASE_ID, note.note.at)]


def test_what_the_practice_changes_says_when_the_case_was_changed_last(stores):
    case = create(stores, a_sent_case())
    changed = replace(case, last_modified_at=LATER, version=2)
    stores.cases.save(replace(a_change(changed), is_of_practice=True))
    assert stores.cases.find(CASE_ID).last_modified_at == LATER


def test_what_a_check_finds_while_the_lab_moves_the_case_stays_unless_the_move_depends_on_files(stores):
    case = create(stores, a_sent_case(precheck_outcome=Outcome.PASS))
    found = replace(case, precheck_outcome=Outcome.WARN, rules_fired=frozenset({"SHD-MISSING"}))
    lab = Interrupted(stores.cases, "save", lambda: stores.cases.record_check(found))
    moved = replace(case, status=Status.MANUFACTURING, version=2)
    lab.save(a_change(moved))
    assert stores.cases.find(CASE_ID) == replace(found, status=Status.MANUFACTURING, version=2)
    stores.cases.save(a_change(replace(moved, version=3), files_version=0))
    assert stores.cases.find(CASE_ID) == replace(moved, version=3)


def test_a_note_of_the_lab_leaves_the_case_as_it_is(stores):
    case = create(stores, a_sent_case())
    add(stores, a_note(case, by=Party.LAB))
    assert stores.cases.find(CASE_ID) == case


def test_a_note_of_the_practice_is_refused_where_the_case_moved(stores):
    case = create(stores, a_case())
    stores.cases.save(a_change(replace(case, status=Status.PROCESSING, version=2)))
    with pytest.raises(StatusChanged):
        add(stores, a_note(case))
    assert stores.reviews.notes(CASE_ID, limit=5, start=None).things == ()


def test_the_same_note_twice_is_stored_once_and_remembered(stores):
    case = create(stores, a_case())
    add(stores, a_note(case), key="k")
    assert stores.reviews.answered(a_request("k")) == a_note(case).note
    with pytest.raises(AlreadyAnswered):
        add(stores, a_note(case, 2), key="k")
    with pytest.raises(IdempotencyKeyReused):
        stores.reviews.answered(a_request("k", body="another body"))
    assert len(stores.reviews.notes(CASE_ID, limit=5, start=None).things) == 1


# --- Returns ---------------------------------------------------------------------------------------


def given_back(case, back):
    return replace(case, status=Status.RETURNED, last_return=back, version=case.version + 1)


def test_a_return_is_stored_with_its_case_and_stays_when_the_next_one_comes(stores):
    case = create(stores, a_sent_case())
    first, second = a_return(), a_return(number=2, submission_number=2)
    case = given_back(case, first)
    stores.cases.save(replace(a_change(case), back=first))
    assert stores.cases.find(CASE_ID).last_return == first
    stores.cases.save(replace(a_change(given_back(case, second)), back=second))
    assert stores.cases.find(CASE_ID).last_return == second
    page = stores.reviews.returns(CASE_ID, limit=1, start=None)
    assert page.things == (second,)
    assert stores.reviews.returns(CASE_ID, limit=5, start=page.next).things == (first,)


def test_an_answer_is_stored_in_the_case_and_in_the_return(stores):
    case = given_back(create(stores, a_sent_case()), a_return())
    stores.cases.save(replace(a_change(case), back=case.last_return))
    answered = a_return(a_reason(answer=an_answer_to_it()))
    stores.cases.save(replace(a_change(given_back(case, answered)), back=answered))
    assert stores.cases.find(CASE_ID).last_return == answered
    assert stores.reviews.returns(CASE_ID, limit=5, start=None).things == (answered,)


@pytest.mark.parametrize(("version", "files_version", "refusal"), [(1, None, StaleVersion), (2, 7, FilesChanged)])
def test_a_return_that_is_decided_on_another_state_is_not_stored(stores, version, files_version, refusal):
    case = create(stores, a_sent_case())
    change = a_change(replace(given_back(case, a_return()), version=version), files_version)
    with pytest.raises(refusal):
        stores.cases.save(replace(change, back=a_return()))
    assert stores.reviews.returns(CASE_ID, limit=5, start=None).things == ()
    assert stores.cases.find(CASE_ID) == case


# --- Remakes ---------------------------------------------------------------------------------------


def remade(case_id, original):
    return replace(a_change(a_case(case_id=case_id, remake_of=original.case_id)), original=original)


def test_a_new_remake_is_named_by_its_original(stores):
    original = create(stores, a_sent_case())
    for number in (1, 2):
        change = remade(f"remake-{number}", stores.cases.find(CASE_ID))
        stores.cases.create(change, request=a_request(str(number)), answer=an_answer(change.case))
    assert stores.cases.find(CASE_ID) == replace(original, remakes=("remake-1", "remake-2"))


def test_a_remake_of_an_original_that_got_another_meanwhile_is_refused(stores):
    original = create(stores, a_sent_case())
    change = remade("remake-1", original)
    stores.cases.create(change, request=a_request("1"), answer=an_answer(change.case))
    late = remade("remake-2", original)
    with pytest.raises(OriginalChanged):
        stores.cases.create(late, request=a_request("2"), answer=an_answer(late.case))
    assert stores.cases.find("remake-2") is None


def test_a_case_becomes_a_remake_later_under_the_same_guard(stores):
    original = create(stores, a_sent_case())
    case = create(stores, a_case(case_id="case-2"))
    linked = replace(case, remake_of=CASE_ID, version=2)
    stores.cases.save(replace(a_change(linked), original=original))
    assert stores.cases.find(CASE_ID).remakes == ("case-2",)
    with pytest.raises(OriginalChanged):
        stores.cases.save(replace(a_change(replace(linked, version=3)), original=original))
    with pytest.raises(StaleVersion):
        stores.cases.save(replace(a_change(linked), original=stores.cases.find(CASE_ID)))


def test_saving_an_original_leaves_its_remakes_alone(stores):
    original = create(stores, a_sent_case())
    change = remade("remake-1", original)
    stores.cases.create(change, request=a_request("1"), answer=an_answer(change.case))
    stores.cases.save(a_change(replace(original, version=2)))
    assert stores.cases.find(CASE_ID).remakes == ("remake-1",)


def test_cases_are_found_by_their_ids_together(stores):
    cases = [create(stores, a_case(case_id=f"case-{number}")) for number in range(3)]
    found = stores.cases.find_all(["case-0", "case-2", "nothing"])
    assert sorted(found, key=lambda case: case.case_id) == [cases[0], cases[2]]


def test_many_remakes_at_once_are_all_named_by_their_original(local_stores):
    create(local_stores, a_sent_case())

    def remake(number):
        for _ in range(50):
            change = remade(f"remake-{number}", local_stores.cases.find(CASE_ID))
            try:
                local_stores.cases.create(change, request=a_request(str(number)), answer=an_answer(change.case))
            except OriginalChanged:
                continue
            return
        pytest.fail("others were in the way for too long")

    with ThreadPoolExecutor(6) as people:
        list(people.map(remake, range(6)))
    assert sorted(local_stores.cases.find(CASE_ID).remakes) == [f"remake-{number}" for number in range(6)]
