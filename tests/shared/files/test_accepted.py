import pytest
from bitewing.files.accepted import ACCEPTED, accepts
from bitewing.files.case_file import FileKind
from bitewing.files.inspection import FileFormat


def test_every_kind_says_what_it_accepts():
    assert set(ACCEPTED) == set(FileKind)


@pytest.mark.parametrize("kind", FileKind)
def test_no_kind_accepts_an_unknown_format(kind):
    assert not accepts(kind, FileFormat.UNKNOWN)


@pytest.mark.parametrize("file_format", sorted(set(FileFormat) - {FileFormat.UNKNOWN}))
def test_every_known_format_is_accepted_somewhere(file_format):
    assert accepts(FileKind.OTHER, file_format)


@pytest.mark.parametrize(
    ("kind", "file_format", "accepted"),
    [
        (FileKind.UPPER_SCAN, FileFormat.STL, True),
        (FileKind.UPPER_SCAN, FileFormat.MESH_3SHAPE, True),
        (FileKind.UPPER_SCAN, FileFormat.DICOM, False),
        (FileKind.UPPER_SCAN, FileFormat.ZIP, False),
        (FileKind.CBCT, FileFormat.DICOM_SERIES, True),
        (FileKind.CBCT, FileFormat.DICOM, True),
        (FileKind.CBCT, FileFormat.ZIP, False),
        (FileKind.CBCT, FileFormat.STL, False),
        (FileKind.PHOTO, FileFormat.HEIC, True),
        (FileKind.PHOTO, FileFormat.WEBP, True),
        (FileKind.PHOTO, FileFormat.PDF, False),
        (FileKind.DOCUMENT, FileFormat.XML, True),
        (FileKind.UPPER_SCAN, FileFormat.XML, False),
        (FileKind.PHOTO, FileFormat.XML, False),
        (FileKind.XRAY, FileFormat.DICOM, True),
        (FileKind.DOCUMENT, FileFormat.PDF, True),
    ],
)
def test_a_kind_comes_in_its_formats(kind, file_format, accepted):
    assert accepts(kind, file_format) is accepted
