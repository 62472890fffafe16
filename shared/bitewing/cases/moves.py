"""What somebody asks for who moves a case."""

from dataclasses import dataclass

from bitewing.cases.reasons import Reason
from bitewing.cases.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReason:
    """One reason for which a lab gives a case back.

    Attributes:
        says: What is wrong, a sentence.
        rule_id: The PreCheck rule that it is about, where there is one.
        file_id: The file that it is about, where there is one.
    """

    code: Reason
    says: str
    rule_id: str | None = None
    file_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a case is to go, and why.

    Attributes:
        reasons: Why the case comes back, where its lab gives it back.
        reason: Why it is paused or canceled, a sentence.
    """

    to: Status
    reasons: tuple[NewReason, ...] = ()
    reason: str | None = None
