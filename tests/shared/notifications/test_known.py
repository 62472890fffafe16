"""What is known of a fact is kept in an inbox until somebody reads it."""

import pytest
from bitewing.notifications.known import plain_values, typed_values
from bitewing.notifications.templates.samples import SAMPLES
from bitewing.notifications.templates.topic import Topic


def as_read(value):
    return (value,) if isinstance(value, str) else value


@pytest.mark.parametrize("topic", Topic)
def test_what_is_kept_is_read_as_it_was(topic):
    plain = plain_values(SAMPLES[topic])
    assert all(isinstance(value, str) for value in plain.values())
    typed = typed_values(plain, topic)
    assert {name: as_read(value) for name, value in typed.items()} == {
        name: as_read(value) for name, value in SAMPLES[topic].items()
    }


def test_what_has_nothing_to_say_is_not_kept_and_zero_says_something():
    assert plain_values({"a": None, "b": "", "c": (), "findings_left": 0}) == {"findings_left": "0"}


def test_what_a_topic_has_no_field_for_is_not_read():
    assert typed_values({"case_id": "C1", "gone_since": "x"}, Topic.CASE) == {"case_id": "C1"}
