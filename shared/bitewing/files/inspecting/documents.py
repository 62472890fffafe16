"""Looks at documents: whether PDF and 3Shape files are whole, PDFs without a password, and XML is well-formed."""

import re
from typing import Final
from xml.parsers import expat

from bitewing.files.inspecting.source import CountedSource
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import Problem

#: Where the end of a file is looked for; a PDF's trailer has some hundred bytes.
_TAIL_BYTES: Final = 16 * 1024
_TRAILER_BYTES: Final = 4 * 1024
#: The largest XML that is parsed; orders of scanners have some kilobytes.
MAX_XML_BYTES: Final = 10_000_000
#: How deep its elements lie in each other at most.
MAX_XML_DEPTH: Final = 200
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


def check_xml(source: CountedSource, head: bytes) -> None:
    """See that a text is well-formed XML without a document type: those can hold entities that grow or reach out.

    Args:
        source: The file.
        head: Its first ``HEAD_BYTES``, or all of it.

    Raises:
        UnusableError: It is not, is too large, or its elements lie too deep in each other.
    """
    content = source.read_whole(head, at_most=MAX_XML_BYTES, what="XML")
    depth = 0

    def begins(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_XML_DEPTH:
            raise UnusableError(
                Problem.TOO_LARGE, "The elements of the XML lie deeper in each other than is inspected."
            )

    def ends(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuses(*_declared: object) -> None:
        raise UnusableError(Problem.CORRUPT, "The XML declares a document type, which is not accepted.")

    parser = expat.ParserCreate()
    parser.StartElementHandler = begins
    parser.EndElementHandler = ends
    parser.StartDoctypeDeclHandler = refuses
    try:
        parser.Parse(content, True)  # noqa: FBT003 - that this is all of it is taken by position alone
    except (expat.ExpatError, LookupError, ValueError):
        # The last two for encodings that are unknown.
        raise UnusableError(Problem.CORRUPT, "The XML is damaged or incomplete and cannot be read.") from None
