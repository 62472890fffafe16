"""The bodies of the case reviews API."""

from datetime import date, datetime
from typing import Annotated

from bitewing.aws.bodies import LINES, Body, Code, View
from bitewing.cases.bodies import ReturnView
from bitewing.cases.case import Case
from bitewing.cases.notes import Note
from bitewing.cases.reasons import Reason
from bitewing.cases.review import NewReason
from bitewing.cases.status import SHOWN_AS, Color, Party, Status, WaitsFor
from bitewing.files.kinds import FileKind
from bitewing.kernel.ids import read_id
from pydantic import Field, StringConstraints

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=LINES)]


class ReasonBody(Body):
    """One reason for which a case comes back."""

    code: Reason
    says: Annotated[Sentence, Field(description="What is wrong, in one sentence.")]
    rule_id: Annotated[Code | None, Field(description="The PreCheck rule that it is about.")] = None
    file_id: Annotated[Code | None, Field(description="The file that it is about, one that the lab got.")] = None

    def read(self) -> NewReason:
        """Return the reason."""
        return NewReason(
            code=self.code,
            says=self.says,
            rule_id=self.rule_id,
            file_id=read_id(self.file_id) if self.file_id else None,
        )


class TransitionBody(Body):
    """Where a case goes, and why."""

    to: Status
    reasons: list[ReasonBody] = Field([], max_length=20, description="Why the case comes back; at least one.")


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


class ArrivalView(View):
    """What was sent another way than as an upload, and when the lab marked it as arrived."""

    kind: FileKind
    arrived_at: datetime | None


class CaseStandView(View):
    """Where a case stands after what was said of it; the whole of it is read at the case itself."""

    case_id: str
    version: int
    status: Status
    shown_as: str
    color: Color
    waits_for: WaitsFor
    waits_since: datetime
    due_on: date | None
    last_return: ReturnView | None
    arrivals: list[ArrivalView]

    @classmethod
    def of(cls, case: Case) -> "CaseStandView":
        """Return where a case stands."""
        return cls(
            case_id=case.case_id,
            version=case.version,
            status=case.status,
            shown_as=SHOWN_AS[case.status],
            color=case.color,
            waits_for=case.waits_for,
            waits_since=case.moved_at,
            due_on=case.due_on,
            last_return=ReturnView.of(case.last_return) if case.last_return else None,
            arrivals=[ArrivalView(kind=sent.kind, arrived_at=sent.arrived_at) for sent in case.packet.sent_otherwise],
        )
