"""A schedule in numbers: what its objective is made of, and what each clinician does of what they can."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from bitewing.matching.instance import Clinician, Instance, drive
from bitewing.matching.rules import stays
from bitewing.matching.schedule import Assignment

_SATURDAY = 5
_DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is counted of a schedule; each count times its weight adds up to the objective.

    Attributes:
        served: How many requests are.
        priority: Of all that are served, together.
        date_penalty: What is lost by their dates.
        drive_min: Of all members, one way.
        preferred: Members whom the practice prefers.
        teams: Teams that like to work together.
        fair_days: Days of clinicians, up to as many as each would like; without fixed days.
        kept: Members who stay where they were told to be.
    """

    served: int
    priority: int
    date_penalty: int
    drive_min: int
    preferred: int
    teams: int
    fair_days: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Workdays:
    """What a clinician does, fixed days included.

    Attributes:
        days: On which they work, in order.
        fixed: Those of them that are fixed.
        drive_min: To the days that are not fixed, one way.
        available: On how many of the days that are planned they can work.
        busiest_week: Days in it.
        longest_row: Days in it.
        weekend_days: Saturdays and Sundays among the days.
    """

    clinician: Clinician
    days: tuple[int, ...]
    fixed: frozenset[int]
    drive_min: int
    available: int
    busiest_week: int
    longest_row: int
    weekend_days: int


def figures_of(instance: Instance, assignments: Sequence[Assignment]) -> Figures:
    """Return what a schedule that can be held is made of."""
    priority = date_penalty = drive_min = preferred = teams = kept = 0
    for each in assignments:
        request = instance.request[each.request_id]
        practice = instance.practice[request.practice_id]
        priority += request.priority
        date_penalty += dict(request.dates)[each.day]
        teams += frozenset(each.team) in instance.preferred_teams
        for clinician_id in each.team:
            drive_min += drive(practice, instance.clinician[clinician_id]) or 0
            preferred += clinician_id in practice.preferred
            kept += stays(request, each.day, clinician_id)
    fair_days = 0
    for load in workdays_of(instance, assignments):
        target = load.clinician.target_days
        days, before = (sum(instance.is_planned(day) for day in each) for each in (load.days, load.fixed))
        fair_days += min(days, target) - min(before, target)
    return Figures(
        served=len(assignments),
        priority=priority,
        date_penalty=date_penalty,
        drive_min=drive_min,
        preferred=preferred,
        teams=teams,
        fair_days=fair_days,
        kept=kept,
    )


def workdays_of(instance: Instance, assignments: Sequence[Assignment]) -> Iterator[Workdays]:
    """Yield what each clinician does, in the order of the instance."""
    fixed, days, minutes = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set), Counter[str]()
    for each in instance.fixed:
        for clinician_id in each.team:
            fixed[clinician_id].add(each.day)
    for one in assignments:
        practice = instance.practice[instance.request[one.request_id].practice_id]
        for clinician_id in one.team:
            days[clinician_id].add(one.day)
            minutes[clinician_id] += drive(practice, instance.clinician[clinician_id]) or 0
    for clinician in instance.clinicians:
        stays_fixed = fixed[clinician.clinician_id]
        worked = days[clinician.clinician_id] | stays_fixed
        yield Workdays(
            clinician=clinician,
            days=tuple(sorted(worked)),
            fixed=frozenset(stays_fixed),
            drive_min=minutes[clinician.clinician_id],
            available=sum(clinician.is_available(day) for day in range(instance.n_days)),
            busiest_week=max(Counter(instance.week(day) for day in worked).values(), default=0),
            longest_row=_longest_row(worked),
            weekend_days=sum(is_weekend(instance, day) for day in worked),
        )


def is_weekend(instance: Instance, day: int) -> bool:
    """Whether a day is a Saturday or a Sunday."""
    return (day + instance.first_weekday) % _DAYS_OF_WEEK >= _SATURDAY


def _longest_row(days: Collection[int]) -> int:
    longest = row = 0
    for day in sorted(days):
        row = row + 1 if day - 1 in days else 1
        longest = max(longest, row)
    return longest
