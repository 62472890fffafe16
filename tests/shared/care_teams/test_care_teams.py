"""Care teams and whom practices prefer of them: who finds, reads, enters and changes what, on every store."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from bitewing.care_teams.care_team import CarePreferences, CareTeamListing, ClinicianRole
from bitewing.care_teams.service import NewCareTeam, as_partner
from bitewing.care_teams.store import stored_practices
from bitewing.kernel.caller import AlreadyAnswered, OrganizationKind, Role
from bitewing.kernel.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    RequestInProgress,
    RoleNotAllowed,
    StaleVersion,
    Unknown,
)

from tests.support.builders import PRACTICE_ID
from tests.support.callers import (
    CLINICIAN,
    FROM_OTHER_PRACTICE,
    FROM_PRACTICE,
    LAB_ADMIN,
    PLATFORM,
    PRACTICE_ADMIN,
    a_caller,
    a_request,
)
from tests.support.care_teams import (
    CARE_TEAM_ID,
    CLINICIAN_ID,
    MANAGER,
    MANAGER_OF_A_LAB,
    OTHER_MANAGER,
    CareTeamsPlace,
    a_care_team,
    a_clinician,
)

NEW = NewCareTeam(
    name="Harbor Anesthesia",
    time_zone="America/Chicago",
    email="plan@harbor.example",
    phone="+1 312 555 0100",
    states=frozenset({"IL"}),
)
NO_STAFF = a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.MANAGER)


def names(place, beginning="", caller=FROM_PRACTICE, limit=100):
    page = place.care_team_service.by_name(caller, beginning=beginning, limit=limit, start=None)
    return [each.name for each in page.things]


def change(place, caller=MANAGER, version=1, care_team_id=CARE_TEAM_ID, **changes):
    return place.care_team_service.change(caller, care_team_id, expected_version=version, changes=changes)


def prefer(place, preferred=(), blocked=(), *, caller=PRACTICE_ADMIN, version=0, care_team_id=CARE_TEAM_ID):
    return place.preference_service.save(
        caller,
        care_team_id,
        preferred=frozenset(preferred),
        blocked=frozenset(blocked),
        expected_version=version,
    )


# --- The list ---------------------------------------------------------------------------------------------------------


def test_every_care_team_is_listed_by_name_with_its_states(place):
    page = place.care_team_service.by_name(FROM_PRACTICE, beginning="", limit=100, start=None)
    assert page.things == (
        CareTeamListing(care_team_id=CARE_TEAM_ID, name="Bright Vans", states=frozenset({"MA", "ME"})),
        CareTeamListing(care_team_id="team-2", name="Östra Care & Co.", states=frozenset({"MA", "ME"})),
    )
    assert page.next is None


@pytest.mark.parametrize(
    ("beginning", "found"), [("ÖSTRA care", ["Östra Care & Co."]), ("care", []), ("bright", ["Bright Vans"])]
)
def test_care_teams_are_found_by_the_beginning_of_their_name_as_labs_are(place, beginning, found):
    assert names(place, beginning, PLATFORM) == found


def test_pages_of_care_teams_follow_each_other(place):
    first = place.care_team_service.by_name(FROM_PRACTICE, beginning="", limit=1, start=None)
    second = place.care_team_service.by_name(FROM_PRACTICE, beginning="", limit=1, start=first.next)
    assert [each.care_team_id for each in (*first.things, *second.things)] == [CARE_TEAM_ID, "team-2"]


@pytest.mark.parametrize("caller", [MANAGER, CLINICIAN, LAB_ADMIN, NO_STAFF])
def test_the_list_of_care_teams_is_for_practices_and_the_platform(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        names(at_home, caller=caller)


# --- Reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("caller", [MANAGER, CLINICIAN, PLATFORM])
def test_its_own_people_and_the_platform_read_a_care_team_whole(at_home, caller):
    assert at_home.care_team_service.read(caller, CARE_TEAM_ID) == a_care_team()


def test_practices_read_how_to_reach_any_care_team(place):
    read = place.care_team_service.read(FROM_OTHER_PRACTICE, CARE_TEAM_ID)
    assert read == as_partner(a_care_team())
    assert not hasattr(read, "preferred_teams")


@pytest.mark.parametrize(
    ("caller", "care_team_id"),
    [(OTHER_MANAGER, CARE_TEAM_ID), (FROM_PRACTICE, "team-9"), (PLATFORM, "team-9")],
)
def test_other_care_teams_and_those_that_do_not_exist_are_unknown(at_home, caller, care_team_id):
    with pytest.raises(Unknown, match="care team"):
        at_home.care_team_service.read(caller, care_team_id)


@pytest.mark.parametrize("caller", [LAB_ADMIN, MANAGER_OF_A_LAB, NO_STAFF])
def test_labs_and_who_has_a_role_of_another_kind_read_no_care_team(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.care_team_service.read(caller, CARE_TEAM_ID)


# --- Entering and changing --------------------------------------------------------------------------------------------


def test_a_new_care_team_is_read_and_listed(place):
    made = place.care_team_service.create(PLATFORM, NEW, a_request())
    assert place.care_team_service.read(PLATFORM, made.care_team_id) == made
    assert (made.version, made.answer_hours, made.preferred_teams) == (1, 24, ())
    assert names(place, "harbor") == [NEW.name]


def test_the_same_request_enters_one_care_team(place):
    made = place.care_team_service.create(PLATFORM, NEW, a_request())
    assert place.care_team_service.create(PLATFORM, NEW, a_request()) == made
    assert names(place, "harbor") == [NEW.name]
    with pytest.raises(IdempotencyKeyReused):
        place.care_team_service.create(PLATFORM, NEW, a_request(body="another"))


def test_a_request_that_is_answered_at_this_moment_is_to_be_sent_again(place):
    place.care_teams.add(a_care_team(care_team_id="team-3"), request=a_request())
    with pytest.raises(AlreadyAnswered):
        place.care_teams.add(a_care_team(care_team_id="team-4"), request=a_request())
    assert place.care_teams.care_team("team-4") is None
    place.care_teams.answered = lambda _: None
    with pytest.raises(RequestInProgress):
        place.care_team_service.create(PLATFORM, NEW, a_request())


@pytest.mark.parametrize("caller", [MANAGER, PRACTICE_ADMIN, LAB_ADMIN])
def test_only_the_platform_enters_care_teams(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        at_home.care_team_service.create(caller, NEW, a_request())


def test_a_care_team_that_could_not_be_found_is_not_entered(at_home):
    with pytest.raises(InvalidInput):
        at_home.care_team_service.create(PLATFORM, replace(NEW, name="!"), a_request())


def test_a_manager_changes_the_own_care_team(place):
    changed = change(place, answer_hours=48, phone="+1 617 555 0199")
    assert changed == a_care_team(answer_hours=48, phone="+1 617 555 0199", version=2)
    assert place.care_team_service.read(MANAGER, CARE_TEAM_ID) == changed


def test_under_its_old_name_a_care_team_is_listed_no_more_and_its_states_are_those_of_now(place):
    change(place, name="Zebra Vans", states=frozenset({"VT"}))
    page = place.care_team_service.by_name(FROM_PRACTICE, beginning="", limit=100, start=None)
    listed = [(each.name, each.states) for each in page.things]
    assert listed == [("Östra Care & Co.", {"MA", "ME"}), ("Zebra Vans", {"VT"})]


def test_the_platform_changes_any_care_team(at_home):
    assert change(at_home, PLATFORM, care_team_id="team-2", email="new@ostra.example").version == 2


def test_a_change_that_changes_nothing_is_no_new_version(at_home):
    assert change(at_home, phone=a_care_team().phone) == a_care_team()


@pytest.mark.parametrize("caller", [CLINICIAN, PRACTICE_ADMIN])
def test_who_sees_a_care_team_and_does_not_manage_it_cannot_change_it(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        change(at_home, caller, phone="1")


def test_another_manager_does_not_even_see_it(at_home):
    with pytest.raises(Unknown):
        change(at_home, OTHER_MANAGER, phone="1")


def test_of_two_changes_the_second_is_told_what_it_missed(place):
    read = place.care_teams.care_team(CARE_TEAM_ID)
    change(place, answer_hours=48)
    with pytest.raises(StaleVersion) as by_service:
        change(place, answer_hours=12)
    with pytest.raises(StaleVersion) as by_store:
        place.care_teams.save(replace(read, answer_hours=12, version=2), before=read)
    told = [(each.value.expected, each.value.actual) for each in (by_service, by_store)]
    assert told == [(1, 2), (1, 2)]
    assert place.care_teams.care_team(CARE_TEAM_ID).answer_hours == 48


def test_wrong_values_of_a_change_are_refused(at_home):
    with pytest.raises(InvalidInput) as refused:
        change(at_home, time_zone="Mars/Base")
    assert [each.pointer for each in refused.value.errors] == ["/time_zone"]


def test_preferred_teams_are_of_clinicians_of_the_care_team(place):
    place.put(a_clinician(clinician_id="medic-1", role=ClinicianRole.MEDIC))
    team = frozenset({CLINICIAN_ID, "medic-1"})
    assert change(place, preferred_teams=(team,)).preferred_teams == (team,)
    assert change(place, version=2, preferred_teams=()).preferred_teams == ()
    with pytest.raises(InvalidInput) as refused:
        change(place, version=3, preferred_teams=(frozenset({CLINICIAN_ID, "person-9"}),))
    assert [each.pointer for each in refused.value.errors] == ["/preferred_teams/0"]


# --- Whom a practice prefers ------------------------------------------------------------------------------------------


def test_before_a_practice_says_whom_it_prefers_it_is_version_zero(place):
    nothing = CarePreferences(practice_id=PRACTICE_ID, care_team_id=CARE_TEAM_ID)
    assert place.preference_service.read(FROM_PRACTICE, CARE_TEAM_ID) == nothing


def test_what_a_practice_prefers_is_kept_for_it_alone_and_told(place):
    place.put(a_clinician(clinician_id="person-7"))
    first = prefer(place, {CLINICIAN_ID}, {"person-7"})
    assert (first.version, first.preferred, first.blocked) == (1, {CLINICIAN_ID}, {"person-7"})
    assert place.preference_service.read(FROM_PRACTICE, CARE_TEAM_ID) == first
    assert place.preference_service.read(FROM_OTHER_PRACTICE, CARE_TEAM_ID).version == 0
    place.stores.clock.advance(seconds=1)
    second = prefer(place, blocked={CLINICIAN_ID}, version=1)
    assert place.preference_service.read(PRACTICE_ADMIN, CARE_TEAM_ID) == second
    head = {"event": "CarePreferencesChanged", "practice_id": PRACTICE_ID, "care_team_id": CARE_TEAM_ID}
    assert place.told(f"PRACTICE#{PRACTICE_ID}") == [
        {**head, "preferences_version": 1},
        {**head, "preferences_version": 2},
    ]


def test_the_same_preferences_again_are_no_new_version_and_told_once(place):
    first = prefer(place, {CLINICIAN_ID})
    assert prefer(place, {CLINICIAN_ID}, version=1) == first
    assert len(place.told(f"PRACTICE#{PRACTICE_ID}")) == 1


def test_who_read_other_preferences_is_told(place):
    prefer(place, {CLINICIAN_ID})
    with pytest.raises(StaleVersion):
        prefer(place, blocked={CLINICIAN_ID})


@pytest.mark.parametrize("preferred", [{"person-9"}, {"nobody"}])
def test_somebody_of_another_care_team_cannot_be_preferred(place, preferred):
    with pytest.raises(InvalidInput):
        prefer(place, preferred)
    assert place.preference_service.read(FROM_PRACTICE, CARE_TEAM_ID).version == 0


def test_of_a_care_team_that_does_not_exist_nobody_prefers_anybody(at_home):
    with pytest.raises(Unknown):
        prefer(at_home, care_team_id="team-9")


@pytest.mark.parametrize("caller", [FROM_PRACTICE, MANAGER, PLATFORM])
def test_only_administrators_of_practices_say_whom_they_prefer(at_home, caller):
    with pytest.raises(RoleNotAllowed):
        prefer(at_home, caller=caller)


def test_a_practice_that_prefers_somebody_knows_the_care_team_from_then_on(local_stores):
    place = CareTeamsPlace(local_stores)
    place.put(a_care_team(), a_clinician())
    assert stored_practices(local_stores.table, CARE_TEAM_ID) == ()
    for version, preferred in enumerate([{CLINICIAN_ID}, set()]):
        prefer(place, preferred, version=version)
        assert stored_practices(local_stores.table, CARE_TEAM_ID) == (PRACTICE_ID,)


def test_of_many_who_save_the_first_preferences_at_once_one_does(local_stores):
    place = CareTeamsPlace(local_stores)
    place.put(a_care_team(), a_clinician())

    def save(_):
        try:
            return prefer(place, {CLINICIAN_ID}).version
        except (StaleVersion, RequestInProgress):
            return 0

    with ThreadPoolExecutor(8) as workers:
        assert sum(workers.map(save, range(8))) == 1
    assert len(place.told(f"PRACTICE#{PRACTICE_ID}")) == 1
