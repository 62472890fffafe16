"""What PreCheck answers: findings, their outcome, and the first thing to do."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How bad a finding is; ``PASS`` is the outcome of a check without findings."""

    PASS = "PASS"  # noqa: S105 (an outcome, not a password)
    WARN = "WARN"
    BLOCK = "BLOCK"


class FindingSource(StrEnum):
    """Where a finding comes from."""

    LAW = "law"
    LAB = "lab"
    FILE = "file"
    CONTRADICTION = "contradiction"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is missing or wrong.

    Attributes:
        about: The field (JSON pointer into the case, ``/packet/wanted_on``) or file (``/files/<file id>``).
        says: One sentence that says what is wrong.
        do: One sentence that says what to do.
    """

    rule_id: str
    outcome: Outcome
    about: str
    says: str
    do: str
    source: FindingSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Precheck:
    """The answer of PreCheck.

    Attributes:
        outcome: The worst of the findings.
        findings: Blockers first, then warnings; inside each, in the order in which a person would fix them.
    """

    outcome: Outcome
    findings: tuple[Finding, ...]

    @property
    def next_step(self) -> str | None:
        """Return the first thing to do now, or ``None`` when nothing is left."""
        return self.findings[0].do if self.findings else None
