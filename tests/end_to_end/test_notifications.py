"""Notifications on a deployed stack: a question by text and its answer, mails that come back or end, and the inbox."""

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests
from bitewing.kernel.caller import OrganizationKind, Role

from infra.config import LOCAL
from local.case_days_seed import BEA, BIRCH, COLLEAGUES, RUTH
from local.emulator import ACCOUNT, REGION
from local.hearing import mails_in, texts_at
from local.seed import Person, make_person_at_work
from tests.end_to_end.deadline import eventually
from tests.end_to_end.test_case_days import cast, dates, do, first_free, make, path_of

__all__ = ["cast", "dates", "first_free"]
NUMBER = next(each.phone for each in COLLEAGUES if each.person is RUTH)


@pytest.fixture(scope="module")
def ruth(cast):
    """A clinician who is texted whatever the time is: it is quiet for her when it is not now."""
    api, path = cast.clinicians[RUTH].api, "/v1/notification-preferences"
    far = datetime.now(UTC) + timedelta(hours=12)
    quiet = {"begins_at": f"{far:%H:%M}", "ends_at": f"{far + timedelta(minutes=1):%H:%M}"}
    wanted = {"by_text": True, "mobile": NUMBER, "time_zone": "UTC", "quiet_hours": quiet}
    api.patch(path, wanted, version=api.get(path).expect(200).version).expect(200)
    return cast.clinicians[RUTH]


@pytest.fixture
def newcomer(stack, api_of):
    """Gives somebody who has just begun to work at Birch Hill, and the API as they see it."""

    def begin():
        email = f"{uuid4().hex[:8]}@birch-hill.example"
        person = Person(email, "Quinn Ash", BIRCH.practice_id, OrganizationKind.PRACTICE, (Role.PRACTICE_STAFF,))
        return make_person_at_work(stack, person), email, api_of(person)

    return begin


def texts(stack):
    """The texts to that clinician, in the order in which they came."""
    return texts_at(stack.emulator.url).get(NUMBER, [])


def mails_to(stack, address):
    return [mail for mail in mails_in(stack.emulator.mails) if mail.to == address]


def text_in(stack, says, *, message_id=None):
    """Let a text come in from that clinician, as the provider publishes it."""
    body = {
        "originationNumber": NUMBER,
        "destinationNumber": "+18335550100",
        "messageKeyword": "KEYWORD_833555",
        "messageBody": says,
        "inboundMessageId": message_id or str(uuid4()),
        "previousPublishedMessageId": str(uuid4()),
    }
    stack.client("sns").publish(TopicArn=stack.outputs()["TextsInTopicArn"], Message=json.dumps(body))


def reported(stack, what, detail):
    """Let SES tell something of a mail: what EventBridge takes from nobody else is put where its rule leads."""
    events, sqs = stack.client("events"), stack.client("sqs")
    event = {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": what,
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": REGION,
        "resources": [],
        "detail": detail,
    }
    said = json.dumps(event)
    # The account's own bus: SES publishes to no other.
    rules = events.list_rules(EventBusName="default")["Rules"]
    (rule,) = (each for each in rules if "aws.ses" in json.loads(each.get("EventPattern", "{}")).get("source", ()))
    assert events.test_event_pattern(EventPattern=rule["EventPattern"], Event=said)["Result"]
    (target,) = events.list_targets_by_rule(Rule=rule["Name"], EventBusName="default")["Targets"]
    url = sqs.get_queue_url(QueueName=target["Arn"].rpartition(":")[2])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=said)


def seated(cast):
    nurse = cast.clinicians[RUTH]
    return [{"role": nurse.role, "clinician_id": nurse.clinician_id, "overrides": []}]


def called_off(cast, on):
    """A day at Birch Hill that was proposed and called off: the practice is mailed that it does not take place."""
    day = make(cast, BEA, on).expect(201).body
    do(cast, day, "cancel", {}).expect(200)
    return day


def logged(api, **query):
    """What the log of deliveries shows, once it shows something."""
    return eventually(lambda: api.get("/v1/notification-log", **query).expect(200).body["messages"])


def unreachable(api, reader_id):
    marks = api.get("/v1/unreachable").expect(200).body["unreachable"]
    return [each for each in marks if each["reader_id"] == reader_id]


# --- By text message ----------------------------------------------------------------------------------------------


def test_a_clinician_who_is_asked_by_text_accepts_with_a_text_and_hears_that_it_is_noted_once(stack, cast, dates, ruth):
    before = len(texts(stack))
    day = make(cast, BEA, dates(1), seated=seated(cast)).expect(201).body
    (asked,) = eventually(lambda: texts(stack)[before:])
    code = re.search(r"YES (\d{4})", asked)[1]
    message_id = str(uuid4())
    # The topic may deliver it twice.
    text_in(stack, f"YES {code}", message_id=message_id)
    text_in(stack, f"YES {code}", message_id=message_id)

    def answer():
        (member,) = cast.manager.get(path_of(day)).expect(200).body["team"]
        return member["answer"] == "accepted"

    eventually(answer)
    (back,) = eventually(lambda: texts(stack)[before + 1 :])
    assert back.startswith("Bitewing: thank you.")
    assert BIRCH.name in back
    # What is asked next comes after it: no second word was sent.
    text_in(stack, "What is this?")
    eventually(lambda: len(texts(stack)) > before + 2)
    assert [each for each in texts(stack)[before:] if each.startswith("Bitewing: thank you.")] == [back]


def test_who_texts_stop_is_marked_and_shown_and_mailed_to_until_they_say_otherwise(stack, cast, dates, ruth):
    text_in(stack, "STOP")
    (mark,) = eventually(lambda: unreachable(cast.manager, ruth.clinician_id))
    assert (mark["channel"], mark["reason"], mark["address"]) == ("text", "stopped", NUMBER)
    path = f"/v1/unreachable/{ruth.clinician_id}/text"
    refused = cast.manager.delete(path)
    assert (refused.status, refused.code) == (403, "only_themselves")
    texted, mailed = len(texts(stack)), len(mails_to(stack, RUTH.email))
    make(cast, BEA, dates(2), seated=seated(cast)).expect(201)
    eventually(lambda: mails_to(stack, RUTH.email)[mailed:])
    assert len(texts(stack)) == texted
    ruth.api.delete(path).expect(200)
    assert unreachable(cast.manager, ruth.clinician_id) == []


# --- By mail ------------------------------------------------------------------------------------------------------


def test_an_address_from_which_a_mail_came_back_is_marked_and_the_log_says_so(stack, cast, dates, newcomer):
    reader_id, email, _ = newcomer()
    called_off(cast, dates(3))
    host = cast.hosts[BEA].api
    (sent,) = logged(host, reader_id=reader_id, state="sent")
    detail = {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": email, "action": "failed", "status": "5.1.1"}],
            "timestamp": "2026-03-02T12:00:05.000Z",
            "feedbackId": str(uuid4()),
        },
        "mail": {
            "messageId": str(uuid4()),
            "destination": [email],
            "tags": {
                "ses:configuration-set": [LOCAL.mail_configuration_set],
                "reader": [reader_id],
                "organization_kind": ["practice"],
                "organization_id": [BIRCH.practice_id],
                "message": [sent["message_id"]],
            },
        },
    }
    reported(stack, "Email Bounced", detail)
    (mark,) = eventually(lambda: unreachable(host, reader_id))
    assert (mark["channel"], mark["reason"], mark["address"]) == ("email", "bounced", email)
    (bounced,) = logged(host, reader_id=reader_id, state="bounced")
    assert (bounced["message_id"], bounced["says"]) == (sent["message_id"], "Permanent/General")
    # Nothing of what was written is kept.
    assert BIRCH.name not in str(bounced)
    # It was their address, not their wish: who administrates the practice lets it be used again.
    host.delete(f"/v1/unreachable/{reader_id}/email").expect(200)
    assert unreachable(host, reader_id) == []


def test_the_address_in_a_mail_ends_mails_with_one_click_and_opening_it_ends_nothing(stack, cast, dates, newcomer):
    reader_id, email, api = newcomer()
    called_off(cast, dates(4))
    eventually(lambda: mails_to(stack, email))
    (mail,) = mails_to(stack, email)
    assert mail.is_ended_by_one_click
    address = mail.unsubscribe_link.replace(LOCAL.api_origin, stack.api_url_by_path.rstrip("/"))

    def by_email():
        return api.get("/v1/notification-preferences").expect(200).body["by_email"]

    opened = requests.get(address, timeout=30)
    assert (opened.status_code, opened.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert by_email()
    assert requests.post(f"{address}x", timeout=30).status_code == 404
    for _ in range(2):
        assert requests.post(address, data={"List-Unsubscribe": "One-Click"}, timeout=30).status_code == 200
        assert not by_email()
    # What comes after that is in the portal alone.
    day = called_off(cast, dates(5))

    def told():
        entries = api.get("/v1/inbox").expect(200).body["entries"]
        return [each for each in entries if (each["fact"], each["subject_id"]) == ("CaseDayMoved", day["case_day_id"])]

    eventually(told)
    assert logged(cast.hosts[BEA].api, subject_id=day["case_day_id"], channel="email")
    sent = cast.hosts[BEA].api.get("/v1/notification-log", reader_id=reader_id).expect(200).body["messages"]
    assert len(sent) == len(mails_to(stack, email)) == 1


# --- In the portal ------------------------------------------------------------------------------------------------


def test_an_inbox_counts_what_is_unread_one_by_one_and_altogether(stack, cast, dates, newcomer):
    _, _, api = newcomer()

    def inbox(**query):
        return api.get("/v1/inbox", **query).expect(200).body

    def has_unread(count):
        eventually(lambda: inbox()["unread"] == count)

    for number, on in enumerate((dates(6), dates(7))):
        day = make(cast, BEA, on).expect(201).body
        # Nobody is told any more of what was proposed and is called off already.
        has_unread(2 * number + 1)
        do(cast, day, "cancel", {}).expect(200)
        has_unread(2 * number + 2)
    seen = inbox()
    assert [each["number"] for each in seen["entries"]] == [4, 3, 2, 1]
    assert {each["fact"] for each in seen["entries"]} == {"CaseDayCreated", "CaseDayMoved"}
    assert not any(each["is_read"] for each in seen["entries"])
    for _ in range(2):
        # Twice is once.
        assert api.post("/v1/inbox/2/read", None).expect(200).body == {"unread": 3, "newest": 4}
    assert [each["number"] for each in inbox(unread="true")["entries"]] == [4, 3, 1]
    # What came since one looked stays unread.
    assert api.post("/v1/inbox/read-all", {"up_to": 3}).expect(200).body == {"unread": 1, "newest": 4}
    assert api.post("/v1/inbox/read-all", {"up_to": 4}).expect(200).body == {"unread": 0, "newest": 4}
    assert inbox(unread="true")["entries"] == []
    assert api.post("/v1/inbox/5/read", None).status == 404
