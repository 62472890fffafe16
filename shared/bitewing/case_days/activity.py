"""The history of a Case Day: who did what, and when. It is only ever added to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from bitewing.case_days.status import DayParty

#: What the name of a detail begins with that says why a hard rule was set aside; the code of the rule follows.
OVERRIDE: Final = "override_"
#: The detail that names a member.
_CLINICIAN: Final = "clinician_id"


class DayDeed(StrEnum):
    """What can have happened to a Case Day."""

    CREATED = "created"
    MEMBER_ASKED = "member_asked"
    RULES_SET_ASIDE = "rules_set_aside"
    MEMBER_REMOVED = "member_removed"
    MEMBER_ACCEPTED = "member_accepted"
    MEMBER_DECLINED = "member_declined"
    MEMBER_SILENT = "member_silent"
    MEMBER_UNFIT = "member_unfit"
    MOVED = "moved"
    PRACTICE_CONFIRMED = "practice_confirmed"
    CHANGED = "changed"
    CHANGE_WANTED = "change_wanted"
    CHANGE_APPROVED = "change_approved"
    CHANGE_REFUSED = "change_refused"
    NOT_CONFIRMED = "not_confirmed"
    RESCHEDULED = "rescheduled"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    PATIENTS_CHANGED = "patients_changed"


#: What nobody else reads.
_OF_MANAGERS: Final = frozenset({DayDeed.RULES_SET_ASIDE, DayDeed.MEMBER_UNFIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class DayActivity:
    """One entry of a Case Day's history.

    Attributes:
        entry_id: Ascending with time.
        by: On whose side it was done.
        user_id: The person, or ``None`` for the system.
        details: What changed: roles, clinicians, statuses, dates, names of fields; reasons of a manager. Nothing of a
            patient.
    """

    entry_id: str
    case_day_id: str
    at: datetime
    by: DayParty
    user_id: str | None
    deed: DayDeed
    details: Mapping[str, str] = field(default_factory=dict)


def shown_to(party: DayParty, entries: Iterable[DayActivity]) -> Iterator[DayActivity]:
    """Yield entries as a side reads them.

    The managers' own is who declined, which rules somebody breaks, or were set aside for whom, and why.
    """
    for entry in entries:
        if party is DayParty.MANAGER:
            yield entry
        elif entry.deed not in _OF_MANAGERS:
            yield _without_what_is_managers_own(entry)


def _without_what_is_managers_own(entry: DayActivity) -> DayActivity:
    has_declined = entry.deed is DayDeed.MEMBER_DECLINED
    details = {
        name: said
        for name, said in entry.details.items()
        if not name.startswith(OVERRIDE) and not (has_declined and name == _CLINICIAN)
    }
    # Who declines a confirmed day makes it tentative: that entry, too, would name them.
    return replace(entry, details=details, user_id=None if entry.by is DayParty.CLINICIAN else entry.user_id)
