"""What happens to correction links and by them, told to whoever listens on the bus."""

from dataclasses import dataclass

from bitewing.cases.events import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLinkIssued(CaseEvent):
    """A lab issued a link with which a practice can mend its case without an account."""

    link_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLinkRevoked(CaseEvent):
    """A lab revoked a link: it opens nothing from now on."""

    link_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDone(CaseEvent):
    """Whoever has a correction link says that they have done what it asks for.

    Attributes:
        findings_left: How many findings of the rules that the link names are left.
    """

    link_id: str
    findings_left: int
