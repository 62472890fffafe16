"""Providers of mails and text messages that keep what they were given, and what they are given with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.handed import Handed
from bitewing.notifications.fact import Fact
from bitewing.notifications.letter import Letter
from bitewing.notifications.sending import Providers


@dataclass
class SomeMailer:
    """The port ``Mailer``.

    Attributes:
        sent: What it took: to whom, what, and with which tags.
        before: Done before each mail: what it raises keeps the mail from being taken.
        answers: What it answers to each mail in turn; it takes what comes after.
    """

    sent: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    answers: list[Handed] = field(default_factory=list)

    def send(self, *, to: str, content: bytes, tags: Mapping[str, str]) -> Handed:
        self.before()
        handed = self.answers.pop(0) if self.answers else Handed(provider_id=f"mail-{len(self.sent) + 1}")
        if handed.refused_with is None:
            self.sent.append((to, content, tags))
        return handed


@dataclass
class SomeTexter:
    """The port ``Texter``, as :class:`SomeMailer`."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    answers: list[Handed] = field(default_factory=list)

    def send(self, *, to: str, text: str) -> Handed:
        self.before()
        handed = self.answers.pop(0) if self.answers else Handed(provider_id=f"text-{len(self.sent) + 1}")
        if handed.refused_with is None:
            self.sent.append((to, text))
        return handed


@dataclass
class Written:
    """The port ``Writing``: keeps letters as they are."""

    letters: list[Letter] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def __call__(self, letter: Letter, *, to: str) -> bytes:
        self.before()
        self.letters.append(letter)
        return f"To: {to}\nSubject: {letter.subject}\n\n{letter.text}".encode()


class SomeLinks:
    """The port ``Unsubscribing``."""

    def link(self, organization_kind: OrganizationKind, organization_id: str, reader_id: str) -> str:
        return f"https://api.example.com/v1/unsubscribe/{organization_kind}-{organization_id}-{reader_id}"


@dataclass
class SomeQuestions:
    """The port ``Questions``: asks whatever a fact asks of its reader with one code."""

    code: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def ask(
        self, mobile: str, fact: Fact, *, organization_kind: OrganizationKind, organization_id: str, reader_id: str
    ) -> str:
        assert all((organization_kind, organization_id, reader_id))
        self.asked.append((mobile, fact.fact_id))
        return self.code


@dataclass
class SomeProviders:
    """All that brings messages to readers."""

    mailer: SomeMailer = field(default_factory=SomeMailer)
    texter: SomeTexter = field(default_factory=SomeTexter)
    write: Written = field(default_factory=Written)
    questions: SomeQuestions = field(default_factory=SomeQuestions)

    def together(self) -> Providers:
        return Providers(
            mailer=self.mailer,
            texter=self.texter,
            write=self.write,
            unsubscribing=SomeLinks(),
            questions=self.questions,
        )
