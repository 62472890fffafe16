"""What is told of a change, and what becomes of its request."""

from dataclasses import fields

import pytest
from bitewing.case_days.access import day_party_of, ensure_day_visible, ensure_manages, ensure_practice_or_manager
from bitewing.case_days.events import CaseDayMoved, TeamMemberDeclined, TeamMemberRemoved
from bitewing.case_days.following import following
from bitewing.case_days.status import DayParty, DayStatus
from bitewing.case_days.telling import Telling
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import RequestMoveNotAllowed, RoleNotAllowed, Unknown
from bitewing.scheduling.request import RequestStatus

from tests.support.builders import NOW
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, PLATFORM, a_caller
from tests.support.case_days import (
    MANAGER,
    NURSE,
    OTHER_MANAGER,
    TEAM_ID,
    a_clinician_calls,
    a_day,
    a_day_request,
    a_member,
)

MOVED = {"origin": DayStatus.CONFIRMED, "to": DayStatus.TENTATIVE, "by": DayParty.CLINICIAN}


def test_whoever_one_fact_names_the_next_leaves_out():
    day = a_day(team=(a_member("nurse-1"), a_member("medic-1")), version=7)
    telling = Telling(day, at=NOW)
    telling.tell(TeamMemberDeclined, managers=True, clinician_id="nurse-2", role=NURSE)
    telling.tell(TeamMemberRemoved, clinicians=["medic-1"], clinician_id="medic-1", role=NURSE)
    telling.tell(CaseDayMoved, clinicians=["nurse-1", "medic-1", "nurse-1"], practice=True, managers=True, **MOVED)
    assert [(each.concerns, each.concerns_practice, each.concerns_managers) for each in telling.events] == [
        ((), False, True),
        (("medic-1",), False, False),
        (("nurse-1",), True, False),
    ]
    assert len({each.event_id for each in telling.events}) == 3


def test_every_fact_begins_with_its_day_as_it_is_after_the_change():
    day = a_day(team=(a_member("nurse-1"),), version=7)
    telling = Telling(day, at=NOW)
    telling.tell(TeamMemberDeclined, clinician_id="nurse-2", role=NURSE)
    (event,) = telling.events
    assert (event.case_day_id, event.subject_id, event.case_day_version) == ("day-1", "day-1", 7)
    assert (event.members, event.on, event.occurred_at) == (("nurse-1",), day.on, NOW)
    assert "note" not in {each.name for each in fields(event)}


# The request


@pytest.mark.parametrize(
    ("status", "by", "before", "after"),
    [
        (DayStatus.TENTATIVE, DayParty.MANAGER, "requested", "proposed"),
        (DayStatus.TENTATIVE, DayParty.MANAGER, "unmatched", "proposed"),
        (DayStatus.TENTATIVE, DayParty.CLINICIAN, "confirmed", "proposed"),
        (DayStatus.CONFIRMED, DayParty.MANAGER, "proposed", "confirmed"),
        (DayStatus.COMPLETED, DayParty.SYSTEM, "confirmed", "completed"),
        (DayStatus.REJECTED, DayParty.MANAGER, "proposed", "rejected"),
        (DayStatus.REJECTED, DayParty.MANAGER, "confirmed", "rejected"),
        (DayStatus.CANCELLED, DayParty.PRACTICE, "proposed", "withdrawn"),
        (DayStatus.CANCELLED, DayParty.PRACTICE, "confirmed", "withdrawn"),
        (DayStatus.CANCELLED, DayParty.MANAGER, "proposed", "requested"),
        (DayStatus.CANCELLED, DayParty.MANAGER, "confirmed", "requested"),
    ],
)
def test_a_request_follows_its_day(status, by, before, after):
    asked = a_day_request(status=RequestStatus(before), case_day_id="day-1", version=3)
    followed = following(asked, a_day(status=status, reason="why"), by=by, at=NOW)
    now = followed.after
    assert (followed.before, now.status.value, now.version) == (asked, after, 4)
    assert now.case_day_id == (None if after == "requested" else "day-1")
    assert now.reason == ("why" if after == "rejected" else "")
    event = followed.event
    assert (event.subject_id, event.request_id, event.request_version) == ("period-1", "request-1", 4)
    assert (event.origin.value, event.to.value) == (before, after)


def test_a_request_that_says_so_already_stays_as_it_is():
    asked = a_day_request(status=RequestStatus.CONFIRMED)
    assert following(asked, a_day(status=DayStatus.IN_PROGRESS), by=DayParty.SYSTEM, at=NOW) is None


def test_a_request_of_which_something_else_became_is_no_day():
    with pytest.raises(RequestMoveNotAllowed):
        following(a_day_request(status=RequestStatus.WITHDRAWN), a_day(), by=DayParty.MANAGER, at=NOW)


# Who sees a day

DAY = a_day(team=(a_member("nurse-1"),))
BOTH = a_caller(TEAM_ID, OrganizationKind.CARE_TEAM, Role.MANAGER, Role.CLINICIAN, user_id="nurse-1")
OF_OTHER_TEAM = a_caller("team-2", OrganizationKind.CARE_TEAM, Role.CLINICIAN, user_id="nurse-1")
WRONG_ROLE = a_caller(TEAM_ID, OrganizationKind.CARE_TEAM, Role.PRACTICE_ADMIN)


@pytest.mark.parametrize(
    ("caller", "party"),
    [
        (FROM_PRACTICE, DayParty.PRACTICE),
        (MANAGER, DayParty.MANAGER),
        (BOTH, DayParty.MANAGER),
        (a_clinician_calls("nurse-1"), DayParty.CLINICIAN),
    ],
)
def test_a_day_is_seen_by_its_practice_its_managers_and_its_team(caller, party):
    assert ensure_day_visible(DAY, caller) is DAY
    assert day_party_of(caller) is party


@pytest.mark.parametrize(
    "caller", [FROM_OTHER_PRACTICE, OTHER_MANAGER, a_clinician_calls("nurse-2"), OF_OTHER_TEAM, CLINICIAN]
)
def test_for_others_there_is_no_such_day(caller):
    with pytest.raises(Unknown):
        ensure_day_visible(DAY, caller)
    with pytest.raises(Unknown):
        ensure_day_visible(None, caller)


@pytest.mark.parametrize("caller", [FROM_LAB, PLATFORM, WRONG_ROLE])
def test_who_is_on_no_side_of_case_days_is_refused(caller):
    with pytest.raises(RoleNotAllowed):
        ensure_day_visible(DAY, caller)


def test_managers_manage_and_practices_change_their_own():
    assert ensure_manages(DAY, BOTH) is DAY
    assert ensure_practice_or_manager(DAY, FROM_PRACTICE) == (DAY, DayParty.PRACTICE)
    for caller in (FROM_PRACTICE, a_clinician_calls("nurse-1")):
        with pytest.raises(RoleNotAllowed):
            ensure_manages(DAY, caller)
    with pytest.raises(RoleNotAllowed):
        ensure_practice_or_manager(DAY, a_clinician_calls("nurse-1"))
