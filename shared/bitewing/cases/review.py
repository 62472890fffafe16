"""What lab and practice say about a case: returns and what is done about them, notes, what arrived otherwise."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from bitewing.cases.access import ensure_own, ensure_prepares, ensure_visible, is_prepared_by_lab, party_of
from bitewing.cases.activity import Activity, Deed
from bitewing.cases.case import Case
from bitewing.cases.disclosure import case_for_lab, return_for_lab
from bitewing.cases.events import CaseMoved, event_head
from bitewing.cases.notes import Note
from bitewing.cases.ports import TRIES, AlreadyAnswered, Cases, Change, FilesChanged, StatusChanged
from bitewing.cases.reasons import Reason
from bitewing.cases.returns import Answer, Return, ReturnReason
from bitewing.cases.review_events import CaseNoted, CaseReturned, ReturnReasonAnswered, SentOtherwiseArrived
from bitewing.cases.status import Party, Status
from bitewing.directory.organization import Lab
from bitewing.directory.service import Directory
from bitewing.kernel.caller import LAB_ROLES, Caller, Request
from bitewing.kernel.errors import (
    FieldError,
    InvalidInput,
    MoveNotAllowed,
    PacketLocked,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page, Position
from bitewing.precheck.service import PrecheckService

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile

#: The moves by which a lab gives a case back; each needs reasons.
GIVES_BACK: Final = frozenset({Status.RETURNED, Status.MISSING_INFO})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReason:
    """One reason for which a lab gives a case back.

    Attributes:
        says: What is wrong, a sentence.
        rule_id: The PreCheck rule that it is about, where there is one.
        file_id: The file that it is about, where there is one.
    """

    code: Reason
    says: str
    rule_id: str | None = None
    file_id: str | None = None


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

    def move(
        self,
        caller: Caller,
        case_id: str,
        to: Status,
        reasons: Sequence[NewReason],
        *,
        expected_version: int,
    ) -> Case:
        """Move a case as its lab decides: give it back to its practice, with reasons.

        Raises:
            Unknown: There is no such case for this caller.
            RoleNotAllowed: The caller does not work in the lab of the case.
            StaleVersion: The case has another version.
            MoveNotAllowed: The lab cannot move the case there from where it is.
            InvalidInput: There is no reason, or one names a rule or a file that is none of this case.
            RequestInProgress: Files of the case kept changing.
        """
        return self._decided(lambda: self._move(caller, case_id, to, reasons, expected_version))

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

    def returns(self, caller: Caller, case_id: str, *, limit: int, start: Position | None) -> Page[Return]:
        """Return one page of the times that the case came back, the newest first.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller.
        """
        case = ensure_visible(self._cases.find(case_id), caller)
        page = self._reviews.returns(case_id, limit=limit, start=start)
        if party_of(caller) is Party.PRACTICE or self._is_prepared_by_lab(case):
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
                raise PacketLocked(status=case.status, contact=_contact(self._directory.lab(case.lab_id), case))
            now = self._now()
            note = Note(note_id=new_id(now), case_id=case_id, at=now, by=party, user_id=caller.user_id, text=text)
            event = CaseNoted(**event_head(case, at=now), note_id=note.note_id, by=party)
            entry = self._entry(case, caller, Deed.NOTED, {"note": note.note_id})
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

    def _move(
        self,
        caller: Caller,
        case_id: str,
        to: Status,
        reasons: Sequence[NewReason],
        expected_version: int,
    ) -> Case:
        case, files = self._of_lab(caller, case_id, expected_version)
        # A lab that started a case sends it by submitting it, which asks PreCheck.
        allowed = case.moves(Party.LAB) & GIVES_BACK
        if to not in allowed:
            raise MoveNotAllowed(status=case.status, to=to, allowed=allowed)
        _ensure_reasons(reasons, files)
        now = self._now()
        back = _return(case, to, reasons, by=caller.user_id, at=now)
        moved = self._checked(case.given_back(back), files)
        codes = tuple(reason.code for reason in back.reasons)
        submitted_at = case.submission.submitted_at if case.submission else case.created_at
        change = Change(
            case=moved,
            entries=(
                self._entry(
                    case,
                    caller,
                    Deed.RETURNED,
                    {
                        "from": case.status.value,
                        "to": to.value,
                        "return": str(back.number),
                        "reasons": ", ".join(sorted({code.value for code in codes})),
                    },
                ),
            ),
            events=(
                CaseMoved(**event_head(moved, at=now), origin=case.status, to=to, by=Party.LAB),
                CaseReturned(
                    **event_head(moved, at=now),
                    case_type=case.case_type,
                    to=to,
                    submission_number=back.submission_number,
                    submitted_at=submitted_at,
                    sent_by=case.submission.sent_by if case.submission else case.started_by,
                    is_first_pass=case.is_first_pass,
                    first_sent_at=case.first_sent_at or submitted_at,
                    return_number=back.number,
                    reasons=codes,
                    rule_ids=back.rule_ids,
                ),
            ),
            files_version=case.files_version,
            back=back,
        )
        self._cases.save(change)
        return case_for_lab(moved)

    def _answer(self, caller: Caller, case_id: str, reason_id: str, says: str, expected_version: int) -> Case:
        found = self._cases.with_files(case_id)
        case = ensure_own(found[0] if found else None, caller)
        files = found[1] if found else ()
        _ensure_version(case, expected_version)
        known = self._prechecks.circumstances(case)
        ensure_prepares(case, caller, known.practice)
        case.ensure_packet_is_open(contact=_contact(known.lab, case))
        if (back := case.open_return) is None:
            raise Unknown("reason")
        if {reason.reason_id: reason.answer and reason.answer.says for reason in back.reasons}.get(reason_id) == says:
            return case
        now = self._now()
        back = back.answered(reason_id, Answer(says=says, at=now, by=caller.user_id))
        changed = case.with_answers(back, at=now)
        changed = changed.checked(self._prechecks.check(changed, files, known))
        change = Change(
            case=changed,
            entries=(
                self._entry(case, caller, Deed.REASON_ANSWERED, {"return": str(back.number), "reason": reason_id}),
            ),
            events=(
                ReturnReasonAnswered(**event_head(changed, at=now), return_number=back.number, reason_id=reason_id),
            ),
            files_version=case.files_version,
            back=back,
        )
        self._cases.save(change)
        return changed

    def _mark_arrived(self, caller: Caller, case_id: str, kind: str, expected_version: int) -> Case:
        case, files = self._of_lab(caller, case_id, expected_version)
        announced = next((each for each in case.packet.sent_otherwise if each.kind.value == kind), None)
        if announced is None:
            raise Unknown("announcement")
        if announced.arrived_at is not None:
            return case_for_lab(case)
        now = self._now()
        sent_otherwise = tuple(
            replace(each, arrived_at=now) if each is announced else each for each in case.packet.sent_otherwise
        )
        # The lab's word, not the practice's change: when that last changed the case stays.
        changed = replace(case, packet=replace(case.packet, sent_otherwise=sent_otherwise), version=case.version + 1)
        changed = self._checked(changed, files)
        change = Change(
            case=changed,
            entries=(self._entry(case, caller, Deed.SENT_OTHERWISE_ARRIVED, {"kind": kind}),),
            events=(SentOtherwiseArrived(**event_head(changed, at=now), kind=announced.kind),),
            files_version=case.files_version,
        )
        self._cases.save(change)
        return case_for_lab(changed)

    def _is_prepared_by_lab(self, case: Case) -> bool:
        # The practice is only looked up where it matters.
        return case.is_lab_started and is_prepared_by_lab(case, self._directory.practice(case.practice_id))

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
        found = self._cases.with_files(case_id)
        case = ensure_visible(found[0] if found else None, caller)
        if party_of(caller) is not Party.LAB:
            raise RoleNotAllowed(LAB_ROLES)
        _ensure_version(case, expected_version)
        return case, found[1] if found else ()

    def _checked(self, case: Case, files: "tuple[CaseFile, ...]") -> Case:
        """Return a changed case with the outcome of its PreCheck for lists; and for reports, while it is prepared."""
        precheck = self._prechecks.check(case, files)
        return case.checked(precheck) if case.is_packet_open else replace(case, precheck_outcome=precheck.outcome)

    def _entry(self, case: Case, caller: Caller, deed: Deed, details: Mapping[str, str]) -> Activity:
        now = self._now()
        return Activity(
            entry_id=new_id(now),
            case_id=case.case_id,
            at=now,
            by=party_of(caller),
            user_id=caller.user_id,
            deed=deed,
            details=details,
        )


def _ensure_version(case: Case, expected: int) -> None:
    if case.version != expected:
        raise StaleVersion(expected=expected, actual=case.version)


def _ensure_reasons(reasons: Sequence[NewReason], files: "Sequence[CaseFile]") -> None:
    if not reasons:
        raise InvalidInput(FieldError("/reasons", "Say why the case comes back: at least one reason."))
    # Each rule is a module: only a lab that gives a case back needs them.
    from bitewing.precheck.rules import RULES  # noqa: PLC0415

    rules = {rule.ID for rule in RULES}
    got = {file.file_id for file in files if file.handed_over_in is not None and not file.is_gone}
    errors = []
    for number, reason in enumerate(reasons):
        if reason.rule_id is not None and reason.rule_id not in rules:
            errors.append(FieldError(f"/reasons/{number}/rule_id", "There is no rule with this id."))
        if reason.file_id is not None and reason.file_id not in got:
            errors.append(FieldError(f"/reasons/{number}/file_id", "Your lab has no file with this id in this case."))
    if errors:
        raise InvalidInput(*errors)


def _return(case: Case, to: Status, reasons: Sequence[NewReason], *, by: str, at: datetime) -> Return:
    return Return(
        number=case.last_return.number + 1 if case.last_return else 1,
        to=to,
        submission_number=case.submission.number if case.submission else 0,
        at=at,
        by=by,
        reasons=tuple(
            ReturnReason(
                reason_id=str(number),
                code=reason.code,
                says=reason.says,
                rule_id=reason.rule_id,
                file_id=reason.file_id,
            )
            for number, reason in enumerate(reasons, start=1)
        ),
    )


def _contact(lab: Lab | None, case: Case) -> str:
    return lab.contact if lab else case.lab_id
