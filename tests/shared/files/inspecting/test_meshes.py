import io
import re
import struct

import numpy as np
import pytest
import trimesh
from bitewing.files.inspecting import geometry, meshes
from bitewing.files.inspection import FileFormat, Problem

from local.samples import arch as arches

UPPER = arches.arch(steps=60)
OPEN = arches.arch(steps=60, is_open=True)
WRITERS = {
    "binary STL": arches.binary_stl,
    "text STL": arches.text_stl,
    "little-endian PLY": arches.ply,
    "big-endian PLY": lambda mesh: arches.ply(mesh, "big"),
    "text PLY": lambda mesh: arches.ply(mesh, "text"),
    "OBJ": arches.obj,
}
#: A tetrahedron: four vertices, four faces, closed.
TETRAHEDRON = arches.Mesh(
    np.array([(0, 0, 0), (10, 0, 0), (0, 10, 0), (0, 0, 10)], dtype=np.float32),
    np.array([(0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3)]),
)


def codes(inspection):
    return [problem.code for problem in inspection.problems]


def says(inspection):
    (problem,) = inspection.problems
    return problem.says


# --- What is measured ------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_every_way_to_write_a_mesh_gives_the_same_measures(look, write):
    mesh = arches.arch(steps=60, is_open=True, holes=2)
    found = look(write(mesh)).mesh
    expected = geometry.measure(geometry.single_precision(mesh.vertices), mesh.triangles, is_text=found.is_text)
    assert found == expected
    assert (found.triangles, found.holes) == (len(mesh.triangles), 2)


@pytest.mark.parametrize(
    ("write", "file_format", "is_text"),
    [
        ("binary STL", FileFormat.STL, False),
        ("text STL", FileFormat.STL, True),
        ("big-endian PLY", FileFormat.PLY, False),
        ("text PLY", FileFormat.PLY, True),
        ("OBJ", FileFormat.OBJ, True),
    ],
)
def test_the_format_and_whether_it_is_text_are_told(look, write, file_format, is_text):
    inspection = look(WRITERS[write](UPPER))
    assert (inspection.format, inspection.mesh.is_text) == (file_format, is_text)
    assert inspection.usable


@pytest.mark.parametrize("jaw", ["upper", "lower"])
@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("holes", [0, 3])
def test_trimesh_measures_the_same(look, jaw, is_open, holes):
    content = arches.binary_stl(arches.arch(jaw, is_open=is_open, holes=holes, steps=80))
    found = look(content).mesh
    other = trimesh.load_mesh(io.BytesIO(content), file_type="stl")
    open_edges = trimesh.grouping.group_rows(other.edges_sorted, require_count=1)
    assert found.triangles == len(other.faces)
    assert found.watertight == other.is_watertight
    assert found.open_edges == len(open_edges)
    assert np.allclose(found.extent_um, other.extents * 1000, atol=1)


def test_an_open_arch_has_a_rim_and_no_holes(look):
    found = look(arches.binary_stl(OPEN)).mesh
    assert (found.watertight, found.holes) == (False, 0)
    assert found.rim_edges == found.open_edges > 0


def test_holes_are_boundaries_beyond_the_rim(look):
    found = look(arches.binary_stl(arches.arch(steps=60, is_open=True, holes=3))).mesh
    assert found.holes == 3
    assert found.open_edges == found.rim_edges + 3 * 8


def test_of_a_closed_arch_with_one_hole_the_hole_is_taken_for_the_rim(look):
    found = look(arches.binary_stl(arches.arch(steps=60, holes=1))).mesh
    assert (found.rim_edges, found.holes) == (8, 0)


def test_the_rim_is_the_longest_line_not_the_one_of_most_edges(look):
    # Given a large triangle apart from a small, finely divided fan
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles), np.zeros(12)], axis=1)
    vertices = np.concatenate([[(0, 0, 9)], ring, [(100, 0, 0), (200, 0, 0), (100, 90, 0)]])
    faces = [(0, i + 1, (i + 1) % 12 + 1) for i in range(12)] + [(13, 14, 15)]
    found = look(arches.ply(arches.Mesh(vertices.astype(np.float32), np.array(faces)))).mesh
    assert (found.rim_edges, found.holes, found.open_edges) == (3, 1, 15)


def test_an_edge_of_three_triangles_is_non_manifold(look):
    fin = np.array([*TETRAHEDRON.vertices, (5, -5, 5)], dtype=np.float32)
    found = look(arches.obj(arches.Mesh(fin, np.array([*TETRAHEDRON.triangles, (0, 1, 4)])))).mesh
    assert (found.non_manifold_edges, found.open_edges, found.watertight) == (1, 2, False)


def test_degenerate_triangles_are_counted_and_open_nothing(look):
    faces = np.array([*TETRAHEDRON.triangles, (0, 0, 1), (2, 2, 2)])
    found = look(arches.binary_stl(arches.Mesh(TETRAHEDRON.vertices, faces))).mesh
    assert (found.degenerate_triangles, found.triangles, found.watertight) == (2, 6, True)


def test_a_mesh_of_nothing_but_degenerate_triangles_is_measured(look):
    faces = np.array([(0, 0, 1)])
    found = look(arches.binary_stl(arches.Mesh(TETRAHEDRON.vertices, faces))).mesh
    assert (found.degenerate_triangles, found.extent_um, found.open_edges) == (1, (10_000, 0, 0), 0)


def test_zero_and_minus_zero_are_one_place(look):
    content = arches.binary_stl(TETRAHEDRON)
    at = 84 + 12
    assert content[at : at + 12] == bytes(12)
    minus = content[:at] + struct.pack("<3f", -0.0, -0.0, -0.0) + content[at + 12 :]
    assert look(minus).mesh.watertight


def test_corners_that_differ_in_the_last_bit_stay_apart(look):
    content = bytearray(arches.binary_stl(TETRAHEDRON))
    content[84 + 12] += 1
    assert not look(bytes(content)).mesh.watertight


@pytest.mark.parametrize(("scale", "width_mm"), [(1, 62.4), (0.001, 0.0624), (1 / 25.4, 2.456)])
def test_units_are_read_as_millimeters(look, scale, width_mm):
    found = look(arches.binary_stl(arches.arch(scale=scale))).mesh
    assert found.width_um == max(found.extent_um)
    assert found.width_um == pytest.approx(width_mm * 1000, rel=0.01)


def test_vertices_that_no_face_uses_do_not_count(look):
    content = arches.obj(TETRAHEDRON) + b"v 500 500 500\n"
    assert look(content).mesh.extent_um == (10_000, 10_000, 10_000)


@pytest.mark.parametrize(
    ("name", "triangles", "extent_mm"),
    [
        ("patient-0-upper.stl", 85_232, (63.7, 11.3, 48.3)),
        ("patient-0-lower.stl", 83_262, (62.1, 11.7, 44.8)),
        ("patient-0-upper.ply", 85_232, (63.7, 11.3, 48.3)),
    ],
)
def test_real_scans_are_watertight_and_as_large_as_known(look, real_scans, name, triangles, extent_mm):
    inspection = look((real_scans / name).read_bytes())
    assert inspection.usable
    assert (inspection.mesh.triangles, inspection.mesh.watertight) == (triangles, True)
    assert tuple(round(side / 1000, 1) for side in inspection.mesh.extent_um) == extent_mm


# --- STL -------------------------------------------------------------------------------------------------


def test_a_binary_stl_that_begins_with_solid_is_binary(look):
    inspection = look(arches.binary_stl(UPPER, header=b"solid exported facet normal"))
    assert (inspection.format, inspection.mesh.is_text) == (FileFormat.STL, False)


@pytest.mark.parametrize("lost", [1, 49, 50, 51, 5000])
def test_a_binary_stl_that_ends_early_is_truncated(look, lost):
    inspection = look(arches.binary_stl(UPPER)[:-lost])
    assert codes(inspection) == [Problem.TRUNCATED]
    total = len(UPPER.triangles)
    assert f"{total - -(-lost // 50):,} of the {total:,} triangles" in says(inspection)


def test_a_binary_stl_that_goes_on_is_corrupt(look):
    inspection = look(arches.binary_stl(UPPER) + bytes(7))
    assert codes(inspection) == [Problem.CORRUPT]
    assert "7 bytes" in says(inspection)
    assert codes(look(arches.binary_stl(UPPER) + bytes(100))) == [Problem.CORRUPT]


def test_an_stl_without_triangles_has_no_geometry(look):
    assert codes(look(bytes(84))) == [Problem.NO_GEOMETRY]
    assert codes(look(b"solid nothing\nendsolid nothing\n")) == [Problem.NO_GEOMETRY]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_coordinates_that_are_no_numbers_are_told(look, write, value):
    vertices = TETRAHEDRON.vertices.copy()
    vertices[2, 1] = value
    with np.errstate(invalid="ignore"):
        content = write(arches.Mesh(vertices, TETRAHEDRON.triangles))
    assert codes(look(content)) == [Problem.NOT_FINITE]


@pytest.mark.parametrize(("coordinate", "expected"), [(1e7, []), (-1e7, []), (1.1e7, [Problem.CORRUPT])])
def test_coordinates_beyond_ten_kilometers_are_noise(look, coordinate, expected):
    vertices = TETRAHEDRON.vertices.copy()
    vertices[2, 1] = coordinate
    assert codes(look(arches.ply(arches.Mesh(vertices, TETRAHEDRON.triangles)))) == expected


@pytest.mark.parametrize("kept", [0.3, 0.5, 0.9])
def test_a_text_stl_that_is_cut_is_truncated(look, kept):
    content = arches.text_stl(UPPER)
    assert codes(look(content[: content.index(b"outer", int(len(content) * kept))])) == [Problem.TRUNCATED]


def test_a_text_stl_that_is_cut_between_two_triangles_is_truncated(look):
    content = arches.text_stl(UPPER)
    cut = content[: content.index(b"endfacet", len(content) // 2) + 9]
    assert codes(look(cut)) == [Problem.TRUNCATED]
    assert "without its last line" in says(look(cut))


@pytest.mark.parametrize(
    ("spoil", "by"),
    [
        (rb"endloop", b"endlop"),
        (rb"vertex (\S+) ", rb"vertex "),
        (rb"vertex \S+", b"vertex 1.2.3"),
        (rb"facet normal", b"facet"),
    ],
)
def test_a_text_stl_with_a_spoiled_triangle_is_corrupt(look, spoil, by):
    content = re.sub(spoil, by, arches.text_stl(TETRAHEDRON), count=1)
    assert codes(look(content)) == [Problem.CORRUPT]


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\n", b"\r"),
        lambda text: text.upper(),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: b"\n  " + text,
        lambda text: text.replace(b"solid arch", b"solid my facet of endsolid \xc3\xa9"),
    ],
    ids=["CRLF", "CR", "capitals", "byte-order mark", "leading space", "odd name"],
)
def test_a_text_stl_may_be_written_in_odd_ways(look, rewrite):
    inspection = look(rewrite(arches.text_stl(TETRAHEDRON)))
    assert inspection.usable
    assert inspection.mesh.watertight


def test_a_text_stl_may_hold_several_solids(look):
    far = arches.Mesh(TETRAHEDRON.vertices + 50, TETRAHEDRON.triangles)
    inspection = look(arches.text_stl(TETRAHEDRON) + arches.text_stl(far))
    assert (inspection.mesh.triangles, inspection.mesh.watertight) == (8, True)


@pytest.mark.parametrize("piece_bytes", [400, 1000, 1001])
@pytest.mark.parametrize("write", ["text STL", "text PLY", "OBJ"])
def test_text_is_the_same_in_whatever_pieces_it_is_read(look, monkeypatch, write, piece_bytes):
    content = WRITERS[write](UPPER)
    whole = look(content)
    monkeypatch.setattr(meshes, "PIECE_BYTES", piece_bytes)
    monkeypatch.setattr(meshes, "ROWS_AT_ONCE", 7)
    assert look(content) == whole


def test_a_long_text_stl_without_a_facet_is_corrupt(look, monkeypatch):
    monkeypatch.setattr(meshes, "PIECE_BYTES", 1000)
    text = b"solid x\nfacet normal " + b"1 " * 5000 + b"\nendsolid"
    assert codes(look(text)) == [Problem.CORRUPT]


# --- PLY -------------------------------------------------------------------------------------------------

HEADER = (
    b"ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\n"
    b"element face 1\nproperty list uchar int vertex_indices\nend_header\n"
)
SQUARE = b"0 0 0\n10 0 0\n10 10 0\n0 10 0\n"


def test_polygons_of_a_ply_are_split_into_triangles(look):
    assert look(HEADER + SQUARE + b"4 0 1 2 3\n").mesh.triangles == 2
    assert look(HEADER + SQUARE + b"4 0 1 2 3\n").mesh.open_edges == 4


def test_a_ply_may_mix_polygons_in_binary(look):
    header = HEADER.replace(b"ascii", b"binary_big_endian").replace(b"face 1", b"face 2")
    corners = struct.pack(">12f", *(float(word) for word in SQUARE.split()))
    faces = struct.pack(">B4i", 4, 0, 1, 2, 3) + struct.pack(">B3i", 3, 0, 1, 2)
    assert look(header + corners + faces).mesh.triangles == 3
    assert codes(look(header + corners + faces[:-1])) == [Problem.TRUNCATED]
    assert codes(look(header + corners + faces[:17])) == [Problem.TRUNCATED]
    quads = struct.pack(">B4i", 4, 0, 1, 2, 3) * 2
    assert look(header + corners + quads).mesh.triangles == 4


EXTRAS = (
    b"ply\nformat binary_little_endian 1.0\ncomment first other elements\nobj_info more\n"
    b"element camera 2\nproperty short id\n%belement vertex 4\nproperty uchar red\nproperty double z\n"
    b"property double y\nproperty double x\nelement face 1\nproperty uchar flags\n"
    b"property list uchar float texcoord\nproperty list ushort uint vertex_index\n"
    b"element empty 0\nproperty list uchar int nothing\nproperty int x\nend_header\n"
)


@pytest.mark.parametrize("is_uneven", [False, True])
def test_a_ply_may_have_further_elements_and_properties(look, is_uneven):
    listed = b"property list uchar float rays\n" if is_uneven else b""
    cameras = struct.pack("<hBfhB2f", 1, 1, 0.5, 2, 2, 0.5, 0.5) if is_uneven else struct.pack("<2h", 1, 2)
    vertices = b"".join(struct.pack("<B3d", 9, z, y, x) for x, y, z in TETRAHEDRON.vertices.astype(float).tolist())
    face = struct.pack("<BB2fH3I", 7, 2, 0.1, 0.2, 3, 1, 2, 3)
    found = look(EXTRAS % listed + cameras + vertices + face).mesh
    assert (found.triangles, found.extent_um) == (1, (10_000, 10_000, 10_000))


def test_a_text_ply_may_have_further_elements_and_properties(look):
    header = HEADER.replace(b"element vertex", b"element camera 1\nproperty list uchar int rays\nelement vertex")
    header = header.replace(b"property list", b"property uchar flags\nproperty list uchar float uv\nproperty list", 2)
    header = header.replace(b"property uchar flags\nproperty list uchar float uv\n", b"", 1)
    found = look(header + b"2 5 5\n" + SQUARE + b"\n7 2 0.1 0.2 3 0 1 2\n").mesh
    assert found.triangles == 1


@pytest.mark.parametrize("write", ["little-endian PLY", "big-endian PLY", "text PLY"])
@pytest.mark.parametrize("kept", [0.4, 0.7, 0.99])
def test_a_ply_that_ends_early_is_truncated(look, write, kept):
    content = WRITERS[write](UPPER)
    inspection = look(content[: content.rindex(b"\n", 0, int(len(content) * kept)) + 1])
    assert codes(inspection) == [Problem.TRUNCATED]
    assert "rows it announces" in says(inspection)


@pytest.mark.parametrize("write", [arches.ply, lambda mesh: arches.ply(mesh, "text"), arches.obj])
@pytest.mark.parametrize("index", [-1, 4, 2**31 - 1])
def test_faces_that_name_missing_vertices_are_corrupt(look, write, index):
    faces = TETRAHEDRON.triangles.copy()
    faces[0, 0] = index
    inspection = look(write(arches.Mesh(TETRAHEDRON.vertices, faces)))
    assert codes(inspection) == [Problem.CORRUPT]
    assert "1 corners of faces" in says(inspection)


@pytest.mark.parametrize("order", ["ascii", "binary_little_endian", "binary_big_endian"])
@pytest.mark.parametrize("element", [b"vertex 4", b"face 1"])
@pytest.mark.parametrize("claimed", [b"10000000", b"4000000000", b"9999999999999999999"])
def test_ten_million_rows_claimed_in_a_small_file_cost_nothing(look, order, element, claimed):
    header = HEADER.replace(b"ascii", order.encode()).replace(element, element.split()[0] + b" " + claimed)
    assert codes(look(header + SQUARE + b"3 0 1 2\n")) == [Problem.TRUNCATED]


@pytest.mark.parametrize(
    ("spoil", "by", "code"),
    [
        (b"end_header\n", b"", Problem.TRUNCATED),
        (b"format ascii 1.0\n", b"", Problem.CORRUPT),
        (b"ascii", b"binary_middle_endian", Problem.CORRUPT),
        (b"property float z\n", b"", Problem.CORRUPT),
        (b"vertex_indices", b"edges", Problem.CORRUPT),
        (b"property list uchar int vertex_indices\n", b"", Problem.CORRUPT),
        (b"property list uchar int", b"property int", Problem.CORRUPT),
        (b"property list uchar int", b"property list uchar float", Problem.CORRUPT),
        (b"property list uchar", b"property list float", Problem.CORRUPT),
        (b"float x", b"quaternion x", Problem.CORRUPT),
        (b"element vertex 4", b"element vertex four", Problem.CORRUPT),
        (b"element vertex 4\n", b"", Problem.CORRUPT),
        (b"property float x", b"property list uchar float x", Problem.CORRUPT),
        (b"element face 1\nproperty list uchar int vertex_indices\n", b"", Problem.NO_GEOMETRY),
        (b"element face 1", b"element face 0", Problem.NO_GEOMETRY),
        (b"10 10 0", b"10 ten 0", Problem.CORRUPT),
        (b"10 10 0", b"10 10", Problem.CORRUPT),
        (b"3 0 1 2", b"3 0 1", Problem.CORRUPT),
        (b"3 0 1 2", b"-3 0 1 2", Problem.CORRUPT),
        (b"3 0 1 2", b"3 0 1 x", Problem.CORRUPT),
        (b"3 0 1 2", b"3 0 1 %d" % 2**64, Problem.CORRUPT),
        (b"3 0 1 2", b"2 0 1", Problem.NO_GEOMETRY),
        (b"3 0 1 2", b"", Problem.TRUNCATED),
    ],
)
def test_a_spoiled_text_ply_is_told(look, spoil, by, code):
    content = HEADER + SQUARE + b"3 0 1 2\n"
    assert look(content).usable
    assert content != content.replace(spoil, by)
    assert codes(look(content.replace(spoil, by))) == [code]


@pytest.mark.parametrize(
    ("spoil", "by", "code"),
    [
        (b"property float x", b"property list uchar float x", Problem.CORRUPT),
        (b"list uchar int", b"list char int", Problem.CORRUPT),
        (b"list uchar int", b"list int int", Problem.CORRUPT),
        (b"element face 4", b"element face 0", Problem.NO_GEOMETRY),
    ],
)
def test_a_spoiled_binary_ply_is_told(look, spoil, by, code):
    content = bytearray(arches.ply(TETRAHEDRON))
    content[content.index(b"end_header") + 11 + 4 * 15] = 0xFD if b"list char" in by else 3
    assert codes(look(bytes(content).replace(spoil, by, 1))) == [code]


def test_vertices_of_a_binary_ply_may_carry_lists_of_different_lengths(look):
    header = HEADER.replace(b"ascii", b"binary_little_endian").replace(
        b"property float z\n", b"property float z\nproperty list uchar short uses\n"
    )
    vertices = [struct.pack("<3f", *at) for at in TETRAHEDRON.vertices.tolist()]
    uses = [struct.pack(f"<B{n}h", n, *range(n)) for n in range(4)]
    rows = b"".join(vertex + used for vertex, used in zip(vertices, uses, strict=True))
    found = look(header + rows + struct.pack("<B3i", 3, 1, 2, 3)).mesh
    assert found.extent_um == (10_000, 10_000, 10_000)


def test_a_text_ply_with_lists_before_its_coordinates_is_corrupt(look):
    header = HEADER.replace(b"property float x", b"property list uchar int uses\nproperty float x")
    assert codes(look(header + SQUARE + b"3 0 1 2\n")) == [Problem.CORRUPT]


def test_a_binary_ply_that_ends_in_its_first_face_is_truncated(look):
    content = arches.ply(TETRAHEDRON)
    body = content.index(b"end_header") + 11
    for end in (body + 4 * 15, body + 4 * 15 + 1, body + 4 * 15 + 12):
        assert codes(look(content[:end])) == [Problem.TRUNCATED]


# --- OBJ -------------------------------------------------------------------------------------------------

VERTICES = b"v 0 0 0\nv 10 0 0\nv 10 10 0\nv 0 10 0\n"


@pytest.mark.parametrize(
    ("faces", "triangles"),
    [
        (b"f 1 2 3\n", 1),
        (b"f 1 2 3 4\n", 2),
        (b"f -4 -3 -2 -1\n", 2),
        (b"f 1/1 2/2 3/3\nf 1//1 3//1 4//1\nf 1/1/1 2/2/1 3/3/1\n", 3),
        (b"f 1 2 \\\n 3\n", 1),
        (b"f 1 2 \\\r\n 3\n", 1),
        (b"f 1 2\nf 1 2 3\n", 1),
        (b"\n# note\ng group\ns off\nusemtl gum\nf 1 2 3\n", 1),
    ],
)
def test_an_obj_may_write_faces_in_many_ways(look, faces, triangles):
    assert look(VERTICES + faces).mesh.triangles == triangles


def test_a_negative_index_counts_from_the_vertices_so_far(look):
    found = look(VERTICES[:27] + b"f -3 -2 -1\n" + b"v 99 99 99\n").mesh
    assert found.extent_um == (10_000, 10_000, 0)


def test_vertices_of_an_obj_may_carry_colors(look):
    assert look(VERTICES.replace(b" 0\n", b" 0 0.5 0.5 0.5\n") + b"f 1 2 3\n").usable


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (VERTICES + b"f 1 2 5\n", Problem.CORRUPT),
        (VERTICES + b"f 0 1 2\n", Problem.CORRUPT),
        (VERTICES + b"f -5 1 2\n", Problem.CORRUPT),
        (VERTICES + b"f 1 2 x\n", Problem.CORRUPT),
        (VERTICES + b"f 1 2 /3\n", Problem.CORRUPT),
        (VERTICES + b"f 1 2 " + b"9" * 30 + b"\n", Problem.CORRUPT),
        (VERTICES + b"v 1 2\nf 1 2 3\n", Problem.CORRUPT),
        (VERTICES + b"v 1 2 z\nf 1 2 3\n", Problem.CORRUPT),
        (VERTICES, Problem.NO_GEOMETRY),
        (VERTICES + b"f 1 2\n", Problem.NO_GEOMETRY),
        (VERTICES + b"f" + b" 1" * 1025, Problem.CORRUPT),
    ],
)
def test_a_spoiled_obj_is_told(look, content, code):
    assert codes(look(content)) == [code]


# --- Limits ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize(("limit", "expected"), [(3, [Problem.TOO_LARGE]), (4, []), (5, [])])
def test_meshes_up_to_the_limit_of_triangles_are_measured(look, monkeypatch, write, limit, expected):
    monkeypatch.setattr(geometry, "MAX_TRIANGLES", limit)
    assert codes(look(write(TETRAHEDRON))) == expected


@pytest.mark.parametrize("name", ["text STL", "text PLY", "OBJ"])
@pytest.mark.parametrize(("limit", "expected"), [(3, [Problem.TOO_LARGE]), (4, []), (5, [])])
def test_text_has_limits_of_its_own_for_triangles_and_vertices(look, monkeypatch, name, limit, expected):
    monkeypatch.setattr(geometry, "MAX_TEXT_TRIANGLES", limit)
    assert codes(look(WRITERS[name](TETRAHEDRON))) == expected
    monkeypatch.setattr(geometry, "MAX_TEXT_TRIANGLES", 4)
    monkeypatch.setattr(geometry, "MAX_TEXT_VERTICES", limit)
    assert codes(look(WRITERS[name](TETRAHEDRON))) == ([] if name == "text STL" else expected)


@pytest.mark.parametrize("name", ["text STL", "text PLY", "OBJ"])
@pytest.mark.parametrize(("above", "expected"), [(-1, [Problem.TOO_LARGE]), (0, []), (1, [])])
def test_text_meshes_up_to_the_limit_of_bytes_are_read(look, monkeypatch, name, above, expected):
    content = WRITERS[name](TETRAHEDRON)
    monkeypatch.setattr(meshes, "MAX_TEXT_MESH_BYTES", len(content) + above)
    assert codes(look(content)) == expected


def test_text_faces_beyond_the_limit_stop_the_reading(look, monkeypatch):
    monkeypatch.setattr(meshes, "PIECE_BYTES", 1000)
    monkeypatch.setattr(meshes, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(geometry, "MAX_TRIANGLES", 3)
    for write in ("text STL", "text PLY", "OBJ"):
        assert codes(look(WRITERS[write](TETRAHEDRON))) == [Problem.TOO_LARGE]


@pytest.mark.parametrize(("above", "expected"), [(-1, [Problem.TOO_LARGE]), (0, []), (1, [])])
def test_meshes_up_to_the_limit_of_bytes_are_read(look, monkeypatch, above, expected):
    content = arches.binary_stl(UPPER)
    monkeypatch.setattr(meshes, "MAX_MESH_BYTES", len(content) + above)
    inspection = look(content)
    assert codes(inspection) == expected
    assert inspection.bytes_read == (len(content) if not expected else 64 * 1024)
