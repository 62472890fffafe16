"""First come, first served, the most urgent first: what a careful person does by hand, in a moment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bitewing.matching.instance import ROLES, Instance
from bitewing.matching.options import Options, Whole, calendars_of
from bitewing.matching.rules import broken_together
from bitewing.matching.schedule import Assignment


def serve_in_turn(options: Options, begun: Sequence[Assignment] = ()) -> tuple[Assignment, ...]:
    """Return a schedule that serves each request in turn, by priority, with the best team that is left.

    It breaks no hard rule, and is worth something at once: what matching begins with, and falls back on.

    Args:
        options: Of the instance.
        begun: What is served already, and stays.
    """
    instance = options.instance
    worked, taken, chosen = _fixed_days(instance), set[tuple[int, int]](), list(begun)
    number = {each.clinician_id: place for place, each in enumerate(instance.clinicians)}
    calendars = calendars_of(instance).tolist()
    calendar_of = {each.practice_id: calendar for each, calendar in zip(instance.practices, calendars, strict=True)}
    for each in begun:
        taken.add((calendar_of[instance.request[each.request_id].practice_id], each.day))
        for one in each.team:
            worked[number[one]].add(each.day)
    of_request, columns = _places(options.request), _places(options.column_option)
    calendar = options.calendar
    served = {each.request_id for each in begun}
    waiting = (each for each in of_request if instance.requests[each].request_id not in served)
    for request in sorted(waiting, key=lambda each: (-instance.requests[each].priority, each)):
        free = [each for each in of_request[request] if (calendar[each], options.day[each]) not in taken]
        best = _best(options, free, columns, worked)
        if best is None:
            continue
        option, team = best
        day, members = int(options.day[option]), [int(options.column_clinician[column]) for column in team]
        taken.add((int(calendar[option]), day))
        for member in members:
            worked[member].add(day)
        nurse, medic, anesthesiologist = (instance.clinicians[member].clinician_id for member in members)
        chosen.append(
            Assignment(request_id=instance.requests[request].request_id, day=day, team=(nurse, medic, anesthesiologist))
        )
    return tuple(sorted(chosen, key=lambda each: each.request_id))


def _fixed_days(instance: Instance) -> dict[int, set[int]]:
    """Return the days that clinicians work anyway, by their numbers."""
    number = {each.clinician_id: place for place, each in enumerate(instance.clinicians)}
    worked = defaultdict[int, set[int]](set)
    for fixed in instance.fixed:
        for one in fixed.team:
            worked[number[one]].add(fixed.day)
    return worked


def _places(values: Whole) -> dict[int, list[int]]:
    """Return where each value stands."""
    places = defaultdict[int, list[int]](list)
    for place, value in enumerate(values.tolist()):
        places[value].append(place)
    return places


def _best(
    options: Options, free: Sequence[int], columns: Mapping[int, Sequence[int]], worked: Mapping[int, set[int]]
) -> tuple[int, tuple[int, ...]] | None:
    """Return the option that is worth most, with its team; ``None`` where none can be taken, or is worth nothing."""
    found = list[tuple[int, int, tuple[int, ...]]]()
    for option in free:
        team = _team(options, columns[option], int(options.day[option]), worked)
        if team is not None:
            worth = int(options.worth[option] + options.column_worth[list(team)].sum())
            found.append((worth, -option, team))
    worth, option, team = max(found, default=(0, 0, ()))
    return (-option, team) if worth > 0 else None


def _team(options: Options, columns: Sequence[int], day: int, worked: Mapping[int, set[int]]) -> tuple[int, ...] | None:
    """Return the best column of each role that is free on a day; ``None`` where a role has none."""
    instance = options.instance
    team = list[int]()
    for role in range(len(ROLES)):
        of_role = [each for each in columns if options.column_role[each] == role]
        by_worth = sorted(of_role, key=lambda each: (-int(options.column_worth[each]), each))
        for column in by_worth:
            who = int(options.column_clinician[column])
            if not any(broken_together(instance.clinicians[who], day, worked[who], instance)):
                team.append(column)
                break
        else:
            return None
    return tuple(team)
