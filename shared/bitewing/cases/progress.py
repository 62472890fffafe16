"""How a case goes on after it was sent: its lab works on it, gives it back, pauses it, ends it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bitewing.cases.access import Reader, ensure_of_lab, ensure_visible, party_of, with_planner
from bitewing.cases.activity import A_MOMENT, Deed, entry_of
from bitewing.cases.as_sent import SentPacket, files_as_sent
from bitewing.cases.case import Case
from bitewing.cases.events import CaseChanged, CaseMoved, event_head
from bitewing.cases.moves import Move
from bitewing.cases.patients import patient_key
from bitewing.cases.ports import TRIES, Cases, Change, FilesChanged
from bitewing.cases.returns import Return, ReturnReason
from bitewing.cases.review import reader_in, sent_packet_for_lab, told_to_lab
from bitewing.cases.review_events import CaseReturned
from bitewing.cases.shipments import all_arrived, have_all_arrived
from bitewing.cases.status import AWAITS_PLANNING, GIVES_BACK, MOVES, MadeBy, Party, Status, made_by
from bitewing.cases.would_be import WouldBe
from bitewing.directory.organization import Lab
from bitewing.directory.service import Directory
from bitewing.kernel.caller import LAB_ROLES, Caller
from bitewing.kernel.errors import (
    FieldError,
    InvalidInput,
    LabClosed,
    MoveNotAllowed,
    RequestInProgress,
    RoleNotAllowed,
    Unknown,
)
from bitewing.kernel.events import Event
from bitewing.kernel.versions import ensure_version
from bitewing.kernel.working_days import NeverOpen
from bitewing.precheck.service import PrecheckService

if TYPE_CHECKING:
    from bitewing.files.case_file import CaseFile


def _ends_of(party: Party) -> frozenset[Status]:
    """Return where a party ever moves cases, beside what it paused."""
    return frozenset(to for (start, to), who in MOVES.items() if party in who and start is not Status.ON_HOLD)


#: Where labs move cases, and practices never.
_LABS_ALONE: Final = _ends_of(Party.LAB) - _ends_of(Party.PRACTICE)


class ProgressService:
    """The use cases of how a case goes on."""

    def __init__(self, cases: Cases, directory: Directory, *, now: Callable[[], datetime]) -> None:
        self._cases, self._directory, self._now = cases, directory, now
        self._prechecks = PrecheckService(directory, cases, now=now)

    def move(self, caller: Caller, case_id: str, move: Move, *, expected_version: int) -> Case:
        """Move a case: as its lab works on it, or to throw a draft away.

        Where all parcels have arrived before their lab says that the case is shipped, the system says that it is
        delivered, in the same change.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab, or in the practice, and the move is a lab's.
            Unknown: There is no such case for this caller.
            StaleVersion: The case has another version.
            MoveNotAllowed: The caller's side cannot move the case there from where it is, or does it in another way.
            InvalidInput: What is said of the move does not fit it: a sentence or a shipment is missing, or a reason
                names a rule or a file that is none of this case.
            LabClosed: The lab's calendar has no working day for more than a year.
            RequestInProgress: Files of the case kept changing.
        """
        return self._stored(caller, lambda: self._decide_move(caller, case_id, move, expected_version)[1])

    def would_move(self, caller: Caller, case_id: str, move: Move, *, expected_version: int) -> WouldBe:
        """Return what a move would make of a case, and store nothing.

        Raises:
            BitewingError: Whatever :meth:`move` would refuse.
        """
        case, change = self._decide_move(caller, case_id, move, expected_version)
        return WouldBe.of(case, change.case)

    def rename_patient(self, caller: Caller, case_id: str, name: str, *, expected_version: int) -> Case:
        """Correct the name of the patient of a case that was sent, as its practice asked its lab to.

        That is not the practice's change: when that last changed the case stays. The history says that the patient
        was changed, and neither the old name nor the new one. The same name again changes nothing.

        Raises:
            RoleNotAllowed: The caller does not work in the lab of the case.
            Unknown: There is no such case for this caller.
            StaleVersion: The case has another version.
            InvalidInput: The case was not sent yet: its name is changed with its packet.
            RequestInProgress: Files of the case kept changing.
        """
        return self._stored(caller, lambda: self._decide_name(caller, case_id, name, expected_version))

    def reader(self, caller: Caller, case: Case) -> Reader:
        """Return on which side of a case the caller reads it, and what of it is theirs to do.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
        """
        return reader_in(self._directory, caller, case)

    def _stored(self, caller: Caller, decide: Callable[[], Change]) -> Case:
        """Return what comes of a decision, made again while files arrive at the same moment."""
        for _ in range(TRIES):
            change = decide()
            try:
                if change.entries:
                    self._cases.save(change)
            except FilesChanged:
                continue
            return self._told_to_lab(change) if party_of(caller) is Party.LAB else change.case
        raise RequestInProgress

    def _told_to_lab(self, change: Change) -> Case:
        """Return a case as its lab reads it after a change: as it was sent, while its practice changes it."""
        sent = sent_packet_for_lab(change.case, self._cases, self._directory, known=change.sent_packet)
        return told_to_lab(change.case, sent)

    def _decide_move(self, caller: Caller, case_id: str, move: Move, expected_version: int) -> tuple[Case, Change]:
        """Return a case as it is, and the change that the move is."""
        # What comes back to the practice is checked for its lists, and PreCheck looks at the files.
        found, files = self._found(case_id, with_files=move.to in GIVES_BACK)
        case = ensure_visible(found, caller)
        party = party_of(caller)
        if party is Party.PRACTICE and move.to in _LABS_ALONE:
            raise RoleNotAllowed(LAB_ROLES)
        ensure_version(case.version, expected=expected_version)
        _ensure_is_transition(case, move.to, party)
        _ensure_said(case, move, files)
        now = self._now()
        if move.to in GIVES_BACK and case.hold is None:
            return case, self._given_back(case, move, files, caller, now)
        moved = self._with_planner(self._moved(case, move, party, now))
        details = {"from": case.status.value, "to": move.to.value}
        files_version = None
        if move.to in GIVES_BACK:
            moved = moved.checked(self._prechecks.check(moved, files))
            files_version = case.files_version
        told = _told_of_move(case, moved, party, now)
        change = self._change(case, moved, caller, told, deed=Deed.MOVED, details=details)
        if moved.status is Status.SHIPPED and have_all_arrived(moved.shipments):
            return case, self._delivered(change, now + A_MOMENT)
        return case, replace(change, files_version=files_version)

    def _delivered(self, change: Change, at: datetime) -> Change:
        """Return a change that ships a case with what follows where all had arrived: the system delivers it."""
        shipped = change.case
        case = shipped.moved_to(Status.DELIVERED, by=Party.SYSTEM, at=at)
        details = {"from": shipped.status.value, "to": case.status.value}
        entry = entry_of(case.case_id, Deed.MOVED, details, by=None, at=at)
        told = _told_of_move(shipped, case, Party.SYSTEM, at)
        return replace(
            change,
            case=case,
            entries=(*change.entries, entry),
            events=(*change.events, told),
            versions=change.versions + 1,
        )

    def _with_planner(self, case: Case) -> Case:
        """Return a moved case with who books its planning, where it waits for that."""
        if case.status not in AWAITS_PLANNING or not case.is_lab_started:
            return case
        return with_planner(case, self._directory.practice(case.practice_id))

    def _moved(self, case: Case, move: Move, party: Party, at: datetime) -> Case:
        match move.to:
            case Status.CANCELLED:
                return case.cancelled(move.reason, by=party, at=at)
            case Status.ON_HOLD:
                return case.held(move.reason or "", at=at)
            case Status.DELIVERED:
                arrived = all_arrived(case.shipments, at=at)
                return replace(case.moved_to(move.to, by=party, at=at), shipments=arrived)
            case _ if case.hold is None and move.to not in (Status.MANUFACTURING, Status.FINISHED):
                return case.moved_to(move.to, by=party, at=at)
        lab = self._lab(case)
        try:
            if case.hold is not None:
                return case.released(at=at, days=lab.working_days)
            return case.progressed(move.to, by=party, at=at, days=lab.working_days)
        except NeverOpen as error:
            raise LabClosed(contact=lab.contact) from error

    def _given_back(
        self, case: Case, move: Move, files: "tuple[CaseFile, ...]", caller: Caller, at: datetime
    ) -> Change:
        back = _return(case, move, by=caller.user_id, at=at)
        returned = case.given_back(back)
        returned = returned.checked(self._prechecks.check(returned, files))
        codes = tuple(reason.code for reason in back.reasons)
        submitted_at = case.submission.submitted_at if case.submission else case.created_at
        told = CaseReturned(
            **event_head(returned, at=at),
            case_type=case.case_type,
            to=move.to,
            submission_number=back.submission_number,
            submitted_at=submitted_at,
            sent_by=case.submission.sent_by if case.submission else case.started_by,
            is_first_pass=case.is_first_pass,
            first_sent_at=case.first_sent_at or submitted_at,
            return_number=back.number,
            reasons=codes,
            rule_ids=back.rule_ids,
        )
        details = {
            "from": case.status.value,
            "to": move.to.value,
            "return": str(back.number),
            "reasons": ", ".join(sorted({code.value for code in codes})),
        }
        moved = _told_of_move(case, returned, Party.LAB, at)
        change = self._change(case, returned, caller, moved, told, deed=Deed.RETURNED, details=details)
        return replace(change, files_version=case.files_version, back=returned.last_return)

    def _decide_name(self, caller: Caller, case_id: str, name: str, expected_version: int) -> Change:
        found, files = self._cases.with_files(case_id) or (None, ())
        case = ensure_of_lab(found, caller)
        ensure_version(case.version, expected=expected_version)
        if not case.is_sent:
            says = "This case was not sent yet: change the name of its patient with the packet."
            raise InvalidInput(FieldError("/name", says))
        if name == case.packet.patient.name:
            return Change(case=case, entries=(), events=())
        known = self._prechecks.circumstances(case)
        packet = case.packet.named(name)
        key = patient_key(known.practice, packet.patient)
        changed = replace(case, packet=packet, patient_key=key, version=case.version + 1)
        changed = changed.rechecked(self._prechecks.check(changed, files, known))
        told = CaseChanged(**event_head(changed, at=self._now()), fields=("patient",))
        change = self._change(case, changed, caller, told, deed=Deed.CHANGED, details={"fields": "patient"})
        return replace(change, files_version=case.files_version, sent_packet=self._sent_to(case, name))

    def _sent_to(self, case: Case, name: str) -> SentPacket | None:
        """Return what the lab goes on to read of a case that was changed since, of its patient by this name."""
        if not case.is_changed_since_sent or case.submission is None:
            return None
        sent = self._cases.sent_packet(case.case_id, case.submission.number)
        return replace(sent, packet=sent.packet.named(name)) if sent else None

    def _found(self, case_id: str, *, with_files: bool) -> "tuple[Case | None, tuple[CaseFile, ...]]":
        return (self._cases.with_files(case_id) or (None, ())) if with_files else (self._cases.find(case_id), ())

    def _lab(self, case: Case) -> Lab:
        if (lab := self._directory.lab(case.lab_id)) is None:
            raise Unknown("organization")
        return lab

    def _change(
        self,
        before: Case,
        case: Case,
        caller: Caller,
        *events: Event,
        deed: Deed,
        details: Mapping[str, str],
    ) -> Change:
        entry = entry_of(case.case_id, deed, details, by=caller, at=self._now())
        return Change(
            case=case, entries=(entry,), events=events, released=before.gives_up(case), held=before.holds(case)
        )


def _ensure_is_transition(case: Case, to: Status, party: Party) -> None:
    allowed = case.moves(party)
    if to not in allowed:
        raise MoveNotAllowed(status=case.status, to=to, allowed=allowed)
    if (way := made_by(case.status, to)) is not MadeBy.TRANSITIONS:
        raise MoveNotAllowed(status=case.status, to=to, allowed=allowed, made_by=way)


def _ensure_said(case: Case, move: Move, files: "tuple[CaseFile, ...]") -> None:
    """Refuse a move of which too little is said, or what does not belong to it."""
    errors = []
    if move.to in GIVES_BACK and case.hold is None:
        errors += _wrong_reasons(move, files_as_sent(case, files))
    elif move.reasons:
        errors.append(FieldError("/reasons", "Only a case that comes back to its practice has such reasons."))
    is_ended = move.to is Status.CANCELLED
    if not move.reason and (move.to is Status.ON_HOLD or (is_ended and case.is_sent)):
        errors.append(FieldError("/reason", "Say why, in a sentence: practice and lab both read it."))
    if move.reason and not is_ended and move.to is not Status.ON_HOLD:
        errors.append(FieldError("/reason", "Only a case that is paused or canceled has such a reason."))
    if move.to is Status.SHIPPED and not case.shipments:
        errors.append(FieldError("/to", "This case has no shipment: say first how it is shipped."))
    if errors:
        raise InvalidInput(*errors)


def _wrong_reasons(move: Move, files: "tuple[CaseFile, ...]") -> list[FieldError]:
    if not move.reasons:
        return [FieldError("/reasons", "Say why the case comes back: at least one reason.")]
    # Each rule is a module: only a lab that gives a case back needs them.
    from bitewing.precheck.rules import RULES  # noqa: PLC0415

    rules = {rule.ID for rule in RULES}
    got = {file.file_id for file in files if not file.is_gone}
    errors = []
    for number, reason in enumerate(move.reasons):
        if reason.rule_id is not None and reason.rule_id not in rules:
            errors.append(FieldError(f"/reasons/{number}/rule_id", "There is no rule with this id."))
        if reason.file_id is not None and reason.file_id not in got:
            errors.append(FieldError(f"/reasons/{number}/file_id", "Your lab has no file with this id in this case."))
    return errors


def _return(case: Case, move: Move, *, by: str, at: datetime) -> Return:
    return Return(
        number=case.last_return.number + 1 if case.last_return else 1,
        to=move.to,
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
            for number, reason in enumerate(move.reasons, start=1)
        ),
    )


def _told_of_move(before: Case, after: Case, party: Party, at: datetime) -> CaseMoved:
    return CaseMoved(**event_head(after, at=at), origin=before.status, to=after.status, by=party)
