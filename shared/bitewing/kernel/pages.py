"""Pages of lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

#: Where a page ended, as its store needs it. It carries ids, statuses and dates, nothing of a patient.
Position = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some things of a list, and where it goes on.

    Attributes:
        next: Where the next page starts, or ``None`` after the last one.
    """

    things: tuple[T, ...]
    next: Position | None
