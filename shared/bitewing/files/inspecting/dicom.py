"""Reads DICOM headers, and works out from them whether the slices make one whole volume.

Pixels are never read. That every byte arrived is known before: storage compares the file's SHA-256.
"""

import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, TypeVar

from bitewing.files.inspecting.dicom_elements import BrokenStructureError, Elements, read_beginning
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import FileProblem, Problem, SeriesMeasures

#: How much of an object is read for its header at most. A CT slice's header has 1 to 20 kB; a multi-frame object
#: describes every frame, with 1 to 2 kB each.
MAX_HEADER_BYTES: Final = 4 * 1024 * 1024

#: Direction cosines are written with few digits: how far length and right angle may be off.
_COSINE_TOLERANCE: Final = 1e-2
#: A gantry angle, or the angle between the stack and the slices' normal, that is more than rounding: degrees.
_TILT_TOLERANCE_DEGREES: Final = 0.5
#: Slices nearer than this lie in the same place: millimeters. The finest CBCT steps by 0.075.
_SAME_PLACE_MM: Final = 0.01
#: A gap of this many increments has lost a slice.
_GAP: Final = 1.5

#: Transfer syntaxes that lose something of the pixels: JPEG baseline and extended.
_LOSSY: Final = frozenset({"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"})
#: Those that may: JPEG-LS near-lossless, JPEG 2000, High-Throughput JPEG 2000, JPEG XL.
_PERHAPS_LOSSY: Final = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (81, 91, 93, 112, 203))
#: Kinds of objects without pixels (PS3.4, B.5; PS3.10): directories, reports, waveforms, presentation states, raw
#: data, registrations, surfaces, documents, implant templates, radiotherapy but its images and doses.
_WITHOUT_IMAGE: Final = re.compile(
    r"1\.2\.840\.10008\.(?:1\.3\.10|5\.1\.4\.4[345]\.1|5\.1\.4\.1\.1\."
    r"(?:9|11|66(?!\.4$|\.7$|\.8$)|67|68|78|79|80|88|104|131|200|481(?!\.(?:1|2|23|24)$))(?:\..*)?)"
)
_DAY: Final = re.compile(r"(\d{4})[.-]?(\d\d)[.-]?(\d\d)")

T = TypeVar("T")
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Where one slice or frame lies; millimeters, ``None`` where the header does not say it."""

    position: Vector | None
    row: Vector | None
    column: Vector | None
    spacing_mm: float | None
    thickness_mm: float | None
    increment_mm: float | None

    @property
    def normal(self) -> Vector | None:
        """The direction that the slice faces, if row and column are unit vectors at right angles."""
        if self.row is None or self.column is None:
            return None
        square = abs(_dot(self.row, self.column)) <= _COSINE_TOLERANCE
        units = all(abs(_dot(axis, axis) - 1) <= 2 * _COSINE_TOLERANCE for axis in (self.row, self.column))
        return _cross(self.row, self.column) if square and units else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is used of one DICOM object's header.

    Attributes:
        planes: One for each frame that the header describes; one for a plain slice.
        frames: Frames of the object; more than ``planes`` where frames are not described one by one.
        is_cut: The object ends before its pixels do.
        is_lossy: The pixels lost something when they were compressed, or may have.
    """

    series: str
    patient: tuple[str, str]
    modality: str | None
    bits_allocated: int | None
    rows: int | None
    columns: int | None
    frames: int
    planes: tuple[Plane, ...]
    gantry_tilt_degrees: float
    scanned_on: date | None
    patient_name: str | None
    patient_born_on: date | None
    is_cut: bool
    is_lossy: bool


class HeaderTooLongError(Exception):
    """The header goes on after the bytes that were given."""


class NoImageError(UnusableError):
    """The object is of a kind that has no pixels, such as a report."""


def read_header(beginning: bytes, size_bytes: int) -> Header:
    """The header of one DICOM object.

    Args:
        beginning: The first bytes of the object, or all of it.
        size_bytes: The size of the whole object.

    Raises:
        HeaderTooLongError: More of the object is needed.
        NoImageError: It is no image.
        UnusableError: It cannot be read.
    """
    may_go_on = len(beginning) < min(size_bytes, MAX_HEADER_BYTES)
    try:
        found = read_beginning(beginning, max_inflated_bytes=MAX_HEADER_BYTES)
    except BrokenStructureError:
        raise UnusableError(Problem.CORRUPT, "The DICOM header cannot be read.") from None
    if not found.has_pixels:
        if may_go_on:
            raise HeaderTooLongError
        if is_without_image(found.elements.text("SOPClassUID")):
            raise NoImageError(Problem.CORRUPT, "The DICOM object has no image.")
        raise UnusableError(Problem.TRUNCATED, "The DICOM object ends before its image.")
    is_cut = found.pixels_end is not None and found.pixels_end > size_bytes
    return _header(found.elements, found.syntax, is_cut=is_cut)


def is_without_image(kind: str) -> bool:
    """Whether objects of this SOP class have no pixels; one of an unknown class is taken for an image."""
    return bool(_WITHOUT_IMAGE.fullmatch(kind))


def measure_series(headers: Sequence[Header], unreadable: int) -> tuple[SeriesMeasures, list[FileProblem]]:
    """What the headers together say.

    Args:
        headers: Of all readable objects, one at least.
        unreadable: Number of further objects that could not be read.
    """
    by_series: dict[str, list[Header]] = {}
    for header in headers:
        by_series.setdefault(header.series, []).append(header)
    largest = max(by_series.values(), key=lambda members: sum(member.frames for member in members))
    planes = [plane for header in largest for plane in header.planes]
    frames = sum(header.frames for header in largest)
    stack = _stack_of(planes) if frames == len(planes) else _Stack()
    increment = stack.increment_mm or _agreed(plane.increment_mm for plane in planes)
    spacing = _largest(plane.spacing_mm for plane in planes)
    measures = SeriesMeasures(
        slices=frames,
        modality=_agreed(header.modality for header in largest),
        bits_allocated=min((h.bits_allocated for h in largest if h.bits_allocated), default=None),
        rows=_agreed(header.rows for header in largest),
        columns=_agreed(header.columns for header in largest),
        voxel_um=_um(spacing and max(spacing, increment or 0)),
        increment_um=_um(increment),
        thickness_um=_um(_largest(plane.thickness_mm for plane in planes)),
        gantry_tilted=stack.is_tilted
        or any(abs(header.gantry_tilt_degrees) > _TILT_TOLERANCE_DEGREES for header in largest),
        oriented=_is_oriented(planes),
        series_count=len(by_series),
        patient_count=len({header.patient for header in headers}),
        missing_slices=stack.missing,
        duplicate_slices=stack.duplicates,
        unreadable_slices=unreadable,
        scanned_on=min((header.scanned_on for header in largest if header.scanned_on), default=None),
        patient_name=_agreed(header.patient_name for header in largest),
        patient_born_on=_agreed(header.patient_born_on for header in largest),
        is_lossy=any(header.is_lossy for header in largest),
        modality_count=len({header.modality for header in largest}),
        size_count=len({(header.rows, header.columns) for header in largest}),
        birth_date_count=len({header.patient_born_on for header in headers if header.patient_born_on}),
    )
    problems = []
    if cut := sum(header.is_cut for header in headers):
        problems.append(
            FileProblem(code=Problem.TRUNCATED, says=f"{cut} of {len(headers)} DICOM objects end within the image.")
        )
    if unreadable:
        total = len(headers) + unreadable
        problems.append(
            FileProblem(code=Problem.CORRUPT, says=f"{unreadable} of {total} DICOM objects cannot be read.")
        )
    return measures, problems


# --- Where the slices lie --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stack:
    increment_mm: float | None = None
    missing: int = 0
    duplicates: int = 0
    is_tilted: bool = False


def _stack_of(planes: Sequence[Plane]) -> _Stack:
    """How slices lie along the normal of the first one."""
    normal = planes[0].normal
    positions = [plane.position for plane in planes if plane.position is not None]
    if normal is None or len(positions) < len(planes):
        return _Stack()
    positions.sort(key=lambda position: _dot(position, normal))
    heights = [_dot(position, normal) for position in positions]
    steps = [upper - lower for lower, upper in pairwise(heights)]
    # Doubles are left out of the median, or a series that is wholly double would have no increment.
    real_steps = [step for step in steps if step > _SAME_PLACE_MM]
    if not real_steps:
        return _Stack(duplicates=len(steps))
    increment = statistics.median_low(real_steps)
    along = _between(positions[0], positions[-1])
    off_axis = math.degrees(math.acos(min(1.0, (heights[-1] - heights[0]) / math.hypot(*along))))
    return _Stack(
        increment_mm=increment,
        missing=sum(round(step / increment) - 1 for step in steps if step > _GAP * increment),
        duplicates=len(steps) - len(real_steps),
        is_tilted=off_axis > _TILT_TOLERANCE_DEGREES,
    )


def _is_oriented(planes: Sequence[Plane]) -> bool:
    first = planes[0].normal
    return first is not None and all(
        plane.position is not None
        and (normal := plane.normal) is not None
        and _dot(normal, first) >= 1 - 2 * _COSINE_TOLERANCE
        for plane in planes
    )


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def _between(a: Vector, b: Vector) -> Vector:
    return (b[0] - a[0], b[1] - a[1], b[2] - a[2])


# --- What a header says ----------------------------------------------------------------------------------

#: Beyond these a length in the body is noise: millimeters.
_MAX_LENGTH_MM: Final = 1e5
#: No text in use is longer: a name has at most five parts of 64 characters.
_MAX_TEXT: Final = 324
#: The most frames that one object is taken to have.
_MAX_FRAMES: Final = 10_000


def _header(elements: Elements, syntax: str, *, is_cut: bool) -> Header:
    shared = elements.items("SharedFunctionalGroupsSequence")[:1]
    frames = min(_whole(elements, "NumberOfFrames") or 1, _MAX_FRAMES)
    described = [[frame] for frame in elements.items("PerFrameFunctionalGroupsSequence")[:_MAX_FRAMES]] or [[]]
    name = elements.name("PatientName")[:_MAX_TEXT]
    days = (_day(elements, keyword) for keyword in ("AcquisitionDate", "SeriesDate", "StudyDate", "ContentDate"))
    compressed = elements.text("LossyImageCompression")
    return Header(
        series=elements.text("SeriesInstanceUID")[:_MAX_TEXT],
        patient=(elements.name("PatientID")[:_MAX_TEXT], name.casefold()),
        modality=elements.text("Modality")[:_MAX_TEXT].upper() or None,
        bits_allocated=_whole(elements, "BitsAllocated"),
        rows=_whole(elements, "Rows"),
        columns=_whole(elements, "Columns"),
        frames=frames,
        planes=tuple(_plane((*frame, *shared, elements)) for frame in described),
        gantry_tilt_degrees=(_numbers(elements, "GantryDetectorTilt", 1) or (0.0,))[0],
        scanned_on=next((day for day in days if day), None),
        patient_name=name or None,
        patient_born_on=_day(elements, "PatientBirthDate"),
        is_cut=is_cut,
        is_lossy=syntax in _LOSSY or compressed == "01" or (syntax in _PERHAPS_LOSSY and compressed != "00"),
    )


def _plane(described_in: Sequence[Elements]) -> Plane:
    """A slice as the nearest of several datasets describes it, in functional groups or plainly."""
    position = _first_numbers(described_in, "PlanePositionSequence", "ImagePositionPatient", 3)
    cosines = _first_numbers(described_in, "PlaneOrientationSequence", "ImageOrientationPatient", 6)
    spacing = _first_numbers(described_in, "PixelMeasuresSequence", "PixelSpacing", 2) or _numbers(
        described_in[-1], "ImagerPixelSpacing", 2
    )
    thickness = _first_numbers(described_in, "PixelMeasuresSequence", "SliceThickness", 1)
    increment = _first_numbers(described_in, "PixelMeasuresSequence", "SpacingBetweenSlices", 1)
    return Plane(
        position=_vector(position),
        row=_vector(cosines[:3]) if cosines else None,
        column=_vector(cosines[3:]) if cosines else None,
        spacing_mm=max(spacing) if spacing else None,
        thickness_mm=thickness[0] if thickness else None,
        increment_mm=abs(increment[0]) if increment else None,
    )


def _first_numbers(described_in: Iterable[Elements], group: str, keyword: str, count: int) -> tuple[float, ...] | None:
    for elements in described_in:
        for place in (*elements.items(group)[:1], elements):
            if numbers := _numbers(place, keyword, count):
                return numbers
    return None


def _vector(numbers: Sequence[float] | None) -> Vector | None:
    return (numbers[0], numbers[1], numbers[2]) if numbers else None


def _numbers(elements: Elements, keyword: str, count: int) -> tuple[float, ...] | None:
    """Exactly so many numbers; ``None`` where the value is another one, or beyond all measure."""
    numbers = elements.numbers(keyword)
    return numbers if len(numbers) == count and all(abs(number) <= _MAX_LENGTH_MM for number in numbers) else None


def _whole(elements: Elements, keyword: str) -> int | None:
    """A whole number of 1 or more."""
    numbers = _numbers(elements, keyword, 1)
    return int(numbers[0]) if numbers and numbers[0] >= 1 else None


def _day(elements: Elements, keyword: str) -> date | None:
    match = _DAY.match(elements.text(keyword))
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def _agreed(values: Iterable[T | None]) -> T | None:
    """The most frequent value, the first of several."""
    counted = Counter(value for value in values if value is not None)
    return counted.most_common(1)[0][0] if counted else None


def _largest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _um(length_mm: float | None) -> int | None:
    return None if not length_mm or length_mm < 0 else round(length_mm * 1000)
