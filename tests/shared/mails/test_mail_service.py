"""Who is told what by mail, and that each event is told once."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import icalendar
import pytest
from bitewing.cases.case import Hold
from bitewing.cases.events import CaseMoved, HeldCaseWentOn
from bitewing.cases.reasons import REASONS, Reason
from bitewing.cases.review_events import CaseReturned
from bitewing.cases.status import Party, Status
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
from bitewing.precheck.finding import Outcome as PrecheckOutcome
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.events import RequirementsChanged
from bitewing.rx.events import RxIssued

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID, a_case, a_lab, a_practice
from tests.support.changes import a_reason, a_return, a_sent_case, a_submission
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
RETURNED = CaseReturned(
    **HEAD,
    case_type=CaseType.CROWN,
    to=Status.RETURNED,
    submission_number=1,
    submitted_at=NOW,
    sent_by=Party.PRACTICE,
    is_first_pass=True,
    first_sent_at=NOW,
    return_number=1,
    reasons=(Reason.MARGIN_HIDDEN, Reason.SHADE_MISMATCH, Reason.MARGIN_HIDDEN),
    rule_ids=(),
)
FAILED = CaseMoved(**HEAD, origin=Status.PROCESSING, to=Status.MISSING_INFO, by=Party.SYSTEM)
FAILED_WHILE_HELD = HeldCaseWentOn(**HEAD, comes_back_to=Status.MISSING_INFO)
REQUIREMENTS = RequirementsChanged(
    **{name: value for name, value in HEAD.items() if name != "case_version"},
    case_type=CaseType.CROWN,
    profile_version=2,
    outcome=PrecheckOutcome.BLOCK,
    rules_new=("MSH-DENSITY",),
    rules_gone=(),
    rules_changed=(),
)
SESSIONS = {type(event).__name__: event for event in (BOOKED, MOVED, RELEASED, MISSED)}
OF_CASES = {type(event).__name__: event for event in (RETURNED, FAILED, FAILED_WHILE_HELD, REQUIREMENTS)}
EVENTS = {"RxIssued": RX, **SESSIONS, **OF_CASES}
HELD = Hold(origin=Status.MISSING_INFO, reason="We are closed.", at=NOW, due_on=None)
#: The case as it is when an event is told at once.
CASES = {
    "CaseReturned": a_sent_case(Status.RETURNED, last_return=a_return()),
    "CaseMoved": a_sent_case(Status.MISSING_INFO),
    "HeldCaseWentOn": a_sent_case(Status.ON_HOLD, hold=HELD),
}
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
        """Let the session and the case be as an event tells it."""
        self.case = CASES.get(type(event).__name__, self.case)
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


# --- What is asked of the practice ------------------------------------------------------------------


def words(post):
    (mail,) = post.mails
    return " ".join(mail.get_body(("plain",)).get_content().split())


def test_what_a_lab_gave_back_is_mailed_with_the_reasons_in_our_words_and_none_of_its_own(post):
    post.tell(post.is_of(RETURNED))
    assert post.mails[0]["Subject"] == f"Case {CASE_ID} (M. H.): returned"
    assert "Why: the margin is hidden; the shade does not match." in words(post)
    assert f"https://app.bitewing.example/cases/{CASE_ID}" in words(post)
    assert a_reason().says not in words(post)


def test_files_or_details_that_a_lab_asks_for_are_mailed_as_such(post):
    event = replace(RETURNED, to=Status.MISSING_INFO, reasons=(Reason.FILE_MISSING,))
    post.case = a_sent_case(Status.MISSING_INFO, last_return=a_return(to=Status.MISSING_INFO))
    assert post.tell(event).outcome is Outcome.SENT
    assert post.mails[0]["Subject"].endswith("files or details are missing")
    assert "Why: a file is missing." in words(post)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_for_a_mail(post, reason):
    post.tell(post.is_of(replace(RETURNED, reasons=(reason,))))
    assert f"Why: {REASONS[reason].called}." in words(post)


@pytest.mark.parametrize(
    ("event", "says"),
    [(FAILED, "on hold until it is sent again"), (FAILED_WHILE_HELD, "The lab has paused the case")],
)
def test_a_sending_whose_files_failed_is_mailed_also_while_the_lab_has_paused_it(post, event, says):
    assert post.tell(post.is_of(event)).outcome is Outcome.SENT
    assert post.mails[0]["Subject"].endswith("files are missing")
    assert says in words(post)


@pytest.mark.parametrize(
    "event",
    [
        replace(FAILED, by=Party.LAB),
        replace(FAILED, to=Status.RECEIVED),
        replace(FAILED_WHILE_HELD, comes_back_to=Status.RECEIVED),
    ],
)
def test_a_move_that_asks_nothing_of_the_practice_or_is_told_with_its_reasons_is_no_mail_and_no_request(post, event):
    post.case = post.practice = post.lab = None
    assert post.tell(event) == Told(outcome=Outcome.NOTHING_ASKED)
    assert (post.outbox.sent, post.claims) == ([], InMemoryClaims())


def test_what_a_lab_gives_back_is_one_mail_though_it_is_two_events(post):
    moved = replace(FAILED, event_id="event-2", origin=Status.RECEIVED, to=Status.RETURNED, by=Party.LAB)
    assert [post.tell(post.is_of(event)).outcome for event in (moved, RETURNED, RETURNED)] == [
        Outcome.NOTHING_ASKED,
        Outcome.SENT,
        Outcome.SENT_BEFORE,
    ]


@pytest.mark.parametrize(
    ("rules", "outcome", "says"),
    [
        ({}, PrecheckOutcome.BLOCK, "PreCheck finds something new in it. It cannot be sent before that is mended."),
        (
            {"rules_new": (), "rules_changed": ("DUE-MISSING",)},
            PrecheckOutcome.WARN,
            "PreCheck finds something new in it. It can be sent once its warnings were read.",
        ),
        (
            {"rules_new": (), "rules_gone": ("MSH-DENSITY",)},
            PrecheckOutcome.PASS,
            "Something that PreCheck found is fine now. It can be sent as it is.",
        ),
    ],
)
def test_what_a_lab_wants_from_now_on_is_mailed_for_what_is_prepared(post, rules, outcome, says):
    assert post.tell(replace(REQUIREMENTS, outcome=outcome, **rules)).outcome is Outcome.SENT
    assert post.mails[0]["Subject"].endswith("the lab changed its requirements")
    assert says in words(post)


def test_of_what_the_lab_prepares_itself_the_practice_hears_nothing(post):
    post.case = a_case(started_by=Party.LAB)
    assert post.tell(REQUIREMENTS) == Told(outcome=Outcome.NOTHING_ASKED)
    assert (post.outbox.sent, post.claims) == ([], InMemoryClaims())


@pytest.mark.parametrize(
    ("event", "case"),
    [
        (RETURNED, a_sent_case(Status.PROCESSING, submission=a_submission(number=2))),
        (RETURNED, a_sent_case(Status.RETURNED, submission=a_submission(number=2))),
        (RETURNED, a_sent_case(Status.CANCELLED)),
        (FAILED, a_sent_case(Status.PROCESSING)),
        (FAILED_WHILE_HELD, a_sent_case(Status.CANCELLED)),
        (REQUIREMENTS, a_sent_case(Status.PROCESSING)),
        (REQUIREMENTS, a_case(lab_id="lab-2")),
        (REQUIREMENTS, a_case(case_type=CaseType.BRIDGE)),
    ],
)
def test_what_is_no_longer_asked_is_not_mailed(post, event, case):
    post.case = case
    assert post.tell(event) == Told(outcome=Outcome.OVER)
    assert post.outbox.sent == []


@pytest.mark.parametrize("name", SESSIONS)
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
