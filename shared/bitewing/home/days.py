"""Case Days as people of a care team see them first: those that come next, and those that wait for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bitewing.care_teams.care_team import TEAM_ROLES
from bitewing.case_days.case_day import Answer, CaseDay, Member
from bitewing.case_days.status import IS_AHEAD, DayStatus

#: Days that are not over, as far as anybody said.
_TAKES_PLACE: Final = IS_AHEAD | {DayStatus.IN_PROGRESS}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDay:
    """A Case Day as somebody of its care team sees it first.

    Attributes:
        own: The reader's place on its team; ``None`` where they have none.
        waits_for: What the reader has to do, as codes: ``answer``, whether they come; and for managers a role that
            nobody has, a role with ``_answer`` whose member was silent for too long, ``confirmation`` of a day whose
            team has accepted, ``wanted_change`` of the practice.
    """

    day: CaseDay
    own: Member | None
    waits_for: tuple[str, ...]

    @classmethod
    def of(cls, day: CaseDay, reader_id: str, *, is_manager: bool) -> "NextDay":
        """Return a day as a reader sees it."""
        own = day.member(reader_id)
        waits_for = _waits_for(day, own, is_manager=is_manager) if day.is_ahead else ()
        return cls(day=day, own=own, waits_for=tuple(waits_for))


def is_next(day: CaseDay, at: datetime) -> bool:
    """Whether a day is still to take place, or takes place now."""
    return day.status in _TAKES_PLACE and day.ends_at > at


def _waits_for(day: CaseDay, own: Member | None, *, is_manager: bool) -> Iterator[str]:
    if own is not None and own.answer is Answer.ASKED:
        yield "answer"
    if not is_manager:
        return
    for role in TEAM_ROLES:
        if (member := day.of_role(role)) is None:
            yield role.value
        elif member.answer is Answer.ASKED and member.silent_at is not None:
            yield f"{role}_answer"
    if day.status is DayStatus.TENTATIVE and day.has_accepted:
        yield "confirmation"
    if day.wanted is not None:
        yield "wanted_change"
