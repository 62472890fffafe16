from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.handover import FilesCheck, Readiness
from bitewing.cases.moves import Move
from bitewing.cases.ports import TRIES
from bitewing.cases.status import Party, Status
from bitewing.files.case_file import UPLOAD_OPEN_FOR, FileKind, FileState
from bitewing.files.inspection import FileFormat
from bitewing.kernel.errors import RequestInProgress, Unknown
from bitewing.packet.packet import SentOtherwise
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import FileRequirement, Level

from tests.support.builders import (
    CASE_ID,
    LAB_ID,
    NOW,
    PRACTICE_ID,
    TODAY,
    a_dentist,
    a_file,
    a_profile,
    a_quarantined_file,
    an_inspection,
    crown_files,
    series_measures,
)
from tests.support.callers import FROM_LAB
from tests.support.changes import a_sent_case, a_submission
from tests.support.world import Interrupted

SENT = a_sent_case(Status.PROCESSING)
PENDING = a_file(FileKind.UPPER_SCAN, state=FileState.ANNOUNCED, inspection=None, settled_at=None)
READY = FilesCheck(readiness=Readiness.READY, file_ids=tuple(sorted(file.file_id for file in crown_files())))
WANTED_CBCT = FileRequirement(kinds=(FileKind.CBCT,), called="a CBCT", level=Level.REQUIRED)
SETTLED = FilesCheck(readiness=Readiness.SETTLED)


@pytest.fixture
def sent(world):
    """A case in processing with all its files, kept where the practice's files are."""
    world.has(SENT, *crown_files())
    for file in crown_files():
        world.objects.keep_bytes(file, f"bytes of {file.file_id}".encode())
    return world


def test_a_submission_with_inspected_files_is_ready_with_those_that_are_clean(sent):
    sent.has(SENT, a_quarantined_file(file_id="set-aside"), a_file(file_id="gone", state=FileState.REMOVED))
    assert sent.handover.check_files(CASE_ID, 1) == READY


@pytest.mark.parametrize("state", [FileState.ANNOUNCED, FileState.INSPECTED])
def test_a_submission_waits_for_files_that_still_come(sent, state):
    sent.has(SENT, replace(PENDING, state=state))
    assert sent.handover.check_files(CASE_ID, 1) == FilesCheck(readiness=Readiness.WAITING)


def test_a_submission_does_not_wait_for_a_file_that_can_no_longer_come(sent):
    sent.has(SENT, replace(PENDING, file_id="more"))
    sent.clock.at = NOW + UPLOAD_OPEN_FOR + timedelta(seconds=1)
    assert sent.handover.check_files(CASE_ID, 1) == READY


def test_a_required_file_that_was_set_aside_fails_the_submission(sent):
    sent.has(SENT, a_quarantined_file(FileKind.LOWER_SCAN))
    assert sent.handover.check_files(CASE_ID, 1) == FilesCheck(readiness=Readiness.FAILED)


def test_a_required_file_that_never_came_and_has_no_other_of_its_kind_fails_the_submission(sent):
    sent.has(SENT, replace(PENDING, file_id="lower_scan", kind=FileKind.LOWER_SCAN))
    sent.clock.at = NOW + UPLOAD_OPEN_FOR + timedelta(seconds=1)
    assert sent.handover.check_files(CASE_ID, 1) == FilesCheck(readiness=Readiness.FAILED)


@pytest.mark.parametrize("kind", [FileKind.PHOTO, FileKind.OTHER])
def test_a_file_that_the_lab_does_not_require_fails_nothing(sent, kind):
    sent.has(SENT, a_quarantined_file(kind), replace(PENDING, kind=kind, file_id="never"))
    sent.clock.at = NOW + UPLOAD_OPEN_FOR + timedelta(seconds=1)
    assert sent.handover.check_files(CASE_ID, 1) == READY


def test_a_required_file_that_the_practice_sends_another_way_fails_nothing(sent):
    by_mail = SentOtherwise(kind=FileKind.LOWER_SCAN, how="USPS", sent_on=TODAY)
    case = replace(SENT, packet=replace(SENT.packet, sent_otherwise=(by_mail,)))
    sent.has(case, a_quarantined_file(FileKind.LOWER_SCAN))
    assert sent.handover.check_files(CASE_ID, 1).readiness is Readiness.READY


def a_cbct(file_id="cbct", **measures):
    series = series_measures(**measures)
    return a_file(FileKind.CBCT, file_id=file_id, inspection=an_inspection(FileFormat.DICOM_SERIES, series=series))


@pytest.mark.parametrize(
    "files",
    [
        (a_cbct(modality="PX"),),
        (a_cbct(missing_slices=3),),
        (a_cbct("first", slices=1), a_cbct("second", slices=1)),
    ],
    ids=["no volume", "a gap", "slice by slice"],
)
def test_a_required_cbct_that_nobody_can_plan_on_fails_the_submission(sent, files):
    sent.directory.put(a_profile(files=(WANTED_CBCT,)))
    sent.has(SENT, *files)
    assert sent.handover.check_files(CASE_ID, 1) == FilesCheck(readiness=Readiness.FAILED)
    sent.has(SENT, a_cbct("whole"))
    assert sent.handover.check_files(CASE_ID, 1).readiness is Readiness.READY


def test_a_cbct_that_is_too_coarse_for_its_lab_was_so_when_it_was_sent(sent):
    sent.directory.put(a_profile(files=(WANTED_CBCT,)))
    sent.has(SENT, a_cbct(voxel_um=900))
    assert sent.handover.check_files(CASE_ID, 1).readiness is Readiness.READY


@pytest.mark.parametrize("case_type", [CaseType.IMPLANT_CROWN, CaseType.CUSTOM_ABUTMENT])
def test_the_scan_body_scan_of_a_restoration_is_required_by_a_rule_of_its_own(world, case_type):
    world.directory.put(a_profile(case_type))
    files = (*crown_files(), a_file(FileKind.SCAN_BODY_SCAN))
    world.has(replace(SENT, case_type=case_type), *files)
    assert world.handover.check_files(CASE_ID, 1).readiness is Readiness.READY
    world.has(replace(SENT, case_type=case_type), a_quarantined_file(FileKind.SCAN_BODY_SCAN))
    assert world.handover.check_files(CASE_ID, 1) == FilesCheck(readiness=Readiness.FAILED)
    by_mail = SentOtherwise(kind=FileKind.SCAN_BODY_SCAN, how="USPS", sent_on=TODAY)
    packet = replace(SENT.packet, sent_otherwise=(by_mail,))
    world.has(replace(SENT, case_type=case_type, packet=packet))
    assert world.handover.check_files(CASE_ID, 1).readiness is Readiness.READY


def test_a_file_of_a_format_that_its_kind_does_not_come_in_fails_the_submission(sent):
    sent.has(SENT, a_quarantined_file(FileKind.LOWER_SCAN, inspection=an_inspection(FileFormat.JPEG)))
    assert sent.handover.check_files(CASE_ID, 1) == FilesCheck(readiness=Readiness.FAILED)


@pytest.mark.parametrize(
    "stricter",
    [
        {"files": (WANTED_CBCT,)},
        {"outcomes": {"FIL-QUARANTINED": Outcome.BLOCK, "FIL-DUPLICATE": Outcome.BLOCK}},
    ],
)
def test_a_profile_that_became_stricter_since_the_sending_fails_nothing(sent, stricter):
    sent.has(SENT, a_quarantined_file(file_id="set-aside"), a_file(file_id="twin", checksum="checksum of upper_scan"))
    sent.directory.put(a_profile(**stricter))
    assert sent.handover.check_files(CASE_ID, 1).readiness is Readiness.READY


def test_what_was_an_acknowledged_warning_at_the_sending_fails_nothing(sent):
    warned = replace(SENT, submission=a_submission(acknowledged=("FIL-UNREADABLE",)))
    sent.has(warned, a_quarantined_file(FileKind.LOWER_SCAN))
    assert sent.handover.check_files(CASE_ID, 1).readiness is Readiness.READY
    sent.has(SENT)
    assert sent.handover.check_files(CASE_ID, 1) == FilesCheck(readiness=Readiness.FAILED)


def test_a_submission_that_is_handed_over_after_midnight_is_checked_as_of_its_own_day(sent):
    submitted_at = datetime(2026, 3, 3, 4, 59, tzinfo=UTC)
    sent.directory.put(a_profile(turnaround_working_days=4), a_dentist(license_expires_on=TODAY))
    packet = replace(SENT.packet, wanted_on=date(2026, 3, 6))
    sent.has(replace(SENT, packet=packet, submission=a_submission(submitted_at=submitted_at)))
    sent.clock.at = submitted_at + timedelta(minutes=2)
    assert sent.handover.check_files(CASE_ID, 1) == READY
    assert sent.handover.receive(CASE_ID, 1) is Status.RECEIVED
    assert sent.case().precheck_outcome is Outcome.PASS


def test_what_is_not_about_files_does_not_fail_a_submission_that_was_sent(sent):
    sent.clock.advance(days=400)
    assert sent.handover.check_files(CASE_ID, 1) == READY


@pytest.mark.parametrize(
    "case",
    [
        a_sent_case(Status.RECEIVED),
        a_sent_case(Status.MISSING_INFO),
        a_sent_case(Status.PROCESSING, submission=a_submission(number=2)),
        replace(SENT, submission=None),
    ],
)
def test_a_submission_that_is_over_is_settled_and_no_step_does_anything(sent, case):
    sent.has(case)
    assert sent.handover.check_files(CASE_ID, 1) == SETTLED
    assert sent.handover.receive(CASE_ID, 1) is case.status
    assert sent.handover.ask_for_files(CASE_ID, 1) is case.status
    sent.handover.copy_file(CASE_ID, 1, FileKind.LOWER_SCAN)
    assert sent.file(FileKind.LOWER_SCAN).handed_over_in is None
    assert (sent.case(), sent.told(), sent.memory.entries) == (case, [], [])


@pytest.mark.parametrize("step", ["check_files", "receive", "ask_for_files"])
def test_no_step_knows_a_case_that_does_not_exist(world, step):
    with pytest.raises(Unknown):
        getattr(world.handover, step)(CASE_ID, 1)


def test_a_file_is_copied_to_where_its_lab_finds_it_once(sent):
    for _ in range(2):
        sent.handover.copy_file(CASE_ID, 1, FileKind.LOWER_SCAN)
    assert sent.objects.kept[f"lab/{LAB_ID}/{CASE_ID}/1/lower_scan"] == b"bytes of lower_scan"
    assert sent.file(FileKind.LOWER_SCAN).handed_over_in == 1
    with pytest.raises(Unknown):
        sent.handover.copy_file(CASE_ID, 1, "no such file")


def test_the_lab_sees_the_files_that_were_copied_and_no_others(sent):
    assert sent.file_service.files(FROM_LAB, CASE_ID) == ()
    sent.handover.copy_file(CASE_ID, 1, FileKind.LOWER_SCAN)
    assert [file.file_id for file in sent.file_service.files(FROM_LAB, CASE_ID)] == ["lower_scan"]
    signed = sent.file_service.download(FROM_LAB, CASE_ID, "lower_scan")
    assert sent.objects.fetch(signed) == b"bytes of lower_scan"
    assert PRACTICE_ID not in signed.url
    with pytest.raises(Unknown):
        sent.file_service.download(FROM_LAB, CASE_ID, "upper_scan")


@pytest.mark.parametrize(
    ("step", "to", "due_on"),
    [("receive", Status.RECEIVED, SENT.due_on), ("ask_for_files", Status.MISSING_INFO, None)],
)
def test_a_step_moves_the_case_once_however_often_it_is_taken(sent, step, to, due_on):
    sent.clock.advance(minutes=5)
    assert [getattr(sent.handover, step)(CASE_ID, 1) for _ in range(3)] == [to] * 3
    case = sent.case()
    assert (case.status, case.due_on, case.version) == (to, due_on, SENT.version + 1)
    assert (case.moved_at, case.last_modified_at) == (NOW + timedelta(minutes=5), NOW)
    assert sent.told() == ["CaseMoved"]
    (entry,), (event,) = sent.memory.entries, sent.memory.events
    assert (entry.deed, entry.by, entry.user_id) == (Deed.MOVED, Party.SYSTEM, None)
    assert entry.details == {"from": "processing", "to": to.value}
    assert (event.origin, event.to, event.by, event.case_version) == (Status.PROCESSING, to, Party.SYSTEM, case.version)


def test_the_lists_say_what_precheck_says_when_the_submission_ends(sent):
    sent.has(replace(SENT, precheck_outcome=Outcome.WARN), a_quarantined_file(FileKind.LOWER_SCAN))
    sent.handover.ask_for_files(CASE_ID, 1)
    assert sent.case().precheck_outcome is Outcome.BLOCK


def test_of_two_runs_of_a_step_at_once_one_moves_the_case(sent):
    plain = sent.cases

    def other_run():
        sent.cases, interrupted = plain, sent.cases
        sent.handover.receive(CASE_ID, 1)
        sent.cases = interrupted

    sent.cases = Interrupted(plain, "save", other_run)
    assert sent.handover.ask_for_files(CASE_ID, 1) is Status.RECEIVED
    assert sent.told() == ["CaseMoved"]


def test_a_file_that_settles_meanwhile_is_looked_at_before_the_case_moves(sent):
    sent.has(SENT, PENDING)

    def settles():
        sent.has(replace(sent.case(), files_version=sent.case().files_version + 1), a_file(FileKind.UPPER_SCAN))

    sent.directory.put(a_profile(outcomes={"FIL-PENDING": Outcome.WARN}))
    sent.cases = Interrupted(sent.cases, "save", settles)
    assert sent.handover.receive(CASE_ID, 1) is Status.RECEIVED
    assert sent.case().precheck_outcome is Outcome.PASS
    assert sent.told() == ["CaseMoved"]


def test_a_step_gives_up_when_files_keep_changing_and_leaves_the_case_as_it_was(sent):
    def changes():
        sent.has(replace(sent.case(), files_version=sent.case().files_version + 1))

    sent.cases = Interrupted(sent.cases, "save", changes, times=TRIES)
    with pytest.raises(RequestInProgress):
        sent.handover.receive(CASE_ID, 1)
    assert (sent.case().status, sent.told()) == (Status.PROCESSING, [])


# --- While the lab has paused the case -------------------------------------------------------------


def pauses(world, version=1):
    move = Move(to=Status.ON_HOLD, reason="We are closed for two days.")
    return world.progress.move(FROM_LAB, CASE_ID, move, expected_version=version)


def goes_on(world, to, version):
    return world.progress.move(FROM_LAB, CASE_ID, Move(to=to), expected_version=version)


@pytest.mark.parametrize(
    ("step", "to", "due_on"),
    [("receive", Status.RECEIVED, date(2026, 3, 18)), ("ask_for_files", Status.MISSING_INFO, None)],
)
def test_a_paused_case_goes_on_to_its_lab_and_comes_back_to_where_it_got(sent, step, to, due_on):
    pauses(sent)
    assert sent.handover.check_files(CASE_ID, 1) == READY
    sent.handover.copy_file(CASE_ID, 1, FileKind.LOWER_SCAN)
    assert sent.file(FileKind.LOWER_SCAN).handed_over_in == 1
    assert [getattr(sent.handover, step)(CASE_ID, 1) for _ in range(2)] == [Status.ON_HOLD] * 2
    held = sent.case()
    assert (held.hold.origin, held.due_on, held.version) == (to, None, 3)
    assert sent.told() == ["CaseMoved", "HeldCaseWentOn"]
    _, entry = sent.memory.entries
    assert (entry.deed, entry.by, entry.details) == (
        Deed.WENT_ON_WHILE_HELD,
        Party.SYSTEM,
        {"from": "processing", "to": to.value},
    )
    assert (sent.memory.events[1].comes_back_to, sent.memory.events[1].case_version) == (to, 3)
    # And nothing of that is undone when it is released, two working days later
    sent.clock.advance(days=2)
    released = goes_on(sent, to, 3)
    assert (released.status, released.due_on, released.first_received) == (
        to,
        due_on,
        1 if to is Status.RECEIVED else None,
    )


def test_a_case_that_is_released_before_its_files_got_there_goes_on_as_if_it_had_not_been_paused(sent):
    pauses(sent)
    goes_on(sent, Status.PROCESSING, 2)
    assert sent.handover.check_files(CASE_ID, 1) == READY
    assert sent.handover.receive(CASE_ID, 1) is Status.RECEIVED
    assert (sent.case().hold, sent.case().first_received) == (None, 1)


def test_a_case_that_is_paused_at_the_moment_in_which_it_arrives_arrives_paused(sent):
    sent.cases = Interrupted(sent.cases, "save", lambda: pauses(sent))
    assert sent.handover.receive(CASE_ID, 1) is Status.ON_HOLD
    assert (sent.case().status, sent.case().hold.origin) == (Status.ON_HOLD, Status.RECEIVED)
    assert sent.told() == ["CaseMoved", "HeldCaseWentOn"]


@pytest.mark.parametrize("is_paused", [False, True])
def test_what_is_cancelled_meanwhile_is_settled_and_goes_no_further(sent, is_paused):
    if is_paused:
        pauses(sent)
    move = Move(to=Status.CANCELLED, reason="The patient moved away.")
    sent.progress.move(FROM_LAB, CASE_ID, move, expected_version=sent.case().version)
    cancelled = sent.case()
    assert sent.handover.check_files(CASE_ID, 1) == SETTLED
    sent.handover.copy_file(CASE_ID, 1, FileKind.LOWER_SCAN)
    assert sent.handover.receive(CASE_ID, 1) is sent.handover.ask_for_files(CASE_ID, 1) is Status.CANCELLED
    assert (sent.case(), sent.file(FileKind.LOWER_SCAN).handed_over_in) == (cancelled, None)
