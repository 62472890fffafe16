"""Measures a triangle mesh: its size, its edges, its open boundaries.

A vertex is its exact position, as single-precision floats: formats without indexes repeat every corner bit
for bit, and merging by a tolerance would close gaps that are there.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bitewing.files.inspecting.shape import shape_of
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import MeshMeasures, Problem

#: The most triangles that are measured: 0.4 GB of memory, 1.1 when none touches another. A full arch has 80,000
#: to 500,000.
MAX_TRIANGLES: Final = 3_000_000
#: The most vertices: no mesh of as many triangles can use more of them.
MAX_VERTICES: Final = 3 * MAX_TRIANGLES
#: Text takes a processor 3 microseconds a triangle and 1 a vertex: with this many it is read in some 6 seconds.
MAX_TEXT_TRIANGLES: Final = 1_500_000
MAX_TEXT_VERTICES: Final = 2_000_000
#: Beyond 10 km, read as millimeters, a coordinate is noise.
MAX_COORDINATE: Final = 1e7
#: How many vertices are worked on at once, so that what is only needed in between stays small.
_ROWS_AT_ONCE: Final = 1 << 18

Corners = NDArray[np.float32]
Indexes = NDArray[np.signedinteger]


def check_triangle_count(triangles: int) -> None:
    """Raise ``UnusableError`` for a mesh without triangles or with more than ``MAX_TRIANGLES``."""
    if triangles == 0:
        raise UnusableError(Problem.NO_GEOMETRY, "The mesh has no triangles.")
    refuse_too_many(triangles)


def refuse_too_many(triangles: int, *, is_text: bool = False) -> None:
    """Raise ``UnusableError`` for a mesh of more triangles than are measured, while it is being read."""
    _refuse_above(MAX_TEXT_TRIANGLES if is_text else MAX_TRIANGLES, triangles, "triangles", is_text)


def refuse_too_many_vertices(vertices: int, *, is_text: bool = False) -> None:
    """Raise ``UnusableError`` for a mesh of more vertices than are measured, while it is being read."""
    _refuse_above(MAX_TEXT_VERTICES if is_text else MAX_VERTICES, vertices, "vertices", is_text)


def _refuse_above(limit: int, count: int, what: str, is_text: bool) -> None:  # noqa: FBT001 - as it was asked
    if count > limit:
        says = f"The mesh has {count:,} {what}; at most {limit:,} are inspected"
        raise UnusableError(Problem.TOO_LARGE, f"{says} in text. Export it as binary." if is_text else f"{says}.")


class Coordinates:
    """Coordinates as they are compared: finite, single precision, zero without a sign.

    They are given piece by piece, and what is wrong with them is told at the end, with its number.

    Args:
        rows: How many rows of x, y and z there will be.
    """

    def __init__(self, rows: int) -> None:
        self._rows: Corners = np.empty((rows, 3), dtype=np.float32)
        self._filled = 0
        self._wrong = 0
        self._all_finite = True

    @property
    def count(self) -> int:
        """How many rows there will be."""
        return len(self._rows)

    def add(self, rows: NDArray[np.floating]) -> None:
        """Add rows of x, y and z."""
        with np.errstate(invalid="ignore"):
            within = np.abs(rows) <= MAX_COORDINATE
        if not within.all():
            self._wrong += int(within.size - np.count_nonzero(within))
            self._all_finite &= bool(np.isfinite(rows).all())
            # They are replaced only to be counted on; the mesh is refused in the end.
            rows = np.where(within, rows, 0)
        # Adding zero turns -0.0 into 0.0, which is the same place with other bits.
        target = self._rows[self._filled : self._filled + len(rows)]
        target[:] = rows
        target += np.float32(0)
        self._filled += len(rows)

    def complete(self) -> Corners:
        """All rows, shape (n, 3).

        Raises:
            UnusableError: A coordinate is not a number, infinite or farther out than ``MAX_COORDINATE``.
        """
        if self._wrong and not self._all_finite:
            raise UnusableError(Problem.NOT_FINITE, f"{self._wrong:,} coordinates are infinite or not numbers.")
        if self._wrong:
            raise UnusableError(Problem.CORRUPT, f"{self._wrong:,} coordinates lie more than 10 km from the origin.")
        return self._rows


def single_precision(coordinates: NDArray[np.floating]) -> Corners:
    """Coordinates of shape (n, 3) as they are compared.

    Raises:
        UnusableError: As ``Coordinates.complete``.
    """
    rows = Coordinates(len(coordinates))
    for some in _slices(len(coordinates)):
        rows.add(coordinates[some])
    return rows.complete()


def measure(vertices: Corners, triangles: Indexes | None, *, is_text: bool) -> MeshMeasures:
    """Measure a mesh.

    Takes 40 to 250 bytes of memory a triangle beyond its arguments, the most when no two triangles touch.

    Args:
        vertices: Shape (n, 3), from ``single_precision``; file units, read as millimeters.
        triangles: Shape (m, 3), m of 1 or more: indexes into ``vertices``, in range. ``None`` where every three
            vertices are a triangle.
        is_text: Handed through.
    """
    low, high = _bounds(vertices, triangles)
    numbers = _numbered(vertices)
    corners = numbers.reshape(-1, 3) if triangles is None else numbers[triangles]
    count = len(corners)
    a, b, c = corners.T
    degenerate = (a == b) | (b == c) | (c == a)
    degenerate_count = int(np.count_nonzero(degenerate))
    if degenerate_count:
        corners = corners[~degenerate]
    open_edges, non_manifold = _edges(corners)
    loops, rim_edges = _boundary_loops(open_edges, vertices, numbers)
    shape = shape_of(vertices, triangles)
    x_um, y_um, z_um = (round(side * 1000) for side in (high - low).tolist())
    return MeshMeasures(
        triangles=count,
        extent_um=(x_um, y_um, z_um),
        open_edges=len(open_edges),
        rim_edges=rim_edges,
        holes=max(loops - 1, 0),
        non_manifold_edges=non_manifold,
        degenerate_triangles=degenerate_count,
        is_text=is_text,
        shape=shape,
    )


def _slices(length: int) -> Iterator[slice]:
    return (slice(at, at + _ROWS_AT_ONCE) for at in range(0, length, _ROWS_AT_ONCE))


def _bounds(vertices: Corners, triangles: Indexes | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least and the greatest coordinates of vertices that lie on a triangle."""
    if triangles is not None:
        is_used = np.zeros(len(vertices), dtype=bool)
        is_used[triangles.ravel()] = True
        if not is_used.all():
            vertices = vertices[is_used]
    # Axis by axis, which is faster by far than all three at once.
    low, high = ([end(axis) for axis in vertices.T] for end in (np.min, np.max))
    return np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)


def _numbered(vertices: Corners) -> NDArray[np.int32]:
    """The same number for the same place, counted from 0: shape (n,).

    Places are sorted by a hash with their index beside it in one integer, which needs a third of the time
    and memory of sorting them by their coordinates. Neighbors in that order are then compared for real.
    """
    count = len(vertices)
    index_bits = np.uint64(count.bit_length())
    index_mask = (np.uint64(1) << index_bits) - np.uint64(1)
    keys = np.empty(count, dtype=np.uint64)
    for some in _slices(count):
        hashes = _hashes(vertices[some].view(np.uint32))
        hashes &= ~index_mask
        hashes |= np.arange(some.start, some.start + len(hashes), dtype=np.uint64)
        keys[some] = hashes
    keys.sort()

    is_new = np.ones(count, dtype=bool)
    has_collisions = False
    for some in _slices(count):
        # The one before belongs to it: what is compared are neighbors.
        before = slice(max(some.start - 1, 0), some.stop)
        hashes = keys[before] >> index_bits
        differs = hashes[1:] != hashes[:-1]
        places = vertices.take((keys[before] & index_mask).astype(np.intp), axis=0)
        has_collisions |= bool((_differ(places) & ~differs).any())
        is_new[before.start + 1 : before.start + len(hashes)] = differs
    if has_collisions:
        _take_apart(keys, is_new, vertices, index_mask)

    numbers = np.empty(count, dtype=np.int32)
    latest = -1
    for some in _slices(count):
        following = np.cumsum(is_new[some], dtype=np.int32)
        following += np.int32(latest)
        numbers[(keys[some] & index_mask).astype(np.intp)] = following
        latest = int(following[-1])
    return numbers


def _hashes(bits: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """A number of 64 bits for each row of three of 32; different rows rarely have the same upper bits."""
    x, y, z = bits.T
    mixed: NDArray[np.uint64] = x.astype(np.uint64)
    for following in (y, z, 0):
        # An odd factor loses nothing, and the shift brings the well-mixed upper bits down (as in SplitMix64).
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(32)
        mixed += following
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return mixed


def _take_apart(keys: NDArray[np.uint64], is_new: NDArray[np.bool_], vertices: Corners, index_mask: np.uint64) -> None:
    """Sort places that share a hash by their coordinates, in place, and mark where another place begins."""
    begins = np.flatnonzero(is_new)
    is_shared = np.diff(begins, append=len(keys)) > 1
    group = np.repeat(np.arange(len(begins), dtype=np.int32), np.diff(begins, append=len(keys)))
    at = np.flatnonzero(is_shared[group])
    places = vertices[(keys[at] & index_mask).astype(np.intp)]
    order = np.lexsort((*places.T, group[at]))
    keys[at] = keys[at][order]
    is_new[at[1:]] |= _differ(places[order])


def _differ(places: Corners) -> NDArray[np.bool_]:
    """Whether each place, from the second on, is another one than the one before it."""
    x, y, z = places.T
    differ: NDArray[np.bool_] = x[1:] != x[:-1]
    differ |= y[1:] != y[:-1]
    differ |= z[1:] != z[:-1]
    return differ


def _edges(corners: Indexes) -> tuple[NDArray[np.uint64], int]:
    """The edges of one triangle, as two vertex numbers in one integer, and how many edges have three or more."""
    count = len(corners)
    edges = np.empty(3 * count, dtype=np.uint64)
    for side, (start, end) in enumerate(((0, 1), (1, 2), (2, 0))):
        part = edges[side * count : (side + 1) * count]
        part[:] = np.minimum(corners[:, start], corners[:, end])
        part <<= np.uint64(32)
        part |= np.maximum(corners[:, start], corners[:, end]).astype(np.uint64)
    edges.sort()
    is_first = np.ones(len(edges) + 2, dtype=bool)
    np.not_equal(edges[1:], edges[:-1], out=is_first[1 : len(edges)])
    now, second, third = is_first[: len(edges)], is_first[1 : len(edges) + 1], is_first[2:]
    return edges[now & second], int(np.count_nonzero(now & ~second & ~third))


def _boundary_loops(open_edges: NDArray[np.uint64], vertices: Corners, numbers: Indexes) -> tuple[int, int]:
    """How many separate lines the open edges form, and of how many edges the longest one (by length) is.

    Loops that touch in a vertex count as one: they are one opening to whoever closes it.
    """
    if not len(open_edges):
        return 0, 0
    starts, ends = (open_edges >> np.uint64(32)).astype(np.int32), open_edges.astype(np.uint32).astype(np.int32)
    # From here on, only what lies on an open edge has a number.
    is_end = np.zeros(int(numbers.max()) + 1, dtype=bool)
    is_end[starts] = is_end[ends] = True
    number_on_edges = np.cumsum(is_end, dtype=np.int32) - np.int32(1)
    places = np.empty((int(number_on_edges[-1]) + 1, 3), dtype=np.float32)
    for some in _slices(len(numbers)):
        found = is_end[numbers[some]]
        places[number_on_edges[numbers[some][found]]] = vertices[some][found]
    starts, ends = number_on_edges[starts], number_on_edges[ends]
    lengths = np.empty(len(starts), dtype=np.float32)
    for some in _slices(len(starts)):
        lengths[some] = np.linalg.norm(places[starts[some]] - places[ends[some]], axis=1)

    loop_of_edge = _components(len(places), starts, ends)[starts]
    edge_counts = np.bincount(loop_of_edge)
    longest = int(np.bincount(loop_of_edge, weights=lengths).argmax())
    return int(np.count_nonzero(edge_counts)), int(edge_counts[longest])


def _components(vertex_count: int, starts: Indexes, ends: Indexes) -> Indexes:
    """A vertex number for each vertex: the same for all that are connected, the smallest of them."""
    label = np.arange(vertex_count, dtype=np.int32)
    while len(starts):
        # Of two groups that an edge connects, the one of the greater number joins its smallest neighbor.
        low, high = np.minimum(starts, ends), np.maximum(starts, ends)
        np.minimum.at(label, high, low)
        while not np.array_equal(shorter := label[label], label):
            label = shorter
        starts, ends = label[low], label[high]
        is_between = starts != ends
        starts, ends = starts[is_between], ends[is_between]
    return label
