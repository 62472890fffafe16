"""The use cases of Case Days that exist: they are read, confirmed by both sides, called off, and take place."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from bitewing.care_teams.site import Site
from bitewing.case_days.access import (
    day_party_of,
    ensure_day_visible,
    ensure_manages,
    ensure_practice_or_manager,
)
from bitewing.case_days.activity import DayActivity, DayDeed, shown_to
from bitewing.case_days.case_day import CaseDay, Details
from bitewing.case_days.changing import (
    Actor,
    Changing,
    Deed,
    moved_details,
    tell_moved,
)
from bitewing.case_days.events import CaseDayChangeDecided, CaseDayMoved, CaseDayNotConfirmed, PracticeConfirmed
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.telling import Telling
from bitewing.case_days.today import today_of
from bitewing.kernel.caller import PRACTICE_ROLES, Caller
from bitewing.kernel.errors import (
    DayNotBegun,
    FieldError,
    HardRulesBroken,
    InvalidInput,
    RoleNotAllowed,
    TeamNotReady,
)
from bitewing.kernel.pages import Page, Position
from bitewing.kernel.versions import ensure_version

#: How many days a list spans, at most.
MAX_LISTED_DAYS: Final = 366
#: How many it spans where its end is not named.
_LISTED: Final = timedelta(days=90)
_UNCONFIRMED: Final[dict[str, Any]] = {"confirmed_at": None, "confirmed_by": None, "agreed": None, "wanted": None}


class DayService(Changing):
    """Keeps Case Days."""

    def read(self, caller: Caller, case_day_id: str) -> CaseDay:
        """Return a day.

        Raises:
            RoleNotAllowed: The caller works in no practice and no care team.
            Unknown: There is no such day for this caller.
        """
        return ensure_day_visible(self._days.find(case_day_id), caller)

    def activity(self, caller: Caller, case_day_id: str, *, limit: int, start: Position | None) -> Page[DayActivity]:
        """Return one page of a day's history, the newest entry first, as far as it concerns the caller's side.

        Raises:
            RoleNotAllowed: The caller is neither of its practice nor a manager.
            Unknown: There is no such day for this caller.
        """
        _, party = ensure_practice_or_manager(self._days.find(case_day_id), caller)
        page = self._days.activity(case_day_id, limit=limit, start=start)
        return Page(tuple(shown_to(party, page.things)), page.next)

    def listed(
        self, caller: Caller, *, first: date | None, last: date | None, limit: int, start: Position | None
    ) -> Page[CaseDay]:
        """Return one page of the caller's days in a span, by date.

        A practice has its own, a manager those of the care team, a clinician those on whose team they are.

        Args:
            caller: Who calls.
            first: The first date; ``None``: today, where the care team or the practice is.
            last: The last date; ``None``: 90 days later.
            limit: How many a page has at most.
            start: Where the page before ended.

        Raises:
            RoleNotAllowed: The caller works in no practice and no care team.
            InvalidInput: The span ends before it begins, or is too long.
        """
        party = day_party_of(caller)
        first = first or today_of(caller, self._roster, now=self._now())
        last = last or first + min(_LISTED, date.max - first)
        if not 0 <= (last - first).days < MAX_LISTED_DAYS:
            raise InvalidInput(FieldError("to", f"Name the same day or a later one: up to {MAX_LISTED_DAYS} days."))
        owner_id = caller.user_id if party is DayParty.CLINICIAN else caller.organization_id
        return self._days.listed(party, owner_id, first=first, last=last, limit=limit, start=start)

    def confirm(self, caller: Caller, case_day_id: str, *, expected_version: int) -> CaseDay:
        """Confirm a day whose complete team has accepted; a confirmed one, and nothing changes.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is no manager.
            StaleVersion: The day has another version.
            CaseDayClosed: The day has begun, or will not take place.
            TeamNotReady: Somebody is missing, or has not accepted.
            HardRulesBroken: Somebody cannot be on the team any more, or the site is closed or has no permit any more.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._confirm(caller, case_day_id, expected_version))

    def confirm_details(self, caller: Caller, case_day_id: str, *, expected_version: int) -> CaseDay:
        """Record that the practice confirms the details of a day; again, and nothing changes.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is not of its practice.
            StaleVersion: The day has another version.
            CaseDayClosed: The day has begun, or will not take place.
            InvalidInput: Nothing is said of where the team comes in, or whom it asks for.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._confirm_details(caller, case_day_id, expected_version))

    def cancel(self, caller: Caller, case_day_id: str, *, reason: str, expected_version: int) -> CaseDay:
        """Call a day off, as its practice or as a manager; its team is free again, and so is the date.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is a clinician.
            StaleVersion: The day has another version.
            DayMoveNotAllowed: The day is over, or called off already.
            CaseDayClosed: The day has begun, and the caller is of its practice.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._cancel(caller, case_day_id, reason, expected_version))

    def reject(self, caller: Caller, case_day_id: str, *, reason: str, expected_version: int) -> CaseDay:
        """Reject a day, with a reason that its practice reads; its team is free again, and so is the date.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is no manager.
            StaleVersion: The day has another version.
            InvalidInput: No reason is given.
            DayMoveNotAllowed: The day is over, or called off already.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._reject(caller, case_day_id, reason, expected_version))

    def lock(self, caller: Caller, case_day_id: str, *, is_locked: bool, expected_version: int) -> CaseDay:
        """Say whether matching keeps a day as it is; as it is already, and nothing changes.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is no manager.
            StaleVersion: The day has another version.
            CaseDayClosed: The day has begun, or will not take place.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._lock(caller, case_day_id, expected_version, is_locked=is_locked))

    def begin(self, caller: Caller, case_day_id: str, *, expected_version: int) -> CaseDay:
        """Record that a confirmed day has begun, before the system does.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is no manager.
            StaleVersion: The day has another version.
            DayNotBegun: It begins later.
            DayMoveNotAllowed: It is not confirmed.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._take_place(caller, case_day_id, DayStatus.IN_PROGRESS, expected_version))

    def complete(self, caller: Caller, case_day_id: str, *, expected_version: int) -> CaseDay:
        """Record that a day in progress is over, also before its end.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is no manager.
            StaleVersion: The day has another version.
            DayNotBegun: It begins later.
            DayMoveNotAllowed: It is not in progress.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._take_place(caller, case_day_id, DayStatus.COMPLETED, expected_version))

    def advance(self, case_day_id: str) -> CaseDay | None:
        """Let time pass for a day: a confirmed one begins when it is time, and one in progress ends.

        A tentative one stays, for a manager to call it off, and the managers hear of it. What a practice wanted to be
        changed and nobody decided on is wanted no more.

        Late, twice, or for a day that was called off or moved, it changes nothing.

        Returns:
            The day as it is then; ``None`` where there is none.

        Raises:
            RequestInProgress: Others kept changing the same at this moment.
        """
        day = self._days.find(case_day_id)
        while day is not None and _is_due(day, now=self._now()):
            day = self.in_tries(lambda: self._advance(case_day_id))
        return day

    def _confirm(self, caller: Caller, case_day_id: str, expected_version: int) -> CaseDay:
        now = self._now()
        day = ensure_manages(self._days.find(case_day_id), caller)
        ensure_version(day.version, expected=expected_version)
        day.ensure_ahead(now)
        if day.status is DayStatus.CONFIRMED:
            return day
        if missing := tuple(day.missing_of_team()):
            raise TeamNotReady(missing)
        site = self.site(day)
        _ensure_open(site, day.on)
        team = self.ensure_still_allowed(day)
        after = replace(
            day.moved_to(DayStatus.CONFIRMED, by=DayParty.MANAGER),
            confirmed_at=now,
            confirmed_by=caller.user_id,
            agreed=day.hours,
            team=tuple(replace(each, unfit_by=()) for each in day.team),
        )
        judged = {"judged": team.judged, "preferences": team.preferences, "site": site}
        return self._moved(caller, day, after, DayParty.MANAGER, **judged)

    def _confirm_details(self, caller: Caller, case_day_id: str, expected_version: int) -> CaseDay:
        now = self._now()
        day = ensure_day_visible(self._days.find(case_day_id), caller)
        if day_party_of(caller) is not DayParty.PRACTICE:
            raise RoleNotAllowed(PRACTICE_ROLES)
        ensure_version(day.version, expected=expected_version)
        day.ensure_ahead(now)
        if day.practice_confirmed_at is not None:
            return day
        _ensure_details(day.details)
        after = day.changed(practice_confirmed_at=now, practice_confirmed_by=caller.user_id)
        telling = Telling(after, at=now)
        telling.tell(PracticeConfirmed, managers=True)
        return self.store(
            after,
            before=day,
            actor=Actor.of(DayParty.PRACTICE, caller),
            deeds=[(DayDeed.PRACTICE_CONFIRMED, {})],
            telling=telling,
        )

    def _cancel(self, caller: Caller, case_day_id: str, reason: str, expected_version: int) -> CaseDay:
        day, party = ensure_practice_or_manager(self._days.find(case_day_id), caller)
        ensure_version(day.version, expected=expected_version)
        after = day.moved_to(DayStatus.CANCELLED, by=party, reason=reason.strip())
        if party is DayParty.PRACTICE:
            day.ensure_ahead(self._now())
        return self._moved(caller, day, replace(after, **_UNCONFIRMED), party)

    def _reject(self, caller: Caller, case_day_id: str, reason: str, expected_version: int) -> CaseDay:
        day = ensure_manages(self._days.find(case_day_id), caller)
        ensure_version(day.version, expected=expected_version)
        if not reason.strip():
            raise InvalidInput(FieldError("/reason", "Say why: the practice reads it."))
        after = day.moved_to(DayStatus.REJECTED, by=DayParty.MANAGER, reason=reason.strip())
        return self._moved(caller, day, replace(after, **_UNCONFIRMED), DayParty.MANAGER)

    def _lock(self, caller: Caller, case_day_id: str, expected_version: int, *, is_locked: bool) -> CaseDay:
        day = ensure_manages(self._days.find(case_day_id), caller)
        ensure_version(day.version, expected=expected_version)
        day.ensure_ahead(self._now())
        if day.is_locked is is_locked:
            return day
        return self.store(
            day.changed(is_locked=is_locked),
            before=day,
            actor=Actor.of(DayParty.MANAGER, caller),
            deeds=[(DayDeed.LOCKED if is_locked else DayDeed.UNLOCKED, {})],
        )

    def _take_place(self, caller: Caller, case_day_id: str, to: DayStatus, expected_version: int) -> CaseDay:
        day = ensure_manages(self._days.find(case_day_id), caller)
        ensure_version(day.version, expected=expected_version)
        after = day.moved_to(to, by=DayParty.MANAGER)
        if self._now() < day.begins_at:
            raise DayNotBegun(begins_at=day.begins_at)
        return self._took_place(day, after, Actor.of(DayParty.MANAGER, caller))

    def _advance(self, case_day_id: str) -> CaseDay | None:
        day = self._days.find(case_day_id)
        if day is None or not _is_due(day, now=self._now()):
            return day
        actor = Actor(party=DayParty.SYSTEM)
        if (move := day.next_move) is None:
            return self._not_confirmed(day, actor)
        return self._took_place(day, day.moved_to(move[0], by=DayParty.SYSTEM), actor)

    def _not_confirmed(self, day: CaseDay, actor: Actor) -> CaseDay:
        now = self._now()
        after = day.changed(unconfirmed_at=now, wanted=None)
        telling = Telling(after, at=now)
        telling.tell(CaseDayNotConfirmed, managers=True)
        deeds = [(DayDeed.NOT_CONFIRMED, {}), *_refused_by_time(day, telling, by=actor.party)]
        return self.store(after, before=day, actor=actor, deeds=deeds, telling=telling)

    def _took_place(self, before: CaseDay, after: CaseDay, actor: Actor) -> CaseDay:
        """Store a day that begins or ends; everybody is there, and nobody has to be told of that."""
        after = replace(after, wanted=None)
        telling = Telling(after, at=self._now())
        deeds = [*_refused_by_time(before, telling, by=actor.party), *moved_details(before, after)]
        telling.tell(CaseDayMoved, origin=before.status, to=after.status, by=actor.party)
        return self.store(after, before=before, actor=actor, deeds=deeds, telling=telling)

    def _moved(self, caller: Caller, before: CaseDay, after: CaseDay, party: DayParty, **judged: Any) -> CaseDay:
        telling = Telling(after, at=self._now())
        tell_moved(telling, before, after, by=party, managers=party is DayParty.PRACTICE)
        return self.store(
            after,
            before=before,
            actor=Actor.of(party, caller),
            deeds=moved_details(before, after),
            telling=telling,
            **judged,
        )


def _is_due(day: CaseDay, *, now: datetime) -> bool:
    """Whether time does something to a day now."""
    return day.turns_at is not None and day.turns_at <= now


def _refused_by_time(before: CaseDay, telling: Telling, *, by: DayParty) -> list[Deed]:
    """Tell that a day has begun before anybody decided on what its practice wanted, and return what is said of it."""
    if before.wanted is None:
        return []
    fields = before.wanted.edit.fields
    managers = by is DayParty.SYSTEM
    telling.tell(CaseDayChangeDecided, practice=True, managers=managers, fields=fields, is_approved=False)
    return [(DayDeed.CHANGE_REFUSED, {"fields": ", ".join(fields), "reason": "The day has begun."})]


def _ensure_open(site: Site, on: date) -> None:
    """Refuse to confirm a day at a site that was closed since, or has no permit on its date any more."""
    broken: list[dict[str, object]] = []
    if not site.is_active:
        broken.append({"rule": "site", "says": "The site is closed.", "can_be_overridden": False})
    if not site.is_permitted(on):
        says = "The site has no permit that is valid on this date."
        broken.append({"rule": "permit", "says": says, "can_be_overridden": False})
    if broken:
        raise HardRulesBroken(broken)


def _ensure_details(details: Details) -> None:
    wanted = {"arrival": "Say where the team comes in.", "contact": "Say whom the team asks for, with a phone number."}
    errors = [FieldError(f"/{name}", says) for name, says in wanted.items() if not getattr(details, name).strip()]
    if errors:
        raise InvalidInput(*errors)
