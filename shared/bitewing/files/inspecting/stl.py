"""Reads STL, binary and text."""

import re
import struct
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bitewing.files.inspecting import meshes
from bitewing.files.inspecting.formats import (
    BYTE_ORDER_MARK,
    STL_HEADER_BYTES,
    STL_TRIANGLE_BYTES,
    is_text_stl,
)
from bitewing.files.inspecting.geometry import (
    Coordinates,
    Corners,
    check_triangle_count,
    measure,
    refuse_too_many,
    single_precision,
)
from bitewing.files.inspecting.source import CountedSource
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import MeshMeasures, Problem

_STL_FRAME: Final = re.compile(rb"(?m)^[ \t]*(?:end)?solid\b[^\n]*")
_FACET_WORDS: Final = 21
_FACET: Final = {
    0: b"facet", 1: b"normal", 5: b"outer", 6: b"loop", 7: b"vertex", 11: b"vertex", 15: b"vertex",
    19: b"endloop", 20: b"endfacet",
}  # fmt: skip
_FACET_NUMBERS: Final = (8, 9, 10, 12, 13, 14, 16, 17, 18)
_LAST_WORD: Final = b"endfacet"
_BINARY_STL_TRIANGLE: Final = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("flags", "<u2")])
#: A binary STL is read in pieces of this size, so that it never lies in memory beside its corners.
_PIECE_BYTES: Final = 8_000_000


def measure_stl(source: CountedSource, head: bytes) -> MeshMeasures:
    """Measure a binary or text STL.

    Args:
        source: The file, of a size that is still read.
        head: Its first ``HEAD_BYTES``, or all of it.

    Raises:
        UnusableError: It cannot be read.
    """
    if is_text_stl(head, source.size):
        content = meshes.read_text(source, head)
        return measure(single_precision(_text_stl_corners(content)), None, is_text=True)
    source.refuse_larger(at_most=meshes.MAX_MESH_BYTES, what="mesh")
    return measure(_binary_stl_corners(source, head), None, is_text=False)


def _binary_stl_corners(source: CountedSource, head: bytes) -> Corners:
    (announced,) = struct.unpack_from("<I", head, 80)
    complete, rest = divmod(source.size - STL_HEADER_BYTES, STL_TRIANGLE_BYTES)
    if complete < announced:
        raise UnusableError(
            Problem.TRUNCATED, f"The STL ends after {complete:,} of the {announced:,} triangles it announces."
        )
    if complete > announced or rest:
        more = source.size - STL_HEADER_BYTES - STL_TRIANGLE_BYTES * announced
        raise UnusableError(
            Problem.CORRUPT,
            f"The STL goes on for {more:,} bytes after the {announced:,} triangles it announces.",
        )
    check_triangle_count(announced)
    corners = Coordinates(3 * announced)
    begun = head[STL_HEADER_BYTES:]
    for at in range(len(head), source.size + 1, _PIECE_BYTES):
        piece = begun + source.read_at(at, _PIECE_BYTES)
        whole = len(piece) // STL_TRIANGLE_BYTES
        corners.add(np.frombuffer(piece, _BINARY_STL_TRIANGLE, whole)["corners"].reshape(-1, 3))
        begun = piece[whole * STL_TRIANGLE_BYTES :]
    return corners.complete()


def _text_stl_corners(content: bytes) -> NDArray[np.float64]:
    corners: list[NDArray[np.float64]] = []
    count = 0
    at = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
    while at < len(content):
        is_last = len(content) - at <= meshes.PIECE_BYTES
        piece = content[at : at + meshes.PIECE_BYTES].lower().replace(b"\r", b"\n")
        if not is_last:
            if (end := piece.rfind(_LAST_WORD)) < 0:
                raise UnusableError(Problem.CORRUPT, "A long part of the text STL ends no facet.")
            piece = piece[: end + len(_LAST_WORD)]
        corners.append(_facets(_STL_FRAME.sub(b"", piece).split(), is_last=is_last))
        count += len(corners[-1]) // 3
        refuse_too_many(count, is_text=True)
        at += len(piece)
    last_line = content[-meshes.PIECE_BYTES :].lower().replace(b"\r", b"\n").rstrip().rsplit(b"\n", 1)[-1]
    if not last_line.lstrip().startswith(b"endsolid"):
        raise UnusableError(Problem.TRUNCATED, f"The text STL stops after {count:,} triangles, without its last line.")
    check_triangle_count(count)
    return np.concatenate(corners)


def _facets(words: Sequence[bytes], *, is_last: bool) -> NDArray[np.float64]:
    """The corners of facets, shape (n, 3)."""
    complete, rest = divmod(len(words), _FACET_WORDS)
    whole = complete * _FACET_WORDS
    if rest and is_last and words[whole] == b"facet":
        raise UnusableError(Problem.TRUNCATED, "The text STL ends within a facet.")
    if rest or any(words[at::_FACET_WORDS].count(word) != complete for at, word in _FACET.items()):
        raise UnusableError(Problem.CORRUPT, "A facet of the text STL is not built as facets are.")
    columns = [meshes.numbers_in(words[at::_FACET_WORDS], complete) for at in _FACET_NUMBERS]
    return np.array(columns, dtype=np.float64).T.reshape(-1, 3)
