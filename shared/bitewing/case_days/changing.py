"""How every change of a Case Day is made: decided on what is read, stored as one, and decided anew where overtaken."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bitewing.care_teams.care_team import CarePreferences, CareTeam, ClinicianRole
from bitewing.care_teams.site import Site
from bitewing.case_days.activity import OVERRIDE, DayActivity, DayDeed
from bitewing.case_days.case_day import Answer, CaseDay, Member, Override
from bitewing.case_days.events import CaseDayMoved
from bitewing.case_days.following import following
from bitewing.case_days.hard_rules import NEVER_OVERRIDDEN, Candidate, HardRule, Violation, span_of_days, violations
from bitewing.case_days.ports import TRIES, CaseDays, DayChange, Judged, Overtaken, Roster
from bitewing.case_days.status import DayParty
from bitewing.case_days.telling import Telling
from bitewing.kernel.caller import AlreadyAnswered, Caller, Request
from bitewing.kernel.errors import FieldError, HardRulesBroken, InvalidInput, RequestInProgress, Unknown
from bitewing.kernel.ids import new_id
from bitewing.scheduling.period import SchedulingPeriod
from bitewing.scheduling.request import CaseDayRequest

T = TypeVar("T")
#: What was done, and what the history says of it.
Deed = tuple[DayDeed, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who changes a day.

    Attributes:
        user_id: ``None`` for the system.
    """

    party: DayParty
    user_id: str | None = None

    @classmethod
    def of(cls, party: DayParty, caller: Caller) -> "Actor":
        """Return a caller on a side."""
        return cls(party=party, user_id=caller.user_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A hard rule that a manager names to be set aside.

    Attributes:
        rule: Code of the rule.
    """

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Somebody whom a manager wants in a role.

    Attributes:
        overrides: Hard rules that are set aside for them.
    """

    role: ClinicianRole
    clinician_id: str
    overrides: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTeam:
    """What becomes of the members of a day that is changed.

    Attributes:
        kept: Who can be on its team as it is after the change.
        broken: Why the others cannot, by id.
        judged: On what it was judged of those who can.
    """

    kept: tuple[Member, ...]
    broken: Mapping[str, tuple[Violation, ...]]
    judged: tuple[Judged, ...]
    preferences: CarePreferences


class Changing:
    """What the use cases of Case Days have in common."""

    def __init__(self, days: CaseDays, roster: Roster, *, now: Callable[[], datetime]) -> None:
        self._days, self._roster, self._now = days, roster, now

    def in_tries(self, attempt: Callable[[], T]) -> T:
        """Return what an attempt gives that nobody overtook.

        Raises:
            RequestInProgress: Others kept changing the same.
        """
        for _ in range(TRIES):
            try:
                return attempt()
            except (Overtaken, AlreadyAnswered, RequestInProgress):
                # Whoever was quicker is seen at the next look.
                continue
        raise RequestInProgress

    def care_team(self, care_team_id: str) -> CareTeam:
        """Return a care team.

        Raises:
            Unknown: There is none.
        """
        if (found := self._roster.care_team(care_team_id)) is None:
            raise Unknown("care team")
        return found

    def site(self, day: CaseDay) -> Site:
        """Return where a day takes place.

        Raises:
            Unknown: There is no such site any more.
        """
        if (found := self._roster.site(day.practice_id, day.site_id)) is None:
            raise Unknown("site")
        return found

    def preferences(self, day: CaseDay) -> CarePreferences:
        """Return whom the practice of a day prefers and blocks; nobody where it has not said."""
        found = self._roster.preferences(day.practice_id, day.care_team_id)
        return found or CarePreferences(practice_id=day.practice_id, care_team_id=day.care_team_id)

    def candidate(self, day: CaseDay, clinician_id: str, *, claims: bool) -> tuple[Candidate, Judged]:
        """Return a clinician with what decides whether they can be on the team of a day, and its versions.

        Args:
            day: The day.
            clinician_id: The clinician.
            claims: Whether their day is to be claimed, so that their other days decide, too.

        Raises:
            Unknown: There is no such clinician.
        """
        if (clinician := self._roster.clinician(day.care_team_id, clinician_id)) is None:
            raise Unknown("clinician")
        availability = None
        if day.period_id is not None:
            availability = self._roster.availability(day.care_team_id, day.period_id, clinician_id)
        # Before the days themselves: whoever claims one meanwhile is noticed.
        calendar_version = self._days.calendar_version(clinician_id) if claims else 0
        found = Candidate(clinician=clinician, availability=availability, days=frozenset())
        judged = Judged(
            clinician_id=clinician_id,
            clinician_version=clinician.version,
            availability_version=availability.version if availability else 0,
            calendar_version=calendar_version,
        )
        return (self.with_days(day, found) if claims else found), judged

    def with_days(self, day: CaseDay, candidate: Candidate) -> Candidate:
        """Return a candidate with the days that they work otherwise, around a day; one request."""
        first, last = span_of_days(day.on, candidate.limits)
        claimed = self._days.claimed(candidate.clinician.clinician_id, first=first, last=last)
        others = frozenset(on for on, case_day_id in claimed.items() if case_day_id != day.case_day_id)
        return replace(candidate, days=others)

    def seated(
        self, day: CaseDay, seat: Seat, preferences: CarePreferences, *, by: Caller, at: datetime, due_at: datetime
    ) -> tuple[Member, Judged]:
        """Return somebody as a member who is asked, if the hard rules allow it.

        Raises:
            Unknown: There is no such clinician.
            InvalidInput: A rule is none, or is set aside without a reason.
            HardRulesBroken: A rule is broken that was not set aside, or never is.
        """
        candidate, judged = self.candidate(day, seat.clinician_id, claims=True)
        broken = tuple(violations(day, seat.role, candidate, preferences))
        member = Member(
            role=seat.role,
            clinician_id=seat.clinician_id,
            name=candidate.clinician.name,
            asked_at=at,
            answer_due_at=due_at,
            overrides=_overridden(broken, seat.overrides, by=by.user_id, at=at),
        )
        return member, judged

    def due_at(self, day: CaseDay, care_team: CareTeam, *, at: datetime) -> datetime:
        """Return when the answer of somebody who is asked now is due: before the day begins in any case."""
        return min(at + timedelta(hours=care_team.answer_hours), day.begins_at)

    def judged_team(self, day: CaseDay, *, is_moved: bool) -> JudgedTeam:
        """Return which members can be on the team of a day as it would be.

        On its date what a manager set aside counts, and weeks and rows were judged when the days were claimed: who
        has one more by name does not make the days before unfit. For another date all is judged, and nothing counts.

        Args:
            day: As it would be.
            is_moved: Whether it would be on another date.
        """
        preferences = self.preferences(day)
        kept, judged, broken = list[Member](), list[Judged](), dict[str, tuple[Violation, ...]]()
        for member in day.team:
            candidate, read = self.candidate(day, member.clinician_id, claims=is_moved)
            set_aside = set[str]() if is_moved else {each.rule for each in member.overrides}
            found = violations(day, member.role, candidate, preferences)
            if still := tuple(each for each in found if each.rule.value not in set_aside):
                broken[member.clinician_id] = still
            else:
                kept.append(member)
                judged.append(read)
        return JudgedTeam(kept=tuple(kept), broken=broken, judged=tuple(judged), preferences=preferences)

    def ensure_still_allowed(self, day: CaseDay) -> JudgedTeam:
        """Return on what the hard rules of a day's team were judged, if it keeps them, or they were set aside.

        Raises:
            HardRulesBroken: Somebody cannot be on the team any more: what is known of them changed since.
        """
        judged = self.judged_team(day, is_moved=False)
        if judged.broken:
            raise HardRulesBroken(
                {"clinician_id": clinician_id, **told}
                for clinician_id, broken in judged.broken.items()
                for told in told_of(broken)
            )
        return judged

    def store(
        self,
        day: CaseDay,
        *,
        before: CaseDay | None,
        actor: Actor,
        deeds: Sequence[Deed],
        telling: Telling | None = None,
        judged: Iterable[Judged] = (),
        preferences: CarePreferences | None = None,
        site: Site | None = None,
        period: SchedulingPeriod | None = None,
        asked: CaseDayRequest | None = None,
        request: Request | None = None,
    ) -> CaseDay:
        """Store a day as it is after a change, with its history, what is told, and the request that follows it.

        Args:
            day: As it is after the change.
            before: As it was read; ``None`` for a new one.
            actor: Who changes it.
            deeds: What is said of the change in its history.
            telling: What is told of it.
            judged: On what hard rules were judged.
            preferences: The practice's, on which they were judged.
            site: Where the day was found to be possible.
            period: To which it was found to belong.
            asked: The request for which it is created, as it was found to be open.
            request: By which it is created.

        Raises:
            RequestMoveNotAllowed: Something else became of its request.
            AlreadyAnswered, Overtaken, DateTaken, RequestInProgress: As :meth:`CaseDays.save`.
        """
        at = self._now()
        entries = tuple(
            DayActivity(
                entry_id=new_id(at),
                case_day_id=day.case_day_id,
                at=at,
                by=actor.party,
                user_id=actor.user_id,
                deed=deed,
                details=details,
            )
            for deed, details in deeds
        )
        followed = None
        if day.request_id is not None and (before is None or before.status is not day.status):
            if (asked := asked or self._roster.request(day.request_id)) is None:
                raise Unknown("Case Day request")
            followed = following(asked, day, by=actor.party, at=at)
        change = DayChange(
            day=day,
            before=before,
            entries=entries,
            events=telling.events if telling else (),
            judged=tuple(judged),
            preferences=preferences,
            site=site,
            period=period,
            following=followed,
        )
        self._days.save(change, request=request)
        return day


def tell_moved(telling: Telling, before: CaseDay, day: CaseDay, *, by: DayParty, managers: bool = False) -> None:
    """Tell everybody of a day whose status changed, but for whoever changed it and knows."""
    if before.status is not day.status:
        telling.tell(
            CaseDayMoved,
            clinicians=members_of(day),
            practice=by is not DayParty.PRACTICE,
            managers=managers,
            origin=before.status,
            to=day.status,
            by=by,
        )


def members_of(day: CaseDay) -> tuple[str, ...]:
    """Return who is on the team of a day, by id."""
    return tuple(each.clinician_id for each in day.team)


def moved_details(before: CaseDay, day: CaseDay) -> list[Deed]:
    """Return the entry of a day whose status changed; none where it did not."""
    if before.status is day.status:
        return []
    details = {"from": before.status.value, "to": day.status.value}
    return [(DayDeed.MOVED, details | ({"reason": day.reason} if day.reason else {}))]


def asked_again(member: Member, *, at: datetime, due_at: datetime) -> Member:
    """Return a member who is asked for another date: what was set aside for the one before does not hold for it."""
    return replace(
        member,
        answer=Answer.ASKED,
        asked_at=at,
        answer_due_at=due_at,
        answered_at=None,
        answered_by=None,
        silent_at=None,
        overrides=(),
        unfit_by=(),
    )


def member_details(member: Member) -> dict[str, str]:
    """Return what the history says of somebody who is on a team: also what was set aside for them, and why."""
    overrides = {f"{OVERRIDE}{each.rule}": each.reason for each in member.overrides}
    return {"role": member.role.value, "clinician_id": member.clinician_id, **overrides}


def told_of(broken: Iterable[Violation]) -> list[dict[str, object]]:
    """Return broken rules as they are told to a caller."""
    return [
        {"rule": each.rule.value, "says": each.says, "can_be_overridden": each.can_be_overridden} for each in broken
    ]


def _overridden(
    broken: Sequence[Violation], overrides: Sequence[SetAside], *, by: str, at: datetime
) -> tuple[Override, ...]:
    """Return what is set aside of the broken rules, each by its name; what is not broken needs no setting aside."""
    if errors := tuple(_wrong(overrides)):
        raise InvalidInput(*errors)
    reasons = {each.rule: each.reason.strip() for each in overrides if each.rule not in NEVER_OVERRIDDEN}
    if any(each.rule.value not in reasons for each in broken):
        raise HardRulesBroken(told_of(broken))
    rules = sorted({each.rule.value for each in broken})
    return tuple(Override(rule=rule, reason=reasons[rule], by=by, at=at) for rule in rules)


def _wrong(overrides: Sequence[SetAside]) -> Iterable[FieldError]:
    for number, each in enumerate(overrides):
        if each.rule not in set(HardRule):
            yield FieldError(f"/overrides/{number}/rule", f"This is one of: {', '.join(sorted(HardRule))}.")
        if not each.reason.strip():
            yield FieldError(f"/overrides/{number}/reason", "Say why: it stays in the day's history.")
