import io
import struct
import zipfile

import pytest
from bitewing.files.inspecting import archive, images
from bitewing.files.inspecting.inspect import inspect
from bitewing.files.inspection import FileFormat, Problem

from local.samples.arch import arch, binary_stl
from local.samples.cbct import Volume, cbct_zip, slices, zip_of
from local.samples.photo import heic_photo, photo
from tests.shared.files.inspecting.test_images import XMP, heic

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


@pytest.mark.parametrize("name", ["viewer/Viewer.jar", "Manual.DOCX", "v\\run.exe", "data.cab"])
@pytest.mark.parametrize("content", [zip_of([("META-INF/MANIFEST.MF", b"")]), b"\x1f\x8b\x08\0rest"])
def test_packed_parts_of_a_viewer_beside_a_series_are_passed_over_and_elsewhere_told(look, name, content):
    inspection = look(with_slices((name, content)))
    assert (inspection.usable, inspection.series.slices) == (True, 3)
    assert codes(look(zip_of([(name, content)]))) == [Problem.NESTED_ARCHIVE]


@pytest.mark.parametrize("name", ["more.zip", "jar/series.zip", "CT.jar.rar", "jar", "exe/noname", "a.7z"])
def test_an_archive_that_may_hold_slices_is_told_beside_a_series(look, name):
    assert codes(look(with_slices((name, zip_of([("CT/0.dcm", slices(SMALL)[0])]))))) == [Problem.NESTED_ARCHIVE]


# --- Photos ------------------------------------------------------------------------------------------------

PLACED = [
    photo(width_px=40, height_px=30, has_location=True),
    photo(width_px=40, height_px=30, has_location=True, kind="PNG"),
    photo(width_px=40, height_px=30, has_location=True, kind="WEBP"),
    heic_photo(has_location=True),
]
PLAIN = photo(width_px=40, height_px=30)


@pytest.mark.parametrize("content", PLACED, ids=["JPEG", "PNG", "WebP", "HEIC"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_with_a_photo_that_says_where_it_was_taken_is_refused(look, content, method):
    inspection = look(raw_zip((zipfile.ZipInfo("a.txt"), b"a"), (zipfile.ZipInfo("b"), content), method=method))
    assert (inspection.format, codes(inspection)) == (FileFormat.ZIP, [Problem.LOCATION])
    assert "1 of the 2 files" in inspection.problems[0].says
    assert "as photos" in inspection.problems[0].says


def test_a_location_is_found_at_the_end_of_a_large_photo_and_beside_a_series(look):
    at_end = photo(width_px=900, height_px=900) + bytes(200_000) + PLACED[0]
    assert codes(look(zip_of([("a.jpg", at_end)]))) == [Problem.LOCATION]
    inspection = look(with_slices(("preview.jpg", at_end)))
    assert (inspection.series.slices, codes(inspection)) == (3, [Problem.LOCATION])


def test_photos_without_a_location_are_welcome_in_an_archive(look):
    assert look(zip_of([("a.jpg", PLAIN), ("b.png", photo(kind="PNG")), ("c.heic", heic_photo())])).usable
    assert look(with_slices(("preview.jpg", PLAIN))).usable


@pytest.mark.parametrize(("above", "expected"), [(-1, [Problem.TOO_LARGE]), (0, []), (1, [])])
def test_photos_in_an_archive_are_unpacked_up_to_a_limit_for_all_together(look, monkeypatch, above, expected):
    monkeypatch.setattr(archive, "MAX_PHOTOS_BYTES", 2 * len(PLAIN) + above)
    assert codes(look(zip_of([("a.jpg", PLAIN), ("b.jpg", PLAIN)]))) == expected


def test_photos_do_not_count_as_headers(look, monkeypatch):
    monkeypatch.setattr(archive, "MAX_HEADERS_BYTES", 2 * 1024)
    assert look(zip_of([("a.jpg", photo(width_px=900, height_px=900)), ("b.txt", b"b")])).usable


def test_a_photo_of_too_many_parts_is_refused_in_an_archive_as_well(look, monkeypatch):
    monkeypatch.setattr(images, "MAX_PARTS", 3)
    assert codes(look(zip_of([("a.jpg", PLAIN)]))) == [Problem.TOO_LARGE]
    assert codes(look(zip_of([("a.heic", heic_photo())]))) == [Problem.TOO_LARGE]


def test_a_heic_photo_whose_places_lie_over_each_other_is_refused_in_an_archive_as_well(look):
    content = heic(xmp=XMP, later=1, again=100)
    assert codes(look(zip_of([("a.heic", content)]))) == [Problem.TOO_LARGE]


def test_a_photo_that_was_damaged_in_its_archive_is_told(look):
    content = bytearray(zip_of([("a.jpg", photo(width_px=900, height_px=900))]))
    content[len(content) // 2] ^= 0xFF
    assert codes(look(bytes(content))) == [Problem.CORRUPT]


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


def test_a_member_without_a_name_is_corrupt(look):
    info = zipfile.ZipInfo("placeholder")
    info.filename = ""
    assert codes(look(raw_zip((info, b"x")))) == [Problem.CORRUPT]


@pytest.mark.parametrize("name", ["CT/.. /slice.dcm", "..\t/slice.dcm", "CT/../../../../etc/cron.d/x", "/", "//a/b"])
def test_paths_that_leave_their_folder_on_some_systems_are_unsafe(look, name):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    assert codes(look(raw_zip((info, b"x")))) == [Problem.UNSAFE_PATH]


@pytest.mark.parametrize("name", ["\u202egpj.exe", "a\nb", "CON", "😀.dcm", "'quoted' \"path\"", "%2e%2e%2fslice.dcm"])
def test_odd_names_of_members_are_names(look, name):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    assert look(raw_zip((info, b"x"))).usable


def test_archives_in_archives_are_not_opened_however_deep(look):
    content = zip_of([("a", b"b")])
    for _ in range(50):
        content = zip_of([("inner.zip", content)])
    inspection = look(content)
    assert codes(inspection) == [Problem.NESTED_ARCHIVE]
    assert inspection.bytes_read < 4 * len(content) + 70_000


def test_a_hundred_thousand_members_are_refused_by_their_directory(look):
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0)
    directory = b"".join(entry + f"{number:05}".encode() for number in range(100_000))
    start = len(b"PK\x03\x04") + 30
    zip64 = struct.pack(
        "<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 100_000, 100_000, len(directory), start
    ) + struct.pack("<4sIQI", b"PK\x06\x07", 0, start + len(directory), 1)
    inspection = look(b"PK\x03\x04" + bytes(30) + directory + zip64 + end)
    assert codes(inspection) == [Problem.TOO_LARGE]
    assert inspection.bytes_read < 200_000


def overlapping(copies):
    """A zip whose members all are one and the same: a bomb in which every one looks harmless."""
    content = bytearray(zip_of([("0000", bytes(range(256)) * 200)]))
    at = content.index(b"PK\x01\x02")
    entry = bytes(content[at : content.index(b"PK\x05\x06")])
    named = (entry.replace(b"0000", f"{number:04}".encode()) for number in range(copies))
    directory = b"".join(named)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, copies, copies, len(directory), at, 0)
    return bytes(content[:at]) + directory + end


@pytest.mark.parametrize(
    ("copies", "expected"), [(1, []), (2, [Problem.EXPANDS_TOO_FAR]), (9, [Problem.EXPANDS_TOO_FAR])]
)
def test_members_that_share_their_bytes_are_a_bomb(look, copies, expected):
    assert codes(look(overlapping(copies))) == expected


@pytest.mark.parametrize("size", [0xFFFFFFF0, 1 << 16])
def test_a_member_that_claims_to_reach_into_the_next_is_told(look, size):
    content = bytearray(zip_of([("a", b"one"), ("b", b"two")]))
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 20, size)
    assert codes(look(bytes(content))) == [Problem.EXPANDS_TOO_FAR]


@pytest.mark.parametrize(
    ("at", "value"),
    [(6, b"\x01"), (26, b"\xff\xff"), (28, b"\xff\xff"), (30, b"z"), (0, b"XX")],
    ids=["encrypted", "long name", "long extra field", "other name", "no signature"],
)
def test_a_member_whose_own_header_contradicts_the_directory_is_damaged(look, at, value):
    content = bytearray(zip_of([("notes.txt", b"none"), ("order.xml", b"<order/>")]))
    second = content.index(b"PK\x03\x04", 1)
    content[second + at : second + at + len(value)] = value
    assert codes(look(bytes(content))) == [Problem.CORRUPT]


def test_a_small_member_with_another_checksum_is_damaged(look):
    content = bytearray(zip_of([("order.xml", b"<order/>")]))
    content[content.index(b"PK\x01\x02") + 16] ^= 1
    assert codes(look(bytes(content))) == [Problem.CORRUPT]


def test_stored_members_are_read_like_packed_ones(look):
    files = [(zipfile.ZipInfo(f"CT/{number}.dcm"), content) for number, content in enumerate(slices(SMALL))]
    assert look(raw_zip(*files, method=zipfile.ZIP_STORED)).series == look(cbct_zip(SMALL)).series


def test_headers_without_end_are_unpacked_up_to_a_limit(look, monkeypatch):
    monkeypatch.setattr(archive, "MAX_HEADERS_BYTES", 100_000)
    content = slices(SMALL)[0]
    at = content.index(b"\x28\x00\x02\x00")
    padding = b"\x09\x00\x10\x10UN\0\0" + (60_000).to_bytes(4, "little") + bytes(60_000)
    long = content[:at] + padding + content[at:]
    assert codes(look(zip_of([("a", long)]))) == []
    assert codes(look(zip_of([("a", long), ("b", long)]))) == [Problem.TOO_LARGE]


def test_of_hundreds_of_slices_only_a_small_part_is_read(look):
    content = cbct_zip(Volume(slices=300, side_px=64))
    inspection = look(content)
    assert inspection.series.slices == 300
    assert inspection.bytes_read < len(content) / 3


class Announced(io.BytesIO):
    """A file that can fetch parts together, and remembers what was announced."""

    def __init__(self, content):
        super().__init__(content)
        self.announced = []

    def expect(self, parts):
        self.announced.append(list(parts))


def test_what_is_read_of_members_is_announced_before():
    content = cbct_zip(Volume(slices=40, side_px=64))
    source = Announced(content)
    assert inspect(source).series.slices == 40
    parts = [part for batch in source.announced for part in batch]
    assert [content[start : start + 4] for start, _ in parts] == [b"PK\x03\x04"] * 40
    assert all(length < 5_000 for _, length in parts)
    # The first few teach how much the others need.
    assert [len(batch) for batch in source.announced] == [4, 36]
