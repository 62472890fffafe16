"""Which rules found something while a case was prepared: collected until it is sent, told with the sending."""

from datetime import timedelta

from bitewing.cases.activity import Deed
from bitewing.cases.status import Status
from bitewing.files.case_file import UPLOAD_OPEN_FOR, FileKind
from bitewing.precheck.finding import Finding, FindingSource, Outcome, Precheck

from tests.support.builders import CASE_ID, a_case, a_file, a_packet, crown_files
from tests.support.callers import FROM_PRACTICE
from tests.support.changes import a_sent_case


def a_precheck(*rule_ids, outcome=Outcome.WARN):
    findings = tuple(
        Finding(rule_id=rule_id, outcome=outcome, about="/packet", says="S.", do="D.", source=FindingSource.LAB)
        for rule_id in rule_ids
    )
    return Precheck(outcome=outcome if findings else Outcome.PASS, findings=findings)


def changes(world, version, **fields):
    return world.case_service.change_packet(
        FROM_PRACTICE, CASE_ID, expected_version=version, changes=fields, is_authorized=True
    )


def test_checks_add_to_what_fired_and_keep_the_last_outcome():
    case = a_case().checked(a_precheck("A", "B")).checked(a_precheck("B", "C")).checked(a_precheck())
    assert (case.rules_fired, case.precheck_outcome, case.version) == ({"A", "B", "C"}, Outcome.PASS, 1)


def test_a_sending_empties_what_fired():
    case = a_case().checked(a_precheck("A"))
    sent = case.submitted(at=case.created_at, by="p", acknowledged=(), profile_version=1, due_on=None)
    assert sent.rules_fired == set()


def test_what_was_mended_is_told_with_the_sending(world):
    world.has_sendable()
    changes(world, 1, description="")
    assert world.case().rules_fired == {"RX-DESCRIPTION"}
    changes(world, 2, description=a_packet().description)
    assert (world.case().rules_fired, world.case().precheck_outcome) == ({"RX-DESCRIPTION"}, Outcome.PASS)
    world.submits(version=3)
    (submitted,) = [event for event in world.memory.events if type(event).__name__ == "CaseSubmitted"]
    assert (submitted.rules_fired, submitted.acknowledged) == (("RX-DESCRIPTION",), ())
    assert world.case().rules_fired == set()


def test_a_new_case_begins_with_what_it_lacks(world):
    case = world.starts().case
    assert {"FIL-REQUIRED", "RX-DESCRIPTION"} <= case.rules_fired


def test_files_that_come_and_go_add_to_what_fired(world):
    world.has_sendable()
    file = world.announces(kind=FileKind.PHOTO, name="smile.jpg").file
    assert world.case().rules_fired == {"FIL-PENDING"}
    world.file_service.remove(FROM_PRACTICE, CASE_ID, file.file_id)
    world.file_service.remove(FROM_PRACTICE, CASE_ID, FileKind.LOWER_SCAN)
    assert world.case().rules_fired == {"FIL-PENDING", "FIL-REQUIRED"}


def test_a_check_after_an_arrival_adds_to_what_fired_although_the_outcome_is_the_same(world):
    world.has(a_case(precheck_outcome=Outcome.WARN), *crown_files()[1:])
    assert world.case_service.check_again(CASE_ID) is Outcome.WARN
    assert world.case().rules_fired == {"FIL-REQUIRED"}
    assert world.told() == []


def test_what_fires_once_a_case_is_sent_is_not_of_its_next_preparation(world):
    world.has(a_sent_case(Status.PROCESSING), *crown_files())
    world.memory.files[CASE_ID, "late"] = a_file(FileKind.PHOTO, file_id="late", location_removed=True)
    world.handover.receive(CASE_ID, 1)
    assert (world.case().precheck_outcome, world.case().rules_fired) == (Outcome.WARN, set())


def test_what_the_system_gives_a_case_back_for_is_of_its_next_preparation(world):
    world.has(a_sent_case(Status.PROCESSING), *crown_files()[1:])
    world.handover.ask_for_files(CASE_ID, 1)
    assert "FIL-REQUIRED" in world.case().rules_fired
    assert world.memory.entries[-1].deed is Deed.MOVED


def test_an_upload_that_is_given_up_leaves_what_it_fired(world):
    world.has_sendable()
    world.announces()
    world.clock.at += UPLOAD_OPEN_FOR + timedelta(seconds=1)
    world.case_service.check_again(CASE_ID)
    assert "FIL-PENDING" in world.case().rules_fired
