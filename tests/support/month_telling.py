"""Who hears of what in the simulated month: notifications over its table, with providers that keep what they get."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bitewing.aws.schemas import read_record
from bitewing.home.preferences import Preferences
from bitewing.kernel.addresses import MOBILE, inbox_link
from bitewing.kernel.handed import Handed
from bitewing.notifications.desk import Due
from bitewing.notifications.desk_store import TableDesk
from bitewing.notifications.fact import Fact
from bitewing.notifications.gathering import USUAL_POLICY
from bitewing.notifications.inbox import InboxEntry
from bitewing.notifications.known import typed_values
from bitewing.notifications.letter import Letter
from bitewing.notifications.marks_store import TableMarks
from bitewing.notifications.message import Message
from bitewing.notifications.preferring import quiet_hours_of
from bitewing.notifications.profiles_store import TableProfiles
from bitewing.notifications.reading import read_fact
from bitewing.notifications.rule import Channel
from bitewing.notifications.rules_store import TableRules
from bitewing.notifications.sending import CameOf, Providers, SendingService
from bitewing.notifications.subjects_store import TableSubjects
from bitewing.notifications.surroundings_store import TableSurroundings
from bitewing.notifications.telling import TellingService
from bitewing.notifications.templates.catalog import TOPICS, default_template, language_of
from bitewing.notifications.templates.form import Reader
from bitewing.notifications.templates.template import rendered
from bitewing.notifications.templates_store import TableTemplates

from tests.support.month import Month
from tests.support.month_cast import BY_ID, PRACTICES, Person
from tests.support.providers import SomeLinks, SomeQuestions

#: What a queue keeps a message back at the most.
_LONGEST_DELAY = timedelta(minutes=15)
WEB_ORIGIN = "https://portal.example"
_CALLED = {Channel.EMAIL: "mail", Channel.TEXT: "text", Channel.INBOX: "inbox"}
_ZONES = {practice.practice_id: practice.time_zone for practice in PRACTICES}


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing that somebody was told.

    Attributes:
        reader_id: A person, or a practice for its address.
        says: The subject of a mail or of an entry of the portal, or the text message.
        whole: All that it says.
        fact_ids: What it tells.
        templates: In which words.
        subject_id: What it is about; empty where it tells of several things.
        is_urgent: Whether it breaks quiet hours.
    """

    at: datetime
    channel: Channel
    reader_id: str
    says: str
    whole: str = field(repr=False)
    fact_ids: tuple[str, ...]
    templates: tuple[str, ...]
    subject_id: str
    is_urgent: bool = False

    @property
    def reader(self) -> Person | None:
        """The person; nobody for an address."""
        return BY_ID.get(self.reader_id)

    @property
    def local(self) -> datetime:
        """When it came, by the reader's clock."""
        return self.at.astimezone(ZoneInfo(self.reader.time_zone if self.reader else _ZONES[self.reader_id]))

    @property
    def role(self) -> str:
        """What the reader is."""
        return self.reader.role.value if self.reader else "address"

    @property
    def is_quiet(self) -> bool:
        """Whether it came when its reader wants none."""
        said = self.reader.said if self.reader else None
        quiet = quiet_hours_of(self.channel, said or Preferences())
        return quiet is not None and quiet.has(self.local.time())


class MonthTelling:
    """Tells everybody of a month what happens in it.

    Attributes:
        letters: Mails that went out, by the id of their message.
        texts: Text messages that went out, with their numbers.
        facts: All that was to be told, by id.
    """

    def __init__(self, month: Month) -> None:
        self.month = month
        self.letters: dict[str, tuple[datetime, Letter]] = {}
        self.texts: dict[str, tuple[datetime, str]] = {}
        self.facts: dict[str, Fact] = {}
        self._letter: Letter | None = None
        table, now = month.table, month.clock
        self.desk = TableDesk(table)
        self.rules, self.templates = TableRules(table, now=now), TableTemplates(table, now=now)
        self.surroundings = TableSurroundings(table)
        self.subjects = TableSubjects(table, web_origin=WEB_ORIGIN, now=now)
        self.profiles = TableProfiles(table)
        self.telling = TellingService(
            self.rules,
            self.surroundings,
            self.subjects,
            self.profiles,
            desk=self.desk,
            queue=self,
            policy=USUAL_POLICY,
            now=now,
        )
        self.sending = SendingService(
            self.desk,
            self,
            self.subjects,
            self.templates,
            profiles=self.profiles,
            marks=TableMarks(table),
            providers=Providers(
                mailer=_Mailer(self),
                texter=_Texter(self),
                write=self._write,
                unsubscribing=SomeLinks(),
                questions=SomeQuestions(code="4821"),
            ),
            policy=USUAL_POLICY,
            inbox_link=inbox_link(WEB_ORIGIN),
            now=now,
        )
        month.listeners.append(self._hear)
        month.reminded.append(self.tell)

    def tell(self, fact: Fact) -> None:
        """Tell whoever hears of a fact; the queue brings each twice."""
        self.facts[fact.fact_id] = fact
        for _ in range(2):
            self.telling.tell(fact)

    def put(self, due: Due) -> None:
        """Keep back what is due later, as long as a queue can; what is due comes twice."""
        wait = min(max(due.due_at - self.month.clock.at, timedelta()), _LONGEST_DELAY)
        self.month.agenda.after(wait, lambda: self._comes(due))

    def _comes(self, due: Due) -> None:
        came_of_it = self.sending.work(due).came_of_it
        if came_of_it is not CameOf.PUT_BACK:
            self.sending.work(due)

    def _hear(self, body: str) -> None:
        self.tell(read_fact(json.loads(body)))

    def _write(self, letter: Letter, *, to: str) -> bytes:
        self._letter = letter
        return to.encode()

    def mailed(self, message_id: str) -> None:
        """Keep the letter that was written last."""
        assert self._letter is not None
        assert message_id not in self.letters
        self.letters[message_id] = self.month.clock.at, self._letter

    # --- What came of it --------------------------------------------------------------------------------

    def told(self) -> list[Told]:
        """All that everybody was told, in its order."""
        found = [*self._messages(), *self._entries()]
        return sorted(found, key=lambda each: (each.at, each.reader_id, each.channel, each.says))

    def _messages(self) -> Iterator[Told]:
        for item in self.month.table.everything():
            if item["entity"] != "Message":
                continue
            message = read_record(Message, item)
            at, says, whole = self._sent(message)
            if at is None:
                continue
            yield Told(
                at=at,
                channel=message.channel,
                reader_id=message.reader_id,
                says=says,
                whole=whole,
                fact_ids=tuple(each.fact_id for each in message.facts),
                templates=tuple(dict.fromkeys(each.template for each in message.facts)),
                subject_id=message.subject_id,
                is_urgent=message.is_urgent,
            )

    def _sent(self, message: Message) -> tuple[datetime | None, str, str]:
        if message.message_id in self.letters:
            at, letter = self.letters[message.message_id]
            calendars = (each.calendar.content for each in letter.calendars)
            return at, letter.subject, "\n".join((letter.text, letter.html, *calendars))
        if message.provider_id in self.texts:
            at, text = self.texts[message.provider_id]
            return at, text, text
        return None, "", ""

    def _entries(self) -> Iterator[Told]:
        for item in self.month.table.everything():
            if item["entity"] != "InboxEntry":
                continue
            entry = read_record(InboxEntry, item)
            person = BY_ID[entry.reader_id]
            tag = person.said.language if person.said else "en"
            language, topic = language_of(tag), TOPICS[entry.template]
            said = rendered(
                default_template(entry.template, language),
                topic,
                typed_values(entry.values, topic),
                language=language,
                reader=Reader(language=tag, time_zone=person.time_zone),
            )
            yield Told(
                at=entry.told_at,
                channel=Channel.INBOX,
                reader_id=entry.reader_id,
                says=said.subject,
                whole=said.text,
                fact_ids=(entry.fact_id,),
                templates=(entry.template,),
                subject_id=entry.subject_id,
            )


class _Mailer:
    """The port ``Mailer``."""

    def __init__(self, telling: MonthTelling) -> None:
        self._telling = telling

    def send(self, *, to: str, content: bytes, tags: Mapping[str, str]) -> Handed:
        assert content == to.encode()
        self._telling.mailed(tags["message"])
        return Handed(provider_id=tags["message"])


class _Texter:
    """The port ``Texter``."""

    def __init__(self, telling: MonthTelling) -> None:
        self._telling = telling

    def send(self, *, to: str, text: str) -> Handed:
        assert MOBILE.fullmatch(to)
        provider_id = f"text-{len(self._telling.texts)}"
        self._telling.texts[provider_id] = self._telling.month.clock.at, text
        return Handed(provider_id=provider_id)


def printed(told: Iterable[Told]) -> str:
    """What everybody was told, a line each, by their own clock; ``!`` where it broke quiet hours, or would have."""
    return "\n".join(
        f"{each.local:%a %d %b %H:%M}{'!' if each.is_urgent else ' '} {each.role:15}{each.reader_id:25}"
        f"{_CALLED[each.channel]:6}{each.says}"
        for each in told
    )


def counted(told: Iterable[Told]) -> Counter[tuple[str, Channel, date]]:
    """How much each reader got by each channel on each day of theirs."""
    return Counter((each.reader_id, each.channel, each.local.date()) for each in told)


def most_in_a_day(told: Iterable[Told]) -> str:
    """How much each reader got in the month, and on the day on which it was most, by each channel."""
    of: dict[tuple[str, Channel], list[int]] = {}
    for (reader_id, channel, _), count in sorted(counted(told).items()):
        of.setdefault((reader_id, channel), []).append(count)
    lines = [f"{'reader':26}" + "".join(f"{name:>8}{'a day':>7}" for name in _CALLED.values())]
    for reader_id in sorted({reader_id for reader_id, _ in of}):
        days = [of.get((reader_id, channel), [0]) for channel in _CALLED]
        lines.append(f"{reader_id:26}" + "".join(f"{sum(each):8}{max(each):7}" for each in days))
    return "\n".join(lines)
