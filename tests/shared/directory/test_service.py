from dataclasses import replace

import pytest
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import RoleNotAllowed, Unknown

from tests.support.builders import (
    LAB_ID,
    PRACTICE_ID,
    a_lab,
    a_practice,
)
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, a_caller
from tests.support.case_days import MANAGER, a_care_team, a_clinician, a_clinician_calls


def test_people_read_the_organization_for_which_they_work(world):
    assert world.directory_service.organization_of(FROM_PRACTICE) == a_practice()
    assert world.directory_service.organization_of(FROM_LAB) == a_lab()


def test_people_of_a_care_team_read_it_and_as_which_clinician_they_work(world):
    world.roster.put(a_care_team(), a_clinician("nurse-1"))
    service = world.directory_service
    nurse, new = a_clinician_calls("nurse-1"), a_clinician_calls("nurse-2")
    both = replace(nurse, roles=frozenset({Role.CLINICIAN, Role.MANAGER}))
    for caller in (nurse, new, both, MANAGER):
        assert service.organization_of(caller) == a_care_team()
    told = [service.clinician_id_of(caller) for caller in (nurse, both, new, MANAGER, FROM_PRACTICE, FROM_LAB)]
    assert told == ["nurse-1", "nurse-1", None, None, None, None]
    # The role alone makes nobody a clinician.
    assert service.clinician_id_of(a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.CLINICIAN)) is None


def test_an_organization_that_the_directory_does_not_know_is_unknown(world):
    with pytest.raises(Unknown, match="organization"):
        world.directory_service.organization_of(FROM_OTHER_PRACTICE)
    with pytest.raises(Unknown, match="organization"):
        world.directory_service.organization_of(a_caller("practice-1", OrganizationKind.LAB, Role.LAB_ADMIN))
    with pytest.raises(Unknown, match="organization"):
        world.directory_service.organization_of(MANAGER)


@pytest.mark.parametrize(
    "caller",
    [
        replace(CLINICIAN, roles=frozenset({Role.PRACTICE_ADMIN})),
        a_caller("bitewing", OrganizationKind.PLATFORM, Role.PLATFORM_ADMIN),
        a_caller(LAB_ID, OrganizationKind.LAB, Role.PRACTICE_ADMIN),
        a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.LAB_ADMIN, Role.CLINICIAN),
        replace(FROM_PRACTICE, roles=frozenset()),
        replace(FROM_LAB, roles=frozenset()),
    ],
)
def test_who_has_no_role_of_their_organization_has_none_here(world, caller):
    assert world.directory_service.organization_of(caller) is None
    with pytest.raises(RoleNotAllowed) as refused:
        caller.side()
    assert refused.value.needed == ("lab_admin", "lab_staff", "practice_admin", "practice_staff")


def test_a_lab_is_reached_by_what_it_has_told_of_itself():
    assert a_lab(phone="").contact == "Northlight Dental Lab, cases@northlight.example"
