"""Writes which signs the typefaces of prescriptions have: ``shared/bitewing/rx/fonts/covered.txt``.

    python -m tools.glyphs

To be run when a typeface is added, left out or replaced; a test compares the file with the typefaces.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bitewing.rx.printing.legible import COVERED
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no types


def signs_of(folder: Path) -> set[int]:
    """Return the numbers in Unicode of all signs that typefaces of a folder have."""
    signs: set[int] = set()
    for path in folder.glob("*.ttf"):
        with TTFont(path, lazy=True) as font:
            signs.update(font.getBestCmap())
    return signs


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
    return "".join(f"{each}\n" for each in ranges(signs_of(folder)))


if __name__ == "__main__":
    COVERED.write_text(covered(COVERED.parent), encoding="ascii")
