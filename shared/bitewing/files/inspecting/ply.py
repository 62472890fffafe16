"""Reads PLY: text, and binary of either byte order."""

import itertools
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitewing.files.inspecting import meshes
from bitewing.files.inspecting.geometry import (
    Coordinates,
    Indexes,
    check_triangle_count,
    refuse_too_many,
    refuse_too_many_vertices,
)
from bitewing.files.inspecting.meshes import (
    MAX_POLYGON,
    fans,
    measure_indexed,
    numbers_in,
    pieces_of,
    whole_number,
)
from bitewing.files.inspecting.source import CountedSource
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import MeshMeasures, Problem

_PLY_TYPES: Final = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1",
    "short": "i2", "int16": "i2", "ushort": "u2", "uint16": "u2",
    "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4",
    "float": "f4", "float32": "f4", "double": "f8", "float64": "f8",
}  # fmt: skip
_PLY_ENDS: Final = re.compile(rb"(?m)^end_header[ \t]*(?:\r\n|\n|\r(?!\n))")
_PLY_ORDERS: Final = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
#: How many values and lists of different lengths are read one by one: 10 seconds.
_MAX_UNEVEN: Final = 10_000_000
_FACE_LISTS: Final = frozenset({"vertex_indices", "vertex_index"})


def measure_ply(source: CountedSource, head: bytes) -> MeshMeasures:
    """Measure a PLY: text, or binary of either byte order.

    What its header counts is refused before it is read: rows for which the file is too small, and more of
    them than are inspected.

    Args:
        source: The file.
        head: Its first ``HEAD_BYTES``, or all of it.

    Raises:
        UnusableError: It cannot be read.
    """
    source.refuse_larger(at_most=meshes.MAX_MESH_BYTES, what="mesh")
    header = _read_ply_header(head)
    if header.is_text:
        meshes.refuse_larger_text(source)
    _check_counts(header, source.size)
    content = source.read_whole(head, at_most=meshes.MAX_MESH_BYTES, what="mesh")
    rows = _TextRows(content, header.body_at) if header.is_text else _BinaryRows(content, header)
    vertices: Coordinates | None = None
    triangles: Indexes | None = None
    for element in header.elements:
        if element.name == "vertex":
            vertices = rows.vertices(element)
        elif element.name == "face":
            triangles = rows.triangles(element)
        else:
            rows.skip(element)
    if vertices is None or triangles is None:
        raise UnusableError(Problem.NO_GEOMETRY, "The PLY has no vertices or no faces.")
    return measure_indexed(vertices, triangles, is_text=header.is_text)


def _check_counts(header: "_PlyHeader", size: int) -> None:
    left = size - header.body_at
    for element in header.elements:
        # A row of text is a word and the end of its line; the last line may lack it.
        left -= element.count * (2 if header.is_text else element.least_row_bytes)
        if left < (-1 if header.is_text else 0):
            raise _cut_short(element)
        if element.name == "face":
            refuse_too_many(element.count, is_text=header.is_text)
        else:
            refuse_too_many_vertices(element.count, is_text=header.is_text)


class _Property(NamedTuple):
    name: str
    type: str
    """A numpy type without byte order."""
    count_type: str | None = None
    """For a list: the type of the number of its values."""


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    count: int
    properties: list[_Property]

    @property
    def least_row_bytes(self) -> int:
        """The size of a binary row whose lists are empty."""
        return sum(np.dtype(listed.count_type or listed.type).itemsize for listed in self.properties)

    def index_of(self, names: frozenset[str]) -> int:
        """Where the first property of one of these names stands."""
        for index, candidate in enumerate(self.properties):
            if candidate.name in names:
                return index
        raise UnusableError(Problem.CORRUPT, f"The PLY's {self.name} has no {' or '.join(sorted(names))}.")

    def indexes_of_axes(self) -> list[int]:
        """Where x, y and z of a vertex stand."""
        axes = [self.index_of(frozenset({axis})) for axis in "xyz"]
        if any(self.properties[axis].count_type for axis in axes):
            raise UnusableError(Problem.CORRUPT, "The PLY's coordinates are lists.")
        return axes

    def index_of_corners(self) -> int:
        """Where the list of a face's vertices stands."""
        index = self.index_of(_FACE_LISTS)
        corners = self.properties[index]
        if corners.count_type is None or corners.type[0] == "f":
            raise UnusableError(Problem.CORRUPT, "The PLY's faces are not lists of whole numbers.")
        return index


@dataclass(frozen=True, slots=True)
class _PlyHeader:
    byte_order: str
    elements: list[_Element]
    body_at: int

    @property
    def is_text(self) -> bool:
        return not self.byte_order


def _read_ply_header(content: bytes) -> _PlyHeader:
    if not (end := _PLY_ENDS.search(content)):
        raise UnusableError(Problem.TRUNCATED, "The PLY's header does not end.")
    byte_order: str | None = None
    elements: list[_Element] = []
    for line in content[: end.start()].decode("latin-1").splitlines()[1:]:
        match line.split():
            case ["format", name, _] if name in _PLY_ORDERS:
                byte_order = _PLY_ORDERS[name]
            case ["element", name, count] if count.isdecimal() and len(count) < 20:  # noqa: PLR2004 - 64 bits
                elements.append(_Element(name, int(count), []))
            case ["property", "list", count_type, item_type, name] if (
                elements and _is_whole(count_type) and item_type in _PLY_TYPES
            ):
                elements[-1].properties.append(_Property(name, _PLY_TYPES[item_type], _PLY_TYPES[count_type]))
            case ["property", item_type, name] if elements and item_type in _PLY_TYPES:
                elements[-1].properties.append(_Property(name, _PLY_TYPES[item_type]))
            case [] | ["comment" | "obj_info", *_]:
                pass
            case _:
                raise UnusableError(Problem.CORRUPT, "A line of the PLY's header cannot be understood.")
    if byte_order is None or not all(element.properties for element in elements):
        raise UnusableError(Problem.CORRUPT, "The PLY's header does not say how its content is written.")
    return _PlyHeader(byte_order, elements, end.end())


def _is_whole(type_name: str) -> bool:
    return _PLY_TYPES.get(type_name, "f")[0] in "iu"


def _cut_short(element: _Element) -> UnusableError:
    return UnusableError(
        Problem.TRUNCATED, f"The PLY ends before the {element.count:,} {element.name} rows it announces."
    )


class _BinaryRows:
    """Reads the elements of a binary PLY one after the other."""

    def __init__(self, content: bytes, header: _PlyHeader) -> None:
        self._content = content
        self._at = header.body_at
        self._order = header.byte_order

    def vertices(self, element: _Element) -> Coordinates:
        """All rows of x, y and z."""
        axes = element.indexes_of_axes()
        vertices = Coordinates(element.count)
        start = self._at
        try:
            columns = self._columns(element)
        except _UnevenListsError:
            self._at = start
            rows = ([row[axis][0] for axis in axes] for row in self._uneven_rows(element))
            while chunk := list(itertools.islice(rows, meshes.ROWS_AT_ONCE)):
                vertices.add(np.array(chunk, dtype=np.float64))
            return vertices
        for at in range(0, element.count, meshes.ROWS_AT_ONCE):
            some = slice(at, at + meshes.ROWS_AT_ONCE)
            with np.errstate(invalid="ignore"):
                vertices.add(np.stack([columns[axis][some] for axis in axes], axis=1).astype(np.float64))
        return vertices

    def triangles(self, element: _Element) -> Indexes:
        """Shape (m, 3)."""
        corners = element.index_of_corners()
        start = self._at
        try:
            polygons = self._columns(element)[corners]
        except _UnevenListsError:
            self._at = start
            return fans(row[corners] for row in self._uneven_rows(element))
        return _fans_of_equals(polygons)

    def skip(self, element: _Element) -> None:
        """Go past an element that is not needed."""
        start = self._at
        try:
            self._columns(element)
        except _UnevenListsError:
            self._at = start
            for _ in self._uneven_rows(element):
                pass

    def _columns(self, element: _Element) -> list[NDArray[np.generic]]:
        """One array for each property; lists must all be as long as in the first row."""
        if element.count == 0:
            return [np.empty((0,) if p.count_type is None else (0, 3), p.type) for p in element.properties]
        fields: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
        lengths = self._list_lengths_of_first_row(element)
        for number, (listed, length) in enumerate(zip(element.properties, lengths, strict=True)):
            if listed.count_type is None:
                fields.append((f"p{number}", self._order + listed.type))
            else:
                fields.append((f"n{number}", self._order + listed.count_type))
                fields.append((f"p{number}", self._order + listed.type, (length,)))
        row = np.dtype(fields)
        rows_left = (len(self._content) - self._at) // row.itemsize
        has_lists = any(listed.count_type for listed in element.properties)
        if rows_left < element.count and not has_lists:
            raise _cut_short(element)
        table = np.frombuffer(self._content, row, min(element.count, rows_left), self._at)
        for number, (listed, length) in enumerate(zip(element.properties, lengths, strict=True)):
            if listed.count_type is not None and (table[f"n{number}"] != length).any():
                raise _UnevenListsError
        if rows_left < element.count:
            # Rows that are missing here may be there, if the later lists are shorter.
            raise _UnevenListsError
        self._at += row.itemsize * element.count
        return [table[f"p{number}"] for number in range(len(lengths))]

    def _list_lengths_of_first_row(self, element: _Element) -> list[int]:
        at = self._at
        lengths = []
        for listed in element.properties:
            length = 1
            if listed.count_type is not None:
                length, at = self._list_length(element, listed.count_type, at)
            lengths.append(length)
            at += length * np.dtype(listed.type).itemsize
        if at > len(self._content):
            raise _cut_short(element)
        return lengths

    def _list_length(self, element: _Element, count_type: str, at: int) -> tuple[int, int]:
        """The number of values of the list that begins here, and where its values begin."""
        size = np.dtype(count_type).itemsize
        if at + size > len(self._content):
            raise _cut_short(element)
        (length,) = struct.unpack_from(self._order + _STRUCT_CODES[count_type], self._content, at)
        if not 0 <= length <= MAX_POLYGON:
            raise UnusableError(Problem.CORRUPT, f"A {element.name} of the PLY claims {length:,} values.")
        return length, at + size

    def _uneven_rows(self, element: _Element) -> Iterator[list[tuple[int, ...]]]:
        """Row by row, each property as a tuple; for lists of different lengths."""
        if element.count * len(element.properties) > _MAX_UNEVEN:
            raise UnusableError(
                Problem.TOO_LARGE, f"The {element.name} rows of the PLY hold too many lists of different lengths."
            )
        for _ in range(element.count):
            row = []
            for listed in element.properties:
                length = 1
                if listed.count_type is not None:
                    length, self._at = self._list_length(element, listed.count_type, self._at)
                size = length * np.dtype(listed.type).itemsize
                if self._at + size > len(self._content):
                    raise _cut_short(element)
                code = f"{self._order}{length}{_STRUCT_CODES[listed.type]}"
                row.append(struct.unpack_from(code, self._content, self._at))
                self._at += size
            yield row


class _UnevenListsError(Exception):
    """The lists of an element have different lengths."""


_STRUCT_CODES: Final = {
    "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d",
}  # fmt: skip


class _TextRows:
    """Reads the elements of a text PLY one after the other: one line a row."""

    def __init__(self, content: bytes, body_at: int) -> None:
        self._lines = (
            words for piece in pieces_of(content, body_at) for line in piece.splitlines() if (words := line.split())
        )

    def vertices(self, element: _Element) -> Coordinates:
        """All rows of x, y and z."""
        axes = element.indexes_of_axes()
        width = max(axes) + 1
        if any(listed.count_type for listed in element.properties[:width]):
            raise UnusableError(Problem.CORRUPT, "The PLY has lists before its coordinates.")
        vertices = Coordinates(element.count)
        rows = self._rows(element)
        while chunk := list(itertools.islice(rows, meshes.ROWS_AT_ONCE)):
            flat = [number for row in chunk for number in numbers_in(row[:width], width)]
            vertices.add(np.array(flat).reshape(-1, width)[:, axes])
        return vertices

    def triangles(self, element: _Element) -> Indexes:
        """Shape (m, 3)."""
        corners = element.index_of_corners()
        return fans(_list_of(words, element, corners) for words in self._rows(element))

    def skip(self, element: _Element) -> None:
        """Go past an element that is not needed."""
        for _ in self._rows(element):
            pass

    def _rows(self, element: _Element) -> Iterator[list[bytes]]:
        for _ in range(element.count):
            if (words := next(self._lines, None)) is None:
                raise _cut_short(element)
            yield words


def _list_of(words: list[bytes], element: _Element, wanted: int) -> list[int]:
    """The values of one list in a row of a text PLY."""
    at = 0
    for listed in element.properties[:wanted]:
        at += 1 if listed.count_type is None else 1 + whole_number(words[at : at + 1])
    length = whole_number(words[at : at + 1])
    values = words[at + 1 : at + 1 + length]
    if not 0 <= length <= MAX_POLYGON or len(values) < length:
        raise UnusableError(Problem.CORRUPT, "A face of the PLY has fewer corners than it says.")
    return [whole_number([value]) for value in values]


def _fans_of_equals(polygons: NDArray[np.generic]) -> Indexes:
    """Triangles of polygons that all have the same number of corners, shape (m, 3)."""
    faces, corners = polygons.shape
    check_triangle_count(faces * max(corners - 2, 0))
    if corners == 3:  # noqa: PLR2004 - most are triangles already
        return polygons.astype(np.int64)
    return np.concatenate([polygons[:, [0, corner, corner + 1]] for corner in range(1, corners - 1)]).astype(np.int64)
