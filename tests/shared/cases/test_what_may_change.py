"""What a practice may change when, and what its lab reads until the change is sent."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.cases.access import ensure_packet_is_open
from bitewing.cases.as_sent import SentPacket, case_as_sent, left_behind
from bitewing.cases.moves import Move, NewReason
from bitewing.cases.progress import ProgressService
from bitewing.cases.reasons import Reason
from bitewing.cases.status import Party, Status
from bitewing.files.case_file import FileKind, FileState
from bitewing.kernel.errors import PacketLocked, RoleNotAllowed, Unknown
from bitewing.packet.packet import SentOtherwise
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType

from tests.support.builders import (
    CASE_ID,
    LAB_ID,
    NOW,
    a_case,
    a_packet,
    a_practice,
    a_profile,
    an_authorization,
    crown_files,
)
from tests.support.callers import FROM_LAB, FROM_PRACTICE, a_request
from tests.support.changes import a_reason, a_return, a_sent_case, a_submission
from tests.support.world import Interrupted

S = Status
PREPARED = {S.DRAFT, S.MISSING_INFO, S.RETURNED}
SENT_AND_OPEN = {S.RECEIVED, S.READY_TO_PLAN, S.PLANNING_SCHEDULED, S.PLANNING_NO_SHOW}
LOCKED = {S.PROCESSING, S.MANUFACTURING, S.FINISHED, S.SHIPPED, S.DELIVERED, S.ON_HOLD, S.CANCELLED}
HANDED_OVER = tuple(replace(file, handed_over_in=1) for file in crown_files())
BACK = Move(to=S.RETURNED, reasons=(NewReason(code=Reason.BITE_RELATION, says="It is open.", rule_id="MSH-HOLES"),))
ANOTHER_SCAN = b"another scan"


def changes(world, version=1, caller=FROM_PRACTICE, **fields):
    return world.case_service.change_packet(
        caller, CASE_ID, expected_version=version, changes=fields, is_authorized=None
    )


def of_status(status, **more):
    if status is S.DRAFT:
        return a_case(**more)
    back = a_return(to=status) if status in PREPARED else None
    return a_sent_case(status, last_return=back, **more)


KINDS = {
    "field": lambda world: changes(world, contact="Ask for Mia, +1 555 0123"),
    "file added": lambda world: world.announces(ANOTHER_SCAN, kind=FileKind.PHOTO),
    "file replaced": lambda world: world.announces(ANOTHER_SCAN, replaces="upper_scan"),
    "file removed": lambda world: world.file_service.remove(FROM_PRACTICE, CASE_ID, "upper_scan"),
    "reason answered": lambda world: world.review_service.answer(
        FROM_PRACTICE, CASE_ID, "1", "Scanned again.", expected_version=1
    ),
    "note": lambda world: world.review_service.add_note(FROM_PRACTICE, CASE_ID, "Please call us.", a_request("note")),
}


def is_allowed(kind, status):
    if kind == "note":
        return status is not S.CANCELLED
    return status in PREPARED | SENT_AND_OPEN


def is_there(kind, status):
    """A case has reasons to answer only while it is back for them."""
    return kind != "reason answered" or status in {S.MISSING_INFO, S.RETURNED}


def test_each_status_is_in_one_column_of_the_table():
    assert sorted([*PREPARED, *SENT_AND_OPEN, *LOCKED]) == sorted(S)


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("kind", KINDS)
def test_a_practice_changes_what_the_table_says_and_is_else_told_whom_to_ask(world, kind, status):
    case = world.has(of_status(status), *HANDED_OVER)
    if is_allowed(kind, status) and is_there(kind, status):
        KINDS[kind](world)
        assert len(world.memory.entries) == 1
        assert world.case().last_modified_at == NOW
    elif is_allowed(kind, status):
        with pytest.raises(Unknown, match="reason"):
            KINDS[kind](world)
    else:
        with pytest.raises(PacketLocked, match="Northlight Dental Lab") as refused:
            KINDS[kind](world)
        assert refused.value.facts()["current_status"] is status
        assert (world.case(), world.memory.entries, world.memory.files) == (
            case,
            [],
            {(CASE_ID, file.file_id): replace(file, case_id=CASE_ID) for file in HANDED_OVER},
        )


@pytest.mark.parametrize("status", sorted(PREPARED | SENT_AND_OPEN - {S.DRAFT}))
@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"note", "reason answered"}))
def test_the_first_change_after_a_sending_keeps_what_was_sent(world, kind, status):
    case = world.has(of_status(status), *HANDED_OVER)
    KINDS[kind](world)
    if case.is_sent:
        assert world.memory.sent_packets == {(CASE_ID, 1): SentPacket.of(case)}
    else:
        assert world.memory.sent_packets == {}
    assert world.case().is_changed_since_sent is case.is_sent


def test_what_was_sent_is_kept_once(world):
    sent = world.has(a_sent_case(), *HANDED_OVER)
    changes(world, contact="Mia")
    changes(world, version=2, contact="Leo")
    KINDS["file removed"](world)
    assert world.memory.sent_packets == {(CASE_ID, 1): SentPacket.of(sent)}


def test_answers_and_notes_leave_what_was_sent_alone(world):
    world.has(of_status(S.RETURNED), *HANDED_OVER)
    KINDS["reason answered"](world)
    KINDS["note"](world)
    assert not world.case().is_changed_since_sent
    assert world.memory.sent_packets == {}


def test_a_change_that_changes_nothing_keeps_nothing(world):
    sent = world.has(a_sent_case(), *HANDED_OVER)
    changes(world, description=sent.packet.description)
    assert (world.case(), world.memory.sent_packets) == (sent, {})


def test_a_change_and_a_file_at_the_same_moment_keep_one_sent_packet(world):
    sent = world.has(a_sent_case(), *HANDED_OVER)
    world.cases = Interrupted(world.cases, "save", lambda: KINDS["file removed"](world))
    changes(world, contact="Mia")
    assert world.case().is_changed_since_sent
    assert world.memory.sent_packets == {(CASE_ID, 1): SentPacket.of(sent)}


def test_a_case_of_a_guest_is_changed_only_while_it_is_back(world):
    world.directory.put(a_practice(registered_by=LAB_ID))
    world.has(a_sent_case(started_by=Party.LAB), *HANDED_OVER)
    for kind in ("field", "file added", "file replaced", "file removed"):
        with pytest.raises(PacketLocked, match="Northlight"):
            KINDS[kind](world)
    ensure_packet_is_open(a_sent_case(S.RETURNED), a_practice(registered_by=LAB_ID), contact="the lab")
    ensure_packet_is_open(a_sent_case(), None, contact="the lab")


def test_a_lab_changes_nothing_of_a_case_that_it_received(world):
    world.directory.put(a_practice(registered_by=LAB_ID))
    world.has(a_sent_case(started_by=Party.LAB), *HANDED_OVER)
    with pytest.raises(RoleNotAllowed):
        changes(world, caller=FROM_LAB, contact="Mia")


# --- What the lab reads --------------------------------------------------------------------------------------------


def test_a_lab_reads_what_was_sent_until_the_change_is_sent(world):
    world.has(a_sent_case(), *HANDED_OVER)
    changes(world, description="Make it longer.", remake_reason="It broke.")
    read = world.case_service.read(FROM_LAB, CASE_ID)
    assert read.case.packet == a_packet()
    assert (read.case.remake_reason, read.case.is_changed_since_sent) == (None, False)
    own = world.case_service.read(FROM_PRACTICE, CASE_ID).case
    assert (own.packet.description, own.remake_reason, own.is_changed_since_sent) == (
        "Make it longer.",
        "It broke.",
        True,
    )
    # When it is sent
    changes(world, version=2, authorization=an_authorization(), remake_reason=None)
    world.submits(version=3)
    assert world.case_service.read(FROM_LAB, CASE_ID).case.packet.description == "Make it longer."
    assert not world.case().is_changed_since_sent


def test_a_lab_is_told_the_precheck_of_what_was_sent(world):
    world.has(a_sent_case(), *HANDED_OVER)
    changed = changes(world, items=())
    assert changed.precheck.outcome is Outcome.BLOCK
    assert world.case_service.read(FROM_LAB, CASE_ID).precheck.outcome is Outcome.PASS
    assert world.case_service.read(FROM_PRACTICE, CASE_ID).precheck.outcome is Outcome.BLOCK


def test_a_lab_keeps_the_files_that_it_got_and_gets_no_others(world):
    world.has(a_sent_case(), *HANDED_OVER)
    before = world.file_service.files(FROM_LAB, CASE_ID)
    KINDS["file removed"](world)
    announced = world.announces(ANOTHER_SCAN, kind=FileKind.LOWER_SCAN, replaces="lower_scan")
    world.objects.send(announced.request, ANOTHER_SCAN)
    world.takes_in(announced.file.file_id)
    assert world.file("lower_scan").state is FileState.REPLACED
    # Then the lab has what it had, and PreCheck misses nothing of it.
    kept = world.file_service.files(FROM_LAB, CASE_ID)
    assert [(file.file_id, file.state) for file in kept] == [(file.file_id, file.state) for file in before]
    assert world.case_service.read(FROM_LAB, CASE_ID).precheck.outcome is Outcome.PASS
    assert world.case_service.read(FROM_PRACTICE, CASE_ID).precheck.outcome is Outcome.WARN
    # Sent again, it is gone for the lab, too.
    world.memory.cases[CASE_ID] = replace(world.case(), submission=a_submission(number=2), is_changed_since_sent=False)
    states = {file.file_id: file.state for file in world.file_service.files(FROM_LAB, CASE_ID)}
    assert (states["upper_scan"], states["lower_scan"]) == (FileState.REMOVED, FileState.REPLACED)


def test_a_lab_fetches_a_file_that_was_taken_out_after_it_was_sent(world):
    world.has(a_sent_case(), *HANDED_OVER)
    KINDS["file removed"](world)
    assert "lab-1" in world.file_service.download(FROM_LAB, CASE_ID, "upper_scan").url


def test_a_lab_can_say_what_is_wrong_with_a_file_that_was_taken_out_after_it_was_sent(world):
    world.has(a_sent_case(), *HANDED_OVER)
    KINDS["file removed"](world)
    service = ProgressService(world.cases, world.directory, now=world.clock)
    reason = NewReason(code=Reason.MARGIN_HIDDEN, says="The margin is hidden.", file_id="upper_scan")
    service.move(FROM_LAB, CASE_ID, Move(to=S.RETURNED, reasons=(reason,)), expected_version=1)
    assert world.case().open_return.reasons[0].file_id == "upper_scan"


def test_nothing_more_is_read_where_nothing_changed(world):
    def never():
        pytest.fail("what was sent is what is there")

    world.has(a_sent_case(), *HANDED_OVER)
    world.cases = Interrupted(world.cases, "sent_packet", never)
    world.case_service.read(FROM_LAB, CASE_ID)
    world.case_service.read(FROM_PRACTICE, CASE_ID)
    world.submits()


def test_a_lab_that_prepares_reads_what_it_prepares(world):
    world.directory.put(a_practice(registered_by=LAB_ID))
    world.has(of_status(S.RETURNED, started_by=Party.LAB), *HANDED_OVER)
    changes(world, caller=FROM_LAB, description="Make it longer.")
    assert world.case_service.read(FROM_LAB, CASE_ID).case.packet.description == "Make it longer."


def test_a_change_that_comes_too_late_stays_with_the_practice(world):
    world.has(a_sent_case(), *HANDED_OVER)
    changes(world, description="Make it longer.")
    world.memory.cases[CASE_ID] = replace(world.case(), status=S.MANUFACTURING)
    assert world.case_service.read(FROM_LAB, CASE_ID).case.packet == a_packet()
    own = world.case_service.read(FROM_PRACTICE, CASE_ID).case
    assert (own.packet.description, own.is_changed_since_sent) == ("Make it longer.", True)


def test_a_packet_that_was_sent_and_cannot_be_found_is_a_defect(world):
    world.has(a_sent_case(is_changed_since_sent=True), *HANDED_OVER)
    with pytest.raises(LookupError):
        world.case_service.read(FROM_LAB, CASE_ID)


@pytest.mark.parametrize("status", [S.RETURNED, S.ON_HOLD, S.CANCELLED])
def test_a_lab_reads_no_answer_before_the_case_is_sent_again(world, status):
    world.has(of_status(S.RETURNED), *HANDED_OVER)
    KINDS["reason answered"](world)
    world.memory.cases[CASE_ID] = replace(world.case(), status=status)
    (reason,) = world.case_service.read(FROM_LAB, CASE_ID).case.last_return.reasons
    assert reason.answer is None


def test_what_a_lab_marks_as_arrived_is_so_for_both(world):
    mail = SentOtherwise(kind=FileKind.DOCUMENT, how="USPS")
    world.has(a_sent_case(packet=a_packet(sent_otherwise=(mail,))), *HANDED_OVER)
    changes(world, description="Make it longer.")
    world.review_service.mark_arrived(FROM_LAB, CASE_ID, "document", expected_version=2)
    for caller, says in ((FROM_LAB, a_packet().description), (FROM_PRACTICE, "Make it longer.")):
        packet = world.case_service.read(caller, CASE_ID).case.packet
        assert (packet.description, packet.sent_otherwise[0].arrived_at) == (says, NOW)


SAID_BY_LAB = {
    "moved": lambda world, at: world.progress.move(FROM_LAB, CASE_ID, Move(to=S.MANUFACTURING), expected_version=at),
    "given back": lambda world, at: world.progress.move(FROM_LAB, CASE_ID, BACK, expected_version=at),
    "renamed": lambda world, at: world.progress.rename_patient(FROM_LAB, CASE_ID, "Mira Lund", expected_version=at),
    "arrived": lambda world, at: world.review_service.mark_arrived(FROM_LAB, CASE_ID, "document", expected_version=at),
}


@pytest.mark.parametrize("kind", SAID_BY_LAB)
def test_what_a_lab_says_of_a_case_is_answered_as_it_reads_the_case_then(world, kind):
    mail = SentOtherwise(kind=FileKind.DOCUMENT, how="USPS")
    world.has(a_sent_case(packet=a_packet(sent_otherwise=(mail,))), *HANDED_OVER)
    changes(world, sent_otherwise=(mail, SentOtherwise(kind=FileKind.CBCT, how="UPS")), remake_reason="It broke.")
    answered = SAID_BY_LAB[kind](world, 2)
    assert [each.kind for each in answered.packet.sent_otherwise] == [FileKind.DOCUMENT]
    assert answered == world.case_service.read(FROM_LAB, CASE_ID).case
    if kind == "arrived":
        assert answered == SAID_BY_LAB[kind](world, 3)


def test_what_was_announced_only_since_then_has_not_arrived_at_the_lab(world):
    world.has(a_sent_case(), *HANDED_OVER)
    changes(world, sent_otherwise=(SentOtherwise(kind=FileKind.DOCUMENT, how="USPS"),))
    with pytest.raises(Unknown, match="announcement"):
        world.review_service.mark_arrived(FROM_LAB, CASE_ID, "document", expected_version=2)


def test_a_case_as_sent_is_the_case_that_was_sent():
    sent = a_sent_case(remake_of="case-0", remake_code=Reason.MARGIN_HIDDEN, remake_reason="It broke.")
    changed = replace(sent, packet=a_packet(description="x"), remake_of=None, remake_reason=None, remake_code=None)
    assert case_as_sent(replace(changed, is_changed_since_sent=True), SentPacket.of(sent)) == sent
    assert left_behind(a_case()) is None


# --- PreCheck counts from today while something is to be sent -------------------------------------------------------


def test_a_changed_case_is_checked_as_of_today_and_an_unchanged_one_as_of_its_sending(world):
    world.directory.put(a_profile(turnaround_working_days=4))
    world.has(a_sent_case(packet=a_packet(wanted_on=date(2026, 3, 6))), *HANDED_OVER)
    world.clock.advance(days=1)
    assert world.case_service.read(FROM_PRACTICE, CASE_ID).precheck.outcome is Outcome.PASS
    changed = changes(world, contact="Mia").precheck
    assert [finding.rule_id for finding in changed.findings] == ["DUE-IMPOSSIBLE"]


def test_a_file_that_arrives_for_a_changed_case_is_checked_and_for_another_one_not(world):
    world.has(a_sent_case(precheck_outcome=Outcome.BLOCK), *HANDED_OVER)
    assert world.case_service.check_again(CASE_ID) is None
    KINDS["file added"](world)
    assert world.case_service.check_again(CASE_ID) is not None


def test_a_late_file_takes_no_place_in_a_case_that_was_sent_as_it_is(world):
    world.has(a_sent_case(S.MISSING_INFO), *HANDED_OVER)
    late = world.announces(ANOTHER_SCAN, replaces="upper_scan")
    world.memory.cases[CASE_ID] = replace(
        world.case(), status=S.RECEIVED, submission=a_submission(number=2), is_changed_since_sent=False
    )
    world.objects.send(late.request, ANOTHER_SCAN)
    world.takes_in(late.file.file_id)
    assert world.file("upper_scan").state is world.file(late.file.file_id).state is FileState.CLEAN


def test_other_cases_of_the_patient_are_looked_for_when_it_is_sent_again(world):
    other = a_case(case_id="case-2", patient_key="someone", created_at=NOW - timedelta(days=1))
    world.has(replace(other, case_type=CaseType.CROWN))
    world.has(a_sent_case(patient_key="someone"), *HANDED_OVER)
    read = world.case_service.read(FROM_PRACTICE, CASE_ID).precheck
    would_be = world.case_service.would_submit(FROM_PRACTICE, CASE_ID, expected_version=1).precheck
    assert "CSE-DUPLICATE" not in {finding.rule_id for finding in read.findings}
    assert "CSE-DUPLICATE" in {finding.rule_id for finding in would_be.findings}


def test_reasons_of_a_return_stay_open_only_while_the_case_is_back():
    back = a_return(a_reason())
    assert a_sent_case(S.RETURNED, last_return=back).open_return == back
    assert a_sent_case(S.RECEIVED, last_return=back).open_return is None
