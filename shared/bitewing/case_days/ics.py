"""Case Days for calendars. They are given to whoever has the address: nothing of a patient, and no text of a person.

What a practice writes of a day (its note, where the team comes in, whom it asks for) stays in the portal.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from bitewing.care_teams.site import Site
from bitewing.case_days.case_day import Answer, CaseDay, Member
from bitewing.case_days.feeds import FeedOwner
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.kernel.ics import CalendarEvent, EventStatus

_SAYS: Final[Mapping[str, str]] = {
    "confirmation": "the confirmation of the care team",
    "practice": "the confirmation of the practice",
    "patients": "the patients",
}


def day_event(day: CaseDay, site: Site | None, owner: FeedOwner) -> CalendarEvent:
    """Return a day as it stands in the calendar of a clinician or a practice.

    Args:
        day: It takes place or did, as far as anybody said.
        site: Where; ``None`` where that is not known any more.
        owner: Whose calendar it is.
    """
    is_sure = day.status is not DayStatus.TENTATIVE
    return CalendarEvent(
        uid=f"{day.case_day_id}@bitewing",
        sequence=day.version - 1,
        told_at=_told_at(day),
        starts_at=day.begins_at,
        ends_at=day.ends_at,
        title=_title(day, owner) + ("" if is_sure else " (not confirmed)"),
        description="\n".join(_lines(day, owner)),
        location=f"{site.name}, {site.address}" if site else day.practice_name,
        status=EventStatus.CONFIRMED if is_sure else EventStatus.TENTATIVE,
    )


def _title(day: CaseDay, owner: FeedOwner) -> str:
    member = _own(day, owner)
    return f"Case Day: {day.practice_name}, {member.role}" if member else f"Case Day: {day.practice_name}"


def _lines(day: CaseDay, owner: FeedOwner) -> Iterator[str]:
    member = _own(day, owner)
    if member is not None and member.answer is Answer.ASKED and day.is_ahead:
        yield "You are asked to accept."
    if day.team:
        yield f"Team: {', '.join(f'{each.name} ({each.role})' for each in sorted(day.team, key=_by_role))}"
    if day.is_ahead and (missing := [_said(each) for each in day.missing()]):
        yield f"Missing: {', '.join(missing)}"


def _said(missing: str) -> str:
    if missing in _SAYS:
        return _SAYS[missing]
    role, _, what = missing.partition("_")
    return f"the answer of the {role}" if what else f"a {role}" if role != "anesthesiologist" else f"an {role}"


def _own(day: CaseDay, owner: FeedOwner) -> Member | None:
    return day.member(owner.owner_id) if owner.party is DayParty.CLINICIAN else None


def _by_role(member: Member) -> str:
    return member.role.value


def _told_at(day: CaseDay) -> datetime:
    """Return the last moment that a day itself names: the same day is written the same, whenever it is read."""
    moments = [day.created_at, day.confirmed_at, day.practice_confirmed_at]
    for member in day.team:
        moments += [member.asked_at, member.answered_at]
    return max(each for each in moments if each is not None)
