"""What an inspection found out about a file's content.

Only facts stand here. What a fact means for a case is for PreCheck to say, with the limits of its rules;
what makes a file unusable, wherever it is sent, is a ``FileProblem``.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class FileFormat(StrEnum):
    """What the bytes are, whatever the name says."""

    STL = "stl"
    PLY = "ply"
    OBJ = "obj"
    MESH_3SHAPE = "mesh_3shape"
    """A 3Shape mesh: XML that scanners name ``.dcm``. Recognized, not measured."""
    DICOM = "dicom"
    """One DICOM object: a single slice, a multi-frame volume or a radiograph."""
    DICOM_SERIES = "dicom_series"
    """A zip whose members are DICOM objects."""
    JPEG = "jpeg"
    PNG = "png"
    HEIC = "heic"
    WEBP = "webp"
    PDF = "pdf"
    XML = "xml"
    """A text of tags that is no mesh, such as the order that a scanner writes beside its scans."""
    ZIP = "zip"
    UNKNOWN = "unknown"


class Problem(StrEnum):
    """Why a file cannot be used."""

    EMPTY = "empty"
    """It has no bytes, or an archive has no members."""
    TRUNCATED = "truncated"
    """It ends before what it announces."""
    CORRUPT = "corrupt"
    """It contradicts itself or its format."""
    ENCRYPTED = "encrypted"
    """It needs a password."""
    TOO_LARGE = "too_large"
    """It holds more than is inspected: triangles, pixels, archive members."""
    EXPANDS_TOO_FAR = "expands_too_far"
    """Its compressed content is out of proportion, as in a zip bomb."""
    UNSAFE_PATH = "unsafe_path"
    """A member of the archive would be unpacked outside of its folder."""
    DUPLICATE_NAME = "duplicate_name"
    """Two members of the archive have one name."""
    NESTED_ARCHIVE = "nested_archive"
    """An archive inside of an archive."""
    LOCATION = "location"
    """An archive holds photos that say where they were taken."""
    NOT_FINITE = "not_finite"
    """A coordinate is no number, or infinite."""
    NO_GEOMETRY = "no_geometry"
    """A mesh without triangles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """One reason why the file cannot be used.

    Attributes:
        code: The kind of problem; stable.
        says: The sentence for a person. It names no patient.
    """

    code: Problem
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshShape:
    """What the surface of a mesh looks like as a whole; one file unit is read as one millimeter.

    Attributes:
        area_um2: Area of the surface, square micrometers.
        spread_um: Standard deviations of the surface along its three principal axes, micrometers, the largest
            first. They stay the same however the mesh is turned, moved or divided.
        outward_permille: The part of the area that faces away from the surface's center. All of a convex body
            does; of an arch, the sides toward the tongue face the center.
        middle_permille: Seen along the thinnest axis, how much of the space between left and right is covered,
            toward the back: nothing between the arms of an arch, most where there is a palate. ``None`` for
            what has no clear front, such as a part of an arch.
        vault_um: How far that middle is hollow, seen from where the surface faces, micrometers; negative
            where it bulges, 0 for a gap or a flat floor. ``None`` for what faces nowhere, such as a closed model.
    """

    area_um2: int
    spread_um: tuple[int, int, int]
    outward_permille: int
    middle_permille: int | None
    vault_um: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshMeasures:
    """The geometry of a mesh. A mesh has no unit of its own: one file unit is read as one millimeter.

    Attributes:
        triangles: Number of triangles, 1 or more; polygons are counted as the triangles they split into.
        extent_um: Size of the bounding box along x, y and z, micrometers.
        open_edges: Edges with a triangle on one side only.
        rim_edges: The open edges of the longest boundary loop: the scan's own rim. 0 when closed.
        holes: Boundary loops beyond the rim.
        non_manifold_edges: Edges with three or more triangles.
        degenerate_triangles: Triangles with two corners in one place; they are left out of the edge counts.
        is_text: The file is a text variant of its format.
        shape: What the surface looks like as a whole. ``None`` for a mesh without area, and for one that was
            inspected before shapes were measured.
    """

    triangles: int
    extent_um: tuple[int, int, int]
    open_edges: int
    rim_edges: int
    holes: int
    non_manifold_edges: int
    degenerate_triangles: int
    is_text: bool
    shape: MeshShape | None = None

    @property
    def width_um(self) -> int:
        """The largest side of the bounding box, micrometers."""
        return max(self.extent_um)

    @property
    def watertight(self) -> bool:
        """Every edge has exactly two triangles."""
        return self.open_edges == 0 and self.non_manifold_edges == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesMeasures:
    """What the DICOM headers of a volume or radiograph say. ``None`` means that the headers do not say it.

    Where a file mixes several series, the measures are those of the largest one.

    Attributes:
        slices: Readable slices of the series, or frames of a multi-frame object.
        modality: As in the header, upper case, such as "CT".
        bits_allocated: Bits for one stored pixel.
        rows: Height of a slice, pixels.
        columns: Width of a slice, pixels.
        voxel_um: The largest of the pixel spacings and the increment, micrometers.
        increment_um: Median distance of neighboring slices along their normal, micrometers.
        thickness_um: Largest slice thickness in the headers, micrometers.
        gantry_tilted: The gantry was tilted, or the slices do not stack along their normal.
        oriented: Every slice has a position and the same orthonormal orientation.
        series_count: Different series in the file.
        patient_count: Different patients in the file.
        missing_slices: Slices that the increment says should lie between those that are here.
        duplicate_slices: Slices that lie where another one already lies.
        unreadable_slices: Members that look like DICOM and cannot be read.
        scanned_on: Day of the scan.
        patient_name: As in the header, "Family^Given". Health information: never logged, never in an event.
        patient_born_on: Birth date of the patient. Health information as well.
        is_lossy: The pixels lost something when they were compressed, or may have.
        modality_count: Different modalities of the slices; none at all is one of them.
        size_count: Different sizes of the slices.
        birth_date_count: Different birth dates of patients in the file.
    """

    slices: int
    modality: str | None
    bits_allocated: int | None
    rows: int | None
    columns: int | None
    voxel_um: int | None
    increment_um: int | None
    thickness_um: int | None
    gantry_tilted: bool
    oriented: bool
    series_count: int
    patient_count: int
    missing_slices: int
    duplicate_slices: int
    unreadable_slices: int
    scanned_on: date | None
    patient_name: str | None = field(repr=False)
    patient_born_on: date | None = field(repr=False)
    is_lossy: bool = False
    modality_count: int = 1
    size_count: int = 1
    birth_date_count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageMeasures:
    """What the header of an image says.

    Attributes:
        width_px: Stored width, before any rotation that the file asks for.
        height_px: Stored height, before any rotation that the file asks for.
        has_location: The file says where it was taken (EXIF GPS).
    """

    width_px: int
    height_px: int
    has_location: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """All that an inspection found.

    Attributes:
        format: By content.
        size_bytes: Size of the file.
        bytes_read: Bytes that the inspection had to read; repeated reads count again.
        problems: Why the file cannot be used; empty for a good file.
        mesh: For readable meshes.
        series: For readable DICOM.
        image: For readable images.
    """

    format: FileFormat
    size_bytes: int
    bytes_read: int
    problems: tuple[FileProblem, ...] = ()
    mesh: MeshMeasures | None = None
    series: SeriesMeasures | None = None
    image: ImageMeasures | None = None

    @property
    def usable(self) -> bool:
        """Nothing speaks against the file itself."""
        return not self.problems
