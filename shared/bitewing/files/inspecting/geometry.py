"""Measures a triangle mesh: its size, its edges, its open boundaries.

A vertex is its exact position, as single-precision floats: formats without indexes repeat every corner bit
for bit, and merging by a tolerance would close gaps that are there.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import MeshMeasures, Problem

#: The most triangles that are measured: 0.8 GB of memory, 1.4 when none touches another. A full arch has
#: 80,000 to 500,000.
MAX_TRIANGLES: Final = 3_000_000
#: Beyond 10 km, read as millimeters, a coordinate is noise.
MAX_COORDINATE: Final = 1e7

Corners = NDArray[np.float32]
Indexes = NDArray[np.signedinteger]


def check_triangle_count(triangles: int) -> None:
    """Raise ``UnusableError`` for a mesh without triangles or with more than ``MAX_TRIANGLES``."""
    if triangles == 0:
        raise UnusableError(Problem.NO_GEOMETRY, "The mesh has no triangles.")
    refuse_too_many(triangles)


def refuse_too_many(triangles: int) -> None:
    """Raise ``UnusableError`` for a mesh with more than ``MAX_TRIANGLES``, while it is being read."""
    if triangles > MAX_TRIANGLES:
        raise UnusableError(
            Problem.TOO_LARGE,
            f"The mesh has {triangles:,} triangles; at most {MAX_TRIANGLES:,} are inspected.",
        )


def single_precision(coordinates: NDArray[np.floating]) -> Corners:
    """Coordinates as they are compared: finite, single precision, zero without a sign.

    Raises:
        UnusableError: A coordinate is not a number, infinite or farther out than ``MAX_COORDINATE``.
    """
    with np.errstate(invalid="ignore"):
        within = np.abs(coordinates) <= MAX_COORDINATE
    if not within.all():
        wrong = int(within.size - np.count_nonzero(within))
        if not np.isfinite(coordinates).all():
            raise UnusableError(Problem.NOT_FINITE, f"{wrong:,} coordinates are infinite or not numbers.")
        raise UnusableError(Problem.CORRUPT, f"{wrong:,} coordinates lie more than 10 km from the origin.")
    # Adding zero turns -0.0 into 0.0, which is the same place with other bits.
    return np.ascontiguousarray(coordinates.astype(np.float32) + np.float32(0))


def measure(vertices: Corners, triangles: Indexes, *, is_text: bool) -> MeshMeasures:
    """Measure a mesh.

    Args:
        vertices: Shape (n, 3), from ``single_precision``; file units, read as millimeters.
        triangles: Shape (m, 3), m of 1 or more: indexes into ``vertices``, in range.
        is_text: Handed through.
    """
    used = vertices[triangles.ravel()]
    extent = used.max(axis=0).astype(np.float64) - used.min(axis=0).astype(np.float64)
    corners = _merged(used).reshape(-1, 3)
    a, b, c = corners.T
    degenerate = (a == b) | (b == c) | (c == a)
    corners = corners[~degenerate]
    edges, sides = _edges(corners)
    loops, rim_edges = _boundary_loops(edges[sides == 1], corners, used.reshape(-1, 3, 3)[~degenerate])
    x_um, y_um, z_um = (round(side * 1000) for side in extent.tolist())
    return MeshMeasures(
        triangles=len(triangles),
        extent_um=(x_um, y_um, z_um),
        open_edges=int(np.count_nonzero(sides == 1)),
        rim_edges=rim_edges,
        holes=max(loops - 1, 0),
        non_manifold_edges=int(np.count_nonzero(sides > 2)),  # noqa: PLR2004 - the two sides of a surface
        degenerate_triangles=int(np.count_nonzero(degenerate)),
        is_text=is_text,
    )


def _merged(corners: Corners) -> Indexes:
    """The same number for the same place: shape (n,) for corners of shape (n, 3)."""
    x, y, z = corners.view(np.uint32).T
    return _numbered(_paired(_numbered(_paired(x, y)), z))


def _paired(high: NDArray[np.integer], low: NDArray[np.integer]) -> NDArray[np.uint64]:
    """Two numbers of 32 bits in one of 64."""
    pairs = high.astype(np.uint64)
    pairs <<= np.uint64(32)
    pairs |= low.astype(np.uint64)
    return pairs


def _numbered(values: NDArray[np.uint64]) -> Indexes:
    """Each value's place among all different values, sorted."""
    order = np.argsort(values)
    values = values[order]
    is_new = np.empty(len(values), dtype=bool)
    is_new[:1] = False
    np.not_equal(values[1:], values[:-1], out=is_new[1:])
    numbers = np.empty(len(values), dtype=np.int32)
    numbers[order] = np.cumsum(is_new, dtype=np.int32)
    return numbers


def _edges(corners: Indexes) -> tuple[NDArray[np.uint64], Indexes]:
    """Every edge once, as two vertex numbers in one integer, and on how many triangles it lies."""
    starts = corners.ravel()
    ends = corners[:, [1, 2, 0]].ravel()
    edges = _paired(np.minimum(starts, ends), np.maximum(starts, ends))
    edges.sort()
    firsts = np.flatnonzero(np.concatenate([[True], edges[1:] != edges[:-1]])[: len(edges)])
    sides = np.diff(firsts, append=len(edges)).astype(np.int32)
    return edges[firsts], sides


def _boundary_loops(open_edges: NDArray[np.uint64], corners: Indexes, places: NDArray[np.float32]) -> tuple[int, int]:
    """How many separate lines the open edges form, and of how many edges the longest one (by length) is.

    Loops that touch in a vertex count as one: they are one opening to whoever closes it.
    """
    if not len(open_edges):
        return 0, 0
    place_of = np.empty((int(corners.max()) + 1, 3), dtype=np.float32)
    place_of[corners.ravel()] = places.reshape(-1, 3)
    ends = np.concatenate([open_edges >> np.uint64(32), open_edges & np.uint64(0xFFFFFFFF)])
    starts, ends = ends.astype(np.int32).reshape(2, -1)
    lengths = np.linalg.norm(place_of[starts] - place_of[ends], axis=1)

    label = _components(len(place_of), starts, ends)
    loop_of_edge = _numbered(label[starts].astype(np.uint64))
    edge_counts = np.bincount(loop_of_edge)
    total_lengths = np.bincount(loop_of_edge, weights=lengths)
    longest = int(total_lengths.argmax())
    return len(edge_counts), int(edge_counts[longest])


def _components(vertex_count: int, starts: Indexes, ends: Indexes) -> Indexes:
    """The smallest vertex number that each vertex is connected with."""
    label = np.arange(vertex_count, dtype=np.int32)
    while True:
        smaller = np.minimum(label[starts], label[ends])
        following = label.copy()
        # A vertex's whole group moves: the group's own label is lowered, then everyone follows it.
        for side in (starts, ends):
            np.minimum.at(following, side, smaller)
            np.minimum.at(following, label[side], smaller)
        while not np.array_equal(shorter := following[following], following):
            following = shorter
        if np.array_equal(following, label):
            return label
        label = following
