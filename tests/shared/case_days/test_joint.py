"""The joint of Case Days and lab cases: whether work is there on the day, whichever side moves."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.case_days.events import CaseDayMoved, CaseDayRescheduled
from bitewing.case_days.joint import Work, WorkState, link_details, linked, work_of
from bitewing.case_days.joint_service import HEARD, JointService
from bitewing.case_days.patients_service import PatientService
from bitewing.case_days.ports import TRIES
from bitewing.case_days.status import DayStatus
from bitewing.cases.activity import Deed
from bitewing.cases.case import Hold
from bitewing.cases.events import CaseMoved, event_head
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.service import CaseService
from bitewing.cases.shipments import Shipment, ShipmentState
from bitewing.cases.status import Party, Status
from bitewing.directory.organization import Resubmission
from bitewing.kernel.errors import InvalidInput, RequestInProgress, RoleNotAllowed, Unknown
from bitewing.kernel.wire import CASE_DAY_RECHECK_EVENTS, CASE_DAY_RECHECK_SOURCES
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.case_types import CaseType

from tests.support.builders import (
    CASE_ID,
    NOW,
    TODAY,
    a_case,
    a_connection,
    a_dentist,
    a_lab,
    a_practice,
    a_profile,
)
from tests.support.callers import FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, a_request
from tests.support.case_days import MANAGER, MEDIC, MONDAY, a_clinician_calls, a_day, a_new_patient, on
from tests.support.changes import a_return, a_sent_case
from tests.support.in_memory import InMemoryCases, InMemoryDirectory
from tests.support.world import Interrupted

DAY = timedelta(days=1)
NEVER_OPEN = a_lab(working_weekdays=frozenset())
OTHER_CASE = "case-9"
A_MOVE = {"origin": Status.RECEIVED, "to": Status.MANUFACTURING, "by": Party.LAB}


# When the work is there


def a_parcel(**changes):
    parcel = Shipment(
        number=1,
        carrier="ups",
        tracking_number="",
        link="",
        contains="",
        shipped_at=NOW,
        state=ShipmentState.IN_TRANSIT,
        state_at=NOW,
    )
    return replace(parcel, **changes)


def work(case, lab=None, turnaround=5, needed_on=date(2026, 12, 31), at=NOW):
    return work_of(case, lab or a_lab(), turnaround, needed_on=needed_on, at=at)


@pytest.mark.parametrize(
    ("case", "arrives_on"),
    [
        # If it were sent today: five working days, and one on its way.
        (a_case(), date(2026, 3, 10)),
        (a_sent_case(due_on=date(2026, 3, 16)), date(2026, 3, 17)),
        (a_sent_case(due_on=date(2026, 3, 20)), date(2026, 3, 23)),
        # What is overdue can be ready today at the earliest.
        (a_sent_case(due_on=date(2026, 2, 20)), date(2026, 3, 3)),
        # Planned and without a date: as if it were sent today.
        (a_sent_case(Status.READY_TO_PLAN, due_on=None), date(2026, 3, 10)),
    ],
)
def test_work_is_there_when_it_is_due_and_was_shipped(case, arrives_on):
    assert work(case) == Work(case_id=CASE_ID, state=WorkState.IN_TIME, arrives_on=arrives_on)


@pytest.mark.parametrize(
    ("needed_on", "state"),
    [
        (date(2026, 3, 16), WorkState.LATE),
        (date(2026, 3, 17), WorkState.IN_TIME),
        (date(2026, 3, 18), WorkState.IN_TIME),
    ],
)
def test_work_that_arrives_on_the_day_is_in_time(needed_on, state):
    found = work(a_sent_case(due_on=date(2026, 3, 16)), needed_on=needed_on)
    assert (found.state, found.is_missed) == (state, state is WorkState.LATE)


def test_what_is_shipped_is_there_by_its_parcel():
    shipped = a_sent_case(Status.SHIPPED, due_on=None, shipments=(a_parcel(shipped_at=NOW + DAY),))
    assert work(shipped).arrives_on == date(2026, 3, 4)


def test_what_has_arrived_is_there_however_late_the_day_thinks_it_is():
    arrived = a_parcel(received_at=NOW, received_by="person-1")
    for case in (a_sent_case(Status.DELIVERED), a_sent_case(Status.FINISHED, shipments=(arrived,))):
        assert work(case, needed_on=TODAY) == Work(case_id=CASE_ID, state=WorkState.THERE)


def test_a_paused_case_goes_on_now_at_the_earliest():
    held = a_sent_case(
        Status.ON_HOLD,
        due_on=None,
        hold=Hold(origin=Status.MANUFACTURING, reason="?", at=NOW, due_on=date(2026, 3, 16)),
    )
    assert work(held).arrives_on == date(2026, 3, 17)
    assert work(held, at=NOW + 2 * DAY).arrives_on == date(2026, 3, 19)
    planned = replace(held, hold=replace(held.hold, due_on=None))
    assert work(planned).arrives_on == date(2026, 3, 10)


def test_what_a_lab_asked_for_keeps_its_clock_where_the_lab_keeps_it_running():
    back = replace(a_return(to=Status.MISSING_INFO), due_on=date(2026, 3, 5))
    asked = a_sent_case(Status.MISSING_INFO, due_on=None, last_return=back)
    assert work(asked).arrives_on == date(2026, 3, 10)
    assert work(asked, a_lab(resubmission=Resubmission.KEEPS_RUNNING)).arrives_on == date(2026, 3, 6)


@pytest.mark.parametrize(("lab", "turnaround"), [(NEVER_OPEN, 5), (a_lab(), None)])
def test_where_nobody_can_tell_it_is_unknown(lab, turnaround):
    assert work(a_case(), lab, turnaround) == Work(case_id=CASE_ID, state=WorkState.UNKNOWN)


def test_a_lab_that_is_no_more_ships_nothing_that_is_known():
    assert work_of(a_case(), None, 5, needed_on=MONDAY, at=NOW).state is WorkState.UNKNOWN


def test_a_canceled_case_does_not_come():
    found = work(a_sent_case(Status.CANCELLED))
    assert (found.state, found.arrives_on, found.is_missed) == (WorkState.NOT_COMING, None, True)


@pytest.mark.parametrize("status", list(DayStatus))
def test_work_is_needed_until_the_day_is_over_or_will_not_take_place(status):
    is_needed = status in {DayStatus.TENTATIVE, DayStatus.CONFIRMED, DayStatus.IN_PROGRESS}
    case = a_case(case_day=LinkedDay(case_day_id="day-1", on=on(3)))
    late = Work(case_id=CASE_ID, state=WorkState.LATE)
    now_linked = LinkedDay(case_day_id="day-1", on=MONDAY, is_late=True)
    assert linked(case, a_day(status=status), late) == (now_linked if is_needed else None)


def test_what_nobody_can_tell_leaves_what_was_told():
    unknown = Work(case_id=CASE_ID, state=WorkState.UNKNOWN)
    for is_late in (True, False):
        kept = LinkedDay(case_day_id="day-1", on=MONDAY, is_late=is_late)
        assert linked(a_case(case_day=kept), a_day(), unknown) == kept
    assert linked(a_case(), None, None) is None


KEPT = LinkedDay(case_day_id="day-1", on=MONDAY)
SIXTEENTH, SEVENTEENTH = "2026-03-16", "2026-03-17"


@pytest.mark.parametrize(
    ("before", "after", "details"),
    [
        (None, KEPT, {"on": SIXTEENTH}),
        (KEPT, None, {"previous_on": SIXTEENTH}),
        (KEPT, replace(KEPT, on=on(1)), {"previous_on": SIXTEENTH, "on": SEVENTEENTH}),
        (
            KEPT,
            replace(KEPT, on=on(1), is_late=True),
            {"previous_on": SIXTEENTH, "on": SEVENTEENTH, "work": "late"},
        ),
        (KEPT, replace(KEPT, is_late=True), {"work": "late"}),
        (replace(KEPT, is_late=True), KEPT, {"work": "in_time"}),
        # Another day of the same date: of its lateness nothing was said.
        (
            replace(KEPT, is_late=True),
            replace(KEPT, case_day_id="2"),
            {"previous_on": SIXTEENTH, "on": SIXTEENTH},
        ),
    ],
)
def test_the_history_says_what_became_of_the_day_on_which_work_is_needed(before, after, details):
    assert link_details(before, after) == details


# Patients with cases


class Joint:
    """Case Days and cases in one memory."""

    def __init__(self, world):
        self.world = world
        self.directory = InMemoryDirectory()
        self.directory.put(a_practice(), a_dentist(), a_lab(), a_connection(), a_profile())
        self.cases = InMemoryCases(world.memory)
        self.has(a_case())
        self.prechecks = PrecheckService(self.directory, self.cases, now=world.clock)

    def has(self, *cases):
        for case in cases:
            self.world.memory.cases[case.case_id] = case

    @property
    def case_service(self):
        return CaseService(self.cases, self.directory, now=self.world.clock)

    def service(self, cases=None):
        world = self.world
        return JointService(world.days, cases or world.linked, self.prechecks, self.case_service, now=world.clock)

    def case(self, case_id=CASE_ID):
        return self.world.memory.cases[case_id]

    def changed(self, **changes):
        """The case after its lab or practice changed it."""
        self.has(replace(self.case(), **changes))

    def history(self, case_id=CASE_ID):
        """What its history says of the days on which its work is needed: on whose side, and what."""
        entries = [each for each in self.world.memory.entries if each.case_id == case_id]
        return [(each.by, dict(each.details)) for each in entries if each.deed is Deed.CASE_DAY_CHANGED]

    def works(self, day, caller=FROM_PRACTICE):
        return [(each.state, each.arrives_on) for each in self.service().works(caller, day.case_day_id)]


@pytest.fixture
def joint(world):
    return Joint(world)


def test_a_patient_with_a_case_makes_the_case_know_its_day(world, joint):
    day = world.confirmed()
    world.told()
    patient = world.assigns(day, case_id=CASE_ID)
    (event,) = world.memory.events
    assert (joint.case().case_day, event.case_ids) == (LinkedDay(case_day_id=day.case_day_id, on=MONDAY), (CASE_ID,))
    # It is no change of the case: who read it can change it still, and PreCheck is run anew.
    assert (joint.case().version, joint.case().files_version) == (1, 1)
    world.patients.remove(FROM_PRACTICE, day.case_day_id, patient.patient_id, expected_version=1)
    assert (joint.case().case_day, world.memory.events[-1].case_ids) == (None, (CASE_ID,))


def test_a_patient_gets_another_case_or_none(world, joint):
    joint.has(a_case(case_id=OTHER_CASE))
    day = world.confirmed()
    patient = world.assigns(day, case_id=CASE_ID)

    def change(version, **changes):
        world.patients.change(FROM_PRACTICE, day.case_day_id, patient.patient_id, changes, expected_version=version)
        return world.memory.events[-1].case_ids

    assert change(1, case_id=OTHER_CASE) == (CASE_ID, OTHER_CASE)
    assert (joint.case().case_day, joint.case(OTHER_CASE).case_day.on) == (None, MONDAY)
    # What else changes of the patient is nothing to the case.
    assert change(2, note="x") == ()
    assert change(3, case_id=None) == (OTHER_CASE,)
    assert joint.case(OTHER_CASE).case_day is None


def test_a_case_is_of_the_practice_and_not_canceled(world, joint):
    joint.has(a_case(case_id="foreign", practice_id="practice-2"), a_case(case_id="off", status=Status.CANCELLED))
    day = world.confirmed()
    for case_id in ("nothing", "foreign", "off"):
        with pytest.raises(InvalidInput) as refused:
            world.assigns(day, case_id=case_id)
        assert [error.pointer for error in refused.value.errors] == ["/case_id"]
    assert world.patients.of_day(FROM_PRACTICE, day.case_day_id) == ()


def test_the_work_of_a_case_is_needed_by_one_patient_on_one_day(world, joint):
    monday = world.confirmed()
    tuesday = world.confirmed(on=on(1))
    patient = world.assigns(monday, case_id=CASE_ID)
    for day in (monday, tuesday):
        with pytest.raises(InvalidInput) as refused:
            world.assigns(day, case_id=CASE_ID, starts_at="12:00")
        assert [error.pointer for error in refused.value.errors] == ["/case_id"]
    world.patients.remove(FROM_PRACTICE, monday.case_day_id, patient.patient_id, expected_version=1)
    world.assigns(tuesday, case_id=CASE_ID)
    assert joint.case().case_day.on == on(1)


def test_a_case_of_a_day_that_was_called_off_is_free_for_another(world, joint):
    monday, tuesday = world.confirmed(), world.confirmed(on=on(1))
    world.assigns(monday, case_id=CASE_ID)
    world.service.cancel(MANAGER, monday.case_day_id, reason="snow", expected_version=monday.version)
    world.assigns(tuesday, case_id=CASE_ID)
    # The day that was called off comes too late to take it away.
    joint.service().recheck_day(monday.case_day_id)
    assert joint.case().case_day == LinkedDay(case_day_id=tuesday.case_day_id, on=on(1))


def test_who_is_removed_takes_no_case_along_that_is_another_days_by_now(world, joint):
    monday = world.confirmed()
    patient = world.assigns(monday, case_id=CASE_ID)
    for case_day in (None, LinkedDay(case_day_id="another", on=on(4))):
        joint.changed(case_day=case_day)
        parted = {"case_id": None}
        world.patients.change(
            FROM_PRACTICE, monday.case_day_id, patient.patient_id, parted, expected_version=patient.version
        )
        assert joint.case().case_day == case_day
        world.roster.put(patient)
    del world.memory.cases[CASE_ID]
    world.patients.remove(FROM_PRACTICE, monday.case_day_id, patient.patient_id, expected_version=patient.version)


# Whether it is there


def test_a_day_shows_whether_the_work_is_there_in_time_to_whoever_sees_its_patients(world, joint):
    joint.has(a_sent_case(case_id=OTHER_CASE, due_on=MONDAY))
    day = world.confirmed()
    assert joint.works(day) == []
    world.assigns(day, case_id=CASE_ID)
    world.assigns(day, case_id=OTHER_CASE)
    world.assigns(day, starts_at="13:00")
    shown = [(WorkState.IN_TIME, date(2026, 3, 10)), (WorkState.LATE, date(2026, 3, 17))]
    for caller in (FROM_PRACTICE, MANAGER, a_clinician_calls("nurse-1")):
        assert joint.works(day, caller) == shown
    with pytest.raises(Unknown):
        joint.works(day, FROM_OTHER_PRACTICE)
    with pytest.raises(RoleNotAllowed):
        joint.works(day, FROM_LAB)
    asked = world.with_team(on=on(1))
    assert world.service.read(a_clinician_calls("nurse-1"), asked.case_day_id) == asked
    with pytest.raises(Unknown):
        joint.works(asked, a_clinician_calls("nurse-1"))


def test_of_a_type_that_the_lab_does_not_offer_nobody_can_tell(world, joint):
    joint.has(a_case(case_type=CaseType.SURGICAL_GUIDE))
    day = world.confirmed()
    world.assigns(day, case_id=CASE_ID)
    assert joint.works(day) == [(WorkState.UNKNOWN, None)]


# Either side moves


def test_a_case_that_gets_another_due_date_is_told_late_once_and_in_time_once(world, joint):
    day = world.confirmed()
    world.assigns(day, case_id=CASE_ID)
    joint.service().recheck_case(CASE_ID)
    world.heard()
    joint.has(a_sent_case(due_on=MONDAY, case_day=joint.case().case_day))
    for _ in range(3):
        joint.service().recheck_case(CASE_ID)
    late = next(iter(world.memory.events))
    assert (late.case_id, late.arrives_on, late.case_day_id) == (CASE_ID, on(1), day.case_day_id)
    assert world.heard() == {"practice": ["CaseDayWorkLate"], "managers": ["CaseDayWorkLate"]}
    joint.changed(due_on=MONDAY - 3 * DAY)
    for _ in range(3):
        joint.service().recheck_case(CASE_ID)
    assert world.heard() == {"practice": ["CaseDayWorkInTime"], "managers": ["CaseDayWorkInTime"]}
    joint.changed(status=Status.CANCELLED, due_on=None)
    joint.service().recheck_case(CASE_ID)
    assert [event.arrives_on for event in world.memory.events] == [None]


def test_a_day_that_moves_takes_the_date_of_its_cases_along(world, joint):
    joint.has(a_sent_case(due_on=MONDAY - 3 * DAY))
    day = world.confirmed()
    world.assigns(day, case_id=CASE_ID)
    joint.service().recheck_day(day.case_day_id)
    moved = world.changes.reschedule(MANAGER, day.case_day_id, on(-4), expected_version=day.version)
    world.heard()
    joint.service().recheck_day(day.case_day_id)
    assert joint.case().case_day == LinkedDay(case_day_id=day.case_day_id, on=on(-4), is_late=True)
    assert world.heard()["managers"] == ["CaseDayWorkLate"]
    moved = world.changes.reschedule(MANAGER, day.case_day_id, on(1), expected_version=moved.version)
    joint.service().recheck_day(day.case_day_id)
    assert joint.case().case_day == LinkedDay(case_day_id=day.case_day_id, on=on(1))
    # In time on both dates: nobody has to hear of it.
    world.changes.reschedule(MANAGER, day.case_day_id, on(2), expected_version=moved.version)
    world.heard()
    joint.service().recheck_day(day.case_day_id)
    assert (joint.case().case_day.on, world.heard()) == (on(2), {})


@pytest.mark.parametrize("status", [DayStatus.CANCELLED, DayStatus.REJECTED, DayStatus.COMPLETED])
def test_a_day_that_is_over_or_was_called_off_needs_nothing_any_more(world, joint, status):
    day = world.confirmed()
    world.assigns(day, case_id=CASE_ID)
    joint.changed(case_day=replace(joint.case().case_day, is_late=True))
    world.days.days[day.case_day_id] = replace(world.day(day), status=status)
    world.heard()
    assert joint.service().recheck_case(CASE_ID) is None
    assert (joint.case().case_day, world.heard()) == (None, {})
    # Again, and nothing changes.
    files_version = joint.case().files_version
    joint.service().recheck_day(day.case_day_id)
    assert joint.case().files_version == files_version


def test_the_history_of_a_case_says_what_its_practice_and_the_system_did(world, joint):
    joint.has(a_sent_case(due_on=MONDAY - 3 * DAY))
    day = world.confirmed()
    patient = world.assigns(day, case_id=CASE_ID)
    joint.service().recheck_case(CASE_ID)
    world.changes.reschedule(MANAGER, day.case_day_id, on(-4), expected_version=day.version)
    for _ in range(2):
        joint.service().recheck_day(day.case_day_id)
    world.patients.remove(FROM_PRACTICE, day.case_day_id, patient.patient_id, expected_version=1)
    joint.service().recheck_case(CASE_ID)
    assert joint.history() == [
        (Party.PRACTICE, {"on": "2026-03-16"}),
        (Party.SYSTEM, {"previous_on": "2026-03-16", "on": "2026-03-12", "work": "late"}),
        (Party.PRACTICE, {"previous_on": "2026-03-12"}),
    ]


def test_a_case_that_moved_is_looked_at_where_its_work_is_needed(world, joint):
    joint.has(a_sent_case(due_on=MONDAY))
    files_version = joint.case().files_version
    assert joint.service().recheck_moved_case(CASE_ID) is None
    assert joint.service().recheck_moved_case("nothing") is None
    assert (joint.case().files_version, joint.history()) == (files_version, [])
    day = world.confirmed()
    world.assigns(day, case_id=CASE_ID)
    late = LinkedDay(case_day_id=day.case_day_id, on=MONDAY, is_late=True)
    assert joint.service().recheck_moved_case(CASE_ID) == late


def test_nobody_hears_what_is_no_longer_so_whichever_side_moved_meanwhile(world, joint):
    joint.has(a_sent_case(due_on=MONDAY - 3 * DAY))
    day = world.confirmed()
    world.assigns(day, case_id=CASE_ID)
    joint.service().recheck_case(CASE_ID)
    # Its due date goes back while it is found late, and nobody has anything to change for whoever looks at it then.
    joint.changed(due_on=MONDAY, version=2)

    def the_case_moves():
        joint.changed(due_on=MONDAY - 3 * DAY, version=3)

    world.heard()
    joint.service(Interrupted(world.linked, "relink", the_case_moves)).recheck_case(CASE_ID)
    assert (joint.case().case_day.is_late, world.heard()) == (False, {})
    # So does the day: to an earlier date, and to a later one.
    joint.changed(due_on=MONDAY - DAY)
    world.days.days[day.case_day_id] = replace(world.day(day), on=on(-4), version=8)

    def the_day_moves():
        world.days.days[day.case_day_id] = replace(world.day(day), on=on(3), version=9)

    joint.service(Interrupted(world.linked, "relink", the_day_moves)).recheck_day(day.case_day_id)
    assert joint.case().case_day == LinkedDay(case_day_id=day.case_day_id, on=on(3))
    assert world.heard() == {}


def test_what_is_heard_of_either_side_says_at_which_cases_to_look(world, joint):
    joint.has(a_sent_case(due_on=MONDAY - 3 * DAY), a_sent_case(case_id=OTHER_CASE, due_on=MONDAY))
    day = world.confirmed()
    world.assigns(day, case_id=CASE_ID)
    assigned = world.memory.events[-1]
    assert joint.service().hear(assigned) == (CASE_ID,)
    # Nobody needs the other one.
    moves = {
        case_id: CaseMoved(**event_head(joint.case(case_id), at=NOW), **A_MOVE) for case_id in (CASE_ID, OTHER_CASE)
    }
    assert [joint.service().hear(move) for move in moves.values()] == [(CASE_ID,), ()]
    joint.changed(due_on=MONDAY)
    assert joint.service().hear(moves[CASE_ID]) == (CASE_ID,)
    assert joint.case().case_day.is_late
    world.changes.reschedule(MANAGER, day.case_day_id, on(1), expected_version=day.version)
    (rescheduled,) = (event for event in world.memory.events if isinstance(event, CaseDayRescheduled))
    # Twice, and late.
    assert [joint.service().hear(rescheduled) for _ in range(2)] == [(CASE_ID,), (CASE_ID,)]
    assert joint.case().case_day == LinkedDay(case_day_id=day.case_day_id, on=on(1))
    world.service.cancel(FROM_PRACTICE, day.case_day_id, reason="", expected_version=world.day(day).version)
    moved = next(event for event in reversed(world.memory.events) if isinstance(event, CaseDayMoved))
    assert joint.service().hear(moved) == ()
    assert joint.case().case_day is None


def test_what_is_heard_is_what_the_infrastructure_lets_through():
    assert {kind.__name__ for kind in HEARD} == set(CASE_DAY_RECHECK_EVENTS)
    assert {kind.SOURCE for kind in HEARD} == set(CASE_DAY_RECHECK_SOURCES)


def test_a_day_that_is_tentative_again_needs_its_work_still(world, joint):
    day = world.confirmed()
    world.assigns(day, case_id=CASE_ID)
    world.team.remove(MANAGER, day.case_day_id, MEDIC, expected_version=day.version)
    assert joint.service().recheck_case(CASE_ID) == LinkedDay(case_day_id=day.case_day_id, on=MONDAY)


def test_precheck_says_anew_what_it_finds_with_the_day(world, joint):
    def rules():
        return {each.rule_id for each in joint.prechecks.check(joint.case(), ()).findings}

    day = world.confirmed(on=TODAY + DAY, period_id=None)
    assert "DUE-APPOINTMENT" not in rules()
    patient = world.assigns(day, case_id=CASE_ID)
    world.told()
    joint.service().recheck_case(CASE_ID)
    assert "DUE-APPOINTMENT" in rules()
    assert "DUE-APPOINTMENT" in joint.case().rules_fired
    assert "CaseChecked" in world.told()
    moved = world.changes.reschedule(MANAGER, day.case_day_id, on(1), expected_version=day.version)
    joint.service().recheck_day(moved.case_day_id)
    assert "DUE-APPOINTMENT" not in rules()
    world.patients.remove(FROM_PRACTICE, day.case_day_id, patient.patient_id, expected_version=1)
    assert joint.service().recheck_case(CASE_ID) is None


def test_a_case_that_is_no_more_is_not_looked_at(joint):
    assert joint.service().recheck_case("nothing") is None


def test_who_is_overtaken_looks_again_and_gives_up_in_the_end(world, joint):
    day = world.confirmed()
    world.assigns(day, case_id=CASE_ID)
    joint.has(a_sent_case(due_on=MONDAY, case_day=joint.case().case_day))

    def meanwhile():
        joint.changed(files_version=joint.case().files_version + 1)

    joint.service(Interrupted(world.linked, "relink", meanwhile)).recheck_case(CASE_ID)
    assert joint.case().case_day.is_late
    joint.changed(due_on=MONDAY - 3 * DAY)
    with pytest.raises(RequestInProgress):
        joint.service(Interrupted(world.linked, "relink", meanwhile, times=TRIES)).recheck_case(CASE_ID)


def test_a_patient_is_not_assigned_with_a_case_that_another_day_took_meanwhile(world, joint):
    monday, tuesday = world.confirmed(), world.confirmed(on=on(1))
    store = Interrupted(world.of_days, "save", lambda: world.assigns(tuesday, case_id=CASE_ID))
    service = PatientService(world.days, world.roster, store, world.linked, now=world.clock)
    with pytest.raises(InvalidInput):
        service.add(FROM_PRACTICE, monday.case_day_id, a_new_patient(case_id=CASE_ID), a_request())
    assert world.day(monday).patients == 0
