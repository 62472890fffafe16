"""Correction links in use: whoever has one mends what it asks for, without an account.

Whoever has a link acts as somebody of the practice, through the use cases of cases and files: they change nothing in
any other way. What a link lets them do beside that is limited twice, by its scope and by the routes of its function.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bitewing.cases.access import ensure_packet_is_open, ensure_visible, opens_by_link
from bitewing.cases.activity import Deed
from bitewing.cases.case import Case
from bitewing.cases.correction_answers import NOT_ASKED, Answers, changes_of, not_asked
from bitewing.cases.correction_events import CorrectionDone
from bitewing.cases.correction_ports import (
    CasesWithLinks,
    LinkChange,
    Links,
    LinksChanged,
    Packets,
    Reasons,
    entry_of_link,
)
from bitewing.cases.corrections import Answerable, Asked, CorrectionLink
from bitewing.cases.events import event_head
from bitewing.cases.ports import TRIES
from bitewing.cases.redaction import without_patient
from bitewing.cases.returns import ReturnReason
from bitewing.directory.organization import Dentist, Lab, Notation
from bitewing.files.case_file import CaseFile
from bitewing.files.service import Announced, FileService, NewFile
from bitewing.kernel.caller import Caller, OrganizationKind, Request, Role
from bitewing.kernel.credentials import Credential, not_accepted
from bitewing.kernel.errors import FieldError, InvalidInput, RequestInProgress, Unknown
from bitewing.kernel.names import are_of_one_person, words_of
from bitewing.kernel.versions import ensure_version
from bitewing.packet.packet import Authorization
from bitewing.precheck.finding import Finding
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.profile import RequirementProfile

if TYPE_CHECKING:
    from bitewing.precheck.checked_case import CheckedCase


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
        if errors := not_asked(entry.link.scope, answers, case):
            raise InvalidInput(*errors)
        self._change(entry, changes_of(answers, case.packet), expected_version=expected_version)
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
            raise InvalidInput(FieldError("", NOT_ASKED))
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
            raise InvalidInput(FieldError("/kind", NOT_ASKED))
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
                entry=entry_of_link(case, entry.caller, Deed.CORRECTED, link, at=now, left=str(left)),
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
        case, files = self._cases.with_files(entry.link.case_id) or (None, ())
        return ensure_visible(case, entry.caller), files


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


def _is(dentist: Dentist | None, name: str, license_number: str) -> bool:
    """Whether a dentist has this name and this license number, however they are written."""
    if dentist is None or not words_of(name) or not are_of_one_person(name, dentist.name):
        return False
    known, given = _letters(dentist.license_number), _letters(license_number)
    return bool(known) and known == given


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
