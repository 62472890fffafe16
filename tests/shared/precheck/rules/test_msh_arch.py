"""MSH-ARCH: at its limits, and on surfaces as the inspection measures them."""

import pytest
import trimesh
from bitewing.files.case_file import FileKind
from bitewing.files.inspecting.geometry import measure, single_precision
from bitewing.files.inspecting.inspect import inspect
from bitewing.files.inspection import MeshShape
from bitewing.precheck.rules import msh_arch

from local.samples.arch import Mesh, arch
from tests.support import bodies
from tests.support.builders import a_checked_case, a_file, an_inspection, mesh_measures
from tests.support.findings import only_finding

K = FileKind
UPPER, LOWER = K.UPPER_SCAN, K.LOWER_SCAN


def a_shape(**changes):
    usual = {
        "area_um2": 3_200_000_000,
        "spread_um": (20_000, 14_000, 2_000),
        "outward_permille": 550,
        "middle_permille": 0,
        "vault_um": 0,
    }
    return MeshShape(**{**usual, **changes})


def a_scan(kind, shape, number=1):
    return a_file(
        kind,
        file_id=f"FILE{number}",
        checksum=f"checksum {number}",
        inspection=an_inspection(mesh=mesh_measures(shape=shape)),
    )


def found(**scans):
    """What the rule says of an upper and a lower scan of these shapes."""
    kinds = {"upper": UPPER, "lower": LOWER}
    files = [a_scan(kinds[name], shape, number) for number, (name, shape) in enumerate(scans.items())]
    return list(msh_arch.check(a_checked_case(files=tuple(files))))


def seen(mesh):
    return measure(single_precision(mesh.vertices), mesh.triangles, is_text=False).shape


# --- At the limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [None, a_shape()])
@pytest.mark.parametrize("name", ["upper", "lower"])
def test_an_arch_and_what_was_never_measured_find_nothing(name, shape):
    assert found(**{name: shape}) == []


@pytest.mark.parametrize(("thinnest", "says"), [(599, "a flat sheet"), (600, None), (601, None)])
def test_an_arch_is_thicker_than_a_sheet(thinnest, says):
    findings = found(upper=a_shape(spread_um=(20_000, 14_000, thinnest)))
    assert [finding.says for finding in findings] == (
        [f"The upper scan looks like no arch: it is {says}."] if says else []
    )


@pytest.mark.parametrize(
    ("thinnest", "outward", "count"),
    [(13_999, 960, 0), (14_000, 960, 0), (14_001, 960, 1), (14_001, 901, 1), (14_001, 900, 0), (14_001, 99, 1)],
)
def test_an_arch_without_much_of_a_hollow_is_longer_than_thick(thinnest, outward, count):
    findings = found(lower=a_shape(spread_um=(20_000, 14_000, thinnest), outward_permille=outward))
    assert len(findings) == count
    assert all("almost as thick as it is long" in finding.says for finding in findings)


@pytest.mark.parametrize(("outward", "count"), [(971, 1), (970, 0), (969, 0), (31, 0), (30, 0), (29, 1)])
def test_an_arch_has_a_side_that_faces_its_center(outward, count):
    findings = found(upper=a_shape(outward_permille=outward))
    assert len(findings) == count
    assert all("a body without any hollow" in finding.says for finding in findings)


@pytest.mark.parametrize(
    ("middle", "vault", "count"),
    [
        (699, 2_500, 0),
        (700, 2_499, 0),
        (700, 2_500, 1),
        (701, 2_501, 1),
        (700, None, 0),
        (None, None, 0),
        (1_000, -9_000, 0),
    ],
)
def test_a_lower_arch_has_no_palate(middle, vault, count):
    shape = a_shape(middle_permille=middle, vault_um=vault)
    assert found(upper=shape) == []
    findings = found(lower=shape)
    assert len(findings) == count
    assert all("looks like an upper arch" in finding.says for finding in findings)


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1),
        ({"area_um2": 3_184_000_000}, 1),
        ({"area_um2": 3_183_999_999}, 0),
        ({"area_um2": 3_216_080_403}, 0),
        ({"spread_um": (20_000, 14_000, 2_010)}, 1),
        ({"spread_um": (20_000, 14_000, 2_011)}, 0),
        ({"spread_um": (20_101, 14_000, 2_000)}, 0),
        ({"spread_um": (20_000, 13_929, 2_000)}, 0),
    ],
)
def test_the_arches_of_a_person_are_two_surfaces(changes, count):
    findings = found(upper=a_shape(), lower=a_shape(**changes))
    assert [finding.says for finding in findings] == ["The upper and the lower scan show the same surface."] * count


def test_two_scans_of_one_arch_may_be_alike():
    files = (a_scan(LOWER, a_shape(), 1), a_scan(LOWER, a_shape(), 2))
    assert list(msh_arch.check(a_checked_case(files=files))) == []


def test_of_the_same_bytes_another_rule_speaks():
    files = tuple(
        a_file(kind, checksum="same", inspection=an_inspection(mesh=mesh_measures(shape=a_shape())))
        for kind in (UPPER, LOWER)
    )
    assert list(msh_arch.check(a_checked_case(files=files))) == []


@pytest.mark.parametrize(("longest", "count"), [(999, 0), (1_000, 1), (1_001, 1)])
def test_of_what_is_too_small_for_millimeters_another_rule_speaks(longest, count):
    assert len(found(upper=a_shape(spread_um=(longest, 500, 0)))) == count


@pytest.mark.parametrize("kind", [kind for kind in K if kind not in {UPPER, LOWER}])
def test_only_scans_of_a_whole_arch_are_judged(kind):
    flat = a_shape(spread_um=(20_000, 14_000, 0))
    assert list(msh_arch.check(a_checked_case(files=(a_scan(kind, flat),)))) == []


def test_a_finding_is_about_its_file_and_says_what_to_do():
    files = (a_scan(UPPER, a_shape(outward_permille=1000), 7),)
    finding = only_finding(msh_arch, a_checked_case(files=files))
    assert finding.about == "/files/FILE7"
    assert finding.do == "Make sure that the scan shows the upper arch, or upload the right one."


# --- On surfaces -----------------------------------------------------------------------------------------

ARCHES = {
    "closed": {},
    "open": {"is_open": True},
    "rough": {"is_open": True, "roughness_mm": 0.02},
    "with a prepared tooth": {"is_open": True, "prepared": 3},
    "with a scan body": {"is_open": True, "scan_body": 4},
    "left quadrant": {"part": (0, 1), "is_open": True},
    "closed right quadrant": {"part": (-1, 0)},
    "front": {"part": (-0.5, 0.5), "is_open": True},
    "three teeth": {"part": (0.5, 0.95), "is_open": True},
    "coarse": {"steps": 20, "points": 8},
    "in meters": {"scale": 0.001},
    "in inches": {"scale": 1 / 25.4},
}


@pytest.mark.parametrize("kind", ["upper", "lower"])
@pytest.mark.parametrize("made", ARCHES.values(), ids=ARCHES)
def test_arches_of_many_kinds_are_arches(kind, made):
    assert found(**{kind: seen(arch(kind, **made))}) == []


@pytest.mark.parametrize("height_mm", [15, 40])
@pytest.mark.parametrize("kind", ["upper", "lower"])
def test_a_model_on_a_base_is_an_arch(kind, height_mm):
    assert found(**{kind: seen(bodies.on_base(kind, height_mm=height_mm))}) == []


def test_a_lower_arch_may_have_a_floor_or_a_tongue():
    assert found(lower=seen(arch("lower", vault_mm=0))) == []
    assert found(lower=seen(arch("lower", vault_mm=-8))) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (bodies.plane(), "a flat sheet"),
        (bodies.plane(noise_mm=0.1), "a flat sheet"),
        (bodies.ellipsoid(), "almost as thick as it is long"),
        (bodies.ellipsoid(noise=0.01), "almost as thick as it is long"),
        (bodies.die(), "almost as thick as it is long"),
        (bodies.block(50, 50, 50), "almost as thick as it is long"),
        (bodies.block(), "a body without any hollow"),
        (bodies.inside_out(bodies.block()), "a body without any hollow"),
        (bodies.ellipsoid(height=8), "a body without any hollow"),
        (bodies.ellipsoid(height=12, share=0.5), "a body without any hollow"),
    ],
    ids=["sheet", "rough sheet", "ball", "lump", "die", "cube", "block", "block inside out", "lens", "dome"],
)
@pytest.mark.parametrize("kind", ["upper", "lower"])
def test_what_is_no_arch_is_told(kind, body, says):
    (finding,) = found(**{kind: seen(body)})
    assert says in finding.says


@pytest.mark.parametrize("vault_mm", [12, 14, 17])
def test_arches_that_change_places_are_told_by_the_palate(vault_mm):
    upper, lower = seen(arch("upper", vault_mm=vault_mm, roughness_mm=0.02)), seen(arch("lower", is_open=True))
    assert found(upper=upper, lower=lower) == []
    (finding,) = found(upper=lower, lower=upper)
    assert finding.says == "The lower scan looks like an upper arch: a vault spans its middle, as a palate does."


def test_without_a_palate_arches_that_change_places_are_not_told():
    upper, lower = seen(arch("upper", is_open=True)), seen(arch("lower", is_open=True))
    assert found(upper=lower, lower=upper) == found(upper=upper, lower=lower) == []


def test_one_surface_is_known_again_wherever_it_is_moved():
    one = arch("lower", is_open=True)
    (finding,) = found(upper=seen(one), lower=seen(bodies.turned_away(one)))
    assert finding.says == "The upper and the lower scan show the same surface."


def look(path):
    with path.open("rb") as file:
        return inspect(file).mesh.shape


def test_real_arches_are_arches_under_either_name(real_scans):
    upper, lower = look(real_scans / "patient-0-upper.stl"), look(real_scans / "patient-0-lower.stl")
    assert found(upper=upper, lower=lower) == []
    # Closed models of the crowns alone: nothing tells them apart.
    assert found(upper=lower, lower=upper) == []


def test_a_real_arch_that_is_sent_for_both_is_told_in_whatever_format(real_scans):
    stl, ply = look(real_scans / "patient-0-upper.stl"), look(real_scans / "patient-0-upper.ply")
    (finding,) = found(upper=stl, lower=ply)
    assert finding.says == "The upper and the lower scan show the same surface."


@pytest.mark.parametrize("name", ["upper", "lower"])
@pytest.mark.parametrize(
    "left_out",
    [lambda at: at[:, 0] < 5, lambda at: at[:, 2] < -3, lambda at: (at[:, 0] < 18) | (at[:, 2] > -10)],
    ids=["a quadrant", "the back", "three molars"],
)
def test_parts_of_real_arches_are_arches(real_scans, name, left_out):
    scan = trimesh.load_mesh(real_scans / f"patient-0-{name}.stl")
    part = bodies.without(Mesh(scan.vertices, scan.faces), left_out)
    assert found(**{name: seen(part)}) == []
