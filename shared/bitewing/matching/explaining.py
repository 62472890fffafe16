"""Why a schedule is as it is: why a request is served by nobody, and why by these and not by others.

Nothing is solved for it: each request is looked at with the rest of the schedule as it stands. What is said is
therefore true of this schedule, and easy to check: a change that is named makes room for the request without moving
anybody else.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from bitewing.matching.instance import MAX_DRIVE_MIN, ROLES, Clinician, Instance, Practice, Request, drive
from bitewing.matching.rules import Rule, broken_alone, broken_together, stays, used_up_by
from bitewing.matching.schedule import Assignment

#: What a change asks of somebody, as if it were minutes of drive: for each minute, day, skill or license. It is a
#: judgement of ours, and decides only which change is named: a habit before a course, a course before an authority.
SIZES: Final[Mapping[Rule, int]] = {
    Rule.DRIVE: 1,
    Rule.AVAILABILITY: 30,
    Rule.WEEK: 45,
    Rule.ROW: 60,
    Rule.SKILL: 480,
    Rule.LICENSE: 960,
}

#: Who breaks several rules is counted under the first of these, the order in which the plain rules tell them.
COUNTED: Final = (Rule.AVAILABILITY, Rule.LICENSE, Rule.SKILL, Rule.BLOCKED, Rule.DRIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Somebody who could go, but for what else they do.

    Attributes:
        rule: Claimed on the day itself, or no room in the week or the row.
        by: The requests and fixed days that leave no room, by id, in the order of their days.
    """

    clinician_id: str
    rule: Rule
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleOnDate:
    """How many people of a role there are for a request on a date, and what becomes of each of them.

    Attributes:
        needs: The skills that the role needs, in order.
        people: How many have the role: those who are removed, busy and free.
        removed: How many each rule keeps away whatever else they do; each is counted once, in the order of
            :data:`COUNTED`.
        busy: Who is left and has no room, under the first of claimed, week, row.
        free: Who could go, by id.
    """

    role: str
    needs: tuple[str, ...]
    people: int
    removed: Mapping[Rule, int]
    busy: tuple[Busy, ...]
    free: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A team that could take a request with the rest of the schedule as it is.

    Attributes:
        team: Clinicians by id, in the order of roles.
        worth: How much more the schedule would be worth; less than 0 where it would lose.
    """

    team: tuple[str, str, str]
    worth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDate:
    """Why a request is not served on one of its dates.

    Attributes:
        taken_by: The request or the fixed day that the practice has on the date, there or at another of its places;
            then nobody is counted.
        roles: In the order of roles.
        addition: The best team that is free, where no role is short: the day is not worth it, or the schedule is not
            the best.
    """

    day: int
    taken_by: str | None = None
    roles: tuple[RoleOnDate, ...] = ()
    addition: Addition | None = None

    @property
    def short(self) -> tuple[RoleOnDate, ...]:
        """Return the roles of which nobody is free."""
        return tuple(each for each in self.roles if not each.free)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change to one clinician, after which no rule keeps them from a request on a day.

    Attributes:
        rule: What keeps them away now, and is eased.
        amount: Minutes of drive; days a week, in a row or of availability; 1 for a skill or a license.
        what: The skill, or the state of the license; empty for minutes and days.
    """

    rule: Rule
    clinician_id: str
    role: str
    day: int
    amount: int
    what: str

    @property
    def size(self) -> int:
        """Return what it asks, as if it were minutes of drive; see :data:`SIZES`."""
        return SIZES[self.rule] * self.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """The smallest change after which a request can be served, everything else left as it is.

    One change is smaller than two, whatever they ask; then what they ask together counts, then what the addition is
    worth, then the order of dates. The best schedule after it is worth at least what this one is, with the addition.

    Attributes:
        changes: One for each role that is short, in the order of roles.
        addition: The team that would take it.
    """

    day: int
    changes: tuple[Change, ...]
    addition: Addition


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """Why a request is served on none of its dates.

    Attributes:
        state: Of the practice: what licenses are for.
        dates: In the order of the request.
        remedy: ``None`` where a team is free already, where the practice has another day on every date, and where a
            role would need somebody else to be moved, more than one change to a person, or more people.
    """

    request_id: str
    state: str
    dates: tuple[OnDate, ...]
    remedy: Remedy | None

    @property
    def outbid_by(self) -> tuple[str, ...]:
        """Return what has the people who could go, and the practice's dates: requests and fixed days, by id."""
        by = {what for date in self.dates for role in date.short for busy in role.busy for what in busy.by}
        return tuple(sorted(by | {date.taken_by for date in self.dates if date.taken_by is not None}))


@dataclass(frozen=True, slots=True, kw_only=True)
class NextBest:
    """Who else could have gone.

    Attributes:
        loses: How much less the schedule would be worth; less than 0 where it would be better.
    """

    clinician_id: str
    loses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Why somebody is on a team.

    Attributes:
        drive_min: One way.
        is_preferred: Whether the practice prefers them.
        is_of_preferred_team: Whether the three like to work together.
        is_wanted: Whether the day is one of as many as they would like; if they have more than that, none is.
        stays: Whether they were told to be there.
        others: How many others of the role were free.
        next_best: The one of these with whom the schedule would be worth most.
    """

    clinician_id: str
    role: str
    drive_min: int
    is_preferred: bool
    is_of_preferred_team: bool
    is_wanted: bool
    stays: bool
    others: int
    next_best: NextBest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Why a request is served by its team.

    Attributes:
        team: In the order of roles.
    """

    request_id: str
    day: int
    team: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    clinician: Clinician
    minutes: int


class Explainer:
    """Explains a schedule.

    Args:
        instance: The whole of it: who is in no part is counted too.
        assignments: A schedule that breaks no hard rule.
    """

    def __init__(self, instance: Instance, assignments: Iterable[Assignment]) -> None:
        self._instance: Final = instance
        self._of_role: Final = {
            role: tuple(
                sorted((each for each in instance.clinicians if each.role == role), key=lambda each: each.clinician_id)
            )
            for role in ROLES
        }
        self._assignment: Final = {each.request_id: each for each in assignments}
        #: Of each clinician, what they do on which day; and of each practice and day, what it has.
        self._work: Final = defaultdict[str, dict[int, str]](dict)
        self._taken: Final = dict[tuple[tuple[str, str], int], str]()
        for fixed in instance.fixed:
            self._book(fixed.fixed_id, fixed.practice_id, fixed.day, fixed.team)
        for each in self._assignment.values():
            self._book(each.request_id, instance.request[each.request_id].practice_id, each.day, each.team)
        self._teams: Final = defaultdict[str, list[frozenset[str]]](list)
        for team in instance.preferred_teams:
            for clinician_id in team:
                self._teams[clinician_id].append(team)
        self._available_by = dict[tuple[str, int], Mapping[str, Clinician]]()
        self._near_by = dict[tuple[str, str], tuple[_Candidate, ...]]()

    def explanations(self) -> Iterator[Served | Unmatched]:
        """Yield why each request is served, or not, in the order of the instance."""
        return (self.explain(each.request_id) for each in self._instance.requests)

    def explain(self, request_id: str) -> Served | Unmatched:
        """Return why a request is served by its team, or why it is not served.

        Args:
            request_id: Of a request of the instance.
        """
        request = self._instance.request[request_id]
        assignment = self._assignment.get(request_id)
        return self._unmatched(request) if assignment is None else self._served(request, assignment)

    def _book(self, what: str, practice_id: str, day: int, team: Iterable[str]) -> None:
        self._taken[self._instance.calendar(practice_id), day] = what
        for clinician_id in team:
            self._work[clinician_id][day] = what

    def _unmatched(self, request: Request) -> Unmatched:
        dates = tuple(self._on_date(request, day) for day, _ in request.dates)
        return Unmatched(
            request_id=request.request_id,
            state=self._instance.practice[request.practice_id].state,
            dates=dates,
            remedy=self._remedy(request, dates),
        )

    def _on_date(self, request: Request, day: int) -> OnDate:
        if taken_by := self._taken.get((self._instance.calendar(request.practice_id), day)):
            return OnDate(day=day, taken_by=taken_by)
        roles = tuple(self._role_on_date(request, role, day) for role in ROLES)
        addition = None
        if all(each.free for each in roles):
            addition = self._best_addition(request, day, [self._candidates(request, each) for each in roles])
        return OnDate(day=day, roles=roles, addition=addition)

    def _role_on_date(self, request: Request, role: str, day: int) -> RoleOnDate:
        practice, skills = self._instance.practice[request.practice_id], request.needs(role)
        removed, busy, free = Counter[Rule](), list[Busy](), list[str]()
        available = self._available(role, day)
        removed[Rule.AVAILABILITY] = len(self._of_role[role]) - len(available)
        for clinician in available.values():
            if rule := next(broken_alone(practice, clinician, day, skills), None):
                removed[rule] += 1
                continue
            work = self._work[clinician.clinician_id]
            if rule := next(broken_together(clinician, day, work, self._instance), None):
                by = tuple(work[each] for each in used_up_by(rule, day, work, self._instance))
                busy.append(Busy(clinician_id=clinician.clinician_id, rule=rule, by=by))
            else:
                free.append(clinician.clinician_id)
        return RoleOnDate(
            role=role,
            needs=tuple(sorted(skills)),
            people=len(self._of_role[role]),
            removed={rule: removed[rule] for rule in COUNTED if removed[rule]},
            busy=tuple(busy),
            free=tuple(free),
        )

    def _candidates(self, request: Request, role: RoleOnDate) -> list[_Candidate]:
        free = set(role.free)
        near = self._near(self._instance.practice[request.practice_id], role.role)
        return [each for each in near if each.clinician.clinician_id in free]

    def _remedy(self, request: Request, dates: Sequence[OnDate]) -> Remedy | None:
        if any(date.addition for date in dates):
            return None
        found = [each for date in dates if date.roles and (each := self._remedy_on(request, date))]
        # Of equals the first: they are in the order of dates.
        return min(
            found,
            key=lambda each: (len(each.changes), sum(one.size for one in each.changes), -each.addition.worth),
            default=None,
        )

    def _remedy_on(self, request: Request, date: OnDate) -> Remedy | None:
        """Return the smallest change on a date: of each role that is short, whoever it takes least."""
        changes, candidates = list[Change](), list[list[_Candidate]]()
        for role in date.roles:
            if role.free:
                candidates.append(self._candidates(request, role))
                continue
            near = min(
                self._near_misses(request, role.role, date.day),
                key=lambda each: (each[0].size, -self._worth(request, date.day, each[1]), each[0].clinician_id),
                default=None,
            )
            if near is None:
                return None
            changes.append(near[0])
            candidates.append([near[1]])
        addition = self._best_addition(request, date.day, candidates)
        return Remedy(day=date.day, changes=tuple(changes), addition=addition)

    def _near_misses(self, request: Request, role: str, day: int) -> Iterator[tuple[Change, _Candidate]]:
        """Yield the change for each of those whom only one rule keeps away."""
        practice, skills = self._instance.practice[request.practice_id], request.needs(role)
        available = self._available(role, day)
        for clinician in self._of_role[role]:
            # Most people break these two: then nothing else is asked of them.
            if clinician.clinician_id not in available and clinician.licenses.get(practice.state, -1) < day:
                continue
            work = self._work[clinician.clinician_id]
            broken = chain(
                broken_alone(practice, clinician, day, skills),
                broken_together(clinician, day, work, self._instance),
            )
            rule, *more = islice(broken, 2)
            if more or rule not in SIZES:
                continue
            minutes = drive(practice, clinician)
            missing = sorted(clinician.lacks(skills, day))
            if minutes is None or minutes > MAX_DRIVE_MIN or len(missing) > 1:
                continue
            amount = {
                Rule.DRIVE: minutes - clinician.max_drive_min,
                Rule.WEEK: len(used_up_by(Rule.WEEK, day, work, self._instance)) + 1 - clinician.max_days_per_week,
                Rule.ROW: len(used_up_by(Rule.ROW, day, work, self._instance)) + 1 - clinician.max_days_in_row,
            }.get(rule, 1)
            what = {Rule.SKILL: "".join(missing), Rule.LICENSE: practice.state}.get(rule, "")
            change = Change(
                rule=rule, clinician_id=clinician.clinician_id, role=role, day=day, amount=amount, what=what
            )
            yield change, _Candidate(clinician=clinician, minutes=minutes)

    def _best_addition(self, request: Request, day: int, candidates: Sequence[Sequence[_Candidate]]) -> Addition:
        """Return the team of candidates, some of each role, that is worth most; of equals the first by id."""
        weights = self._instance.weights
        worth = {
            each.clinician.clinician_id: self._worth(request, day, each) for of_role in candidates for each in of_role
        }
        alone = [
            min(of_role, key=lambda each: (-worth[each.clinician.clinician_id], each.clinician.clinician_id))
            for of_role in candidates
        ]
        teams = [frozenset(each.clinician.clinician_id for each in alone)]
        few = min(candidates, key=len)
        teams += [team for each in few for team in self._teams[each.clinician.clinician_id] if team <= worth.keys()]
        best, members = min((-self._of_team(team) - sum(worth[each] for each in team), sorted(team)) for team in teams)
        one, two, three = sorted(members, key=lambda each: ROLES.index(self._instance.clinician[each].role))
        served = weights.served * request.priority - dict(request.dates)[day]
        return Addition(team=(one, two, three), worth=served - best)

    def _served(self, request: Request, assignment: Assignment) -> Served:
        choices = tuple(self._choice(request, assignment, clinician_id) for clinician_id in assignment.team)
        return Served(request_id=request.request_id, day=assignment.day, team=choices)

    def _choice(self, request: Request, assignment: Assignment, clinician_id: str) -> Choice:
        practice, day, team = self._instance.practice[request.practice_id], assignment.day, frozenset(assignment.team)
        clinician, rest = self._instance.clinician[clinician_id], team - {clinician_id}
        near = self._near(practice, clinician.role)
        (chosen,) = (each for each in near if each.clinician.clinician_id == clinician_id)
        others = [
            each
            for each in near
            if not any(broken_alone(practice, each.clinician, day, request.needs(clinician.role)))
            and not any(broken_together(each.clinician, day, self._work[each.clinician.clinician_id], self._instance))
        ]
        worth = self._worth(request, day, chosen) + self._of_team(team)
        losses = [
            (worth - self._worth(request, day, each) - self._of_team(rest | {each.clinician.clinician_id}), each)
            for each in others
        ]
        next_best = None
        if losses:
            loses, other = min(losses, key=lambda each: (each[0], each[1].clinician.clinician_id))
            next_best = NextBest(clinician_id=other.clinician.clinician_id, loses=loses)
        return Choice(
            clinician_id=clinician_id,
            role=clinician.role,
            drive_min=chosen.minutes,
            is_preferred=clinician_id in practice.preferred,
            is_of_preferred_team=team in self._instance.preferred_teams,
            is_wanted=self._is_wanted(clinician, day),
            stays=stays(request, day, clinician_id),
            others=len(others),
            next_best=next_best,
        )

    def _available(self, role: str, day: int) -> Mapping[str, Clinician]:
        """Return who of a role is available on a day, by id: each day is asked for many requests."""
        if (role, day) not in self._available_by:
            self._available_by[role, day] = {
                each.clinician_id: each for each in self._of_role[role] if each.is_available(day)
            }
        return self._available_by[role, day]

    def _near(self, practice: Practice, role: str) -> tuple[_Candidate, ...]:
        """Return who of a role can go to a practice on some day, by id, with their drives."""
        key = (practice.practice_id, role)
        if key not in self._near_by:
            self._near_by[key] = tuple(self._found_near(practice, role))
        return self._near_by[key]

    def _found_near(self, practice: Practice, role: str) -> Iterator[_Candidate]:
        for clinician in self._of_role[role]:
            # Most people have no license for a state: their drives are not asked.
            if practice.state not in clinician.licenses:
                continue
            minutes = drive(practice, clinician)
            if minutes is not None and minutes <= clinician.max_drive_min:
                yield _Candidate(clinician=clinician, minutes=minutes)

    def _worth(self, request: Request, day: int, candidate: _Candidate) -> int:
        """Return what a member adds to what the schedule is worth, but for the team."""
        weights, clinician = self._instance.weights, candidate.clinician
        practice = self._instance.practice[request.practice_id]
        return (
            weights.preferred * (clinician.clinician_id in practice.preferred)
            - weights.travel_min * candidate.minutes
            + weights.change * stays(request, day, clinician.clinician_id)
            + weights.fair_day * self._is_wanted(clinician, day)
        )

    def _is_wanted(self, clinician: Clinician, day: int) -> bool:
        """Whether a clinician has fewer other days than they would like."""
        others = self._work[clinician.clinician_id].keys() - {day}
        return sum(self._instance.is_planned(each) for each in others) < clinician.target_days

    def _of_team(self, team: frozenset[str]) -> int:
        return self._instance.weights.team * (team in self._instance.preferred_teams)


_EASED: Final[Mapping[Rule, Callable[[Clinician, Change], Clinician]]] = {
    Rule.DRIVE: lambda who, change: replace(who, max_drive_min=who.max_drive_min + change.amount),
    Rule.AVAILABILITY: lambda who, change: replace(who, windows=(*who.windows, (change.day, change.day))),
    Rule.WEEK: lambda who, change: replace(who, max_days_per_week=who.max_days_per_week + change.amount),
    Rule.ROW: lambda who, change: replace(who, max_days_in_row=who.max_days_in_row + change.amount),
    Rule.SKILL: lambda who, change: replace(
        who,
        skills=who.skills | {change.what},
        skills_until={skill: until for skill, until in who.skills_until.items() if skill != change.what},
    ),
    Rule.LICENSE: lambda who, change: replace(who, licenses={**who.licenses, change.what: change.day}),
}


def with_changes(instance: Instance, changes: Iterable[Change]) -> Instance:
    """Return an instance in which changes were made; whatever could be held before still can."""
    of = {each.clinician_id: each for each in changes}
    return replace(instance, clinicians=tuple(_eased(each, of.get(each.clinician_id)) for each in instance.clinicians))


def _eased(clinician: Clinician, change: Change | None) -> Clinician:
    return clinician if change is None else _EASED[change.rule](clinician, change)
