"""What the use cases of correction links ask of where links, cases and packets are kept, and what it tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bitewing.cases.activity import Activity, Deed, entry_of
from bitewing.cases.case import Case
from bitewing.cases.corrections import CorrectionLink
from bitewing.cases.ports import CaseWithPrecheck
from bitewing.files.case_file import CaseFile
from bitewing.kernel.caller import Caller, Request
from bitewing.kernel.events import Event


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


def entry_of_link(
    case: Case, caller: Caller, deed: Deed, link: CorrectionLink, *, at: datetime, **more: str
) -> Activity:
    """Return what the history of a case says of one of its links."""
    return entry_of(case.case_id, deed, {"link": link.link_id, **more}, by=caller, at=at)
