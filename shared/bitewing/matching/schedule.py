"""A schedule: which requests are served, when and by whom, and what is known of how good it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A request that is served.

    Attributes:
        team: Clinicians by id, in the order of roles.
    """

    request_id: str
    day: int
    team: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What matching found.

    Attributes:
        assignments: In the order of requests' ids.
        objective: What it is worth.
        bound: What no schedule exceeds, proven.
    """

    assignments: tuple[Assignment, ...]
    objective: int
    bound: int

    @property
    def gap(self) -> float:
        """Return how much better a schedule could be at the most, as a share of the objective."""
        missing = self.bound - self.objective
        if missing == 0:
            return 0.0
        return missing / self.objective if self.objective > 0 else float("inf")
