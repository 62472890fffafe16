"""What practices get by mail, as the emulator took it: it shows texts, and no attachments."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests

from local.seed import MAPLE, NORTH_PINE
from tests.end_to_end.deadline import eventually
from tests.end_to_end.journey import GUARD, Journey, small_arches
from tests.end_to_end.test_planning import next_block, planned, publish

__all__ = ["planned"]
PATIENT = "Quirina Zylberstejn"


@pytest.fixture(scope="module")
def mailed(stack):
    """Gives the mails about a case, the oldest first, once there are so many."""

    def about(case_id, count):
        def look():
            taken = requests.get(f"{stack.emulator.url}/_ministack/ses/messages", timeout=30).json()["messages"]
            found = [mail for mails in taken.values() for mail in mails if case_id in mail["Subject"]]
            return len(found) >= count and found

        return eventually(look)

    return about


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
