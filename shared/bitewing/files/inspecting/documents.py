"""Looks at the frame of PDF and 3Shape files: whether they are whole, and whether a PDF is encrypted."""

import re
from typing import Final

from bitewing.files.inspecting.source import CountedSource
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import Problem

#: Where the end of a file is looked for; a PDF's trailer has some hundred bytes.
_TAIL_BYTES: Final = 16 * 1024
_TRAILER_BYTES: Final = 4 * 1024
_START_OF_INDEX: Final = re.compile(rb"startxref\s+(\d{1,15})\s+%%EOF")


def check_pdf(source: CountedSource) -> None:
    """Look at a PDF's trailer.

    Raises:
        UnusableError: It has none, or says that the content is encrypted.
    """
    tail = source.read_at(max(source.size - _TAIL_BYTES, 0), _TAIL_BYTES)
    starts = _START_OF_INDEX.findall(tail)
    if not starts:
        raise UnusableError(Problem.TRUNCATED, "The PDF has no end: it is incomplete.")
    # Newer files write the trailer into the index itself, which may lie anywhere.
    trailer = source.read_at(int(starts[-1]), _TRAILER_BYTES)
    if b"/Encrypt" in tail or b"/Encrypt" in trailer:
        raise UnusableError(Problem.ENCRYPTED, "The PDF is encrypted: it may need a password.")


def check_3shape(source: CountedSource) -> None:
    """See that a 3Shape mesh has its last tag.

    Raises:
        UnusableError: It has not.
    """
    if b"</HPS>" not in source.read_at(max(source.size - _TRAILER_BYTES, 0), _TRAILER_BYTES):
        raise UnusableError(Problem.TRUNCATED, "The 3Shape mesh ends before its last tag.")
