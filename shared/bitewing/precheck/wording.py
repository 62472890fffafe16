"""How findings say things: kinds, formats, dates, lengths."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

from bitewing.files.inspection import FileFormat
from bitewing.files.kinds import FileKind
from bitewing.packet.packet import Item, SentOtherwise

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

#: What a kind of file is called in a sentence. File names are not quoted: they often hold a patient's name.
KIND_NAMES: Final = {
    FileKind.UPPER_SCAN: "upper scan",
    FileKind.LOWER_SCAN: "lower scan",
    FileKind.BITE_SCAN: "bite scan",
    FileKind.PREP_SCAN: "preparation scan",
    FileKind.SCAN_BODY_SCAN: "scan-body scan",
    FileKind.CBCT: "CBCT",
    FileKind.PHOTO: "photo",
    FileKind.XRAY: "x-ray",
    FileKind.SMILE_DESIGN: "smile design",
    FileKind.DOCUMENT: "document",
    FileKind.OTHER: "file",
}

#: What a format is called in a sentence.
FORMAT_NAMES: Final = {
    FileFormat.STL: "an STL mesh",
    FileFormat.PLY: "a PLY mesh",
    FileFormat.OBJ: "an OBJ mesh",
    FileFormat.MESH_3SHAPE: "a 3Shape mesh",
    FileFormat.DICOM: "a single DICOM file",
    FileFormat.DICOM_SERIES: "a DICOM series",
    FileFormat.JPEG: "a JPEG image",
    FileFormat.PNG: "a PNG image",
    FileFormat.HEIC: "a HEIC image",
    FileFormat.WEBP: "a WebP image",
    FileFormat.PDF: "a PDF",
    FileFormat.XML: "an XML file",
    FileFormat.ZIP: "a ZIP archive",
    FileFormat.UNKNOWN: "of no known format",
}


#: Most characters of how something is sent that are quoted.
_MAX_QUOTED: Final = 40


def pointer(file: "CaseFile") -> str:
    """Return the JSON pointer of a file of the case."""
    return f"/files/{file.file_id}"


def day(on: date) -> str:
    """Return a date as a person in the US writes it."""
    return f"{_MONTHS[on.month - 1]} {on.day}, {on.year}"


def millimeters(um: int) -> str:
    """Return a length in millimeters with two decimals."""
    return f"{um / 1000:.2f} mm"


def fine_millimeters(um: int) -> str:
    """Return a length near a limit in millimeters: with three decimals where two would hide what is beyond it."""
    return f"{um / 1000:.3f} mm" if um % 10 else millimeters(um)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 slice", "2 slices"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def sent(otherwise: SentOtherwise) -> str:
    """Return how and when something was sent that is no upload: "sent by USPS on March 2, 2026"."""
    when = f" on {day(otherwise.sent_on)}" if otherwise.sent_on else ""
    return f"sent by {' '.join(otherwise.how.split())[:_MAX_QUOTED]}{when}"


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them: "margin", "margin and occlusion", "margin, occlusion and contacts"."""
    *most, end = names
    return f"{', '.join(most)} and {end}" if most else end


def selected(item: Item, name: str) -> str:
    """Return the chosen value of a selection without spaces around it, or an empty text."""
    return item.selections.get(name, "").strip()
