from datetime import timedelta

import pytest
from bitewing.files.accepted import ACCEPTED, accepts
from bitewing.files.case_file import UPLOAD_OPEN_FOR, FileKind, FileState
from bitewing.files.inspection import FileFormat, FileProblem, Problem
from bitewing.files.verdict import QuarantineReason, judge, sentence
from bitewing.kernel.errors import UploadNotOpen

from tests.support.builders import NOW, a_file, a_quarantined_file, an_inspection

LATER = NOW + timedelta(minutes=1)
PENDING = (FileState.ANNOUNCED, FileState.INSPECTED)

STEPS = {
    "inspected": lambda file: file.inspected(an_inspection()),
    "kept": lambda file: file.kept(at=LATER, location_removed=True),
    "quarantined": lambda file: file.quarantined("It is empty.", at=LATER),
    "removed": lambda file: file.removed(at=LATER),
    "replaced": lambda file: file.replaced("another"),
}
#: What can happen to any file that is still part of the packet.
LAST = ("removed", "replaced")


STORED = sorted(set(FileState) - {FileState.ABANDONED})


@pytest.mark.parametrize("state", STORED)
def test_only_a_pending_file_settles_and_any_that_is_not_gone_can_be_removed_or_replaced(state):
    file = a_file(state=state)
    for name, step in STEPS.items():
        if state in PENDING or (name in LAST and not file.is_gone):
            assert step(file).version == 2
        else:
            with pytest.raises(UploadNotOpen) as refused:
                step(file)
            assert refused.value.facts() == {"file_state": state}


def test_each_step_leaves_what_it_found():
    file = a_file(state=FileState.ANNOUNCED, inspection=None, settled_at=None, upload_id="upload")
    inspected = STEPS["inspected"](file)
    assert (inspected.state, inspected.inspection) == (FileState.INSPECTED, an_inspection())
    kept = STEPS["kept"](inspected)
    assert (kept.state, kept.settled_at, kept.location_removed, kept.upload_id) == (FileState.CLEAN, LATER, True, None)
    aside = STEPS["quarantined"](inspected)
    assert (aside.state, aside.quarantine_reason, aside.settled_at) == (FileState.QUARANTINED, "It is empty.", LATER)
    assert STEPS["removed"](kept).state is FileState.REMOVED


def test_a_replaced_file_says_by_what_and_keeps_when_it_was_kept():
    kept = a_file()
    gone = kept.replaced("another")
    assert (gone.state, gone.replaced_by, gone.settled_at, gone.version) == (FileState.REPLACED, "another", NOW, 2)
    assert gone.is_gone


@pytest.mark.parametrize(
    ("file", "has_bytes"),
    [
        (a_file(), True),
        (a_file().replaced("another"), True),
        (a_file().removed(at=LATER), False),
        (a_file(state=FileState.ANNOUNCED, settled_at=None), False),
        (a_file(state=FileState.INSPECTED, settled_at=None).replaced("another"), False),
        (a_quarantined_file(), False),
        (a_quarantined_file().replaced("another"), False),
    ],
)
def test_the_bytes_of_what_was_kept_stay_until_it_is_removed(file, has_bytes):
    assert file.has_bytes is has_bytes


def test_an_upload_is_abandoned_when_a_day_is_over():
    file = a_file(state=FileState.ANNOUNCED)
    assert not file.is_abandoned(NOW + UPLOAD_OPEN_FOR)
    assert file.state_at(NOW + UPLOAD_OPEN_FOR) is FileState.ANNOUNCED
    assert file.is_abandoned(NOW + UPLOAD_OPEN_FOR + timedelta(seconds=1))
    assert file.state_at(NOW + UPLOAD_OPEN_FOR + timedelta(seconds=1)) is FileState.ABANDONED


@pytest.mark.parametrize("state", sorted(set(STORED) - {FileState.ANNOUNCED}))
def test_bytes_that_came_are_never_abandoned(state):
    assert not a_file(state=state).is_abandoned(NOW + timedelta(days=100))
    assert a_file(state=state).state_at(NOW + timedelta(days=100)) is state


def test_no_step_leads_to_the_state_that_is_only_derived():
    for state in STORED:
        for step in STEPS.values():
            try:
                assert step(a_file(state=state)).state is not FileState.ABANDONED
            except UploadNotOpen:
                continue


@pytest.mark.parametrize("kind", list(FileKind))
def test_every_kind_is_accepted_in_some_formats_and_never_as_bytes_of_no_known_format(kind):
    assert ACCEPTED[kind]
    assert not accepts(kind, FileFormat.UNKNOWN)


@pytest.mark.parametrize(
    ("kind", "file_format", "accepted"),
    [
        (FileKind.PREP_SCAN, FileFormat.STL, True),
        (FileKind.PREP_SCAN, FileFormat.JPEG, False),
        (FileKind.CBCT, FileFormat.DICOM_SERIES, True),
        (FileKind.CBCT, FileFormat.ZIP, False),
        (FileKind.PHOTO, FileFormat.HEIC, True),
        (FileKind.PHOTO, FileFormat.STL, False),
        (FileKind.DOCUMENT, FileFormat.PDF, True),
        (FileKind.OTHER, FileFormat.ZIP, True),
    ],
)
def test_a_file_is_judged_by_its_content(kind, file_format, accepted):
    assert judge(kind, an_inspection(file_format)) is (None if accepted else QuarantineReason.NOT_ACCEPTED)


def test_what_cannot_be_used_is_set_aside_whatever_its_format():
    problems = (
        FileProblem(code=Problem.TRUNCATED, says="It ends too early."),
        FileProblem(code=Problem.NOT_FINITE, says="A corner is nowhere."),
    )
    inspection = an_inspection(problems=problems)
    assert judge(FileKind.PREP_SCAN, inspection) is QuarantineReason.UNUSABLE
    said = sentence(QuarantineReason.UNUSABLE, FileKind.PREP_SCAN, inspection)
    assert said == "It ends too early. A corner is nowhere."


@pytest.mark.parametrize("reason", sorted(set(QuarantineReason) - {QuarantineReason.UNUSABLE}))
@pytest.mark.parametrize("inspection", [None, an_inspection(FileFormat.PDF)])
def test_every_reason_is_a_sentence_even_where_nothing_was_inspected(reason, inspection):
    said = sentence(reason, FileKind.PREP_SCAN, inspection)
    assert said.endswith(".")
    assert said[0].isupper()


def test_an_unusable_file_without_an_inspection_says_nothing_wrong():
    assert sentence(QuarantineReason.UNUSABLE, FileKind.PREP_SCAN, None) == ""
