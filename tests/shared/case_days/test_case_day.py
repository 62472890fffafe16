"""A Case Day: its team, its moves, its hours, and what it lacks."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from bitewing.case_days.case_day import Answer, Details, moment_at
from bitewing.case_days.status import DAY_MOVES, IS_AHEAD, KEEPS_CLAIMS, DayParty, DayStatus, day_moves_from
from bitewing.kernel.errors import CaseDayClosed, DayMoveNotAllowed

from tests.support.case_days import MONDAY, NURSE, TEAM, a_day, a_member

_D, _P = DayStatus, DayParty
#: The whole grid: whatever is not here is forbidden.
ALLOWED = {
    (_D.TENTATIVE, _D.CONFIRMED, _P.MANAGER),
    (_D.TENTATIVE, _D.REJECTED, _P.MANAGER),
    (_D.TENTATIVE, _D.CANCELLED, _P.MANAGER),
    (_D.TENTATIVE, _D.CANCELLED, _P.PRACTICE),
    (_D.CONFIRMED, _D.TENTATIVE, _P.MANAGER),
    (_D.CONFIRMED, _D.TENTATIVE, _P.CLINICIAN),
    (_D.CONFIRMED, _D.TENTATIVE, _P.SYSTEM),
    (_D.CONFIRMED, _D.CANCELLED, _P.MANAGER),
    (_D.CONFIRMED, _D.CANCELLED, _P.PRACTICE),
    (_D.CONFIRMED, _D.REJECTED, _P.MANAGER),
    (_D.CONFIRMED, _D.IN_PROGRESS, _P.MANAGER),
    (_D.CONFIRMED, _D.IN_PROGRESS, _P.SYSTEM),
    (_D.IN_PROGRESS, _D.COMPLETED, _P.MANAGER),
    (_D.IN_PROGRESS, _D.COMPLETED, _P.SYSTEM),
}


def a_ready_team():
    return tuple(a_member(each, answer=Answer.ACCEPTED) for each in TEAM)


@pytest.mark.parametrize(("start", "to", "by"), list(product(DayStatus, DayStatus, DayParty)))
def test_a_day_moves_as_the_table_says_and_not_otherwise(start, to, by):
    day = a_day(status=start, team=a_ready_team())
    assert (to in day_moves_from(start, by)) == ((start, to, by) in ALLOWED)
    if (start, to, by) in ALLOWED:
        moved = day.moved_to(to, by=by, reason="why")
        assert (moved.status, moved.reason, moved.version) == (to, "why", 2)
    else:
        with pytest.raises(DayMoveNotAllowed):
            day.moved_to(to, by=by)


def test_what_lies_ahead_keeps_claims_and_so_does_what_took_place():
    assert set(DAY_MOVES) >= {(start, DayStatus.CANCELLED) for start in IS_AHEAD}
    assert set(DayStatus) - KEEPS_CLAIMS == {DayStatus.CANCELLED, DayStatus.REJECTED}


@pytest.mark.parametrize("missing", [*TEAM, None])
def test_a_day_is_complete_with_exactly_one_of_each_role(missing):
    day = a_day(team=tuple(each for each in a_ready_team() if each.clinician_id != missing))
    assert day.is_complete == day.has_accepted == (missing is None)
    assert (DayStatus.CONFIRMED in day.moves(DayParty.MANAGER)) == (missing is None)


def test_a_team_that_has_not_accepted_is_not_confirmed():
    day = a_day(team=(*a_ready_team()[:2], a_member(TEAM[2])))
    assert day.is_complete
    assert not day.has_accepted
    with pytest.raises(DayMoveNotAllowed):
        day.moved_to(DayStatus.CONFIRMED, by=DayParty.MANAGER)


def test_what_a_day_lacks_is_told_as_codes():
    day = a_day(team=(a_member("medic-1"),))
    assert list(day.missing()) == [
        *("nurse", "medic_answer", "anesthesiologist", "confirmation", "practice", "patients")
    ]
    full = a_day(team=a_ready_team(), status=DayStatus.CONFIRMED, practice_confirmed_at=MONDAY, patients=1)
    assert list(full.missing()) == []


def test_somebody_new_takes_the_place_of_who_had_the_role_and_the_day_is_to_be_confirmed():
    day = a_day(team=a_ready_team(), status=DayStatus.CONFIRMED, confirmed_by="manager-1")
    after = day.with_member(a_member("nurse-2"))
    assert {each.clinician_id for each in after.team} == {"nurse-2", *TEAM[1:]}
    assert (after.status, after.confirmed_by, after.version) == (DayStatus.TENTATIVE, None, 2)
    assert after.of_role(NURSE).clinician_id == "nurse-2"
    assert after.member("nurse-1") is None


def test_an_answer_is_that_of_one_member():
    at = datetime(2026, 3, 3, tzinfo=UTC)
    day = a_day(team=(a_member("nurse-1"), a_member("medic-1"))).with_answer("medic-1", by="manager-1", at=at)
    nurse, medic = day.team
    assert nurse == a_member("nurse-1")
    assert (medic.answer, medic.answered_at, medic.answered_by) == (Answer.ACCEPTED, at, "manager-1")


@pytest.mark.parametrize("status", DayStatus)
def test_only_what_lies_ahead_is_changed(status):
    day = a_day(status=status)
    if status in IS_AHEAD:
        day.ensure_ahead(day.begins_at - timedelta(seconds=1))
    else:
        with pytest.raises(CaseDayClosed):
            day.ensure_ahead(day.begins_at - timedelta(seconds=1))
    with pytest.raises(CaseDayClosed):
        day.ensure_ahead(day.begins_at)


def test_the_rooms_are_those_of_the_site_unless_the_practice_says_otherwise():
    assert a_day().rooms == 2
    assert a_day(details=Details(rooms=1)).rooms == 1


def test_a_day_begins_and_ends_by_the_clocks_of_its_site():
    day = a_day()
    assert day.begins_at == datetime(2026, 3, 16, 12, tzinfo=UTC)
    assert day.ends_at == datetime(2026, 3, 16, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("01:30", datetime(2026, 3, 8, 6, 30, tzinfo=UTC)),
        # Clocks skip it: it is counted from before the change.
        ("02:30", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        ("03:30", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
    ],
)
def test_on_a_date_of_23_hours_a_day_lasts_its_minutes(clock, expected):
    day = a_day(on=date(2026, 3, 8), starts_at=clock)
    assert (day.begins_at, day.ends_at) == (expected, expected + timedelta(hours=8))


def test_of_a_time_that_exists_twice_it_is_the_first():
    assert moment_at(date(2026, 11, 1), "01:30", "America/New_York") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
