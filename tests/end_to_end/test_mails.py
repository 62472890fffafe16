"""What practices get by mail, as the emulator took it: it shows texts, and no attachments."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from local.seed import IRIS, MAPLE, NORTH_PINE, TOM
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


def said_to(mails, address, words):
    """Give the mails to an address whose subject has these words."""
    return [mail for mail in mails if mail["To"] == [address] and words in mail["Subject"]]


def test_a_confirmation_comes_once_to_the_address_of_the_practice_with_the_address_of_the_case(sent, mailed):
    mails = mailed(sent.case_id, MAPLE.email, "was sent")
    (mail,) = said_to(mails, MAPLE.email, "was sent")
    assert mail["Subject"] == f"Case {sent.case_id} (Q. Z.) was sent"
    assert f"/cases/{sent.case_id}" in mail["BodyText"]
    assert not [word for word in (*PATIENT.split(), "night", "guard") if word.lower() in str(mails).lower()]


def test_a_session_is_mailed_when_it_is_booked_and_when_it_is_canceled(iris, leo, planned, mailed):
    publish(leo)
    (case_id,) = planned(1)
    block = next_block(iris, days=30)
    path = f"/v1/cases/{case_id}/planning-session"
    iris.post(path, {"starts_at": block["starts_at"]}, key=case_id).expect(201)
    (booked,) = said_to(mailed(case_id, MAPLE.email, "booked"), MAPLE.email, "booked")
    starts_at = datetime.fromisoformat(block["starts_at"])
    assert re.search(rf"{starts_at.year}, \d\d?:{starts_at:%M} [AP]M \(UTC-0[45]:00\)", booked["BodyText"])
    assert "https://meet.north-pine.example/planning" in booked["BodyText"]
    assert "calendar.google.com" in booked["BodyText"]
    leo.delete(path, version=leo.get(path).expect(200).version).expect(200)
    mails = mailed(case_id, TOM.email, "canceled")
    (canceled,) = said_to(mails, TOM.email, "canceled")
    assert NORTH_PINE.phone in canceled["BodyText"]
    assert said_to(mailed(case_id, IRIS.email, "canceled"), IRIS.email, "canceled")
    assert starts_at > datetime.now(UTC) + timedelta(days=1)


def test_a_practice_is_mailed_once_why_a_case_comes_back(sent, leo, mailed):
    body = {"to": "returned", "reasons": [{"code": "margin_hidden", "says": f"Call {PATIENT}."}]}
    leo.post(f"{sent.path}/transitions", body, version=sent.case()["version"]).expect(200)
    mails = mailed(sent.case_id, TOM.email, "returned")
    (mail,) = said_to(mails, TOM.email, "returned")
    assert "the margin is hidden" in mail["BodyText"]
    assert not [word for word in PATIENT.split() if word.lower() in str(mails).lower()]
