"""Tells practices by mail that a case was sent, what is asked of them, and when planning sessions take place."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from bitewing.aws.batches import each_message, event_in
from bitewing.kernel.errors import Unknown
from bitewing.kernel.handed import NotHandedOver
from bitewing.mails.mail import CannotBeWritten
from bitewing.mails.service import MAILED, Mailed

from functions.mailer.wiring import mails

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Consume a batch of events."""
    return each_message(event, _read, _tell, logger, fails=(CannotBeWritten, NotHandedOver, Unknown))


def _read(body: str) -> Mailed:
    return event_in(body, MAILED)


def _tell(event: Mailed) -> Mapping[str, object]:
    told = mails.tell(event)
    # Not to whom: an address is a person's.
    facts = {"case_id": event.case_id, "event_id": event.event_id, "mail": told.outcome.value}
    return facts if told.refused_with is None else {**facts, "refused_with": told.refused_with}
