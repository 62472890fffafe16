"""First come, first served, the most urgent first: what a careful person does by hand, in a moment."""

from collections import defaultdict

from bitewing.matching.instance import ROLES
from bitewing.matching.options import Options
from bitewing.matching.rules import broken_together
from bitewing.matching.schedule import Assignment


def serve_in_turn(options: Options) -> tuple[Assignment, ...]:
    """Return a schedule that serves each request in turn, by priority, with the best team that is left.

    It breaks no hard rule, and is worth something at once: what matching begins with, and falls back on.
    """
    instance = options.instance
    worked = defaultdict[int, set[int]](set)
    number = {each.clinician_id: place for place, each in enumerate(instance.clinicians)}
    for fixed in instance.fixed:
        for one in fixed.team:
            worked[number[one]].add(fixed.day)
    of_request = defaultdict[int, list[int]](list)
    for option in range(options.n_options):
        of_request[int(options.request[option])].append(option)
    columns = defaultdict[int, list[int]](list)
    for column, option in enumerate(options.column_option.tolist()):
        columns[option].append(column)
    taken, chosen = set[tuple[int, int]](), list[Assignment]()
    for request in sorted(of_request, key=lambda each: (-instance.requests[each].priority, each)):
        best: tuple[int, int, tuple[int, ...]] | None = None
        for option in of_request[request]:
            day = int(options.day[option])
            if (int(options.practice[option]), day) in taken:
                continue
            team = _team(options, columns[option], day, worked)
            if team is not None:
                worth = int(options.worth[option] + options.column_worth[list(team)].sum())
                best = max(best or (worth, -option, team), (worth, -option, team))
        if best is None or best[0] <= 0:
            continue
        option, members = -best[1], [int(options.column_clinician[column]) for column in best[2]]
        day = int(options.day[option])
        taken.add((int(options.practice[option]), day))
        for member in members:
            worked[member].add(day)
        nurse, medic, anesthesiologist = (instance.clinicians[member].clinician_id for member in members)
        chosen.append(
            Assignment(request_id=instance.requests[request].request_id, day=day, team=(nurse, medic, anesthesiologist))
        )
    return tuple(sorted(chosen, key=lambda each: each.request_id))


def _team(options: Options, columns: list[int], day: int, worked: dict[int, set[int]]) -> tuple[int, ...] | None:
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
