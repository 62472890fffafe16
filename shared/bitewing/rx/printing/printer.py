"""Prints prescriptions as PDF, with typst: its engine sets every script, breaks lines and pages, and tags what it sets.

The result is PDF/A-2a and PDF/UA-1: it can be kept for decades and read aloud. The same sheet gives the same bytes.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Final, cast

import typst

from bitewing.rx import fonts
from bitewing.rx.printing.legible import BRACKETED, legible
from bitewing.rx.printing.qr import qr_svg
from bitewing.rx.rx import Printed
from bitewing.rx.sheet import RxSheet

_LAYOUT: Final = Path(__file__).with_name("rx.typ")
_FONTS: Final = Path(fonts.__file__).parent
#: Asked for each sign in this order: first what has its script in the best shape, last what has a bit of everything.
FAMILIES: Final[Sequence[str]] = (
    "Noto Sans",
    *(
        f"Noto Sans {script}"
        for script in (
            *("Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi"),
            *("Hebrew", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu"),
            *("Thaana", "Thai"),
        )
    ),
    "NanumGothicCoding",
    "Droid Sans Fallback",
    "DejaVu Sans",
)


class TypstPrinter:
    """Keeps the port :class:`bitewing.rx.service.Printer` with typst."""

    def print(self, sheet: RxSheet) -> Printed:
        """Return the PDF of a sheet, on paper of the Letter size, one page or as many as it needs."""
        told = legible({**asdict(sheet), "sent_at": sheet.sent_at.isoformat()})
        # Addresses stay whole: whoever copies one from the page gets it as it is.
        told |= {"link": sheet.link, "qr": qr_svg(sheet.link), "has_bracketed": bool(BRACKETED.search(str(told)))}
        compiler = typst.Compiler(
            str(_LAYOUT),
            font_paths=self._fonts,
            ignore_system_fonts=True,
            sys_inputs={"sheet": json.dumps(told), "fonts": json.dumps(FAMILIES)},
        )
        # Dated by its sending, not by its printing: printed once more, it is the same document. PDF knows seconds.
        content = cast(
            bytes,
            compiler.compile(
                format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=sheet.sent_at.replace(microsecond=0)
            ),
        )
        pages = json.loads(compiler.query("<pages>", field="value", one=True))
        return Printed(content=content, pages=pages, sha256=hashlib.sha256(content).hexdigest())

    @cached_property
    def _fonts(self) -> typst.Fonts:
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)])
