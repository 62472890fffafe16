"""Inspects one file: what it is, whether it is whole, and what it measures."""

from typing import BinaryIO

from bitewing.files.inspecting import archive, dicom, documents, images, obj, ply, stl
from bitewing.files.inspecting.formats import HEAD_BYTES, format_of
from bitewing.files.inspecting.source import CountedSource
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import (
    FileFormat,
    FileProblem,
    ImageMeasures,
    Inspection,
    MeshMeasures,
    Problem,
    SeriesMeasures,
)


def inspect(source: BinaryIO) -> Inspection:
    """Inspect a file, however hostile it is.

    Neither a name nor a claimed type is asked for: the content decides. Of archives, DICOM and documents only
    the needed parts are read, in small pieces that follow each other within a member: a source that lies in
    S3 should read ahead. Meshes and images are read whole.

    Args:
        source: Seekable. Errors of its own rise untouched.
    """
    counted = CountedSource(source)
    findings = _Findings()
    if counted.size == 0:
        findings.problems += (FileProblem(code=Problem.EMPTY, says="The file is empty."),)
    else:
        head = counted.read_at(0, HEAD_BYTES)
        findings.format = format_of(head, counted.size)
        try:
            findings.look_into(counted, head)
        except UnusableError as unusable:
            findings.problems += (unusable.problem,)
    return Inspection(
        format=findings.format,
        size_bytes=counted.size,
        bytes_read=counted.bytes_read,
        problems=findings.problems,
        mesh=findings.mesh,
        series=findings.series,
        image=findings.image,
    )


class _Findings:
    """What is known so far; it stays when a later look ends with a problem."""

    def __init__(self) -> None:
        self.format = FileFormat.UNKNOWN
        self.problems: tuple[FileProblem, ...] = ()
        self.mesh: MeshMeasures | None = None
        self.series: SeriesMeasures | None = None
        self.image: ImageMeasures | None = None

    def look_into(self, source: CountedSource, head: bytes) -> None:
        match self.format:
            case FileFormat.STL:
                self.mesh = stl.measure_stl(source, head)
            case FileFormat.PLY:
                self.mesh = ply.measure_ply(source, head)
            case FileFormat.OBJ:
                self.mesh = obj.measure_obj(source, head)
            case FileFormat.DICOM:
                self.series, self.problems = _single_dicom(source, head)
            case FileFormat.ZIP:
                self.format, self.series, self.problems = archive.inspect_archive(source)
            case FileFormat.JPEG | FileFormat.PNG | FileFormat.HEIC | FileFormat.WEBP:
                content = source.read_whole(head, at_most=images.MAX_IMAGE_BYTES, what="image")
                self.image = images.measure_image(content, self.format)
            case FileFormat.PDF:
                documents.check_pdf(source)
            case FileFormat.XML:
                documents.check_xml(source, head)
            case FileFormat.MESH_3SHAPE:
                documents.check_3shape(source)
            case _:
                pass


def _single_dicom(source: CountedSource, head: bytes) -> tuple[SeriesMeasures, tuple[FileProblem, ...]]:
    try:
        header = dicom.read_header(head, source.size)
    except dicom.HeaderTooLongError:
        rest = source.read_at(len(head), dicom.MAX_HEADER_BYTES - len(head))
        header = dicom.read_header(head + rest, source.size)
    series, problems = dicom.measure_series([header], unreadable=0)
    return series, tuple(problems)
