"""The bodies of files over HTTP, for each function that takes some: from people, from machines, by a link."""

import base64
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from bitewing.aws.bodies import ONE_LINE, Body, View
from bitewing.files.case_file import MAX_SIZE_BYTES, CaseFile, FileState
from bitewing.files.inspection import FileFormat, Inspection
from bitewing.files.kinds import FileKind
from bitewing.files.service import Announced, NewFile, SignedPart, SignedRequest
from bitewing.kernel.ids import read_id

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}$")]
#: A name is shown and given to downloads, never used as a path: control characters are all that it may not have.
FileName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=ONE_LINE)]
FileId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,40}$")]


class NewScanBody(Body):
    """A file that is about to be sent, and that takes the place of no other.

    Up to 100 MiB it is sent in one request and announced with its ``sha256``. A larger one is sent in parts of
    64 MiB and announced with the SHA-256 of each, in order.
    """

    kind: FileKind
    name: FileName
    size_bytes: Annotated[int, Field(strict=True, ge=1, le=MAX_SIZE_BYTES)]
    sha256: Sha256 | None = None
    part_sha256: list[Sha256] = Field([], max_length=100)

    def read(self) -> NewFile:
        """Return the file, its checksums as storage writes them."""
        return NewFile(
            kind=self.kind,
            name=self.name,
            size_bytes=self.size_bytes,
            sha256=None if self.sha256 is None else _base64(self.sha256),
            part_sha256=tuple(_base64(part) for part in self.part_sha256),
        )


class NewFileBody(NewScanBody):
    """A file that is about to be sent.

    Up to 100 MiB it is sent in one request and announced with its ``sha256``. A larger one is sent in parts of
    64 MiB and announced with the SHA-256 of each, in order. With ``replaces`` it takes the place of another file of
    its kind as soon as it is here and can be used.
    """

    replaces: FileId | None = None

    def read(self) -> NewFile:
        """Return the file, its checksums as storage writes them."""
        return replace(super().read(), replaces=None if self.replaces is None else read_id(self.replaces))


class SentPart(Body):
    """A part that was sent."""

    part_number: Annotated[int, Field(strict=True, ge=1, le=100)]
    etag: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=ONE_LINE)]


class CompletionBody(Body):
    """All parts of a file, with what storage answered to each."""

    parts: Annotated[list[SentPart], Field(min_length=1, max_length=100)]

    @field_validator("parts")
    @classmethod
    def _name_each_part_once(cls, parts: list[SentPart]) -> list[SentPart]:
        if sorted(part.part_number for part in parts) != list(range(1, len(parts) + 1)):
            msg = "Name each part once, numbered from 1 without gaps."
            raise ValueError(msg)
        return parts

    def etags(self) -> list[str]:
        """Return the ETags in the order of the parts."""
        return [part.etag for part in sorted(self.parts, key=lambda part: part.part_number)]


class ProblemView(View):
    """One reason why a file cannot be used."""

    code: str
    says: str


class MeshView(View):
    """The geometry of a mesh, one file unit read as one millimeter."""

    triangles: int
    width_um: int
    extent_um: list[int]
    is_watertight: bool
    open_edges: int
    holes: int
    non_manifold_edges: int


class SeriesView(View):
    """A DICOM volume or radiograph, without what its headers say of the patient."""

    slices: int
    modality: str | None
    rows: int | None
    columns: int | None
    voxel_um: int | None
    increment_um: int | None
    thickness_um: int | None
    missing_slices: int
    duplicate_slices: int
    scanned_on: date | None


class ImageView(View):
    """A picture."""

    width_px: int
    height_px: int


class InspectionView(View):
    """What the bytes of a file are."""

    format: FileFormat
    bytes_read: int
    problems: list[ProblemView]
    mesh: MeshView | None
    series: SeriesView | None
    image: ImageView | None

    @classmethod
    def of(cls, inspection: Inspection) -> "InspectionView":
        """Return an inspection as the API shows it."""
        mesh, series, image = inspection.mesh, inspection.series, inspection.image
        return cls(
            format=inspection.format,
            bytes_read=inspection.bytes_read,
            problems=[ProblemView(code=each.code, says=each.says) for each in inspection.problems],
            mesh=MeshView(
                triangles=mesh.triangles,
                width_um=mesh.width_um,
                extent_um=list(mesh.extent_um),
                is_watertight=mesh.watertight,
                open_edges=mesh.open_edges,
                holes=mesh.holes,
                non_manifold_edges=mesh.non_manifold_edges,
            )
            if mesh
            else None,
            series=SeriesView(
                slices=series.slices,
                modality=series.modality,
                rows=series.rows,
                columns=series.columns,
                voxel_um=series.voxel_um,
                increment_um=series.increment_um,
                thickness_um=series.thickness_um,
                missing_slices=series.missing_slices,
                duplicate_slices=series.duplicate_slices,
                scanned_on=series.scanned_on,
            )
            if series
            else None,
            image=ImageView(width_px=image.width_px, height_px=image.height_px) if image else None,
        )


class FileView(View):
    """A file of a case, in its state at the moment of the answer."""

    file_id: str
    kind: FileKind
    name: str
    size_bytes: int
    state: FileState
    announced_at: datetime
    settled_at: datetime | None
    quarantine_reason: str | None
    location_removed: bool
    inspection: InspectionView | None
    replaces: str | None
    replaced_by: str | None

    @classmethod
    def of(cls, file: CaseFile, *, at: datetime) -> "FileView":
        """Return a file as the API shows it at this moment."""
        return cls(
            file_id=file.file_id,
            kind=file.kind,
            name=file.name,
            size_bytes=file.size_bytes,
            state=file.state_at(at),
            announced_at=file.announced_at,
            settled_at=file.settled_at,
            quarantine_reason=file.quarantine_reason,
            location_removed=file.location_removed,
            inspection=InspectionView.of(file.inspection) if file.inspection else None,
            replaces=file.replaces,
            replaced_by=file.replaced_by,
        )


class SignedRequestView(View):
    """A request to storage, to be sent exactly so before it expires."""

    method: str
    url: str
    headers: dict[str, str]
    expires_at: datetime

    @classmethod
    def of(cls, request: SignedRequest) -> "SignedRequestView":
        """Return a signed request as the API shows it."""
        return cls(
            method=request.method,
            url=request.url,
            headers=dict(request.headers),
            expires_at=request.expires_at,
        )


class SignedPartView(SignedRequestView):
    """The request that sends one part."""

    part_number: int
    size_bytes: int

    @classmethod
    def of_part(cls, part: SignedPart) -> "SignedPartView":
        """Return the request of a part as the API shows it."""
        return cls(
            part_number=part.part_number,
            size_bytes=part.size_bytes,
            method=part.request.method,
            url=part.request.url,
            headers=dict(part.request.headers),
            expires_at=part.request.expires_at,
        )


class UploadView(View):
    """An announced file and how to send it; neither upload nor parts where its bytes are here already."""

    file: FileView
    upload: SignedRequestView | None
    upload_parts: list[SignedPartView]

    @classmethod
    def of(cls, announced: Announced, *, at: datetime) -> "UploadView":
        """Return an announced file as the API shows it at this moment."""
        return cls(
            file=FileView.of(announced.file, at=at),
            upload=SignedRequestView.of(announced.request) if announced.request else None,
            upload_parts=[SignedPartView.of_part(part) for part in announced.parts],
        )


class FilesView(View):
    """The files of a case."""

    files: list[FileView]


def _base64(hexadecimal: str) -> str:
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()
