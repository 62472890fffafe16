"""What becomes of each sample: what is sent, and what stands in the delivery log."""

from email import message_from_string
from email.policy import default

from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from local.seed import IRIS
from tools.offline import SETTINGS, read_sample
from tools.sample_care_teams import NURSE
from tools.sample_messages import MAIL_ID, SENT_ID, TEXT_ID


def consume(offline, sample):
    return offline.invoke("message_sender", read_sample("message_sender", sample))["batchItemFailures"]


def mails():
    """Every mail that moto took, by whom it went to."""
    sent = ses_backends["123456789012"]["us-east-1"].sent_messages
    return [(set(mail.destinations), message_from_string(mail.raw_data, policy=default)) for mail in sent]


def texts():
    """Every text that moto took: to whom, and what."""
    return [(each[0], each[1]) for each in sns_backends["123456789012"]["us-east-1"].sms_messages.values()]


def message(offline, organization, message_id):
    return offline.items()[f"{organization}#MESSAGES", message_id]


def kept_back(offline):
    name = "ApproximateNumberOfMessagesDelayed"
    answer = offline.client("sqs").get_queue_attributes(QueueUrl=SETTINGS["MESSAGE_QUEUE_URL"], AttributeNames=[name])
    return int(answer["Attributes"][name])


def test_a_mail_that_is_due_is_sent_and_settled(offline):
    assert consume(offline, "a_mail_that_is_due") == []
    ((to, mail),) = mails()
    assert (to, mail["Subject"]) == ({IRIS.email}, "Case KEPT00000001 (M. H.) was sent")
    assert mail["From"] == "Bitewing <no-reply@offline.bitewing.example>"
    assert "https://app.bitewing.example/cases/KEPT00000001" in mail.get_body(("plain",)).get_content()
    sent = message(offline, "PRACTICE#maple-street", MAIL_ID)
    assert (sent["state"], sent["attempts"], sent["claimed_until"]) == ("sent", 1, None)
    assert sent["provider_id"]


def test_a_mail_that_comes_twice_is_sent_once(offline):
    assert consume(offline, "a_mail_that_comes_twice") == []
    assert len(mails()) == 1


def test_a_text_that_is_due_goes_to_the_number_with_a_code_for_the_answer(offline):
    assert consume(offline, "a_text_that_is_due") == []
    ((to, text),) = texts()
    (code,) = {sk.removeprefix("QUESTION#") for _, sk in offline.items() if sk.startswith("QUESTION#")}
    assert to == NURSE.phone
    assert code in text
    assert message(offline, "CARE_TEAM#bright-vans", TEXT_ID)["state"] == "sent"


def test_a_message_that_was_sent_is_not_sent_again(offline):
    before = message(offline, "PRACTICE#maple-street", SENT_ID)
    assert consume(offline, "a_message_that_was_sent") == []
    assert (mails(), message(offline, "PRACTICE#maple-street", SENT_ID)) == ([], before)


def test_what_comes_too_early_waits_on_and_nothing_is_read(offline):
    before = offline.items()
    assert consume(offline, "a_mail_that_is_not_due_yet") == []
    assert (kept_back(offline), offline.items(), mails()) == (1, before, [])


def test_what_cannot_be_read_goes_back_to_its_queue(offline):
    records = read_sample("message_sender", "messages_that_cannot_be_read")["Records"]
    failed = consume(offline, "messages_that_cannot_be_read")
    assert [each["itemIdentifier"] for each in failed] == [each["messageId"] for each in records]


def test_the_log_names_ids_and_no_address(offline, caplog):
    consume(offline, "a_mail_that_is_due")
    (record,) = caplog.records
    assert record.messages == [
        {"message_id": MAIL_ID, "organization_id": "maple-street", "channel": "email", "came_of_it": "sent"}
    ]
    assert IRIS.email not in str(vars(record))
