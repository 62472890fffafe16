"""What people do with cases: start, prepare, check, send, find and follow them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from bitewing.cases.access import (
    contact_of,
    ensure_may_authorize,
    ensure_own,
    ensure_packet_is_open,
    ensure_prepares,
    ensure_visible,
    is_planned_by_lab,
    is_prepared_by_lab,
    is_visible,
    party_of,
)
from bitewing.cases.activity import Activity, Deed, entry_of
from bitewing.cases.as_sent import SentPacket, case_as_sent, files_as_sent, left_behind
from bitewing.cases.case import Case
from bitewing.cases.disclosure import case_for_lab, history_for_lab, precheck_for_lab, precheck_for_preparing_lab
from bitewing.cases.due_dates import due_on, kept_running
from bitewing.cases.events import (
    CaseChanged,
    CaseChecked,
    CaseCreated,
    CaseMoved,
    CaseRemade,
    CaseSubmitted,
    event_head,
)
from bitewing.cases.patients import patient_key
from bitewing.cases.ports import TRIES, CaseIdTaken, Cases, CaseWithPrecheck, Change, FilesChanged, OriginalChanged
from bitewing.cases.reasons import Reason
from bitewing.cases.remakes import MAX_REMAKES, flaw_of
from bitewing.cases.status import Party, Status
from bitewing.cases.would_be import WouldBe
from bitewing.directory.organization import Resubmission
from bitewing.directory.service import Circumstances, Directory
from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request
from bitewing.kernel.errors import (
    FieldError,
    InvalidInput,
    LabClosed,
    MoveNotAllowed,
    PrecheckBlocked,
    RequestInProgress,
    RoleNotAllowed,
    WarningsNotAcknowledged,
)
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_case_id
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.kernel.working_days import NeverOpen
from bitewing.packet.packet import Authorization, Packet, Patient
from bitewing.precheck.finding import Finding, Outcome, Precheck
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.case_types import CaseType

if TYPE_CHECKING:
    # Who has a profile has this loaded; who lists cases starts without it.
    from bitewing.files.case_file import CaseFile
    from bitewing.precheck.checked_case import CheckedCase

#: What a change can say beside the packet, until the case is sent first.
_CONTEXT_FIELDS: Final = ("lab_id", "dentist_id", "case_type")
#: A change of these says other work than what the dentist authorized.
_AUTHORIZED_FIELDS: Final = frozenset({"patient", "description", "items"})
#: What a change can say beside the packet: of which case this is a remake, and why.
_REMAKE_FIELDS: Final = ("remake_of", "remake_code", "remake_reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What a case starts with: its context."""

    lab_id: str
    dentist_id: str
    case_type: CaseType
    patient: Patient
    remake_of: str | None = None
    remake_reason: str | None = None
    remake_code: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _ChangedPacket:
    """A change of a packet that was decided, and not stored.

    Attributes:
        before: The case as it was read.
        checked: The case with the change, and what PreCheck says of it.
        files: Its files.
        fields: What of it changes.
    """

    before: Case
    checked: CaseWithPrecheck
    files: "tuple[CaseFile, ...]"
    known: Circumstances
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadyToSend:
    """A case that somebody is about to send.

    Attributes:
        checked: The case, and what PreCheck says of it.
        told: The same, as whoever sends it may read it.
        originals: The cases that it replaces, see :class:`bitewing.precheck.checked_case.CheckedCase`.
        due_on: When it is due once it is sent.
        clock_started_at: From when its turnaround counts then.
    """

    case: Case
    known: Circumstances
    checked: CaseWithPrecheck
    told: CaseWithPrecheck
    originals: tuple[Case, ...] | None
    due_on: date | None
    clock_started_at: datetime


class CaseService:
    """The use cases of cases."""

    def __init__(self, cases: Cases, directory: Directory, *, now: Callable[[], datetime]) -> None:
        self._cases, self._directory, self._now = cases, directory, now
        self._prechecks = PrecheckService(directory, cases, now=now)

    def create(self, caller: Caller, new: NewCase, request: Request) -> CaseWithPrecheck:
        """Start a case; the same request gives the same answer.

        Raises:
            RoleNotAllowed: The caller does not work in a practice.
            InvalidInput: The lab is not connected, the dentist is not active, the lab does not offer the type,
                or the original of a remake is not a case of this practice that was sent.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: Others sent the same request at this moment.
        """
        if caller.organization_kind is not OrganizationKind.PRACTICE:
            raise RoleNotAllowed(PRACTICE_ROLES)
        caller.ensure_any_of(PRACTICE_ROLES)
        return self._create(caller, caller.organization_id, new, request)

    def create_for(self, caller: Caller, practice_id: str, new: NewCase, request: Request) -> CaseWithPrecheck:
        """Start a case of a practice in its place, from work that arrived outside the system.

        It is a draft of that practice at the caller's lab, and both see it from now on. The same request gives the
        same answer.

        Args:
            caller: Who calls.
            practice_id: A practice that is connected, or that the lab entered itself.
            new: What the case starts with; its lab is the caller's.
            request: The request.

        Raises:
            RoleNotAllowed: The caller does not work in a lab.
            InvalidInput: The practice is not connected, the dentist is not active in it, or the lab does not offer
                the type.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: Others sent the same request at this moment.
        """
        if party_of(caller) is not Party.LAB:
            raise RoleNotAllowed(LAB_ROLES)
        return self._create(caller, practice_id, replace(new, lab_id=caller.organization_id), request)

    def _create(self, caller: Caller, practice_id: str, new: NewCase, request: Request) -> CaseWithPrecheck:
        if (before := self._cases.answered(request)) is not None:
            return before
        known = self._directory.circumstances(
            practice_id=practice_id,
            dentist_id=new.dentist_id,
            lab_id=new.lab_id,
            case_type=new.case_type,
        )
        for _ in range(TRIES):
            self._ensure_can_start(caller, practice_id, new, known)
            started = self._started(caller, practice_id, new, known)
            answer = self._told_to(caller, started, (), known)
            change = self._change(
                started.case,
                caller,
                Deed.CREATED,
                CaseCreated(
                    **self._event_head(started.case),
                    case_type=started.case.case_type,
                    started_by=started.case.started_by,
                ),
            )
            try:
                self._cases.create(change, request=request, answer=answer)
            except CaseIdTaken:
                continue
            except AlreadyAnswered:
                return self._answered_meanwhile(request)
            return answer
        raise RequestInProgress

    def read(self, caller: Caller, case_id: str) -> CaseWithPrecheck:
        """Return a case with its PreCheck; a lab is not told what concerns the practice alone.

        A lab reads what was sent to it, until the practice sends what it changed since.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller.
        """
        case, files = self._case_with_files(caller, case_id)
        known = self._prechecks.circumstances(case)
        is_for_lab = party_of(caller) is Party.LAB and not is_prepared_by_lab(case, known.practice)
        if is_for_lab and case.is_changed_since_sent:
            case, files = case_as_sent(case, self._sent_packet(case)), files_as_sent(case, files)
        return self._told_to(caller, self._checked(case, files, known), files, known)

    def change_packet(
        self,
        caller: Caller,
        case_id: str,
        *,
        expected_version: int,
        changes: Mapping[str, Any],
        is_authorized: bool | None,
    ) -> CaseWithPrecheck:
        """Change fields of a packet; a half-filled one is as welcome as a whole one.

        Until the case is sent first, its lab, its dentist and its type can change, too, to what a case could start
        with. The packet stays as it is: what the new type does not have, PreCheck says.

        Whoever of the practice calls may record the electronic authorization of the dentist; who did is kept with
        it. That the dentist agreed to sign so is in the directory, and PreCheck asks for it (RX-SIGNATURE). A lab
        records what was signed on paper, as long as nobody of the practice can sign in: PreCheck asks for the paper.
        A change of the lab, the dentist, the type, the patient, the items or the description withdraws an earlier
        authorization: the dentist authorized other work.

        Args:
            caller: Who calls.
            case_id: The case.
            expected_version: The version that the caller read.
            changes: Field of :class:`Packet` to its new value; also ``lab_id``, ``dentist_id``, ``case_type``,
                ``remake_of``, ``remake_code`` and ``remake_reason`` of the case. Whether it can be a remake of that
                case, PreCheck says (CSE-REMAKE).
            is_authorized: Whether the dentist authorized the packet as it is after this change, or takes that
                back; ``None`` says nothing about it.

        Raises:
            Unknown: There is no such case for this caller.
            RoleNotAllowed: The caller may see the case, but not change it.
            StaleVersion: The case has another version.
            PacketLocked: The packet cannot be changed in this status.
            InvalidInput: The patient's name, the lab, the dentist or the type would change after the first
                submission; a case that a lab started would go to another; no case can start with the new lab, dentist
                and type; a case that was sent as a remake would name another original; or a lab records an
                authorization though the practice has joined.
            RequestInProgress: Files of the case kept changing.
        """
        return self._decided(
            lambda: self._change_packet(
                caller, case_id, expected_version=expected_version, changes=changes, is_authorized=is_authorized
            )
        )

    def would_change(
        self,
        caller: Caller,
        case_id: str,
        *,
        expected_version: int,
        changes: Mapping[str, Any],
        is_authorized: bool | None,
    ) -> WouldBe:
        """Say what a change of a packet would do, and do nothing; it takes and refuses what :meth:`change_packet` does.

        Returns:
            What the case would be once it is sent so at this moment. No date where its lab does not offer the type,
            or has no working day for more than a year: PreCheck says so, too.
        """
        changed = self._changed_packet(
            caller, case_id, expected_version=expected_version, changes=changes, is_authorized=is_authorized
        )
        before, after, known = changed.before, changed.checked, changed.known
        try:
            due, clock_started_at = self._due(after.case, known)
        except LabClosed:
            due, clock_started_at = None, self._now()
        releases = before.session is not None and Status.PROCESSING in before.moves(party_of(caller))
        sent = replace(
            after.case,
            due_on=due,
            clock_started_at=clock_started_at,
            session=None if releases else before.session,
        )
        told = self._told_to(caller, after, changed.files, known)
        return WouldBe.of(before, sent, told.precheck)

    def _change_packet(
        self,
        caller: Caller,
        case_id: str,
        *,
        expected_version: int,
        changes: Mapping[str, Any],
        is_authorized: bool | None,
    ) -> CaseWithPrecheck:
        changed = self._changed_packet(
            caller, case_id, expected_version=expected_version, changes=changes, is_authorized=is_authorized
        )
        before, after, fields = changed.before, changed.checked.case, changed.fields
        if fields:
            change = self._change(
                after,
                caller,
                Deed.CHANGED,
                CaseChanged(**self._event_head(after), fields=fields),
                details={"fields": ", ".join(fields)},
            )
            self._cases.save(
                replace(
                    change,
                    files_version=before.files_version,
                    sent_packet=left_behind(before),
                    is_of_practice=party_of(caller) is Party.PRACTICE,
                )
            )
        return self._told_to(caller, changed.checked, changed.files, changed.known)

    def _changed_packet(
        self,
        caller: Caller,
        case_id: str,
        *,
        expected_version: int,
        changes: Mapping[str, Any],
        is_authorized: bool | None,
    ) -> "_ChangedPacket":
        found, files = self._found(case_id)
        case = ensure_own(found, caller)
        ensure_version(case.version, expected=expected_version)
        known = self._prechecks.circumstances(case)
        ensure_prepares(case, caller, known.practice)
        contact = contact_of(known.lab, case)
        ensure_packet_is_open(case, known.practice, contact=contact)
        if is_authorized:
            ensure_may_authorize(caller, known.practice)
        placed = case.with_context(**{name: changes.get(name, getattr(case, name)) for name in _CONTEXT_FIELDS})
        context = [name for name in _CONTEXT_FIELDS if getattr(placed, name) != getattr(case, name)]
        if context:
            known = self._prechecks.circumstances(placed)
            # The practice of a case is nothing that a body names.
            _ensure_context(caller, known, practice_pointer="")
        remake = {name: changes[name] for name in _REMAKE_FIELDS if name in changes}
        of_packet = {name: value for name, value in changes.items() if name not in {*_CONTEXT_FIELDS, *remake}}
        packet = self._changed(placed, caller, of_packet, is_authorized, is_other_context=bool(context))
        fields = (
            *context,
            *(name for name in Packet.__slots__ if getattr(packet, name) != getattr(case.packet, name)),
            *(name for name, value in remake.items() if value != getattr(case, name)),
        )
        if not fields:
            checked = self._checked(case, files, known)
            return _ChangedPacket(before=case, checked=checked, files=files, known=known, fields=())
        if "patient" in fields and case.is_sent and packet.patient.name != case.packet.patient.name:
            raise InvalidInput(
                FieldError("/patient/name", f"The patient's name stays after sending. Contact the lab: {contact}.")
            )
        if "remake_of" in fields:
            self._ensure_not_linked(case)
        changed = replace(placed.with_packet(packet, at=self._now(), contact=contact, party=party_of(caller)), **remake)
        if not remake.keys().isdisjoint(fields):
            changed = replace(changed, is_packet_changed=case.is_sent)
        if "patient" in fields:
            changed = replace(changed, patient_key=patient_key(known.practice, packet.patient))
        checked = self._checked_anew(changed, files, known)
        return _ChangedPacket(before=case, checked=checked, files=files, known=known, fields=fields)

    def submit(
        self,
        caller: Caller,
        case_id: str,
        *,
        expected_version: int,
        acknowledged: frozenset[str],
        request: Request,
    ) -> CaseWithPrecheck:
        """Send a case to its lab; the same request gives the same answer.

        A lab that prepares a case takes it in by this: what concerns the practice alone does not hold it. A remake
        and its original name each other from now on. A case that its lab has not begun to make is sent again,
        changed or not: it counts anew, and a booked planning session is given up.

        Raises:
            Unknown: There is no such case for this caller.
            RoleNotAllowed: The caller may see the case, but not send it.
            StaleVersion: The case has another version.
            MoveNotAllowed: The case cannot be sent from its status.
            LabClosed: The lab's calendar has no working day for more than a year.
            PrecheckBlocked: PreCheck finds something that blocks.
            WarningsNotAcknowledged: PreCheck warns of something that was not acknowledged.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: Files of the case, or the remakes of its original, kept changing.
        """
        return self._decided(
            lambda: self._submit(
                caller, case_id, expected_version=expected_version, acknowledged=acknowledged, request=request
            )
        )

    def would_submit(self, caller: Caller, case_id: str, *, expected_version: int) -> WouldBe:
        """Say what sending a case would do, and do nothing; it refuses what :meth:`submit` refuses.

        Warnings are not acknowledged by it: they are in the PreCheck that it tells.
        """
        ready = self._ready(caller, *self._found(case_id), expected_version=expected_version)
        self._ensure_not_blocked(ready.told.precheck)
        return WouldBe.of(ready.case, self._submitted(ready, caller, frozenset()), ready.told.precheck)

    def _submit(
        self,
        caller: Caller,
        case_id: str,
        *,
        expected_version: int,
        acknowledged: frozenset[str],
        request: Request,
    ) -> CaseWithPrecheck:
        # First the case, then the answer: a sending between the two is answered, never refused as stale.
        found, files = self._found(case_id)
        if (before := self._cases.answered(request)) is not None:
            return before
        ready = self._ready(caller, found, files, expected_version=expected_version)
        case, checked, told = ready.case, ready.checked, ready.told
        self._ensure_not_blocked(told.precheck)
        warned = self._ensure_acknowledged(told.precheck, acknowledged)
        fired = case.checked(checked.precheck).rules_fired
        party = party_of(caller)
        submitted = replace(self._submitted(ready, caller, warned), precheck_outcome=checked.precheck.outcome)
        answer = replace(told, case=submitted if party is Party.PRACTICE else self._for_lab(submitted, caller))
        number = submitted.submission.number if submitted.submission else 0
        change = self._change(
            submitted,
            caller,
            Deed.SUBMITTED,
            CaseSubmitted(
                **self._event_head(submitted),
                case_type=case.case_type,
                submission_number=number,
                sent_by=party,
                rules_fired=tuple(sorted(fired)),
                acknowledged=tuple(sorted(warned)),
            ),
            CaseMoved(**self._event_head(submitted), origin=case.status, to=submitted.status, by=party),
            details={"submission": str(number), "acknowledged": ", ".join(sorted(warned))},
        )
        if (original := self._new_original(case, ready.originals)) is not None:
            change = self._linked(change, original, caller)
        self._cases.save(
            replace(
                change,
                files_version=case.files_version,
                released=case.gives_up(submitted),
                is_of_practice=party is Party.PRACTICE,
            ),
            request=request,
            answer=answer,
        )
        return answer

    def _ready(
        self, caller: Caller, found: Case | None, files: "tuple[CaseFile, ...]", *, expected_version: int
    ) -> "_ReadyToSend":
        """Return a case that the caller may send, as it stands at this moment, whatever PreCheck says of it."""
        case = ensure_own(found, caller)
        ensure_version(case.version, expected=expected_version)
        if Status.PROCESSING not in (allowed := case.moves(party_of(caller))):
            raise MoveNotAllowed(status=case.status, to=Status.PROCESSING, allowed=allowed)
        known = self._prechecks.circumstances(case)
        ensure_prepares(case, caller, known.practice)
        due, clock_started_at = self._due(case, known)
        gathered = self._prechecks.gather(case, files, known, is_for_sending=True)
        checked = self._ran(gathered)
        return _ReadyToSend(
            case=case,
            known=known,
            checked=checked,
            told=self._told_to(caller, checked, files, known),
            originals=gathered.originals,
            due_on=due,
            clock_started_at=clock_started_at,
        )

    def check_again(self, case_id: str) -> Outcome | None:
        """Run PreCheck because a file arrived or a Case Day moved, and keep its outcome for the lists.

        Returns:
            The outcome, or ``None`` where nothing of the case is to be sent, or it changed meanwhile: whoever
            changed it has checked it, with the files and the day as they were then.
        """
        found = self._cases.with_files(case_id)
        if found is None or not found[0].is_to_be_sent:
            return None
        case, files = found
        precheck = self._prechecks.check(case, files)
        checked = case.checked(precheck)
        if checked == case:
            return precheck.outcome
        event = CaseChecked(
            **self._event_head(case),
            outcome=precheck.outcome,
            rule_ids=tuple(sorted({finding.rule_id for finding in precheck.findings})),
        )
        events = () if precheck.outcome is case.precheck_outcome else (event,)
        return precheck.outcome if self._cases.record_check(checked, *events) else None

    def activity(self, caller: Caller, case_id: str, *, limit: int, start: Position | None) -> Page[Activity]:
        """Return one page of a case's history, the newest entry first.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
            Unknown: There is no such case for this caller.
        """
        case = ensure_visible(self._cases.find(case_id), caller)
        page = self._cases.activity(case_id, limit=limit, start=start)
        if party_of(caller) is Party.PRACTICE:
            return page
        unsent_since = case.unsent_since
        # The practice is only looked up where it matters.
        if unsent_since is not None and case.is_lab_started:
            practice = self._directory.practice(case.practice_id)
            unsent_since = None if is_prepared_by_lab(case, practice) else unsent_since
        seen = history_for_lab(page.things, known_since=case.known_to_lab_since, unsent_since=unsent_since)
        return Page(seen, page.next)

    @staticmethod
    def _decided(decide: Callable[[], CaseWithPrecheck]) -> CaseWithPrecheck:
        """Return what comes of a decision, made again while what it depends on changes at the same moment."""
        for _ in range(TRIES):
            try:
                return decide()
            except (FilesChanged, OriginalChanged, AlreadyAnswered):
                continue
        raise RequestInProgress

    def _found(self, case_id: str) -> "tuple[Case | None, tuple[CaseFile, ...]]":
        return self._cases.with_files(case_id) or (None, ())

    def _case_with_files(self, caller: Caller, case_id: str) -> "tuple[Case, tuple[CaseFile, ...]]":
        found, files = self._found(case_id)
        return ensure_visible(found, caller), files

    def _checked(self, case: Case, files: "tuple[CaseFile, ...]", known: Circumstances) -> CaseWithPrecheck:
        return self._ran(self._prechecks.gather(case, files, known))

    def _ran(self, gathered: "CheckedCase") -> CaseWithPrecheck:
        precheck = self._prechecks.run(gathered)
        return CaseWithPrecheck(case=gathered.case, precheck=precheck, notation=gathered.practice.notation)

    def _checked_anew(self, case: Case, files: "tuple[CaseFile, ...]", known: Circumstances) -> CaseWithPrecheck:
        """Return a changed case with its PreCheck, whose outcome is kept in the case for lists."""
        checked = self._checked(case, files, known)
        return replace(checked, case=case.checked(checked.precheck))

    def _told_to(
        self, caller: Caller, checked: CaseWithPrecheck, files: "tuple[CaseFile, ...]", known: Circumstances
    ) -> CaseWithPrecheck:
        """Return a checked case as the caller may read it: a lab is not told what concerns the practice alone."""
        if party_of(caller) is Party.PRACTICE:
            return checked
        told = self._for_lab(checked.case, caller)
        if not is_prepared_by_lab(checked.case, known.practice):
            precheck = precheck_for_lab(checked.precheck, files)
            return replace(
                checked,
                case=told,
                precheck=precheck,
                is_prepared_by_reader=False,
                is_planned_by_reader=is_planned_by_lab(checked.case, known.practice),
            )
        # Who prepares the case sends it with the answers, and reads them before.
        told = replace(told, last_return=checked.case.last_return)
        return replace(checked, case=told, precheck=precheck_for_preparing_lab(checked.precheck))

    def _for_lab(self, case: Case, caller: Caller) -> Case:
        linked = (*filter(None, [case.remake_of]), *case.remakes)
        found = self._cases.find_all(linked) if linked else ()
        return case_for_lab(case, known={each.case_id for each in found if is_visible(each, caller)})

    def _answered_meanwhile(self, request: Request) -> CaseWithPrecheck:
        answered = self._cases.answered(request)
        if answered is None:
            msg = "a request that was answered a moment ago has no answer"
            raise LookupError(msg)
        return answered

    def _ensure_can_start(self, caller: Caller, practice_id: str, new: NewCase, known: Circumstances) -> None:
        errors = _wrong_context(caller, known, practice_pointer="/practice_id")
        if new.remake_of is not None:
            errors += _wrong_original(self._cases.find(new.remake_of), practice_id, caller)
        if errors:
            raise InvalidInput(*errors)

    def _ensure_not_linked(self, case: Case) -> None:
        """Refuse another original of a case that was sent as a remake: both name each other."""
        original = self._cases.find(case.remake_of) if case.is_sent and case.remake_of else None
        if original is not None and case.case_id in original.remakes:
            says = f"This case was sent as a remake of {original.case_id}, and stays one."
            raise InvalidInput(FieldError("/remake_of", says))

    def _new_original(self, case: Case, originals: tuple[Case, ...] | None) -> Case | None:
        """Return the original that a case begins to replace when it is sent, if it can be one."""
        if not originals or flaw_of(case, originals) is not None:
            return None
        original = self._cases.find(originals[0].case_id)
        return original if original is not None and case.case_id not in original.remakes else None

    def _linked(self, change: Change, original: Case, caller: Caller) -> Change:
        """Return a change that makes a case a remake, told of the original as well."""
        told = self._change(
            original,
            caller,
            Deed.REMADE,
            CaseRemade(**self._event_head(original)),
            details={"remake": change.case.case_id},
        )
        return replace(
            change,
            original=original,
            entries=(*change.entries, *told.entries),
            events=(*change.events, *told.events),
        )

    def _started(self, caller: Caller, practice_id: str, new: NewCase, known: Circumstances) -> CaseWithPrecheck:
        now = self._now()
        case = Case(
            case_id=new_case_id(now),
            practice_id=practice_id,
            lab_id=new.lab_id,
            dentist_id=new.dentist_id,
            case_type=new.case_type,
            started_by=party_of(caller),
            packet=Packet(patient=new.patient),
            status=Status.DRAFT,
            created_at=now,
            last_modified_at=now,
            moved_at=now,
            remake_of=new.remake_of,
            remake_reason=new.remake_reason,
            remake_code=new.remake_code,
            patient_key=patient_key(known.practice, new.patient),
        )
        return self._checked_anew(case, (), known)

    def _changed(
        self,
        case: Case,
        caller: Caller,
        changes: Mapping[str, Any],
        is_authorized: bool | None,  # noqa: FBT001
        *,
        is_other_context: bool,
    ) -> Packet:
        packet = replace(case.packet, **changes)
        arrived = {each.kind: each.arrived_at for each in case.packet.sent_otherwise}
        # That something arrived is the lab's to say, and stays whatever the practice writes of it.
        packet = replace(
            packet,
            sent_otherwise=tuple(replace(each, arrived_at=arrived.get(each.kind)) for each in packet.sent_otherwise),
        )
        is_other_work = is_other_context or any(
            getattr(packet, name) != getattr(case.packet, name) for name in _AUTHORIZED_FIELDS
        )
        if is_authorized is None:
            return replace(packet, authorization=None) if is_other_work else packet
        if not is_authorized:
            return replace(packet, authorization=None)
        is_by_lab = party_of(caller) is Party.LAB
        # What the lab has recorded counts less than the practice's own word, and is replaced by it.
        stands = packet.authorization is not None and (is_by_lab or not packet.authorization.is_by_lab)
        if stands and not is_other_work:
            return packet
        authorization = Authorization(
            dentist_id=case.dentist_id,
            authorized_at=self._now(),
            authorized_by=caller.user_id,
            is_by_lab=is_by_lab,
        )
        return replace(packet, authorization=authorization)

    @staticmethod
    def _ensure_not_blocked(precheck: Precheck) -> None:
        if precheck.outcome is Outcome.BLOCK:
            raise PrecheckBlocked(_told(precheck.findings, Outcome.BLOCK))

    @staticmethod
    def _ensure_acknowledged(precheck: Precheck, acknowledged: frozenset[str]) -> frozenset[str]:
        warned = frozenset(finding.rule_id for finding in precheck.findings)
        if missing := warned - acknowledged:
            raise WarningsNotAcknowledged(
                _told([finding for finding in precheck.findings if finding.rule_id in missing], Outcome.WARN)
            )
        return warned

    def _submitted(self, ready: "_ReadyToSend", caller: Caller, acknowledged: frozenset[str]) -> Case:
        profile = ready.known.profile
        if profile is None:
            msg = "PreCheck let a case pass whose lab does not offer its type"
            raise LookupError(msg)
        return ready.case.submitted(
            at=self._now(),
            by=caller.user_id,
            party=party_of(caller),
            acknowledged=acknowledged,
            profile_version=profile.version,
            due_on=ready.due_on,
            clock_started_at=ready.clock_started_at,
        )

    def _due(self, case: Case, known: Circumstances) -> tuple[date | None, datetime]:
        """Return when a case is due that is sent at this moment, and from when its turnaround counts.

        Types that are planned get their date from the planning session.

        Raises:
            LabClosed: The lab's calendar has no working day for more than a year.
        """
        now, lab, profile = self._now(), known.lab, known.profile
        if lab is None or profile is None:
            return None, now
        days = lab.working_days
        today = days.day_of(now)
        try:
            if case.is_planned:
                days.first_from(today)
                return None, now
            due = case.due_before_files_were_asked_for if lab.resubmission is Resubmission.KEEPS_RUNNING else None
            if due is not None:
                return kept_running(days, due, at=now), case.clock_started_at or now
            return due_on(days, profile.turnaround_working_days, counted_from=today), now
        except NeverOpen as error:
            raise LabClosed(contact=lab.contact) from error

    def _sent_packet(self, case: Case) -> SentPacket:
        """Return what a case was sent with that was changed since."""
        number = case.submission.number if case.submission else 0
        if (sent := self._cases.sent_packet(case.case_id, number)) is None:
            msg = "a case that was changed since it was sent has no packet that was sent"
            raise LookupError(msg)
        return sent

    def _change(
        self,
        case: Case,
        caller: Caller,
        deed: Deed,
        *events: Event,
        details: Mapping[str, str] | None = None,
    ) -> Change:
        entry = entry_of(case.case_id, deed, details, by=caller, at=self._now())
        return Change(case=case, entries=(entry,), events=events)

    def _event_head(self, case: Case) -> dict[str, Any]:
        return event_head(case, at=self._now())


def _ensure_context(caller: Caller, known: Circumstances, *, practice_pointer: str) -> None:
    if errors := _wrong_context(caller, known, practice_pointer=practice_pointer):
        raise InvalidInput(*errors)


def _wrong_context(caller: Caller, known: Circumstances, *, practice_pointer: str) -> list[FieldError]:
    """Return why no case can start with a lab, a dentist and a type.

    Args:
        caller: Who calls.
        known: What they are at this moment.
        practice_pointer: Where in the body a lab names the practice.

    Raises:
        InvalidInput: The caller's lab is not connected with the practice.
    """
    errors = []
    is_connected = known.connection is not None and known.connection.is_accepted
    is_lab = party_of(caller) is Party.LAB
    if is_lab and not is_connected:
        # Alone: whether a practice that is not connected has such a dentist is not told.
        raise InvalidInput(FieldError(practice_pointer, "Your lab has no accepted connection with this practice."))
    if not is_connected:
        errors.append(FieldError("/lab_id", "Your practice has no accepted connection to this lab."))
    elif known.profile is None or not known.profile.is_offered:
        errors.append(FieldError("/case_type", "This lab does not offer this case type."))
    if known.dentist is None or not known.dentist.is_active:
        whose = "This practice" if is_lab else "Your practice"
        errors.append(FieldError("/dentist_id", f"{whose} has no active dentist with this id."))
    return errors


def _wrong_original(original: Case | None, practice_id: str, caller: Caller) -> list[FieldError]:
    if original is None or original.practice_id != practice_id or not is_visible(original, caller):
        return [FieldError("/remake_of", "Your practice has no case with this id.")]
    if not original.is_sent:
        return [FieldError("/remake_of", "This case was never sent: there is nothing to make again.")]
    if len(original.remakes) >= MAX_REMAKES:
        return [FieldError("/remake_of", f"This case was remade {MAX_REMAKES} times: name its last remake instead.")]
    return []


def _told(findings: Sequence[Finding], outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {name: getattr(finding, name) for name in Finding.__slots__}
        for finding in findings
        if finding.outcome is outcome
    ]
