"""Tooth codes: FDI (ISO 3950) inside, Universal or FDI outside.

A bare number does not say its system: ``"11"`` is an upper incisor in FDI and an upper canine in Universal.
Codes are therefore read with the notation of the practice, once, on their way in.

ISO 3950 has no number for a supernumerary tooth. It is kept as the code of the tooth that it stands beside
with an ``S``: Universal 51 (beside 1) is ``"18S"``, Universal AS is ``"55S"``.
"""

from collections.abc import Iterable
from typing import Final

#: Marks a code that could not be read, so that Universal "45", which does not exist, never passes for FDI 45.
UNREAD_MARK: Final = "?"

_PERMANENT: Final = tuple(f"{quadrant}{number}" for quadrant in (1, 2, 3, 4) for number in range(1, 9))
_PRIMARY: Final = tuple(f"{quadrant}{number}" for quadrant in (5, 6, 7, 8) for number in range(1, 6))
_SUPERNUMERARY: Final = tuple(f"{code}S" for code in (*_PERMANENT, *_PRIMARY))

#: Every code that a packet can hold.
FDI_CODES: Final = frozenset((*_PERMANENT, *_PRIMARY, *_SUPERNUMERARY))
#: Canine to canine, upper and lower.
FRONT_TEETH: Final = frozenset(f"{quadrant}{number}" for quadrant in (1, 2, 3, 4) for number in (1, 2, 3))


def _universal_codes() -> dict[str, str]:
    """Return Universal to FDI: 1 to 32 clockwise from the upper right, A to T, and those beside them."""
    quadrants = ((1, range(8, 0, -1)), (2, range(1, 9)), (3, range(8, 0, -1)), (4, range(1, 9)))
    permanent = [f"{quadrant}{number}" for quadrant, numbers in quadrants for number in numbers]
    quadrants = ((5, range(5, 0, -1)), (6, range(1, 6)), (7, range(5, 0, -1)), (8, range(1, 6)))
    primary = [f"{quadrant}{number}" for quadrant, numbers in quadrants for number in numbers]
    codes = {str(number): fdi for number, fdi in enumerate(permanent, start=1)}
    codes |= {str(number): f"{fdi}S" for number, fdi in enumerate(permanent, start=51)}
    codes |= dict(zip("ABCDEFGHIJKLMNOPQRST", primary, strict=True))
    codes |= {f"{letter}S": f"{fdi}S" for letter, fdi in zip("ABCDEFGHIJKLMNOPQRST", primary, strict=True)}
    return codes


_UNIVERSAL_TO_FDI: Final = _universal_codes()
#: Permanent and primary teeth, from the upper right round to the lower right.
_AROUND: Final = (
    tuple(_UNIVERSAL_TO_FDI[str(number)] for number in range(1, 33)),
    tuple(_UNIVERSAL_TO_FDI[letter] for letter in "ABCDEFGHIJKLMNOPQRST"),
)
_FDI_TO_UNIVERSAL: Final = {fdi: universal for universal, fdi in _UNIVERSAL_TO_FDI.items()}


class NoSuchTooth(ValueError):
    """The code names no tooth in its notation."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__("The code names no tooth in its notation.")


def from_universal(code: str) -> str:
    """Return the FDI code of a Universal code; case, spaces around it and leading zeros do not matter.

    Raises:
        NoSuchTooth: The code is not 1-32, 51-82, A-T or AS-TS.
    """
    fdi = _UNIVERSAL_TO_FDI.get(_plain(code))
    if fdi is None:
        raise NoSuchTooth(code)
    return fdi


def from_fdi(code: str) -> str:
    """Return the FDI code as it is stored; case and spaces around it do not matter.

    Raises:
        NoSuchTooth: The code is not 11-48 or 51-85, with or without an ``S``.
    """
    fdi = _plain(code)
    if fdi not in FDI_CODES:
        raise NoSuchTooth(code)
    return fdi


def to_fdi(code: str, notation: str) -> str:
    """Return the FDI code of a code in a notation, ``"fdi"`` or ``"universal"``.

    Raises:
        NoSuchTooth: The code names no tooth in this notation.
    """
    return from_fdi(code) if notation == "fdi" else from_universal(code)


def to_universal(fdi: str) -> str:
    """Return the Universal code of an FDI code.

    Raises:
        NoSuchTooth: It is not an FDI code.
    """
    universal = _FDI_TO_UNIVERSAL.get(fdi)
    if universal is None:
        raise NoSuchTooth(fdi)
    return universal


def stored(code: str, notation: str) -> str:
    """Return what a packet keeps for a code: the FDI code, or the code itself marked as unread."""
    try:
        return to_fdi(code, notation)
    except NoSuchTooth:
        return f"{UNREAD_MARK}{code}"


def stored_unmarked(code: str) -> str:
    """Return what a packet keeps for a code without a notation: the FDI code where only one notation has it.

    ``"46"`` is in FDI alone and ``"C"`` in Universal alone; ``"14"`` is a tooth in both, and is kept as unread.
    """
    read = {stored(code, notation) for notation in ("fdi", "universal")} & FDI_CODES
    return read.pop() if len(read) == 1 and not is_ambiguous(code) else f"{UNREAD_MARK}{code}"


def is_ambiguous(code: str) -> bool:
    """Whether a code, as somebody wrote it, names a tooth in both notations."""
    return _plain(code) in FDI_CODES and _plain(code) in _UNIVERSAL_TO_FDI


def shown_unmarked(code: str) -> str:
    """Return a stored code so that :func:`stored_unmarked` reads it back, where there is such a form."""
    if code not in FDI_CODES or not is_ambiguous(code):
        return shown(code, "fdi")
    return to_universal(code)


def shown(code: str, notation: str) -> str:
    """Return a stored code as a reader with this notation writes it; what was unread as it was written."""
    if code not in FDI_CODES:
        return code.removeprefix(UNREAD_MARK)
    return code if notation == "fdi" else to_universal(code)


def notation_to_show(codes: Iterable[str], notation: str) -> str | None:
    """Return the notation in which stored codes of one item can be shown, and sent back as they are.

    It is the reader's, ``"fdi"`` or ``"universal"``, unless a code that could not be read names a tooth in it:
    "20" was written where it names none, in FDI, and is not to come back as a Universal 20. It is ``None`` where a
    code names a tooth in both: it was written without a notation, and is shown without one.
    """
    unread = [shown(code, notation) for code in codes if code not in FDI_CODES]
    if any(is_ambiguous(code) for code in unread):
        return None
    if all(stored(code, notation) not in FDI_CODES for code in unread):
        return notation
    return "universal" if notation == "fdi" else "fdi"


def is_upper(fdi: str) -> bool:
    """Whether a tooth is in the upper jaw: quadrants 1, 2, 5 and 6."""
    return fdi[0] in "1256"


def are_in_one_arch(teeth: Iterable[str]) -> bool:
    """Whether all FDI codes are of one jaw; true of none."""
    return len({is_upper(fdi) for fdi in teeth}) <= 1


def are_contiguous(teeth: Iterable[str]) -> bool:
    """Whether the FDI codes cover a span of one jaw without a gap; true of none.

    A primary tooth stands where its successor stands, a supernumerary one where its neighbor stands.
    """
    codes = tuple(teeth)
    if not are_in_one_arch(codes):
        return False
    positions = sorted({_position(fdi) for fdi in codes})
    return not positions or positions[-1] - positions[0] == len(positions) - 1


def span(one: str, other: str) -> tuple[str, ...]:
    """Return the FDI codes from one tooth to another, both included, in the order of the Universal numbers.

    That is along an arch, and from the upper left round to the lower left. Between a permanent and a primary tooth
    stands none that could be told, and beside a supernumerary one neither: the two are returned alone.
    """
    for teeth in _AROUND:
        if one in teeth and other in teeth:
            first, last = sorted((teeth.index(one), teeth.index(other)))
            return teeth[first : last + 1]
    return one, other


def _position(fdi: str) -> int:
    """Return the place in the jaw from the patient's right to the left, the first left incisor being 0."""
    number = int(fdi[1])
    return -number if fdi[0] in "1458" else number - 1


def _plain(code: str) -> str:
    return code.strip().upper().lstrip("0")
