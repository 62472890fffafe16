"""Telling practices by mail what happened to their cases.

A mail cannot be taken back, and its sender knows no key by which the same mail is sent once. So each event is
claimed before its mail is sent, and settled after: whoever gets the event again finds it settled, and sends nothing.
What fails is given free at once. Where a function ends between the two, the claim runs out by itself, and the mail is
sent when the event comes again: then it may have been sent before. A practice rather gets a mail twice than never.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from bitewing.cases.access import is_prepared_by_lab
from bitewing.cases.case import Case
from bitewing.cases.events import CaseMoved, HeldCaseWentOn
from bitewing.cases.review_events import CaseReturned
from bitewing.cases.status import Party, Status
from bitewing.directory.organization import Lab, Practice
from bitewing.kernel.addresses import case_link, is_mail_address
from bitewing.kernel.errors import RequestInProgress, Unknown
from bitewing.kernel.names import initials_of
from bitewing.mails.mail import Mail, as_mime
from bitewing.mails.templates import (
    About,
    Meeting,
    case_returned,
    files_asked_for,
    requirements_changed,
    rx_confirmation,
    session_booked,
    session_missed,
    session_moved,
    session_released,
)
from bitewing.planning.events import (
    PlanningSessionBooked,
    PlanningSessionMissed,
    PlanningSessionMoved,
    PlanningSessionReleased,
)
from bitewing.planning.ics import CalendarEntry, calendar, google_link
from bitewing.planning.session import PlanningSession, SessionState
from bitewing.requirements.events import RequirementsChanged
from bitewing.rx.events import RxIssued

if TYPE_CHECKING:
    from bitewing.kernel.events import EventOfCase

#: How long whoever claimed an event has to send its mail: longer than an invocation may take.
CLAIMED_FOR: Final = timedelta(seconds=90)
_OfSession = PlanningSessionBooked | PlanningSessionMoved | PlanningSessionReleased | PlanningSessionMissed
#: The events that are told by mail.
Mailed = RxIssued | _OfSession | CaseReturned | CaseMoved | HeldCaseWentOn | RequirementsChanged
MAILED: Final[tuple[type[Mailed], ...]] = (
    RxIssued,
    PlanningSessionBooked,
    PlanningSessionMoved,
    PlanningSessionReleased,
    PlanningSessionMissed,
    CaseReturned,
    CaseMoved,
    HeldCaseWentOn,
    RequirementsChanged,
)


class Outcome(StrEnum):
    """What became of an event that is told by mail."""

    SENT = "sent"
    SENT_BEFORE = "sent_before"
    NO_ADDRESS = "no_address"
    """The practice has none, or one that no mail server takes."""
    NOTHING_ASKED = "nothing_asked"
    """It asks nothing of the practice: its case goes on, or is its lab's to prepare; or another event tells it."""
    OVER = "over"
    """It is no longer so: the session was moved or given up since, or the case sent again."""
    REFUSED = "refused"
    """The mail was refused for good, as it is where its address is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of an event.

    Attributes:
        refused_with: The code with which the mail was refused.
    """

    outcome: Outcome
    refused_with: str | None = None


class Claim(StrEnum):
    """Whether somebody may send the mail of an event."""

    MINE = "mine"
    OF_ANOTHER = "of_another"
    SETTLED = "settled"


class Mailer(Protocol):
    """Who sends mails."""

    def send(self, *, to: str, content: bytes) -> str | None:
        """Hand a mail over to be delivered.

        Returns:
            ``None`` once it is accepted, or the code with which it is refused for good. What may pass, and what an
            operator has to mend, is raised.
        """


class Claims(Protocol):
    """Where it is kept which events are told."""

    def claim(self, event_id: str, *, at: datetime, until: datetime) -> Claim:
        """Claim an event until a moment, unless it is settled, or claimed by another whose time is not over."""

    def settle(self, event_id: str) -> None:
        """Keep that an event needs no mail any more."""

    def release(self, event_id: str) -> None:
        """Give a claimed event free."""


class Cases(Protocol):
    """Where cases are."""

    def find(self, case_id: str) -> Case | None:
        """Return a case, in one request."""


class Directory(Protocol):
    """Who works with whom."""

    def practice(self, practice_id: str) -> Practice | None:
        """Return a practice, in one request."""

    def lab(self, lab_id: str) -> Lab | None:
        """Return a lab, in one request."""


class Sessions(Protocol):
    """Where planning sessions are."""

    def find(self, case_id: str, session_id: str) -> PlanningSession | None:
        """Return a session, in one request."""


class MailService:
    """Tells practices by mail."""

    def __init__(
        self,
        mailer: Mailer,
        claims: Claims,
        cases: Cases,
        directory: Directory,
        sessions: Sessions,
        *,
        sender: str,
        web_origin: str,
        now: Callable[[], datetime],
    ) -> None:
        self._mailer, self._claims = mailer, claims
        self._cases, self._directory, self._sessions = cases, directory, sessions
        self._sender, self._web_origin, self._now = sender, web_origin, now

    def tell(self, event: Mailed) -> Told:
        """Mail what happened to the practice of the case, once for each event.

        Raises:
            RequestInProgress: Another is about to send the same mail.
            CannotBeWritten: What is to be said makes no mail.
            Unknown: There is no such case, practice or lab: none that was announced is ever removed.
        """
        if not _asks_of_practice(event):
            return Told(outcome=Outcome.NOTHING_ASKED)
        case, practice = self._cases.find(event.case_id), self._directory.practice(event.practice_id)
        lab = self._directory.lab(event.lab_id)
        if case is None or practice is None or lab is None:
            raise Unknown("case" if case is None else "organization")
        if not is_mail_address(practice.email):
            return Told(outcome=Outcome.NO_ADDRESS)
        if isinstance(event, RequirementsChanged) and is_prepared_by_lab(case, practice):
            return Told(outcome=Outcome.NOTHING_ASKED)
        mail = self._written(event, case, self._about(case, practice, lab))
        if mail is None:
            return Told(outcome=Outcome.OVER)
        # First the mail, then the claim: nobody waits for what was never written.
        content = as_mime(mail, sender=self._sender, to=practice.email)
        now = self._now()
        match self._claims.claim(event.event_id, at=now, until=now + CLAIMED_FOR):
            case Claim.SETTLED:
                return Told(outcome=Outcome.SENT_BEFORE)
            case Claim.OF_ANOTHER:
                raise RequestInProgress
        refused_with = self._sent(event, practice.email, content)
        self._claims.settle(event.event_id)
        return Told(outcome=Outcome.REFUSED if refused_with else Outcome.SENT, refused_with=refused_with)

    def _sent(self, event: "EventOfCase", to: str, content: bytes) -> str | None:
        is_answered = False
        try:
            refused_with = self._mailer.send(to=to, content=content)
            is_answered = True
        finally:
            if not is_answered:
                self._claims.release(event.event_id)
        return refused_with

    def _about(self, case: Case, practice: Practice, lab: Lab) -> About:
        return About(
            case_id=case.case_id,
            initials=initials_of(case.packet.patient.name),
            # Where nobody can sign in, no page opens.
            link="" if practice.is_guest else case_link(self._web_origin, case.case_id),
            time_zone=practice.time_zone or lab.time_zone,
            practice_name=practice.name,
            lab_name=lab.name,
            lab_contact=lab.contact,
        )

    def _written(self, event: Mailed, case: Case, about: About) -> Mail | None:
        """Return the mail of an event, or ``None`` where it would say what is no longer so."""
        match event:
            case RxIssued():
                return rx_confirmation(about, rx_number=event.rx_number)
            case CaseReturned():
                to_complete = event.to is Status.MISSING_INFO
                mail = case_returned(about, event.reasons, is_to_be_completed=to_complete)
                is_last = case.submission is not None and case.submission.number == event.submission_number
                return mail if is_last and _stands_at(case) is event.to else None
            case CaseMoved() | HeldCaseWentOn():
                is_asked = _stands_at(case) is Status.MISSING_INFO
                return files_asked_for(about, is_paused=case.hold is not None) if is_asked else None
            case RequirementsChanged():
                mail = requirements_changed(
                    about, event.outcome, asks_for_more=bool(event.rules_new or event.rules_changed)
                )
                return mail if case.is_prepared_for(event.lab_id, event.case_type) else None
        return self._written_of_session(event, about)

    def _written_of_session(self, event: _OfSession, about: About) -> Mail | None:
        session = self._sessions.find(event.case_id, event.session_id)
        if session is None or session.starts_at != event.starts_at or session.state is not _STATES[type(event)]:
            return None
        entry = CalendarEntry(
            session=session,
            initials=about.initials,
            lab_name=about.lab_name,
            contact=about.lab_contact,
            told_at=event.occurred_at,
        )
        match event:
            case PlanningSessionReleased():
                return session_released(about, session.starts_at, calendar=calendar(entry))
            case PlanningSessionMissed():
                return session_missed(about, session.starts_at)
        meeting = Meeting(
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            join_link=session.meeting_link,
            add_link=google_link(entry),
            calendar=calendar(entry),
        )
        if isinstance(event, PlanningSessionMoved):
            return session_moved(about, meeting, previous_starts_at=event.previous_starts_at)
        return session_booked(about, meeting)


def _asks_of_practice(event: Mailed) -> bool:
    """Whether a mail tells an event: of what moves a case, only that files of a sending failed.

    What a lab gives back is told with its reasons, as :class:`CaseReturned`.
    """
    match event:
        case CaseMoved():
            return event.to is Status.MISSING_INFO and event.by is Party.SYSTEM
        case HeldCaseWentOn():
            return event.comes_back_to is Status.MISSING_INFO
    return True


def _stands_at(case: Case) -> Status:
    """Return where a case stands, or comes back to while it is paused."""
    return case.status if case.hold is None else case.hold.origin


#: What a session is while what was told of it is still so.
_STATES: Final = {
    PlanningSessionBooked: SessionState.BOOKED,
    PlanningSessionMoved: SessionState.BOOKED,
    PlanningSessionReleased: SessionState.RELEASED,
    PlanningSessionMissed: SessionState.MISSED,
}
