"""What is mailed of each sample, read out of the SES of this process."""

import io
import json
from email import message_from_string
from email.policy import default
from unittest.mock import patch

import icalendar
import pytest
from bitewing.kernel.wire import MAIL_EVENTS
from moto.core.exceptions import JsonRESTError
from moto.ses.models import SESBackend, ses_backends

from local.seed import MAPLE
from tools.offline import Offline, handler_of, read_sample, sample_names
from tools.sample_things import NOON


@pytest.fixture
def offline():
    """Samples tell of sessions on days that are over now; here it is the day of the samples."""
    with Offline(clock=lambda: NOON) as offline:
        yield offline


def consume(offline, sample):
    """Give what failed, and what the log says of each message."""
    written, log = handler_of("mailer").logger.registered_handler, io.StringIO()
    before = written.setStream(log)
    try:
        failed = offline.invoke("mailer", read_sample("mailer", sample))["batchItemFailures"]
    finally:
        written.setStream(before)
    (line,) = (json.loads(line) for line in log.getvalue().splitlines())
    return [each["itemIdentifier"] for each in failed], line["messages"]


def mails():
    """Every mail that moto took, by its raw text, with whom it went to."""
    sent = ses_backends["123456789012"]["us-east-1"].sent_messages
    return [(set(mail.destinations), message_from_string(mail.raw_data, policy=default)) for mail in sent]


def test_a_confirmation_goes_to_the_practice_with_the_address_of_the_page_to_print(offline):
    failed, (logged,) = consume(offline, "rx_issued")
    ((to, mail),) = mails()
    assert (failed, logged["mail"], logged["case_id"]) == ([], "sent", "KEPT00000001")
    assert to == {MAPLE.email}
    assert mail["From"] == "Bitewing <no-reply@offline.bitewing.example>"
    assert mail["Subject"] == "Case KEPT00000001 (M. H.) was sent"
    page = "https://app.bitewing.example/cases/KEPT00000001/confirmation"
    assert page in mail.get_body(("plain",)).get_content()
    assert f'href="{page}"' in mail.get_body(("html",)).get_content()


def test_a_booked_session_goes_with_its_time_its_links_and_a_calendar_that_others_read(offline):
    consume(offline, "session_booked")
    ((_, mail),) = mails()
    text = mail.get_body(("plain",)).get_content()
    assert "Thursday, 5 March 2026, 10:00 (UTC-05:00), 30 minutes, in the time zone America/New_York." in text
    assert "https://meet.north-pine.example/planning" in text
    assert "https://calendar.google.com/calendar/render?action=TEMPLATE" in text
    (attached,) = mail.iter_attachments()
    (session,) = icalendar.Calendar.from_ical(attached.get_payload(decode=True)).walk("VEVENT")
    assert session.decoded("DTSTART") == NOON.replace(day=5, hour=15)
    assert session["SUMMARY"] == "Planning session NEXT00000001 (M. H.)"


def test_what_a_lab_gave_back_goes_to_the_practice_with_the_reasons_and_without_the_labs_sentences(offline):
    failed, (logged,) = consume(offline, "case_returned")
    ((to, mail),) = mails()
    assert (failed, logged["mail"], to) == ([], "sent", {MAPLE.email})
    assert mail["Subject"] == "Case BACK00000001 (M. H.): returned"
    text = mail.get_body(("plain",)).get_content()
    assert "Why: the margin is hidden; the shade does not match." in text
    assert "retract and scan again" not in text


def test_what_a_lab_wants_from_now_on_goes_to_the_practice_of_a_draft(offline):
    failed, (logged,) = consume(offline, "requirements_changed")
    ((to, mail),) = mails()
    assert (failed, logged["mail"], to) == ([], "sent", {MAPLE.email})
    assert mail["Subject"] == "Case DRAFT0000001 (M. H.): the lab changed its requirements"


@pytest.mark.parametrize(
    ("sample", "outcome"),
    [("case_received", "nothing_asked"), ("files_failed_of_a_case_that_was_sent_again", "over")],
)
def test_what_asks_nothing_of_the_practice_or_no_longer_is_not_mailed(offline, sample, outcome):
    failed, (logged,) = consume(offline, sample)
    assert (failed, logged["mail"], mails()) == ([], outcome, [])


def test_an_event_that_is_delivered_twice_is_mailed_once(offline):
    failed, logged = consume(offline, "rx_issued_twice")
    assert (failed, [each["mail"] for each in logged]) == ([], ["sent", "sent_before"])
    consume(offline, "rx_issued")
    assert len(mails()) == 1


def test_what_is_no_longer_so_is_not_mailed(offline):
    failed, (logged,) = consume(offline, "session_moved_since")
    assert (failed, logged["mail"], mails()) == ([], "over", [])


def test_what_is_about_a_case_that_is_not_there_goes_back_to_its_queue(offline):
    failed, (logged,) = consume(offline, "rx_issued_of_a_case_that_is_not_there")
    assert (len(failed), logged["failed_with"], mails()) == (1, "Unknown", [])


def test_what_cannot_be_read_goes_back_to_its_queue_and_the_rest_is_mailed(offline):
    records = read_sample("mailer", "events_that_cannot_be_read")["Records"]
    failed, _ = consume(offline, "events_that_cannot_be_read")
    assert failed == [each["messageId"] for each in records[:3]]
    assert len(mails()) == 1


def test_a_mail_that_ses_does_not_take_now_comes_again_and_is_sent_then(offline):
    throttled = JsonRESTError("TooManyRequestsException", "Maximum sending rate exceeded")
    with patch.object(SESBackend, "send_raw_email", side_effect=throttled):
        failed, (logged,) = consume(offline, "rx_issued")
    assert (len(failed), logged["failed_with"]) == (1, "NotHandedOver")
    failed, (logged,) = consume(offline, "rx_issued")
    assert (failed, logged["mail"], len(mails())) == ([], "sent", 1)


@pytest.mark.parametrize("sample", sample_names("mailer"))
def test_the_log_names_nobody(offline, sample):
    _, logged = consume(offline, sample)
    said = json.dumps(logged)
    assert [word for word in ("@", "Holloway", "M. H.", "Maple") if word in said] == []


def test_there_is_a_sample_of_each_kind_of_events():
    texts = json.dumps([read_sample("mailer", sample) for sample in sample_names("mailer")])
    assert {name for name in MAIL_EVENTS if name in texts} == {
        "RxIssued",
        "PlanningSessionBooked",
        "PlanningSessionMoved",
        "CaseReturned",
        "CaseMoved",
        "RequirementsChanged",
    }
