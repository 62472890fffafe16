"""Whatever is half-filled or contradictory is saved, and PreCheck says what it lacks."""

import pytest

from tests.support.calls import CASE, DRAFT
from tests.support.http import IRIS, Call, ask
from tools.offline import Offline


def saves(body, etag):
    return Call("PATCH", CASE, {"case_id": DRAFT}, body, headers={"if-match": etag})


HALF_FILLED = [
    {"items": [{}]},
    {"items": [{"teeth": ["", "  "], "pontics": [""]}]},
    {"items": [{"teeth": ["1", "14", "20"]}]},
    {"items": [{"teeth": ["no tooth"], "pontics": ["31"], "notation": "fdi"}]},
    {"items": [{"teeth": ["14", "14", "36"], "notation": "fdi", "arch": "lower"}]},
    {"items": [{"selections": {"material": "", "no such selection": "nothing"}}]},
    {"items": []},
    {"items": None},
    {"patient": {}},
    {"patient": {"name": " "}},
    {"patient": {"name": "王小明", "born_on": "0001-01-01"}},
    {"wanted_on": "9999-12-31", "appointment_on": "0001-01-01"},
    {"wanted_on": "2020-02-29"},
    {"description": ""},
    {"attestations": ["no such statement"]},
    {"sent_otherwise": [{"kind": "upper_scan"}]},
    {"sent_otherwise": [{"kind": "upper_scan", "how": "iTero", "sent_on": "9999-12-31", "reference": ""}]},
    {"sent_otherwise": []},
    {"sent_otherwise": None},
    {"sent_otherwise": [{"kind": "other", "how": "USPS"}, {"kind": "other", "how": "UPS"}]},
    {"remake_reason": "It broke."},
    {"remake_of": "N0SV"},
    {"remake_of": DRAFT},
    {"remake_of": "HARB00000001"},
    {"remake_of": " - "},
    {"remake_code": "chip", "remake_reason": None},
    {"is_authorized": True, "items": []},
]


@pytest.fixture(scope="module")
def drafting():
    """One draft that everything half-filled is saved to, one after the other."""
    with Offline() as offline:
        yield offline


@pytest.mark.parametrize("body", HALF_FILLED, ids=str)
def test_what_is_missing_or_contradictory_is_saved_and_can_be_sent_back_as_it_is_read(drafting, body):
    etag = ask(drafting, IRIS, Call("GET", CASE, {"case_id": DRAFT})).etag
    saved = ask(drafting, IRIS, saves(body, etag))
    assert saved.status == 200
    assert saved.body["precheck"]["outcome"] == "BLOCK"
    packet = {name: value for name, value in saved.body["packet"].items() if name != "authorization"}
    # What the API says of a packet beside what was written: who authorized it, and what arrived.
    packet["sent_otherwise"] = [
        {name: value for name, value in sent.items() if name != "arrived_at"} for sent in packet["sent_otherwise"]
    ]
    again = ask(drafting, IRIS, saves(packet, saved.etag))
    assert (again.status, again.etag, again.body["packet"]) == (200, saved.etag, saved.body["packet"])
