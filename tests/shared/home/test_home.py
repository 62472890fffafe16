"""What everybody sees first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from bitewing.case_days.case_day import Answer, WantedChange
from bitewing.case_days.changes import DayEdit
from bitewing.case_days.status import DayStatus
from bitewing.cases.listing import row_of
from bitewing.cases.status import Color, Status
from bitewing.home.counting import CountingService
from bitewing.home.service import MAX_NEXT_DAYS, MAX_ROWS, MAX_SESSIONS, MAX_WAITING_DAYS, HomeService
from bitewing.planning.session import PlanningSession, SessionState
from bitewing.precheck.finding import Outcome

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID, TODAY, a_case, a_connection
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, PLATFORM
from tests.support.case_days import MANAGER, TEAM, a_clinician_calls, a_day, a_member
from tests.support.changes import a_sent_case
from tests.support.clock import Clock
from tests.support.days_in_memory import InMemoryCaseDays, InMemoryRoster
from tests.support.home import InMemoryAnnouncements, InMemoryCounts, InMemoryLandings, counts_of
from tests.support.in_memory import InMemoryCases, InMemoryDirectory, Memory
from tests.support.planning import InMemoryPlanning


class Place:
    def __init__(self):
        self.memory, self.directory = Memory(Clock()), InMemoryDirectory()
        self.directory.put(a_connection())
        self.sessions = InMemoryPlanning(self.memory, self.directory)
        self.counts = InMemoryCounts(self.memory)
        self.landings = InMemoryLandings(self.directory, InMemoryAnnouncements(self.memory), self.counts)
        self.days = InMemoryCaseDays(self.memory, InMemoryRoster())
        self.homes = HomeService(self.landings, InMemoryCases(self.memory), self.sessions, self.days, now=lambda: NOW)

    def put(self, *cases):
        for case in cases:
            self.memory.cases[case.case_id] = case
            CountingService(self.counts).count(case.case_id)

    def has(self, *sessions):
        self.memory.sessions |= {session.session_id: session for session in sessions}

    def visits(self, *days):
        for day in days:
            self.days.days[day.case_day_id] = day
            self.days.claims |= {(member.clinician_id, day.on): day.case_day_id for member in day.team}

    def next_days(self, who):
        return [each.day.case_day_id for each in self.home(who).next_days]

    def waiting(self, who):
        return {each.day.case_day_id: each.waits_for for each in self.home(who).waiting_days}

    def home(self, who=FROM_PRACTICE):
        return self.homes.home(who)

    def attention(self, who=FROM_PRACTICE):
        return [row.case_id for row in self.home(who).attention]


@pytest.fixture
def place():
    return Place()


def test_everybody_sees_how_much_in_their_own_inbox_is_not_read(place):
    place.landings.unread = {FROM_PRACTICE.user_id: 3, PLATFORM.user_id: 1}
    assert [place.home(who).unread for who in (FROM_PRACTICE, PLATFORM, FROM_LAB)] == [3, 1, 0]


def a_session(hours, **changes):
    values = {
        "session_id": f"session-{hours}",
        "case_id": CASE_ID,
        "practice_id": PRACTICE_ID,
        "lab_id": LAB_ID,
        "planner": 1,
        "starts_at": NOW + timedelta(hours=hours),
        "ends_at": NOW + timedelta(hours=hours, minutes=30),
        "meeting_link": "https://meet.example/1",
        "booked_at": NOW,
        "booked_by": "person-1",
    }
    return PlanningSession(**values | changes)


def test_a_practice_sees_what_is_red_or_waits_for_it_as_its_list_begins(place):
    place.put(
        a_case(case_id="draft"),
        a_sent_case(Status.RETURNED, case_id="returned"),
        a_sent_case(Status.RECEIVED, case_id="received"),
        a_sent_case(Status.SHIPPED, case_id="shipped"),
        a_sent_case(Status.RETURNED, case_id="archived", archived_by_practice_at=NOW),
        a_sent_case(Status.RETURNED, case_id="another's", practice_id="practice-2"),
    )
    assert place.attention() == ["returned", "draft"]
    assert place.home().attention[0] == row_of(place.memory.cases["returned"])


def test_a_lab_sees_what_waits_for_it_the_longest_first_without_what_precheck_finds(place):
    place.put(
        a_case(case_id="draft"),
        a_sent_case(Status.RETURNED, case_id="returned", precheck_outcome=Outcome.BLOCK),
        a_sent_case(Status.RECEIVED, case_id="received", moved_at=NOW, precheck_outcome=Outcome.WARN),
        a_sent_case(Status.MANUFACTURING, case_id="made", moved_at=NOW - timedelta(days=1)),
        a_sent_case(Status.RECEIVED, case_id="archived", archived_by_lab_at=NOW),
        a_sent_case(Status.RECEIVED, case_id="another's", lab_id="lab-2"),
        a_sent_case(Status.SHIPPED, case_id="shipped"),
    )
    assert place.attention(FROM_LAB) == ["made", "received"]
    assert {row.precheck_outcome for row in place.home(FROM_LAB).attention} == {None}


def test_a_lab_sees_what_is_new_however_much_its_practices_have_to_do(place):
    place.put(
        *(a_sent_case(Status.RETURNED, case_id=f"case-{number:02d}") for number in range(40)),
        a_sent_case(Status.RECEIVED, case_id="received"),
    )
    assert place.attention(FROM_LAB) == ["received"]


def test_ten_rows_are_shown_at_most(place):
    place.put(*(a_sent_case(Status.RETURNED, case_id=f"case-{number:02d}") for number in range(12)))
    assert place.attention() == [f"case-{number:02d}" for number in range(MAX_ROWS)]


def test_cases_are_counted_by_color_for_each_side(place):
    place.put(
        a_case(case_id="draft"),
        a_sent_case(Status.RETURNED, case_id="returned"),
        a_sent_case(Status.FINISHED, case_id="finished"),
    )
    assert counts_of(place.home().counts) == {Color.YELLOW: 1, Color.RED: 1, Color.GREEN: 1}
    assert counts_of(place.home(FROM_LAB).counts) == {Color.RED: 1, Color.GREEN: 1}


@pytest.mark.parametrize("who", [FROM_OTHER_PRACTICE, FROM_OTHER_LAB])
def test_of_others_nobody_sees_anything(place, who):
    place.put(a_sent_case(Status.RETURNED))
    place.has(a_session(1))
    home = place.home(who)
    assert (home.attention, counts_of(home.counts), home.sessions) == ((), {}, ())


def test_who_is_on_no_side_has_announcements_alone(place, monkeypatch):
    def reads(*_args, **_kwargs):
        raise AssertionError

    monkeypatch.setattr(place.sessions, "listed", reads)
    for who in (CLINICIAN, PLATFORM):
        home = place.home(who)
        assert (home.side, home.attention, home.counts, home.sessions) == (None, (), None, ())
    monkeypatch.setattr(place.days, "listed", reads)
    for who in (PLATFORM, replace(CLINICIAN, roles=frozenset())):
        home = place.home(who)
        assert (home.side, home.next_days, home.waiting_days) == (None, (), ())


# Case Days, for people of care teams

NURSE = a_clinician_calls("nurse-1")


def days_on(*numbers, **changes):
    return [a_day(case_day_id=f"day-{number:02d}", on=TODAY + timedelta(days=number), **changes) for number in numbers]


def accepted(clinician_id, **changes):
    return a_member(clinician_id, answer=Answer.ACCEPTED, **changes)


def test_a_clinician_sees_their_next_days_and_which_of_them_ask(place):
    (open_day,) = days_on(1, team=(a_member("nurse-1"), a_member("medic-1")))
    (answered,) = days_on(2, team=(accepted("nurse-1"),))
    (anothers,) = days_on(3, team=(a_member("medic-1"),))
    place.visits(anothers, answered, open_day)
    assert place.next_days(NURSE) == ["day-01", "day-02"]
    assert place.waiting(NURSE) == {"day-01": ("answer",)}
    first = place.home(NURSE).next_days[0]
    assert (first.own, first.day) == (a_member("nurse-1"), open_day)


def test_a_manager_sees_the_days_of_the_care_team_and_what_only_they_can_do(place):
    everybody = tuple(accepted(each) for each in TEAM)
    wanted = WantedChange(edit=DayEdit(minutes=540), asked_at=NOW, asked_by="person-1")
    silent = a_member("nurse-1", silent_at=NOW)
    place.visits(
        *days_on(1, team=everybody),
        *days_on(2, team=everybody, status=DayStatus.CONFIRMED),
        *days_on(3, team=everybody, status=DayStatus.CONFIRMED, wanted=wanted),
        # Whoever was asked a moment ago has to do something, and nobody else.
        *days_on(4, team=tuple(a_member(each) for each in TEAM)),
        *days_on(5, team=(silent, *everybody[1:])),
        *days_on(6, team=everybody[:1]),
        *days_on(7, care_team_id="another"),
        *days_on(0, team=(), status=DayStatus.IN_PROGRESS, starts_at="00:00", minutes=1439),
    )
    assert place.next_days(MANAGER) == [f"day-{number:02d}" for number in range(MAX_NEXT_DAYS)]
    assert place.waiting(MANAGER) == {
        "day-01": ("confirmation",),
        "day-03": ("wanted_change",),
        "day-05": ("nurse_answer",),
        "day-06": ("medic", "anesthesiologist"),
    }
    assert {each.own for each in place.home(MANAGER).next_days} == {None}


def test_a_manager_who_is_a_clinician_too_is_asked_for_their_own_answer(place):
    place.visits(*days_on(1, team=tuple(a_member(each) for each in TEAM)))
    both = replace(NURSE, roles=MANAGER.roles | NURSE.roles)
    assert place.waiting(both) == {"day-01": ("answer",)}


def test_what_is_over_or_was_called_off_comes_next_to_nobody(place):
    gone = [
        *days_on(-1, team=(a_member("nurse-1"),)),
        *days_on(1, team=(a_member("nurse-1"),), status=DayStatus.CANCELLED),
        *days_on(2, team=(a_member("nurse-1"),), status=DayStatus.COMPLETED),
    ]
    place.visits(*gone)
    for who in (NURSE, MANAGER):
        assert (place.next_days(who), place.waiting(who)) == ([], {})


def test_days_are_looked_at_until_enough_of_them_wait(place, monkeypatch):
    place.visits(*(replace(each, on=TODAY + timedelta(days=1)) for each in days_on(*range(250))))
    asked, listed = [], place.days.listed
    monkeypatch.setattr(place.days, "listed", lambda *args, **kwargs: asked.append(1) or listed(*args, **kwargs))
    assert len(place.waiting(MANAGER)) == MAX_WAITING_DAYS
    assert len(asked) == 1
    everybody = tuple(accepted(each) for each in TEAM)
    for day in tuple(place.days.days.values()):
        place.days.days[day.case_day_id] = replace(day, team=everybody, status=DayStatus.CONFIRMED)
    asked.clear()
    assert (len(place.next_days(MANAGER)), place.waiting(MANAGER)) == (MAX_NEXT_DAYS, {})
    # Three pages, for each of the two.
    assert len(asked) == 6
    place.visits(*days_on(*range(1000, 2000), team=everybody, status=DayStatus.CONFIRMED))
    asked.clear()
    assert place.waiting(MANAGER) == {}
    assert len(asked) == 10


def test_sessions_that_are_booked_come_next_those_that_go_on_now_too(place):
    place.has(
        a_session(48),
        a_session(2),
        a_session(3, state=SessionState.RELEASED),
        a_session(0, starts_at=NOW - timedelta(minutes=20), ends_at=NOW + timedelta(minutes=10)),
        a_session(-1),
        a_session(24 * 90),
    )
    for who in (FROM_PRACTICE, FROM_LAB):
        assert [each.session_id for each in place.home(who).sessions] == ["session-0", "session-2", "session-48"]


def test_five_sessions_are_shown_at_most(place):
    place.has(*(a_session(hours) for hours in range(1, 8)))
    assert len(place.home().sessions) == MAX_SESSIONS


def some_that_are_over(number):
    return [a_session(-1, session_id=f"over-{each}", planner=each, state=SessionState.HELD) for each in range(number)]


@pytest.mark.parametrize("over", [30, 120])
def test_what_comes_next_is_shown_however_many_sessions_the_lab_had_this_morning(place, over):
    place.has(*some_that_are_over(over), a_session(1), a_session(2))
    assert [each.session_id for each in place.home(FROM_LAB).sessions] == ["session-1", "session-2"]


def test_sessions_are_looked_at_in_ten_requests_at_most(place, monkeypatch):
    place.has(*some_that_are_over(500), a_session(1))
    asked, listed = [], place.sessions.listed
    monkeypatch.setattr(place.sessions, "listed", lambda *args, **kwargs: asked.append(1) or listed(*args, **kwargs))
    assert place.home(FROM_LAB).sessions == ()
    assert len(asked) == 10


def test_a_session_that_takes_as_long_as_one_can_is_shown_until_it_is_over(place):
    place.has(a_session(-4, starts_at=NOW - timedelta(minutes=239), ends_at=NOW + timedelta(minutes=1)))
    assert [each.session_id for each in place.home().sessions] == ["session--4"]
