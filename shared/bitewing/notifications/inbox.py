"""The portal inbox: what one person was told, the newest first, and what of it they have not read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """One thing that a person was told.

    Attributes:
        number: Counts up for each person, from 1.
        fact_name: Name of the event's class, or of the kind of reminder.
        subject: The field that names what it is about, such as ``case_id``.
        template: In which words; the entry is put into words when it is read, in the reader's language then.
        values: What the fields say, as :func:`bitewing.notifications.known.plain_values` writes them.
        care_team_id: Whose words count for it, where the fact names a care team.
    """

    reader_id: str
    number: int
    fact_id: str
    fact_name: str
    subject: str
    subject_id: str
    template: str
    values: Mapping[str, str]
    told_at: datetime
    is_read: bool = False
    care_team_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCounts:
    """How much is in an inbox.

    Attributes:
        last_number: Of the newest entry; 0 where there is none.
        read_until: All entries up to this number are read.
        unread: Entries that are not read.
        version: Counts up with each change.
    """

    reader_id: str
    last_number: int = 0
    read_until: int = 0
    unread: int = 0
    version: int = 0

    def with_one_more(self) -> "InboxCounts":
        """Return them with one more entry, which is unread."""
        return replace(self, last_number=self.last_number + 1, unread=self.unread + 1, version=self.version + 1)
