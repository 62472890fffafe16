"""Cases that a lab starts, from work that arrived outside the system: who sees and prepares them, and until when."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.cases.access import party_of
from bitewing.cases.activity import Deed
from bitewing.cases.bodies import CaseStandView, allowed_moves
from bitewing.cases.case_bodies import CaseView
from bitewing.cases.listing import Listing, Sort, row_of
from bitewing.cases.moves import Move
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Return, ReturnReason
from bitewing.cases.service import NewCase
from bitewing.cases.status import AWAITS_PLANNING, WAITS_FOR, Party, Status, WaitsFor
from bitewing.directory.organization import BillingState, ConnectionState
from bitewing.files.case_file import FileKind
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    MoveNotAllowed,
    PrecheckBlocked,
    RoleNotAllowed,
    Unknown,
)
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType

from tests.support.builders import (
    CASE_ID,
    DENTIST_ID,
    LAB_ID,
    NOW,
    PRACTICE_ID,
    a_case,
    a_connection,
    a_dentist,
    a_file,
    a_packet,
    a_patient,
    a_practice,
    a_profile,
    an_authorization,
    crown_files,
)
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    a_caller,
    a_request,
)
from tests.support.changes import a_sent_case

#: A guest cannot sign in, and owes nothing.
GUEST = a_practice(registered_by=LAB_ID, billing=BillingState.MISSING)


def new_case(**changes):
    new = NewCase(lab_id="any", dentist_id=DENTIST_ID, case_type=CaseType.CROWN, patient=a_patient())
    return replace(new, **changes)


def start(world, caller=FROM_LAB, practice_id=PRACTICE_ID, key="start", **changes):
    return world.case_service.create_for(caller, practice_id, new_case(**changes), a_request(key))


def lab_started(**changes):
    return a_case(started_by=Party.LAB, **changes)


def pointers(refused):
    return [error.pointer for error in refused.value.errors]


def test_a_lab_starts_a_case_of_a_connected_practice_and_both_see_it_at_once(world):
    case = start(world).case
    assert (case.started_by, case.status, case.lab_id, case.practice_id) == (
        Party.LAB,
        Status.DRAFT,
        LAB_ID,
        PRACTICE_ID,
    )
    for reader in (FROM_LAB, FROM_PRACTICE):
        assert world.case_service.read(reader, case.case_id).case.case_id == case.case_id
        page = world.list_service.page(reader, Listing(), limit=5, start=None)
        assert [each.case_id for each in page.things] == [case.case_id]
    with pytest.raises(Unknown):
        world.case_service.read(FROM_OTHER_LAB, case.case_id)
    with pytest.raises(Unknown):
        world.case_service.read(FROM_OTHER_PRACTICE, case.case_id)


def test_the_history_and_the_event_say_that_the_lab_started_it(world):
    start(world)
    (entry,), (event,) = world.memory.entries, world.memory.events
    assert (entry.by, entry.user_id, entry.deed) == (Party.LAB, FROM_LAB.user_id, Deed.CREATED)
    assert (event.started_by, event.case_type) == (Party.LAB, CaseType.CROWN)


def test_the_same_request_starts_one_case(world):
    assert start(world) == start(world)
    assert len(world.memory.cases) == 1
    with pytest.raises(IdempotencyKeyReused):
        world.case_service.create_for(FROM_LAB, PRACTICE_ID, new_case(), a_request("start", "another body"))


def test_a_lab_is_told_nothing_of_what_a_practice_owes_also_in_an_answer_that_is_remembered(world):
    world.directory.put(a_practice(billing=BillingState.PAST_DUE, phone=""))
    for answer in (start(world), start(world)):
        assert not {"CTX-SETUP", "CTX-BILLING"} & {finding.rule_id for finding in answer.precheck.findings}
        assert answer.case.precheck_outcome is None


@pytest.mark.parametrize("caller", [FROM_PRACTICE, CLINICIAN, a_caller(LAB_ID, OrganizationKind.LAB, Role.MANAGER)])
def test_only_people_of_a_lab_start_cases_of_others(world, caller):
    with pytest.raises(RoleNotAllowed):
        start(world, caller)
    assert world.memory.cases == {}


@pytest.mark.parametrize("state", [None, ConnectionState.ASKED, ConnectionState.DECLINED, ConnectionState.ENDED])
def test_without_an_accepted_connection_nothing_is_told_of_the_practice(world, state):
    world.directory.known_connections.clear()
    if state:
        world.directory.put(a_connection(state=state))
    for dentist_id in (DENTIST_ID, "nobody"):
        with pytest.raises(InvalidInput) as refused:
            start(world, dentist_id=dentist_id)
        assert pointers(refused) == ["/practice_id"]


def test_the_dentist_must_be_active_in_that_practice_and_the_type_offered(world):
    world.directory.put(a_dentist(is_active=False))
    with pytest.raises(InvalidInput) as refused:
        start(world, case_type=CaseType.BRIDGE)
    assert pointers(refused) == ["/case_type", "/dentist_id"]
    assert "This practice" in refused.value.errors[1].says


# --- Preparing it ------------------------------------------------------------------------------------------------


def change(world, caller=FROM_LAB, version=1, **changes):
    return world.case_service.change_packet(
        caller, CASE_ID, expected_version=version, changes=changes, is_authorized=None
    )


def test_lab_and_practice_prepare_the_draft_in_turn_and_the_history_names_the_side(world):
    world.has(lab_started())
    change(world, contact="The lab's counter")
    change(world, FROM_PRACTICE, version=2, contact="Dr. Moreno")
    assert [entry.by for entry in world.memory.entries] == [Party.LAB, Party.PRACTICE]


def test_the_lab_sees_and_fetches_every_file_of_what_it_prepares(world):
    world.has(lab_started(), *crown_files())
    upper = crown_files()[0].file_id
    assert {file.file_id for file in world.file_service.files(FROM_LAB, CASE_ID)} == {
        file.file_id for file in crown_files()
    }
    assert "practice/" in world.file_service.download(FROM_LAB, CASE_ID, upper).url


def test_the_lab_announces_and_removes_files_of_what_it_prepares(world):
    world.has(lab_started())
    announced = world.announces(caller=FROM_LAB).file
    assert announced.announced_by == FROM_LAB.user_id
    world.file_service.remove(FROM_LAB, CASE_ID, announced.file_id)
    assert [(entry.by, entry.deed) for entry in world.memory.entries] == [
        (Party.LAB, Deed.FILE_ANNOUNCED),
        (Party.LAB, Deed.FILE_REMOVED),
    ]


def test_a_change_of_nothing_is_answered_as_the_lab_may_read_it(world):
    world.directory.put(a_practice(billing=BillingState.PAST_DUE))
    world.has(lab_started(), *crown_files())
    answer = change(world, contact=lab_started().packet.contact)
    assert (answer.precheck.outcome, answer.case.version, world.memory.entries) == (Outcome.PASS, 1, [])


def authorize(world, caller=FROM_LAB, version=1, **changes):
    return world.case_service.change_packet(
        caller, CASE_ID, expected_version=version, changes=changes, is_authorized=True
    ).case.packet.authorization


def test_in_the_name_of_a_dentist_whose_practice_can_sign_in_a_lab_authorizes_nothing(world):
    case = world.has(lab_started(packet=a_packet(authorization=None)), *crown_files(), a_file(FileKind.DOCUMENT))
    with pytest.raises(InvalidInput) as refused:
        authorize(world)
    assert pointers(refused) == ["/is_authorized"]
    assert world.case() == case
    with pytest.raises(PrecheckBlocked) as blocked:
        world.submits(caller=FROM_LAB)
    assert [finding["rule_id"] for finding in blocked.value.findings] == ["RX-SIGNATURE"]
    assert not authorize(world, FROM_PRACTICE).is_by_lab


def test_what_a_lab_records_for_a_guest_is_the_prescription_on_paper(world):
    world.directory.put(GUEST)
    world.has(lab_started(packet=a_packet(authorization=None)), *crown_files())
    assert authorize(world).is_by_lab
    with pytest.raises(PrecheckBlocked) as blocked:
        world.submits(version=2, caller=FROM_LAB)
    assert [finding["rule_id"] for finding in blocked.value.findings] == ["RX-SIGNATURE"]
    world.has(world.case(), a_file(FileKind.DOCUMENT))
    assert world.submits(version=2, caller=FROM_LAB).case.is_sent


def test_the_practices_own_word_replaces_what_the_lab_recorded_and_not_the_other_way_round(world):
    world.directory.put(GUEST)
    world.has(lab_started(packet=a_packet(authorization=an_authorization(is_by_lab=True))))
    assert authorize(world).is_by_lab
    world.directory.put(a_practice())
    own = authorize(world, FROM_PRACTICE)
    assert (own.authorized_by, own.is_by_lab) == (FROM_PRACTICE.user_id, False)
    world.directory.put(GUEST)
    assert authorize(world, version=2) == own


# --- Taking it in ------------------------------------------------------------------------------------------------


def test_the_lab_takes_in_what_it_prepared_though_the_practice_owes(world):
    world.directory.put(a_practice(billing=BillingState.MISSING))
    world.has(lab_started(), *crown_files())
    sent = world.submits(caller=FROM_LAB).case
    assert (sent.status, sent.submission.submitted_by) == (Status.PROCESSING, FROM_LAB.user_id)
    assert sent.due_on is not None
    submitted, moved = world.memory.events
    assert (submitted.submission_number, moved.by) == (1, Party.LAB)
    assert [(entry.by, entry.deed) for entry in world.memory.entries] == [(Party.LAB, Deed.SUBMITTED)]
    assert world.submits(caller=FROM_LAB).case == sent


def test_what_the_practice_owes_holds_it_when_it_sends_the_case_itself(world):
    world.directory.put(a_practice(billing=BillingState.MISSING))
    world.has(lab_started(), *crown_files())
    with pytest.raises(PrecheckBlocked) as refused:
        world.submits(caller=FROM_PRACTICE)
    assert [finding["rule_id"] for finding in refused.value.findings] == ["CTX-BILLING"]


def test_precheck_holds_the_lab_like_a_practice(world):
    world.has(lab_started())
    with pytest.raises(PrecheckBlocked) as refused:
        world.submits(caller=FROM_LAB)
    assert {finding["rule_id"] for finding in refused.value.findings} == {"FIL-REQUIRED"}


def test_a_lab_that_knows_the_case_does_not_take_it_in_twice(world):
    world.has(a_sent_case(Status.PROCESSING, started_by=Party.LAB), *crown_files())
    with pytest.raises(RoleNotAllowed):
        world.submits(caller=FROM_LAB)
    with pytest.raises(MoveNotAllowed) as refused:
        world.submits(caller=FROM_PRACTICE)
    assert refused.value.allowed == ()


def test_what_the_lab_does_in_the_practices_place_leaves_alone_when_the_practice_changed_the_case(world):
    signed = a_packet(authorization=an_authorization(is_agreed=True))
    reason = ReturnReason(reason_id="1", code=Reason.MARGIN_HIDDEN, says="The margin is under tissue.")
    back = Return(number=1, to=Status.RETURNED, submission_number=1, at=NOW, by="person-2", reasons=(reason,))
    world.directory.put(GUEST)
    world.has(a_sent_case(started_by=Party.LAB, packet=signed).given_back(back), *crown_files())
    world.memory.returns[CASE_ID, 1] = back
    world.clock.advance(hours=1)
    change(world, version=2, contact="The counter")
    world.review_service.answer(FROM_LAB, CASE_ID, "1", "It was scanned again.", expected_version=3)
    announced = world.announces(caller=FROM_LAB, kind=FileKind.PHOTO, name="smile.jpg").file
    world.file_service.remove(FROM_LAB, CASE_ID, announced.file_id)
    world.submits(version=4, caller=FROM_LAB)
    assert (world.case().status, world.case().last_modified_at) == (Status.PROCESSING, NOW)


def test_what_a_guest_does_by_its_link_is_the_practices_change(world):
    world.directory.put(GUEST)
    world.has(lab_started())
    world.clock.advance(hours=1)
    change(world, FROM_PRACTICE, contact="Dr. Moreno")
    assert world.case().last_modified_at == NOW + timedelta(hours=1)


# --- After it was sent -------------------------------------------------------------------------------------------


def test_what_came_back_is_prepared_by_the_practice_and_by_the_lab_only_for_a_guest(world):
    signed = a_packet(authorization=an_authorization(is_agreed=True))
    back = a_sent_case(Status.MISSING_INFO, started_by=Party.LAB, packet=signed)
    world.has(back, *crown_files())
    for attempt in (
        lambda: change(world, contact="The counter"),
        lambda: world.announces(caller=FROM_LAB),
        lambda: world.file_service.remove(FROM_LAB, CASE_ID, crown_files()[0].file_id),
        lambda: world.submits(caller=FROM_LAB),
    ):
        with pytest.raises(RoleNotAllowed):
            attempt()
    assert world.file_service.files(FROM_LAB, CASE_ID) == ()
    world.directory.put(GUEST)
    assert len(world.file_service.files(FROM_LAB, CASE_ID)) == len(crown_files())
    assert world.submits(caller=FROM_LAB).case.submission.number == 2


def test_the_practice_that_joins_goes_on_with_its_cases(world):
    world.directory.put(GUEST)
    world.has(a_sent_case(Status.RETURNED, started_by=Party.LAB), *crown_files())
    change(world, contact="The counter")
    world.directory.put(a_practice())
    with pytest.raises(RoleNotAllowed):
        change(world, version=2, contact="The counter again")
    change(world, FROM_PRACTICE, version=2, contact="Dr. Moreno")
    assert world.submits(version=3).case.status is Status.PROCESSING


def test_the_lab_reads_what_a_guest_answered_to_a_return_before_it_takes_the_case_in_again(world):
    reason = ReturnReason(reason_id="1", code=Reason.MARGIN_HIDDEN, says="The margin is under tissue.")
    sent = a_sent_case(started_by=Party.LAB)
    back = Return(number=1, to=Status.RETURNED, submission_number=1, at=NOW, by="person-2", reasons=(reason,))
    world.has(sent.given_back(back), *crown_files())
    world.directory.put(GUEST)
    version = world.case().version
    world.review_service.answer(FROM_PRACTICE, CASE_ID, "1", "Scanned again.", expected_version=version)
    (answered,) = world.case_service.read(FROM_LAB, CASE_ID).case.last_return.reasons
    assert answered.answer.says == "Scanned again."
    (listed,) = world.review_service.returns(FROM_LAB, CASE_ID, limit=5, start=None).things
    assert listed.reasons[0].answer is not None
    world.directory.put(a_practice())
    (withheld,) = world.case_service.read(FROM_LAB, CASE_ID).case.last_return.reasons
    assert withheld.answer is None


def test_of_a_sent_case_the_lab_fetches_its_own_copy(world):
    upper = replace(crown_files()[0], handed_over_in=1)
    world.has(a_sent_case(started_by=Party.LAB), upper)
    assert "lab/" in world.file_service.download(FROM_LAB, CASE_ID, FileKind.UPPER_SCAN.value).url


@pytest.mark.parametrize(("practice", "is_planned"), [(GUEST, True), (a_practice(), False)], ids=["guest", "joined"])
def test_a_lab_is_told_that_it_plans_what_it_started_as_long_as_nobody_of_the_practice_can_sign_in(
    world, practice, is_planned
):
    world.directory.put(practice, a_profile(CaseType.SURGICAL_GUIDE))
    waiting = a_sent_case(Status.READY_TO_PLAN, started_by=Party.LAB, case_type=CaseType.SURGICAL_GUIDE, due_on=None)
    world.has(waiting)
    seen = world.case_service.read(FROM_LAB, waiting.case_id)
    assert (seen.is_planned_by_reader, seen.is_prepared_by_reader) == (is_planned, False)
    offered = allowed_moves(seen.case, Party.LAB, prepares=False, plans=seen.is_planned_by_reader)
    assert (Status.PLANNING_SCHEDULED in {move.to for move in offered}) == is_planned
    assert world.case_service.read(FROM_PRACTICE, waiting.case_id).is_planned_by_reader


def test_what_was_paused_while_it_was_planned_comes_back_there_whoever_plans_it():
    scheduled = a_sent_case(Status.PLANNING_SCHEDULED, case_type=CaseType.SURGICAL_GUIDE)
    held = scheduled.held("The implant is not in stock.", at=NOW)
    offered = allowed_moves(held, Party.LAB, prepares=False, plans=False)
    assert [move.to for move in offered] == [Status.PLANNING_SCHEDULED, Status.CANCELLED]


def planned(status, **changes):
    return a_sent_case(status, started_by=Party.LAB, case_type=CaseType.SURGICAL_GUIDE, due_on=None, **changes)


def queue(world, caller):
    page = world.list_service.page(caller, Listing(sort=Sort.WAITING), limit=5, start=None)
    return [(row.case_id, row.waits_for) for row in page.things]


@pytest.mark.parametrize(
    ("practice", "whom", "reader"),
    [(GUEST, WaitsFor.LAB, FROM_LAB), (a_practice(), WaitsFor.PRACTICE, FROM_PRACTICE)],
    ids=["guest", "joined"],
)
def test_what_is_to_be_planned_waits_for_whoever_books_and_is_in_their_queue(world, practice, whom, reader):
    world.directory.put(practice, a_profile(CaseType.SURGICAL_GUIDE))
    world.has(planned(Status.RECEIVED))
    ready = world.progress.move(FROM_LAB, CASE_ID, Move(to=Status.READY_TO_PLAN), expected_version=1)
    assert (ready.waits_for, queue(world, reader)) == (whom, [(CASE_ID, whom)])
    # Its hold is the lab's, and its planning waits for the same again.
    pause = Move(to=Status.ON_HOLD, reason="The planner is away.")
    assert world.progress.move(FROM_LAB, CASE_ID, pause, expected_version=2).waits_for is WaitsFor.LAB
    released = world.progress.move(FROM_LAB, CASE_ID, Move(to=Status.READY_TO_PLAN), expected_version=3)
    assert (released.waits_for, queue(world, reader)) == (whom, [(CASE_ID, whom)])


def test_only_what_is_to_be_planned_waits_for_the_lab_of_a_guest(world):
    world.directory.put(GUEST)
    for status in Status:
        case = planned(status, is_planned_by_lab=True)
        usual = WaitsFor.LAB if status in {Status.DRAFT, *AWAITS_PLANNING} else WAITS_FOR[status]
        assert (case.waits_for, row_of(case).waits_for) == (usual, usual)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ON_HOLD])
@pytest.mark.parametrize("practice", [GUEST, a_practice()], ids=["guest", "joined"])
@pytest.mark.parametrize("reader", [FROM_LAB, FROM_PRACTICE], ids=["lab", "practice"])
@pytest.mark.parametrize("started_by", [Party.LAB, Party.PRACTICE])
def test_a_case_and_what_is_said_of_it_after_a_change_offer_the_same_moves(world, status, practice, reader, started_by):
    world.directory.put(practice, a_profile(CaseType.SURGICAL_GUIDE))
    case = world.has(replace(planned(status), started_by=started_by))
    whole = CaseView.of_checked(world.case_service.read(reader, CASE_ID), party_of(reader))
    for service in (world.progress, world.review_service):
        stand = CaseStandView.of(case, service.reader(reader, case))
        assert (stand.allowed_moves, stand.waits_for) == (whole.allowed_moves, whole.waits_for)
