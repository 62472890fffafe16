"""What people and workflows do with files: announce, complete, fetch, replace, remove, inspect, settle."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from bitewing.cases.access import (
    contact_of,
    ensure_own,
    ensure_packet_is_open,
    ensure_prepares,
    ensure_visible,
    is_prepared_by_lab,
    party_of,
)
from bitewing.cases.activity import Activity, Deed, entry_of
from bitewing.cases.as_sent import SentPacket, files_as_sent, left_behind
from bitewing.cases.case import Case
from bitewing.cases.ports import TRIES
from bitewing.cases.status import Party
from bitewing.directory.service import Circumstances
from bitewing.files.case_file import (
    MAX_FILES,
    MAX_FILES_EVER,
    MAX_REPLACED_AT_ONCE,
    MAX_SINGLE_UPLOAD_BYTES,
    MAX_SIZE_BYTES,
    PART_SIZE_BYTES,
    CaseFile,
    FileState,
)
from bitewing.files.events import FileAnnounced, FileKept, FileQuarantined, FileRemoved, FileReplaced
from bitewing.files.inspection import FileFormat, Inspection
from bitewing.files.kinds import FileKind
from bitewing.files.verdict import QuarantineReason, Verdict, judge, sentence
from bitewing.kernel.caller import AlreadyAnswered, Caller, Request
from bitewing.kernel.errors import (
    FieldError,
    FileNotReady,
    InvalidInput,
    RequestInProgress,
    StaleVersion,
    TooManyFiles,
    Unknown,
    UploadNotOpen,
)
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.precheck.service import PrecheckService


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that a practice is about to send.

    Attributes:
        sha256: Base64 SHA-256 of the whole file, for a file sent in one request.
        part_sha256: Base64 SHA-256 of each part, for a file sent in parts.
        replaces: The file whose place it takes once it is here and clean.
    """

    kind: FileKind
    name: str
    size_bytes: int
    sha256: str | None
    part_sha256: tuple[str, ...]
    replaces: str | None = None

    @property
    def is_in_parts(self) -> bool:
        """Whether the file is too large for one request."""
        return self.size_bytes > MAX_SINGLE_UPLOAD_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """A request that whoever has it can send to storage, until it expires.

    Attributes:
        headers: Headers that must be sent exactly so; they are part of the signature.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPart:
    """The request that sends one part of a large file."""

    part_number: int
    size_bytes: int
    request: SignedRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """An announced file, and how its bytes are sent; neither request nor parts where they are here already."""

    file: CaseFile
    request: SignedRequest | None = None
    parts: tuple[SignedPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What storage says of the bytes that arrived."""

    size_bytes: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A changed file with what is told of it; stored as one.

    Attributes:
        file: The file after the change, with the version that it gets.
        replaced: The files whose place it takes with this change, as they are afterwards.
        further_entries: What else is told beside ``entry``.
        decided_on: For a change by the practice, or by a lab in its place, its case as it was read: neither it nor
            its files may have changed since. ``None`` for what the system does, which no change of the case prevents.
        checked: The case with what PreCheck says after this change, where it was checked.
        sent_packet: The packet as its lab goes on to read it, at the first change after a sending.
    """

    file: CaseFile
    entry: Activity
    events: Sequence[Event]
    at: datetime
    decided_on: Case | None = None
    checked: Case | None = None
    sent_packet: SentPacket | None = None
    replaced: Sequence[CaseFile] = ()
    further_entries: Sequence[Activity] = ()


class CaseMovedOn(Exception):
    """The case or its files changed after they were read: what was decided about them is to be decided again."""


class CasesWithFiles(Protocol):
    """Where cases and their files are read together."""

    def with_files(self, case_id: str) -> tuple[Case, tuple[CaseFile, ...]] | None:
        """Return a case and all its files, as they are now."""


class Files(Protocol):
    """Where the records of files are kept."""

    def answered(self, request: Request) -> CaseFile | None:
        """Return what this request was answered before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def find(self, case_id: str, file_id: str) -> CaseFile | None:
        """Return one file, in one request."""

    def announce(self, change: FileChange, *, request: Request) -> None:
        """Store a new file.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            CaseMovedOn: The case or its files changed in the meantime.
            RequestInProgress: Others kept writing the case at this moment.
        """

    def remember(self, file: CaseFile, *, request: Request) -> None:
        """Store that a request was answered with a file that was there before it.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            RequestInProgress: Others kept sending the request at this moment.
        """

    def change(self, change: FileChange) -> None:
        """Store a changed file, and those that it replaces, if all are still those that were read.

        Raises:
            StaleVersion: Someone else changed the file first.
            CaseMovedOn: The case or its other files changed in the meantime.
            RequestInProgress: Others kept writing the case at this moment.
        """

    def record_inspection(self, file: CaseFile) -> bool:
        """Store what a file's bytes are, unless the file changed since it was read.

        Returns:
            Whether it was stored.
        """

    def record_handover(self, file: CaseFile, submission_number: int) -> None:
        """Store with which submission the lab got the file, unless it got it with a later one."""


class Objects(Protocol):
    """Where bytes are kept: those that arrive, those in quarantine, those that were kept."""

    def begin_parts(self, file: CaseFile) -> str:
        """Start an upload in parts and return its id."""

    def sign_upload(self, file: CaseFile) -> SignedRequest:
        """Return the request that sends the file whole; it works for these bytes, once."""

    def sign_parts(self, file: CaseFile) -> tuple[SignedPart, ...]:
        """Return the requests that send the file in parts; each works for its own bytes."""

    def complete_parts(self, file: CaseFile, etags: Sequence[str]) -> None:
        """Put the parts together; doing it again changes nothing.

        Raises:
            UploadIncomplete: Parts are missing, or are others than were announced.
        """

    def arrival(self, file: CaseFile) -> Arrival | None:
        """Return what arrived for a file, or ``None`` where nothing did."""

    def keep(self, file: CaseFile) -> None:
        """Copy what arrived to where the case's files are; doing it again changes nothing."""

    def quarantine(self, file: CaseFile) -> None:
        """Copy what arrived to quarantine; doing it again changes nothing."""

    def discard_arrival(self, file: CaseFile) -> None:
        """Remove what arrived; doing it again changes nothing."""

    def hand_over(self, file: CaseFile, *, lab_id: str, submission_number: int) -> None:
        """Copy a kept file to where its lab finds it; doing it again changes nothing."""

    def sign_download(self, file: CaseFile, *, lab_id: str | None) -> SignedRequest:
        """Return the request that fetches a kept file, or the lab's copy of it."""


class FileService:
    """The use cases of files, for people."""

    def __init__(
        self,
        cases: CasesWithFiles,
        files: Files,
        objects: Objects,
        prechecks: PrecheckService,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._cases, self._files, self._objects = cases, files, objects
        self._prechecks, self._now = prechecks, now

    def announce(self, caller: Caller, case_id: str, new: NewFile, request: Request) -> Announced:
        """Record a file before its bytes are sent, and say how to send them.

        The same request gives the same file, and while its bytes are awaited, fresh signatures. Bytes that the
        case already has as this kind are one file: it is returned instead of a second one, and replaces nothing.

        Raises:
            Unknown: There is no such case for this caller.
            RoleNotAllowed: The caller may see the case, but not change it.
            PacketLocked: The packet cannot be changed in this status.
            InvalidInput: Size and checksums do not fit together, or the file that it replaces is no file of this kind.
            TooManyFiles: The case has as many files as a case can have, or had as many as it can ever have.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The case and its files kept changing.
        """
        checksum = _checksum(new)
        file_id, upload_id = new_id(self._now()), None
        for _ in range(TRIES):
            found, files = self._case_with_files(case_id)
            # First the case, then the answer: what was announced between the two is answered, never refused.
            if (before := self._files.answered(request)) is not None:
                return self._signed(self._files.find(case_id, before.file_id) or before)
            case = ensure_own(found, caller)
            known = self._prechecks.circumstances(case)
            ensure_prepares(case, caller, known.practice)
            ensure_packet_is_open(case, known.practice, contact=contact_of(known.lab, case))
            _ensure_replaceable(files, new)
            now = self._now()
            if (same := _same_bytes(files, checksum, new.kind, at=now)) is not None:
                try:
                    self._files.remember(same, request=request)
                except AlreadyAnswered:
                    continue
                return self._signed(same)
            if sum(not file.is_gone for file in files) >= MAX_FILES:
                raise TooManyFiles(limit=MAX_FILES)
            if len(files) >= MAX_FILES_EVER:
                raise TooManyFiles(limit=MAX_FILES_EVER, with_gone=True)
            file = _new_file(new, case, caller, file_id=file_id, checksum=checksum, at=now)
            if new.is_in_parts:
                upload_id = upload_id or self._objects.begin_parts(file)
                file = replace(file, upload_id=upload_id)
            change = FileChange(
                file=file,
                entry=_entry(file, Deed.FILE_ANNOUNCED, at=now, caller=caller),
                events=(FileAnnounced(**_event_head(file, case, at=now), size_bytes=file.size_bytes),),
                at=now,
                decided_on=case,
                checked=self._checked(case, (*files, file), known),
                sent_packet=left_behind(case),
            )
            try:
                self._files.announce(change, request=request)
            except (CaseMovedOn, AlreadyAnswered):
                continue
            return self._signed(file)
        raise RequestInProgress

    def complete(self, caller: Caller, case_id: str, file_id: str, etags: Sequence[str]) -> CaseFile:
        """Put the parts of a large file together, once all of them were sent; again, and nothing changes.

        Args:
            caller: Who calls.
            case_id: The case.
            file_id: The file.
            etags: What storage answered to each part, in their order.

        Raises:
            Unknown: There is no such case or file for this caller.
            RoleNotAllowed: The caller may see the case, but not change it.
            UploadNotOpen: The file was not announced in parts, or is no longer awaited.
            InvalidInput: The number of parts is another than was announced.
            UploadIncomplete: Storage has not all parts, or others than were announced.
        """
        case, files = self._case_with_files(case_id)
        ensure_own(case, caller)
        file = _one(files, file_id)
        if not file.part_checksums or file.is_gone:
            raise UploadNotOpen(state=file.state)
        if file.state is not FileState.ANNOUNCED:
            return file
        if (state := file.state_at(self._now())) is FileState.ABANDONED:
            raise UploadNotOpen(state=state)
        if len(etags) != len(file.part_checksums):
            raise InvalidInput(
                FieldError("/parts", f"This file has {len(file.part_checksums)} parts; name each of them.")
            )
        self._objects.complete_parts(file, etags)
        return file

    def files(self, caller: Caller, case_id: str) -> tuple[CaseFile, ...]:
        """Return the files of a case: all for whoever prepares it, for its lab else those that were handed over.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller.
        """
        return self._visible(caller, case_id)[1]

    def download(self, caller: Caller, case_id: str, file_id: str) -> SignedRequest:
        """Return the request that fetches a file, named as it was uploaded; a replaced one can still be fetched.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case or file for this caller.
            FileNotReady: The file never came, was quarantined or removed.
        """
        case, files = self._visible(caller, case_id)
        file = _one(files, file_id)
        if not file.has_bytes:
            raise FileNotReady(state=file.state_at(self._now()))
        is_lab = party_of(caller) is Party.LAB
        # A lab that prepares fetches what is not handed over to anybody yet.
        is_handed_over = file.handed_over_in is not None
        return self._objects.sign_download(file, lab_id=case.lab_id if is_lab and is_handed_over else None)

    def remove(self, caller: Caller, case_id: str, file_id: str) -> CaseFile:
        """Take a file out of the packet; its record stays. Removing it again changes nothing.

        Bytes that still come for it are thrown away when they arrive. Parts of an upload that was never completed
        stay out of sight until storage ends uploads that are open for a day.

        Raises:
            Unknown: There is no such case or file for this caller.
            RoleNotAllowed: The caller may see the case, but not change it.
            PacketLocked: The packet cannot be changed in this status.
            RequestInProgress: The case and its files kept changing.
        """
        for _ in range(TRIES):
            found, files = self._case_with_files(case_id)
            case = ensure_own(found, caller)
            file = _one(files, file_id)
            if file.is_gone:
                return file
            known = self._prechecks.circumstances(case)
            ensure_prepares(case, caller, known.practice)
            ensure_packet_is_open(case, known.practice, contact=contact_of(known.lab, case))
            now = self._now()
            removed = file.removed(at=now)
            rest = tuple(other for other in files if other.file_id != file_id)
            change = FileChange(
                file=removed,
                entry=_entry(removed, Deed.FILE_REMOVED, at=now, caller=caller),
                events=(FileRemoved(**_event_head(removed, case, at=now)),),
                at=now,
                decided_on=case,
                checked=self._checked(case, rest, known),
                sent_packet=left_behind(case),
            )
            try:
                self._files.change(change)
            except (CaseMovedOn, StaleVersion):
                # Another file, or the inspection of this one, came in between.
                continue
            return removed
        raise RequestInProgress

    def _visible(self, caller: Caller, case_id: str) -> tuple[Case, tuple[CaseFile, ...]]:
        """Return a case and those of its files that the caller sees: a lab, those that it prepares or got.

        What the practice takes out of the packet after it was sent, its lab has until the case is sent again.
        """
        found, files = self._case_with_files(case_id)
        case = ensure_visible(found, caller)
        if party_of(caller) is Party.LAB and not self._is_prepared_by_lab(case):
            files = files_as_sent(case, files)
        return case, files

    def _is_prepared_by_lab(self, case: Case) -> bool:
        # The practice is only looked up where it matters.
        if not case.is_lab_started or not case.is_being_prepared:
            return False
        return is_prepared_by_lab(case, self._prechecks.circumstances(case).practice)

    def _checked(self, case: Case, files: tuple[CaseFile, ...], known: Circumstances) -> Case:
        """Return a case with what PreCheck says of it with changed files."""
        changed = case.with_files_changed()
        return changed.checked(self._prechecks.check(changed, files, known))

    def _case_with_files(self, case_id: str) -> tuple[Case | None, tuple[CaseFile, ...]]:
        return self._cases.with_files(case_id) or (None, ())

    def _signed(self, file: CaseFile) -> Announced:
        if file.state_at(self._now()) is not FileState.ANNOUNCED:
            return Announced(file=file)
        if file.upload_id is not None:
            return Announced(file=file, parts=self._objects.sign_parts(file))
        return Announced(file=file, request=self._objects.sign_upload(file))


class IntakeService:
    """The steps of ``file_intake``: what happens to bytes that arrived. Each step may run more than once."""

    def __init__(self, cases: CasesWithFiles, files: Files, objects: Objects, *, now: Callable[[], datetime]) -> None:
        self._cases, self._files, self._objects, self._now = cases, files, objects, now

    def inspect(
        self, case_id: str, file_id: str, look: Callable[[CaseFile], Inspection]
    ) -> tuple[Verdict, QuarantineReason | None]:
        """Look at the bytes that arrived, and decide what becomes of them.

        Args:
            case_id: The case.
            file_id: The file.
            look: Reads the bytes; called only where size and checksum are those that were announced.

        Returns:
            The verdict, and the reason of a quarantine.
        """
        file = self._files.find(case_id, file_id)
        if file is None or not file.is_pending:
            return Verdict.SETTLED, None
        arrival = self._objects.arrival(file)
        if arrival is None:
            return Verdict.SETTLED, None
        if arrival.size_bytes != file.size_bytes:
            return Verdict.QUARANTINE, QuarantineReason.OTHER_SIZE
        if arrival.checksum != file.checksum:
            return Verdict.QUARANTINE, QuarantineReason.OTHER_BYTES
        inspection = look(file)
        if not self._files.record_inspection(file.inspected(inspection)):
            # The file was removed or settled meanwhile, or the same arrival was inspected twice at once.
            stored = self._files.find(case_id, file_id)
            if stored is None or not stored.is_pending or stored.inspection is None:
                return Verdict.SETTLED, None
            inspection = stored.inspection
        reason = judge(file.kind, inspection)
        return (Verdict.QUARANTINE if reason else Verdict.CLEAN), reason

    def record(self, case_id: str, file_id: str, verdict: Verdict, reason: QuarantineReason | None) -> FileState | None:
        """Move the bytes to where they belong, and tell what became of the file.

        Returns:
            The state of the file, or ``None`` where there is no such file.
        """
        for _ in range(TRIES):
            file = self._files.find(case_id, file_id)
            if file is None:
                return None
            if not file.is_pending:
                self._objects.discard_arrival(file)
                return file.state
            if verdict is Verdict.SETTLED:
                # Nothing arrived, or another run has it in hand: what lies there is not ours to remove.
                return file.state
            try:
                settled = self._settle(file, verdict, reason)
            except (CaseMovedOn, StaleVersion):
                # The file was removed or inspected once more in between: look again.
                continue
            self._objects.discard_arrival(settled)
            return settled.state
        raise RequestInProgress

    def _settle(self, file: CaseFile, verdict: Verdict, reason: QuarantineReason | None) -> CaseFile:
        now = self._now()
        if verdict is Verdict.CLEAN:
            self._objects.keep(file)
            has_location = bool(file.inspection and file.inspection.image and file.inspection.image.has_location)
            settled, deed = file.kept(at=now, location_removed=has_location), Deed.FILE_KEPT
        else:
            why = reason or QuarantineReason.NOT_INSPECTED
            self._objects.quarantine(file)
            settled = file.quarantined(sentence(why, file.kind, file.inspection), at=now)
            deed = Deed.FILE_QUARANTINED
        found = self._cases.with_files(file.case_id)
        if found is None:
            raise Unknown("case")
        case, files = found
        replaced = _replaced_by(settled, case, files)
        self._files.change(
            FileChange(
                file=settled,
                entry=_entry(settled, deed, at=now, caller=None),
                events=(
                    _settled_event(settled, case, at=now),
                    *(_replaced_event(old, settled, case, at=now) for old in replaced),
                ),
                at=now,
                replaced=replaced,
                further_entries=[
                    _entry(old, Deed.FILE_REPLACED, at=now, caller=None, replaced_by=settled.file_id)
                    for old in replaced
                ],
            )
        )
        return settled


def _ensure_replaceable(files: Sequence[CaseFile], new: NewFile) -> None:
    """Refuse to replace what is no file of this case and kind.

    Raises:
        InvalidInput: The case has no such file, it is gone, or it is of another kind.
    """
    if new.replaces is None:
        return
    old = next((file for file in files if file.file_id == new.replaces), None)
    if old is None:
        says = "This case has no such file."
    elif old.is_gone:
        says = f"This file cannot be replaced: it is '{old.state}'."
    elif old.kind is not new.kind:
        says = f"This file is of the kind '{old.kind}': only another one of that kind replaces it."
    else:
        return
    raise InvalidInput(FieldError("/replaces", says))


def _replaced_by(settled: CaseFile, case: Case, files: Sequence[CaseFile]) -> tuple[CaseFile, ...]:
    """Return the files whose place a settled one takes, as they are afterwards.

    Only a good file takes a place, and only while something is to be sent: a case that was sent meanwhile keeps what
    it was sent with. What was removed or replaced meanwhile has no place to take. A file that was itself to replace
    another and never was good hands on that place: two files for one place must not both go to the lab.
    """
    if not settled.is_clean or not case.is_to_be_sent:
        return ()
    by_id = {file.file_id: file for file in files}
    never_good: list[CaseFile] = []
    old = by_id.get(settled.replaces or "")
    while old is not None and not old.is_clean:
        never_good.append(old)
        old = by_id.get(old.replaces or "")
    left = [file for file in never_good if not file.is_gone][: MAX_REPLACED_AT_ONCE - 1]
    return tuple(file.replaced(settled.file_id) for file in (*left, *([old] if old else [])))


def _replaced_event(old: CaseFile, new: CaseFile, case: Case, *, at: datetime) -> Event:
    return FileReplaced(**_event_head(old, case, at=at), replaced_by=new.file_id)


def _same_bytes(files: Sequence[CaseFile], checksum: str, kind: FileKind, *, at: datetime) -> CaseFile | None:
    """Return the file of these bytes that is here as this kind, or still comes."""
    for file in files:
        is_here = file.is_clean or (file.is_pending and not file.is_abandoned(at))
        if is_here and file.checksum == checksum and file.kind is kind:
            return file
    return None


def _new_file(new: NewFile, case: Case, caller: Caller, *, file_id: str, checksum: str, at: datetime) -> CaseFile:
    return CaseFile(
        file_id=file_id,
        case_id=case.case_id,
        practice_id=case.practice_id,
        kind=new.kind,
        name=new.name,
        size_bytes=new.size_bytes,
        checksum=checksum,
        part_checksums=new.part_sha256,
        announced_at=at,
        announced_by=caller.user_id,
        replaces=new.replaces,
    )


def _settled_event(file: CaseFile, case: Case, *, at: datetime) -> Event:
    head = _event_head(file, case, at=at)
    if file.state is FileState.CLEAN:
        return FileKept(**head, format=file.inspection.format if file.inspection else FileFormat.UNKNOWN)
    return FileQuarantined(**head)


def _event_head(file: CaseFile, case: Case, *, at: datetime) -> dict[str, Any]:
    return {
        "event_id": new_id(at),
        "occurred_at": at,
        "case_id": case.case_id,
        "practice_id": case.practice_id,
        "lab_id": case.lab_id,
        "file_id": file.file_id,
        "file_version": file.version,
        "kind": file.kind,
    }


def _entry(file: CaseFile, deed: Deed, *, at: datetime, caller: Caller | None, **more: str) -> Activity:
    details = {"file_id": file.file_id, "kind": file.kind.value, **more}
    return entry_of(file.case_id, deed, details, by=caller, at=at)


def _one(files: Sequence[CaseFile], file_id: str) -> CaseFile:
    for file in files:
        if file.file_id == file_id:
            return file
    raise Unknown("file")


def _checksum(new: NewFile) -> str:
    """Return the checksum that storage will state for these bytes.

    Raises:
        InvalidInput: Size and checksums do not fit together.
    """
    if new.size_bytes > MAX_SIZE_BYTES:
        raise InvalidInput(FieldError("/size_bytes", f"A file has at most {MAX_SIZE_BYTES} bytes."))
    if not new.is_in_parts:
        if new.sha256 is None or new.part_sha256:
            raise InvalidInput(
                FieldError(
                    "/sha256",
                    f"A file of up to {MAX_SINGLE_UPLOAD_BYTES} bytes is announced with its sha256.",
                )
            )
        return new.sha256
    count = -(-new.size_bytes // PART_SIZE_BYTES)
    if new.sha256 is not None or len(new.part_sha256) != count:
        raise InvalidInput(
            FieldError(
                "/part_sha256",
                f"A file of {new.size_bytes} bytes is announced with the SHA-256 of each of its {count} parts "
                f"of {PART_SIZE_BYTES} bytes.",
            )
        )
    return checksum_of_parts(new.part_sha256)


def checksum_of_parts(part_checksums: Sequence[str]) -> str:
    """Return what storage states for a file in parts: the digest of the parts' digests, and their number.

    Args:
        part_checksums: Base64 SHA-256 of each part, in order.
    """
    digest = hashlib.sha256(b"".join(base64.b64decode(part) for part in part_checksums)).digest()
    return f"{base64.b64encode(digest).decode()}-{len(part_checksums)}"
