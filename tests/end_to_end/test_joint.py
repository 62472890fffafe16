"""A Case Day and the lab work that a patient of it needs, over real requests: whichever moves, both sides show it."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from local.case_days_seed import ADA, MILO, NORA
from local.case_days_telling import Cast, free_fortnight
from local.seed import IRIS
from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import Journey

#: Too soon for a guide: no lab makes and ships one in two days.
SOON = (datetime.now(UTC) + timedelta(days=2)).date()
TEAM = (NORA, MILO, ADA)
PATIENT = {
    "reference": "No-5120",
    "initials": "LOU",
    "age_years": 58,
    "procedure": "One implant, guided",
    "starts_at": "09:00",
    "minutes": 120,
    "weight_class": "50_to_99_kg",
    "asa_class": "2",
}


@pytest.fixture(scope="module")
def cast(stack):
    """Everybody of the care team and of its practices, signed in."""
    return Cast(stack)


def confirmed(cast, on):
    """The path of a day at Maple Street on which everybody comes."""
    host = cast.hosts[IRIS]
    people = [cast.clinicians[each] for each in TEAM]
    body = {
        "practice_id": host.practice_id,
        "site_id": host.site["site_id"],
        "on": on.isoformat(),
        "starts_at": "08:00",
        "minutes": 480,
        "kind": "adult",
        "expected_patients": 3,
        "team": [{"role": each.role, "clinician_id": each.clinician_id, "overrides": []} for each in people],
    }
    day = cast.manager.post("/v1/case-days", body).expect(201).body
    path = f"/v1/case-days/{day['case_day_id']}"
    all_accept(cast, path)
    cast.manager.post(f"{path}/confirm", None, version=cast.manager.get(path).expect(200).version).expect(200)
    return path


def all_accept(cast, path):
    for member in cast.manager.get(path).expect(200).body["team"]:
        accepts, who = {"to": "accepted", "asked_at": member["asked_at"]}, member["clinician_id"]
        cast.clinician(who).api.post(f"{path}/team/{who}/answer", accepts).expect(200)


class Joint:
    """A guide that is prepared, and the day on which a patient needs it."""

    def __init__(self, cast, journey, path):
        self.cast, self.journey, self.path = cast, journey, path

    def of_case(self):
        """What the case says of its day, as its practice reads it."""
        case_day = self.journey.case()["case_day"]
        return case_day and (date.fromisoformat(case_day["on"]), case_day["is_late"])

    def of_day(self, reader):
        """What the day says of the work, as somebody reads it."""
        (work,) = reader.get(f"{self.path}/lab-work").expect(200).body["lab_work"]
        assert work["case_id"] == self.journey.case_id
        return work["state"]

    def once_it_says(self, on, *, is_late):
        return eventually(lambda: self.of_case() == (on, is_late))

    def history(self):
        return [entry["details"] for entry in self.journey.activity() if entry["deed"] == "case_day_changed"]

    def reschedule(self, on):
        manager = self.cast.manager
        version = manager.get(self.path).expect(200).version
        manager.post(f"{self.path}/reschedule", {"on": on.isoformat()}, version=version).expect(200)


@pytest.fixture(scope="module")
def moved(cast, iris, heard):
    """What both sides said while the day moved away from the guide and the guide was given up."""
    journey = Journey(iris)
    journey.start("surgical_guide")
    before = journey.rules()
    joint = Joint(cast, journey, confirmed(cast, SOON))
    patient = PATIENT | {"case_id": journey.case_id}
    iris.post(f"{joint.path}/patients", patient).expect(201)
    seen = []

    def look(on, *, is_late):
        joint.once_it_says(on, is_late=is_late)
        nurse = cast.clinicians[NORA].api
        states = {joint.of_day(reader) for reader in (iris, cast.manager, nurse)}
        seen.append(SimpleNamespace(states=states, rules=journey.rules()))

    look(SOON, is_late=True)
    later = free_fortnight(cast.manager)[0]
    joint.reschedule(later)
    # Whoever is asked anew reads of patients and their work once they accept.
    while_asked = cast.clinicians[NORA].api.get(f"{joint.path}/lab-work").status
    all_accept(cast, joint.path)
    look(later, is_late=False)
    case = iris.get(journey.path).expect(200)
    iris.post(f"{journey.path}/transitions", {"to": "cancelled"}, version=case.version).expect(200)
    look(later, is_late=True)
    told = [
        event
        for event in heard.of_case(journey.case_id)
        if event["detail-type"] in {"CaseDayWorkLate", "CaseDayWorkInTime"}
    ]
    return SimpleNamespace(joint=joint, before=before, seen=seen, told=told, later=later, while_asked=while_asked)


def test_a_guide_that_is_not_there_in_time_is_late_on_both_sides(moved):
    assert "DUE-APPOINTMENT" not in moved.before
    assert "DUE-APPOINTMENT" in moved.seen[0].rules
    assert moved.seen[0].states == {"late"}


def test_a_day_that_moves_is_in_time_on_both_sides(moved):
    assert "DUE-APPOINTMENT" not in moved.seen[1].rules
    assert moved.seen[1].states == {"in_time"}


def test_a_clinician_who_is_only_asked_reads_nothing_of_the_work(moved):
    assert moved.while_asked == 404


def test_a_guide_that_was_given_up_does_not_come(moved):
    assert moved.seen[2].states == {"not_coming"}


def test_practice_and_managers_hear_of_each_once(moved):
    names = [(event["detail-type"], event["detail"]["on"]) for event in moved.told]
    later = moved.later.isoformat()
    assert sorted(names) == sorted(
        [("CaseDayWorkLate", SOON.isoformat()), ("CaseDayWorkInTime", later), ("CaseDayWorkLate", later)]
    )
    for event in moved.told:
        detail = event["detail"]
        assert (detail["concerns_practice"], detail["concerns_managers"], detail["concerns"]) == (True, True, [])


def test_the_history_of_the_case_says_what_became_of_its_day(moved):
    soon, later = SOON.isoformat(), moved.later.isoformat()
    assert moved.joint.history() == [
        {"on": soon},
        {"work": "late"},
        {"previous_on": soon, "on": later, "work": "in_time"},
        {"work": "late"},
    ]


def test_another_practice_and_another_lab_see_nothing_of_either(moved, hanna, cora):
    for stranger in (hanna, cora):
        assert stranger.get(moved.joint.journey.path).status == 404
    assert hanna.get(f"{moved.joint.path}/lab-work").status == 404
    assert cora.get(f"{moved.joint.path}/lab-work").status == 403
