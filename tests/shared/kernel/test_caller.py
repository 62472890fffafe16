import pytest
from bitewing.kernel import wire
from bitewing.kernel.caller import LAB_ROLES, PRACTICE_ROLES, Role
from bitewing.kernel.errors import RoleNotAllowed

from tests.support.callers import FROM_LAB, FROM_PRACTICE


def test_a_caller_with_one_of_the_roles_passes():
    FROM_PRACTICE.ensure_any_of(PRACTICE_ROLES)
    FROM_LAB.ensure_any_of(LAB_ROLES | PRACTICE_ROLES)


def test_a_caller_with_none_of_the_roles_is_told_which_are_needed():
    with pytest.raises(RoleNotAllowed) as refused:
        FROM_LAB.ensure_any_of(PRACTICE_ROLES)
    assert refused.value.facts() == {"needed_roles": ["practice_admin", "practice_staff"]}


def test_the_roles_of_the_code_are_the_groups_of_the_user_pool():
    assert sorted(wire.ROLES) == sorted(Role)
