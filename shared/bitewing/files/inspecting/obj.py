"""Reads OBJ, the text format of Wavefront."""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bitewing.files.inspecting.geometry import (
    Coordinates,
    Indexes,
    refuse_too_many,
    refuse_too_many_vertices,
)
from bitewing.files.inspecting.meshes import fan, measure_indexed, numbers_in, pieces_of, read_text, whole_number
from bitewing.files.inspecting.source import CountedSource
from bitewing.files.inspection import MeshMeasures

_CONTINUED: Final = re.compile(rb"\\(?:\r\n?|\n)")
#: Lines of vertices and faces; all others are passed over.
_LINE: Final = re.compile(rb"\n[ \t]*([vf])(?![^ \t\n])([^\n]*)")


def measure_obj(source: CountedSource, head: bytes) -> MeshMeasures:
    """Measure an OBJ. Polygons are split into fans; negative indexes count back from the latest vertex.

    Args:
        source: The file.
        head: Its first ``HEAD_BYTES``, or all of it.

    Raises:
        UnusableError: It cannot be read.
    """
    content = read_text(source, head)
    coordinates: list[NDArray[np.float64]] = []
    faces: list[Indexes] = []
    vertex_count = triangle_count = face_count = 0
    for piece in pieces_of(content):
        floats: list[float] = []
        triangles: list[int] = []
        for kind, rest in _LINE.findall(b"\n" + _CONTINUED.sub(b" ", piece).replace(b"\r", b"\n")):
            if kind == b"v":
                floats += numbers_in(rest.split(None, 3)[:3], 3)
            else:
                face_count += 1
                seen = vertex_count + len(floats) // 3
                triangles += fan([_obj_index(word, seen) for word in rest.split()])
        coordinates.append(np.array(floats, dtype=np.float64).reshape(-1, 3))
        faces.append(np.array(triangles, dtype=np.int64).reshape(-1, 3))
        vertex_count += len(coordinates[-1])
        triangle_count += len(faces[-1])
        # Faces of two corners give no triangles, and take their time all the same.
        refuse_too_many(max(triangle_count, face_count), is_text=True)
        refuse_too_many_vertices(vertex_count, is_text=True)
    vertices = Coordinates(vertex_count)
    for some in coordinates:
        vertices.add(some)
    return measure_indexed(vertices, np.concatenate(faces), is_text=True)


def _obj_index(word: bytes, vertices_so_far: int) -> int:
    """A corner such as ``7``, ``7/1/2`` or ``-1``, counted from 0; out of range stays out of range."""
    index = whole_number([word.split(b"/", 1)[0]])
    return vertices_so_far + index if index < 0 else index - 1
