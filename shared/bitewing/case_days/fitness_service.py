"""Whether members of teams still fit, judged anew when what is known of them changes, or they leave."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from bitewing.care_teams.events import ClinicianChanged
from bitewing.care_teams.leaving import Leaving
from bitewing.case_days.activity import DayDeed
from bitewing.case_days.changing import Actor, Changing, moved_details, tell_moved
from bitewing.case_days.events import TeamMemberUnfit
from bitewing.case_days.hard_rules import violations
from bitewing.case_days.ports import CaseDays, Roster
from bitewing.case_days.status import DayParty
from bitewing.case_days.telling import Telling
from bitewing.kernel.caller import OrganizationKind
from bitewing.members.events import MemberLeft

#: After which of these somebody may fit no more.
Heard = ClinicianChanged | MemberLeft
HEARD: Final[tuple[type[Heard], ...]] = (ClinicianChanged, MemberLeft)
#: The first date that is ahead anywhere is at most so far behind that of UTC.
_BEHIND: Final = timedelta(days=1)


class FitnessService(Changing):
    """Judges members of teams anew."""

    def __init__(self, days: CaseDays, roster: Roster, leaving: Leaving, *, now: Callable[[], datetime]) -> None:
        super().__init__(days, roster, now=now)
        self._leaving = leaving

    def hear(self, event: Heard) -> tuple[str, ...]:
        """Look anew at whomever an event speaks of. It only says where to look: what is so now counts.

        Who left a care team works no more; that changes their record, which is told of and heard in turn.

        Returns:
            The Case Days for which they were found unfit now.

        Raises:
            RequestInProgress: Others kept changing the same at this moment.
        """
        if isinstance(event, ClinicianChanged):
            return self.judge_days(event.care_team_id, event.clinician_id)
        if event.organization_kind is OrganizationKind.CARE_TEAM:
            self._leaving.left(event.organization_id, event.user_id)
        return ()

    def judge_days(self, care_team_id: str, clinician_id: str) -> tuple[str, ...]:
        """Judge a clinician anew for each day ahead that they have claimed.

        Where they break a hard rule that they kept, and nobody set it aside, the managers hear of it once, and a
        confirmed day becomes tentative. Nobody is removed: confirming refuses until a manager has decided. Weeks, rows
        and other claims were judged when the day was claimed. Late or twice, it changes nothing.

        Returns:
            The Case Days for which they were found unfit now.

        Raises:
            RequestInProgress: Others kept changing the same at this moment.
        """
        first = (self._now() - _BEHIND).date()
        claimed = self._days.claimed(clinician_id, first=first, last=date.max)
        return tuple(
            case_day_id
            for _, case_day_id in sorted(claimed.items())
            if self._is_found_unfit(case_day_id, care_team_id, clinician_id)
        )

    def _is_found_unfit(self, case_day_id: str, care_team_id: str, clinician_id: str) -> bool:
        return self.in_tries(lambda: self._judge(case_day_id, care_team_id, clinician_id))

    def _judge(self, case_day_id: str, care_team_id: str, clinician_id: str) -> bool:
        now = self._now()
        day = self._days.find(case_day_id)
        if day is None or day.care_team_id != care_team_id or not day.is_ahead or now >= day.begins_at:
            return False
        if (member := day.member(clinician_id)) is None:
            return False
        candidate, judged = self.candidate(day, clinician_id, claims=False)
        set_aside = {each.rule for each in member.overrides}
        # What the practice says of clinicians is not theirs to lose.
        found = {each.rule for each in violations(day, member.role, candidate, None)}
        rules = tuple(sorted(each for each in found if each.value not in set_aside))
        if {each.value for each in rules} <= {*member.unfit_by}:
            return False
        after = day.with_unfit(clinician_id, tuple(each.value for each in rules))
        telling = Telling(after, at=now)
        telling.tell(TeamMemberUnfit, managers=True, clinician_id=clinician_id, role=member.role, rules=rules)
        tell_moved(telling, day, after, by=DayParty.SYSTEM)
        details = {"role": member.role.value, "clinician_id": clinician_id, "rules": ", ".join(rules)}
        self.store(
            after,
            before=day,
            actor=Actor(party=DayParty.SYSTEM),
            deeds=[(DayDeed.MEMBER_UNFIT, details), *moved_details(day, after)],
            telling=telling,
            judged=[judged],
        )
        return True
