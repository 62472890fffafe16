"""Tells a file's format from its first bytes and its size; names and MIME types of clients mean nothing."""

import re
import struct
from typing import Final

from bitewing.files.inspecting.dicom_elements import is_bare_dicom
from bitewing.files.inspection import FileFormat

#: How much of a file's beginning decides. Text meshes can begin with long comments.
HEAD_BYTES: Final = 64 * 1024

#: A binary STL is a header of 84 bytes, the last four of which count its triangles, and 50 bytes for each.
STL_HEADER_BYTES: Final = 84
STL_TRIANGLE_BYTES: Final = 50

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"

_SIGNATURES: Final = (
    (re.compile(rb"\xff\xd8\xff"), FileFormat.JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), FileFormat.PNG),
    (re.compile(rb"(?s)RIFF....WEBP"), FileFormat.WEBP),
    (re.compile(rb"PK(?:\x03\x04|\x05\x06)"), FileFormat.ZIP),
    (re.compile(rb"ply[\r\n]"), FileFormat.PLY),
    # In UTF-16; in UTF-8 it begins as a mesh of tags does.
    (re.compile(rb"\xff\xfe<\0\?\0|\xfe\xff\0<\0\?"), FileFormat.XML),
)
#: Brands of HEVC-coded stills and sequences (ISO/IEC 23008-12).
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
#: A PDF may begin with up to 1,024 bytes of something else (PDF 1.7, implementation note 13).
_PDF_WITHIN_BYTES: Final = 1024
_OTHER_ARCHIVES: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
_NOT_TEXT: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_OBJ_VERTEX: Final = re.compile(rb"(?m)^[ \t]*v[ \t]+[-+.\d]")
_OBJ_CONTINUED: Final = re.compile(rb"\\\r?\n")
#: How many lines must be such as an OBJ has.
_OBJ_LINES: Final = 20
_OBJ_LINE: Final = re.compile(
    rb"[ \t]*(?:#.*|(?:v|vt|vn|vp|f|l|p|o|g|s|mtllib|usemtl|mg|lod|usemap|maplib)(?:[ \t].*)?|)"
)
_TEXT_STL: Final = re.compile(rb"(?is)\s*solid\b.*(?:facet|endsolid)")
_3SHAPE: Final = re.compile(rb"<HPS[\s>]")
_XML: Final = b"<?xml"
#: Size beyond which the numbers of a broken STL are taken for noise, file units.
_PLAUSIBLE_COORDINATE: Final = 1e6


def format_of(head: bytes, size_bytes: int) -> FileFormat:
    """The format of a file.

    A zip is called ``ZIP`` whatever is in it: to tell a DICOM series, its members must be seen.

    Args:
        head: The first ``HEAD_BYTES`` of the file, or all of it.
        size_bytes: Size of the whole file.
    """
    if head[128:132] == b"DICM":
        return FileFormat.DICOM
    for signature, file_format in _SIGNATURES:
        if signature.match(head):
            return file_format
    if _is_heic(head):
        return FileFormat.HEIC
    if is_bare_dicom(head):
        return FileFormat.DICOM
    if head.find(b"%PDF-", 0, _PDF_WITHIN_BYTES) >= 0:
        return FileFormat.PDF
    return _mesh_format(head, size_bytes)


def is_other_archive(head: bytes) -> bool:
    """Whether the file is an archive of a kind that is not accepted at all, such as RAR or 7z."""
    return head.startswith(_OTHER_ARCHIVES)


def is_binary_stl(head: bytes, size_bytes: int) -> bool:
    """Whether the size is exactly that of the triangles that the header counts, even if it says "solid"."""
    if len(head) < STL_HEADER_BYTES:
        return False
    (triangles,) = struct.unpack_from("<I", head, 80)
    return bool(size_bytes == STL_HEADER_BYTES + STL_TRIANGLE_BYTES * triangles)


def is_text_stl(head: bytes, size_bytes: int) -> bool:
    """Whether the file is a text STL; its head is ``HEAD_BYTES`` long or all of it."""
    text = head.removeprefix(BYTE_ORDER_MARK)
    return bool(_TEXT_STL.match(text)) and not _NOT_TEXT.search(text) and not is_binary_stl(head, size_bytes)


def _is_heic(head: bytes) -> bool:
    if head[4:8] != b"ftyp":
        return False
    brands = head[8 : min(int.from_bytes(head[:4], "big"), 256)]
    return any(brands[at : at + 4] in _HEIC_BRANDS for at in (0, *range(8, len(brands), 4)))


def _mesh_format(head: bytes, size_bytes: int) -> FileFormat:
    if is_binary_stl(head, size_bytes) or is_text_stl(head, size_bytes) or _is_broken_binary_stl(head):
        return FileFormat.STL
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    if _NOT_TEXT.search(text):
        return FileFormat.UNKNOWN
    if text.startswith(b"<"):
        return _format_of_tags(text)
    lines = _OBJ_CONTINUED.sub(b" ", text).splitlines()[:_OBJ_LINES]
    if _OBJ_VERTEX.search(text) and all(map(_OBJ_LINE.fullmatch, lines)):
        return FileFormat.OBJ
    return FileFormat.UNKNOWN


def _format_of_tags(text: bytes) -> FileFormat:
    """The format of a text that begins with a tag. Scanners write a declaration first; other texts may be pages."""
    if _3SHAPE.search(text):
        return FileFormat.MESH_3SHAPE
    return FileFormat.XML if text.startswith(_XML) else FileFormat.UNKNOWN


def _is_broken_binary_stl(head: bytes) -> bool:
    """Whether a file of the wrong size still begins with a triangle: normal, corners, and flags."""
    if len(head) < STL_HEADER_BYTES + STL_TRIANGLE_BYTES or not _NOT_TEXT.search(head):
        return False
    numbers = struct.unpack_from("<12f", head, STL_HEADER_BYTES)
    normal, corners = numbers[:3], numbers[3:]
    length_squared = sum(value * value for value in normal)
    has_normal = length_squared == 0 or 0.9 < length_squared < 1.1  # noqa: PLR2004 - unit length, or left out
    has_corners = any(corners) and all(
        value == 0 or 1 / _PLAUSIBLE_COORDINATE < abs(value) < _PLAUSIBLE_COORDINATE for value in corners
    )
    return has_normal and has_corners
