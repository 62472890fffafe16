import hashlib
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
import trimesh

from local.samples import arch as arches
from local.samples.cbct import Volume, cbct_zip, slices
from local.samples.photo import photo

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("jaw", "width_mm"), [("upper", 62.6), ("lower", 60.6)])
def test_an_arch_is_watertight_faces_outward_and_is_as_wide_as_a_jaw(jaw, width_mm):
    arch = arches.arch(jaw)
    other = trimesh.Trimesh(arch.vertices, arch.triangles, process=False)
    assert other.is_watertight
    assert other.is_winding_consistent
    assert 5_000 < other.volume < 10_000
    assert other.extents.max() == pytest.approx(width_mm, abs=0.5)


def test_the_teeth_of_the_upper_arch_point_down_and_those_of_the_lower_up():
    assert arches.arch("upper").vertices[:, 1].min() < -8
    assert arches.arch("upper").vertices[:, 1].max() == pytest.approx(0, abs=1e-5)
    assert arches.arch("lower").vertices[:, 1].max() > 8


def test_an_open_arch_has_one_boundary():
    arch = arches.arch(is_open=True)
    other = trimesh.Trimesh(arch.vertices, arch.triangles, process=False)
    edges = other.edges_sorted[trimesh.grouping.group_rows(other.edges_sorted, require_count=1)]
    vertices, uses = np.unique(edges, return_counts=True)
    assert len(vertices) == len(edges) > 100
    assert set(uses) == {2}


def boundaries(arch):
    """How many closed lines bound a surface."""
    other = trimesh.Trimesh(arch.vertices, arch.triangles, process=False)
    edges = other.edges_sorted[trimesh.grouping.group_rows(other.edges_sorted, require_count=1)]
    return len(trimesh.graph.connected_components(edges)) if len(edges) else 0


@pytest.mark.parametrize("jaw", ["upper", "lower"])
@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ({"vault_mm": 14}, 1),
        ({"vault_mm": 14, "steps": 61}, 1),
        ({"vault_mm": -8, "points": 10}, 1),
        ({"part": (0, 1)}, 0),
        ({"part": (0, 1), "is_open": True}, 1),
        ({"prepared": 3}, 0),
        ({"scan_body": 3, "is_open": True}, 1),
        ({"roughness_mm": 0.02}, 0),
    ],
)
def test_an_arch_may_be_of_many_kinds_and_stays_one_surface(jaw, made, expected):
    arch = arches.arch(jaw, **{"steps": 60, **made})
    other = trimesh.Trimesh(arch.vertices, arch.triangles, process=False)
    assert other.is_winding_consistent
    assert boundaries(arch) == expected
    assert len(trimesh.graph.connected_components(other.edges)) == 1


def height_mm(**made):
    return np.ptp(arches.arch(**made).vertices[:, 1])


def test_a_vault_a_preparation_and_a_scan_body_change_the_height():
    assert height_mm(vault_mm=14) - height_mm(is_open=True) == pytest.approx(14, abs=0.1)
    assert height_mm(scan_body=5) > height_mm() + 4
    lowest = [arches.arch("lower", prepared=tooth, part=(-1, -0.86)).vertices[:, 1].max() for tooth in (None, 0)]
    assert lowest[1] < lowest[0] - 1


def test_an_arch_can_be_as_small_as_a_seed_for_mutations():
    assert len(arches.arch(steps=4, points=6).triangles) == 52
    assert len(arches.arch(steps=4, points=6, is_open=True).triangles) == 46


@pytest.mark.parametrize(
    ("write", "file_type"),
    [
        (arches.binary_stl, "stl"),
        (arches.text_stl, "stl_ascii"),
        (arches.ply, "ply"),
        (lambda mesh: arches.ply(mesh, "big"), "ply"),
        (lambda mesh: arches.ply(mesh, "text"), "ply"),
        (arches.obj, "obj"),
    ],
)
def test_others_read_the_files(write, file_type):
    arch = arches.arch(steps=30)
    other = trimesh.load_mesh(io.BytesIO(write(arch)), file_type=file_type)
    assert len(other.faces) == len(arch.triangles)
    assert np.allclose(other.bounds, trimesh.Trimesh(arch.vertices, arch.triangles).bounds, atol=1e-4)


def test_a_volume_is_what_was_asked_for():
    volume = Volume(slices=5, voxel_mm=0.3, missing=(1,), doubled=(3,), patient_name="Quill^Jona")
    read = [pydicom.dcmread(io.BytesIO(content)) for content in slices(volume)]
    assert [float(each.ImagePositionPatient[2]) for each in read] == [0.0, 0.6, 0.9, 0.9, 1.2]
    assert {str(each.PatientName) for each in read} == {"Quill^Jona"}
    assert len({each.SOPInstanceUID for each in read}) == 5
    assert read[0].pixel_array.shape == (64, 64)
    assert read[0].pixel_array.max() > 2000


def test_seeds_vary_the_samples():
    assert not np.array_equal(arches.arch(seed=1).vertices, arches.arch(seed=9).vertices)
    assert cbct_zip(Volume(seed=1)) != cbct_zip(Volume(seed=2))
    assert photo(seed=1) != photo(seed=2)


DIGEST = """
import hashlib
from local.samples import arch, cbct, photo
made = arch.binary_stl(arch.arch()) + cbct.cbct_zip() + photo.photo(has_location=True)
print(hashlib.sha256(made).hexdigest())
"""


def test_the_same_arguments_give_the_same_bytes_in_every_process():
    here = arches.binary_stl(arches.arch()) + cbct_zip() + photo(has_location=True)
    there = subprocess.run([sys.executable, "-c", DIGEST], cwd=ROOT, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == hashlib.sha256(here).hexdigest()
