"""What is matched: practices, clinicians and requests over a span of days, in plain values.

An instance knows nothing of periods, time zones or the table: days are numbers, places are points. It is what the
interchange format ``caseday-instance/1`` says, so that a schedule can be studied and replayed without AWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import hypot
from typing import Final

from bitewing.care_teams.drive import drive_minutes
from bitewing.kernel.errors import FieldError, InvalidInput

#: Of each a Case Day needs exactly one: nurse, medic, anesthesiologist, as the interchange format writes them.
ROLES: Final = ("N", "M", "A")
#: Above this, neither the program nor its answer fit a function's memory and time.
MAX_REQUESTS: Final = 50_000
#: The farthest that somebody can say they drive, one way: a day.
MAX_DRIVE_MIN: Final = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a schedule is worth; whole numbers, 0 or more.

    Attributes:
        served: For each step of a served request's priority.
        travel_min: Lost for each minute that a member drives, one way.
        preferred: For each member whom the practice prefers.
        team: For a team that likes to work together.
        fair_day: For each day of a clinician, up to as many as they would like.
        change: For each member who stays where they were told to be, when days that were told are planned anew. As
            many stay as can, whatever it is; it says what that is worth beside the rest.
    """

    served: int = 1000
    travel_min: int = 1
    preferred: int = 20
    team: int = 60
    fair_day: int = 15
    change: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Where Case Days take place.

    Attributes:
        xy: Kilometers on a plane.
        preferred: Clinicians whom it would like to have, by id.
        blocked: Clinicians who never go there, by id.
        drive_min: Minutes of the drive of each clinician who is near enough, by id; who is not named is too far.
            ``None``: drives are estimated from the points.
        organization: Whose place it is, where it has several: it has one Case Day a date among all of them. ``None``:
            it is the only one.
    """

    practice_id: str
    xy: tuple[float, float]
    state: str
    preferred: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    drive_min: Mapping[str, int] | None = None
    organization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinician:
    """Somebody who can be on teams.

    Attributes:
        role: One of :data:`ROLES`.
        xy: Home, kilometers on a plane.
        licenses: The last day on which the license for a state is valid, by state.
        windows: First and last days on which they can work.
        target_days: How many of the days that are planned they would like to have.
        skills_until: The last day on which a skill is valid, for those that lapse.
    """

    clinician_id: str
    role: str
    xy: tuple[float, float]
    licenses: Mapping[str, int]
    skills: frozenset[str]
    max_drive_min: int
    max_days_per_week: int
    max_days_in_row: int
    windows: tuple[tuple[int, int], ...]
    target_days: int
    skills_until: Mapping[str, int] = field(default_factory=dict)

    def is_available(self, day: int) -> bool:
        """Whether a day is in one of the windows."""
        return any(first <= day <= last for first, last in self.windows)

    def lacks(self, needed: frozenset[str], day: int) -> frozenset[str]:
        """Return which of some skills they do not have on a day: never learned, or lapsed."""
        missing = needed - self.skills
        if self.skills_until:
            missing |= {each for each in needed if self.skills_until.get(each, day) < day}
        return missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A day that a practice asks for.

    Attributes:
        priority: 1 to 5; 5 is worth most.
        skills: What each role needs, by role.
        dates: Days, each once, with what is lost where it is that day.
        told: Where a proposal that was told to people put it; ``None`` for a request that is new.
    """

    request_id: str
    practice_id: str
    kind: str
    priority: int
    skills: Mapping[str, frozenset[str]]
    dates: tuple[tuple[int, int], ...]
    told: "Told | None" = None

    def needs(self, role: str) -> frozenset[str]:
        """Return the skills that a member of a role must have."""
        return self.skills.get(role, frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A day and a team that people were told."""

    day: int
    team: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedDay:
    """A Case Day that stays: it takes its practice's date and its team's day, and counts in weeks and rows.

    Attributes:
        fixed_id: What it is called in errors and explanations.
        day: Also before or after the days that are planned: weeks and rows go over the edges.
        team: Who of it is known; somebody can be missing.
        set_aside: Hard rules that it breaks as everybody knows, by name.
    """

    fixed_id: str
    practice_id: str
    day: int
    team: frozenset[str]
    set_aside: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Instance:
    """All that is matched at once.

    Attributes:
        n_days: Days are 0 to ``n_days - 1``.
        first_weekday: Of day 0; 0 is Monday. Day d is in week ``(d + first_weekday) // 7``.
        preferred_teams: Teams that like to work together; one of each role.
    """

    n_days: int
    first_weekday: int
    practices: tuple[Practice, ...]
    clinicians: tuple[Clinician, ...]
    requests: tuple[Request, ...]
    weights: Weights = field(default_factory=Weights)
    preferred_teams: frozenset[frozenset[str]] = frozenset()
    fixed: tuple[FixedDay, ...] = ()

    def in_order(self) -> "Instance":
        """Return the instance with everything in one order: the same input gives the same schedule.

        Ids order what has one; dates are ordered by what is lost, then by day.
        """
        return replace(
            self,
            practices=tuple(sorted(self.practices, key=lambda each: each.practice_id)),
            clinicians=tuple(sorted(self.clinicians, key=lambda each: each.clinician_id)),
            requests=tuple(
                replace(each, dates=tuple(sorted(each.dates, key=lambda date: (date[1], date[0]))))
                for each in sorted(self.requests, key=lambda each: each.request_id)
            ),
            fixed=tuple(sorted(self.fixed, key=lambda each: each.fixed_id)),
        )

    @cached_property
    def practice(self) -> Mapping[str, Practice]:
        """Return the practices by id."""
        return {each.practice_id: each for each in self.practices}

    @cached_property
    def clinician(self) -> Mapping[str, Clinician]:
        """Return the clinicians by id."""
        return {each.clinician_id: each for each in self.clinicians}

    @cached_property
    def request(self) -> Mapping[str, Request]:
        """Return the requests by id."""
        return {each.request_id: each for each in self.requests}

    def is_planned(self, day: int) -> bool:
        """Whether a day is one of those that are planned; fixed days can lie before and after them."""
        return 0 <= day < self.n_days

    @cached_property
    def _organizations(self) -> Mapping[str, tuple[str, str]]:
        return {
            each.practice_id: ("organization", each.organization)
            for each in self.practices
            if each.organization is not None
        }

    def calendar(self, practice_id: str) -> tuple[str, str]:
        """Return what has one Case Day a date, where one of a practice is: its organization, or it alone.

        Args:
            practice_id: Also of one that the instance does not have: a part has fixed days at those of others.
        """
        return self._organizations.get(practice_id, ("practice", practice_id))

    def week(self, day: int) -> int:
        """Return the week of a day, from Monday to Sunday."""
        return (day + self.first_weekday) // 7


def refuse_too_many(requests: int) -> None:
    """Refuse more requests than can be matched at once.

    Raises:
        InvalidInput: There are more than :data:`MAX_REQUESTS`; it says what to do.
    """
    if requests > MAX_REQUESTS:
        says = f"{MAX_REQUESTS} requests at most can be matched at once: plan a shorter span, or fewer states."
        raise InvalidInput(FieldError("/requests", says))


def drive(practice: Practice, clinician: Clinician) -> int | None:
    """Return the minutes that a clinician drives to a practice, one way; ``None`` where it is too far to be known."""
    if practice.drive_min is not None:
        return practice.drive_min.get(clinician.clinician_id)
    return drive_minutes(hypot(practice.xy[0] - clinician.xy[0], practice.xy[1] - clinician.xy[1]))
