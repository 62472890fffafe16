"""Many messages into a queue at once."""

import json

import pytest
from bitewing.aws.client import create_client
from bitewing.aws.queue import NotSent, Queue


class Refusing:
    """A client whose queue refuses the second half of a request, so many times."""

    def __init__(self, times):
        self.times, self.sent, self.requests = times, [], 0

    def send_message_batch(self, **asked):
        entries = asked["Entries"]
        self.requests += 1
        refused = entries[len(entries) // 2 :] if self.times else []
        self.times = max(0, self.times - 1)
        self.sent += [json.loads(each["MessageBody"]) for each in entries if each not in refused]
        return {"Failed": [{"Id": each["Id"]} for each in refused]} if refused else {}


def messages(count):
    return [(f"group-{number % 3}", {"number": number}) for number in range(count)]


def test_all_messages_are_sent_ten_at_once_each_with_its_group(moto):
    client = create_client("sqs")
    url = client.create_queue(QueueName="facts")["QueueUrl"]
    Queue(client, url).send_all(messages(23))
    found = []
    while received := client.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    ).get("Messages"):
        found += [(each["Attributes"]["MessageGroupId"], json.loads(each["Body"])) for each in received]
    assert sorted(found, key=lambda each: each[1]["number"]) == messages(23)


def test_without_messages_nothing_is_asked_of_the_queue():
    client = Refusing(0)
    Queue(client, "url").send_all([])
    assert client.requests == 0


def test_what_the_queue_refused_is_sent_again_and_nothing_else():
    client, waits = Refusing(2), []
    Queue(client, "url", sleep=waits.append).send_all(messages(10))
    assert sorted(each["number"] for each in client.sent) == [*range(10)]
    assert waits == sorted(waits)
    assert len(waits) == 2


def test_what_the_queue_keeps_refusing_is_said():
    client = Refusing(100)
    with pytest.raises(NotSent, match="refused 1 messages"):
        Queue(client, "url", sleep=lambda _: None).send_all(messages(2))
