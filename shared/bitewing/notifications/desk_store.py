"""What each reader has heard, what is gathered for them, and the messages that it becomes, kept in the table."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from bitewing.aws import keys
from bitewing.aws.schemas import as_stored, current, read_if_found, read_record, record
from bitewing.aws.table import ALWAYS, Condition, ConditionsFailed, Delete, Put, Table, Update, is_next, is_version
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.moments import rfc3339
from bitewing.notifications.desk import Due, Heard, ReaderState
from bitewing.notifications.fact import Fact
from bitewing.notifications.gathering import Bundle
from bitewing.notifications.inbox import InboxCounts, InboxEntry
from bitewing.notifications.message import Message
from bitewing.notifications.owner import THE_PLATFORM
from bitewing.notifications.rule import Channel

#: How long a fact is known to a reader: longer than it can come again from queues and dead letters, by far.
HEARD_KEPT_FOR: Final = timedelta(days=90)
#: How long somebody finds what they were told, and what was sent.
INBOX_KEPT_FOR: Final = timedelta(days=400)
MESSAGES_KEPT_FOR: Final = timedelta(days=400)
#: Longer than a day lasts anywhere.
_COUNT_KEPT_FOR: Final = timedelta(days=4)
_CONSUMER: Final = "notifier"
_GATHERED: Final = (Channel.EMAIL, Channel.TEXT)


class TableDesk:
    """Keeps the ports ``Desk`` and ``Tray`` of :mod:`bitewing.notifications.ports` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def reader(self, reader_id: str, fact_id: str, subject_id: str) -> ReaderState:
        """Return what stands on the desk of a reader, as far as a fact asks for it, as it is now; one request."""
        heard, counts = keys.heard(reader_id, fact_id), keys.inbox_counts(reader_id)
        bundles = {channel: keys.bundle(reader_id, channel, subject_id) for channel in _GATHERED}
        items = self._table.get_all([heard, counts, *bundles.values()], is_consistent=True)
        found = {item["sk"]: item for item in items}
        return ReaderState(
            heard=read_if_found(Heard, found.get(heard["sk"])),
            counts=read_if_found(InboxCounts, found.get(counts["sk"])) or InboxCounts(reader_id=reader_id),
            bundles={
                channel: read_record(Bundle, found[key["sk"]]) for channel, key in bundles.items() if key["sk"] in found
            },
        )

    def tell(
        self,
        heard: Heard,
        *,
        entry: InboxEntry | None,
        counts: InboxCounts,
        bundles: Collection[tuple[Bundle | None, Bundle]],
    ) -> None:
        """Store all that tells a reader one fact, or nothing of it, in one transaction.

        Raises:
            StaleVersion: They were told in the meantime, or something on their desk is not as it was read.
        """
        writes: list[Put] = [
            Put(
                key=keys.heard(heard.reader_id, heard.fact_id),
                values={**record(heard), "expires_at": _after(heard.told_at, HEARD_KEPT_FOR)},
            )
        ]
        if entry is not None:
            after = counts.with_one_more()
            writes += [
                Put(
                    key=keys.inbox_entry(entry.reader_id, entry.number),
                    values={**record(entry), "expires_at": _after(entry.told_at, INBOX_KEPT_FOR)},
                ),
                Put(key=keys.inbox_counts(entry.reader_id), values=record(after), condition=is_next(after.version)),
            ]
        for before, gathered in bundles:
            if before is not None and before.bundle_id != gathered.bundle_id:
                aside = before.put_aside()
                writes += [
                    Put(key=_key(gathered), values=record(gathered), condition=_is_same(before)),
                    Put(key=_key(aside), values=record(aside)),
                ]
            else:
                condition = is_next(1) if before is None else _is_same(before)
                writes.append(Put(key=_key(gathered), values=record(gathered), condition=condition))
        try:
            self._table.write(writes)
        except ConditionsFailed as error:
            raise _stale(error) from error

    def note_unruled(self, fact: Fact) -> None:
        """Count a fact that no rule tells, in one transaction; once, however often it comes."""
        seen = Put(
            key=keys.seen(_CONSUMER, fact.fact_id),
            values=as_stored("Seen", {"expires_at": _after(fact.occurred_at, HEARD_KEPT_FOR)}),
        )
        values = {"name": fact.name, "last_fact_id": fact.fact_id, "last_at": rfc3339(fact.occurred_at)}
        key = keys.unruled(THE_PLATFORM.kind, THE_PLATFORM.organization_id, fact.name)
        counted = Update(key=key, values=as_stored("UnruledFact", values), condition=ALWAYS, add={"count": 1})
        try:
            self._table.write([seen, counted])
        except ConditionsFailed:
            return

    def bundle(self, due: Due) -> Bundle | None:
        """Return a bundle that is not closed, as it is now, also where it was put aside; one request."""
        wanted = [
            keys.bundle(due.reader_id, due.channel, due.subject_id),
            keys.bundle_aside(due.reader_id, due.bundle_id),
        ]
        found = (read_record(Bundle, item) for item in self._table.get_all(wanted, is_consistent=True))
        return next((each for each in found if each.bundle_id == due.bundle_id), None)

    def held(self, reader_id: str, channel: Channel) -> Bundle | None:
        """Return what is held of a reader from the day before; one request."""
        return read_if_found(Bundle, self._table.get(keys.bundle(reader_id, channel, "")))

    def sent_on(self, reader_id: str, channel: Channel, on: date) -> int:
        """Return how many messages a reader got by a channel on a day of their clock; one request."""
        item = self._table.get(keys.sent_count(reader_id, channel, on.isoformat()))
        return 0 if item is None else int(current("SentCount", item)["sent"])

    def postpone(self, bundle: Bundle) -> None:
        """Store a bundle that closes later.

        Raises:
            StaleVersion: It is not the version before that is stored.
        """
        self._write([Put(key=_key(bundle), values=record(bundle), condition=is_version(bundle.version - 1))])

    def hold(self, bundle: Bundle, held: Bundle) -> None:
        """Store what is held, with what was in a bundle, which is no more, in one transaction.

        Raises:
            StaleVersion: One of them is not as it was read.
        """
        put = Put(key=_key(held), values=record(held), condition=is_next(held.version))
        self._write([Delete(key=_key(bundle), condition=_is_same(bundle)), put])

    def close(self, bundle: Bundle, message: Message, *, on: date, most: int | None) -> bool:
        """Store the message that a bundle becomes, which is no more, and count it, in one transaction.

        Returns:
            Whether there was room on that day; nothing was stored where there was none.

        Raises:
            StaleVersion: The bundle is not as it was read.
        """
        has_room = (
            ALWAYS
            if most is None
            else Condition(expression="attribute_not_exists(#sent) OR #sent < :most", values={"most": most})
        )
        count = Update(
            key=keys.sent_count(bundle.reader_id, bundle.channel, on.isoformat()),
            values=as_stored("SentCount", {"expires_at": _after(message.due_at, _COUNT_KEPT_FOR)}),
            condition=has_room,
            add={"sent": 1},
        )
        gone = Delete(key=_key(bundle), condition=_is_same(bundle))
        try:
            self._table.write([gone, Put(key=_key_of(message), values=_values(message)), count])
        except ConditionsFailed as error:
            if error.stored[:2] == (None, None):
                return False
            raise _stale(error) from error
        return True

    def message(self, organization_kind: OrganizationKind, organization_id: str, message_id: str) -> Message | None:
        """Return a message, as it is now; one request."""
        return read_if_found(Message, self._table.get(keys.message(organization_kind, organization_id, message_id)))

    def save(self, message: Message) -> None:
        """Store a message whole.

        Raises:
            StaleVersion: It is not the version before that is stored.
        """
        put = Put(key=_key_of(message), values=_values(message), condition=is_version(message.version - 1))
        self._write([put])

    def _write(self, writes: list[Put | Delete]) -> None:
        try:
            self._table.write(writes)
        except ConditionsFailed as error:
            raise _stale(error) from error


def _key(bundle: Bundle) -> keys.Key:
    if bundle.is_aside:
        return keys.bundle_aside(bundle.reader_id, bundle.bundle_id)
    return keys.bundle(bundle.reader_id, bundle.channel, bundle.subject_id)


def _is_same(bundle: Bundle) -> Condition:
    return Condition(
        expression="#bundle_id = :id AND #version = :read", values={"id": bundle.bundle_id, "read": bundle.version}
    )


def _key_of(message: Message) -> keys.Key:
    return keys.message(message.organization_kind, message.organization_id, message.message_id)


def _values(message: Message) -> dict[str, object]:
    return {**record(message), "expires_at": _after(message.due_at, MESSAGES_KEPT_FOR)}


def _after(at: datetime, kept_for: timedelta) -> int:
    return int((at + kept_for).timestamp())


def _stale(error: ConditionsFailed) -> StaleVersion:
    """Return what to say where something was not as it was read: the first thing of the transaction that was not."""
    write = next(number for number, stored in enumerate(error.stored) if stored is not None)
    return error.stale(expected=0, write=write)
