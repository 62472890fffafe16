"""What the use cases of notifications ask of the world."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bitewing.home.preferences import Preferences
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.handed import Handed
from bitewing.notifications.audience import Addressee, Around, Circle
from bitewing.notifications.desk import Due, Heard, ReaderState
from bitewing.notifications.fact import Fact
from bitewing.notifications.gathering import Bundle
from bitewing.notifications.inbox import InboxCounts, InboxEntry
from bitewing.notifications.known import Known
from bitewing.notifications.letter import Letter
from bitewing.notifications.mark import Mark
from bitewing.notifications.message import Message
from bitewing.notifications.owner import Owner
from bitewing.notifications.rule import Channel, Rule
from bitewing.notifications.templates.template import Template


class Facts(Protocol):
    """Who tells people of facts."""

    def put(self, facts: Iterable[Fact]) -> None:
        """Let people be told of facts; of one that was put before nobody is told again."""


class Rules(Protocol):
    """Where rules are."""

    def in_effect(self, owners: Collection[Owner]) -> tuple[Rule, ...]:
        """Return the default set with what these owners changed, each laid over the one before."""


class Templates(Protocol):
    """Where templates are."""

    def in_effect(self, name: str, language: str, owners: Collection[Owner]) -> Template:
        """Return the words of a template in a language: those of the last of these owners who has changed them."""


class Surroundings(Protocol):
    """Who is around a fact."""

    def around(self, fact: Fact, circles: Collection[Circle]) -> Around:
        """Return who is in these circles around a fact, and who did what it tells."""


class Subjects(Protocol):
    """What facts are about."""

    def known(self, fact: Fact, template: str, *, reader: OrganizationKind) -> Known | None:
        """Return what the fields of a template say of a fact now.

        Args:
            fact: What is told.
            template: In which words.
            reader: On whose side it is read.

        Returns:
            ``None`` where it is no longer so: the session was moved again, the case sent again, the day called off.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one addressee is told.

    Attributes:
        preferences: What they prefer; what everybody does where nothing was said.
        time_zone: IANA name of the zone by whose clock they live.
        phone: Of a clinician's record where texts are wanted; empty elsewhere.
        marks: What of them is not used any more.
        name: Of the organization: by it an address is spoken to.
        has_left: Whether a person's access to the organization ended: they are told nothing of it any more.
    """

    preferences: Preferences
    time_zone: str
    phone: str = ""
    marks: tuple[Mark, ...] = ()
    name: str = ""
    has_left: bool = False


class Profiles(Protocol):
    """How people are told."""

    def of(self, addressees: Iterable[Addressee]) -> Mapping[str, Profile]:
        """Return the profiles of addressees by their ids, in a few requests for each organization."""


class Desk(Protocol):
    """What each reader has heard, and what is gathered for them."""

    def reader(self, reader_id: str, fact_id: str, subject_id: str) -> ReaderState:
        """Return what stands on the desk of a reader, as far as a fact asks for it, as it is now; one request."""

    def tell(
        self,
        heard: Heard,
        *,
        entry: InboxEntry | None,
        counts: InboxCounts,
        bundles: Collection[tuple[Bundle | None, Bundle]],
    ) -> None:
        """Store all that tells a reader one fact, or nothing of it.

        Args:
            heard: That they were told.
            entry: What their inbox shows; ``None`` where it shows nothing.
            counts: Of the inbox, as it was before.
            bundles: Open bundles, each before (``None`` where none was open) and after. One that was open, and is
                another after, is put aside.

        Raises:
            StaleVersion: They were told in the meantime, or something on their desk is not as it was read.
        """

    def note_unruled(self, fact: Fact) -> None:
        """Count a fact that no rule tells, once, however often it comes."""


class Tray(Protocol):
    """What is gathered for readers and due, and the messages that it becomes."""

    def bundle(self, due: Due) -> Bundle | None:
        """Return a bundle that is not closed, as it is now, also where it was put aside; one request."""

    def held(self, reader_id: str, channel: Channel) -> Bundle | None:
        """Return what is held of a reader from the day before; one request."""

    def sent_on(self, reader_id: str, channel: Channel, on: date) -> int:
        """Return how many messages a reader got by a channel on a day of their clock; one request."""

    def postpone(self, bundle: Bundle) -> None:
        """Store a bundle that closes later.

        Raises:
            StaleVersion: It is not the version before that is stored.
        """

    def hold(self, bundle: Bundle, held: Bundle) -> None:
        """Store what is held, with what was in a bundle, which is no more.

        Raises:
            StaleVersion: One of them is not as it was read.
        """

    def close(self, bundle: Bundle, message: Message, *, on: date, most: int | None) -> bool:
        """Store the message that a bundle becomes, which is no more, and count it.

        Args:
            bundle: As it was read.
            message: It.
            on: The day of the reader's clock on which it is counted.
            most: How many there can be on this day; ``None`` for as many as there are.

        Returns:
            Whether there was room on that day; nothing was stored where there was none.

        Raises:
            StaleVersion: The bundle is not as it was read.
        """

    def message(self, organization_kind: OrganizationKind, organization_id: str, message_id: str) -> Message | None:
        """Return a message, as it is now; one request."""

    def save(self, message: Message) -> None:
        """Store a message whole.

        Raises:
            StaleVersion: It is not the version before that is stored.
        """


class DueQueue(Protocol):
    """Where what is due later waits."""

    def put(self, due: Due) -> None:
        """Send it to whoever sends messages; it comes when it is due, or as late before as can be."""


class Marks(Protocol):
    """Where marks are kept."""

    def put(self, mark: Mark) -> None:
        """Store a mark; one of the same reader and channel is replaced, unless it is a wish about the same address."""


class Mailer(Protocol):
    """Who sends mails."""

    def send(self, *, to: str, content: bytes, tags: Mapping[str, str]) -> Handed:
        """Hand a mail over, with tags that come back with what becomes of it.

        Raises:
            NotHandedOver: It may pass, or an operator has to mend it: nothing gets through now.
        """


class Texter(Protocol):
    """Who sends text messages."""

    def send(self, *, to: str, text: str) -> Handed:
        """Hand a text message over.

        Raises:
            NotHandedOver: It may pass, or an operator has to mend it: nothing gets through now.
        """


class Writing(Protocol):
    """How letters become mails."""

    def __call__(self, letter: Letter, *, to: str) -> bytes:
        """Return a letter as it travels to an address.

        Raises:
            CannotBeWritten: What it says, or whom it is for, makes no mail.
        """


class Unsubscribing(Protocol):
    """Where readers say that they want no more mails."""

    def link(self, organization_kind: OrganizationKind, organization_id: str, reader_id: str) -> str:
        """Return the address at which one click is enough; empty where there is none."""


class Questions(Protocol):
    """What is asked by text message."""

    def ask(
        self,
        mobile: str,
        fact: Fact,
        *,
        organization_kind: OrganizationKind,
        organization_id: str,
        reader_id: str,
    ) -> str:
        """Return the code with which a reader answers from a number what a fact asks of them.

        Called before each text message: it also remembers whose number it is, for whoever texts that they want no
        more. However often it is asked, it is the same for the same number and question; empty where nothing is asked
        that a reply could answer.
        """
