"""What surfaces look like as a whole."""

import numpy as np
import pytest
import trimesh
from bitewing.aws.schemas import read_record, record
from bitewing.files.case_file import CaseFile
from bitewing.files.inspecting.geometry import measure, single_precision

from local.samples.arch import Mesh, arch, binary_stl, ply, sheet
from tests.support import bodies
from tests.support.builders import a_file, an_inspection, mesh_measures

OPEN = arch(is_open=True)
PALATE = arch(vault_mm=14)


def shape(mesh):
    return measure(single_precision(mesh.vertices), mesh.triangles, is_text=False).shape


def test_area_and_spread_are_those_that_others_find():
    other = trimesh.Trimesh(PALATE.vertices, PALATE.triangles, process=False)
    points, _ = trimesh.sample.sample_surface(other, 200_000, seed=1)
    spreads = np.sqrt(np.linalg.eigvalsh(np.cov(points.T)))[::-1]
    found = shape(PALATE)
    assert found.area_um2 == pytest.approx(other.area * 1_000_000, rel=1e-6)
    assert found.spread_um == pytest.approx(spreads * 1000, rel=0.01)


def test_the_spread_of_one_triangle_is_that_of_its_surface():
    found = shape(Mesh(np.array([(0, 0, 0), (6, 0, 0), (0, 6, 0)], dtype=np.float32), np.array([(0, 1, 2)])))
    # A right triangle of legs a: the variances along its symmetry axis and across are a²/36 and a²/12.
    assert found.area_um2 == 18_000_000
    assert found.spread_um == (1732, 1000, 0)


@pytest.mark.parametrize("mesh", [OPEN, PALATE, arch(part=(0, 1))], ids=["arch", "palate", "quadrant"])
def test_a_surface_that_is_turned_and_moved_keeps_its_shape(mesh):
    here, there = shape(mesh), shape(bodies.turned_away(mesh))
    assert there.area_um2 == pytest.approx(here.area_um2, rel=1e-4)
    assert there.spread_um == pytest.approx(here.spread_um, rel=1e-3)
    assert there.outward_permille == pytest.approx(here.outward_permille, abs=5)
    assert there.vault_um == (here.vault_um and pytest.approx(here.vault_um, abs=200))


def test_a_shape_does_not_depend_on_how_finely_the_surface_is_divided():
    fine, coarse = shape(PALATE), shape(arch(vault_mm=14, steps=150, points=30))
    assert coarse.spread_um == pytest.approx(fine.spread_um, rel=0.02)
    assert coarse.vault_um == pytest.approx(fine.vault_um, rel=0.1)


def test_a_shape_is_the_same_in_every_format(look):
    found = look(binary_stl(PALATE)).mesh.shape
    assert look(ply(PALATE)).mesh.shape == found
    assert found is not None


def test_a_mesh_without_area_has_no_shape():
    line = Mesh(np.array([(0, 0, 0), (1, 1, 1), (2, 2, 2)], dtype=np.float32), np.array([(0, 1, 2)]))
    point = Mesh(np.zeros((1, 3), dtype=np.float32), np.array([(0, 0, 0)]))
    assert (shape(line), shape(point)) == (None, None)


def test_a_speck_far_from_where_the_mesh_begins_has_no_shape():
    # Given a triangle of no area, and one so small beside its distance that its spread is rounded away
    size = 2.0**-29
    places = np.array([(-1, 1, 0.5), (0, 0, 0), (size, 0, 0), (0, size, 0)], dtype=np.float32)
    assert shape(Mesh(places, np.array([(0, 0, 0), (1, 2, 3)]))) is None


@pytest.mark.parametrize(
    "body",
    [bodies.ellipsoid(), bodies.ellipsoid(height=6), bodies.ellipsoid(share=0.5), bodies.block()],
    ids=["ball", "lens", "dome", "block"],
)
def test_all_of_a_convex_body_faces_away_from_its_center(body):
    assert shape(body).outward_permille in (0, 1000)
    assert shape(body).outward_permille == 1000 - shape(bodies.inside_out(body)).outward_permille


def test_an_arch_faces_its_center_with_its_inner_side():
    assert 400 < shape(OPEN).outward_permille < 700


def test_nothing_spans_the_middle_of_an_arch_without_a_palate():
    found = shape(OPEN)
    assert (found.middle_permille, found.vault_um) == (0, 0)


@pytest.mark.parametrize(
    ("vault_mm", "least_um", "most_um"), [(14, 3_000, 4_500), (8, 1_500, 2_500), (0, -300, 0), (-8, -3_000, -1_500)]
)
@pytest.mark.parametrize("jaw", ["upper", "lower"])
def test_a_vault_is_hollow_and_a_tongue_bulges(jaw, vault_mm, least_um, most_um):
    found = shape(arch(jaw, vault_mm=vault_mm))
    assert found.middle_permille == 1000
    assert least_um <= found.vault_um <= most_um


def test_a_floor_between_two_walls_is_no_vault():
    # Given a trough as wide as a palate and as deep, whose bottom is flat
    across, along = np.meshgrid(np.linspace(-1, 1, 80), np.linspace(0, 1, 60))
    depth = np.where(np.abs(across) < 0.33, -12.0, 0.0) - 6 * (np.abs(across) > 0.9)
    width = 14 + 16 * np.sqrt(along)
    found = shape(sheet(np.stack([across * width, depth, 45 * along], axis=2)))
    assert found.middle_permille == 1000
    assert abs(found.vault_um) < 500


def test_the_middle_of_a_surface_without_a_clear_front_is_not_told():
    assert shape(bodies.plane()).middle_permille is None
    assert shape(bodies.ellipsoid()).vault_um is None


def test_a_closed_model_faces_nowhere():
    found = shape(arch())
    assert (found.middle_permille, found.vault_um) == (0, None)


def test_a_few_loose_triangles_change_nothing():
    # Given specks in the middle and beside the arch
    specks = np.array([(0, 0, 30), (40, 0, 20), (-45, 0, 40)])[:, None] + np.array(
        [(0, 0, 0), (0.3, 0, 0), (0, 0, 0.3)]
    )
    number = len(OPEN.vertices) + np.arange(9).reshape(3, 3)
    spoiled = Mesh(
        np.concatenate([OPEN.vertices, specks.reshape(-1, 3)]).astype(np.float32),
        np.concatenate([OPEN.triangles, number]),
    )
    assert shape(spoiled).middle_permille == 0
    assert shape(spoiled).spread_um == pytest.approx(shape(OPEN).spread_um, rel=0.01)


def test_three_triangles_far_apart_have_a_shape():
    places = np.array(
        [(x, y, z) for x in (0.0, 1e6, -1e6) for y, z in ((0, 0), (1e-3, 0), (0, 1e-3))], dtype=np.float32
    )
    found = shape(Mesh(places, np.arange(9).reshape(3, 3)))
    assert found.spread_um[0] == pytest.approx(816_496_580, rel=1e-6)
    assert found.middle_permille is None


def test_a_shape_is_stored_and_read_again():
    file = a_file(inspection=an_inspection(mesh=mesh_measures(shape=shape(PALATE))))
    assert read_record(CaseFile, record(file)) == file


def test_a_file_that_was_stored_before_shapes_were_measured_is_read():
    stored = record(a_file(inspection=an_inspection(mesh=mesh_measures())))
    del stored["inspection"]["mesh"]["shape"]
    assert read_record(CaseFile, stored).inspection.mesh == mesh_measures(shape=None)
