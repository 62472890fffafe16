"""Which events were told by mail, kept in the table."""

from datetime import datetime, timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import as_stored
from bitewing.aws.table import EXISTS, Condition, Table
from bitewing.mails.service import Claim

_CONSUMER: Final = "mailer"
#: A message lives for 4 days in its queue and 14 among the dead letters; its event comes after at most a day. What is
#: sent again from there is still known.
SEEN_KEPT_FOR: Final = timedelta(days=30)


class TableClaims:
    """Keeps the port :class:`bitewing.mails.service.Claims` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def claim(self, event_id: str, *, at: datetime, until: datetime) -> Claim:
        """Claim an event, in one request, or two where it is claimed already."""
        key = keys.seen(_CONSUMER, event_id)
        values = {
            "claimed_until": _milliseconds(until),
            "is_settled": False,
            "expires_at": int((at + SEEN_KEPT_FOR).timestamp()),
        }
        is_free = Condition(
            expression="attribute_not_exists(#pk) OR (#is_settled = :no AND #claimed_until <= :now)",
            values={"no": False, "now": _milliseconds(at)},
        )
        if self._table.set_values(key, as_stored("Seen", values), condition=is_free):
            return Claim.MINE
        stored = self._table.get(key)
        return Claim.SETTLED if stored is not None and stored["is_settled"] else Claim.OF_ANOTHER

    def settle(self, event_id: str) -> None:
        """Keep that an event needs no mail any more."""
        self._table.set_values(keys.seen(_CONSUMER, event_id), {"is_settled": True}, condition=EXISTS)

    def release(self, event_id: str) -> None:
        """Give a claimed event free: from now on its time is over."""
        self._table.set_values(keys.seen(_CONSUMER, event_id), {"claimed_until": 0}, condition=EXISTS)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
