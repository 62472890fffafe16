"""Correction links in use: a lab issues them, and whoever has one mends what it asks for, without an account.

Whoever has a link acts as somebody of the practice, through the use cases of cases and files: they change nothing in
any other way. What a link lets them do beside that is limited twice, by its scope and by the routes of its function.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from bitewing.cases.access import ensure_packet_is_open, ensure_visible, opens_by_link, party_of
from bitewing.cases.activity import Activity, Deed, entry_of
from bitewing.cases.case import Case
from bitewing.cases.correction_events import CorrectionDone, CorrectionLinkIssued, CorrectionLinkRevoked
from bitewing.cases.corrections import (
    ASKS,
    MAX_OPEN_LINKS,
    SELECTION,
    Answerable,
    Asked,
    CorrectionLink,
    Scope,
    scope_of,
    selection,
    with_authorization,
)
from bitewing.cases.events import event_head
from bitewing.cases.ports import TRIES, CaseWithPrecheck
from bitewing.cases.redaction import without_patient
from bitewing.cases.returns import ReturnReason
from bitewing.cases.status import Party
from bitewing.directory.organization import Dentist, Lab, Notation, Practice
from bitewing.directory.service import Circumstances
from bitewing.files.case_file import CaseFile
from bitewing.files.kinds import FileKind
from bitewing.files.service import Announced, FileService, NewFile
from bitewing.kernel.caller import LAB_ROLES, AlreadyAnswered, Caller, OrganizationKind, Request, Role
from bitewing.kernel.credentials import Credential, CredentialKind, digest, new_secret, not_accepted
from bitewing.kernel.errors import (
    FieldError,
    InvalidInput,
    LinkNotPossible,
    RequestInProgress,
    RoleNotAllowed,
    TooManyLinks,
    Unknown,
)
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.names import are_of_one_person, words_of
from bitewing.kernel.versions import ensure_version
from bitewing.packet.packet import Arch, Authorization, Item, Packet
from bitewing.precheck.finding import Finding
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.case_types import CASE_TYPES
from bitewing.requirements.profile import RequirementProfile

if TYPE_CHECKING:
    from bitewing.precheck.checked_case import CheckedCase

_NOT_ASKED: Final = "This link does not ask for this."


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """A new or changed link with what is told of it; stored as one."""

    link: CorrectionLink
    entry: Activity
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksOfCase:
    """The links of a case.

    Attributes:
        issued: How many were ever issued: a new one is stored only if none was issued since.
    """

    links: tuple[CorrectionLink, ...]
    issued: int


class LinksChanged(Exception):
    """The case, or its links, changed after they were read: what was decided about them is to be decided again."""


class Links(Protocol):
    """Where correction links are kept."""

    def answered(self, request: Request) -> CorrectionLink | None:
        """Return the link that this request issued before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def find(self, case_id: str, link_id: str) -> CorrectionLink | None:
        """Return one link, in one request."""

    def of_case(self, case_id: str) -> tuple[CorrectionLink, ...]:
        """Return the links of a case, the oldest first."""

    def counted(self, case_id: str) -> LinksOfCase:
        """Return the links of a case, the oldest first, and how many were ever issued."""

    def issue(self, change: LinkChange, *, decided_on: Case, issued: int, request: Request) -> None:
        """Store a new link.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            LinksChanged: The case changed, or another link was issued, in the meantime.
            RequestInProgress: Others kept writing the case at this moment.
        """

    def change(self, change: LinkChange) -> None:
        """Store a changed link, if it is still the one that was read.

        Raises:
            LinksChanged: Someone else changed the link first.
            RequestInProgress: Others kept writing the link at this moment.
        """


class CasesWithLinks(Protocol):
    """Where cases and their files are read."""

    def find(self, case_id: str) -> Case | None:
        """Return a case, in one request."""

    def with_files(self, case_id: str) -> tuple[Case, tuple[CaseFile, ...]] | None:
        """Return a case and all its files, as they are now."""


class Packets(Protocol):
    """The use case by which a packet changes."""

    def change_packet(
        self,
        caller: Caller,
        case_id: str,
        *,
        expected_version: int,
        changes: Mapping[str, Any],
        is_authorized: bool | None,
    ) -> CaseWithPrecheck:
        """Change fields of a packet."""


class Reasons(Protocol):
    """The use case by which a reason of a return is dealt with."""

    def answer(self, caller: Caller, case_id: str, reason_id: str, says: str, *, expected_version: int) -> Case:
        """Deal with one reason for which the case came back, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """What a lab wants a link for.

    Attributes:
        rule_ids: Rules whose findings are to be dealt with; ``None``: all that find something now and that a
            practice can mend.
        kinds: Kinds of files that may be sent; ``None``: those that the rules need.
        fields: Fields of the packet that may be answered; ``None``: those that the rules need.
    """

    days: int
    rule_ids: tuple[str, ...] | None = None
    kinds: frozenset[FileKind] | None = None
    fields: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLink:
    """A link and its credential, which nobody can read again."""

    link: CorrectionLink
    credential: Credential | None


class LinkService:
    """The use cases of correction links, for the lab that issues them."""

    def __init__(
        self,
        cases: CasesWithLinks,
        links: Links,
        prechecks: PrecheckService,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._cases, self._links, self._prechecks, self._now = cases, links, prechecks, now

    def issue(self, caller: Caller, case_id: str, new: NewLink, request: Request) -> IssuedLink:
        """Issue a link to a case that the lab started.

        The same request gives the same link, but not its credential: that is shown once, and not stored.

        Raises:
            Unknown: There is no such case for this caller.
            RoleNotAllowed: The caller does not work in the lab of the case.
            LinkNotPossible: The lab did not start the case, its packet cannot be changed now, or it was sent and its
                practice has joined.
            TooManyLinks: As many links of the case are open as can be.
            InvalidInput: A rule is none that a practice can deal with, the type has no such selection, or nothing is
                left to ask for.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The case kept changing.
        """
        for _ in range(TRIES):
            found = self._cases.with_files(case_id)
            case = _ensure_of_lab(found[0] if found else None, caller)
            files = found[1] if found else ()
            if (before := self._links.answered(request)) is not None:
                return IssuedLink(link=before, credential=None)
            known = self._prechecks.circumstances(case)
            _ensure_correctable(case, known.practice)
            of_case = self._links.counted(case_id)
            now = self._now()
            if sum(link.is_open_at(now) for link in of_case.links) >= MAX_OPEN_LINKS:
                raise TooManyLinks(limit=MAX_OPEN_LINKS)
            scope, asked = self._scope(case, files, new, known)
            credential = Credential(
                kind=CredentialKind.LINK, owner_id=case_id, holder_id=new_id(now), secret=new_secret()
            )
            link = CorrectionLink(
                link_id=credential.holder_id,
                case_id=case_id,
                practice_id=case.practice_id,
                lab_id=case.lab_id,
                secret_digest=digest(credential.secret),
                scope=scope,
                asked=asked,
                issued_at=now,
                issued_by=caller.user_id,
                valid_until=now + timedelta(days=new.days),
            )
            change = LinkChange(
                link=link,
                entry=_entry(case, caller, Deed.LINK_ISSUED, link, at=now),
                event=CorrectionLinkIssued(**event_head(case, at=now), link_id=link.link_id),
            )
            try:
                self._links.issue(change, decided_on=case, issued=of_case.issued, request=request)
            except (LinksChanged, AlreadyAnswered):
                continue
            return IssuedLink(link=link, credential=credential)
        raise RequestInProgress

    def links(self, caller: Caller, case_id: str) -> tuple[CorrectionLink, ...]:
        """Return the links of a case, the newest first; those that ended long ago are forgotten.

        Raises:
            Unknown: There is no such case for this caller.
            RoleNotAllowed: The caller does not work in the lab of the case.
        """
        _ensure_of_lab(self._cases.find(case_id), caller)
        return self._links.of_case(case_id)[::-1]

    def revoke(self, caller: Caller, case_id: str, link_id: str) -> CorrectionLink:
        """Let a link open nothing from now on; again, and nothing changes.

        What was signed with it for an upload works until it expires by itself, within the hour.

        Raises:
            Unknown: There is no such case or link for this caller.
            RoleNotAllowed: The caller does not work in the lab of the case.
            RequestInProgress: The link kept changing.
        """
        for _ in range(TRIES):
            case = _ensure_of_lab(self._cases.find(case_id), caller)
            link = self._links.find(case_id, link_id)
            if link is None:
                raise Unknown("link")
            if link.revoked_at is not None:
                return link
            now = self._now()
            revoked = link.revoked(at=now, by=caller.user_id)
            change = LinkChange(
                link=revoked,
                entry=_entry(case, caller, Deed.LINK_REVOKED, link, at=now),
                event=CorrectionLinkRevoked(**event_head(case, at=now), link_id=link_id),
            )
            try:
                self._links.change(change)
            except LinksChanged:
                continue
            return revoked
        raise RequestInProgress

    def _scope(
        self, case: Case, files: tuple[CaseFile, ...], new: NewLink, known: Circumstances
    ) -> tuple[Scope, tuple[Asked, ...]]:
        checked = self._prechecks.gather(case, files, known)
        findings = self._prechecks.run(checked).findings
        if errors := _wrong(case, new):
            raise InvalidInput(*errors)
        rule_ids = new.rule_ids
        if rule_ids is None:
            rule_ids = tuple(finding.rule_id for finding in findings if finding.rule_id in ASKS)
        scope = scope_of(checked, findings, rule_ids=rule_ids)
        if new.kinds is not None:
            scope = replace(scope, kinds=new.kinds)
        if new.fields is not None:
            scope = with_authorization(replace(scope, fields=new.fields), case)
        if known.practice is None or not known.practice.is_guest:
            # Who can sign in authorizes there: whoever has a link may be of the lab.
            scope = replace(scope, fields=scope.fields - {Answerable.AUTHORIZATION})
        if scope.is_empty:
            says = "PreCheck finds nothing that a practice could mend. Name the files or fields that you ask for."
            raise InvalidInput(FieldError("/rule_ids", says))
        return scope, tuple(Asked.of(finding) for finding in findings if finding.rule_id in scope.rule_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A link whose secret was shown, and who acts with it."""

    link: CorrectionLink
    caller: Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing that a link asks for.

    Attributes:
        is_dealt_with: Whether PreCheck finds it no longer.
    """

    asked: Asked
    is_dealt_with: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What whoever has a link is told.

    Attributes:
        points: What is asked for: first what is still to be done, then what was dealt with.
        reasons: Why the case came back, where the link asks for answers to that.
        statements: Statement by name of those that the lab wants and that nobody has made, where the link asks for
            them.
        files: The files that were sent with this link.
        notation: How the practice writes teeth; the case has them in FDI.
    """

    link: CorrectionLink
    case: Case
    lab: Lab
    notation: Notation
    points: tuple[Point, ...]
    reasons: tuple[ReturnReason, ...]
    statements: Mapping[str, str]
    files: tuple[CaseFile, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceAnswer:
    """What is said of one piece of work; ``None`` leaves it as it is.

    Attributes:
        number: 1 for the first piece; the next number after the last adds one.
        selections: Only those that are answered.
    """

    number: int
    teeth: tuple[str, ...] | None = None
    pontics: tuple[str, ...] | None = None
    arch: Arch | None = None
    selections: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers to what a link asks for; ``None`` leaves a field as it is."""

    patient_name: str | None = None
    patient_reference: str | None = None
    description: str | None = None
    contact: str | None = None
    wanted_on: date | None = None
    appointment_on: date | None = None
    attestations: frozenset[str] | None = None
    items: tuple[PieceAnswer, ...] = ()


class CorrectionService:
    """The use cases of whoever has a correction link."""

    def __init__(
        self,
        cases: CasesWithLinks,
        links: Links,
        *,
        packets: Packets,
        reasons: Reasons,
        files: FileService,
        prechecks: PrecheckService,
        now: Callable[[], datetime],
    ) -> None:
        self._cases, self._links, self._packets, self._reasons = cases, links, packets, reasons
        self._files, self._prechecks, self._now = files, prechecks, now

    def enter(self, credential: Credential) -> Entry:
        """Return the link whose credential this is, and who acts with it: somebody of the practice.

        Raises:
            Unauthenticated: There is no such link, this is not its secret, it has expired or was revoked, or the case
                was sent and its practice has joined.
        """
        link = self._links.find(credential.owner_id, credential.holder_id)
        is_proven = credential.is_proven_by(link.secret_digest if link else None)
        if link is None or not is_proven or not link.is_open_at(self._now()) or not self._opens(link):
            raise not_accepted()
        caller = Caller(
            user_id=link.user_id,
            organization_id=link.practice_id,
            organization_kind=OrganizationKind.PRACTICE,
            roles=frozenset({Role.PRACTICE_STAFF}),
        )
        return Entry(link=link, caller=caller)

    def read(self, entry: Entry) -> Correction:
        """Return what the link asks for, and what of it was dealt with.

        Raises:
            Unknown: The case is no longer there.
        """
        case, files = self._case(entry)
        checked = self._prechecks.gather(case, files)
        return self._told(entry.link, checked, self._prechecks.run(checked).findings)

    def answer(self, entry: Entry, answers: Answers, *, expected_version: int) -> Correction:
        """Answer what the link asks for; what is not answered stays.

        Raises:
            Unknown: The case is no longer there.
            InvalidInput: The link does not ask for what is answered, or there is no such piece.
            StaleVersion: The case has another version.
            PacketLocked: The packet cannot be changed in this status.
            RequestInProgress: Files of the case kept changing.
        """
        case = ensure_visible(self._cases.find(entry.link.case_id), entry.caller)
        ensure_version(case.version, expected=expected_version)
        if errors := _not_asked(entry.link.scope, answers, case):
            raise InvalidInput(*errors)
        self._change(entry, _changes(answers, case.packet), expected_version=expected_version)
        return self.read(entry)

    def answer_reason(self, entry: Entry, reason_id: str, says: str, *, expected_version: int) -> Correction:
        """Deal with one reason for which the case came back, in words.

        Raises:
            Unknown: The case is not back for such a reason, or the link does not ask for it.
            StaleVersion: The case has another version.
            PacketLocked: The packet cannot be changed in this status.
            RequestInProgress: Files of the case kept changing.
        """
        if Answerable.REASONS not in entry.link.scope.fields:
            raise Unknown("reason")
        self._reasons.answer(entry.caller, entry.link.case_id, reason_id, says, expected_version=expected_version)
        return self.read(entry)

    def authorize(self, entry: Entry, *, dentist_name: str, license_number: str, expected_version: int) -> Correction:
        """Record that the dentist of the case authorizes it, and agrees to do so electronically.

        Raises:
            Unknown: The case is no longer there.
            InvalidInput: The link does not ask for it, name and license number are not the dentist's, or the practice
                has joined.
            StaleVersion: The case has another version.
            PacketLocked: The packet cannot be changed in this status.
            RequestInProgress: Files of the case kept changing.
        """
        if Answerable.AUTHORIZATION not in entry.link.scope.fields:
            raise InvalidInput(FieldError("", _NOT_ASKED))
        case = ensure_visible(self._cases.find(entry.link.case_id), entry.caller)
        known = self._prechecks.circumstances(case)
        if known.practice is None or not known.practice.is_guest:
            raise InvalidInput(FieldError("", "The practice has joined: its dentist authorizes the case there."))
        if not _is(known.dentist, dentist_name, license_number):
            says = "Name and license number are not those of the dentist of this case. Ask the lab whom it entered."
            raise InvalidInput(FieldError("/license_number", says))
        authorization = Authorization(
            dentist_id=case.dentist_id,
            authorized_at=self._now(),
            authorized_by=entry.caller.user_id,
            is_agreed=True,
        )
        self._change(entry, {"authorization": authorization}, expected_version=expected_version)
        return self.read(entry)

    def announce(self, entry: Entry, new: NewFile, request: Request) -> Announced:
        """Record a file of a kind that the link asks for before its bytes are sent, and say how to send them.

        Raises:
            Unknown: The case is no longer there.
            InvalidInput: The link does not ask for such a file, or size and checksums do not fit together.
            PacketLocked: The packet cannot be changed in this status.
            TooManyFiles: The case has as many files as a case can have.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The case and its files kept changing.
        """
        if new.kind not in entry.link.scope.kinds:
            raise InvalidInput(FieldError("/kind", _NOT_ASKED))
        return self._files.announce(entry.caller, entry.link.case_id, new, request)

    def complete(self, entry: Entry, file_id: str, etags: Sequence[str]) -> CaseFile:
        """Put the parts of a large file together that was announced with this link.

        Raises:
            Unknown: No such file was announced with this link.
            UploadNotOpen: The file was not announced in parts, or is no longer awaited.
            InvalidInput: The number of parts is another than was announced.
            UploadIncomplete: Storage has not all parts, or others than were announced.
        """
        _, files = self._case(entry)
        mine = {file.file_id for file in files if file.announced_by == entry.caller.user_id}
        if file_id not in mine:
            raise Unknown("file")
        return self._files.complete(entry.caller, entry.link.case_id, file_id, etags)

    def done(self, entry: Entry) -> Correction:
        """Tell the lab that whoever has the link is done; again without a change since, and nothing is told.

        Raises:
            Unknown: The case is no longer there.
            Unauthenticated: The link was revoked, expired or was forgotten in the meantime.
            PacketLocked: The packet cannot be changed in this status.
            RequestInProgress: The link kept changing.
        """
        for _ in range(TRIES):
            case, files = self._case(entry)
            checked = self._prechecks.gather(case, files)
            ensure_packet_is_open(case, checked.practice, contact=checked.lab.contact)
            link, now = self._links.find(case.case_id, entry.link.link_id), self._now()
            if link is None or not link.is_open_at(now):
                raise not_accepted()
            findings = self._prechecks.run(checked).findings
            if link.done_at is not None and case.last_modified_at <= link.done_at:
                return self._told(link, checked, findings)
            left = sum(finding.rule_id in link.scope.rule_ids for finding in findings)
            change = LinkChange(
                link=link.done(at=now),
                entry=_entry(case, entry.caller, Deed.CORRECTED, link, at=now, left=str(left)),
                event=CorrectionDone(**event_head(case, at=now), link_id=link.link_id, findings_left=left),
            )
            try:
                self._links.change(change)
            except LinksChanged:
                continue
            return self._told(change.link, checked, findings)
        raise RequestInProgress

    def _told(self, link: CorrectionLink, checked: "CheckedCase", findings: Collection[Finding]) -> Correction:
        case = checked.case
        return Correction(
            link=link,
            case=case,
            lab=checked.lab,
            notation=checked.practice.notation,
            points=_points(link, findings, case),
            reasons=_reasons(link, case),
            statements=_statements(link, case, checked.profile),
            files=tuple(file for file in checked.files if file.announced_by == link.user_id),
            at=self._now(),
        )

    def _opens(self, link: CorrectionLink) -> bool:
        case = self._cases.find(link.case_id)
        if case is None:
            return False
        # A draft opens whoever its practice is: that is only looked up where it matters.
        return opens_by_link(case, None) or opens_by_link(case, self._prechecks.circumstances(case).practice)

    def _change(self, entry: Entry, changes: Mapping[str, Any], *, expected_version: int) -> None:
        self._packets.change_packet(
            entry.caller,
            entry.link.case_id,
            expected_version=expected_version,
            changes=changes,
            is_authorized=None,
        )

    def _case(self, entry: Entry) -> tuple[Case, tuple[CaseFile, ...]]:
        found = self._cases.with_files(entry.link.case_id)
        return ensure_visible(found[0] if found else None, entry.caller), found[1] if found else ()


def _ensure_of_lab(case: Case | None, caller: Caller) -> Case:
    visible = ensure_visible(case, caller)
    if party_of(caller) is not Party.LAB:
        raise RoleNotAllowed(LAB_ROLES)
    return visible


def _ensure_correctable(case: Case, practice: Practice | None) -> None:
    if not case.is_lab_started:
        raise LinkNotPossible("The practice started this case, and can sign in. Give the case back with reasons.")
    if not case.is_being_prepared:
        raise LinkNotPossible(f"Nothing of a case in '{case.status}' can be mended. Give it back with reasons first.")
    if not opens_by_link(case, practice):
        raise LinkNotPossible("The practice has joined, and mends what came back with its own account.")


def _wrong(case: Case, new: NewLink) -> list[FieldError]:
    errors = [
        FieldError(f"/rule_ids/{index}", "This is no rule whose findings a practice can deal with.")
        for index, rule_id in enumerate(new.rule_ids or ())
        if rule_id not in ASKS
    ]
    known = set(Answerable) | {selection(name) for name in CASE_TYPES[case.case_type].known}
    if unknown := sorted((new.fields or frozenset()) - known):
        says = f"A case of this type has no field '{unknown[0][:64]}' that could be answered."
        errors.append(FieldError("/fields", says))
    return errors


def _points(link: CorrectionLink, findings: Collection[Finding], case: Case) -> tuple[Point, ...]:
    now = [Asked.of(finding) for finding in findings if finding.rule_id in link.scope.rule_ids]
    left = {(asked.rule_id, asked.about) for asked in now}
    gone = [asked for asked in link.asked if (asked.rule_id, asked.about) not in left]
    patient = case.packet.patient
    return tuple(
        Point(
            asked=replace(asked, says=without_patient(asked.says, patient), do=without_patient(asked.do, patient)),
            is_dealt_with=is_dealt_with,
        )
        for asked, is_dealt_with in [*((each, False) for each in now), *((each, True) for each in gone)]
    )


def _reasons(link: CorrectionLink, case: Case) -> tuple[ReturnReason, ...]:
    back = case.open_return
    if back is None or Answerable.REASONS not in link.scope.fields:
        return ()
    patient = case.packet.patient
    return tuple(replace(reason, says=without_patient(reason.says, patient)) for reason in back.reasons)


def _statements(link: CorrectionLink, case: Case, profile: RequirementProfile | None) -> dict[str, str]:
    if profile is None or Answerable.ATTESTATIONS not in link.scope.fields:
        return {}
    made = case.packet.attestations
    return {name: statement for name, statement in profile.attestations.items() if name not in made}


def _not_asked(scope: Scope, answers: Answers, case: Case) -> list[FieldError]:
    """Return what is wrong with answers: that the link does not ask for them, or that there is no such piece."""
    named = {
        "/patient": Answerable.PATIENT
        if answers.patient_name is not None or answers.patient_reference is not None
        else None,
        "/description": Answerable.DESCRIPTION if answers.description is not None else None,
        "/contact": Answerable.CONTACT if answers.contact is not None else None,
        "/wanted_on": Answerable.WANTED_ON if answers.wanted_on is not None else None,
        "/appointment_on": Answerable.APPOINTMENT_ON if answers.appointment_on is not None else None,
        "/attestations": Answerable.ATTESTATIONS if answers.attestations is not None else None,
    }
    errors = [FieldError(pointer, _NOT_ASKED) for pointer, name in named.items() if name and name not in scope.fields]
    pieces = len(case.packet.items)
    for index, piece in enumerate(answers.items):
        about = f"/items/{index}"
        if piece.number > pieces:
            if piece.number > pieces + 1 or Answerable.ITEMS not in scope.fields:
                errors.append(FieldError(f"{about}/number", "The case has no such piece, or none can be added."))
            pieces = max(pieces, piece.number)
        if (piece.teeth is not None or piece.pontics is not None) and Answerable.TEETH not in scope.fields:
            errors.append(FieldError(f"{about}/teeth", _NOT_ASKED))
        if piece.arch is not None and Answerable.ARCH not in scope.fields:
            errors.append(FieldError(f"{about}/arch", _NOT_ASKED))
        errors += [
            FieldError(f"{about}/{SELECTION}{name}", _NOT_ASKED)
            for name in piece.selections
            if selection(name) not in scope.fields
        ]
    return errors


def _changes(answers: Answers, packet: Packet) -> dict[str, Any]:
    """Return the fields of the packet that answers change, with their values."""
    changes: dict[str, Any] = {
        name: value
        for name in ("description", "contact", "wanted_on", "appointment_on")
        if (value := getattr(answers, name)) is not None
    }
    if answers.attestations is not None:
        # What the practice has stated stays stated.
        changes["attestations"] = packet.attestations | answers.attestations
    patient = packet.patient
    if answers.patient_name is not None:
        patient = replace(patient, name=answers.patient_name)
    if answers.patient_reference is not None:
        patient = replace(patient, reference=answers.patient_reference)
    if patient != packet.patient:
        changes["patient"] = patient
    if answers.items:
        changes["items"] = _items(answers.items, packet.items)
    return changes


def _items(answers: Sequence[PieceAnswer], items: Sequence[Item]) -> tuple[Item, ...]:
    changed = list(items)
    for piece in answers:
        if piece.number > len(changed):
            changed.append(Item())
        item = changed[piece.number - 1]
        changed[piece.number - 1] = replace(
            item,
            teeth=item.teeth if piece.teeth is None else piece.teeth,
            pontics=item.pontics if piece.pontics is None else piece.pontics,
            arch=piece.arch or item.arch,
            selections={**item.selections, **piece.selections},
        )
    return tuple(changed)


def _is(dentist: Dentist | None, name: str, license_number: str) -> bool:
    """Whether a dentist has this name and this license number, however they are written."""
    if dentist is None or not words_of(name) or not are_of_one_person(name, dentist.name):
        return False
    known, given = _letters(dentist.license_number), _letters(license_number)
    return bool(known) and known == given


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _entry(case: Case, caller: Caller, deed: Deed, link: CorrectionLink, *, at: datetime, **more: str) -> Activity:
    return entry_of(case.case_id, deed, {"link": link.link_id, **more}, by=caller, at=at)
