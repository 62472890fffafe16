"""Several facts are one message: in their own words where they say one thing, and listed where they say more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.kernel.ics import Calendar, CalendarMethod
from bitewing.notifications.composing import Words, composed, digest_of, things_in
from bitewing.notifications.known import Known
from bitewing.notifications.letter import Attached
from bitewing.notifications.message import MessageFact
from bitewing.notifications.templates.catalog import TOPICS, default_template, language_of
from bitewing.notifications.templates.form import Reader
from bitewing.notifications.templates.samples import SAMPLES

from tests.support.builders import NOW

LINK = "https://portal.example.com/inbox"
ENGLISH = language_of("en")
WORDS = Words(
    templates={name: default_template(name, ENGLISH) for name in TOPICS},
    language=ENGLISH,
    reader=Reader(language="en-US", time_zone="America/New_York"),
    inbox_link=LINK,
)
CALENDAR = Calendar(content="BEGIN:VCALENDAR", method=CalendarMethod.PUBLISH)


def told(fact_id, template, *, minutes=0, subject_id="S1", calendar=None, **values):
    fact = MessageFact(
        name="Something",
        fact_id=fact_id,
        subject_id=subject_id,
        occurred_at=NOW + timedelta(minutes=minutes),
        template=template,
        rule_ids=(),
        detail="{}",
    )
    known = Known(values={**SAMPLES[TOPICS[template]], **values}, calendar=calendar, calendar_name="day.ics")
    return fact, known


def say(*facts):
    return composed(things_in(facts), WORDS)


def test_one_fact_is_told_in_its_own_words():
    said = say(told("E1", "case_shipped", subject_id="8KD2M5X0T3QA"))
    assert said.subject == "Case 8KD2M5X0T3QA (M. H.) was shipped"
    assert "It is on its way from" in said.text
    assert "<p>It is on its way from" in said.html


def test_what_happened_to_one_thing_in_a_burst_is_told_as_one_whatever_order_it_comes_in():
    # Given a Case Day of which the length and before it the start changed ...
    changes = (
        told("E3", "day_changed", minutes=3, fields=("minutes",)),
        told("E1", "day_changed", fields=("starts_at",)),
    )
    # ... and its patients between the two
    between = told("E2", "patients_changed", minutes=2)
    (patients, day) = things_in([*changes, between])
    assert ([each.fact_id for each in patients.facts], [each.fact_id for each in day.facts]) == (["E2"], ["E1", "E3"])
    assert day.values["fields"] == ("starts_at", "minutes")
    assert "this changed: start, length." in say(*changes).text


def test_where_something_moved_twice_it_is_told_from_where_to_where():
    first = told("E1", "day_rescheduled", previous_on=date(2026, 9, 16), on=date(2026, 9, 20))
    last = told("E2", "day_rescheduled", minutes=1, previous_on=date(2026, 9, 20), on=date(2026, 9, 23))
    (thing,) = things_in([last, first])
    assert (thing.values["previous_on"], thing.values["on"]) == (date(2026, 9, 16), date(2026, 9, 23))


def test_of_two_people_who_decline_both_are_told():
    said = say(
        told("E1", "member_declined", clinician="Nia Okafor"), told("E2", "member_declined", clinician="Abe Lund")
    )
    assert "Nia Okafor declined" in said.text
    assert "Abe Lund declined" in said.text
    assert "2 things happened." in said.text


def test_several_things_of_a_case_are_listed_under_its_id():
    said = say(
        told("E1", "case_goes_on", subject_id="8KD2M5X0T3QA"),
        told("E2", "case_shipped", subject_id="8KD2M5X0T3QA", minutes=1),
    )
    assert said.subject == "Case 8KD2M5X0T3QA (M. H.)"
    first, *_ = said.text.split("\n\n")
    assert first == "2 things happened."
    assert said.text.index("goes on") < said.text.index("was shipped")
    assert "https://portal.example.com/cases/8KD2M5X0T3QA" in said.text


def test_several_things_of_something_else_are_called_by_the_last():
    said = say(told("E1", "day_changed"), told("E2", "patients_changed", minutes=1))
    assert said.subject.startswith("Patients of")


def test_what_was_held_is_listed_and_leads_to_the_inbox():
    cases = [told(f"E{number}", "ready_to_plan", subject_id=f"S{number}", case_id=f"CASE{number}") for number in (1, 2)]
    assert digest_of(things_in(cases)) == "more"
    said = say(*cases)
    assert said.subject == "2 more notifications"
    assert "Case CASE1 (M. H.) is ready to plan" in said.text
    assert "Case CASE2 (M. H.) is ready to plan" in said.text
    assert LINK in said.text


def test_things_that_are_called_the_same_are_listed_once():
    said = say(told("E1", "day_changed", practice="A"), told("E2", "day_changed", practice="B"))
    assert said.text.count("Case Day changed") == 1


def test_a_text_message_says_all_that_has_one():
    asked = told("E1", "day_asked", starts_at=datetime(2026, 9, 23, 12, tzinfo=UTC))
    assert say(asked).text_message.startswith("Bitewing:")
    both = say(asked, told("E2", "member_off", minutes=1)).text_message
    assert both.count("Bitewing:") == 2


@pytest.mark.parametrize("count", [1, 20])
def test_a_text_message_that_would_be_too_long_or_has_no_words_says_what_there_is_and_where(count):
    name = "case_shipped" if count == 1 else "member_off"
    facts = [told(f"E{n}", name, subject_id=f"S{n}", practice=f"Practice number {n}") for n in range(count)]
    text = say(*facts).text_message
    assert text.endswith(LINK)
    assert ("was shipped" if count == 1 else "20 more notifications") in text


ENDS = "https://api.example.com/v1/unsubscribe/practice.p.r.s"


@pytest.mark.parametrize(("code", "words"), [("en", "Send me no more mails"), ("es", "No recibir más correos")])
def test_whoever_reads_a_mail_sees_last_where_mails_end(code, words):
    said = composed(things_in([told("E1", "case_shipped")]), replace(WORDS, language=language_of(code)))
    letter = said.letter(ENDS)
    assert letter.text == f"{said.text}{words}: {ENDS}\n"
    assert letter.html.endswith(f'<p><a href="{ENDS}">{words}</a></p>\n</body></html>\n')
    assert letter.html.replace(f'<p><a href="{ENDS}">{words}</a></p>\n', "") == said.html
    assert letter.unsubscribe_link == ENDS


def test_a_mail_that_ends_nowhere_says_nothing_of_it():
    said = say(told("E1", "case_shipped"))
    letter = said.letter("")
    assert (letter.text, letter.html, letter.unsubscribe_link) == (said.text, said.html, "")


def test_a_meeting_is_in_one_calendar_as_it_was_told_last():
    later = replace(CALENDAR, content="later")
    said = say(
        told("E1", "session_booked", calendar=CALENDAR),
        told("E2", "session_moved", minutes=1, calendar=later),
        told("E3", "case_shipped", minutes=2),
        told("E4", "day_confirmed", subject_id="S2", calendar=CALENDAR),
    )
    assert said.calendars == (Attached(name="day.ics", calendar=later), Attached(name="day.ics", calendar=CALENDAR))
