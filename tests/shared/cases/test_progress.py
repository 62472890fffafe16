"""How a case goes on after it was sent, over stores in memory."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.cases.activity import Deed
from bitewing.cases.due_dates import ShipWindow
from bitewing.cases.moves import Move, NewReason
from bitewing.cases.ports import TRIES
from bitewing.cases.reasons import Reason
from bitewing.cases.sessions import BookedSession
from bitewing.cases.shipments import Shipment, ShipmentState
from bitewing.cases.status import Color, Party, Status
from bitewing.files.case_file import FileKind, FileState
from bitewing.kernel.errors import (
    InvalidInput,
    LabClosed,
    MoveNotAllowed,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType

from tests.support.builders import CASE_ID, NOW, a_case, a_file, a_lab, crown_files
from tests.support.callers import (
    CLINICIAN,
    FROM_LAB,
    FROM_OTHER_LAB,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
)
from tests.support.changes import a_return, a_sent_case, a_submission
from tests.support.world import Interrupted

MARGIN = NewReason(code=Reason.MARGIN_HIDDEN, says="The margin is under tissue.", file_id=FileKind.PREP_SCAN)
BITE = NewReason(code=Reason.BITE_RELATION, says="The bite is open.", rule_id="MSH-HOLES")
BACK = Move(to=Status.RETURNED, reasons=(BITE,))
NO_STOCK = "The abutment is not in stock before Thursday."
STOPPED = "The patient moved away."


def got(status=Status.RECEIVED, **changes):
    return a_sent_case(status, **changes)


def planned(status, **changes):
    return got(status, **{"case_type": CaseType.SURGICAL_GUIDE, "due_on": None} | changes)


def a_session(**changes):
    booked = BookedSession(
        session_id="session-1",
        planner=1,
        starts_at=NOW + timedelta(days=2),
        ends_at=NOW + timedelta(days=2, minutes=30),
        meeting_link="https://meet.example/northlight",
    )
    return replace(booked, **changes)


def a_shipment(**changes):
    parcel = Shipment(
        number=1,
        carrier="ups",
        tracking_number="1Z999AA10123456784",
        link="https://www.ups.com/track?tracknum=1Z999AA10123456784",
        contains="",
        shipped_at=NOW,
        state=ShipmentState.IN_TRANSIT,
        state_at=NOW,
    )
    return replace(parcel, **changes)


def handed_over():
    return [replace(file, handed_over_in=1) for file in crown_files()]


def moves(world, to, *, reason=None, reasons=(), version=1, caller=FROM_LAB):
    move = Move(to=to, reasons=reasons, reason=reason)
    return world.progress.move(caller, CASE_ID, move, expected_version=version)


def gives_back(world, *reasons, to=Status.RETURNED, version=1, caller=FROM_LAB):
    return moves(world, to, reasons=reasons or (MARGIN, BITE), version=version, caller=caller)


def pointers(refused):
    return [error.pointer for error in refused.value.errors]


def answers(world, reason_id, version):
    says = "Scanned again."
    return world.review_service.answer(FROM_PRACTICE, CASE_ID, reason_id, says, expected_version=version)


# --- Giving back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("to", [Status.RETURNED, Status.MISSING_INFO])
def test_a_lab_gives_a_case_back_with_its_reasons(world, to):
    world.has(got(), *handed_over())
    world.clock.advance(hours=1)
    seen = gives_back(world, to=to)
    case = world.case()
    assert (case.status, case.color, case.due_on, case.version) == (to, Color.RED, None, 2)
    assert (case.last_modified_at, case.moved_at) == (NOW, NOW + timedelta(hours=1))
    back = case.last_return
    assert (back.number, back.to, back.submission_number, back.by) == (1, to, 1, "person-2")
    assert [(reason.reason_id, reason.code, reason.says) for reason in back.reasons] == [
        ("1", Reason.MARGIN_HIDDEN, MARGIN.says),
        ("2", Reason.BITE_RELATION, BITE.says),
    ]
    assert world.memory.returns == {(CASE_ID, 1): back}
    assert seen.last_return == back


def test_a_return_is_told_as_one_entry_and_two_events_without_the_sentences(world):
    world.has(got(), *handed_over())
    gives_back(world)
    (entry,) = world.memory.entries
    assert (entry.deed, entry.by, entry.user_id) == (Deed.RETURNED, Party.LAB, "person-2")
    assert entry.details == {
        "from": "received",
        "to": "returned",
        "return": "1",
        "reasons": "bite_relation, margin_hidden",
    }
    moved, returned = world.memory.events
    assert (moved.origin, moved.to, moved.by, moved.case_version) == (Status.RECEIVED, Status.RETURNED, Party.LAB, 2)
    assert (returned.submission_number, returned.return_number) == (1, 1)
    assert returned.reasons == (Reason.MARGIN_HIDDEN, Reason.BITE_RELATION)
    assert returned.rule_ids == ("FIL-REQUIRED", "MSH-HOLES")
    assert moved.event_id != returned.event_id


def test_a_return_tells_whether_the_case_came_back_from_its_first_pass(world):
    # Given a case of which a file could not be used, so that the lab never got its first sending
    world.has_sendable()
    world.submits(version=1)
    world.handover.ask_for_files(CASE_ID, 1)
    world.clock.advance(hours=2)
    world.submits(version=3, key="again")
    world.handover.receive(CASE_ID, 2)
    # When the lab gives it back
    gives_back(world, BITE, version=5)
    # Then it did not pass, and is counted where it was sent first.
    (returned,) = [event for event in world.memory.events if type(event).__name__ == "CaseReturned"]
    assert (returned.submission_number, returned.is_first_pass) == (2, True)
    assert (returned.sent_by, returned.first_sent_at) == (Party.PRACTICE, NOW)
    assert returned.submitted_at == NOW + timedelta(hours=2)
    submitted = [event for event in world.memory.events if type(event).__name__ == "CaseSubmitted"]
    assert {event.sent_by for event in submitted} == {Party.PRACTICE}


def test_what_a_lab_took_in_itself_comes_back_as_its_own_sending(world):
    world.has(got(submission=a_submission(sent_by=Party.LAB), first_received=1), *handed_over())
    gives_back(world)
    returned = world.memory.events[-1]
    assert (returned.sent_by, returned.is_first_pass, returned.first_sent_at) == (Party.LAB, False, NOW)


def test_what_came_back_blocks_until_it_is_dealt_with_and_the_lists_say_so(world):
    world.has(got(precheck_outcome=Outcome.PASS), *handed_over())
    gives_back(world)
    assert world.case().precheck_outcome is Outcome.BLOCK
    assert world.case().rules_fired == {"CSE-RETURN"}
    precheck = world.case_service.read(FROM_PRACTICE, CASE_ID).precheck
    assert [finding.about for finding in precheck.findings] == ["/files/prep_scan", "/last_return/reasons/1"]
    answers(world, "1", 2)
    answers(world, "2", 3)
    assert world.case().precheck_outcome is Outcome.PASS


def test_a_return_without_a_reason_is_refused(world):
    world.has(got(), *handed_over())
    with pytest.raises(InvalidInput) as refused:
        moves(world, Status.RETURNED)
    assert pointers(refused) == ["/reasons"]
    assert (world.case(), world.told()) == (got(), [])


@pytest.mark.parametrize(
    ("files", "named", "is_known"),
    [
        ([a_file(handed_over_in=1)], FileKind.UPPER_SCAN, True),
        ([a_file()], FileKind.UPPER_SCAN, False),
        # Its practice took it out after it was sent: the lab has it, until the case is sent again.
        ([a_file(handed_over_in=1, state=FileState.REMOVED)], FileKind.UPPER_SCAN, True),
        ([a_file(handed_over_in=0, state=FileState.REMOVED)], FileKind.UPPER_SCAN, False),
        ([a_file(handed_over_in=1)], FileKind.LOWER_SCAN, False),
    ],
)
def test_a_reason_is_about_a_file_that_the_lab_got(world, files, named, is_known):
    world.has(got(), *files)
    reason = replace(MARGIN, file_id=named)
    if is_known:
        assert gives_back(world, reason).last_return.reasons[0].file_id == named
    else:
        with pytest.raises(InvalidInput) as refused:
            gives_back(world, reason)
        assert pointers(refused) == ["/reasons/0/file_id"]


@pytest.mark.parametrize(("rule_id", "is_known"), [("MSH-HOLES", True), ("CSE-RETURN", True), ("NO-SUCH", False)])
def test_a_reason_is_about_a_rule_that_there_is(world, rule_id, is_known):
    world.has(got(), *handed_over())
    reason = replace(BITE, rule_id=rule_id)
    if is_known:
        assert gives_back(world, reason).last_return.reasons[0].rule_id == rule_id
    else:
        with pytest.raises(InvalidInput) as refused:
            gives_back(world, BITE, reason)
        assert pointers(refused) == ["/reasons/1/rule_id"]


@pytest.mark.parametrize(
    "status", sorted(set(Status) - {Status.RECEIVED, Status.READY_TO_PLAN, Status.MANUFACTURING, Status.ON_HOLD})
)
def test_a_lab_gives_back_what_it_received_plans_or_makes_and_nothing_else(world, status):
    world.has(got(status), *handed_over())
    with pytest.raises(MoveNotAllowed) as refused:
        gives_back(world)
    assert refused.value.status == status
    assert Status.RETURNED not in refused.value.allowed


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (FROM_PRACTICE, RoleNotAllowed),
        (FROM_OTHER_PRACTICE, Unknown),
        (FROM_OTHER_LAB, Unknown),
        (CLINICIAN, RoleNotAllowed),
    ],
)
@pytest.mark.parametrize(
    "move", [BACK, Move(to=Status.MANUFACTURING), Move(to=Status.ON_HOLD, reason=NO_STOCK)], ids=["back", "on", "hold"]
)
def test_only_the_lab_of_a_case_moves_it_on(world, caller, refusal, move):
    world.has(got(), *handed_over())
    with pytest.raises(refusal):
        world.progress.move(caller, CASE_ID, move, expected_version=1)
    assert world.told() == []


@pytest.mark.parametrize("version", [0, 2])
def test_giving_back_another_version_is_stale(world, version):
    world.has(got(), *handed_over())
    with pytest.raises(StaleVersion):
        gives_back(world, version=version)


def test_a_return_that_meets_a_change_of_files_is_decided_again(world):
    world.has(got(), *handed_over())

    def file_changes():
        world.memory.cases[CASE_ID] = replace(world.case(), files_version=world.case().files_version + 1)

    world.cases = Interrupted(world.cases, "save", file_changes)
    gives_back(world)
    assert (world.case().status, world.case().files_version) == (Status.RETURNED, 1)
    world.has(got(), *handed_over())
    world.cases = Interrupted(world.cases, "save", file_changes, times=TRIES)
    with pytest.raises(RequestInProgress):
        gives_back(world)


# --- Working on it ---------------------------------------------------------------------------------


def test_a_lab_makes_finishes_ships_and_delivers_a_case_and_says_when_it_ships(world):
    world.has(got(shipments=(a_shipment(),)), *handed_over())
    # Monday, March 2nd: 2 to 7 days later, of which the 4th is a Wednesday and the 9th a Monday
    made = moves(world, Status.MANUFACTURING)
    assert (made.color, made.ship_window) == (Color.WHITE, ShipWindow(first=date(2026, 3, 4), last=date(2026, 3, 9)))
    # Finished on a Friday, it ships on Monday
    world.clock.advance(days=4)
    finished = moves(world, Status.FINISHED, version=2)
    assert (finished.color, finished.ship_window.first) == (Color.GREEN, date(2026, 3, 9))
    assert finished.ship_window.first == finished.ship_window.last
    shipped = moves(world, Status.SHIPPED, version=3)
    assert (shipped.ship_window, shipped.waits_for) == (None, "carrier")
    world.clock.advance(days=3)
    delivered = moves(world, Status.DELIVERED, version=4)
    assert (delivered.status, delivered.due_on, delivered.last_modified_at) == (Status.DELIVERED, got().due_on, NOW)
    (parcel,) = world.case().shipments
    assert (parcel.state, parcel.delivered_at) == (ShipmentState.DELIVERED, NOW + timedelta(days=7))
    assert [(entry.deed, entry.details) for entry in world.memory.entries] == [
        (Deed.MOVED, {"from": "received", "to": "manufacturing"}),
        (Deed.MOVED, {"from": "manufacturing", "to": "finished"}),
        (Deed.MOVED, {"from": "finished", "to": "shipped"}),
        (Deed.MOVED, {"from": "shipped", "to": "delivered"}),
    ]
    assert [(event.origin, event.to, event.by, event.case_version) for event in world.memory.events] == [
        ("received", "manufacturing", Party.LAB, 2),
        ("manufacturing", "finished", Party.LAB, 3),
        ("finished", "shipped", Party.LAB, 4),
        ("shipped", "delivered", Party.LAB, 5),
    ]


def test_a_parcel_that_had_arrived_arrived_when_it_did(world):
    arrived, received = a_shipment(delivered_at=NOW), a_shipment(number=2, received_at=NOW)
    world.has(got(Status.SHIPPED, shipments=(arrived, received)))
    world.clock.advance(days=1)
    assert moves(world, Status.DELIVERED).shipments == (arrived, received)


def test_a_case_of_which_all_has_arrived_before_it_is_shipped_is_delivered_with_it_by_the_system(world):
    arrived, received = a_shipment(delivered_at=NOW), a_shipment(number=2, received_at=NOW)
    world.has(got(Status.FINISHED, shipments=(arrived, received)))
    would_be = world.progress.would_move(FROM_LAB, CASE_ID, Move(to=Status.SHIPPED), expected_version=1)
    delivered = moves(world, Status.SHIPPED)
    assert would_be.status is delivered.status is world.case().status is Status.DELIVERED
    assert (delivered.version, delivered.shipments, delivered.last_modified_at) == (3, (arrived, received), NOW)
    shipped, arrival = sorted(world.memory.entries, key=lambda entry: entry.entry_id)
    assert (shipped.by, shipped.user_id, shipped.details) == (
        Party.LAB,
        FROM_LAB.user_id,
        {"from": "finished", "to": "shipped"},
    )
    assert (arrival.by, arrival.user_id, arrival.details) == (
        Party.SYSTEM,
        None,
        {"from": "shipped", "to": "delivered"},
    )
    assert [(event.origin, event.to, event.by, event.case_version) for event in world.memory.events] == [
        ("finished", "shipped", Party.LAB, 2),
        ("shipped", "delivered", Party.SYSTEM, 3),
    ]


def test_a_case_of_which_some_has_arrived_before_it_is_shipped_is_on_its_way(world):
    world.has(got(Status.FINISHED, shipments=(a_shipment(delivered_at=NOW), a_shipment(number=2))))
    assert moves(world, Status.SHIPPED).status is Status.SHIPPED
    assert world.told() == ["CaseMoved"]


def test_a_case_without_a_shipment_is_not_shipped(world):
    world.has(got(Status.FINISHED))
    with pytest.raises(InvalidInput) as refused:
        moves(world, Status.SHIPPED)
    assert pointers(refused) == ["/to"]
    assert world.told() == []


def test_a_planned_type_is_ready_to_plan_and_another_is_made(world):
    world.has(planned(Status.RECEIVED))
    with pytest.raises(MoveNotAllowed) as refused:
        moves(world, Status.MANUFACTURING)
    assert refused.value.allowed == ("cancelled", "missing_info", "on_hold", "ready_to_plan", "returned")
    ready = moves(world, Status.READY_TO_PLAN)
    assert (ready.color, ready.waits_for, ready.due_on) == (Color.RED, "practice", None)
    world.has(got())
    with pytest.raises(MoveNotAllowed) as refused:
        moves(world, Status.READY_TO_PLAN)
    assert refused.value.allowed == ("cancelled", "manufacturing", "missing_info", "on_hold", "returned")


def test_a_case_that_was_planned_is_made_and_its_session_was_held(world):
    session = a_session(starts_at=NOW)
    world.has(planned(Status.PLANNING_SCHEDULED, due_on=date(2026, 3, 18), session=session))
    world.cases = Kept(world.cases)
    made = moves(world, Status.MANUFACTURING)
    assert (made.session.is_held, made.due_on) == (True, date(2026, 3, 18))
    (change,) = world.cases.changes
    assert (change.held, change.released) == (made.session, None)


@pytest.mark.parametrize(
    ("case", "to", "way"),
    [
        (planned(Status.PLANNING_SCHEDULED), Status.READY_TO_PLAN, "planning-session"),
        (planned(Status.PLANNING_SCHEDULED), Status.PLANNING_NO_SHOW, "planning-session"),
        (a_case(started_by=Party.LAB), Status.PROCESSING, "submit"),
    ],
)
def test_what_is_moved_in_another_way_is_refused_and_the_way_is_named(world, case, to, way):
    world.has(case)
    with pytest.raises(MoveNotAllowed, match=f"only by '{way}'") as refused:
        moves(world, to)
    assert refused.value.facts() == {
        "current_status": case.status,
        "allowed_moves": sorted(case.moves(Party.LAB)),
        "made_by": way,
    }
    assert world.told() == []


@pytest.mark.parametrize(("to", "way"), [("planning_scheduled", "planning-session"), ("processing", "submit")])
def test_a_practice_books_and_sends_in_another_way(world, to, way):
    world.has(planned(Status.READY_TO_PLAN))
    with pytest.raises(MoveNotAllowed) as refused:
        moves(world, Status(to), caller=FROM_PRACTICE)
    assert refused.value.facts()["made_by"] == way


@pytest.mark.parametrize("status", sorted(set(Status)))
def test_no_move_goes_from_a_status_to_itself(world, status):
    world.has(got(status))
    with pytest.raises(MoveNotAllowed):
        moves(world, status, reason=NO_STOCK)


@pytest.mark.parametrize("to", [Status.MANUFACTURING, Status.FINISHED])
def test_a_lab_that_is_closed_for_more_than_a_year_cannot_say_when_it_ships(world, to):
    before = {Status.MANUFACTURING: Status.RECEIVED, Status.FINISHED: Status.MANUFACTURING}[to]
    world.has(got(before))
    world.directory.put(a_lab(working_weekdays=frozenset()))
    with pytest.raises(LabClosed, match="Northlight"):
        moves(world, to)
    assert (world.case().status, world.told()) == (before, [])


def test_a_lab_that_is_not_in_the_directory_makes_nothing(world):
    world.has(got())
    world.directory.labs.clear()
    with pytest.raises(Unknown, match="organization"):
        moves(world, Status.MANUFACTURING)


def test_a_move_of_another_version_is_stale(world):
    world.has(got(), *handed_over())
    with pytest.raises(StaleVersion):
        moves(world, Status.MANUFACTURING, version=2)


@pytest.mark.parametrize(
    ("to", "said", "pointer"),
    [
        (Status.MANUFACTURING, {"reasons": (BITE,)}, "/reasons"),
        (Status.MANUFACTURING, {"reason": NO_STOCK}, "/reason"),
        (Status.RETURNED, {"reasons": (BITE,), "reason": NO_STOCK}, "/reason"),
        (Status.ON_HOLD, {"reason": NO_STOCK, "reasons": (BITE,)}, "/reasons"),
        (Status.ON_HOLD, {}, "/reason"),
        (Status.ON_HOLD, {"reason": ""}, "/reason"),
        (Status.CANCELLED, {}, "/reason"),
    ],
)
def test_what_is_said_of_a_move_belongs_to_it(world, to, said, pointer):
    world.has(got(), *handed_over())
    with pytest.raises(InvalidInput) as refused:
        moves(world, to, **said)
    assert pointers(refused) == [pointer]
    assert world.told() == []


# --- Pausing ---------------------------------------------------------------------------------------


def test_a_paused_case_says_why_and_comes_back_due_later_by_the_days_it_stood_still(world):
    world.has(got(), *handed_over())
    held = moves(world, Status.ON_HOLD, reason=NO_STOCK)
    assert (held.status, held.color, held.waits_for, held.due_on) == (Status.ON_HOLD, Color.WHITE, "lab", None)
    assert (held.hold.reason, held.hold.origin, held.hold.at) == (NO_STOCK, Status.RECEIVED, NOW)
    # Monday to Thursday: three working days
    world.clock.advance(days=3)
    released = moves(world, Status.RECEIVED, version=2)
    assert (released.status, released.hold) == (Status.RECEIVED, None)
    assert (got().due_on, released.due_on) == (date(2026, 3, 16), date(2026, 3, 19))
    assert [entry.details for entry in world.memory.entries] == [
        {"from": "received", "to": "on_hold"},
        {"from": "on_hold", "to": "received"},
    ]
    assert NO_STOCK not in repr(world.memory.events)


def test_both_sides_read_why_a_case_is_paused_or_ended(world):
    world.has(got(), *handed_over())
    moves(world, Status.ON_HOLD, reason=NO_STOCK)
    for reader in (FROM_PRACTICE, FROM_LAB):
        assert world.case_service.read(reader, CASE_ID).case.hold.reason == NO_STOCK
    moves(world, Status.CANCELLED, reason=STOPPED, version=2)
    for reader in (FROM_PRACTICE, FROM_LAB):
        assert world.case_service.read(reader, CASE_ID).case.cancel_reason == STOPPED


@pytest.mark.parametrize("to", sorted(set(Status) - {Status.RECEIVED, Status.CANCELLED}))
def test_a_paused_case_goes_nowhere_but_back_or_to_its_end(world, to):
    world.has(got())
    moves(world, Status.ON_HOLD, reason=NO_STOCK)
    with pytest.raises(MoveNotAllowed) as refused:
        moves(world, to, version=2, reason=NO_STOCK, reasons=(BITE,))
    assert refused.value.allowed == ("cancelled", "received")


@pytest.mark.parametrize("origin", [Status.MISSING_INFO, Status.RETURNED])
def test_what_was_back_with_its_practice_comes_back_there_without_new_reasons_and_is_checked(world, origin):
    back = a_return(to=origin)
    world.has(got(origin, due_on=None, last_return=back), *handed_over())
    moves(world, Status.ON_HOLD, reason=NO_STOCK)
    released = moves(world, origin, version=2)
    assert (released.status, released.due_on, released.last_return.number) == (origin, None, 1)
    assert world.case().precheck_outcome is Outcome.BLOCK
    assert world.case().rules_fired == {"CSE-RETURN"}
    assert world.memory.returns == {}


def test_a_release_that_meets_a_change_of_files_is_decided_again(world):
    world.has(got(Status.MISSING_INFO), *handed_over())
    moves(world, Status.ON_HOLD, reason=NO_STOCK)

    def file_changes():
        world.memory.cases[CASE_ID] = replace(world.case(), files_version=world.case().files_version + 1)

    world.cases = Interrupted(world.cases, "save", file_changes)
    moves(world, Status.MISSING_INFO, version=2)
    assert (world.case().status, world.case().files_version) == (Status.MISSING_INFO, 1)


def test_a_case_that_is_made_is_released_with_a_new_window(world):
    world.has(got(Status.MANUFACTURING))
    moves(world, Status.ON_HOLD, reason=NO_STOCK)
    world.clock.advance(days=7)
    released = moves(world, Status.MANUFACTURING, version=2)
    assert released.ship_window == ShipWindow(first=date(2026, 3, 11), last=date(2026, 3, 16))


def test_a_lab_that_is_closed_for_more_than_a_year_releases_nothing(world):
    world.has(got())
    moves(world, Status.ON_HOLD, reason=NO_STOCK)
    world.directory.put(a_lab(working_weekdays=frozenset()))
    with pytest.raises(LabClosed):
        moves(world, Status.RECEIVED, version=2)
    assert world.case().status is Status.ON_HOLD


def test_a_planned_case_is_paused_with_its_session(world):
    world.has(planned(Status.PLANNING_SCHEDULED, session=a_session()))
    assert moves(world, Status.ON_HOLD, reason=NO_STOCK).session == a_session()
    assert moves(world, Status.PLANNING_SCHEDULED, version=2).session == a_session()


# --- Ending ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["processing", "received", "missing_info", "ready_to_plan", "finished"])
def test_a_lab_ends_a_case_and_says_why(world, status):
    world.has(got(Status(status)), *handed_over())
    ended = moves(world, Status.CANCELLED, reason=STOPPED)
    assert (ended.status, ended.due_on, ended.cancel_reason) == (Status.CANCELLED, None, STOPPED)
    assert STOPPED not in repr(world.memory.events) + repr(world.memory.entries)


@pytest.mark.parametrize(("caller", "started_by"), [(FROM_PRACTICE, Party.PRACTICE), (FROM_LAB, Party.LAB)])
@pytest.mark.parametrize("reason", [None, STOPPED])
def test_whoever_started_a_draft_throws_it_away_with_or_without_a_reason(world, caller, started_by, reason):
    world.has(a_case(started_by=started_by))
    ended = moves(world, Status.CANCELLED, reason=reason, caller=caller)
    assert (ended.status, ended.cancel_reason) == (Status.CANCELLED, reason)
    assert world.memory.events[0].by is started_by


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.DRAFT}))
def test_a_practice_ends_nothing_that_was_sent(world, status):
    world.has(got(status))
    with pytest.raises(MoveNotAllowed) as refused:
        moves(world, Status.CANCELLED, reason=STOPPED, caller=FROM_PRACTICE)
    assert refused.value.allowed == tuple(sorted(got(status).moves(Party.PRACTICE)))


@pytest.mark.parametrize("caller", [FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE])
def test_nobody_else_knows_of_a_draft_to_throw_away(world, caller):
    world.has(a_case())
    with pytest.raises(Unknown):
        moves(world, Status.CANCELLED, reason=STOPPED, caller=caller)


# --- Sessions that are given up --------------------------------------------------------------------


class Kept:
    """Keeps the changes that a store is given, instead of storing them."""

    def __init__(self, store):
        self._store, self.changes = store, []

    def __getattr__(self, name):
        return getattr(self._store, name)

    def save(self, change):
        self.changes.append(change)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (Status.MISSING_INFO, {"reasons": (BITE,)}),
        (Status.CANCELLED, {"reason": STOPPED}),
        (Status.MANUFACTURING, {}),
    ],
)
def test_a_session_is_given_up_where_the_case_is_no_longer_planned(world, to, said):
    world.has(planned(Status.PLANNING_SCHEDULED, session=a_session()), *handed_over())
    world.cases = Kept(world.cases)
    assert moves(world, to, **said).session is None
    (change,) = world.cases.changes
    assert change.released == a_session()


def test_a_session_that_was_held_is_not_given_up(world):
    world.has(planned(Status.MANUFACTURING, session=a_session(is_held=True)), *handed_over())
    world.cases = Kept(world.cases)
    assert gives_back(world, BITE).session is None
    (change,) = world.cases.changes
    assert change.released is None


# --- What a move would make of a case --------------------------------------------------------------


def test_what_a_move_would_make_of_a_case_is_told_and_nothing_is_stored(world):
    scheduled = planned(Status.PLANNING_SCHEDULED, session=a_session(), due_on=date(2026, 3, 18))
    world.has(scheduled, *handed_over())
    world.cases = Kept(world.cases)
    move = Move(to=Status.MISSING_INFO, reasons=(BITE,))
    would_be = world.progress.would_move(FROM_LAB, CASE_ID, move, expected_version=1)
    assert (would_be.status, would_be.due_on_before, would_be.due_on_after) == (
        Status.MISSING_INFO,
        date(2026, 3, 18),
        None,
    )
    assert (would_be.counts_anew, would_be.releases_session) == (False, True)
    assert (world.case(), world.told(), world.cases.changes) == (scheduled, [], [])


def test_what_cannot_be_moved_would_not_be(world):
    world.has(got())
    with pytest.raises(MoveNotAllowed):
        world.progress.would_move(FROM_LAB, CASE_ID, Move(to=Status.FINISHED), expected_version=1)
    with pytest.raises(StaleVersion):
        world.progress.would_move(FROM_LAB, CASE_ID, Move(to=Status.MANUFACTURING), expected_version=7)


# --- The name of the patient -----------------------------------------------------------------------


def renames(world, name="Mira Holloway-Lund", version=1, caller=FROM_LAB):
    return world.progress.rename_patient(caller, CASE_ID, name, expected_version=version)


@pytest.mark.parametrize("status", ["processing", "received", "manufacturing", "delivered", "on_hold"])
def test_a_lab_corrects_the_name_of_a_patient_and_the_history_tells_neither(world, status):
    world.starts()
    (started,) = world.memory.cases.values()
    world.has(got(Status(status), patient_key=started.patient_key), *handed_over())
    world.memory.entries.clear()
    world.memory.events.clear()
    world.clock.advance(hours=1)
    renamed = renames(world)
    case = world.case()
    assert (renamed.packet.patient.name, renamed.packet.patient.reference) == ("Mira Holloway-Lund", "P-1001")
    assert (case.version, case.last_modified_at, case.moved_at) == (2, NOW, NOW)
    assert case.patient_key not in (None, started.patient_key)
    (entry,) = world.memory.entries
    assert (entry.deed, entry.by, entry.details) == (Deed.CHANGED, Party.LAB, {"fields": "patient"})
    (event,) = world.memory.events
    assert (type(event).__name__, event.fields, event.case_version) == ("CaseChanged", ("patient",), 2)
    assert "Holloway" not in repr(entry) + repr(event)


def test_the_same_name_again_changes_nothing(world):
    world.has(got(), *handed_over())
    assert renames(world, got().packet.patient.name).version == 1
    assert world.told() == []


def test_the_name_of_a_case_that_was_not_sent_is_changed_with_its_packet(world):
    world.has(a_case(started_by=Party.LAB))
    with pytest.raises(InvalidInput) as refused:
        renames(world)
    assert pointers(refused) == ["/name"]


@pytest.mark.parametrize(
    ("caller", "refusal"),
    [
        (FROM_PRACTICE, RoleNotAllowed),
        (FROM_OTHER_PRACTICE, Unknown),
        (FROM_OTHER_LAB, Unknown),
        (CLINICIAN, RoleNotAllowed),
    ],
)
def test_only_the_lab_of_a_case_corrects_the_name(world, caller, refusal):
    world.has(got(), *handed_over())
    with pytest.raises(refusal):
        renames(world, caller=caller)
    assert world.told() == []


def test_a_name_for_another_version_is_stale(world):
    world.has(got(), *handed_over())
    with pytest.raises(StaleVersion):
        renames(world, version=2)


def test_while_the_practice_changes_the_case_its_lab_reads_the_right_name_too(world):
    world.has(got(), *handed_over())
    world.case_service.change_packet(
        FROM_PRACTICE, CASE_ID, expected_version=1, changes={"description": "Darker, please."}, is_authorized=None
    )
    seen = renames(world, version=2)
    assert seen.packet.patient.name == "Mira Holloway-Lund"
    for reader, description in ((FROM_PRACTICE, "Darker, please."), (FROM_LAB, got().packet.description)):
        packet = world.case_service.read(reader, CASE_ID).case.packet
        assert (packet.patient.name, packet.description) == ("Mira Holloway-Lund", description)


def test_a_name_for_a_case_that_is_back_is_checked_for_its_next_sending(world):
    world.has(got(Status.RETURNED, last_return=a_return()), *handed_over())
    renames(world)
    assert (world.case().precheck_outcome, world.case().rules_fired) == (Outcome.BLOCK, {"CSE-RETURN"})
