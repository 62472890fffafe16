"""The bodies of the case reviews API."""

from datetime import datetime
from typing import Annotated

from bitewing.aws.bodies import LINES, Body, View
from bitewing.cases.bodies import ReturnView
from bitewing.cases.notes import Note
from bitewing.cases.status import Party
from pydantic import StringConstraints


class ReasonAnswerBody(Body):
    """What the practice did about a reason; may say nothing where the change speaks for itself."""

    says: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=LINES)] = ""


class NoteBody(Body):
    """A note."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000, pattern=LINES)]


class NoteView(View):
    """A note, with who wrote it and when."""

    note_id: str
    at: datetime
    by: Party
    user_id: str
    text: str

    @classmethod
    def of(cls, note: Note) -> "NoteView":
        """Return a note as the API shows it."""
        return cls(note_id=note.note_id, at=note.at, by=note.by, user_id=note.user_id, text=note.text)


class NotesView(View):
    """A page of a case's notes, the newest first."""

    notes: list[NoteView]
    next: str | None


class ReturnsView(View):
    """A page of the times that a case came back, the newest first."""

    returns: list[ReturnView]
    next: str | None
