"""What matching proposes can be claimed as it stands: all of it together breaks no hard rule of a team."""

from collections import Counter

from bitewing.case_days.hard_rules import Candidate, violations
from bitewing.case_days.status import KEEPS_CLAIMS
from bitewing.match_runs.building import build
from bitewing.matching.solving import solve
from bitewing.scheduling.availability import AvailabilityState
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.gathered import gathered_at_random, kept_as_proposed, willing_at_random


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_a_whole_proposal_can_be_claimed(seed):
    can_be_claimed(gathered_at_random(seed))
    can_be_claimed(willing_at_random(seed))


def can_be_claimed(stored):
    built = build(stored)
    schedule = solve(built.instance)
    proposed = tuple(kept_as_proposed(stored, built, schedule.assignments))
    days = [each for each in stored.days if each.status in KEEPS_CLAIMS] + list(proposed)
    clinicians = {each.clinician_id: each for each in stored.clinicians}
    for day in proposed:
        assert day.is_complete
        assert day.begins_at > stored.now
        for member in day.team:
            candidate = Candidate(
                clinician=clinicians[member.clinician_id],
                availability=next(
                    each
                    for each in stored.availabilities
                    if each.clinician_id == member.clinician_id and each.state is AvailabilityState.APPROVED
                ),
                days=frozenset(each.on for each in days if each != day and each.member(member.clinician_id)),
            )
            assert list(violations(day, member.role, candidate, stored.preferences.get(day.practice_id))) == []
    dates = Counter((each.practice_id, each.on) for each in days)
    assert all(dates[each.practice_id, each.on] == 1 for each in proposed)
    return len(proposed)


def test_many_days_are_proposed():
    assert sum(can_be_claimed(willing_at_random(seed)) for seed in range(50)) > 20
