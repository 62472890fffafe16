"""The best schedule by trying all of them: slow, plain, and without a line of a solver.

Of schedules in which as many stay where they were told to be, the best is worth most, and none has more of them stay.
Every request is served on each of its dates by each team that the rules allow, or not at all. Only what cannot become
the best any more is not followed: where all that is left, each by itself at its best, would not make up for it.
"""

from itertools import product

from bitewing.matching.instance import ROLES, drive
from bitewing.matching.rules import broken_alone, broken_together, stays
from bitewing.matching.schedule import Assignment

#: More than any schedule is worth.
STAYS = 10**9


def best_schedule(instance):
    """Return what the best schedule is worth, and one that is worth it."""
    worked = {each.clinician_id: set() for each in instance.clinicians}
    for fixed in instance.fixed:
        for clinician_id in fixed.team:
            worked[clinician_id].add(fixed.day)
    taken = {_date(instance, each.practice_id, each.day) for each in instance.fixed}
    # The most valuable first: a good schedule is found soon, and little is left to be followed.
    options = sorted((_options(instance, each) for each in instance.requests), key=_most, reverse=True)
    search = _Search(instance, [each for each in options if each], worked, taken)
    search.follow(0, 0, [])
    return search.worth - STAYS * kept(instance, search.best), search.best


def kept(instance, assignments):
    """Return how many members of a schedule stay where they were told to be."""
    return sum(stays(instance.request[each.request_id], each.day, one) for each in assignments for one in each.team)


def _date(instance, practice_id, day):
    """Return what only one Case Day can have: the date of an organization, or of a practice without any."""
    organization = instance.practice[practice_id].organization
    return (None, practice_id, day) if organization is None else (organization, None, day)


def _most(options):
    return max((worth for worth, _, _ in options), default=0)


def _options(instance, request):
    """Return each way to serve a request, the best first: its worth if each day is a wanted one, its day and team."""
    practice, weights, found = instance.practice[request.practice_id], instance.weights, []
    for day, penalty in request.dates:
        able = [
            [
                each
                for each in instance.clinicians
                if each.role == role and not any(True for _ in broken_alone(practice, each, day, request.needs(role)))
            ]
            for role in ROLES
        ]
        for team in product(*able):
            ids = tuple(each.clinician_id for each in team)
            worth = weights.served * request.priority - penalty
            worth += weights.team * (frozenset(ids) in instance.preferred_teams)
            for each in team:
                worth += STAYS * stays(request, day, each.clinician_id)
                worth += weights.preferred * (each.clinician_id in practice.preferred)
                worth += weights.change * stays(request, day, each.clinician_id)
                worth += weights.fair_day * (each.target_days > 0) - weights.travel_min * drive(practice, each)
            found.append((worth, day, Assignment(request_id=request.request_id, day=day, team=ids)))
    return sorted(found, key=lambda each: each[0], reverse=True)


class _Search:
    def __init__(self, instance, options, worked, taken):
        self.instance, self.options, self.worked, self.taken = instance, options, worked, taken
        self.worth, self.best = 0, []
        self.left = [sum(max(_most(each), 0) for each in options[place:]) for place in range(len(options) + 1)]

    def follow(self, place, worth, chosen):
        """Try all that can be done with the requests from one on."""
        if worth > self.worth:
            self.worth, self.best = worth, list(chosen)
        if worth + self.left[place] <= self.worth:
            return
        for most, day, assignment in self.options[place]:
            if worth + most + self.left[place + 1] <= self.worth:
                break
            date = _date(self.instance, self.instance.request[assignment.request_id].practice_id, day)
            team = [self.instance.clinician[each] for each in assignment.team]
            if date in self.taken or any(self._has_no_room(each, day) for each in team):
                continue
            not_wanted = sum(0 < each.target_days <= self._planned(each) for each in team)
            self.taken.add(date)
            for each in team:
                self.worked[each.clinician_id].add(day)
            self.follow(place + 1, worth + most - self.instance.weights.fair_day * not_wanted, [*chosen, assignment])
            for each in team:
                self.worked[each.clinician_id].discard(day)
            self.taken.discard(date)
        self.follow(place + 1, worth, chosen)

    def _planned(self, clinician):
        return sum(0 <= day < self.instance.n_days for day in self.worked[clinician.clinician_id])

    def _has_no_room(self, clinician, day):
        return any(True for _ in broken_together(clinician, day, self.worked[clinician.clinician_id], self.instance))
