"""Who could go where and when, as arrays: every option of a request, and every clinician of each role for it.

An option is one date of one request. A column is one clinician in one role of one option; a clinician has one role.
Only what hard rules allow is here: license, skill, availability, drive, blocked, and dates and days that fixed Case
Days take.
"""

from collections import defaultdict
from dataclasses import dataclass
from math import hypot
from typing import Final

import numpy as np
import numpy.typing as npt

from bitewing.care_teams.drive import (
    COUNTRY_KM_PER_HOUR,
    ROADS,
    STOPS_MINUTES,
    TOWN_KM,
    TOWN_KM_PER_HOUR,
    drive_minutes,
)
from bitewing.matching.instance import ROLES, Instance, Practice, Request
from bitewing.matching.rules import stays

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Nearer to half a minute than this, the last bit of a square root decides: then it is asked again, one by one.
_IN_DOUBT: Final = 1e-6
_FAR: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of an instance, whose parts are in the order of ids.

    Attributes:
        instance: Of what.
        request: Of each option, the number of its request.
        practice: Of each option, the number of its practice.
        day: Of each option.
        worth: Of each option: priority, less what its date loses.
        column_option: Of each column; columns are sorted by option, and within it by role.
        column_clinician: Of each column, the number of its clinician.
        column_role: Of each column, 0 to 2.
        column_worth: Of each column: the drive, whom the practice prefers, who stays where they were told.
        column_stays: Of each column, 1 where its clinician stays where they were told, 0 elsewhere.
        team_option: Of each preferred team that could take an option, the option.
        team_columns: Of each of these, the columns of its members, by role.
    """

    instance: Instance
    request: Whole
    practice: Whole
    day: Whole
    worth: Whole
    column_option: Whole
    column_clinician: Whole
    column_role: Whole
    column_worth: Whole
    column_stays: Whole
    team_option: Whole
    team_columns: Whole

    @property
    def calendar(self) -> Whole:
        """Return of each option the number of the first practice that has one Case Day a date with its own."""
        return calendars_of(self.instance)[self.practice]

    @property
    def n_options(self) -> int:
        """Return how many options there are."""
        return len(self.request)

    @property
    def n_columns(self) -> int:
        """Return how many columns there are."""
        return len(self.column_option)


def options_of(instance: Instance) -> Options:
    """Return every option of an instance in order, and who could take it.

    Args:
        instance: In the order of ids, see :meth:`Instance.in_order`.
    """
    reach = _Reach(instance)
    number = {each.practice_id: place for place, each in enumerate(instance.practices)}
    taken = {(instance.calendar(each.practice_id), each.day) for each in instance.fixed}
    heads, who, kept = list[tuple[int, int, int, int]](), list[Whole](), list[Whole]()
    for place, request in enumerate(instance.requests):
        practice, calendar = number[request.practice_id], instance.calendar(request.practice_id)
        needs = [request.needs(name) for name in ROLES]
        able = [reach.of(practice, role, skills) for role, skills in enumerate(needs)]
        for day, penalty in request.dates:
            if (calendar, day) in taken:
                continue
            free = [each[reach.is_free(practice, each, day, skills)] for each, skills in zip(able, needs, strict=True)]
            if not all(len(each) for each in free):
                continue
            heads.append((place, practice, day, instance.weights.served * request.priority - penalty))
            who += free
            kept += [_stays(instance, request, day, each) for each in free]
    head = np.array(heads, dtype=np.int64).reshape(-1, 4).T
    nobody = np.zeros(0, dtype=np.int64)
    group = np.repeat(np.arange(len(who)), [len(each) for each in who])
    column_option, column_role = np.divmod(group, len(ROLES))
    column_clinician, column_stays = np.concatenate([nobody, *who]), np.concatenate([nobody, *kept])
    column_worth = reach.worth[head[1][column_option], column_clinician] + instance.weights.change * column_stays
    team_option, team_columns = _teams(instance, column_option, column_clinician)
    return Options(
        instance=instance,
        request=head[0],
        practice=head[1],
        day=head[2],
        worth=head[3],
        column_option=column_option,
        column_clinician=column_clinician,
        column_role=column_role,
        column_worth=column_worth,
        column_stays=column_stays,
        team_option=team_option,
        team_columns=team_columns,
    )


def _stays(instance: Instance, request: Request, day: int, who: Whole) -> Whole:
    """Return of each of these clinicians, 1 where they stay where they were told to be."""
    stay = np.zeros(len(who), dtype=np.int64)
    if request.told is not None:
        stay[:] = [stays(request, day, instance.clinicians[one].clinician_id) for one in who]
    return stay


def calendars_of(instance: Instance) -> Whole:
    """Return of each practice the number of the first one that has one Case Day a date with it; mostly its own."""
    first = dict[tuple[str, str], int]()
    numbers = [first.setdefault(instance.calendar(each.practice_id), n) for n, each in enumerate(instance.practices)]
    return np.array(numbers, dtype=np.int64)


class _Reach:
    """Who can go to which practice at all, and what that is worth."""

    def __init__(self, instance: Instance) -> None:
        clinicians, practices, weights = instance.clinicians, instance.practices, instance.weights
        number = {each.clinician_id: place for place, each in enumerate(clinicians)}
        # Shapes and types are said: a side can be empty.
        homes = np.array([each.xy for each in clinicians], dtype=np.float64).reshape(-1, 2)
        minutes = np.array([_minutes(instance, each, homes) for each in practices], dtype=np.int64)
        minutes = minutes.reshape(len(practices), len(clinicians))
        limit = np.array([each.max_drive_min for each in clinicians], dtype=np.int64)
        self._can_go: Final[Flags] = minutes <= limit
        preferred = np.zeros(minutes.shape, dtype=np.int64)
        for place, each in enumerate(practices):
            self._can_go[place, [number[one] for one in each.blocked if one in number]] = False
            preferred[place, [number[one] for one in each.preferred if one in number]] = 1
        self.worth: Final[Whole] = weights.preferred * preferred - weights.travel_min * np.minimum(minutes, limit)
        self._role = np.array([ROLES.index(each.role) for each in clinicians])
        self._skills = [each.skills for each in clinicians]
        self._skills_until = [each.skills_until for each in clinicians]
        self._lapse: Final = frozenset(skill for until in self._skills_until for skill in until)
        self._held_until = dict[frozenset[str], Whole]()
        self._free: Final[Flags] = np.zeros((len(clinicians), instance.n_days), dtype=np.bool_)
        for place, clinician in enumerate(clinicians):
            for first, last in clinician.windows:
                self._free[place, max(first, 0) : last + 1] = True
        for fixed in instance.fixed:
            if instance.is_planned(fixed.day):
                self._free[[number[one] for one in fixed.team], fixed.day] = False
        states = sorted({each.state for each in practices})
        self._state = np.array([states.index(each.state) for each in practices])
        self._licensed_until = np.array(
            [[each.licenses.get(state, -1) for state in states] for each in clinicians], dtype=np.int64
        ).reshape(len(clinicians), len(states))
        self._found = dict[tuple[int, int, frozenset[str]], Whole]()

    def of(self, practice: int, role: int, skills: frozenset[str]) -> Whole:
        """Return the clinicians of a role who can go to a practice and have the skills, on some day."""
        key = (practice, role, skills)
        if key not in self._found:
            able = np.nonzero(self._can_go[practice] & (self._role == role))[0]
            self._found[key] = np.array([one for one in able if skills <= self._skills[one]], dtype=np.int64)
        return self._found[key]

    def is_free(self, practice: int, who: Whole, day: int, skills: frozenset[str]) -> Flags:
        """Return who of these, all of whom have the skills on some day, is available and licensed and has them then."""
        free: Flags = self._free[who, day] & (self._licensed_until[who, self._state[practice]] >= day)
        if lapse := skills & self._lapse:
            free &= self._until(lapse)[who] >= day
        return free

    def _until(self, skills: frozenset[str]) -> Whole:
        """Return of each clinician the last day before one of these skills lapses."""
        if skills not in self._held_until:
            until = [min(each.get(skill, _FAR) for skill in skills) for each in self._skills_until]
            self._held_until[skills] = np.array(until, dtype=np.int64)
        return self._held_until[skills]


def _minutes(instance: Instance, practice: Practice, homes: npt.NDArray[np.float64]) -> Whole:
    """Return how long each clinician drives to a practice; beyond all limits where that is not known."""
    if (known := practice.drive_min) is not None:
        return np.array([known.get(each.clinician_id, _FAR) for each in instance.clinicians], dtype=np.int64)
    straight = np.hypot(practice.xy[0] - homes[:, 0], practice.xy[1] - homes[:, 1])
    km = straight * ROADS
    town, country = np.minimum(km, TOWN_KM), np.maximum(0.0, km - TOWN_KM)
    exact = STOPS_MINUTES + town / TOWN_KM_PER_HOUR * 60 + country / COUNTRY_KM_PER_HOUR * 60
    minutes = np.rint(exact).astype(np.int64)
    for one in np.nonzero(np.abs(exact % 1 - 0.5) < _IN_DOUBT)[0]:
        x, y = instance.clinicians[one].xy
        minutes[one] = drive_minutes(hypot(practice.xy[0] - x, practice.xy[1] - y))
    return minutes


def _teams(instance: Instance, column_option: Whole, column_clinician: Whole) -> tuple[Whole, Whole]:
    """Return each option that a preferred team could take, with the columns of its members."""
    number = {each.clinician_id: place for place, each in enumerate(instance.clinicians)}
    role = {each.clinician_id: ROLES.index(each.role) for each in instance.clinicians}
    teams = [
        tuple(number[one] for one in sorted(team, key=role.__getitem__))
        for team in sorted(instance.preferred_teams, key=sorted)
    ]
    column_of = defaultdict[int, dict[int, int]](dict)
    for column in np.nonzero(np.isin(column_clinician, [one for team in teams for one in team]))[0]:
        column_of[int(column_clinician[column])][int(column_option[column])] = int(column)
    options, columns = list[int](), list[tuple[int, ...]]()
    for team in teams:
        of_members = [column_of[one] for one in team]
        for option in sorted(set.intersection(*(set(each) for each in of_members))):
            options.append(option)
            columns.append(tuple(each[option] for each in of_members))
    return np.array(options, dtype=np.int64), np.array(columns, dtype=np.int64).reshape(-1, len(ROLES))
