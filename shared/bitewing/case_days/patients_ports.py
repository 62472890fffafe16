"""What the use cases of a Case Day's patients ask of where patients are kept, and what they tell it."""

from dataclasses import dataclass
from typing import Protocol

from bitewing.case_days.activity import DayActivity
from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.joint_ports import CaseLink
from bitewing.case_days.patients import DayPatient
from bitewing.kernel.caller import Request
from bitewing.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientChange:
    """A patient who is assigned to a Case Day, changed or removed, with what is told of it; stored as one.

    Attributes:
        day: After the change: of the same version, with other patients.
        day_before: As it was read, before its patients were.
        patient: After the change; ``None`` where the patient is removed.
        before: Before the change; ``None`` for a new one.
        links: Cases whose work begins or ceases to be needed on the day.
    """

    day: CaseDay
    day_before: CaseDay
    patient: DayPatient | None
    before: DayPatient | None
    entry: DayActivity
    events: tuple[Event, ...]
    links: tuple[CaseLink, ...] = ()


class DayPatients(Protocol):
    """Where the patients of Case Days are kept."""

    def answered(self, request: Request) -> DayPatient | None:
        """Return whom this request assigned before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def save(self, change: PatientChange, *, request: Request | None = None) -> None:
        """Store a change, if the day, its patients and the cases are still as they were read; one transaction.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            Overtaken: Something is no longer so; nothing was stored.
            RequestInProgress: Others kept writing the same at this moment.
        """
