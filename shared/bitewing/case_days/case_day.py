"""A Case Day: one practice, one date, one team."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from bitewing.care_teams.care_team import TEAM_ROLES, ClinicianRole, SkillsNeeded
from bitewing.care_teams.drive import Place
from bitewing.care_teams.patient_kinds import SKILLS_NEEDED, PatientKind
from bitewing.case_days.changes import DayEdit
from bitewing.case_days.status import IS_AHEAD, DayParty, DayStatus, day_moves_from
from bitewing.kernel.errors import CaseDayClosed, DayMoveNotAllowed


class Answer(StrEnum):
    """What a member says to a Case Day; whoever declines leaves the team."""

    ASKED = "asked"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A hard rule that a manager set aside for a member, by name and with a reason.

    Attributes:
        rule: Code of the rule.
    """

    rule: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A clinician on the team of a Case Day.

    Attributes:
        asked_at: When the question was asked that the answer is to; a new date asks anew.
        answer_due_at: When the manager hears that there is no answer.
        answered_by: Who gave the answer: the member, or a manager to whom it was told.
        silent_at: When the manager heard that there is no answer.
        unfit_by: Codes of the hard rules that they broke when managers last heard of it, since the day was confirmed.
    """

    role: ClinicianRole
    clinician_id: str
    name: str
    asked_at: datetime
    answer_due_at: datetime
    answer: Answer = Answer.ASKED
    answered_at: datetime | None = None
    answered_by: str | None = None
    silent_at: datetime | None = None
    overrides: tuple[Override, ...] = ()
    unfit_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What the practice says of the day on the spot.

    Attributes:
        arrival: Where the team comes in, and parks.
        rooms: In how many rooms patients can be treated at the same time; ``None`` or 0: as the site says.
        contact: Whom the team asks for, with a phone number.
    """

    arrival: str = ""
    rooms: int | None = None
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedChange:
    """What a practice wants to be changed of a confirmed day, and a manager decides.

    Attributes:
        edit: The wanted values.
    """

    edit: DayEdit
    asked_at: datetime
    asked_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When a day begins and how long it is.

    Attributes:
        starts_at: Time of day at the site.
    """

    starts_at: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDay:
    """A day on which a team goes to a practice.

    Attributes:
        period_id: ``None`` for a day outside any period.
        request_id: The request that it serves; ``None`` where a manager made it by hand.
        on: In the site's time zone.
        starts_at: Time of day at the site, such as ``08:00``.
        minutes: How long the day is.
        site_rooms: Of the site, when the day was made; its practice says otherwise in the details.
        team: In no order; of each role one at most.
        declined: Who declined its date, by id; they can be asked again.
        is_locked: Whether matching keeps it as it is.
        confirmed_at: When the manager last confirmed it; ``None`` where the day is not confirmed.
        agreed: As the manager last confirmed or changed them: from these, changes of a confirmed day are measured.
        unconfirmed_at: When the managers heard that its time has come and nobody had confirmed it.
        practice_confirmed_at: When the practice confirmed the details; anew after each change of date, start or length.
        reason: Why it was rejected or canceled; empty otherwise.
        patients_version: Counts up with each change of the patients.
        patients: How many patients are assigned.
        version: Counts up with each change.
    """

    case_day_id: str
    care_team_id: str
    practice_id: str
    practice_name: str
    site_id: str
    state: str
    time_zone: str
    place: Place
    on: date
    starts_at: str
    minutes: int
    kind: PatientKind
    expected_patients: int
    site_rooms: int
    created_at: datetime
    period_id: str | None = None
    request_id: str | None = None
    status: DayStatus = DayStatus.TENTATIVE
    team: tuple[Member, ...] = ()
    declined: frozenset[str] = frozenset()
    is_locked: bool = False
    details: Details = field(default_factory=Details)
    note: str = ""
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    agreed: Hours | None = None
    unconfirmed_at: datetime | None = None
    practice_confirmed_at: datetime | None = None
    practice_confirmed_by: str | None = None
    wanted: WantedChange | None = None
    reason: str = ""
    patients: int = 0
    patients_version: int = 0
    version: int = 1

    @property
    def skills_needed(self) -> SkillsNeeded:
        """Return the skills that the day's patients need of its team."""
        return SKILLS_NEEDED[self.kind]

    @property
    def rooms(self) -> int:
        """Return in how many rooms patients can be treated at the same time."""
        return self.details.rooms or self.site_rooms

    @property
    def begins_at(self) -> datetime:
        """Return the moment at which it begins; a time that clocks skip is that of before the change."""
        return moment_at(self.on, self.starts_at, self.time_zone)

    @property
    def ends_at(self) -> datetime:
        """Return the moment at which it ends: it lasts its minutes, also over a change of clocks."""
        return self.begins_at + timedelta(minutes=self.minutes)

    def member(self, clinician_id: str) -> Member | None:
        """Return a member of the team."""
        return next((each for each in self.team if each.clinician_id == clinician_id), None)

    def of_role(self, role: ClinicianRole) -> Member | None:
        """Return who has a role on the team."""
        return next((each for each in self.team if each.role is role), None)

    @property
    def vacancies(self) -> tuple[ClinicianRole, ...]:
        """Return the roles that nobody has, in the order of teams."""
        return tuple(role for role in TEAM_ROLES if self.of_role(role) is None)

    @property
    def is_complete(self) -> bool:
        """Whether the team has exactly one of each role."""
        return len(self.team) == len(TEAM_ROLES) and not self.vacancies

    @property
    def has_accepted(self) -> bool:
        """Whether the team is complete and everybody of it accepted."""
        return self.is_complete and all(each.answer is Answer.ACCEPTED for each in self.team)

    def missing_of_team(self) -> Iterator[str]:
        """Yield each role that nobody has, and each with ``_answer`` whose member has not accepted."""
        for role in TEAM_ROLES:
            if (member := self.of_role(role)) is None:
                yield role.value
            elif member.answer is not Answer.ACCEPTED:
                yield f"{role}_answer"

    def missing(self) -> Iterator[str]:
        """Yield what the day lacks, as codes.

        A role, where nobody has it; a role with ``_answer``, where its member has not accepted; ``confirmation`` by
        the manager; ``practice`` for the practice's; and ``patients``.
        """
        yield from self.missing_of_team()
        if self.status is DayStatus.TENTATIVE:
            yield "confirmation"
        if self.practice_confirmed_at is None:
            yield "practice"
        if not self.patients:
            yield "patients"

    @property
    def hours(self) -> Hours:
        """Return when it begins and how long it is."""
        return Hours(starts_at=self.starts_at, minutes=self.minutes)

    def changed(self, **values: Any) -> "CaseDay":
        """Return the next version of the day, with these values."""
        return replace(self, version=self.version + 1, **values)

    def with_member(self, member: Member) -> "CaseDay":
        """Return the day with somebody on its team, in the place of whoever has the role; it is to be confirmed."""
        others = tuple(each for each in self.team if each.role is not member.role)
        return self.changed(team=(*others, member), **_TENTATIVE)

    def with_answer(self, clinician_id: str, *, by: str, at: datetime) -> "CaseDay":
        """Return the day after a member accepted."""
        return self.changed(
            team=tuple(
                replace(each, answer=Answer.ACCEPTED, answered_at=at, answered_by=by)
                if each.clinician_id == clinician_id
                else each
                for each in self.team
            )
        )

    def with_unfit(self, clinician_id: str, rules: tuple[str, ...]) -> "CaseDay":
        """Return the day after a member was found to break these hard rules; it is to be confirmed anew."""
        team = tuple(replace(each, unfit_by=rules) if each.clinician_id == clinician_id else each for each in self.team)
        return self.changed(team=team, **_TENTATIVE)

    def without(self, *clinician_ids: str) -> "CaseDay":
        """Return the day after some left its team, one at least; it is to be confirmed anew."""
        team = tuple(each for each in self.team if each.clinician_id not in clinician_ids)
        return self.changed(team=team, **_TENTATIVE)

    def moved_to(self, to: DayStatus, *, by: DayParty, reason: str = "") -> "CaseDay":
        """Return the day in another status.

        Raises:
            DayMoveNotAllowed: The table of moves does not have this one, or the team has not accepted.
        """
        if to not in (allowed := self.moves(by)):
            raise DayMoveNotAllowed(status=self.status, to=to, allowed=allowed)
        return self.changed(status=to, reason=reason)

    @property
    def is_ahead(self) -> bool:
        """Whether it still takes place, as far as anybody said."""
        return self.status in IS_AHEAD

    @property
    def unanswered(self) -> tuple[Member, ...]:
        """Return the members who still owe an answer, as far as no manager has heard of their silence."""
        if not self.is_ahead:
            return ()
        return tuple(each for each in self.team if each.answer is Answer.ASKED and each.silent_at is None)

    @property
    def next_move(self) -> tuple[DayStatus, datetime] | None:
        """Return where the day moves next by itself, and when; ``None`` where time does not move it."""
        if self.status is DayStatus.CONFIRMED:
            return DayStatus.IN_PROGRESS, self.begins_at
        return (DayStatus.COMPLETED, self.ends_at) if self.status is DayStatus.IN_PROGRESS else None

    @property
    def turns_at(self) -> datetime | None:
        """Return when time does something to the day: it moves, or its managers hear that nobody has confirmed it."""
        if self.status is DayStatus.TENTATIVE:
            return self.begins_at if self.unconfirmed_at is None else None
        return self.next_move[1] if self.next_move is not None else None

    def ensure_ahead(self, now: datetime) -> None:
        """Refuse a change of a day that has begun, or will not take place.

        Raises:
            CaseDayClosed: It is so.
        """
        if not self.is_ahead or now >= self.begins_at:
            raise CaseDayClosed(status=self.status, begins_at=self.begins_at)

    def moves(self, by: DayParty) -> frozenset[DayStatus]:
        """Return where somebody can move the day from here: to ``confirmed`` only with a team that has accepted."""
        found = day_moves_from(self.status, by)
        return found if self.has_accepted else found - {DayStatus.CONFIRMED}


#: What is true of a day that nobody has confirmed.
_TENTATIVE: Final = {"status": DayStatus.TENTATIVE, "confirmed_at": None, "confirmed_by": None, "agreed": None}


def moment_at(day: date, clock: str, time_zone: str) -> datetime:
    """Return the moment of a time of day in a time zone, in UTC.

    Of a time that exists twice it is the first; a time that clocks skip is counted from before the change.
    """
    local = datetime.combine(day, time.fromisoformat(clock), tzinfo=ZoneInfo(time_zone))
    return local.astimezone(UTC)
