"""Takes a DICOM object apart into its elements, up to its pixels (PS3.5, chapter 7 and annex A).

Of a CBCT some hundred objects are read, of each some twenty elements: so only those are kept, the others are
stepped over. What is declared is checked against what is there before it is believed.
"""

import struct
import zlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from bitewing.files.inspecting.dicom_text import codecs_of, decoded

#: How many sequences are looked into, one inside of the other; functional groups need two.
_MAX_DEPTH: Final = 16
#: How many elements and items are looked at; a volume of 1,000 frames has some 20,000.
_MAX_ELEMENTS: Final = 100_000
_UNDEFINED_LENGTH: Final = 0xFFFFFFFF
_PIXELS: Final = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_DELIMITERS: Final = frozenset({_ITEM_END, _SEQUENCE_END})
#: Representations whose length takes four bytes, after two that are reserved.
_LONG: Final = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"},
)
_SHORT: Final = frozenset(
    {
        *(b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO"),
        *(b"LT", b"PN", b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"),
    },
)
_REPRESENTATIONS: Final = _LONG | _SHORT
#: Layouts of binary numbers.
_NUMBERS: Final = {b"US": "H", b"SS": "h", b"UL": "I", b"SL": "i", b"FL": "f", b"FD": "d"}

_CHARACTER_SET: Final = 0x00080005
_BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
_DEFLATED: Final = "1.2.840.10008.1.2.1.99"

#: The kept elements, by keyword, with the representation that implicit encodings leave out.
_KEPT: Final[Mapping[str, tuple[int, bytes]]] = {
    "SpecificCharacterSet": (_CHARACTER_SET, b"CS"),
    "SOPClassUID": (0x00080016, b"UI"),
    "StudyDate": (0x00080020, b"DA"),
    "SeriesDate": (0x00080021, b"DA"),
    "AcquisitionDate": (0x00080022, b"DA"),
    "ContentDate": (0x00080023, b"DA"),
    "Modality": (0x00080060, b"CS"),
    "PatientName": (0x00100010, b"PN"),
    "PatientID": (0x00100020, b"LO"),
    "PatientBirthDate": (0x00100030, b"DA"),
    "SliceThickness": (0x00180050, b"DS"),
    "SpacingBetweenSlices": (0x00180088, b"DS"),
    "GantryDetectorTilt": (0x00181120, b"DS"),
    "ImagerPixelSpacing": (0x00181164, b"DS"),
    "SeriesInstanceUID": (0x0020000E, b"UI"),
    "ImagePositionPatient": (0x00200032, b"DS"),
    "ImageOrientationPatient": (0x00200037, b"DS"),
    "NumberOfFrames": (0x00280008, b"IS"),
    "Rows": (0x00280010, b"US"),
    "Columns": (0x00280011, b"US"),
    "PixelSpacing": (0x00280030, b"DS"),
    "BitsAllocated": (0x00280100, b"US"),
    "LossyImageCompression": (0x00282110, b"CS"),
}
_SEQUENCES: Final[Mapping[str, int]] = {
    "PlanePositionSequence": 0x00209113,
    "PlaneOrientationSequence": 0x00209116,
    "PixelMeasuresSequence": 0x00289110,
    "SharedFunctionalGroupsSequence": 0x52009229,
    "PerFrameFunctionalGroupsSequence": 0x52009230,
}
_KEPT_TAGS: Final = dict(_KEPT.values())
_KEPT_SEQUENCES: Final = frozenset(_SEQUENCES.values())

#: Tag and length, or tag, representation and length of most elements, bytes.
_FRAME_BYTES: Final = 8
#: So many elements of the group that identifies an object tell one that has no signature.
_TELLING_ELEMENTS: Final = 3
_IDENTIFICATION: Final = 0x0008
_LAST_TELLING: Final = 0x0070
_SIGNATURE: Final = b"DICM"
_SIGNATURE_AT: Final = 128


class BrokenStructureError(Exception):
    """Items stand where none can be, inside of each other without end, or in numbers beyond every scan."""


class Elements:
    """The kept elements of a dataset, or of an item of a sequence."""

    __slots__ = ("_items", "_order", "_values")

    def __init__(self, order: str = "<") -> None:
        self._order = order
        self._values: dict[int, tuple[bytes, bytes]] = {}
        self._items: dict[int, list[Elements]] = {}

    def keep(self, tag: int, representation: bytes, value: bytes) -> None:
        """Add an element."""
        self._values[tag] = (representation, value)

    def keep_items(self, tag: int, items: "list[Elements]") -> None:
        """Add a sequence."""
        self._items[tag] = items

    def items(self, keyword: str) -> "list[Elements]":
        """The items of a sequence; none where there is no such sequence."""
        return self._items.get(_SEQUENCES[keyword], [])

    def text(self, keyword: str) -> str:
        """A value of plain characters, without what it is padded with; empty where there is none."""
        _, value = self._values.get(_KEPT[keyword][0], (b"", b""))
        return value.decode("latin_1").replace("\0", "").strip()

    def name(self, keyword: str) -> str:
        """A value in the object's character set; empty where there is none."""
        _, value = self._values.get(_KEPT[keyword][0], (b"", b""))
        codecs = codecs_of(self.text("SpecificCharacterSet"))
        return decoded(value.replace(b"\0", b""), codecs).strip()

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """The numbers of a value; none where its encoding is broken."""
        representation, value = self._values.get(_KEPT[keyword][0], (b"", b""))
        if layout := _NUMBERS.get(representation):
            size = struct.calcsize(layout)
            if len(value) % size:
                return ()
            return struct.unpack(f"{self._order}{len(value) // size}{layout}", value)
        try:
            return tuple(map(float, value.decode("ascii").replace("\0", "").split("\\"))) if value else ()
        except ValueError:
            return ()


class Beginning(NamedTuple):
    """A DICOM object up to its pixels.

    Attributes:
        elements: What stands before the pixels, as far as the object goes.
        syntax: The transfer syntax that the object names, or an empty text.
        has_pixels: The beginning of the pixels was reached.
        pixels_end: Where the pixels end, bytes from the object's start; ``None`` where that is not stated.
    """

    elements: Elements
    syntax: str
    has_pixels: bool
    pixels_end: int | None


def is_bare_dicom(head: bytes) -> bool:
    """Whether a file begins with elements of DICOM at once, without the signature, as old exports do."""
    tags = []
    at = 0
    for _ in range(_TELLING_ELEMENTS):
        if at + _FRAME_BYTES > len(head):
            return False
        tags.append(struct.unpack_from("<HH", head, at))
        is_explicit = head[at + 4 : at + 6] in _SHORT
        at += _FRAME_BYTES + int.from_bytes(head[at + 6 if is_explicit else at + 4 : at + 8], "little")
    is_identification = all(group == _IDENTIFICATION and number <= _LAST_TELLING for group, number in tags)
    return is_identification and tags == sorted(set(tags))


def read_beginning(content: bytes, *, max_inflated_bytes: int) -> Beginning:
    """Read the elements before the pixels.

    Args:
        content: The object, or its first bytes.
        max_inflated_bytes: How much of a deflated dataset is unpacked at most.

    Raises:
        BrokenStructureError: The bytes cannot be taken apart, or into too many parts.
    """
    at, syntax = 0, ""
    if content[_SIGNATURE_AT : _SIGNATURE_AT + len(_SIGNATURE)] == _SIGNATURE:
        at, syntax = _after_meta(content)
    if syntax == _DEFLATED:
        try:
            content, at = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content[at:], max_inflated_bytes), 0
        except zlib.error:
            raise BrokenStructureError from None
    order = ">" if syntax == _BIG_ENDIAN else "<"
    # What the first element looks like counts more than what is declared.
    walk = _Walk(content, order, is_explicit=content[at + 4 : at + 6] in _REPRESENTATIONS)
    elements = Elements(order)
    try:
        walk.through(elements, at, len(content), depth=0)
    except _CutError:
        return Beginning(elements, syntax, has_pixels=False, pixels_end=None)
    pixels_end = None if syntax == _DEFLATED else walk.pixels_end
    return Beginning(elements, syntax, has_pixels=walk.is_at_pixels, pixels_end=pixels_end)


def _after_meta(content: bytes) -> tuple[int, str]:
    """Where the dataset begins, and its transfer syntax: the meta group is always explicit and little-endian."""
    at, syntax = _SIGNATURE_AT + len(_SIGNATURE), ""
    while content[at : at + 2] == b"\x02\x00":
        is_long = content[at + 4 : at + 6] in _LONG
        value = at + (12 if is_long else _FRAME_BYTES)
        length = int.from_bytes(content[at + 8 : at + 12] if is_long else content[at + 6 : at + 8], "little")
        if content[at + 2 : at + 4] == b"\x10\x00":
            syntax = content[value : value + length].decode("latin_1").strip("\0 ")
        at = value + length
    return at, syntax


class _CutError(Exception):
    """An element goes on after the bytes that are there."""


class _Walk:
    """Goes from element to element."""

    def __init__(self, content: bytes, order: str, *, is_explicit: bool) -> None:
        self._content = content
        self._is_explicit = is_explicit
        self._tag = struct.Struct(f"{order}HH").unpack_from
        self._short = struct.Struct(f"{order}H").unpack_from
        self._long = struct.Struct(f"{order}I").unpack_from
        self._order = order
        self._left = _MAX_ELEMENTS
        self.is_at_pixels = False
        self.pixels_end: int | None = None

    def through(self, elements: Elements, at: int, end: int, *, depth: int) -> int:
        """Keep what is wanted between two places, and say where that ends.

        Raises:
            BrokenStructureError: Items are where none can be, or too deep.
            _CutError: The last element goes on after the end.
        """
        if depth > _MAX_DEPTH:
            raise BrokenStructureError
        content = self._content
        while at + _FRAME_BYTES <= end:
            self._count()
            group, number = self._tag(content, at)
            tag = group << 16 | number
            if tag in _DELIMITERS:
                return at + _FRAME_BYTES
            frame = representation, value, length = self._frame(tag, at, end)
            if tag in _PIXELS and depth == 0:
                self.is_at_pixels = True
                self.pixels_end = None if length == _UNDEFINED_LENGTH else value + length
                return value
            if length == _UNDEFINED_LENGTH or tag in _KEPT_SEQUENCES:
                items, at = self._items(frame, end, is_kept=tag in _KEPT_SEQUENCES, depth=depth)
                elements.keep_items(tag, items)
                continue
            at = value + length
            if at > end:
                raise _CutError
            if tag in _KEPT_TAGS:
                elements.keep(tag, representation, content[value:at])
        if at < end:
            raise _CutError
        return at

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise BrokenStructureError

    def _frame(self, tag: int, at: int, end: int) -> tuple[bytes, int, int]:
        """Representation, place and length of an element's value."""
        representation = self._content[at + 4 : at + 6]
        if not self._is_explicit or not representation.isupper():
            (length,) = self._long(self._content, at + 4)
            return _KEPT_TAGS.get(tag, b""), at + _FRAME_BYTES, length
        if representation not in _LONG:
            (length,) = self._short(self._content, at + 6)
            return representation, at + _FRAME_BYTES, length
        if at + 12 > end:
            raise _CutError
        (length,) = self._long(self._content, at + 8)
        return representation, at + 12, length

    def _items(
        self, frame: tuple[bytes, int, int], end: int, *, is_kept: bool, depth: int
    ) -> tuple[list[Elements], int]:
        """The items of a sequence, or of another value whose end is marked, and where it ends."""
        representation, at, length = frame
        is_marked = length == _UNDEFINED_LENGTH
        until = end if is_marked else at + length
        if until > end:
            raise _CutError
        was_explicit = self._is_explicit
        # What is of unknown representation and undefined length is implicit inside (PS3.5, 6.2.2, note 4).
        self._is_explicit = was_explicit and representation != b"UN"
        items: list[Elements] = []
        while at < until and (item_at := self._item(at, until)) is not None:
            at, length = item_at
            item = Elements(self._order)
            if is_kept:
                items.append(item)
            if length == _UNDEFINED_LENGTH:
                at = self.through(item, at, until, depth=depth + 1)
                continue
            if at + length > until:
                raise _CutError
            if is_kept:
                self.through(item, at, at + length, depth=depth + 1)
            at += length
        self._is_explicit = was_explicit
        if not is_marked:
            return items, until
        if at >= until:
            raise _CutError
        return items, at + _FRAME_BYTES

    def _item(self, at: int, until: int) -> tuple[int, int] | None:
        """Place and length of the item that begins here, or ``None`` where the sequence ends."""
        if at + _FRAME_BYTES > until:
            raise _CutError
        self._count()
        group, number = self._tag(self._content, at)
        mark = group << 16 | number
        if mark == _SEQUENCE_END:
            return None
        if mark != _ITEM:
            raise BrokenStructureError
        return at + _FRAME_BYTES, self._long(self._content, at + 4)[0]
