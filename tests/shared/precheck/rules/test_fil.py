from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.files.case_file import FileKind, FileState
from bitewing.files.inspection import FileFormat
from bitewing.packet.packet import Arch, SentOtherwise
from bitewing.precheck.finding import Outcome
from bitewing.precheck.rules import (
    fil_duplicate,
    fil_format,
    fil_pending,
    fil_quarantined,
    fil_required,
    fil_unreadable,
)
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import FileRequirement, Level

from tests.support.builders import (
    NOW,
    TODAY,
    a_case,
    a_checked_case,
    a_file,
    a_packet,
    a_profile,
    a_quarantined_file,
    an_inspection,
    an_item,
    crown_files,
)
from tests.support.findings import only_finding, outcomes

K = FileKind
ALL_RULES = (fil_duplicate, fil_format, fil_pending, fil_quarantined, fil_required, fil_unreadable)
BLOCK, WARN = Outcome.BLOCK, Outcome.WARN


def files_of(*kinds):
    return tuple(a_file(kind, file_id=f"{kind}-{number}") for number, kind in enumerate(kinds))


def case_of(case_type, *items):
    return a_case(case_type=case_type, packet=a_packet(items=items))


def checked_with(case_type, items, kinds):
    return a_checked_case(case=case_of(case_type, *items), profile=a_profile(case_type), files=files_of(*kinds))


def reports(checked):
    """Return which rule reports what, for all rules about files."""
    return [(finding.rule_id, finding.outcome) for rule in ALL_RULES for finding in rule.check(checked)]


def test_files_are_told_apart_without_comparing_each_with_all(monkeypatch):
    lonely = a_quarantined_file(K.CBCT, file_id="lonely")
    beside = a_quarantined_file(K.UPPER_SCAN, file_id="beside")
    checked = a_checked_case(files=(*crown_files(), lonely, beside))

    def compares(_one, _other):
        pytest.fail("Files are compared as a whole.")

    monkeypatch.setattr(type(lonely), "__eq__", compares)
    assert [finding.about for finding in fil_quarantined.check(checked)] == ["/files/beside"]


def test_the_files_of_a_crown_find_nothing():
    assert reports(a_checked_case()) == []


def test_a_crown_without_files_lacks_them_all():
    checked = a_checked_case(files=())
    assert outcomes(fil_required, checked) == [BLOCK, BLOCK, BLOCK, WARN]
    assert [finding.says for finding in fil_required.check(checked)] == [
        "The case has no scan of the prepared arch.",
        "The case has no scan of the opposing arch.",
        "The case has no bite scan.",
        "The case has no scan of the arch from before the preparation.",
    ]


@pytest.mark.parametrize(
    ("tooth", "kinds", "expected"),
    [
        ("14", (K.UPPER_SCAN, K.LOWER_SCAN, K.BITE_SCAN), [WARN]),
        ("14", (K.PREP_SCAN, K.LOWER_SCAN, K.BITE_SCAN), [WARN]),
        ("14", (K.PREP_SCAN, K.UPPER_SCAN, K.BITE_SCAN), [BLOCK]),
        ("44", (K.PREP_SCAN, K.UPPER_SCAN, K.BITE_SCAN), [WARN]),
        ("44", (K.PREP_SCAN, K.LOWER_SCAN, K.UPPER_SCAN, K.BITE_SCAN), []),
        ("44", (K.UPPER_SCAN, K.BITE_SCAN), [BLOCK, WARN]),
    ],
)
def test_scans_count_for_the_arch_that_they_show(tooth, kinds, expected):
    assert outcomes(fil_required, checked_with(CaseType.CROWN, [an_item(tooth)], kinds)) == expected


def test_work_in_both_arches_needs_both():
    items = [an_item("16"), an_item("46")]
    checked = checked_with(CaseType.INLAY_ONLAY, items, (K.UPPER_SCAN, K.BITE_SCAN))
    assert outcomes(fil_required, checked) == [BLOCK, BLOCK]
    checked = checked_with(CaseType.INLAY_ONLAY, items, (K.UPPER_SCAN, K.LOWER_SCAN, K.BITE_SCAN))
    assert outcomes(fil_required, checked) == []


def test_while_the_arch_is_unknown_any_scan_counts():
    checked = checked_with(CaseType.INLAY_ONLAY, [], (K.LOWER_SCAN, K.BITE_SCAN))
    assert outcomes(fil_required, checked) == []


def test_what_is_here_in_part_is_counted():
    checked = checked_with(CaseType.RETAINER_ALIGNER, [], (K.UPPER_SCAN, K.LOWER_SCAN, K.BITE_SCAN, K.XRAY, K.PHOTO))
    assert only_finding(fil_required, checked).says == "The lab asks for x-rays; 1 of 2 files are here."


def test_no_photo_at_all_is_a_missing_kind():
    checked = checked_with(CaseType.DIAGNOSTIC_WAX_UP, [an_item("14")], (K.UPPER_SCAN, K.LOWER_SCAN, K.BITE_SCAN))
    assert only_finding(fil_required, checked).says == "The case has no photo."


def test_a_surgical_guide_needs_a_cbct_and_an_arch_scan():
    checked = checked_with(CaseType.SURGICAL_GUIDE, [an_item("14")], ())
    assert outcomes(fil_required, checked) == [BLOCK, BLOCK, WARN, WARN, WARN]


@pytest.mark.parametrize(
    ("stage", "needs_cbct"), [("surgical", True), ("temporary", False), ("final", False), ("", True)]
)
def test_a_file_of_one_stage_is_asked_for_at_that_stage(stage, needs_cbct):
    item = an_item(arch=Arch.UPPER, selections={"stage": stage})
    kinds = (K.UPPER_SCAN, K.LOWER_SCAN, K.BITE_SCAN, *[K.PHOTO] * 4)
    findings = list(fil_required.check(checked_with(CaseType.FULL_ARCH_IMPLANT, [item], kinds)))
    assert [finding.says for finding in findings] == ["The case has no CBCT."] * needs_cbct
    assert all(("state the stage" in finding.do) == (stage == "") for finding in findings)


def test_scan_body_scans_of_other_work_are_required_as_any_kind():
    wanted = FileRequirement(kinds=(K.SCAN_BODY_SCAN,), called="a scan-body scan", level=Level.REQUIRED)
    assert outcomes(fil_required, a_checked_case(profile=a_profile(files=(wanted,)))) == [BLOCK]


def test_without_a_profile_nothing_is_required():
    assert outcomes(fil_required, a_checked_case(profile=None, files=())) == []


def sent(kind=K.UPPER_SCAN, arrived_at=None, **changes):
    return SentOtherwise(**{"kind": kind, "how": "USPS", "sent_on": TODAY, "arrived_at": arrived_at} | changes)


def crown_with(*otherwise, kinds=(K.LOWER_SCAN, K.BITE_SCAN)):
    checked = checked_with(CaseType.CROWN, [an_item("14")], kinds)
    packet = replace(checked.case.packet, sent_otherwise=otherwise)
    return replace(checked, case=replace(checked.case, packet=packet))


def test_what_is_announced_as_sent_otherwise_warns_once():
    finding = only_finding(fil_required, crown_with(sent()))
    assert (finding.outcome, finding.about) == (WARN, "/packet/sent_otherwise/0")
    assert finding.says == (
        "The upper scan is announced as sent by USPS on March 2, 2026, and not yet marked as arrived."
    )


def test_each_kind_that_is_announced_warns_for_itself():
    findings = fil_required.check(crown_with(sent(K.BITE_SCAN), sent(), sent(K.LOWER_SCAN), kinds=()))
    assert sorted((f.about, f.outcome) for f in findings) == [
        ("/packet/sent_otherwise/0", WARN),
        ("/packet/sent_otherwise/1", WARN),
        ("/packet/sent_otherwise/2", WARN),
    ]


def test_what_was_sent_otherwise_and_arrived_is_here():
    assert reports(crown_with(sent(arrived_at=NOW))) == []


def test_an_upload_is_enough_where_the_same_kind_is_also_announced():
    kinds = (K.UPPER_SCAN, K.PREP_SCAN, K.LOWER_SCAN, K.BITE_SCAN)
    assert reports(crown_with(sent(), kinds=kinds)) == []


def test_what_is_announced_for_one_arch_does_not_stand_for_the_other():
    assert outcomes(fil_required, crown_with(sent(K.LOWER_SCAN), kinds=(K.BITE_SCAN,))) == [BLOCK, WARN, WARN]
    checked = crown_with(sent(), kinds=(K.BITE_SCAN,))
    both = replace(checked, case=replace(checked.case, packet=replace(checked.case.packet, items=())))
    assert outcomes(fil_required, both) == [WARN]
    items = (an_item("16"), an_item("46"))
    both = replace(checked, case=replace(checked.case, packet=replace(checked.case.packet, items=items)))
    assert outcomes(fil_required, both) == [BLOCK, BLOCK, WARN]


def test_how_something_is_sent_is_quoted_briefly_and_without_a_date_where_none_is_known():
    long = sent(how="by our own  driver " * 9, sent_on=None)
    assert "sent by by our own driver by our own driver by o, and" in only_finding(fil_required, crown_with(long)).says


def taking(*formats, kinds=(K.UPPER_SCAN, K.PREP_SCAN), also=()):
    wanted = FileRequirement(kinds=kinds, called="a scan", level=Level.REQUIRED, formats=frozenset(formats))
    return a_checked_case(profile=a_profile(files=(wanted, *also)))


def test_a_format_that_the_lab_does_not_take_blocks_and_those_that_it_takes_are_named():
    findings = list(fil_format.check(taking(FileFormat.PLY, FileFormat.OBJ)))
    assert [finding.about for finding in findings] == ["/files/upper_scan", "/files/prep_scan"]
    assert findings[0].says == "A file listed as upper scan is an STL mesh."
    assert findings[0].do == "Export it again: the lab takes a PLY mesh or an OBJ mesh."


@pytest.mark.parametrize("formats", [(), (FileFormat.STL,), (FileFormat.STL, FileFormat.PLY)])
def test_a_format_that_the_lab_takes_is_fine(formats):
    assert list(fil_format.check(taking(*formats))) == []


def test_a_kind_that_one_requirement_takes_in_any_format_is_taken_in_any():
    anything = FileRequirement(kinds=(K.UPPER_SCAN, K.PREP_SCAN), called="a scan", level=Level.EXPECTED)
    assert list(fil_format.check(taking(FileFormat.PLY, also=(anything,)))) == []


def test_a_clean_file_that_nobody_inspected_has_no_format():
    assert list(fil_format.check(a_checked_case(files=(a_file(inspection=None),)))) == []


def replacing(file):
    return a_checked_case(files=(*(f for f in crown_files() if f.kind is not file.kind), file))


@pytest.mark.parametrize(
    ("state", "age", "says"),
    [
        (FileState.ANNOUNCED, timedelta(0), "not yet here"),
        (FileState.ANNOUNCED, timedelta(hours=24), "not yet here"),
        (FileState.INSPECTED, timedelta(hours=48), "being inspected"),
    ],
)
def test_a_pending_file_blocks_once(state, age, says):
    file = a_file(K.LOWER_SCAN, state=state, announced_at=NOW - age)
    assert says in only_finding(fil_pending, replacing(file)).says
    assert reports(replacing(file)) == [("FIL-PENDING", BLOCK)]


def never_came(kind, **changes):
    at = NOW - timedelta(hours=24, seconds=1)
    return a_file(kind, **{"state": FileState.ANNOUNCED, "announced_at": at, "file_id": "never", **changes})


def test_a_wanted_file_that_never_came_is_missing_until_another_upload_takes_its_place():
    checked = replacing(never_came(K.LOWER_SCAN))
    assert reports(checked) == [("FIL-REQUIRED", BLOCK)]
    assert only_finding(fil_required, checked).says == "The case has no scan of the opposing arch."
    again = a_file(K.LOWER_SCAN)
    assert reports(replace(checked, files=(*checked.files, again))) == []


def test_an_upload_that_never_came_holds_nothing_that_the_lab_does_not_ask_for():
    assert reports(a_checked_case(files=(*crown_files(), never_came(K.OTHER)))) == []


@pytest.mark.parametrize("outcome", [WARN, None])
def test_where_a_lab_does_not_wait_for_files_a_pending_one_is_missing(outcome):
    checked = replacing(a_file(K.LOWER_SCAN, state=FileState.ANNOUNCED))
    checked = replace(checked, profile=a_profile(outcomes={"FIL-PENDING": outcome}))
    assert outcomes(fil_required, checked) == [BLOCK]


def test_an_unreadable_file_that_is_wanted_blocks_once_with_its_reason():
    checked = replacing(a_quarantined_file(K.LOWER_SCAN))
    assert reports(checked) == [("FIL-UNREADABLE", BLOCK)]
    finding = only_finding(fil_unreadable, checked)
    assert finding.says == "A file (lower scan) cannot be used. The file ends before its last triangle."
    assert finding.about == "/files/lower_scan"


@pytest.mark.parametrize(
    ("reason", "says"),
    [("It could not be inspected.", "cannot be used. It could not be inspected."), (None, "cannot be used.")],
)
def test_a_file_that_was_set_aside_uninspected_blocks_with_what_is_known(reason, says):
    file = a_quarantined_file(K.LOWER_SCAN, inspection=None, quarantine_reason=reason)
    assert only_finding(fil_unreadable, replacing(file)).says.endswith(says)


def test_a_file_of_a_wrong_format_blocks_once_with_what_it_is():
    file = a_quarantined_file(K.LOWER_SCAN, inspection=an_inspection(FileFormat.JPEG))
    assert reports(replacing(file)) == [("FIL-FORMAT", BLOCK)]
    assert only_finding(fil_format, replacing(file)).says == "A file listed as lower scan is a JPEG image."


def test_a_clean_file_of_a_wrong_format_blocks():
    file = a_file(K.LOWER_SCAN, inspection=an_inspection(FileFormat.PDF))
    assert reports(replacing(file)) == [("FIL-FORMAT", BLOCK)]


@pytest.mark.parametrize(
    ("rule_id", "inspection"),
    [("FIL-UNREADABLE", None), ("FIL-FORMAT", an_inspection(FileFormat.JPEG))],
)
def test_where_a_lab_lets_bad_files_pass_their_kind_is_missing(rule_id, inspection):
    checked = replacing(a_quarantined_file(K.LOWER_SCAN, inspection=inspection))
    checked = replace(checked, profile=a_profile(outcomes={rule_id: WARN}))
    assert outcomes(fil_required, checked) == [BLOCK]


def test_without_a_profile_bad_and_pending_files_are_reported_once():
    files = (a_quarantined_file(K.LOWER_SCAN), a_file(K.UPPER_SCAN, state=FileState.ANNOUNCED))
    checked = a_checked_case(profile=None, files=files)
    assert reports(checked) == [("FIL-PENDING", BLOCK), ("FIL-UNREADABLE", BLOCK)]


def test_a_bad_file_beside_a_good_one_of_its_kind_only_warns():
    checked = a_checked_case(files=(*crown_files(), a_quarantined_file(K.LOWER_SCAN, file_id="old")))
    assert reports(checked) == [("FIL-QUARANTINED", WARN)]
    assert only_finding(fil_quarantined, checked).about == "/files/old"


def test_a_bad_file_beside_one_on_its_way_only_warns():
    new = a_file(K.LOWER_SCAN, state=FileState.ANNOUNCED)
    checked = replacing(new)
    checked = replace(checked, files=(*checked.files, a_quarantined_file(K.LOWER_SCAN, file_id="old")))
    assert reports(checked) == [("FIL-PENDING", BLOCK), ("FIL-QUARANTINED", WARN)]


@pytest.mark.parametrize(
    ("arrived_at", "expected"),
    [(NOW, [("FIL-QUARANTINED", WARN)]), (None, [("FIL-UNREADABLE", BLOCK)])],
)
def test_a_bad_file_whose_kind_arrived_by_mail_only_warns(arrived_at, expected):
    checked = replacing(a_quarantined_file(K.LOWER_SCAN, file_id="old"))
    sent = SentOtherwise(kind=K.LOWER_SCAN, how="USPS", arrived_at=arrived_at)
    packet = replace(checked.case.packet, sent_otherwise=(sent,))
    checked = replace(checked, case=replace(checked.case, packet=packet))
    assert reports(checked) == expected


def test_a_bad_file_beside_one_that_never_comes_still_blocks():
    never = a_file(K.LOWER_SCAN, state=FileState.ANNOUNCED, announced_at=NOW - timedelta(days=2))
    checked = replacing(never)
    checked = replace(checked, files=(*checked.files, a_quarantined_file(K.LOWER_SCAN, file_id="old")))
    assert reports(checked) == [("FIL-UNREADABLE", BLOCK)]


def test_a_removed_file_is_not_looked_at():
    removed = a_file(K.OTHER, state=FileState.REMOVED, checksum=crown_files()[0].checksum)
    assert reports(a_checked_case(files=(*crown_files(), removed))) == []


def test_the_same_bytes_twice_warn_about_each_later_file():
    copies = [a_file(K.DOCUMENT, file_id=file_id, checksum="one") for file_id in ("a", "b", "c")]
    checked = a_checked_case(files=(*crown_files(), *copies))
    findings = list(fil_duplicate.check(checked))
    assert [(finding.about, finding.outcome) for finding in findings] == [("/files/b", WARN), ("/files/c", WARN)]


def test_one_file_for_both_arches_blocks():
    upper = a_file(K.UPPER_SCAN, checksum="one")
    lower = a_file(K.LOWER_SCAN, checksum="one")
    finding = only_finding(fil_duplicate, a_checked_case(files=(upper, lower)))
    assert (finding.outcome, finding.about) == (BLOCK, "/files/lower_scan")


def test_equal_checksums_of_other_sizes_are_other_bytes():
    files = (a_file(K.OTHER, checksum="one"), a_file(K.DOCUMENT, checksum="one", size_bytes=7))
    assert list(fil_duplicate.check(a_checked_case(files=files))) == []


def test_a_file_that_was_set_aside_is_no_duplicate():
    files = (a_file(K.UPPER_SCAN, checksum="one"), a_quarantined_file(K.UPPER_SCAN, file_id="old", checksum="one"))
    assert list(fil_duplicate.check(a_checked_case(files=files))) == []
