"""Photos of a smile, drawn. The same arguments give the same bytes."""

import io
import random
from typing import Final, Literal

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

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
    kind: Literal["JPEG", "PNG"] = "JPEG",
) -> bytes:
    """A row of teeth between lips.

    Args:
        width_px: Width of the image.
        height_px: Height of the image.
        has_location: Say where it was taken, as a phone does.
        seed: Varies the shades of the teeth.
        kind: The file's format.
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
    written = io.BytesIO()
    image.save(written, kind, exif=exif, **({"quality": 88} if kind == "JPEG" else {}))
    return written.getvalue()
