from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.files.case_file import FileKind, FileState
from bitewing.packet.packet import SentOtherwise
from bitewing.precheck.rules import shd_missing, shd_photo, shd_stump, shd_unknown
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import FileRequirement, Level
from bitewing.requirements.selections import FULL_CAST_METALS

from tests.support.builders import (
    CROWN_SELECTIONS,
    NOW,
    a_case,
    a_checked_case,
    a_file,
    a_packet,
    a_profile,
    an_inspection,
    an_item,
    crown_files,
    image_measures,
)
from tests.support.findings import checked_packet, only_finding


def selecting(case_type=CaseType.CROWN, **selections):
    return checked_packet(case_type, items=(an_item("16", selections=selections),))


@pytest.mark.parametrize("rule", [shd_missing, shd_photo, shd_stump, shd_unknown])
def test_a_shaded_back_tooth_finds_nothing(rule):
    assert list(rule.check(a_checked_case())) == []


@pytest.mark.parametrize("material", ["zirconia", "porcelain_fused_to_metal", ""])
def test_tooth_colored_work_without_a_shade_warns(material):
    finding = only_finding(shd_missing, selecting(material=material))
    assert finding.about == "/packet/items/0/selections/shade"


@pytest.mark.parametrize("material", sorted(FULL_CAST_METALS))
def test_full_cast_metal_is_never_asked_for_a_shade(material):
    assert list(shd_missing.check(selecting(material=material))) == []


def test_a_type_without_shades_is_not_asked_for_one():
    assert list(shd_missing.check(selecting(CaseType.NIGHT_GUARD))) == []


@pytest.mark.parametrize(
    "selections",
    [
        {"shade": "A2", "shade_guide": "vita_classical"},
        {"shade": " a3.5 ", "shade_guide": "vita_classical"},
        {"shade": "2M2", "shade_guide": "vita_3d_master"},
        {"shade": "BL1", "shade_guide": "ivoclar_a_d"},
        {"shade": "BL1"},
        {"shade_guide": "ivoclar_a_d"},
        {"stump_shade": "nd9"},
        {},
    ],
)
def test_a_shade_of_its_guide_is_known(selections):
    assert list(shd_unknown.check(selecting(**selections))) == []


@pytest.mark.parametrize(
    ("selections", "says"),
    [
        ({"shade": "BL1", "shade_guide": "vita_classical"}, "VITA Classical does not have"),
        ({"shade": "A5"}, "no guide has"),
        ({"shade": "A2", "shade_guide": "my guide"}, "guide that is not known"),
        ({"stump_shade": "ND10"}, "stump shade that does not exist"),
    ],
)
def test_a_shade_outside_of_its_guide_blocks(selections, says):
    assert says in only_finding(shd_unknown, selecting(**selections)).says


@pytest.mark.parametrize(
    ("material", "stump_shade", "count"),
    [
        ("lithium_disilicate", "", 1),
        ("feldspathic", "", 1),
        ("translucent_zirconia", "", 1),
        ("lithium_disilicate", "ND3", 0),
        ("zirconia", "", 0),
    ],
)
def test_translucent_ceramic_needs_a_stump_shade(material, stump_shade, count):
    checked = selecting(material=material, stump_shade=stump_shade)
    assert len(list(shd_stump.check(checked))) == count


@pytest.mark.parametrize(("made", "count"), [("post_and_core", 0), ("crown", 1), ("", 1)])
@pytest.mark.parametrize("rule", [shd_missing, shd_stump])
def test_a_post_and_core_is_asked_for_no_shade(rule, made, count):
    checked = selecting(material="lithium_disilicate", shade="", piece=made)
    assert len(list(rule.check(checked))) == count


def test_an_implant_has_no_stump():
    assert list(shd_stump.check(selecting(CaseType.IMPLANT_CROWN, material="lithium_disilicate"))) == []


def front(*photos, profile=None, **changes):
    case = checked_packet(items=(an_item("11", **changes),)).case
    return a_checked_case(case=case, files=(*crown_files(), *photos), profile=profile or a_profile())


def photo(number=1, **changes):
    return a_file(FileKind.PHOTO, file_id=f"photo-{number}", **changes)


def test_front_work_without_a_photo_warns():
    assert "front tooth" in only_finding(shd_photo, front()).says


@pytest.mark.parametrize("state", [FileState.CLEAN, FileState.ANNOUNCED])
def test_front_work_with_a_photo_is_fine(state):
    assert list(shd_photo.check(front(photo(state=state)))) == []


def test_a_photo_that_never_came_is_no_photo():
    never = photo(state=FileState.ANNOUNCED, announced_at=NOW - timedelta(hours=24, seconds=1))
    assert "front tooth" in only_finding(shd_photo, front(never)).says


def test_front_work_of_full_cast_metal_needs_no_photo():
    assert list(shd_photo.check(front(selections={"material": "full_cast_noble"}))) == []


def test_front_work_without_a_profile_still_needs_a_photo():
    checked = replace(front(), profile=None)
    assert "front tooth" in only_finding(shd_photo, checked).says


def test_types_without_shades_need_no_photo():
    checked = checked_packet(CaseType.SURGICAL_GUIDE, items=(an_item("11"),))
    assert list(shd_photo.check(checked)) == []


@pytest.mark.parametrize(("here", "count"), [(0, 0), (1, 1), (2, 1), (3, 0), (4, 0)])
def test_photos_are_as_many_as_the_profile_asks_for(here, count):
    photos = [photo(number) for number in range(here)]
    checked = front(*photos, profile=a_profile(CaseType.VENEER))
    findings = list(shd_photo.check(checked))
    assert [f"there are {here}" in finding.says for finding in findings] == [True] * count


@pytest.mark.parametrize("profile", [a_profile(), a_profile(CaseType.VENEER)])
def test_photos_that_are_sent_otherwise_are_not_counted(profile):
    sent = SentOtherwise(kind=FileKind.PHOTO, how="portal")
    for photos in ([], [photo()]):
        checked = front(*photos, profile=profile)
        packet = replace(checked.case.packet, sent_otherwise=(sent,))
        assert list(shd_photo.check(replace(checked, case=replace(checked.case, packet=packet)))) == []


@pytest.mark.parametrize(("height", "count"), [(1999, 1), (2000, 0), (2001, 0)])
def test_photos_are_as_large_as_the_profile_asks_for(height, count):
    inspection = an_inspection(image=image_measures(width_px=1500, height_px=height))
    checked = front(photo(inspection=inspection), profile=a_profile(min_photo_px=2000))
    assert len(list(shd_photo.check(checked))) == count


@pytest.mark.parametrize("inspection", [None, an_inspection(mesh=None)])
def test_photos_without_a_size_are_not_judged(inspection):
    checked = front(photo(inspection=inspection), profile=a_profile(min_photo_px=2000))
    assert list(shd_photo.check(checked)) == []


def test_photos_are_counted_for_the_stage_of_the_work():
    photos = FileRequirement(
        kinds=(FileKind.PHOTO,), called="photos", level=Level.REQUIRED, min_count=3, stages=("temporary",)
    )
    checked = replace(a_checked_case(), files=(a_file(FileKind.PHOTO),), profile=a_profile(files=(photos,)))
    final, temporary = (an_item(selections=CROWN_SELECTIONS | {"stage": stage}) for stage in ("final", "temporary"))
    assert list(shd_photo.check(replace(checked, case=a_case(packet=a_packet(items=(final,)))))) == []
    assert (
        "3 photos" in only_finding(shd_photo, replace(checked, case=a_case(packet=a_packet(items=(temporary,))))).says
    )
