"""Requirement profiles: what one lab wants for one case type."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bitewing.files.inspection import FileFormat
from bitewing.files.kinds import FileKind
from bitewing.precheck.finding import Outcome
from bitewing.requirements.case_types import CaseType


class Level(StrEnum):
    """How much a lab wants something."""

    REQUIRED = "required"
    EXPECTED = "expected"


class ArchRole(StrEnum):
    """Which arch a scan shows, as seen from the work."""

    WORKED = "worked"
    """The arch that the work is made for."""
    OPPOSING = "opposing"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRequirement:
    """One kind of file that a lab wants; any of ``kinds`` fulfills it.

    Attributes:
        called: What to call it in a sentence, for example "a scan of the prepared arch".
        min_count: How many files of these kinds are wanted.
        arch: Of upper and lower scans, only those of this arch count; ``None``: either.
        stages: Values of the selection ``stage`` for which it is wanted; empty: always.
        formats: Formats in which the lab takes it; empty: all that the kind can come in.
    """

    kinds: tuple[FileKind, ...]
    called: str
    level: Level
    min_count: int = 1
    arch: ArchRole | None = None
    stages: tuple[str, ...] = ()
    formats: frozenset[FileFormat] = frozenset()

    def is_wanted_at(self, stages: Collection[str]) -> bool:
        """Whether it is wanted of work in one of these stages; it is where the work states none."""
        return not self.stages or not stages or any(stage in stages for stage in self.stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementProfile:
    """What one lab wants for one case type.

    Attributes:
        version: Counts up with each publication; a submission keeps the version that it was checked with.
        is_offered: Whether the lab does this type of work; no new case starts where it does not.
        selections: Selection name to how much the lab wants it, beside what rules of their own ask for.
        turnaround_working_days: Working days of the lab from submission to ready, 0 or more; for planned
            types from the planning session.
        max_voxel_um: Coarsest CBCT voxel that this lab accepts, micrometers.
        max_scan_age_days: Oldest CBCT that this lab accepts.
        min_triangles: Fewest triangles of a mesh that this lab works with.
        min_photo_px: Shortest longer side of a photo that this lab works with; 0: any.
        attestations: Statement by name; each must be made before sending.
        outcomes: Rule id to the outcome that this lab gives it; ``None`` silences the rule. One that the rule
            has by default changes nothing. Legal rules are not affected.
        published_at: When this version was published; ``None`` for what a lab starts with.
        published_by: The person who published it.
    """

    lab_id: str
    case_type: CaseType
    version: int
    files: tuple[FileRequirement, ...]
    turnaround_working_days: int
    max_voxel_um: int = 400
    max_scan_age_days: int = 365
    min_triangles: int = 20_000
    min_photo_px: int = 0
    attestations: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome | None] = field(default_factory=dict)
    is_offered: bool = True
    selections: Mapping[str, Level] = field(default_factory=dict)
    published_at: datetime | None = None
    published_by: str | None = None

    def outcome_of(self, rule_id: str, default: Outcome, found: Outcome | None = None) -> Outcome:
        """Return what this lab makes of a finding of a rule that is not legal; ``PASS``: nothing.

        An outcome other than the rule's default raises or lowers each of its findings to it. The default itself
        leaves every finding as it is: a rule that blocks goes on to warn of what is only expected, or is
        announced as sent otherwise, and one that warns to block above its limit.

        Args:
            rule_id: The rule.
            default: The outcome that the rule has where a lab says nothing.
            found: The outcome of the finding; the default where it is the same.
        """
        wanted = self.outcomes.get(rule_id, default) or Outcome.PASS
        return (found or default) if wanted is default else wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileVersion:
    """One version of a lab's profile, as its history keeps it.

    Attributes:
        changed: Names of the fields that are not as in the version before; empty for what a lab starts with.
    """

    profile: RequirementProfile
    changed: tuple[str, ...] = ()
