"""Lists of cases: what a row shows, in which orders rows can stand, and which are left out.

Each order is text, so that a list is one query over an index of its own. Ties are in the order of case ids, which is
that of creation. What a case does not have, a due date or a name, comes after what others have.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bitewing.cases.attention import NO_DUE_DATE, attention_key, beginning_of
from bitewing.cases.case import Case
from bitewing.cases.due_dates import ShipWindow
from bitewing.cases.status import COLORS, Color, Party, Status, WaitsFor, waits_for
from bitewing.kernel.errors import FieldError, InvalidInput
from bitewing.kernel.ids import read_id
from bitewing.kernel.names import APOSTROPHES, LETTERS
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType

#: How many rows are looked at for one page where some are left out: some 30 units of reading.
MAX_LOOKED_AT: Final = 400
#: More words are no name.
MAX_WORDS: Final = 8
#: Characters of a folded name that order a list; with four bytes each they stay below the 1,024 of a sort key.
_NAME_LENGTH: Final = 200
#: Comes before every character of a folded name, so that "ann" stands before "ann lee".
_END_OF_NAME: Final = "\t"


class Sort(StrEnum):
    """What a list can be sorted by."""

    ATTENTION = "attention"
    CASE_ID = "case_id"
    PATIENT = "patient"
    TYPE = "type"
    STATUS = "status"
    DUE = "due"
    MODIFIED = "modified"
    WAITING = "waiting"
    ARCHIVED = "archived"


class Direction(StrEnum):
    """Which end of a list comes first."""

    ASC = "asc"
    DESC = "desc"


class Archived(StrEnum):
    """What a list can be asked for beside the cases that are on it."""

    ONLY = "only"


class ListOrder(StrEnum):
    """The orders that are kept; what a list is sorted by is one of them."""

    ATTENTION = "attention"
    CASE_ID = "case_id"
    PATIENT_NAME = "patient_name"
    TYPE = "type"
    DUE = "due"
    MODIFIED = "modified"
    WAITING = "waiting"


#: The progress of a case is the order of attention: a status stands where it stands there. What is archived stands
#: apart, each in the order of ids.
ORDER_OF: Final[Mapping[Sort, ListOrder]] = {
    Sort.ATTENTION: ListOrder.ATTENTION,
    Sort.CASE_ID: ListOrder.CASE_ID,
    Sort.PATIENT: ListOrder.PATIENT_NAME,
    Sort.TYPE: ListOrder.TYPE,
    Sort.STATUS: ListOrder.ATTENTION,
    Sort.DUE: ListOrder.DUE,
    Sort.MODIFIED: ListOrder.MODIFIED,
    Sort.WAITING: ListOrder.WAITING,
    Sort.ARCHIVED: ListOrder.CASE_ID,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCase:
    """A case as a list shows it.

    Attributes:
        waits_since: When the status was reached.
        session_at: When its planning session starts, while it has one.
        archived_by_practice_at: When its practice took it off its list; ``None`` while it is on it.
        archived_by_lab_at: The same for the list of its lab.
    """

    case_id: str
    practice_id: str
    lab_id: str
    dentist_id: str
    case_type: CaseType
    patient_name: str
    status: Status
    started_by: Party
    created_at: datetime
    waits_since: datetime
    due_on: date | None
    ship_window: ShipWindow | None
    session_at: datetime | None
    last_modified_at: datetime
    is_planned_by_lab: bool = False
    precheck_outcome: Outcome | None = None
    archived_by_practice_at: datetime | None = None
    archived_by_lab_at: datetime | None = None

    @property
    def color(self) -> Color:
        """Return whose move it is, as a color."""
        return COLORS[self.status]

    @property
    def waits_for(self) -> WaitsFor:
        """Return whom the case waits for: a draft for whoever started it, its planning for whoever books that."""
        return waits_for(self.status, started_by=self.started_by, is_planned_by_lab=self.is_planned_by_lab)

    def archived_at(self, reader: Party) -> datetime | None:
        """Return when a party took the case off its list; ``None`` while it is on it."""
        return self.archived_by_practice_at if reader is Party.PRACTICE else self.archived_by_lab_at

    def told_to(self, reader: Party) -> "ListedCase":
        """Return the row as a party may read it: a lab without what PreCheck finds, which is the practice's."""
        return self if reader is Party.PRACTICE else replace(self, precheck_outcome=None)


def row_of(case: Case) -> ListedCase:
    """Return what lists show of a case."""
    return ListedCase(
        case_id=case.case_id,
        practice_id=case.practice_id,
        lab_id=case.lab_id,
        dentist_id=case.dentist_id,
        case_type=case.case_type,
        patient_name=case.packet.patient.name,
        status=case.status,
        started_by=case.started_by,
        is_planned_by_lab=case.is_planned_by_lab,
        created_at=case.created_at,
        waits_since=case.moved_at,
        due_on=case.due_on,
        ship_window=case.ship_window,
        session_at=case.session.starts_at if case.session else None,
        last_modified_at=case.last_modified_at,
        precheck_outcome=case.precheck_outcome,
        archived_by_practice_at=case.archived_by_practice_at,
        archived_by_lab_at=case.archived_by_lab_at,
    )


def folded(text: str) -> str:
    """Return text as it is sorted and searched: small, without accents, its words a space apart.

    Of any script: what is written above, below or around a letter stays where it makes another letter of it, as the
    vowels of Devanagari and Thai do.
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS)).casefold()
    kept = (
        character if character.isalnum() or unicodedata.category(character).startswith("M") else " "
        for character in plain
        if not unicodedata.combining(character) and character not in APOSTROPHES
    )
    return " ".join("".join(kept).split())


def search_text_of(row: ListedCase) -> str:
    """Return in what a text is looked for: each word that it can begin, after a space."""
    return f" {folded(row.patient_name)} {row.case_id.lower()}"


def sort_key(row: ListedCase, order: ListOrder, reader: Party) -> str:
    """Return text that sorts a row among the others of its reader."""
    return _KEYS[order](row, reader)


def _key_of_name(row: ListedCase, _reader: Party) -> str:
    name = folded(row.patient_name)[:_NAME_LENGTH]
    return f"{0 if name else 1}{name}{_END_OF_NAME}{row.case_id}"


#: By order: the text that a row is sorted by, for a reader.
_KEYS: Final[Mapping[ListOrder, Callable[[ListedCase, Party], str]]] = {
    ListOrder.ATTENTION: lambda row, reader: attention_key(reader, row.status, due_on=row.due_on, case_id=row.case_id),
    ListOrder.CASE_ID: lambda row, _: row.case_id,
    ListOrder.PATIENT_NAME: _key_of_name,
    ListOrder.TYPE: lambda row, _: f"{row.case_type}#{row.case_id}",
    ListOrder.DUE: lambda row, _: f"{row.due_on or NO_DUE_DATE}#{row.case_id}",
    ListOrder.MODIFIED: lambda row, _: modified_key(row.last_modified_at, row.case_id),
    ListOrder.WAITING: lambda row, _: modified_key(row.waits_since, row.case_id),
}


def modified_key(at: datetime, case_id: str) -> str:
    """Return text that sorts a case by a moment; all have as many digits, for text is compared digit by digit."""
    return f"{at.isoformat(timespec='microseconds')}#{case_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedWord:
    """What one word of a search can be: the beginning of a word of a name, or of an id.

    Attributes:
        begins: Beginnings of words of the name; all must be there.
        begins_id: The beginning of the id, as a person who reads O for 0 types it.
    """

    begins: tuple[str, ...]
    begins_id: str

    def is_in(self, text: str) -> bool:
        """Whether the search text of a row has it."""
        return f" {self.begins_id}" in text or all(f" {word}" in text for word in self.begins)


def searched_words(text: str) -> tuple[SearchedWord, ...]:
    """Return what is looked for.

    Raises:
        InvalidInput: There is nothing to look for in it, or too much.
    """
    found = [(tuple(folded(word).split()), read_id(word).lower()) for word in text.split()]
    words = tuple(SearchedWord(begins=begins, begins_id=begins_id) for begins, begins_id in found if begins)
    if not words:
        raise InvalidInput(FieldError("text", "This must have a letter or a digit."))
    if sum(len(word.begins) for word in words) > MAX_WORDS:
        raise InvalidInput(FieldError("text", f"This must have {MAX_WORDS} words or fewer."))
    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which cases are listed, and in which order.

    Attributes:
        waits_for: Only cases that wait for this one; in the order of waiting always one.
        is_archived: Only what the reader archived; else only what they did not. In the order of archiving both.
        statuses: Only cases in one of these, unless empty; the same with colors and types.
        partner_id: Only cases of this lab, for a practice; of this practice, for a lab.
        words: Only cases that have each of these in their patient's name or their id.
    """

    sort: Sort = Sort.ATTENTION
    direction: Direction = Direction.ASC
    waits_for: WaitsFor | None = None
    is_archived: bool = False
    statuses: frozenset[Status] = frozenset()
    colors: frozenset[Color] = frozenset()
    case_types: frozenset[CaseType] = frozenset()
    dentist_id: str | None = None
    partner_id: str | None = None
    words: tuple[SearchedWord, ...] = ()

    @property
    def order(self) -> ListOrder:
        """Return the order in which the list is kept."""
        return ORDER_OF[self.sort]

    @property
    def is_backward(self) -> bool:
        """Whether the last comes first."""
        return self.direction is Direction.DESC

    @property
    def wanted_statuses(self) -> frozenset[Status]:
        """Return the statuses that are listed; all of them where neither statuses nor colors are asked for."""
        return frozenset(
            status
            for status in Status
            if (not self.statuses or status in self.statuses) and (not self.colors or COLORS[status] in self.colors)
        )

    @property
    def waits_for_in_row(self) -> WaitsFor | None:
        """Return whom a row must wait for, where the order does not say it."""
        return None if self.order is ListOrder.WAITING else self.waits_for

    @property
    def parts(self) -> tuple[bool, ...]:
        """Return the parts of the list, one after the other: whether what is archived is in it."""
        if self.is_archived:
            return (True,)
        if self.sort is Sort.ARCHIVED:
            return (True, False) if self.is_backward else (False, True)
        return (False,)

    def beginning(self, reader: Party) -> str:
        """Return what the keys of all that is listed begin with: in the order of attention, one status or color."""
        return beginning_of(reader, self.wanted_statuses) if self.order is ListOrder.ATTENTION else ""

    @property
    def is_narrow(self) -> bool:
        """Whether rows are left out, so that more are looked at than shown."""
        asks_for_status = len(self.wanted_statuses) < len(Status) and not self.beginning(Party.PRACTICE)
        of_one = (self.dentist_id, self.partner_id, self.waits_for_in_row)
        return asks_for_status or bool(self.case_types or self.words) or any(each is not None for each in of_one)

    def looks_at(self, limit: int) -> int:
        """Return how many rows are looked at for a page that shows so many at most."""
        return MAX_LOOKED_AT if self.is_narrow else limit

    def keeps(self, row: ListedCase, reader: Party) -> bool:
        """Whether a row is shown."""
        partner_id = row.lab_id if reader is Party.PRACTICE else row.practice_id
        search_text = search_text_of(row)
        return (
            row.status in self.wanted_statuses
            and (not self.case_types or row.case_type in self.case_types)
            and self.dentist_id in (None, row.dentist_id)
            and self.partner_id in (None, partner_id)
            and self.waits_for_in_row in (None, row.waits_for)
            and all(word.is_in(search_text) for word in self.words)
        )


def partner_in(reader: Party, *, lab_id: str | None, practice_id: str | None) -> str | None:
    """Return whose cases of the other side are asked for.

    Raises:
        InvalidInput: The reader asks for those of its own side, of which it only sees its own.
    """
    of_lab, of_practice = lab_id is not None, practice_id is not None
    if reader is Party.PRACTICE and of_practice:
        raise InvalidInput(FieldError("practice_id", "A practice lists its own cases: ask for those of a lab."))
    if reader is Party.LAB and of_lab:
        raise InvalidInput(FieldError("lab_id", "A lab lists its own cases: ask for those of a practice."))
    return lab_id if of_lab else practice_id
