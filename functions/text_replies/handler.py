"""Answers text messages that come in, as AWS End User Messaging publishes them to our topic.

Source of the form: AWS End User Messaging SMS User Guide, "Example of a two-way SMS message payload".
"""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message
from bitewing.kernel.handed import NotHandedOver
from bitewing.notifications.replying import Inbound

from functions.text_replies.wiring import replies

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of messages."""
    return each_message(event, _read, _answer, logger, fails=(NotHandedOver,))


def _read(body: str) -> Inbound:
    told = json.loads(body)
    return Inbound(message_id=told["inboundMessageId"], number=told["originationNumber"], text=told["messageBody"])


def _answer(inbound: Inbound) -> Mapping[str, object]:
    # Neither from where nor what: both are a person's.
    return {"inbound_message_id": inbound.message_id, "came_of_it": replies.take(inbound).value}
