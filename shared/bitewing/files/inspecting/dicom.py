"""Reads DICOM headers, and works out from them whether the slices make one whole volume.

Pixels are never read. That every byte arrived is known before: storage compares the file's SHA-256.
"""

import io
import logging
import math
import re
import statistics
import struct
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final, TypeVar

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag
from pydicom.uid import UID

from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import FileProblem, Problem, SeriesMeasures

#: How much of an object is read for its header, first and at most. A CT slice's header has 2 to 20 kB;
#: a multi-frame object describes every frame, with 1 to 2 kB each.
FIRST_HEADER_BYTES: Final = 16 * 1024
MAX_HEADER_BYTES: Final = 4 * 1024 * 1024

#: Direction cosines are written with few digits: how far length and right angle may be off.
_COSINE_TOLERANCE: Final = 1e-2
#: A gantry angle, or the angle between the stack and the slices' normal, that is more than rounding: degrees.
_TILT_TOLERANCE_DEGREES: Final = 0.5
#: Slices nearer than this lie in the same place: millimeters. The finest CBCT steps by 0.075.
_SAME_PLACE_MM: Final = 0.01
#: A gap of this many increments has lost a slice.
_GAP: Final = 1.5

_PIXELS: Final = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_DEFLATED: Final = b"1.2.840.10008.1.2.1.99"
_KEYWORDS: Final = """
    AcquisitionDate BitsAllocated Columns ContentDate GantryDetectorTilt ImageOrientationPatient
    ImagePositionPatient ImagerPixelSpacing Modality NumberOfFrames PatientBirthDate PatientID PatientName
    PerFrameFunctionalGroupsSequence PixelSpacing Rows SeriesDate SeriesInstanceUID
    SharedFunctionalGroupsSequence SliceThickness SOPClassUID SpacingBetweenSlices StudyDate
"""
_TAGS: Final[list[BaseTag | int]] = [pydicom.tag.Tag(keyword) for keyword in _KEYWORDS.split()]
#: What pydicom raises when an encoding is broken. It reads from memory: an ``OSError`` is no failure of storage.
BROKEN_ENCODING: Final = (
    BytesLengthException,
    InvalidDicomError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
# pydicom logs the values that it dislikes, and a patient's name may be one.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)

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
    if _DEFLATED in beginning:
        raise UnusableError(Problem.CORRUPT, "The DICOM header is compressed, which is not accepted.")
    pixels_end: int | None = None
    stream = io.BytesIO(beginning)

    def at_pixels(tag: BaseTag, _vr: str | None, length: int) -> bool:
        nonlocal pixels_end
        if tag in _PIXELS:
            pixels_end = stream.tell() + (0 if length == _UNDEFINED_LENGTH else length)
        return tag in _PIXELS

    with warnings.catch_warnings(action="ignore"):
        try:
            dataset = read_partial(stream, at_pixels, specific_tags=_TAGS)
        except BROKEN_ENCODING:
            if len(beginning) < min(size_bytes, MAX_HEADER_BYTES):
                raise HeaderTooLongError from None
            raise UnusableError(Problem.CORRUPT, "The DICOM header cannot be read.") from None
        if pixels_end is None:
            if len(beginning) < min(size_bytes, MAX_HEADER_BYTES):
                raise HeaderTooLongError
            if _is_without_image(dataset):
                raise NoImageError(Problem.CORRUPT, "The DICOM object has no image.")
            raise UnusableError(Problem.TRUNCATED, "The DICOM object ends before its image.")
        return _header(dataset, is_cut=pixels_end > size_bytes)


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

_UNDEFINED_LENGTH: Final = 0xFFFFFFFF
#: Beyond these a length in the body is noise: millimeters.
_MAX_LENGTH_MM: Final = 1e5
#: No text in use is longer: a name has at most five parts of 64 characters.
_MAX_TEXT: Final = 324
#: The most frames that one object is taken to have.
_MAX_FRAMES: Final = 10_000


def _is_without_image(dataset: Dataset) -> bool:
    """Whether the kind of object is known to have no pixels; one without a kind is taken for an image."""
    kind = UID(_text(dataset, "SOPClassUID") or "").name
    return kind.endswith("Storage") and "Image" not in kind


def _header(dataset: Dataset, *, is_cut: bool) -> Header:
    shared = _first_item(dataset, "SharedFunctionalGroupsSequence")
    frames = min(_whole(dataset, "NumberOfFrames") or 1, _MAX_FRAMES)
    described = _items(dataset, "PerFrameFunctionalGroupsSequence")[:_MAX_FRAMES] or [Dataset()]
    name = _text(dataset, "PatientName")
    days = (_day(dataset, keyword) for keyword in ("AcquisitionDate", "SeriesDate", "StudyDate", "ContentDate"))
    return Header(
        series=_text(dataset, "SeriesInstanceUID") or "",
        patient=(_text(dataset, "PatientID") or "", (name or "").casefold()),
        modality=(_text(dataset, "Modality") or "").upper() or None,
        bits_allocated=_whole(dataset, "BitsAllocated"),
        rows=_whole(dataset, "Rows"),
        columns=_whole(dataset, "Columns"),
        frames=frames,
        planes=tuple(_plane([frame, shared, dataset]) for frame in described),
        gantry_tilt_degrees=(_numbers(dataset, "GantryDetectorTilt", 1) or (0.0,))[0],
        scanned_on=next((day for day in days if day), None),
        patient_name=name,
        patient_born_on=_day(dataset, "PatientBirthDate"),
        is_cut=is_cut,
    )


def _plane(described_in: Sequence[Dataset]) -> Plane:
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


def _first_numbers(datasets: Iterable[Dataset], group: str, keyword: str, count: int) -> tuple[float, ...] | None:
    for dataset in datasets:
        for place in (_first_item(dataset, group), dataset):
            if numbers := _numbers(place, keyword, count):
                return numbers
    return None


def _vector(numbers: Sequence[float] | None) -> Vector | None:
    return (numbers[0], numbers[1], numbers[2]) if numbers else None


def _converted(dataset: Dataset, keyword: str, convert: Callable[[Any], T]) -> T | None:
    """An element's value, or ``None`` where its encoding is broken."""
    try:
        return convert(dataset.get(keyword))
    except BROKEN_ENCODING:
        return None


def _items(dataset: Dataset, keyword: str) -> list[Dataset]:
    value = _converted(dataset, keyword, lambda value: value)
    return list(value) if isinstance(value, pydicom.Sequence) else []


def _first_item(dataset: Dataset, keyword: str) -> Dataset:
    return next(iter(_items(dataset, keyword)), Dataset())


def _text(dataset: Dataset, keyword: str) -> str | None:
    text = _converted(dataset, keyword, lambda value: "" if value is None else str(value)) or ""
    return text.replace("\0", "").strip()[:_MAX_TEXT] or None


def _numbers(dataset: Dataset, keyword: str, count: int) -> tuple[float, ...] | None:
    numbers = _converted(dataset, keyword, _as_floats)
    if numbers is None or len(numbers) != count:
        return None
    return numbers if all(abs(number) <= _MAX_LENGTH_MM for number in numbers) else None


def _as_floats(value: float | str | MultiValue[Any] | None) -> tuple[float, ...]:
    values = value if isinstance(value, MultiValue) else () if value is None else (value,)
    return tuple(float(number) for number in values)


def _whole(dataset: Dataset, keyword: str) -> int | None:
    """A whole number of 1 or more."""
    numbers = _numbers(dataset, keyword, 1)
    return int(numbers[0]) if numbers and numbers[0] >= 1 else None


def _day(dataset: Dataset, keyword: str) -> date | None:
    match = _DAY.match(_text(dataset, keyword) or "")
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
