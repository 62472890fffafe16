"""Requirement profiles and open cases, kept in memory: what ``bitewing.requirements.store`` promises."""

from dataclasses import replace

from bitewing.cases.activity import Activity
from bitewing.cases.case import Case
from bitewing.kernel.errors import StaleVersion
from bitewing.kernel.events import Event
from bitewing.kernel.pages import Page, Position
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.events import ProfilePublished
from bitewing.requirements.profile import ProfileVersion, RequirementProfile
from bitewing.requirements.recheck import Part, Recorded

from tests.support.in_memory import InMemoryDirectory, Memory


class InMemoryProfiles:
    """The port ``Profiles``, over the profiles of a directory."""

    def __init__(self, directory: InMemoryDirectory, memory: Memory) -> None:
        self._directory, self._memory = directory, memory

    def find(self, lab_id: str, case_type: CaseType) -> RequirementProfile | None:
        return self._directory.profile(lab_id, case_type)

    def of_lab(self, lab_id: str) -> tuple[RequirementProfile, ...]:
        profiles = self._directory.profiles
        return tuple(profiles[key] for key in sorted(profiles) if key[0] == lab_id)

    def version(self, lab_id: str, case_type: CaseType, number: int) -> ProfileVersion | None:
        return self._directory.profile_versions.get((lab_id, case_type, number))

    def versions(self, lab_id: str, case_type: CaseType, *, limit: int, start: Position | None) -> Page[ProfileVersion]:
        kept = self._directory.profile_versions
        numbers = [key[2] for key in sorted(kept, reverse=True) if key[:2] == (lab_id, case_type)]
        numbers = [number for number in numbers if start is None or number < int(start["before"])]
        page = tuple(kept[lab_id, case_type, number] for number in numbers[:limit])
        return Page(page, {"before": str(numbers[limit - 1])} if len(numbers) > limit else None)

    def publish(self, version: ProfileVersion, event: ProfilePublished, *, before: RequirementProfile | None) -> None:
        profile = version.profile
        with self._memory.lock:
            stored = self.find(profile.lab_id, profile.case_type)
            number = stored.version if stored else 0
            if number != profile.version - 1:
                raise StaleVersion(expected=profile.version - 1, actual=number)
            kept = [version]
            if before is not None and before.published_at is None:
                kept.append(ProfileVersion(profile=before))
            for each in kept:
                self._directory.profile_versions[profile.lab_id, profile.case_type, each.profile.version] = each
            self._directory.put(profile)
            self._memory.tell((), (event,))


class InMemoryOpenCases:
    """The ports ``OpenCases`` and ``Drafts``."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def prepared(self, lab_id: str, case_type: CaseType, *, limit: int) -> Page[str]:
        return self.page(lab_id, case_type, Part.PREPARED, after="", limit=limit)

    def page(self, lab_id: str, case_type: CaseType, part: Part, *, after: str, limit: int) -> Page[str]:
        read = [
            case
            for case_id, case in sorted(self._memory.cases.items())
            if case.lab_id == lab_id and case_id > after and _part_of(case) == part
            # What is prepared stands apart by type; what the lab knows does not, and is read and left out.
            if part is not Part.PREPARED or case.case_type is case_type
        ]
        found = tuple(case.case_id for case in read[:limit] if case.case_type is case_type)
        return Page(found, {"after": read[limit - 1].case_id} if len(read) > limit else None)

    def record(self, case: Case, entry: Activity, *events: Event) -> Recorded:
        memory = self._memory
        with memory.lock:
            if any((each.case_id, each.entry_id) == (entry.case_id, entry.entry_id) for each in memory.entries):
                return Recorded.TOLD_BEFORE
            stored = memory.cases[case.case_id]
            if (stored.version, stored.files_version) != (case.version, case.files_version):
                return Recorded.CASE_CHANGED
            memory.cases[case.case_id] = replace(
                stored, precheck_outcome=case.precheck_outcome, rules_fired=case.rules_fired
            )
            memory.tell((entry,), events)
            return Recorded.TOLD


def _part_of(case: Case) -> str:
    return case.status.value if case.is_known_to_lab else Part.PREPARED
