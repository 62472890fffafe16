"""QR codes, as drawings of lines: sharp on every printer, and readable where a corner of the paper is stained."""

import io

import segno


def qr_svg(text: str) -> str:
    """Return the QR code of a text as SVG; a quarter of it may be lost (error correction Q)."""
    drawn = io.BytesIO()
    # Four modules of quiet around it: without them, readers do not see where it ends.
    segno.make(text, error="q", micro=False).save(drawn, kind="svg", border=4, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
