"""What mails say, read back by the library that reads mails; calendars by one that reads those."""

import re
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import icalendar
import pytest
from bitewing.kernel.addresses import MAIL_ADDRESS, is_mail_address
from bitewing.kernel.ics import Calendar, CalendarMethod
from bitewing.mails.mail import CannotBeWritten, Mail, as_mime
from bitewing.mails.templates import (
    About,
    Meeting,
    rx_confirmation,
    said,
    session_booked,
    session_missed,
    session_moved,
    session_released,
)
from hypothesis import given
from hypothesis import strategies as st

SENDER = "Bitewing <no-reply@bitewing.example>"
STARTS_AT = datetime.fromisoformat("2026-03-16T14:30:00+00:00")
ABOUT = About(
    case_id="02MZ5HH9GADJ",
    initials="M. H.",
    link="https://app.bitewing.example/cases/02MZ5HH9GADJ",
    time_zone="America/New_York",
    practice_name="Maple Street Dental",
    lab_name="North Pine Dental Lab",
    lab_contact="North Pine Dental Lab, +1 603 555 0188",
)
PUBLISHED = Calendar(content="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", method=CalendarMethod.PUBLISH)
MEETING = Meeting(
    starts_at=STARTS_AT,
    ends_at=STARTS_AT + timedelta(minutes=30),
    join_link="https://meet.example/north-pine",
    add_link="https://calendar.google.com/calendar/render?action=TEMPLATE&text=Planning",
    calendar=PUBLISHED,
)
#: Text that would be an element, an attribute or an entity if nobody escaped it.
HOSTILE = """<script>alert("1")</script>' onload='x' &amp; <b>"""


class Read(HTMLParser):
    """The elements, the addresses and the text of a page."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.links, self.attributes, self.text = [], [], set(), ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.text += data


def all_mails(about=ABOUT, meeting=MEETING):
    return {
        "rx_confirmation": rx_confirmation(about, rx_number=1),
        "session_booked": session_booked(about, meeting),
        "session_moved": session_moved(about, meeting, previous_starts_at=STARTS_AT - timedelta(days=1)),
        "session_released": session_released(about, STARTS_AT, calendar=PUBLISHED),
        "session_missed": session_missed(about, STARTS_AT),
    }


@pytest.mark.parametrize("name", all_mails())
def test_text_and_html_say_the_same_with_the_same_addresses(name):
    mail = all_mails()[name]
    page = Read(mail.html)
    assert page.links == re.findall(r"https://\S+", mail.text)
    words = re.sub(r":\nhttps://\S+", "", mail.text).split()
    assert Read(mail.html.partition("<body")[2]).text.split("\n", 1)[1].split() == words


@pytest.mark.parametrize("name", all_mails())
def test_every_mail_names_the_case_once_in_its_subject_with_initials(name):
    assert all_mails()[name].subject.startswith("Case 02MZ5HH9GADJ (M. H.)")


def test_a_patient_without_initials_is_not_mentioned():
    about = About(**{field: getattr(ABOUT, field) for field in About.__slots__} | {"initials": ""})
    assert rx_confirmation(about, rx_number=1).subject == "Case 02MZ5HH9GADJ was sent"


def test_a_confirmation_leads_to_its_page_and_to_the_case():
    mail = rx_confirmation(ABOUT, rx_number=1)
    assert Read(mail.html).links == [f"{ABOUT.link}/confirmation", ABOUT.link]
    assert "version" not in mail.text


@pytest.mark.parametrize("name", all_mails())
def test_who_cannot_sign_in_is_led_nowhere_but_to_the_session(name):
    about = About(**{field: getattr(ABOUT, field) for field in About.__slots__} | {"link": ""})
    links = Read(all_mails(about)[name].html).links
    assert links == ([MEETING.join_link, MEETING.add_link] if name in {"session_booked", "session_moved"} else [])


def test_a_later_confirmation_says_which_version_of_the_rx_it_is_about():
    assert "This is version 3 of its RX" in rx_confirmation(ABOUT, rx_number=3).text


def test_a_booked_session_says_when_and_where_in_the_time_zone_of_the_practice():
    text = session_booked(ABOUT, MEETING).text
    assert "Monday, 16 March 2026, 10:30 (UTC-04:00), 30 minutes, in the time zone America/New_York." in text
    assert f"Join the session:\n{MEETING.join_link}" in text
    assert f"Add it to Google Calendar:\n{MEETING.add_link}" in text


def test_without_a_meeting_link_the_lab_says_how_to_join():
    meeting = Meeting(**{field: getattr(MEETING, field) for field in Meeting.__slots__} | {"join_link": ""})
    assert "The lab sends you how to join." in session_booked(ABOUT, meeting).text


def test_a_moved_session_says_when_it_would_have_been():
    mail = session_moved(ABOUT, MEETING, previous_starts_at=STARTS_AT - timedelta(days=14))
    # Clocks went forward in between.
    assert "It would have begun on Monday, 2 March 2026, 09:30 (UTC-05:00)." in mail.text


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "Monday, 16 March 2026, 15:30 (UTC+01:00)"),
        ("Australia/Lord_Howe", "Tuesday, 17 March 2026, 01:30 (UTC+11:00)"),
        ("Asia/Kathmandu", "Monday, 16 March 2026, 20:15 (UTC+05:45)"),
    ],
)
def test_a_moment_is_said_in_words_with_the_distance_from_utc(zone, words):
    assert said(STARTS_AT, zone) == words


@pytest.mark.parametrize("name", all_mails())
def test_what_others_wrote_is_text_in_html_and_nothing_else(name):
    hostile = {"practice_name": HOSTILE, "lab_name": HOSTILE, "lab_contact": HOSTILE, "link": f"https://x/{HOSTILE}"}
    about = About(**{field: getattr(ABOUT, field) for field in About.__slots__} | hostile)
    meeting = Meeting(
        **{field: getattr(MEETING, field) for field in Meeting.__slots__} | {"join_link": f"https://y/{HOSTILE}"}
    )
    page = Read(all_mails(about, meeting)[name].html)
    assert set(page.elements) <= {"html", "head", "meta", "title", "body", "p", "a"}
    assert page.attributes <= {"lang", "charset", "style", "href"}
    assert HOSTILE in page.text


def read(mail, to="desk@maple-street.example"):
    return message_from_bytes(as_mime(mail, sender=SENDER, to=to), policy=default)


@pytest.mark.parametrize("name", all_mails())
def test_another_reader_finds_subject_text_and_html_as_they_were_written(name):
    mail = all_mails()[name]
    message = read(mail)
    assert (message["Subject"], message["From"], message["To"]) == (mail.subject, SENDER, "desk@maple-street.example")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == mail.text
    assert message.get_body(("html",)).get_content().replace("\r\n", "\n") == mail.html
    assert message.defects == []


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_whatever_is_said_travels_in_short_lines_of_ascii_and_comes_out_again(words):
    mail = Mail(subject="Case", text=f"{words}\n", html=f"<p>{words}</p>\n")
    content = as_mime(mail, sender=SENDER, to="desk@maple-street.example")
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    message = message_from_bytes(content, policy=default)
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == mail.text


def test_the_calendar_is_attached_as_a_file_that_calendars_open():
    content = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Bitewing//EN\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"
    mail = Mail(subject="S", text="t", html="h", calendar=Calendar(content=content, method=CalendarMethod.CANCEL))
    (attached,) = read(mail).iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached["Content-Type"].params["method"] == "CANCEL"
    assert attached.get_filename() == "planning-session.ics"
    assert icalendar.Calendar.from_ical(attached.get_payload(decode=True))["METHOD"] == "CANCEL"


@pytest.mark.parametrize("address", ["desk@maple-street.example", "a.b+c@x.example", "o'neil@x.example"])
def test_plain_addresses_is_mail_address(address):
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
def test_what_is_more_or_less_than_one_plain_address_cannot(address):
    assert not is_mail_address(address)


@given(st.from_regex(re.compile(MAIL_ADDRESS, re.ASCII), fullmatch=True).filter(is_mail_address))
def test_whatever_is_an_address_of_a_mail_can_be_written_on_one_and_read_again(address):
    assert (
        message_from_bytes(as_mime(rx_confirmation(ABOUT, rx_number=1), sender=SENDER, to=address), policy=default)[
            "To"
        ]
        == address
    )


@given(st.text('a.@-=?_ <>,:;"\\\n', max_size=20).map("{}@b.example".format))
def test_of_whatever_is_tried_only_an_address_of_a_mail_can_be_mailed(address):
    if is_mail_address(address):
        assert read(rx_confirmation(ABOUT, rx_number=1), to=address)["To"] == address
    else:
        assert re.fullmatch(r"[a=_-]+(\.[a=_-]+)*@b\.example", address) is None


@pytest.mark.parametrize(
    "address", ["dr.@maple.example", ".a@b.example", "a..b@b.example", "a@b.example\nBcc: c@d.example"]
)
def test_what_makes_no_mail_is_told_as_that_without_saying_for_whom_it_was(address):
    with pytest.raises(CannotBeWritten) as error:
        as_mime(rx_confirmation(ABOUT, rx_number=1), sender=SENDER, to=address)
    assert str(error.value) == ""
