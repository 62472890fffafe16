"""What practices do with their scanners, and how a scanner is known when it calls."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bitewing.directory.ports import AlreadyAnswered, Scanners
from bitewing.directory.scanner import MAX_SCANNERS, Scanner
from bitewing.kernel.caller import PRACTICE_ROLES, Caller, OrganizationKind, Request, Role
from bitewing.kernel.credentials import Credential, CredentialKind, digest, new_secret, not_accepted
from bitewing.kernel.errors import RequestInProgress, TooManyScanners, Unknown
from bitewing.kernel.ids import new_id

_ADMIN: Final = frozenset({Role.PRACTICE_ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredScanner:
    """A new scanner, and what it calls with.

    Attributes:
        credential: ``None`` where the same request is answered again: the secret was shown, and is kept nowhere.
    """

    scanner: Scanner
    credential: Credential | None


class ScannerService:
    """The use cases of scanners."""

    def __init__(self, scanners: Scanners, *, now: Callable[[], datetime]) -> None:
        self._scanners, self._now = scanners, now

    def enter(self, caller: Caller, name: str, request: Request) -> EnteredScanner:
        """Enter a scanner and make its credential, which is shown this once.

        The same request gives the same scanner without its credential. Whoever did not get the first answer
        revokes the scanner and enters it again.

        Raises:
            RoleNotAllowed: The caller does not administrate a practice.
            TooManyScanners: The practice has as many scanners in force as it can have.
            IdempotencyKeyReused: The key was used for another request.
            RequestInProgress: The same request is answered at this moment.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, _ADMIN)
        if (before := self._scanners.answered(request)) is not None:
            return EnteredScanner(scanner=before, credential=None)
        existing = self._scanners.of_practice(caller.organization_id)
        if sum(not each.is_revoked for each in existing) >= MAX_SCANNERS:
            raise TooManyScanners(limit=MAX_SCANNERS)
        now = self._now()
        credential = Credential(
            kind=CredentialKind.SCANNER, owner_id=caller.organization_id, holder_id=new_id(now), secret=new_secret()
        )
        scanner = Scanner(
            scanner_id=credential.holder_id,
            practice_id=caller.organization_id,
            name=name,
            secret_digest=digest(credential.secret),
            created_at=now,
            created_by=caller.user_id,
        )
        try:
            self._scanners.add(scanner, request=request)
        except AlreadyAnswered as error:
            raise RequestInProgress from error
        return EnteredScanner(scanner=scanner, credential=credential)

    def of_caller(self, caller: Caller) -> tuple[Scanner, ...]:
        """Return the scanners of the caller's practice, also revoked ones, the oldest first.

        Raises:
            RoleNotAllowed: The caller does not work in a practice.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, PRACTICE_ROLES)
        return self._scanners.of_practice(caller.organization_id)

    def revoke(self, caller: Caller, scanner_id: str) -> Scanner:
        """Let a scanner's credential open nothing from now on; again, and nothing changes.

        Raises:
            RoleNotAllowed: The caller does not administrate a practice.
            Unknown: The practice has no such scanner.
        """
        caller.ensure_in(OrganizationKind.PRACTICE, _ADMIN)
        scanner = self._scanners.scanner(caller.organization_id, scanner_id)
        if scanner is None:
            raise Unknown("scanner")
        revoked = replace(scanner, revoked_at=self._now(), revoked_by=caller.user_id)
        if scanner.is_revoked or not self._scanners.revoke(revoked):
            return self._scanners.scanner(caller.organization_id, scanner_id) or scanner
        return revoked

    def caller_with(self, credential: Credential) -> Caller:
        """Return the scanner that shows this credential, as one who calls for its practice.

        That it was used is kept once a day.

        Raises:
            Unauthenticated: The credential is unknown, wrong or revoked; which of them is not told.
        """
        scanner = self._scanners.scanner(credential.owner_id, credential.holder_id)
        is_proven = credential.is_proven_by(scanner.secret_digest if scanner else None)
        if scanner is None or not is_proven or scanner.is_revoked:
            raise not_accepted()
        today = self._now().date()
        if scanner.last_used_on != today:
            self._scanners.used(replace(scanner, last_used_on=today))
        return scanner.as_caller()
