"""Reads the boxes of a HEIC photo (ISO/IEC 23008-12): its size, and where its metadata lies.

Nothing is decoded.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeVar

from bitewing.files.inspecting.exif import Metadata, Span
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import Problem

_FRAME_BYTES: Final = 8
_VERSION_BYTES: Final = 4
#: The most boxes that are looked at; a photo of 48 million pixels has 200.
_MAX_BOXES: Final = 10_000

T = TypeVar("T")


class _Box(NamedTuple):
    kind: bytes
    content: Span


def size(image: bytes) -> tuple[int, int]:
    """Width and height of the largest picture in the file, pixels: a photo is often a grid of smaller ones.

    Raises:
        UnusableError: The file is cut, or says no size.
    """
    if any(box.content.end > len(image) for box in _bounded([_boxes(image, Span(0, len(image)))])):
        raise UnusableError(Problem.TRUNCATED, "The HEIC photo ends before its content does.")
    sizes = [
        (_number(image, at, 4), _number(image, at + 4, 4))
        for extent in _inside(image, b"meta", b"iprp", b"ipco", b"ispe")
        for at in [extent.start + _VERSION_BYTES]
    ]
    if not sizes or not all(largest := max(sizes, key=lambda sides: sides[0] * sides[1])):
        raise UnusableError(Problem.CORRUPT, "The HEIC photo does not say how large it is.")
    return largest


def metadata(image: bytes) -> Metadata:
    """Where EXIF and XMP lie, each place once.

    Raises:
        UnusableError: The places lie over each other, and are longer together than the file: all of them are
            searched, which would take a time that grows with its square.
    """
    kinds = dict(_kinds_of_all(image))
    # In the order in which they are listed.
    tiff: dict[Span, None] = {}
    xmp: dict[Span, None] = {}
    for item, extents in _items(image):
        for extent in extents:
            if extent.end > len(image):
                continue
            if kinds.get(item) == b"mime":
                xmp[extent] = None
            elif kinds.get(item) == b"Exif":
                start = extent.start + 4 + _number(image, extent.start, 4)
                tiff[Span(min(start, extent.end), extent.end)] = None
    if sum(span.end - span.start for span in (*tiff, *xmp)) > len(image):
        says = "The HEIC photo says things about itself that lie over each other; save it anew."
        raise UnusableError(Problem.TOO_LARGE, says)
    return Metadata(tiff=tuple(tiff), xmp=tuple(xmp))


def parts(image: bytes) -> Iterator[object]:
    """Whatever :func:`metadata` looks at by itself: kinds of items, items, and parts of the file that these take."""
    yield from _kinds_of_all(image)
    for item in _items(image):
        yield item
        yield from item[1]


def _kinds_of_all(image: bytes) -> Iterator[tuple[int, bytes]]:
    return itertools.chain.from_iterable(_kinds(image, listing) for listing in _inside(image, b"meta", b"iinf"))


def _items(image: bytes) -> Iterator[tuple[int, tuple[Span, ...]]]:
    return itertools.chain.from_iterable(_located(image, places) for places in _inside(image, b"meta", b"iloc"))


def _kinds(image: bytes, listing: Span) -> Iterator[tuple[int, bytes]]:
    """Number and kind of each item."""
    count_bytes = 4 if _number(image, listing.start, 1) else 2
    for entry in _boxes(image, Span(listing.start + _VERSION_BYTES + count_bytes, listing.end)):
        version = _number(image, entry.content.start, 1)
        id_bytes = 4 if version == 3 else 2  # noqa: PLR2004 - as the standard counts
        at = entry.content.start + _VERSION_BYTES
        yield _number(image, at, id_bytes), image[at + id_bytes + 2 : at + id_bytes + 6]


def _located(image: bytes, locations: Span) -> Iterator[tuple[int, tuple[Span, ...]]]:
    """Number of each item, with the parts of the file that it takes."""
    version = _number(image, locations.start, 1)
    offset_bytes, length_bytes = divmod(_number(image, locations.start + 4, 1), 16)
    base_bytes, index_bytes = divmod(_number(image, locations.start + 5, 1), 16)
    index_bytes = index_bytes if version else 0
    id_bytes = 4 if version == 2 else 2  # noqa: PLR2004 - as the standard counts
    reader = _Reader(image, locations.start + 6, locations.end)
    for _ in range(reader.take(id_bytes)):
        item = reader.take(id_bytes)
        method = reader.take(2) if version else 0
        reader.take(2)
        base = reader.take(base_bytes)
        extents = reader.take(2)
        if reader.is_past_end:
            return
        spans: list[Span] = []
        for _ in range(extents):
            reader.take(index_bytes)
            start = base + reader.take(offset_bytes)
            spans.append(Span(start, start + reader.take(length_bytes)))
        # Method 0 counts from the beginning of the file; photos use no other for metadata.
        yield (item if method == 0 else -1), tuple(spans)


class _Reader:
    """Takes numbers one after the other."""

    def __init__(self, content: bytes, start: int, end: int) -> None:
        self._content = content
        self._at = start
        self._end = end

    @property
    def is_past_end(self) -> bool:
        return self._at > self._end

    def take(self, size_bytes: int) -> int:
        self._at += size_bytes
        return _number(self._content, self._at - size_bytes, size_bytes)


def _inside(image: bytes, *path: bytes) -> Iterator[Span]:
    """The content of every box at the end of a path of boxes."""
    spans = [Span(0, len(image))]
    for kind in path:
        spans = [
            # "meta" begins with a version, like no other box that has boxes in it.
            Span(box.content.start + (_VERSION_BYTES if kind == b"meta" else 0), min(box.content.end, span.end))
            for box, span in _bounded(((box, span) for box in _boxes(image, span)) for span in spans)
            if box.kind == kind
        ]
    return iter(spans)


def _bounded(many: Iterable[Iterable[T]]) -> Iterator[T]:
    """The first of all: what claims to hold more is no photo, and would take the time of a film."""
    return itertools.islice(itertools.chain.from_iterable(many), _MAX_BOXES)


def _boxes(image: bytes, within: Span) -> Iterator[_Box]:
    """The boxes that follow each other; the last one may claim more than there is."""
    at = within.start
    while at + _FRAME_BYTES <= within.end:
        length, kind, header = _number(image, at, 4), image[at + 4 : at + 8], _FRAME_BYTES
        if length == 1:
            length, header = _number(image, at + 8, 8), 16
        elif length == 0:
            length = within.end - at
        if length < header:
            return
        yield _Box(kind, Span(at + header, at + length))
        at += length


def _number(content: bytes, at: int, size_bytes: int) -> int:
    return int.from_bytes(content[at : at + size_bytes], "big")
