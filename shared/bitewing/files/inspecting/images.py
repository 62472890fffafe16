"""Reads photos and radiographs: JPEG and PNG with Pillow, HEIC and WebP by their boxes and chunks."""

import io
import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from PIL import Image, UnidentifiedImageError

from bitewing.files.inspecting import heic, webp
from bitewing.files.inspecting.exif import EXIF_MARK, Metadata, Packed, Span, blank_location, has_location
from bitewing.files.inspecting.formats import HEAD_BYTES, format_of
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import FileFormat, ImageMeasures, Problem

#: The largest photo that is read; phones write 2 to 15 MB, PNG radiographs up to 40.
MAX_IMAGE_BYTES: Final = 100_000_000
#: The most pixels that are decoded; cameras reach 60 million.
MAX_PIXELS: Final = 100_000_000

#: The most scans of a progressive JPEG; cameras and editors write 6 to 14, each of which goes over all pixels.
MAX_SCANS: Final = 64

#: The most segments of a JPEG, chunks of a PNG or WebP, or items of a HEIC; each is looked at by itself. A PNG of
#: 100 MB has 12,000.
MAX_PARTS: Final = 50_000

#: What Pillow raises for images that contradict themselves.
_BROKEN_IMAGE: Final = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    OverflowError,
    IndexError,
    KeyError,
    TypeError,
)


def measure_image(image: bytes, file_format: FileFormat) -> ImageMeasures:
    """Measure a JPEG, PNG, HEIC or WebP, and see that it is complete.

    JPEG is decoded at an eighth of its size, which takes every byte of it; PNG is checked by its checksums.
    HEIC and WebP are not decoded.

    Raises:
        UnusableError: It is cut, damaged or too large.
    """
    refuse_many_parts(image, file_format)
    if file_format is FileFormat.JPEG and _scans(image) > MAX_SCANS:
        raise UnusableError(Problem.TOO_LARGE, "The photo is in more scans than are inspected; save it anew.")
    width, height = _SIZES.get(file_format, _raster_size)(image)
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(width, height)
    return ImageMeasures(width_px=width, height_px=height, has_location=says_where(image, file_format))


def refuse_many_parts(image: bytes, file_format: FileFormat) -> None:
    """Raise ``UnusableError`` for an image of more parts than are looked at."""
    if (walk := _PARTS.get(file_format)) and any(number >= MAX_PARTS for number, _ in enumerate(walk(image))):
        raise UnusableError(Problem.TOO_LARGE, "The photo is in more parts than are inspected; save it anew.")


def says_where(image: bytes, file_format: FileFormat) -> bool:
    """Whether an image says where it was taken, whole or damaged."""
    return has_location(image, _metadata(image, file_format))


def without_location(image: bytes) -> bytes:
    """The image without the place where it was taken; the same bytes if it names none.

    Only metadata is overwritten, in place: the length and the compressed pixels are those of the original.
    Files that are not JPEG, PNG, HEIC or WebP come back as they are.
    """
    file_format = format_of(image[:HEAD_BYTES], len(image))
    metadata = _metadata(image, file_format)
    return blank_location(image, metadata) if has_location(image, metadata) else image


def _metadata(image: bytes, file_format: FileFormat) -> Metadata:
    match file_format:
        case FileFormat.JPEG:
            return _jpeg_metadata(image)
        case FileFormat.PNG:
            return _png_metadata(image)
        case FileFormat.HEIC:
            return heic.metadata(image)
        case FileFormat.WEBP:
            return webp.metadata(image)
        case _:
            return Metadata()


def _too_many_pixels(width: int, height: int) -> UnusableError:
    return UnusableError(
        Problem.TOO_LARGE,
        f"The image has {width:,} by {height:,} pixels; at most {MAX_PIXELS:,} are inspected.",
    )


def _raster_size(image: bytes) -> tuple[int, int]:
    with warnings.catch_warnings(action="ignore"):
        try:
            with Image.open(io.BytesIO(image), formats=("JPEG", "PNG")) as opened:
                width, height = opened.size
                if width * height > MAX_PIXELS:
                    raise _too_many_pixels(width, height)
                if opened.format == "PNG":
                    opened.verify()
                else:
                    opened.draft("L", (max(width // 8, 1), max(height // 8, 1)))
                    opened.load()
        except Image.DecompressionBombError:
            raise UnusableError(Problem.TOO_LARGE, "The image has too many pixels to be inspected.") from None
        except _BROKEN_IMAGE as error:
            if "truncated" in str(error).casefold():
                raise UnusableError(Problem.TRUNCATED, "The image ends before its last line.") from None
            raise UnusableError(Problem.CORRUPT, "The image is damaged and cannot be read.") from None
    return width, height


# --- JPEG ----------------------------------------------------------------------------------------------

_XMP: Final = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")
_APP1: Final = 0xE1
#: A marker with a length: no stuffed byte of the pixels, no restart, no beginning or end of an image.
_SEGMENT: Final = re.compile(rb"\xff[^\x00\x01\xd0-\xd9\xff]")
_SEGMENT_OR_END: Final = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")
_START_OF_SCAN: Final = b"\xff\xda"
_END_OF_IMAGE: Final = b"\xff\xd9"


def _jpeg_metadata(image: bytes) -> Metadata:
    """EXIF and XMP of every image in the file: phones append depth maps and previews to the first."""
    tiff: list[Span] = []
    xmp: list[Span] = []
    for marker, content in _jpeg_segments(image):
        if marker != _APP1:
            continue
        if image.startswith(EXIF_MARK, content.start):
            tiff.append(Span(content.start + len(EXIF_MARK), content.end))
        elif image.startswith(_XMP, content.start):
            xmp.append(content)
    return Metadata(tiff=tuple(tiff), xmp=tuple(xmp), films=(Span(0, len(image)),))


def _scans(image: bytes) -> int:
    """The scans of the first image in the file."""
    scans = at = 0
    while (match := _SEGMENT_OR_END.search(image, at)) and match[0] != _END_OF_IMAGE:
        scans += match[0] == _START_OF_SCAN
        at = max(match.end() + int.from_bytes(image[match.end() : match.end() + 2], "big"), match.end() + 2)
    return scans


def _jpeg_segments(image: bytes) -> Iterator[tuple[int, Span]]:
    at = 0
    while match := _SEGMENT.search(image, at):
        content = match.end() + 2
        at = max(match.end() + int.from_bytes(image[match.end() : content], "big"), content)
        yield match[0][1], Span(content, min(at, len(image)))


# --- PNG -----------------------------------------------------------------------------------------------

_PNG_SIGNATURE_BYTES: Final = 8
_CHUNK_FRAME_BYTES: Final = 12
_XMP_KEYWORD: Final = b"XML:com.adobe.xmp\0"
_TEXTS: Final = frozenset({b"tEXt", b"zTXt", b"iTXt"})
#: What ImageMagick and exiftool call a profile that they write as a hexadecimal text.
_RAW_PROFILE: Final = b"Raw profile type "
_RAW_LINES: Final = re.compile(rb"\s*[a-z0-9]{1,20}\s+\d{1,10}\s+([0-9A-Fa-f\s]*)")
#: The longest text that is unpacked, bytes.
_MAX_UNPACKED_BYTES: Final = 1_000_000


def _png_metadata(image: bytes) -> Metadata:
    tiff: list[Span] = []
    xmp: list[Span] = []
    packed: list[Packed] = []
    checksums: list[Span] = []
    for kind, content in _png_chunks(image):
        if kind == b"eXIf":
            tiff.append(content)
        elif kind == b"iTXt" and image.startswith(_XMP_KEYWORD + b"\0", content.start):
            xmp.append(content)
        elif kind in _TEXTS and image.startswith((_XMP_KEYWORD, _RAW_PROFILE), content.start):
            packed.append(_packed(image, kind, content))
        else:
            continue
        checksums.append(Span(content.start - 4, content.end))
    return Metadata(tiff=tuple(tiff), xmp=tuple(xmp), packed=tuple(packed), checksums=tuple(checksums))


def _png_chunks(image: bytes) -> Iterator[tuple[bytes, Span]]:
    at = _PNG_SIGNATURE_BYTES
    while at + _CHUNK_FRAME_BYTES <= len(image):
        content = Span(at + 8, at + 8 + int.from_bytes(image[at : at + 4], "big"))
        if content.end + 4 > len(image):
            return
        yield image[at + 4 : at + 8], content
        at = content.end + 4


def _packed(image: bytes, kind: bytes, content: Span) -> Packed:
    """A text chunk of XMP or of a profile, unpacked as far as is allowed; overwritten, it is a plain text of spaces."""
    keyword, _, text = image[slice(*content)].partition(b"\0")
    if kind == b"iTXt":
        # Whether it is packed and how, the language, and the keyword in that language.
        is_packed, text = text[:1] != b"\0", text[2:].split(b"\0", 2)[-1]
    else:
        is_packed, text = kind == b"zTXt", text[kind == b"zTXt" :]
    if is_packed:
        try:
            text = zlib.decompressobj().decompress(text, _MAX_UNPACKED_BYTES)
        except zlib.error:
            text = b""
    raw = _RAW_LINES.fullmatch(text) if keyword.startswith(_RAW_PROFILE) else None
    digits = re.sub(rb"\s", b"", raw[1]) if raw else b""
    profile = bytes.fromhex(digits[: len(digits) // 2 * 2].decode()).removeprefix(EXIF_MARK) if raw else text
    # From the chunk's kind on: "tEXt", the keyword, and spaces.
    plain = (b"tEXt" + keyword + b"\0").ljust(4 + content.end - content.start)[: 4 + content.end - content.start]
    return Packed(Span(content.start - 4, content.end), plain, tiff=profile, xmp=profile)


# --- By format -----------------------------------------------------------------------------------------

_SIZES: Final = {FileFormat.HEIC: heic.size, FileFormat.WEBP: webp.size}
_PARTS: Final[Mapping[FileFormat, Callable[[bytes], Iterator[object]]]] = {
    FileFormat.JPEG: _jpeg_segments,
    FileFormat.PNG: _png_chunks,
    FileFormat.HEIC: heic.parts,
    FileFormat.WEBP: webp.chunks,
}
#: Formats that can say where a photo was taken.
IMAGE_FORMATS: Final = frozenset({*_SIZES, *_PARTS})
