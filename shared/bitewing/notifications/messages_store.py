"""The delivery log: messages to an organization and its people, read from the table."""

from datetime import UTC, datetime, timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import read_record
from bitewing.aws.table import Condition, Table
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.ids import new_id
from bitewing.kernel.moments import rfc3339
from bitewing.kernel.pages import Page, Position
from bitewing.notifications.deliveries import LogFilter
from bitewing.notifications.message import Message

#: A message has the id of the bundle that it was; how long before it was due that was begun, at the most: what is for
#: the morning waits for it, and what is too much for a day waits for the next.
_GATHERED_FOR: Final = timedelta(days=4)
#: Ids are of this time or later.
_EARLIEST: Final = datetime(2024, 1, 1, tzinfo=UTC)
#: After every id.
_LAST: Final = "~"


class TableMessageLog:
    """Keeps the port :class:`bitewing.notifications.deliveries.MessageLog` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_organization(
        self,
        kind: OrganizationKind,
        organization_id: str,
        wanted: LogFilter,
        *,
        limit: int,
        start: Position | None,
    ) -> Page[Message]:
        """Return one page of messages to an organization and its people, the newest first; one request."""
        page = self._table.query(
            keys.messages_partition(kind, organization_id),
            between=(_first_id(wanted.since), _LAST if wanted.until is None else _id_at(wanted.until)),
            limit=limit,
            start=start,
            is_backward=True,
            is_consistent=True,
            keep=_kept(wanted),
        )
        return Page(tuple(read_record(Message, item) for item in page.things), page.next)


def _first_id(since: datetime | None) -> str:
    return _id_at(_EARLIEST if since is None else max(since, _EARLIEST) - _GATHERED_FOR)


def _id_at(at: datetime) -> str:
    return new_id(max(at, _EARLIEST), lambda _: 0)


def _kept(wanted: LogFilter) -> Condition | None:
    parts, values = [], {}
    for name, value in (
        ("reader_id", wanted.reader_id),
        ("subject_id", wanted.subject_id),
        ("channel", wanted.channel),
        ("state", wanted.state),
    ):
        if value is not None:
            parts.append(f"#{name} = :{name}")
            values[name] = str(value)
    if wanted.since is not None:
        parts.append("#due_at >= :since")
        values["since"] = rfc3339(wanted.since)
    if wanted.until is not None:
        parts.append("#due_at < :until")
        values["until"] = rfc3339(wanted.until)
    return Condition(expression=" AND ".join(parts), values=values) if parts else None
