"""The tooth chart of a prescription: which teeth are drawn, and what is done at each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bitewing.kernel import teeth
from bitewing.packet.packet import Arch, Item
from bitewing.requirements import selections as s
from bitewing.requirements.case_types import CaseType

_UPPER: Final = ("18", "17", "16", "15", "14", "13", "12", "11", "21", "22", "23", "24", "25", "26", "27", "28")
_LOWER: Final = ("48", "47", "46", "45", "44", "43", "42", "41", "31", "32", "33", "34", "35", "36", "37", "38")
_UPPER_PRIMARY: Final = ("55", "54", "53", "52", "51", "61", "62", "63", "64", "65")
_LOWER_PRIMARY: Final = ("85", "84", "83", "82", "81", "71", "72", "73", "74", "75")

#: Types whose teeth are where implants are, or will be.
_AT_IMPLANTS: Final = frozenset(
    {CaseType.IMPLANT_CROWN, CaseType.CUSTOM_ABUTMENT, CaseType.SURGICAL_GUIDE, CaseType.FULL_ARCH_IMPLANT}
)
#: Types whose teeth are those that are missing, and replaced.
_AT_GAPS: Final = frozenset({CaseType.PARTIAL_DENTURE})


class Mark(StrEnum):
    """What is done at a tooth; each has a letter and a pattern of its own, so that no color is needed."""

    WORK = "W"
    PONTIC = "P"
    IMPLANT = "I"


#: What a reader of the chart is told about each mark.
MARKS: Final = {Mark.WORK: "work on this tooth", Mark.PONTIC: "replaced tooth (pontic)", Mark.IMPLANT: "implant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tooth:
    """One tooth of the chart.

    Attributes:
        code: As the practice writes it.
        fdi: In FDI (ISO 3950).
        mark: What is done at it; ``None``: nothing.
        beside: What is done at a supernumerary tooth beside it.
    """

    code: str
    fdi: str
    mark: Mark | None = None
    beside: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Both jaws, each from the patient's right to the left.

    Attributes:
        upper_primary: Primary teeth, only where one of either jaw is prescribed; ``lower_primary`` likewise.
        arches: The jaws that are prescribed as a whole.
        marks: The marks on it, each with what it means.
    """

    upper: tuple[Tooth, ...]
    lower: tuple[Tooth, ...]
    upper_primary: tuple[Tooth, ...]
    lower_primary: tuple[Tooth, ...]
    arches: tuple[Arch, ...]
    marks: tuple[tuple[Mark, str], ...]


def chart_of(case_type: CaseType, items: Iterable[Item], notation: str) -> Chart:
    """Return the chart of a prescription.

    Args:
        case_type: The type of the case.
        items: Its pieces; codes that could not be read stand in no chart.
        notation: How the practice writes teeth, ``"fdi"`` or ``"universal"``.
    """
    items = tuple(items)
    marks: dict[str, Mark] = {}
    for item in items:
        for code, mark in _marks_of(case_type, item):
            # A crown on a post is one tooth with two pieces: the implant tells more than the work on it.
            marks[code] = mark if marks.get(code) in (None, Mark.WORK) else marks[code]

    def row(codes: Iterable[str]) -> tuple[Tooth, ...]:
        return tuple(
            Tooth(code=teeth.shown(code, notation), fdi=code, mark=marks.get(code), beside=marks.get(f"{code}S"))
            for code in codes
        )

    has_primary = any(code[0] in "5678" for code in marks)
    prescribed = {item.arch for item in items}
    return Chart(
        upper=row(_UPPER),
        lower=row(_LOWER),
        upper_primary=row(_UPPER_PRIMARY) if has_primary else (),
        lower_primary=row(_LOWER_PRIMARY) if has_primary else (),
        arches=tuple(arch for arch in Arch if arch in prescribed),
        marks=tuple((mark, says) for mark, says in MARKS.items() if mark in marks.values()),
    )


def _marks_of(case_type: CaseType, item: Item) -> Iterator[tuple[str, Mark]]:
    for code in (*item.teeth, *item.pontics):
        if code in teeth.FDI_CODES:
            yield code, Mark.PONTIC if code in item.pontics else _mark_of(case_type, item)


def _mark_of(case_type: CaseType, item: Item) -> Mark:
    if case_type in _AT_GAPS:
        return Mark.PONTIC
    on_implant = any(item.selections.get(name, "").strip() for name in s.IMPLANT_CASCADE)
    return Mark.IMPLANT if on_implant or case_type in _AT_IMPLANTS else Mark.WORK
