"""The ports of the product, kept in memory: the same promises as the table and storage, without either.

The contract tests hold these to what the real stores do.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from bitewing.cases.activity import Activity
from bitewing.cases.as_sent import SentPacket
from bitewing.cases.case import Case
from bitewing.cases.correction_ports import LinkChange, LinksChanged, LinksOfCase
from bitewing.cases.corrections import CorrectionLink
from bitewing.cases.listing import ListedCase, Listing, ListOrder, row_of, sort_key
from bitewing.cases.notes import Note
from bitewing.cases.ports import CaseIdTaken, CaseWithPrecheck, Change, FilesChanged, OriginalChanged, StatusChanged
from bitewing.cases.returns import Return
from bitewing.cases.review import NewNote
from bitewing.cases.status import Party, WaitsFor
from bitewing.directory.organization import Connection, Dentist, Lab, Practice
from bitewing.directory.service import Circumstances
from bitewing.files.case_file import PART_SIZE_BYTES, CaseFile
from bitewing.files.service import Arrival, CaseMovedOn, FileChange, SignedPart, SignedRequest, checksum_of_parts
from bitewing.kernel.caller import AlreadyAnswered, Request
from bitewing.kernel.errors import IdempotencyKeyReused, StaleVersion, UploadIncomplete
from bitewing.kernel.events import Event
from bitewing.kernel.pages import Page, Position
from bitewing.planning.events import held, released
from bitewing.planning.hours import PlanningHours
from bitewing.planning.session import PlanningSession, SessionState
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.profile import ProfileVersion, RequirementProfile

_REMEMBERED_FOR = timedelta(hours=24)


@dataclass
class Memory:
    """What the table would hold."""

    now: Callable[[], datetime]
    cases: dict[str, Case] = field(default_factory=dict)
    files: dict[tuple[str, str], CaseFile] = field(default_factory=dict)
    returns: dict[tuple[str, int], Return] = field(default_factory=dict)
    sent_packets: dict[tuple[str, int], SentPacket] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    links: dict[tuple[str, str], CorrectionLink] = field(default_factory=dict)
    sessions: dict[str, PlanningSession] = field(default_factory=dict)
    hours: dict[str, PlanningHours] = field(default_factory=dict)
    entries: list[Activity] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    answers: dict[tuple[str, str], tuple[datetime, str, Any]] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    def recall(self, request: Request) -> Any:
        record = self.answers.get((request.caller, request.key))
        if record is None or record[0] + _REMEMBERED_FOR < self.now():
            return None
        if record[1] != request.fingerprint:
            raise IdempotencyKeyReused
        return record[2]

    def is_remembered(self, request: Request) -> bool:
        record = self.answers.get((request.caller, request.key))
        return record is not None and record[0] + _REMEMBERED_FOR >= self.now()

    def remember(self, request: Request, answer: object) -> None:
        self.answers[request.caller, request.key] = (self.now(), request.fingerprint, answer)

    def tell(self, entries: Sequence[Activity], events: Sequence[Event]) -> None:
        self.entries.extend(entries)
        self.events.extend(events)


def as_saved(change: Change, stored: Case) -> Case:
    """Return a case as a change leaves it, beside what files, notes and lists say of it meanwhile."""
    case = change.case
    was_changed = change.files_version is None and stored.is_changed_since_sent
    checked = stored if change.files_version is None else case
    return replace(
        case,
        is_changed_since_sent=case.is_changed_since_sent or was_changed,
        last_modified_at=(case if change.is_of_practice else stored).last_modified_at,
        precheck_outcome=checked.precheck_outcome,
        rules_fired=checked.rules_fired,
        files_version=stored.files_version,
        remakes=stored.remakes,
        case_day=stored.case_day,
        archived_by_practice_at=stored.archived_by_practice_at,
        archived_by_lab_at=stored.archived_by_lab_at,
    )


class InMemoryCases:
    """The port ``Cases``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def answered(self, request: Request) -> CaseWithPrecheck | None:
        answer: CaseWithPrecheck | None = self._memory.recall(request)
        return answer

    def find(self, case_id: str) -> Case | None:
        return self._memory.cases.get(case_id)

    def find_all(self, case_ids: Iterable[str]) -> tuple[Case, ...]:
        return tuple(self._memory.cases[case_id] for case_id in case_ids if case_id in self._memory.cases)

    def with_files(self, case_id: str) -> tuple[Case, tuple[CaseFile, ...]] | None:
        with self._memory.lock:
            case = self.find(case_id)
            if case is None:
                return None
            keys = sorted(key for key in self._memory.files if key[0] == case_id)
            return case, tuple(self._memory.files[key] for key in keys)

    def sent_packet(self, case_id: str, submission_number: int) -> SentPacket | None:
        return self._memory.sent_packets.get((case_id, submission_number))

    def create(self, change: Change, *, request: Request, answer: CaseWithPrecheck) -> None:
        memory = self._memory
        with memory.lock:
            if memory.is_remembered(request):
                raise AlreadyAnswered
            if change.case.case_id in memory.cases:
                raise CaseIdTaken
            self._link(change)
            memory.cases[change.case.case_id] = change.case
            memory.remember(request, answer)
            memory.tell(change.entries, change.events)

    def save(self, change: Change, *, request: Request | None = None, answer: CaseWithPrecheck | None = None) -> None:
        memory, case = self._memory, change.case
        with memory.lock:
            if request is not None and memory.is_remembered(request):
                raise AlreadyAnswered
            stored = memory.cases.get(case.case_id)
            if stored is None or stored.version != change.read_version:
                raise StaleVersion(expected=change.read_version, actual=stored.version if stored else 0)
            if change.files_version is not None and stored.files_version != change.files_version:
                raise FilesChanged
            self._link(change)
            if change.back is not None:
                memory.returns[case.case_id, change.back.number] = change.back
            if (sent := change.sent_packet) is not None:
                memory.sent_packets[case.case_id, sent.submission_number] = sent
            memory.cases[case.case_id] = as_saved(change, stored)
            if request is not None:
                memory.remember(request, answer)
            memory.tell(change.entries, change.events)
            if (session := change.released) is not None and not session.is_held:
                memory.sessions[session.session_id] = memory.sessions[session.session_id].ended(SessionState.RELEASED)
                memory.tell((), (released(case, session, at=change.entries[0].at),))
            if (session := change.held) is not None:
                memory.sessions[session.session_id] = memory.sessions[session.session_id].ended(SessionState.HELD)
                memory.tell((), (held(case, session),))

    def _link(self, change: Change) -> None:
        if (original := change.original) is None:
            return
        stored = self._memory.cases[original.case_id]
        if stored.remakes != original.remakes:
            raise OriginalChanged
        self._memory.cases[original.case_id] = replace(stored, remakes=(*stored.remakes, change.case.case_id))

    def record_check(self, case: Case, *events: Event) -> bool:
        memory = self._memory
        with memory.lock:
            stored = memory.cases.get(case.case_id)
            if stored is None or (stored.version, stored.files_version) != (case.version, case.files_version):
                return False
            memory.cases[case.case_id] = replace(
                stored, precheck_outcome=case.precheck_outcome, rules_fired=case.rules_fired
            )
            memory.tell((), events)
            return True

    def listed(
        self, reader: Party, organization_id: str, listing: Listing, *, limit: int, start: Position | None
    ) -> Page[ListedCase]:
        part = int(start["part"]) if start else 0
        whom = listing.waits_for or WaitsFor(reader.value)
        rows = {
            sort_key(row, listing.order, reader): row
            for row in map(row_of, self._memory.cases.values())
            if organization_id == (row.practice_id if reader is Party.PRACTICE else row.lab_id)
            if reader is Party.PRACTICE or self._memory.cases[row.case_id].is_known_to_lab
            if (row.archived_at(reader) is not None) == listing.parts[part]
            if listing.order is not ListOrder.WAITING or row.waits_for is whom
        }
        keys = sorted(rows, reverse=listing.is_backward)
        if start and "after" in start:
            behind = start.get("key") or sort_key(row_of(self._memory.cases[start["after"]]), listing.order, reader)
            keys = [key for key in keys if (key < behind if listing.is_backward else key > behind)]
        seen = keys[: listing.looks_at(limit)]
        kept = [key for key in seen if listing.keeps(rows[key], reader)]
        last = kept[limit - 1] if len(kept) > limit else seen[-1] if len(keys) > len(seen) else None
        following: dict[str, str] | None = None
        if last is not None:
            following = {"part": str(part), "after": rows[last].case_id}
            following |= {} if listing.order is ListOrder.PATIENT_NAME else {"key": last}
        elif part + 1 < len(listing.parts):
            following = {"part": str(part + 1)}
        return Page(tuple(rows[key] for key in kept[:limit]), following)

    def archive(self, case: Case, *, party: Party, entry: Activity, event: Event) -> bool:
        memory = self._memory
        with memory.lock:
            stored = memory.cases.get(case.case_id)
            if stored is None or stored.version != case.version:
                return False
            row, read = row_of(stored), row_of(case)
            other = Party.LAB if party is Party.PRACTICE else Party.PRACTICE
            if (row.archived_at(other), row.last_modified_at) != (read.archived_at(other), read.last_modified_at):
                return False
            memory.cases[case.case_id] = stored.archived(party, read.archived_at(party))
            memory.tell((entry,), (event,))
            return True

    def of_patient(self, practice_id: str, patient_key: str) -> tuple[Case, ...]:
        cases = sorted(self._memory.cases.values(), key=lambda case: case.case_id, reverse=True)
        return tuple(c for c in cases if (c.practice_id, c.patient_key) == (practice_id, patient_key))[:25]

    def activity(self, case_id: str, *, limit: int, start: Position | None) -> Page[Activity]:
        entries = {entry.entry_id: entry for entry in self._memory.entries if entry.case_id == case_id}
        keys = [key for key in sorted(entries, reverse=True) if start is None or key < start["before"]]
        page = tuple(entries[key] for key in keys[:limit])
        return Page(page, {"before": keys[limit - 1]} if len(keys) > limit else None)


class InMemoryReviews:
    """The port ``Reviews``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def answered(self, request: Request) -> Note | None:
        answer: Note | None = self._memory.recall(request)
        return answer

    def add_note(self, new: NewNote, *, request: Request) -> None:
        memory, note = self._memory, new.note
        with memory.lock:
            if memory.is_remembered(request):
                raise AlreadyAnswered
            if note.by is Party.PRACTICE:
                stored = memory.cases[note.case_id]
                if stored.status is not new.status:
                    raise StatusChanged
                memory.cases[note.case_id] = replace(stored, last_modified_at=note.at)
            memory.notes[note.note_id] = note
            memory.remember(request, note)
            memory.tell((new.entry,), (new.event,))

    def notes(self, case_id: str, *, limit: int, start: Position | None) -> Page[Note]:
        notes = {note.note_id: note for note in self._memory.notes.values() if note.case_id == case_id}
        keys = [key for key in sorted(notes, reverse=True) if start is None or key < start["before"]]
        page = tuple(notes[key] for key in keys[:limit])
        return Page(page, {"before": keys[limit - 1]} if len(keys) > limit else None)

    def returns(self, case_id: str, *, limit: int, start: Position | None) -> Page[Return]:
        numbers = sorted((number for of, number in self._memory.returns if of == case_id), reverse=True)
        numbers = [number for number in numbers if start is None or number < int(start["before"])]
        page = tuple(self._memory.returns[case_id, number] for number in numbers[:limit])
        return Page(page, {"before": str(numbers[limit - 1])} if len(numbers) > limit else None)


class InMemoryLinks:
    """The port ``Links``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def answered(self, request: Request) -> CorrectionLink | None:
        answer: CorrectionLink | None = self._memory.recall(request)
        return answer

    def find(self, case_id: str, link_id: str) -> CorrectionLink | None:
        return self._memory.links.get((case_id, link_id))

    def of_case(self, case_id: str) -> tuple[CorrectionLink, ...]:
        return tuple(self._memory.links[key] for key in sorted(self._memory.links) if key[0] == case_id)

    def counted(self, case_id: str) -> LinksOfCase:
        links = self.of_case(case_id)
        return LinksOfCase(links=links, issued=len(links))

    def issue(self, change: LinkChange, *, decided_on: Case, issued: int, request: Request) -> None:
        memory, link = self._memory, change.link
        with memory.lock:
            if memory.is_remembered(request):
                raise AlreadyAnswered
            stored = memory.cases.get(link.case_id)
            if stored is None or stored.version != decided_on.version or self.counted(link.case_id).issued != issued:
                raise LinksChanged
            memory.links[link.case_id, link.link_id] = link
            memory.remember(request, link)
            memory.tell((change.entry,), (change.event,))

    def change(self, change: LinkChange) -> None:
        memory, link = self._memory, change.link
        with memory.lock:
            stored = self.find(link.case_id, link.link_id)
            if stored is None or stored.version != link.version - 1:
                raise LinksChanged
            memory.links[link.case_id, link.link_id] = link
            memory.tell((change.entry,), (change.event,))


class InMemoryFiles:
    """The port ``Files``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def answered(self, request: Request) -> CaseFile | None:
        answer: CaseFile | None = self._memory.recall(request)
        return answer

    def find(self, case_id: str, file_id: str) -> CaseFile | None:
        return self._memory.files.get((case_id, file_id))

    def announce(self, change: FileChange, *, request: Request) -> None:
        memory, file = self._memory, change.file
        with memory.lock:
            if memory.is_remembered(request):
                raise AlreadyAnswered
            if (file.case_id, file.file_id) in memory.files:
                raise CaseMovedOn
            self._change_case(change)
            memory.files[file.case_id, file.file_id] = file
            memory.remember(request, file)
            memory.tell((change.entry,), change.events)

    def remember(self, file: CaseFile, *, request: Request) -> None:
        with self._memory.lock:
            if self._memory.is_remembered(request):
                raise AlreadyAnswered
            self._memory.remember(request, file)

    def change(self, change: FileChange) -> None:
        memory, file = self._memory, change.file
        with memory.lock:
            stored = memory.files.get((file.case_id, file.file_id))
            if stored is None or stored.version != file.version - 1:
                raise StaleVersion(expected=file.version - 1, actual=stored.version if stored else 0)
            changed = []
            for old in change.replaced:
                beside = memory.files.get((old.case_id, old.file_id))
                if beside is None or beside.version != old.version - 1:
                    raise CaseMovedOn
                changed.append(replace(beside, state=old.state, replaced_by=old.replaced_by, version=old.version))
            self._change_case(change)
            for each in (file, *changed):
                memory.files[each.case_id, each.file_id] = each
            memory.tell((change.entry, *change.further_entries), change.events)

    def record_inspection(self, file: CaseFile) -> bool:
        with self._memory.lock:
            stored = self._memory.files.get((file.case_id, file.file_id))
            if stored is None or stored.version != file.version - 1:
                return False
            self._memory.files[file.case_id, file.file_id] = replace(
                stored, inspection=file.inspection, state=file.state, version=file.version
            )
            return True

    def record_handover(self, file: CaseFile, submission_number: int) -> None:
        with self._memory.lock:
            stored = self._memory.files.get((file.case_id, file.file_id))
            if stored is not None and (stored.handed_over_in or 0) <= submission_number:
                self._memory.files[file.case_id, file.file_id] = replace(stored, handed_over_in=submission_number)

    def _change_case(self, change: FileChange) -> None:
        stored, read = self._memory.cases.get(change.file.case_id), change.decided_on
        if stored is None:
            raise CaseMovedOn
        changed = replace(stored, files_version=stored.files_version + 1)
        if read is not None:
            if (stored.version, stored.files_version) != (read.version, read.files_version):
                raise CaseMovedOn
            if change.entry.by is Party.PRACTICE:
                changed = replace(changed, last_modified_at=change.at)
            changed = changed.with_files_changed()
            if (sent := change.sent_packet) is not None:
                self._memory.sent_packets[stored.case_id, sent.submission_number] = sent
        if (checked := change.checked) is not None:
            changed = replace(changed, precheck_outcome=checked.precheck_outcome, rules_fired=checked.rules_fired)
        self._memory.cases[stored.case_id] = changed


class InMemoryDirectory:
    """The port ``Directory``."""

    def __init__(self) -> None:
        self.practices: dict[str, Practice] = {}
        self.labs: dict[str, Lab] = {}
        self.known_dentists: dict[tuple[str, str], Dentist] = {}
        self.known_connections: dict[tuple[str, str], Connection] = {}
        self.profiles: dict[tuple[str, CaseType], RequirementProfile] = {}
        self.profile_versions: dict[tuple[str, CaseType, int], ProfileVersion] = {}

    def put(self, *entries: Practice | Dentist | Lab | Connection | RequirementProfile) -> None:
        for entry in entries:
            match entry:
                case Practice():
                    self.practices[entry.practice_id] = entry
                case Dentist():
                    self.known_dentists[entry.practice_id, entry.dentist_id] = entry
                case Lab():
                    self.labs[entry.lab_id] = entry
                case Connection():
                    self.known_connections[entry.practice_id, entry.lab_id] = entry
                case RequirementProfile():
                    self.profiles[entry.lab_id, entry.case_type] = entry

    def circumstances(self, *, practice_id: str, dentist_id: str, lab_id: str, case_type: CaseType) -> Circumstances:
        return Circumstances(
            practice=self.practices.get(practice_id),
            dentist=self.known_dentists.get((practice_id, dentist_id)),
            connection=self.known_connections.get((practice_id, lab_id)),
            lab=self.labs.get(lab_id),
            profile=self.profiles.get((lab_id, case_type)),
        )

    def practice(self, practice_id: str) -> Practice | None:
        return self.practices.get(practice_id)

    def lab(self, lab_id: str) -> Lab | None:
        return self.labs.get(lab_id)

    def dentists(self, practice_id: str) -> tuple[Dentist, ...]:
        return tuple(self.known_dentists[key] for key in sorted(self.known_dentists) if key[0] == practice_id)

    def connection(self, practice_id: str, lab_id: str) -> Connection | None:
        return self.known_connections.get((practice_id, lab_id))

    def profile(self, lab_id: str, case_type: CaseType) -> RequirementProfile | None:
        return self.profiles.get((lab_id, case_type))

    def profile_version(self, lab_id: str, case_type: CaseType, version: int) -> RequirementProfile | None:
        found = self.profile_versions.get((lab_id, case_type, version))
        return None if found is None else found.profile


class Refused(Exception):
    """Storage refuses a request: it is not the one that was signed, or came twice."""


def sha256(content: bytes) -> str:
    """Return the base64 SHA-256 of some bytes, as storage states it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


class InMemoryObjects:
    """The port ``Objects``: what was sent with ``send`` arrives, and steps move it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.arrivals: dict[str, tuple[bytes, str]] = {}
        self.in_quarantine: dict[str, bytes] = {}
        self.kept: dict[str, bytes] = {}
        self.open_uploads: dict[str, dict[int, tuple[str, bytes]]] = {}
        self._uploads_begun = 0

    def send(self, signed: SignedRequest, content: bytes) -> str:
        """Send bytes as a client does, and return the ETag.

        Raises:
            Refused: The bytes are not those for which the request was signed, or were sent before.
        """
        if signed.headers["Content-Length"] != str(len(content)) or signed.headers["x-amz-checksum-sha256"] != sha256(
            content
        ):
            raise Refused
        target, _, upload = signed.url.removeprefix("memory:").partition("?")
        if upload:
            upload_id, number = upload.split("#")
            if upload_id not in self.open_uploads:
                raise Refused
            self.open_uploads[upload_id][int(number)] = (sha256(content), content)
        elif target in self.arrivals:
            raise Refused
        else:
            self.arrivals[target] = (content, sha256(content))
        return f'"{sha256(content)}"'

    def fetch(self, signed: SignedRequest) -> bytes:
        """Fetch bytes as a client does.

        Raises:
            Refused: There is nothing at this address.
        """
        key = signed.url.removeprefix("memory:")
        if key not in self.kept:
            raise Refused
        return self.kept[key]

    def begin_parts(self, file: CaseFile) -> str:
        self._uploads_begun += 1
        upload_id = f"upload-{self._uploads_begun}-of-{file.file_id}"
        self.open_uploads[upload_id] = {}
        return upload_id

    def sign_upload(self, file: CaseFile) -> SignedRequest:
        return self._signed(_arrival_key(file), file.size_bytes, file.checksum)

    def sign_parts(self, file: CaseFile) -> tuple[SignedPart, ...]:
        parts = []
        for number, checksum in enumerate(file.part_checksums, start=1):
            size = min(PART_SIZE_BYTES, file.size_bytes - (number - 1) * PART_SIZE_BYTES)
            target = f"{_arrival_key(file)}?{file.upload_id}#{number}"
            parts.append(SignedPart(part_number=number, size_bytes=size, request=self._signed(target, size, checksum)))
        return tuple(parts)

    def complete_parts(self, file: CaseFile, etags: Sequence[str]) -> None:
        sent = self.open_uploads.get(file.upload_id or "")
        if sent is None:
            if self.arrival(file) is not None:
                return
            raise UploadIncomplete
        checksums = [sent[number][0] for number in sorted(sent)]
        if checksums != list(file.part_checksums) or [f'"{checksum}"' for checksum in checksums] != list(etags):
            raise UploadIncomplete
        whole = b"".join(sent[number][1] for number in sorted(sent))
        self.arrivals[_arrival_key(file)] = (whole, checksum_of_parts(checksums))
        del self.open_uploads[file.upload_id or ""]

    def arrival(self, file: CaseFile) -> Arrival | None:
        if (arrived := self.arrivals.get(_arrival_key(file))) is None:
            return None
        return Arrival(size_bytes=len(arrived[0]), checksum=arrived[1])

    def read_range(self, file: CaseFile, start: int, length: int) -> bytes:
        return self.arrivals[_arrival_key(file)][0][start : start + length]

    def keep(self, file: CaseFile) -> None:
        if _practice_key(file) not in self.kept:
            self.kept[_practice_key(file)] = self.arrivals[_arrival_key(file)][0]

    def keep_bytes(self, file: CaseFile, content: bytes) -> None:
        self.kept[_practice_key(file)] = content

    def quarantine(self, file: CaseFile) -> None:
        if _arrival_key(file) not in self.in_quarantine:
            self.in_quarantine[_arrival_key(file)] = self.arrivals[_arrival_key(file)][0]

    def discard_arrival(self, file: CaseFile) -> None:
        self.arrivals.pop(_arrival_key(file), None)

    def hand_over(self, file: CaseFile, *, lab_id: str, submission_number: int) -> None:
        key = _lab_key(file, lab_id, submission_number)
        if key not in self.kept:
            self.kept[key] = self.kept[_practice_key(file)]

    def sign_download(self, file: CaseFile, *, lab_id: str | None) -> SignedRequest:
        key = _practice_key(file) if lab_id is None else _lab_key(file, lab_id, file.handed_over_in or 0)
        return SignedRequest(
            method="GET", url=f"memory:{key}", headers={}, expires_at=self._now() + timedelta(minutes=5)
        )

    def _signed(self, target: str, size: int, checksum: str) -> SignedRequest:
        return SignedRequest(
            method="PUT",
            url=f"memory:{target}",
            headers={"Content-Length": str(size), "x-amz-checksum-sha256": checksum},
            expires_at=self._now() + timedelta(hours=1),
        )


def _arrival_key(file: CaseFile) -> str:
    return f"{file.case_id}/{file.file_id}"


def _practice_key(file: CaseFile) -> str:
    return f"practice/{file.practice_id}/{file.case_id}/{file.file_id}"


def _lab_key(file: CaseFile, lab_id: str, submission_number: int) -> str:
    return f"lab/{lab_id}/{file.case_id}/{submission_number}/{file.file_id}"
