"""Sites: a practice enters and changes them, managers read where a day would be; on every store that keeps them."""

from dataclasses import replace
from datetime import date

import pytest
from bitewing.care_teams.events import site_changed, site_entered
from bitewing.care_teams.site import Permit
from bitewing.care_teams.sites import NewSite
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Role
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)

from tests.support.builders import NOW, PRACTICE_ID
from tests.support.callers import (
    CLINICIAN,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    LAB_ADMIN,
    OTHER_ADMIN,
    PLATFORM,
    PRACTICE_ADMIN,
    a_caller,
    a_request,
)
from tests.support.care_teams import BOSTON, MANAGER, MANAGER_OF_A_LAB, PORTLAND, SITE_ID, a_site

PERMIT = Permit(number="MA-77", valid_from=date(2026, 1, 1), expires_on=date(2026, 12, 31))
NEW = NewSite(
    name="Harbor branch",
    address="3 Pier Road, Portland, ME 04101",
    state="ME",
    time_zone="America/New_York",
    place=PORTLAND,
    rooms=3,
    needs_permit=True,
    permit=PERMIT,
)
NO_STAFF = a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.MANAGER)


def enter(place, new=NEW, *, caller=PRACTICE_ADMIN, body="body"):
    return place.site_service.enter(caller, new, a_request(body=body))


def change(place, /, caller=PRACTICE_ADMIN, version=1, **changes):
    return place.site_service.change(caller, SITE_ID, expected_version=version, changes=changes)


def test_a_site_is_entered_read_listed_and_told(place):
    made = enter(place)
    assert place.site_service.read(FROM_PRACTICE, made.site_id) == made
    assert (made.practice_id, made.permit, made.is_active, made.version) == (PRACTICE_ID, PERMIT, True, 1)
    assert set(place.site_service.of_caller(FROM_PRACTICE)) == {a_site(), made}
    assert place.told(f"PRACTICE#{PRACTICE_ID}") == [
        {"event": "SiteEntered", "practice_id": PRACTICE_ID, "site_id": made.site_id}
    ]


def test_the_same_request_enters_a_site_once(place):
    made = enter(place)
    assert enter(place) == made
    with pytest.raises(IdempotencyKeyReused):
        enter(place, body="another")
    assert len(place.site_service.of_caller(FROM_PRACTICE)) == 2


def test_a_request_that_is_answered_at_this_moment_is_to_be_sent_again(place):
    enter(place)
    late = a_site(site_id="site-2")
    with pytest.raises(AlreadyAnswered):
        place.sites.add(late, site_entered(late, at=NOW), request=a_request())
    place.sites.answered = lambda _: None
    with pytest.raises(RequestInProgress):
        enter(place)


def test_a_site_that_lies_nowhere_is_not_entered(at_home):
    with pytest.raises(InvalidInput) as refused:
        enter(at_home, replace(NEW, state="XX", rooms=0))
    assert [each.pointer for each in refused.value.errors] == ["/state", "/rooms"]


def test_each_practice_lists_its_own_sites(place):
    assert place.site_service.of_caller(FROM_PRACTICE) == (a_site(),)
    assert [each.site_id for each in place.site_service.of_caller(FROM_OTHER_PRACTICE)] == ["site-9"]


def test_a_practice_may_name_itself_and_no_other(place):
    assert place.site_service.read(FROM_PRACTICE, SITE_ID, practice_id=PRACTICE_ID) == a_site()
    with pytest.raises(Unknown, match="site"):
        place.site_service.read(FROM_PRACTICE, "site-9", practice_id="practice-2")
    with pytest.raises(Unknown, match="site"):
        place.site_service.read(FROM_PRACTICE, "site-9")


def test_a_manager_reads_a_site_by_its_practice(place):
    assert place.site_service.read(MANAGER, SITE_ID, practice_id=PRACTICE_ID) == a_site()
    with pytest.raises(Unknown, match="site"):
        place.site_service.read(MANAGER, SITE_ID, practice_id="practice-2")
    with pytest.raises(InvalidInput) as refused:
        place.site_service.read(MANAGER, SITE_ID)
    assert [each.pointer for each in refused.value.errors] == ["practice_id"]


@pytest.mark.parametrize("caller", [CLINICIAN, PLATFORM, LAB_ADMIN, MANAGER_OF_A_LAB, NO_STAFF])
def test_others_read_no_site(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.site_service.read(caller, SITE_ID, practice_id=PRACTICE_ID)


@pytest.mark.parametrize("caller", [MANAGER, PLATFORM, LAB_ADMIN, NO_STAFF])
def test_the_list_of_sites_is_for_their_practice(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.site_service.of_caller(caller)


@pytest.mark.parametrize("caller", [FROM_PRACTICE, MANAGER, PLATFORM])
def test_administrators_of_a_practice_enter_and_change_sites(at_home, caller):
    for act in (lambda: enter(at_home, caller=caller), lambda: change(at_home, caller, rooms=1)):
        with pytest.raises(RoleNotAllowed):
            act()


def test_what_changed_of_a_site_is_told_by_name(place):
    changed = change(place, permit=PERMIT, needs_permit=True, place=BOSTON, is_active=False)
    assert changed == a_site(permit=PERMIT, needs_permit=True, is_active=False, version=2)
    assert place.site_service.read(FROM_PRACTICE, SITE_ID) == changed
    assert place.told(f"PRACTICE#{PRACTICE_ID}") == [
        {
            "event": "SiteChanged",
            "practice_id": PRACTICE_ID,
            "site_id": SITE_ID,
            "site_version": 2,
            "fields": ["is_active", "needs_permit", "permit"],
        }
    ]
    assert change(place, version=2, permit=None).permit is None


def test_a_change_that_changes_nothing_is_no_new_version_and_not_told(at_home):
    assert change(at_home, rooms=2) == a_site()
    assert at_home.told(f"PRACTICE#{PRACTICE_ID}") == []


def test_wrong_values_of_a_change_are_refused(at_home):
    with pytest.raises(InvalidInput):
        change(at_home, rooms=0)


@pytest.mark.parametrize(
    "moved", [{"state": "ME"}, {"time_zone": "America/Chicago"}, {"place": PORTLAND}, {"state": "XX", "rooms": 0}]
)
def test_a_site_that_moves_is_another_site(place, moved):
    with pytest.raises(InvalidInput) as refused:
        change(place, name="Pier", **moved)
    says = "A site that moves is another site: enter that one, and close this one."
    assert [(each.pointer, each.says) for each in refused.value.errors] == [(f"/{next(iter(moved))}", says)]
    assert place.site_service.read(FROM_PRACTICE, SITE_ID) == a_site()
    assert place.told(f"PRACTICE#{PRACTICE_ID}") == []


def test_where_a_site_is_can_be_named_as_it_is(place):
    stays = {"state": "MA", "time_zone": "America/New_York", "place": BOSTON}
    assert change(place, **stays) == a_site()
    assert change(place, **stays, name="Pier") == a_site(name="Pier", version=2)


def test_another_practice_does_not_change_it(place):
    with pytest.raises(Unknown, match="site"):
        change(place, OTHER_ADMIN, rooms=1)


def test_of_two_changes_the_second_is_told_what_it_missed(place):
    change(place, rooms=4)
    with pytest.raises(StaleVersion) as by_service:
        change(place, rooms=5)
    late = a_site(rooms=5, version=2)
    with pytest.raises(StaleVersion) as by_store:
        place.sites.save(late, site_changed(late, ("rooms",), at=NOW))
    assert [(each.value.expected, each.value.actual) for each in (by_service, by_store)] == [(1, 2), (1, 2)]
