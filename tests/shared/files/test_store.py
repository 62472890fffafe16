"""What every store of files' records promises; the same tests hold the table and the one in memory."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.cases.status import Party
from bitewing.files.case_file import FileState
from bitewing.files.service import CaseMovedOn
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import IdempotencyKeyReused, RequestInProgress, StaleVersion
from bitewing.precheck.finding import Outcome

from tests.support.builders import CASE_ID, NOW, a_case, a_file, an_inspection
from tests.support.callers import a_request
from tests.support.changes import a_change, a_file_change, an_answer, an_entry

FILE_ID = "file-1"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def case(stores):
    return create(stores)


def create(stores):
    case = a_case()
    stores.cases.create(a_change(case), request=a_request("case"), answer=an_answer(case))
    return case


def an_announced_file(**changes):
    return a_file(
        **{"file_id": FILE_ID, "state": FileState.ANNOUNCED, "inspection": None, "settled_at": None} | changes
    )


def announce(stores, case, file=None, key="k", **changes):
    file = file or an_announced_file()
    stores.files.announce(a_file_change(case, file, **changes), request=a_request(key))
    return file


def names(stores):
    return [name for name, _ in stores.events(CASE_ID)]


@pytest.mark.parametrize(
    "file",
    [
        an_announced_file(),
        an_announced_file(part_checksums=("a", "b"), upload_id="upload-1"),
        a_file(file_id=FILE_ID, location_removed=True, handed_over_in=2),
        a_file(file_id=FILE_ID, state=FileState.QUARANTINED, quarantine_reason="It ends too early."),
    ],
)
def test_a_file_is_read_as_it_was_stored(stores, case, file):
    announce(stores, case, file)
    assert stores.files.find(CASE_ID, FILE_ID) == file
    assert stores.cases.with_files(CASE_ID)[1] == (file,)


def test_a_file_of_another_case_is_none(stores, case):
    announce(stores, case)
    assert stores.files.find("case-2", FILE_ID) is None
    assert stores.files.find(CASE_ID, "file-2") is None


def test_a_change_by_the_practice_is_a_change_of_its_case(stores, case):
    checked = replace(case, precheck_outcome=Outcome.BLOCK, rules_fired=frozenset({"FIL-PENDING"}))
    announce(stores, case, decided_on=case, at=LATER, checked=checked)
    assert stores.cases.find(CASE_ID) == replace(checked, files_version=1, last_modified_at=LATER)


def test_a_change_by_a_lab_in_its_place_leaves_alone_when_the_practice_changed_the_case(stores, case):
    announce(stores, case, decided_on=case, at=LATER, entry=an_entry(case, by=Party.LAB))
    assert stores.cases.find(CASE_ID) == replace(case, files_version=1)


def test_a_change_by_the_system_leaves_alone_when_the_practice_changed_the_case(stores, case):
    file = announce(stores, case, at=LATER)
    stores.files.change(a_file_change(case, replace(file, version=2), at=LATER))
    assert stores.cases.find(CASE_ID) == replace(case, files_version=2)


def test_a_file_is_announced_once_for_a_request(stores, case):
    file = announce(stores, case)
    assert stores.files.answered(a_request("k")) == file
    with pytest.raises(AlreadyAnswered):
        announce(stores, case, an_announced_file(file_id="file-2"))
    with pytest.raises(IdempotencyKeyReused):
        stores.files.answered(a_request("k", body="another"))
    assert stores.files.find(CASE_ID, "file-2") is None
    assert stores.files.answered(a_request("never sent")) is None


def test_a_request_that_got_a_file_that_was_there_is_answered_with_it_and_with_no_other(stores, case):
    file = announce(stores, case)
    before = names(stores), stores.cases.find(CASE_ID)
    stores.files.remember(file, request=a_request("second"))
    assert stores.files.answered(a_request("second")) == file
    with pytest.raises(AlreadyAnswered):
        stores.files.remember(file, request=a_request("second"))
    with pytest.raises(IdempotencyKeyReused):
        stores.files.answered(a_request("second", body="another"))
    with pytest.raises(AlreadyAnswered):
        announce(stores, case, an_announced_file(file_id="file-2"), key="second")
    assert (names(stores), stores.cases.find(CASE_ID)) == before


@pytest.mark.parametrize("read", [a_case(version=2), a_case(files_version=1)])
def test_what_was_decided_on_another_state_of_the_case_is_refused(stores, case, read):
    with pytest.raises(CaseMovedOn):
        announce(stores, case, decided_on=read)
    assert stores.files.find(CASE_ID, FILE_ID) is None
    assert stores.files.answered(a_request("k")) is None
    file = announce(stores, case)
    now = stores.cases.find(CASE_ID)
    other = replace(read, files_version=read.files_version + 1)
    with pytest.raises(CaseMovedOn):
        stores.files.change(a_file_change(case, replace(file, version=2), decided_on=other))
    stores.files.change(a_file_change(case, replace(file, version=2), decided_on=now))
    assert stores.files.find(CASE_ID, FILE_ID).version == 2


def test_a_request_that_was_answered_is_told_before_a_case_that_moved_on(stores, case):
    announce(stores, case, decided_on=case)
    with pytest.raises(AlreadyAnswered):
        announce(stores, case, an_announced_file(file_id="file-2"), decided_on=case)


def test_a_file_id_that_exists_is_refused(stores, case):
    file = announce(stores, case)
    with pytest.raises(CaseMovedOn):
        announce(stores, case, replace(file, name="another.stl"), key="other")
    assert stores.files.find(CASE_ID, FILE_ID) == file


def test_no_file_is_stored_without_its_case(stores):
    with pytest.raises(CaseMovedOn):
        announce(stores, a_case())
    assert stores.files.find(CASE_ID, FILE_ID) is None


def test_of_two_who_change_a_file_the_second_is_refused(stores, case):
    file = announce(stores, case)
    kept = file.kept(at=NOW, location_removed=False)
    stores.files.change(a_file_change(case, kept))
    with pytest.raises(StaleVersion) as refused:
        stores.files.change(a_file_change(case, file.removed(at=NOW)))
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    assert stores.files.find(CASE_ID, FILE_ID) == kept
    assert len(names(stores)) == 3
    assert stores.cases.find(CASE_ID).files_version == 2


def replacing(stores, case):
    """Store a clean file and one that is announced in its place; return what both become when that one is kept."""
    old = announce(stores, case, a_file(file_id="old"), key="old")
    new = announce(stores, case, an_announced_file(replaces="old"))
    return old.replaced(new.file_id), new.kept(at=NOW, location_removed=False)


def test_a_file_takes_the_place_of_another_in_one_change(stores, case):
    old, new = replacing(stores, case)
    entry = an_entry(case)
    stores.files.change(a_file_change(case, new, replaced=[old], further_entries=[entry]))
    assert stores.cases.with_files(CASE_ID)[1] == (new, old)
    assert entry in stores.cases.activity(CASE_ID, limit=10, start=None).things
    assert stores.cases.find(CASE_ID).files_version == 3


def test_a_file_takes_the_place_of_two_in_one_change_or_of_none(stores, case):
    old, new = replacing(stores, case)
    bad = announce(stores, case, an_announced_file(file_id="bad", replaces="old"), key="bad")
    gone = [bad.replaced(new.file_id), old]
    stores.files.change(a_file_change(case, bad.removed(at=NOW)))
    with pytest.raises(CaseMovedOn):
        stores.files.change(a_file_change(case, new, replaced=gone))
    assert stores.files.find(CASE_ID, "old").is_clean
    gone[0] = replace(gone[0], version=3)
    stores.files.change(a_file_change(case, new, replaced=gone))
    assert [stores.files.find(CASE_ID, name).replaced_by for name in ("bad", "old")] == [new.file_id] * 2


def test_a_file_that_changed_is_not_replaced_and_the_other_stays_as_it_was(stores, case):
    old, new = replacing(stores, case)
    removed = stores.files.find(CASE_ID, "old").removed(at=NOW)
    stores.files.change(a_file_change(case, removed))
    before = stores.cases.with_files(CASE_ID), names(stores)
    for replaced in (old, replace(old, file_id="no such file")):
        with pytest.raises(CaseMovedOn):
            stores.files.change(a_file_change(case, new, replaced=[replaced]))
    assert (stores.cases.with_files(CASE_ID), names(stores)) == before


def test_a_file_that_changed_replaces_nothing(stores, case):
    old, new = replacing(stores, case)
    stores.files.change(a_file_change(case, stores.files.find(CASE_ID, FILE_ID).removed(at=NOW)))
    with pytest.raises(StaleVersion):
        stores.files.change(a_file_change(case, new, replaced=[old]))
    assert stores.files.find(CASE_ID, "old").is_clean


def test_a_handover_that_is_stored_while_a_file_is_replaced_stays(stores, case):
    old, new = replacing(stores, case)
    stores.files.record_handover(old, 1)
    stores.files.change(a_file_change(case, new, replaced=[old]))
    assert stores.files.find(CASE_ID, "old") == replace(old, handed_over_in=1)


def test_a_file_that_does_not_exist_cannot_be_changed(stores, case):
    with pytest.raises(StaleVersion) as refused:
        stores.files.change(a_file_change(case, an_announced_file(version=2)))
    assert refused.value.actual == 0


def test_an_inspection_is_stored_with_the_file_and_nothing_else_changes(stores, case):
    file = announce(stores, case)
    inspected = file.inspected(an_inspection())
    assert stores.files.record_inspection(inspected)
    assert stores.files.find(CASE_ID, FILE_ID) == inspected
    assert stores.cases.find(CASE_ID).files_version == 1
    assert len(names(stores)) == 2


def test_an_inspection_of_a_file_that_changed_is_dropped(stores, case):
    file = announce(stores, case)
    removed = file.removed(at=NOW)
    stores.files.change(a_file_change(case, removed))
    assert not stores.files.record_inspection(file.inspected(an_inspection()))
    assert not stores.files.record_inspection(an_announced_file(file_id="file-2", version=2))
    assert stores.files.find(CASE_ID, FILE_ID) == removed
    assert stores.files.find(CASE_ID, "file-2") is None


def test_a_handover_is_stored_and_never_goes_back(stores, case):
    file = announce(stores, case)
    for number, expected in [(1, 1), (1, 1), (2, 2), (1, 2)]:
        stores.files.record_handover(file, number)
        assert stores.files.find(CASE_ID, FILE_ID) == replace(file, handed_over_in=expected)
    stores.files.record_handover(an_announced_file(file_id="file-2"), 1)
    assert stores.files.find(CASE_ID, "file-2") is None


def test_of_many_who_announce_at_once_all_are_counted(local_stores):
    case = create(local_stores)

    def attempt(number):
        for _ in range(50):
            try:
                announce(local_stores, case, an_announced_file(file_id=f"file-{number}"), key=f"key-{number}")
            except RequestInProgress:
                continue
            return
        pytest.fail(f"file {number} never got through")

    with ThreadPoolExecutor(8) as people:
        list(people.map(attempt, range(8)))
    found, files = local_stores.cases.with_files(CASE_ID)
    assert (found.files_version, len(files)) == (8, 8)
