"""Checking a case as it stands now."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bitewing.cases.case import Case
from bitewing.directory.service import Circumstances, Directory
from bitewing.files.case_file import CaseFile
from bitewing.kernel.errors import Unknown
from bitewing.precheck.checked_case import CheckedCase
from bitewing.precheck.finding import Precheck
from bitewing.precheck.precheck import run


class PrecheckService:
    """Brings together what PreCheck looks at."""

    def __init__(self, directory: Directory, *, now: Callable[[], datetime]) -> None:
        self._directory, self._now = directory, now

    def circumstances(self, case: Case) -> Circumstances:
        """Return what the case refers to, in one request."""
        return self._directory.circumstances(
            practice_id=case.practice_id,
            dentist_id=case.dentist_id,
            lab_id=case.lab_id,
            case_type=case.case_type,
        )

    def check(self, case: Case, files: tuple[CaseFile, ...], circumstances: Circumstances | None = None) -> Precheck:
        """Return the findings on a case with these files, at this moment.

        Args:
            case: The case.
            files: Its files; removed ones are not looked at.
            circumstances: What the case refers to, where it was read already.

        Raises:
            Unknown: The practice or the lab is not in the directory.
        """
        known = circumstances or self.circumstances(case)
        if known.practice is None or known.lab is None:
            raise Unknown("organization")
        at = self._now()
        return run(
            CheckedCase(
                case=case,
                files=files,
                practice=known.practice,
                dentist=known.dentist,
                lab=known.lab,
                connection=known.connection,
                profile=known.profile,
                at=at,
                today=at.astimezone(ZoneInfo(known.lab.time_zone)).date(),
            )
        )
