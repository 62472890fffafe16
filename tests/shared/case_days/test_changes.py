"""What becomes of a practice's changes: criteria that are data, below, at and above each limit."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.site import Permit
from bitewing.case_days.case_day import Details, Hours
from bitewing.case_days.changes import (
    DEFAULT_CRITERIA,
    ChangeCriteria,
    ChangedField,
    ChangeOutcome,
    Criterion,
    DayEdit,
    ensure_criteria,
)
from bitewing.case_days.edits import applied, ensure_patients_fit, judged, really
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.values import ensure_day, ensure_place
from bitewing.kernel.errors import InvalidInput

from tests.support.builders import NOW
from tests.support.case_days import MONDAY, TEAM_ID, a_care_team, a_day, a_patient_of_the_day, a_site, on

CRITERIA = ChangeCriteria(care_team_id=TEAM_ID)
CONFIRMED = a_day(status=DayStatus.CONFIRMED, agreed=Hours(starts_at="08:00", minutes=480))
TENTATIVE = a_day()


def outcome(day, edit, criteria=CRITERIA, now=NOW):
    found = judged(day, edit, criteria, now=now)
    told = dict.fromkeys(found.applied.fields, "applied") | dict.fromkeys(found.waits.fields, "waits")
    return {each.value: said for each, said in told.items()} | dict.fromkeys(found.refused, "refused")


def test_every_field_has_a_criterion():
    assert set(DEFAULT_CRITERIA) == set(ChangedField)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (DayEdit(note="x"), "applied"),
        (DayEdit(arrival="x"), "applied"),
        (DayEdit(contact="x"), "applied"),
        (DayEdit(rooms=1), "applied"),
        (DayEdit(expected_patients=7), "applied"),
        (DayEdit(starts_at="08:59"), "applied"),
        (DayEdit(starts_at="09:00"), "applied"),
        (DayEdit(starts_at="09:01"), "waits"),
        (DayEdit(starts_at="07:00"), "applied"),
        (DayEdit(starts_at="06:59"), "waits"),
        (DayEdit(minutes=479), "applied"),
        (DayEdit(minutes=481), "waits"),
        (DayEdit(kind=PatientKind.MIXED), "waits"),
        (DayEdit(on=on(1)), "waits"),
        (DayEdit(on=MONDAY - timedelta(days=15)), "refused"),
    ],
)
def test_a_confirmed_day_is_changed_by_the_default_criteria(edit, expected):
    assert list(outcome(CONFIRMED, edit).values()) == [expected]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (DayEdit(note="x"), "applied"),
        (DayEdit(starts_at="06:00"), "applied"),
        (DayEdit(minutes=479), "applied"),
        (DayEdit(minutes=481), "waits"),
        (DayEdit(kind=PatientKind.MIXED), "waits"),
        (DayEdit(on=on(1)), "waits"),
        (DayEdit(on=MONDAY - timedelta(days=15)), "refused"),
    ],
)
def test_while_a_day_is_tentative_only_what_decides_about_its_team_or_is_longer_waits(edit, expected):
    refusing = ChangeCriteria(
        care_team_id=TEAM_ID, of=dict.fromkeys(ChangedField, Criterion(outcome=ChangeOutcome.REFUSED))
    )
    assert list(outcome(TENTATIVE, edit, refusing).values()) == [expected]


def test_many_small_moves_of_the_start_are_one_large_one():
    once = applied(CONFIRMED, DayEdit(starts_at="09:00"), by=DayParty.PRACTICE)
    assert outcome(once, DayEdit(starts_at="10:00")) == {"starts_at": "waits"}
    assert outcome(once, DayEdit(starts_at="07:00")) == {"starts_at": "applied"}
    shorter = applied(CONFIRMED, DayEdit(minutes=400), by=DayParty.PRACTICE)
    assert outcome(shorter, DayEdit(minutes=480)) == {"minutes": "applied"}
    assert outcome(shorter, DayEdit(minutes=481)) == {"minutes": "waits"}


def test_what_a_manager_changes_is_agreed():
    moved = applied(CONFIRMED, DayEdit(starts_at="10:00"), by=DayParty.MANAGER)
    assert outcome(moved, DayEdit(starts_at="11:00")) == {"starts_at": "applied"}
    assert applied(TENTATIVE, DayEdit(starts_at="10:00"), by=DayParty.MANAGER).agreed is None


def test_a_day_of_before_it_knew_what_was_agreed_is_measured_by_itself():
    assert outcome(replace(CONFIRMED, agreed=None), DayEdit(starts_at="09:01")) == {"starts_at": "waits"}


def test_several_fields_have_an_outcome_each_and_what_is_so_already_none():
    edit = DayEdit(note="x", starts_at="12:00", minutes=480, rooms=2)
    assert outcome(CONFIRMED, edit) == {"note": "applied", "starts_at": "waits", "rooms": "applied"}
    assert outcome(replace(CONFIRMED, details=Details(rooms=2)), DayEdit(rooms=2)) == {}


def test_a_time_that_is_over_is_refused_whatever_is_agreed():
    now = CONFIRMED.begins_at - timedelta(minutes=30)
    assert outcome(CONFIRMED, DayEdit(starts_at="07:30"), now=now) == {"starts_at": "refused"}
    assert outcome(CONFIRMED, DayEdit(starts_at="07:31"), now=now) == {"starts_at": "applied"}


def test_criteria_are_those_of_the_care_team_where_it_has_set_them():
    of = {
        ChangedField.NOTE: Criterion(outcome=ChangeOutcome.REFUSED),
        ChangedField.STARTS_AT: Criterion(outcome=ChangeOutcome.APPROVED, up_to=10, beyond=ChangeOutcome.REFUSED),
    }
    criteria = ChangeCriteria(care_team_id=TEAM_ID, of=of)
    assert outcome(CONFIRMED, DayEdit(note="x", starts_at="08:10"), criteria) == {
        "note": "refused",
        "starts_at": "applied",
    }
    assert outcome(CONFIRMED, DayEdit(starts_at="08:11"), criteria) == {"starts_at": "refused"}


@pytest.mark.parametrize(
    ("changed", "criterion", "pointers"),
    [
        (ChangedField.NOTE, Criterion(outcome=ChangeOutcome.APPROVED, up_to=5), ["/of/note/up_to"]),
        (ChangedField.STARTS_AT, Criterion(outcome=ChangeOutcome.APPROVED, up_to=-1), ["/of/starts_at/up_to"]),
        (ChangedField.STARTS_AT, Criterion(outcome=ChangeOutcome.APPROVED, up_to=0), []),
        (ChangedField.ON, Criterion(outcome=ChangeOutcome.APPROVED), ["/of/on/outcome"]),
        (ChangedField.KIND, Criterion(outcome=ChangeOutcome.APPROVED), ["/of/kind/outcome"]),
        (ChangedField.KIND, Criterion(outcome=ChangeOutcome.REFUSED), []),
        (ChangedField.PATIENTS, Criterion(outcome=ChangeOutcome.WAITS), ["/of/patients/outcome"]),
        (ChangedField.PATIENTS, Criterion(outcome=ChangeOutcome.REFUSED, beyond=ChangeOutcome.WAITS), []),
    ],
)
def test_criteria_that_could_not_be_kept_are_refused(changed, criterion, pointers):
    criteria = ChangeCriteria(care_team_id=TEAM_ID, of={changed: criterion})
    if not pointers:
        ensure_criteria(criteria)
        return
    with pytest.raises(InvalidInput) as refused:
        ensure_criteria(criteria)
    assert [each.pointer for each in refused.value.errors] == pointers


def test_an_edit_knows_what_it_changes():
    edit = DayEdit(on=on(1), note="")
    assert edit.fields == (ChangedField.NOTE, ChangedField.ON)
    assert edit.only({ChangedField.NOTE}) == DayEdit(note="")
    assert DayEdit(note="new").over(DayEdit(note="old", rooms=1)) == DayEdit(note="new", rooms=1)
    assert really(a_day(note="x"), DayEdit(note="x", rooms=3)) == DayEdit(rooms=3)


def test_an_applied_edit_of_start_or_length_asks_the_practice_anew():
    day = a_day(practice_confirmed_at=NOW, practice_confirmed_by="person-1")
    assert applied(day, DayEdit(arrival="x"), by=DayParty.PRACTICE).practice_confirmed_at == NOW
    for edit in (DayEdit(starts_at="09:00"), DayEdit(minutes=400)):
        after = applied(day, edit, by=DayParty.PRACTICE)
        assert (after.practice_confirmed_at, after.practice_confirmed_by) == (None, None)
    details = applied(day, DayEdit(arrival="Back door", rooms=1), by=DayParty.PRACTICE).details
    assert details == Details(arrival="Back door", rooms=1)


# Values


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"starts_at": "8:00"}, "/starts_at"),
        ({"starts_at": "24:00"}, "/starts_at"),
        ({"minutes": 59}, "/minutes"),
        ({"minutes": 60}, None),
        ({"minutes": 720}, None),
        ({"minutes": 721}, "/minutes"),
        ({"starts_at": "16:00", "minutes": 480}, None),
        ({"starts_at": "16:01", "minutes": 480}, "/minutes"),
        ({"on": MONDAY.replace(year=1999)}, "/on"),
        ({"on": MONDAY.replace(year=3000)}, "/on"),
        ({"details": Details(rooms=20)}, None),
        ({"details": Details(rooms=21)}, "/rooms"),
        ({"site_rooms": 0}, "/rooms"),
        ({"expected_patients": 0}, "/expected_patients"),
        ({"expected_patients": 40}, None),
        ({"expected_patients": 41}, "/expected_patients"),
        # A date of 23 hours is over an hour sooner.
        ({"on": MONDAY.replace(day=8), "starts_at": "00:00", "minutes": 720}, None),
        ({"on": MONDAY.replace(day=8), "starts_at": "16:00"}, None),
    ],
)
def test_a_day_has_hours_that_exist_and_end_on_its_date(changes, pointer):
    if pointer is None:
        ensure_day(a_day(**changes))
        return
    with pytest.raises(InvalidInput) as refused:
        ensure_day(a_day(**changes))
    assert [each.pointer for each in refused.value.errors] == [pointer]


def test_on_a_date_that_clocks_make_shorter_a_day_ends_by_the_clock():
    # Berlin, where the clocks skip two o'clock: twelve hours from 00:30 on end at 13:30.
    day = a_day(on=MONDAY.replace(day=29), time_zone="Europe/Berlin", starts_at="00:30", minutes=720)
    ensure_day(day)
    assert day.ends_at.hour == 11


@pytest.mark.parametrize(
    ("site", "care_team", "now", "pointers"),
    [
        ({}, {}, NOW, []),
        ({"is_active": False}, {}, NOW, ["/site_id"]),
        ({"state": "GA"}, {}, NOW, ["/site_id"]),
        ({}, {}, a_day().begins_at, ["/on"]),
        ({}, {}, a_day().begins_at - timedelta(seconds=1), []),
        ({"needs_permit": True}, {}, NOW, ["/on"]),
        ({"needs_permit": True, "permit": Permit(number="1", valid_from=MONDAY, expires_on=MONDAY)}, {}, NOW, []),
        ({"needs_permit": True, "permit": Permit(number="1", valid_from=on(1), expires_on=on(2))}, {}, NOW, ["/on"]),
        ({"needs_permit": True, "permit": Permit(number="1", valid_from=on(-2), expires_on=on(-1))}, {}, NOW, ["/on"]),
    ],
)
def test_a_day_takes_place_at_an_open_site_of_the_care_team_with_a_permit_in_the_future(site, care_team, now, pointers):
    place, team = a_site(**site), a_care_team(**care_team)
    if not pointers:
        ensure_place(a_day(), place, team, now=now)
        return
    with pytest.raises(InvalidInput) as refused:
        ensure_place(a_day(), place, team, now=now)
    assert [each.pointer for each in refused.value.errors] == pointers


# Patients who are assigned


@pytest.mark.parametrize(
    ("edit", "fits"),
    [
        (DayEdit(note="x"), True),
        (DayEdit(minutes=420), True),
        (DayEdit(minutes=419), False),
        (DayEdit(starts_at="07:30"), True),
        (DayEdit(starts_at="14:01"), False),
        (DayEdit(rooms=1), True),
        (DayEdit(kind=PatientKind.SPECIAL_NEEDS), True),
    ],
)
def test_patients_who_are_assigned_still_fit(edit, fits):
    patients = [a_patient_of_the_day(), a_patient_of_the_day("patient-2", starts_at="08:00")]
    day = applied(CONFIRMED, edit, by=DayParty.PRACTICE)
    if fits:
        ensure_patients_fit(day, edit, patients)
        return
    with pytest.raises(InvalidInput) as refused:
        ensure_patients_fit(day, edit, patients)
    assert [each.pointer for each in refused.value.errors] == [f"/{name}" for name in edit.fields]
    assert not any("MH" in each.says or "P-7" in each.says for each in refused.value.errors)


def test_two_patients_at_once_need_two_rooms():
    patients = [a_patient_of_the_day(), a_patient_of_the_day("patient-2")]
    with pytest.raises(InvalidInput):
        ensure_patients_fit(applied(CONFIRMED, DayEdit(rooms=1), by=DayParty.PRACTICE), DayEdit(rooms=1), patients)
