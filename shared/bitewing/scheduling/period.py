"""A scheduling period: the span of dates for which availability is collected and Case Days are matched."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from bitewing.care_teams.care_team import CareTeam
from bitewing.case_days.case_day import moment_at
from bitewing.kernel.errors import DeadlinePassed, FieldError, InvalidInput, PeriodMoveNotAllowed, PeriodNotOpen
from bitewing.scheduling.weights import MatchWeights

#: Longest span, days.
MAX_DAYS: Final = 186
#: Days of other years are typed by mistake, and some of them are none in every time zone.
YEARS: Final = range(2000, 3000)


class PeriodStatus(StrEnum):
    """Where a period is in its life."""

    COLLECTING = "collecting"
    REVIEWING = "reviewing"
    MATCHING = "matching"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    CLOSED = "closed"


class PeriodMover(StrEnum):
    """Who moves a period."""

    MANAGER = "manager"
    SYSTEM = "system"


_P, _M, _Y = PeriodStatus, PeriodMover.MANAGER, PeriodMover.SYSTEM
#: Every move, and who may make it; absent means forbidden. The system moves a period at its deadlines, and with what
#: comes of matching it.
PERIOD_MOVES: Final[Mapping[tuple[PeriodStatus, PeriodStatus], frozenset[PeriodMover]]] = {
    (_P.COLLECTING, _P.REVIEWING): frozenset({_M, _Y}),
    (_P.REVIEWING, _P.COLLECTING): frozenset({_M}),
    (_P.REVIEWING, _P.MATCHING): frozenset({_M, _Y}),
    (_P.REVIEWING, _P.PROPOSED): frozenset({_M}),
    (_P.MATCHING, _P.REVIEWING): frozenset({_M, _Y}),
    (_P.MATCHING, _P.PROPOSED): frozenset({_Y}),
    (_P.PROPOSED, _P.REVIEWING): frozenset({_M}),
    (_P.PROPOSED, _P.MATCHING): frozenset({_M}),
    (_P.PROPOSED, _P.PUBLISHED): frozenset({_M}),
    (_P.PUBLISHED, _P.CLOSED): frozenset({_M, _Y}),
}
#: Moves that are made by starting a match run, and in no other way.
BY_MATCH_RUN: Final = frozenset({(_P.REVIEWING, _P.MATCHING), (_P.PROPOSED, _P.MATCHING)})
#: How whoever tries another way is told: the last step of the path in the API.
MATCH_RUNS: Final = "match-runs"
#: Where answers come in, and where a manager changes what is asked.
_OPEN: Final = frozenset({PeriodStatus.COLLECTING, PeriodStatus.REVIEWING})
#: The moments of a period, each with what is said of one after it begins.
_MOMENTS: Final[Mapping[str, str]] = {
    "availability_due_at": "Answers are due before the period begins.",
    "requests_due_at": "Answers are due before the period begins.",
    "match_at": "Matching starts before the period begins.",
}
#: What a manager changes also of a proposed period.
_WEIGHED: Final = frozenset({"weights"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulingPeriod:
    """A span of dates that a manager plans as one.

    Attributes:
        first_on: The first day.
        last_on: The last day, 185 days later at most.
        availability_due_at: Until when clinicians submit; then the period moves on to ``reviewing`` by itself.
        requests_due_at: Until when practices ask.
        states: States of the sites that are planned; a part of those of the care team.
        weights: What its schedule is worth; they count for matching that starts from now on.
        match_at: When it is matched by itself, where it is reviewed then; ``None`` where a manager has it matched.
            Whoever starts matching, it does not start by itself after that.
        run_id: The match run that matches it, or whose proposal it has; ``None`` before, and whenever it is reviewed
            again. A run that is not this one, or finds the period elsewhere, is overtaken.
        version: Counts up with each change.
    """

    period_id: str
    care_team_id: str
    name: str
    first_on: date
    last_on: date
    availability_due_at: datetime
    requests_due_at: datetime
    states: frozenset[str]
    weights: MatchWeights = field(default_factory=MatchWeights)
    match_at: datetime | None = None
    run_id: str | None = None
    status: PeriodStatus = PeriodStatus.COLLECTING
    version: int = 1

    def has(self, day: date) -> bool:
        """Whether a day is in the period."""
        return self.first_on <= day <= self.last_on

    @property
    def is_open(self) -> bool:
        """Whether answers come in, as far as deadlines let them, and a manager can change what is asked."""
        return self.status in _OPEN

    def takes_availability(self, now: datetime) -> bool:
        """Whether clinicians can still say when they work: to be reviewed, an answer to feedback also later."""
        return self.status is PeriodStatus.COLLECTING and now < self.availability_due_at

    def takes_requests(self, now: datetime) -> bool:
        """Whether practices can still ask for days."""
        return self.is_open and now < self.requests_due_at

    def ensure_takes_availability(self, now: datetime, *, is_answer: bool) -> None:
        """Refuse what a clinician says too late.

        Args:
            now: This moment.
            is_answer: Whether it answers a manager's feedback: the deadline does not hold for that.

        Raises:
            DeadlinePassed: Availability was due before.
            PeriodNotOpen: The period is elsewhere in its life.
        """
        if is_answer and self.is_open:
            return
        if not is_answer and now >= self.availability_due_at:
            raise DeadlinePassed(due_at=self.availability_due_at)
        if is_answer or self.status is not PeriodStatus.COLLECTING:
            raise PeriodNotOpen(what="availability")

    def ensure_takes_requests(self, now: datetime) -> None:
        """Refuse what a practice asks for too late.

        Raises:
            DeadlinePassed: Requests were due before.
            PeriodNotOpen: The period is elsewhere in its life.
        """
        if now >= self.requests_due_at:
            raise DeadlinePassed(due_at=self.requests_due_at)
        if not self.is_open:
            raise PeriodNotOpen(what="requests")

    def ensure_takes_changes(self, fields: Collection[str]) -> None:
        """Refuse changes where the period is in its life: weights can be changed as long as it can be matched anew.

        Args:
            fields: Names of what would change.

        Raises:
            PeriodNotOpen: The period is elsewhere in its life.
        """
        weighs = self.status is PeriodStatus.PROPOSED and {*fields} <= _WEIGHED
        if not (self.is_open or weighs):
            raise PeriodNotOpen(what="changes")

    def moves(self, by: PeriodMover) -> frozenset[PeriodStatus]:
        """Return where somebody can move the period from here by a transition."""
        return frozenset(
            to
            for (start, to), movers in PERIOD_MOVES.items()
            if start is self.status and by in movers and (start, to) not in BY_MATCH_RUN
        )

    def moved_to(self, to: PeriodStatus, *, by: PeriodMover, now: datetime) -> "SchedulingPeriod":
        """Return the period elsewhere in its life, moved there by a transition.

        One that is reviewed again belongs to no match run any more: a run that matches it is overtaken. What was to
        start matching by itself meanwhile does not start it then.

        Raises:
            PeriodMoveNotAllowed: It cannot be moved there by whoever asks, or is by starting a match run.
            DeadlinePassed: Availability would be collected that was due before; a later deadline comes first.
        """
        if to not in self.moves(by):
            raise self._refusal(to, by)
        if to is PeriodStatus.COLLECTING and now >= self.availability_due_at:
            raise DeadlinePassed(due_at=self.availability_due_at)
        if to is PeriodStatus.REVIEWING and self.status is not PeriodStatus.COLLECTING:
            is_ahead = self.match_at is not None and now < self.match_at
            return self._at(to, run_id=None, match_at=self.match_at if is_ahead else None)
        return self._at(to)

    def is_matching_due(self, now: datetime) -> bool:
        """Whether it is time that the period is matched by itself."""
        return self.status is PeriodStatus.REVIEWING and self.match_at is not None and now >= self.match_at

    def matched_by(self, run_id: str, *, by: PeriodMover, now: datetime) -> "SchedulingPeriod":
        """Return the period as it is matched by a run that starts.

        Args:
            run_id: The run.
            by: Who starts it; the system does when that is due.
            now: This moment.

        Raises:
            PeriodMoveNotAllowed: Whoever asks cannot have it matched from where it is, or it is not due.
        """
        is_allowed = by in PERIOD_MOVES.get((self.status, PeriodStatus.MATCHING), ())
        if not is_allowed or (by is PeriodMover.SYSTEM and not self.is_matching_due(now)):
            raise PeriodMoveNotAllowed(status=self.status, to=PeriodStatus.MATCHING, allowed=self.moves(by))
        return self._at(PeriodStatus.MATCHING, run_id=run_id, match_at=None)

    def is_matched_by(self, run_id: str) -> bool:
        """Whether a run still matches the period: nobody stopped it, and no other has begun."""
        return self.status is PeriodStatus.MATCHING and self.run_id == run_id

    def with_proposal(self) -> "SchedulingPeriod":
        """Return the period with the proposal of the run that matches it.

        Raises:
            PeriodMoveNotAllowed: It is not matched.
        """
        self._ensure_matched(PeriodStatus.PROPOSED)
        return self._at(PeriodStatus.PROPOSED)

    def given_back(self) -> "SchedulingPeriod":
        """Return the period to be reviewed again, for the run that matches it ended without a proposal.

        It belongs to no run then, and is not matched again by itself: what failed once would go on failing.

        Raises:
            PeriodMoveNotAllowed: It is not matched.
        """
        self._ensure_matched(PeriodStatus.REVIEWING)
        return self._at(PeriodStatus.REVIEWING, run_id=None)

    def _ensure_matched(self, to: PeriodStatus) -> None:
        if self.status is not PeriodStatus.MATCHING:
            raise PeriodMoveNotAllowed(status=self.status, to=to, allowed=self.moves(PeriodMover.SYSTEM))

    def _refusal(self, to: PeriodStatus, by: PeriodMover) -> PeriodMoveNotAllowed:
        is_by_run = (self.status, to) in BY_MATCH_RUN and by in PERIOD_MOVES[self.status, to]
        way = MATCH_RUNS if is_by_run else None
        return PeriodMoveNotAllowed(status=self.status, to=to, allowed=self.moves(by), made_by=way)

    def _at(self, status: PeriodStatus, **changes: Any) -> "SchedulingPeriod":
        return replace(self, status=status, **changes, version=self.version + 1)

    def due_move(self, now: datetime, *, time_zone: str) -> PeriodStatus | None:
        """Return where the period moves by itself now: on at its deadline, and to its end after its last day.

        Args:
            now: This moment.
            time_zone: That of the care team: its last day ends there.
        """
        if self.status is PeriodStatus.COLLECTING and now >= self.availability_due_at:
            return PeriodStatus.REVIEWING
        end = moment_at(self.last_on + timedelta(days=1), "00:00", time_zone)
        return PeriodStatus.CLOSED if self.status is PeriodStatus.PUBLISHED and now >= end else None

    def changed(self, changes: Mapping[str, Any]) -> "SchedulingPeriod":
        """Return the next version of the period, with other values of the fields that are named."""
        return replace(self, **changes, version=self.version + 1)


def ensure_period(
    period: SchedulingPeriod, care_team: CareTeam, *, now: datetime, before: SchedulingPeriod | None = None
) -> None:
    """Refuse a new or changed period that nobody could plan.

    Args:
        period: As it would be stored.
        care_team: Whose period it is: it plans in its states, and days begin in its time zone.
        now: This moment.
        before: What it was; a moment that stays may be over, a state that stays may be none of the care team's.

    Raises:
        InvalidInput: It ends before it begins, is too long, has no state or a foreign one, asks for answers in the
            past or after it has begun, or is matched then, or before all answers are due.
    """
    if errors := tuple(_wrong(period, care_team, now, before)):
        raise InvalidInput(*errors)


def ensure_keeps(period: SchedulingPeriod, before: SchedulingPeriod) -> None:
    """Refuse a change that would leave answers or Case Days outside of the period: one that has any only grows.

    Raises:
        InvalidInput: Days or states are lost.
    """
    says = "This period has answers or Case Days already: it can grow, but not shrink."
    lost = {
        "/first_on": period.first_on > before.first_on,
        "/last_on": period.last_on < before.last_on,
        "/states": not before.states <= period.states,
    }
    if errors := tuple(FieldError(pointer, says) for pointer, is_lost in lost.items() if is_lost):
        raise InvalidInput(*errors)


def _wrong(
    period: SchedulingPeriod, care_team: CareTeam, now: datetime, before: SchedulingPeriod | None
) -> Iterator[FieldError]:
    if strange := [name for name in ("first_on", "last_on") if getattr(period, name).year not in YEARS]:
        yield from (
            FieldError(f"/{name}", f"This must be a day of the years {YEARS[0]} to {YEARS[-1]}.") for name in strange
        )
        return
    if period.last_on < period.first_on:
        yield FieldError("/last_on", "A period ends on its first day or later.")
    elif (period.last_on - period.first_on).days >= MAX_DAYS:
        yield FieldError("/last_on", f"A period has {MAX_DAYS} days at most.")
    if not period.states:
        yield FieldError("/states", "Name at least one state of the care team.")
    elif foreign := sorted(period.states - care_team.states - (before.states if before else frozenset())):
        yield FieldError("/states", f"The care team does not work in {', '.join(foreign)}.")
    yield from _wrong_moments(period, moment_at(period.first_on, "00:00", care_team.time_zone), now, before)


def _wrong_moments(
    period: SchedulingPeriod, begins_at: datetime, now: datetime, before: SchedulingPeriod | None
) -> Iterator[FieldError]:
    for name, late in _MOMENTS.items():
        at: datetime | None = getattr(period, name)
        if at is None:
            continue
        if at > begins_at:
            yield FieldError(f"/{name}", late)
        elif at <= now and (before is None or at != getattr(before, name)):
            yield FieldError(f"/{name}", "This time is over.")
        elif name == "match_at" and at < max(period.availability_due_at, period.requests_due_at):
            yield FieldError(f"/{name}", "Matching starts when all answers are due, or later.")
