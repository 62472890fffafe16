"""Relays event items from the table's stream to the bus."""

from typing import Any

from aws_lambda_powertools import Logger

from functions.event_relay.wiring import bus

logger = Logger()


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Relay a batch of the stream; a failure delivers the whole batch again."""
    relayed = bus.relay(event["Records"])
    logger.info("events relayed", extra={"event_ids": relayed})
    return {"relayed": len(relayed)}
