from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.files.case_file import FileKind
from bitewing.files.inspection import FileFormat
from bitewing.precheck.finding import Outcome
from bitewing.precheck.rules import dcm_age, dcm_gap, dcm_series, dcm_voxel

from tests.support.builders import TODAY, a_checked_case, a_file, a_profile, an_inspection, series_measures
from tests.support.findings import only_finding, outcomes

BLOCK, WARN = Outcome.BLOCK, Outcome.WARN


def cbct(kind=FileKind.CBCT, profile=None, **measures):
    inspection = an_inspection(FileFormat.DICOM_SERIES, series=series_measures(**measures))
    return a_checked_case(files=(a_file(kind, inspection=inspection),), profile=profile or a_profile())


@pytest.mark.parametrize("rule", [dcm_age, dcm_gap, dcm_series, dcm_voxel])
@pytest.mark.parametrize(
    "checked",
    [
        cbct(),
        cbct(FileKind.XRAY, slices=1, modality="DX", voxel_um=900, missing_slices=1, scanned_on=TODAY.replace(2010)),
        a_checked_case(files=(a_file(FileKind.CBCT, inspection=an_inspection(mesh=None)),)),
        a_checked_case(files=(a_file(FileKind.CBCT, inspection=None),)),
    ],
)
def test_good_volumes_and_other_files_find_nothing(rule, checked):
    assert list(rule.check(checked)) == []


@pytest.mark.parametrize(("slices", "count"), [(1, 1), (2, 0), (3, 0)])
def test_a_volume_has_two_slices_or_more(slices, count):
    assert len(list(dcm_series.check(cbct(slices=slices)))) == count


@pytest.mark.parametrize(("bits", "count"), [(8, 1), (15, 1), (16, 0), (32, 0), (None, 0)])
def test_pixels_have_sixteen_bits_or_more(bits, count):
    assert len(list(dcm_series.check(cbct(bits_allocated=bits)))) == count


@pytest.mark.parametrize(
    ("measures", "says"),
    [
        ({"slices": 1, "oriented": False}, "has 1 slice."),
        ({"modality": "DX"}, "of the modality DX"),
        ({"modality": None}, "without a modality"),
        ({"bits_allocated": 8}, "8-bit"),
        ({"gantry_tilted": True}, "tilted"),
        ({"oriented": False}, "how its slices lie"),
        ({"is_lossy": True}, "with loss"),
        ({"series_count": 2}, "2 series"),
        ({"patient_count": 2}, "2 patients"),
        ({"patient_count": 2, "birth_date_count": 2}, "2 patients"),
        ({"birth_date_count": 2}, "2 birth dates"),
        ({"modality_count": 2}, "2 modalities"),
        ({"size_count": 3}, "3 sizes"),
    ],
)
def test_a_volume_that_cannot_be_planned_on_blocks_with_the_reason(measures, says):
    finding = only_finding(dcm_series, cbct(**measures))
    assert finding.outcome is BLOCK
    assert says in finding.says


@pytest.mark.parametrize("field", ["birth_date_count", "modality_count", "size_count"])
@pytest.mark.parametrize("count", [0, 1])
def test_what_the_slices_agree_on_finds_nothing(field, count):
    assert list(dcm_series.check(cbct(**{field: count}))) == []


def slice_by_slice(*slices):
    one = cbct().files[0]
    files = [
        replace(one, file_id=f"cbct-{number}", inspection=replace(one.inspection, series=series_measures(slices=count)))
        for number, count in enumerate(slices)
    ]
    return a_checked_case(files=tuple(files))


@pytest.mark.parametrize("count", [2, 3, 400])
def test_a_series_that_came_slice_by_slice_is_told_once_and_how_to_send_it(count):
    finding = only_finding(dcm_series, slice_by_slice(*[1] * count))
    assert (finding.outcome, finding.about) == (BLOCK, "/files/cbct-0")
    assert finding.says == f"The CBCT is in {count} files of one slice each."
    assert "into one zip" in finding.do


def test_single_slices_beside_a_whole_volume_are_told_and_the_volume_is_judged_by_itself():
    assert only_finding(dcm_series, slice_by_slice(1, 1, 300)).about == "/files/cbct-0"
    assert [finding.says for finding in dcm_series.check(slice_by_slice(300, 1))] == ["The CBCT has 1 slice."]


def test_every_reason_is_a_finding_of_its_own():
    assert outcomes(dcm_series, cbct(modality="MR", gantry_tilted=True, patient_count=3)) == [BLOCK] * 3


@pytest.mark.parametrize(
    ("measures", "says"),
    [
        ({"missing_slices": 1}, "1 slice missing"),
        ({"duplicate_slices": 2}, "2 slices double"),
        ({"unreadable_slices": 3}, "3 slices unreadable"),
        ({"missing_slices": 1, "duplicate_slices": 1}, "1 slice missing, 1 slice double"),
    ],
)
def test_a_volume_that_is_not_whole_blocks_once_with_numbers(measures, says):
    finding = only_finding(dcm_gap, cbct(**measures))
    assert finding.outcome is BLOCK
    assert says in finding.says


@pytest.mark.parametrize(
    ("voxel_um", "expected"), [(299, []), (300, []), (301, [WARN]), (399, [WARN]), (400, [WARN]), (401, [BLOCK])]
)
def test_voxels_are_judged_by_recommendation_and_limit(voxel_um, expected):
    assert outcomes(dcm_voxel, cbct(voxel_um=voxel_um)) == expected


@pytest.mark.parametrize(("limit", "expected"), [(350, [BLOCK]), (351, [WARN]), (352, [WARN])])
def test_the_limit_is_the_profiles(limit, expected):
    assert outcomes(dcm_voxel, cbct(voxel_um=351, profile=a_profile(max_voxel_um=limit))) == expected


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        ({"increment_um": 499}, []),
        ({"increment_um": 500}, [WARN]),
        ({"increment_um": 501}, [WARN]),
        ({"thickness_um": 1_299}, []),
        ({"thickness_um": 1_300}, [WARN]),
        ({"thickness_um": 1_301}, [WARN]),
        ({"increment_um": 600, "thickness_um": 1_400, "voxel_um": 350}, [WARN]),
        ({"increment_um": None, "thickness_um": None}, []),
        ({"voxel_um": None}, [WARN]),
    ],
)
def test_slices_are_close_and_thin_and_one_volume_is_reported_once(measures, expected):
    assert outcomes(dcm_voxel, cbct(**measures)) == expected


@pytest.mark.parametrize("profile", [None])
def test_without_a_profile_only_the_recommendation_counts(profile):
    checked = cbct(voxel_um=900, increment_um=None)
    assert outcomes(dcm_voxel, a_checked_case(files=checked.files, profile=profile)) == [WARN]
    assert outcomes(dcm_age, a_checked_case(files=checked.files, profile=profile)) == []


@pytest.mark.parametrize(("age", "count"), [(364, 0), (365, 0), (366, 1)])
def test_a_scan_is_at_most_as_old_as_the_profile_says(age, count):
    findings = list(dcm_age.check(cbct(scanned_on=TODAY - timedelta(days=age))))
    assert ["366 days old; the lab accepts 365 days" in finding.says for finding in findings] == [True] * count


@pytest.mark.parametrize("scanned_on", [None, TODAY + timedelta(days=1)])
def test_a_scan_without_a_day_or_from_tomorrow_has_no_age(scanned_on):
    assert list(dcm_age.check(cbct(scanned_on=scanned_on))) == []


@pytest.mark.parametrize(("um", "said"), [(304, "0.304 mm"), (310, "0.31 mm"), (404, "0.404 mm"), (450, "0.45 mm")])
def test_a_voxel_beyond_a_limit_is_never_rounded_to_it(um, said):
    assert f"voxels of {said};" in only_finding(dcm_voxel, cbct(voxel_um=um)).says
