import io
import struct
import zipfile

import pytest
from bitewing.files.inspecting import archive
from bitewing.files.inspection import FileFormat, Problem

from local.samples.arch import arch, binary_stl
from local.samples.cbct import Volume, cbct_zip, slices, zip_of

SMALL = Volume(slices=3, side_px=16)


def codes(inspection):
    return [problem.code for problem in inspection.problems]


def with_slices(*others):
    """A zip of a series, and of other members beside it."""
    members = [(f"CT/{number}", content) for number, content in enumerate(slices(SMALL))]
    return zip_of([*members, *others])


def raw_zip(*infos, method=zipfile.ZIP_DEFLATED):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as written:
        for info, content in infos:
            written.writestr(info, content, method)
    return packed.getvalue()


def test_a_zip_of_dicom_is_a_series_whatever_its_members_are_called(look):
    inspection = look(zip_of((f"slice.{number}.txt", c) for number, c in enumerate(slices(SMALL))))
    assert inspection.format is FileFormat.DICOM_SERIES
    assert inspection.series.slices == 3


def test_a_zip_of_something_else_is_a_zip(look):
    inspection = look(zip_of([("order.xml", b"<order/>"), ("upper.stl", binary_stl(arch(steps=10)))]))
    assert (inspection.format, inspection.usable, inspection.series) == (FileFormat.ZIP, True, None)


@pytest.mark.parametrize(
    "name",
    [
        "__MACOSX/CT/._0",
        "CT/._0",
        ".DS_Store",
        "CT/.DS_Store",
        "Thumbs.db",
        "DICOMDIR",
        "disc/dicomdir",
        "viewer/readme.txt",
        "CT/sub/",
    ],
)
def test_what_systems_and_viewers_leave_in_a_zip_is_passed_over(look, name):
    other = with_slices((name, slices(SMALL)[0] if "dir" in name.lower() else b"anything"))
    inspection = look(other)
    assert inspection.usable
    assert inspection.series.duplicate_slices == 0


@pytest.mark.parametrize("content", [zip_of([]), zip_of([("folder/", b"")]), zip_of([(".DS_Store", b"x")])])
def test_a_zip_without_files_is_empty(look, content):
    inspection = look(content)
    assert (inspection.format, codes(inspection)) == (FileFormat.ZIP, [Problem.EMPTY])


@pytest.mark.parametrize(
    "name",
    [
        "../slice.dcm",
        "CT/../../slice.dcm",
        "..\\slice.dcm",
        "CT\\..\\..\\slice.dcm",
        "/etc/passwd",
        "\\\\server\\share\\slice.dcm",
        "C:\\slice.dcm",
        "c:slice.dcm",
        "CT/..",
        "slice.dcm\0.txt",
    ],
)
def test_paths_that_leave_their_folder_are_unsafe(look, name):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    assert codes(look(raw_zip((info, b"x")))) == [Problem.UNSAFE_PATH]


def test_links_are_unsafe(look):
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    assert codes(look(raw_zip((info, b"/etc/passwd")))) == [Problem.UNSAFE_PATH]


@pytest.mark.parametrize("name", ["CT\\slice.dcm", "a..b/slice.dcm", "...", "CT/slice..dcm"])
def test_odd_paths_that_stay_in_their_folder_are_safe(look, name):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    assert look(raw_zip((info, b"x"))).usable


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["CT/a.dcm", "ct/A.DCM", "CT\\a.dcm"])
def test_two_members_of_one_name_are_told(look, second):
    info = zipfile.ZipInfo("placeholder")
    info.filename = second
    content = raw_zip((zipfile.ZipInfo("CT/a.dcm"), b"x"), (info, b"y"))
    assert codes(look(content)) == [Problem.DUPLICATE_NAME]


def marked(content, flag):
    """The zip with a flag set in every entry of its directory."""
    spoiled = bytearray(content)
    at = -1
    while (at := spoiled.find(b"PK\x01\x02", at + 1)) >= 0:
        spoiled[at + 8] |= flag
    return bytes(spoiled)


def test_an_encrypted_zip_needs_a_password(look):
    inspection = look(marked(cbct_zip(SMALL), 0x1))
    assert codes(inspection) == [Problem.ENCRYPTED]
    assert "password" in inspection.problems[0].says


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_deflate_is_unpacked(look, method):
    assert codes(look(raw_zip((zipfile.ZipInfo("a"), bytes(1000)), method=method))) == [Problem.CORRUPT]


@pytest.mark.parametrize(
    "nested",
    [zip_of([("a", b"b")]), zip_of([]), b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c..", b"\x1f\x8b\x08\x00rest"],
    ids=["zip", "empty zip", "RAR", "7z", "gzip"],
)
def test_archives_in_an_archive_are_told(look, nested):
    inspection = look(with_slices(("inner", nested)))
    assert codes(inspection) == [Problem.NESTED_ARCHIVE]
    assert inspection.series.slices == 3
    assert "1 of the 4 files" in inspection.problems[0].says


@pytest.mark.parametrize(("limit", "expected"), [(2, [Problem.TOO_LARGE]), (3, []), (4, [])])
def test_archives_up_to_the_limit_of_members_are_opened(look, monkeypatch, limit, expected):
    monkeypatch.setattr(archive, "MAX_MEMBERS", limit)
    assert codes(look(cbct_zip(SMALL))) == expected


@pytest.mark.parametrize(("above", "expected"), [(-1, [Problem.TOO_LARGE]), (0, []), (1, [])])
def test_directories_up_to_the_limit_are_read(look, monkeypatch, above, expected):
    content = zip_of([(f"{number:0300}", b"") for number in range(300)])
    directory_bytes = len(content) - content.index(b"PK\x01\x02") - 22
    monkeypatch.setattr(archive, "MAX_DIRECTORY_BYTES", directory_bytes + above)
    assert codes(look(content)) == expected


def bomb(size_bytes):
    return zip_of([("zeros", bytes(size_bytes))])


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [
        (archive.HARMLESS_BYTES, []),
        (archive.HARMLESS_BYTES + 1, [Problem.EXPANDS_TOO_FAR]),
        (60_000_000, [Problem.EXPANDS_TOO_FAR]),
    ],
)
def test_content_that_expands_beyond_all_proportion_is_a_bomb(look, size_bytes, expected):
    assert codes(look(bomb(size_bytes))) == expected


@pytest.mark.parametrize(("above", "expected"), [(-1, [Problem.EXPANDS_TOO_FAR]), (0, []), (1, [])])
def test_the_limit_of_expanded_bytes_holds_at_any_ratio(look, monkeypatch, above, expected):
    monkeypatch.setattr(archive, "MAX_EXPANDED_BYTES", 1000 + above)
    assert codes(look(zip_of([("a", bytes(range(250)) * 2), ("b", bytes(range(250)) * 2)]))) == expected


def test_sizes_that_a_bomb_does_not_declare_are_never_unpacked(look):
    # Given a member of 60 MB that declares 1,000 bytes, wherever a zip can
    content = bytearray(bomb(60_000_000))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", content, content.index(signature) + at, 1000)
    inspection = look(bytes(content))
    # Then only its first bytes are
    assert inspection.bytes_read < len(content) + 70_000
    assert codes(inspection) == [Problem.CORRUPT]


@pytest.mark.parametrize("lost", [1, 22, 100])
def test_a_zip_that_ends_early_cannot_be_opened(look, lost):
    inspection = look(cbct_zip(SMALL)[:-lost])
    assert (inspection.format, codes(inspection)) == (FileFormat.ZIP, [Problem.CORRUPT])


def test_a_directory_that_points_nowhere_is_corrupt(look):
    content = bytearray(cbct_zip(SMALL))
    end = content.rindex(b"PK\x05\x06")
    struct.pack_into("<I", content, end + 12, 0xFFFFFF)
    assert codes(look(bytes(content))) == [Problem.CORRUPT]


def test_damaged_members_are_counted(look):
    content = bytearray(zip_of((f"{n}.dcm", c) for n, c in enumerate(slices(SMALL))))
    second = content.index(b"1.dcm")
    content[second - 30 : second - 26] = b"oops"
    inspection = look(bytes(content))
    assert codes(inspection) == [Problem.CORRUPT]
    assert "1 of the 3 files" in inspection.problems[0].says
    assert inspection.series.slices == 2
