"""Case Day requests: what they are held to, what becomes of them, and by whom."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from bitewing.care_teams.site import Permit
from bitewing.kernel.errors import InvalidInput, RequestMoveNotAllowed, RequestNotOpen
from bitewing.scheduling.request import REQUEST_MOVES, RequestMover, RequestStatus, ensure_request

from tests.support.scheduling import FIRST, LAST, a_day_request, a_period, a_site

DAY = timedelta(days=1)
#: As people read the table.
BY_PRACTICES = {"requested": "withdrawn", "unmatched": "withdrawn"}
BY_MANAGERS = {"requested": "rejected", "unmatched": "rejected"}
BY_THE_SYSTEM = {
    "requested": "proposed unmatched",
    "unmatched": "proposed",
    "proposed": "requested confirmed rejected withdrawn",
    "confirmed": "proposed requested completed rejected withdrawn",
}
TABLES = {
    RequestMover.PRACTICE: BY_PRACTICES,
    RequestMover.MANAGER: BY_MANAGERS,
    RequestMover.SYSTEM: BY_THE_SYSTEM,
}
#: Here the clocks are put forward from 23:00 to midnight on 28 March, and back on 24 October.
NUUK = "America/Nuuk"
SPRING, AUTUMN = date(2026, 3, 28), date(2026, 10, 24)


def wrong(period=None, site=None, **changes):
    try:
        ensure_request(a_day_request(**changes), period or a_period(), site or a_site())
    except InvalidInput as error:
        return {each.pointer: each.says for each in error.errors}
    return {}


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({}, []),
        ({"dates": (FIRST, LAST)}, []),
        ({"dates": (FIRST - DAY, LAST + DAY)}, ["/dates/0", "/dates/1"]),
        ({"dates": (FIRST, LAST, FIRST)}, ["/dates/2"]),
        ({"starts_at": "12:00", "minutes": 720}, []),
        ({"starts_at": "12:01", "minutes": 720}, ["/minutes"]),
        ({"dates": (LAST + DAY, FIRST), "starts_at": "23:30", "minutes": 60}, ["/dates/0", "/minutes"]),
        ({"dates": (FIRST - DAY,), "starts_at": "23:30", "minutes": 60}, ["/dates/0"]),
    ],
    ids=" ".join,
)
def test_dates_lie_in_the_period_once_each_and_days_end_before_midnight(changes, pointers):
    assert list(wrong(**changes)) == pointers


def test_the_site_is_open_in_a_state_of_the_period_and_permitted_on_each_date():
    assert list(wrong(site=a_site(state="ME"))) == ["/site_id"]
    assert list(wrong(site=a_site(is_active=False))) == ["/site_id"]
    permit = Permit(number="P-1", valid_from=FIRST + DAY, expires_on=LAST)
    dates = (FIRST, FIRST + DAY)
    assert list(wrong(site=a_site(needs_permit=True, permit=permit), dates=dates)) == ["/dates/0"]
    assert list(wrong(site=a_site(needs_permit=True), dates=dates)) == ["/dates/0", "/dates/1"]


def test_a_date_of_23_hours_is_too_short_for_a_day_that_others_have_room_for():
    site, late = a_site(time_zone=NUUK), {"starts_at": "12:00", "minutes": 720}
    says = wrong(site=site, dates=(SPRING - DAY, SPRING, SPRING + DAY), **late)
    assert says == {"/dates/1": "Clocks change on this date, and the day would end after midnight."}
    assert wrong(site=site, dates=(SPRING,), starts_at="12:00", minutes=660) == {}
    # Where it is the only date, the length is what is wrong.
    assert list(wrong(site=site, dates=(SPRING,), **late)) == ["/minutes"]


def test_a_date_of_25_hours_has_room_for_a_day_that_others_have_none_for():
    period = a_period(first_on=AUTUMN - DAY, last_on=AUTUMN + DAY)
    site, long = a_site(time_zone=NUUK), {"starts_at": "13:00", "minutes": 720}
    assert wrong(period, site, dates=(AUTUMN,), **long) == {}
    assert list(wrong(period, site, dates=(AUTUMN - DAY, AUTUMN), **long)) == ["/dates/0"]


def test_a_date_of_23_hours_in_new_york_takes_any_day_that_begins_after_the_change():
    change = date(2026, 3, 8)
    period = a_period(first_on=change, last_on=change + DAY)
    for starts_at in ("00:00", "02:30", "08:00", "12:00"):
        assert wrong(period, dates=(change, change + DAY), starts_at=starts_at, minutes=720) == {}


# --- What becomes of it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "to"), [*product(RequestStatus, RequestStatus)])
def test_a_request_becomes_what_the_table_says_and_nothing_else(start, to):
    asked = a_day_request(status=start)
    for by, moves in TABLES.items():
        allowed = moves.get(start, "").split()
        reason = "Too few rooms." if to in ("rejected", "unmatched") else ""
        if to in allowed:
            assert asked.moved_to(to, by=by, reason=reason) == replace(asked, status=to, reason=reason, version=2)
        else:
            with pytest.raises(RequestMoveNotAllowed) as refused:
                asked.moved_to(to, by=by, reason=reason)
            assert refused.value.facts() == {"current_status": start, "allowed_moves": sorted(allowed)}
    assert ((start, to) in REQUEST_MOVES) == any(to in moves.get(start, "").split() for moves in TABLES.values())


@pytest.mark.parametrize(
    ("to", "by", "reason"),
    [("rejected", "manager", ""), ("rejected", "manager", " \n"), ("withdrawn", "practice", "We found another day.")],
)
def test_whoever_rejects_says_why_and_nobody_else_does(to, by, reason):
    with pytest.raises(InvalidInput) as refused:
        a_day_request().moved_to(RequestStatus(to), by=RequestMover(by), reason=reason)
    assert [each.pointer for each in refused.value.errors] == ["/reason"]


@pytest.mark.parametrize("status", RequestStatus)
def test_a_practice_edits_what_is_requested_and_a_manager_orders_what_waits(status):
    asked = a_day_request(status=status)
    for ensure, holds in (
        (asked.ensure_editable, status == "requested"),
        (asked.ensure_waiting, status in ("requested", "unmatched")),
    ):
        if holds:
            ensure()
        else:
            with pytest.raises(RequestNotOpen) as refused:
                ensure()
            assert refused.value.facts() == {"current_status": status}


def test_a_request_waits_in_the_middle_of_all_unless_a_manager_says_otherwise():
    assert (a_day_request().priority, a_day_request().status) == (3, RequestStatus.REQUESTED)
    assert a_day_request().changed({"priority": 5}) == a_day_request(priority=5, version=2)
