"""What lab and practice say about a case: returns and what is done about them, notes, what arrived otherwise."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bitewing.cases.access import (
    Reader,
    contact_of,
    ensure_of_lab,
    ensure_own,
    ensure_packet_is_open,
    ensure_prepares,
    ensure_visible,
    is_prepared_by_lab,
    party_of,
    reader_of,
)
from bitewing.cases.activity import Activity, Deed, entry_of
from bitewing.cases.as_sent import SentPacket, case_as_sent
from bitewing.cases.case import Case
from bitewing.cases.disclosure import case_for_lab, return_for_lab
from bitewing.cases.events import event_head
from bitewing.cases.notes import Note
from bitewing.cases.ports import TRIES, Cases, Change, FilesChanged, StatusChanged
from bitewing.cases.returns import Answer, Return
from bitewing.cases.review_events import CaseNoted, ReturnReasonAnswered, SentOtherwiseArrived
from bitewing.cases.status import Party, Status
from bitewing.directory.service import Directory
from bitewing.kernel.caller import AlreadyAnswered, Caller, Request
from bitewing.kernel.errors import (
    PacketLocked,
    RequestInProgress,
    Unknown,
)
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.precheck.service import PrecheckService

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """A note with what is told of it; stored as one.

    Attributes:
        status: The status in which the case was read; a practice's note is refused where it moved since.
    """

    note: Note
    entry: Activity
    event: Event
    status: Status


class Reviews(Protocol):
    """Where returns and notes are kept."""

    def answered(self, request: Request) -> Note | None:
        """Return the note that this request added before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def add_note(self, new: NewNote, *, request: Request) -> None:
        """Store a note; one by the practice counts as its change of the case, whose version stays.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            StatusChanged: The case moved in the meantime.
            RequestInProgress: Others kept writing the case at this moment.
        """

    def notes(self, case_id: str, *, limit: int, start: Position | None) -> Page[Note]:
        """Return one page of a case's notes, the newest first."""

    def returns(self, case_id: str, *, limit: int, start: Position | None) -> Page[Return]:
        """Return one page of the times that a case came back, the newest first."""


class ReviewService:
    """The use cases of what lab and practice say about a case after it was sent."""

    def __init__(self, cases: Cases, reviews: Reviews, directory: Directory, *, now: Callable[[], datetime]) -> None:
        self._cases, self._reviews, self._directory, self._now = cases, reviews, directory, now
        self._prechecks = PrecheckService(directory, cases, now=now)

    def answer(self, caller: Caller, case_id: str, reason_id: str, says: str, *, expected_version: int) -> Case:
        """Deal with one reason for which the case came back, in words; the same words again change nothing.

        Raises:
            Unknown: There is no such case for this caller, or it is not back for such a reason.
            RoleNotAllowed: The caller may see the case, but not change it.
            StaleVersion: The case has another version.
            PacketLocked: The packet cannot be changed in this status.
            RequestInProgress: Files of the case kept changing.
        """
        return self._decided(lambda: self._answer(caller, case_id, reason_id, says, expected_version))

    def mark_arrived(self, caller: Caller, case_id: str, kind: str, *, expected_version: int) -> Case:
        """Record that the lab has what was announced as sent another way; again, and nothing changes.

        Raises:
            Unknown: There is no such case for this caller, or nothing of this kind was announced.
            RoleNotAllowed: The caller does not work in the lab of the case.
            StaleVersion: The case has another version.
            RequestInProgress: Files of the case kept changing.
        """
        return self._decided(lambda: self._mark_arrived(caller, case_id, kind, expected_version))

    def reader(self, caller: Caller, case: Case) -> Reader:
        """Return on which side of a case the caller reads it, and what of it is theirs to do.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
        """
        return reader_in(self._directory, caller, case)

    def returns(self, caller: Caller, case_id: str, *, limit: int, start: Position | None) -> Page[Return]:
        """Return one page of the times that the case came back, the newest first.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller.
        """
        case = ensure_visible(self._cases.find(case_id), caller)
        page = self._reviews.returns(case_id, limit=limit, start=start)
        if party_of(caller) is Party.PRACTICE or _is_prepared_by_lab(case, self._directory):
            return page
        return Page(tuple(return_for_lab(back, case) for back in page.things), page.next)

    def add_note(self, caller: Caller, case_id: str, text: str, request: Request) -> Note:
        """Add a note to a case, in whatever status it is; the same request gives the same note.

        Raises:
            Unknown: There is no such case for this caller.
            RoleNotAllowed: The caller works in no practice and no lab.
            PacketLocked: The caller is of the practice, and the case was cancelled.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The case kept moving.
        """
        for _ in range(TRIES):
            found = self._cases.find(case_id)
            if (before := self._reviews.answered(request)) is not None:
                return before
            case = ensure_visible(found, caller)
            party = party_of(caller)
            if party is Party.PRACTICE and case.status is Status.CANCELLED:
                raise PacketLocked(status=case.status, contact=contact_of(self._directory.lab(case.lab_id), case))
            now = self._now()
            note = Note(note_id=new_id(now), case_id=case_id, at=now, by=party, user_id=caller.user_id, text=text)
            event = CaseNoted(**event_head(case, at=now), note_id=note.note_id, by=party)
            entry = entry_of(case_id, Deed.NOTED, {"note": note.note_id}, by=caller, at=now)
            try:
                self._reviews.add_note(
                    NewNote(note=note, entry=entry, event=event, status=case.status), request=request
                )
            except (AlreadyAnswered, StatusChanged):
                continue
            return note
        raise RequestInProgress

    def notes(self, caller: Caller, case_id: str, *, limit: int, start: Position | None) -> Page[Note]:
        """Return one page of a case's notes, the newest first.

        A lab that started a case reads what the practice notes once it was sent.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller.
        """
        case = ensure_visible(self._cases.find(case_id), caller)
        page = self._reviews.notes(case_id, limit=limit, start=start)
        if party_of(caller) is Party.PRACTICE or case.is_sent:
            return page
        return Page(tuple(note for note in page.things if note.by is not Party.PRACTICE), page.next)

    def _answer(self, caller: Caller, case_id: str, reason_id: str, says: str, expected_version: int) -> Case:
        found, files = self._cases.with_files(case_id) or (None, ())
        case = ensure_own(found, caller)
        ensure_version(case.version, expected=expected_version)
        known = self._prechecks.circumstances(case)
        ensure_prepares(case, caller, known.practice)
        ensure_packet_is_open(case, known.practice, contact=contact_of(known.lab, case))
        if (back := case.open_return) is None:
            raise Unknown("reason")
        if {reason.reason_id: reason.answer and reason.answer.says for reason in back.reasons}.get(reason_id) == says:
            return case
        now = self._now()
        details = {"return": str(back.number), "reason": reason_id}
        back = back.answered(reason_id, Answer(says=says, at=now, by=caller.user_id))
        party = party_of(caller)
        changed = case.with_answers(back, at=now, party=party)
        changed = changed.checked(self._prechecks.check(changed, files, known))
        change = Change(
            case=changed,
            entries=(entry_of(case_id, Deed.REASON_ANSWERED, details, by=caller, at=now),),
            events=(
                ReturnReasonAnswered(**event_head(changed, at=now), return_number=back.number, reason_id=reason_id),
            ),
            files_version=case.files_version,
            back=back,
            is_of_practice=party is Party.PRACTICE,
        )
        self._cases.save(change)
        return changed

    def _mark_arrived(self, caller: Caller, case_id: str, kind: str, expected_version: int) -> Case:
        case, files = self._of_lab(caller, case_id, expected_version)
        sent = sent_packet_for_lab(case, self._cases, self._directory)
        read = sent.packet if sent else case.packet
        announced = next((each for each in read.sent_otherwise if each.kind.value == kind), None)
        if announced is None:
            raise Unknown("announcement")
        if announced.arrived_at is not None:
            return told_to_lab(case, sent)
        now = self._now()
        sent = replace(sent, packet=sent.packet.with_arrival(announced.kind, at=now)) if sent else None
        # The lab's word, not the practice's change: when that last changed the case stays.
        packet = case.packet.with_arrival(announced.kind, at=now)
        changed = replace(case, packet=packet, version=case.version + 1)
        changed = changed.rechecked(self._prechecks.check(changed, files))
        change = Change(
            case=changed,
            entries=(entry_of(case_id, Deed.SENT_OTHERWISE_ARRIVED, {"kind": kind}, by=caller, at=now),),
            events=(SentOtherwiseArrived(**event_head(changed, at=now), kind=announced.kind),),
            files_version=case.files_version,
            sent_packet=sent,
        )
        self._cases.save(change)
        return told_to_lab(changed, sent)

    @staticmethod
    def _decided(decide: Callable[[], Case]) -> Case:
        """Return what comes of a decision, made again while files arrive at the same moment."""
        for _ in range(TRIES):
            try:
                return decide()
            except FilesChanged:
                continue
        raise RequestInProgress

    def _of_lab(self, caller: Caller, case_id: str, expected_version: int) -> "tuple[Case, tuple[CaseFile, ...]]":
        found, files = self._cases.with_files(case_id) or (None, ())
        case = ensure_of_lab(found, caller)
        ensure_version(case.version, expected=expected_version)
        return case, files


def sent_packet_for_lab(
    case: Case, cases: Cases, directory: Directory, *, known: SentPacket | None = None
) -> SentPacket | None:
    """Return what the lab reads of a case that its practice has changed since; ``None`` where it reads what is.

    Args:
        case: The case.
        cases: Where it is kept.
        directory: Where its practice is kept.
        known: What it was sent with, where that was read already.
    """
    if not case.is_changed_since_sent or case.submission is None or _is_prepared_by_lab(case, directory):
        return None
    return known or cases.sent_packet(case.case_id, case.submission.number)


def told_to_lab(case: Case, sent: SentPacket | None) -> Case:
    """Return a case as its lab reads it: as it was sent, while its practice changes it.

    Args:
        case: The case.
        sent: See :func:`sent_packet_for_lab`.
    """
    return case_for_lab(case_as_sent(case, sent) if sent else case)


def reader_in(directory: Directory, caller: Caller, case: Case) -> Reader:
    """Return on which side of a case the caller reads it, and what of it is theirs to do.

    Raises:
        RoleNotAllowed: The caller works in no practice and no lab.
    """
    # As below.
    is_asked_for = case.is_lab_started and party_of(caller) is Party.LAB
    return reader_of(case, caller, directory.practice(case.practice_id) if is_asked_for else None)


def _is_prepared_by_lab(case: Case, directory: Directory) -> bool:
    # The practice is only looked up where it matters.
    return case.is_lab_started and is_prepared_by_lab(case, directory.practice(case.practice_id))
