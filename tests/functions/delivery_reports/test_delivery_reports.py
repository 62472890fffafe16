"""What is kept of each form in which SES reports a mail."""

import io
import json

import pytest
from bitewing.aws import keys
from bitewing.aws.schemas import record
from bitewing.aws.table import Delete, Put, Table
from bitewing.kernel.caller import OrganizationKind
from bitewing.notifications.message import Message, MessageState
from bitewing.notifications.rule import Channel

from local.seed import MAPLE
from tools.offline import SETTINGS, handler_of, read_sample, sample_names
from tools.sample_things import NOON, TOM_ID

MESSAGE_ID, ADDRESS = "SENT00000000000000001A", "tom@maple-street.example"
#: What becomes of the message, and why the address is marked; ``None`` where it is used again.
EXPECTED = {
    "a_mail_bounced": ("bounced", "Permanent/General", "bounced"),
    "an_address_that_bounced_before": ("bounced", "Permanent/OnAccountSuppressionList", "bounced"),
    "a_mailbox_is_full": ("bounced", "Transient/MailboxFull", None),
    "a_bounce_of_which_nobody_knows_why": ("bounced", "Undetermined/Undetermined", None),
    "a_mail_is_called_unwanted": ("complained", "abuse", "complained"),
    "a_mail_is_called_unwanted_without_a_word": ("complained", "Complaint", "complained"),
    "a_complaint_of_the_accounts_list": ("complained", "OnAccountSuppressionList", "complained"),
    "a_mail_is_called_wanted_after_all": ("sent", None, None),
}


@pytest.fixture
def sent(offline):
    """A mail that SES has, to an address that is used."""
    message = Message(
        message_id=MESSAGE_ID,
        organization_kind=OrganizationKind.PRACTICE,
        organization_id=MAPLE.practice_id,
        reader_id=TOM_ID,
        channel=Channel.EMAIL,
        subject_id="KEPT00000001",
        facts=(),
        due_at=NOON,
        state=MessageState.SENT,
    )
    key = keys.message("practice", MAPLE.practice_id, MESSAGE_ID)
    table = Table(offline.client("dynamodb"), SETTINGS["TABLE_NAME"])
    if table.get(key) is None:
        table.write([Put(key=key, values=record(message))])
    # The sample things have a mark of it already.
    table.write([Delete(key=keys.mark("practice", MAPLE.practice_id, TOM_ID, "email"))])
    return offline


def consume(offline, sample):
    """Give what failed, and what the log says of each report."""
    written, log = handler_of("delivery_reports").logger.registered_handler, io.StringIO()
    before = written.setStream(log)
    try:
        failed = offline.invoke("delivery_reports", read_sample("delivery_reports", sample))["batchItemFailures"]
    finally:
        written.setStream(before)
    assert ADDRESS not in log.getvalue()
    (line,) = (json.loads(line) for line in log.getvalue().splitlines())
    return [each["itemIdentifier"] for each in failed], line["messages"]


def item(offline, key):
    return offline.items().get((key["pk"], key["sk"]))


def mark(offline):
    return item(offline, keys.mark("practice", MAPLE.practice_id, TOM_ID, "email"))


@pytest.mark.parametrize("sample", EXPECTED)
def test_the_message_says_what_became_of_it_and_the_address_is_used_no_more_where_that_is_for_good(sent, sample):
    failed, (logged,) = consume(sent, sample)
    state, says, reason = EXPECTED[sample]
    stored = item(sent, keys.message("practice", MAPLE.practice_id, MESSAGE_ID))
    assert (failed, logged["message_id"], logged["is_news"]) == ([], MESSAGE_ID, state != "sent")
    assert (stored["state"], stored["says"]) == (state, says)
    marked = mark(sent)
    assert (marked["reason"], marked["address"]) == (reason, ADDRESS) if reason else marked is None


def test_every_form_is_tried():
    assert {*EXPECTED, "reports_that_cannot_be_read"} == {*sample_names("delivery_reports")}


def test_twice_is_once(sent):
    consume(sent, "a_mail_bounced")
    before = sent.items()
    failed, (logged,) = consume(sent, "a_mail_bounced")
    assert (failed, logged["is_news"]) == ([], False)
    key = keys.message("practice", MAPLE.practice_id, MESSAGE_ID)
    assert item(sent, key) == before[key["pk"], key["sk"]]


def test_a_report_of_a_message_that_is_gone_still_marks_the_address(offline):
    sample = read_sample("delivery_reports", "a_mail_bounced")
    body = sample["Records"][0]["body"].replace(MESSAGE_ID, "G0NE00000000000000001A")
    sample["Records"][0]["body"] = body
    offline.invoke("delivery_reports", sample)
    assert mark(offline)["reason"] == "bounced"


def test_what_cannot_be_read_goes_back_to_its_queue_and_the_rest_is_kept(sent):
    records = read_sample("delivery_reports", "reports_that_cannot_be_read")["Records"]
    failed, _ = consume(sent, "reports_that_cannot_be_read")
    assert failed == [each["messageId"] for each in records[:4]]
    assert mark(sent)["reason"] == "bounced"
