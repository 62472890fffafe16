from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.ports import TRIES
from bitewing.cases.status import Party, Status
from bitewing.files.case_file import (
    MAX_FILES,
    MAX_FILES_EVER,
    MAX_REPLACED_AT_ONCE,
    MAX_SINGLE_UPLOAD_BYTES,
    MAX_SIZE_BYTES,
    PART_SIZE_BYTES,
    UPLOAD_OPEN_FOR,
    FileKind,
    FileState,
)
from bitewing.files.inspection import FileFormat, FileProblem, Problem
from bitewing.files.service import Announced, NewFile, checksum_of_parts
from bitewing.files.verdict import QuarantineReason, Verdict
from bitewing.kernel.errors import (
    FileNotReady,
    IdempotencyKeyReused,
    InvalidInput,
    PacketLocked,
    RequestInProgress,
    RoleNotAllowed,
    TooManyFiles,
    Unknown,
    UploadIncomplete,
    UploadNotOpen,
)
from bitewing.precheck.finding import Outcome

from tests.support.builders import (
    CASE_ID,
    LAB_ID,
    NOW,
    a_case,
    a_file,
    a_quarantined_file,
    an_inspection,
    crown_files,
    image_measures,
)
from tests.support.callers import FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, a_request
from tests.support.changes import a_sent_case, a_submission
from tests.support.in_memory import sha256
from tests.support.world import SCAN, Interrupted

LARGE_SIZE = MAX_SINGLE_UPLOAD_BYTES + 1
#: Digests of parts that no test ever sends: the sizes are what counts.
PARTS = (sha256(b"1"), sha256(b"2"))
LARGE = {"size_bytes": LARGE_SIZE, "sha256": None, "part_sha256": PARTS}


@pytest.fixture
def case(world):
    return world.has()


def send(world, announced, content=SCAN):
    return world.objects.send(announced.request, content)


def sent_file(world, content=SCAN, **changes):
    """Announce a file and send its bytes; return its id."""
    announced = world.announces(content, **changes)
    send(world, announced, content)
    return announced.file.file_id


def remove(world, file_id, caller=FROM_PRACTICE):
    return world.file_service.remove(caller, CASE_ID, file_id)


# --- Announcing ------------------------------------------------------------------------------------


def test_a_file_is_recorded_before_its_bytes_are_sent(world, case):
    world.clock.advance(minutes=5)
    announced = world.announces()
    file = announced.file
    assert (file.state, file.kind, file.name, file.size_bytes) == (
        FileState.ANNOUNCED,
        FileKind.UPPER_SCAN,
        "arch.stl",
        len(SCAN),
    )
    assert (file.announced_by, file.practice_id, file.checksum) == ("person-1", case.practice_id, sha256(SCAN))
    assert world.file(file.file_id) == file
    assert (announced.parts, announced.request.method) == ((), "PUT")


def test_announcing_changes_the_case_and_is_told_without_the_files_name(world, case):
    world.clock.advance(minutes=5)
    file = world.announces().file
    assert (world.case().files_version, world.case().version) == (1, 1)
    assert world.case().last_modified_at == NOW + timedelta(minutes=5)
    assert world.case().precheck_outcome is Outcome.BLOCK
    (entry,), (event,) = world.memory.entries, world.memory.events
    assert (entry.deed, entry.by, entry.user_id) == (Deed.FILE_ANNOUNCED, Party.PRACTICE, "person-1")
    assert entry.details == {"file_id": file.file_id, "kind": "upper_scan"}
    assert (event.file_id, event.file_version, event.size_bytes) == (file.file_id, 1, len(SCAN))
    assert "arch.stl" not in repr((entry, event))


def test_the_same_request_gives_the_same_file_and_fresh_signatures(world, case):
    first = world.announces()
    world.clock.advance(minutes=30)
    again = world.announces()
    assert again.file == first.file
    assert again.request.expires_at == first.request.expires_at + timedelta(minutes=30)
    assert world.told() == ["FileAnnounced"]


def test_the_same_key_for_another_file_is_refused(world, case):
    world.announces()
    with pytest.raises(IdempotencyKeyReused):
        world.file_service.announce(
            FROM_PRACTICE,
            CASE_ID,
            NewFile(kind=FileKind.UPPER_SCAN, name="a", size_bytes=1, sha256=sha256(b"a"), part_sha256=()),
            a_request("upload", body="another"),
        )


def test_a_repeated_request_tells_what_became_of_the_file_meanwhile(world, case):
    file_id = sent_file(world)
    world.takes_in(file_id)
    assert world.announces() == Announced(file=world.file(file_id))
    remove(world, file_id)
    assert world.announces().file.state is FileState.REMOVED


def test_a_repeated_request_is_answered_after_the_case_was_sent(world, case):
    file = world.announces().file
    world.has(a_sent_case(Status.PROCESSING))
    assert world.announces().file == file


def test_a_request_that_another_connection_finishes_meanwhile_gives_its_file(world, case):
    for method in ("answered", "announce"):
        world.__init__()
        world.has()
        plain = world.files

        def first(plain=plain):
            world.files, interrupted = plain, world.files
            world.announces()
            world.files = interrupted

        world.files = Interrupted(plain, method, first)
        answer = world.announces()
        assert [answer.file] == list(world.memory.files.values())
        assert world.told() == ["FileAnnounced"]


def test_the_same_bytes_as_the_same_kind_are_one_file(world, case):
    first = world.announces()
    assert world.announces(key="another").file == first.file
    assert world.announces(key="as another kind", kind=FileKind.LOWER_SCAN).file != first.file
    send(world, first)
    world.takes_in(first.file.file_id)
    assert world.announces(key="later") == Announced(file=world.file(first.file.file_id))


def test_a_key_that_got_a_file_that_was_there_stands_for_it(world, case):
    first = world.announces()
    world.announces(key="another")
    send(world, first)
    world.takes_in(first.file.file_id)
    remove(world, first.file.file_id)
    assert world.announces(key="another").file == world.file(first.file.file_id)
    with pytest.raises(IdempotencyKeyReused):
        world.file_service.announce(
            FROM_PRACTICE,
            CASE_ID,
            NewFile(kind=FileKind.UPPER_SCAN, name="a", size_bytes=1, sha256=sha256(b"a"), part_sha256=()),
            a_request("another", body="another"),
        )


def test_a_key_that_another_connection_uses_meanwhile_gives_the_file_of_that_one(world, case):
    world.announces()
    plain = world.files

    def other():
        quietly(world, plain, lambda: world.announces(b"other", key="contested"))

    world.files = Interrupted(plain, "remember", other)
    assert world.announces(key="contested").file.checksum == sha256(b"other")


def test_a_case_takes_five_hundred_files_and_no_more(world, case):
    world.has(case, *(a_file(file_id=f"file-{number}") for number in range(MAX_FILES)))
    assert MAX_FILES == 500
    with pytest.raises(TooManyFiles) as refused:
        world.announces()
    assert refused.value.facts() == {"limit": 500}
    remove(world, "file-0")
    file = world.announces().file
    assert world.announces(key="the same bytes").file == file
    with pytest.raises(TooManyFiles):
        world.announces(b"one more", key="one more")


def test_of_a_thousand_files_five_hundred_are_announced_and_the_rest_refused_with_the_limit(world, case):
    refusals = []
    for number in range(1000):
        try:
            world.announces(f"scan {number}".encode(), key=f"key {number}")
        except TooManyFiles as refused:
            refusals.append(refused.facts())
    assert refusals == [{"limit": MAX_FILES}] * 500
    assert len(world.memory.files) == MAX_FILES


@pytest.mark.parametrize(("gone", "is_refused"), [(-1, False), (0, True), (1, True)])
def test_files_that_are_gone_count_towards_what_is_ever_announced_for_a_case(world, case, gone, is_refused):
    count = MAX_FILES_EVER + gone
    world.has(case, *(a_file(file_id=f"file-{number}", state=FileState.REMOVED) for number in range(count)))
    if not is_refused:
        world.announces()
        return
    with pytest.raises(TooManyFiles, match="Start another case") as refused:
        world.announces()
    assert refused.value.facts() == {"limit": 2_000}


@pytest.mark.parametrize("state", [FileState.REMOVED, FileState.QUARANTINED])
def test_bytes_of_a_file_that_is_gone_can_be_sent_again(world, case, state):
    gone = a_file(file_id="gone", checksum=sha256(SCAN), state=state)
    world.has(case, gone)
    assert world.announces().file.file_id != "gone"


def test_bytes_that_never_came_can_be_announced_again_after_a_day(world, case):
    first = world.announces()
    world.clock.at = NOW + UPLOAD_OPEN_FOR + timedelta(seconds=1)
    assert world.announces(key="another").file != first.file
    assert world.announces(key="another").request is not None


def test_an_abandoned_upload_gets_no_new_signature(world, case):
    file = world.announces().file
    world.clock.at = NOW + UPLOAD_OPEN_FOR - timedelta(hours=1)
    assert world.announces().request is not None
    world.memory.files[CASE_ID, file.file_id] = replace(file, announced_at=NOW - timedelta(hours=2))
    assert world.announces().request is None


def test_the_same_bytes_announced_at_the_same_moment_are_one_file(world, case):
    world.files = Interrupted(world.files, "announce", lambda: world.announces(key="other connection"))
    answer = world.announces()
    assert [answer.file] == list(world.memory.files.values())


def test_many_files_announced_at_once_are_all_there_and_the_outcome_is_that_of_all(world, case):
    with ThreadPoolExecutor(4) as scanner:
        answers = list(scanner.map(lambda n: world.announces(f"scan {n}".encode(), key=f"key {n}"), range(4)))
    assert {answer.file.file_id for answer in answers} == {file_id for _, file_id in world.memory.files}
    assert (len(answers), world.case().files_version) == (4, 4)


def test_announcing_gives_up_when_the_case_keeps_changing(world, case):
    def changes():
        world.has(replace(world.case(), files_version=world.case().files_version + 1))

    world.files = Interrupted(world.files, "announce", changes, times=TRIES)
    with pytest.raises(RequestInProgress):
        world.announces()
    assert world.memory.files == {}


def test_a_file_announced_while_the_case_is_sent_is_refused_and_the_case_goes_without_it(world):
    world.has_sendable()
    world.files = Interrupted(world.files, "announce", world.submits)
    with pytest.raises(PacketLocked, match="Northlight"):
        world.announces(kind=FileKind.PHOTO)
    assert world.told() == ["CaseSubmitted", "CaseMoved"]
    assert len(world.memory.files) == 4


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.ON_HOLD, Status.MANUFACTURING])
def test_a_sent_case_takes_no_files_and_gives_none_up(world, status):
    world.has(a_sent_case(status), a_file())
    for act in (world.announces, lambda: remove(world, FileKind.UPPER_SCAN)):
        with pytest.raises(PacketLocked, match="Northlight"):
            act()
    world.directory.labs.clear()
    for act in (world.announces, lambda: remove(world, FileKind.UPPER_SCAN)):
        with pytest.raises(PacketLocked, match=LAB_ID):
            act()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"sha256": None}, "/sha256"),
        ({"part_sha256": PARTS}, "/sha256"),
        ({"size_bytes": LARGE_SIZE}, "/part_sha256"),
        (LARGE | {"sha256": sha256(SCAN)}, "/part_sha256"),
        (LARGE | {"part_sha256": PARTS[:1]}, "/part_sha256"),
        (LARGE | {"part_sha256": (*PARTS, PARTS[0])}, "/part_sha256"),
        ({"size_bytes": MAX_SIZE_BYTES + 1}, "/size_bytes"),
    ],
)
def test_sizes_and_checksums_that_do_not_fit_together_are_refused(world, case, changes, pointer):
    with pytest.raises(InvalidInput) as refused:
        world.announces(**changes)
    assert [error.pointer for error in refused.value.errors] == [pointer]
    assert world.memory.files == {}


def test_the_largest_single_upload_is_sent_whole_and_one_byte_more_in_parts(world, case):
    whole = world.announces(size_bytes=MAX_SINGLE_UPLOAD_BYTES)
    assert whole.request is not None
    large = world.announces(key="large", **LARGE)
    assert large.request is None
    assert [part.size_bytes for part in large.parts] == [PART_SIZE_BYTES, LARGE_SIZE - PART_SIZE_BYTES]
    assert large.file.checksum == checksum_of_parts(PARTS)


def test_a_large_file_that_meets_others_begins_one_upload_for_its_own_key(world, case):
    world.files = Interrupted(world.files, "announce", lambda: world.announces(b"other", key="other"))
    announced = world.announces(key="large", **LARGE)
    assert list(world.objects.open_uploads) == [announced.file.upload_id]
    assert announced.file.upload_id.endswith(announced.file.file_id)


@pytest.mark.parametrize("caller", [FROM_LAB, FROM_OTHER_PRACTICE, FROM_OTHER_LAB])
def test_the_files_of_a_draft_are_for_its_practice_only(world, case, caller):
    file_id = world.announces().file.file_id
    service = world.file_service
    for ask in (
        lambda: world.announces(key="mine", caller=caller),
        lambda: service.complete(caller, CASE_ID, file_id, []),
        lambda: service.files(caller, CASE_ID),
        lambda: service.download(caller, CASE_ID, file_id),
        lambda: remove(world, file_id, caller),
    ):
        with pytest.raises(Unknown, match="case"):
            ask()


def test_a_lab_changes_no_files_of_a_case_that_it_got(world):
    world.has(a_sent_case(Status.MISSING_INFO), a_file(handed_over_in=1))
    for act in (
        lambda: world.announces(caller=FROM_LAB),
        lambda: world.file_service.complete(FROM_LAB, CASE_ID, "upper_scan", []),
        lambda: remove(world, "upper_scan", FROM_LAB),
    ):
        with pytest.raises(RoleNotAllowed):
            act()


# --- Completing ------------------------------------------------------------------------------------


@pytest.fixture
def large(world, case, monkeypatch):
    """A file of two small parts: the limits are lowered for it."""
    monkeypatch.setattr("bitewing.files.service.MAX_SINGLE_UPLOAD_BYTES", 10)
    for module in ("bitewing.files.service", "tests.support.in_memory"):
        monkeypatch.setattr(f"{module}.PART_SIZE_BYTES", 8)
    parts = (b"12345678", b"9012")
    return world.announces(
        key="large", size_bytes=12, sha256=None, part_sha256=tuple(sha256(part) for part in parts)
    ), parts


def send_parts(world, large):
    announced, parts = large
    return [world.objects.send(part.request, content) for part, content in zip(announced.parts, parts, strict=True)]


def complete(world, large, etags):
    return world.file_service.complete(FROM_PRACTICE, CASE_ID, large[0].file.file_id, etags)


def test_parts_are_put_together_and_arrive_with_the_announced_checksum(world, large):
    file = complete(world, large, send_parts(world, large))
    assert world.objects.arrival(file).checksum == file.checksum
    assert world.inspects(file.file_id) == (Verdict.CLEAN, None)


def test_completing_again_gives_the_file_as_it_stands(world, large):
    etags = send_parts(world, large)
    file_id = complete(world, large, etags).file_id
    assert complete(world, large, etags).state is FileState.ANNOUNCED
    world.inspects(file_id)
    assert complete(world, large, etags).state is FileState.INSPECTED
    world.takes_in(file_id)
    assert complete(world, large, etags).state is FileState.CLEAN


def test_missing_parts_are_not_put_together(world, large):
    with pytest.raises(UploadIncomplete):
        complete(world, large, ['"a"', '"b"'])
    assert world.objects.arrivals == {}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_another_number_of_parts_is_refused(world, large, count):
    with pytest.raises(InvalidInput) as refused:
        complete(world, large, ['"a"'] * count)
    assert refused.value.errors[0].pointer == "/parts"


def test_a_file_sent_whole_is_not_completed(world, case):
    file_id = world.announces().file.file_id
    with pytest.raises(UploadNotOpen, match="announced"):
        world.file_service.complete(FROM_PRACTICE, CASE_ID, file_id, ['"a"'])


def test_a_removed_or_abandoned_upload_is_not_completed(world, large):
    etags = send_parts(world, large)
    world.clock.at = NOW + UPLOAD_OPEN_FOR + timedelta(seconds=1)
    with pytest.raises(UploadNotOpen, match="abandoned"):
        complete(world, large, etags)
    world.clock.at = NOW
    remove(world, large[0].file.file_id)
    with pytest.raises(UploadNotOpen, match="removed"):
        complete(world, large, etags)


def test_an_upload_begun_before_the_sending_is_completed_after_it(world, large):
    etags = send_parts(world, large)
    world.has(a_sent_case(Status.PROCESSING, files_version=1))
    assert complete(world, large, etags).state is FileState.ANNOUNCED


def test_a_file_that_does_not_exist_is_unknown(world, case):
    service = world.file_service
    for ask in (
        lambda: service.complete(FROM_PRACTICE, CASE_ID, "nothing", []),
        lambda: service.download(FROM_PRACTICE, CASE_ID, "nothing"),
        lambda: remove(world, "nothing"),
    ):
        with pytest.raises(Unknown, match="file"):
            ask()


# --- Fetching --------------------------------------------------------------------------------------


def test_a_practice_sees_all_its_files_and_its_lab_those_that_it_got(world):
    got, others = a_file(handed_over_in=1), [a_file(FileKind.PHOTO), a_quarantined_file(FileKind.LOWER_SCAN)]
    world.has(a_sent_case(), got, *others)
    assert len(world.file_service.files(FROM_PRACTICE, CASE_ID)) == 3
    assert world.file_service.files(FROM_LAB, CASE_ID) == (got,)


def test_what_was_never_sent_is_told_as_abandoned_after_a_day_and_stays_stored_as_announced(world, case):
    file_id = world.announces().file.file_id
    world.clock.at = NOW + UPLOAD_OPEN_FOR + timedelta(seconds=1)
    with pytest.raises(FileNotReady) as refused:
        world.file_service.download(FROM_PRACTICE, CASE_ID, file_id)
    assert refused.value.facts() == {"file_state": FileState.ABANDONED}
    assert world.file(file_id).state is FileState.ANNOUNCED


@pytest.mark.parametrize("state", sorted(set(FileState) - {FileState.CLEAN, FileState.REPLACED, FileState.ABANDONED}))
def test_a_file_without_bytes_to_give_cannot_be_fetched(world, state):
    # What its practice takes out later, a lab keeps that has got it: this one was removed before the last sending.
    world.has(a_sent_case(submission=a_submission(number=2)), a_file(state=state, handed_over_in=1))
    for caller in (FROM_PRACTICE, FROM_LAB):
        with pytest.raises(FileNotReady) as refused:
            world.file_service.download(caller, CASE_ID, "upper_scan")
        assert refused.value.facts() == {"file_state": state}


def test_a_practice_fetches_what_it_sent(world, case):
    file_id = sent_file(world)
    world.takes_in(file_id)
    assert world.objects.fetch(world.file_service.download(FROM_PRACTICE, CASE_ID, file_id)) == SCAN


# --- Removing --------------------------------------------------------------------------------------


def test_a_removed_file_leaves_the_packet_and_its_record_stays(world):
    world.has_sendable()
    world.clock.advance(minutes=5)
    removed = remove(world, "lower_scan")
    assert world.file("lower_scan") == removed
    assert (removed.state, removed.settled_at) == (FileState.REMOVED, NOW + timedelta(minutes=5))
    assert (world.case().files_version, world.case().precheck_outcome) == (1, Outcome.BLOCK)
    assert world.case().last_modified_at == NOW + timedelta(minutes=5)
    assert [entry.deed for entry in world.memory.entries] == [Deed.FILE_REMOVED]


def test_removing_twice_changes_nothing_even_after_the_sending(world):
    world.has_sendable()
    removed = remove(world, "lower_scan")
    assert remove(world, "lower_scan") == removed
    world.has(a_sent_case())
    assert remove(world, "lower_scan") == removed
    assert world.told() == ["FileRemoved"]


def test_a_file_removed_while_the_case_is_sent_stays(world):
    world.has_sendable()
    world.files = Interrupted(world.files, "change", world.submits)
    with pytest.raises(PacketLocked):
        remove(world, "lower_scan")
    assert world.file("lower_scan").is_clean


def test_a_file_is_removed_although_it_is_inspected_at_the_same_moment(world, case):
    file_id = sent_file(world)
    plain = world.files
    world.files = Interrupted(plain, "change", lambda: world.inspects(file_id))
    assert remove(world, file_id).state is FileState.REMOVED
    assert world.told() == ["FileAnnounced", "FileRemoved"]


def test_removing_gives_up_when_files_keep_changing(world):
    world.has_sendable()

    def changes():
        world.has(replace(world.case(), files_version=world.case().files_version + 1))

    world.files = Interrupted(world.files, "change", changes, times=TRIES)
    with pytest.raises(RequestInProgress):
        remove(world, "lower_scan")
    assert world.file("lower_scan").is_clean


# --- Replacing -------------------------------------------------------------------------------------

OTHER_SCAN = b"the bytes of a better scan"


@pytest.fixture
def old(world, case):
    """Return the id of a file that is here and clean."""
    file_id = sent_file(world)
    world.takes_in(file_id)
    return file_id


def sent_instead(world, old, content=OTHER_SCAN, **changes):
    return sent_file(world, content, **{"key": "instead", "replaces": old} | changes)


def test_a_file_stays_until_the_one_that_replaces_it_is_here(world, old):
    # Given a file in whose place another one is announced
    new = sent_instead(world, old)
    assert [world.file(file_id).state for file_id in (old, new)] == [FileState.CLEAN, FileState.ANNOUNCED]
    assert world.file(new).replaces == old
    # When its bytes are inspected and kept
    world.clock.advance(minutes=5)
    assert world.takes_in(new) is FileState.CLEAN
    # Then the other one is gone, and says by what
    gone = world.file(old)
    assert (gone.state, gone.replaced_by, gone.settled_at) == (FileState.REPLACED, new, NOW)
    assert world.told()[-2:] == ["FileKept", "FileReplaced"]
    kept, replaced = world.memory.events[-2:]
    assert (kept.file_id, replaced.file_id, replaced.file_version, replaced.replaced_by) == (new, old, 4, new)
    entry = world.memory.entries[-1]
    assert (entry.deed, entry.by, entry.user_id) == (Deed.FILE_REPLACED, Party.SYSTEM, None)
    assert entry.details == {"file_id": old, "kind": "upper_scan", "replaced_by": new}
    assert {file.file_id for file in world.file_service.files(FROM_PRACTICE, CASE_ID)} == {old, new}


def test_a_replaced_file_can_still_be_fetched_by_who_could_see_it(world, old):
    world.takes_in(sent_instead(world, old))
    assert world.objects.fetch(world.file_service.download(FROM_PRACTICE, CASE_ID, old)) == SCAN
    with pytest.raises(Unknown):
        world.file_service.download(FROM_OTHER_PRACTICE, CASE_ID, old)


def test_a_lab_still_fetches_the_replaced_file_that_it_got(world):
    gone = replace(a_file(handed_over_in=1), state=FileState.REPLACED, replaced_by="another")
    world.has(a_sent_case(), gone)
    assert "lab-1" in world.file_service.download(FROM_LAB, CASE_ID, gone.file_id).url


def test_a_file_that_was_set_aside_replaces_nothing(world, old):
    new = sent_instead(world, old)
    assert world.takes_in(new, BAD) is FileState.QUARANTINED
    assert world.file(old).is_clean
    assert world.told()[-1] == "FileQuarantined"


@pytest.mark.parametrize("becomes", [FileState.ANNOUNCED, FileState.QUARANTINED])
def test_what_never_came_and_what_was_set_aside_can_be_replaced(world, case, becomes):
    old = world.announces(b"never", key="never").file.file_id
    if becomes is FileState.QUARANTINED:
        world.has(case, a_quarantined_file(file_id=old))
    world.takes_in(sent_instead(world, old))
    assert world.file(old).state is FileState.REPLACED
    with pytest.raises(FileNotReady):
        world.file_service.download(FROM_PRACTICE, CASE_ID, old)


def test_bytes_that_come_for_a_replaced_file_are_thrown_away(world, case):
    late = world.announces(b"late", key="late")
    world.takes_in(sent_instead(world, late.file.file_id))
    send(world, late, b"late")
    assert world.takes_in(late.file.file_id) is FileState.REPLACED
    assert world.objects.arrivals == {}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"replaces": "no such file"}, "no such file"),
        ({"kind": FileKind.LOWER_SCAN}, "'upper_scan'"),
    ],
)
def test_only_a_file_of_the_case_and_of_the_kind_can_be_replaced(world, old, changes, says):
    with pytest.raises(InvalidInput) as refused:
        sent_instead(world, old, **changes)
    assert [error.pointer for error in refused.value.errors] == ["/replaces"]
    assert says in str(refused.value)
    assert len(world.memory.files) == 1


@pytest.mark.parametrize("state", [FileState.REMOVED, FileState.REPLACED])
def test_what_is_gone_cannot_be_replaced(world, case, state):
    world.has(case, a_file(file_id="gone", state=state))
    with pytest.raises(InvalidInput, match=f"'{state}'"):
        sent_instead(world, "gone")


def test_the_bytes_of_the_file_itself_replace_nothing(world, old):
    answer = world.announces(SCAN, key="again", replaces=old)
    assert answer == Announced(file=world.file(old))


def test_of_two_files_sent_in_the_place_of_one_the_first_takes_it_and_the_second_stays_beside(world, old):
    first = sent_instead(world, old)
    second = sent_instead(world, old, b"third", key="third")
    for file_id in (second, first):
        assert world.takes_in(file_id) is FileState.CLEAN
    assert world.file(old).replaced_by == second
    assert [world.file(file_id).is_clean for file_id in (first, second)] == [True, True]
    assert world.told().count("FileReplaced") == 1


@pytest.mark.parametrize("becomes", [FileState.ANNOUNCED, FileState.INSPECTED, FileState.QUARANTINED])
def test_what_replaces_a_replacement_that_never_was_good_takes_the_first_files_place(world, old, becomes):
    # Given a file, and one in its place that is not here or was set aside
    failed = sent_instead(world, old)
    if becomes is FileState.INSPECTED:
        world.inspects(failed)
    elif becomes is FileState.QUARANTINED:
        world.takes_in(failed, BAD)
    assert world.file(failed).state is becomes
    # When a third one in the place of the second is good
    third = sent_instead(world, failed, b"third", key="third")
    world.takes_in(third)
    # Then only that one is left
    assert [world.file(file_id).replaced_by for file_id in (old, failed)] == [third] * 2
    assert [file.file_id for file in world.file_service.files(FROM_PRACTICE, CASE_ID) if file.is_clean] == [third]
    assert [event.file_id for event in world.memory.events[-2:]] == [failed, old]
    assert {entry.details["file_id"] for entry in world.memory.entries[-2:]} == {failed, old}
    # And bytes that still come for the second one change nothing
    world.takes_in(failed)
    assert world.file(third).is_clean


def test_what_replaces_a_good_replacement_leaves_the_first_file_to_that_one(world, old):
    second = sent_instead(world, old)
    third = sent_instead(world, second, b"third", key="third")
    for file_id in (second, third):
        world.takes_in(file_id)
    assert [world.file(file_id).replaced_by for file_id in (old, second, third)] == [second, third, None]


def test_a_removed_replacement_hands_on_its_place_and_is_not_replaced_itself(world, old):
    second = sent_instead(world, old)
    third = sent_instead(world, second, b"third", key="third")
    remove(world, second)
    world.takes_in(third)
    assert (world.file(second).state, world.file(old).replaced_by) == (FileState.REMOVED, third)


@pytest.mark.parametrize("failed", [MAX_REPLACED_AT_ONCE - 1, MAX_REPLACED_AT_ONCE, MAX_REPLACED_AT_ONCE + 1])
def test_a_long_row_of_failures_still_ends_with_the_good_file_replaced(world, old, failed):
    last = old
    for number in range(failed):
        last = sent_instead(world, last, b"bad %d" % number, key=f"bad {number}")
        world.takes_in(last, BAD)
    good = sent_instead(world, last, b"good", key="good")
    world.takes_in(good)
    states = [file.state for file in world.memory.files.values()]
    assert world.file(old).replaced_by == good
    assert states.count(FileState.REPLACED) == min(failed + 1, MAX_REPLACED_AT_ONCE)
    assert states.count(FileState.QUARANTINED) == max(failed + 1 - MAX_REPLACED_AT_ONCE, 0)


def test_a_file_that_was_removed_meanwhile_stays_removed(world, old):
    new = sent_instead(world, old)
    remove(world, old)
    assert world.takes_in(new) is FileState.CLEAN
    assert world.file(old).state is FileState.REMOVED


def test_a_file_that_is_removed_at_the_same_moment_stays_removed(world, old):
    new = sent_instead(world, old)
    world.inspects(new)
    plain = world.files
    world.files = Interrupted(plain, "change", lambda: quietly(world, plain, remove, world, old))
    assert world.intake.record(CASE_ID, new, Verdict.CLEAN, None) is FileState.CLEAN
    assert world.file(old).state is FileState.REMOVED
    assert "FileReplaced" not in world.told()


def test_a_case_that_was_sent_meanwhile_keeps_what_it_was_sent_with(world, old):
    new = sent_instead(world, old)
    world.has(replace(a_sent_case(), files_version=world.case().files_version))
    assert world.takes_in(new) is FileState.CLEAN
    assert world.file(old).is_clean


def test_a_case_goes_from_blocked_to_clean_when_its_bad_file_is_replaced(world):
    bad = a_quarantined_file(FileKind.LOWER_SCAN)
    world.has(a_case(), bad, *(file for file in crown_files() if file.kind is not bad.kind))
    check = world.case_service.check_again
    assert check(CASE_ID) is Outcome.BLOCK
    world.takes_in(sent_instead(world, bad.file_id, kind=bad.kind))
    assert check(CASE_ID) is Outcome.PASS


# --- Taking in what arrived ------------------------------------------------------------------------


BAD = an_inspection(problems=(FileProblem(code=Problem.TRUNCATED, says="It ends too early."),), mesh=None)


def test_good_bytes_are_kept_and_told(world, case):
    file_id = sent_file(world)
    world.clock.advance(minutes=5)
    assert world.takes_in(file_id) is FileState.CLEAN
    file = world.file(file_id)
    assert (file.settled_at, file.inspection, file.upload_id) == (NOW + timedelta(minutes=5), an_inspection(), None)
    assert list(world.objects.kept.values()) == [SCAN]
    assert (world.objects.arrivals, world.objects.in_quarantine) == ({}, {})
    assert world.case().last_modified_at == NOW
    assert world.told() == ["FileAnnounced", "FileKept"]
    entry, event = world.memory.entries[-1], world.memory.events[-1]
    assert (entry.deed, entry.by, entry.user_id) == (Deed.FILE_KEPT, Party.SYSTEM, None)
    assert (event.format, event.file_version) == (FileFormat.STL, 3)


def test_bad_bytes_are_set_aside_with_the_reason(world, case):
    file_id = sent_file(world)
    assert world.takes_in(file_id, BAD) is FileState.QUARANTINED
    assert world.file(file_id).quarantine_reason == "It ends too early."
    assert list(world.objects.in_quarantine.values()) == [SCAN]
    assert (world.objects.arrivals, world.objects.kept) == ({}, {})
    assert world.told() == ["FileAnnounced", "FileQuarantined"]


def test_bytes_of_another_format_than_the_kind_comes_in_are_set_aside(world, case):
    file_id = sent_file(world)
    assert world.inspects(file_id, an_inspection(FileFormat.PDF)) == (Verdict.QUARANTINE, QuarantineReason.NOT_ACCEPTED)
    world.takes_in(file_id, an_inspection(FileFormat.PDF))
    assert "'pdf'" in world.file(file_id).quarantine_reason


def test_bytes_of_another_size_or_checksum_are_set_aside_unseen(world, case):
    def must_not_look(_):
        pytest.fail("bytes were looked at that nobody announced")

    file_id = sent_file(world)
    (key,) = world.objects.arrivals
    for content, checksum, reason in [
        (SCAN + b"!", sha256(SCAN), QuarantineReason.OTHER_SIZE),
        (SCAN.upper(), sha256(SCAN.upper()), QuarantineReason.OTHER_BYTES),
    ]:
        world.objects.arrivals[key] = (content, checksum)
        assert world.intake.inspect(CASE_ID, file_id, must_not_look) == (Verdict.QUARANTINE, reason)
    assert world.intake.record(CASE_ID, file_id, Verdict.QUARANTINE, reason) is FileState.QUARANTINED
    assert "SHA-256 differs" in world.file(file_id).quarantine_reason


def test_a_photo_with_a_position_is_kept_without_it_and_says_so(world, case):
    file_id = sent_file(world, kind=FileKind.PHOTO)
    photo = an_inspection(FileFormat.JPEG, image=image_measures(has_location=True))

    def look(file):
        world.objects.keep_bytes(file, b"without position")
        return photo

    verdict, reason = world.intake.inspect(CASE_ID, file_id, look)
    world.intake.record(CASE_ID, file_id, verdict, reason)
    assert world.file(file_id).location_removed
    assert list(world.objects.kept.values()) == [b"without position"]


def test_an_inspection_that_never_works_sets_the_file_aside(world, case):
    file_id = sent_file(world)
    assert world.intake.record(CASE_ID, file_id, Verdict.QUARANTINE, None) is FileState.QUARANTINED
    assert "could not be inspected" in world.file(file_id).quarantine_reason


def test_an_arrival_that_belongs_to_no_file_is_settled(world, case):
    assert world.inspects("nothing") == (Verdict.SETTLED, None)
    assert world.intake.record(CASE_ID, "nothing", Verdict.SETTLED, None) is None


def test_a_file_whose_bytes_are_not_here_stays_announced(world, case):
    file_id = world.announces().file.file_id
    assert world.takes_in(file_id) is FileState.ANNOUNCED
    assert world.told() == ["FileAnnounced"]


@pytest.mark.parametrize("inspection", [an_inspection(), BAD])
def test_taking_in_twice_gives_the_same_state_and_is_told_once(world, case, inspection):
    file_id = sent_file(world)
    states = [world.takes_in(file_id, inspection) for _ in range(3)]
    assert len(set(states)) == 1
    assert len(world.told()) == 2


def test_each_step_of_the_intake_can_run_twice(world, case):
    file_id = sent_file(world)
    verdicts = [world.inspects(file_id) for _ in range(2)]
    assert verdicts == [(Verdict.CLEAN, None)] * 2
    states = [world.intake.record(CASE_ID, file_id, Verdict.CLEAN, None) for _ in range(2)]
    assert states == [FileState.CLEAN] * 2
    assert world.told() == ["FileAnnounced", "FileKept"]


def test_two_inspections_of_one_arrival_at_once_agree_and_lose_no_bytes(world, case):
    # Given two runs that inspect the same arrival at the same moment
    file_id = sent_file(world)
    plain = world.files
    world.files = Interrupted(plain, "record_inspection", lambda: quietly(world, plain, world.inspects, file_id))
    first = world.inspects(file_id)
    # When both go on with their verdicts
    world.files = plain
    assert first == (Verdict.CLEAN, None)
    for _ in range(2):
        assert world.intake.record(CASE_ID, file_id, *first) is FileState.CLEAN
    # Then the bytes are kept, and that is told once
    assert list(world.objects.kept.values()) == [SCAN]
    assert world.told() == ["FileAnnounced", "FileKept"]


def test_a_run_that_finds_nothing_to_do_leaves_the_bytes_to_the_run_that_has_them(world, case):
    file_id = sent_file(world)
    assert world.intake.record(CASE_ID, file_id, Verdict.SETTLED, None) is FileState.ANNOUNCED
    assert world.takes_in(file_id) is FileState.CLEAN


def quietly(world, plain, act, *args):
    """Do something as another run would, over the plain store."""
    world.files, interrupted = plain, world.files
    result = act(*args)
    world.files = interrupted
    return result


def test_two_recordings_at_once_are_told_once(world, case):
    file_id = sent_file(world)
    world.inspects(file_id)
    plain = world.files

    def other():
        quietly(world, plain, world.intake.record, CASE_ID, file_id, Verdict.CLEAN, None)

    world.files = Interrupted(plain, "change", other)
    assert world.intake.record(CASE_ID, file_id, Verdict.CLEAN, None) is FileState.CLEAN
    assert world.told() == ["FileAnnounced", "FileKept"]


@pytest.mark.parametrize("method", ["find", "record_inspection"])
def test_a_file_removed_while_it_is_inspected_stays_removed(world, case, method):
    file_id = sent_file(world)
    plain = world.files
    world.files = Interrupted(plain, method, lambda: quietly(world, plain, remove, world, file_id))
    assert world.inspects(file_id) == (Verdict.SETTLED, None)
    world.files = plain
    assert world.intake.record(CASE_ID, file_id, Verdict.SETTLED, None) is FileState.REMOVED
    assert world.objects.arrivals == {}
    assert world.told() == ["FileAnnounced", "FileRemoved"]


def test_a_file_removed_while_it_is_recorded_stays_removed(world, case):
    file_id = sent_file(world)
    world.inspects(file_id)
    plain = world.files
    world.files = Interrupted(plain, "change", lambda: quietly(world, plain, remove, world, file_id))
    assert world.intake.record(CASE_ID, file_id, Verdict.CLEAN, None) is FileState.REMOVED
    assert world.objects.arrivals == {}
    assert world.told() == ["FileAnnounced", "FileRemoved"]


def test_bytes_sent_again_for_a_settled_file_are_thrown_away(world, case):
    announced = world.announces()
    send(world, announced)
    world.takes_in(announced.file.file_id)
    send(world, announced)
    assert world.takes_in(announced.file.file_id) is FileState.CLEAN
    assert world.objects.arrivals == {}
    assert world.told() == ["FileAnnounced", "FileKept"]


def test_recording_gives_up_when_the_file_keeps_changing_and_keeps_the_arrival(world, case):
    file_id = sent_file(world)
    world.inspects(file_id)
    plain = world.files

    def changes():
        file = plain.find(CASE_ID, file_id)
        world.memory.files[CASE_ID, file_id] = replace(file, version=file.version + 1)

    world.files = Interrupted(plain, "change", changes, times=TRIES)
    with pytest.raises(RequestInProgress):
        world.intake.record(CASE_ID, file_id, Verdict.CLEAN, None)
    assert len(world.objects.arrivals) == 1


def test_a_file_without_its_case_is_a_defect(world, case):
    file_id = sent_file(world)
    world.memory.cases.clear()
    with pytest.raises(Unknown, match="case"):
        world.takes_in(file_id)


def test_a_case_goes_from_blocked_to_clean_as_its_files_arrive(world):
    # Given a case that lacks one scan
    missing = crown_files()[2]
    world.has(a_case(), *(file for file in crown_files() if file != missing))
    check = world.case_service.check_again
    assert check(CASE_ID) is Outcome.BLOCK
    # When the scan is announced, sent and inspected
    file_id = sent_file(world, kind=missing.kind)
    assert world.case().precheck_outcome is Outcome.BLOCK
    world.takes_in(file_id)
    # Then the case can be sent
    assert check(CASE_ID) is Outcome.PASS
    assert world.submits().case.status is Status.PROCESSING
