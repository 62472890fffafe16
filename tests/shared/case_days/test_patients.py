"""Patients of Case Days: whether they fit, and how their practice assigns them, in memory."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.care_teams.care_team import TEAM_ROLES
from bitewing.care_teams.patient_kinds import SKILLS_NEEDED, PatientKind
from bitewing.care_teams.screening import USUAL_SCREENING, AsaClass, Screening, WeightClass
from bitewing.case_days.case_day import Details
from bitewing.case_days.changes import ChangeCriteria, ChangedField, ChangeOutcome, Criterion, DayEdit
from bitewing.case_days.patients import MAX_PATIENTS, ensure_fits, ensure_patient
from bitewing.case_days.patients_service import PatientService
from bitewing.case_days.ports import TRIES
from bitewing.case_days.status import CALLED_OFF, DayStatus
from bitewing.kernel.errors import (
    CaseDayClosed,
    CaseDayNotConfirmed,
    ChangesRefused,
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    TooManyPatients,
    Unknown,
)

from tests.support.builders import NOW
from tests.support.callers import FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, PRACTICE_ADMIN, a_request
from tests.support.case_days import (
    MANAGER,
    MEDIC,
    OTHER_MANAGER,
    TEAM,
    TEAM_ID,
    a_care_team,
    a_clinician_calls,
    a_day,
    a_new_patient,
    a_patient_of_the_day,
    a_seat,
    on,
)
from tests.support.world import Interrupted

#: In New York clocks skip from 2 to 3, and go back from 2 to 1: days of 23 and of 25 hours.
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


def refusal(call, *args):
    with pytest.raises(InvalidInput) as refused:
        call(*args)
    return [error.pointer for error in refused.value.errors]


def fits(*others, day=None, **changes):
    ensure_fits(a_patient_of_the_day("new", **changes), others, day or a_day())


def does_not_fit(*others, day=None, **changes):
    return refusal(lambda: fits(*others, day=day, **changes))


# What is said of a patient


@pytest.mark.parametrize(
    ("pointer", "wrong", "right"),
    [
        ("reference", ["", " ", "x" * 41], ["x", "x" * 40]),
        ("initials", ["", "M H", "MHOPE", "M7"], ["M", "ÄÖÜß"]),
        ("age_years", [-1, 131], [0, 130]),
        ("procedure", ["", "  ", "x" * 201], ["x", "x" * 200]),
        ("starts_at", ["", "9:30", "24:00", "09:60", "09:30 "], ["00:00", "23:59"]),
        ("minutes", [0, 9, 1_441], [10, 1_440]),
        ("special_needs", ["x" * 2_001], ["", "x" * 2_000]),
        ("note", ["x" * 2_001], ["", "x" * 2_000]),
    ],
)
def test_each_value_has_its_bounds(pointer, wrong, right):
    for value in wrong:
        assert refusal(ensure_patient, a_patient_of_the_day(**{pointer: value})) == [f"/{pointer}"]
    for value in right:
        ensure_patient(a_patient_of_the_day(**{pointer: value}))


# Whether a patient fits


@pytest.mark.parametrize(
    ("starts_at", "minutes", "pointer"),
    [("07:59", 30, "/starts_at"), ("08:00", 481, "/minutes"), ("15:31", 30, "/minutes")],
)
def test_a_treatment_is_within_the_day(starts_at, minutes, pointer):
    assert does_not_fit(starts_at=starts_at, minutes=minutes) == [pointer]


@pytest.mark.parametrize(("starts_at", "minutes"), [("08:00", 480), ("08:00", 10), ("15:30", 30)])
def test_a_treatment_can_take_the_day_from_its_beginning_to_its_end(starts_at, minutes):
    fits(starts_at=starts_at, minutes=minutes)


def test_who_does_not_fit_is_told_when_the_day_ends():
    with pytest.raises(InvalidInput, match="ends at 16:00"):
        fits(starts_at="15:31", minutes=30)


def test_a_day_of_23_hours_has_no_hour_that_clocks_skip():
    day = a_day(on=SPRING, starts_at="01:00", minutes=120)
    # From 1 to 2 and from 3 to 4: two hours.
    fits(day=day, starts_at="03:30", minutes=30)
    assert does_not_fit(day=day, starts_at="03:30", minutes=31) == ["/minutes"]
    with pytest.raises(InvalidInput, match="ends at 04:00"):
        fits(day=day, starts_at="01:00", minutes=121)
    other = a_patient_of_the_day("other", starts_at="01:30", minutes=60)
    full = replace(day, site_rooms=1)
    assert does_not_fit(other, day=full, starts_at="03:29", minutes=10) == ["/starts_at"]
    fits(other, day=full, starts_at="03:30", minutes=10)


def test_a_day_of_25_hours_has_an_hour_more():
    day = a_day(on=AUTUMN, starts_at="00:00", minutes=240)
    fits(day=day, starts_at="00:00", minutes=240)
    assert does_not_fit(day=day, starts_at="03:00", minutes=1) == ["/minutes"]


@pytest.mark.parametrize(("starts_at", "minutes"), [("13:00", 60), ("15:00", 60), ("09:00", 30)])
def test_rooms_are_free_again_when_a_treatment_ends(starts_at, minutes):
    in_room = [a_patient_of_the_day(str(number)) for number in range(2)]
    fits(*in_room, starts_at=starts_at, minutes=minutes)


@pytest.mark.parametrize(("starts_at", "minutes"), [("13:01", 60), ("14:59", 60), ("14:00", 60), ("13:00", 180)])
def test_no_more_patients_are_treated_at_once_than_there_are_rooms(starts_at, minutes):
    in_room = [a_patient_of_the_day(str(number)) for number in range(2)]
    assert does_not_fit(*in_room, starts_at=starts_at, minutes=minutes) == ["/starts_at"]
    fits(*in_room, day=a_day(details=Details(rooms=3)), starts_at=starts_at, minutes=minutes)


def test_rooms_are_counted_at_each_moment_and_not_over_a_whole_treatment():
    one_after_the_other = [
        a_patient_of_the_day("1", starts_at="09:00", minutes=60),
        a_patient_of_the_day("2", starts_at="10:00", minutes=60),
        a_patient_of_the_day("3", starts_at="11:00", minutes=60),
    ]
    fits(*one_after_the_other, starts_at="09:00", minutes=180)
    assert does_not_fit(
        *one_after_the_other, a_patient_of_the_day("4", starts_at="10:59", minutes=10), starts_at="09:00", minutes=180
    ) == ["/starts_at"]


@pytest.mark.parametrize(
    ("state", "age", "is_child"),
    [("FL", 17, True), ("FL", 18, False), ("TX", 12, True), ("TX", 13, False), ("CA", 12, True), ("CA", 13, False)],
)
def test_a_child_is_treated_where_the_team_was_chosen_for_children(state, age, is_child):
    for kind in PatientKind:
        day = a_day(state=state, kind=kind)
        if is_child and kind not in (PatientKind.PEDIATRIC, PatientKind.MIXED):
            assert does_not_fit(day=day, age_years=age) == ["/age_years"]
        else:
            fits(day=day, age_years=age)


#: Whom the team of each kind of day was chosen for, besides adults without special needs.
FOR_CHILDREN, FOR_SPECIAL_NEEDS = {"pediatric", "mixed"}, {"special_needs", "mixed"}


@pytest.mark.parametrize("special_needs", ["", "wheelchair"])
@pytest.mark.parametrize(("age", "is_child"), [(17, True), (18, False)])
@pytest.mark.parametrize("kind", PatientKind)
def test_children_and_special_needs_take_a_team_that_was_chosen_for_both(kind, age, is_child, special_needs):
    day = a_day(kind=kind)
    wrong = ["/age_years"] if is_child and kind not in FOR_CHILDREN else []
    wrong += ["/special_needs"] if special_needs and kind not in FOR_SPECIAL_NEEDS else []
    if wrong:
        assert does_not_fit(day=day, age_years=age, special_needs=special_needs) == wrong
    else:
        fits(day=day, age_years=age, special_needs=special_needs)


def test_every_patient_fits_a_mixed_day_whose_team_has_the_skills_for_all_of_them():
    mixed = SKILLS_NEEDED[PatientKind.MIXED]
    for kind in (PatientKind.ADULT, PatientKind.PEDIATRIC, PatientKind.SPECIAL_NEEDS):
        for role in TEAM_ROLES:
            assert SKILLS_NEEDED[kind].of_role(role) <= mixed.of_role(role)


#: How many classes, from the first on, a care team takes by default.
STATUSES, WEIGHTS = 3, 4


@pytest.mark.parametrize("asa_class", AsaClass)
@pytest.mark.parametrize("weight_class", WeightClass)
@pytest.mark.parametrize(
    "screening",
    [
        Screening(max_asa_class=status, max_weight_class=weight)
        for status in AsaClass
        for weight in WeightClass
        if weight is not WeightClass.OVER_150_KG
    ],
    ids=lambda each: f"{each.max_asa_class}-{each.max_weight_class}",
)
def test_a_care_team_treats_patients_up_to_its_limits(screening, weight_class, asa_class):
    patient = a_patient_of_the_day(weight_class=weight_class, asa_class=asa_class)
    statuses, weights = list(AsaClass), list(WeightClass)
    wrong = ["/asa_class"] if statuses.index(asa_class) > statuses.index(screening.max_asa_class) else []
    wrong += ["/weight_class"] if weights.index(weight_class) > weights.index(screening.max_weight_class) else []
    if wrong:
        assert refusal(ensure_fits, patient, (), a_day(), screening) == wrong
    else:
        ensure_fits(patient, (), a_day(), screening)


def test_by_default_a_care_team_treats_asa_classes_up_to_3_and_less_than_150_kg():
    assert [each for each in AsaClass if USUAL_SCREENING.takes_status(each)] == list(AsaClass)[:STATUSES]
    assert [each for each in WeightClass if USUAL_SCREENING.takes_weight(each)] == list(WeightClass)[:WEIGHTS]


def test_without_a_limit_of_weight_every_patient_is_treated():
    screening = Screening(max_weight_class=WeightClass.OVER_150_KG)
    assert all(screening.takes_weight(each) for each in WeightClass)


def test_who_is_beyond_a_limit_is_told_the_limit():
    patient = a_patient_of_the_day(asa_class=AsaClass.III, weight_class=WeightClass.KG_100_TO_149)
    screening = Screening(max_asa_class=AsaClass.II, max_weight_class=WeightClass.KG_50_TO_99)
    with pytest.raises(InvalidInput) as refused:
        ensure_fits(patient, (), a_day(), screening)
    assert [each.says for each in refused.value.errors] == [
        "The care team treats patients up to ASA class 2.",
        "The care team treats patients of less than 100 kg.",
    ]


# Assigning


def test_patients_beyond_what_the_care_team_treats_are_neither_assigned_nor_made_so(world):
    day = world.confirmed()
    with pytest.raises(InvalidInput, match="150 kg"):
        world.assigns(day, weight_class=WeightClass.OVER_150_KG)
    patient = world.assigns(day, asa_class=AsaClass.III)
    world.roster.put(a_care_team(screening=Screening(max_asa_class=AsaClass.II)))
    with pytest.raises(InvalidInput, match="ASA class 2"):
        world.assigns(day, asa_class=AsaClass.III)
    with pytest.raises(InvalidInput, match="ASA class 2"):
        world.patients.change(FROM_PRACTICE, day.case_day_id, patient.patient_id, {"note": "x"}, expected_version=1)
    # Who was assigned before stays, and holds up no change of the day.
    changed = world.changes.edit(
        FROM_PRACTICE, day.case_day_id, DayEdit(starts_at="08:30"), expected_version=day.version
    )
    assert (changed.starts_at, changed.patients) == ("08:30", 1)


def test_a_practice_assigns_patients_to_a_confirmed_day_and_its_care_team_sees_them_at_once(world):
    day = world.confirmed()
    world.told()
    late = world.assigns(day, starts_at="14:00", asa_class=AsaClass.III)
    early = world.assigns(day, starts_at="09:00")
    for caller in (FROM_PRACTICE, MANAGER, *map(a_clinician_calls, TEAM)):
        assert world.patients.of_day(caller, day.case_day_id) == (early, late)
    assert world.day(day).patients == 2
    assert "patients" not in set(world.day(day).missing())
    assert world.told() == ["CaseDayPatientsChanged"] * 2


def test_a_change_of_patients_is_no_new_version_of_the_day(world):
    day = world.confirmed()
    world.assigns(day)
    now = world.day(day)
    assert (now.version, now.patients_version) == (day.version, 1)
    # Who read the day before can change it still.
    world.changes.edit(FROM_PRACTICE, day.case_day_id, DayEdit(note="New."), expected_version=day.version)


def test_members_and_managers_hear_of_each_change_of_patients_and_nothing_of_who_they_are(world):
    day = world.confirmed()
    world.heard()
    patient = world.assigns(day, note="SECRET", reference="SECRET")
    world.patients.change(FROM_PRACTICE, day.case_day_id, patient.patient_id, {"note": "S2"}, expected_version=1)
    world.patients.remove(FROM_PRACTICE, day.case_day_id, patient.patient_id, expected_version=2)
    assert "SECRET" not in repr(world.memory.events)
    assert [event.patients for event in world.memory.events] == [1, 1, 0]
    assert world.heard() == dict.fromkeys([*TEAM, "managers"], ["CaseDayPatientsChanged"] * 3)
    entries = world.days.entries[-3:]
    assert [each.details for each in entries] == [
        {"what": "added", "patients": "1"},
        {"what": "changed", "patients": "1"},
        {"what": "removed", "patients": "0"},
    ]
    assert {(each.deed.value, each.by.value, each.user_id) for each in entries} == {
        ("patients_changed", "practice", "person-1")
    }


def test_the_same_request_assigns_one_patient(world):
    day = world.confirmed()
    first = world.patients.add(FROM_PRACTICE, day.case_day_id, a_new_patient(), a_request())
    assert world.patients.add(FROM_PRACTICE, day.case_day_id, a_new_patient(), a_request()) == first
    assert len(world.patients.of_day(FROM_PRACTICE, day.case_day_id)) == 1
    with pytest.raises(IdempotencyKeyReused):
        world.patients.add(FROM_PRACTICE, day.case_day_id, a_new_patient(), a_request(body="another"))


@pytest.mark.parametrize("caller", [FROM_OTHER_PRACTICE, OTHER_MANAGER, a_clinician_calls("nurse-2")])
def test_others_find_neither_the_day_nor_its_patients(world, caller):
    day = world.confirmed()
    patient = world.assigns(day)
    day_id, patient_id = day.case_day_id, patient.patient_id
    for call in (
        lambda: world.patients.of_day(caller, day_id),
        lambda: world.patients.add(caller, day_id, a_new_patient(), a_request()),
        lambda: world.patients.change(caller, day_id, patient_id, {"note": "x"}, expected_version=1),
        lambda: world.patients.remove(caller, day_id, patient_id, expected_version=1),
    ):
        with pytest.raises(Unknown):
            call()
    assert world.patients.of_day(FROM_PRACTICE, day_id) == (patient,)


@pytest.mark.parametrize("caller", [MANAGER, a_clinician_calls("nurse-1"), FROM_LAB])
def test_patients_are_the_practices_to_assign(world, caller):
    day = world.confirmed()
    patient = world.assigns(day)
    with pytest.raises(RoleNotAllowed):
        world.patients.add(caller, day.case_day_id, a_new_patient(), a_request())
    with pytest.raises(RoleNotAllowed):
        world.patients.remove(caller, day.case_day_id, patient.patient_id, expected_version=1)


def test_who_left_the_team_reads_no_patients_any_more(world):
    day = world.confirmed()
    world.assigns(day)
    after = world.team.remove(MANAGER, day.case_day_id, MEDIC, expected_version=day.version)
    with pytest.raises(Unknown):
        world.patients.of_day(a_clinician_calls("medic-1"), after.case_day_id)


def test_a_day_that_nobody_confirmed_takes_no_patients(world):
    day = world.accepts(world.with_team())
    with pytest.raises(CaseDayNotConfirmed):
        world.assigns(day)
    assert world.patients.of_day(FROM_PRACTICE, day.case_day_id) == ()


def test_a_day_that_is_tentative_again_keeps_its_patients_who_can_only_leave(world):
    day = world.confirmed()
    patient = world.assigns(day)
    world.team.remove(MANAGER, day.case_day_id, MEDIC, expected_version=day.version)
    with pytest.raises(CaseDayNotConfirmed):
        world.patients.change(FROM_PRACTICE, day.case_day_id, patient.patient_id, {"note": "x"}, expected_version=1)
    world.heard()
    world.patients.remove(FROM_PRACTICE, day.case_day_id, patient.patient_id, expected_version=1)
    assert world.heard() == {"managers": ["CaseDayPatientsChanged"]}
    assert world.day(day).patients == 0


def who_reads(world, day, *callers):
    """Of these, who may read the patients of a day."""
    seen = []
    for caller in callers:
        try:
            world.patients.of_day(caller, day.case_day_id)
        except Unknown:
            continue
        seen.append(caller.user_id)
    return seen


def test_who_was_asked_reads_the_patients_after_accepting_and_never_before(world):
    day = world.confirmed()
    world.assigns(day)
    day = world.team.remove(MANAGER, day.case_day_id, MEDIC, expected_version=day.version)
    day = world.team.ask(MANAGER, day.case_day_id, a_seat("medic-2"), expected_version=day.version)
    asked, accepted = a_clinician_calls("medic-2"), a_clinician_calls("nurse-1")
    assert world.service.read(asked, day.case_day_id) == world.day(day)
    assert who_reads(world, day, asked, accepted, MANAGER, FROM_PRACTICE) == ["nurse-1", "manager-1", "person-1"]
    day = world.accepts(world.day(day), "medic-2")
    assert who_reads(world, day, asked) == ["medic-2"]
    # Asked for another date, they have accepted that one only when they say so.
    world.changes.reschedule(MANAGER, day.case_day_id, on(1), expected_version=day.version)
    assert who_reads(world, day, asked, accepted, MANAGER) == ["manager-1"]


@pytest.mark.parametrize(("status", "is_told"), [(each, each not in CALLED_OFF) for each in DayStatus])
def test_a_team_reads_the_patients_of_a_day_that_was_not_called_off(world, status, is_told):
    day = world.confirmed()
    world.assigns(day)
    world.days.days[day.case_day_id] = replace(world.day(day), status=status)
    assert who_reads(world, day, a_clinician_calls("nurse-1")) == (["nurse-1"] if is_told else [])


@pytest.mark.parametrize("call", ["cancel", "reject"])
def test_patients_of_a_day_that_was_called_off_can_only_leave_also_when_its_date_is_over(world, call):
    day = world.confirmed()
    first, second = world.assigns(day), world.assigns(day)
    getattr(world.service, call)(MANAGER, day.case_day_id, reason="snow", expected_version=day.version)
    claims = dict(world.days.claims)
    for patient, now, left in ((first, NOW, (second,)), (second, day.ends_at, ())):
        world.clock.at = now
        with pytest.raises(CaseDayClosed):
            world.patients.change(FROM_PRACTICE, day.case_day_id, patient.patient_id, {"note": "x"}, expected_version=1)
        world.patients.remove(FROM_PRACTICE, day.case_day_id, patient.patient_id, expected_version=1)
        assert world.patients.of_day(FROM_PRACTICE, day.case_day_id) == left
    assert (world.day(day).patients, world.days.claims) == (0, claims)


def test_a_day_that_has_begun_or_was_called_off_takes_no_patients(world):
    day = world.confirmed()
    patient = world.assigns(day)
    world.clock.at = day.begins_at
    calls = (
        lambda: world.assigns(day),
        lambda: world.patients.change(
            FROM_PRACTICE, day.case_day_id, patient.patient_id, {"note": "x"}, expected_version=1
        ),
        lambda: world.patients.remove(FROM_PRACTICE, day.case_day_id, patient.patient_id, expected_version=1),
    )
    for call in calls:
        with pytest.raises(CaseDayClosed):
            call()
    world.clock.at = day.begins_at - timedelta(days=1)
    world.service.cancel(MANAGER, day.case_day_id, reason="snow", expected_version=day.version)
    for call in calls[:2]:
        with pytest.raises(CaseDayClosed):
            call()
    assert world.patients.of_day(MANAGER, day.case_day_id) == (patient,)


def test_criteria_of_the_care_team_can_refuse_changes_of_patients(world):
    day = world.confirmed()
    patient = world.assigns(day)
    refused = {ChangedField.PATIENTS: Criterion(outcome=ChangeOutcome.REFUSED)}
    world.changes.set_criteria(MANAGER, ChangeCriteria(care_team_id=TEAM_ID, of=refused), expected_version=0)
    for call in (
        lambda: world.assigns(day),
        lambda: world.patients.change(
            FROM_PRACTICE, day.case_day_id, patient.patient_id, {"note": "x"}, expected_version=1
        ),
        lambda: world.patients.remove(FROM_PRACTICE, day.case_day_id, patient.patient_id, expected_version=1),
    ):
        with pytest.raises(ChangesRefused) as told:
            call()
        assert list(told.value.refused) == ["patients"]
    # What is not confirmed is not a matter of criteria.
    world.team.remove(MANAGER, day.case_day_id, MEDIC, expected_version=day.version)
    world.patients.remove(FROM_PRACTICE, day.case_day_id, patient.patient_id, expected_version=1)


def test_a_patient_who_does_not_fit_is_not_assigned(world):
    day = world.confirmed()
    for changes in ({"starts_at": "07:00"}, {"initials": "7"}, {"age_years": 9}):
        with pytest.raises(InvalidInput):
            world.assigns(day, **changes)
    assert world.day(day).patients_version == 0


def test_a_day_has_40_patients_at_most(world):
    day = world.confirmed()
    for number in range(MAX_PATIENTS):
        starts_at = f"{8 + number // 10:02}:{number // 2 % 5 * 12:02}"
        world.assigns(day, starts_at=starts_at, minutes=10)
    with pytest.raises(TooManyPatients) as refused:
        world.assigns(day, starts_at="15:00", minutes=10)
    assert refused.value.facts() == {"limit": 40}


# Changing


def test_a_change_keeps_what_it_does_not_name(world):
    day = world.confirmed()
    patient = world.assigns(day)
    after = world.patients.change(
        PRACTICE_ADMIN, day.case_day_id, patient.patient_id, {"starts_at": "10:00"}, expected_version=1
    )
    assert after == replace(patient, starts_at="10:00", version=2)
    assert world.patients.of_day(FROM_PRACTICE, day.case_day_id) == (after,)


def test_what_is_so_already_is_no_change(world):
    day = world.confirmed()
    patient = world.assigns(day)
    world.told()
    same = {"starts_at": patient.starts_at, "note": ""}
    assert (
        world.patients.change(FROM_PRACTICE, day.case_day_id, patient.patient_id, same, expected_version=1) == patient
    )
    assert world.told() == []


def test_a_patient_can_take_their_own_room_at_another_time(world):
    day = world.confirmed(site_id="site-1")
    world.assigns(day, starts_at="09:00")
    patient = world.assigns(day, starts_at="09:00")
    change = {"starts_at": "09:30"}
    world.patients.change(FROM_PRACTICE, day.case_day_id, patient.patient_id, change, expected_version=1)
    with pytest.raises(InvalidInput):
        world.patients.change(
            FROM_PRACTICE, day.case_day_id, patient.patient_id, {"starts_at": "15:30"}, expected_version=2
        )


def test_of_two_who_read_the_same_patient_the_second_is_told(world):
    day = world.confirmed()
    patient = world.assigns(day)
    world.patients.change(FROM_PRACTICE, day.case_day_id, patient.patient_id, {"note": "1"}, expected_version=1)
    with pytest.raises(StaleVersion):
        world.patients.change(FROM_PRACTICE, day.case_day_id, patient.patient_id, {"note": "2"}, expected_version=1)
    with pytest.raises(StaleVersion):
        world.patients.remove(FROM_PRACTICE, day.case_day_id, patient.patient_id, expected_version=1)
    with pytest.raises(Unknown):
        world.patients.remove(FROM_PRACTICE, day.case_day_id, "nobody", expected_version=1)


# Two at once


def while_saving(world, happens, times=1):
    """The use cases, with something that happens before a change is stored."""
    store = Interrupted(world.of_days, "save", happens, times=times)
    return PatientService(world.days, world.roster, store, world.linked, now=world.clock)


def test_of_two_who_take_the_last_room_at_once_one_is_refused(world):
    day = world.confirmed()
    world.assigns(day)
    patients = while_saving(world, lambda: world.assigns(day))
    with pytest.raises(InvalidInput, match="All 2 rooms"):
        patients.add(FROM_PRACTICE, day.case_day_id, a_new_patient(), a_request())
    assert world.day(day).patients == 2


def test_a_patient_is_not_assigned_to_a_day_that_is_confirmed_no_more(world):
    day = world.confirmed()
    patients = while_saving(
        world, lambda: world.team.remove(MANAGER, day.case_day_id, MEDIC, expected_version=day.version)
    )
    with pytest.raises(CaseDayNotConfirmed):
        patients.add(FROM_PRACTICE, day.case_day_id, a_new_patient(), a_request())


def test_the_same_request_twice_at_once_assigns_one_patient(world):
    day = world.confirmed()
    answers = []

    def meanwhile():
        answers.append(world.patients.add(FROM_PRACTICE, day.case_day_id, a_new_patient(), a_request()))

    patients = while_saving(world, meanwhile)
    assert [patients.add(FROM_PRACTICE, day.case_day_id, a_new_patient(), a_request())] == answers
    assert world.day(day).patients == 1


def test_who_is_overtaken_again_and_again_is_told_to_come_back(world):
    day = world.confirmed()
    starts = iter(range(60))

    def another():
        number = next(starts)
        world.assigns(day, starts_at=f"{10 + number // 6}:{number % 6}0", minutes=10)

    with pytest.raises(RequestInProgress):
        while_saving(world, another, times=TRIES).add(FROM_PRACTICE, day.case_day_id, a_new_patient(), a_request())
    assert world.day(day).patients == TRIES
