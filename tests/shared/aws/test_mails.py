"""Handing mails over to SES: what is refused for good, and what comes again."""

import traceback

import pytest
from bitewing.aws.client import ATTEMPTS, create_client
from bitewing.aws.mails import SesMails
from bitewing.kernel.handed import Handed, NotHandedOver
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

SENDER = "Bitewing <no-reply@mail.bitewing.example>"
TO = "desk@maple-street.example"
ASKED = {
    "FromEmailAddress": SENDER,
    "Destination": {"ToAddresses": [TO]},
    "Content": {"Raw": {"Data": b"a mail"}},
    "EmailTags": [{"Name": "message", "Value": "0J7ZQ5"}],
    "ConfigurationSetName": "bitewing-test",
}


@pytest.fixture
def client(aws):
    return create_client("sesv2")


def send(client):
    mails = SesMails(client, SENDER, configuration_set="bitewing-test")
    return mails.send(to=TO, content=b"a mail", tags={"message": "0J7ZQ5"})


def test_a_mail_is_handed_over_as_it_is_with_its_tags(client):
    with Stubber(client) as ses:
        ses.add_response("send_email", {"MessageId": "1"}, ASKED)
        assert send(client) == Handed(provider_id="1")
        ses.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException"])
def test_a_mail_that_is_itself_at_fault_is_refused_for_good_by_its_code(client, code):
    with Stubber(client) as ses:
        ses.add_client_error("send_email", code, f"Address blocked: {TO}")
        assert send(client) == Handed(refused_with=code)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("TooManyRequestsException", "Maximum sending rate exceeded"),
        ("LimitExceededException", "Daily message quota exceeded"),
        ("SendingPausedException", "Sending is paused"),
        ("AccountSuspendedException", "The account is suspended"),
        ("MailFromDomainNotVerifiedException", "The MAIL FROM domain is not verified"),
        ("NotFoundException", "Configuration set bitewing-test does not exist"),
        ("InternalFailure", "Try again"),
        ("MessageRejected", f"Email address is not verified: no-reply@mail.bitewing.example, {TO}"),
    ],
)
def test_what_may_pass_or_an_operator_mends_is_raised_without_saying_for_whom_it_was(client, code, says):
    with Stubber(client) as ses:
        ses.add_client_error("send_email", code, says, http_status_code=400)
        with pytest.raises(NotHandedOver) as error:
            send(client)
    assert error.value.code == code
    assert TO not in "".join(traceback.format_exception(error.value))


def test_of_an_answer_that_never_came_it_is_not_known_whether_it_was_sent(client, monkeypatch):
    def wait(**_):
        raise ReadTimeoutError(endpoint_url=f"https://ses.example/{TO}")

    monkeypatch.setattr(client, "send_email", wait)
    with pytest.raises(NotHandedOver) as error:
        send(client)
    assert error.value.code == "ReadTimeoutError"
    assert TO not in "".join(traceback.format_exception(error.value))


def test_a_mail_is_tried_once_for_it_could_have_been_sent(client):
    assert client.meta.config.retries["total_max_attempts"] == 1 < ATTEMPTS
