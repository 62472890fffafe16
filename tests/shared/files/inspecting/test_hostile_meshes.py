"""Meshes that were made to harm, and what the person who sent one reads."""

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from bitewing.files.inspecting import geometry, meshes, ply
from bitewing.files.inspection import Problem
from bitewing.kernel.wire import INSPECTOR_MEMORY_MB

from local.samples.arch import Mesh, arch, binary_stl, obj, text_stl
from local.samples.arch import ply as ply_of

ROOT = Path(__file__).parents[4]
SMALL = arch(steps=6, points=8)
HEADER = (
    b"ply\nformat %s 1.0\nelement vertex %d\nproperty float x\nproperty float y\nproperty float z\n"
    b"element face %d\nproperty list uchar int vertex_indices\nend_header\n"
)
LITTLE, TEXT = b"binary_little_endian", b"ascii"


#: What the function is given.
MEMORY_BYTES = INSPECTOR_MEMORY_MB * 1024**2


def problem(inspection):
    (found,) = inspection.problems
    return found.code, found.says


# --- Within the memory of the function -------------------------------------------------------------------

INSPECT = """
import json, resource, sys
memory = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
from bitewing.files.inspecting.inspect import inspect
with open(sys.argv[1], "rb") as file:
    found = inspect(file)
print(json.dumps([[problem.code, problem.says] for problem in found.problems]))
"""


def sparse(content, size):
    """Begins as given, and goes on with zeros that take no place on the disk."""

    def write(path):
        path.write_bytes(content)
        os.truncate(path, size)

    return write


def polygons(path):
    """An OBJ of ten million triangles, in polygons of a thousand corners."""
    line = b"f" + b" 1 2 3 1" * 250 + b"\n"
    path.write_bytes(b"v 0 0 0\nv 1 0 0\nv 0 1 0\n" + line * 10_020)


def zeros_in_triangles(path):
    """A PLY of as many vertices and faces as are inspected."""
    faces = struct.pack("<B3i", 3, 0, 1, 2) * 100_000
    with path.open("wb") as file:
        file.write(HEADER % (LITTLE, geometry.MAX_VERTICES, geometry.MAX_TRIANGLES))
        file.seek(12 * geometry.MAX_VERTICES, os.SEEK_CUR)
        for _ in range(geometry.MAX_TRIANGLES // 100_000):
            file.write(faces)


TEN_MILLION = 10_000_000
LARGE = {
    "binary STL": (
        sparse(bytes(80) + struct.pack("<I", TEN_MILLION), 84 + 50 * TEN_MILLION),
        (Problem.TOO_LARGE, "The mesh has 500.0 MB; at most 300.0 MB are inspected."),
    ),
    "binary PLY": (
        sparse(HEADER % (LITTLE, 3, TEN_MILLION), 300 + 36 + 13 * TEN_MILLION),
        (Problem.TOO_LARGE, "The mesh has 10,000,000 triangles; at most 3,000,000 are inspected."),
    ),
    "text PLY": (
        sparse(HEADER % (TEXT, 3, TEN_MILLION) + b"0 0 0\n" * 3 + b"3 0 1 2\n" * 9_000, 8 * TEN_MILLION),
        (Problem.TOO_LARGE, "The mesh has 10,000,000 triangles; at most 1,500,000 are inspected in text."),
    ),
    "PLY of many vertices": (
        sparse(HEADER % (LITTLE, TEN_MILLION, 1), 300 + 12 * TEN_MILLION + 13),
        (Problem.TOO_LARGE, "The mesh has 10,000,000 vertices; at most 9,000,000 are inspected."),
    ),
    "OBJ": (polygons, (Problem.TOO_LARGE, "triangles; at most 1,500,000 are inspected in text.")),
    "OBJ of edges": (
        lambda path: path.write_bytes(b"v 0 0 0\n" + b"f 1 1\n" * 16_000_000),
        (Problem.TOO_LARGE, "triangles; at most 1,500,000 are inspected in text."),
    ),
    "OBJ of many vertices": (
        lambda path: path.write_bytes(b"v 0 0 0\n" * 12_000_000),
        (Problem.TOO_LARGE, "vertices; at most 2,000,000 are inspected in text. Export it as binary."),
    ),
    "text mesh of more bytes": (
        lambda path: path.write_bytes(b"v 0 0 0\n" + b"# a comment\n" * 8_400_000),
        (Problem.TOO_LARGE, "The text mesh has 100.8 MB; at most 100.0 MB are inspected. Export it as binary."),
    ),
    "degenerate STL of the largest size": (
        sparse(bytes(80) + struct.pack("<I", geometry.MAX_TRIANGLES), 84 + 50 * geometry.MAX_TRIANGLES),
        None,
    ),
    "PLY of the largest size without a corner": (
        sparse(HEADER % (LITTLE, geometry.MAX_VERTICES, geometry.MAX_TRIANGLES), 250_000_000),
        (Problem.NO_GEOMETRY, "The mesh has no triangles."),
    ),
    "PLY of the largest size, all in one place": (
        zeros_in_triangles,
        None,
    ),
    "text STL of junk": (
        lambda path: path.write_bytes(b"solid x\n" + b"facet normal junk\n" * (99_000_000 // 18)),
        (Problem.CORRUPT, "A long part of the text STL ends no facet."),
    ),
    "text STL of nothing but names": (
        lambda path: path.write_bytes(b"solid x\nendsolid x\n" + b"solid x\n" * 12_000_000),
        (Problem.CORRUPT, "A long part of the text STL ends no facet."),
    ),
    "OBJ of one line": (
        lambda path: path.write_bytes(b"v 0 0 0\nf" + b" 1" * 49_000_000),
        (Problem.CORRUPT, "A line of the mesh has more than 100,000 characters."),
    ),
}


@pytest.mark.parametrize(("write", "expected"), LARGE.values(), ids=LARGE)
def test_the_largest_meshes_are_told_within_the_memory_of_the_function(tmp_path, write, expected):
    path = tmp_path / "mesh"
    write(path)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "shared"), str(ROOT)))}
    # Threads that multiply no matrices reserve addresses too, which the limit counts as memory.
    environment["OPENBLAS_NUM_THREADS"] = "1"
    memory = str(MEMORY_BYTES)
    done = subprocess.run(
        [sys.executable, "-c", INSPECT, str(path), memory], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    problems = json.loads(done.stdout)
    if expected is None:
        assert problems == []
    else:
        ((code, says),) = problems
        assert (code, expected[1] in says) == (expected[0], True), says


def soup(path):
    """As many triangles as are inspected, no two of which touch."""
    corners = np.zeros(geometry.MAX_TRIANGLES, dtype=[("normal", "<f4", 3), ("at", "<f4", (3, 3)), ("flags", "<u2")])
    corners["at"] = np.random.default_rng(1).random((len(corners), 3, 3), dtype=np.float32)
    path.write_bytes(bytes(80) + struct.pack("<I", len(corners)) + corners.tobytes())


def test_triangles_of_which_no_two_touch_are_measured_within_the_memory_of_the_function(tmp_path):
    test_the_largest_meshes_are_told_within_the_memory_of_the_function(tmp_path, soup, None)


# --- What the person reads -------------------------------------------------------------------------------

SQUARE = b"v 0 0 0\nv 10 0 0\nv 10 10 0\nv 0 10 0\n"
PLY_SQUARE = b"0 0 0\n10 0 0\n10 10 0\n0 10 0\n"
OUTSIDE = "1 corners of faces name vertices that are not in the file."


def with_value(value):
    vertices = SMALL.vertices.copy()
    vertices[2] = value
    return Mesh(vertices, SMALL.triangles)


def binary_ply(faces, count):
    corners = struct.pack("<12f", *(float(word) for word in PLY_SQUARE.split()))
    return HEADER % (LITTLE, 4, count) + corners + faces


NO_NUMBERS = "3 coordinates are infinite or not numbers."
READ = {
    "PLY with NaN": (ply_of(with_value(np.nan)), Problem.NOT_FINITE, NO_NUMBERS),
    "text PLY with NaN": (ply_of(with_value(np.nan), "text"), Problem.NOT_FINITE, NO_NUMBERS),
    "PLY with infinities": (ply_of(with_value(-np.inf)), Problem.NOT_FINITE, NO_NUMBERS),
    "OBJ with NaN": (obj(with_value(np.nan)), Problem.NOT_FINITE, NO_NUMBERS),
    "OBJ with infinities": (obj(with_value(np.inf)), Problem.NOT_FINITE, NO_NUMBERS),
    "OBJ beyond single precision": (b"v 1e39 0 0\n" + SQUARE + b"f 1 2 3\n", Problem.CORRUPT, "more than 10 km"),
    "OBJ beyond all numbers": (
        b"v 1e999 0 0\n" + SQUARE + b"f 1 2 3\n",
        Problem.NOT_FINITE,
        "1 coordinates are infinite",
    ),
    "OBJ with index 0": (SQUARE + b"f 0 1 2\n", Problem.CORRUPT, OUTSIDE),
    "OBJ with an index below the first vertex": (SQUARE + b"f -5 -2 -1\n", Problem.CORRUPT, OUTSIDE),
    "OBJ with an index beyond the last vertex": (SQUARE + b"f 1 2 5\n", Problem.CORRUPT, OUTSIDE),
    "OBJ with an index of 32 bits": (SQUARE + b"f 1 2 4294967297\n", Problem.CORRUPT, OUTSIDE),
    "OBJ with an index of 64 bits": (SQUARE + b"f 1 2 9223372036854775807\n", Problem.CORRUPT, OUTSIDE),
    "OBJ with an index of more": (
        SQUARE + b"f 1 2 9223372036854775808\n",
        Problem.CORRUPT,
        "A face of the mesh has an index beyond all files.",
    ),
    "OBJ with an index of thousands of digits": (
        SQUARE + b"f 1 2 " + b"9" * 9_000 + b"\n",
        Problem.CORRUPT,
        "A face of the mesh has an index that is not a number.",
    ),
    "OBJ with a vertex of nothing": (
        SQUARE + b"v\nf 1 2 3\n",
        Problem.CORRUPT,
        "A vertex of the mesh lacks a coordinate.",
    ),
    "PLY of which a list says more corners than there are": (
        binary_ply(struct.pack("<B3i", 200, 0, 1, 2), 1),
        Problem.TRUNCATED,
        "before the 1 face rows it announces",
    ),
    "PLY of which a later list lies": (
        binary_ply(struct.pack("<B3iB3i", 3, 0, 1, 2, 250, 0, 1, 2), 2),
        Problem.TRUNCATED,
        "before the 2 face rows",
    ),
    "PLY whose list takes the next row for its own": (
        binary_ply(struct.pack("<B3iB3iB3i", 5, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2), 3),
        Problem.CORRUPT,
        "corners of faces name vertices that are not in the file.",
    ),
    "text PLY of which a list says more corners than there are": (
        HEADER % (TEXT, 4, 1) + PLY_SQUARE + b"9 0 1 2\n",
        Problem.CORRUPT,
        "A face of the PLY has fewer corners than it says.",
    ),
    "PLY that counts less than nothing": (
        HEADER.replace(b"%d", b"-4", 1) % (TEXT, 1) + PLY_SQUARE,
        Problem.CORRUPT,
        "A line of the PLY's header cannot be understood.",
    ),
    "PLY of absurd counts": (
        HEADER % (TEXT, 10**18, 10**18) + PLY_SQUARE,
        Problem.TRUNCATED,
        "before the 1,000,000,000,000,000,000 vertex rows",
    ),
    "PLY whose header does not end": (
        HEADER[:40] + b"comment x\n" * 10_000,
        Problem.TRUNCATED,
        "The PLY's header does not end.",
    ),
    "STL that counts more triangles than it has": (
        bytes(80) + struct.pack("<I", 2**32 - 1) + binary_stl(SMALL)[84:],
        Problem.TRUNCATED,
        "of the 4,294,967,295 triangles",
    ),
    "STL that counts fewer triangles than it has": (
        b"x" * 80 + struct.pack("<I", 3) + binary_stl(SMALL)[84:],
        Problem.CORRUPT,
        "after the 3 triangles it announces",
    ),
    "binary STL that says solid and ends early": (
        binary_stl(SMALL, header=b"solid facet")[:-20],
        Problem.TRUNCATED,
        "The STL ends after",
    ),
    "text STL that ends early": (text_stl(SMALL)[:-60], Problem.TRUNCATED, "The text STL"),
    "text STL with NaN": (text_stl(with_value(np.nan)), Problem.NOT_FINITE, "coordinates are infinite or not numbers."),
}


@pytest.mark.parametrize(("content", "code", "says"), READ.values(), ids=READ)
def test_what_is_wrong_with_a_mesh_is_said(look, content, code, says):
    found = problem(look(content))
    assert (found[0], says in found[1]) == (code, True), found


def test_a_mesh_of_nothing_but_degenerate_triangles_has_no_shape(look):
    flat = Mesh(np.array([(0, 0, 0), (1, 0, 0)], dtype=np.float32), np.array([(0, 1, 1)] * 50))
    for write in (binary_stl, text_stl, ply_of, obj):
        found = look(write(flat)).mesh
        assert (found.triangles, found.degenerate_triangles, found.open_edges, found.shape) == (50, 50, 0, None)


# --- While it is read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "expected"), [(3, [Problem.TOO_LARGE]), (4, []), (5, [])])
def test_meshes_up_to_the_limit_of_vertices_are_measured(look, monkeypatch, limit, expected):
    corners = struct.pack("<12f", *(float(word) for word in PLY_SQUARE.split()))
    binary = HEADER % (LITTLE, 4, 1) + corners + struct.pack("<B3i", 3, 0, 1, 2)
    text = (SQUARE + b"f 1 2 3\n", HEADER % (TEXT, 4, 1) + PLY_SQUARE + b"3 0 1 2\n")
    monkeypatch.setattr(geometry, "MAX_VERTICES", limit)
    assert [problem.code for problem in look(binary).problems] == expected
    monkeypatch.setattr(geometry, "MAX_TEXT_VERTICES", limit)
    for content in text:
        assert [problem.code for problem in look(content).problems] == expected


def test_a_ply_that_counts_too_much_is_refused_by_its_header(look):
    content = HEADER % (LITTLE, 1, TEN_MILLION) + bytes(12 + 13 * TEN_MILLION)
    assert look(content).bytes_read == 64 * 1024


def test_a_ply_whose_lists_leave_no_place_for_its_vertices_is_truncated(look):
    before, _, after = (HEADER % (LITTLE, 4, 1)).partition(b"element face")
    header, vertices = before.split(b"element vertex")
    content = (
        header + b"element face" + after.removesuffix(b"end_header\n") + b"element vertex" + vertices + b"end_header\n"
    )
    corners = struct.pack("<12f", *(float(word) for word in PLY_SQUARE.split()))
    whole = content + struct.pack("<B3i", 3, 0, 1, 2) + corners
    assert look(whole).mesh.triangles == 1
    assert problem(look(whole[:-1])) == (Problem.TRUNCATED, "The PLY ends before the 4 vertex rows it announces.")


@pytest.mark.parametrize(("limit", "expected"), [(5, [Problem.TOO_LARGE]), (6, []), (7, [])])
def test_lists_of_different_lengths_are_read_up_to_a_limit(look, monkeypatch, limit, expected):
    monkeypatch.setattr(ply, "_MAX_UNEVEN", limit)
    faces = struct.pack("<Bi", 1, 0) * 4 + struct.pack("<B3i", 3, 0, 1, 2) + struct.pack("<B4i", 4, 0, 1, 2, 3)
    assert [problem.code for problem in look(binary_ply(faces, 6)).problems] == expected


@pytest.mark.parametrize(("length", "expected"), [(99, []), (100, []), (150, [Problem.CORRUPT])])
def test_a_line_of_a_text_mesh_has_an_end(look, monkeypatch, length, expected):
    monkeypatch.setattr(meshes, "PIECE_BYTES", 50)
    monkeypatch.setattr(meshes, "MAX_LINE_BYTES", 100)
    content = SQUARE + b"f 1 2 3\n" + b"#" * length + b"\n" + b"# the end\n" * 20
    assert [problem.code for problem in look(content).problems] == expected


@pytest.mark.parametrize("piece_bytes", [1, 10, 33, 34, 35, 36, 37, 38, 50])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_of_an_obj_are_the_same_in_whatever_pieces_they_are_read(look, monkeypatch, piece_bytes, end):
    monkeypatch.setattr(meshes, "PIECE_BYTES", piece_bytes)
    face = b"f 1 2 3\n" if end == b"\r" else b"f 1 \\\n2 \\\n3\n"
    content = (SQUARE + face + b"f 1 3 4\n").replace(b"\n", end)
    found = look(content).mesh
    assert (found.triangles, found.open_edges, found.extent_um) == (2, 4, (10_000, 10_000, 0))


def test_places_that_share_a_hash_are_told_apart(look, monkeypatch):
    expected = look(binary_stl(SMALL))
    monkeypatch.setattr(geometry, "_hashes", lambda bits: np.zeros(len(bits), dtype=np.uint64))
    assert look(binary_stl(SMALL)) == expected
    # Some shared, some not.
    monkeypatch.setattr(geometry, "_hashes", lambda bits: (bits[:, 0] & 0xFF).astype(np.uint64) << np.uint64(50))
    assert look(binary_stl(SMALL)) == expected


@pytest.mark.parametrize("rows", [1, 2, 7, 100])
def test_a_mesh_is_the_same_in_whatever_parts_it_is_measured(look, monkeypatch, rows):
    mesh = arch(steps=20, points=12, is_open=True, holes=2)
    expected = look(binary_stl(mesh))
    monkeypatch.setattr(geometry, "_ROWS_AT_ONCE", rows)
    assert look(binary_stl(mesh)) == expected
    assert look(ply_of(mesh)).mesh == expected.mesh
