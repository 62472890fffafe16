"""Requirement profiles and what is prepared by them, kept in the table."""

from typing import Final

from bitewing.aws import keys
from bitewing.aws.outbox import announced
from bitewing.aws.schemas import read_record, record
from bitewing.aws.table import IS_NEW, Condition, ConditionsFailed, Put, Table, Write, is_version
from bitewing.cases.activity import Activity
from bitewing.cases.attention import attention_key
from bitewing.cases.case import Case
from bitewing.cases.status import Party, Status
from bitewing.cases.store import check_of, told
from bitewing.kernel.events import Event
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.wire import LAB_ATTENTION_INDEX
from bitewing.requirements.case_types import CaseType
from bitewing.requirements.events import ProfilePublished
from bitewing.requirements.profile import ProfileVersion, RequirementProfile
from bitewing.requirements.recheck import Part, Recorded

#: What a position among what a lab archived begins with; no id does.
_ARCHIVED: Final = "#"


class TableProfiles:
    """Keeps the port :class:`bitewing.requirements.service.Profiles` over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, lab_id: str, case_type: CaseType) -> RequirementProfile | None:
        """Return the profile in force."""
        item = self._table.get(keys.profile(lab_id, case_type))
        return None if item is None else read_record(RequirementProfile, item)

    def of_lab(self, lab_id: str) -> tuple[RequirementProfile, ...]:
        """Return a lab's profiles in force, by case type."""
        items = self._table.partition(keys.lab_partition(lab_id), prefix=keys.PROFILE_PREFIX)
        return tuple(read_record(RequirementProfile, item) for item in items)

    def version(self, lab_id: str, case_type: CaseType, number: int) -> ProfileVersion | None:
        """Return one version of a profile, if it was published."""
        item = self._table.get(keys.profile_version(lab_id, case_type, number))
        return None if item is None else read_record(ProfileVersion, item)

    def versions(self, lab_id: str, case_type: CaseType, *, limit: int, start: Position | None) -> Page[ProfileVersion]:
        """Return one page of the versions of a profile, the newest first; one request."""
        page = self._table.query(
            keys.lab_partition(lab_id),
            prefix=keys.profile_version_prefix(case_type),
            limit=limit,
            start=start,
            is_backward=True,
        )
        return Page(tuple(read_record(ProfileVersion, item) for item in page.things), page.next)

    def publish(self, version: ProfileVersion, event: ProfilePublished, *, before: RequirementProfile | None) -> None:
        """Put a version in force, if ``before`` still is; keep it, and ``before`` where nobody published that."""
        profile = version.profile
        writes: list[Write] = [
            Put(
                key=keys.profile(profile.lab_id, profile.case_type),
                values=record(profile),
                condition=IS_NEW if before is None else is_version(profile.version - 1),
            ),
            _kept(version),
        ]
        if before is not None and before.published_at is None:
            writes.append(_kept(ProfileVersion(profile=before)))
        try:
            self._table.write([*writes, *announced([event])])
        except ConditionsFailed as error:
            raise error.stale(expected=profile.version - 1) from error


class TableOpenCases:
    """Keeps the ports of :mod:`bitewing.requirements.recheck` and ``Drafts`` of the service over the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def prepared(self, lab_id: str, case_type: CaseType, *, limit: int) -> Page[str]:
        """Return ids of cases that the lab does not know yet; one request."""
        return self.page(lab_id, case_type, Part.PREPARED, after="", limit=limit)

    def page(self, lab_id: str, case_type: CaseType, part: Part, *, after: str, limit: int) -> Page[str]:
        """Return ids of cases of one part, from one request; it reads at most ``limit`` cases."""
        is_archived, after = after.startswith(_ARCHIVED), after.removeprefix(_ARCHIVED)
        if part is Part.PREPARED:
            pk, prefix, keep = keys.prepared_partition(lab_id, case_type), "", None
        else:
            # None of these is due, so that all of one status stand together, in the order of their ids.
            pk = keys.listed_partition("lab", lab_id, is_archived=is_archived)
            prefix = attention_key(Party.LAB, Status(part), due_on=None, case_id="")
            # Cases that were stored before they had a row are of any type; who checks them reads them.
            of_type = "attribute_not_exists(#row) OR #row.#case_type = :type"
            keep = Condition(expression=of_type, values={"type": case_type.value})
        start = None
        if after:
            start = keys.case(after) | {
                f"{LAB_ATTENTION_INDEX}_pk": pk,
                f"{LAB_ATTENTION_INDEX}_sk": f"{prefix}{after}",
            }
        page = self._table.query(pk, prefix=prefix, index=LAB_ATTENTION_INDEX, limit=limit, start=start, keep=keep)
        if page.next is not None:
            following = (_ARCHIVED if is_archived else "") + keys.case_id_in(page.next)
        else:
            # What the lab took off its list is prepared all the same, and comes after the others.
            following = _ARCHIVED if part is not Part.PREPARED and not is_archived else ""
        return Page(tuple(map(keys.case_id_in, page.things)), {"after": following} if following else None)

    def record(self, case: Case, entry: Activity, *events: Event) -> Recorded:
        """Store what other requirements make of a case, unless that was done before or the case changed."""
        try:
            self._table.write([check_of(case), *told([entry], events)])
        except ConditionsFailed as error:
            return Recorded.CASE_CHANGED if error.stored[1] is None else Recorded.TOLD_BEFORE
        return Recorded.TOLD


def _kept(version: ProfileVersion) -> Put:
    profile = version.profile
    return Put(key=keys.profile_version(profile.lab_id, profile.case_type, profile.version), values=record(version))
