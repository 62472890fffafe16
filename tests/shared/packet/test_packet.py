import pytest

from tests.support.builders import a_patient


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Mira Holloway", "MH"), ("mira anne holloway", "MAH"), ("  Mira   ", "M"), ("Øyvind 李", "Ø李"), ("", "")],
)
def test_initials_are_all_that_a_mail_may_carry_of_a_name(name, initials):
    assert a_patient(name=name).initials == initials
