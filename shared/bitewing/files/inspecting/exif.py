"""Finds and blanks the place where a photo was taken.

Everything is overwritten in place: lengths and offsets stay, so the pixels' bytes are never touched. Works
for JPEG, PNG, HEIC and WebP, which all carry the same block of EXIF, and for XMP text beside it.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import Problem

#: What stands before the block of EXIF in a JPEG, and in some other files.
EXIF_MARK: Final = b"Exif\0\0"
_GPS_POINTER: Final = 0x8825
#: The one GPS tag that says nothing about a place: its version.
_GPS_VERSION: Final = 0
_ENTRY_BYTES: Final = 12
_COUNT_BYTES: Final = 2
_LINK_BYTES: Final = 4
_FIRST_LINK: Final = 4
#: A photo has two: its own and its thumbnail's.
_MAX_DIRECTORIES: Final = 8
#: Cameras write one. Each is searched whole, so that hostile ones that share their bytes would take minutes.
_MAX_GPS_POINTERS: Final = 8
#: Bytes of one value of each TIFF type, from 1 on.
_TYPE_BYTES: Final = (1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8)
_INLINE_BYTES: Final = 4
#: Attributes and elements of XMP such as exif:GPSLatitude="..." and <exif:GPSLatitude>...<, and names of places. Each
#: begins with one letter: a prefix, which may be any word, is not looked for at every byte of a text.
_PLACE: Final = rb":GPS[A-Za-z]{1,40}|photoshop:(?:City|State|Country)|Iptc4xmpCore:(?:Location|CountryCode)"
_XMP_LOCATION: Final = re.compile(
    rb"""((?:PLACE)\s{0,8}=\s{0,8})("[^"]{0,200}"|'[^']{0,200}')|(<(?:[^\s<>:]+(?=:GPS))?(?:PLACE)>)([^<]*)""".replace(
        b"PLACE", _PLACE
    )
)
#: Where a film says that it was taken, with its length and language before it (QuickTime, "user data"): phones
#: append films to photos.
_FILM_LOCATION: Final = re.compile(rb"\xa9xyz[\0-\xff]{4}([+-][\d.]{1,12}[+-][\d.]{1,12}(?:[+-][\d.]{1,12})?)")
_DIGIT: Final = re.compile(rb"\d")


class Span(NamedTuple):
    """A part of a file: from ``start`` up to ``end``, bytes."""

    start: int
    end: int


class Packed(NamedTuple):
    """A text that is packed.

    Attributes:
        span: Where it is.
        instead: What stands there once it is overwritten, as long as before.
        tiff: The EXIF block that it holds, or none.
        xmp: The text that it holds, or none.
    """

    span: Span
    instead: bytes
    tiff: bytes = b""
    xmp: bytes = b""

    @property
    def states_place(self) -> bool:
        """Whether it says where the photo was taken."""
        return _states_place(self.tiff) or any(map(_says_place, _XMP_LOCATION.finditer(self.xmp)))


class Metadata(NamedTuple):
    """Where an image keeps what it says about itself.

    Attributes:
        tiff: EXIF blocks, each from its byte-order mark on.
        xmp: Texts that may speak about a place.
        packed: Texts that may speak about a place in a form that cannot be blanked in place: as they are, and
            unpacked. Those that do are overwritten as a whole.
        films: Where a film may be.
        checksums: Parts that are followed by a CRC-32 of themselves, as in PNG.
    """

    tiff: tuple[Span, ...] = ()
    xmp: tuple[Span, ...] = ()
    packed: tuple["Packed", ...] = ()
    films: tuple[Span, ...] = ()
    checksums: tuple[Span, ...] = ()


def has_location(image: bytes, metadata: Metadata) -> bool:
    """Whether the metadata says where the photo was taken."""
    return (
        any(_states_place(image[slice(*span)]) for span in metadata.tiff)
        or any(_says_place(match) for span in metadata.xmp for match in _XMP_LOCATION.finditer(image, *span))
        or any(packed.states_place for packed in metadata.packed)
        or any(_is_somewhere(match) for span in metadata.films for match in _FILM_LOCATION.finditer(image, *span))
    )


def blank_location(image: bytes, metadata: Metadata) -> bytes:
    """The image without the place; as long as before, and the same outside of its metadata."""
    blanked = bytearray(image)
    for span in metadata.tiff:
        blanked[slice(*span)] = _without_place(image[slice(*span)])
    for span in metadata.xmp:
        blanked[slice(*span)] = _XMP_LOCATION.sub(_blank_text, image[slice(*span)])
    for packed in metadata.packed:
        if packed.states_place:
            blanked[slice(*packed.span)] = packed.instead
    for span in metadata.films:
        for match in _FILM_LOCATION.finditer(image, *span):
            blanked[slice(*match.span(1))] = _DIGIT.sub(b"0", match[1])
    for span in metadata.checksums:
        blanked[span.end : span.end + 4] = zlib.crc32(blanked[slice(*span)]).to_bytes(4, "big")
    return bytes(blanked)


# --- XMP -----------------------------------------------------------------------------------------------


def _says_place(match: re.Match[bytes]) -> bool:
    value = match[2][1:-1] if match[2] else match[4]
    return bool(value.strip()) and b"GPSVersionID" not in match[0]


def _blank_text(match: re.Match[bytes]) -> bytes:
    if match[2]:
        return match[1] + match[2][:1] + b" " * (len(match[2]) - 2) + match[2][-1:]
    return match[3] + b" " * len(match[4])


def _is_somewhere(match: re.Match[bytes]) -> bool:
    return any(digit in match[1] for digit in b"123456789")


# --- EXIF ----------------------------------------------------------------------------------------------


class _Entry(NamedTuple):
    """One entry of a directory, and the directory that it stands in."""

    directory: int
    at: int
    tag: int
    type: int
    values: int
    value: int

    @property
    def value_bytes(self) -> int:
        return self.values * (_TYPE_BYTES[self.type - 1] if 0 < self.type <= len(_TYPE_BYTES) else 1)


def _states_place(tiff: bytes) -> bool:
    order = _byte_order(tiff)
    return any(
        stated.tag != _GPS_VERSION and any(tiff[stated.at + 8 : stated.at + _ENTRY_BYTES])
        for pointer in _gps_pointers(tiff, order)
        for stated in _entries(tiff, order, pointer.value)
    )


def _without_place(tiff: bytes) -> bytes:
    """The block without its GPS directories: their bytes are zero, the entries that lead there are gone."""
    order = _byte_order(tiff)
    left = bytearray(tiff)
    for pointer in reversed(list(_gps_pointers(tiff, order))):
        stated = list(_entries(tiff, order, pointer.value))
        for entry in stated:
            if entry.value_bytes > _INLINE_BYTES:
                _erase(left, entry.value, entry.value + entry.value_bytes)
        _erase(left, pointer.value, pointer.value + _COUNT_BYTES + len(stated) * _ENTRY_BYTES)
        # The entries behind it and the link to the next directory move up.
        (count,) = struct.unpack_from(f"{order}H", tiff, pointer.directory)
        (still,) = struct.unpack_from(f"{order}H", left, pointer.directory)
        end = min(pointer.directory + _COUNT_BYTES + count * _ENTRY_BYTES + _LINK_BYTES, len(left))
        left[pointer.at : end - _ENTRY_BYTES] = left[pointer.at + _ENTRY_BYTES : end]
        _erase(left, end - _ENTRY_BYTES, end)
        struct.pack_into(f"{order}H", left, pointer.directory, max(still - 1, 0))
    return bytes(left)


def _erase(content: bytearray, start: int, end: int) -> None:
    end = min(end, len(content))
    if start < end:
        content[start:end] = bytes(end - start)


def _byte_order(tiff: bytes) -> str:
    return ">" if tiff.startswith(b"MM") else "<"


def _gps_pointers(tiff: bytes, order: str) -> Iterator[_Entry]:
    """The entries that lead to a GPS directory, in the directories that the block links together.

    Raises:
        UnusableError: There are more than any camera writes: none is left out, or a place would stay.
    """
    at = _unpacked(tiff, f"{order}I", _FIRST_LINK)
    found = 0
    seen: set[int] = set()
    for _ in range(_MAX_DIRECTORIES):
        if not at or at[0] == 0 or at[0] in seen:
            return
        seen.add(at[0])
        entry = None
        for entry in _entries(tiff, order, at[0]):
            if entry.tag == _GPS_POINTER:
                if (found := found + 1) > _MAX_GPS_POINTERS:
                    raise UnusableError(
                        Problem.TOO_LARGE, "The photo says where it was taken more often than any camera."
                    )
                yield entry
        if entry is None:
            return
        at = _unpacked(tiff, f"{order}I", entry.at + _ENTRY_BYTES)


def _entries(tiff: bytes, order: str, directory: int) -> Iterator[_Entry]:
    """The entries of a directory; those that the block still holds, if it is cut."""
    for number in range(sum(_unpacked(tiff, f"{order}H", directory))):
        at = directory + _COUNT_BYTES + number * _ENTRY_BYTES
        if not (fields := _unpacked(tiff, f"{order}HHII", at)):
            return
        yield _Entry(directory, at, *fields)


def _unpacked(content: bytes, layout: str, at: int) -> tuple[int, ...]:
    return struct.unpack_from(layout, content, at) if at + struct.calcsize(layout) <= len(content) else ()
