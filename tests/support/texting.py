"""Text messages that go out and come in, kept in memory: the same promises as the table and the provider."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bitewing.home.preferences import Preferences
from bitewing.kernel.errors import RequestInProgress
from bitewing.kernel.handed import Handed, NotHandedOver
from bitewing.notifications.audience import Addressee
from bitewing.notifications.mark import Mark
from bitewing.notifications.ports import Profile
from bitewing.notifications.question import NumberKnown, NumberReader, TextQuestion, TextReply


class InMemoryNumbers:
    """The ports ``Numbers`` of asking and of replying."""

    def __init__(self) -> None:
        self.readers: dict[tuple[str, str, str, str], NumberReader] = {}
        self.questions: dict[tuple[str, str], TextQuestion] = {}
        self.replies: dict[tuple[str, str], TextReply] = {}

    def known(self, number_digest: str) -> NumberKnown:
        return NumberKnown(
            readers=tuple(self.readers[key] for key in sorted(self.readers) if key[0] == number_digest),
            questions=tuple(self.questions[key] for key in sorted(self.questions) if key[0] == number_digest),
        )

    def remember(self, number_digest: str, reader: NumberReader) -> None:
        key = (number_digest, reader.organization_kind, reader.organization_id, reader.reader_id)
        self.readers[key] = reader

    def add(self, number_digest: str, question: TextQuestion, *, now: datetime) -> bool:
        before = self.questions.get((number_digest, question.code))
        if before is not None and not before.is_same(question) and before.closes_at > now:
            return False
        self.questions[number_digest, question.code] = question
        return True

    def claim(self, number_digest: str, message_id: str, *, at: datetime, until: datetime) -> TextReply | None:
        before = self.replies.get((number_digest, message_id))
        if before is not None and before.is_settled:
            return None
        if before is not None and before.claimed_until > at:
            raise RequestInProgress
        claimed = replace(before or TextReply(message_id=message_id, claimed_until=until), claimed_until=until)
        self.replies[number_digest, message_id] = claimed
        return claimed

    def save(self, number_digest: str, reply: TextReply, *, at: datetime) -> None:  # noqa: ARG002 - kept forever
        self.replies[number_digest, reply.message_id] = reply


@dataclass
class Texts:
    """The port ``Texter``: what was sent where."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    is_down: bool = False
    refuses: bool = False

    def send(self, *, to: str, text: str) -> Handed:
        if self.is_down:
            raise NotHandedOver("Throttling")
        if self.refuses:
            return Handed(refused_with="OptedOut", is_address_at_fault=True)
        self.sent.append((to, text))
        return Handed(provider_id=str(len(self.sent)))


@dataclass
class KnownProfiles:
    """The port ``Profiles``: people with a phone, who said nothing else."""

    phones: dict[str, str]
    languages: dict[str, str] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    marks: dict[str, tuple[Mark, ...]] = field(default_factory=dict)

    def of(self, addressees: Iterable[Addressee]) -> Mapping[str, Profile]:
        return {
            each.addressee_id: Profile(
                preferences=Preferences(language=self.languages.get(each.addressee_id, "en")),
                time_zone="America/New_York",
                phone=self.phones[each.addressee_id],
                has_left=each.addressee_id in self.left,
                marks=self.marks.get(each.addressee_id, ()),
            )
            for each in addressees
            if each.addressee_id in self.phones
        }
