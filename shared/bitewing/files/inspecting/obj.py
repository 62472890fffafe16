"""Reads OBJ, the text format of Wavefront."""

import numpy as np
from numpy.typing import NDArray

from bitewing.files.inspecting.geometry import Indexes, refuse_too_many
from bitewing.files.inspecting.meshes import fan, measure_indexed, numbers_in, pieces_of, whole_number
from bitewing.files.inspection import MeshMeasures


def measure_obj(content: bytes) -> MeshMeasures:
    """Measure an OBJ. Polygons are split into fans; negative indexes count back from the latest vertex.

    Raises:
        UnusableError: It cannot be read.
    """
    coordinates: list[NDArray[np.float64]] = []
    faces: list[Indexes] = []
    vertex_count = triangle_count = 0
    if b"\\" in content:
        content = content.replace(b"\\\r\n", b" ").replace(b"\\\n", b" ")
    for piece in pieces_of(content):
        floats: list[float] = []
        triangles: list[int] = []
        for line in piece.splitlines():
            words = line.split()
            if not words:
                continue
            if words[0] == b"v":
                floats += numbers_in(words[1:4], 3)
            elif words[0] == b"f":
                seen = vertex_count + len(floats) // 3
                corners = [_obj_index(word, seen) for word in words[1:]]
                triangles += fan(corners)
        coordinates.append(np.array(floats, dtype=np.float64).reshape(-1, 3))
        faces.append(np.array(triangles, dtype=np.int64).reshape(-1, 3))
        vertex_count += len(coordinates[-1])
        triangle_count += len(faces[-1])
        refuse_too_many(triangle_count)
    return measure_indexed(np.concatenate(coordinates), np.concatenate(faces), is_text=True)


def _obj_index(word: bytes, vertices_so_far: int) -> int:
    """A corner such as ``7``, ``7/1/2`` or ``-1``, counted from 0; out of range stays out of range."""
    index = whole_number([word.split(b"/", 1)[0]])
    return vertices_so_far + index if index < 0 else index - 1
