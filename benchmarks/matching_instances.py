"""Instances of matching to measure on, like those that practices and care teams make; the same seed, the same instance.

``python -m benchmarks.matching_instances XL --seed 1 > xl.json`` writes one in the interchange format. Practices are
clustered around cities, some cities are large, and some practices ask far more often than others; clinicians live where
practices are, are licensed in their state and its neighbors, and give single days rather than weeks.
"""

import json
import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import dist
from random import Random
from typing import Final, TypeVar

from bitewing.matching.instance import ROLES, Clinician, Instance, Practice, Request
from bitewing.matching.reading import write_instance

T = TypeVar("T")
Place = tuple[float, float]
State = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large an instance is.

    Attributes:
        states_a_side: States are squares, so many in a row and in a column.
        given: Share of weekdays that clinicians give, on average.
    """

    practices: int
    clinicians: int
    requests: int
    n_days: int
    states_a_side: int
    cities: int
    teams: int
    given: float


#: Two weeks of a small team, a month, a quarter, and a quarter of a country.
SIZES: Final[Mapping[str, Size]] = {
    "S": Size(practices=10, clinicians=30, requests=40, n_days=14, states_a_side=1, cities=2, teams=2, given=0.5),
    "M": Size(practices=60, clinicians=150, requests=400, n_days=30, states_a_side=2, cities=4, teams=12, given=0.53),
    "L": Size(
        practices=400, clinicians=900, requests=4_000, n_days=90, states_a_side=3, cities=16, teams=75, given=0.33
    ),
    "XL": Size(
        practices=2_000, clinicians=5_000, requests=20_000, n_days=90, states_a_side=7, cities=80, teams=375, given=0.33
    ),
}
#: Where preferred teams are many and worth much: so many times as many, and what each is worth.
HARD_TEAMS: Final = 5
HARD_TEAM_WEIGHT: Final = 400

_STATE_KM: Final = 260.0
#: How far practices are from the middle of their city, and homes from a practice, standard deviation.
_CITY_KM: Final = 20.0
_HOME_KM: Final = 12.0
#: How much cities differ in how many practices they have.
_CITIES: Final = 0.6
#: How near somebody is whom a practice prefers or blocks, and how near those live who like to work together.
_KNOWN_KM: Final = 90.0
_TOGETHER_KM: Final = 60.0
_WEEK: Final = 7
_WEEKDAYS: Final = 5
#: Beside a weekday, how likely a Saturday is given.
_SATURDAYS: Final = 0.3
#: How much clinicians are alike in how many days they give.
_LIKENESS: Final = 8
#: Share of licenses that end meanwhile, and how many states somebody is licensed in, with the weights of each number.
_ENDING: Final = 0.03
_LICENSED_IN: Final = ((1, 36), (2, 44), (3, 17), (4, 3))
_MAX_DRIVE_MIN: Final = ((45, 13), (60, 25), (75, 12), (90, 25), (120, 13), (150, 12))
_MAX_DAYS_PER_WEEK: Final = ((1, 15), (2, 31), (3, 37), (4, 17))
_MAX_DAYS_IN_ROW: Final = ((2, 25), (3, 50), (4, 25))
_ROLES: Final = (("N", 42), ("M", 35), ("A", 23))
_SKILLS: Final = {
    "N": {"hospital_grade": 0.5, "pals": 0.65, "pediatric": 0.7, "special_needs": 0.45},
    "M": {"difficult_airway": 0.45, "hospital_grade": 0.5, "pediatric": 0.6, "special_needs": 0.5},
    "A": {"difficult_airway": 0.65, "hospital_grade": 0.55, "pediatric": 0.65, "special_needs": 0.5},
}
_PREFERRED: Final = ((0, 25), (1, 25), (2, 25), (3, 25))
_BLOCKED: Final = ((0, 80), (1, 12), (2, 8))
_PRIORITY: Final = ((1, 44), (2, 28), (3, 14), (5, 14))
_KINDS: Final = (
    *(("adult", 41), ("pediatric", 28), ("special_needs", 15)),
    *(("hospital_grade", 10), ("pediatric_airway", 6)),
)
_NEEDED: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "adult": {},
    "pediatric": {"N": frozenset({"pediatric", "pals"}), "M": frozenset({"pediatric"}), "A": frozenset({"pediatric"})},
    "special_needs": {role: frozenset({"special_needs"}) for role in ROLES},
    "hospital_grade": {role: frozenset({"hospital_grade"}) for role in ROLES},
    "pediatric_airway": {
        "N": frozenset({"pediatric", "pals"}),
        "M": frozenset({"difficult_airway"}),
        "A": frozenset({"pediatric", "difficult_airway"}),
    },
}
_DATES: Final = ((1, 35), (2, 33), (3, 15), (4, 17))
#: How far another date is from the desired one at most, days, and what it loses: at once, and for each day.
_MOVED_DAYS: Final = 14
_MOVED: Final = 20
_MOVED_A_DAY: Final = 8
#: How much practices differ in how often they ask.
_ASKING: Final = 0.65


def instance_of(name: str, *, seed: int) -> Instance:
    """Return an instance of a size.

    Args:
        name: One of :data:`SIZES`.
        seed: The same gives the same instance, on every machine.
    """
    size, chance = SIZES[name], Random(f"{name}/{seed}")  # noqa: S311 - instances, no secrets
    practices = _practices(size, chance)
    clinicians = [_clinician(f"C{number:04}", size, practices, chance) for number in range(size.clinicians)]
    licensed = defaultdict[str, list[Clinician]](list)
    for clinician in clinicians:
        for state in clinician.licenses:
            licensed[state].append(clinician)
    instance = Instance(
        n_days=size.n_days,
        first_weekday=0,
        practices=tuple(_with_wishes(each, licensed[each.state], chance) for each in practices),
        clinicians=tuple(clinicians),
        requests=tuple(_requests(size, practices, chance)),
    )
    return replace(instance, preferred_teams=_teams(instance, size.teams, chance))


def hard(instance: Instance, *, seed: int) -> Instance:
    """Return the instance with so many and so well paid preferred teams that its relaxation says little."""
    chance = Random(f"hard/{seed}")  # noqa: S311 - instances, no secrets
    wanted = HARD_TEAMS * len(instance.preferred_teams)
    return replace(
        instance,
        preferred_teams=_teams(instance, wanted, chance),
        weights=replace(instance.weights, team=HARD_TEAM_WEIGHT),
    )


def _practices(size: Size, chance: Random) -> list[Practice]:
    """Return practices around cities, without whom they prefer."""
    cities = [
        (chance.uniform(0, size.states_a_side) * _STATE_KM, chance.uniform(0, size.states_a_side) * _STATE_KM)
        for _ in range(size.cities)
    ]
    large = [chance.lognormvariate(0, _CITIES) for _ in cities]
    practices = list[Practice]()
    for number in range(size.practices):
        [city] = chance.choices(cities, large)
        xy = _near(city, _CITY_KM, chance)
        column, row = _state(xy, size)
        practices.append(Practice(practice_id=f"P{number:04}", xy=xy, state=f"S{column}_{row}"))
    return practices


def _state(xy: Place, size: Size) -> State:
    """Return the square that a place is in; what is beyond the last belongs to the last."""
    column, row = (min(max(int(each // _STATE_KM), 0), size.states_a_side - 1) for each in xy)
    return column, row


def _clinician(clinician_id: str, size: Size, practices: Sequence[Practice], chance: Random) -> Clinician:
    role = _one_of(_ROLES, chance)
    home = _near(chance.choice(practices).xy, _HOME_KM, chance)
    windows = _windows(size, chance)
    available = sum(last - first + 1 for first, last in windows)
    return Clinician(
        clinician_id=clinician_id,
        role=role,
        xy=home,
        licenses=_licenses(home, size, chance),
        skills=frozenset(skill for skill, share in _SKILLS[role].items() if chance.random() < share),
        max_drive_min=_one_of(_MAX_DRIVE_MIN, chance),
        max_days_per_week=_one_of(_MAX_DAYS_PER_WEEK, chance),
        max_days_in_row=_one_of(_MAX_DAYS_IN_ROW, chance),
        windows=windows,
        target_days=max(1, round(available * chance.uniform(0.3, 0.75))),
    )


def _licenses(home: Place, size: Size, chance: Random) -> dict[str, int]:
    """Return the last days of licenses: of the state where somebody lives, and of those around it."""
    column, row = _state(home, size)
    around = [
        (other, beside)
        for other in range(max(column - 1, 0), min(column + 2, size.states_a_side))
        for beside in range(max(row - 1, 0), min(row + 2, size.states_a_side))
        if (other, beside) != (column, row)
    ]
    more = chance.sample(around, min(_one_of(_LICENSED_IN, chance) - 1, len(around)))
    last = size.n_days - 1
    return {
        f"S{one}_{other}": chance.randint(0, last) if chance.random() < _ENDING else last
        for one, other in [(column, row), *more]
    }


def _windows(size: Size, chance: Random) -> tuple[tuple[int, int], ...]:
    """Return the days that somebody gives: each on its own, those in a row as one window."""
    share = chance.betavariate(_LIKENESS * size.given, _LIKENESS * (1 - size.given))
    windows = list[tuple[int, int]]()
    for day in range(size.n_days):
        weekday = day % _WEEK
        likely = share if weekday < _WEEKDAYS else share * _SATURDAYS * (weekday == _WEEKDAYS)
        if chance.random() >= likely:
            continue
        if windows and windows[-1][1] == day - 1:
            windows[-1] = (windows[-1][0], day)
        else:
            windows.append((day, day))
    return tuple(windows)


def _with_wishes(practice: Practice, licensed: Iterable[Clinician], chance: Random) -> Practice:
    """Return a practice with whom it prefers and blocks, of those who could know it."""
    known = [each.clinician_id for each in licensed if dist(each.xy, practice.xy) < _KNOWN_KM]
    chance.shuffle(known)
    preferred, blocked = _one_of(_PREFERRED, chance), _one_of(_BLOCKED, chance)
    return replace(
        practice,
        preferred=frozenset(known[:preferred]),
        blocked=frozenset(known[preferred : preferred + blocked]),
    )


def _requests(size: Size, practices: Sequence[Practice], chance: Random) -> Iterable[Request]:
    asking = [chance.lognormvariate(0, _ASKING) for _ in practices]
    workdays = [day for day in range(size.n_days) if day % _WEEK < _WEEKDAYS]
    for number, practice in enumerate(chance.choices(practices, asking, k=size.requests)):
        desired = chance.choice(workdays)
        others = [day for day in workdays if 0 < abs(day - desired) <= _MOVED_DAYS]
        kind = _one_of(_KINDS, chance)
        moved = chance.sample(others, min(_one_of(_DATES, chance) - 1, len(others)))
        dates = [(desired, 0), *((day, _MOVED + _MOVED_A_DAY * abs(day - desired)) for day in moved)]
        yield Request(
            request_id=f"R{number:05}",
            practice_id=practice.practice_id,
            kind=kind,
            priority=_one_of(_PRIORITY, chance),
            skills=_NEEDED[kind],
            dates=tuple(sorted(dates, key=lambda date: date[1])),
        )


def _teams(instance: Instance, wanted: int, chance: Random) -> frozenset[frozenset[str]]:
    """Return so many preferred teams, those of the instance among them: near each other, licensed in one state."""
    of_role = {role: [each for each in instance.clinicians if each.role == role] for role in ROLES}
    teams = set(instance.preferred_teams)
    while len(teams) < wanted:
        first, *others = (of_role[role] for role in ROLES)
        one = chance.choice(first)
        near = [[each for each in other if _is_near(one, each)] for other in others]
        if all(near):
            teams.add(frozenset({one.clinician_id, *(chance.choice(each).clinician_id for each in near)}))
    return frozenset(teams)


def _is_near(one: Clinician, other: Clinician) -> bool:
    return not one.licenses.keys().isdisjoint(other.licenses) and dist(one.xy, other.xy) < _TOGETHER_KM


def _near(place: Place, spread_km: float, chance: Random) -> Place:
    """Return a place around another one, to ten meters."""
    x, y = (round(chance.gauss(each, spread_km), 2) for each in place)
    return x, y


def _one_of(weighted: Sequence[tuple[T, int]], chance: Random) -> T:
    values, weights = zip(*weighted, strict=True)
    [chosen] = chance.choices(values, weights)
    found: T = chosen
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Write an instance."""
    parser = ArgumentParser(prog="python -m benchmarks.matching_instances", description=__doc__)
    parser.add_argument("size", choices=SIZES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hard", action="store_true", help="with many preferred teams that are worth much")
    given = parser.parse_args(arguments)
    instance = instance_of(given.size, seed=given.seed)
    json.dump(write_instance(hard(instance, seed=given.seed) if given.hard else instance), sys.stdout)


if __name__ == "__main__":
    main()
