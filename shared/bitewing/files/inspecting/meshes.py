"""What the mesh formats have in common: text in pieces, numbers, polygons.

STL, PLY and OBJ are read with numpy alone. trimesh reads them as well, but mends silently what is to be reported
here, and imports far more. Nothing is allocated by what a header claims before the bytes for it are known to be
there.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from bitewing.files.inspecting.geometry import (
    Coordinates,
    Indexes,
    check_triangle_count,
    measure,
    refuse_too_many,
)
from bitewing.files.inspecting.source import CountedSource
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import MeshMeasures, Problem

#: The largest mesh that is read; scanners write 5 to 50 MB.
MAX_MESH_BYTES: Final = 300_000_000
#: The largest text mesh; those of scanners stay below.
MAX_TEXT_MESH_BYTES: Final = 100_000_000
#: Text is taken apart in pieces of this size, so that its words never fill the memory.
PIECE_BYTES: Final = 4_000_000
#: A longer line is no mesh of a scanner.
MAX_LINE_BYTES: Final = 100_000
_LINE_END: Final = re.compile(rb"(?<![\\\r])\n|(?<!\\)\r\n?")
#: How many rows or polygons are turned into an array at once.
ROWS_AT_ONCE: Final = 50_000
#: A polygon with more corners is no mesh of a scanner.
MAX_POLYGON: Final = 1024


def measure_indexed(vertices: Coordinates, triangles: Indexes, *, is_text: bool) -> MeshMeasures:
    """Measure a mesh whose faces name their vertices; the triangles have shape (m, 3).

    Raises:
        UnusableError: It has no triangles or too many, faces name vertices that it does not have, or some of
            its coordinates are none.
    """
    check_triangle_count(len(triangles))
    outside = (triangles < 0) | (triangles >= vertices.count)
    if outside.any():
        raise UnusableError(
            Problem.CORRUPT,
            f"{int(np.count_nonzero(outside)):,} corners of faces name vertices that are not in the file.",
        )
    return measure(vertices.complete(), triangles.astype(np.int32), is_text=is_text)


def read_text(source: CountedSource, head: bytes) -> bytes:
    """A text mesh as a whole.

    Raises:
        UnusableError: It is larger than is read.
    """
    refuse_larger_text(source)
    return source.read_whole(head, at_most=MAX_MESH_BYTES, what="mesh")


def refuse_larger_text(source: CountedSource) -> None:
    """Raise ``UnusableError`` for a text mesh of more bytes than are read."""
    source.refuse_larger(at_most=MAX_TEXT_MESH_BYTES, what="text mesh", do="Export it as binary.")


def pieces_of(text: bytes, at: int = 0) -> Iterator[bytes]:
    """The text in parts of whole lines; a line that a backslash continues is one with the next.

    Raises:
        UnusableError: A line is longer than any mesh has.
    """
    while at < len(text):
        until = len(text)
        if until - at > PIECE_BYTES:
            end = _LINE_END.search(text, at + PIECE_BYTES, at + PIECE_BYTES + MAX_LINE_BYTES)
            if end is None and until - at > PIECE_BYTES + MAX_LINE_BYTES:
                raise UnusableError(Problem.CORRUPT, f"A line of the mesh has more than {MAX_LINE_BYTES:,} characters.")
            until = end.end() if end else until
        yield text[at:until]
        at = until


def numbers_in(words: Sequence[bytes], count: int) -> list[float]:
    """The words as exactly so many numbers.

    Raises:
        UnusableError: They are fewer, or no numbers.
    """
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        raise UnusableError(Problem.CORRUPT, "A coordinate of the mesh is not a number.") from None
    if len(numbers) != count:
        raise UnusableError(Problem.CORRUPT, "A vertex of the mesh lacks a coordinate.")
    return numbers


def whole_number(words: Sequence[bytes]) -> int:
    """The one word as a whole number of at most 64 bits.

    Raises:
        UnusableError: There is none, or it is something else.
    """
    try:
        (number,) = (int(word) for word in words)
    except ValueError:
        raise UnusableError(Problem.CORRUPT, "A face of the mesh has an index that is not a number.") from None
    if not -(2**63) <= number < 2**63:
        raise UnusableError(Problem.CORRUPT, "A face of the mesh has an index beyond all files.")
    return number


def fan(corners: Sequence[int]) -> list[int]:
    """A polygon as triangles around its first corner, flat. Fewer than three corners give none."""
    if len(corners) == 3:  # noqa: PLR2004 - most are triangles already
        return list(corners)
    if len(corners) > MAX_POLYGON:
        raise UnusableError(Problem.CORRUPT, f"A face of the mesh has {len(corners):,} corners.")
    return [corner for pair in itertools.pairwise(corners[1:]) for corner in (corners[0], *pair)]


def fans(polygons: Iterator[Sequence[int]]) -> Indexes:
    """Triangles of polygons, shape (m, 3)."""
    pieces = [np.empty(0, dtype=np.int64)]
    count = 0
    while chunk := list(itertools.islice(polygons, ROWS_AT_ONCE)):
        pieces.append(np.array([corner for polygon in chunk for corner in fan(polygon)], dtype=np.int64))
        count += len(pieces[-1]) // 3
        refuse_too_many(count)
    return np.concatenate(pieces).reshape(-1, 3)
