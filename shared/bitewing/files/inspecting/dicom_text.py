"""Turns the bytes of a DICOM text into characters, whatever character set they say or fail to say.

Scanners declare one set and write another, or declare none. So what is valid UTF-8 beyond ASCII is taken for it:
hardly any text of another set is. Nothing here fails; what cannot be read becomes a replacement character.
"""

import re
from collections.abc import Sequence
from typing import Final

#: Terms of the attribute Specific Character Set (PS3.3, C.12.1.1.2), without "ISO_IR " or "ISO 2022 IR ".
_CODECS: Final = {
    "6": "ascii",
    "13": "shift_jis",
    "58": "gb2312",
    "87": "iso2022_jp",
    "100": "latin_1",
    "101": "iso8859_2",
    "109": "iso8859_3",
    "110": "iso8859_4",
    "126": "iso8859_7",
    "127": "iso8859_6",
    "138": "iso8859_8",
    "144": "iso8859_5",
    "148": "iso8859_9",
    "149": "euc_kr",
    "159": "iso2022_jp_2",
    "166": "iso8859_11",
    "192": "utf_8",
    "203": "iso8859_15",
    "GB18030": "gb18030",
    "GBK": "gbk",
}
#: What an escape switches to (PS3.3, tables C.12-3 and C.12-4).
_ESCAPES: Final = {
    b"\x1b(B": "ascii",
    b"\x1b(J": "shift_jis",
    b"\x1b)I": "shift_jis",
    b"\x1b$B": "iso2022_jp",
    b"\x1b$@": "iso2022_jp",
    b"\x1b$(D": "iso2022_jp_2",
    b"\x1b$)C": "euc_kr",
    b"\x1b$)A": "gb2312",
    b"\x1b-A": "latin_1",
    b"\x1b-B": "iso8859_2",
    b"\x1b-C": "iso8859_3",
    b"\x1b-D": "iso8859_4",
    b"\x1b-F": "iso8859_7",
    b"\x1b-G": "iso8859_6",
    b"\x1b-H": "iso8859_8",
    b"\x1b-L": "iso8859_5",
    b"\x1b-M": "iso8859_9",
    b"\x1b-T": "iso8859_11",
    b"\x1b-b": "iso8859_15",
}
#: Codecs that must see the escape themselves.
_STATEFUL: Final = frozenset({"iso2022_jp", "iso2022_jp_2"})
_ESCAPE: Final = re.compile(rb"\x1b(?:\$[()]?|[()\-])[@-~]")
_TERM: Final = re.compile(r"(?:ISO_IR|ISO 2022 IR) ?(\d{1,3})|(GB18030|GBK)", re.IGNORECASE)


def codecs_of(declared: str) -> tuple[str, ...]:
    """The codecs of a Specific Character Set; unknown terms are left out.

    Args:
        declared: The attribute's value, several terms parted by a backslash.
    """
    terms = [_TERM.fullmatch(term.strip()) for term in declared.split("\\")]
    names = [(term[1] or term[2]).upper().lstrip("0") for term in terms if term]
    return tuple(_CODECS[name] for name in names if name in _CODECS)


def decoded(text: bytes, codecs: Sequence[str]) -> str:
    """A text with its characters.

    Args:
        text: As it stands in the object.
        codecs: What :func:`codecs_of` made of the declared set.
    """
    if text.isascii() and b"\x1b" not in text:
        return text.decode("ascii")
    if b"\x1b" in text:
        return _switched(text, codecs[0] if codecs else "latin_1")
    for codec in ("utf_8", *codecs):
        try:
            return text.decode(codec)
        except UnicodeDecodeError:
            continue
    return text.decode("latin_1")


def _switched(text: bytes, codec: str) -> str:
    """A text in which escapes switch from a first set to others."""
    pieces = []
    at, escape = 0, b""
    for match in (*_ESCAPE.finditer(text), None):
        until = match.start() if match else len(text)
        piece = text[at:until]
        pieces.append((escape + piece if codec in _STATEFUL else piece).decode(codec, "replace"))
        if match:
            at, escape = match.end(), match[0]
            codec = _ESCAPES.get(escape, "latin_1")
    return "".join(pieces)
