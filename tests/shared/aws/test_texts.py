"""Handing text messages over to SNS: which numbers are refused, and what comes again."""

import traceback

import pytest
from bitewing.aws.client import ATTEMPTS, create_client
from bitewing.aws.texts import SnsTexts
from bitewing.kernel.handed import Handed, NotHandedOver
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber

TO, OURS, TEXT = "+18025550115", "+18335550100", "Reply YES 4821 or NO 4821"
TRANSACTIONAL = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
FROM_OURS = {"AWS.MM.SMS.OriginationNumber": {"DataType": "String", "StringValue": OURS}}


@pytest.fixture
def client(aws):
    return create_client("sns")


def send(client, *, origination_number=OURS):
    return SnsTexts(client, origination_number=origination_number).send(to=TO, text=TEXT)


@pytest.mark.parametrize(("number", "attributes"), [(OURS, TRANSACTIONAL | FROM_OURS), ("", TRANSACTIONAL)])
def test_a_text_is_handed_over_from_our_number_where_there_is_one(client, number, attributes):
    with Stubber(client) as sns:
        asked = {"PhoneNumber": TO, "Message": TEXT, "MessageAttributes": attributes}
        sns.add_response("publish", {"MessageId": "1"}, asked)
        assert send(client, origination_number=number) == Handed(provider_id="1")
        sns.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("InvalidParameter", f"Invalid parameter: PhoneNumber Reason: {TO} is not valid to publish to"),
        ("OptedOut", f"{TO} opted out"),
    ],
)
def test_a_number_that_takes_no_texts_is_refused_for_good(client, code, says):
    with Stubber(client) as sns:
        sns.add_client_error("publish", code, says)
        assert send(client) == Handed(refused_with=code, is_address_at_fault=True)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("Throttling", "Rate exceeded"),
        ("InternalError", "Try again"),
        ("AuthorizationError", "Not allowed"),
        # Everybody would be refused by that.
        ("InvalidParameter", f"Invalid parameter: MessageAttributes Reason: {OURS} is not yours"),
        ("ParameterValueInvalid", f"AWS.MM.SMS.OriginationNumber, for {TO}"),
    ],
)
def test_what_may_pass_or_an_operator_mends_is_raised_without_saying_for_whom_it_was(client, code, says):
    with Stubber(client) as sns:
        sns.add_client_error("publish", code, says)
        with pytest.raises(NotHandedOver) as error:
            send(client)
    assert error.value.code == code
    told = "".join(traceback.format_exception(error.value))
    assert not [each for each in (TO, OURS, TEXT) if each in told.splitlines()[-1]]


def test_of_a_way_that_is_closed_only_that_is_told(client, monkeypatch):
    def wait(**_):
        raise ConnectTimeoutError(endpoint_url=f"https://sns.example/{TO}")

    monkeypatch.setattr(client, "publish", wait)
    with pytest.raises(NotHandedOver, match="ConnectTimeoutError"):
        send(client)


def test_a_text_is_tried_once_for_it_could_have_been_sent(client):
    assert client.meta.config.retries["total_max_attempts"] == 1 < ATTEMPTS
