"""What is told on the bus, as a consumer of its own hears it."""

import json
from dataclasses import dataclass, field
from typing import Any

from local.stack import LocalStack

NAME = "listening-tests"


@dataclass
class Listener:
    """A queue behind a rule that matches every event of the product."""

    stack: LocalStack
    queue_url: str
    heard: list[dict[str, Any]] = field(default_factory=list)

    def of_case(self, case_id: str) -> list[dict[str, Any]]:
        """All deliveries of a case's events so far, in the order of their arrival."""
        return self.about("case_id", case_id)

    def about(self, name: str, thing_id: str) -> list[dict[str, Any]]:
        """All deliveries of events so far that name a thing, in the order of their arrival."""
        self._listen()
        return [event for event in self.heard if event["detail"].get(name) == thing_id]

    def _listen(self) -> None:
        sqs = self.stack.client("sqs")
        while messages := sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self.heard.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])


def listen(stack: LocalStack) -> Listener:
    """Begin to listen. What was told before is not heard."""
    sqs, events = stack.client("sqs"), stack.client("events")
    bus = stack.outputs()["BusName"]
    url = sqs.create_queue(QueueName=NAME)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=NAME, EventBusName=bus, EventPattern=json.dumps({"source": [{"prefix": "bitewing."}]}))
    events.put_targets(Rule=NAME, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    sqs.purge_queue(QueueUrl=url)
    return Listener(stack, url)


def told(stack: LocalStack, case_id: str) -> list[dict[str, Any]]:
    """The event items of a case in the table, in their order: what was to be told."""
    answer = stack.client("dynamodb").query(
        TableName=stack.outputs()["TableName"],
        KeyConditionExpression="pk = :case AND begins_with(sk, :events)",
        ExpressionAttributeValues={":case": {"S": f"CASE#{case_id}"}, ":events": {"S": "EVENT#"}},
    )
    return [
        {"event_id": item["detail"]["M"]["event_id"]["S"], "name": item["detail_type"]["S"]} for item in answer["Items"]
    ]
