"""Rows that no schedule breaks and that halves of people do: they bring the bound of a relaxation down.

Where rows are added up and every number on the left is even, the left is even for every schedule; where the right is
odd, it can be rounded down. Three requests of which any two want the same person are the least case: each pair serves
one at the most, so that the three serve one and not one and a half. Such sums are found by elimination, modulo two.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random
from typing import Final

import numpy as np

from bitewing.matching.program import Program, Real, Row

#: How far from a whole number a solver can be.
_TOLERANCE: Final = 1e-6
#: Halved, what is left unused takes half of itself from what rounding gains, which is a half.
_MAX_UNUSED: Final = 0.9
#: Of one row alone; sums of what is nearly full are what is looked for.
_MAX_UNUSED_OF_ROW: Final = 0.49
#: A sum of more rows says something of everybody, and little of anybody; and it is slow to solve with.
_MAX_ROWS: Final = 60
#: What a cut takes from the relaxation at least, and how many are taken at once.
_LEAST: Final = 0.05
_AT_ONCE: Final = 150
#: Which of equals goes first is drawn; each time other sums are found.
_DRAWS: Final = 2


@dataclass(slots=True)
class _Sum:
    """Rows that are added up.

    Attributes:
        odd: Variables between their bounds whose number is odd.
        is_odd: Whether the right side is odd.
        unused: What the relaxation leaves of it.
        rows: Which rows.
    """

    odd: set[int]
    is_odd: bool
    unused: float
    rows: frozenset[int]

    def add(self, other: "_Sum") -> None:
        self.odd = self.odd ^ other.odd
        self.is_odd ^= other.is_odd
        self.unused += other.unused
        self.rows ^= other.rows


def cuts(program: Program, x: Real) -> list[Row]:
    """Return rows that every schedule keeps and a relaxation breaks, those that take most from it first.

    The same program and relaxation give the same rows.

    Args:
        program: Its rows have whole numbers.
        x: The best of its relaxation.
    """
    halves = _Halves(program, x)
    found = dict[frozenset[int], tuple[float, Row]]()
    for draw in range(_DRAWS):
        for rows in _Elimination(list(halves.sums()), Random(draw)).even_sums():  # noqa: S311 - an order, and no secret
            if rows not in found:
                found[rows] = halves.cut(rows)
    best = sorted(
        ((taken, row) for taken, row in found.values() if taken > 0),
        key=lambda each: (-each[0], each[1].variables.tolist()),
    )
    return [row for _, row in best[:_AT_ONCE]]


class _Halves:
    """What of a relaxation is between whole numbers, and the rows that see it."""

    def __init__(self, program: Program, x: Real) -> None:
        self._program, self._x = program, x
        between = (x > _TOLERANCE) & (x < program.most - _TOLERANCE)
        # What is at its upper bound stays there: the bound is added where its number is odd. At 0, rounding down does.
        self._at_most = (x > _TOLERANCE) & ~between
        self._by_row = np.argsort(program.entry_row, kind="stable")
        self._first = np.searchsorted(program.entry_row[self._by_row], np.arange(len(program.lower) + 1))
        self._between = between

    def sums(self) -> Iterator[_Sum]:
        """Yield each row that is nearly full and has something between its bounds."""
        program = self._program
        row, variable = program.entry_row, program.entry_variable
        is_odd = program.entry_value % 2 != 0
        seen = np.zeros(len(program.lower), dtype=np.bool_)
        seen[row[self._between[variable]]] = True
        unused = np.maximum(program.upper - program.used(self._x), 0.0)
        at_most = is_odd & self._at_most[variable]
        bounds = np.bincount(row[at_most], weights=program.most[variable[at_most]], minlength=len(program.lower))
        odd_right = (program.upper + bounds) % 2 != 0
        for each in np.nonzero(seen & (unused < _MAX_UNUSED_OF_ROW))[0].tolist():
            of = self._by_row[self._first[each] : self._first[each + 1]]
            odd = variable[of[is_odd[of] & self._between[variable[of]]]]
            yield _Sum(set(odd.tolist()), bool(odd_right[each]), float(unused[each]), frozenset([each]))

    def cut(self, rows: frozenset[int]) -> tuple[float, Row]:
        """Return the half of a sum of rows, rounded down, and how far the relaxation is from it; 0: near enough."""
        program = self._program
        of = np.concatenate([self._by_row[self._first[each] : self._first[each + 1]] for each in sorted(rows)])
        variables, place = np.unique(program.entry_variable[of], return_inverse=True)
        values = np.bincount(place, weights=program.entry_value[of])
        with_bound = self._at_most[variables] & (values % 2 != 0)
        right = program.upper[sorted(rows)].sum() + program.most[variables[with_bound]].sum()
        values, right = np.floor((values + with_bound) / 2), float(np.floor(right / 2))
        kept = values != 0
        row = Row(variables=variables[kept], values=values[kept], upper=right)
        broken = float(row.values @ self._x[row.variables]) - right
        return (broken / float(np.sqrt((row.values**2).sum())) if broken > _LEAST else 0.0), row


class _Elimination:
    """Takes variables out of rows, one after the other, until sums are left that are even on the left.

    Those in fewest rows go first. One row takes the variable out of all others that have it, and is used up.
    """

    def __init__(self, sums: Sequence[_Sum], chance: Random) -> None:
        self._sums = sums
        self._having = defaultdict[int, set[int]](set)
        for number, each in enumerate(sums):
            for variable in each.odd:
                self._having[variable].add(number)
        self._drawn = {variable: chance.random() for variable in sorted(self._having)}
        self._waiting = list[tuple[int, float, int]]()
        self._count(self._having)

    def even_sums(self) -> Iterator[frozenset[int]]:
        """Yield the rows of sums that are even on the left and odd on the right."""
        yield from (each.rows for each in self._sums if not each.odd and each.is_odd)
        while self._waiting:
            count, _, variable = heappop(self._waiting)
            if 0 < count == len(self._having[variable]):
                yield from self._take_out(variable)

    def _take_out(self, variable: int) -> Iterator[frozenset[int]]:
        fullest, *others = sorted(self._having[variable], key=self._fullness)
        pivot = self._sums[fullest]
        self._drop(fullest)
        for number in others:
            each = self._sums[number]
            if each.unused + pivot.unused > _MAX_UNUSED or len(each.rows ^ pivot.rows) > _MAX_ROWS:
                self._drop(number)
                continue
            before = each.odd
            each.add(pivot)
            for one in before - each.odd:
                self._having[one].discard(number)
            for one in each.odd - before:
                self._having[one].add(number)
            self._count(before ^ each.odd)
            if not each.odd and each.is_odd:
                yield each.rows

    def _fullness(self, number: int) -> tuple[float, int, int]:
        each = self._sums[number]
        return round(each.unused, 6), len(each.odd), number

    def _drop(self, number: int) -> None:
        gone = self._sums[number].odd
        for variable in gone:
            self._having[variable].discard(number)
        self._count(gone)

    def _count(self, variables: Iterable[int]) -> None:
        """Note in how many rows variables are now; what was noted before is passed over when its turn comes."""
        for variable in variables:
            heappush(self._waiting, (len(self._having[variable]), self._drawn[variable], variable))
