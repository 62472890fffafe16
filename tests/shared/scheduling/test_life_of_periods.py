"""Whatever managers, clinicians, practices, strangers and time do: a period lives as the specification says.

The model below is written by hand and shares no line with ``period.py``, ``availability.py`` or ``request.py``. Random
moves are made on it and on the product over stores in memory, and after each the two are compared. With ``-s`` this
tells how many there were.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import ClassVar

from bitewing.kernel.errors import BitewingError
from bitewing.scheduling.availability import AvailabilityState, Window
from bitewing.scheduling.events import period_moved
from bitewing.scheduling.period import PeriodMover, PeriodStatus
from bitewing.scheduling.request import RequestStatus
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import CLINICIAN, FROM_OTHER_PRACTICE, FROM_PRACTICE
from tests.support.care_teams import CARE_TEAM_ID, MANAGER, OTHER_MANAGER, a_site
from tests.support.scheduling import (
    AVAILABILITY_DUE,
    FIRST,
    LAST,
    NEW_AVAILABILITY,
    NEW_DAY,
    NEW_PERIOD,
    OTHER_CLINICIAN,
    REQUESTS_DUE,
    SchedulingWorld,
)

# --- The tables, as people read them ---------------------------------------------------------------

MOVES = {
    "collecting": "reviewing",
    "reviewing": "collecting proposed",
    "matching": "reviewing",
    "proposed": "reviewing published",
    "published": "closed",
    "closed": "",
}
#: Where a run that somebody starts finds a period to match.
MATCHED_FROM = {"manager": "reviewing proposed", "system": "reviewing"}
ENDS = {"practice": "withdrawn", "manager": "rejected"}
DAY = timedelta(days=1)
CLINICIANS = {"dana": CLINICIAN, "omar": OTHER_CLINICIAN}
PRACTICES = {"first": FROM_PRACTICE, "second": FROM_OTHER_PRACTICE}
MANAGERS = {"manager": MANAGER, "stranger": OTHER_MANAGER}


def midnight(day: date) -> datetime:
    """In New York, in summer time: it begins before any of these days."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=NOW.tzinfo)


# --- The model --------------------------------------------------------------------------------------


@dataclass
class Said:
    """What a clinician said, as the model knows it."""

    version: int = 0
    state: str = "none"
    first: int = 0
    days: int = 0


@dataclass
class Asked:
    """What a practice asked for, as the model knows it."""

    whose: str
    day: int
    version: int = 1
    status: str = "requested"
    priority: int = 3


@dataclass
class Life:
    """The period, as the model knows it; days count from its first one as it was opened."""

    status: str = "collecting"
    version: int = 1
    due: datetime = AVAILABILITY_DUE
    requests_due: datetime = REQUESTS_DUE
    first: int = 0
    last: int = 13
    match_at: datetime | None = None
    run: str | None = None
    weights: dict[str, int] = field(default_factory=lambda: {"fair_day": 15, "team": 60})
    path: list[str] = field(default_factory=lambda: ["collecting"])
    said: dict[str, Said] = field(default_factory=lambda: {name: Said() for name in CLINICIANS})
    asked: dict[str, Asked] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=lambda: Counter(PeriodOpened=1))

    @property
    def is_open(self):
        return self.status in ("collecting", "reviewing")

    @property
    def has_answers(self):
        return bool(self.asked) or any(said.version for said in self.said.values())

    def goes(self, to):
        if to == "reviewing":
            self.run = None
        self.status = to
        self.version += 1
        self.path.append(to)
        self.told["PeriodMoved"] += 1

    @property
    def last_moment(self):
        return max(self.due, self.requests_due, self.match_at or self.due)

    def is_matched_before(self, due):
        return self.match_at is not None and self.match_at < due

    def refusal_of_request(self, now):
        if now >= self.requests_due:
            return "DeadlinePassed"
        return None if self.is_open else "PeriodNotOpen"


# --- The machine -------------------------------------------------------------------------------------

#: Now and then somebody has read an older version, or is a stranger.
RARELY = st.integers(0, 9).map(lambda number: number == 9)
WHO = st.sampled_from(sorted(CLINICIANS))
WHOSE = st.sampled_from(sorted(PRACTICES))
BY = st.sampled_from(["manager"] * 9 + ["stranger"])
DAYS = st.integers(-1, 14)
WHICH = st.integers(0, 3)
BEGINNINGS = ("", "reviewing", "reviewing proposed", "reviewing proposed published")


class Lives(RuleBasedStateMachine):
    """A period, and everybody who can do something about it."""

    made: ClassVar[Counter[str]] = Counter()
    refused: ClassVar[Counter[str]] = Counter()
    reached: ClassVar[Counter[str]] = Counter()

    @initialize(path=st.sampled_from(BEGINNINGS))
    def opens(self, path):
        self.world = SchedulingWorld()
        self.world.places.put(a_site(practice_id="practice-2"))
        self.period_id = self.world.period_service.open(MANAGER, NEW_PERIOD, self.world.key()).period_id
        self.life = Life()
        self.submits("dana", 0, 5, late=False)
        self.asks("first", 0)
        # Periods begin at different places.
        for to in path.split():
            self.moves("manager", to, late=False)

    @property
    def now(self) -> datetime:
        return self.world.clock.at

    def tries(self, what, act, refusal=None):
        """Do something, and see that it is refused exactly where the model says so, and changes nothing then."""
        scheduled = self.world.scheduled
        everything = scheduled.periods, scheduled.availabilities, scheduled.requests, self.world.memory.events
        before = [type(each)(each) for each in everything]
        error = None
        try:
            act()
        except BitewingError as refused:
            error = refused
        assert (type(error).__name__ if error else None) == refusal, f"{what} of {self.life}: {error!r}, not {refusal}"
        if error is None:
            self.made[what] += 1
            return True
        assert [type(each)(each) for each in everything] == before
        self.refused[f"{what}: {refusal}"] += 1
        return False

    @rule(hours=st.sampled_from([1, 12, 24, 24 * 5, 24 * 20]))
    def time_passes(self, hours):
        self.world.clock.advance(hours=hours)

    # --- The manager and the clock -------------------------------------------------------------------

    @rule(by=BY, to=st.sampled_from(sorted(MOVES)), late=RARELY)
    def moves(self, by, to, late):
        life = self.life
        refusal = "Unknown" if by == "stranger" else None
        if refusal is None and late:
            refusal = "StaleVersion"
        elif refusal is None and to not in MOVES[life.status].split():
            refusal = "PeriodMoveNotAllowed"
        elif refusal is None and to == "collecting" and self.now >= life.due:
            refusal = "DeadlinePassed"
        move = lambda: self.world.period_service.move(  # noqa: E731
            MANAGERS[by], self.period_id, PeriodStatus(to), expected_version=life.version - late
        )
        was = life.status
        if self.tries(f"move to {to}", move, refusal):
            life.goes(to)
            if to == "reviewing" and was != "collecting" and life.match_at and life.match_at <= self.now:
                life.match_at = None

    @rule()
    def clock_strikes(self):
        life, to = self.life, None
        ends = midnight(FIRST + (life.last + 1) * DAY)
        if life.status == "collecting" and self.now >= life.due:
            to = "reviewing"
        elif life.status == "published" and self.now >= ends:
            to = "closed"
        moved = self.world.period_service.move_on(CARE_TEAM_ID, self.period_id)
        assert (moved.value if moved else None) == to
        if to is not None:
            self.made["by itself"] += 1
            life.goes(to)

    # --- Match runs, as their own room makes them ------------------------------------------------------

    @rule(by=st.sampled_from(sorted(MATCHED_FROM)), is_awaited=st.booleans())
    def a_run_starts(self, by, is_awaited):
        life = self.life
        if by == "system" and is_awaited and life.match_at:
            self.world.clock.at = max(self.now, life.match_at)
        is_due = by == "manager" or bool(life.match_at and life.match_at <= self.now)
        is_allowed = life.status in MATCHED_FROM[by].split() and is_due
        run = f"run-{life.version}"
        start = lambda period: period.matched_by(run, by=PeriodMover(by), now=self.now)  # noqa: E731
        if self.moves_by_run(f"start a run as {by}", start, is_allowed):
            life.goes("matching")
            life.run, life.match_at = run, None

    @rule(is_fine=st.booleans())
    def a_run_ends(self, is_fine):
        life = self.life
        end = lambda period: period.with_proposal() if is_fine else period.given_back()  # noqa: E731
        if self.moves_by_run("end a run", end, life.status == "matching"):
            life.goes("proposed" if is_fine else "reviewing")

    def moves_by_run(self, what, change, is_allowed):
        def move():
            before = self.world.scheduled.periods[CARE_TEAM_ID, self.period_id]
            after = change(before)
            self.world.periods.save(after, period_moved(before, after, at=self.now))

        return self.tries(what, move, None if is_allowed else "PeriodMoveNotAllowed")

    @rule(days=st.integers(-3, 3) | st.none())
    def lets_matching_start(self, days):
        life = self.life
        last_due = max(life.due, life.requests_due)
        at = None if days is None else last_due + days * DAY
        refusal = None
        if at != life.match_at and not life.is_open:
            refusal = "PeriodNotOpen"
        elif at not in (None, life.match_at):
            begins = midnight(FIRST + life.first * DAY)
            refusal = None if self.now < at <= begins and at >= last_due else "InvalidInput"
        is_other = at != life.match_at
        if self.changes("manager", "start of matching", refusal, match_at=at) and is_other:
            life.match_at = at
            self.is_changed()

    @rule(name=st.sampled_from(["fair_day", "team"]), weight=st.integers(0, 2))
    def weighs(self, name, weight):
        life = self.life
        is_other = life.weights[name] != weight
        is_refused = is_other and life.status not in ("collecting", "reviewing", "proposed")
        refusal = "PeriodNotOpen" if is_refused else None
        if self.changes("manager", "weights", refusal, weights={name: weight}) and is_other:
            life.weights[name] = weight
            self.is_changed()

    @rule(by=BY, days=st.integers(-2, 9), late=RARELY)
    def puts_the_deadline_off(self, by, days, late):
        life, due = self.life, self.life.due + days * DAY
        begins = midnight(FIRST + life.first * DAY)
        refusal = "Unknown" if by == "stranger" else "StaleVersion" if late else None
        is_other = bool(days)
        if refusal is None and is_other and not life.is_open:
            refusal = "PeriodNotOpen"
        elif refusal is None and is_other and (due <= self.now or due > begins or life.is_matched_before(due)):
            refusal = "InvalidInput"
        if self.changes(by, "deadline", refusal, late=late, availability_due_at=due) and is_other:
            life.due = due
            self.is_changed()

    @rule(first=st.integers(-2, 2), last=st.integers(10, 20))
    def stretches(self, first, last):
        life = self.life
        is_other = (first, last) != (life.first, life.last)
        begins = midnight(FIRST + first * DAY)
        refusal = None
        if is_other and not life.is_open:
            refusal = "PeriodNotOpen"
        is_lost = life.has_answers and (first > life.first or last < life.last)
        if refusal is None and is_other and (is_lost or life.last_moment > begins):
            refusal = "InvalidInput"
        span = {"first_on": FIRST + first * DAY, "last_on": FIRST + last * DAY}
        if self.changes("manager", "span", refusal, **span) and is_other:
            life.first, life.last = first, last
            self.is_changed()

    def changes(self, by, what, refusal, *, late=False, **changes):
        change = lambda: self.world.period_service.change(  # noqa: E731
            MANAGERS[by], self.period_id, expected_version=self.life.version - late, changes=changes
        )
        return self.tries(f"change the {what}", change, refusal)

    def is_changed(self):
        self.life.version += 1
        self.life.told["PeriodChanged"] += 1

    # --- Clinicians ----------------------------------------------------------------------------------

    @rule(who=WHO, first=DAYS, days=st.integers(1, 5), late=RARELY)
    def submits(self, who, first, days, late):
        life, said = self.life, self.life.said[who]
        refusal = "StaleVersion" if late and said.version else None
        late = refusal is not None
        is_answer = said.state == "needs_changes"
        if refusal is None and not is_answer and self.now >= life.due:
            refusal = "DeadlinePassed"
        elif refusal is None and not (life.is_open if is_answer else life.status == "collecting"):
            refusal = "PeriodNotOpen"
        elif refusal is None and (first < life.first or first + days - 1 > life.last):
            refusal = "InvalidInput"
        window = Window(first=FIRST + first * DAY, last=FIRST + (first + days - 1) * DAY)
        caller, new = CLINICIANS[who], replace(NEW_AVAILABILITY, windows=(window,))
        submit = lambda: self.world.availability_service.submit(  # noqa: E731
            caller, self.period_id, caller.user_id, new, expected_version=said.version - late
        )
        if self.tries("answer feedback" if is_answer else "submit", submit, refusal):
            said.version += 1
            said.state, said.first, said.days = "submitted", first, days
            life.told["AvailabilitySubmitted"] += 1

    @rule(by=BY, who=WHO, is_fine=st.booleans(), late=RARELY)
    def reviews(self, by, who, is_fine, late):
        life, said = self.life, self.life.said[who]
        refusal = "Unknown" if by == "stranger" or not (said.version or late) else "StaleVersion" if late else None
        if refusal is None and not life.is_open:
            refusal = "PeriodNotOpen"
        to = "approved" if is_fine else "needs_changes"
        review = lambda: self.world.availability_service.review(  # noqa: E731
            MANAGERS[by],
            self.period_id,
            CLINICIANS[who].user_id,
            AvailabilityState(to),
            feedback="" if is_fine else "More Fridays, please.",
            expected_version=said.version - late,
        )
        if self.tries(f"review as {to}", review, refusal):
            said.version += 1
            said.state = to
            life.told["AvailabilityReviewed"] += 1

    # --- Practices -----------------------------------------------------------------------------------

    @rule(whose=WHOSE, day=DAYS)
    def asks(self, whose, day):
        life = self.life
        refusal = life.refusal_of_request(self.now)
        if refusal is None and not life.first <= day <= life.last:
            refusal = "InvalidInput"
        new = replace(NEW_DAY, period_id=self.period_id, dates=(FIRST + day * DAY,))
        found = []
        ask = lambda: found.append(  # noqa: E731
            self.world.request_service.create(PRACTICES[whose], new, self.world.key())
        )
        if self.tries("ask", ask, refusal):
            life.asked[found[0].request_id] = Asked(whose, day)
            life.told["CaseDayRequested"] += 1

    def one(self, which):
        ids = sorted(self.life.asked)
        return (ids[which % len(ids)], self.life.asked[ids[which % len(ids)]]) if ids else (None, None)

    @rule(which=WHICH, whose=WHOSE, day=DAYS, late=RARELY)
    def edits(self, which, whose, day, late):
        life, (request_id, asked) = self.life, self.one(which)
        if asked is None:
            return
        is_other = day != asked.day
        refusal = "Unknown" if whose != asked.whose else "StaleVersion" if late else None
        if refusal is None and is_other:
            refusal = "RequestNotOpen" if asked.status != "requested" else life.refusal_of_request(self.now)
            if refusal is None and not life.first <= day <= life.last:
                refusal = "InvalidInput"
        edit = lambda: self.world.request_service.change(  # noqa: E731
            PRACTICES[whose],
            request_id,
            expected_version=asked.version - late,
            changes={"dates": (FIRST + day * DAY,)},
        )
        if self.tries("edit", edit, refusal) and is_other:
            asked.version += 1
            asked.day = day
            life.told["CaseDayRequestChanged"] += 1

    @rule(which=WHICH, by=BY, priority=st.integers(1, 5))
    def orders(self, which, by, priority):
        request_id, asked = self.one(which)
        if asked is None:
            return
        is_other = priority != asked.priority
        refusal = "Unknown" if by == "stranger" else None
        if refusal is None and is_other and asked.status != "requested":
            refusal = "RequestNotOpen"
        order = lambda: self.world.request_service.change(  # noqa: E731
            MANAGERS[by], request_id, expected_version=asked.version, changes={"priority": priority}
        )
        if self.tries("order", order, refusal) and is_other:
            asked.version += 1
            asked.priority = priority
            self.life.told["CaseDayRequestChanged"] += 1

    @rule(which=WHICH, side=st.sampled_from(["practice", "manager"]), to=st.sampled_from(sorted(RequestStatus)))
    def ends(self, which, side, to):
        request_id, asked = self.one(which)
        if asked is None:
            return
        is_allowed = asked.status == "requested" and to == ENDS[side]
        end = lambda: self.world.request_service.move(  # noqa: E731
            MANAGER if side == "manager" else PRACTICES[asked.whose],
            request_id,
            RequestStatus(to),
            reason="Too few rooms." if to == "rejected" else "",
            expected_version=asked.version,
        )
        if self.tries(f"make it {to}", end, None if is_allowed else "RequestMoveNotAllowed"):
            asked.version += 1
            asked.status = str(to)
            self.life.told["CaseDayRequestMoved"] += 1

    # --- What always holds -------------------------------------------------------------------------------------------

    @invariant()
    def everything_is_as_the_model_says(self):
        life, scheduled = self.life, self.world.scheduled
        period = scheduled.periods[CARE_TEAM_ID, self.period_id]
        assert (period.status, period.version, period.availability_due_at) == (life.status, life.version, life.due)
        assert (period.match_at, period.run_id) == (life.match_at, life.run)
        assert {name: getattr(period.weights, name) for name in life.weights} == life.weights
        assert (period.first_on, period.last_on) == (FIRST + life.first * DAY, FIRST + life.last * DAY)
        for name, said in life.said.items():
            stored = scheduled.availabilities.get((CARE_TEAM_ID, self.period_id, CLINICIANS[name].user_id))
            assert (stored.version, stored.state) == (said.version, said.state) if stored else said.version == 0
            assert bool(stored and stored.feedback) == (said.state == "needs_changes")
            # No answer lies outside of the period, however it was changed.
            assert not stored or all(period.has(each.first) and period.has(each.last) for each in stored.windows)
        assert scheduled.requests.keys() == life.asked.keys()
        for request_id, asked in life.asked.items():
            stored = scheduled.requests[request_id]
            assert stored.practice_id == (PRACTICE_ID if asked.whose == "first" else "practice-2")
            assert (stored.version, stored.status, stored.priority) == (asked.version, asked.status, asked.priority)
            assert all(map(period.has, stored.dates))
        self.reached[life.status] += 1

    @invariant()
    def everything_was_told_once_and_moves_in_their_order(self):
        events = self.world.memory.events
        assert Counter(type(event).__name__ for event in events) == self.life.told
        assert len({event.event_id for event in events}) == len(events)
        told = [event for event in events if type(event).__name__ == "PeriodMoved"]
        assert [event.origin for event in told] == self.life.path[:-1]
        assert [event.to for event in told] == self.life.path[1:]


def test_whoever_does_whatever_with_a_period_it_lives_as_the_specification_says():
    for counts in (Lives.made, Lives.refused, Lives.reached):
        counts.clear()
    run_state_machine_as_test(
        Lives,
        settings=settings(
            deadline=None,
            max_examples=160,
            stateful_step_count=60,
            suppress_health_check=list(HealthCheck),
            # How far it gets is asserted below: the same moves each time.
            derandomize=True,
        ),
    )
    made, refused = Lives.made.total(), Lives.refused.total()
    print(f"\n{made + refused:,} moves: {made:,} made, {refused:,} refused")  # noqa: T201 - told with -s
    for counts in (Lives.made, Lives.refused, Lives.reached):
        print(", ".join(f"{what} {count:,}" for what, count in sorted(counts.items())))  # noqa: T201
    assert made + refused >= 2_000
    assert set(Lives.reached) == set(MOVES)
    assert all(Lives.made[f"start a run as {by}"] for by in MATCHED_FROM)
    assert LAST == FIRST + 13 * DAY
