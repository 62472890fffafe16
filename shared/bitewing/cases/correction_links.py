"""What a lab does with correction links: it issues, lists and revokes them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bitewing.cases.access import ensure_of_lab, opens_by_link
from bitewing.cases.activity import Deed
from bitewing.cases.case import Case
from bitewing.cases.correction_events import CorrectionLinkIssued, CorrectionLinkRevoked
from bitewing.cases.correction_ports import CasesWithLinks, LinkChange, Links, LinksChanged, entry_of_link
from bitewing.cases.corrections import (
    ASKS,
    MAX_OPEN_LINKS,
    Answerable,
    Asked,
    CorrectionLink,
    Scope,
    scope_of,
    selection,
    with_authorization,
)
from bitewing.cases.events import event_head
from bitewing.cases.ports import TRIES
from bitewing.directory.organization import Practice
from bitewing.directory.service import Circumstances
from bitewing.files.case_file import CaseFile
from bitewing.files.kinds import FileKind
from bitewing.kernel.caller import AlreadyAnswered, Caller, Request
from bitewing.kernel.credentials import Credential, CredentialKind, digest, new_secret
from bitewing.kernel.errors import (
    FieldError,
    InvalidInput,
    LinkNotPossible,
    RequestInProgress,
    TooManyLinks,
    Unknown,
)
from bitewing.kernel.ids import new_id
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.case_types import CASE_TYPES


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
            found, files = self._cases.with_files(case_id) or (None, ())
            case = ensure_of_lab(found, caller)
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
                entry=entry_of_link(case, caller, Deed.LINK_ISSUED, link, at=now),
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
        ensure_of_lab(self._cases.find(case_id), caller)
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
            case = ensure_of_lab(self._cases.find(case_id), caller)
            link = self._links.find(case_id, link_id)
            if link is None:
                raise Unknown("link")
            if link.revoked_at is not None:
                return link
            now = self._now()
            revoked = link.revoked(at=now, by=caller.user_id)
            change = LinkChange(
                link=revoked,
                entry=entry_of_link(case, caller, Deed.LINK_REVOKED, link, at=now),
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
