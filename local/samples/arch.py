"""Dental arches that look enough like intraoral scans: a ridge along a parabola, with a bump for each tooth.

One unit is one millimeter, y points up. The same arguments give the same bytes.
"""

import io
import random
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

TEETH: Final = 14
_DEPTH_MM: Final = 44.0
_HALF_RIDGE_MM: Final = 5.0
_RIDGE_HEIGHT_MM: Final = 6.0
_CROWN_HEIGHT_MM: Final = 4.0
#: The part of its crown that a prepared tooth keeps.
_PREPARED: Final = 0.4
_SCAN_BODY_MM: Final = 10.0
#: Distance of the ridge's middle from the arch's, at the last tooth.
_HALF_WIDTH_MM: Final = {"upper": 26.5, "lower": 25.5}

Jaw = Literal["upper", "lower"]


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles over shared vertices.

    Attributes:
        vertices: Shape (n, 3), single precision.
        triangles: Shape (m, 3), indexes into ``vertices``, counterclockwise from outside.
    """

    vertices: NDArray[np.float32]
    triangles: NDArray[np.int64]


def arch(
    jaw: Jaw = "upper",
    *,
    seed: int = 1,
    is_open: bool = False,
    holes: int = 0,
    steps: int = 280,
    points: int = 40,
    part: tuple[float, float] = (-1.0, 1.0),
    vault_mm: float | None = None,
    prepared: int | None = None,
    scan_body: int | None = None,
    roughness_mm: float = 0.0,
    scale: float = 1.0,
) -> Mesh:
    """A full arch, about 62 mm wide; watertight unless something else is asked for.

    Args:
        jaw: The lower arch is a little narrower and its teeth point up; the upper one's point down.
        seed: Varies the heights of the teeth.
        is_open: Without a bottom: one boundary runs around, as in a scan that was never closed.
        holes: Openings between the teeth, each of eight edges; at most one for each tooth.
        steps: Cross-sections along the arch; an arch has ``2 * points`` triangles for each.
        points: Points along a cross-section, less one.
        part: From where to where along the arch, between -1 and 1: (0, 1) is a quadrant.
        vault_mm: Spans the middle of a full arch: 14 is the vault of a palate, 0 a flat floor, and less than
            0 a tongue. Leaves the arch without a bottom.
        prepared: Number of a tooth, from 0, that is ground down as for a crown.
        scan_body: Number of a tooth, from 0, in whose place a scan body stands.
        roughness_mm: Standard deviation of the noise on each coordinate, as scanners leave it.
        scale: 0.001 gives a file in meters, 1 / 25.4 one in inches.
    """
    along = np.linspace(*part, steps)
    around = np.linspace(0.0, np.pi, points + 1)
    half_width = _HALF_WIDTH_MM[jaw]

    tangent = np.stack([np.full(steps, half_width), 2 * _DEPTH_MM * along], axis=1)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    across = -np.cos(around) * _HALF_RIDGE_MM
    crown = _crowns(along, seed, prepared=prepared, scan_body=scan_body)
    up = np.sin(around) * (_RIDGE_HEIGHT_MM + crown[:, None] * np.sin(around) ** 4)
    x = half_width * along[:, None] - tangent[:, 1:] * across
    z = _DEPTH_MM * (along**2)[:, None] + tangent[:, :1] * across
    vertices = np.stack([x, up, z], axis=2).reshape(-1, 3)

    number = np.arange(steps * (points + 1)).reshape(steps, points + 1)
    quads = _quads(number)
    keep = np.ones(quads.shape[:2], dtype=bool)
    for hole in range(holes):
        at = round((hole + 0.5) / TEETH * steps)
        keep[at : at + 2, points // 2 : points // 2 + 2] = False
    walls = _split(quads[keep])
    ends = [_fan(number[0]), _fan(number[-1][::-1])]
    bottom = _split(np.stack([number[:-1, -1], number[1:, -1], number[1:, 0], number[:-1, 0]], axis=1))
    triangles = np.concatenate([walls, *ends] if is_open or vault_mm is not None else [walls, *ends, bottom])
    if vault_mm is not None:
        # The side of the ridge that looks into the arch is the last of each cross-section.
        spanned, span = _span(vertices, number[:, -1], columns=points, depth_mm=vault_mm)
        vertices, triangles = np.concatenate([vertices, spanned]), np.concatenate([triangles, span])
    if roughness_mm:
        vertices = vertices + np.random.default_rng(seed).normal(0, roughness_mm, vertices.shape)
    if jaw == "upper":
        vertices[:, 1] *= -1
        triangles = triangles[:, ::-1]
    return Mesh((vertices * scale).astype(np.float32), triangles)


def sheet(points: NDArray[np.floating]) -> Mesh:
    """A surface through rows of points, shape (rows, columns, 3), for whatever is no arch.

    Faces the side from which rows go down and columns go right. Rows that end where they began are not joined.
    """
    rows, columns, _ = points.shape
    number = np.arange(rows * columns).reshape(rows, columns)
    return Mesh(points.reshape(-1, 3).astype(np.float32), _split(_quads(number).reshape(-1, 4)))


def _crowns(
    along: NDArray[np.float64], seed: int, *, prepared: int | None, scan_body: int | None
) -> NDArray[np.float64]:
    """How high the teeth stand above the ridge, at places along the arch."""
    heights = np.array([random.Random(seed + tooth).uniform(0.8, 1.2) for tooth in range(TEETH)])  # noqa: S311
    place = np.minimum((along + 1) / 2 * TEETH, TEETH - 1e-9)
    tooth = place.astype(int)
    crown: NDArray[np.float64] = _CROWN_HEIGHT_MM * heights[tooth] * np.sin(np.pi * (place % 1)) ** 2
    if prepared is not None:
        crown[tooth == prepared] *= _PREPARED
    if scan_body is not None:
        crown[tooth == scan_body] = np.where(np.abs(place % 1 - 0.5) < 0.3, _SCAN_BODY_MM, 0.0)[tooth == scan_body]  # noqa: PLR2004
    return crown


def _span(
    vertices: NDArray[np.float64], rim: NDArray[np.int64], *, columns: int, depth_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """What closes the middle between both halves of a rim: its own vertices, and its triangles."""
    rows = (len(rim) - 1) // 2
    left, right = rim[:rows], rim[::-1][:rows]
    share = np.linspace(0, 1, columns + 1)[1:-1]
    inner = vertices[left][:, None] * (1 - share)[:, None] + vertices[right][:, None] * share[:, None]
    # Deepest along the middle line, and rising toward the front.
    rise = np.sqrt(np.linspace(1, 0, rows, endpoint=False))
    inner[:, :, 1] -= depth_mm * rise[:, None] * (1 - (2 * share - 1) ** 2)
    number = np.column_stack([left, len(vertices) + np.arange(rows * len(share)).reshape(rows, len(share)), right])
    # In front, the last row meets the one or two foremost vertices of the rim.
    front = rim[rows : len(rim) - rows]
    half = columns // 2
    last = number[-1]
    fans = [_triangles_to(last[: half + 1], front[0]), _triangles_to(last[half:], front[-1])]
    if front[0] != front[-1]:
        fans.append(np.array([[last[half], front[-1], front[0]]]))
    return inner.reshape(-1, 3), np.concatenate([_split(_quads(number).reshape(-1, 4)), *fans])


def _triangles_to(line: NDArray[np.int64], tip: int) -> NDArray[np.int64]:
    return np.stack([line[:-1], line[1:], np.full(len(line) - 1, tip)], axis=1)


def _quads(number: NDArray[np.int64]) -> NDArray[np.int64]:
    """The four corners of each cell of a grid, shape (rows - 1, columns - 1, 4)."""
    return np.stack([number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]], axis=2)


def _split(quads: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([quads[:, [0, 2, 1]], quads[:, [0, 3, 2]]])


def _fan(polygon: NDArray[np.int64]) -> NDArray[np.int64]:
    first = np.full(len(polygon) - 2, polygon[0])
    return np.stack([first, polygon[2:], polygon[1:-1]], axis=1)


# --- Files -----------------------------------------------------------------------------------------------

_STL_TRIANGLE: Final = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("flags", "<u2")])


def binary_stl(mesh: Mesh, *, header: bytes = b"generated arch") -> bytes:
    """A binary STL; its header may say anything, even "solid"."""
    triangles = np.zeros(len(mesh.triangles), dtype=_STL_TRIANGLE)
    triangles["corners"] = mesh.vertices[mesh.triangles]
    triangles["normal"] = _normals(mesh)
    return header.ljust(80)[:80] + len(triangles).to_bytes(4, "little") + triangles.tobytes()


def text_stl(mesh: Mesh) -> bytes:
    """A text STL. Nine digits give back every single-precision number exactly."""
    text = io.StringIO()
    text.write("solid arch\n")
    corners = mesh.vertices[mesh.triangles].reshape(-1, 9)
    for normal, corner in zip(_normals(mesh).tolist(), corners.tolist(), strict=True):
        text.write(
            "facet normal {:.9g} {:.9g} {:.9g}\n outer loop\n"
            "  vertex {:.9g} {:.9g} {:.9g}\n  vertex {:.9g} {:.9g} {:.9g}\n  vertex {:.9g} {:.9g} {:.9g}\n"
            " endloop\nendfacet\n".format(*normal, *corner)
        )
    text.write("endsolid arch\n")
    return text.getvalue().encode()


def ply(mesh: Mesh, byte_order: Literal["little", "big", "text"] = "little") -> bytes:
    """A PLY with a gray color for each vertex, as scanners write it."""
    name = "ascii" if byte_order == "text" else f"binary_{byte_order}_endian"
    header = (
        f"ply\nformat {name} 1.0\ncomment generated arch\n"
        f"element vertex {len(mesh.vertices)}\nproperty float x\nproperty float y\nproperty float z\n"
        "property uchar red\nproperty uchar green\nproperty uchar blue\n"
        f"element face {len(mesh.triangles)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    if byte_order == "text":
        points = "".join("{:.9g} {:.9g} {:.9g} 200 200 190\n".format(*v) for v in mesh.vertices.tolist())
        polygons = "".join("3 {} {} {}\n".format(*face) for face in mesh.triangles.tolist())
        return (header + points + polygons).encode()
    order = "<" if byte_order == "little" else ">"
    rows = np.zeros(len(mesh.vertices), dtype=[("at", f"{order}f4", 3), ("color", "u1", 3)])
    rows["at"], rows["color"] = mesh.vertices, (200, 200, 190)
    faces = np.zeros(len(mesh.triangles), dtype=[("count", "u1"), ("corners", f"{order}i4", 3)])
    faces["count"], faces["corners"] = 3, mesh.triangles
    return header.encode() + rows.tobytes() + faces.tobytes()


def obj(mesh: Mesh) -> bytes:
    """An OBJ of triangles."""
    vertices = "".join("v {:.9g} {:.9g} {:.9g}\n".format(*vertex) for vertex in mesh.vertices.tolist())
    faces = "".join("f {} {} {}\n".format(*face) for face in (mesh.triangles + 1).tolist())
    return ("# generated arch\no arch\n" + vertices + faces).encode()


def _normals(mesh: Mesh) -> NDArray[np.float32]:
    a, b, c = mesh.vertices[mesh.triangles].transpose(1, 0, 2)
    normals = np.cross(b - a, c - a)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    unit: NDArray[np.float32] = np.divide(normals, lengths, out=np.zeros_like(normals), where=lengths > 0)
    return unit
