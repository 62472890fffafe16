"""The versions of a case's prescription: which there are, and who may have them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bitewing.cases.case import Case
from bitewing.cases.status import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A prescription on paper.

    Attributes:
        content: A PDF.
        pages: How many, 1 or more.
        sha256: Of the content, in hexadecimal.
    """

    content: bytes
    pages: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rx:
    """One version of the prescription of a case; it is never changed and never removed.

    Attributes:
        number: 1 for the first, counting up.
        submission_number: The sending that it belongs to; each that reached the lab has one.
        sha256: Of the PDF, in hexadecimal; it also says where the PDF is kept.
    """

    case_id: str
    lab_id: str
    number: int
    submission_number: int
    made_at: datetime
    size_bytes: int
    sha256: str
    pages: int


def seen_by(party: Party, case: Case, versions: Iterable[Rx]) -> tuple[Rx, ...]:
    """Return the versions that a party may have: the practice all, the lab those of sendings that reached it."""
    if party is Party.PRACTICE:
        return tuple(versions)
    if case.first_received is None:
        return ()
    underway = case.submission.number if case.submission and case.is_on_its_way else None
    return tuple(rx for rx in versions if rx.submission_number != underway)
