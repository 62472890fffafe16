"""Parts of an instance that decide nothing about each other, so that each is solved on its own, side by side."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bitewing.matching.instance import Instance
from bitewing.matching.options import Options, Whole, calendars_of


def parts_of(instance: Instance, options: Options) -> tuple[Instance, ...]:
    """Return the independent parts of an instance, the largest first.

    Two requests are in one part where somebody could be on the team of both, or where they have a practice in common,
    at whatever places of it. Requests that nobody could take are in none.

    Args:
        instance: In the order of ids.
        options: Its options.
    """
    requests = _together(instance, options)
    of_calendar = _lowest(options.calendar, requests[options.request], len(instance.practices))
    of_practice = of_calendar[calendars_of(instance)]
    of_clinician = _lowest(
        options.column_clinician, requests[options.request[options.column_option]], len(instance.clinicians)
    )
    parts = [
        _part(instance, *(np.nonzero(each == name)[0] for each in (of_practice, of_clinician, requests)))
        for name in np.unique(requests[options.request])
    ]
    return tuple(sorted(parts, key=lambda part: (-len(part.requests), part.requests[0].request_id)))


def joined(parts: Sequence[Instance]) -> Instance:
    """Return some parts of an instance as one, in the order of ids.

    Args:
        parts: One or more, of the same instance.
    """
    teams = defaultdict[str, frozenset[str]](frozenset)
    for part in parts:
        for each in part.fixed:
            teams[each.fixed_id] |= each.team
    fixed = {each.fixed_id: each for part in parts for each in part.fixed}
    return replace(
        parts[0],
        practices=tuple(each for part in parts for each in part.practices),
        clinicians=tuple(each for part in parts for each in part.clinicians),
        requests=tuple(each for part in parts for each in part.requests),
        preferred_teams=frozenset(team for part in parts for team in part.preferred_teams),
        fixed=tuple(replace(each, team=teams[each.fixed_id]) for each in fixed.values()),
    ).in_order()


def _together(instance: Instance, options: Options) -> Whole:
    """Return of each request the lowest number of a request in its part; its own where nobody could take it.

    Requests take the lowest name of their practice and of everybody who could take them, until nothing changes.
    """
    names = np.arange(len(instance.requests))
    of_column = options.request[options.column_option]
    while True:
        before = names.copy()
        for whose, request, count in (
            (options.calendar, options.request, len(instance.practices)),
            (options.column_clinician, of_column, len(instance.clinicians)),
        ):
            np.minimum.at(names, request, _lowest(whose, names[request], count)[whose])
        # Who took somebody's name takes theirs: a chain of requests is as short as a doubling.
        names = names[names]
        if (names == before).all():
            return names


def _lowest(group: Whole, values: Whole, count: int) -> Whole:
    """Return of each group the lowest value; -1 for one without any."""
    lowest = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(lowest, group, values)
    lowest[lowest == np.iinfo(np.int64).max] = -1
    return lowest


def _part(instance: Instance, of_practice: Whole, of_clinician: Whole, of_request: Whole) -> Instance:
    practices = tuple(instance.practices[number] for number in of_practice)
    clinicians = tuple(instance.clinicians[number] for number in of_clinician)
    practice_ids = {each.practice_id for each in practices}
    clinician_ids = {each.clinician_id for each in clinicians}
    return replace(
        instance,
        practices=practices,
        clinicians=clinicians,
        requests=tuple(instance.requests[number] for number in of_request),
        preferred_teams=frozenset(team for team in instance.preferred_teams if team <= clinician_ids),
        fixed=tuple(
            replace(each, team=each.team & clinician_ids)
            for each in instance.fixed
            if each.practice_id in practice_ids or each.team & clinician_ids
        ),
    )
