"""What whoever ends mails is answered to each of the samples, and what is left after."""

import json

import pytest
from bitewing.aws import keys

from local.seed import MAPLE
from tests.support.http import answered
from tools.offline import read_sample, sample_names
from tools.sample_things import IRIS_ID

EXPECTED = {
    "opens_the_address_of_a_mail": (200, None),
    "unsubscribes_with_one_click": (200, None),
    "presses_the_button_for_a_practice": (200, None),
    "shows_a_wrong_signature": (404, "not_found"),
}


def asked(offline, sample):
    return answered(offline, "unsubscribe_api", read_sample("unsubscribe_api", sample))


def preferences(offline):
    key = keys.preferences("practice", MAPLE.practice_id, IRIS_ID)
    return offline.items().get((key["pk"], key["sk"]))


@pytest.mark.parametrize("sample", sample_names("unsubscribe_api"))
def test_each_sample_gets_its_status_and_code(offline, sample):
    answer = asked(offline, sample)
    assert (answer.status, answer.code) == EXPECTED[sample]


def test_to_open_the_address_changes_nothing_and_shows_one_button(offline):
    before = offline.items()
    event = read_sample("unsubscribe_api", "opens_the_address_of_a_mail")
    answer = offline.invoke("unsubscribe_api", event)
    assert offline.items() == before
    assert answer["body"].count('<form method="post">') == 1
    assert "default-src 'none'" in answer["headers"]["Content-Security-Policy"]


def test_one_click_ends_the_mails_of_a_person_who_keeps_the_inbox(offline):
    for _ in range(2):
        asked(offline, "unsubscribes_with_one_click")
    stored = preferences(offline)
    assert (stored["by_email"], stored["by_inbox"]) == (False, True)


def test_the_address_of_a_practice_is_marked(offline):
    asked(offline, "presses_the_button_for_a_practice")
    key = keys.mark("practice", MAPLE.practice_id, MAPLE.practice_id, "email")
    mark = offline.items()[key["pk"], key["sk"]]
    assert (mark["reason"], mark["address"]) == ("unsubscribed", MAPLE.email)


def test_what_a_form_says_is_not_read(offline):
    event = read_sample("unsubscribe_api", "unsubscribes_with_one_click")
    hostile = {**event, "body": json.dumps({"x": "y" * 300_000}), "isBase64Encoded": False}
    assert offline.invoke("unsubscribe_api", hostile)["statusCode"] == 200
