"""The bus: events out of the table's stream, in their order, at least once."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from bitewing.aws.items import from_item

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

#: The most that one request takes.
_ENTRIES_AT_ONCE: Final = 10
_TRIES: Final = 4
_FIRST_WAIT_SECONDS: Final = 0.1


class NotRelayed(Exception):
    """The bus refused events again and again; the stream delivers them once more."""


class Bus:
    """The bus of the product."""

    def __init__(self, client: "EventBridgeClient", name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._name, self._sleep = client, name, sleep

    def relay(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Put the events of stream records on the bus, in their order.

        What the bus refuses for a moment is tried again, before anything that follows it is sent.

        Returns:
            The ids of the events that are on the bus.

        Raises:
            NotRelayed: The bus kept refusing; all records of the batch are to be delivered again, and
                consumers drop what they had by its id.
        """
        return self.put([from_item(record["dynamodb"]["NewImage"]) for record in records])

    def put(self, events: Sequence[Mapping[str, Any]]) -> list[str]:
        """Put events on the bus as their items are in the table, in this order, as :meth:`relay` does.

        Returns:
            The ids of the events that are on the bus.

        Raises:
            NotRelayed: The bus kept refusing; of the events, some may be on it.
        """
        for start in range(0, len(events), _ENTRIES_AT_ONCE):
            self._put(events[start : start + _ENTRIES_AT_ONCE])
        return [event["detail"]["event_id"] for event in events]

    def _put(self, events: Sequence[Mapping[str, Any]]) -> None:
        entries: Any = [
            {
                "EventBusName": self._name,
                "Source": event["source"],
                "DetailType": event["detail_type"],
                "Detail": json.dumps(event["detail"]),
            }
            for event in events
        ]
        for attempt in range(_TRIES):
            answers = self._client.put_events(Entries=entries)["Entries"]
            refused = [number for number, answer in enumerate(answers) if "ErrorCode" in answer]
            if not refused:
                return
            # From the first refused on, so that events of one case stay in their order.
            entries = entries[refused[0] :]
            self._sleep(_FIRST_WAIT_SECONDS * 2**attempt)
        msg = f"the bus refused {len(entries)} events"
        raise NotRelayed(msg)
