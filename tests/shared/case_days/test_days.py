"""Case Days from their creation to their end, in memory."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bitewing.care_teams.care_team import CarePreferences
from bitewing.care_teams.clinician import Limits
from bitewing.case_days.case_day import Details
from bitewing.case_days.changes import DayEdit
from bitewing.case_days.creation_service import CreationService, RequestedDay
from bitewing.case_days.day_service import MAX_LISTED_DAYS
from bitewing.case_days.events import CaseDayChangeDecided
from bitewing.case_days.status import DayStatus
from bitewing.kernel.errors import (
    CaseDayClosed,
    DateTaken,
    DayMoveNotAllowed,
    DayNotBegun,
    HardRulesBroken,
    IdempotencyKeyReused,
    InvalidInput,
    RequestNotOpen,
    RoleNotAllowed,
    StaleVersion,
    TeamNotReady,
    Unknown,
)
from bitewing.scheduling.request import RequestStatus

from tests.support.builders import NOW, PRACTICE_ID, a_practice
from tests.support.callers import FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, a_request
from tests.support.case_days import (
    HARBOR,
    MANAGER,
    MONDAY,
    OTHER_MANAGER,
    REQUEST_ID,
    TEAM,
    TEAM_ID,
    a_care_team,
    a_clinician,
    a_clinician_calls,
    a_day,
    a_day_request,
    a_new_day,
    a_period,
    a_seat,
    a_site,
    an_availability,
    on,
)
from tests.support.world import Interrupted


def creates(world, new=None, key="key-1", caller=MANAGER, body="body"):
    return world.creation.create(caller, new or a_new_day(), a_request(key, body))


def confirms(world, day, caller=MANAGER):
    return world.service.confirm(caller, day.case_day_id, expected_version=day.version)


def cancels(world, day, caller=MANAGER, reason="Storm"):
    return world.service.cancel(caller, day.case_day_id, reason=reason, expected_version=day.version)


def rejects(world, day, caller=MANAGER, reason="No team"):
    return world.service.reject(caller, day.case_day_id, reason=reason, expected_version=day.version)


def requested(world, **changes):
    world.roster.put(a_day_request(**changes))
    return creates(world, RequestedDay(request_id=REQUEST_ID, on=MONDAY))


def pointers(refused):
    return [each.pointer for each in refused.value.errors]


# Creation


def test_a_manager_creates_a_tentative_day_and_its_practice_hears_it(world):
    day = creates(world)
    assert world.days.find(day.case_day_id) == day
    assert (day.status, day.version, day.team) == (DayStatus.TENTATIVE, 1, ())
    assert (day.practice_name, day.state, day.time_zone) == ("Harbor Dental", "FL", "America/New_York")
    assert (day.place, day.site_rooms, day.created_at) == (HARBOR, 2, NOW)
    assert world.heard() == {"practice": ["CaseDayCreated"]}
    assert world.deeds() == ["created"]


def test_a_day_is_created_with_its_team_in_one_change(world):
    day = creates(world, a_new_day(team=tuple(map(a_seat, TEAM))))
    assert day.version == 1
    assert day.is_complete
    assert len(world.days.claims) == 3
    assert world.heard() == {"practice": ["CaseDayCreated"], **{each: ["TeamMemberAsked"] for each in TEAM}}
    assert world.deeds() == ["created", *["member_asked"] * 3]


def test_a_team_has_one_of_each_role_at_most(world):
    with pytest.raises(InvalidInput) as refused:
        creates(world, a_new_day(team=(a_seat("nurse-1"), a_seat("nurse-2"))))
    assert pointers(refused) == ["/team"]


def test_who_breaks_a_rule_is_not_on_a_new_team_either(world):
    world.roster.put(a_clinician("medic-1", licenses=()))
    with pytest.raises(HardRulesBroken):
        creates(world, a_new_day(team=tuple(map(a_seat, TEAM))))
    assert (world.days.days, world.days.claims, world.days.dates) == ({}, {}, {})


def test_the_same_request_creates_one_day_and_another_needs_another_key(world):
    assert creates(world) == creates(world)
    assert len(world.days.days) == 1
    with pytest.raises(IdempotencyKeyReused):
        creates(world, a_new_day(on=on(1)), body="another")
    with pytest.raises(DateTaken):
        creates(world, key="key-2")


def test_a_request_that_was_answered_meanwhile_gets_the_same_answer(world):
    first = []

    def meanwhile():
        first.append(creates(world))

    days = Interrupted(world.days, "save", meanwhile)
    service = CreationService(days, world.roster, now=world.clock)
    assert [service.create(MANAGER, a_new_day(), a_request("key-1"))] == first


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"on": NOW.date() - timedelta(days=1), "period_id": None}, "/on"),
        ({"on": on(-8)}, "/on"),
        ({"on": on(28)}, "/on"),
        ({"starts_at": "8"}, "/starts_at"),
        ({"minutes": 59}, "/minutes"),
        ({"expected_patients": 0}, "/expected_patients"),
    ],
)
def test_a_day_that_cannot_be_is_not_created(world, changes, pointer):
    with pytest.raises(InvalidInput) as refused:
        creates(world, a_new_day(**changes))
    assert pointers(refused) == [pointer]


@pytest.mark.parametrize("days", [-7, 27])
def test_a_day_can_be_on_the_first_and_on_the_last_of_its_period(world, days):
    assert creates(world, a_new_day(on=on(days))).on == on(days)


def test_a_period_that_changes_meanwhile_is_looked_at_anew(world):
    shrinks = a_period(last_on=on(-1), version=2)
    days = Interrupted(world.days, "save", lambda: world.roster.put(shrinks))
    with pytest.raises(InvalidInput) as refused:
        CreationService(days, world.roster, now=world.clock).create(MANAGER, a_new_day(), a_request("key-1"))
    assert pointers(refused) == ["/on"]
    assert (world.days.days, world.days.dates) == ({}, {})


def test_a_site_that_cannot_have_the_day_has_none(world):
    world.roster.put(a_site(is_active=False))
    with pytest.raises(InvalidInput) as refused:
        creates(world)
    assert pointers(refused) == ["/site_id"]


@pytest.mark.parametrize("changes", [{"practice_id": "practice-2"}, {"site_id": "site-2"}, {"period_id": "period-2"}])
def test_what_is_unknown_has_no_day(world, changes):
    with pytest.raises(Unknown):
        creates(world, a_new_day(**changes))


def test_a_practice_that_is_none_has_no_day(world):
    world.roster.practices.clear()
    with pytest.raises(Unknown):
        creates(world)


@pytest.mark.parametrize(
    "stranger",
    [
        (),
        (a_day_request(care_team_id="team-2"),),
        (a_day_request(practice_id="practice-2"),),
        (CarePreferences(practice_id=PRACTICE_ID, care_team_id="team-2", version=1),),
        (CarePreferences(practice_id="practice-2", care_team_id=TEAM_ID, version=1),),
    ],
)
def test_a_care_team_that_a_practice_does_not_know_makes_no_day_there_and_takes_no_date(world, stranger):
    world.roster.requests.clear()
    world.roster.put(*stranger)
    for new in (a_new_day(), a_new_day(minutes=1), a_new_day(team=(a_seat("nurse-1"),))):
        with pytest.raises(Unknown, match="practice"):
            creates(world, new)
    assert (world.days.days, world.days.claims, world.days.dates, world.told()) == ({}, {}, {}, [])


@pytest.mark.parametrize(
    "known",
    [
        *(a_day_request(status=status, period_id="period-0") for status in RequestStatus),
        CarePreferences(practice_id=PRACTICE_ID, care_team_id=TEAM_ID, version=1),
    ],
)
def test_a_practice_that_ever_asked_a_care_team_or_says_whom_it_prefers_knows_it(world, known):
    world.roster.requests.clear()
    world.roster.put(known)
    assert creates(world).practice_id == PRACTICE_ID


def test_a_request_is_served_whatever_its_practice_asked_before(world):
    world.roster.requests.clear()
    assert requested(world).request_id == REQUEST_ID


@pytest.mark.parametrize("caller", [FROM_PRACTICE, FROM_LAB, a_clinician_calls("nurse-1")])
def test_only_managers_create_days(world, caller):
    with pytest.raises(RoleNotAllowed):
        creates(world, caller=caller)


# For a request


def test_a_day_serves_a_request_as_it_asks_and_the_request_is_proposed(world):
    day = requested(world)
    assert (day.starts_at, day.minutes, day.expected_patients, day.request_id) == ("08:30", 420, 5, REQUEST_ID)
    assert (day.period_id, day.note) == ("period-1", "Parking behind the house.")
    asked = world.roster.request(REQUEST_ID)
    assert (asked.status, asked.case_day_id, asked.version) == (RequestStatus.PROPOSED, day.case_day_id, 2)
    assert world.told() == ["CaseDayCreated", "CaseDayRequestMoved"]


def test_the_date_is_one_for_which_the_practice_asks(world):
    world.roster.put(a_day_request())
    with pytest.raises(InvalidInput) as refused:
        creates(world, RequestedDay(request_id=REQUEST_ID, on=on(2)))
    assert pointers(refused) == ["/on"]


@pytest.mark.parametrize("status", sorted(set(RequestStatus) - {RequestStatus.REQUESTED, RequestStatus.UNMATCHED}))
def test_a_request_of_which_something_became_is_not_served_again(world, status):
    with pytest.raises(RequestNotOpen):
        requested(world, status=status)


def test_of_two_who_serve_a_request_at_once_one_does(world):
    world.roster.put(a_day_request())
    other = RequestedDay(request_id=REQUEST_ID, on=on(1))
    days = Interrupted(world.days, "save", lambda: creates(world, other, key="other"))
    service = CreationService(days, world.roster, now=world.clock)
    with pytest.raises(RequestNotOpen):
        service.create(MANAGER, RequestedDay(request_id=REQUEST_ID, on=MONDAY), a_request("key-1"))
    (only,) = world.days.days.values()
    assert (only.on, world.roster.request(REQUEST_ID).case_day_id) == (on(1), only.case_day_id)


def test_a_request_of_others_is_none(world):
    world.roster.put(a_day_request(care_team_id="team-2"))
    for request_id in (REQUEST_ID, "request-9"):
        with pytest.raises(Unknown):
            creates(world, RequestedDay(request_id=request_id, on=MONDAY))


def test_the_request_follows_its_day_to_the_end(world):
    world.roster.put(a_day_request())
    day = creates(world, RequestedDay(request_id=REQUEST_ID, on=MONDAY, team=tuple(map(a_seat, TEAM))))
    seen = []
    day = confirms(world, world.accepts(day))
    seen.append(world.roster.request(REQUEST_ID).status)
    member = day.member("nurse-1")
    world.team.answer(a_clinician_calls("nurse-1"), day.case_day_id, "nurse-1", accepts=False, asked_at=member.asked_at)
    seen.append(world.roster.request(REQUEST_ID).status)
    day = world.day(day)
    day = world.team.ask(MANAGER, day.case_day_id, a_seat("nurse-2"), expected_version=day.version)
    day = confirms(world, world.accepts(day, "nurse-2"))
    world.clock.at = day.begins_at
    world.service.advance(day.case_day_id)
    seen.append(world.roster.request(REQUEST_ID).status)
    world.clock.at = day.ends_at
    world.service.advance(day.case_day_id)
    seen.append(world.roster.request(REQUEST_ID).status)
    assert [each.value for each in seen] == ["confirmed", "proposed", "confirmed", "completed"]


@pytest.mark.parametrize("is_confirmed", [False, True])
@pytest.mark.parametrize(
    ("ends", "status"),
    [
        (cancels, RequestStatus.REQUESTED),
        (lambda world, day: cancels(world, day, FROM_PRACTICE), RequestStatus.WITHDRAWN),
        (rejects, RequestStatus.REJECTED),
    ],
)
def test_the_request_of_a_day_that_is_called_off_is_asked_again_withdrawn_or_rejected(
    world, ends, status, is_confirmed
):
    world.roster.put(a_day_request())
    day = creates(world, RequestedDay(request_id=REQUEST_ID, on=MONDAY, team=tuple(map(a_seat, TEAM))))
    if is_confirmed:
        day = confirms(world, world.accepts(day))
    ends(world, day)
    asked = world.roster.request(REQUEST_ID)
    assert asked.status is status
    assert asked.case_day_id == (None if status is RequestStatus.REQUESTED else day.case_day_id)
    assert asked.reason == ("No team" if status is RequestStatus.REJECTED else "")


def test_a_day_whose_request_is_gone_says_so(world):
    day = requested(world)
    world.roster.requests.clear()
    with pytest.raises(Unknown):
        cancels(world, day)


# Confirmation


def test_a_day_is_confirmed_with_a_team_that_has_accepted_and_all_hear_it(world):
    day = world.accepts(world.with_team())
    world.heard()
    after = confirms(world, day)
    assert (after.status, after.confirmed_at, after.confirmed_by) == (DayStatus.CONFIRMED, NOW, "manager-1")
    assert after.agreed == day.hours
    assert world.heard() == {"practice": ["CaseDayMoved"], **{each: ["CaseDayMoved"] for each in TEAM}}
    assert confirms(world, after) == after
    assert world.heard() == {}


def test_an_incomplete_team_is_never_confirmed(world):
    day = world.accepts(world.with_team("nurse-1", "medic-1"), "nurse-1")
    with pytest.raises(TeamNotReady) as refused:
        confirms(world, day)
    assert refused.value.missing == ("medic_answer", "anesthesiologist")


def test_hard_rules_are_looked_at_once_more_when_a_day_is_confirmed(world):
    day = world.accepts(world.with_team())
    world.roster.put(a_clinician("medic-1", licenses=(), version=2))
    with pytest.raises(HardRulesBroken) as refused:
        confirms(world, day)
    (broken,) = refused.value.violations
    assert (broken["clinician_id"], broken["rule"]) == ("medic-1", "license")


def test_a_day_is_not_confirmed_at_a_site_whose_permit_is_gone(world):
    day = world.accepts(world.with_team())
    world.roster.put(a_site(needs_permit=True, version=2))
    with pytest.raises(HardRulesBroken) as refused:
        confirms(world, day)
    assert [each["rule"] for each in refused.value.violations] == ["permit"]
    world.roster.sites.clear()
    with pytest.raises(Unknown):
        confirms(world, day)


def test_a_day_is_not_confirmed_at_a_site_that_was_closed_since(world):
    day = world.accepts(world.with_team())
    world.roster.put(a_site(is_active=False, needs_permit=True, version=2))
    with pytest.raises(HardRulesBroken) as refused:
        confirms(world, day)
    assert [each["rule"] for each in refused.value.violations] == ["site", "permit"]
    world.roster.put(a_site(version=3))
    assert confirms(world, day).status is DayStatus.CONFIRMED


def test_what_was_set_aside_for_a_member_stays_so_when_the_day_is_confirmed(world):
    world.roster.put(an_availability("nurse-1", limits=Limits(max_drive_minutes=1)))
    seats = (a_seat("nurse-1", ("drive", "She asked for it.")), *map(a_seat, TEAM[1:]))
    day = world.accepts(creates(world, a_new_day(team=seats)))
    assert confirms(world, day).status is DayStatus.CONFIRMED


def test_a_day_that_has_begun_is_not_confirmed(world):
    day = world.accepts(world.with_team())
    world.clock.at = day.begins_at
    with pytest.raises(CaseDayClosed):
        confirms(world, day)


def confirms_details(world, day, caller=FROM_PRACTICE):
    return world.service.confirm_details(caller, day.case_day_id, expected_version=day.version)


def test_the_practice_confirms_the_details_and_the_managers_hear_it(world):
    day = world.confirmed()
    with pytest.raises(InvalidInput) as refused:
        confirms_details(world, day)
    assert pointers(refused) == ["/arrival", "/contact"]
    edit = DayEdit(arrival="Back door", contact="Ada, +1 555 0100")
    day = world.changes.edit(FROM_PRACTICE, day.case_day_id, edit, expected_version=day.version)
    world.heard()
    after = confirms_details(world, day)
    assert (after.practice_confirmed_at, after.practice_confirmed_by) == (NOW, "person-1")
    assert after.details == Details(arrival="Back door", contact="Ada, +1 555 0100")
    assert world.heard() == {"managers": ["PracticeConfirmed"]}
    assert confirms_details(world, after) == after
    assert world.heard() == {}


def test_both_confirmations_are_kept_apart(world):
    day = world.creates()
    edit = DayEdit(arrival="Back door", contact="Ada, +1 555 0100")
    day = world.changes.edit(FROM_PRACTICE, day.case_day_id, edit, expected_version=day.version)
    day = confirms_details(world, day)
    assert (day.status, day.confirmed_at, day.practice_confirmed_at) == (DayStatus.TENTATIVE, None, NOW)


@pytest.mark.parametrize(
    ("caller", "refused"),
    [(MANAGER, RoleNotAllowed), (a_clinician_calls("nurse-1"), RoleNotAllowed), (FROM_OTHER_PRACTICE, Unknown)],
)
def test_only_the_practice_confirms_its_details(world, caller, refused):
    day = world.with_team()
    with pytest.raises(refused):
        confirms_details(world, day, caller)


# Called off


@pytest.mark.parametrize(
    ("ends", "status", "whoever_knows"),
    [
        (cancels, DayStatus.CANCELLED, "managers"),
        (rejects, DayStatus.REJECTED, "managers"),
        (lambda world, day: cancels(world, day, FROM_PRACTICE), DayStatus.CANCELLED, "practice"),
    ],
)
def test_a_day_that_is_called_off_frees_its_team_and_its_date_and_the_others_hear_it(
    world, ends, status, whoever_knows
):
    day = world.confirmed()
    wanted = world.changes.edit(FROM_PRACTICE, day.case_day_id, DayEdit(on=on(2)), expected_version=day.version)
    world.heard()
    after = ends(world, wanted)
    assert (after.status, after.confirmed_at, after.wanted) == (status, None, None)
    assert after.reason in ("Storm", "No team")
    assert after.team == day.team
    assert (world.days.claims, world.days.dates) == ({}, {})
    others = {"practice", "managers"} - {whoever_knows}
    assert world.heard() == {each: ["CaseDayMoved"] for each in (*TEAM, *others)}
    assert world.days.entries[-1].details["reason"] == after.reason
    assert world.with_team().on == MONDAY


def test_a_rejection_says_why(world):
    with pytest.raises(InvalidInput) as refused:
        rejects(world, world.creates(), reason="  ")
    assert pointers(refused) == ["/reason"]


def test_what_is_off_stays_off(world):
    off = cancels(world, world.with_team(), reason="")
    assert off.reason == ""
    for ends in (cancels, rejects):
        with pytest.raises(DayMoveNotAllowed):
            ends(world, off)


def test_a_practice_calls_off_what_lies_ahead_and_a_manager_also_what_never_began(world):
    day = world.with_team()
    world.clock.at = day.begins_at
    with pytest.raises(CaseDayClosed):
        cancels(world, day, FROM_PRACTICE)
    assert cancels(world, day).status is DayStatus.CANCELLED


def test_a_clinician_calls_nothing_off_and_a_practice_rejects_nothing(world):
    day = world.with_team()
    with pytest.raises(RoleNotAllowed):
        cancels(world, day, a_clinician_calls("nurse-1"))
    with pytest.raises(RoleNotAllowed):
        rejects(world, day, FROM_PRACTICE)


# Lock


def test_a_manager_locks_a_day_for_matching_and_nobody_is_told(world):
    day = world.creates()
    world.told()
    locked = world.service.lock(MANAGER, day.case_day_id, is_locked=True, expected_version=1)
    assert world.service.lock(MANAGER, day.case_day_id, is_locked=True, expected_version=2) == locked
    open_again = world.service.lock(MANAGER, day.case_day_id, is_locked=False, expected_version=2)
    assert (locked.is_locked, open_again.is_locked) == (True, False)
    assert world.told() == []
    assert world.deeds() == ["created", "locked", "unlocked"]


# It takes place


def test_time_passes_for_a_confirmed_day(world):
    day = world.confirmed()
    world.heard()
    world.clock.at = day.begins_at - timedelta(seconds=1)
    assert world.service.advance(day.case_day_id) == day
    world.clock.at = day.begins_at
    begun = world.service.advance(day.case_day_id)
    assert begun.status is DayStatus.IN_PROGRESS
    assert world.service.advance(day.case_day_id) == begun
    world.clock.at = day.ends_at - timedelta(seconds=1)
    assert world.service.advance(day.case_day_id) == begun
    world.clock.at = day.ends_at
    over = world.service.advance(day.case_day_id)
    assert over.status is DayStatus.COMPLETED
    assert world.service.advance(day.case_day_id) == over
    assert world.days.entries[-1].user_id is None
    # Everybody is there.
    assert world.heard() == {}
    assert len(world.days.claims) == 3


def test_a_clock_that_is_late_lets_a_day_begin_and_end(world):
    day = world.confirmed()
    world.told()
    world.clock.at = day.ends_at
    assert world.service.advance(day.case_day_id).status is DayStatus.COMPLETED
    assert world.told() == ["CaseDayMoved", "CaseDayMoved"]


def test_a_day_that_nobody_confirmed_in_time_stays_for_its_managers_who_hear_of_it_once(world):
    day = world.accepts(world.with_team())
    world.heard()
    world.clock.at = day.begins_at - timedelta(seconds=1)
    assert world.service.advance(day.case_day_id) == day
    world.clock.at = day.begins_at
    stays = world.service.advance(day.case_day_id)
    assert (stays.status, stays.unconfirmed_at) == (DayStatus.TENTATIVE, world.clock.at)
    assert world.heard() == {"managers": ["CaseDayNotConfirmed"]}
    assert world.deeds()[-1] == "not_confirmed"
    world.clock.at = day.ends_at
    assert world.service.advance(day.case_day_id) == stays
    assert world.told() == []
    # It holds its team and its date until a manager calls it off.
    assert len(world.days.claims) == 3
    world.service.cancel(MANAGER, day.case_day_id, reason="nobody confirmed", expected_version=stays.version)
    assert (world.days.claims, world.days.dates) == ({}, {})


def test_time_passes_over_a_day_that_there_is_not_or_that_was_called_off(world):
    day = world.with_team()
    off = world.service.cancel(MANAGER, day.case_day_id, reason="", expected_version=day.version)
    world.clock.at = day.ends_at
    assert world.service.advance(day.case_day_id) == off
    assert world.service.advance("day-9") is None


def refused_by_time(world):
    """What the history says of changes that nobody decided on in time, and whom."""
    return [(each.by, dict(each.details)) for each in world.days.entries if each.deed.value == "change_refused"]


def test_what_nobody_decided_on_before_a_day_begins_is_wanted_no_more_and_its_practice_hears_it(world):
    day = world.confirmed()
    wanted = world.changes.edit(FROM_PRACTICE, day.case_day_id, DayEdit(minutes=500), expected_version=day.version)
    world.heard()
    world.clock.at = day.begins_at
    begun = world.service.advance(day.case_day_id)
    assert (begun.status, begun.minutes, begun.wanted) == (DayStatus.IN_PROGRESS, 480, None)
    assert begun.version == wanted.version + 1
    (decided,) = (each for each in world.memory.events if isinstance(each, CaseDayChangeDecided))
    assert (decided.fields, decided.is_approved) == (("minutes",), False)
    assert world.heard() == {"practice": ["CaseDayChangeDecided"], "managers": ["CaseDayChangeDecided"]}
    assert refused_by_time(world) == [("system", {"fields": "minutes", "reason": "The day has begun."})]
    world.clock.at = day.ends_at
    world.service.advance(day.case_day_id)
    assert world.heard() == {}


def test_a_manager_who_begins_a_day_hears_nothing_of_what_they_leave_undecided(world):
    day = world.confirmed()
    wanted = world.changes.edit(FROM_PRACTICE, day.case_day_id, DayEdit(minutes=500), expected_version=day.version)
    world.heard()
    world.clock.at = day.begins_at
    assert begins(world, wanted).wanted is None
    assert world.heard() == {"practice": ["CaseDayChangeDecided"]}
    assert [by for by, _ in refused_by_time(world)] == ["manager"]


def test_what_a_practice_wanted_of_a_day_that_nobody_confirmed_is_wanted_no_more(world):
    day = world.with_team()
    world.changes.edit(FROM_PRACTICE, day.case_day_id, DayEdit(minutes=500), expected_version=day.version)
    world.heard()
    world.clock.at = day.begins_at
    stays = world.service.advance(day.case_day_id)
    assert (stays.status, stays.wanted) == (DayStatus.TENTATIVE, None)
    assert world.heard() == {"managers": ["CaseDayNotConfirmed"], "practice": ["CaseDayChangeDecided"]}
    assert world.deeds()[-2:] == ["not_confirmed", "change_refused"]


def test_of_two_clocks_one_lets_the_day_begin(world):
    day = world.confirmed()
    world.clock.at = day.begins_at
    world.told()
    service = type(world.service)(
        Interrupted(world.days, "save", lambda: world.service.advance(day.case_day_id)),
        world.roster,
        now=world.clock,
    )
    assert service.advance(day.case_day_id).status is DayStatus.IN_PROGRESS
    assert world.told() == ["CaseDayMoved"]


def begins(world, day, caller=MANAGER):
    return world.service.begin(caller, day.case_day_id, expected_version=day.version)


def completes(world, day, caller=MANAGER):
    return world.service.complete(caller, day.case_day_id, expected_version=day.version)


def test_a_manager_records_that_a_day_has_begun_and_is_over(world):
    day = world.confirmed()
    with pytest.raises(DayNotBegun):
        begins(world, day)
    with pytest.raises(DayMoveNotAllowed):
        completes(world, day)
    world.clock.at = day.begins_at
    over = completes(world, begins(world, day))
    assert over.status is DayStatus.COMPLETED
    with pytest.raises(CaseDayClosed):
        confirms(world, over)
    with pytest.raises(RoleNotAllowed):
        begins(world, day, FROM_PRACTICE)


# Reading


def test_a_day_is_read_by_whom_it_concerns(world):
    day = world.with_team("nurse-1")
    for caller in (FROM_PRACTICE, MANAGER, a_clinician_calls("nurse-1")):
        assert world.service.read(caller, day.case_day_id) == day
    for caller in (FROM_OTHER_PRACTICE, OTHER_MANAGER, a_clinician_calls("nurse-2")):
        with pytest.raises(Unknown):
            world.service.read(caller, day.case_day_id)
    with pytest.raises(RoleNotAllowed):
        world.service.read(FROM_LAB, day.case_day_id)


def test_the_history_is_read_by_both_sides_the_newest_first(world):
    day = world.with_team("nurse-1")
    for caller in (FROM_PRACTICE, MANAGER):
        page = world.service.activity(caller, day.case_day_id, limit=1, start=None)
        rest = world.service.activity(caller, day.case_day_id, limit=1, start=page.next)
        assert {each.deed.value for each in (*page.things, *rest.things)} == {"created", "member_asked"}
    with pytest.raises(RoleNotAllowed):
        world.service.activity(a_clinician_calls("nurse-1"), day.case_day_id, limit=1, start=None)


def listed(world, caller, first=MONDAY, last=MONDAY):
    page = world.service.listed(caller, first=first, last=last, limit=10, start=None)
    return [each.case_day_id for each in page.things]


def test_everybody_lists_their_own_days(world):
    day, other = world.with_team("nurse-1"), world.with_team("nurse-2", on=on(1))
    both = [day.case_day_id, other.case_day_id]
    assert listed(world, MANAGER, last=on(1)) == listed(world, FROM_PRACTICE, last=on(1)) == both
    assert listed(world, MANAGER) == [day.case_day_id]
    assert listed(world, a_clinician_calls("nurse-2"), last=on(1)) == [other.case_day_id]
    assert listed(world, FROM_OTHER_PRACTICE, last=on(1)) == listed(world, OTHER_MANAGER, last=on(1)) == []
    with pytest.raises(RoleNotAllowed):
        listed(world, FROM_LAB)


@pytest.mark.parametrize(
    ("days", "fits"), [(-1, False), (0, True), (MAX_LISTED_DAYS - 1, True), (MAX_LISTED_DAYS, False)]
)
def test_a_list_spans_a_year_at_most(world, days, fits):
    if fits:
        assert listed(world, MANAGER, last=on(days)) == []
        return
    with pytest.raises(InvalidInput):
        listed(world, MANAGER, last=on(days))


@pytest.mark.parametrize(("days", "is_listed"), [(-1, False), (0, True), (90, True), (91, False)])
def test_a_list_without_a_span_has_90_days_from_today(world, days, is_listed):
    today = world.clock().date()
    day = a_day(case_day_id="day-9", on=today + timedelta(days=days))
    world.days.days[day.case_day_id] = day
    assert listed(world, MANAGER, first=None, last=None) == ["day-9"] * is_listed


@pytest.mark.parametrize(("caller", "is_listed"), [(MANAGER, True), (FROM_PRACTICE, False)])
def test_a_list_without_a_span_begins_with_the_date_of_whoever_asks(world, caller, is_listed):
    day = world.creates()
    world.roster.put(a_practice(time_zone="Europe/Rome"))
    # Still Monday in Tampa, and Tuesday in Rome.
    world.clock.at = datetime(2026, 3, 17, 3, tzinfo=UTC)
    assert listed(world, caller, first=None, last=None) == [day.case_day_id] * is_listed


def test_a_list_of_the_last_days_that_there_are_ends_with_them(world):
    assert listed(world, MANAGER, first=date.max, last=None) == []


def test_every_change_says_which_version_it_is_of(world):
    day = world.with_team()
    service, stale = world.service, {"expected_version": 9}
    for change in (
        lambda: service.confirm(MANAGER, day.case_day_id, **stale),
        lambda: service.confirm_details(FROM_PRACTICE, day.case_day_id, **stale),
        lambda: service.cancel(MANAGER, day.case_day_id, reason="x", **stale),
        lambda: service.reject(MANAGER, day.case_day_id, reason="x", **stale),
        lambda: service.lock(MANAGER, day.case_day_id, is_locked=True, **stale),
        lambda: service.begin(MANAGER, day.case_day_id, **stale),
    ):
        with pytest.raises(StaleVersion):
            change()
    assert world.day(day) == day


def test_the_care_team_of_a_manager_exists(world):
    world.roster.care_teams.clear()
    with pytest.raises(Unknown):
        creates(world)
    world.roster.put(a_care_team(states=frozenset({"GA"})))
    with pytest.raises(InvalidInput):
        creates(world)
