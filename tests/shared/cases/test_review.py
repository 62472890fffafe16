"""What lab and practice say of a case, over stores in memory."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.moves import Move, NewReason
from bitewing.cases.ports import TRIES
from bitewing.cases.reasons import Reason
from bitewing.cases.status import Party, Status
from bitewing.files.case_file import FileKind
from bitewing.kernel.errors import (
    PacketLocked,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.packet.packet import SentOtherwise

from tests.support.builders import CASE_ID, NOW, a_case, a_packet, crown_files
from tests.support.callers import (
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    a_request,
)
from tests.support.changes import a_reason, a_return, a_sent_case, a_submission, an_answer_to_it
from tests.support.world import Interrupted

MARGIN = NewReason(code=Reason.MARGIN_HIDDEN, says="The margin is under tissue.", file_id=FileKind.PREP_SCAN)
BITE = NewReason(code=Reason.BITE_RELATION, says="The bite is open.", rule_id="MSH-HOLES")


def got(status=Status.RECEIVED, **changes):
    return a_sent_case(status, **changes)


def handed_over():
    return [replace(file, handed_over_in=1) for file in crown_files()]


def gives_back(world, *reasons, to=Status.RETURNED, version=1, caller=FROM_LAB):
    move = Move(to=to, reasons=reasons or (MARGIN, BITE))
    return world.progress.move(caller, CASE_ID, move, expected_version=version)


def answers(world, reason_id="1", says="Scanned again.", version=1, caller=FROM_PRACTICE):
    return world.review_service.answer(caller, CASE_ID, reason_id, says, expected_version=version)


def notes(world, text="Please call.", key="note", caller=FROM_PRACTICE):
    return world.review_service.add_note(caller, CASE_ID, text, a_request(key))


def read_notes(world, caller=FROM_PRACTICE, limit=10, start=None):
    return world.review_service.notes(caller, CASE_ID, limit=limit, start=start)


def pointers(refused):
    return [error.pointer for error in refused.value.errors]


# --- Answering, and sending again ------------------------------------------------------------------


def back(*reasons, **changes):
    given = a_return(*(reasons or (a_reason(), a_reason(Reason.FIT))))
    return got(**{"status": Status.RETURNED, "last_return": given, "due_on": None} | changes)


def test_an_answer_deals_with_one_reason_and_is_told(world):
    world.has(back(), *handed_over())
    world.memory.returns[CASE_ID, 1] = back().last_return
    world.clock.advance(hours=1)
    case = answers(world)
    assert case == world.case()
    assert (case.version, case.last_modified_at) == (2, NOW + timedelta(hours=1))
    first, second = case.last_return.reasons
    assert (first.answer.says, first.answer.by, second.answer) == ("Scanned again.", "person-1", None)
    assert world.memory.returns == {(CASE_ID, 1): case.last_return}
    (entry,) = world.memory.entries
    assert (entry.deed, entry.details) == (Deed.REASON_ANSWERED, {"return": "1", "reason": "1"})
    (event,) = world.memory.events
    assert (event.return_number, event.reason_id, event.case_version) == (1, "1", 2)


def test_the_same_answer_again_changes_nothing_and_another_replaces_it(world):
    world.has(back(), *handed_over())
    first = answers(world)
    assert answers(world, version=2) == first
    assert world.told() == ["ReturnReasonAnswered"]
    assert answers(world, says="Other words.", version=2).last_return.reasons[0].answer.says == "Other words."


@pytest.mark.parametrize("reason_id", ["0", "3", "", "1 "])
def test_a_reason_that_there_is_not_is_unknown(world, reason_id):
    world.has(back(), *handed_over())
    with pytest.raises(Unknown, match="reason"):
        answers(world, reason_id)


@pytest.mark.parametrize(
    "case", [a_case(), got(Status.MISSING_INFO), back(status=Status.MISSING_INFO, submission=a_submission(number=2))]
)
def test_a_case_that_no_lab_gave_back_has_no_reasons_to_answer(world, case):
    world.has(case, *handed_over())
    with pytest.raises(Unknown, match="reason"):
        answers(world)


def test_a_case_that_was_sent_again_is_answered_no_more(world):
    world.has(back(status=Status.PROCESSING), *handed_over())
    with pytest.raises(PacketLocked):
        answers(world)


@pytest.mark.parametrize(
    ("caller", "refusal"), [(FROM_LAB, RoleNotAllowed), (FROM_OTHER_PRACTICE, Unknown), (FROM_OTHER_LAB, Unknown)]
)
def test_only_the_practice_answers(world, caller, refusal):
    world.has(back(), *handed_over())
    with pytest.raises(refusal):
        answers(world, caller=caller)


def test_an_answer_to_another_version_is_stale(world):
    world.has(back(), *handed_over())
    with pytest.raises(StaleVersion):
        answers(world, version=2)


def test_both_sides_read_every_return_and_the_lab_the_answers_once_they_are_sent(world):
    world.has(back(), *handed_over())
    world.memory.returns[CASE_ID, 1] = back().last_return
    answers(world, "1")

    def said(caller):
        (found,) = world.review_service.returns(caller, CASE_ID, limit=10, start=None).things
        assert found == world.case_service.read(caller, CASE_ID).case.last_return
        return [reason.answer and reason.answer.says for reason in found.reasons]

    assert (said(FROM_PRACTICE), said(FROM_LAB)) == (["Scanned again.", None], [None, None])
    answers(world, "2", "Ground in.", version=2)
    world.submits(version=3)
    assert said(FROM_PRACTICE) == said(FROM_LAB) == ["Scanned again.", "Ground in."]


def test_a_returned_case_is_fixed_and_sent_again_as_the_same_case(world):
    # Given a case that was sent, received and given back for its preparation scan
    world.has_sendable()
    before = world.case()
    world.submits()
    for file_id in world.handover.check_files(CASE_ID, 1).file_ids:
        world.objects.keep_bytes(world.file(file_id), b"bytes")
        world.handover.copy_file(CASE_ID, 1, file_id)
    world.handover.receive(CASE_ID, 1)
    gives_back(world, MARGIN, version=3)
    # When the practice answers and sends it again
    answers(world, "1", version=4)
    world.clock.advance(days=1)
    world.submits(version=5, key="again")
    case = world.case()
    # Then it is the same case, in its second sending, due anew
    assert (case.lab_id, case.dentist_id, case.case_type) == (before.lab_id, before.dentist_id, before.case_type)
    assert (case.status, case.submission.number) == (Status.PROCESSING, 2)
    assert case.due_on == date(2026, 3, 10)
    assert case.rules_fired == set()
    # And the lab gets the files that it got before, and those that are new
    check = world.handover.check_files(CASE_ID, 2)
    assert set(check.file_ids) == {file.file_id for file in crown_files()}
    for file_id in check.file_ids:
        world.handover.copy_file(CASE_ID, 2, file_id)
    assert {world.file(file_id).handed_over_in for file_id in check.file_ids} == {2}
    assert world.handover.receive(CASE_ID, 2) is Status.RECEIVED
    # And all of it is one history
    deeds = [entry.deed for entry in world.memory.entries]
    assert deeds == [
        Deed.SUBMITTED,
        Deed.MOVED,
        Deed.RETURNED,
        Deed.REASON_ANSWERED,
        Deed.SUBMITTED,
        Deed.MOVED,
    ]
    submitted = [event for event in world.memory.events if type(event).__name__ == "CaseSubmitted"]
    assert [event.rules_fired for event in submitted] == [(), ("CSE-RETURN",)]


def test_returns_are_counted_over_all_sendings(world):
    world.has(got(submission=a_submission(number=2), last_return=a_return()), *handed_over())
    assert gives_back(world).last_return.number == 2
    assert world.case().last_return.submission_number == 2


# --- Notes -----------------------------------------------------------------------------------------


def test_a_note_names_who_wrote_it_and_when_and_is_told_without_its_words(world):
    world.has(a_case())
    world.clock.advance(minutes=5)
    note = notes(world)
    assert (note.by, note.user_id, note.at, note.text) == (
        Party.PRACTICE,
        "person-1",
        NOW + timedelta(minutes=5),
        "Please call.",
    )
    assert (world.case().version, world.case().last_modified_at) == (1, note.at)
    (entry,) = world.memory.entries
    assert (entry.deed, entry.details) == (Deed.NOTED, {"note": note.note_id})
    (event,) = world.memory.events
    assert (event.note_id, event.by, event.case_version) == (note.note_id, Party.PRACTICE, 1)


def test_the_same_request_adds_one_note(world):
    world.has(a_case())
    first = notes(world)
    world.clock.advance(hours=1)
    assert notes(world) == first
    assert world.told() == ["CaseNoted"]


def test_a_note_that_another_connection_adds_first_is_its_answer(world):
    world.has(a_case())
    world.reviews = Interrupted(world.reviews, "add_note", lambda: notes(world))
    notes(world)
    assert len(world.memory.notes) == 1


def test_a_note_that_meets_a_move_is_decided_again(world):
    world.has(a_case())
    world.reviews = Interrupted(
        world.reviews, "add_note", lambda: world.has(replace(world.case(), status=Status.CANCELLED))
    )
    with pytest.raises(PacketLocked):
        notes(world)
    assert world.memory.notes == {}


def test_a_note_that_meets_a_sending_is_added_after_it(world):
    world.has_sendable()
    world.reviews = Interrupted(world.reviews, "add_note", world.submits)
    assert notes(world).by is Party.PRACTICE
    assert world.told()[-1] == "CaseNoted"


def test_a_note_gives_up_when_the_case_keeps_moving(world):
    world.has(a_case())

    def moves():
        others = {Status.DRAFT: Status.RETURNED, Status.RETURNED: Status.DRAFT}
        world.memory.cases[CASE_ID] = replace(world.case(), status=others[world.case().status])

    world.reviews = Interrupted(world.reviews, "add_note", moves, times=TRIES)
    with pytest.raises(RequestInProgress):
        notes(world)


@pytest.mark.parametrize("status", list(Status))
def test_both_sides_note_in_whatever_status_the_case_is_unless_it_was_cancelled(world, status):
    world.has(got(status))
    notes(world, caller=FROM_LAB, key="lab")
    assert world.case().last_modified_at == NOW
    if status is not Status.CANCELLED:
        assert notes(world).by is Party.PRACTICE
    else:
        with pytest.raises(PacketLocked) as refused:
            notes(world)
        assert "Northlight" in refused.value.contact


def test_a_note_to_a_lab_that_is_gone_is_refused_with_its_id(world):
    world.has(got(Status.CANCELLED))
    world.directory.labs.clear()
    with pytest.raises(PacketLocked, match="lab-1"):
        notes(world)


@pytest.mark.parametrize("caller", [FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE])
def test_notes_of_a_draft_are_the_practices_own(world, caller):
    world.has(a_case())
    for ask in (lambda: notes(world, caller=caller), lambda: read_notes(world, caller)):
        with pytest.raises(Unknown):
            ask()


@pytest.mark.parametrize(("case", "told"), [(a_case(), ["lab"]), (got(Status.RETURNED), ["practice", "lab"])])
def test_a_lab_reads_the_practices_notes_once_the_case_was_sent(world, case, told):
    world.has(replace(case, started_by=Party.LAB))
    notes(world, "From the lab.", key="1", caller=FROM_LAB)
    world.clock.advance(seconds=1)
    notes(world, "From the practice.", key="2")
    assert [note.by for note in read_notes(world, FROM_LAB).things] == told
    assert [note.by for note in read_notes(world).things] == ["practice", "lab"]


def test_notes_are_read_in_pages(world):
    world.has(a_case())
    for number in range(3):
        world.clock.advance(seconds=1)
        notes(world, f"{number}", key=f"{number}")
    page = read_notes(world, limit=2)
    assert [note.text for note in page.things] == ["2", "1"]
    assert [note.text for note in read_notes(world, start=page.next).things] == ["0"]


# --- What arrived otherwise ------------------------------------------------------------------------

MAILED = SentOtherwise(kind=FileKind.OTHER, how="USPS", reference="9400")
ITERO = SentOtherwise(kind=FileKind.UPPER_SCAN, how="iTero")


def arrives(world, kind="other", version=1, caller=FROM_LAB):
    return world.review_service.mark_arrived(caller, CASE_ID, kind, expected_version=version)


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.RETURNED, Status.MANUFACTURING])
def test_the_lab_marks_what_arrived_and_the_practices_last_change_stays(world, status):
    world.has(got(status, packet=a_packet(sent_otherwise=(ITERO, MAILED))), *handed_over())
    world.clock.advance(hours=1)
    seen = arrives(world)
    at = NOW + timedelta(hours=1)
    assert world.case().packet.sent_otherwise == seen.packet.sent_otherwise == (ITERO, replace(MAILED, arrived_at=at))
    assert (world.case().version, world.case().last_modified_at, world.case().moved_at) == (2, NOW, NOW)
    (entry,) = world.memory.entries
    assert (entry.deed, entry.by, entry.details) == (Deed.SENT_OTHERWISE_ARRIVED, Party.LAB, {"kind": "other"})
    (event,) = world.memory.events
    assert (event.kind, event.case_version) == (FileKind.OTHER, 2)


def test_what_arrived_arrives_once(world):
    world.has(got(packet=a_packet(sent_otherwise=(MAILED,))), *handed_over())
    arrives(world)
    before = world.case()
    assert arrives(world, version=2).packet == before.packet
    assert (world.case(), world.told()) == (before, ["SentOtherwiseArrived"])


@pytest.mark.parametrize(
    ("kind", "version", "caller", "refusal"),
    [
        ("cbct", 1, FROM_LAB, Unknown),
        ("hat", 1, FROM_LAB, Unknown),
        ("other", 2, FROM_LAB, StaleVersion),
        ("other", 1, FROM_PRACTICE, RoleNotAllowed),
        ("other", 1, FROM_OTHER_LAB, Unknown),
    ],
)
def test_what_did_not_arrive_is_refused(world, kind, version, caller, refusal):
    world.has(got(packet=a_packet(sent_otherwise=(MAILED,))), *handed_over())
    with pytest.raises(refusal):
        arrives(world, kind, version, caller)
    assert world.told() == []


def test_what_arrived_stays_so_whatever_the_practice_writes_of_it(world):
    arrived = replace(MAILED, arrived_at=NOW)
    world.has(a_case(packet=a_packet(sent_otherwise=(arrived,))))

    def writes(*sent, version):
        changes = {"sent_otherwise": sent}
        case = world.case_service.change_packet(
            FROM_PRACTICE, CASE_ID, expected_version=version, changes=changes, is_authorized=None
        ).case
        return case.packet.sent_otherwise

    assert writes(replace(MAILED, how="UPS"), ITERO, version=1) == (replace(arrived, how="UPS"), ITERO)
    # It was taken out and announced anew: that has yet to arrive.
    assert writes(ITERO, version=2) == (ITERO,)
    assert writes(MAILED, version=3) == (MAILED,)


def test_an_answered_return_is_hidden_from_the_lab_that_marks_something_as_arrived(world):
    case = back(a_reason(answer=an_answer_to_it()), packet=a_packet(sent_otherwise=(MAILED,)))
    world.has(case, *handed_over())
    assert arrives(world).last_return.reasons[0].answer is None
    assert world.case().last_return == case.last_return


def test_an_arrival_that_meets_a_file_is_recorded_after_it_and_gives_up_when_files_keep_coming(world):
    world.has(got(packet=a_packet(sent_otherwise=(MAILED,))))

    def a_file_comes():
        world.has(replace(world.case(), files_version=world.case().files_version + 1))

    world.cases = Interrupted(world.cases, "save", a_file_comes, times=TRIES)
    with pytest.raises(RequestInProgress):
        arrives(world)
    assert world.told() == []
    arrives(world)
    assert world.told() == ["SentOtherwiseArrived"]
