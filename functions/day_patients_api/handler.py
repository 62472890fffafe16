"""The patients of Case Days over HTTP, and the lab work that is needed on the day."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from bitewing.aws.http import (
    IdempotencyKey,
    IfMatch,
    answer,
    caller,
    create_api,
    request_in,
    version_in,
    versioned,
)
from bitewing.case_days.patients import DayPatient
from bitewing.kernel.caller import Caller
from bitewing.kernel.ids import read_id

from functions.day_patients_api.schemas import (
    DayPatientBody,
    DayPatientsView,
    DayPatientView,
    LabWorkView,
    NewDayPatientBody,
    WorkView,
)
from functions.day_patients_api.wiring import joint, patients

app = create_api()
logger = Logger()


@app.get("/v1/case-days/<case_day_id>/patients", tags=["case days"])
def list_day_patients(case_day_id: str) -> DayPatientsView:
    """List the patients of a day, the first treatment first.

    For its practice, managers, and the members who accepted the day, unless it was called off.
    """
    return _patients(caller(app), read_id(case_day_id))


@app.post("/v1/case-days/<case_day_id>/patients", tags=["case days"], status_code=201)
def assign_patient(
    case_day_id: str, body: NewDayPatientBody, idempotency_key: IdempotencyKey = None
) -> Response[DayPatientView]:
    """Assign a patient to a confirmed day, within its hours and where a room is free; for its practice."""
    who = caller(app)
    added = patients.add(who, read_id(case_day_id), body.read(), request_in(app, who, idempotency_key))
    return _patient(added, 201)


@app.patch("/v1/case-days/<case_day_id>/patients/<patient_id>", tags=["case days"])
def change_day_patient(
    case_day_id: str, patient_id: str, body: DayPatientBody, if_match: IfMatch = None
) -> Response[DayPatientView]:
    """Change what is said of a patient of a confirmed day; for its practice."""
    who, version, stored_id = caller(app), version_in(if_match), read_id(case_day_id)
    return _patient(patients.change(who, stored_id, read_id(patient_id), body.named(), expected_version=version))


@app.delete("/v1/case-days/<case_day_id>/patients/<patient_id>", tags=["case days"])
def remove_day_patient(case_day_id: str, patient_id: str, if_match: IfMatch = None) -> DayPatientsView:
    """Take a patient off a day that lies ahead or was called off, and return who is left; for its practice."""
    who, version, stored_id = caller(app), version_in(if_match), read_id(case_day_id)
    patients.remove(who, stored_id, read_id(patient_id), expected_version=version)
    return _patients(who, stored_id)


@app.get("/v1/case-days/<case_day_id>/lab-work", tags=["case days"])
def list_lab_work(case_day_id: str) -> LabWorkView:
    """List the lab cases whose work patients of a day need, and whether it will be there.

    For its practice, managers, and the members who accepted the day, unless it was called off.
    """
    works = joint.works(caller(app), read_id(case_day_id))
    return LabWorkView(lab_work=[WorkView.of(each) for each in works])


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway."""
    return answer(app, event, context, logger)


def _patients(who: Caller, case_day_id: str) -> DayPatientsView:
    return DayPatientsView(patients=[DayPatientView.of(each) for each in patients.of_day(who, case_day_id)])


def _patient(patient: DayPatient, status_code: int = 200) -> Response[DayPatientView]:
    return versioned(DayPatientView.of(patient), patient.version, status_code=status_code)
