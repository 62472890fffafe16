import pytest
from bitewing.cases.access import ensure_own, ensure_prepares, ensure_visible, party_of
from bitewing.cases.status import IS_BEING_PREPARED, Party, Status
from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, OrganizationKind, Role
from bitewing.kernel.errors import RoleNotAllowed, Unknown

from tests.support.builders import LAB_ID, PRACTICE_ID, a_case, a_practice
from tests.support.callers import CLINICIAN, FROM_LAB, FROM_OTHER_LAB, FROM_OTHER_PRACTICE, FROM_PRACTICE, a_caller
from tests.support.changes import a_sent_case

DRAFT, SENT = a_case(), a_sent_case()


@pytest.mark.parametrize("kind", list(OrganizationKind))
@pytest.mark.parametrize("role", list(Role))
def test_a_person_stands_on_the_side_of_their_organization_if_their_role_is_of_it(kind, role):
    caller = a_caller("organization", kind, role)
    if kind is OrganizationKind.PRACTICE and role in PRACTICE_ROLES:
        assert party_of(caller) is Party.PRACTICE
    elif kind is OrganizationKind.LAB and role in LAB_ROLES:
        assert party_of(caller) is Party.LAB
    else:
        with pytest.raises(RoleNotAllowed):
            party_of(caller)


@pytest.mark.parametrize(("case", "caller"), [(DRAFT, FROM_PRACTICE), (SENT, FROM_PRACTICE), (SENT, FROM_LAB)])
def test_a_case_is_visible_to_its_practice_and_once_sent_to_its_lab(case, caller):
    assert ensure_visible(case, caller) is case


@pytest.mark.parametrize(
    ("case", "caller"),
    [
        (DRAFT, FROM_LAB),
        (DRAFT, FROM_OTHER_PRACTICE),
        (SENT, FROM_OTHER_PRACTICE),
        (SENT, FROM_OTHER_LAB),
        # Ids of another kind of organization open nothing.
        (SENT, a_caller(LAB_ID)),
        (SENT, a_caller(PRACTICE_ID, OrganizationKind.LAB, Role.LAB_ADMIN)),
        (None, FROM_PRACTICE),
        (None, FROM_LAB),
    ],
)
@pytest.mark.parametrize("ensure", [ensure_visible, ensure_own])
def test_a_case_of_others_is_as_unknown_as_one_that_does_not_exist(ensure, case, caller):
    with pytest.raises(Unknown, match="There is no such case"):
        ensure(case, caller)


@pytest.mark.parametrize("case", [DRAFT, SENT, None])
@pytest.mark.parametrize("ensure", [ensure_visible, ensure_own])
def test_who_works_in_no_practice_and_no_lab_learns_nothing(ensure, case):
    with pytest.raises(RoleNotAllowed):
        ensure(case, CLINICIAN)


def test_a_practice_may_change_its_own_case():
    assert ensure_own(DRAFT, FROM_PRACTICE) is DRAFT


@pytest.mark.parametrize("caller", [FROM_LAB, FROM_PRACTICE])
def test_a_draft_that_a_lab_started_is_visible_to_both_and_both_may_change_it(caller):
    draft = a_case(started_by=Party.LAB)
    assert ensure_own(draft, caller) is draft
    ensure_prepares(draft, caller, a_practice())


@pytest.mark.parametrize("caller", [FROM_OTHER_LAB, FROM_OTHER_PRACTICE])
def test_a_draft_that_a_lab_started_is_unknown_to_others(caller):
    with pytest.raises(Unknown):
        ensure_visible(a_case(started_by=Party.LAB), caller)


@pytest.mark.parametrize("status", list(Status))
def test_a_lab_goes_on_to_prepare_what_it_started_only_while_nobody_of_the_practice_can(status):
    sent = a_sent_case(status, started_by=Party.LAB)
    guest, joined = a_practice(registered_by=LAB_ID), a_practice()
    for practice in (joined, None):
        with pytest.raises(RoleNotAllowed):
            ensure_prepares(sent, FROM_LAB, practice)
    if status in IS_BEING_PREPARED:
        assert ensure_own(sent, FROM_LAB) is sent
        ensure_prepares(sent, FROM_LAB, guest)
    else:
        with pytest.raises(RoleNotAllowed):
            ensure_own(sent, FROM_LAB)
        with pytest.raises(RoleNotAllowed):
            ensure_prepares(sent, FROM_LAB, guest)
    ensure_prepares(sent, FROM_PRACTICE, joined)


@pytest.mark.parametrize(
    "caller", [FROM_LAB, a_caller(LAB_ID, OrganizationKind.LAB, Role.LAB_STAFF, Role.PRACTICE_ADMIN)]
)
def test_a_lab_may_see_a_sent_case_but_not_change_it_whatever_other_roles_its_person_has(caller):
    with pytest.raises(RoleNotAllowed) as refused:
        ensure_own(SENT, caller)
    assert refused.value.needed == ("practice_admin", "practice_staff")
