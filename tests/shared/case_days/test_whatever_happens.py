"""Whatever managers, practices, clinicians and clocks do with Case Days and all that they are planned on.

Also at the same moment: the period moves, an availability is taken back, a license ends, a site changes between what
somebody has read and what is stored. No confirmed day is incomplete, nobody is at two places, and no limit is passed
but by name; whoever is asked, and whoever is on a team that is confirmed, fits as everything is then. Everybody knows
what concerns them, by what they were told and by nothing else, and hears of no change twice. With ``-s`` this tells
what was reached.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import ClassVar

from bitewing.care_teams.care_team import TEAM_ROLES
from bitewing.care_teams.clinician import License, Limits, Skill
from bitewing.care_teams.patient_kinds import PatientKind
from bitewing.care_teams.site import Permit
from bitewing.case_days.case_day import Answer
from bitewing.case_days.changes import DayEdit
from bitewing.case_days.creation_service import RequestedDay
from bitewing.case_days.events import CaseDayEvent
from bitewing.case_days.status import IS_AHEAD, KEEPS_CLAIMS, DayParty, DayStatus
from bitewing.deadlines.deadline import deadlines_of_day
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import BitewingError
from bitewing.kernel.wire import DEADLINE_EVENTS
from bitewing.scheduling.availabilities import NewAvailability
from bitewing.scheduling.availability import AvailabilityState, Window
from bitewing.scheduling.period import PeriodStatus
from bitewing.scheduling.request import RequestStatus
from bitewing.scheduling.requests import NewCaseDayRequest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.support.builders import NOW, PRACTICE_ID, a_practice
from tests.support.callers import a_caller, a_request
from tests.support.case_days import (
    ANESTHESIOLOGIST,
    EVERYBODY,
    MANAGER,
    PERIOD_ID,
    SITE_ID,
    TEAM_ID,
    a_clinician,
    a_clinician_calls,
    a_day_request,
    a_new_day,
    a_period,
    a_seat,
    a_site,
    an_availability,
    asked_before,
    on,
)
from tests.support.days_in_memory import InMemoryCaseDays
from tests.support.planned_days import PlannedWorld
from tests.support.world import Interrupted

PRACTICES = (PRACTICE_ID, "practice-2")
#: Nobody works more than this, but by name; so little that it is reached again and again.
LIMITS = Limits(max_days_per_week=1, max_days_in_row=1)
#: The end of one week and the beginning of the next: some in one week, some in a row, some in both.
DATES = st.sampled_from([on(days) for days in (3, 5, 6, 7, 9)])
#: With so many days, time can go on.
LIVELY = 3
ASIDE = tuple((rule, "known") for rule in ("week", "row", "skill", "availability", "drive", "blocked"))
#: Licenses and permits end before, between and after these days; drives are shorter than one of these, and longer.
ENDS = st.sampled_from([on(4), on(6), *[date(2027, 12, 31)] * 2])
SHORT_DRIVE, LONG_DRIVE = 5, 90
LICENSED = (License(state="FL", number="1", expires_on=date(2027, 12, 31)),)
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
        team = {each.clinician_id: (each.answer, each.silent_at, each.unfit_by) for each in day.team}
        return (shown, what, more, day.wanted, day.practice_confirmed_at, day.unconfirmed_at, team)
    if (member := day.member(who)) is None:
        return None
    return (shown, what, more if shown is DayStatus.CONFIRMED else None, member.answer)


class CaseDaysMachine(RuleBasedStateMachine):
    """Two practices with their sites, six clinicians, managers, a period and a clock."""

    reached: ClassVar[Counter[str]] = Counter()
    refused: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self):
        self.world = world = PlannedWorld()
        world.days = Watched(world.memory, world.roster, self.watches)
        skills = (Skill(name="pals"), Skill(name="pediatric"))
        world.roster.put(
            a_practice(practice_id="practice-2"),
            a_site(practice_id="practice-2"),
            asked_before("practice-2"),
            *(a_clinician(each, skills=skills if each.endswith("1") else (), limits=LIMITS) for each in EVERYBODY),
            *(an_availability(each, limits=LIMITS) for each in EVERYBODY),
            *(
                a_day_request(request_id=f"request-{number}", practice_id=each, dates=(on(3), on(5), on(7)))
                for number, each in enumerate((PRACTICE_ID, *PRACTICES), start=1)
            ),
            a_period(availability_due_at=NOW + timedelta(days=4), requests_due_at=NOW + timedelta(days=5)),
        )
        self.knows = {}
        self.keys = 0

    def teardown(self):
        self.reached.update(type(each).__name__ for each in self.world.memory.events)

    # What people do

    def watches(self, change):
        """Look at one change: who was told of it, whether it was news to them, and whether its team fits."""
        before, day, (entry, *_) = change.before, change.day, change.entries
        self.looks_at_team(before, day)
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

    def looks_at_team(self, before, day):
        """See that who is asked, and who takes part in what is confirmed, fits as everything is at this moment."""
        if before is not None and before.status is not day.status:
            self.reached[f"{before.status} to {day.status}"] += 1
        is_confirmed = day.status is DayStatus.CONFIRMED and (before is None or before.status is not day.status)
        is_other = before is None or (before.on, before.kind) != (day.on, day.kind)
        for member in day.team:
            is_new = before is None or before.member(member.clinician_id) is None
            if is_confirmed or is_other or is_new:
                assert self.broken(day, member) <= {each.rule for each in member.overrides}, (day, member)
        if is_confirmed:
            site = self.world.roster.site(day.practice_id, day.site_id)
            assert not site.needs_permit or (site.permit and site.permit.expires_on >= day.on)

    def broken(self, day, member):
        """Hard rules that somebody breaks on a day as everything is now; of weeks, rows and claims tell others."""
        roster, who = self.world.roster, member.clinician_id
        person, wanted = roster.clinician(TEAM_ID, who), roster.preferences(day.practice_id, TEAM_ID)
        said = roster.availability(TEAM_ID, PERIOD_ID, who) if day.period_id else None
        needed = set()
        if day.kind is PatientKind.PEDIATRIC:
            needed = {"pals", "pediatric"} if member.role is ANESTHESIOLOGIST else {"pals"}
        holds = {
            "inactive": person.is_active,
            "role": who.startswith(member.role),
            "license": any(each.expires_on >= day.on for each in person.licenses),
            "skill": needed <= {each.name for each in person.skills},
            "blocked": not (wanted and who in wanted.blocked)
            and not (said and day.practice_id in said.blocked_practices),
            "availability": said is None
            or (said.state == "approved" and any(each.first <= day.on <= each.last for each in said.windows)),
            "drive": said is None or said.limits.max_drive_minutes > SHORT_DRIVE,
        }
        return {rule for rule, is_kept in holds.items() if not is_kept}

    def asks(self, what, *args, **named):
        try:
            what(*args, **named)
        except BitewingError as error:
            self.refused[f"{what.__name__}: {type(error).__name__}"] += 1

    def some(self, number):
        """One of the days that lie ahead; where none does, one of all."""
        # In the order of their creation, for ids have chance in them.
        days = list(self.world.days.days.values())
        found = [each for each in days if each.is_ahead and each.begins_at > self.world.clock.at] or days
        return found[number % len(found)] if found else None

    def acts(self, action, number, *, stale=False):
        """One thing that one person does to one day, or to what days are planned on; refusals are fine."""
        name, args = action
        if name in self.AROUND or name == "says_less":
            self.asks(getattr(self, name), *args)
            return
        if (day := self.some(number)) is None:
            return
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
        return self.practice_of(day.practice_id)

    def practice_of(self, practice_id):
        role = Role.PRACTICE_ADMIN
        return a_caller(practice_id, OrganizationKind.PRACTICE, role, user_id=f"person of {practice_id}")

    # What people do to what days are planned on

    def period(self):
        return self.world.roster.period(TEAM_ID, PERIOD_ID)

    def moves_period(self, to):
        version = self.period().version
        self.world.period_service.move(MANAGER, PERIOD_ID, PeriodStatus(to), expected_version=version)

    def changes_period(self, first, last):
        changes, version = {"first_on": on(first), "last_on": on(last)}, self.period().version
        self.world.period_service.change(MANAGER, PERIOD_ID, expected_version=version, changes=changes)

    def submits(self, who, first, last, drive, blocked):
        new = NewAvailability(
            windows=(Window(first=on(first), last=on(last)),),
            limits=replace(LIMITS, max_drive_minutes=drive),
            blocked_practices=frozenset(blocked),
        )
        version = self.world.roster.availability(TEAM_ID, PERIOD_ID, who).version
        self.world.availability_service.submit(a_clinician_calls(who), PERIOD_ID, who, new, expected_version=version)

    def says_less(self, who, is_less):
        """Take back what was said, or say all of it again, and be approved."""
        if is_less:
            self.submits(who, 4, 4, LONG_DRIVE, ())
        else:
            self.submits(who, -7, 27, LONG_DRIVE, ())
            self.reviews(who, AvailabilityState.APPROVED)

    def reviews(self, who, to):
        version = self.world.roster.availability(TEAM_ID, PERIOD_ID, who).version
        feedback = "Some days more, please." if to is AvailabilityState.NEEDS_CHANGES else ""
        self.world.availability_service.review(MANAGER, PERIOD_ID, who, to, feedback=feedback, expected_version=version)

    def changes_clinician(self, who, changes):
        version = self.world.roster.clinician(TEAM_ID, who).version
        self.world.clinician_service.change(MANAGER, who, expected_version=version, changes=changes)

    def changes_site(self, practice_id, changes):
        version = self.world.roster.site(practice_id, SITE_ID).version
        caller = self.practice_of(practice_id)
        self.world.site_service.change(caller, SITE_ID, expected_version=version, changes=changes)

    def blocks(self, practice_id, blocked):
        caller, preferences = self.practice_of(practice_id), self.world.preference_service
        version = preferences.read(caller, TEAM_ID).version
        preferences.save(caller, TEAM_ID, preferred=frozenset(), blocked=frozenset(blocked), expected_version=version)

    def asks_for_a_day(self, practice_id, dates):
        self.keys += 1
        new = NewCaseDayRequest(
            care_team_id=TEAM_ID,
            period_id=PERIOD_ID,
            site_id=SITE_ID,
            dates=tuple(dates),
            starts_at="08:00",
            minutes=480,
            kind=PatientKind.ADULT,
            expected_patients=4,
        )
        self.world.request_service.create(self.practice_of(practice_id), new, a_request(f"{self.keys}"))

    def ends_request(self, which, by_practice):
        asked = self.some_request(which)
        caller = self.practice_of(asked.practice_id) if by_practice else MANAGER
        to, reason = (RequestStatus.WITHDRAWN, "") if by_practice else (RequestStatus.REJECTED, "Too few rooms.")
        self.world.request_service.move(caller, asked.request_id, to, reason=reason, expected_version=asked.version)

    def some_request(self, which):
        # In the order of their creation, as the days.
        found = list(self.world.roster.requests.values())
        return found[which % len(found)]

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
    SITES, WHICH = st.sampled_from(PRACTICES), st.integers(0, 5)
    #: What is often as it was, so that days can go on.
    SUBMISSIONS = st.tuples(
        PEOPLE,
        st.sampled_from([-7, -7, 4]),
        st.sampled_from([27, 27, 6]),
        st.sampled_from([LONG_DRIVE, LONG_DRIVE, SHORT_DRIVE]),
        st.sampled_from([(), (), (PRACTICE_ID,)]),
    )
    REVIEWS = st.sampled_from([*[AvailabilityState.APPROVED] * 3, AvailabilityState.NEEDS_CHANGES])
    OF_CLINICIANS = st.one_of(
        st.fixed_dictionaries({"is_active": st.booleans()}),
        st.fixed_dictionaries({"licenses": ENDS.map(lambda ends: (License(state="FL", number="1", expires_on=ends),))}),
    )
    OF_SITES = st.one_of(
        st.fixed_dictionaries({"rooms": st.integers(1, 4)}),
        st.fixed_dictionaries(
            {
                "needs_permit": st.booleans(),
                "permit": ENDS.map(lambda ends: Permit(number="1", valid_from=date(2026, 1, 1), expires_on=ends)),
            }
        ),
    )
    AROUND: ClassVar = {
        "moves_period": st.tuples(st.sampled_from(["collecting", "reviewing", "reviewing", "proposed", "published"])),
        "changes_period": st.tuples(st.integers(-10, -6), st.integers(26, 40)),
        "submits": SUBMISSIONS,
        "reviews": st.tuples(PEOPLE, REVIEWS),
        "changes_clinician": st.tuples(PEOPLE, OF_CLINICIANS),
        "changes_site": st.tuples(SITES, OF_SITES),
        "blocks": st.tuples(SITES, st.sampled_from([(), (), ("nurse-1",), ("medic-2",)])),
        "asks_for_a_day": st.tuples(SITES, st.lists(DATES, min_size=1, max_size=2)),
        "ends_request": st.tuples(WHICH, st.booleans()),
    }
    #: Of whom, what is done, by which they lose it, and by which they have it again.
    LOSSES = st.sampled_from(
        [
            ("who", "changes_clinician", {"is_active": False}, {"is_active": True}),
            ("who", "changes_clinician", {"licenses": ()}, {"licenses": LICENSED}),
            ("who", "says_less", True, False),
            ("where", "changes_site", {"needs_permit": True, "permit": None}, {"needs_permit": False}),
            ("where", "blocks", EVERYBODY, ()),
        ]
    )
    CHANGES = st.one_of(*(st.tuples(st.just(name), args) for name, args in AROUND.items()))
    ANYTHING = ACTIONS | CHANGES

    @rule(practice_id=st.sampled_from(PRACTICES), date=DATES, full=st.booleans(), in_period=st.booleans())
    def creates(self, practice_id, date, full, in_period):
        self.keys += 1
        seats = tuple(map(a_seat, self.whoever(full)))
        new = a_new_day(practice_id=practice_id, on=date, team=seats, period_id="period-1" if in_period else None)
        self.asks(self.world.creation.create, MANAGER, new, a_request(f"{self.keys}"))

    def whoever(self, full):
        """A whole team, most often the first: it comes to its limits."""
        return [f"{role}-{1 if self.keys % 3 else 2}" for role in TEAM_ROLES] if full else []

    @rule(which=WHICH, date=DATES, full=st.booleans())
    def serves(self, which, date, full):
        self.keys += 1
        new = RequestedDay(
            request_id=self.some_request(which).request_id, on=date, team=tuple(map(a_seat, self.whoever(full)))
        )
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

    @rule(which=WHICH, date=DATES, another=DATES)
    def two_serve_the_same(self, which, date, another):
        real = self.world.days

        def meanwhile():
            self.world.days = real
            self.serves(which, another, full=False)

        self.world.days = Interrupted(real, "save", meanwhile)
        self.serves(which, date, full=False)
        self.world.days = real

    @rule(by_practice=st.booleans(), which=WHICH, date=DATES)
    def serves_and_calls_off(self, by_practice, which, date):
        self.serves(which, date, full=True)
        request_id = self.some_request(which).request_id
        for day in [each for each in self.standing() if each.request_id == request_id]:
            self.asks(self.calls_off, day, by_practice)

    @rule(number=DAYS)
    def says_all_and_confirms(self, number):
        self.acts(("edits", (DayEdit(arrival="Back door", contact="Ada"), True)), number)
        self.acts(("confirms_details", ()), number)

    @rule(action=ACTIONS, number=DAYS, stale=st.sampled_from([False, False, False, True]))
    def does(self, action, number, stale):
        self.acts(action, number, stale=stale)

    @rule(action=ACTIONS, number=DAYS, other=ANYTHING, elsewhere=DAYS)
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

    @rule(change=CHANGES, another=CHANGES)
    def what_days_are_planned_on_changes(self, change, another):
        for each in (change, another):
            self.acts(each, 0)

    @rule(date=DATES, practice_id=SITES, role=ROLES, loss=LOSSES)
    def something_is_lost_while_a_day_is_confirmed(self, date, practice_id, role, loss):
        self.creates(practice_id, date, full=True, in_period=True)
        if (newest := self.some(-1)) is not None and (member := newest.of_role(role)) is not None:
            for each in TEAM_ROLES:
                self.asks(self.answers, self.world.day(newest), each, accepts=True, by_phone=False)
            self.does_while_lost(("confirms", ()), -1, {"who": member.clinician_id, "where": newest.practice_id}, loss)

    @rule(who=PEOPLE, number=DAYS, loss=LOSSES)
    def something_is_lost_while_somebody_is_asked(self, who, number, loss):
        if (day := self.some(number)) is not None:
            self.does_while_lost(("puts", (who, False)), number, {"who": who, "where": day.practice_id}, loss)

    def does_while_lost(self, action, number, of, loss):
        """Something that a team needs is lost between what is read and what is stored, and comes back."""
        whose, name, lost, back = loss
        self.do_both(action, number, (name, (of[whose], lost)), 0)
        self.acts((name, (of[whose], back)), 0)

    @rule(submission=SUBMISSIONS, to=REVIEWS)
    def says_when_and_is_answered(self, submission, to):
        self.acts(("submits", submission), 0)
        self.acts(("reviews", (submission[0], to)), 0)

    @precondition(lambda self: self.world.days.days)
    @rule(hours=st.sampled_from([1, 12, 30]))
    def time_passes(self, hours):
        self.world.clock.advance(hours=hours)
        self.world.period_service.move_on(TEAM_ID, PERIOD_ID)

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
        for asked in self.world.roster.requests.values():
            serving = [each for each in self.standing() if each.request_id == asked.request_id]
            assert len(serving) <= 1
            for day in serving:
                assert (asked.status, asked.case_day_id) == (follows[day.status], day.case_day_id)
            if not serving:
                assert asked.status in {RequestStatus.REQUESTED, RequestStatus.WITHDRAWN, RequestStatus.REJECTED}

    @invariant()
    def nothing_of_a_period_lies_outside_of_it(self):
        period, roster = self.period(), self.world.roster
        dates = [day.on for day in self.world.days.days.values() if day.period_id is not None]
        dates += [each for asked in roster.requests.values() for each in asked.dates]
        dates += [
            each
            for said in roster.submitted.values()
            for window in said.windows
            for each in (window.first, window.last)
        ]
        assert all(map(period.has, dates))

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


#: What all runs together come to at least; they come to many times as much.
REACHED = {
    "tentative to confirmed": 40,
    "confirmed to tentative": 3,
    "confirmed to in_progress": 3,
    "in_progress to completed": 3,
    "tentative to cancelled": 15,
    "CaseDayRescheduled": 10,
    "CaseDayChangeDecided": 20,
    "CaseDayRequested": 5,
    "AvailabilitySubmitted": 50,
    "AvailabilityReviewed": 50,
    "PeriodMoved": 10,
    "PeriodChanged": 1,
    "ClinicianChanged": 20,
    "SiteChanged": 20,
    "CarePreferencesChanged": 20,
}
REFUSED = {"confirms: HardRulesBroken": 20, "puts: HardRulesBroken": 20, "submits: DeadlinePassed": 3}


def test_whatever_happens_to_days_and_to_what_they_are_planned_on_all_of_this_holds():
    machine = CaseDaysMachine
    for counts in (machine.reached, machine.refused):
        counts.clear()
    # The same each time: how far it gets is asserted below.
    chosen = settings(deadline=None, max_examples=300, stateful_step_count=50, derandomize=True)
    run_state_machine_as_test(machine, settings=chosen)
    for counts, wanted in ((machine.reached, REACHED), (machine.refused, REFUSED)):
        print("\n" + ", ".join(f"{what} {count:,}" for what, count in sorted(counts.items())))  # noqa: T201 - told with -s
        assert {what for what, least in wanted.items() if counts[what] < least} == set(), counts
