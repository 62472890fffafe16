"""Photos of a smile, drawn. The same arguments give the same bytes."""

import io
import random
import struct
from typing import Final, Literal

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

#: Length and kind of a box, bytes.
_FRAME_BYTES: Final = 8
#: A place in the middle of the Atlantic.
_SOUTH_OF_THE_AZORES: Final[dict[int, object]] = {
    GPS.GPSVersionID: b"\x02\x03\x00\x00",
    GPS.GPSLatitudeRef: "N",
    GPS.GPSLatitude: (32.0, 14.0, 5.25),
    GPS.GPSLongitudeRef: "W",
    GPS.GPSLongitude: (28.0, 41.0, 30.5),
}


def photo(
    *,
    width_px: int = 1200,
    height_px: int = 800,
    has_location: bool = False,
    seed: int = 1,
    kind: Literal["JPEG", "PNG", "WEBP"] = "JPEG",
    is_progressive: bool = False,
    has_exif: bool = True,
) -> bytes:
    """A row of teeth between lips.

    Args:
        width_px: Width of the image.
        height_px: Height of the image.
        has_location: Say where it was taken, as a phone does.
        seed: Varies the shades of the teeth.
        kind: The file's format.
        is_progressive: Write a JPEG in several scans, each finer than the one before.
        has_exif: Say anything about itself.
    """
    shades = random.Random(seed)  # noqa: S311 - teeth, not secrets
    image = Image.new("RGB", (width_px, height_px), (176, 92, 88))
    draw = ImageDraw.Draw(image)
    draw.ellipse((width_px * 0.05, height_px * 0.2, width_px * 0.95, height_px * 0.8), fill=(60, 20, 24))
    teeth = 8
    for tooth in range(teeth):
        left = width_px * (0.14 + 0.09 * tooth)
        light = shades.randint(215, 240)
        outline = (left, height_px * 0.33, left + width_px * 0.085, height_px * 0.62)
        draw.rounded_rectangle(outline, radius=width_px * 0.02, fill=(light, light - 6, light - 28))
    exif = Image.Exif()
    exif[Base.Make] = "Generated"
    exif[Base.Orientation] = 1
    exif[Base.DateTime] = "2026:01:05 12:00:00"
    if has_location:
        exif.get_ifd(IFD.GPSInfo).update(_SOUTH_OF_THE_AZORES)
    options = {"quality": 88, "progressive": is_progressive} if kind == "JPEG" else {}
    written = io.BytesIO()
    image.save(written, kind, **({"exif": exif} if has_exif else {}), **options)
    return written.getvalue()


def heic_photo(*, width_px: int = 4032, height_px: int = 3024, has_location: bool = False, version: int = 0) -> bytes:
    """The boxes of a HEIC photo with its EXIF, and without any pixels.

    Args:
        width_px: Width that it states.
        height_px: Height that it states.
        has_location: Say where it was taken, as a phone does.
        version: Of the box of item locations, 0 to 2.
    """
    tags = Image.Exif()
    tags[Base.Make] = "Generated"
    if has_location:
        tags.get_ifd(IFD.GPSInfo).update(_SOUTH_OF_THE_AZORES)
    exif = (6).to_bytes(4, "big") + b"Exif\0\0" + tags.tobytes().removeprefix(b"Exif\0\0")
    number = ">I" if version == 2 else ">H"  # noqa: PLR2004 - as the standard counts

    def before_content(exif_at: int) -> bytes:
        entries = [
            _box(b"infe", bytes([2, 0, 0, 0]) + struct.pack(">HH", item, 0) + kind + b"\0")
            for item, kind in ((1, b"hvc1"), (2, b"Exif"))
        ]
        listing = _box(b"iinf", bytes(4) + struct.pack(">H", len(entries)), *entries)
        extents = [
            struct.pack(number, item) + bytes(2 if version else 0) + struct.pack(">HHII", 0, 1, exif_at, length)
            for item, length in ((1, 0), (2, len(exif)))
        ]
        head = bytes([version, 0, 0, 0, 0x44, 0])
        places = _box(b"iloc", head + struct.pack(number, len(extents)), *extents)
        size = _box(b"ispe", bytes(4) + struct.pack(">II", width_px, height_px))
        meta = _box(b"meta", bytes(4), listing, places, _box(b"iprp", _box(b"ipco", size)))
        return _box(b"ftyp", b"heic" + bytes(4) + b"mif1heic") + meta

    return before_content(len(before_content(0)) + _FRAME_BYTES) + _box(b"mdat", exif)


def _box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return (_FRAME_BYTES + len(content)).to_bytes(4, "big") + kind + content
