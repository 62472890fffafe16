"""Calendar feeds: the Case Days of a clinician or a practice, for calendars that subscribe to a secret address."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

from bitewing.case_days.status import DayParty
from bitewing.kernel.ics import Calendar

#: Feeds in force of one clinician or practice: a telephone, a computer, and some for others of the practice.
MAX_FEEDS: Final = 10
#: How long days that are over stay in a feed.
DAYS_BACK: Final = timedelta(days=90)
#: Who has feeds.
_OWNERS: Final = frozenset({DayParty.CLINICIAN, DayParty.PRACTICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOwner:
    """Whose days a feed has.

    Attributes:
        party: ``clinician`` or ``practice``.
    """

    party: DayParty
    owner_id: str

    def __str__(self) -> str:
        """Return it as credentials say it: an id alone does not tell a clinician from a practice."""
        return f"{self.party}-{self.owner_id}"

    @classmethod
    def read(cls, text: str) -> "FeedOwner | None":
        """Return whom a credential names; ``None`` for what names nobody who has feeds."""
        party, _, owner_id = text.partition("-")
        return cls(party=DayParty(party), owner_id=owner_id) if party in _OWNERS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFeed:
    """A private calendar of a clinician or a practice.

    Attributes:
        name: What its owner calls it.
        secret_digest: What is kept of its secret.
        created_by: The person who asked for it.
        care_team_id: In which the clinician works; ``None`` for a practice's.
        content_digest: Of what it gave last; empty before it was first read.
        changed_at: When it first gave that; ``None`` before it was first read.
        last_used_on: The day (UTC) on which it was last read.
        revoked_at: From when on its address gives nothing.
    """

    feed_id: str
    party: DayParty
    owner_id: str
    name: str
    secret_digest: str = field(repr=False)
    created_at: datetime
    created_by: str
    care_team_id: str | None = None
    content_digest: str = ""
    changed_at: datetime | None = None
    last_used_on: date | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    @property
    def owner(self) -> FeedOwner:
        """Return whose days it has."""
        return FeedOwner(party=self.party, owner_id=self.owner_id)

    @property
    def is_revoked(self) -> bool:
        """Whether its address gives nothing any more."""
        return self.revoked_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedContent:
    """What a feed gives.

    Attributes:
        digest: Of the calendar, hexadecimal.
        changed_at: Since when it gives this.
    """

    calendar: Calendar
    digest: str
    changed_at: datetime

    @property
    def etag(self) -> str:
        """Return the strong entity tag of this content (RFC 9110)."""
        return f'"{self.digest}"'

    @property
    def last_modified(self) -> str:
        """Return when it changed, as a header says it: in whole seconds."""
        return format_datetime(self.changed_at.astimezone(UTC).replace(microsecond=0), usegmt=True)

    def is_known(self, *, if_none_match: str | None, if_modified_since: str | None) -> bool:
        """Whether who asks has this content already (RFC 9110, 13.2.2): entity tags count before moments.

        Args:
            if_none_match: The header, where it was sent.
            if_modified_since: The header, where it was sent; one that cannot be read is as good as none.
        """
        if if_none_match is not None:
            tags = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
            return not tags.isdisjoint({"*", self.etag})
        if if_modified_since is None:
            return False
        try:
            since = parsedate_to_datetime(if_modified_since)
        except ValueError:
            return False
        # A moment without a zone is none that HTTP knows.
        return since.tzinfo is not None and self.changed_at.replace(microsecond=0) <= since
