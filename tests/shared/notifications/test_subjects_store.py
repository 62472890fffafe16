"""What templates say of facts: every default rule, told of things as they are stored, in both languages."""

from dataclasses import replace

import pytest
from bitewing.case_days.status import DayStatus
from bitewing.cases.reasons import Reason
from bitewing.cases.status import Status
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.ics import CalendarMethod
from bitewing.notifications.audience import Audience
from bitewing.notifications.rule import Channel
from bitewing.notifications.subjects_store import TableSubjects
from bitewing.notifications.templates.catalog import LANGUAGES, TOPICS, default_template
from bitewing.notifications.templates.form import Reader
from bitewing.notifications.templates.template import rendered
from bitewing.notifications.templates.topic import FIELDS, FieldKind

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID, a_lab, a_patient, a_practice
from tests.support.case_days import TEAM_ID, a_care_team, a_member, a_site
from tests.support.changes import a_reason, a_return, a_sent_case, a_submission
from tests.support.told import Kept, a_fact, somebody
from tests.support.told_facts import (
    CASE,
    DAY,
    DAY_ID,
    NURSE_ID,
    PERIOD_ID,
    a_full_day,
    people_rules,
    situation_of,
)

SITE = "https://portal.example"
RULES = {rule.rule_id: rule for rule in people_rules()}
#: Who asks their own lab nothing.
OF_LABS = {Audience.LAB_OF_CASE, Audience.LAB_ADMINS}


@pytest.fixture
def kept(kept_in_one):
    """One table is enough here: it is read as the other stores read it, and one test reads the real thing."""
    return kept_in_one


@pytest.fixture
def subjects(kept):
    return TableSubjects(kept.table, web_origin=SITE, now=lambda: NOW)


def known(kept, subjects, situation):
    kept.has(*situation.things)
    return subjects.known(situation.fact, situation.rule.template, reader=situation.reader)


def may_lack(situation):
    """Fields of which a line is left out, of this fact: what is nobody's to know, or is not known here."""
    lacks = {"lab_contact"} if situation.rule.audience in OF_LABS else set()
    # The code with which a text message is answered is the message's own.
    return lacks | ({"reply_code"} if Channel.TEXT in situation.rule.channels else set())


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=list(LANGUAGES))
@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_default_rule_tells_all_that_its_template_names_and_no_name_of_a_patient(kept, subjects, rule, language):
    situation = situation_of(rule)
    found = known(kept, subjects, situation)
    assert found is not None
    topic, template = TOPICS[rule.template], default_template(rule.template, language)
    composed = {name for name, kind in FIELDS[topic].items() if kind is FieldKind.CASE}
    asked = {name for name in template.fields() if name not in composed}
    assert asked - found.values.keys() <= may_lack(situation)
    message = rendered(
        template,
        topic,
        found.values,
        language=language,
        reader=Reader(language=language.code, time_zone="America/New_York"),
    )
    said = [message.subject, message.text, message.html, message.text_message]
    said += [str(found.values), found.calendar.content if found.calendar else ""]
    for word in a_patient().name.split():
        assert not [each for each in said if word in each]
    assert "None" not in message.text
    assert f"{SITE}/" in message.text


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_what_a_fact_names_is_one_request_and_where_a_day_is_in_calendars_one_more(kept, subjects, rule):
    situation = situation_of(rule)
    kept.has(*situation.things)
    is_of_day_in_calendar = rule.template in {
        *("day_confirmed", "day_confirmed_practice", "day_unconfirmed", "day_canceled", "day_rescheduled")
    }
    with kept.costs("batch_get_item", *["get_item"] * is_of_day_in_calendar):
        found = subjects.known(situation.fact, rule.template, reader=situation.reader)
    assert found is not None
    assert (found.calendar is not None) is (is_of_day_in_calendar or rule.template in OF_SESSIONS_IN_CALENDARS)


OF_SESSIONS_IN_CALENDARS = {"session_booked", "session_moved", "session_canceled"}


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_of_what_is_not_there_nobody_is_told(kept, subjects, rule):
    situation = situation_of(rule)
    is_gone = subjects.known(situation.fact, rule.template, reader=situation.reader) is None
    assert is_gone


def test_it_is_read_from_dynamodb_as_from_what_plays_it(local_stores):
    kept = Kept(local_stores.table)
    subjects = TableSubjects(kept.table, web_origin=SITE, now=lambda: NOW)
    for rule in RULES.values():
        assert known(kept, subjects, situation_of(rule)) is not None
        kept.forgets()


# --- Cases ------------------------------------------------------------------------------------------------------------


def a_situation(rule_id):
    return situation_of(RULES[rule_id])


def test_a_case_is_told_by_its_id_and_the_initials_of_its_patient(kept, subjects):
    found = known(kept, subjects, a_situation("RxIssued.practice_address"))
    assert found.values == {
        "case_id": CASE_ID,
        "initials": "M. H.",
        "practice": a_practice().name,
        "lab": a_lab().name,
        "lab_contact": a_lab().contact,
        "link": f"{SITE}/cases/{CASE_ID}",
        "rx_number": 2,
    }


def test_of_the_first_rx_there_are_no_earlier_ones_to_tell_of(kept, subjects):
    kept.has(a_practice(), a_lab(), a_sent_case())
    fact = a_fact("RxIssued", **CASE, rx_number=1, submission_number=1)
    assert "rx_number" not in subjects.known(fact, "case_sent", reader=OrganizationKind.PRACTICE).values


@pytest.mark.parametrize(
    ("reader", "has_link"), [(OrganizationKind.PRACTICE, False), (OrganizationKind.LAB, True)], ids=str
)
def test_a_practice_of_which_nobody_can_sign_in_gets_no_link(kept, subjects, reader, has_link):
    kept.has(a_practice(registered_by=LAB_ID), a_lab(), a_sent_case())
    found = subjects.known(a_fact("CaseNoted", **CASE, note_id="note-1", by="lab"), "case_noted", reader=reader)
    assert ("link" in found.values) is has_link


@pytest.mark.parametrize(("carrier", "name"), [("fedex", "FedEx"), ("pickup", None), ("other", None)])
def test_a_carrier_is_named_that_people_know_by_its_name(kept, subjects, carrier, name):
    situation = a_situation("ShipmentAdded.dentists_side")
    kept.has(*situation.things)
    fact = a_fact("ShipmentAdded", **{**situation.fact.detail, "carrier": carrier})
    assert subjects.known(fact, "parcel_added", reader=situation.reader).values.get("carrier") == name


def test_each_reason_is_said_once(kept, subjects):
    found = known(kept, subjects, a_situation("CaseReturned.practice_of_case.returned"))
    assert found.values["reasons"] == ("margin_hidden", "file_missing")


@pytest.mark.parametrize(
    ("sent", "reasons"), [(1, ("margin_hidden", "file_missing")), (2, None)], ids=["still_open", "dealt_with"]
)
def test_who_is_reminded_of_a_case_that_came_back_reads_why(kept, subjects, sent, reasons):
    codes = (Reason.MARGIN_HIDDEN, Reason.FILE_MISSING, Reason.MARGIN_HIDDEN)
    back = a_return(*(a_reason(code, reason_id=str(number)) for number, code in enumerate(codes)), submission_number=1)
    submission = replace(a_submission(), number=sent)
    kept.has(a_practice(), a_lab(), a_sent_case(status=Status.RETURNED, last_return=back, submission=submission))
    fact = a_situation("case_is_red.practice_of_case").fact
    found = subjects.known(a_fact(fact.name, **fact.detail), "case_waits", reader=OrganizationKind.PRACTICE)
    assert found.values.get("reasons") == reasons


def test_what_is_found_of_a_lab_or_practice_that_is_not_there_is_told_without_its_name(kept, subjects):
    kept.has(a_sent_case())
    found = subjects.known(
        a_fact("CaseNoted", **CASE, note_id="note-1", by="lab"), "case_noted", reader=OrganizationKind.PRACTICE
    )
    assert found.values.keys() == {"case_id", "initials", "link"}


# --- Calendars --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule_id", "method", "line"),
    [
        ("PlanningSessionBooked.practice_address", CalendarMethod.PUBLISH, "STATUS:CONFIRMED"),
        ("PlanningSessionMoved.practice_of_case", CalendarMethod.PUBLISH, "STATUS:CONFIRMED"),
        ("PlanningSessionReleased.practice_of_case", CalendarMethod.CANCEL, "STATUS:CANCELLED"),
        ("CaseDayMoved.practice_of_day.confirmed", CalendarMethod.PUBLISH, "STATUS:CONFIRMED"),
        ("CaseDayRescheduled.practice_of_day", CalendarMethod.PUBLISH, "STATUS:TENTATIVE"),
        ("CaseDayMoved.practice_of_day.tentative", CalendarMethod.PUBLISH, "STATUS:TENTATIVE"),
        ("CaseDayMoved.practice_of_day.called_off", CalendarMethod.CANCEL, "STATUS:CANCELLED"),
        ("CaseDayMoved.members_of_team.called_off", CalendarMethod.CANCEL, "STATUS:CANCELLED"),
    ],
)
def test_a_time_that_is_agreed_or_no_longer_stands_in_a_calendar(kept, subjects, rule_id, method, line):
    found = known(kept, subjects, a_situation(rule_id))
    assert found.calendar.method is method
    assert line in found.calendar.content
    names = {"planning-session.ics": f"UID:{'session-1'}@bitewing", "case-day.ics": f"UID:{DAY_ID}@bitewing"}
    assert names[found.calendar_name] in found.calendar.content


@pytest.mark.parametrize(
    ("changes", "has_calendar"),
    [
        ({"fields": ["starts_at"]}, True),
        ({"fields": ["note", "minutes"], "is_approved": True}, True),
        ({"fields": ["note"]}, False),
        ({"fields": ["starts_at"], "is_approved": False}, False),
    ],
)
@pytest.mark.parametrize("status", [DayStatus.CONFIRMED, DayStatus.TENTATIVE])
def test_a_confirmed_day_at_another_time_is_at_another_time_in_calendars(kept, subjects, changes, has_calendar, status):
    kept.has(a_care_team(), a_site(), a_full_day(status=status))
    name = "CaseDayChangeDecided" if "is_approved" in changes else "CaseDayChanged"
    found = subjects.known(a_fact(name, **DAY, **changes), "day_changed", reader=OrganizationKind.PRACTICE)
    assert (found.calendar is not None) is (has_calendar and status is DayStatus.CONFIRMED)


def test_a_session_that_was_given_up_has_nowhere_to_join(kept, subjects):
    found = known(kept, subjects, a_situation("PlanningSessionReleased.practice_of_case"))
    assert {"join_link", "add_link"}.isdisjoint(found.values)


def test_a_calendar_is_of_what_the_template_is_about(kept, subjects):
    situation = a_situation("PlanningSessionBooked.practice_address")
    kept.has(*situation.things)
    assert subjects.known(situation.fact, "case_noted", reader=situation.reader).calendar is None
    day = a_situation("CaseDayMoved.practice_of_day.confirmed")
    kept.has(*day.things)
    with kept.costs("batch_get_item"):
        assert subjects.known(day.fact, "member_joined", reader=day.reader).calendar is None


def test_a_day_whose_site_is_not_known_any_more_is_in_the_calendar_at_its_practice(kept, subjects):
    kept.has(a_care_team(), a_full_day(status="confirmed"))
    situation = a_situation("CaseDayMoved.practice_of_day.confirmed")
    found = subjects.known(situation.fact, situation.rule.template, reader=situation.reader)
    assert "LOCATION:Harbor Dental" in found.calendar.content
    kept.has(a_site())
    found = subjects.known(situation.fact, situation.rule.template, reader=situation.reader)
    assert "LOCATION:Harbor\\, 1 Quay Street" in found.calendar.content


# --- Others -----------------------------------------------------------------------------------------------------------


def test_a_clinician_who_left_the_team_is_named_by_their_record(kept, subjects):
    found = known(kept, subjects, a_situation("TeamMemberDeclined.managers_of_care_team"))
    assert found.values["clinician"] == f"Name of {NURSE_ID}"


def test_a_clinician_without_a_record_is_named_as_the_team_names_them(kept, subjects):
    kept.has(a_full_day(team=(a_member(NURSE_ID, name="Ada"),)))
    situation = a_situation("TeamMemberSilent.managers_of_care_team")
    fact = a_fact("TeamMemberSilent", **{**situation.fact.detail, "answer_due_at": NOW.replace(day=3)})
    assert subjects.known(fact, "member_silent", reader=OrganizationKind.CARE_TEAM).values["clinician"] == "Ada"


def test_what_is_gathered_leads_to_the_inbox(kept, subjects):
    with kept.costs():
        found = subjects.known(a_fact("CaseNoted", **CASE), "several", reader=OrganizationKind.PRACTICE)
    assert found.values == {"link": f"{SITE}/inbox"}


@pytest.mark.parametrize(
    ("kind", "organization_id", "name"),
    [
        (OrganizationKind.PRACTICE, PRACTICE_ID, a_practice().name),
        (OrganizationKind.LAB, LAB_ID, a_lab().name),
        (OrganizationKind.CARE_TEAM, TEAM_ID, a_care_team().name),
        (OrganizationKind.PLATFORM, "bitewing", "Bitewing"),
    ],
)
def test_people_join_an_organization_of_any_kind(kept, subjects, kind, organization_id, name):
    kept.has(a_practice(), a_lab(), a_care_team())
    kept.has(somebody("ana", kind=kind, organization_id=organization_id, name="Ana Ortiz"))
    fact = a_fact("MemberJoined", user_id="ana", organization_kind=kind, organization_id=organization_id, roles=())
    found = subjects.known(fact, "member_joined", reader=kind)
    told = {"organization": name, "person": "Ana Ortiz", "link": f"{SITE}/people"}
    assert found.values.items() >= told.items()


@pytest.mark.parametrize(
    ("rule_id", "link"),
    [
        ("ConnectionMoved.lab_admins.asked", "/connections"),
        ("MemberRolesChanged.person_named", "/account"),
        ("PeriodOpened.practices_of_period", f"/periods/{PERIOD_ID}"),
        ("CaseDayRequested.managers_of_care_team", "/case-day-requests/request-1"),
        ("CaseDayCreated.practice_of_day", f"/case-days/{DAY_ID}"),
    ],
)
def test_a_link_leads_to_what_is_told_of(kept, subjects, rule_id, link):
    assert known(kept, subjects, a_situation(rule_id)).values["link"] == f"{SITE}{link}"


def test_a_fact_that_names_nothing_that_is_kept_is_told_as_it_is(kept, subjects):
    with kept.costs():
        found = subjects.known(a_fact("AnnouncementPublished"), "member_joined", reader=OrganizationKind.PLATFORM)
    assert found.values == {"link": f"{SITE}/account"}
