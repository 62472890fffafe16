"""Builders of a valid crown case and of all that belongs to it; each test changes only what it is about.

``a_checked_case()`` passes PreCheck without a finding: a crown on the upper right first premolar (FDI 14),
with every file that the default profile asks for. All names are invented.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bitewing.cases.case import Case
from bitewing.cases.status import Status
from bitewing.directory.organization import (
    BillingState,
    Connection,
    ConnectionState,
    Dentist,
    Lab,
    Practice,
)
from bitewing.files.case_file import CaseFile, FileKind, FileState
from bitewing.files.inspection import (
    FileFormat,
    FileProblem,
    ImageMeasures,
    Inspection,
    MeshMeasures,
    Problem,
    SeriesMeasures,
)
from bitewing.packet.packet import Authorization, Item, Packet, Patient, Sex
from bitewing.precheck.checked_case import CheckedCase
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.default_profiles import default_profile
from bitewing.requirements.profile import RequirementProfile

#: A Monday, 10:00 in the lab's time zone.
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)

PRACTICE_ID, LAB_ID, DENTIST_ID, CASE_ID = "practice-1", "lab-1", "dentist-1", "case-1"


def a_practice(**changes: Any) -> Practice:
    return replace(
        Practice(
            practice_id=PRACTICE_ID,
            name="Harbor Dental",
            address="1 Quay Street, Portville, FL 32000",
            time_zone="America/New_York",
            email="office@harbor-dental.example",
            phone="+1 555 0100",
            billing=BillingState.ACTIVE,
        ),
        **changes,
    )


def a_dentist(**changes: Any) -> Dentist:
    return replace(
        Dentist(
            dentist_id=DENTIST_ID,
            practice_id=PRACTICE_ID,
            name="Dr. Ada Moreno",
            license_number="DN12345",
            license_state="FL",
            license_expires_on=date(2027, 12, 31),
            has_signature_consent=True,
            is_active=True,
        ),
        **changes,
    )


def a_lab(**changes: Any) -> Lab:
    return replace(
        Lab(
            lab_id=LAB_ID,
            name="Northlight Dental Lab",
            address="20 Mill Road, Lakeside, OH 43000",
            time_zone="America/New_York",
            email="cases@northlight.example",
            phone="+1 555 0200",
            takes_cases=True,
        ),
        **changes,
    )


def a_connection(**changes: Any) -> Connection:
    return replace(
        Connection(
            practice_id=PRACTICE_ID,
            lab_id=LAB_ID,
            state=ConnectionState.ACCEPTED,
        ),
        **changes,
    )


def a_profile(case_type: CaseType = CaseType.CROWN, **changes: Any) -> RequirementProfile:
    return replace(default_profile(LAB_ID, case_type), **changes)


def a_patient(**changes: Any) -> Patient:
    return replace(
        Patient(name="Mira Holloway", reference="P-1001", born_on=date(1980, 5, 17), sex=Sex.FEMALE),
        **changes,
    )


CROWN_SELECTIONS: Mapping[str, str] = {
    "material": "zirconia",
    "shade_guide": "vita_classical",
    "shade": "A2",
    "margin": "chamfer",
    "occlusion": "light",
    "contacts": "normal",
}


def an_item(*teeth: str, **changes: Any) -> Item:
    return replace(Item(teeth=teeth or ("14",), selections=CROWN_SELECTIONS), **changes)


def an_authorization(**changes: Any) -> Authorization:
    return replace(Authorization(dentist_id=DENTIST_ID, authorized_at=NOW, authorized_by="person-1"), **changes)


def a_packet(**changes: Any) -> Packet:
    return replace(
        Packet(
            patient=a_patient(),
            description="Zirconia crown, light contacts, please keep the anatomy of the neighbors.",
            items=(an_item(),),
            wanted_on=date(2026, 3, 16),
            authorization=an_authorization(),
            contact="Dr. Moreno, +1 555 0101",
        ),
        **changes,
    )


def a_case(**changes: Any) -> Case:
    return replace(
        Case(
            case_id=CASE_ID,
            practice_id=PRACTICE_ID,
            lab_id=LAB_ID,
            dentist_id=DENTIST_ID,
            case_type=CaseType.CROWN,
            packet=a_packet(),
            status=Status.DRAFT,
            created_at=NOW,
            last_modified_at=NOW,
            moved_at=NOW,
        ),
        **changes,
    )


def mesh_measures(**changes: Any) -> MeshMeasures:
    return replace(
        MeshMeasures(
            triangles=85_000,
            extent_um=(62_000, 50_000, 20_000),
            open_edges=400,
            rim_edges=400,
            holes=0,
            non_manifold_edges=0,
            degenerate_triangles=0,
            is_text=False,
        ),
        **changes,
    )


def series_measures(**changes: Any) -> SeriesMeasures:
    return replace(
        SeriesMeasures(
            slices=400,
            modality="CT",
            bits_allocated=16,
            rows=400,
            columns=400,
            voxel_um=250,
            increment_um=250,
            thickness_um=250,
            gantry_tilted=False,
            oriented=True,
            series_count=1,
            patient_count=1,
            missing_slices=0,
            duplicate_slices=0,
            unreadable_slices=0,
            scanned_on=date(2026, 2, 16),
            patient_name="HOLLOWAY^MIRA",
            patient_born_on=date(1980, 5, 17),
        ),
        **changes,
    )


def image_measures(**changes: Any) -> ImageMeasures:
    return replace(ImageMeasures(width_px=4000, height_px=3000, has_location=False), **changes)


def an_inspection(file_format: FileFormat = FileFormat.STL, **changes: Any) -> Inspection:
    """Return the inspection of a good file of a format, with the measures that such a file has."""
    measures: dict[str, Any] = {}
    if file_format in {FileFormat.STL, FileFormat.PLY, FileFormat.OBJ}:
        measures["mesh"] = mesh_measures()
    elif file_format in {FileFormat.DICOM, FileFormat.DICOM_SERIES}:
        measures["series"] = series_measures()
    elif file_format in {FileFormat.JPEG, FileFormat.PNG, FileFormat.HEIC, FileFormat.WEBP}:
        measures["image"] = image_measures()
    return replace(Inspection(format=file_format, size_bytes=1_000_000, bytes_read=1_000_000, **measures), **changes)


_USUAL_FORMATS = {
    FileKind.CBCT: FileFormat.DICOM_SERIES,
    FileKind.PHOTO: FileFormat.JPEG,
    FileKind.XRAY: FileFormat.PNG,
    FileKind.SMILE_DESIGN: FileFormat.PDF,
    FileKind.DOCUMENT: FileFormat.PDF,
    FileKind.OTHER: FileFormat.PDF,
}


def a_file(kind: FileKind = FileKind.UPPER_SCAN, **changes: Any) -> CaseFile:
    """Return a clean file of a kind; its id is the kind, its checksum belongs to the id."""
    file_id = changes.pop("file_id", str(kind))
    return replace(
        CaseFile(
            file_id=file_id,
            case_id=CASE_ID,
            practice_id=PRACTICE_ID,
            kind=kind,
            name=f"{kind}.bin",
            size_bytes=1_000_000,
            checksum=f"checksum of {file_id}",
            announced_at=NOW,
            announced_by="person-1",
            state=FileState.CLEAN,
            inspection=an_inspection(_USUAL_FORMATS.get(kind, FileFormat.STL)),
            settled_at=NOW,
        ),
        **changes,
    )


def a_quarantined_file(kind: FileKind = FileKind.UPPER_SCAN, **changes: Any) -> CaseFile:
    """Return a file that was set aside because its bytes end too early."""
    problem = FileProblem(code=Problem.TRUNCATED, says="The file ends before its last triangle.")
    good = a_file(kind)
    assert good.inspection is not None
    bad = replace(
        good,
        state=FileState.QUARANTINED,
        inspection=replace(good.inspection, problems=(problem,), mesh=None, series=None, image=None),
        quarantine_reason=problem.says,
    )
    return replace(bad, **changes)


def crown_files() -> tuple[CaseFile, ...]:
    """Return every file that the default crown profile asks for."""
    kinds = (FileKind.UPPER_SCAN, FileKind.PREP_SCAN, FileKind.LOWER_SCAN, FileKind.BITE_SCAN)
    return tuple(a_file(kind) for kind in kinds)


def a_checked_case(**changes: Any) -> CheckedCase:
    """Return what PreCheck looks at, for a crown case without a finding."""
    return replace(
        CheckedCase(
            case=a_case(),
            files=crown_files(),
            practice=a_practice(),
            dentist=a_dentist(),
            lab=a_lab(),
            connection=a_connection(),
            profile=a_profile(),
            at=NOW,
            today=TODAY,
            practice_today=changes.get("today", TODAY),
        ),
        **changes,
    )
