import io
import math
import random
import struct

import pytest
from bitewing.files.inspecting import documents
from bitewing.files.inspecting.formats import HEAD_BYTES, format_of
from bitewing.files.inspecting.inspect import inspect
from bitewing.files.inspecting.source import CountedSource
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import FileFormat, Problem
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local.samples import arch as arches
from local.samples.cbct import Volume, cbct_zip, slices
from local.samples.photo import photo
from tests.shared.files.inspecting.test_images import heic

TINY = arches.arch(steps=4)
MESH_3SHAPE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<HPS version="1.1">\n<Packed_geometry>\n'
    b"<Binary_data><CE>AAAA</CE></Binary_data></Packed_geometry>\n</HPS>\n"
)
PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
    b"trailer<</Size 2/Root 1 0 R>>\nstartxref\n43\n%%EOF\n"
)
SAMPLES = {
    FileFormat.STL: arches.binary_stl(TINY),
    FileFormat.PLY: arches.ply(TINY),
    FileFormat.OBJ: arches.obj(TINY),
    FileFormat.MESH_3SHAPE: MESH_3SHAPE,
    FileFormat.DICOM: slices(Volume(side_px=8))[0],
    FileFormat.DICOM_SERIES: cbct_zip(Volume(slices=3, side_px=8)),
    FileFormat.JPEG: photo(width_px=40, height_px=30, has_location=True),
    FileFormat.PNG: photo(width_px=40, height_px=30, kind="PNG", has_location=True),
    FileFormat.HEIC: heic(),
    FileFormat.WEBP: photo(width_px=40, height_px=30, kind="WEBP", has_location=True),
    FileFormat.PDF: PDF,
    FileFormat.XML: b'<?xml version="1.0"?>\n<Order id="4711"><Item tooth="14">crown</Item></Order>\n',
}
MORE_SAMPLES = [
    *SAMPLES.values(),
    arches.text_stl(TINY),
    arches.ply(TINY, "text"),
    arches.ply(TINY, "big"),
    arches.binary_stl(arches.arch(steps=4, is_open=True, holes=1)),
    cbct_zip(Volume(slices=4, side_px=8, bits=8, missing=(1,), doubled=(2,))),
]


def codes(inspection):
    return [problem.code for problem in inspection.problems]


# --- Formats ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file_format", SAMPLES)
def test_every_format_is_told_by_its_content(look, file_format):
    inspection = look(SAMPLES[file_format])
    assert inspection.format is file_format
    assert inspection.usable
    assert inspection.size_bytes == len(SAMPLES[file_format])


def test_an_empty_file_is_empty(look):
    inspection = look(b"")
    assert (inspection.format, codes(inspection), inspection.bytes_read) == (
        FileFormat.UNKNOWN,
        [Problem.EMPTY],
        0,
    )


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"\0",
        bytes(1000),
        b"v for victory\n",
        b"visit us\nv 1 2 3\n",
        b"GIF89a........",
        b"RIFF\x10\0\0\0WAVEfmt ",
        b"Rar!\x1a\x07\x00",
        b"<order/>",
        b"<svg/>",
        b"solid state physics",
        b"solidarity facet",
        b"plywood",
        b"DICM" + bytes(200),
        b"\xff\xd8",
        b" %PDF-"[:5],
        b"\n" * 2000 + b"%PDF-1.7",
    ],
)
def test_what_is_none_of_these_is_unknown_without_a_problem_of_its_own(look, content):
    inspection = look(content)
    assert (inspection.format, inspection.problems) == (FileFormat.UNKNOWN, ())


def test_a_dcm_file_is_dicom_or_a_3shape_mesh_by_its_content(look):
    assert look(SAMPLES[FileFormat.DICOM]).format is FileFormat.DICOM
    assert look(MESH_3SHAPE).format is FileFormat.MESH_3SHAPE
    assert look(b"\xef\xbb\xbf" + MESH_3SHAPE).format is FileFormat.MESH_3SHAPE


def test_a_3shape_mesh_without_its_last_tag_is_truncated(look):
    assert codes(look(MESH_3SHAPE[:-10])) == [Problem.TRUNCATED]


ORDER = "<?xml version='1.0' encoding='%s'?>\n<Order><Patient>Zo\u00eb</Patient></Order>"


@pytest.mark.parametrize(
    "content",
    [
        (ORDER % "utf-8").encode(),
        b"\xef\xbb\xbf" + (ORDER % "utf-8").encode(),
        (ORDER % "utf-16").encode("utf-16"),
        b"\xfe\xff" + (ORDER % "utf-16").encode("utf-16-be"),
        (ORDER % "iso-8859-1").encode("latin-1"),
    ],
)
def test_the_order_of_a_scanner_is_xml_in_any_encoding(look, content):
    inspection = look(content)
    assert (inspection.format, inspection.usable) == (FileFormat.XML, True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<!DOCTYPE a><a/>", Problem.CORRUPT),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", Problem.CORRUPT),
        ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", Problem.CORRUPT),
        ("<a>&b;</a>", Problem.CORRUPT),
        ("<a>", Problem.CORRUPT),
        ("<a></b>", Problem.CORRUPT),
        ("", Problem.CORRUPT),
        ("no tags", Problem.CORRUPT),
    ],
)
def test_xml_that_declares_a_type_or_is_not_well_formed_is_refused(look, body, code):
    inspection = look(b"<?xml version='1.0'?>\n" + body.encode())
    assert (inspection.format, codes(inspection)) == (FileFormat.XML, [code])
    assert ("document type" in inspection.problems[0].says) == ("DOCTYPE" in body)


@pytest.mark.parametrize("encoding", ["utf-7", "shift_jis", "no-such-encoding"])
def test_xml_in_an_encoding_that_is_not_read_is_refused(look, encoding):
    assert codes(look((ORDER % encoding).encode())) == [Problem.CORRUPT]


@pytest.mark.parametrize(("above", "expected"), [(-1, []), (0, []), (1, [Problem.TOO_LARGE])])
def test_xml_is_parsed_up_to_a_depth_and_a_size(look, monkeypatch, above, expected):
    depth = documents.MAX_XML_DEPTH + above
    assert codes(look(b"<?xml version='1.0'?>" + b"<a>" * depth + b"</a>" * depth)) == expected
    content = SAMPLES[FileFormat.XML]
    monkeypatch.setattr(documents, "MAX_XML_BYTES", len(content) - above)
    assert codes(look(content)) == expected


@pytest.mark.parametrize("triangles", [0, 1, 5])
@pytest.mark.parametrize(("more", "is_stl"), [(0, True), (-1, False), (1, False)])
def test_the_size_makes_a_binary_stl(triangles, more, is_stl):
    head = bytes(80) + struct.pack("<I", triangles) + b"\xff" * (50 * triangles + 60)
    size = 84 + 50 * triangles + more
    assert (format_of(head[:size], size) is FileFormat.STL) is is_stl


@pytest.mark.parametrize(
    ("normal", "corner", "is_stl"),
    [
        ((0, 0, 1), 5.0, True),
        ((0, 0, 0), 5.0, True),
        ((0.6, 0.8, 0), -5.0, True),
        ((0, 0, 2), 5.0, False),
        ((0, 0, 0.5), 5.0, False),
        ((0, 0, 1), 1e7, False),
        ((0, 0, 1), 1e-20, False),
        ((0, 0, 0), 0.0, False),
        ((0, 0, 1), math.nan, False),
    ],
)
def test_a_binary_stl_of_the_wrong_size_is_known_by_its_first_triangle(normal, corner, is_stl):
    head = bytes(80) + struct.pack("<I12fH", 7, *normal, *([corner] * 9), 0)
    assert (format_of(head, 200) is FileFormat.STL) is is_stl


def test_a_long_comment_does_not_hide_an_obj(look):
    content = b"# " + b"x" * 30_000 + b"\n" + SAMPLES[FileFormat.OBJ]
    assert look(content).format is FileFormat.OBJ
    assert len(content) > HEAD_BYTES / 2


# --- PDF -------------------------------------------------------------------------------------------------


def test_a_pdf_may_begin_with_something_else(look):
    assert look(b"\xef\xbb\xbf junk " + PDF).usable


@pytest.mark.parametrize("kept", [9, 60, len(PDF) - 4])
def test_a_pdf_that_ends_early_is_truncated(look, kept):
    assert codes(look(PDF[:kept])) == [Problem.TRUNCATED]


def test_an_encrypted_pdf_is_told(look):
    assert codes(look(PDF.replace(b"/Root", b"/Encrypt 5 0 R/Root"))) == [Problem.ENCRYPTED]


def test_an_encrypted_pdf_is_told_by_an_index_far_from_its_end(look):
    index = b"2 0 obj<</Type/XRef/Encrypt 5 0 R>>stream\n"
    content = b"%PDF-1.7\n" + index + bytes(50_000) + b"startxref\n9\n%%EOF\n"
    inspection = look(content)
    assert codes(inspection) == [Problem.ENCRYPTED]
    assert look(content.replace(b"startxref\n9\n", b"startxref\n99999999\n")).usable


# --- Reading ---------------------------------------------------------------------------------------------


class Trickle(io.BytesIO):
    """Gives at most 1,000 bytes at once, as a network may."""

    def read(self, size=-1):
        return super().read(min(size, 1000) if size >= 0 else 1000)


@pytest.mark.parametrize("content", MORE_SAMPLES)
def test_a_source_that_gives_less_than_it_is_asked_for_makes_no_difference(look, content):
    assert inspect(Trickle(content)) == look(content)


class Broken(io.BytesIO):
    """A source whose storage fails."""

    def read(self, _size=-1):
        raise ConnectionResetError


@pytest.mark.parametrize("content", [SAMPLES[FileFormat.STL], SAMPLES[FileFormat.DICOM_SERIES]])
def test_failures_of_the_source_are_not_taken_for_problems_of_the_file(content):
    with pytest.raises(ConnectionResetError):
        inspect(Broken(content))


class BreaksLater(io.BytesIO):
    """A source whose storage fails after the beginning has been read."""

    reads = 0

    def read(self, size=-1):
        self.reads += 1
        if self.reads > 3:
            raise TimeoutError
        return super().read(size)


def test_failures_of_the_source_rise_from_within_an_archive():
    with pytest.raises(TimeoutError):
        inspect(BreaksLater(SAMPLES[FileFormat.DICOM_SERIES]))


def test_a_counted_source_reads_like_any_file():
    content = bytes(range(100))
    source = CountedSource(io.BytesIO(content))
    assert (source.readable(), source.seekable(), source.size) == (True, True, 100)
    assert (source.read(10), source.tell()) == (content[:10], 10)
    assert (source.seek(5, io.SEEK_CUR), source.read(2)) == (15, content[15:17])
    assert (source.seek(-3, io.SEEK_END), source.read()) == (97, content[97:])
    assert (source.read(5), source.read(None)) == (b"", b"")
    assert (source.seek(200), source.read(5)) == (200, b"")
    assert source.bytes_read == 15
    with pytest.raises(OSError, match="-1"):
        source.seek(-1)


@pytest.mark.parametrize(("size", "is_refused"), [(9, False), (10, False), (11, True), (-1, True)])
def test_a_counted_source_refuses_large_reads(size, is_refused):
    source = CountedSource(io.BytesIO(bytes(20)))
    source.max_read = 10
    if is_refused:
        with pytest.raises(UnusableError) as refused:
            source.read(size)
        assert refused.value.problem.code is Problem.TOO_LARGE
        assert source.bytes_read == 0
    else:
        assert len(source.read(size)) == size


# --- Hostility -------------------------------------------------------------------------------------------


def assert_is_answered(content):
    """An inspection of anything is an answer, and never reads a file many times over."""
    inspection = inspect(io.BytesIO(content))
    assert inspection.size_bytes == len(content)
    assert inspection.bytes_read <= 4 * len(content) + 300_000
    measured = (inspection.mesh, inspection.series, inspection.image)
    assert sum(measure is not None for measure in measured) <= 1
    assert all(problem.says.endswith(".") for problem in inspection.problems)
    numbers = inspection.mesh.extent_um if inspection.mesh else ()
    assert all(0 <= number <= 4 * 10**10 for number in numbers)


BEGINNINGS = [b"", *(sample[:200] for sample in MORE_SAMPLES), b"ply\nformat ascii 1.0\n", bytes(128) + b"DICM"]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=600))
def test_any_bytes_are_answered(beginning, rest):
    assert_is_answered(beginning + rest)


@st.composite
def spoiled(draw):
    """A good file with a few bytes changed, a part lost, doubled or moved."""
    content = bytearray(draw(st.sampled_from(MORE_SAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        if not content:
            break
        at = draw(st.integers(0, len(content) - 1))
        length = draw(st.integers(1, 64))
        match draw(st.sampled_from(["change", "flip", "fill", "lose", "double", "cut"])):
            case "change":
                content[at : at + length] = draw(st.binary(min_size=1, max_size=8))
            case "flip":
                content[at] ^= 1 << draw(st.integers(0, 7))
            case "fill":
                fill = draw(st.sampled_from([0x00, 0x7F, 0x80, 0xFF]))
                content[at : at + min(length, 8)] = bytes([fill]) * min(length, 8)
            case "lose":
                del content[at : at + length]
            case "double":
                content[at:at] = content[at : at + length]
            case "cut":
                del content[at:]
    return bytes(content)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(spoiled())
@example(SAMPLES[FileFormat.STL][:84])
def test_a_spoiled_file_is_answered(content):
    assert_is_answered(content)


@pytest.mark.parametrize("number", range(len(MORE_SAMPLES)))
def test_a_file_with_any_byte_changed_near_its_beginning_is_answered(number):
    content = MORE_SAMPLES[number]
    drawn = random.Random(number)  # noqa: S311 - a fixed sequence is wanted
    for at in range(0, min(len(content), 1200), 3):
        changed = bytearray(content)
        changed[at] = drawn.choice([0, 1, 0x20, 0x2D, 0x7F, 0x80, 0xFF])
        assert_is_answered(bytes(changed))
