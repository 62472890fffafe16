"""A note on a case: what one side wants the other to know. Notes are only ever added."""

from dataclasses import dataclass, field
from datetime import datetime

from bitewing.cases.status import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note.

    Attributes:
        note_id: Ascending with time.
        by: The party on whose side it was written.
        user_id: The person.
    """

    note_id: str
    case_id: str
    at: datetime
    by: Party
    user_id: str
    text: str = field(repr=False)
