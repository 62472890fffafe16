"""One file of a case and its life: announced, then clean or quarantined, or removed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bitewing.files.inspection import Inspection
from bitewing.files.kinds import FileKind
from bitewing.kernel.errors import UploadNotOpen

#: An upload that is not complete after this time is abandoned (cases.md).
UPLOAD_OPEN_FOR: Final = timedelta(hours=24)
#: Largest file, bytes (5 GiB, the most that one server-side copy moves).
MAX_SIZE_BYTES: Final = 5 * 1024**3
#: Most files of a case that were not removed. A full case has some twenty; more than this is a mistake of a
#: program.
MAX_FILES: Final = 500
#: Most files that are ever announced for a case: every read of it reads the records of those that are gone as well.
MAX_FILES_EVER: Final = 2_000
#: Most files whose place one takes at once: all is written in one transaction. Of a longer row of files that never
#: were good, those that are left stay listed as set aside.
MAX_REPLACED_AT_ONCE: Final = 20
#: Files above this size are sent in parts, bytes.
MAX_SINGLE_UPLOAD_BYTES: Final = 100 * 1024**2
#: Size of every part but the last, bytes; 80 parts make the largest file.
PART_SIZE_BYTES: Final = 64 * 1024**2


class FileState(StrEnum):
    """Where a file is in its life.

    ``ABANDONED`` is what a file that is stored as announced has become by the time alone. It is derived
    (:meth:`CaseFile.state_at`) and never stored.
    """

    ANNOUNCED = "announced"
    ABANDONED = "abandoned"
    INSPECTED = "inspected"
    CLEAN = "clean"
    QUARANTINED = "quarantined"
    REMOVED = "removed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A file that a practice announced for a case.

    Attributes:
        checksum: SHA-256 as storage itself states it: base64 of the digest, or for a file in parts base64 of
            the digest of the parts' digests, a dash and the number of parts.
        part_checksums: Base64 SHA-256 of each part; empty for a file sent in one request.
        upload_id: The multipart upload, while it is open.
        inspection: What the bytes are; ``None`` until they were looked at.
        quarantine_reason: Why the file was set aside, a sentence.
        location_removed: Whether a photo's position was taken out of the kept file.
        settled_at: When the file was kept, quarantined or removed. A replaced file keeps when it was kept.
        handed_over_in: Number of the last submission with which the lab got the file.
        replaces: The file in whose place this one is sent; it stays until this one is here and clean.
        replaced_by: The file that took its place.
    """

    file_id: str
    case_id: str
    practice_id: str
    kind: FileKind
    name: str
    size_bytes: int
    checksum: str
    announced_at: datetime
    announced_by: str
    state: FileState = FileState.ANNOUNCED
    version: int = 1
    part_checksums: tuple[str, ...] = ()
    upload_id: str | None = None
    inspection: Inspection | None = None
    quarantine_reason: str | None = None
    location_removed: bool = False
    settled_at: datetime | None = None
    handed_over_in: int | None = None
    replaces: str | None = None
    replaced_by: str | None = None

    @property
    def is_pending(self) -> bool:
        """Whether it is not known yet what the bytes are, or whether they come at all."""
        return self.state in (FileState.ANNOUNCED, FileState.INSPECTED)

    @property
    def is_clean(self) -> bool:
        """Whether the file is here and is what it claims to be."""
        return self.state is FileState.CLEAN

    @property
    def is_gone(self) -> bool:
        """Whether the file is no longer part of the packet: removed, or replaced by another. Its record stays."""
        return self.state in (FileState.REMOVED, FileState.REPLACED)

    @property
    def has_bytes(self) -> bool:
        """Whether the bytes were kept: of a file that is here, and of one that was before another took its place."""
        if self.state is FileState.REPLACED:
            return self.settled_at is not None and self.quarantine_reason is None
        return self.is_clean

    def is_abandoned(self, at: datetime) -> bool:
        """Whether the bytes can no longer come."""
        return self.state is FileState.ANNOUNCED and at - self.announced_at > UPLOAD_OPEN_FOR

    def state_at(self, at: datetime) -> FileState:
        """Return the state as it is at a moment: as stored, but for an upload that was abandoned."""
        return FileState.ABANDONED if self.is_abandoned(at) else self.state

    def inspected(self, inspection: Inspection) -> "CaseFile":
        """Return the file with what its bytes are; not yet kept or quarantined.

        Raises:
            UploadNotOpen: The file was already settled.
        """
        if not self.is_pending:
            raise UploadNotOpen(state=self.state)
        return replace(self, state=FileState.INSPECTED, inspection=inspection, version=self.version + 1)

    def kept(self, *, at: datetime, location_removed: bool) -> "CaseFile":
        """Return the file as clean.

        Raises:
            UploadNotOpen: The file was already settled.
        """
        if not self.is_pending:
            raise UploadNotOpen(state=self.state)
        return replace(
            self,
            state=FileState.CLEAN,
            settled_at=at,
            location_removed=location_removed,
            upload_id=None,
            version=self.version + 1,
        )

    def quarantined(self, reason: str, *, at: datetime) -> "CaseFile":
        """Return the file as set aside, with the reason.

        Raises:
            UploadNotOpen: The file was already settled.
        """
        if not self.is_pending:
            raise UploadNotOpen(state=self.state)
        return replace(
            self,
            state=FileState.QUARANTINED,
            settled_at=at,
            quarantine_reason=reason,
            upload_id=None,
            version=self.version + 1,
        )

    def as_sent_in(self, submission_number: int) -> "CaseFile":
        """Return the file as a lab goes on to read it that got it with the last sending, whatever became of it since.

        Args:
            submission_number: The last sending of the case.
        """
        if not self.is_gone or self.handed_over_in != submission_number:
            return self
        return replace(self, state=FileState.CLEAN, replaced_by=None)

    def removed(self, *, at: datetime) -> "CaseFile":
        """Return the file as taken out of the packet; its record stays.

        What was sent of an upload in parts stays until storage ends uploads that are open for a day.

        Raises:
            UploadNotOpen: The file was removed or replaced before.
        """
        if self.is_gone:
            raise UploadNotOpen(state=self.state)
        return replace(self, state=FileState.REMOVED, settled_at=at, version=self.version + 1)

    def replaced(self, by: str) -> "CaseFile":
        """Return the file as no longer part of the packet, because another took its place; its record stays.

        Args:
            by: The id of the other file.

        Raises:
            UploadNotOpen: The file was removed or replaced before.
        """
        if self.is_gone:
            raise UploadNotOpen(state=self.state)
        return replace(self, state=FileState.REPLACED, replaced_by=by, version=self.version + 1)
