"""The schedule as a linear program over whole numbers.

Its variables, in this order: an option is taken; a column is used; a preferred team takes an option, in the place of
its three columns; and days of a clinician, up to as many as they would like. A team as one variable, rather than a
bonus that its members' columns allow, keeps the relaxation tight: two teams cannot both count on half of one person.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bitewing.matching.instance import ROLES
from bitewing.matching.options import Options, Whole

Real = npt.NDArray[np.float64]
#: More days than any instance has, before and after its own: a pair of clinician and day is one number.
_DAYS: Final = 1 << 20
_FIRST: Final = 1 << 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``values * x[variables] <= upper``, in whole numbers."""

    variables: Whole
    values: Real
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Maximize ``worth * x`` with ``lower <= rows * x <= upper`` and ``0 <= x <= most``, in whole numbers.

    Attributes:
        entry_row: Of each entry that is not 0, its row.
        entry_variable: Of each entry, its variable; entries are sorted by variable.
        entry_value: 1 or -1.
        n_options: How many variables are options; columns follow.
        n_columns: How many are columns; teams follow, then clinicians.
    """

    worth: Real
    most: Real
    lower: Real
    upper: Real
    entry_row: Whole
    entry_variable: Whole
    entry_value: Real
    n_options: int
    n_columns: int
    n_teams: int

    @property
    def n_variables(self) -> int:
        """Return how many variables there are."""
        return len(self.worth)

    def used(self, x: npt.NDArray[Any]) -> Real:
        """Return what variables use of each row."""
        weights = self.entry_value * x[self.entry_variable].astype(np.float64)
        return np.bincount(self.entry_row, weights=weights, minlength=len(self.lower)).astype(np.float64)

    def reduced_worth(self, prices: Real) -> Real:
        """Return what each variable is worth when what it uses has prices, one for each row."""
        used = np.bincount(
            self.entry_variable, weights=self.entry_value * prices[self.entry_row], minlength=self.n_variables
        )
        return self.worth - used

    def with_rows(self, rows: Sequence[Row]) -> "Program":
        """Return the program with more rows, after its own."""
        row = np.concatenate(
            [self.entry_row, *(np.full(len(each.variables), len(self.lower) + at) for at, each in enumerate(rows))]
        )
        variable = np.concatenate([self.entry_variable, *(each.variables for each in rows)])
        order = np.lexsort((row, variable))
        return replace(
            self,
            lower=np.append(self.lower, np.full(len(rows), -np.inf)),
            upper=np.append(self.upper, [each.upper for each in rows]),
            entry_row=row[order],
            entry_variable=variable[order],
            entry_value=np.concatenate([self.entry_value, *(each.values for each in rows)])[order],
        )


class _Rows:
    """Collects rows."""

    def __init__(self) -> None:
        self._rows, self._variables, self._values = list[Whole](), list[Whole](), list[Real]()
        self._lower, self._upper = list[Real](), list[Real]()
        self.count = 0

    def add(self, rows: Whole, variables: Whole, value: float) -> None:
        """Add entries; rows are counted from the first that is not closed."""
        self._rows.append(self.count + rows)
        self._variables.append(variables)
        self._values.append(np.full(len(rows), value))

    def close(self, count: int, *, lower: float, upper: Real | float) -> None:
        """Say what bounds the rows whose entries were added."""
        self._lower.append(np.full(count, lower))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), (count,)))
        self.count += count

    def at_most(self, group: Whole, variables: Whole, limit: Callable[[Whole], Whole], *, days: Whole) -> None:
        """Add a row for each group that could exceed its limit.

        Args:
            group: Of each variable; a variable can be in several groups.
            variables: The variables.
            limit: Gives the limits of groups.
            days: Of each variable, what it uses at most once in its group.
        """
        groups, place = np.unique(group, return_inverse=True)
        span = int(days.max(initial=0)) + 1
        once = np.unique(place * span + days) // span
        limits = limit(groups)
        is_needed = np.bincount(once, minlength=len(groups)) > limits
        row = np.cumsum(is_needed) - 1
        chosen = is_needed[place]
        self.add(row[place[chosen]], variables[chosen], 1.0)
        self.close(int(is_needed.sum()), lower=-np.inf, upper=np.maximum(limits[is_needed], 0))

    def program(self, worth: Real, most: Real, options: Options) -> Program:
        """Return the program of these rows."""
        row, variable = np.concatenate(self._rows), np.concatenate(self._variables)
        value = np.concatenate(self._values)
        order = np.lexsort((row, variable))
        return Program(
            worth=worth,
            most=most,
            lower=np.concatenate(self._lower),
            upper=np.concatenate(self._upper),
            entry_row=row[order],
            entry_variable=variable[order],
            entry_value=value[order],
            n_options=options.n_options,
            n_columns=options.n_columns,
            n_teams=len(options.team_option),
        )


def program_of(options: Options) -> Program:
    """Return the program of all options of an instance."""
    instance = options.instance
    n_options, n_columns, n_teams = options.n_options, options.n_columns, len(options.team_option)
    n_clinicians = len(instance.clinicians)
    option, column = np.arange(n_options), n_options + np.arange(n_columns)
    team, days = n_options + n_columns + np.arange(n_teams), n_options + n_columns + n_teams + np.arange(n_clinicians)
    rows = _Rows()
    # A request at most once, and one Case Day of a practice a day, wherever it has its places.
    rows.at_most(options.request, option, np.ones_like, days=option)
    rows.at_most(options.calendar * _DAYS + options.day, option, np.ones_like, days=option)
    # Of each role exactly one, where an option is taken.
    roles = len(ROLES)
    rows.add(options.column_option * roles + options.column_role, column, 1.0)
    for role in range(roles):
        rows.add(options.team_option * roles + role, team, 1.0)
        rows.add(option * roles + role, option, -1.0)
    rows.close(n_options * roles, lower=0.0, upper=0.0)
    # Days of clinicians, alone or in a preferred team.
    who = np.concatenate([options.column_clinician, options.column_clinician[options.team_columns].T.ravel()])
    at = options.day[np.concatenate([options.column_option, np.tile(options.team_option, roles)])]
    used = np.concatenate([column, np.tile(team, roles)])
    _limits(rows, options, who, at, used)
    # As many days as a clinician would like are worth more, and no more than they work.
    rows.add(who, used, -1.0)
    rows.add(np.arange(n_clinicians), days, 1.0)
    rows.close(n_clinicians, lower=-np.inf, upper=0.0)
    weights = instance.weights
    before = Counter(one for each in instance.fixed if instance.is_planned(each.day) for one in each.team)
    fixed = np.array([before[each.clinician_id] for each in instance.clinicians], dtype=np.int64)
    wanted = np.array([each.target_days for each in instance.clinicians], dtype=np.int64)
    worth = [
        options.worth,
        options.column_worth,
        options.column_worth[options.team_columns].sum(axis=1) + weights.team,
        np.full(n_clinicians, weights.fair_day),
    ]
    most = [np.ones(n_options + n_columns + n_teams), np.maximum(wanted - fixed, 0)]
    return rows.program(np.concatenate(worth).astype(np.float64), np.concatenate(most).astype(np.float64), options)


def _limits(rows: _Rows, options: Options, who: Whole, at: Whole, used: Whole) -> None:
    """Add that a clinician is at one practice a day, and works so many days a week and in a row."""
    instance = options.instance
    number = {each.clinician_id: place for place, each in enumerate(instance.clinicians)}
    fixed = np.array(
        sorted((number[one], each.day) for each in instance.fixed for one in each.team), dtype=np.int64
    ).reshape(-1, 2)
    per_week = np.array([each.max_days_per_week for each in instance.clinicians], dtype=np.int64)
    in_row = np.array([each.max_days_in_row for each in instance.clinicians], dtype=np.int64)

    def of_week(day: Whole) -> Whole:
        return (day + instance.first_weekday) // 7

    def left_of_week(groups: Whole) -> Whole:
        taken = fixed[:, 0] * _DAYS + of_week(fixed[:, 1]) + _FIRST
        return per_week[groups // _DAYS] - _counts(groups, taken)

    def left_of_row(groups: Whole) -> Whole:
        reach = in_row[fixed[:, 0]]
        taken = [
            (fixed[:, 0] * _DAYS + fixed[:, 1] - back + _FIRST)[back <= reach]
            for back in range(int(reach.max(initial=0)) + 1)
        ]
        return in_row[groups // _DAYS] - _counts(groups, np.concatenate(taken))

    rows.at_most(who * _DAYS + at + _FIRST, used, np.ones_like, days=used)
    rows.at_most(who * _DAYS + of_week(at) + _FIRST, used, left_of_week, days=at)
    # Of any days in a row, one more than the limit, not all: named by the first of them.
    reach = in_row[who]
    back = np.concatenate([np.full((reach >= step).sum(), step) for step in range(int(reach.max(initial=0)) + 1)])
    of = np.concatenate([np.nonzero(reach >= step)[0] for step in range(int(reach.max(initial=0)) + 1)])
    rows.at_most(who[of] * _DAYS + at[of] - back + _FIRST, used[of], left_of_row, days=at[of])


def _counts(groups: Whole, taken: Whole) -> Whole:
    """Return how often each group is taken."""
    names, counts = np.unique(taken, return_counts=True)
    place = np.searchsorted(names, groups)
    place[place == len(names)] = 0
    return np.where(names[place] == groups, counts[place], 0) if len(names) else np.zeros_like(groups)
