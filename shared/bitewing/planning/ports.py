"""What the use cases of planning ask of where hours and sessions are kept, and what it tells them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bitewing.cases.ports import Change
from bitewing.cases.status import Party
from bitewing.directory.organization import Connection, Lab
from bitewing.directory.service import Directory
from bitewing.kernel.caller import Request
from bitewing.kernel.pages import Page, Position
from bitewing.planning.booking import Booking
from bitewing.planning.hours import PlanningHours
from bitewing.planning.session import PlanningSession


class SlotTaken(Exception):
    """Another session got the block of this planner a moment ago."""


class HoursChanged(Exception):
    """The lab published other hours, or changed its calendar, after they were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChange:
    """A session that is booked, moved, held or missed, with its case; stored as one.

    Attributes:
        session: As it is after the change.
        before: As it was read; ``None`` for a new one.
        hours: By which its block was chosen, where it has a new one: they, and the lab's calendar, still stand.
        lab: Whose calendar it is.
    """

    change: Change
    session: PlanningSession
    before: PlanningSession | None = None
    hours: PlanningHours | None = None
    lab: Lab | None = None


class Planning(Protocol):
    """Where planning hours and sessions are kept."""

    def hours(self, lab_id: str) -> PlanningHours | None:
        """Return what a lab has published."""

    def publish(self, hours: PlanningHours) -> None:
        """Store the next version of a lab's hours.

        Raises:
            StaleVersion: Someone else published first.
        """

    def answered(self, request: Request) -> Booking | None:
        """Return what this request booked before.

        Raises:
            IdempotencyKeyReused: The key was used for another request.
        """

    def save(self, change: SessionChange, *, request: Request | None = None, answer: Booking | None = None) -> None:
        """Store a session and its case, if both are still as they were read.

        Raises:
            AlreadyAnswered: The request was answered in the meantime.
            SlotTaken: The planner got another session in this block.
            HoursChanged: The lab's hours or calendar changed in the meantime.
            StaleVersion: The case changed in the meantime.
            RequestInProgress: Others kept writing the same at this moment.
        """

    def find(self, case_id: str, session_id: str) -> PlanningSession | None:
        """Return a session, in one request."""

    def taken(self, lab_id: str, *, since: datetime, until: datetime) -> tuple[PlanningSession, ...]:
        """Return all sessions of a lab that begin in a span, as they are now, by their start."""

    def listed(
        self,
        party: Party,
        organization_id: str,
        *,
        since: datetime,
        until: datetime,
        limit: int,
        start: Position | None,
    ) -> Page[PlanningSession]:
        """Return one page of a lab's or a practice's sessions that begin in a span, by their start."""


class PlanningDirectory(Directory, Protocol):
    """What planning asks of the directory."""

    def connection(self, practice_id: str, lab_id: str) -> Connection | None:
        """Return the connection of a practice and a lab."""
