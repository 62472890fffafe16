"""The steps of ``case_submission``: handing over what was sent to the lab. Each step may run more than once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bitewing.cases.activity import Deed, entry_of
from bitewing.cases.case import Case
from bitewing.cases.events import CaseMoved, HeldCaseWentOn, event_head
from bitewing.cases.ports import TRIES, Cases, Change, FilesChanged
from bitewing.cases.status import Party, Status
from bitewing.files.case_file import CaseFile
from bitewing.kernel.errors import RequestInProgress, StaleVersion, Unknown
from bitewing.kernel.events import Event
from bitewing.precheck.service import PrecheckService


class Readiness(StrEnum):
    """Whether the files of a submission can go to the lab."""

    READY = "ready"
    WAITING = "waiting"
    FAILED = "failed"
    #: The case is no longer in this submission: it was handed over before, or sent again.
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesCheck:
    """Whether the files of a submission can go to the lab, and which."""

    readiness: Readiness
    file_ids: tuple[str, ...] = ()


class HandedOver(Protocol):
    """Where it is kept which files a lab got."""

    def record_handover(self, file: CaseFile, submission_number: int) -> None:
        """Store with which submission the lab got the file, unless it got it with a later one."""


class LabFiles(Protocol):
    """Where labs find files."""

    def hand_over(self, file: CaseFile, *, lab_id: str, submission_number: int) -> None:
        """Copy a kept file to where its lab finds it; doing it again changes nothing."""


class HandoverService:
    """Moves a submitted case to its lab, also while that has paused it: then the case comes back to where it got."""

    def __init__(
        self,
        cases: Cases,
        files: HandedOver,
        objects: LabFiles,
        prechecks: PrecheckService,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._cases, self._files, self._objects = cases, files, objects
        self._prechecks, self._now = prechecks, now

    def check_files(self, case_id: str, submission_number: int) -> FilesCheck:
        """Say whether all files of a submission were inspected, and can be used.

        The submission failed where something that the lab requires is missing because a file cannot be used or never
        came. What the practice sent the case with, as an acknowledged warning, fails nothing.
        """
        case, files = self._read(case_id)
        if not _is_under_way(case, submission_number):
            return FilesCheck(readiness=Readiness.SETTLED)
        if any(file.is_pending and not file.is_abandoned(self._now()) for file in files):
            return FilesCheck(readiness=Readiness.WAITING)
        acknowledged = case.submission.acknowledged if case.submission else ()
        if self._prechecks.required_is_missing(case, files, acknowledged):
            return FilesCheck(readiness=Readiness.FAILED)
        return FilesCheck(readiness=Readiness.READY, file_ids=tuple(file.file_id for file in files if file.is_clean))

    def copy_file(self, case_id: str, submission_number: int, file_id: str) -> None:
        """Put one file where the lab finds it; nothing, where the case is no longer in this submission.

        Raises:
            Unknown: There is no such case or file.
        """
        case, files = self._read(case_id)
        if not _is_under_way(case, submission_number):
            return
        for file in files:
            if file.file_id == file_id:
                self._objects.hand_over(file, lab_id=case.lab_id, submission_number=submission_number)
                self._files.record_handover(file, submission_number)
                return
        raise Unknown("file")

    def receive(self, case_id: str, submission_number: int) -> Status:
        """Tell everybody that the lab has the case.

        Returns:
            The status of the case after this step.
        """
        return self._move(case_id, submission_number, Status.RECEIVED)

    def ask_for_files(self, case_id: str, submission_number: int) -> Status:
        """Give the case back to the practice, whose files cannot be used or never came.

        Returns:
            The status of the case after this step.
        """
        return self._move(case_id, submission_number, Status.MISSING_INFO)

    def _move(self, case_id: str, submission_number: int, to: Status) -> Status:
        for _ in range(TRIES):
            case, files = self._read(case_id)
            if not _is_under_way(case, submission_number):
                return case.status
            try:
                return self._moved(case, files, to)
            except (StaleVersion, FilesChanged):
                # The same step runs elsewhere, or a file arrives: look again.
                continue
        raise RequestInProgress

    def _moved(self, case: Case, files: tuple[CaseFile, ...], to: Status) -> Status:
        now = self._now()
        is_held = case.hold is not None
        moved = case.went_on_while_held(to) if is_held else case.moved_to(to, by=Party.SYSTEM, at=now)
        # Files settled since the sending: lists tell what PreCheck says of them, and reports where the case is back.
        moved = moved.rechecked(self._prechecks.check(moved, files))
        deed = Deed.WENT_ON_WHILE_HELD if is_held else Deed.MOVED
        entry = entry_of(case.case_id, deed, {"from": Status.PROCESSING.value, "to": to.value}, by=None, at=now)
        event: Event = (
            HeldCaseWentOn(**event_head(moved, at=now), comes_back_to=to)
            if is_held
            else CaseMoved(**event_head(moved, at=now), origin=case.status, to=to, by=Party.SYSTEM)
        )
        self._cases.save(Change(case=moved, entries=(entry,), events=(event,), files_version=case.files_version))
        return moved.status

    def _read(self, case_id: str) -> tuple[Case, tuple[CaseFile, ...]]:
        found = self._cases.with_files(case_id)
        if found is None:
            raise Unknown("case")
        return found


def _is_under_way(case: Case, submission_number: int) -> bool:
    return case.is_on_its_way and case.submission is not None and case.submission.number == submission_number
