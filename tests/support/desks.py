"""The desk of readers, kept in memory: the same promises as the table; and the queue in front of who sends messages."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.errors import StaleVersion
from bitewing.notifications.desk import Due, Heard, ReaderState
from bitewing.notifications.fact import Fact
from bitewing.notifications.gathering import Bundle
from bitewing.notifications.inbox import InboxCounts, InboxEntry
from bitewing.notifications.message import Message
from bitewing.notifications.rule import Channel
from bitewing.notifications.unruled import UnruledFact


def _key(bundle: Bundle) -> tuple[str, str, str]:
    if bundle.is_aside:
        return bundle.reader_id, "aside", bundle.bundle_id
    return bundle.reader_id, bundle.channel, bundle.subject_id


@dataclass
class InMemoryDesk:
    """The ports ``Desk`` and ``Tray``."""

    heard: dict[tuple[str, str], Heard] = field(default_factory=dict)
    entries: dict[tuple[str, int], InboxEntry] = field(default_factory=dict)
    counts: dict[str, InboxCounts] = field(default_factory=dict)
    bundles: dict[tuple[str, str, str], Bundle] = field(default_factory=dict)
    messages: dict[tuple[str, str, str], Message] = field(default_factory=dict)
    sent: dict[tuple[str, str, date], int] = field(default_factory=dict)
    unruled: dict[str, UnruledFact] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def reader(self, reader_id: str, fact_id: str, subject_id: str) -> ReaderState:
        found = {channel: self.bundles.get((reader_id, channel, subject_id)) for channel in Channel}
        return ReaderState(
            heard=self.heard.get((reader_id, fact_id)),
            counts=self.counts.get(reader_id, InboxCounts(reader_id=reader_id)),
            bundles={channel: bundle for channel, bundle in found.items() if bundle is not None},
        )

    def tell(
        self,
        heard: Heard,
        *,
        entry: InboxEntry | None,
        counts: InboxCounts,
        bundles: Collection[tuple[Bundle | None, Bundle]],
    ) -> None:
        reader_id = heard.reader_id
        if (reader_id, heard.fact_id) in self.heard:
            raise StaleVersion(expected=0, actual=0)
        if entry is not None and self.counts.get(reader_id, InboxCounts(reader_id=reader_id)) != counts:
            raise StaleVersion(expected=counts.version, actual=self.counts[reader_id].version)
        for before, after in bundles:
            self._ensure_same(before, _key(after) if before is None else _key(before))
        self.heard[reader_id, heard.fact_id] = heard
        if entry is not None:
            self.entries[reader_id, entry.number] = entry
            self.counts[reader_id] = counts.with_one_more()
        for before, after in bundles:
            if before is not None and before.bundle_id != after.bundle_id:
                aside = before.put_aside()
                self.bundles[_key(aside)] = aside
            self.bundles[_key(after)] = after

    def note_unruled(self, fact: Fact) -> None:
        if fact.fact_id in self.seen:
            return
        self.seen.add(fact.fact_id)
        before = self.unruled.get(fact.name)
        self.unruled[fact.name] = UnruledFact(
            name=fact.name,
            count=1 if before is None else before.count + 1,
            last_fact_id=fact.fact_id,
            last_at=fact.occurred_at,
        )

    def bundle(self, due: Due) -> Bundle | None:
        wanted = ((due.reader_id, due.channel, due.subject_id), (due.reader_id, "aside", due.bundle_id))
        found = (self.bundles.get(key) for key in wanted)
        return next((each for each in found if each is not None and each.bundle_id == due.bundle_id), None)

    def held(self, reader_id: str, channel: Channel) -> Bundle | None:
        return self.bundles.get((reader_id, channel, ""))

    def sent_on(self, reader_id: str, channel: Channel, on: date) -> int:
        return self.sent.get((reader_id, channel, on), 0)

    def postpone(self, bundle: Bundle) -> None:
        stored = self.bundles.get(_key(bundle))
        if stored is None or stored.version != bundle.version - 1:
            raise StaleVersion(expected=bundle.version - 1, actual=stored.version if stored else 0)
        self.bundles[_key(bundle)] = bundle

    def hold(self, bundle: Bundle, held: Bundle) -> None:
        self._ensure_same(bundle, _key(bundle))
        before = self.bundles.get(_key(held))
        if (before.version if before else 0) != held.version - 1:
            raise StaleVersion(expected=held.version - 1, actual=before.version if before else 0)
        del self.bundles[_key(bundle)]
        self.bundles[_key(held)] = held

    def close(self, bundle: Bundle, message: Message, *, on: date, most: int | None) -> bool:
        self._ensure_same(bundle, _key(bundle))
        counted = (bundle.reader_id, bundle.channel, on)
        if most is not None and self.sent.get(counted, 0) >= most:
            return False
        del self.bundles[_key(bundle)]
        self.messages[message.organization_kind, message.organization_id, message.message_id] = message
        self.sent[counted] = self.sent.get(counted, 0) + 1
        return True

    def message(self, organization_kind: OrganizationKind, organization_id: str, message_id: str) -> Message | None:
        return self.messages.get((organization_kind, organization_id, message_id))

    def save(self, message: Message) -> None:
        key = (message.organization_kind, message.organization_id, message.message_id)
        stored = self.messages.get(key)
        if stored is None or stored.version != message.version - 1:
            raise StaleVersion(expected=message.version - 1, actual=stored.version if stored else 0)
        self.messages[key] = message

    def _ensure_same(self, bundle: Bundle | None, key: tuple[str, str, str]) -> None:
        stored = self.bundles.get(key)
        same = (stored.bundle_id, stored.version) if stored else None
        if same != ((bundle.bundle_id, bundle.version) if bundle else None):
            raise StaleVersion(expected=bundle.version if bundle else 0, actual=stored.version if stored else 0)


@dataclass
class InMemoryDueQueue:
    """The port ``DueQueue``: keeps what was put."""

    waiting: list[Due] = field(default_factory=list)

    def put(self, due: Due) -> None:
        self.waiting.append(due)
