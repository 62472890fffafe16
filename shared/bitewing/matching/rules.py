"""What a schedule may not break, and what it is worth: one request, one day and one clinician at a time.

It is slow and plain on purpose: solvers are held to it, and it shares no code with them but the values.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from bitewing.matching.instance import ROLES, Clinician, Instance, Practice, Request, Told, drive
from bitewing.matching.schedule import Assignment


class Rule(StrEnum):
    """A hard rule, in the words of those that hold for teams that are formed by hand."""

    ROLE = "role"
    LICENSE = "license"
    SKILL = "skill"
    BLOCKED = "blocked"
    AVAILABILITY = "availability"
    DRIVE = "drive"
    CLAIMED = "claimed"
    WEEK = "week"
    ROW = "row"
    DATE = "date"


def broken_alone(practice: Practice, clinician: Clinician, day: int, skills: frozenset[str]) -> Iterator[Rule]:
    """Yield the hard rules that keep a clinician from a practice on a day, whatever else they do.

    Args:
        practice: Where they would go.
        clinician: Who would go.
        day: When.
        skills: What their role needs there.
    """
    if not clinician.is_available(day):
        yield Rule.AVAILABILITY
    if clinician.licenses.get(practice.state, -1) < day:
        yield Rule.LICENSE
    if clinician.lacks(skills, day):
        yield Rule.SKILL
    if clinician.clinician_id in practice.blocked:
        yield Rule.BLOCKED
    minutes = drive(practice, clinician)
    if minutes is None or minutes > clinician.max_drive_min:
        yield Rule.DRIVE


def broken_together(clinician: Clinician, day: int, worked: Collection[int], instance: Instance) -> Iterator[Rule]:
    """Yield the hard rules that the other days of a clinician leave no room for on a day.

    Args:
        clinician: Who would work.
        day: When.
        worked: Days on which they work otherwise.
        instance: What says in which week a day is.
    """
    if day in worked:
        yield Rule.CLAIMED
    if len(_others_in_week(day, worked, instance)) >= clinician.max_days_per_week:
        yield Rule.WEEK
    if len(_others_in_row(day, worked)) >= clinician.max_days_in_row:
        yield Rule.ROW


def used_up_by(rule: Rule, day: int, worked: Collection[int], instance: Instance) -> tuple[int, ...]:
    """Return the other days of a clinician that leave no room for a day, in order.

    Args:
        rule: What they leave no room for: one that :func:`broken_together` yields.
        day: The day that has no room.
        worked: Days on which they work otherwise.
        instance: What says in which week a day is.
    """
    if rule is Rule.CLAIMED:
        return (day,)
    return _others_in_week(day, worked, instance) if rule is Rule.WEEK else _others_in_row(day, worked)


def _others_in_week(day: int, worked: Collection[int], instance: Instance) -> tuple[int, ...]:
    return tuple(sorted(each for each in set(worked) - {day} if instance.week(each) == instance.week(day)))


def _others_in_row(day: int, worked: Collection[int]) -> tuple[int, ...]:
    first = last = day
    while first - 1 in worked:
        first -= 1
    while last + 1 in worked:
        last += 1
    return tuple(each for each in range(first, last + 1) if each != day)


def violations(instance: Instance, assignments: Sequence[Assignment]) -> Iterator[str]:
    """Yield in a sentence each hard rule that a schedule breaks; none for one that can be held."""
    requests, dates, days = set[str](), set[tuple[tuple[str, str], int]](), _fixed_days(instance)
    dates |= {(instance.calendar(each.practice_id), each.day) for each in instance.fixed}
    for each in assignments:
        request = instance.request.get(each.request_id)
        if request is None:
            yield f"There is no request {each.request_id}."
            continue
        if request.request_id in requests:
            yield f"Request {request.request_id} is served twice."
        requests.add(request.request_id)
        if each.day not in dict(request.dates):
            yield f"Day {each.day} is none of the dates of request {request.request_id}."
        calendar = kind, name = instance.calendar(request.practice_id)
        if (calendar, each.day) in dates:
            yield f"{kind.capitalize()} {name} has two Case Days on day {each.day}."
        dates.add((calendar, each.day))
        yield from _of_team(instance, request, each, days)


def objective(instance: Instance, assignments: Sequence[Assignment]) -> int:
    """Return what a schedule is worth.

    Fixed days only use up the days that clinicians would like to have; those before and after the days that are planned
    are of other periods, and use up nothing.
    """
    weights, worth = instance.weights, 0
    days = {
        clinician_id: sum(instance.is_planned(day) for day in worked)
        for clinician_id, worked in _fixed_days(instance).items()
    }
    before = dict(days)
    for each in assignments:
        request = instance.request[each.request_id]
        practice = instance.practice[request.practice_id]
        worth += weights.served * request.priority - dict(request.dates)[each.day]
        worth += weights.team * (frozenset(each.team) in instance.preferred_teams)
        for clinician_id in each.team:
            minutes = drive(practice, instance.clinician[clinician_id])
            if minutes is None:
                raise ValueError(f"{clinician_id} is too far from {practice.practice_id}.")
            worth += weights.preferred * (clinician_id in practice.preferred) - weights.travel_min * minutes
            worth += weights.change * stays(request, each.day, clinician_id)
            days[clinician_id] = days.get(clinician_id, 0) + 1
    for clinician_id, worked in days.items():
        target = instance.clinician[clinician_id].target_days
        worth += weights.fair_day * (min(worked, target) - min(before.get(clinician_id, 0), target))
    return worth


def as_told(instance: Instance, assignments: Iterable[Assignment]) -> Instance:
    """Return an instance of which people were told a schedule: planned anew, it moves as few of them as possible.

    That they stay is worth nothing more: what a schedule is worth can be compared with the one before.
    """
    told = {each.request_id: Told(day=each.day, team=frozenset(each.team)) for each in assignments}
    requests = (replace(each, told=told.get(each.request_id, each.told)) for each in instance.requests)
    return replace(instance, requests=tuple(requests), weights=replace(instance.weights, change=0))


def stays(request: Request, day: int, clinician_id: str) -> bool:
    """Whether a member of a day is where they were told to be."""
    told = request.told
    return told is not None and told.day == day and clinician_id in told.team


def _fixed_days(instance: Instance) -> dict[str, set[int]]:
    days = defaultdict[str, set[int]](set)
    for fixed in instance.fixed:
        for clinician_id in fixed.team:
            days[clinician_id].add(fixed.day)
    return days


def _of_team(instance: Instance, request: Request, assignment: Assignment, days: dict[str, set[int]]) -> Iterator[str]:
    what = f"request {request.request_id} on day {assignment.day}"
    if unknown := sorted(set(assignment.team) - instance.clinician.keys()):
        yield f"The team of {what} has strangers: {', '.join(unknown)}."
        return
    team = [instance.clinician[clinician_id] for clinician_id in assignment.team]
    if sorted(each.role for each in team) != sorted(ROLES):
        yield f"The team of {what} is not one of each role."
    for clinician in team:
        worked = days[clinician.clinician_id]
        practice, skills = instance.practice[request.practice_id], request.needs(clinician.role)
        for rule in broken_alone(practice, clinician, assignment.day, skills):
            yield f"{clinician.clinician_id} cannot go to {what}: {rule}."
        for rule in broken_together(clinician, assignment.day, worked, instance):
            yield f"{clinician.clinician_id} has no room for {what}: {rule}."
        worked.add(assignment.day)
