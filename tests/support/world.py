"""The whole product in memory: its services over stores that keep their promises without AWS."""

from dataclasses import replace
from typing import Any

from bitewing.cases.case import Case
from bitewing.cases.correction_links import LinkService
from bitewing.cases.correction_service import CorrectionService
from bitewing.cases.handover import HandoverService
from bitewing.cases.lists import ListService
from bitewing.cases.ports import CaseWithPrecheck
from bitewing.cases.progress import ProgressService
from bitewing.cases.review import ReviewService
from bitewing.cases.service import CaseService, NewCase
from bitewing.directory.service import DirectoryService
from bitewing.files.case_file import CaseFile, FileKind
from bitewing.files.inspection import FileFormat, Inspection
from bitewing.files.service import Announced, FileService, IntakeService, NewFile
from bitewing.files.verdict import Verdict
from bitewing.kernel.caller import Caller
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.recheck import RecheckService
from bitewing.requirements.service import RequirementService

from tests.support.builders import (
    CASE_ID,
    DENTIST_ID,
    LAB_ID,
    a_case,
    a_connection,
    a_dentist,
    a_lab,
    a_patient,
    a_practice,
    a_profile,
    an_inspection,
    crown_files,
)
from tests.support.callers import FROM_PRACTICE, a_request
from tests.support.clock import Clock
from tests.support.days_in_memory import InMemoryRoster
from tests.support.in_memory import (
    InMemoryCases,
    InMemoryDirectory,
    InMemoryFiles,
    InMemoryLinks,
    InMemoryObjects,
    InMemoryReviews,
    Memory,
    sha256,
)
from tests.support.profiles import InMemoryOpenCases, InMemoryProfiles

SCAN = b"the bytes of a scan"


class World:
    """Services over one memory, with a practice, its dentist, its lab and their connection."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.memory = Memory(self.clock)
        self.cases: Any = InMemoryCases(self.memory)
        self.reviews: Any = InMemoryReviews(self.memory)
        self.links: Any = InMemoryLinks(self.memory)
        self.files: Any = InMemoryFiles(self.memory)
        self.objects: Any = InMemoryObjects(self.clock)
        self.directory = InMemoryDirectory()
        self.roster = InMemoryRoster()
        self.profiles: Any = InMemoryProfiles(self.directory, self.memory)
        self.open_cases: Any = InMemoryOpenCases(self.memory)
        self.directory.put(a_practice(), a_dentist(), a_lab(), a_connection(), a_profile())

    @property
    def prechecks(self) -> PrecheckService:
        return PrecheckService(self.directory, self.cases, now=self.clock)

    @property
    def case_service(self) -> CaseService:
        return CaseService(self.cases, self.directory, now=self.clock)

    @property
    def list_service(self) -> ListService:
        return ListService(self.cases, now=self.clock)

    @property
    def review_service(self) -> ReviewService:
        return ReviewService(self.cases, self.reviews, self.directory, now=self.clock)

    @property
    def progress(self) -> ProgressService:
        return ProgressService(self.cases, self.directory, now=self.clock)

    @property
    def link_service(self) -> LinkService:
        return LinkService(self.cases, self.links, self.prechecks, now=self.clock)

    @property
    def correction_service(self) -> CorrectionService:
        return CorrectionService(
            self.cases,
            self.links,
            packets=self.case_service,
            reasons=self.review_service,
            files=self.file_service,
            prechecks=self.prechecks,
            now=self.clock,
        )

    @property
    def requirement_service(self) -> RequirementService:
        return RequirementService(
            self.profiles, self.directory, self.cases, self.open_cases, self.prechecks, now=self.clock
        )

    @property
    def recheck(self) -> RecheckService:
        return RecheckService(self.profiles, self.open_cases, self.cases, self.prechecks, now=self.clock)

    @property
    def file_service(self) -> FileService:
        return FileService(self.cases, self.files, self.objects, self.prechecks, now=self.clock)

    @property
    def intake(self) -> IntakeService:
        return IntakeService(self.cases, self.files, self.objects, now=self.clock)

    @property
    def handover(self) -> HandoverService:
        return HandoverService(self.cases, self.files, self.objects, self.prechecks, now=self.clock)

    @property
    def directory_service(self) -> DirectoryService:
        return DirectoryService(self.directory, self.roster, self.roster)

    def has(self, case: Case | None = None, *files: CaseFile) -> Case:
        """Put a case with files into the memory, as if it had always been there."""
        case = case or a_case()
        self.memory.cases[case.case_id] = case
        for file in files:
            self.memory.files[case.case_id, file.file_id] = replace(file, case_id=case.case_id)
        return case

    def has_sendable(self, **changes: Any) -> Case:
        """Put a crown case without any finding into the memory."""
        return self.has(a_case(**changes), *crown_files())

    def case(self, case_id: str = CASE_ID) -> Case:
        return self.memory.cases[case_id]

    def file(self, file_id: str, case_id: str = CASE_ID) -> CaseFile:
        return self.memory.files[case_id, file_id]

    def told(self) -> list[str]:
        """Names of all events, in their order."""
        return [type(event).__name__ for event in self.memory.events]

    def starts(self, key: str = "start", caller: Caller = FROM_PRACTICE, **changes: Any) -> CaseWithPrecheck:
        new = NewCase(lab_id=LAB_ID, dentist_id=DENTIST_ID, case_type=CaseType.CROWN, patient=a_patient())
        return self.case_service.create(caller, replace(new, **changes), a_request(key))

    def submits(
        self, version: int = 1, key: str = "send", caller: Caller = FROM_PRACTICE, **more: Any
    ) -> CaseWithPrecheck:
        return self.case_service.submit(
            caller,
            CASE_ID,
            expected_version=version,
            acknowledged=more.get("acknowledged", frozenset()),
            request=a_request(key, more.get("body", "send")),
        )

    def announces(
        self, content: bytes = SCAN, key: str = "upload", caller: Caller = FROM_PRACTICE, **changes: Any
    ) -> Announced:
        new = NewFile(
            kind=FileKind.UPPER_SCAN, name="arch.stl", size_bytes=len(content), sha256=sha256(content), part_sha256=()
        )
        return self.file_service.announce(caller, CASE_ID, replace(new, **changes), a_request(key))

    def inspects(self, file_id: str, inspection: Inspection | None = None) -> Any:
        return self.intake.inspect(CASE_ID, file_id, lambda _: inspection or an_inspection(FileFormat.STL))

    def takes_in(self, file_id: str, inspection: Inspection | None = None) -> Any:
        """Run both steps of the intake."""
        verdict, reason = self.inspects(file_id, inspection)
        return self.intake.record(CASE_ID, file_id, Verdict(verdict), reason)


class Interrupted:
    """A store before which something else happens, once, at one of its methods."""

    def __init__(self, store: Any, method: str, happens: Any, *, times: int = 1) -> None:
        self._store, self._method, self._happens, self._left = store, method, happens, times

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._store, name)
        if name != self._method:
            return real

        def interrupted(*args: Any, **named: Any) -> Any:
            if self._left:
                self._left -= 1
                self._happens()
            return real(*args, **named)

        return interrupted
