"""Patients of Case Days, kept in the table beside their day: whoever changes one has read them all.

Rooms are counted over all patients of a day. A change therefore holds only if nobody changed the day or another
patient since they were read: of two who take the last room, one is told to look again.
"""

from bitewing.aws import keys
from bitewing.aws.answers import Answering
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import record
from bitewing.aws.table import ALWAYS, IS_NEW, ConditionsFailed, Delete, Put, Write, is_version
from bitewing.case_days.joint_store import link_writes
from bitewing.case_days.patients import DayPatient
from bitewing.case_days.patients_ports import PatientChange
from bitewing.case_days.ports import Overtaken
from bitewing.case_days.store import as_read, copies_of
from bitewing.kernel.caller import Request


class TableDayPatients(Answering):
    """Keeps the port :class:`bitewing.case_days.patients_ports.DayPatients` over the table."""

    def answered(self, request: Request) -> DayPatient | None:
        """Return whom this request assigned before."""
        return self._recalled(request, DayPatient)

    def save(self, change: PatientChange, *, request: Request | None = None) -> None:
        """Store a change, if the day, its patients and the cases are still as they were read; one transaction."""
        writes = [
            *_day_writes(change),
            *_patient_writes(change),
            *(write for link in change.links for write in link_writes(link)),
            *announced(change.events),
        ]
        entry = change.entry
        writes.append(Put(key=keys.day_activity(entry.case_day_id, entry.entry_id), values=record(entry)))
        try:
            self._write_once(writes, request, change.patient)
        except ConditionsFailed as error:
            raise Overtaken from error


def _day_writes(change: PatientChange) -> list[Write]:
    """Return the writes of a day and its copies, which are where they were: they follow the day."""
    day, values = change.day, record(change.day)
    return [
        Put(key=keys.case_day(day.case_day_id), values=values, condition=as_read(change.day_before)),
        *(Put(key=key, values=values, condition=ALWAYS) for key in copies_of(day)),
    ]


def _patient_writes(change: PatientChange) -> list[Write]:
    patient, before = change.patient, change.before
    if patient is None:
        # Who removes one has read them all: the day is as it was then, and so are they.
        return [Delete(key=keys.day_patient(each.case_day_id, each.patient_id)) for each in [before] if each]
    key = keys.day_patient(patient.case_day_id, patient.patient_id)
    return [Put(key=key, values=record(patient), condition=is_version(before.version) if before else IS_NEW)]
