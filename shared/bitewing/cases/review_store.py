"""Returns and notes of cases, kept in the table beside their cases."""

from collections.abc import Callable
from datetime import datetime

from bitewing.aws import answers, keys
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import Condition, ConditionsFailed, Put, Table, Update, Write
from bitewing.cases.notes import Note
from bitewing.cases.ports import StatusChanged
from bitewing.cases.returns import Return
from bitewing.cases.review import NewNote
from bitewing.cases.status import Party
from bitewing.cases.store import modified, told
from bitewing.kernel.caller import AlreadyAnswered, Request
from bitewing.kernel.pages import Page, Position


class TableReviews:
    """Keeps the port :class:`bitewing.cases.review.Reviews` over the table."""

    def __init__(self, table: Table, *, now: Callable[[], datetime]) -> None:
        self._table, self._now = table, now

    def answered(self, request: Request) -> Note | None:
        """Return the note that this request added before."""
        return answers.recall(self._table, request, Note, at=self._now())

    def add_note(self, new: NewNote, *, request: Request) -> None:
        """Store a note; one by the practice counts as its change of the case, whose version stays."""
        note = new.note
        writes: list[Write] = [
            answers.remember(request, note, at=self._now()),
            Put(key=keys.note(note.case_id, note.note_id), values=record(note)),
            *told((new.entry,), (new.event,)),
        ]
        if note.by is Party.PRACTICE:
            writes.append(
                Update(
                    key=keys.case(note.case_id),
                    values=modified(note.case_id, note.at, status=new.status),
                    condition=Condition(expression="#status = :status", values={"status": new.status.value}),
                )
            )
        try:
            self._table.write(writes)
        except ConditionsFailed as error:
            raise (StatusChanged if error.stored[0] is None else AlreadyAnswered) from error

    def notes(self, case_id: str, *, limit: int, start: Position | None) -> Page[Note]:
        """Return one page of a case's notes, the newest first; one request."""
        page = self._table.query(
            keys.case_partition(case_id), prefix=keys.NOTE_PREFIX, limit=limit, start=start, is_backward=True
        )
        return Page(tuple(read_record(Note, item) for item in page.things), page.next)

    def returns(self, case_id: str, *, limit: int, start: Position | None) -> Page[Return]:
        """Return one page of the times that a case came back, the newest first; one request."""
        page = self._table.query(
            keys.case_partition(case_id), prefix=keys.RETURN_PREFIX, limit=limit, start=start, is_backward=True
        )
        return Page(tuple(read_record(Return, item) for item in page.things), page.next)
