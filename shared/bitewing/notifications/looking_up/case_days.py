"""Case Days: what their team, their practice and their managers are told of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from bitewing.care_teams.care_team import CareTeam
from bitewing.care_teams.clinician import Clinician
from bitewing.care_teams.site import Site
from bitewing.case_days.case_day import Answer, CaseDay, Member
from bitewing.case_days.changes import ChangedField
from bitewing.case_days.feeds import FeedOwner
from bitewing.case_days.ics import day_event
from bitewing.case_days.status import CALLED_OFF, DayParty, DayStatus
from bitewing.cases.case import Case
from bitewing.kernel.caller import OrganizationKind
from bitewing.kernel.ics import Calendar, CalendarMethod, EventStatus, written
from bitewing.kernel.names import initials_of
from bitewing.notifications.fact import Fact
from bitewing.notifications.reminder import ReminderKind

CALENDAR_NAME: Final = "case-day.ics"
#: Which moves change what stands in calendars: also that a day which was confirmed is not any more.
_IN_CALENDARS: Final = frozenset({DayStatus.CONFIRMED, DayStatus.TENTATIVE, *CALLED_OFF})
#: What else changes it, of a day that is confirmed.
_WHEN: Final = frozenset({ChangedField.STARTS_AT, ChangedField.MINUTES})
#: What is said of another date than that of the day as it is now: who left its team is no part of what came after.
_OF_A_DATE_BEFORE: Final = frozenset({"TeamMemberRemoved", "TeamMemberDeclined"})
_DECISIONS: Final = {True: "approved", False: "refused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFound:
    """What was found of a Case Day, as it is now.

    Attributes:
        clinician: Whom the fact names.
        case: Whose work is needed on the day, where the fact names it.
    """

    day: CaseDay
    care_team: CareTeam | None = None
    clinician: Clinician | None = None
    case: Case | None = None

    def member(self, fact: Fact) -> Member | None:
        """Return the member whom a fact names; ``None`` where they are not on the team."""
        return self.day.member(fact.id_of("clinician_id"))


def is_still_so(fact: Fact, found: DayFound, *, now: datetime) -> bool:
    """Whether what a fact says of a Case Day is still so."""
    if fact.detail["on"] != found.day.on.isoformat() and fact.name not in _OF_A_DATE_BEFORE:
        # That it takes place on another date is told, and asks anew.
        return False
    still = _STILL.get(fact.name)
    return still is None or still(fact, found, now)


def values_of(fact: Fact, found: DayFound) -> dict[str, Any]:
    """Return what the fields of templates say of a Case Day.

    The code with which a text message is answered is of the message, and not known here.
    """
    day, detail, member = found.day, fact.detail, found.member(fact)
    previous_on, arrives_on = fact.id_of("previous_on"), fact.id_of("arrives_on")
    answer_due_at = fact.id_of("answer_due_at")
    is_approved = detail.get("is_approved")
    return {
        "practice": day.practice_name,
        "care_team": found.care_team.name if found.care_team is not None else "",
        "on": date.fromisoformat(detail["on"]),
        "starts_at": day.begins_at,
        "ends_at": day.ends_at,
        "previous_on": date.fromisoformat(previous_on) if previous_on else None,
        "clinician": found.clinician.name if found.clinician is not None else member.name if member is not None else "",
        "role": fact.id_of("role") or (member.role.value if member is not None else ""),
        "answer_due_at": datetime.fromisoformat(answer_due_at) if answer_due_at else _due_of(member),
        "fields": fact.ids_of("fields"),
        "decision": _DECISIONS[is_approved] if is_approved is not None else "",
        "rules": fact.ids_of("rules"),
        "patients": day.patients,
        "arrives_on": date.fromisoformat(arrives_on) if arrives_on else None,
        **(_of_case(found.case) if found.case is not None else {}),
    }


def has_calendar(fact: Fact, day: CaseDay) -> bool:
    """Whether a fact changes what stands in calendars: a day is confirmed, moved, at another time, or called off."""
    match fact.name:
        case "CaseDayRescheduled":
            return True
        case "CaseDayMoved":
            return fact.detail["to"] in _IN_CALENDARS
        case "CaseDayChanged" | "CaseDayChangeDecided":
            is_made = fact.detail.get("is_approved", True)
            return is_made and day.status is DayStatus.CONFIRMED and not _WHEN.isdisjoint(fact.ids_of("fields"))
    return False


def calendar_of(day: CaseDay, site: Site | None, *, reader: OrganizationKind) -> Calendar:
    """Return a day as a calendar file, as calendar feeds have it; canceled where it does not take place.

    Args:
        day: As it is now.
        site: Where it is; ``None`` where that is not known any more.
        reader: On whose side it is read.
    """
    party, owner_id = DayParty.MANAGER, day.care_team_id
    if reader is OrganizationKind.PRACTICE:
        party, owner_id = DayParty.PRACTICE, day.practice_id
    event = day_event(day, site, FeedOwner(party=party, owner_id=owner_id))
    if day.status not in CALLED_OFF:
        return written([event], product="Case Days")
    canceled = replace(event, status=EventStatus.CANCELLED)
    return written([canceled], product="Case Days", method=CalendarMethod.CANCEL)


def _of_case(case: Case) -> dict[str, Any]:
    return {"case_id": case.case_id, "initials": initials_of(case.packet.patient.name)}


def _due_of(member: Member | None) -> datetime | None:
    return member.answer_due_at if member is not None else None


# --- Whether it is still so -------------------------------------------------------------------------------------------

_Still = Callable[[Fact, DayFound, datetime], bool]


def _is_ahead(_: Fact, found: DayFound, __: datetime) -> bool:
    return found.day.is_ahead


def _takes_place(_: Fact, found: DayFound, __: datetime) -> bool:
    return found.day.status not in CALLED_OFF


def _comes(_: Fact, found: DayFound, now: datetime) -> bool:
    return found.day.is_ahead and now < found.day.begins_at


def _has_no_patients(fact: Fact, found: DayFound, now: datetime) -> bool:
    return found.day.patients == 0 and _comes(fact, found, now)


def _stands_where_it_moved(fact: Fact, found: DayFound, _: datetime) -> bool:
    return found.day.status is DayStatus(fact.detail["to"])


def _is_asked(fact: Fact, found: DayFound, _: datetime) -> bool:
    member, due_at = found.member(fact), fact.id_of("answer_due_at")
    if member is None or member.answer is not Answer.ASKED or not found.day.is_ahead:
        return False
    # Whoever was taken off and asked again hears of the last question.
    return not due_at or member.answer_due_at == datetime.fromisoformat(due_at)


def _can_answer(fact: Fact, found: DayFound, now: datetime) -> bool:
    member = found.member(fact)
    return _is_asked(fact, found, now) and member is not None and now < member.answer_due_at


def _has_accepted(fact: Fact, found: DayFound, _: datetime) -> bool:
    member = found.member(fact)
    return found.day.is_ahead and member is not None and member.answer is Answer.ACCEPTED


def _is_off(fact: Fact, found: DayFound, _: datetime) -> bool:
    return found.member(fact) is None


def _is_unfit(fact: Fact, found: DayFound, _: datetime) -> bool:
    member = found.member(fact)
    return found.day.is_ahead and member is not None and set(member.unfit_by) >= set(fact.ids_of("rules"))


def _is_undecided(_: Fact, found: DayFound, __: datetime) -> bool:
    return found.day.is_ahead and found.day.wanted is not None


def _is_unconfirmed(_: Fact, found: DayFound, __: datetime) -> bool:
    return found.day.status is DayStatus.TENTATIVE


def _is_confirmed_by_practice(_: Fact, found: DayFound, __: datetime) -> bool:
    return found.day.is_ahead and found.day.practice_confirmed_at is not None


def _work_is(*, is_late: bool) -> _Still:
    def still(_: Fact, found: DayFound, __: datetime) -> bool:
        linked = found.case.case_day if found.case is not None else None
        return linked is not None and linked.case_day_id == found.day.case_day_id and linked.is_late is is_late

    return still


_STILL: Final[Mapping[str, _Still]] = {
    "CaseDayCreated": _is_ahead,
    "CaseDayMoved": _stands_where_it_moved,
    "CaseDayRescheduled": _is_ahead,
    "CaseDayChanged": _takes_place,
    "CaseDayChangeWanted": _is_undecided,
    "CaseDayChangeDecided": _takes_place,
    "CaseDayNotConfirmed": _is_unconfirmed,
    "CaseDayPatientsChanged": _is_ahead,
    "CaseDayWorkLate": _work_is(is_late=True),
    "CaseDayWorkInTime": _work_is(is_late=False),
    "PracticeConfirmed": _is_confirmed_by_practice,
    "TeamMemberAsked": _is_asked,
    "TeamMemberAccepted": _has_accepted,
    "TeamMemberDeclined": _is_off,
    "TeamMemberRemoved": _is_off,
    "TeamMemberSilent": _is_asked,
    "TeamMemberUnfit": _is_unfit,
    ReminderKind.CASE_DAY_COMES: _comes,
    ReminderKind.PATIENTS_MISSING: _has_no_patients,
    ReminderKind.ANSWER_MISSING: _can_answer,
}
