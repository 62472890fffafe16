"""Patients of Case Days as they are answered, and the lab work that they need."""

import pytest

from tests.support.calls import CASE_DAY, DAY_PATIENT, DAY_PATIENTS, NEW_PATIENT, NURSE
from tests.support.http import DANA, HANNA, IRIS, LEO, MAX, Call
from tools.sample_case_days import CONFIRMED_DAY_ID, PATIENT_ID

LAB_WORK = f"{CASE_DAY}/lab-work"
OF_DAY = {"case_day_id": CONFIRMED_DAY_ID}
OF_PATIENT = OF_DAY | {"patient_id": PATIENT_ID}


def assigned(ask_as, key="key-1", **changes):
    headers = {"idempotency-key": key}
    return ask_as(IRIS, Call("POST", DAY_PATIENTS, OF_DAY, NEW_PATIENT | changes, headers=headers))


def test_patients_are_listed_by_their_start_for_the_practice_the_managers_and_the_team(ask_as):
    assert assigned(ask_as, starts_at="08:00", minutes=30).status == 201
    for person in (IRIS, MAX, NURSE):
        found = ask_as(person, Call("GET", DAY_PATIENTS, OF_DAY)).body["patients"]
        assert [each["starts_at"] for each in found] == ["08:00", "08:30"]
    for person in (HANNA, DANA):
        assert ask_as(person, Call("GET", DAY_PATIENTS, OF_DAY)).status == 404
    assert ask_as(MAX, Call("GET", CASE_DAY, OF_DAY)).body["patients"] == 2


def test_a_third_patient_finds_no_room_in_two(ask_as):
    assert assigned(ask_as).status == 201
    full = assigned(ask_as, "key-2", reference="C-92")
    assert (full.status, full.sentences) == (422, {"/starts_at": "All 2 rooms are taken at this time."})
    assert assigned(ask_as, "key-3", reference="C-92", starts_at="13:00").status == 201


def test_a_patient_is_changed_and_removed_at_their_version(ask_as):
    at_1, at_2 = {"if-match": '"1"'}, {"if-match": '"2"'}
    changed = ask_as(IRIS, Call("PATCH", DAY_PATIENT, OF_PATIENT, {"minutes": 75, "case_id": None}, headers=at_1))
    assert (changed.status, changed.etag, changed.body["minutes"]) == (200, '"2"', 75)
    stale = ask_as(IRIS, Call("DELETE", DAY_PATIENT, OF_PATIENT, headers=at_1))
    assert (stale.status, stale.body["actual_version"]) == (412, 2)
    removed = ask_as(IRIS, Call("DELETE", DAY_PATIENT, OF_PATIENT, headers=at_2))
    assert (removed.status, removed.body) == (200, {"patients": []})
    assert ask_as(MAX, Call("GET", CASE_DAY, OF_DAY)).body["missing"] == ["practice", "patients"]


@pytest.mark.parametrize(
    ("wrong", "sentences"),
    [
        ({"starts_at": "07:30"}, {"/starts_at": "The Case Day begins at 08:00."}),
        ({"starts_at": "15:00"}, {"/minutes": "The Case Day ends at 16:00."}),
        (
            {"age_years": 9},
            {"/age_years": "A patient of this age is a child in VT, and the team was chosen for other patients."},
        ),
        (
            {"special_needs": "Down syndrome"},
            {"/special_needs": "The team was chosen for patients without special needs."},
        ),
        (
            {"weight_class": "over_150_kg"},
            {"/weight_class": "The care team treats patients of less than 150 kg."},
        ),
        ({"case_id": "HARB00000001"}, {"/case_id": "Your practice has no case with this id."}),
    ],
    ids=lambda value: next(iter(value)),
)
def test_who_does_not_fit_into_the_day_is_refused_with_a_sentence(ask_as, wrong, sentences):
    answer = assigned(ask_as, **wrong)
    assert (answer.status, answer.sentences) == (422, sentences)


def test_the_work_of_a_patient_s_case_is_needed_on_the_day_from_then_on(ask_as, offline):
    assert assigned(ask_as, case_id="READY0000001").body["case_id"] == "READY0000001"
    linked = offline.items()["CASE#READY0000001", "CASE"]["case_day"]
    assert (linked["case_day_id"], linked["on"]) == (CONFIRMED_DAY_ID, "2099-12-18")


def test_the_case_of_a_patient_who_is_there_already_is_named_as_people_type_it(ask_as, offline):
    call = Call("PATCH", DAY_PATIENT, OF_PATIENT, {"case_id": "ready-0000-001"}, headers={"if-match": '"1"'})
    assert ask_as(IRIS, call).body["case_id"] == "READY0000001"
    assert offline.items()["CASE#READY0000001", "CASE"]["case_day"]["case_day_id"] == CONFIRMED_DAY_ID


def test_whether_the_work_of_its_patients_is_there_whoever_sees_the_day_is_told(ask_as):
    assert ask_as(IRIS, Call("GET", LAB_WORK, OF_DAY)).body == {"lab_work": []}
    assert assigned(ask_as, case_id="READY0000001").status == 201
    for person in (IRIS, MAX, NURSE):
        (work,) = ask_as(person, Call("GET", LAB_WORK, OF_DAY)).body["lab_work"]
        assert (work["case_id"], work["state"]) == ("READY0000001", "in_time")
        assert work["arrives_on"] < "2099-12-18"
    for person in (HANNA, DANA):
        assert ask_as(person, Call("GET", LAB_WORK, OF_DAY)).status == 404
    assert ask_as(LEO, Call("GET", LAB_WORK, OF_DAY)).status == 403
