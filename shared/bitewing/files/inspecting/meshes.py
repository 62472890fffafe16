"""What the mesh formats have in common: text in pieces, numbers, polygons.

STL, PLY and OBJ are read with numpy alone. trimesh reads them as well, but mends silently what is to be reported
here, and imports far more. Nothing is allocated by what a header claims before the bytes for it are known to be
there.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bitewing.files.inspecting.geometry import (
    Indexes,
    check_triangle_count,
    measure,
    refuse_too_many,
    single_precision,
)
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import MeshMeasures, Problem

#: The largest mesh that is read; scanners write 5 to 50 MB.
MAX_MESH_BYTES: Final = 300_000_000
#: Text is taken apart in pieces of this size, so that its words never fill the memory.
PIECE_BYTES: Final = 4_000_000
#: How many rows or polygons are turned into an array at once.
ROWS_AT_ONCE: Final = 50_000
#: A polygon with more corners is no mesh of a scanner.
MAX_POLYGON: Final = 1024


def measure_indexed(vertices: NDArray[np.float64], triangles: Indexes, *, is_text: bool) -> MeshMeasures:
    """Measure a mesh whose faces name their vertices, shapes (n, 3) and (m, 3).

    Raises:
        UnusableError: It has no triangles or too many, or faces name vertices that it does not have.
    """
    check_triangle_count(len(triangles))
    outside = (triangles < 0) | (triangles >= len(vertices))
    if outside.any():
        raise UnusableError(
            Problem.CORRUPT,
            f"{int(np.count_nonzero(outside)):,} corners of faces name vertices that are not in the file.",
        )
    return measure(single_precision(vertices), triangles, is_text=is_text)


def pieces_of(text: bytes, at: int = 0) -> Iterator[bytes]:
    """The text in parts of whole lines."""
    while at < len(text):
        until = text.find(b"\n", at + PIECE_BYTES) + 1 or len(text)
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
