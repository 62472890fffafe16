"""The use cases of changes: a practice edits its days by criteria that are data, a manager decides and reschedules."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bitewing.care_teams.site import Site
from bitewing.case_days.access import ensure_manager, ensure_manages, ensure_practice_or_manager
from bitewing.case_days.activity import DayDeed
from bitewing.case_days.case_day import CaseDay, Member, WantedChange
from bitewing.case_days.changes import ASKED_FOR, ChangeCriteria, ChangedField, DayEdit, ensure_criteria
from bitewing.case_days.changing import (
    Actor,
    Changing,
    Deed,
    JudgedTeam,
    asked_again,
    members_of,
    moved_details,
    tell_moved,
)
from bitewing.case_days.edits import applied, decides_about_patients, ensure_patients_fit, judged, really
from bitewing.case_days.events import (
    CaseDayChanged,
    CaseDayChangeDecided,
    CaseDayChangeWanted,
    CaseDayRescheduled,
    TeamMemberRemoved,
)
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.telling import Telling
from bitewing.case_days.values import ensure_day, ensure_place, is_over
from bitewing.kernel.caller import Caller
from bitewing.kernel.errors import ChangesRefused, FieldError, InvalidInput, Unknown
from bitewing.kernel.versions import ensure_version
from bitewing.scheduling.period import SchedulingPeriod


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changed:
    """A day with an edit, and what becomes of its team.

    Attributes:
        team: How it was judged; ``None`` where the edit decides nothing about it.
        released: Who was on it before, and cannot be any more.
        site: Where its new date was found to be possible; ``None`` where the date stays.
        period: To which its new date belongs; ``None`` where the date stays, or belongs to none.
    """

    day: CaseDay
    team: JudgedTeam | None
    released: tuple[Member, ...]
    site: Site | None = None
    period: SchedulingPeriod | None = None

    @property
    def judgement(self) -> dict[str, Any]:
        if self.team is None:
            return {}
        return {
            "judged": self.team.judged,
            "preferences": self.team.preferences,
            "site": self.site,
            "period": self.period,
        }


class ChangesService(Changing):
    """Changes Case Days that exist."""

    def edit(self, caller: Caller, case_day_id: str, edit: DayEdit, *, expected_version: int) -> CaseDay:
        """Change a day, as its practice or as a manager; what is so already is no change.

        What a manager changes applies at once. What a practice changes of a confirmed day applies at once, waits for a
        manager or is refused, as the criteria of the care team say; one refused field refuses all. What waits replaces
        what the practice wanted before of the same fields, and a field that it sets back is wanted no more.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is a clinician.
            StaleVersion: The day has another version.
            CaseDayClosed: The day has begun, or will not take place.
            InvalidInput: A value is none, patients who are assigned would not fit any more, or a manager names another
                date, for which the day is rescheduled.
            ChangesRefused: The care team does not take a change by itself, or the date is over.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._edit(caller, case_day_id, edit, expected_version))

    def decide(
        self, caller: Caller, case_day_id: str, *, is_approved: bool, reason: str = "", expected_version: int
    ) -> CaseDay:
        """Approve or refuse what the practice wants to be changed.

        Another date reschedules the day. With other patients, members who lack a skill leave the team.

        Raises:
            Unknown: There is no such day for this caller, or nothing is wanted.
            RoleNotAllowed: The caller is no manager.
            StaleVersion: The day has another version.
            CaseDayClosed: The day has begun, or will not take place.
            InvalidInput: The site cannot have the day, or patients who are assigned would not fit any more.
            DateTaken: The practice has another day on the date.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(
            lambda: self._decide(caller, case_day_id, expected_version, is_approved=is_approved, reason=reason)
        )

    def reschedule(self, caller: Caller, case_day_id: str, on: date, *, expected_version: int) -> CaseDay:
        """Move a day to another date; to its own, and nothing changes.

        Members who can make the date stay, and are asked again: hard rules that were set aside for the date before
        count for this one. The others are released. The day is tentative, and its practice confirms it anew. Outside of
        its period it belongs to none.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is no manager.
            StaleVersion: The day has another version.
            CaseDayClosed: The day has begun, or will not take place.
            InvalidInput: The date is over, the site cannot have the day on it, or patients who are assigned would not
                fit any more.
            DateTaken: The practice has another day on the date.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._reschedule(caller, case_day_id, on, expected_version))

    def criteria(self, caller: Caller) -> ChangeCriteria:
        """Return what the caller's care team has set about changes; of version 0 where that is nothing.

        Raises:
            RoleNotAllowed: The caller is no manager.
        """
        ensure_manager(caller)
        return self._criteria(caller.organization_id)

    def set_criteria(self, caller: Caller, criteria: ChangeCriteria, *, expected_version: int) -> ChangeCriteria:
        """Set what becomes of changes from now on, whole; the same again is no new version.

        Raises:
            RoleNotAllowed: The caller is no manager.
            StaleVersion: Another version is stored.
            InvalidInput: They could not be kept.
        """
        stored = self.criteria(caller)
        ensure_version(stored.version, expected=expected_version)
        wanted = replace(criteria, care_team_id=stored.care_team_id, version=stored.version)
        ensure_criteria(wanted)
        if wanted == stored:
            return stored
        after = replace(wanted, version=stored.version + 1)
        self._days.set_criteria(after)
        return after

    def _criteria(self, care_team_id: str) -> ChangeCriteria:
        return self._days.criteria(care_team_id) or ChangeCriteria(care_team_id=care_team_id)

    def _edit(self, caller: Caller, case_day_id: str, edit: DayEdit, expected_version: int) -> CaseDay:
        now = self._now()
        day, party = ensure_practice_or_manager(self._days.find(case_day_id), caller)
        ensure_version(day.version, expected=expected_version)
        day.ensure_ahead(now)
        ensure_day(_as_said(day, edit))
        if party is DayParty.MANAGER:
            return self._edit_as_manager(caller, day, edit, now=now)
        outcome = judged(day, edit, self._criteria(day.care_team_id), now=now)
        if outcome.refused:
            raise ChangesRefused(outcome.refused)
        earlier = day.wanted.edit if day.wanted else DayEdit()
        wanted = outcome.waits.over(earlier.only(set(ChangedField) - set(edit.fields)))
        if not outcome.applied.fields and wanted == earlier:
            return day
        changed = self._with(day, outcome.applied, party=party, now=now)
        after, deeds = changed.day, list[Deed]()
        if wanted != earlier:
            asked = WantedChange(edit=wanted, asked_at=now, asked_by=caller.user_id)
            after = replace(after, wanted=asked if wanted.fields else None)
            deeds.append((DayDeed.CHANGE_WANTED, _fields(wanted)))
        telling = Telling(after, at=now)
        if wanted != earlier:
            telling.tell(CaseDayChangeWanted, managers=True, fields=wanted.fields)
        if outcome.applied.fields:
            deeds.append((DayDeed.CHANGED, _fields(outcome.applied)))
            _tell_changed(telling, day, after, outcome.applied, by=party)
        return self.store(after, before=day, actor=Actor.of(party, caller), deeds=deeds, telling=telling)

    def _edit_as_manager(self, caller: Caller, day: CaseDay, edit: DayEdit, *, now: datetime) -> CaseDay:
        if edit.on is not None:
            raise InvalidInput(FieldError("/on", "Reschedule the day: its team is asked again."))
        edit = really(day, edit)
        if not edit.fields:
            return day
        changed = self._with(day, edit, party=DayParty.MANAGER, now=now)
        after = replace(changed.day, wanted=_without(day.wanted, edit))
        telling = Telling(after, at=now)
        _tell_released(telling, changed.released)
        _tell_changed(telling, day, after, edit, by=DayParty.MANAGER)
        tell_moved(telling, day, after, by=DayParty.MANAGER)
        return self.store(
            after,
            before=day,
            actor=Actor.of(DayParty.MANAGER, caller),
            deeds=[(DayDeed.CHANGED, _fields(edit)), *_released(changed.released), *moved_details(day, after)],
            telling=telling,
            **changed.judgement,
        )

    def _decide(
        self, caller: Caller, case_day_id: str, expected_version: int, *, is_approved: bool, reason: str
    ) -> CaseDay:
        now = self._now()
        day = ensure_manages(self._days.find(case_day_id), caller)
        ensure_version(day.version, expected=expected_version)
        if day.wanted is None:
            raise Unknown("wanted change")
        day.ensure_ahead(now)
        edit = day.wanted.edit
        details = _fields(edit) | ({"reason": reason.strip()} if reason.strip() else {})
        actor = Actor.of(DayParty.MANAGER, caller)
        if not is_approved:
            after = day.changed(wanted=None)
            telling = Telling(after, at=now)
            telling.tell(CaseDayChangeDecided, practice=True, fields=edit.fields, is_approved=False)
            return self.store(
                after, before=day, actor=actor, deeds=[(DayDeed.CHANGE_REFUSED, details)], telling=telling
            )
        ensure_day(_as_said(day, edit))
        changed = self._with(day, edit, party=DayParty.MANAGER, now=now)
        after = replace(changed.day, wanted=None)
        telling = Telling(after, at=now)
        if after.on == day.on:
            _tell_released(telling, changed.released)
        else:
            _tell_rescheduled(telling, day, after, changed, practice=False)
        told = members_of(after) if _concerns_team(day, edit) else ()
        telling.tell(CaseDayChangeDecided, clinicians=told, practice=True, fields=edit.fields, is_approved=True)
        tell_moved(telling, day, after, by=DayParty.MANAGER)
        return self.store(
            after,
            before=day,
            actor=actor,
            deeds=[(DayDeed.CHANGE_APPROVED, details), *_released(changed.released), *moved_details(day, after)],
            telling=telling,
            **changed.judgement,
        )

    def _reschedule(self, caller: Caller, case_day_id: str, on: date, expected_version: int) -> CaseDay:
        now = self._now()
        day = ensure_manages(self._days.find(case_day_id), caller)
        ensure_version(day.version, expected=expected_version)
        day.ensure_ahead(now)
        if on == day.on:
            return day
        edit = DayEdit(on=on)
        ensure_day(_as_said(day, edit))
        changed = self._with(day, edit, party=DayParty.MANAGER, now=now)
        after = replace(changed.day, wanted=_without(day.wanted, edit))
        telling = Telling(after, at=now)
        _tell_rescheduled(telling, day, after, changed, practice=True)
        tell_moved(telling, day, after, by=DayParty.MANAGER)
        details = {"from": day.on.isoformat(), "to": on.isoformat()}
        return self.store(
            after,
            before=day,
            actor=Actor.of(DayParty.MANAGER, caller),
            deeds=[(DayDeed.RESCHEDULED, details), *_released(changed.released), *moved_details(day, after)],
            telling=telling,
            **changed.judgement,
        )

    def _with(self, day: CaseDay, edit: DayEdit, *, party: DayParty, now: datetime) -> _Changed:
        """Return the next version of a day with an edit that is approved, and what becomes of its team.

        Raises:
            InvalidInput: The day would have begun, the site cannot have it, or patients who are assigned would not fit.
        """
        after = applied(day, edit, by=party)
        if day.patients and decides_about_patients(edit):
            on_its_date = replace(after, on=edit.on or after.on)
            ensure_patients_fit(on_its_date, edit, self._days.patients(day.case_day_id))
        if edit.on is not None:
            return self._on_date(day, after, edit.on, now=now)
        if edit.starts_at is not None and is_over(after, now=now):
            raise InvalidInput(FieldError("/starts_at", "This time is over."))
        if edit.kind is None:
            return _Changed(day=after, team=None, released=())
        team = self.judged_team(after, is_moved=False)
        released = tuple(each for each in day.team if each.clinician_id in team.broken)
        if released:
            after = replace(after.without(*team.broken), version=after.version)
        return _Changed(day=after, team=team, released=released)

    def _on_date(self, before: CaseDay, day: CaseDay, on: date, *, now: datetime) -> _Changed:
        site = self.site(day)
        care_team = self.care_team(day.care_team_id)
        period = self._period_on(day, on)
        moved = replace(
            day.without(),
            version=day.version,
            on=on,
            period_id=period.period_id if period else None,
            declined=frozenset(),
            practice_confirmed_at=None,
            practice_confirmed_by=None,
        )
        ensure_place(moved, site, care_team, now=now)
        team = self.judged_team(moved, is_moved=True)
        due_at = self.due_at(moved, care_team, at=now)
        kept = tuple(asked_again(each, at=now, due_at=due_at) for each in team.kept)
        released = tuple(each for each in before.team if each.clinician_id in team.broken)
        return _Changed(day=replace(moved, team=kept), team=team, released=released, site=site, period=period)

    def _period_on(self, day: CaseDay, on: date) -> SchedulingPeriod | None:
        """Return the period of a day on another date: none outside of its own."""
        period = self._roster.period(day.care_team_id, day.period_id) if day.period_id else None
        return period if period is not None and period.has(on) else None


def _as_said(day: CaseDay, edit: DayEdit) -> CaseDay:
    """Return a day as an edit would make it, whoever decides; only its values are looked at."""
    return replace(applied(day, edit, by=DayParty.PRACTICE), on=edit.on or day.on)


def _without(wanted: WantedChange | None, edit: DayEdit) -> WantedChange | None:
    """Return what a practice still wants after a manager has changed some of it."""
    if wanted is None:
        return None
    left = wanted.edit.only(set(wanted.edit.fields) - set(edit.fields))
    return replace(wanted, edit=left) if left.fields else None


def _concerns_team(day: CaseDay, edit: DayEdit) -> bool:
    """Whether members are told: of every change of a confirmed day, and of what they were asked for."""
    return day.status is DayStatus.CONFIRMED or bool(ASKED_FOR & set(edit.fields))


def _tell_changed(telling: Telling, before: CaseDay, day: CaseDay, edit: DayEdit, *, by: DayParty) -> None:
    told = members_of(day) if _concerns_team(before, edit) else ()
    by_practice = by is DayParty.PRACTICE
    telling.tell(
        CaseDayChanged, clinicians=told, practice=not by_practice, managers=by_practice, fields=edit.fields, by=by
    )


def _tell_released(telling: Telling, released: tuple[Member, ...]) -> None:
    for each in released:
        telling.tell(TeamMemberRemoved, clinicians=[each.clinician_id], clinician_id=each.clinician_id, role=each.role)


def _tell_rescheduled(telling: Telling, before: CaseDay, day: CaseDay, changed: _Changed, *, practice: bool) -> None:
    released = tuple(each.clinician_id for each in changed.released)
    telling.tell(
        CaseDayRescheduled,
        clinicians=(*members_of(day), *released),
        practice=practice,
        previous_on=before.on,
        kept=members_of(day),
        released=released,
    )


def _released(released: tuple[Member, ...]) -> list[Deed]:
    return [(DayDeed.MEMBER_REMOVED, {"role": each.role.value, "clinician_id": each.clinician_id}) for each in released]


def _fields(edit: DayEdit) -> dict[str, str]:
    """Return what the history says of an edit: which fields, and nothing of what stands in them."""
    return {"fields": ", ".join(edit.fields)}
