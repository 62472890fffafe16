"""Reads the chunks of a WebP photo (RFC 9649): its size, and where its metadata lies.

Nothing is decoded.
"""

from collections.abc import Iterator
from typing import Final

from bitewing.files.inspecting.exif import EXIF_MARK, Metadata, Span
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import Problem

#: "RIFF", the length of what follows, and "WEBP".
_HEADER_BYTES: Final = 12
#: Kind and length of a chunk.
_FRAME_BYTES: Final = 8
#: Each side of a plain picture has 14 bits.
_SIDE: Final = 0x3FFF
_START_OF_LOSSY: Final = b"\x9d\x01\x2a"
_START_OF_LOSSLESS: Final = b"\x2f"
_PICTURES: Final = frozenset({b"VP8 ", b"VP8L", b"ANMF"})


def size(image: bytes) -> tuple[int, int]:
    """Width and height, pixels.

    Raises:
        UnusableError: The file is cut, has no picture, or says no size.
    """
    found = list(chunks(image))
    announced = _FRAME_BYTES + int.from_bytes(image[4:8], "little")
    if announced > len(image) or any(content.end > len(image) for _, content in found):
        raise UnusableError(Problem.TRUNCATED, "The WebP photo ends before its content does.")
    if not _PICTURES & {kind for kind, _ in found}:
        raise UnusableError(Problem.CORRUPT, "The WebP photo has no picture.")
    kind, content = found[0]
    sides = _sides(kind, image[slice(*content)])
    if sides is None or not all(sides):
        raise UnusableError(Problem.CORRUPT, "The WebP photo does not say how large it is.")
    return sides


def metadata(image: bytes) -> Metadata:
    """Where EXIF and XMP lie."""
    tiff = [
        Span(content.start + len(EXIF_MARK) * image.startswith(EXIF_MARK, content.start), content.end)
        for kind, content in chunks(image)
        if kind == b"EXIF"
    ]
    return Metadata(tiff=tuple(tiff), xmp=tuple(content for kind, content in chunks(image) if kind == b"XMP "))


def chunks(image: bytes) -> Iterator[tuple[bytes, Span]]:
    """Kind and content of each chunk; the last one may reach beyond the end of the file."""
    at = _HEADER_BYTES
    while at + _FRAME_BYTES <= len(image):
        content = Span(at + _FRAME_BYTES, at + _FRAME_BYTES + int.from_bytes(image[at + 4 : at + 8], "little"))
        yield image[at : at + 4], content
        # Chunks begin at even bytes.
        at = content.end + content.end % 2


def _sides(kind: bytes, content: bytes) -> tuple[int, int] | None:
    match kind:
        case b"VP8X" if len(content) >= 10:  # noqa: PLR2004 - flags, and three bytes for each side
            return int.from_bytes(content[4:7], "little") + 1, int.from_bytes(content[7:10], "little") + 1
        case b"VP8 " if len(content) >= 10 and content[3:6] == _START_OF_LOSSY:  # noqa: PLR2004 - and two each
            width, height = (int.from_bytes(content[at : at + 2], "little") & _SIDE for at in (6, 8))
            return width, height
        case b"VP8L" if content.startswith(_START_OF_LOSSLESS):
            both = int.from_bytes(content[1:5], "little")
            return (both & _SIDE) + 1, (both >> 14 & _SIDE) + 1
        case _:
            return None
