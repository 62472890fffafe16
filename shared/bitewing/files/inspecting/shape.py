"""Measures what a surface looks like as a whole: how far it spreads, where it faces, what spans its middle.

Everything is weighted by area, so it matters little how finely a part is divided, and follows the surface's own
axes, so it does not matter how a scanner lays them.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bitewing.files.inspection import MeshShape

#: How many triangles are worked on at once.
_TRIANGLES_AT_ONCE: Final = 1 << 15
#: The footprint is laid out on this many cells either way; for a full arch, each is about 2 mm wide.
_CELLS: Final = 64
#: How far the footprint reaches from its center, in spreads along the longest axis.
_REACH: Final = 3.0
#: The part of a cell that a surface must cover: a few loose triangles cover none.
_COVERED: Final = 0.1
#: The least part of the area that must face one way, on balance, for that way to be known.
_FACES_ONE_WAY: Final = 0.25
#: The part of the depth, at either end, by whose width front and back are told apart.
_END: Final = 0.15
#: How much narrower the front of a full arch is than its back, at least.
_NARROWER: Final = 0.8
#: Where a palate lies, from front (0) to back (1).
_PALATE: Final = (0.4, 0.95)
#: The same from the middle (0) to either side (0.5): teeth and gums take about the last 0.2.
_CENTER: Final = 0.04
_HALFWAY: Final = 0.12
_FLANK: Final = 0.20

Vectors = NDArray[np.float64]


def shape_of(vertices: NDArray[np.float32], triangles: NDArray[np.signedinteger] | None) -> MeshShape | None:
    """Measure a surface as a whole; ``None`` for one without area.

    Args:
        vertices: Shape (n, 3).
        triangles: Shape (m, 3): indexes into ``vertices``. ``None`` where every three vertices are a triangle.
    """
    # Far from the origin, differences of squares would drown what is to be measured.
    origin = vertices[0 if triangles is None else triangles[0, 0]].astype(np.float64)
    moments = _Moments()
    for patch in _patches(vertices, triangles, origin):
        moments.add(patch)
    if not moments.area > 0:
        return None
    center, axes, spreads = moments.principal()
    if not spreads[0] > 0:  # So small and so far away that nothing is left of it.
        return None
    outward = 0.0
    footprint = _Footprint(cell=2 * _REACH * spreads[0] / _CELLS)
    for patch in _patches(vertices, triangles, origin):
        from_center = patch.centers - center[:, None]
        faces_away = np.einsum("ij,ij->j", patch.normals, from_center) >= 0
        outward += float(patch.areas[faces_away].sum())
        footprint.add(axes @ from_center, patch.areas)
    facing = float(axes[2] @ moments.facing) / moments.area
    middle = footprint.middle()
    long_um, wide_um, thin_um = (round(spread * 1000) for spread in spreads.tolist())
    return MeshShape(
        area_um2=round(moments.area * 1_000_000),
        spread_um=(long_um, wide_um, thin_um),
        outward_permille=round(1000 * outward / moments.area),
        middle_permille=None if middle is None else round(1000 * middle.covered),
        vault_um=None if middle is None or abs(facing) < _FACES_ONE_WAY else round(1000 * middle.vault(facing)),
    )


class _Patch(NamedTuple):
    """Some triangles; a column each."""

    corners: Vectors
    """Shape (3, 3, n): corner, axis, triangle."""
    centers: Vectors
    normals: Vectors
    """As long as twice the area."""
    areas: Vectors


def _patches(
    vertices: NDArray[np.float32], triangles: NDArray[np.signedinteger] | None, origin: Vectors
) -> Iterator[_Patch]:
    count = len(vertices) // 3 if triangles is None else len(triangles)
    for at in range(0, count, _TRIANGLES_AT_ONCE):
        until = min(at + _TRIANGLES_AT_ONCE, count)
        some = vertices[3 * at : 3 * until] if triangles is None else vertices[triangles[at:until].ravel()]
        corners = some.reshape(-1, 3, 3).transpose(1, 2, 0).astype(np.float64, order="C") - origin[:, None]
        (ax, ay, az), (bx, by, bz) = corners[1] - corners[0], corners[2] - corners[0]
        normals = np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
        areas = np.sqrt(np.einsum("ij,ij->j", normals, normals)) / 2
        yield _Patch(corners, corners.sum(axis=0) / 3, normals, areas)


class _Moments:
    """Sums over a surface: its area, its first and second moments, and its normals."""

    def __init__(self) -> None:
        self.area = 0.0
        self.facing = np.zeros(3)
        self._first = np.zeros(3)
        self._second = np.zeros((3, 3))

    def add(self, patch: _Patch) -> None:
        self.area += float(patch.areas.sum())
        self.facing += patch.normals.sum(axis=1) / 2
        self._first += patch.centers @ patch.areas
        # Over one triangle of area A, corners p and center c: A / 12 * (9 c c' + sum of p p').
        self._second += 9 * (patch.centers * patch.areas) @ patch.centers.T / 12
        for corner in patch.corners:
            self._second += (corner * patch.areas) @ corner.T / 12

    def principal(self) -> tuple[Vectors, Vectors, Vectors]:
        """The center; the principal axes, one a row, and the spreads along them, the largest first."""
        center = self._first / self.area
        variances, axes = np.linalg.eigh(self._second / self.area - np.outer(center, center))
        return center, axes.T[::-1], np.sqrt(variances[::-1].clip(0))


class _Middle(NamedTuple):
    """What spans the middle of a footprint, between its left and its right side.

    The rises are along the thinnest axis, above the middle's center line.
    """

    covered: float
    rise_halfway: float
    rise_at_flank: float

    def vault(self, facing: float) -> float:
        """How far the middle is hollow as seen from where the surface faces; negative where it bulges.

        A parabola rises by a quarter halfway to its flank. What rises less there is a floor between two
        walls: the lesser of both counts.
        """
        rises = [np.copysign(1.0, facing) * rise for rise in (self.rise_at_flank, 4 * self.rise_halfway)]
        return float(min(rises) if min(rises) > 0 else min(max(rises), 0))


class _Footprint:
    """The surface seen along its thinnest axis, in square cells: how much of it lies in each, and how high."""

    def __init__(self, cell: float) -> None:
        self._cell = cell
        self._areas = np.zeros(_CELLS * _CELLS)
        self._heights = np.zeros(_CELLS * _CELLS)

    def add(self, centers: Vectors, areas: Vectors) -> None:
        """Add triangles with these centers, in the surface's own axes."""
        columns, rows = (centers[:2] / self._cell + _CELLS / 2).clip(0, _CELLS - 1).astype(np.int64)
        cells = rows * _CELLS + columns
        self._areas += np.bincount(cells, weights=areas, minlength=_CELLS * _CELLS)
        self._heights += np.bincount(cells, weights=areas * centers[2], minlength=_CELLS * _CELLS)

    def middle(self) -> _Middle | None:
        """What spans the middle, toward the back; ``None`` for a footprint that has no clear front."""
        areas = self._areas.reshape(_CELLS, _CELLS)
        is_covered = areas > _COVERED * self._cell**2
        rows = np.flatnonzero(is_covered.any(axis=1))
        if not len(rows):
            return None
        is_covered, areas = is_covered[rows[0] : rows[-1] + 1], areas[rows[0] : rows[-1] + 1]
        heights = self._heights.reshape(_CELLS, _CELLS)[rows[0] : rows[-1] + 1]
        depth = len(is_covered)
        end = max(round(_END * depth), 1)
        first, last = _width(is_covered[:end]), _width(is_covered[-end:])
        if max(first, last) * _NARROWER < min(first, last):
            return None
        if first > last:
            is_covered, areas, heights = is_covered[::-1], areas[::-1], heights[::-1]
        palate = slice(round(_PALATE[0] * depth), round(_PALATE[1] * depth))
        return _across(is_covered[palate], areas[palate], heights[palate])


def _width(is_covered: NDArray[np.bool_]) -> int:
    columns = np.flatnonzero(is_covered.any(axis=0))
    return int(columns[-1] - columns[0]) + 1


def _across(is_covered: NDArray[np.bool_], areas: Vectors, heights: Vectors) -> _Middle | None:
    """Compare the zones of rows of cells, each row from its own left to its own right end."""
    # Cells of the middle, covered ones of them; then area and height of the center, halfway, and at the flank.
    cells = covered = 0
    zone_areas, zone_heights = np.zeros(3), np.zeros(3)
    for row, row_areas, row_heights in zip(is_covered, areas, heights, strict=True):
        columns = np.flatnonzero(row)
        if not len(columns):
            continue
        line = slice(int(columns[0]), int(columns[-1]) + 1)
        places = (np.arange(line.stop - line.start) + 0.5) / (line.stop - line.start)
        from_middle = np.abs(places - 0.5)
        is_middle = from_middle <= _FLANK
        cells += int(np.count_nonzero(is_middle))
        covered += int(np.count_nonzero(row[line] & is_middle))
        zones = np.digitize(from_middle, (_CENTER, _HALFWAY, _FLANK))
        zone_areas += np.bincount(zones, weights=row_areas[line], minlength=4)[:3]
        zone_heights += np.bincount(zones, weights=row_heights[line], minlength=4)[:3]
    if not zone_areas.all():
        return _Middle(covered / max(cells, 1), 0.0, 0.0)
    center, halfway, flank = zone_heights / zone_areas
    return _Middle(covered / cells, float(halfway - center), float(flank - center))
