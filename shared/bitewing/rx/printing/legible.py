"""Texts as paper can show them: every sign has a shape in a typeface of ours, or says that it has none."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from bitewing.rx import fonts

#: The signs that each typeface has, as ranges; written by ``tools/glyphs.py``.
COVERED: Final = Path(fonts.__file__).parent / "covered.txt"
#: Join and part letters in the scripts that need it; all other signs without a shape are left out.
_JOINERS: Final = frozenset("\u200c\u200d")
#: Kinds of signs that stand on the one before them: their shape is in the same typeface, or they cannot be drawn.
_MARKS: Final = frozenset({"Mn", "Mc", "Me"})
#: Signs that no two typefaces mean the same by.
_PRIVATE: Final = "Co"
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
    something stands there, and can look it up. So does a mark that no typeface can set on the letter before it. Signs
    that have no shape, such as those that turn the direction of writing, are left out: the library decides directions
    by the letters. Control characters become spaces.
    """
    match thing:
        case str():
            return _LONG.sub(rf"\g<0>{_BREAKS_HERE}", "".join(_signs(thing)))
        case Mapping():
            return {name: legible(value) for name, value in thing.items()}
        case Sequence():
            return [legible(each) for each in thing]
        case _:
            return thing


def is_covered(code: int) -> bool:
    """Whether a typeface of ours has a sign of this number in Unicode."""
    return bool(_faces_of(chr(code)))


def _signs(text: str) -> Iterator[str]:
    """Yield each sign as it can be drawn; ``faces`` are the typefaces that have the letter and all its marks so far."""
    faces: frozenset[str] = frozenset()
    for sign in text:
        category = unicodedata.category(sign)
        if category == "Cc":
            faces = _faces_of(" ")
            yield " "
        elif sign in _JOINERS:
            yield sign
        elif category == "Cf" or _is_variation_selector(sign):
            continue
        elif category in _MARKS and faces & _faces_of(sign):
            faces &= _faces_of(sign)
            yield sign
        elif category not in _MARKS and _faces_of(sign):
            faces = _faces_of(sign)
            yield sign
        else:
            faces = _faces_of("]")
            yield f"[U+{ord(sign):04X}]"


@cache
def _faces_of(sign: str) -> frozenset[str]:
    if unicodedata.category(sign) == _PRIVATE:
        return frozenset()
    return frozenset(face for face, signs in _coverage().items() if _has(signs, ord(sign)))


def _has(signs: tuple[tuple[int, ...], tuple[int, ...]], code: int) -> bool:
    starts, ends = signs
    place = bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _coverage() -> Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    lines = (line.split() for line in COVERED.read_text(encoding="ascii").splitlines())
    found = {}
    for face, group in groupby(lines, key=lambda line: line[0]):
        pairs = [each.split("-") for line in group for each in line[1:]]
        found[face] = tuple(int(pair[0], 16) for pair in pairs), tuple(int(pair[-1], 16) for pair in pairs)
    return found


def _is_variation_selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
