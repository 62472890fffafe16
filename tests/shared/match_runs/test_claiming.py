"""Approved days become Case Days, each once, and what does not become one any more says why."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from bitewing.care_teams.care_team import ClinicianRole
from bitewing.case_days.activity import DayDeed
from bitewing.case_days.creation_service import RequestedDay
from bitewing.kernel.caller import Request
from bitewing.kernel.errors import HardRulesBroken, RequestInProgress
from bitewing.match_runs.claiming import Claimed
from bitewing.match_runs.proposal import Claim
from bitewing.match_runs.run import Decision, RunStatus
from bitewing.scheduling.request import RequestStatus

from tests.support.case_days import (
    MANAGER,
    MONDAY,
    TEAM,
    a_day,
    a_seat,
    a_site,
    an_availability,
    on,
)
from tests.support.run_steps import IDS, Overtaking, StepWorld, a_proposed_day, never


@pytest.fixture
def world():
    return StepWorld()


def test_an_approved_day_becomes_a_case_day_whose_team_is_asked(world):
    world.approves_all(a_proposed_day(0), a_proposed_day(1))
    world.memory.events.clear()
    assert world.claiming.claim(IDS, ["request-0", "request-1"]) == Claimed(claimed=2, lost=0)
    day, proposed = world.made(0), world.proposed(0)
    assert (day.on, day.request_id, {each.clinician_id for each in day.team}) == (MONDAY, "request-0", set(TEAM))
    assert (proposed.claim, proposed.vacancies, proposed.lost_because) == (Claim.CLAIMED, (), "")
    assert world.asked(0).status is RequestStatus.PROPOSED
    assert world.told()[:5] == [*["TeamMemberAsked"] * 3, "CaseDayCreated", "CaseDayRequestMoved"]


@pytest.mark.parametrize("decisions", [{"approve": [0]}, {"rest": Decision.APPROVED}])
def test_it_is_made_in_the_name_of_the_manager_who_approved_it(world, decisions):
    world.proposes(a_proposed_day())
    world.decides(**decisions)
    world.claiming.claim(IDS, ["request-0"])
    (created, *_) = world.days.entries
    assert (created.deed, created.user_id) == (DayDeed.CREATED, MANAGER.user_id)


def test_claimed_twice_it_is_made_once(world):
    world.approves_all(a_proposed_day())
    assert [world.claiming.claim(IDS, ["request-0"]) for _ in range(2)] == [Claimed(1, 0)] * 2
    assert len(world.days.days) == 1


def test_two_who_claim_the_same_days_side_by_side_make_each_once(world):
    # Given five approved days, and two who claim all of them at the same moment
    days = [a_proposed_day(number) for number in range(5)]
    world.approves_all(*days)
    ids = [each.request_id for each in days]
    # When both have done it
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: world.claiming.claim(IDS, ids), range(2)))
    # Then both know of all five, and there are five.
    assert found == [Claimed(5, 0)] * 2
    assert sorted(each.request_id for each in world.days.days.values()) == ids


def test_whoever_noted_a_claim_first_is_seen(world):
    world.approves_all(a_proposed_day())
    proposals = world.proposals
    first = world.claiming
    world.proposals = Overtaking(proposals, lambda: first.claim(IDS, ["request-0"]))
    assert world.claiming.claim(IDS, ["request-0"]) == Claimed(1, 0)
    assert len(world.days.days) == 1


def test_who_is_always_overtaken_says_so(world):
    world.approves_all(a_proposed_day())
    world.proposals = Overtaking(world.proposals, never, times=99)
    with pytest.raises(RequestInProgress):
        world.claiming.claim(IDS, ["request-0"])


@pytest.mark.parametrize("later", [{"minutes": 1}, {"hours": 25}], ids=["at once", "when the key is forgotten"])
def test_a_day_that_was_made_and_not_noted_is_not_made_again(world, later):
    # Given a claim that ended between the Case Day and the note of it
    world.approves_all(a_proposed_day())
    world.claiming.claim(IDS, ["request-0"])
    case_day_id = world.proposed(0).case_day_id
    world.has(a_proposed_day())
    # When it is claimed again, soon or a day later
    world.clock.advance(**later)
    assert world.claiming.claim(IDS, ["request-0"]) == Claimed(1, 0)
    # Then it is the same day.
    assert world.proposed(0).case_day_id == case_day_id
    assert len(world.days.days) == 1


def test_what_was_not_approved_stays_as_it_is(world):
    world.proposes(a_proposed_day(0), a_proposed_day(1))
    world.decides(reject=[0])
    assert world.claiming.claim(IDS, ["request-0", "request-1"]) == Claimed(0, 0)
    assert not world.days.days


def test_who_breaks_a_hard_rule_by_now_is_left_out_and_leaves_a_vacancy(world):
    # Given a medic who cannot work on the day any more, and a nurse who is no clinician of the team any more
    world.approves_all(a_proposed_day())
    world.roster.put(an_availability("medic-1", windows=(), version=2))
    del world.roster.people["team-1", "nurse-1"]
    # When the day is claimed
    assert world.claiming.claim(IDS, ["request-0"]) == Claimed(1, 0)
    # Then it is made without both, and says so.
    assert world.proposed(0).vacancies == (ClinicianRole.NURSE, ClinicianRole.MEDIC)
    assert [each.clinician_id for each in world.made(0).team] == ["anesthesiologist-1"]


def test_a_day_whose_whole_team_is_elsewhere_is_lost(world):
    world.approves_all(a_proposed_day())
    for each in TEAM:
        world.roster.put(an_availability(each, windows=(), version=2))
    assert world.claiming.claim(IDS, ["request-0"]) == Claimed(0, 1)
    assert world.proposed(0).lost_because == "Nobody of its team can be there any more."
    assert world.asked(0).status is RequestStatus.REQUESTED


def test_a_day_whose_date_the_practice_gave_to_another_is_lost(world):
    world.approves_all(a_proposed_day())
    world.creates(on=MONDAY)
    assert world.claiming.claim(IDS, ["request-0"]) == Claimed(0, 1)
    assert world.proposed(0).lost_because == "The practice has another Case Day on this date by now."


def test_a_day_whose_request_was_withdrawn_is_lost(world):
    world.approves_all(a_proposed_day())
    world.roster.put(replace(world.asked(0), status=RequestStatus.WITHDRAWN, version=2))
    assert world.claiming.claim(IDS, ["request-0"]) == Claimed(0, 1)
    assert world.proposed(0).lost_because == "The request is withdrawn by now."


@pytest.mark.parametrize(
    "made",
    [
        None,
        a_day(created_at=a_day().created_at.replace(year=2025)),
        a_day(on=on(1)),
    ],
    ids=["gone", "made before the proposal", "made for another date"],
)
def test_a_day_whose_request_is_served_otherwise_is_lost(world, made):
    world.approves_all(a_proposed_day())
    world.roster.put(replace(world.asked(0), status=RequestStatus.PROPOSED, case_day_id="day-1", version=2))
    if made is not None:
        world.days.days["day-1"] = made
    assert world.claiming.claim(IDS, ["request-0"]) == Claimed(0, 1)
    assert world.proposed(0).lost_because == "The request is proposed by now."


def test_a_day_whose_request_is_gone_is_lost(world):
    world.approves_all(a_proposed_day())
    del world.roster.requests["request-0"]
    assert world.claiming.claim(IDS, ["request-0"]) == Claimed(0, 1)
    assert world.proposed(0).lost_because == "There is no such Case Day request any more."


def test_a_day_whose_site_lost_its_permit_is_lost_and_says_so(world):
    world.approves_all(a_proposed_day())
    world.roster.put(a_site(is_active=False, version=2))
    assert world.claiming.claim(IDS, ["request-0"]) == Claimed(0, 1)
    assert world.proposed(0).lost_because.endswith(".")


def test_others_who_keep_changing_the_same_are_no_outcome(world, monkeypatch):
    world.approves_all(a_proposed_day())

    def busy(*_args):
        raise RequestInProgress

    monkeypatch.setattr("bitewing.case_days.creation_service.CreationService.create", busy)
    with pytest.raises(RequestInProgress):
        world.claiming.claim(IDS, ["request-0"])
    assert world.proposed(0).claim is None


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.ASKING])
def test_a_run_that_is_elsewhere_claims_nothing(world, status):
    world.approves_all(a_proposed_day())
    world.has(replace(world.run, status=status))
    assert world.claiming.claim(IDS, ["request-0"]) == Claimed(0, 0)
    assert not world.days.days


def test_a_day_by_hand_for_a_request_is_refused_with_anybody_who_is_unfit(world):
    world.roster.put(an_availability("medic-1", windows=(), version=2))
    seats = tuple(a_seat(each) for each in TEAM)
    wanted = RequestedDay(request_id="request-0", on=MONDAY, team=seats)
    with pytest.raises(HardRulesBroken):
        world.creation.create(MANAGER, wanted, Request(caller="x", key="y", fingerprint="z"))
