"""Texts in bodies: in any script, and without what nobody can see."""

from copy import deepcopy

import pytest

from tests.support.calls import CASE, ID, WITH_BODY, call_of, caller_of
from tests.support.http import IRIS, LEO, Call, ask

LAB = "/v1/labs/{lab_id}"
ONE_LINE = "This must be one line without control characters."
LINES = "This must have no control characters but tabs and ends of lines."
IF_MATCH = {"if-match": '"1"'}


def texts_in(body, *place):
    """Yield the place of every text in a body."""
    if isinstance(body, dict):
        for name, each in body.items():
            yield from texts_in(each, *place, name)
    elif isinstance(body, list):
        for index, each in enumerate(body):
            yield from texts_in(each, *place, index)
    elif isinstance(body, str):
        yield place


TEXTS = [
    pytest.param(route, place, id=f"{route.method} {route.path} {place}")
    for route in WITH_BODY
    for place in texts_in(call_of(route.method, route.path).body)
]


@pytest.mark.parametrize(("route", "place"), TEXTS)
def test_no_text_of_any_route_takes_a_control_character(standing, route, place):
    call = call_of(route.method, route.path)
    body = deepcopy(call.body)
    within = body
    for step in place[:-1]:
        within = within[step]
    within[place[-1]] = "a\x00b"
    answer = ask(standing, caller_of(route), Call(call.method, call.path, call.ids, body, headers=call.headers))
    assert answer.status == 422
    assert all("\x00" not in says for says in answer.sentences.values())


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"contact": "a\x00b"}, {"/contact": ONE_LINE}),
        ({"contact": "a\tb"}, {"/contact": ONE_LINE}),
        ({"contact": "a\x85b"}, {"/contact": ONE_LINE}),
        ({"patient": {"name": "Mira\nHolloway"}}, {"/patient/name": ONE_LINE}),
        ({"items": [{"selections": {"shade": "A\x1b2"}}]}, {"/items/0/selections/shade": ONE_LINE}),
        ({"items": [{"selections": {"sha\x07de": "A2"}}]}, {"/items/0/selections/sha\x07de": ONE_LINE}),
        ({"items": [{"teeth": ["1\x004"]}]}, {"/items/0/teeth/0": ONE_LINE}),
        ({"description": "Light\x08 contacts."}, {"/description": LINES}),
        ({"remake_of": "DRAFT\x00"}, {"/remake_of": ONE_LINE}),
        ({"remake_reason": "It\x7f broke."}, {"/remake_reason": LINES}),
    ],
    ids=str,
)
def test_a_control_character_in_a_packet_is_named_in_a_sentence(standing, changes, sentences):
    answer = ask(standing, IRIS, Call("PATCH", CASE, ID, changes, headers=IF_MATCH))
    assert (answer.status, answer.sentences) == (422, sentences)


@pytest.mark.parametrize(
    "email",
    [
        "front desk@maple.example",
        "maple.example",
        "a@maple",
        "a@b@maple.example",
        "dr.@maple.example",
        "a..b@maple.example",
        f"{'a' * 65}@maple.example",
    ],
)
def test_what_is_no_address_is_told_what_one_looks_like(standing, email):
    practice = {"practice_id": "maple-street"}
    call = Call("PATCH", "/v1/practices/{practice_id}", practice, {"email": email}, headers=IF_MATCH)
    answer = ask(standing, IRIS, call)
    says = "This must be an e-mail address, such as front.desk@practice.example."
    assert (answer.status, answer.sentences) == (422, {"/email": says})


@pytest.mark.parametrize("time", ["8:30", "08:30:00", "24:00", "08.30", "08:60", "", "morning"])
def test_what_is_no_time_of_day_is_told_what_one_looks_like(standing, time):
    body = {"opens_at": time, "closes_at": "17:00"}
    answer = ask(standing, LEO, Call("PATCH", LAB, {"lab_id": "north-pine"}, body, headers=IF_MATCH))
    assert answer.sentences == {"/opens_at": "This must be a time of day, such as 08:30."}
