"""What everybody sees first."""

from datetime import timedelta

import pytest
from bitewing.cases.listing import row_of
from bitewing.cases.status import Color, Status
from bitewing.home.counting import CountingService
from bitewing.home.service import MAX_ROWS, MAX_SESSIONS, HomeService
from bitewing.planning.session import PlanningSession, SessionState
from bitewing.precheck.finding import Outcome

from tests.support.builders import CASE_ID, LAB_ID, NOW, PRACTICE_ID, a_case, a_connection
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, PLATFORM
from tests.support.changes import a_sent_case
from tests.support.clock import Clock
from tests.support.home import InMemoryAnnouncements, InMemoryCounts, InMemoryLandings, counts_of
from tests.support.in_memory import InMemoryCases, InMemoryDirectory, Memory
from tests.support.planning import InMemoryPlanning


class Place:
    def __init__(self):
        self.memory, self.directory = Memory(Clock()), InMemoryDirectory()
        self.directory.put(a_connection())
        self.sessions = InMemoryPlanning(self.memory, self.directory)
        self.counts = InMemoryCounts(self.memory)
        landings = InMemoryLandings(self.directory, InMemoryAnnouncements(self.memory), self.counts)
        self.homes = HomeService(landings, InMemoryCases(self.memory), self.sessions, now=lambda: NOW)

    def put(self, *cases):
        for case in cases:
            self.memory.cases[case.case_id] = case
            CountingService(self.counts).count(case.case_id)

    def has(self, *sessions):
        self.memory.sessions |= {session.session_id: session for session in sessions}

    def home(self, who=FROM_PRACTICE):
        return self.homes.home(who)

    def attention(self, who=FROM_PRACTICE):
        return [row.case_id for row in self.home(who).attention]


@pytest.fixture
def place():
    return Place()


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
