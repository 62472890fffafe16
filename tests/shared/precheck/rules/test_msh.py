import pytest
from bitewing.files.case_file import FileKind
from bitewing.files.inspecting.geometry import measure, single_precision
from bitewing.files.inspection import FileFormat, MeshShape
from bitewing.precheck.finding import Outcome
from bitewing.precheck.rules import msh_arch, msh_density, msh_holes, msh_units

from local.samples.arch import arch
from tests.support.builders import a_checked_case, a_file, a_profile, an_inspection, mesh_measures
from tests.support.findings import only_finding

K = FileKind


def scan(kind=K.UPPER_SCAN, **measures):
    return a_file(kind, inspection=an_inspection(mesh=mesh_measures(**measures)))


def checked_scan(kind=K.UPPER_SCAN, **measures):
    return a_checked_case(files=(scan(kind, **measures),))


def wide(um, kind=K.UPPER_SCAN):
    return checked_scan(kind, extent_um=(um // 2, um, um // 3))


@pytest.mark.parametrize("rule", [msh_density, msh_holes, msh_units])
def test_good_scans_find_nothing(rule):
    assert list(rule.check(a_checked_case())) == []


@pytest.mark.parametrize("rule", [msh_density, msh_holes, msh_units])
def test_meshes_that_are_no_scans_are_not_judged(rule):
    bad = {"triangles": 1, "holes": 9, "extent_um": (1, 1, 1)}
    assert list(rule.check(checked_scan(K.SMILE_DESIGN, **bad))) == []


@pytest.mark.parametrize("rule", [msh_density, msh_holes, msh_units])
@pytest.mark.parametrize("inspection", [None, an_inspection(mesh=None)])
def test_scans_that_were_not_measured_are_not_judged(rule, inspection):
    assert list(rule.check(a_checked_case(files=(a_file(inspection=inspection),)))) == []


SCANS = (K.UPPER_SCAN, K.LOWER_SCAN, K.BITE_SCAN, K.PREP_SCAN, K.SCAN_BODY_SCAN)


@pytest.mark.parametrize("kind", SCANS)
def test_of_a_scan_in_a_format_that_is_not_measured_one_rule_says_so(kind):
    file = a_file(kind, file_id="FILE7", inspection=an_inspection(FileFormat.MESH_3SHAPE))
    checked = a_checked_case(files=(file,))
    finding = only_finding(msh_units, checked)
    assert (finding.outcome, finding.about) == (Outcome.WARN, "/files/FILE7")
    assert "is a 3Shape mesh, which is not measured" in finding.says
    assert [*msh_arch.check(checked), *msh_density.check(checked), *msh_holes.check(checked)] == []


@pytest.mark.parametrize("kind", [K.SMILE_DESIGN, K.OTHER])
def test_a_mesh_that_is_no_scan_need_not_be_measured(kind):
    checked = a_checked_case(files=(a_file(kind, inspection=an_inspection(FileFormat.MESH_3SHAPE)),))
    assert list(msh_units.check(checked)) == []


@pytest.mark.parametrize(("um", "count"), [(44_999, 1), (45_000, 0), (63_700, 0), (80_000, 0), (80_001, 1)])
def test_an_arch_is_45_to_80_mm_wide(um, count):
    assert len(list(msh_units.check(wide(um)))) == count


def shape(along, across, middle):
    return MeshShape(
        area_um2=2_000_000_000,
        spread_um=(along, across, 2_500),
        outward_permille=600,
        middle_permille=middle,
        vault_um=0,
    )


@pytest.mark.parametrize(
    ("measured", "is_full"),
    [
        (shape(20_000, 13_200, 0), True),
        (shape(20_000, 12_000, 0), True),
        (shape(20_000, 11_999, 0), False),
        (shape(16_000, 3_600, 700), False),
        # Three molars are nearly as wide as long, and have no front.
        (shape(5_400, 3_400, None), False),
    ],
)
@pytest.mark.parametrize("kind", [K.UPPER_SCAN, K.LOWER_SCAN])
def test_the_shape_of_an_arch_tells_a_full_one_from_a_part(kind, measured, is_full):
    says = [finding.says for finding in msh_units.check(checked_scan(kind, extent_um=(30_000,) * 3, shape=measured))]
    assert ["a full arch is about 45 to 80 mm wide" in each for each in says] == ([True] if is_full else [])


@pytest.mark.parametrize(("um", "count"), [(4_999, 1), (5_000, 0), (80_000, 0), (80_001, 1)])
def test_a_scan_of_a_quadrant_is_at_least_a_tooth_wide(um, count):
    quadrant = checked_scan(extent_um=(um, um // 2, um // 3), shape=shape(16_000, 3_600, 700))
    assert len(list(msh_units.check(quadrant))) == count


@pytest.mark.parametrize(("um", "count"), [(4_999, 1), (5_000, 0), (80_000, 0), (80_001, 1)])
def test_a_part_of_an_arch_is_at_least_a_tooth_wide(um, count):
    assert len(list(msh_units.check(wide(um, K.BITE_SCAN)))) == count


@pytest.mark.parametrize(
    ("um", "guess"),
    [
        (64, "meters"),
        (2_500, "inches"),
        (6_370, "centimeters"),
        (63_700_000, "micrometers"),
        (30_000, None),
        (500_000, None),
    ],
)
def test_a_unit_that_would_fit_is_named(um, guess):
    says = only_finding(msh_units, wide(um)).says
    assert says.endswith(f"It looks as if it were in {guess}." if guess else "45 to 80 mm wide.")


@pytest.mark.parametrize(("triangles", "count"), [(19_999, 1), (20_000, 0), (20_001, 0)])
def test_a_scan_has_as_many_triangles_as_the_profile_asks_for(triangles, count):
    checked = checked_scan(triangles=triangles)
    assert len(list(msh_density.check(checked))) == count


def test_too_few_triangles_are_counted():
    assert "1 triangle; the lab works with at least 20,000" in only_finding(msh_density, checked_scan(triangles=1)).says


@pytest.mark.parametrize(
    "checked",
    [
        checked_scan(K.BITE_SCAN, triangles=1),
        a_checked_case(files=(scan(triangles=1),), profile=None),
        a_checked_case(files=(scan(triangles=1),), profile=a_profile(min_triangles=1)),
    ],
)
def test_the_lab_says_which_scans_are_dense_enough(checked):
    assert list(msh_density.check(checked)) == []


@pytest.mark.parametrize(
    ("holes", "edges", "says"),
    [
        (0, 0, None),
        (1, 0, "has 1 hole beyond"),
        (0, 2, "has 2 non-manifold edges beyond"),
        (3, 1, "has 3 holes and 1 non-manifold edge beyond"),
    ],
)
def test_faults_beyond_the_rim_are_counted(holes, edges, says):
    findings = list(msh_holes.check(checked_scan(holes=holes, non_manifold_edges=edges)))
    assert [says in finding.says for finding in findings] == ([True] if says else [])


def test_a_bite_scan_may_have_several_rims():
    assert list(msh_holes.check(checked_scan(K.BITE_SCAN, holes=3))) == []


@pytest.mark.parametrize(
    ("kind", "um", "units"),
    [
        # A quadrant of 30 mm in meters, a bite of 30 mm in inches; 500 are 12.7 mm in inches, or 5 mm in centimeters.
        (K.PREP_SCAN, 30, "meters"),
        (K.BITE_SCAN, 1_181, "inches or centimeters"),
        (K.PREP_SCAN, 500, "inches or centimeters"),
    ],
)
def test_the_unit_of_a_part_of_an_arch_is_named_by_the_size_of_parts(kind, um, units):
    says = only_finding(msh_units, wide(um, kind)).says
    assert says.endswith(f"a part of an arch has 5 to 80 mm. It looks as if it were in {units}.")


def measured(jaw, **made):
    mesh = arch(jaw, **{"is_open": True, "steps": 60, **made})
    measures = measure(single_precision(mesh.vertices), mesh.triangles, is_text=False)
    return a_checked_case(files=(a_file(K(f"{jaw}_scan"), inspection=an_inspection(mesh=measures)),))


@pytest.mark.parametrize("part", [(0, 1), (-1, 0), (0.5, 0.95), (-0.5, 0.5)], ids=["right", "left", "molars", "front"])
@pytest.mark.parametrize("jaw", ["upper", "lower"])
def test_a_part_of_an_arch_is_plausible_in_millimeters_and_not_in_meters(jaw, part):
    assert list(msh_units.check(measured(jaw, part=part))) == []
    assert "a part of an arch has" in only_finding(msh_units, measured(jaw, part=part, scale=0.001)).says


@pytest.mark.parametrize(("scale", "unit"), [(0.001, "meters"), (1 / 25.4, "inches"), (0.1, "centimeters")])
@pytest.mark.parametrize("jaw", ["upper", "lower"])
def test_a_scan_in_another_unit_is_known_by_its_size(jaw, scale, unit):
    says = only_finding(msh_units, measured(jaw, scale=scale)).says
    assert f"about 45 to 80 mm wide. It looks as if it were in {unit}." in says
