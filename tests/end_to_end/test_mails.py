"""What practices get by mail, as the emulator took it: it shows texts, and no attachments."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from local.seed import MAPLE, NORTH_PINE
from tests.end_to_end.journey import GUARD, Journey, small_arches
from tests.end_to_end.test_planning import next_block, planned, publish

__all__ = ["planned"]
PATIENT = "Quirina Zylberstejn"


@pytest.fixture(scope="module")
def sent(iris):
    journey = Journey(iris)
    journey.start("night_guard", patient=PATIENT)
    journey.change(GUARD)
    journey.send(*small_arches())
    journey.submit(*journey.rules()).expect(202)
    journey.once_it_is("received")
    return journey


def test_a_confirmation_comes_once_with_the_address_of_the_page_to_print(sent, mailed):
    (mail,) = mailed(sent.case_id, 1)
    assert mail["To"] == [MAPLE.email]
    assert mail["Subject"] == f"Case {sent.case_id} (Q. Z.) was sent"
    assert f"/cases/{sent.case_id}/confirmation" in mail["BodyText"]
    assert not [word for word in (*PATIENT.split(), "night", "guard") if word.lower() in str(mail).lower()]


def test_a_session_is_mailed_when_it_is_booked_and_when_it_is_canceled(iris, leo, planned, mailed):
    publish(leo)
    (case_id,) = planned(1)
    block = next_block(iris, days=30)
    path = f"/v1/cases/{case_id}/planning-session"
    iris.post(path, {"starts_at": block["starts_at"]}, key=case_id).expect(201)
    (booked,) = mailed(case_id, 1)
    starts_at = datetime.fromisoformat(block["starts_at"])
    assert booked["Subject"].endswith("planning session booked")
    assert re.search(rf"{starts_at.year}, \d\d:{starts_at:%M} \(UTC-0[45]:00\)", booked["BodyText"])
    assert "https://meet.north-pine.example/planning" in booked["BodyText"]
    assert "calendar.google.com" in booked["BodyText"]
    leo.delete(path, version=leo.get(path).expect(200).version).expect(200)
    _, canceled = mailed(case_id, 2)
    assert canceled["Subject"].endswith("planning session canceled")
    assert NORTH_PINE.phone in canceled["BodyText"]
    assert starts_at > datetime.now(UTC) + timedelta(days=1)


def test_a_practice_is_mailed_once_why_a_case_comes_back(sent, leo, mailed):
    body = {"to": "returned", "reasons": [{"code": "margin_hidden", "says": f"Call {PATIENT}."}]}
    leo.post(f"{sent.path}/transitions", body, version=sent.case()["version"]).expect(200)
    _, mail = mailed(sent.case_id, 2)
    assert mail["To"] == [MAPLE.email]
    assert "the margin is hidden" in mail["BodyText"]
    assert not [word for word in PATIENT.split() if word.lower() in str(mail).lower()]
