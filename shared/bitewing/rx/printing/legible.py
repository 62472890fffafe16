"""Texts as paper can show them: every sign has a shape in a typeface of ours, or says that it has none."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from bitewing.rx import fonts

#: The signs that the typefaces have, as ranges; written by ``tools/glyphs.py``.
COVERED: Final = Path(fonts.__file__).parent / "covered.txt"
#: Join and part letters in the scripts that need it; all other signs without a shape are left out.
_JOINERS: Final = frozenset("\u200c\u200d")
#: Most characters without a place to break a line. Only of scripts that part words: others break anywhere, or by words
#: that the library knows.
_UNBROKEN: Final = 40
_LONG: Final = re.compile(rf"[!-\u052f]{{{_UNBROKEN}}}(?=[!-\u052f])")
#: What a sign becomes that has no shape.
BRACKETED: Final = re.compile(r"\[U\+[0-9A-F]{4,6}\]")
_BREAKS_HERE: Final = "\u200b"


def legible(thing: Any) -> Any:
    """Return plain values with every text in them as paper can show it.

    A sign that no typeface of ours has becomes its number in brackets, such as ``[U+20BB7]``: a reader sees that
    something stands there, and can look it up. Signs that have no shape, such as those that turn the direction of
    writing, are left out: the library decides directions by the letters. Control characters become spaces.
    """
    match thing:
        case str():
            return _LONG.sub(rf"\g<0>{_BREAKS_HERE}", "".join(map(_sign, thing)))
        case Mapping():
            return {name: legible(value) for name, value in thing.items()}
        case Sequence():
            return [legible(each) for each in thing]
        case _:
            return thing


@cache
def _sign(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cc":
        return " "
    if sign in _JOINERS:
        return sign
    if category == "Cf" or _is_variation_selector(sign):
        return ""
    return sign if is_covered(ord(sign)) else f"[U+{ord(sign):04X}]"


def is_covered(code: int) -> bool:
    """Whether a typeface of ours has a sign of this number in Unicode."""
    starts, ends = _ranges()
    place = bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _ranges() -> tuple[tuple[int, ...], tuple[int, ...]]:
    pairs = [line.split("-") for line in COVERED.read_text(encoding="ascii").split()]
    return tuple(int(pair[0], 16) for pair in pairs), tuple(int(pair[-1], 16) for pair in pairs)


def _is_variation_selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
