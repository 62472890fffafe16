"""Better schedules from a good one: what keeps it from the bound is looked for, and solved anew with what is around it.

At the prices of the relaxation, what a schedule misses of the bound is the sum of what each of its variables and rows
loses. Where much is lost, a few requests and everybody who competes with them are freed and solved at once, in whole
numbers; the rest stays. Such programs are small, so that this scales where one program of everything does not.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from bitewing.matching.options import Options, Whole
from bitewing.matching.program import Program, Real
from bitewing.matching.solver import Relaxed

#: Losses below this are not looked at: minutes driven.
_WORTHWHILE: Final = 1.0
#: What a variable loses at most to count as a competitor.
_COMPETES: Final = 30.0
_TOLERANCE: Final = 1e-6

Flags = npt.NDArray[np.bool_]


class Neighborhoods:
    """Finds which requests to solve anew, and which variables that takes.

    Args:
        options: The options of a part.
        program: Its program, which is what is solved anew.
        relaxed: Its relaxation, maybe of more rows, which is what is lost against.
    """

    def __init__(self, options: Options, program: Program, relaxed: Relaxed) -> None:
        self._program, self._relaxed = program, relaxed
        owners = [
            options.request,
            options.request[options.column_option],
            options.request[options.team_option],
            np.full(len(options.instance.clinicians), -1, dtype=np.int64),
        ]
        #: Of each variable the request that it serves; -1 for days of clinicians.
        self._owner: Final[Whole] = np.concatenate(owners)
        self._n_requests: Final = len(options.instance.requests)
        competes = (relaxed.reduced > -_COMPETES) & (self._owner >= 0)
        priced = relaxed.program
        near = competes[priced.entry_variable]
        self._near_row, self._near_owner = priced.entry_row[near], self._owner[priced.entry_variable[near]]

    def settled(self) -> Flags:
        """Return the requests of which the relaxation says in whole numbers what becomes of them."""
        x = self._relaxed.x
        split = (np.abs(x - np.rint(x)) > _TOLERANCE) & (self._owner >= 0)
        settled = np.ones(self._n_requests, dtype=np.bool_)
        settled[self._owner[split]] = False
        return settled

    def only(self, x: npt.NDArray[np.int64], requests: Flags) -> npt.NDArray[np.int64]:
        """Return a schedule of only some requests; days of clinicians are left open."""
        return np.where((self._owner >= 0) & requests[self._owner], x, 0)

    def losses(self, x: npt.NDArray[np.int64]) -> tuple[Real, Real]:
        """Return what a schedule loses by each request of its own, and by each row that it does not use up."""
        program, reduced = self._relaxed.program, self._relaxed.reduced
        of_variable = np.maximum(reduced, 0.0) * program.most - reduced * x
        owned = self._owner >= 0
        of_request = self._by_request(self._owner[owned], of_variable[owned])
        return of_request, self._relaxed.prices * np.where(
            np.isinf(program.lower), program.upper - program.used(x), 0.0
        )

    def _by_request(self, owner: Whole, values: Real) -> Real:
        return np.bincount(owner, weights=values, minlength=self._n_requests).astype(np.float64)

    def around(self, x: npt.NDArray[np.int64], *, size: int) -> Iterator[Flags]:
        """Yield groups of requests around what a schedule loses, the greatest loss first, each loss in one group.

        Args:
            x: The schedule.
            size: How many requests a group has, about.
        """
        of_request, of_row = self.losses(x)
        # What a row leaves unused is lost by those who could use it.
        users = np.maximum(np.bincount(self._near_row, minlength=len(of_row)), 1)
        of_request = of_request + self._by_request(self._near_owner, (of_row / users)[self._near_row])
        seen = np.zeros(self._n_requests, dtype=np.bool_)
        for request in np.argsort(-of_request, kind="stable"):
            if of_request[request] < _WORTHWHILE:
                return
            if seen[request]:
                continue
            group = self._group(int(request), size)
            seen |= group & (of_request >= _WORTHWHILE)
            yield group

    def _group(self, request: int, size: int) -> Flags:
        group = np.zeros(self._n_requests, dtype=np.bool_)
        group[request] = True
        rows = np.zeros(len(self._relaxed.program.lower), dtype=np.bool_)
        while True:
            rows[self._near_row[group[self._near_owner]]] = True
            wider = group.copy()
            wider[self._near_owner[rows[self._near_row]]] = True
            if wider.sum() > size and group.sum() > 1:
                # Of the next ring only those who share most rows.
                shared = np.bincount(self._near_owner[rows[self._near_row]], minlength=self._n_requests)
                shared[group] = 0
                for one in np.argsort(-shared, kind="stable")[: max(size - int(group.sum()), 0)]:
                    group[one] |= shared[one] > 0
                return group
            if (wider == group).all():
                return group
            group = wider

    def variables(self, group: Flags, *, within: float) -> npt.NDArray[np.int64]:
        """Return the variables of a group's requests that lose little, and the days of all clinicians.

        Args:
            group: Requests.
            within: What a variable loses at most.
        """
        program = self._program
        free = (self._owner >= 0) & group[self._owner] & (self._relaxed.reduced > -within)
        rows = np.zeros(len(program.lower), dtype=np.bool_)
        rows[program.entry_row[free[program.entry_variable]]] = True
        of_days = (self._owner < 0) & (
            np.bincount(program.entry_variable, weights=rows[program.entry_row], minlength=program.n_variables) > 0
        )
        return np.nonzero(free | of_days)[0]
