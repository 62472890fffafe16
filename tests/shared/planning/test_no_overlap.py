"""Whatever lab and practices do with their sessions and hours: no planner ever has two sessions at once."""

from datetime import timedelta
from itertools import combinations

from bitewing.cases.status import Status
from bitewing.kernel.errors import BitewingError
from bitewing.planning.session import SessionState
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.support.builders import NOW
from tests.support.callers import FROM_LAB, FROM_PRACTICE, a_request
from tests.support.planning import PlanningWorld, a_planned_case, an_opening

CASES = tuple(f"case-{number}" for number in range(1, 7))
#: Around the Sunday on which clocks change, at which the lab plans by night.
STARTS = st.integers(0, 60).map(lambda quarters: NOW + timedelta(days=5, hours=13, minutes=15 * quarters))
MADE_FOR_BLOCKS = (15, 30, 45, 60, 90)


class Sessions(RuleBasedStateMachine):
    """Books, moves, cancels, holds and misses, while the lab publishes other hours."""

    @initialize()
    def begin(self):
        self.world = PlanningWorld()
        self.world.publishes(cutoff_hours=0, notice_hours=0)
        for case_id in CASES:
            self.world.has(a_planned_case(case_id))
        self.requests = 0

    def asks(self, what, *args, **named):
        try:
            what(*args, **named)
        except BitewingError:
            return

    def version(self, case_id):
        session = self.world.case(case_id).session
        return self.world.memory.sessions[session.session_id].version if session else 0

    @rule(minutes=st.sampled_from(MADE_FOR_BLOCKS), planners=st.integers(1, 3), begins=st.sampled_from([0, 10, 30]))
    def publishes(self, minutes, planners, begins):
        openings = (an_opening(6, f"18:{begins:02}", "23:59"), an_opening(7, f"00:{begins:02}", "06:00"))
        self.world.publishes(openings=openings, block_minutes=minutes, planners=planners)

    @rule(case_id=st.sampled_from(CASES), starts_at=STARTS)
    def books(self, case_id, starts_at):
        self.requests += 1
        self.asks(self.world.service.book, FROM_PRACTICE, case_id, starts_at, a_request(f"{self.requests}"))

    @rule(case_id=st.sampled_from(CASES))
    def books_the_next_free(self, case_id):
        self.requests += 1
        offered = self.world.service.blocks(FROM_PRACTICE, self.world.case(case_id).lab_id)
        if offered.blocks and self.world.case(case_id).status is Status.READY_TO_PLAN:
            starts_at = offered.blocks[0].block.starts_at
            self.world.service.book(FROM_PRACTICE, case_id, starts_at, a_request(f"{self.requests}"))

    @rule(case_id=st.sampled_from(CASES), starts_at=STARTS, caller=st.sampled_from([FROM_PRACTICE, FROM_LAB]))
    def moves(self, case_id, starts_at, caller):
        self.asks(self.world.service.move, caller, case_id, starts_at, expected_version=self.version(case_id))

    @rule(case_id=st.sampled_from(CASES))
    def cancels(self, case_id):
        self.asks(self.world.service.cancel, FROM_LAB, case_id, expected_version=self.version(case_id))

    @rule(case_id=st.sampled_from(CASES), outcome=st.sampled_from([SessionState.HELD, SessionState.MISSED]))
    def ends(self, case_id, outcome):
        version = self.version(case_id)
        self.asks(self.world.service.record_outcome, FROM_LAB, case_id, outcome, expected_version=version)

    @invariant()
    def no_planner_has_two_sessions_at_once(self):
        standing = [each for each in self.world.memory.sessions.values() if each.state is not SessionState.RELEASED]
        for one, other in combinations(standing, 2):
            assert one.planner != other.planner or not one.block.overlaps(other.block)

    @invariant()
    def a_case_has_the_session_that_its_status_says(self):
        for case_id in CASES:
            case = self.world.case(case_id)
            assert (case.session is not None) == (case.status is Status.PLANNING_SCHEDULED)
            if case.session is not None:
                assert self.world.memory.sessions[case.session.session_id].of_case == case.session


TestSessions = Sessions.TestCase
TestSessions.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
