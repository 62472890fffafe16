"""The use cases of teams: a manager asks and removes people, they answer, and substitutes are ranked."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.access import MANAGERS, day_party_of, ensure_day_visible, ensure_manages
from bitewing.case_days.activity import DayDeed
from bitewing.case_days.case_day import Answer, CaseDay, Member
from bitewing.case_days.changing import (
    Actor,
    Changing,
    Deed,
    Seat,
    SetAside,
    member_details,
    moved_details,
    tell_moved,
)
from bitewing.case_days.events import (
    TeamMemberAccepted,
    TeamMemberAsked,
    TeamMemberDeclined,
    TeamMemberRemoved,
    TeamMemberSilent,
)
from bitewing.case_days.hard_rules import Candidate
from bitewing.case_days.status import DayParty
from bitewing.case_days.substitutes import Substitute, needs_days, ranked, substitute
from bitewing.case_days.telling import Telling
from bitewing.kernel.caller import CARE_TEAM_ROLES, Caller
from bitewing.kernel.errors import QuestionOutdated, RoleNotAllowed, Unknown
from bitewing.kernel.versions import ensure_version


class TeamService(Changing):
    """Forms the teams of Case Days."""

    def ask(self, caller: Caller, case_day_id: str, seat: Seat, *, expected_version: int) -> CaseDay:
        """Put somebody on a team, in the place of whoever has the role, and ask them to accept; they are claimed.

        A confirmed day becomes tentative. Somebody who has the role already is not asked again: more hard rules can be
        set aside for them.

        Raises:
            Unknown: There is no such day for this caller, or no such clinician.
            RoleNotAllowed: The caller is no manager.
            StaleVersion: The day has another version.
            CaseDayClosed: The day has begun, or will not take place.
            InvalidInput: A rule is none, or is set aside without a reason.
            HardRulesBroken: A rule is broken that was not set aside, or never is.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._ask(caller, case_day_id, seat, expected_version))

    def remove(self, caller: Caller, case_day_id: str, role: ClinicianRole, *, expected_version: int) -> CaseDay:
        """Take whoever has a role off a team; their day is free again, and a confirmed day becomes tentative.

        Raises:
            Unknown: There is no such day for this caller, or nobody has the role.
            RoleNotAllowed: The caller is no manager.
            StaleVersion: The day has another version.
            CaseDayClosed: The day has begun, or will not take place.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._remove(caller, case_day_id, role, expected_version))

    def answer(
        self, caller: Caller, case_day_id: str, clinician_id: str, *, accepts: bool, asked_at: datetime
    ) -> CaseDay:
        """Record what a member says: their own answer, or one that a manager was told.

        Who declines leaves the team, also after they accepted; a confirmed day becomes tentative. Members answer at
        the same time, so that an answer names its question and no version.

        Args:
            caller: The member, or a manager.
            case_day_id: The day.
            clinician_id: The member.
            accepts: Whether they accept.
            asked_at: When the question was asked, as the day said when it was read.

        Raises:
            Unknown: There is no such day for this caller, or the clinician is not on its team.
            RoleNotAllowed: The caller is neither the member nor a manager.
            CaseDayClosed: The day has begun, or will not take place.
            QuestionOutdated: The member was asked anew since.
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(
            lambda: self._answer(caller, case_day_id, clinician_id, accepts=accepts, asked_at=asked_at)
        )

    def tell_silence(self, case_day_id: str, clinician_id: str, *, asked_at: datetime) -> bool:
        """Tell the managers that a member gave no answer in time; the member can still answer.

        Late, twice, or for a question that was answered or asked anew, it changes nothing.

        Returns:
            Whether they were told now.

        Raises:
            RequestInProgress: Others kept changing the same at this moment.
        """
        return self.in_tries(lambda: self._tell_silence(case_day_id, clinician_id, asked_at))

    def candidates(self, caller: Caller, case_day_id: str, role: ClinicianRole) -> tuple[Substitute, ...]:
        """Return who has a role and could take it on a day, the best first, and why others cannot.

        Who has the role on the day is not among them. The days of a clinician are read only where it matters.

        Raises:
            Unknown: There is no such day for this caller.
            RoleNotAllowed: The caller is no manager.
        """
        day = ensure_manages(self._days.find(case_day_id), caller)
        care_team, preferences = self.care_team(day.care_team_id), self.preferences(day)
        submitted = self._roster.availabilities(day.care_team_id, day.period_id) if day.period_id else ()
        availability = {each.clinician_id: each for each in submitted}
        found = []
        for clinician in self._roster.clinicians(day.care_team_id):
            if clinician.role is not role or day.member(clinician.clinician_id) is not None:
                continue
            candidate = Candidate(
                clinician=clinician, availability=availability.get(clinician.clinician_id), days=frozenset()
            )
            if has_days := needs_days(day, candidate, preferences):
                candidate = self.with_days(day, candidate)
            found.append(substitute(day, candidate, preferences, care_team, has_days=has_days))
        return ranked(found)

    def _ask(self, caller: Caller, case_day_id: str, seat: Seat, expected_version: int) -> CaseDay:
        now = self._now()
        day = ensure_manages(self._days.find(case_day_id), caller)
        ensure_version(day.version, expected=expected_version)
        day.ensure_ahead(now)
        current = day.of_role(seat.role)
        if current is not None and current.clinician_id == seat.clinician_id:
            return self._set_aside(caller, day, current, seat)
        preferences = self.preferences(day)
        due_at = self.due_at(day, self.care_team(day.care_team_id), at=now)
        member, judged = self.seated(day, seat, preferences, by=caller, at=now, due_at=due_at)
        after = day.with_member(member)
        after = replace(after, declined=after.declined - {seat.clinician_id})
        telling = Telling(after, at=now)
        deeds: list[Deed] = [(DayDeed.MEMBER_ASKED, member_details(member)), *moved_details(day, after)]
        if current is not None:
            telling.tell(TeamMemberRemoved, clinicians=[current.clinician_id], **_who(current))
            deeds.insert(0, (DayDeed.MEMBER_REMOVED, _details(current)))
        telling.tell(
            TeamMemberAsked, clinicians=[seat.clinician_id], **_who(member), answer_due_at=member.answer_due_at
        )
        tell_moved(telling, day, after, by=DayParty.MANAGER)
        return self.store(
            after,
            before=day,
            actor=Actor.of(DayParty.MANAGER, caller),
            deeds=deeds,
            telling=telling,
            judged=[judged],
            preferences=preferences,
        )

    def _set_aside(self, caller: Caller, day: CaseDay, member: Member, seat: Seat) -> CaseDay:
        if not seat.overrides:
            return day
        preferences, now = self.preferences(day), self._now()
        stays = {each.rule: each for each in member.overrides if each.rule not in {new.rule for new in seat.overrides}}
        all_of_it = (*(SetAside(rule=each.rule, reason=each.reason) for each in member.overrides), *seat.overrides)
        wanted, judged = self.seated(
            day, replace(seat, overrides=all_of_it), preferences, by=caller, at=now, due_at=member.answer_due_at
        )
        seated = replace(member, overrides=tuple(stays.get(each.rule, each) for each in wanted.overrides))
        return self.store(
            day.changed(team=tuple(seated if each is member else each for each in day.team)),
            before=day,
            actor=Actor.of(DayParty.MANAGER, caller),
            deeds=[(DayDeed.RULES_SET_ASIDE, member_details(seated))],
            judged=[judged],
            preferences=preferences,
        )

    def _remove(self, caller: Caller, case_day_id: str, role: ClinicianRole, expected_version: int) -> CaseDay:
        now = self._now()
        day = ensure_manages(self._days.find(case_day_id), caller)
        ensure_version(day.version, expected=expected_version)
        if (member := day.of_role(role)) is None:
            raise Unknown("team member")
        day.ensure_ahead(now)
        after = day.without(member.clinician_id)
        telling = Telling(after, at=now)
        telling.tell(TeamMemberRemoved, clinicians=[member.clinician_id], **_who(member))
        tell_moved(telling, day, after, by=DayParty.MANAGER)
        return self.store(
            after,
            before=day,
            actor=Actor.of(DayParty.MANAGER, caller),
            deeds=[(DayDeed.MEMBER_REMOVED, _details(member)), *moved_details(day, after)],
            telling=telling,
        )

    def _answer(
        self, caller: Caller, case_day_id: str, clinician_id: str, *, accepts: bool, asked_at: datetime
    ) -> CaseDay:
        now = self._now()
        day = ensure_day_visible(self._days.find(case_day_id), caller)
        actor = _answering(caller, clinician_id)
        if (member := day.member(clinician_id)) is None:
            raise Unknown("team member")
        day.ensure_ahead(now)
        if member.asked_at != asked_at:
            raise QuestionOutdated(asked_at=member.asked_at)
        if accepts and member.answer is Answer.ACCEPTED:
            return day
        is_own = actor.party is DayParty.CLINICIAN
        if accepts:
            after = day.with_answer(clinician_id, by=caller.user_id, at=now)
        else:
            after = replace(day.without(clinician_id), declined=day.declined | {clinician_id})
        telling = Telling(after, at=now)
        # Whoever did not give the answer hears of it: the managers, or the member for whom one recorded it.
        told = () if is_own else (clinician_id,)
        kind = TeamMemberAccepted if accepts else TeamMemberDeclined
        deed = DayDeed.MEMBER_ACCEPTED if accepts else DayDeed.MEMBER_DECLINED
        telling.tell(kind, clinicians=told, managers=is_own, **_who(member))
        tell_moved(telling, day, after, by=actor.party)
        return self.store(
            after,
            before=day,
            actor=actor,
            deeds=[(deed, _details(member)), *moved_details(day, after)],
            telling=telling,
        )

    def _tell_silence(self, case_day_id: str, clinician_id: str, asked_at: datetime) -> bool:
        now = self._now()
        day = self._days.find(case_day_id)
        member = day.member(clinician_id) if day is not None else None
        if day is None or member is None or not _is_silent(day, member, asked_at, now=now):
            return False
        silent = replace(member, silent_at=now)
        after = day.changed(team=tuple(silent if each is member else each for each in day.team))
        telling = Telling(after, at=now)
        telling.tell(TeamMemberSilent, managers=True, **_who(member), answer_due_at=member.answer_due_at)
        self.store(
            after,
            before=day,
            actor=Actor(party=DayParty.SYSTEM),
            deeds=[(DayDeed.MEMBER_SILENT, _details(member))],
            telling=telling,
        )
        return True


def _answering(caller: Caller, clinician_id: str) -> Actor:
    """Return who gives an answer: a clinician their own, also one who is a manager, too; a manager that of others."""
    party = day_party_of(caller)
    if party is DayParty.PRACTICE:
        raise RoleNotAllowed(CARE_TEAM_ROLES)
    if caller.user_id == clinician_id:
        return Actor.of(DayParty.CLINICIAN, caller)
    if party is not DayParty.MANAGER:
        raise RoleNotAllowed(MANAGERS)
    return Actor.of(DayParty.MANAGER, caller)


def _is_silent(day: CaseDay, member: Member, asked_at: datetime, *, now: datetime) -> bool:
    return member in day.unanswered and member.asked_at == asked_at and member.answer_due_at <= now


def _who(member: Member) -> dict[str, Any]:
    return {"clinician_id": member.clinician_id, "role": member.role}


def _details(member: Member) -> dict[str, str]:
    return {"role": member.role.value, "clinician_id": member.clinician_id}
