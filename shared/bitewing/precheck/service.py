"""Checking a case as it stands: on this day while something is to be sent, else on the day of its sending."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from bitewing.cases.case import Case
from bitewing.cases.remakes import MAX_REMAKES
from bitewing.directory.service import Circumstances, Directory
from bitewing.kernel.errors import Unknown
from bitewing.precheck.finding import Precheck

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile
    from bitewing.precheck.checked_case import CheckedCase
    from bitewing.requirements.profile import RequirementProfile


class CasesOfPatients(Protocol):
    """Where other cases are found: those of a patient, and those that a case replaces."""

    def find_all(self, case_ids: Iterable[str]) -> tuple[Case, ...]:
        """Return those of up to 100 cases that exist, in no order, in one request; they may lag a moment behind."""

    def of_patient(self, practice_id: str, patient_key: str) -> tuple[Case, ...]:
        """Return the newest cases of a patient of a practice, in one request; they may lag a moment behind."""


class PrecheckService:
    """Brings together what PreCheck looks at."""

    def __init__(self, directory: Directory, cases: CasesOfPatients, *, now: Callable[[], datetime]) -> None:
        self._directory, self._cases, self._now = directory, cases, now

    def circumstances(self, case: Case) -> Circumstances:
        """Return what the case refers to, with the requirements that are in force for it; two requests at most."""
        known = self._directory.circumstances(
            practice_id=case.practice_id,
            dentist_id=case.dentist_id,
            lab_id=case.lab_id,
            case_type=case.case_type,
        )
        return replace(known, profile=self.in_force(case, known.profile))

    def in_force(self, case: Case, profile: "RequirementProfile | None") -> "RequirementProfile | None":
        """Return what holds for a case where this is its lab's profile.

        Where a lab stops offering a type, a case that was sent before goes on, and can be sent again: with the
        version of its last sending.
        """
        if case.submission is None or (profile is not None and profile.is_offered):
            return profile
        sent_with = self._directory.profile_version(case.lab_id, case.case_type, case.submission.profile_version)
        return sent_with or profile

    def check(self, case: Case, files: "tuple[CaseFile, ...]", circumstances: Circumstances | None = None) -> Precheck:
        """Return the findings on a case with these files, as they are at this moment.

        Days are counted from today while the case is prepared, or a change of it waits to be sent. Else they are
        counted from the day of its sending: nobody can mend what only the passing of time makes wrong.

        Args:
            case: The case.
            files: Its files; removed ones are not looked at.
            circumstances: What the case refers to, where it was read already.

        Raises:
            Unknown: The practice or the lab is not in the directory.
        """
        return self.run(self.gather(case, files, circumstances))

    def gather(
        self,
        case: Case,
        files: "tuple[CaseFile, ...]",
        circumstances: Circumstances | None = None,
        *,
        is_for_sending: bool = False,
    ) -> "CheckedCase":
        """Return all that the rules look at, as it is at this moment.

        Who compares profiles gathers once: between two readings, other cases come and a day can end.

        Args:
            case: The case.
            files: Its files; removed ones are not looked at.
            circumstances: What the case refers to, where it was read already.
            is_for_sending: Whether it is about to be sent, changed or not: days are counted from today.

        Raises:
            Unknown: The practice or the lab is not in the directory.
        """
        from bitewing.precheck.checked_case import CheckedCase  # noqa: PLC0415

        known = circumstances or self.circumstances(case)
        if known.practice is None or known.lab is None:
            raise Unknown("organization")
        at = self._now()
        submission = case.submission
        is_prepared = is_for_sending or submission is None or case.is_to_be_sent
        counted_from = at if is_prepared or submission is None else submission.submitted_at
        lab_zone = known.lab.time_zone
        return CheckedCase(
            case=case,
            files=files,
            practice=known.practice,
            dentist=known.dentist,
            lab=known.lab,
            connection=known.connection,
            profile=known.profile,
            at=at,
            today=_day(counted_from, lab_zone),
            practice_today=_day(counted_from, known.practice.time_zone or lab_zone),
            other_cases=self._others(case) if is_prepared else (),
            originals=self._originals(case) if is_prepared else None,
        )

    @staticmethod
    def run(gathered: "CheckedCase") -> Precheck:
        """Return the findings on what was gathered."""
        # Each rule is a module: who checks loads them, and not every start of a function that may check.
        from bitewing.precheck.precheck import run  # noqa: PLC0415

        return run(gathered)

    def required_is_missing(self, case: Case, files: "tuple[CaseFile, ...]", acknowledged: Collection[str]) -> bool:
        """Return whether something that the lab requires is missing because a file failed after the sending.

        Raises:
            Unknown: The practice or the lab is not in the directory.
        """
        from bitewing.precheck.failed import required_is_missing  # noqa: PLC0415

        return required_is_missing(self.gather(case, files), acknowledged)

    def run_under(self, gathered: "CheckedCase", profile: "RequirementProfile | None") -> Precheck:
        """Return the findings on what was gathered, where this were the profile of its lab."""
        return self.run(replace(gathered, profile=self.in_force(gathered.case, profile)))

    def _originals(self, case: Case) -> tuple[Case, ...] | None:
        """Return the case that this one replaces, the one that that replaced, and so on, each in one request.

        Returns:
            As many as there are, up to one more than may stand behind one another; they may lag a moment behind.
            ``None`` where the case replaces none.
        """
        if case.remake_of is None:
            return None
        found: list[Case] = []
        named: str | None = case.remake_of
        while named and named != case.case_id and len(found) <= MAX_REMAKES:
            originals = self._cases.find_all([named])
            if not originals or not _is_told_of(originals[0], case):
                break
            found.append(originals[0])
            named = originals[0].remake_of
        return tuple(found)

    def _others(self, case: Case) -> tuple[Case, ...]:
        if case.patient_key is None:
            return ()
        found = self._cases.of_patient(case.practice_id, case.patient_key)
        return tuple(other for other in found if other.case_id != case.case_id and _is_told_of(other, case))


def _is_told_of(other: Case, case: Case) -> bool:
    """Whether who prepares a case may hear of another one: a lab that started it, only of those that it knows."""
    is_of_lab = other.lab_id == case.lab_id and other.is_known_to_lab
    return other.practice_id == case.practice_id and (is_of_lab or not case.is_lab_started)


def _day(at: datetime, time_zone: str) -> date:
    return at.astimezone(ZoneInfo(time_zone)).date()
