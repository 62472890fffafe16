"""Mails as they travel, read back by the library that reads mails; calendars by one that reads those."""

import re
from datetime import datetime
from email import message_from_bytes
from email.policy import default

import icalendar
import pytest
from bitewing.kernel.addresses import MAIL_ADDRESS, is_mail_address
from bitewing.kernel.ics import CalendarEvent, CalendarMethod, EventStatus, written
from bitewing.notifications.letter import Attached, CannotBeWritten, Letter
from bitewing.notifications.mail import as_mime
from bitewing.notifications.templates.catalog import LANGUAGES, TOPICS, default_template
from bitewing.notifications.templates.form import Reader
from bitewing.notifications.templates.samples import SAMPLES
from bitewing.notifications.templates.template import rendered
from hypothesis import given
from hypothesis import strategies as st

SENDER = "Bitewing <no-reply@bitewing.example>"
DESK = "desk@maple-street.example"
LETTER = Letter(subject="Case 02MZ5HH9GADJ was sent", text="It was sent.\n", html="<p>It was sent.</p>\n")
LINK = f"https://api.bitewing.example/v1/unsubscribe/{'A1_-' * 60}"


def written_for(letter, to=DESK):
    return as_mime(letter, sender=SENDER, to=to)


def read(letter, to=DESK):
    return message_from_bytes(written_for(letter, to), policy=default)


def said(body):
    return body.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TOPICS)
def test_another_reader_finds_every_template_as_it_was_written(name, language):
    template = default_template(name, LANGUAGES[language])
    reader = Reader(language=language, time_zone="America/New_York")
    told = rendered(
        template, TOPICS[name], SAMPLES[TOPICS[name]], language=LANGUAGES[language], reader=reader, items=("One",)
    )
    message = read(Letter(subject=told.subject, text=told.text, html=told.html, unsubscribe_link=LINK))
    # White space before it is no part of it: a long one begins in a line of its own.
    assert (message["Subject"].strip(), message["From"], message["To"]) == (told.subject, SENDER, DESK)
    assert message["Auto-Submitted"] == "auto-generated"
    assert said(message.get_body(("plain",))) == told.text
    assert said(message.get_body(("html",))) == told.html
    assert message.defects == []


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_whatever_is_said_travels_in_short_lines_of_ascii_and_comes_out_again(words):
    content = written_for(Letter(subject="Case", text=f"{words}\n", html=f"<p>{words}</p>\n"))
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert said(message_from_bytes(content, policy=default).get_body(("plain",))) == f"{words}\n"


def test_one_click_unsubscribes_where_a_link_is_given():
    lines = written_for(Letter(subject="S", text="t", html="h", unsubscribe_link=LINK)).split(b"\r\n")
    # As it stands in the mail: readers of mails look for the address between its brackets, and decode nothing.
    assert f"List-Unsubscribe: <{LINK}>".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_without_a_link_nothing_is_said_of_unsubscribing():
    assert not [name for name in read(LETTER) if name.startswith("List-")]


def test_the_link_adds_no_line_to_the_head_of_a_mail():
    with pytest.raises(CannotBeWritten):
        written_for(Letter(subject="S", text="t", html="h", unsubscribe_link="https://x\r\nBcc: c@d.example"))


def calendar(uid, method):
    starts_at = datetime.fromisoformat("2026-03-16T14:30:00+00:00")
    event = CalendarEvent(
        uid=uid,
        sequence=2,
        told_at=starts_at,
        starts_at=starts_at,
        ends_at=starts_at,
        title="Case Day",
        description="",
        location="",
        status=EventStatus.CONFIRMED,
    )
    return written([event], product="Case Days", method=method)


def test_each_calendar_is_attached_as_a_file_that_calendars_open():
    calendars = (
        Attached(name="case-day.ics", calendar=calendar("1@bitewing", CalendarMethod.PUBLISH)),
        Attached(name="planning-session.ics", calendar=calendar("2@bitewing", CalendarMethod.CANCEL)),
    )
    attached = [*read(Letter(subject="S", text="t", html="h", calendars=calendars)).iter_attachments()]
    assert [each.get_content_type() for each in attached] == ["text/calendar", "text/calendar"]
    assert [each["Content-Type"].params["method"] for each in attached] == ["PUBLISH", "CANCEL"]
    assert [each.get_filename() for each in attached] == ["case-day.ics", "planning-session.ics"]
    opened = [icalendar.Calendar.from_ical(each.get_payload(decode=True)) for each in attached]
    assert [each["METHOD"] for each in opened] == ["PUBLISH", "CANCEL"]
    assert [each["UID"] for content in opened for each in content.walk("VEVENT")] == ["1@bitewing", "2@bitewing"]


@pytest.mark.parametrize("address", [DESK, "a.b+c@x.example", "o'neil@x.example"])
def test_a_plain_address_is_one_of_a_mail(address):
    assert is_mail_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c.example",
        "a@b.example, c@d.example",
        "a b@c.example",
        "ü@c.example",
        "a@bücher.example",
        "a@b.example\nBcc: c@d.example",
        f"{'a' * 65}@b.example",
        f"a@{'b.' * 125}example",
        "dr.@maple.example",
        ".a@b.example",
        "a..b@b.example",
        "a@b..example",
        "a@.b.example",
        "a@b.example.",
        "a@-b.example",
        "a@b",
        "=?utf-8?q?desk?=@b.example",
        '"a b"@c.example',
    ],
)
def test_what_is_more_or_less_than_one_plain_address_is_none(address):
    assert not is_mail_address(address)


@given(st.from_regex(re.compile(MAIL_ADDRESS, re.ASCII), fullmatch=True).filter(is_mail_address))
def test_whatever_is_an_address_of_a_mail_can_be_written_on_one_and_read_again(address):
    assert read(LETTER, to=address)["To"] == address


@given(st.text('a.@-=?_ <>,:;"\\\n', max_size=20).map("{}@b.example".format))
def test_of_whatever_is_tried_only_an_address_of_a_mail_can_be_mailed(address):
    if is_mail_address(address):
        assert read(LETTER, to=address)["To"] == address
    else:
        assert re.fullmatch(r"[a=_-]+(\.[a=_-]+)*@b\.example", address) is None


@pytest.mark.parametrize(
    "address", ["dr.@maple.example", ".a@b.example", "a..b@b.example", "a@b.example\nBcc: c@d.example"]
)
def test_what_makes_no_mail_is_told_as_that_without_saying_for_whom_it_was(address):
    with pytest.raises(CannotBeWritten) as error:
        written_for(LETTER, to=address)
    assert str(error.value) == ""
