"""What is sent of an event: as it is on the bus, without what is not for labs."""

import json
from collections.abc import Mapping
from typing import Any, Final

from bitewing.precheck.not_for_labs import NOT_FOR_LABS

#: Fields of an event that stand beside its data, or nowhere.
_BESIDE: Final = ("version", "event_id", "occurred_at")
#: Fields that name rules: a lab learns nothing of those about the practice and about other cases.
_RULES: Final = ("acknowledged", "rule_ids")
#: What found something while the practice still prepared the case; the lab hears what it was sent with.
_OF_THE_PRACTICE: Final = ("rules_fired",)
#: Who did it: a person of another organization is none of the lab's business.
_OF_PEOPLE: Final = ("actor_id",)
_NOT_TOLD: Final = frozenset({*_BESIDE, *_OF_THE_PRACTICE, *_OF_PEOPLE})


def payload_of(event_type: str, detail: Mapping[str, Any]) -> str:
    """Return the body of a delivery as JSON text.

    Args:
        event_type: Name of the event.
        detail: The event as it is on the bus: ids, statuses and moments.
    """
    told = {name: value for name, value in detail.items() if name not in _NOT_TOLD}
    for name in _RULES:
        if name in told:
            told[name] = [rule_id for rule_id in told[name] if rule_id not in NOT_FOR_LABS]
    return _text(event_type, detail["event_id"], detail["occurred_at"], detail["version"], told)


def ping_of(event_type: str, delivery_id: str, occurred_at: str, webhook_id: str) -> str:
    """Return the body of a sign of life as JSON text."""
    return _text(event_type, delivery_id, occurred_at, 1, {"webhook_id": webhook_id})


def _text(event_type: str, event_id: str, occurred_at: str, version: int, told: Mapping[str, Any]) -> str:
    body = {
        "type": event_type,
        "version": version,
        "event_id": event_id,
        "occurred_at": occurred_at,
        "data": told,
    }
    return json.dumps(body, separators=(",", ":"))
