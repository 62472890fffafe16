"""Changes of Case Days, by their practice and by managers, in memory."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from bitewing.care_teams.clinician import Limits, Skill
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.site import Permit
from bitewing.case_days.case_day import Answer
from bitewing.case_days.changes import ChangeCriteria, ChangedField, ChangeOutcome, Criterion, DayEdit
from bitewing.case_days.changes_service import ChangesService
from bitewing.case_days.status import DayStatus
from bitewing.kernel.errors import (
    CaseDayClosed,
    ChangesRefused,
    DateTaken,
    InvalidInput,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.scheduling.availability import Window

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE
from tests.support.case_days import (
    MANAGER,
    MONDAY,
    OTHER_MANAGER,
    TEAM,
    TEAM_ID,
    a_clinician,
    a_clinician_calls,
    a_patient_of_the_day,
    a_period,
    a_seat,
    a_site,
    an_availability,
    on,
)
from tests.support.world import Interrupted


def all_hear(name, *whom):
    return {each: [name] for each in whom}


TEAM_HEARS = all_hear("CaseDayChanged", *TEAM)


def edits(world, day, caller=FROM_PRACTICE, **fields):
    return world.changes.edit(caller, day.case_day_id, DayEdit(**fields), expected_version=day.version)


def decides(world, day, *, is_approved=True, reason="", caller=MANAGER):
    return world.changes.decide(
        caller, day.case_day_id, is_approved=is_approved, reason=reason, expected_version=day.version
    )


def reschedules(world, day, to=None, caller=MANAGER):
    return world.changes.reschedule(caller, day.case_day_id, to or on(1), expected_version=day.version)


def with_patients(world, day, *patients):
    """The day with patients, as their own use cases store them: they count up no version of the day."""
    for each in patients:
        world.roster.put(replace(each, case_day_id=day.case_day_id))
    stored = replace(day, patients=len(patients), patients_version=1)
    world.days.days[day.case_day_id] = stored
    return stored


def pointers(refused):
    return [each.pointer for each in refused.value.errors]


# What a practice edits


def test_what_is_approved_on_its_own_applies_at_once_and_is_told_once(world):
    day = world.confirmed()
    world.heard()
    after = edits(world, day, note="New door code", starts_at="08:30")
    assert (after.note, after.starts_at, after.status) == ("New door code", "08:30", DayStatus.CONFIRMED)
    assert (after.version, after.wanted) == (day.version + 1, None)
    assert world.heard() == {**TEAM_HEARS, "managers": ["CaseDayChanged"]}
    assert world.days.entries[-1].details == {"fields": "note, starts_at"}


def test_what_waits_for_a_manager_changes_nothing_and_only_managers_hear_it(world):
    day = world.confirmed()
    world.heard()
    after = edits(world, day, on=on(1))
    assert (after.on, after.wanted.edit, after.wanted.asked_by) == (MONDAY, DayEdit(on=on(1)), "person-1")
    assert world.heard() == {"managers": ["CaseDayChangeWanted"]}
    assert world.deeds()[-1] == "change_wanted"


def test_fields_of_one_edit_have_an_outcome_each_and_nobody_hears_twice(world):
    day = world.confirmed()
    world.heard()
    after = edits(world, day, note="x", minutes=500)
    assert (after.note, after.minutes, after.wanted.edit) == ("x", 480, DayEdit(minutes=500))
    assert world.heard() == {**TEAM_HEARS, "managers": ["CaseDayChangeWanted"]}
    assert world.deeds()[-2:] == ["change_wanted", "changed"]


def test_one_refused_field_refuses_all_and_says_why(world):
    of = {ChangedField.NOTE: Criterion(outcome=ChangeOutcome.REFUSED)}
    world.changes.set_criteria(MANAGER, ChangeCriteria(care_team_id=TEAM_ID, of=of), expected_version=0)
    day = world.confirmed()
    with pytest.raises(ChangesRefused) as refused:
        edits(world, day, note="x", contact="y", on=NOW.date() - timedelta(days=1))
    assert set(refused.value.refused) == {"note", "on"}
    assert world.day(day) == day


def test_what_is_so_already_is_no_change(world):
    day = world.confirmed()
    world.told()
    assert edits(world, day, starts_at="08:00", minutes=480, on=MONDAY) == day
    assert edits(world, day) == day
    assert edits(world, day, caller=MANAGER, starts_at="08:00") == day
    assert world.told() == []


def test_what_a_practice_wants_replaces_what_it_wanted_of_the_same_fields(world):
    day = edits(world, world.confirmed(), on=on(1), minutes=500)
    again = edits(world, day, on=on(2))
    assert again.wanted.edit == DayEdit(on=on(2), minutes=500)
    world.told()
    assert edits(world, again, on=on(2)) == again
    assert world.told() == []
    back = edits(world, again, on=MONDAY)
    assert back.wanted.edit == DayEdit(minutes=500)
    nothing = edits(world, back, minutes=480)
    assert nothing.wanted is None
    assert world.memory.events[-1].fields == ()
    assert world.heard() == {"managers": ["CaseDayChangeWanted", "CaseDayChangeWanted"]}


def test_of_a_tentative_day_members_hear_what_they_were_asked_for(world):
    day = world.with_team()
    world.heard()
    day = edits(world, day, note="x")
    assert world.heard() == {"managers": ["CaseDayChanged"]}
    day = edits(world, day, starts_at="06:00")
    assert world.heard() == {**TEAM_HEARS, "managers": ["CaseDayChanged"]}
    after = edits(world, day, kind=PatientKind.MIXED, minutes=500)
    assert after.wanted.edit == DayEdit(kind=PatientKind.MIXED, minutes=500)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [({"minutes": 59}, "/minutes"), ({"starts_at": "20:00"}, "/minutes"), ({"rooms": 21}, "/rooms")],
)
@pytest.mark.parametrize("caller", [FROM_PRACTICE, MANAGER])
def test_values_that_are_none_are_refused_whoever_names_them(world, caller, fields, pointer):
    day = world.confirmed()
    with pytest.raises(InvalidInput) as refused:
        edits(world, day, caller, **fields)
    assert pointers(refused) == [pointer]


def test_a_practice_that_says_nothing_of_rooms_any_more_has_those_of_its_site(world):
    day = edits(world, world.confirmed(), rooms=1)
    assert (day.rooms, edits(world, day, rooms=0).rooms) == (1, 2)


def test_patients_who_are_assigned_stay_within_the_day(world):
    day = with_patients(world, world.confirmed(), a_patient_of_the_day())
    assert edits(world, day, note="x").note == "x"
    day = world.day(day)
    with pytest.raises(InvalidInput) as refused:
        edits(world, day, minutes=400)
    assert pointers(refused) == ["/minutes"]
    assert edits(world, day, minutes=420).minutes == 420


def test_an_edit_that_patients_overtake_is_decided_on_all_of_them(world):
    day = world.confirmed()
    meanwhile = Interrupted(world.days, "save", lambda: with_patients(world, day, a_patient_of_the_day()))
    service = ChangesService(meanwhile, world.roster, now=world.clock)
    with pytest.raises(InvalidInput):
        service.edit(FROM_PRACTICE, day.case_day_id, DayEdit(minutes=400), expected_version=day.version)
    assert world.day(day).patients == 1


@pytest.mark.parametrize(
    ("caller", "refused"),
    [
        (FROM_LAB, RoleNotAllowed),
        (a_clinician_calls("nurse-1"), RoleNotAllowed),
        (a_clinician_calls("nurse-2"), Unknown),
        (FROM_OTHER_PRACTICE, Unknown),
        (OTHER_MANAGER, Unknown),
    ],
)
def test_a_day_is_changed_by_its_practice_and_its_managers_only(world, caller, refused):
    day = world.with_team("nurse-1")
    with pytest.raises(refused):
        edits(world, day, caller, note="x")


def test_of_two_edits_at_once_the_second_is_told_what_it_missed(world):
    day = world.confirmed()
    edits(world, day, note="first")
    with pytest.raises(StaleVersion):
        edits(world, day, note="second")


def test_a_day_that_has_begun_or_is_off_is_not_changed(world):
    day = world.confirmed()
    world.clock.at = day.begins_at
    with pytest.raises(CaseDayClosed):
        edits(world, day, note="x")
    with pytest.raises(CaseDayClosed):
        reschedules(world, day)


# What a manager edits


def test_what_a_manager_changes_applies_at_once_and_practice_and_team_hear_it(world):
    day = world.confirmed()
    world.heard()
    after = edits(world, day, MANAGER, starts_at="10:00", minutes=400)
    assert (after.starts_at, after.minutes, after.status) == ("10:00", 400, DayStatus.CONFIRMED)
    assert after.agreed == after.hours
    assert world.heard() == {**TEAM_HEARS, "practice": ["CaseDayChanged"]}


def test_what_a_manager_changes_the_practice_wants_no_more(world):
    day = edits(world, world.confirmed(), minutes=500, kind=PatientKind.COMPLEX_AIRWAY)
    day = edits(world, day, MANAGER, minutes=490)
    assert day.wanted.edit == DayEdit(kind=PatientKind.COMPLEX_AIRWAY)
    world.roster.put(a_clinician("anesthesiologist-1", skills=(Skill(name="difficult_airway"),)))
    assert edits(world, day, MANAGER, kind=PatientKind.COMPLEX_AIRWAY).wanted is None


def test_a_manager_reschedules_and_does_not_edit_the_date(world):
    with pytest.raises(InvalidInput) as refused:
        edits(world, world.confirmed(), MANAGER, on=on(1))
    assert pointers(refused) == ["/on"]


def test_a_manager_moves_no_start_into_the_past(world):
    day = world.confirmed()
    world.clock.at = day.begins_at - timedelta(minutes=30)
    with pytest.raises(InvalidInput) as refused:
        edits(world, day, MANAGER, starts_at="07:30")
    assert pointers(refused) == ["/starts_at"]
    assert edits(world, day, MANAGER, starts_at="07:31").starts_at == "07:31"


def test_for_other_patients_members_who_lack_a_skill_leave_and_each_hears_one_thing(world):
    day = world.confirmed()
    world.heard()
    after = edits(world, day, MANAGER, kind=PatientKind.PEDIATRIC)
    assert [each.clinician_id for each in after.team] == ["nurse-1", "medic-1"]
    assert all(each.answer is Answer.ACCEPTED for each in after.team)
    assert (after.status, after.version) == (DayStatus.TENTATIVE, day.version + 1)
    assert world.heard() == {
        "anesthesiologist-1": ["TeamMemberRemoved"],
        "nurse-1": ["CaseDayChanged"],
        "medic-1": ["CaseDayChanged"],
        "practice": ["CaseDayChanged"],
    }
    assert world.deeds()[-3:] == ["changed", "member_removed", "moved"]


def test_for_other_patients_a_team_that_has_the_skills_stays(world):
    world.roster.put(a_clinician("anesthesiologist-1", skills=(Skill(name="difficult_airway"),)))
    day = world.confirmed()
    after = edits(world, day, MANAGER, kind=PatientKind.COMPLEX_AIRWAY)
    assert (after.status, after.team) == (DayStatus.CONFIRMED, day.team)


# What a manager decides


def test_a_refused_change_is_wanted_no_more_and_the_practice_hears_it(world):
    day = edits(world, world.confirmed(), on=on(1))
    world.heard()
    after = decides(world, day, is_approved=False, reason="No team then.")
    assert (after.on, after.wanted) == (MONDAY, None)
    assert world.heard() == {"practice": ["CaseDayChangeDecided"]}
    assert world.days.entries[-1].details == {"fields": "on", "reason": "No team then."}


def test_an_approved_change_applies_and_practice_and_team_hear_it_once(world):
    day = edits(world, world.confirmed(), minutes=500)
    world.heard()
    after = decides(world, day)
    assert (after.minutes, after.wanted, after.status) == (500, None, DayStatus.CONFIRMED)
    assert after.agreed == after.hours
    assert world.heard() == all_hear("CaseDayChangeDecided", *TEAM, "practice")


def test_an_approved_date_reschedules_the_day(world):
    day = edits(world, world.confirmed(), on=on(1), minutes=500)
    world.heard()
    after = decides(world, day)
    assert (after.on, after.minutes, after.status, after.version) == (on(1), 500, DayStatus.TENTATIVE, day.version + 1)
    assert {each.answer for each in after.team} == {Answer.ASKED}
    assert world.heard() == {
        **all_hear("CaseDayRescheduled", *TEAM),
        "practice": ["CaseDayChangeDecided"],
    }
    assert world.deeds()[-2:] == ["change_approved", "moved"]


def test_approved_patients_release_who_lacks_a_skill(world):
    day = edits(world, world.confirmed(), kind=PatientKind.PEDIATRIC)
    world.heard()
    after = decides(world, day)
    assert after.kind is PatientKind.PEDIATRIC
    assert world.heard() == {
        "anesthesiologist-1": ["TeamMemberRemoved"],
        **all_hear("CaseDayChangeDecided", *TEAM[:2]),
        "practice": ["CaseDayChangeDecided"],
    }


def test_of_a_tentative_day_members_hear_what_was_approved_of_what_they_were_asked_for(world):
    day = edits(world, world.with_team(), minutes=500)
    world.heard()
    decides(world, day)
    assert world.heard() == all_hear("CaseDayChangeDecided", *TEAM, "practice")


def test_a_change_that_a_practice_may_not_make_waits_for_nobody(world):
    of = {ChangedField.NOTE: Criterion(outcome=ChangeOutcome.WAITS)}
    world.changes.set_criteria(MANAGER, ChangeCriteria(care_team_id=TEAM_ID, of=of), expected_version=0)
    day = world.confirmed()
    world.service.lock(MANAGER, day.case_day_id, is_locked=True, expected_version=day.version)
    day = edits(world, world.day(day), note="x")
    # Meanwhile the day becomes tentative.
    member = day.member("nurse-1")
    day = world.team.answer(MANAGER, day.case_day_id, "nurse-1", accepts=False, asked_at=member.asked_at)
    world.heard()
    assert decides(world, day).note == "x"
    assert world.heard() == {"practice": ["CaseDayChangeDecided"]}


def test_what_has_become_impossible_is_not_approved(world):
    day = edits(world, world.confirmed(), minutes=500, on=on(1))
    world.creates(on=on(1))
    with pytest.raises(DateTaken):
        decides(world, day)
    day = edits(world, day, starts_at="16:00", on=MONDAY, minutes=480)
    later = edits(world, day, minutes=500)
    assert later.wanted.edit == DayEdit(starts_at="16:00", minutes=500)
    with pytest.raises(InvalidInput) as refused:
        decides(world, later)
    assert pointers(refused) == ["/minutes"]


def test_nothing_is_decided_where_nothing_is_wanted_and_only_managers_decide(world):
    day = world.confirmed()
    with pytest.raises(Unknown):
        decides(world, day)
    day = edits(world, day, on=on(1))
    with pytest.raises(RoleNotAllowed):
        decides(world, day, caller=FROM_PRACTICE)
    with pytest.raises(StaleVersion):
        decides(world, replace(day, version=1))
    world.clock.at = day.begins_at
    with pytest.raises(CaseDayClosed):
        decides(world, day)


# Rescheduling


def test_members_who_can_make_the_date_stay_and_are_asked_again_and_the_others_are_released(world):
    windows = (Window(first=MONDAY, last=MONDAY),)
    world.roster.put(an_availability("medic-1", windows=windows))
    day = world.confirmed()
    world.heard()
    world.clock.advance(hours=1)
    after = reschedules(world, day)
    now = NOW + timedelta(hours=1)
    assert [each.clinician_id for each in after.team] == ["nurse-1", "anesthesiologist-1"]
    assert {(each.answer, each.asked_at, each.answered_at) for each in after.team} == {(Answer.ASKED, now, None)}
    assert (after.on, after.status, after.confirmed_at, after.agreed) == (on(1), DayStatus.TENTATIVE, None, None)
    assert world.days.claims == {("nurse-1", on(1)): day.case_day_id, ("anesthesiologist-1", on(1)): day.case_day_id}
    assert world.days.dates == {(PRACTICE_ID, on(1)): day.case_day_id}
    (event,) = [each for each in world.memory.events if type(each).__name__ == "CaseDayRescheduled"]
    assert (event.previous_on, event.kept, event.released) == (MONDAY, ("nurse-1", "anesthesiologist-1"), ("medic-1",))
    assert world.heard() == all_hear("CaseDayRescheduled", *TEAM, "practice")
    assert world.deeds()[-3:] == ["rescheduled", "member_removed", "moved"]


def test_what_was_set_aside_for_the_date_before_does_not_hold_for_the_new_one(world):
    world.roster.put(an_availability("nurse-1", limits=Limits(max_drive_minutes=1)))
    day = world.creates(team=(a_seat("nurse-1", ("drive", "She asked for it.")), a_seat("medic-1")))
    after = reschedules(world, day)
    assert [each.clinician_id for each in after.team] == ["medic-1"]


def test_a_member_does_not_stand_in_their_own_way(world):
    world.roster.put(an_availability("nurse-1", limits=Limits(max_days_per_week=1, max_days_in_row=1)))
    day = world.with_team("nurse-1")
    assert reschedules(world, day).member("nurse-1")


def test_a_member_who_is_elsewhere_on_the_new_date_is_released(world):
    day = world.with_team("nurse-1", "medic-1")
    world.roster.put(replace(world.roster.practice(PRACTICE_ID), practice_id="practice-2"))
    world.roster.put(replace(world.roster.site(PRACTICE_ID, "site-1"), practice_id="practice-2"))
    other = world.with_team("nurse-1", practice_id="practice-2", on=on(1))
    after = reschedules(world, day)
    assert [each.clinician_id for each in after.team] == ["medic-1"]
    assert world.days.claims["nurse-1", on(1)] == other.case_day_id


def test_both_sides_begin_anew_on_the_new_date(world):
    day = edits(world, world.creates(), arrival="Back door", contact="Ada")
    day = world.service.confirm_details(FROM_PRACTICE, day.case_day_id, expected_version=day.version)
    day = edits(world, day, on=on(3), minutes=500)
    day = world.team.ask(MANAGER, day.case_day_id, a_seat("nurse-1"), expected_version=day.version)
    day = world.team.answer(MANAGER, day.case_day_id, "nurse-1", accepts=False, asked_at=day.member("nurse-1").asked_at)
    after = reschedules(world, day)
    assert (after.practice_confirmed_at, after.declined) == (None, frozenset())
    # The date that the practice wanted is settled; the length is not.
    assert after.wanted.edit == DayEdit(minutes=500)
    assert after.details == day.details


def test_to_its_own_date_a_day_is_not_moved(world):
    day = world.confirmed()
    world.told()
    assert reschedules(world, day, MONDAY) == day
    assert world.told() == []


def test_a_period_that_shrinks_while_a_day_is_rescheduled_loses_it(world):
    day = world.with_team()
    shrinks = a_period(last_on=MONDAY, version=2)
    days = Interrupted(world.days, "save", lambda: world.roster.put(shrinks))
    service = ChangesService(days, world.roster, now=world.clock)
    moved = service.reschedule(MANAGER, day.case_day_id, on(1), expected_version=day.version)
    assert (moved.on, moved.period_id, world.day(day)) == (on(1), None, moved)


def test_outside_of_its_period_a_day_belongs_to_none(world):
    day = world.with_team("nurse-1")
    assert reschedules(world, day, on(27)).period_id == "period-1"
    moved = reschedules(world, world.day(day), on(28))
    assert (moved.period_id, moved.member("nurse-1").answer) == (None, Answer.ASKED)
    again = reschedules(world, moved, on(29))
    assert again.period_id is None


def test_a_day_is_moved_to_a_free_date_ahead_with_a_permit(world):
    day = world.confirmed()
    with pytest.raises(InvalidInput) as refused:
        reschedules(world, day, NOW.date() - timedelta(days=1))
    assert pointers(refused) == ["/on"]
    world.creates(on=on(1))
    with pytest.raises(DateTaken):
        reschedules(world, day)
    world.roster.put(a_site(needs_permit=True, permit=Permit(number="1", valid_from=MONDAY, expires_on=on(2))))
    with pytest.raises(InvalidInput):
        reschedules(world, day, on(3))
    assert reschedules(world, day, on(2)).on == on(2)


#: On Sunday clocks go back from 2 to 1: what takes until 4 on Saturday is over at 3.
SATURDAY, SUNDAY = date(2026, 10, 31), date(2026, 11, 1)


def at_night(world, *patients_at):
    """A day from midnight until 4, with a patient at each of these times."""
    day = world.confirmed(on=SATURDAY, starts_at="00:00", minutes=240, period_id=None)
    patients = [a_patient_of_the_day(each, starts_at=each) for each in patients_at]
    return with_patients(world, day, *patients) if patients else day


def test_a_day_is_not_moved_to_a_date_on_which_its_patients_do_not_fit(world):
    day = at_night(world, "03:00")
    world.told()
    with pytest.raises(InvalidInput) as refused:
        reschedules(world, day, SUNDAY)
    assert pointers(refused) == ["/on"]
    wanted = edits(world, day, on=SUNDAY)
    with pytest.raises(InvalidInput) as refused:
        decides(world, wanted)
    assert pointers(refused) == ["/on"]
    assert (world.day(day).on, world.told()) == (SATURDAY, ["CaseDayChangeWanted"])


def test_patients_who_fit_move_with_their_day(world):
    day = at_night(world, "02:00")
    after = reschedules(world, day, SUNDAY)
    assert (after.on, after.patients) == (SUNDAY, 1)


def test_a_day_is_moved_only_with_the_patients_that_it_has_by_then(world):
    day = at_night(world)
    late = a_patient_of_the_day(starts_at="03:00")
    meanwhile = Interrupted(world.days, "save", lambda: with_patients(world, day, late))
    service = ChangesService(meanwhile, world.roster, now=world.clock)
    with pytest.raises(InvalidInput):
        service.reschedule(MANAGER, day.case_day_id, SUNDAY, expected_version=day.version)
    assert world.day(day).on == SATURDAY


def test_only_managers_reschedule(world):
    day = world.confirmed()
    with pytest.raises(RoleNotAllowed):
        reschedules(world, day, caller=FROM_PRACTICE)
    with pytest.raises(StaleVersion):
        reschedules(world, replace(day, version=1))


def test_a_day_of_a_site_that_is_gone_is_not_moved(world):
    day = world.confirmed()
    world.roster.sites.clear()
    with pytest.raises(Unknown):
        reschedules(world, day)


# Criteria


def test_a_care_team_that_has_set_nothing_has_the_defaults_of_version_0(world):
    found = world.changes.criteria(MANAGER)
    assert (found.care_team_id, found.of, found.version) == (TEAM_ID, {}, 0)


def test_criteria_are_set_in_versions_and_the_same_again_is_none(world):
    of = {ChangedField.ROOMS: Criterion(outcome=ChangeOutcome.WAITS)}
    wanted = ChangeCriteria(care_team_id="team-9", of=of)
    first = world.changes.set_criteria(MANAGER, wanted, expected_version=0)
    assert (first.care_team_id, first.version) == (TEAM_ID, 1)
    assert world.changes.set_criteria(MANAGER, wanted, expected_version=1) == first
    assert world.changes.criteria(MANAGER) == first
    with pytest.raises(StaleVersion):
        world.changes.set_criteria(MANAGER, wanted, expected_version=0)
    day = world.confirmed()
    assert edits(world, day, rooms=1).wanted.edit == DayEdit(rooms=1)


def test_criteria_that_could_not_be_kept_are_not_set(world):
    of = {ChangedField.ON: Criterion(outcome=ChangeOutcome.APPROVED)}
    with pytest.raises(InvalidInput):
        world.changes.set_criteria(MANAGER, ChangeCriteria(care_team_id=TEAM_ID, of=of), expected_version=0)


@pytest.mark.parametrize("caller", [FROM_PRACTICE, a_clinician_calls("nurse-1"), FROM_LAB])
def test_only_managers_read_and_set_criteria(world, caller):
    with pytest.raises(RoleNotAllowed):
        world.changes.criteria(caller)
    with pytest.raises(RoleNotAllowed):
        world.changes.set_criteria(caller, ChangeCriteria(care_team_id=TEAM_ID), expected_version=0)
