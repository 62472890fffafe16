"""The steps of ``profile_recheck``: checking again what is prepared by a profile of which a new version is in force.

Each step may run more than once. A case is told of a version once: the entry of its history has an id that follows
from both.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from bitewing.cases.activity import Activity, Deed
from bitewing.cases.case import Case
from bitewing.cases.events import CaseChecked, event_head
from bitewing.cases.ports import TRIES
from bitewing.cases.status import Party
from bitewing.files.case_file import CaseFile
from bitewing.kernel.errors import RequestInProgress, Unknown
from bitewing.kernel.events import Event
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page
from bitewing.precheck.finding import Finding, Precheck
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.events import RequirementsChanged
from bitewing.requirements.profile import ProfileVersion, RequirementProfile

#: Cases that are read for one page, at most; the table gives fewer where they are large (1 MiB of them).
PAGE: Final = 1_000
#: Cases that one step checks: some seconds of work. An execution of 100,000 drafts has about 350 pages of three such
#: steps and less than 15,000 entries in its history, of the 25,000 that Step Functions keeps.
BATCH: Final = 100


class Part(StrEnum):
    """Where open cases of a lab and a type are found, one after the other."""

    PREPARED = "prepared"
    """Cases that practices prepare, and that the lab does not know yet."""
    DRAFT = "draft"
    """Cases that the lab started."""
    MISSING_INFO = "missing_info"
    RETURNED = "returned"


class Recorded(StrEnum):
    """What became of telling a case."""

    TOLD = "told"
    TOLD_BEFORE = "told_before"
    CASE_CHANGED = "case_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """One page of the cases to check.

    Attributes:
        batches: Ids of cases, as many as one step checks.
        part: Where the next page is; ``None`` after the last one.
        after: The case after which it begins; empty at the beginning of a part.
    """

    batches: tuple[tuple[str, ...], ...]
    part: Part | None
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """How the check of some cases went.

    Attributes:
        checked: How many were still open.
        told: How many of them were told now that PreCheck says something else.
    """

    checked: int
    told: int


class OpenCases(Protocol):
    """Where the cases are found of which PreCheck could say something else."""

    def page(self, lab_id: str, case_type: CaseType, part: Part, *, after: str, limit: int) -> Page[str]:
        """Return ids of cases of one part, in order; they may lag a moment behind.

        The next position is ``{"after": <case id>}``.
        """

    def record(self, case: Case, entry: Activity, *events: Event) -> Recorded:
        """Store what other requirements make of a case, unless that was done before or the case changed."""


class Cases(Protocol):
    """Where cases are read, and what PreCheck says of them is kept."""

    def with_files(self, case_id: str) -> tuple[Case, tuple[CaseFile, ...]] | None:
        """Return a case and all its files, as they are now."""

    def record_check(self, case: Case, *events: Event) -> bool:
        """Store what a PreCheck found, unless the case or its files changed since they were read."""


class Versions(Protocol):
    """Where the versions of profiles are kept."""

    def version(self, lab_id: str, case_type: CaseType, number: int) -> ProfileVersion | None:
        """Return one version of a profile, if it was published."""


class RecheckService:
    """Checks again what a new version of a profile touches."""

    def __init__(
        self,
        versions: Versions,
        open_cases: OpenCases,
        cases: Cases,
        prechecks: PrecheckService,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._versions, self._open, self._cases = versions, open_cases, cases
        self._prechecks, self._now = prechecks, now

    def page(self, lab_id: str, case_type: CaseType, part: Part, *, after: str) -> OpenPage:
        """Return the next cases to check, from one request."""
        found = self._open.page(lab_id, case_type, part, after=after, limit=PAGE)
        batches = tuple(found.things[start : start + BATCH] for start in range(0, len(found.things), BATCH))
        if found.next is not None:
            return OpenPage(batches=batches, part=part, after=found.next["after"])
        parts = tuple(Part)
        following = parts.index(part) + 1
        return OpenPage(batches=batches, part=parts[following] if following < len(parts) else None)

    def check(self, lab_id: str, case_type: CaseType, number: int, case_ids: Sequence[str]) -> Rechecked:
        """Check cases again, and tell those of which a version makes PreCheck say something else.

        What the version itself changes is told: both it and the one before look at the case as it is now. The
        outcome that is kept for lists is that of the version in force, which may be a later one.

        Raises:
            Unknown: The version was never published.
            RequestInProgress: Others kept changing a case.
        """
        published = self._versions.version(lab_id, case_type, number)
        if published is None:
            raise Unknown("version of a requirement profile")
        earlier = self._versions.version(lab_id, case_type, number - 1)
        before = earlier.profile if earlier else None
        results = [self._check(case_id, before, published) for case_id in case_ids]
        return Rechecked(checked=sum(r is not None for r in results), told=sum(r is True for r in results))

    def _check(self, case_id: str, before: RequirementProfile | None, published: ProfileVersion) -> bool | None:
        """Return whether the case was told; ``None`` where nobody prepares it any more for this lab, as this type."""
        profile = published.profile
        for _ in range(TRIES):
            found = self._cases.with_files(case_id)
            if found is None or not found[0].is_prepared_for(profile.lab_id, profile.case_type):
                return None
            if (is_told := self._checked(*found, before, published)) is not None:
                return is_told
        raise RequestInProgress

    def _checked(
        self, case: Case, files: tuple[CaseFile, ...], before: RequirementProfile | None, published: ProfileVersion
    ) -> bool | None:
        """Return whether the case was told; ``None`` where it changed meanwhile."""
        gathered = self._prechecks.gather(case, files)
        in_force = self._prechecks.run(gathered)
        then = self._prechecks.run_under(gathered, before).findings
        now = self._prechecks.run_under(gathered, published.profile).findings
        checked = case.checked(in_force)
        at = self._now()
        events: list[Event] = []
        if in_force.outcome is not case.precheck_outcome:
            rule_ids = tuple(sorted(_by_rule(in_force.findings)))
            events.append(CaseChecked(**event_head(case, at=at), outcome=in_force.outcome, rule_ids=rule_ids))
        if then == now:
            is_kept = checked == case or self._cases.record_check(checked, *events)
            return False if is_kept else None
        entry, event = _told(case, published, in_force, then, now, at=at)
        recorded = self._open.record(checked, entry, event, *events)
        return None if recorded is Recorded.CASE_CHANGED else recorded is Recorded.TOLD


def _told(
    case: Case,
    published: ProfileVersion,
    in_force: Precheck,
    then: tuple[Finding, ...],
    now: tuple[Finding, ...],
    *,
    at: datetime,
) -> tuple[Activity, RequirementsChanged]:
    profile = published.profile
    before, after = _by_rule(then), _by_rule(now)
    new, gone = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    changed = sorted(rule_id for rule_id in before.keys() & after.keys() if before[rule_id] != after[rule_id])
    details = {
        "profile_version": str(profile.version),
        "fields": ", ".join(published.changed),
        "rules_new": ", ".join(new),
        "rules_gone": ", ".join(gone),
        "rules_changed": ", ".join(changed),
    }
    entry = Activity(
        entry_id=_entry_id(case, profile),
        case_id=case.case_id,
        at=at,
        by=Party.LAB,
        # Which person of the lab published it is not the practice's to know.
        user_id=None,
        deed=Deed.REQUIREMENTS_CHANGED,
        details={name: value for name, value in details.items() if value},
    )
    event = RequirementsChanged(
        event_id=new_id(at),
        occurred_at=at,
        case_id=case.case_id,
        practice_id=case.practice_id,
        lab_id=case.lab_id,
        case_type=case.case_type,
        profile_version=profile.version,
        outcome=in_force.outcome,
        rules_new=tuple(new),
        rules_gone=tuple(gone),
        rules_changed=tuple(changed),
    )
    return entry, event


def _by_rule(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.rule_id, []).append(finding)
    return found


def _entry_id(case: Case, profile: RequirementProfile) -> str:
    """Return the id of the entry that tells a case of a version: always the same for the two."""
    if profile.published_at is None:
        msg = "a profile that nobody published changes no requirements"
        raise LookupError(msg)
    told = f"{case.case_id}#{profile.lab_id}#{profile.case_type}#{profile.version}"
    number = int.from_bytes(hashlib.sha256(told.encode()).digest())
    return new_id(profile.published_at, random_below=lambda below: number % below)
