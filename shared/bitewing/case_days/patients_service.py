"""The use cases of a Case Day's patients: its practice assigns them, and its care team reads them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from bitewing.care_teams.screening import AsaClass, Screening, WeightClass
from bitewing.case_days.access import day_party_of, ensure_day_visible, ensure_patients_visible
from bitewing.case_days.activity import DayActivity, DayDeed
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.changes import ChangeCriteria, ChangedField, ChangeOutcome
from bitewing.case_days.changing import Changing, members_of
from bitewing.case_days.events import CaseDayPatientsChanged
from bitewing.case_days.joint import NEEDS_WORK, link_details
from bitewing.case_days.joint_ports import CaseLink, LinkedCases
from bitewing.case_days.patients import (
    MAX_PATIENTS,
    DayPatient,
    ensure_fits,
    ensure_patient,
)
from bitewing.case_days.patients_ports import DayPatients, PatientChange
from bitewing.case_days.ports import CaseDays, Roster
from bitewing.case_days.status import CALLED_OFF, DayParty, DayStatus
from bitewing.case_days.telling import Telling
from bitewing.cases.activity import Deed, entry_of
from bitewing.cases.case import Case
from bitewing.cases.linked_day import LinkedDay
from bitewing.cases.status import Status
from bitewing.kernel.caller import PRACTICE_ROLES, Caller, Request
from bitewing.kernel.errors import (
    CaseDayNotConfirmed,
    ChangesRefused,
    FieldError,
    InvalidInput,
    RoleNotAllowed,
    TooManyPatients,
    Unknown,
)
from bitewing.kernel.ids import new_id
from bitewing.kernel.versions import ensure_version


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """A patient whom a practice assigns, see :class:`bitewing.case_days.patients.DayPatient`."""

    reference: str
    initials: str
    age_years: int
    procedure: str
    starts_at: str
    minutes: int
    weight_class: WeightClass
    asa_class: AsaClass
    special_needs: str = ""
    note: str = ""
    case_id: str | None = None


class PatientService(Changing):
    """Assigns patients to Case Days."""

    def __init__(
        self,
        days: CaseDays,
        roster: Roster,
        patients: DayPatients,
        cases: LinkedCases,
        *,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(days, roster, now=now)
        self._patients, self._cases = patients, cases

    def of_day(self, caller: Caller, case_day_id: str) -> tuple[DayPatient, ...]:
        """Return the patients of a day, the first treatment first.

        Raises:
            RoleNotAllowed: The caller works in no practice and no care team.
            Unknown: There is no such day for this caller, or a clinician has not accepted it, or it was called off.
        """
        ensure_patients_visible(self._days.find(case_day_id), caller)
        return tuple(sorted(self._days.patients(case_day_id), key=lambda each: (each.starts_at, each.patient_id)))

    def add(self, caller: Caller, case_day_id: str, new: NewPatient, request: Request) -> DayPatient:
        """Assign a patient to a confirmed day; the same request gives the same answer.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is not of its practice.
            CaseDayClosed: The day has begun, or will not take place.
            CaseDayNotConfirmed: It is not confirmed.
            ChangesRefused: The care team takes no changes of patients.
            TooManyPatients: The day has as many patients as it can have.
            InvalidInput: A value is none, the patient does not fit into the day, the care team treats nobody so sick
                or heavy, or the work of the case cannot be needed on it.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._add(caller, case_day_id, new, request))

    def change(
        self,
        caller: Caller,
        case_day_id: str,
        patient_id: str,
        changes: Mapping[str, Any],
        *,
        expected_version: int,
    ) -> DayPatient:
        """Change what is said of a patient of a confirmed day; what is so already is no change.

        Args:
            caller: Who calls.
            case_day_id: The day.
            patient_id: The patient.
            changes: Field of :class:`NewPatient` to its new value.
            expected_version: The version of the patient that the caller read.

        Raises:
            Unknown: There is no such day for this caller, or no such patient.
            RoleNotAllowed: The caller is not of its practice.
            CaseDayClosed: The day has begun, or will not take place.
            CaseDayNotConfirmed: It is not confirmed.
            ChangesRefused: The care team takes no changes of patients.
            StaleVersion: The patient has another version.
            InvalidInput: A value is none, the patient does not fit into the day any more, the care team treats nobody
                so sick or heavy, or the work of the case cannot be needed on it.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._change(caller, case_day_id, patient_id, changes, expected_version))

    def remove(self, caller: Caller, case_day_id: str, patient_id: str, *, expected_version: int) -> None:
        """Take a patient off a day that lies ahead, also off one that is no longer confirmed, or was called off.

        Raises:
            Unknown: There is no such day for this caller, or no such patient.
            RoleNotAllowed: The caller is not of its practice.
            CaseDayClosed: The day has begun.
            ChangesRefused: The care team takes no changes of patients.
            StaleVersion: The patient has another version.
            RequestInProgress: Others kept changing the same at this moment.
        """
        self.in_tries(lambda: self._remove(caller, case_day_id, patient_id, expected_version))

    def _add(self, caller: Caller, case_day_id: str, new: NewPatient, request: Request) -> DayPatient:
        day, patients = self._read(caller, case_day_id)
        if (before := self._patients.answered(request)) is not None:
            return before
        self._ensure_open(day)
        if len(patients) >= MAX_PATIENTS:
            raise TooManyPatients(limit=MAX_PATIENTS)
        now = self._now()
        patient = DayPatient(
            patient_id=new_id(now),
            case_day_id=case_day_id,
            added_at=now,
            **{each.name: getattr(new, each.name) for each in fields(NewPatient)},
        )
        ensure_patient(patient)
        ensure_fits(patient, patients, day, self._screening(day))
        self._patients.save(self._changed(caller, day, patients, patient=patient, before=None), request=request)
        return patient

    def _change(
        self, caller: Caller, case_day_id: str, patient_id: str, changes: Mapping[str, Any], expected_version: int
    ) -> DayPatient:
        day, patients = self._read(caller, case_day_id)
        self._ensure_open(day)
        before = _found(patients, patient_id, expected_version)
        if (patient := replace(before, **changes)) == before:
            return before
        patient = replace(patient, version=before.version + 1)
        ensure_patient(patient)
        ensure_fits(patient, tuple(each for each in patients if each is not before), day, self._screening(day))
        self._patients.save(self._changed(caller, day, patients, patient=patient, before=before))
        return patient

    def _remove(self, caller: Caller, case_day_id: str, patient_id: str, expected_version: int) -> None:
        day, patients = self._read(caller, case_day_id)
        if day.status not in CALLED_OFF:
            day.ensure_ahead(self._now())
        self._ensure_taken(day)
        before = _found(patients, patient_id, expected_version)
        self._patients.save(self._changed(caller, day, patients, patient=None, before=before))

    def _read(self, caller: Caller, case_day_id: str) -> tuple[CaseDay, tuple[DayPatient, ...]]:
        """Return a day of the caller's practice, and then its patients: whoever changes them meanwhile is noticed."""
        day = ensure_day_visible(self._days.find(case_day_id), caller)
        if day_party_of(caller) is not DayParty.PRACTICE:
            raise RoleNotAllowed(PRACTICE_ROLES)
        return day, self._days.patients(case_day_id)

    def _screening(self, day: CaseDay) -> Screening:
        return self.care_team(day.care_team_id).screening

    def _ensure_open(self, day: CaseDay) -> None:
        day.ensure_ahead(self._now())
        if day.status is not DayStatus.CONFIRMED:
            raise CaseDayNotConfirmed(status=day.status)
        self._ensure_taken(day)

    def _ensure_taken(self, day: CaseDay) -> None:
        """Refuse what the criteria of the care team refuse; they are about confirmed days."""
        criteria = self._days.criteria(day.care_team_id) or ChangeCriteria(care_team_id=day.care_team_id)
        is_refused = criteria.judge(ChangedField.PATIENTS, None) is ChangeOutcome.REFUSED
        if is_refused and day.status is DayStatus.CONFIRMED:
            raise ChangesRefused({ChangedField.PATIENTS.value: "The care team does not take this change by itself."})

    def _links(
        self,
        caller: Caller,
        day: CaseDay,
        patients: Sequence[DayPatient],
        patient: DayPatient | None,
        before: DayPatient | None,
    ) -> tuple[CaseLink, ...]:
        """Return the cases whose work begins or ceases to be needed on a day.

        Raises:
            InvalidInput: The practice has no such case, it was canceled, or another patient needs its work.
        """
        old, new = (each.case_id if each else None for each in (before, patient))
        links = []
        if old != new and old is not None:
            case = self._cases.find(old)
            if case is not None and case.case_day is not None and case.case_day.case_day_id == day.case_day_id:
                links.append(self._link(caller, case, None))
        if old != new and new is not None:
            case = self._needed_case(new, day, patients)
            links.append(self._link(caller, case, LinkedDay(case_day_id=day.case_day_id, on=day.on)))
        return tuple(links)

    def _link(self, caller: Caller, case: Case, linked: LinkedDay | None) -> CaseLink:
        details = link_details(case.case_day, linked)
        entry = entry_of(case.case_id, Deed.CASE_DAY_CHANGED, details, by=caller, at=self._now())
        return CaseLink(case=case, linked=linked, entry=entry)

    def _needed_case(self, case_id: str, day: CaseDay, patients: Sequence[DayPatient]) -> Case:
        case = self._cases.find(case_id)
        if case is None or case.practice_id != day.practice_id:
            raise InvalidInput(FieldError("/case_id", "Your practice has no case with this id."))
        if case.status is Status.CANCELLED:
            raise InvalidInput(FieldError("/case_id", "This case was canceled: no work comes of it."))
        if any(each.case_id == case_id for each in patients):
            raise InvalidInput(FieldError("/case_id", "Another patient of this Case Day has this case."))
        linked = case.case_day
        other = self._days.find(linked.case_day_id) if linked and linked.case_day_id != day.case_day_id else None
        if other is not None and other.status in NEEDS_WORK:
            says = f"The work of this case is needed on the Case Day on {other.on.isoformat()}: remove it there first."
            raise InvalidInput(FieldError("/case_id", says))
        return case

    def _changed(
        self,
        caller: Caller,
        day: CaseDay,
        patients: Sequence[DayPatient],
        *,
        patient: DayPatient | None,
        before: DayPatient | None,
    ) -> PatientChange:
        now = self._now()
        links = self._links(caller, day, patients, patient, before)
        count = len(patients) + (patient is not None) - (before is not None)
        after = replace(day, patients=count, patients_version=day.patients_version + 1)
        telling = Telling(after, at=now)
        told = members_of(after) if day.status is DayStatus.CONFIRMED else ()
        case_ids = tuple(each.case.case_id for each in links)
        telling.tell(CaseDayPatientsChanged, clinicians=told, managers=True, patients=count, case_ids=case_ids)
        entry = DayActivity(
            entry_id=new_id(now),
            case_day_id=day.case_day_id,
            at=now,
            by=DayParty.PRACTICE,
            user_id=caller.user_id,
            deed=DayDeed.PATIENTS_CHANGED,
            details={"what": _what(patient, before), "patients": str(count)},
        )
        return PatientChange(
            day=after,
            day_before=day,
            patient=patient,
            before=before,
            entry=entry,
            events=telling.events,
            links=links,
        )


def _found(patients: Sequence[DayPatient], patient_id: str, expected_version: int) -> DayPatient:
    found = next((each for each in patients if each.patient_id == patient_id), None)
    if found is None:
        raise Unknown("patient")
    ensure_version(found.version, expected=expected_version)
    return found


def _what(patient: DayPatient | None, before: DayPatient | None) -> str:
    """Return in a word what becomes of a patient, and nothing of who it is."""
    if patient is None:
        return "removed"
    return "added" if before is None else "changed"
