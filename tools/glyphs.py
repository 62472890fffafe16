"""Writes which signs the typefaces of prescriptions have: ``shared/bitewing/rx/fonts/covered.txt``.

    python -m tools.glyphs

To be run when a typeface is added, left out or replaced; a test compares the file with the typefaces. Each line is a
typeface and ranges of its signs in Unicode, in hexadecimal.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import wrap

from bitewing.rx.printing.legible import COVERED
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no types

_WIDTH = 100


def signs_of(path: Path) -> set[int]:
    """Return the numbers in Unicode of the signs that a typeface has."""
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def ranges(codes: Iterable[int]) -> Iterator[str]:
    """Yield numbers as ranges in hexadecimal, ascending: "20-7E", "A0"."""
    first = last = -1
    for code in (*sorted(codes), -1):
        if first >= 0 and code != last + 1:
            yield f"{first:X}" if first == last else f"{first:X}-{last:X}"
            first = code
        first = code if first < 0 else first
        last = code


def covered(folder: Path) -> str:
    """Return the text of the file."""
    return "".join(
        f"{path.stem} {line}\n"
        for path in sorted(folder.glob("*.ttf"))
        for line in wrap(" ".join(ranges(signs_of(path))), _WIDTH, break_on_hyphens=False)
    )


if __name__ == "__main__":
    COVERED.write_text(covered(COVERED.parent), encoding="ascii")
