"""Calendars, read back by another library than the one that wrote them: ours was none."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import icalendar
import pytest
from bitewing.planning.ics import CalendarEntry, calendar, google_link
from bitewing.planning.session import PlanningSession, SessionState

from tests.support.builders import LAB_ID, NOW, PRACTICE_ID
from tests.support.planning import LINK, TUESDAY_AT_10


def an_entry(**changes):
    session = PlanningSession(
        session_id="02MZ5HH9GADJ4V7C1R8TQK",
        case_id="02MZ5HH9GADJ",
        practice_id=PRACTICE_ID,
        lab_id=LAB_ID,
        planner=1,
        starts_at=TUESDAY_AT_10,
        ends_at=TUESDAY_AT_10 + timedelta(minutes=30),
        meeting_link=changes.pop("meeting_link", LINK),
        booked_at=NOW,
        booked_by="person-1",
        **changes.pop("of_session", {}),
    )
    entry = CalendarEntry(session=session, initials="M. H.", lab_name="Northlight", contact="+1 555 0200", told_at=NOW)
    return replace(entry, **changes)


def read_back(entry):
    written = calendar(entry)
    found = icalendar.Calendar.from_ical(written.content.encode())
    (event,) = found.walk("VEVENT")
    assert found["METHOD"] == written.method
    return found, event


def test_another_library_reads_when_and_where_the_session_is():
    found, event = read_back(an_entry())
    assert (found["VERSION"], found["METHOD"]) == ("2.0", "PUBLISH")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (TUESDAY_AT_10, TUESDAY_AT_10 + timedelta(minutes=30))
    assert event.decoded("DTSTAMP") == NOW
    assert (event["UID"], event["SEQUENCE"]) == ("02MZ5HH9GADJ4V7C1R8TQK@bitewing", 0)
    assert (event["SUMMARY"], event["LOCATION"]) == ("Planning session 02MZ5HH9GADJ (M. H.)", LINK)
    assert event["STATUS"] == "CONFIRMED"
    assert event["DESCRIPTION"].splitlines()[0] == f"Join: {LINK}"


def test_calendars_remind_a_day_and_an_hour_before():
    _, event = read_back(an_entry())
    assert [alarm.decoded("TRIGGER") for alarm in event.walk("VALARM")] == [-timedelta(days=1), -timedelta(hours=1)]


def test_a_session_that_was_given_up_is_taken_out_of_the_calendar_that_has_it():
    found, event = read_back(an_entry(of_session={"state": SessionState.RELEASED, "version": 3}))
    assert (found["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)
    assert event["UID"] == "02MZ5HH9GADJ4V7C1R8TQK@bitewing"
    assert event.walk("VALARM") == []


def test_without_a_meeting_link_the_lab_is_where_it_is():
    _, event = read_back(an_entry(meeting_link=""))
    assert (event["LOCATION"], event["DESCRIPTION"].splitlines()[0]) == ("Northlight", "The lab sends you how to join.")


@pytest.mark.parametrize(
    "name", ["A, B; C\\n D", 'Lab "Nord"\\', "Zahnlabor Größe", "ラボ" * 60, "x" * 500, "🦷" * 100, "two\nlines"]
)
def test_any_name_of_a_lab_is_read_back_as_it_is_and_no_line_is_too_long(name):
    entry = an_entry(lab_name=name, meeting_link="")
    _, event = read_back(entry)
    assert event["LOCATION"] == name
    assert all(len(line.encode()) <= 75 for line in calendar(entry).content.split("\r\n"))


def test_a_patient_without_initials_has_none():
    assert read_back(an_entry(initials=""))[1]["SUMMARY"] == "Planning session 02MZ5HH9GADJ"


def test_the_link_for_google_says_the_same_and_nothing_of_the_patient():
    link = urlsplit(google_link(an_entry()))
    asked = parse_qs(link.query)
    assert (link.scheme, link.netloc, link.path) == ("https", "calendar.google.com", "/calendar/render")
    assert asked["action"] == ["TEMPLATE"]
    assert asked["text"] == ["Planning session 02MZ5HH9GADJ"]
    assert asked["dates"] == ["20260303T150000Z/20260303T153000Z"]
    assert asked["location"] == [LINK]
    assert "M." not in google_link(an_entry())


def test_without_a_meeting_link_the_link_for_google_names_no_place():
    assert "location" not in parse_qs(urlsplit(google_link(an_entry(meeting_link=""))).query)
