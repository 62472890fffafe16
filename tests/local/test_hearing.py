"""The last chapter of the walk: mails, calendars and texts are read back, and what is wrong with them is said."""

import base64
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from bitewing.kernel.ics import CalendarEvent, CalendarMethod, EventStatus, written
from bitewing.notifications.letter import Attached, Letter
from bitewing.notifications.mail import as_mime
from rich.console import Console

from local import hearing, telling, whole_mails
from local.api import Answer
from local.hearing import Hearing, ensure_in_order, ensure_no_name, mails_in, texts_at, wait_until_quiet
from local.seed import IRIS, LEO, PEOPLE
from local.trouble import Trouble

AT = datetime(2026, 3, 16, 14, 30, tzinfo=UTC)
LETTER = Letter(
    subject="Case 02MZ5HH9GADJ (M. Q.): planning session booked",
    text="It is booked for Friday.\n",
    html="<p>It is booked for Friday.</p>\n",
    unsubscribe_link="https://api.example/v1/unsubscribe/token",
)
TEXT = "Bitewing: Case Day Mon, Mar 16, 8:00 AM at Maple Street Dental, as nurse."


def a_calendar(sequence=1, method=CalendarMethod.PUBLISH, uid="session-1@bitewing"):
    event = CalendarEvent(
        uid=uid,
        sequence=sequence,
        told_at=AT,
        starts_at=AT,
        ends_at=AT + timedelta(minutes=30),
        title="Planning session",
        description="",
        location="",
        status=EventStatus.CONFIRMED,
    )
    return Attached(name="session.ics", calendar=written([event], product="-//Bitewing//EN", method=method))


class Stack:
    """What the chapter asks of a stack: an emulator that took mails and texts, and inboxes behind an API."""

    api_url_by_path = "http://127.0.0.1:1/api"

    def __init__(self, folder):
        self.emulator = SimpleNamespace(url="http://127.0.0.1:1", mails=folder)
        self.texts = {"+18025550161": [TEXT]}
        self.inboxes = {
            person: [{"number": 2, "fact": "RxIssued", "title": "Case X (M. Q.) was sent"}] for person in PEOPLE
        }
        self.unread_after = 0
        self._keep = whole_mails.keeping(lambda raw: raw, folder)
        folder.mkdir()

    def mail(self, *letters, to="desk@maple-street.example"):
        for letter in letters:
            self._keep(base64.b64encode(as_mime(letter, sender="Bitewing <a@b.example>", to=to)).decode())


@pytest.fixture
def stack(tmp_path, monkeypatch):
    stack = Stack(tmp_path / "mails")

    class Inbox:
        def __init__(self, _, person):
            self._entries = stack.inboxes.get(person, [])

        def get(self, path, **_):
            assert path == "/v1/inbox"
            return _answer({"unread": len(self._entries), "newest": 2, "entries": self._entries})

        def post(self, path, body):
            assert (path, body) == ("/v1/inbox/read-all", {"up_to": 2})
            return _answer({"unread": stack.unread_after, "newest": 2})

    def taken(url, **_):
        assert url.endswith("/_ministack/sns/sms-messages")
        sent = {number: [{"Message": text} for text in said] for number, said in stack.texts.items()}
        return SimpleNamespace(json=lambda: {"sms_messages": sent}, raise_for_status=lambda: None)

    monkeypatch.setattr(hearing, "Api", Inbox)
    monkeypatch.setattr(hearing, "sign_in", lambda _, person: person)
    monkeypatch.setattr(hearing, "requests", SimpleNamespace(get=taken))
    monkeypatch.setattr(hearing, "wait_until_quiet", lambda count: count())
    return stack


@pytest.fixture
def heard(stack, tmp_path, monkeypatch):
    """Walks the chapter, and gives what it told."""

    def hear():
        told = io.StringIO()
        monkeypatch.setattr(telling, "console", Console(file=told, width=200))
        Hearing(stack, telling.Telling(log=tmp_path), patients=["Marta Quill", "Ida Brandt"]).tell()
        return told.getvalue()

    return hear


def _answer(body):
    return Answer("GET /", 200, body, {})


def test_inboxes_mails_calendars_and_texts_are_told(stack, heard):
    stack.mail(replace(LETTER, calendars=(a_calendar(),)), replace(LETTER, subject="Case X (M. Q.) was shipped"))
    told = heard()
    for person in (IRIS, LEO):
        assert f"{person.name}, {person.roles[0]}: 1 unread." in told
    assert "desk@maple-street.example: 2." in told
    assert "Case X (M. Q.) was shipped" in told
    assert "session.ics, PUBLISH: Planning session, Mon 16 Mar 14:30 UTC" in told
    assert TEXT in told


def test_of_many_the_first_are_told_and_how_many_more_there_are(stack, heard):
    stack.mail(*(replace(LETTER, subject=f"Mail {number}", calendars=(a_calendar(),)) for number in range(15)))
    entry = stack.inboxes[IRIS][0]
    stack.inboxes[IRIS] = [entry | {"number": 15 - number} for number in range(15)]
    told = heard()
    assert "and 3 after these" in told
    assert "and 3 before these" in told
    assert "Mail 11" in told
    assert "Mail 12" not in told


def test_a_mail_is_read_as_it_travels(stack):
    stack.mail(replace(LETTER, calendars=(a_calendar(),)))
    (mail,) = mails_in(stack.emulator.mails)
    assert (mail.to, mail.subject) == ("desk@maple-street.example", LETTER.subject)
    assert (mail.text.strip(), mail.html.strip()) == (LETTER.text.strip(), LETTER.html.strip())
    assert mail.is_ended_by_one_click
    (attached,) = mail.attachments
    assert (attached.name, attached.method) == ("session.ics", "PUBLISH")
    assert attached.event.decoded("DTSTART") == AT


def test_a_mail_that_nobody_can_end_with_a_click_is_trouble(stack, heard):
    stack.mail(replace(LETTER, calendars=(a_calendar(),), unsubscribe_link=""))
    with pytest.raises(Trouble, match="does not end with one click"):
        heard()


def test_no_mail_no_calendar_and_no_text_is_trouble(stack, heard):
    with pytest.raises(Trouble, match="caused no mail"):
        heard()
    stack.mail(LETTER)
    with pytest.raises(Trouble, match="No mail has a calendar"):
        heard()
    stack.mail(replace(LETTER, calendars=(a_calendar(),)))
    stack.texts = {}
    with pytest.raises(Trouble, match="caused no text message"):
        heard()


def test_a_text_message_that_is_too_long_is_trouble(stack, heard):
    stack.mail(replace(LETTER, calendars=(a_calendar(),)))
    stack.texts = {"+18025550161": ["a" * 307]}
    with pytest.raises(Trouble, match="has 307 characters"):
        heard()


@pytest.mark.parametrize("place", ["inbox", "mail", "text"])
def test_a_name_of_a_patient_is_trouble_wherever_it_stands(stack, heard, place):
    stack.mail(replace(LETTER, calendars=(a_calendar(),)))
    if place == "inbox":
        stack.inboxes[IRIS][0]["title"] = "Case of IDA waits"
    elif place == "mail":
        stack.mail(replace(LETTER, html="<p>For Mrs. Quill.</p>\n"))
    else:
        stack.texts["+18025550162"] = ["Brandt is late"]
    with pytest.raises(Trouble, match="names a patient"):
        heard()


def test_a_friday_is_nobody(stack):
    ensure_no_name(["Ida Brandt"], ["It is booked for Friday."])


def test_what_stays_unread_after_everything_was_read_is_trouble(stack, heard):
    stack.unread_after = 3
    with pytest.raises(Trouble, match="3 are unread"):
        heard()


def test_a_calendar_that_counts_down_is_trouble(stack):
    stack.mail(*(replace(LETTER, calendars=(a_calendar(number),)) for number in (1, 1, 3)))
    stack.mail(replace(LETTER, calendars=(a_calendar(1, uid="another@bitewing"),)))
    ensure_in_order(each for mail in mails_in(stack.emulator.mails) for each in mail.attachments)
    stack.mail(replace(LETTER, calendars=(a_calendar(2),)))
    with pytest.raises(Trouble, match="comes as 2 after 3"):
        ensure_in_order(each for mail in mails_in(stack.emulator.mails) for each in mail.attachments)


def test_a_mail_and_its_calendar_say_the_same_of_what_is_to_be_done(stack):
    content = as_mime(replace(LETTER, calendars=(a_calendar(),)), sender="a@b.example", to="c@d.example")
    (stack.emulator.mails / "000001.eml").write_bytes(content.replace(b'method="PUBLISH"', b'method="CANCEL"'))
    with pytest.raises(Trouble, match="The mail says CANCEL, and its calendar PUBLISH"):
        mails_in(stack.emulator.mails)


def test_texts_are_read_by_number(stack):
    stack.texts["+18025550162"] = ["One", "Two"]
    assert texts_at(stack.emulator.url) == {"+18025550161": [TEXT], "+18025550162": ["One", "Two"]}


def test_it_is_quiet_when_nothing_came_for_a_while(monkeypatch):
    monkeypatch.setattr(hearing, "POLL_S", 0.01)
    came = iter([1, 2, 3])
    wait_until_quiet(lambda: next(came, 3), quiet_s=0.05)
    more = iter(range(10_000))
    with pytest.raises(Trouble, match="still being told"):
        wait_until_quiet(lambda: next(more), quiet_s=0.05, timeout_s=0.1)


def test_mails_are_kept_whole_and_in_their_order(tmp_path):
    seen = []
    keep = whole_mails.keeping(seen.append, tmp_path)
    for content in (b"one", b"two"):
        keep(base64.b64encode(content).decode())
    assert [path.read_bytes() for path in sorted(tmp_path.iterdir())] == [b"one", b"two"]
    assert len(seen) == 2
