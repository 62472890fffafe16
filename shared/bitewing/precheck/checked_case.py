"""What PreCheck looks at, and how its rules look at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from bitewing.cases.case import Case
from bitewing.cases.readiness import arrives_on, ready_on
from bitewing.directory.organization import Connection, Dentist, Lab, Practice
from bitewing.files.case_file import CaseFile
from bitewing.files.inspection import FileFormat, MeshMeasures, SeriesMeasures
from bitewing.files.kinds import FileKind
from bitewing.kernel.teeth import FDI_CODES, is_upper
from bitewing.packet.packet import Arch, Item
from bitewing.requirements.case_types import CASE_TYPES, CaseTypeFacts
from bitewing.requirements.profile import RequirementProfile
from bitewing.requirements.selections import STAGE

#: Kinds that show teeth in three dimensions.
SCAN_KINDS: Final = frozenset(
    {
        FileKind.UPPER_SCAN,
        FileKind.LOWER_SCAN,
        FileKind.BITE_SCAN,
        FileKind.PREP_SCAN,
        FileKind.SCAN_BODY_SCAN,
    }
)
#: Formats of meshes that are accepted, and whose geometry no inspection reads.
UNMEASURED: Final = frozenset({FileFormat.MESH_3SHAPE})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCase:
    """Everything that PreCheck looks at, and nothing that changes while it looks.

    Attributes:
        files: Every file of the case; removed ones are not looked at.
        profile: What the lab wants for this case type; ``None`` where it never said so.
        practice_today: The same day in the practice's time zone, or in the lab's where the practice has none yet.
        other_cases: Other cases of the same patient, as far as the name tells; only while something is to be sent.
        originals: The case that this one replaces, the one that that replaced, and so on, as far as there are such
            cases; ``None`` where nobody looks for them: the case replaces none, or nothing of it is to be sent.
        at: The moment of the check, for files that are still on their way.
        today: The date from which days are counted, in the lab's time zone: of the check, or, while nothing of the
            case is to be sent, of its sending.
    """

    case: Case
    files: tuple[CaseFile, ...]
    practice: Practice
    dentist: Dentist | None
    lab: Lab
    connection: Connection | None
    profile: RequirementProfile | None
    at: datetime
    today: date
    practice_today: date
    other_cases: tuple[Case, ...] = ()
    originals: tuple[Case, ...] | None = None

    @property
    def facts(self) -> CaseTypeFacts:
        """Return what is true of the case type, whichever lab makes it."""
        return CASE_TYPES[self.case.case_type]

    @property
    def listed_files(self) -> tuple[CaseFile, ...]:
        """Return the files that were neither removed nor replaced."""
        return tuple(file for file in self.files if not file.is_gone)

    @property
    def clean_files(self) -> tuple[CaseFile, ...]:
        """Return the files that are here and are what they claim to be."""
        return tuple(file for file in self.files if file.is_clean)

    @property
    def scans(self) -> Iterator[tuple[CaseFile, MeshMeasures]]:
        """Yield the clean scans whose geometry was measured; designs and other meshes are none."""
        for file in self.clean_files:
            if file.kind in SCAN_KINDS and file.inspection and file.inspection.mesh:
                yield file, file.inspection.mesh

    @property
    def unmeasured_scans(self) -> Iterator[tuple[CaseFile, FileFormat]]:
        """Yield the clean scans in formats that are recognized and not measured, with those formats."""
        for file in self.clean_files:
            if file.kind in SCAN_KINDS and file.inspection and file.inspection.format in UNMEASURED:
                yield file, file.inspection.format

    @property
    def volumes(self) -> Iterator[tuple[CaseFile, SeriesMeasures]]:
        """Return the clean CBCTs with what their headers say."""
        return ((file, series) for file, series in self.dicom if file.kind is FileKind.CBCT)

    @property
    def dicom(self) -> Iterator[tuple[CaseFile, SeriesMeasures]]:
        """Yield every clean DICOM file, volumes and radiographs, with what its headers say."""
        for file in self.clean_files:
            if file.inspection and file.inspection.series:
                yield file, file.inspection.series

    @property
    def pieces(self) -> Iterator[tuple[str, str, Item]]:
        """Yield each item of the packet with what to call it, "Piece 1", and its JSON pointer."""
        for index, item in enumerate(self.case.packet.items):
            yield f"Piece {index + 1}", f"/packet/items/{index}", item

    @property
    def arches(self) -> frozenset[Arch]:
        """Return the arches that the work is made for, as far as the items say."""
        arches = {item.arch for item in self.case.packet.items if item.arch}
        teeth = {fdi for item in self.case.packet.items for fdi in item.teeth if fdi in FDI_CODES}
        return frozenset(arches | {Arch.UPPER if is_upper(fdi) else Arch.LOWER for fdi in teeth})

    @property
    def stages(self) -> frozenset[str]:
        """Return the stages of the work that the items state."""
        return frozenset(item.selections.get(STAGE, "").strip() for item in self.case.packet.items) - {""}

    def ready_on(self, turnaround: int) -> date:
        """Return the first day on which the lab can be ready.

        Args:
            turnaround: Working days of the lab from today. They do not count where the lab keeps the clock running of
                what it asked for: then it is ready when it would have been.

        Raises:
            NeverOpen: The lab's calendar has no working day for more than a year.
        """
        return ready_on(self.case, self.lab, turnaround, today=self.today, at=self.at)

    def arrives_on(self, ready: date) -> date:
        """Return the day on which work arrives that is ready on a day: the lab ships on its working days.

        Raises:
            NeverOpen: The lab's calendar has no working day for more than a year.
        """
        return arrives_on(self.lab, ready)
