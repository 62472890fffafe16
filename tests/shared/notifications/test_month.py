"""A simulated month of fifty cases and twenty Case Days: who is told what, and when; read it with ``-s``."""

import re
import sys
from collections import Counter
from datetime import timedelta

import pytest
from bitewing.notifications.audience import circles_of, hearings
from bitewing.notifications.defaults import DEFAULT_RULES
from bitewing.notifications.gathering import USUAL_POLICY
from bitewing.notifications.message import MessageState
from bitewing.notifications.reminder import ReminderKind
from bitewing.notifications.rule import Channel, rules_for

from tests.support import month_cases, month_days
from tests.support.month import MISSED_ON, SWEPT_TWICE_ON, Month
from tests.support.month_cast import BY_ID, CASCO, ENDS_AT
from tests.support.month_telling import MonthTelling, counted, most_in_a_day, printed

#: What the practice of a case is told of it, on the whole.
OF_CASES = {
    *("case_sent", "case_incomplete", "files_missing", "case_returned", "ready_to_plan", "case_on_hold"),
    *("case_canceled", "case_finished", "case_shipped"),
    *("session_booked", "session_moved", "session_missed", "session_canceled"),
}
#: What everybody around a Case Day is told of it.
OF_DAYS = {
    *("availability_wanted", "requests_wanted", "availability_needs_changes", "period_to_review", "proposal_ready"),
    *("schedule_published", "request_unmatched", "request_rejected", "day_asked", "member_declined", "member_silent"),
    *("day_confirmed", "day_confirmed_practice", "day_changed", "change_wanted", "change_decided", "day_rescheduled"),
    *("day_canceled", "patients_changed", "day_not_confirmed", "member_unfit", "work_late"),
}
OF_REMINDERS = {
    *("session_comes", "availability_missing", "requests_due", "day_comes", "patients_missing", "day_asked"),
    *("case_waits", "session_to_book", "draft_idle", "case_untouched"),
}
#: Who cannot sign in is told of none of it but by mail.
PEOPLE_ALONE = {Channel.TEXT, Channel.INBOX}
NAMES = re.compile("|".join((*month_cases.FIRST_NAMES, *month_cases.LAST_NAMES)), re.IGNORECASE)


class Lived:
    """The month, and what everybody was told in it."""

    def __init__(self):
        self.month = Month()
        works = month_cases.begin(self.month)
        month_days.Days(self.month, works).begin()
        self.telling = MonthTelling(self.month)
        self.month.run(ENDS_AT)
        self.told = self.telling.told()
        self.sent = [each for each in self.told if each.channel is not Channel.INBOX]

    def items(self, entity):
        return [item for item in self.month.table.everything() if item["entity"] == entity]


@pytest.fixture(scope="module")
def lived():
    return Lived()


def test_the_month_has_fifty_cases_and_twenty_case_days(lived):
    created = [each["detail_type"] for each in lived.month.table.told]
    # One of the cases is made again.
    assert created.count("CaseCreated") == 51
    assert created.count("CaseDayCreated") == 20


def test_everything_that_everybody_is_told_can_be_read(lived):
    sys.stdout.write(f"\n\n{printed(lived.told)}\n\n{most_in_a_day(lived.told)}\n")
    for each in lived.told:
        assert each.says
        assert not re.search(r"[{}]|\bNone\b", each.says + each.whole.partition("<!doctype")[0])
        assert each.reader is not None or each.channel not in PEOPLE_ALONE


def test_nobody_is_sent_more_than_a_few_messages_a_day_but_for_urgent_ones(lived):
    for (reader_id, channel, on), count in counted(each for each in lived.sent if not each.is_urgent).items():
        assert count <= USUAL_POLICY.most_a_day, (reader_id, channel, on)


def test_nothing_is_sent_in_quiet_hours_but_what_is_urgent(lived):
    assert [each for each in lived.sent if each.is_quiet and not each.is_urgent] == []
    # It is no empty word: many keep such hours, and much happens in them.
    assert sum(each.local.hour < 8 or each.local.hour >= 18 for each in lived.told) > 100


def test_nobody_hears_of_what_they_did_themselves(lived):
    did = {fact.fact_id: fact.detail["actor_id"] for fact in lived.telling.facts.values() if fact.id_of("actor_id")}
    assert set(did.values()) & set(BY_ID)
    for each in lived.told:
        assert each.reader_id not in {did.get(fact_id) for fact_id in each.fact_ids}, each


def test_each_is_told_each_thing_once_by_each_channel_though_everything_comes_twice(lived):
    heard = Counter((each.reader_id, each.channel, fact_id) for each in lived.told for fact_id in each.fact_ids)
    assert set(heard.values()) == {1}


def test_everybody_has_heard_whom_a_rule_names_unless_it_is_over(lived):
    telling, missed, expected = lived.telling, [], 0
    heard = {(item["reader_id"], item["fact_id"]) for item in lived.items("Heard")}
    for fact in telling.facts.values():
        applying = rules_for(fact, DEFAULT_RULES)
        around = telling.surroundings.around(fact, circles_of(applying))
        for each in hearings(fact, applying, around):
            expected += 1
            if (each.addressee.addressee_id, fact.fact_id) not in heard:
                missed.append((fact, each))
    assert expected > 1_500
    for fact, each in missed:
        side = each.addressee.organization_kind
        assert all(telling.subjects.known(fact, words, reader=side) is None for words in each.templates.values())
    assert len(missed) < expected / 20


def test_nothing_is_left_over(lived):
    # What is gathered at the end of the month is told in the next hour, or in the morning.
    states = Counter(item["state"] for item in lived.items("Message"))
    assert set(states) <= {MessageState.SENT, MessageState.OVER}
    assert states[MessageState.SENT] == len(lived.sent)
    assert lived.items("UnruledFact") == []


def test_everything_is_told_that_people_have_to_hear_of(lived):
    by_mail_or_text = {template for each in lived.sent for template in each.templates}
    everywhere = {template for each in lived.told for template in each.templates}
    assert by_mail_or_text >= OF_CASES
    assert everywhere >= OF_DAYS
    assert by_mail_or_text >= OF_REMINDERS
    assert {fact.name for fact in lived.telling.facts.values()} >= set(ReminderKind)


def test_no_message_has_the_name_of_a_patient(lived):
    for each in lived.told:
        assert not NAMES.search(each.whole), each.says
    for fact in lived.telling.facts.values():
        assert not NAMES.search(repr(fact))


def test_text_messages_are_paid_once_or_twice(lived):
    texts = [each.says for each in lived.sent if each.channel is Channel.TEXT]
    assert texts
    assert max(map(len, texts)) <= 306


def test_the_month_is_the_same_each_time(lived):
    again = Lived()
    assert again.month.table.told == lived.month.table.told
    assert again.told == lived.told


def test_whoever_has_asked_for_a_day_is_not_reminded_to_ask(lived):
    reminded = {each.reader.organization_id for each in lived.told if "requests_due" in each.templates}
    assert reminded == {CASCO.practice_id}


def test_of_the_parcel_with_which_a_case_is_shipped_its_practice_hears_once(lived):
    templates = Counter(template for each in lived.told for template in each.templates)
    assert templates["case_shipped"] > 20
    assert templates["parcel_added"] == 0


def test_who_is_reminded_each_day_is_not_reminded_twice_on_one(lived):
    # On one day nobody was swept for, and on another everybody twice.
    red = [each for each in lived.sent if each.templates == ("case_waits",)]
    shown = [each for each in lived.told if each.channel is Channel.INBOX and each.templates == ("case_waits",)]
    for told in (red, shown):
        days = Counter((each.reader_id, each.subject_id, each.local.date()) for each in told)
        assert set(days.values()) == {1}
    assert {each.local.date() for each in red} >= {MISSED_ON + timedelta(days=1), SWEPT_TWICE_ON}
    assert all(8 <= each.local.hour < 20 for each in red)
