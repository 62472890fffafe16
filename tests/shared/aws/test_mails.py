"""Handing mails over to SES: what is refused for good, and what comes again."""

import pytest
from bitewing.aws.client import ATTEMPTS, create_client
from bitewing.aws.mails import SesMails
from botocore.exceptions import ClientError
from botocore.stub import Stubber

SENDER = "Bitewing <no-reply@mail.bitewing.example>"
ASKED = {
    "FromEmailAddress": SENDER,
    "Destination": {"ToAddresses": ["desk@maple-street.example"]},
    "Content": {"Raw": {"Data": b"a mail"}},
}


@pytest.fixture
def client(aws):
    return create_client("sesv2")


def send(client):
    return SesMails(client, SENDER).send(to="desk@maple-street.example", content=b"a mail")


def test_a_mail_is_handed_over_as_it_is(client):
    with Stubber(client) as ses:
        ses.add_response("send_email", {"MessageId": "1"}, ASKED)
        assert send(client) is None
        ses.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["MessageRejected", "BadRequestException"])
def test_a_mail_that_is_itself_at_fault_is_refused_for_good_by_its_code(client, code):
    with Stubber(client) as ses:
        ses.add_client_error("send_email", code, "Address blocked: desk@maple-street.example")
        assert send(client) == code


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("TooManyRequestsException", "Maximum sending rate exceeded"),
        ("LimitExceededException", "Daily message quota exceeded"),
        ("SendingPausedException", "Sending is paused"),
        ("AccountSuspendedException", "The account is suspended"),
        ("MailFromDomainNotVerifiedException", "The MAIL FROM domain is not verified"),
        ("InternalFailure", "Try again"),
        ("MessageRejected", "Email address is not verified: no-reply@mail.bitewing.example"),
    ],
)
def test_what_may_pass_or_an_operator_mends_is_raised(client, code, says):
    with Stubber(client) as ses:
        ses.add_client_error("send_email", code, says, http_status_code=400)
        with pytest.raises(ClientError):
            send(client)


def test_a_mail_is_tried_once_for_it_could_have_been_sent(client):
    assert client.meta.config.retries["total_max_attempts"] == 1 < ATTEMPTS
