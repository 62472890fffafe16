from dataclasses import replace

import pytest
from bitewing.directory.organization import ConnectionState
from bitewing.kernel.caller import OrganizationKind, Role
from bitewing.kernel.errors import RoleNotAllowed, Unknown
from bitewing.requirements.case_types import CaseType

from tests.support.builders import (
    DENTIST_ID,
    LAB_ID,
    PRACTICE_ID,
    a_connection,
    a_dentist,
    a_lab,
    a_practice,
    a_profile,
)
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, a_caller


def test_people_read_the_organization_for_which_they_work(world):
    assert world.directory_service.organization_of(FROM_PRACTICE) == a_practice()
    assert world.directory_service.organization_of(FROM_LAB) == a_lab()


def test_an_organization_that_the_directory_does_not_know_is_unknown(world):
    with pytest.raises(Unknown, match="organization"):
        world.directory_service.organization_of(FROM_OTHER_PRACTICE)
    with pytest.raises(Unknown, match="organization"):
        world.directory_service.organization_of(a_caller("practice-1", OrganizationKind.LAB, Role.LAB_ADMIN))


def test_who_works_in_no_practice_and_no_lab_has_no_organization_here(world):
    with pytest.raises(RoleNotAllowed):
        world.directory_service.organization_of(CLINICIAN)


def test_a_practice_reads_its_own_dentists_and_labs(world):
    world.directory.put(
        a_dentist(dentist_id="theirs", practice_id="practice-2"), a_connection(practice_id="practice-2")
    )
    assert [each.dentist_id for each in world.directory_service.dentists(FROM_PRACTICE)] == [DENTIST_ID]
    assert world.directory_service.connections(FROM_PRACTICE) == (a_connection(),)


@pytest.mark.parametrize("caller", [FROM_LAB, CLINICIAN, a_caller(LAB_ID, OrganizationKind.LAB, Role.PRACTICE_ADMIN)])
def test_dentists_and_labs_are_lists_of_a_practice(world, caller):
    for ask in (world.directory_service.dentists, world.directory_service.connections):
        with pytest.raises(RoleNotAllowed):
            ask(caller)


@pytest.mark.parametrize("caller", [FROM_PRACTICE, FROM_LAB])
def test_a_connected_practice_and_the_lab_itself_read_what_the_lab_wants(world, caller):
    assert world.directory_service.profile(caller, LAB_ID, CaseType.CROWN) == a_profile()
    with pytest.raises(Unknown, match="requirement profile"):
        world.directory_service.profile(caller, LAB_ID, CaseType.VENEER)


@pytest.mark.parametrize("state", sorted(set(ConnectionState) - {ConnectionState.ACCEPTED}))
def test_a_connection_that_is_not_accepted_shows_nothing(world, state):
    world.directory.put(a_connection(state=state))
    with pytest.raises(Unknown):
        world.directory_service.profile(FROM_PRACTICE, LAB_ID, CaseType.CROWN)


@pytest.mark.parametrize("caller", [FROM_OTHER_PRACTICE, FROM_OTHER_LAB])
def test_strangers_read_no_profile(world, caller):
    with pytest.raises(Unknown):
        world.directory_service.profile(caller, LAB_ID, CaseType.CROWN)


def test_a_connection_lets_a_practice_read_a_profile_and_no_lab_that_is_called_alike(world):
    world.directory.put(a_connection(practice_id="lab-2"))
    with pytest.raises(Unknown):
        world.directory_service.profile(FROM_OTHER_LAB, LAB_ID, CaseType.CROWN)


@pytest.mark.parametrize(
    "caller",
    [
        CLINICIAN,
        a_caller(LAB_ID, OrganizationKind.LAB, Role.PRACTICE_ADMIN),
        a_caller(PRACTICE_ID, OrganizationKind.PRACTICE, Role.LAB_ADMIN, Role.CLINICIAN),
        replace(FROM_PRACTICE, roles=frozenset()),
        replace(FROM_LAB, roles=frozenset()),
    ],
)
def test_who_has_no_role_of_their_organizations_side_reads_no_profile_and_no_organization(world, caller):
    for ask in (
        lambda: world.directory_service.profile(caller, LAB_ID, CaseType.CROWN),
        lambda: world.directory_service.organization_of(caller),
    ):
        with pytest.raises(RoleNotAllowed) as refused:
            ask()
        assert refused.value.needed == ("lab_admin", "lab_staff", "practice_admin", "practice_staff")


def test_a_lab_is_reached_by_what_it_has_told_of_itself():
    assert a_lab(phone="").contact == "Northlight Dental Lab, cases@northlight.example"
