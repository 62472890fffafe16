"""Who leaves a care team works no more; on every store that keeps clinicians."""

from dataclasses import replace

import pytest
from bitewing.care_teams.leaving import Leaving
from bitewing.kernel.errors import RequestInProgress
from bitewing.members.member import MemberState

from tests.support.care_teams import CARE_TEAM_ID, CLINICIAN_ID, a_clinician, a_member
from tests.support.world import Interrupted


@pytest.fixture
def leaving(place):
    return Leaving(place.clinicians, now=place.stores.clock)


def ends(place, user_id=CLINICIAN_ID):
    place.members.put(a_member(user_id, state=MemberState.ENDED))


def test_a_clinician_whose_membership_ended_works_no_more_and_is_told_of_once(place, leaving):
    ends(place)
    assert [leaving.left(CARE_TEAM_ID, CLINICIAN_ID) for _ in range(2)] == [True, False]
    assert place.clinicians.clinician(CARE_TEAM_ID, CLINICIAN_ID) == a_clinician(is_active=False, version=2)
    said = {"care_team_id": CARE_TEAM_ID, "clinician_id": CLINICIAN_ID, "clinician_version": 2}
    assert place.told(f"CARE_TEAM#{CARE_TEAM_ID}") == [{"event": "ClinicianChanged", **said, "fields": ["is_active"]}]


def test_who_is_a_member_or_was_invited_again_works_on(place, leaving):
    assert leaving.left(CARE_TEAM_ID, CLINICIAN_ID) is False
    place.members.put(a_member(state=MemberState.INVITED))
    assert leaving.left(CARE_TEAM_ID, CLINICIAN_ID) is False
    assert place.clinicians.clinician(CARE_TEAM_ID, CLINICIAN_ID) == a_clinician()
    assert place.told(f"CARE_TEAM#{CARE_TEAM_ID}") == []


def test_somebody_who_is_no_clinician_leaves_no_record_behind(place, leaving):
    ends(place, "person-6")
    assert leaving.left(CARE_TEAM_ID, "person-6") is False
    assert place.clinicians.clinician(CARE_TEAM_ID, "person-6") is None


def test_somebody_of_whom_nobody_knows_as_a_member_is_left_alone(place, leaving):
    place.put(a_clinician(clinician_id="person-8"))
    assert leaving.left(CARE_TEAM_ID, "person-8") is False
    assert place.clinicians.clinician(CARE_TEAM_ID, "person-8").is_active


def test_where_a_clinician_changes_at_this_moment_the_event_is_to_come_again(place):
    ends(place)
    meanwhile = replace(a_clinician(), phone="", version=2)
    leaving = Leaving(Interrupted(place.clinicians, "retire", lambda: place.put(meanwhile)), now=place.stores.clock)
    with pytest.raises(RequestInProgress):
        leaving.left(CARE_TEAM_ID, CLINICIAN_ID)
    assert leaving.left(CARE_TEAM_ID, CLINICIAN_ID) is True
    assert place.clinicians.clinician(CARE_TEAM_ID, CLINICIAN_ID) == replace(meanwhile, is_active=False, version=3)
