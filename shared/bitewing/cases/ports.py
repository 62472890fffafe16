"""What use cases ask of where cases are kept, and what it tells them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from bitewing.cases.activity import Activity
from bitewing.cases.as_sent import SentPacket
from bitewing.cases.case import Case
from bitewing.cases.listing import ListedCase, Listing
from bitewing.cases.returns import Return
from bitewing.cases.sessions import BookedSession
from bitewing.cases.status import Party
from bitewing.directory.organization import Notation
from bitewing.kernel.caller import Request
from bitewing.kernel.events import Event
from bitewing.kernel.pages import Page, Position
from bitewing.precheck.finding import Precheck

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile

#: How often a change is decided anew because files arrive at the same moment; of several writers who meet, one
#: is done each time.
TRIES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWithPrecheck:
    """A case, and what PreCheck says of it.

    Attributes:
        notation: How the practice of the case writes teeth; the case has them in FDI.
        is_prepared_by_reader: Whether who reads this prepares the case, and sends it.
        is_planned_by_reader: Whether who reads this books its planning sessions.
    """

    case: Case
    precheck: Precheck
    notation: Notation
    is_prepared_by_reader: bool = True
    is_planned_by_reader: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A changed case with what is told of the change; stored as one.

    Attributes:
        case: The case after the change, with the version that it gets.
        files_version: The version of the files on which the change was decided, where it depends on them.
        back: The return that the change makes or answers.
        original: The case that this one begins to replace, as it was read; it names its remakes.
        released: The planning session that the change gives up: its block is free again, and its record says so.
        held: The planning session that has taken place, as the change shows: its record says so, too.
        sent_packet: The packet as the lab goes on to read it: at the first change after a sending, and where the lab
            changes what it reads itself.
        versions: How many versions the case goes on: one for each of its moves, so that their order can be told.
        is_of_practice: Whether it is the practice's own change: that says when the case was modified last.
    """

    case: Case
    entries: Sequence[Activity]
    events: Sequence[Event]
    files_version: int | None = None
    back: Return | None = None
    original: Case | None = None
    released: BookedSession | None = None
    held: BookedSession | None = None
    sent_packet: SentPacket | None = None
    is_of_practice: bool = False
    versions: int = 1

    @property
    def read_version(self) -> int:
        """Return the version of the case that the change was decided on."""
        return self.case.version - self.versions


class Cases(Protocol):
    """Where cases are kept."""

    def answered(self, request: Request) -> CaseWithPrecheck | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def find(self, case_id: str) -> Case | None:
        """Return a case, in one request."""

    def find_all(self, case_ids: Iterable[str]) -> tuple[Case, ...]:
        """Return those of up to 100 cases that exist, in no order, in one request; they may lag a moment behind."""

    def with_files(self, case_id: str) -> "tuple[Case, tuple[CaseFile, ...]] | None":
        """Return a case and all its files, as they are now."""

    def sent_packet(self, case_id: str, submission_number: int) -> SentPacket | None:
        """Return what a case was sent with, where it was changed since, in one request."""

    def create(self, change: Change, *, request: Request, answer: CaseWithPrecheck) -> None:
        """Store a new case.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            CaseIdTaken: Another case has this id.
            OriginalChanged: The case that it replaces got another remake in the meantime.
        """

    def save(self, change: Change, *, request: Request | None = None, answer: CaseWithPrecheck | None = None) -> None:
        """Store a changed case, if it is still the one that was read.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StaleVersion: Someone else saved the case first.
            FilesChanged: Its files changed in the meantime.
            OriginalChanged: The case that it replaces got another remake in the meantime.
            RequestInProgress: Others kept writing the case at this moment.
        """

    def record_check(self, case: Case, *events: Event) -> bool:
        """Store what a PreCheck found, unless the case or its files changed since they were read.

        Returns:
            Whether it was stored.
        """

    def listed(
        self, reader: Party, organization_id: str, listing: Listing, *, limit: int, start: Position | None
    ) -> Page[ListedCase]:
        """Return one page of a party's cases; they may lag a moment behind.

        Args:
            reader: Whose list it is.
            organization_id: The practice or the lab.
            listing: Which cases, in which order.
            limit: How many are shown at most. Where some are left out, up to 400 are looked at, and the page may have
                fewer although there are more.
            start: Where the page before ended.

        Raises:
            InvalidCursor: The list cannot go on from there.
        """

    def archive(self, case: Case, *, party: Party, entry: Activity, event: Event) -> bool:
        """Store that a party took a case off its list or back on it, unless the case changed since it was read.

        Returns:
            Whether it was stored.
        """

    def of_patient(self, practice_id: str, patient_key: str) -> tuple[Case, ...]:
        """Return the newest cases of a patient of a practice, in one request; they may lag a moment behind."""

    def activity(self, case_id: str, *, limit: int, start: Position | None) -> Page[Activity]:
        """Return one page of a case's history, the newest entry first."""


class CaseIdTaken(Exception):
    """Another case of the same millisecond has this id."""


class FilesChanged(Exception):
    """Files of the case changed after they were read: what was decided about them is to be decided again."""


class OriginalChanged(Exception):
    """The case that is replaced got another remake after it was read: its remakes are to be read again."""


class StatusChanged(Exception):
    """The case moved after it was read: what depends on its status is to be decided again."""
