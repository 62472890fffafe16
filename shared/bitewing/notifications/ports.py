"""What the use cases of notifications ask of the world."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bitewing.home.preferences import Preferences
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.handed import Handed
from bitewing.notifications.audience import Addressee, Around, Circle
from bitewing.notifications.fact import Fact
from bitewing.notifications.known import Known
from bitewing.notifications.letter import Letter
from bitewing.notifications.mark import Mark
from bitewing.notifications.owner import Owner
from bitewing.notifications.rule import Rule
from bitewing.notifications.templates.template import Template


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
    """

    preferences: Preferences
    time_zone: str
    phone: str = ""
    marks: tuple[Mark, ...] = ()
    name: str = ""


class Profiles(Protocol):
    """How people are told."""

    def of(self, addressees: Iterable[Addressee]) -> Mapping[str, Profile]:
        """Return the profiles of addressees by their ids, in a few requests for each organization."""


class Marks(Protocol):
    """Where marks are kept."""

    def put(self, mark: Mark) -> None:
        """Store a mark; one of the same reader and channel is replaced."""


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

    def ask(self, mobile: str, fact: Fact, *, reader_id: str) -> str:
        """Return the code with which somebody answers from a number what a fact asks of them.

        However often it is asked, it is the same for the same number and fact; empty where it asks nothing that a reply
        could answer.
        """
