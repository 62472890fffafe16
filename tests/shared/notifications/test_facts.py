"""What is known of every fact before anybody is told of it."""

from dataclasses import fields

import pytest
from bitewing.notifications.fact import Fact, form_of
from bitewing.notifications.facts import EVENTS

from tests.support.builders import NOW
from tools import notified_facts
from tools.event_schemas import event_types


def a_fact(**detail):
    return Fact(name="CaseMoved", fact_id="E1", subject_id="C1", occurred_at=NOW, detail=detail)


def test_every_event_that_there_is_can_be_told_and_no_other():
    assert set(EVENTS) == {kind.__name__ for kind in event_types()}


def test_what_is_written_down_of_events_is_what_their_classes_say():
    assert notified_facts.FACTS.read_text(encoding="utf-8") == notified_facts.text()


@pytest.mark.parametrize("kind", event_types(), ids=lambda kind: kind.__name__)
def test_a_form_has_each_field_of_its_event_and_can_name_its_subject(kind):
    form = EVENTS[kind.__name__]
    assert form.subject == kind.SUBJECT
    assert form.fields == {each.name for each in fields(kind)} - {"event_id", "occurred_at"}
    assert form.values.keys() <= form.fields


def test_the_file_can_be_written_again(tmp_path):
    notified_facts.main(tmp_path / "facts.py")
    assert (tmp_path / "facts.py").read_text(encoding="utf-8") == notified_facts.text()


def test_a_form_is_read_from_words():
    form = form_of("case_id lab_id", to="shipped delivered")
    assert (form.subject, form.fields) == ("case_id", {"case_id", "lab_id"})
    assert form.values == {"to": ("shipped", "delivered")}


def test_a_fact_says_its_ids_and_nothing_where_it_has_none():
    fact = a_fact(practice_id="P1", lab_id=None, concerns=["K1", "K2"])
    assert [fact.id_of(each) for each in ("practice_id", "lab_id", "case_id")] == ["P1", "", ""]
    assert (fact.ids_of("concerns"), fact.ids_of("members")) == (("K1", "K2"), ())


def test_what_rules_ask_for_is_read_as_words_of_one_value_or_of_a_list():
    fact = a_fact(to="shipped", is_approved=True, fields=["note", "on"])
    assert fact.values_of("to") == {"shipped"}
    assert fact.values_of("is_approved") == {"true"}
    assert fact.values_of("fields") == {"note", "on"}
