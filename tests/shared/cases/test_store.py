"""What every store of cases promises; the same tests hold the table and the one in memory."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.cases.as_sent import SentPacket, left_behind
from bitewing.cases.listing import Listing
from bitewing.cases.ports import CaseIdTaken, FilesChanged
from bitewing.cases.status import Party, Status
from bitewing.kernel.caller import AlreadyAnswered
from bitewing.kernel.errors import IdempotencyKeyReused, StaleVersion
from bitewing.precheck.finding import Outcome

from tests.support.builders import CASE_ID, LAB_ID, PRACTICE_ID, a_case, a_file, a_packet
from tests.support.callers import a_request
from tests.support.changes import (
    a_change,
    a_check_event,
    a_file_change,
    a_sent_case,
    a_submission,
    an_answer,
    an_entry,
)


def create(stores, case, key=None):
    stores.cases.create(a_change(case), request=a_request(key or case.case_id), answer=an_answer(case))
    return case


def all_pages(read):
    things, start = [], None
    for _ in range(100):
        page = read(start)
        things += page.things
        if (start := page.next) is None:
            return things
    pytest.fail("the pages never end")


def test_a_case_is_read_as_it_was_stored(stores):
    case = create(stores, a_sent_case(precheck_outcome=Outcome.WARN, remake_of="case-0", remake_reason="It broke."))
    assert stores.cases.find(CASE_ID) == case
    assert stores.cases.with_files(CASE_ID) == (case, ())


def test_a_case_that_was_never_stored_is_none(stores):
    assert stores.cases.find("nothing") is None
    assert stores.cases.with_files("nothing") is None


def test_a_case_id_that_exists_is_refused(stores):
    first = create(stores, a_case())
    with pytest.raises(CaseIdTaken):
        create(stores, a_case(packet=a_packet(description="Another one.")), key="another")
    assert stores.cases.find(CASE_ID) == first


def test_a_creation_is_remembered_with_its_answer(stores):
    case = create(stores, a_case(), key="k")
    assert stores.cases.answered(a_request("k")) == an_answer(case)


def test_a_request_that_was_never_sent_has_no_answer(stores):
    assert stores.cases.answered(a_request("k")) is None


def test_a_key_stands_for_one_request(stores):
    create(stores, a_case(), key="k")
    with pytest.raises(IdempotencyKeyReused):
        stores.cases.answered(a_request("k", body="another body"))


def test_keys_of_other_callers_are_other_keys(stores):
    create(stores, a_case(), key="k")
    assert stores.cases.answered(a_request("k", caller="practice-1#person-9")) is None


def test_the_same_request_twice_at_once_creates_one_case(stores):
    create(stores, a_case(), key="k")
    with pytest.raises(AlreadyAnswered):
        create(stores, a_case(case_id="case-2"), key="k")
    assert stores.cases.find("case-2") is None


def test_an_answer_is_remembered_for_a_day_and_the_key_is_free_afterwards(stores):
    create(stores, a_case(), key="k")
    stores.clock.advance(hours=24)
    assert stores.cases.answered(a_request("k")) is not None
    stores.clock.advance(seconds=1)
    assert stores.cases.answered(a_request("k")) is None
    create(stores, a_case(case_id="case-2"), key="k")
    assert stores.cases.answered(a_request("k")).case.case_id == "case-2"


def test_a_changed_case_replaces_the_one_that_was_read(stores):
    case = create(stores, a_case())
    changed = replace(case, packet=a_packet(description="Another one."), version=2)
    stores.cases.save(a_change(changed))
    assert stores.cases.find(CASE_ID) == changed


def test_of_two_savers_the_second_is_told_what_it_missed(stores):
    # Given two people who read the same version
    case = create(stores, a_case())
    mine = replace(case, packet=a_packet(description="Mine."), version=2)
    stores.cases.save(a_change(mine))
    # When the second saves what is based on the old version
    with pytest.raises(StaleVersion) as refused:
        stores.cases.save(a_change(replace(case, packet=a_packet(description="Theirs."), version=2)))
    # Then nothing of it is stored
    assert (refused.value.expected, refused.value.actual) == (1, 2)
    assert stores.cases.find(CASE_ID) == mine
    assert len(stores.events(CASE_ID)) == 2


def test_a_change_of_two_moves_goes_on_by_two_versions_from_the_one_that_was_read(stores):
    case = create(stores, a_case())
    changed = replace(case, packet=a_packet(description="Another one."), version=3)
    change = replace(a_change(changed), versions=2, is_of_practice=True)
    stores.cases.save(change)
    assert stores.cases.find(CASE_ID) == changed
    with pytest.raises(StaleVersion) as refused:
        stores.cases.save(change)
    assert (refused.value.expected, refused.value.actual) == (1, 3)


def test_a_case_that_does_not_exist_cannot_be_saved(stores):
    with pytest.raises(StaleVersion) as refused:
        stores.cases.save(a_change(a_case(version=2)))
    assert refused.value.actual == 0
    assert stores.cases.find(CASE_ID) is None


def test_a_change_that_depends_on_files_is_refused_when_they_changed(stores):
    case = create(stores, a_case())
    stores.files.announce(a_file_change(case, a_file()), request=a_request("file"))
    with pytest.raises(FilesChanged):
        stores.cases.save(a_change(replace(case, version=2), files_version=0))
    stores.cases.save(a_change(replace(case, version=2), files_version=1))
    assert stores.cases.find(CASE_ID).version == 2


def test_saving_a_case_leaves_the_count_of_its_files_changes_alone(stores):
    case = create(stores, a_case())
    stores.files.announce(a_file_change(case, a_file()), request=a_request("file"))
    stores.cases.save(a_change(replace(case, version=2)))
    assert stores.cases.find(CASE_ID).files_version == 1


def test_a_stale_version_is_told_before_changed_files(stores):
    case = create(stores, a_case())
    stores.files.announce(a_file_change(case, a_file()), request=a_request("file"))
    stores.cases.save(a_change(replace(case, version=2), files_version=1))
    with pytest.raises(StaleVersion):
        stores.cases.save(a_change(replace(case, version=2), files_version=0))


def test_a_change_with_a_request_is_remembered_and_done_once(stores):
    case = create(stores, a_case())
    sent = a_sent_case(Status.PROCESSING, version=2)
    stores.cases.save(a_change(sent, files_version=0), request=a_request("send"), answer=an_answer(sent))
    assert stores.cases.answered(a_request("send")) == an_answer(sent)
    with pytest.raises(AlreadyAnswered):
        stores.cases.save(
            a_change(replace(case, version=2), files_version=0), request=a_request("send"), answer=an_answer(case)
        )
    assert stores.cases.find(CASE_ID) == sent


def test_a_lost_race_of_a_request_with_another_one_is_a_stale_version(stores):
    case = create(stores, a_case())
    stores.cases.save(a_change(replace(case, version=2)))
    with pytest.raises(StaleVersion):
        stores.cases.save(a_change(replace(case, version=2)), request=a_request("send"), answer=an_answer(case))
    assert stores.cases.answered(a_request("send")) is None


def test_the_outcome_of_a_check_is_stored_and_announced_without_a_new_version(stores):
    case = create(stores, a_case())
    checked = replace(case, precheck_outcome=Outcome.WARN)
    assert stores.cases.record_check(checked, a_check_event(case))
    assert stores.cases.find(CASE_ID) == checked
    assert [name for name, _ in stores.events(CASE_ID)] == ["CaseChanged", "CaseChecked"]


@pytest.mark.parametrize("read", [a_case(version=2), a_case(files_version=1), a_case(case_id="nothing")])
def test_the_outcome_of_a_check_is_dropped_when_the_case_is_another_than_was_checked(stores, read):
    create(stores, a_case())
    assert not stores.cases.record_check(replace(read, precheck_outcome=Outcome.BLOCK), a_check_event(read))
    assert stores.cases.find(CASE_ID).precheck_outcome is None
    assert [name for name, _ in stores.events(CASE_ID)] == ["CaseChanged"]


def test_a_case_is_read_with_its_own_files_only(stores):
    case, other = create(stores, a_case()), create(stores, a_case(case_id="case-2"))
    files = [a_file(file_id=f"file-{number}") for number in (2, 1)]
    for file in files:
        stores.files.announce(a_file_change(case, file), request=a_request(file.file_id))
    foreign = a_file(file_id="file-3", case_id="case-2")
    stores.files.announce(a_file_change(other, foreign), request=a_request("foreign"))
    found, its_files = stores.cases.with_files(CASE_ID)
    assert found.files_version == 2
    assert its_files == (files[1], files[0])


def test_a_practice_lists_its_cases_by_attention(stores):
    cases = [
        a_case(case_id="case-draft"),
        a_sent_case(Status.RECEIVED, case_id="case-late", due_on=date(2026, 3, 9)),
        a_sent_case(Status.RECEIVED, case_id="case-later", due_on=date(2026, 3, 10)),
        a_sent_case(Status.MISSING_INFO, case_id="case-red", due_on=None),
        a_sent_case(Status.DELIVERED, case_id="case-done"),
        a_case(case_id="case-foreign", practice_id="practice-2"),
    ]
    for case in cases:
        create(stores, case)
    for limit in (1, 2, 100):
        found = all_pages(
            lambda start, limit=limit: stores.cases.listed(
                Party.PRACTICE, PRACTICE_ID, Listing(), limit=limit, start=start
            )
        )
        assert [case.case_id for case in found] == [
            "case-red",
            "case-draft",
            "case-late",
            "case-later",
            "case-done",
        ]


def test_a_lab_lists_what_was_sent_to_it(stores):
    for case in (
        a_case(case_id="case-draft"),
        a_sent_case(case_id="case-sent"),
        a_sent_case(case_id="case-foreign", lab_id="lab-2"),
    ):
        create(stores, case)
    page = stores.cases.listed(Party.LAB, LAB_ID, Listing(), limit=10, start=None)
    assert [case.case_id for case in page.things] == ["case-sent"]


def test_a_filter_by_status_leaves_out_the_others_on_every_page(stores):
    for number, status in enumerate([Status.DRAFT, Status.MISSING_INFO, Status.DRAFT, Status.RECEIVED]):
        create(stores, a_case(case_id=f"case-{number}", status=status))
    found = all_pages(
        lambda start: stores.cases.listed(
            Party.PRACTICE, PRACTICE_ID, Listing(statuses=frozenset({Status.DRAFT})), limit=1, start=start
        )
    )
    assert [case.case_id for case in found] == ["case-0", "case-2"]


def test_a_case_moves_in_the_lists_when_it_is_saved(stores):
    first, second = (create(stores, a_case(case_id=f"case-{number}")) for number in (1, 2))
    stores.cases.save(a_change(replace(second, status=Status.MISSING_INFO, submission=a_submission(), version=2)))
    page = stores.cases.listed(Party.PRACTICE, PRACTICE_ID, Listing(), limit=10, start=None)
    assert [case.case_id for case in page.things] == [second.case_id, first.case_id]
    page = stores.cases.listed(Party.LAB, LAB_ID, Listing(), limit=10, start=None)
    assert [case.case_id for case in page.things] == [second.case_id]


def test_the_history_of_a_case_is_read_newest_first_in_pages(stores):
    case = create(stores, a_case())
    create(stores, a_case(case_id="case-2"))
    entries = [an_entry(case, at=case.created_at + timedelta(minutes=number)) for number in range(5)]
    for version, entry in enumerate(entries, start=2):
        stores.cases.save(replace(a_change(replace(case, version=version)), entries=(entry,)))
    for limit in (1, 2, 100):
        found = all_pages(lambda start, limit=limit: stores.cases.activity(CASE_ID, limit=limit, start=start))
        assert found[:5] == entries[::-1]
        assert len(found) == 6


def test_each_change_is_announced_once(stores):
    case = create(stores, a_case())
    change = a_change(replace(case, version=2))
    stores.cases.save(change)
    with pytest.raises(StaleVersion):
        stores.cases.save(change)
    assert [detail["event_id"] for _, detail in stores.events(CASE_ID)][1:] == [change.events[0].event_id]


def test_of_many_who_save_at_once_each_version_has_one_writer(local_stores):
    # Given eight people who each add a word, and read again when they were too late
    stores = local_stores
    create(stores, a_case(packet=a_packet(description="")))

    def add(word):
        for _ in range(200):
            case = stores.cases.find(CASE_ID)
            said = f"{case.packet.description} {word}"
            try:
                stores.cases.save(
                    a_change(replace(case, packet=replace(case.packet, description=said), version=case.version + 1))
                )
            except StaleVersion:
                continue
            return
        pytest.fail(f"{word} never got through")

    words = [f"word{number}" for number in range(8)]
    with ThreadPoolExecutor(len(words)) as people:
        list(people.map(add, words))
    # Then no word is lost, and each version was announced once
    case = stores.cases.find(CASE_ID)
    assert sorted(case.packet.description.split()) == words
    assert case.version == 9
    assert sorted(detail["case_version"] for _, detail in stores.events(CASE_ID)) == list(range(1, 10))


def test_the_same_creation_from_many_connections_creates_one_case(local_stores):
    def attempt(number):
        try:
            create(local_stores, a_case(case_id=f"case-{number}"), key="k")
        except AlreadyAnswered:
            return False
        return True

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(attempt, range(8))) == 1
    page = local_stores.cases.listed(Party.PRACTICE, PRACTICE_ID, Listing(), limit=10, start=None)
    assert len(page.things) == 1


def test_the_cases_of_a_patient_are_found_newest_first(stores):
    mine = [create(stores, a_case(case_id=f"case-{number}", patient_key="digest-1")) for number in range(3)]
    create(stores, a_case(case_id="case-7", patient_key="digest-2"))
    create(stores, a_case(case_id="case-8", patient_key="digest-1", practice_id="practice-2"))
    create(stores, a_case(case_id="case-9"))
    assert stores.cases.of_patient("practice-1", "digest-1") == tuple(mine[::-1])
    assert stores.cases.of_patient("practice-1", "digest-3") == ()


def test_a_case_is_found_by_the_name_that_its_patient_has_now(stores):
    case = create(stores, a_case(patient_key="digest-1"))
    stores.cases.save(a_change(replace(case, patient_key=None, version=2)))
    assert stores.cases.of_patient("practice-1", "digest-1") == ()


# --- What was sent --------------------------------------------------------------------------------------------------


def test_what_was_sent_is_kept_beside_the_case_with_the_first_change(stores):
    sent = create(stores, a_sent_case(remake_of="case-0", remake_reason="It broke."))
    assert stores.cases.sent_packet(CASE_ID, 1) is None
    changed = sent.with_packet(a_packet(description="Longer."), at=sent.moved_at, contact="the lab")
    stores.cases.save(replace(a_change(changed, files_version=0), sent_packet=left_behind(sent)))
    assert stores.cases.sent_packet(CASE_ID, 1) == SentPacket.of(sent)
    assert stores.cases.sent_packet(CASE_ID, 2) is None
    assert stores.cases.find(CASE_ID) == changed
    assert changed.is_changed_since_sent
    # What the lab changes of it later takes its place.
    renamed = replace(SentPacket.of(sent), packet=a_packet(contact="Mia"))
    stores.cases.save(replace(a_change(replace(changed, version=3)), sent_packet=renamed))
    assert stores.cases.sent_packet(CASE_ID, 1) == renamed
    # It is none of the files of the case.
    assert stores.cases.with_files(CASE_ID)[1] == ()


def test_what_was_sent_is_kept_with_the_first_change_of_a_file(stores):
    sent, file = create(stores, a_sent_case()), a_file()
    change = a_file_change(sent, file, decided_on=sent, sent_packet=left_behind(sent))
    stores.files.announce(change, request=a_request("upload"))
    read = stores.cases.find(CASE_ID)
    assert (read.is_changed_since_sent, read.version, read.files_version) == (True, 1, 1)
    assert stores.cases.sent_packet(CASE_ID, 1) == SentPacket.of(sent)
    stores.files.change(a_file_change(read, replace(file, version=2), decided_on=read))
    assert stores.cases.find(CASE_ID).is_changed_since_sent


def test_a_removed_file_keeps_what_was_sent(stores):
    sent, file = create(stores, a_case()), a_file()
    stores.files.announce(a_file_change(sent, file), request=a_request("upload"))
    sent = replace(stores.cases.find(CASE_ID), status=Status.RECEIVED, submission=a_submission(), version=2)
    stores.cases.save(a_change(sent, files_version=1))
    change = a_file_change(sent, replace(file, version=2), decided_on=sent, sent_packet=left_behind(sent))
    stores.files.change(change)
    assert stores.cases.find(CASE_ID).is_changed_since_sent
    assert stores.cases.sent_packet(CASE_ID, 1) == SentPacket.of(sent)


def test_a_draft_is_not_changed_since_it_was_sent(stores):
    draft = create(stores, a_case())
    stores.files.announce(a_file_change(draft, a_file(), decided_on=draft), request=a_request("upload"))
    assert not stores.cases.find(CASE_ID).is_changed_since_sent


def test_a_move_that_did_not_see_a_changed_file_leaves_the_case_changed(stores):
    sent = create(stores, a_sent_case())
    change = a_file_change(sent, a_file(), decided_on=sent, sent_packet=left_behind(sent))
    stores.files.announce(change, request=a_request("upload"))
    stores.cases.save(a_change(replace(sent, status=Status.MANUFACTURING, version=2)))
    assert stores.cases.find(CASE_ID).is_changed_since_sent


def test_a_sending_that_saw_all_files_leaves_nothing_changed(stores):
    changed = create(stores, a_sent_case(is_changed_since_sent=True))
    again = replace(changed, submission=a_submission(number=2), is_changed_since_sent=False, version=2)
    stores.cases.save(a_change(again, files_version=0))
    assert not stores.cases.find(CASE_ID).is_changed_since_sent


def test_a_change_that_is_refused_keeps_nothing_of_what_was_sent(stores):
    sent = create(stores, a_sent_case())
    late = replace(a_change(replace(sent, version=3)), sent_packet=left_behind(sent))
    with pytest.raises(StaleVersion):
        stores.cases.save(late)
    assert stores.cases.sent_packet(CASE_ID, 1) is None
