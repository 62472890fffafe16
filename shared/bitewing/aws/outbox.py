"""Events, stored in the transaction that makes them true; the table's stream relays them to the bus."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.acting import actor_id
from bitewing.aws.items import to_plain
from bitewing.aws.schemas import as_stored
from bitewing.aws.table import Put
from bitewing.kernel.events import Event
from bitewing.kernel.wire import EVENT_ENTITY

#: The stream has an event for a day. The item stays as long as the relay's dead letters, which only say where in the
#: stream it was: 12 hours of trying and 14 days in their queue.
EVENTS_KEPT_FOR: Final = timedelta(days=15)


def announced(events: Iterable[Event]) -> list[Put]:
    """Return the writes that announce what happened, with who did it where somebody acts."""
    acting = {"actor_id": actor_id()} if actor_id() else {}
    return [
        Put(
            key=keys.event(event.SUBJECT, event.subject_id, event.event_id),
            values=as_stored(
                EVENT_ENTITY,
                {
                    "source": event.SOURCE,
                    "detail_type": type(event).__name__,
                    "detail": {"version": event.VERSION, **to_plain(event), **acting},
                    "expires_at": int((event.occurred_at + EVENTS_KEPT_FOR).timestamp()),
                },
            ),
        )
        for event in events
    ]
