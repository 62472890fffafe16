"""What sending a case does to its due date and its session, and what is said of that before."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.cases.sessions import BookedSession
from bitewing.cases.status import Party, Status
from bitewing.cases.would_be import WouldBe
from bitewing.directory.organization import Resubmission
from bitewing.files.kinds import FileKind
from bitewing.kernel.errors import (
    LabClosed,
    MoveNotAllowed,
    PacketLocked,
    PrecheckBlocked,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
    WarningsNotAcknowledged,
)
from bitewing.packet.packet import SentOtherwise
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile

from tests.support.builders import (
    CASE_ID,
    LAB_ID,
    NOW,
    a_case,
    a_lab,
    a_packet,
    a_practice,
    a_profile,
    crown_files,
)
from tests.support.callers import FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE
from tests.support.changes import a_reason, a_return, a_sent_case, a_submission, an_answer_to_it
from tests.support.perfect import a_perfect_case

S = Status
PREPARED = (S.DRAFT, S.MISSING_INFO, S.RETURNED)
SENT_AND_OPEN = (S.RECEIVED, S.READY_TO_PLAN, S.PLANNING_SCHEDULED, S.PLANNING_NO_SHOW)
LOCKED = tuple(sorted(set(S) - {*PREPARED, *SENT_AND_OPEN}))
HANDED_OVER = tuple(replace(file, handed_over_in=1) for file in crown_files())
#: Wednesday, two days after the first sending.
LATER = NOW + timedelta(days=2)
#: The crown profile's turnaround in these tests, in working days.
TURNAROUND = 5
#: Five working days after Monday, March 2, and after Wednesday, March 4.
DUE, DUE_ANEW = date(2026, 3, 9), date(2026, 3, 11)
SESSION = BookedSession(
    session_id="session-1",
    planner=1,
    starts_at=NOW + timedelta(days=3),
    ends_at=NOW + timedelta(days=3, minutes=30),
)
PLANNED = CaseType.SURGICAL_GUIDE
ANSWERED = a_reason(answer=an_answer_to_it())


@pytest.fixture(autouse=True)
def _later(world):
    world.directory.put(a_profile(turnaround_working_days=TURNAROUND))
    world.clock.at = LATER


def of_status(status, **more):
    if status is S.DRAFT:
        return a_case(**more)
    return a_sent_case(status, **{"due_on": None, "clock_started_at": NOW} | more)


def asked_for_files(**more):
    """A case whose lab asked for what is missing."""
    back = a_return(ANSWERED, to=S.MISSING_INFO, due_on=more.pop("was_due_on", DUE))
    return of_status(S.MISSING_INFO, last_return=back, **more)


def keeps_running(world):
    world.directory.put(a_lab(resubmission=Resubmission.KEEPS_RUNNING))


def changes(world, version=1, caller=FROM_PRACTICE, **fields):
    return world.case_service.change_packet(
        caller, CASE_ID, expected_version=version, changes=fields, is_authorized=None
    )


def would_change(world, version=1, caller=FROM_PRACTICE, **fields):
    return world.case_service.would_change(
        caller, CASE_ID, expected_version=version, changes=fields, is_authorized=None
    )


def would_submit(world, version=1, caller=FROM_PRACTICE):
    return world.case_service.would_submit(caller, CASE_ID, expected_version=version)


def planned_case(status, **more):
    """A case of a type that is planned virtually, without a finding."""
    return of_status(status, case_type=PLANNED, **more)


# --- Sending -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [*PREPARED, *SENT_AND_OPEN])
def test_a_case_is_sent_from_where_its_packet_is_open_and_counts_anew(world, status):
    world.has(of_status(status), *HANDED_OVER)
    sent = world.submits().case
    assert (sent.status, sent.due_on, sent.clock_started_at) == (S.PROCESSING, DUE_ANEW, LATER)
    assert sent.submission.number == (1 if status is S.DRAFT else 2)
    assert sent.last_modified_at == LATER


@pytest.mark.parametrize("status", LOCKED)
def test_a_case_is_not_sent_from_elsewhere(world, status):
    world.has(of_status(status), *HANDED_OVER)
    for attempt in (world.submits, lambda: would_submit(world)):
        with pytest.raises(MoveNotAllowed) as refused:
            attempt()
        assert refused.value.facts()["current_status"] is status
    assert world.memory.entries == []


def test_sending_a_changed_case_releases_its_booked_session(world):
    saved = []
    world.has(of_status(S.PLANNING_SCHEDULED, session=SESSION), *HANDED_OVER)
    real = world.cases

    class Watched:
        def __getattr__(self, name):
            return getattr(real, name)

        def save(self, change, **_):
            saved.append(change)

    world.cases = Watched()
    sent = world.submits().case
    assert sent.session is None
    assert saved[0].released == SESSION


@pytest.mark.parametrize("status", [S.RECEIVED, S.MISSING_INFO])
def test_a_case_without_a_session_releases_none(world, status):
    world.has(of_status(status), *HANDED_OVER)
    assert not would_submit(world).releases_session
    world.submits()
    assert world.case().session is None


def test_a_type_that_is_planned_has_no_due_date_before_its_session(world):
    world.directory.put(default_profile(LAB_ID, PLANNED))
    case = planned_case(S.READY_TO_PLAN)
    known = world.prechecks.circumstances(case)
    assert world.case_service._due(case, known) == (None, LATER)


def test_precheck_counts_from_the_new_sending(world):
    # Wanted in time for the first sending, and for no other.
    world.has(of_status(S.RECEIVED, packet=a_packet(wanted_on=DUE)), *HANDED_OVER)
    with pytest.raises(PrecheckBlocked) as refused:
        world.submits()
    assert [finding["rule_id"] for finding in refused.value.facts()["findings"]] == ["DUE-IMPOSSIBLE"]


def test_a_lab_sends_nothing_that_it_received(world):
    world.directory.put(a_practice(registered_by=LAB_ID))
    world.has(of_status(S.RECEIVED, started_by=Party.LAB), *HANDED_OVER)
    for attempt in (lambda: world.submits(caller=FROM_LAB), lambda: would_submit(world, caller=FROM_LAB)):
        with pytest.raises(RoleNotAllowed):
            attempt()


# --- The lab's policy ----------------------------------------------------------------------------------------------


def test_by_default_every_sending_counts_anew(world):
    world.has(asked_for_files(), *HANDED_OVER)
    assert world.submits().case.due_on == DUE_ANEW


def test_a_lab_may_keep_the_clock_running_for_files_that_it_asked_for(world):
    keeps_running(world)
    world.has(asked_for_files(), *HANDED_OVER)
    world.announces(b"another", kind=FileKind.DOCUMENT)
    announced = next(file for (_, file_id), file in world.memory.files.items() if file.is_pending)
    world.file_service.remove(FROM_PRACTICE, CASE_ID, announced.file_id)
    world.review_service.answer(FROM_PRACTICE, CASE_ID, "1", "Here it is.", expected_version=1)
    sent = world.submits(version=2).case
    assert (sent.due_on, sent.clock_started_at) == (DUE, NOW)
    assert not sent.is_changed_since_sent


def test_a_clock_that_was_kept_running_runs_on_with_the_next_files(world):
    keeps_running(world)
    world.has(asked_for_files(), *HANDED_OVER)
    world.submits()
    received = world.case().moved_to(S.RECEIVED, by=Party.SYSTEM, at=LATER)
    back = a_return(ANSWERED, number=2, to=S.MISSING_INFO, submission_number=2)
    world.memory.cases[CASE_ID] = received.given_back(back)
    world.clock.advance(days=1)
    sent = world.submits(version=4, key="again").case
    assert (sent.due_on, sent.clock_started_at) == (DUE, NOW)


def test_a_date_that_passed_meanwhile_is_the_next_working_day(world):
    keeps_running(world)
    world.has(asked_for_files(was_due_on=date(2026, 3, 3)), *HANDED_OVER)
    assert world.submits().case.due_on == LATER.date()


@pytest.mark.parametrize(
    "changed",
    [{"contact": "Ask for Mia"}, {"wanted_on": date(2026, 3, 17)}],
)
def test_a_changed_packet_counts_anew_whatever_the_lab_asked_for(world, changed):
    keeps_running(world)
    world.has(asked_for_files(), *HANDED_OVER)
    assert would_change(world, **changed).counts_anew
    changes(world, **changed)
    assert world.submits(version=2).case.due_on == DUE_ANEW


def test_what_comes_another_way_keeps_the_clock_running_as_files_do(world):
    keeps_running(world)
    world.has(asked_for_files(), *HANDED_OVER)
    models = {"sent_otherwise": (SentOtherwise(kind=FileKind.OTHER, how="USPS"),)}
    assert not would_change(world, **models).counts_anew
    changes(world, **models)
    assert world.case().is_changed_since_sent
    # Together with other words, and after them, it counts anew.
    assert would_change(world, version=2, sent_otherwise=(), contact="Mia").counts_anew
    assert world.submits(version=2).case.due_on == DUE


def test_what_comes_another_way_takes_no_other_change_back(world):
    keeps_running(world)
    world.has(asked_for_files(), *HANDED_OVER)
    changes(world, contact="Ask for Mia")
    changes(world, version=2, sent_otherwise=(SentOtherwise(kind=FileKind.OTHER, how="USPS"),))
    assert world.submits(version=3).case.due_on == DUE_ANEW


def test_that_it_is_a_remake_counts_anew_too(world):
    keeps_running(world)
    world.has(asked_for_files(), *HANDED_OVER)
    assert would_change(world, remake_reason="It broke.").counts_anew
    models = (SentOtherwise(kind=FileKind.OTHER, how="USPS"),)
    assert would_change(world, remake_reason="It broke.", sent_otherwise=models).counts_anew


@pytest.mark.parametrize("case_type", [CaseType.CROWN, PLANNED])
def test_only_types_that_are_not_planned_keep_a_date(case_type):
    assert asked_for_files(case_type=case_type).due_before_files_were_asked_for == (
        None if case_type is PLANNED else DUE
    )


def test_a_type_that_is_planned_waits_for_a_new_session_whatever_its_lab_lets_run(world):
    keeps_running(world)
    perfect = a_perfect_case(PLANNED)
    world.directory.put(default_profile(LAB_ID, PLANNED))
    packet = replace(perfect.case.packet, wanted_on=date(2026, 12, 1), appointment_on=None)
    case = asked_for_files(case_type=PLANNED, packet=packet)
    world.has(case, *(replace(file, handed_over_in=1) for file in perfect.files))
    sent = world.submits().case
    assert (sent.due_on, sent.clock_started_at) == (None, LATER)


def test_what_keeps_the_clock_running_can_be_wanted_when_it_was_due(world):
    keeps_running(world)
    world.has(asked_for_files(packet=a_packet(wanted_on=DUE, appointment_on=DUE + timedelta(days=1))), *HANDED_OVER)
    assert world.case_service.read(FROM_PRACTICE, CASE_ID).precheck.outcome is not Outcome.BLOCK
    assert would_submit(world).due_on_after == DUE
    # A changed packet counts anew, and is too late for that.
    assert would_change(world, contact="Mia").precheck.outcome is Outcome.BLOCK


@pytest.mark.parametrize(
    "case",
    [
        of_status(S.MISSING_INFO),
        of_status(S.RETURNED, last_return=a_return(ANSWERED, to=S.RETURNED, due_on=DUE)),
        # The lab asked once; then a file of the next sending could not be used, and the system asks.
        of_status(
            S.MISSING_INFO,
            submission=a_submission(number=2),
            last_return=a_return(to=S.MISSING_INFO, due_on=DUE),
        ),
        asked_for_files(was_due_on=None),
        of_status(S.RECEIVED),
        of_status(S.PLANNING_NO_SHOW),
    ],
    ids=["no return", "returned", "the system asked", "was never due", "received", "session missed"],
)
def test_only_what_the_lab_asked_for_keeps_the_clock_running(world, case):
    keeps_running(world)
    world.has(case, *HANDED_OVER)
    assert would_submit(world).counts_anew
    sent = world.submits().case
    assert (sent.due_on, sent.clock_started_at) == (DUE_ANEW, LATER)


def test_a_lab_that_gives_a_case_back_remembers_when_it_was_due():
    case = a_sent_case(S.RECEIVED, due_on=DUE)
    back = case.given_back(a_return(to=S.MISSING_INFO))
    assert (back.due_on, back.due_before_files_were_asked_for) == (None, DUE)
    assert case.given_back(a_return(to=S.RETURNED)).due_before_files_were_asked_for is None


def test_a_clock_that_was_never_noted_starts_at_the_sending(world):
    keeps_running(world)
    world.has(asked_for_files(clock_started_at=None), *HANDED_OVER)
    sent = world.submits().case
    assert (sent.due_on, sent.clock_started_at) == (DUE, LATER)


# --- What would be -------------------------------------------------------------------------------------------------


def stored(world):
    memory = world.memory
    return (
        dict(memory.cases),
        dict(memory.files),
        dict(memory.sent_packets),
        dict(memory.answers),
        list(memory.entries),
        list(memory.events),
    )


@pytest.mark.parametrize("status", [*PREPARED, *SENT_AND_OPEN])
def test_what_a_sending_would_do_is_what_it_does(world, status):
    due_on = DUE if status in (S.RECEIVED, S.PLANNING_SCHEDULED) else None
    session = SESSION if status is S.PLANNING_SCHEDULED else None
    before = world.has(of_status(status, due_on=due_on, session=session), *HANDED_OVER)
    kept = stored(world)
    would_be = would_submit(world)
    assert stored(world) == kept
    assert would_be.precheck.outcome is Outcome.PASS
    assert would_be.releases_session is (status is S.PLANNING_SCHEDULED)
    world.memory.cases[CASE_ID] = replace(before, session=None)
    sent = world.submits().case
    assert would_be == WouldBe(
        status=sent.status,
        due_on_before=due_on,
        due_on_after=sent.due_on,
        counts_anew=True,
        releases_session=session is not None,
        precheck=would_be.precheck,
    )


@pytest.mark.parametrize("status", [*PREPARED, *SENT_AND_OPEN])
def test_what_a_change_would_do_is_told_before_it_is_saved(world, status):
    due_on = DUE if status is S.RECEIVED else None
    session = SESSION if status is S.PLANNING_SCHEDULED else None
    world.has(of_status(status, due_on=due_on, session=session), *HANDED_OVER)
    kept = stored(world)
    would_be = would_change(world, items=())
    assert stored(world) == kept
    assert (would_be.status, would_be.due_on_before, would_be.due_on_after) == (status, due_on, DUE_ANEW)
    assert (would_be.counts_anew, would_be.releases_session) == (True, status is S.PLANNING_SCHEDULED)
    assert would_be.precheck.outcome is Outcome.BLOCK


def test_a_change_to_nothing_tells_what_sending_would_do(world):
    world.has(of_status(S.RECEIVED, due_on=DUE), *HANDED_OVER)
    would_be = would_change(world)
    assert (would_be.due_on_before, would_be.due_on_after, would_be.counts_anew) == (DUE, DUE_ANEW, True)


def test_what_would_keep_the_clock_running_says_so(world):
    keeps_running(world)
    world.has(asked_for_files(), *HANDED_OVER)
    for would_be in (would_submit(world), would_change(world)):
        assert (would_be.due_on_before, would_be.due_on_after, would_be.counts_anew) == (None, DUE, False)


def test_what_would_be_is_refused_where_the_change_is(world):
    world.has(of_status(S.MANUFACTURING), *HANDED_OVER)
    with pytest.raises(PacketLocked, match="Northlight"):
        would_change(world, contact="Mia")
    with pytest.raises(StaleVersion):
        would_change(world, version=7, contact="Mia")
    with pytest.raises(StaleVersion):
        would_submit(world, version=7)
    for attempt in (would_submit, would_change):
        with pytest.raises(Unknown):
            attempt(world, caller=FROM_OTHER_PRACTICE)
        with pytest.raises(RoleNotAllowed):
            attempt(world, caller=FROM_LAB)


def test_a_blocked_case_would_not_be_sent_and_a_warning_is_told(world):
    world.has(a_case(packet=a_packet(items=())), *HANDED_OVER)
    with pytest.raises(PrecheckBlocked):
        would_submit(world)
    world.has(a_case(packet=a_packet(wanted_on=None)), *HANDED_OVER)
    would_be = would_submit(world)
    assert (would_be.precheck.outcome, would_be.due_on_after) == (Outcome.WARN, DUE_ANEW)
    with pytest.raises(WarningsNotAcknowledged):
        world.submits()


def test_no_date_is_told_where_the_lab_does_not_offer_the_type(world):
    world.has(a_case(), *HANDED_OVER)
    world.directory.profiles.clear()
    assert would_change(world, contact="Mia").due_on_after is None


# --- A lab that is closed ------------------------------------------------------------------------------------------


def closed(world, days=400, **more):
    first = LATER.date().toordinal()
    world.directory.put(a_lab(holidays=frozenset(date.fromordinal(first + number) for number in range(days)), **more))


@pytest.mark.parametrize("status", [S.DRAFT, S.RECEIVED, S.PLANNING_SCHEDULED])
def test_nothing_is_sent_to_a_lab_that_is_closed_for_the_next_400_days(world, status):
    closed(world)
    before = world.has(of_status(status), *HANDED_OVER)
    for attempt in (world.submits, lambda: would_submit(world)):
        with pytest.raises(LabClosed, match="Northlight Dental Lab"):
            attempt()
    assert (world.case(), world.memory.entries) == (before, [])


def test_a_case_that_is_planned_is_not_sent_to_a_closed_lab_either(world):
    closed(world)
    world.directory.put(default_profile(LAB_ID, PLANNED))
    world.has(planned_case(S.DRAFT), *HANDED_OVER)
    with pytest.raises(LabClosed):
        world.submits()


def test_a_change_for_a_closed_lab_can_be_saved_and_gives_no_date(world):
    closed(world)
    world.has(of_status(S.RECEIVED, due_on=DUE), *HANDED_OVER)
    would_be = would_change(world, contact="Mia")
    assert (would_be.due_on_before, would_be.due_on_after) == (DUE, None)
    assert [finding.about for finding in would_be.precheck.findings] == ["/lab_id"]
    changes(world, contact="Mia")


def test_a_lab_that_is_closed_for_a_year_opens_again(world):
    closed(world, days=365)
    world.has(of_status(S.DRAFT, packet=a_packet(wanted_on=None)), *HANDED_OVER)
    assert would_submit(world).due_on_after == date(2027, 3, 10)


# --- Days are the lab's --------------------------------------------------------------------------------------------


def test_public_holidays_are_not_counted(world):
    world.directory.put(a_lab(holiday_calendar="US", public_holidays=frozenset({date(2026, 3, 6)})))
    world.has(of_status(S.RECEIVED), *HANDED_OVER)
    assert would_submit(world).due_on_after == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("time_zone", "at", "due_on"),
    [
        # The same moment is Wednesday here and Tuesday there, 25 hours apart.
        ("Pacific/Kiritimati", datetime(2026, 3, 4, 10, 30, tzinfo=UTC), date(2026, 3, 12)),
        ("Pacific/Pago_Pago", datetime(2026, 3, 4, 10, 30, tzinfo=UTC), date(2026, 3, 10)),
        # The clocks go forward on Sunday, March 8, at 07:00 UTC.
        ("America/New_York", datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC), date(2026, 3, 13)),
        ("America/New_York", datetime(2026, 3, 8, 7, 0, tzinfo=UTC), date(2026, 3, 13)),
        # Midnight in the lab, before and after the change.
        ("America/New_York", datetime(2026, 3, 9, 3, 59, 59, tzinfo=UTC), date(2026, 3, 13)),
        ("America/New_York", datetime(2026, 3, 9, 4, 0, tzinfo=UTC), date(2026, 3, 16)),
        # Over February 29, and over the end of a year.
        ("America/New_York", datetime(2028, 2, 25, 15, 0, tzinfo=UTC), date(2028, 3, 3)),
        ("America/New_York", datetime(2026, 12, 30, 15, 0, tzinfo=UTC), date(2027, 1, 6)),
    ],
)
def test_days_are_counted_in_the_time_zone_of_the_lab(world, time_zone, at, due_on):
    world.directory.put(a_lab(time_zone=time_zone))
    world.has(of_status(S.RECEIVED, packet=a_packet(wanted_on=None)), *HANDED_OVER)
    world.clock.at = at
    assert would_change(world).due_on_after == due_on
