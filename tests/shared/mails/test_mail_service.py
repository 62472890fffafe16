"""Who is told what by mail, and that each event is told once."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import icalendar
import pytest
from bitewing.kernel.errors import RequestInProgress, Unknown
from bitewing.kernel.events import Event
from bitewing.kernel.wire import MAIL_EVENTS, MAIL_SOURCES
from bitewing.mails.mail import CannotBeWritten
from bitewing.mails.service import CLAIMED_FOR, MAILED, MailService, Outcome, Told
from bitewing.planning.events import (
    PlanningSessionBooked,
    PlanningSessionMissed,
    PlanningSessionMoved,
    PlanningSessionReleased,
)
from bitewing.planning.session import PlanningSession, SessionState
from bitewing.rx.events import RxIssued

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID, a_case, a_lab, a_practice
from tests.support.clock import Clock
from tests.support.mails_in_memory import InMemoryClaims, Outbox

STARTS_AT = NOW + timedelta(days=3)
HEAD = {
    "event_id": "event-1",
    "occurred_at": NOW,
    "case_id": CASE_ID,
    "practice_id": PRACTICE_ID,
    "lab_id": LAB_ID,
    "case_version": 3,
}
RX = RxIssued(**HEAD, rx_number=1, submission_number=1)
OF_SESSION = {
    **HEAD,
    "session_id": "session-1",
    "planner": 1,
    "starts_at": STARTS_AT,
    "ends_at": STARTS_AT + timedelta(minutes=30),
}
BOOKED = PlanningSessionBooked(**OF_SESSION)
MOVED = PlanningSessionMoved(**OF_SESSION, previous_starts_at=STARTS_AT - timedelta(days=1))
RELEASED = PlanningSessionReleased(**OF_SESSION)
MISSED = PlanningSessionMissed(**OF_SESSION)
EVENTS = {type(event).__name__: event for event in (RX, BOOKED, MOVED, RELEASED, MISSED)}
STATES = {"PlanningSessionReleased": SessionState.RELEASED, "PlanningSessionMissed": SessionState.MISSED}


@dataclass
class Post:
    """A case, its organizations and its session, and what is mailed of them."""

    case: object = field(default_factory=a_case)
    practice: object = field(default_factory=a_practice)
    lab: object = field(default_factory=a_lab)
    session: PlanningSession | None = None
    clock: Clock = field(default_factory=Clock)
    outbox: Outbox = field(default_factory=Outbox)
    claims: InMemoryClaims = field(default_factory=InMemoryClaims)

    def __post_init__(self):
        self.session = PlanningSession(
            session_id="session-1",
            case_id=CASE_ID,
            practice_id=PRACTICE_ID,
            lab_id=LAB_ID,
            planner=1,
            starts_at=STARTS_AT,
            ends_at=STARTS_AT + timedelta(minutes=30),
            meeting_link="https://meet.example/northlight",
            booked_at=NOW,
            booked_by="person-1",
        )

    def find(self, *ids):
        return self.case if len(ids) == 1 else self.session

    def is_of(self, event):
        """Let the session be as an event tells it."""
        self.session = replace(self.session, state=STATES.get(type(event).__name__, SessionState.BOOKED))
        return event

    def tell(self, event) -> Told:
        directory = type("Directory", (), {"practice": lambda _, __: self.practice, "lab": lambda _, __: self.lab})()
        service = MailService(
            self.outbox,
            self.claims,
            self,
            directory,
            self,
            sender="Bitewing <no-reply@bitewing.example>",
            web_origin="https://app.bitewing.example",
            now=self.clock,
        )
        return service.tell(event)

    @property
    def mails(self):
        return [message_from_bytes(content, policy=default) for _, content in self.outbox.sent]


@pytest.fixture
def post():
    return Post()


@pytest.mark.parametrize("name", EVENTS)
def test_each_event_is_mailed_to_the_address_of_the_practice(post, name):
    assert post.tell(post.is_of(EVENTS[name])) == Told(outcome=Outcome.SENT)
    assert [to for to, _ in post.outbox.sent] == [post.practice.email]
    (mail,) = post.mails
    assert mail["To"] == post.practice.email
    assert mail["Subject"].startswith(f"Case {CASE_ID} (M. H.)")


@pytest.mark.parametrize("name", EVENTS)
def test_no_mail_says_more_of_the_patient_than_initials_and_the_case_id(post, name):
    post.tell(post.is_of(EVENTS[name]))
    said = "".join(str(part.get_content()) for part in post.mails[0].walk() if not part.is_multipart())
    patient = post.case.packet.patient
    marks = (*patient.name.split(), patient.reference, patient.born_on.isoformat(), post.case.packet.description)
    assert [mark for mark in marks if mark in said or mark in post.mails[0]["Subject"]] == []


def test_a_confirmation_leads_to_the_printable_page(post):
    post.tell(RX)
    link = f"https://app.bitewing.example/cases/{CASE_ID}"
    text = post.mails[0].get_body(("plain",)).get_content()
    assert f"{link}/confirmation\r\n" in text.replace("\n", "\r\n").replace("\r\r", "\r")
    assert [*post.mails[0].iter_attachments()] == []


@pytest.mark.parametrize(("event", "method"), [(BOOKED, "PUBLISH"), (MOVED, "PUBLISH"), (RELEASED, "CANCEL")])
def test_a_time_that_is_agreed_or_given_up_goes_into_calendars(post, event, method):
    post.tell(post.is_of(event))
    (attached,) = post.mails[0].iter_attachments()
    assert attached["Content-Type"].params["method"] == method
    found = icalendar.Calendar.from_ical(attached.get_payload(decode=True))
    (session,) = found.walk("VEVENT")
    assert found["METHOD"] == method
    assert session.decoded("DTSTART") == STARTS_AT
    assert session["UID"] == "session-1@bitewing"


def test_a_missed_session_goes_into_no_calendar(post):
    post.tell(post.is_of(MISSED))
    assert [*post.mails[0].iter_attachments()] == []


def test_a_mail_says_the_time_in_the_zone_of_the_practice_or_of_the_lab_where_it_has_none(post):
    post.practice = replace(post.practice, time_zone="")
    post.lab = replace(post.lab, time_zone="Asia/Kathmandu")
    post.tell(BOOKED)
    assert "in the time zone Asia/Kathmandu." in post.mails[0].get_body(("plain",)).get_content()


@pytest.mark.parametrize("address", ["", "desk", "dr.@maple.example", "desk@maple.example, spam@others.example"])
def test_a_practice_without_an_address_that_can_be_mailed_gets_nothing(post, address):
    post.practice = replace(post.practice, email=address, registered_by=LAB_ID)
    assert post.tell(RX) == Told(outcome=Outcome.NO_ADDRESS)
    assert post.outbox.sent == []
    assert post.claims.settled == set()


@pytest.mark.parametrize(("gone", "what"), [("case", "case"), ("practice", "organization"), ("lab", "organization")])
def test_what_is_about_nobody_is_a_failure_and_claims_nothing(post, gone, what):
    setattr(post, gone, None)
    with pytest.raises(Unknown, match=f"There is no such {what}"):
        post.tell(RX)
    assert (post.outbox.sent, post.claims) == ([], InMemoryClaims())


@pytest.mark.parametrize("name", EVENTS)
def test_a_guest_practice_is_told_like_any_other_and_led_to_no_page_on_which_nobody_of_it_can_sign_in(post, name):
    for registered_by in (None, LAB_ID):
        post.practice = replace(post.practice, registered_by=registered_by)
        event = post.is_of(replace(EVENTS[name], event_id=f"event-{registered_by}"))
        assert post.tell(event) == Told(outcome=Outcome.SENT)
    joined, guest = (
        "".join(str(part.get_content()) for part in mail.walk() if not part.is_multipart()) for mail in post.mails
    )
    assert "https://app.bitewing.example" in joined
    assert "app.bitewing.example" not in guest
    assert ("contact the lab" if name == "PlanningSessionMissed" else "The lab will send you a link") in guest


@pytest.mark.parametrize("name", [name for name in EVENTS if name != "RxIssued"])
def test_what_is_no_longer_so_is_not_mailed(post, name):
    event = post.is_of(EVENTS[name])
    post.session = replace(post.session, starts_at=STARTS_AT + timedelta(days=1))
    assert post.tell(event) == Told(outcome=Outcome.OVER)
    post.session = replace(post.session, starts_at=STARTS_AT, state=SessionState.HELD)
    assert post.tell(event) == Told(outcome=Outcome.OVER)
    post.session = None
    assert post.tell(event) == Told(outcome=Outcome.OVER)
    assert post.outbox.sent == []


def test_an_event_that_comes_again_is_not_mailed_again(post):
    post.tell(RX)
    post.clock.advance(days=18)
    assert post.tell(RX) == Told(outcome=Outcome.SENT_BEFORE)
    assert post.tell(replace(RX, event_id="event-2", rx_number=2)).outcome is Outcome.SENT
    assert len(post.outbox.sent) == 2


def test_of_two_who_tell_the_same_event_at_the_same_moment_one_mails_it(post):
    refused = []

    def meanwhile():
        with pytest.raises(RequestInProgress) as error:
            post.tell(RX)
        refused.append(error)

    post.outbox.answers = [meanwhile]
    assert post.tell(RX).outcome is Outcome.SENT
    assert (len(post.outbox.sent), len(refused)) == (1, 1)
    assert post.tell(RX).outcome is Outcome.SENT_BEFORE


def test_a_mail_that_is_refused_for_good_is_not_tried_again(post):
    post.outbox.answers = [lambda: "MessageRejected"]
    assert post.tell(RX) == Told(outcome=Outcome.REFUSED, refused_with="MessageRejected")
    assert post.tell(RX).outcome is Outcome.SENT_BEFORE
    assert post.outbox.sent == []


def test_a_mail_that_cannot_be_written_claims_nothing(post):
    # A surrogate alone is a character of no text; a lab cannot save one, and the mail does not count on that.
    post.lab = replace(post.lab, name="North\ud800")
    with pytest.raises(CannotBeWritten):
        post.tell(RX)
    assert post.claims == InMemoryClaims()


def fail():
    raise TimeoutError


def test_a_mail_that_fails_is_sent_when_the_event_comes_again(post):
    post.outbox.answers = [fail]
    with pytest.raises(TimeoutError):
        post.tell(RX)
    assert post.tell(RX).outcome is Outcome.SENT
    assert len(post.outbox.sent) == 1


class Killed(InMemoryClaims):
    """Claims of a function that ends before it settles anything."""

    def settle(self, *_):
        raise SystemExit


def test_after_an_end_between_sending_and_settling_the_mail_is_sent_twice_rather_than_never(post):
    post.claims = Killed()
    with pytest.raises(SystemExit):
        post.tell(RX)
    post.claims = InMemoryClaims(claimed_until=post.claims.claimed_until)
    # Nobody sends it while the claim may still be somebody's.
    with pytest.raises(RequestInProgress):
        post.tell(RX)
    post.clock.advance(seconds=CLAIMED_FOR.total_seconds())
    assert post.tell(RX).outcome is Outcome.SENT
    assert post.tell(RX).outcome is Outcome.SENT_BEFORE
    assert len(post.outbox.sent) == 2


def test_what_the_bus_hands_to_the_mailer_is_what_it_tells():
    assert {kind.__name__ for kind in MAILED} == set(MAIL_EVENTS) == set(EVENTS)
    assert {kind.SOURCE for kind in MAILED} == set(MAIL_SOURCES)
    assert all(issubclass(kind, Event) for kind in MAILED)
