"""What labs and practices do with requirement profiles: read, try out, publish, look back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from bitewing.cases.case import Case
from bitewing.directory.organization import Connection
from bitewing.files.case_file import CaseFile
from bitewing.kernel.caller import Caller, OrganizationKind, Role
from bitewing.kernel.errors import FieldError, InvalidInput, RoleNotAllowed, Unknown
from bitewing.kernel.ids import new_id
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version
from bitewing.precheck.finding import Finding, Precheck
from bitewing.precheck.not_for_labs import NOT_FOR_LABS
from bitewing.precheck.service import PrecheckService
from bitewing.requirements.case_types import CASE_TYPES, CaseType, CaseTypeFacts
from bitewing.requirements.events import ProfilePublished
from bitewing.requirements.profile import ProfileVersion, RequirementProfile
from bitewing.requirements.publishing import changed_fields, problems

#: How many drafts are looked at to say what a profile would touch; publishing looks at all of them.
DRAFTS_TRIED: Final = 25
_PUBLISHERS: Final = frozenset({Role.LAB_ADMIN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What publishing a profile would do.

    Attributes:
        problems: Why it would be refused; empty where it could be published.
        changed: Names of the fields that are not as in the version in force.
        drafts_seen: How many open drafts were looked at, up to 25; none where it would be refused.
        drafts_touched: Of how many of these PreCheck would say something else that is for labs to hear.
        is_all: Whether there are no more drafts than those.
    """

    problems: tuple[FieldError, ...]
    changed: tuple[str, ...]
    drafts_seen: int = 0
    drafts_touched: int = 0
    is_all: bool = True


class Profiles(Protocol):
    """Where requirement profiles are kept, in all their versions."""

    def find(self, lab_id: str, case_type: CaseType) -> RequirementProfile | None:
        """Return the profile in force."""

    def of_lab(self, lab_id: str) -> tuple[RequirementProfile, ...]:
        """Return a lab's profiles in force, by case type."""

    def version(self, lab_id: str, case_type: CaseType, number: int) -> ProfileVersion | None:
        """Return one version of a profile, if it was published."""

    def versions(self, lab_id: str, case_type: CaseType, *, limit: int, start: Position | None) -> Page[ProfileVersion]:
        """Return one page of the versions of a profile, the newest first; none where it was never published."""

    def publish(self, version: ProfileVersion, event: ProfilePublished, *, before: RequirementProfile | None) -> None:
        """Put a version in force, if ``before`` still is; keep it, and ``before`` where nobody published that.

        Raises:
            StaleVersion: Another version was published first.
        """


class Connections(Protocol):
    """Where it is kept who works with whom."""

    def connection(self, practice_id: str, lab_id: str) -> Connection | None:
        """Return the connection of a practice and a lab."""


class Drafts(Protocol):
    """Where the cases are found that practices prepare for a lab."""

    def prepared(self, lab_id: str, case_type: CaseType, *, limit: int) -> Page[str]:
        """Return ids of cases that the lab does not know yet; they may lag a moment behind."""


class Cases(Protocol):
    """Where cases are read."""

    def with_files(self, case_id: str) -> tuple[Case, tuple[CaseFile, ...]] | None:
        """Return a case and all its files, as they are now."""


class RequirementService:
    """The use cases of requirement profiles."""

    def __init__(
        self,
        profiles: Profiles,
        connections: Connections,
        cases: Cases,
        drafts: Drafts,
        prechecks: PrecheckService,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._profiles, self._connections = profiles, connections
        self._cases, self._drafts, self._prechecks = cases, drafts, prechecks
        self._now = now

    def all_of(self, caller: Caller, lab_id: str) -> tuple[RequirementProfile, ...]:
        """Return what a lab wants for each case type of which it ever said so, by type.

        Raises:
            RoleNotAllowed: The caller works in no practice, no lab and not for the platform.
            Unknown: The lab is neither the caller's own nor ever was connected.
        """
        self._ensure_readable(caller, lab_id)
        return tuple(_shown(profile, caller) for profile in self._profiles.of_lab(lab_id))

    def read(self, caller: Caller, lab_id: str, case_type: CaseType) -> RequirementProfile:
        """Return what a lab wants for a case type; where it does not offer the type any more, it says so.

        Raises:
            RoleNotAllowed: The caller works in no practice, no lab and not for the platform.
            Unknown: The lab is neither the caller's own nor ever was connected, or never offered the case type.
        """
        self._ensure_readable(caller, lab_id)
        return _shown(self._in_force(lab_id, case_type), caller)

    def versions(
        self, caller: Caller, lab_id: str, case_type: CaseType, *, limit: int, start: Position | None
    ) -> Page[ProfileVersion]:
        """Return one page of the versions of a profile, the newest first.

        Raises:
            RoleNotAllowed: The caller works in no practice, no lab and not for the platform.
            Unknown: The lab is neither the caller's own nor ever was connected, or never offered the case type.
        """
        self._ensure_readable(caller, lab_id)
        in_force = self._in_force(lab_id, case_type)
        if in_force.published_at is None:
            return Page((ProfileVersion(profile=in_force),), None)
        page = self._profiles.versions(lab_id, case_type, limit=limit, start=start)
        shown = tuple(replace(each, profile=_shown(each.profile, caller)) for each in page.things)
        return Page(shown, page.next)

    def version(self, caller: Caller, lab_id: str, case_type: CaseType, number: int) -> ProfileVersion:
        """Return one version of a profile.

        Raises:
            RoleNotAllowed: The caller works in no practice, no lab and not for the platform.
            Unknown: The lab is neither the caller's own nor ever was connected, or there is no such version.
        """
        self._ensure_readable(caller, lab_id)
        in_force = self._in_force(lab_id, case_type)
        if in_force.published_at is None and in_force.version == number:
            return ProfileVersion(profile=in_force)
        if (found := self._profiles.version(lab_id, case_type, number)) is None:
            raise Unknown("version of a requirement profile")
        return replace(found, profile=_shown(found.profile, caller))

    def catalog(self, caller: Caller) -> Mapping[CaseType, CaseTypeFacts]:
        """Return every case type with what is true of it, whichever lab makes it.

        Raises:
            RoleNotAllowed: The caller works in no practice and no lab.
        """
        caller.side()
        return CASE_TYPES

    def publish(self, caller: Caller, wanted: RequirementProfile, *, expected_version: int) -> RequirementProfile:
        """Put another version of a profile in force; one that says the same as the version in force is none.

        The cases that are prepared are checked again afterwards, and practices hear where that changes something.

        Args:
            caller: An administrator of the lab.
            wanted: What the lab wants from now on; its version is left out of account.
            expected_version: The version that the caller read; 0 for a type that the lab never offered.

        Raises:
            RoleNotAllowed: The caller may read the profile, but not publish one.
            Unknown: The lab is neither the caller's own nor connected.
            StaleVersion: Another version is in force.
            InvalidInput: Something in it is impossible, contradicts itself, or is not the lab's to say.
            RequestInProgress: Others kept writing the same profile.
        """
        self._ensure_own(caller, wanted.lab_id)
        before = self._profiles.find(wanted.lab_id, wanted.case_type)
        ensure_version(before.version if before else 0, expected=expected_version)
        if found := problems(wanted):
            raise InvalidInput(*found)
        changed = changed_fields(before, wanted)
        if before is not None and not changed:
            return before
        now = self._now()
        published = replace(wanted, version=expected_version + 1, published_at=now, published_by=caller.user_id)
        event = ProfilePublished(
            event_id=new_id(now),
            occurred_at=now,
            lab_id=published.lab_id,
            case_type=published.case_type,
            profile_version=published.version,
            is_offered=published.is_offered,
            fields=changed,
        )
        self._profiles.publish(ProfileVersion(profile=published, changed=changed), event, before=before)
        return published

    def try_out(self, caller: Caller, wanted: RequirementProfile) -> Trial:
        """Say what publishing a profile would do, and do nothing.

        Raises:
            RoleNotAllowed: The caller may read the profile, but not publish one.
            Unknown: The lab is neither the caller's own nor connected.
        """
        self._ensure_own(caller, wanted.lab_id)
        before = self._profiles.find(wanted.lab_id, wanted.case_type)
        changed = changed_fields(before, wanted)
        found = problems(wanted)
        if found or not changed:
            return Trial(problems=found, changed=changed)
        page = self._drafts.prepared(wanted.lab_id, wanted.case_type, limit=DRAFTS_TRIED)
        return Trial(
            problems=(),
            changed=changed,
            drafts_seen=len(page.things),
            drafts_touched=sum(self._is_touched(case_id, wanted) for case_id in page.things),
            is_all=page.next is None,
        )

    def _is_touched(self, case_id: str, wanted: RequirementProfile) -> bool:
        found = self._cases.with_files(case_id)
        if found is None or not found[0].is_prepared_for(wanted.lab_id, wanted.case_type):
            return False
        case, files = found
        gathered = self._prechecks.gather(case, files)
        now, then = self._prechecks.run(gathered), self._prechecks.run_under(gathered, wanted)
        return _for_lab(now) != _for_lab(then)

    def _in_force(self, lab_id: str, case_type: CaseType) -> RequirementProfile:
        if (profile := self._profiles.find(lab_id, case_type)) is None:
            raise Unknown("requirement profile")
        return profile

    def _ensure_readable(self, caller: Caller, lab_id: str) -> None:
        if caller.is_platform_admin:
            return
        if caller.side() is OrganizationKind.LAB:
            if caller.organization_id != lab_id:
                raise Unknown("requirement profile")
            return
        connection = self._connections.connection(caller.organization_id, lab_id)
        # Whoever mends a case reads what it is checked with.
        if connection is None or not connection.has_cases:
            raise Unknown("requirement profile")

    def _ensure_own(self, caller: Caller, lab_id: str) -> None:
        self._ensure_readable(caller, lab_id)
        # The side counts, not the role alone: an administrator of a practice publishes nothing.
        if caller.organization_kind is not OrganizationKind.LAB:
            raise RoleNotAllowed(_PUBLISHERS)
        caller.ensure_any_of(_PUBLISHERS)


def _for_lab(precheck: Precheck) -> tuple[Finding, ...]:
    """Return findings without those that would tell a lab of a practice, by what its profile changes in them."""
    return tuple(finding for finding in precheck.findings if finding.rule_id not in NOT_FOR_LABS)


def _shown(profile: RequirementProfile, caller: Caller) -> RequirementProfile:
    """Return a profile as the caller may read it: who of the lab published it is the lab's to know."""
    return profile if caller.organization_kind is OrganizationKind.LAB else replace(profile, published_by=None)
