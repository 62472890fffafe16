"""Services on DynamoDB Local, used by several people and machines at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from bitewing.cases.handover import HandoverService
from bitewing.cases.service import CaseService
from bitewing.cases.status import Status
from bitewing.files.case_file import FileKind, FileState
from bitewing.files.service import FileService, IntakeService, NewFile
from bitewing.files.verdict import Verdict
from bitewing.kernel.errors import BitewingError, RequestInProgress
from bitewing.precheck.finding import Outcome
from bitewing.precheck.service import PrecheckService

from tests.support.builders import (
    CASE_ID,
    a_case,
    a_connection,
    a_dentist,
    a_lab,
    a_packet,
    a_practice,
    a_profile,
    an_inspection,
    crown_files,
)
from tests.support.callers import FROM_PRACTICE, a_request
from tests.support.changes import a_change, a_file_change, a_sent_case, an_answer
from tests.support.in_memory import InMemoryObjects, sha256


class Office:
    """All services over one table."""

    def __init__(self, stores):
        stores.directory.put(a_practice(), a_dentist(), a_lab(), a_connection(), a_profile())
        self.stores, clock = stores, stores.clock
        self.objects = InMemoryObjects(clock)
        prechecks = PrecheckService(stores.directory, stores.cases, now=clock)
        self.cases = CaseService(stores.cases, stores.directory, now=clock)
        self.files = FileService(stores.cases, stores.files, self.objects, prechecks, now=clock)
        self.intake = IntakeService(stores.cases, stores.files, self.objects, now=clock)
        self.handover = HandoverService(stores.cases, stores.files, self.objects, prechecks, now=clock)

    def has(self, case, *files):
        self.stores.cases.create(a_change(case), request=a_request("case"), answer=an_answer(case))
        for file in files:
            self.stores.files.announce(a_file_change(case, file), request=a_request(file.file_id))
            self.objects.keep_bytes(file, b"bytes")

    def case(self):
        return self.stores.cases.find(CASE_ID)

    def names(self):
        return sorted(name for name, _ in self.stores.events(CASE_ID) if name not in ("CaseChanged", "FileRemoved"))

    def submit(self, key="send"):
        return self.cases.submit(
            FROM_PRACTICE, CASE_ID, expected_version=1, acknowledged=frozenset(), request=a_request(key)
        )

    def announce(self, number, key=None):
        content = f"scan {number}".encode()
        new = NewFile(
            kind=FileKind.OTHER, name="a.stl", size_bytes=len(content), sha256=sha256(content), part_sha256=()
        )
        return self.files.announce(FROM_PRACTICE, CASE_ID, new, a_request(key or f"file {number}")), content


def until_done(act, *args):
    """Do something as a client does: again, while others are in the way."""
    for _ in range(20):
        try:
            return act(*args)
        except RequestInProgress:
            continue
    pytest.fail("others were in the way for too long")


def outcome_of(act):
    """What a request comes to: its answer, or the kind of its refusal."""
    try:
        return until_done(act)
    except BitewingError as error:
        return type(error)


def at_once(*acts):
    with ThreadPoolExecutor(len(acts)) as people:
        return [task.result() for task in [people.submit(outcome_of, act) for act in acts]]


@pytest.fixture
def office(local_stores):
    return Office(local_stores)


def test_one_sending_from_many_connections_is_one_sending(office):
    office.has(a_case(), *crown_files())
    answers = at_once(*[office.submit] * 6)
    assert all(answer == answers[0] for answer in answers)
    assert office.names() == ["CaseMoved", "CaseSubmitted"]


def test_many_sendings_of_one_case_send_it_once(office):
    office.has(a_case(), *crown_files())
    answers = at_once(*(lambda key=key: office.submit(f"send {key}") for key in range(6)))
    assert sum(not isinstance(answer, type) for answer in answers) == 1
    assert office.case().submission.number == 1
    assert office.names() == ["CaseMoved", "CaseSubmitted"]


def test_files_announced_at_once_are_all_there(office):
    office.has(a_case())
    answers = at_once(*(lambda number=number: office.announce(number)[0] for number in range(6)))
    assert {answer.file.file_id for answer in answers} == {
        file.file_id for file in office.stores.cases.with_files(CASE_ID)[1]
    }
    assert (office.case().files_version, office.names()) == (6, ["FileAnnounced"] * 6)


def test_the_same_bytes_announced_at_once_are_one_file(office):
    office.has(a_case())
    answers = at_once(*(lambda key=key: office.announce(1, key=f"key {key}")[0] for key in range(6)))
    assert len({answer.file.file_id for answer in answers}) == 1
    assert office.names() == ["FileAnnounced"]


def test_a_file_and_a_sending_at_once_leave_a_case_that_makes_sense(office):
    office.has(a_case(), *crown_files())
    at_once(office.submit, lambda: office.announce(1)[0])
    case, files = office.stores.cases.with_files(CASE_ID)
    # Either the file was first, and holds the case back, or the case went without it.
    assert (case.status, len(files)) in {(Status.DRAFT, 5), (Status.PROCESSING, 4)}


def test_arrivals_taken_in_twice_and_all_at_once_are_kept_once(office):
    office.has(a_case())
    announced = [office.announce(number) for number in range(3)]
    for answer, content in announced:
        office.objects.send(answer.request, content)

    def take_in(file_id):
        verdict, reason = office.intake.inspect(CASE_ID, file_id, lambda _: an_inspection())
        return until_done(office.intake.record, CASE_ID, file_id, Verdict(verdict), reason)

    ids = [answer.file.file_id for answer, _ in announced] * 2
    states = at_once(*(lambda file_id=file_id: take_in(file_id) for file_id in ids))
    assert FileState.CLEAN in states
    for file_id in ids:
        assert take_in(file_id) is FileState.CLEAN
    assert len(office.objects.kept) == 3
    assert office.names() == ["FileAnnounced"] * 3 + ["FileKept"] * 3


def test_the_outcome_in_the_lists_is_that_of_the_last_state_whoever_comes_last(office):
    office.has(a_case(), *crown_files())

    def change(version, text):
        changed = office.cases.change_packet(
            FROM_PRACTICE, CASE_ID, expected_version=version, changes={"description": text}, is_authorized=True
        )
        return changed.case

    at_once(
        lambda: change(1, "A crown, please keep the contacts light and the margin clean."),
        lambda: office.files.remove(FROM_PRACTICE, CASE_ID, FileKind.LOWER_SCAN),
        lambda: office.announce(1)[0],
        lambda: office.cases.check_again(CASE_ID),
    )
    found = office.cases.read(FROM_PRACTICE, CASE_ID)
    assert found.case.precheck_outcome is found.precheck.outcome is Outcome.BLOCK


def test_a_step_of_the_handover_taken_twice_at_once_moves_the_case_once(office):
    office.has(a_sent_case(Status.PROCESSING, packet=a_packet()), *crown_files())
    answers = at_once(*[lambda: office.handover.receive(CASE_ID, 1)] * 4)
    assert answers == [Status.RECEIVED] * 4
    assert office.names() == ["CaseMoved"]
    assert office.case() == replace(
        office.case(), status=Status.RECEIVED, version=2, submission=a_sent_case().submission
    )
