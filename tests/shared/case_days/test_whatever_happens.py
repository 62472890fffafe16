"""Whatever managers, practices, clinicians and clocks do with Case Days, also at the same moment.

No confirmed day is incomplete, nobody is at two places, and no limit is passed but by name. Everybody knows what
concerns them, by what they were told and by nothing else, and hears of no change twice.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from bitewing.care_teams.care_team import TEAM_ROLES
from bitewing.care_teams.clinician import Limits, Skill
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.case_days.case_day import Answer
from bitewing.case_days.changes import DayEdit
from bitewing.case_days.creation_service import RequestedDay
from bitewing.case_days.events import CaseDayEvent
from bitewing.case_days.status import IS_AHEAD, KEEPS_CLAIMS, DayParty, DayStatus
from bitewing.deadlines.deadline import deadlines_of_day
from bitewing.kernel.errors import BitewingError
from bitewing.kernel.wire import DEADLINE_EVENTS
from bitewing.scheduling.request import RequestStatus
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.support.builders import PRACTICE_ID, a_practice
from tests.support.callers import a_caller, a_request
from tests.support.case_days import (
    EVERYBODY,
    MANAGER,
    DayWorld,
    a_clinician,
    a_clinician_calls,
    a_day_request,
    a_new_day,
    a_seat,
    a_site,
    an_availability,
    asked_before,
    on,
)
from tests.support.days_in_memory import InMemoryCaseDays
from tests.support.world import Interrupted

PRACTICES = (PRACTICE_ID, "practice-2")
REQUESTS = ("request-1", "request-2")
#: Nobody works more than this, but by name; so little that it is reached again and again.
LIMITS = Limits(max_days_per_week=1, max_days_in_row=1)
#: The end of one week and the beginning of the next: some in one week, some in a row, some in both.
DATES = st.sampled_from([on(days) for days in (3, 5, 6, 7, 9)])
#: With so many days, time can go on.
LIVELY = 3
ASIDE = (("week", "busy"), ("row", "busy"), ("skill", "supervised"))
#: A day that takes place is, to whoever knows it, what it was when it was confirmed.
SHOWN_AS = {DayStatus.IN_PROGRESS: DayStatus.CONFIRMED, DayStatus.COMPLETED: DayStatus.CONFIRMED}


class Watched(InMemoryCaseDays):
    """Shows each change that was stored to whoever watches."""

    def __init__(self, memory, roster, watch):
        super().__init__(memory, roster)
        self._watch = watch

    def save(self, change, *, request=None):
        super().save(change, request=request)
        self._watch(change)


def picture(day, who):
    """What somebody must know of a day: ``practice``, ``managers`` or a clinician."""
    shown = SHOWN_AS.get(day.status, day.status)
    what = (day.on, day.starts_at, day.minutes, day.kind)
    more = (day.note, day.details, day.expected_patients)
    if who == "practice":
        return (shown, what, more, day.wanted, day.practice_confirmed_at)
    if who == "managers":
        team = {each.clinician_id: (each.answer, each.silent_at) for each in day.team}
        return (shown, what, more, day.wanted, day.practice_confirmed_at, day.unconfirmed_at, team)
    if (member := day.member(who)) is None:
        return None
    return (shown, what, more if shown is DayStatus.CONFIRMED else None, member.answer)


class CaseDaysMachine(RuleBasedStateMachine):
    """Two practices, six clinicians, managers and a clock."""

    @initialize()
    def begin(self):
        self.world = world = DayWorld()
        world.days = Watched(world.memory, world.roster, self.watches)
        skills = (Skill(name="pals"), Skill(name="pediatric"))
        world.roster.put(
            a_practice(practice_id="practice-2"),
            a_site(practice_id="practice-2"),
            asked_before("practice-2"),
            *(a_clinician(each, skills=skills if each.endswith("1") else (), limits=LIMITS) for each in EVERYBODY),
            *(an_availability(each, limits=LIMITS) for each in EVERYBODY),
            *(a_day_request(request_id=each, dates=(on(3), on(5), on(7))) for each in REQUESTS),
        )
        self.knows = {}
        self.keys = 0

    # What people do

    def watches(self, change):
        """Look at one change: who was told of it, and whether it was news to them."""
        before, day, (entry, *_) = change.before, change.day, change.entries
        heard = []
        for event in (each for each in change.events if isinstance(each, CaseDayEvent)):
            assert (event.case_day_id, event.case_day_version) == (day.case_day_id, day.version)
            heard += [*event.concerns, *["practice"] * event.concerns_practice]
            heard += ["managers"] * event.concerns_managers
        assert day.version == (before.version + 1 if before else 1)
        assert len(heard) == len(set(heard)), "somebody was told twice"
        if deadlines_of_day(day) != (deadlines_of_day(before) if before else ()):
            assert {type(each).__name__ for each in change.events} & {*DEADLINE_EVENTS}
        actor = {DayParty.MANAGER: "managers", DayParty.PRACTICE: "practice"}.get(entry.by, entry.user_id)
        assert actor not in heard
        if before is not None and before.on != day.on:
            assert {each.answer for each in day.team} <= {Answer.ASKED}
        if day.status is DayStatus.CANCELLED and (followed := change.following) is not None:
            withdrawn = RequestStatus.WITHDRAWN if actor == "practice" else RequestStatus.REQUESTED
            assert followed.after.status is withdrawn
        people = {each.clinician_id for each in (*day.team, *(before.team if before else ()))}
        for who in ("practice", "managers", *people):
            was, now = picture(before, who) if before else None, picture(day, who)
            assert (who in heard) == (was != now and who != actor), (who, heard, change)
            if who in heard or who == actor:
                self.knows[day.case_day_id, who] = now

    def asks(self, what, *args, **named):
        try:
            what(*args, **named)
        except BitewingError:
            return

    def some(self, number):
        """One of the days that lie ahead; where none does, one of all."""
        # In the order of their creation, for ids have chance in them.
        days = list(self.world.days.days.values())
        found = [each for each in days if each.is_ahead and each.begins_at > self.world.clock.at] or days
        return found[number % len(found)] if found else None

    def acts(self, action, number, *, stale=False):
        """One thing that one person does to one day; refusals are fine."""
        if (day := self.some(number)) is None:
            return
        name, args = action
        seen = replace(day, version=day.version - 1) if stale else day
        self.asks(getattr(self, name), seen, *args)

    def puts(self, day, who, by_name):
        seat = a_seat(who, *(ASIDE if by_name else ()))
        self.world.team.ask(MANAGER, day.case_day_id, seat, expected_version=day.version)

    def takes_off(self, day, role):
        self.world.team.remove(MANAGER, day.case_day_id, role, expected_version=day.version)

    def answers(self, day, role, accepts, by_phone):
        if (member := day.of_role(role)) is not None:
            who = member.clinician_id
            caller = MANAGER if by_phone else a_clinician_calls(who)
            self.world.team.answer(caller, day.case_day_id, who, accepts=accepts, asked_at=member.asked_at)

    def all_accept(self, day):
        for role in TEAM_ROLES:
            self.answers(self.world.day(day), role, accepts=True, by_phone=False)
        now = self.world.day(day)
        self.world.service.confirm(MANAGER, day.case_day_id, expected_version=now.version)

    def confirms(self, day):
        self.world.service.confirm(MANAGER, day.case_day_id, expected_version=day.version)

    def confirms_details(self, day):
        self.world.service.confirm_details(self.practice(day), day.case_day_id, expected_version=day.version)

    def calls_off(self, day, by_practice):
        caller = self.practice(day) if by_practice else MANAGER
        self.world.service.cancel(caller, day.case_day_id, reason="storm", expected_version=day.version)

    def rejects(self, day):
        self.world.service.reject(MANAGER, day.case_day_id, reason="no team", expected_version=day.version)

    def reschedules(self, day, to):
        self.world.changes.reschedule(MANAGER, day.case_day_id, to, expected_version=day.version)

    def edits(self, day, edit, by_practice):
        caller = self.practice(day) if by_practice else MANAGER
        self.world.changes.edit(caller, day.case_day_id, edit, expected_version=day.version)

    def decides(self, day, approves):
        self.world.changes.decide(MANAGER, day.case_day_id, is_approved=approves, expected_version=day.version)

    def is_silent(self, day, role):
        if (member := day.of_role(role)) is not None:
            self.world.team.tell_silence(day.case_day_id, member.clinician_id, asked_at=member.asked_at)

    def passes(self, day):
        self.world.service.advance(day.case_day_id)

    def practice(self, day):
        return a_caller(day.practice_id, user_id=f"person of {day.practice_id}")

    EDITS = st.builds(
        DayEdit,
        note=st.sampled_from([None, "a", "b"]),
        arrival=st.sampled_from([None, "Back door"]),
        contact=st.sampled_from([None, "Ada"]),
        starts_at=st.sampled_from([None, "07:30", "08:00", "10:00"]),
        minutes=st.sampled_from([None, 400, 480, 500]),
        kind=st.sampled_from([None, PatientKind.ADULT, PatientKind.PEDIATRIC]),
        on=st.none() | DATES,
    )
    PEOPLE, ROLES = st.sampled_from(EVERYBODY), st.sampled_from(TEAM_ROLES)
    ACTIONS = st.one_of(
        st.tuples(st.just("puts"), st.tuples(PEOPLE, st.booleans())),
        st.tuples(st.sampled_from(["takes_off", "is_silent"]), st.tuples(ROLES)),
        st.tuples(st.just("answers"), st.tuples(ROLES, st.booleans(), st.booleans())),
        st.tuples(st.sampled_from(["all_accept", "confirms", "confirms_details", "rejects", "passes"]), st.just(())),
        st.tuples(st.sampled_from(["calls_off", "decides"]), st.tuples(st.booleans())),
        st.tuples(st.just("reschedules"), st.tuples(DATES)),
        st.tuples(st.just("edits"), st.tuples(EDITS, st.booleans())),
    )
    DAYS = st.integers(0, 5)

    @rule(practice_id=st.sampled_from(PRACTICES), date=DATES, full=st.booleans(), in_period=st.booleans())
    def creates(self, practice_id, date, full, in_period):
        self.keys += 1
        seats = tuple(map(a_seat, self.whoever(full)))
        new = a_new_day(practice_id=practice_id, on=date, team=seats, period_id="period-1" if in_period else None)
        self.asks(self.world.creation.create, MANAGER, new, a_request(f"{self.keys}"))

    def whoever(self, full):
        """A whole team, most often the first: it comes to its limits."""
        return [f"{role}-{1 if self.keys % 3 else 2}" for role in TEAM_ROLES] if full else []

    @rule(request_id=st.sampled_from(REQUESTS), date=DATES, full=st.booleans())
    def serves(self, request_id, date, full):
        self.keys += 1
        new = RequestedDay(request_id=request_id, on=date, team=tuple(map(a_seat, self.whoever(full))))
        self.asks(self.world.creation.create, MANAGER, new, a_request(f"{self.keys}"))

    @rule(date=DATES, practice_id=st.sampled_from(PRACTICES))
    def has_a_confirmed_day(self, date, practice_id):
        """So that days are often confirmed, and change from there."""
        self.creates(practice_id, date, full=True, in_period=True)
        newest = self.some(-1)
        if newest is not None:
            self.asks(self.all_accept, newest)

    @rule(edit=EDITS, number=DAYS, approves=st.booleans())
    def wants_and_hears(self, edit, number, approves):
        self.acts(("edits", (edit, True)), number)
        self.acts(("decides", (approves,)), number)

    @rule(request_id=st.sampled_from(REQUESTS), date=DATES, another=DATES)
    def two_serve_the_same(self, request_id, date, another):
        real = self.world.days

        def meanwhile():
            self.world.days = real
            self.serves(request_id, another, full=False)

        self.world.days = Interrupted(real, "save", meanwhile)
        self.serves(request_id, date, full=False)
        self.world.days = real

    @rule(by_practice=st.booleans(), request_id=st.sampled_from(REQUESTS), date=DATES)
    def serves_and_calls_off(self, by_practice, request_id, date):
        self.serves(request_id, date, full=True)
        for day in [each for each in self.standing() if each.request_id == request_id]:
            self.asks(self.calls_off, day, by_practice)

    @rule(number=DAYS)
    def says_all_and_confirms(self, number):
        self.acts(("edits", (DayEdit(arrival="Back door", contact="Ada"), True)), number)
        self.acts(("confirms_details", ()), number)

    @rule(action=ACTIONS, number=DAYS, stale=st.sampled_from([False, False, False, True]))
    def does(self, action, number, stale):
        self.acts(action, number, stale=stale)

    @rule(action=ACTIONS, number=DAYS, other=ACTIONS, elsewhere=DAYS)
    def do_at_once(self, action, number, other, elsewhere):
        self.do_both(action, number, other, elsewhere)

    def do_both(self, action, number, other, elsewhere):
        """Two things at the same moment: the other between what the one has read and what it stores."""
        real = self.world.days

        def meanwhile():
            interrupted, self.world.days = self.world.days, real
            self.acts(other, elsewhere)
            self.world.days = interrupted

        self.world.days = Interrupted(real, "save", meanwhile)
        try:
            self.acts(action, number)
        finally:
            self.world.days = real

    @rule(who=PEOPLE, number=DAYS, elsewhere=DAYS)
    def two_want_the_same(self, who, number, elsewhere):
        self.do_both(("puts", (who, False)), number, ("puts", (who, False)), elsewhere)

    @rule(who=PEOPLE, is_active=st.sampled_from([True, True, False]))
    def joins_or_leaves_the_care_team(self, who, is_active):
        stored = self.world.roster.clinician("team-1", who)
        self.world.roster.put(replace(stored, is_active=is_active, version=stored.version + 1))

    @precondition(lambda self: self.world.days.days)
    @rule(hours=st.sampled_from([1, 12, 30]))
    def time_passes(self, hours):
        self.world.clock.advance(hours=hours)

    @precondition(lambda self: len(self.standing()) > LIVELY)
    @rule(number=DAYS)
    def a_day_takes_place(self, number):
        day = self.some(number)
        for moment in (day.begins_at, day.ends_at):
            self.world.clock.at = max(self.world.clock.at, moment)
            for each in list(self.world.days.days):
                self.world.service.advance(each)

    # What is always so

    def standing(self):
        return [each for each in self.world.days.days.values() if each.status in KEEPS_CLAIMS]

    @invariant()
    def a_confirmed_day_has_a_whole_team_that_accepted(self):
        for day in self.standing():
            if day.status is not DayStatus.TENTATIVE:
                assert sorted(each.role for each in day.team) == sorted(TEAM_ROLES)
                assert {each.answer for each in day.team} == {Answer.ACCEPTED}
                assert day.confirmed_at is not None
            else:
                assert (day.confirmed_at, day.agreed) == (None, None)
            assert day.wanted is None or day.status in {*IS_AHEAD, DayStatus.IN_PROGRESS, DayStatus.COMPLETED}

    @invariant()
    def nobody_is_at_two_places_and_no_claim_is_lost_or_left_behind(self):
        held = [((each.clinician_id, day.on), day.case_day_id) for day in self.standing() for each in day.team]
        assert len(held) == len(dict(held))
        assert self.world.days.claims == dict(held)

    @invariant()
    def a_practice_has_one_day_a_date(self):
        held = [((day.practice_id, day.on), day.case_day_id) for day in self.standing()]
        assert len(held) == len(dict(held))
        assert self.world.days.dates == dict(held)

    @invariant()
    def no_week_and_no_row_is_longer_than_its_limit_but_by_name(self):
        for who in EVERYBODY:
            days = {
                day.on: {each.rule for each in member.overrides}
                for day in self.standing()
                if (member := day.member(who)) is not None
            }
            for week in {each.isocalendar()[:2] for each in days}:
                worked = [each for each in days if each.isocalendar()[:2] == week]
                assert len(worked) <= LIMITS.max_days_per_week or any("week" in days[each] for each in worked)
            for row in rows(sorted(days)):
                assert len(row) <= LIMITS.max_days_in_row or any("row" in days[each] for each in row)

    @invariant()
    def everybody_knows_what_concerns_them(self):
        for day in self.world.days.days.values():
            for who in ("practice", "managers", *EVERYBODY):
                assert self.knows.get((day.case_day_id, who)) == picture(day, who)

    @invariant()
    def requests_follow_their_days(self):
        follows = {
            DayStatus.TENTATIVE: RequestStatus.PROPOSED,
            DayStatus.CONFIRMED: RequestStatus.CONFIRMED,
            DayStatus.IN_PROGRESS: RequestStatus.CONFIRMED,
            DayStatus.COMPLETED: RequestStatus.COMPLETED,
        }
        for request_id in REQUESTS:
            asked = self.world.roster.request(request_id)
            serving = [each for each in self.standing() if each.request_id == request_id]
            assert len(serving) <= 1
            for day in serving:
                assert (asked.status, asked.case_day_id) == (follows[day.status], day.case_day_id)
            if not serving:
                assert asked.status in {RequestStatus.REQUESTED, RequestStatus.WITHDRAWN, RequestStatus.REJECTED}

    @invariant()
    def the_history_says_of_every_version_who_made_it(self):
        for day in self.world.days.days.values():
            entries = [each for each in self.world.days.entries if each.case_day_id == day.case_day_id]
            assert len(entries) >= day.version


def rows(days):
    """The runs of dates that follow each other."""
    found = [[each] for each in days[:1]]
    for before, day in pairwise(days):
        if day - before == timedelta(days=1):
            found[-1].append(day)
        else:
            found.append([day])
    return found


TestCaseDays = CaseDaysMachine.TestCase
TestCaseDays.settings = settings(deadline=None, max_examples=100, stateful_step_count=50)
