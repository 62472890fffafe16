"""By what the cases of one patient are found."""

from dataclasses import replace

import pytest
from bitewing.cases.patients import patient_key

from tests.support.builders import a_patient, a_practice


def test_one_name_has_one_key_in_a_practice_and_another_one_elsewhere():
    here, there = a_practice(patient_salt="a"), a_practice(patient_salt="b")
    key = patient_key(here, a_patient(name="Ada Holloway"))
    assert key == patient_key(here, a_patient(name="ada  HOLLOWAY"))
    assert key not in (
        patient_key(there, a_patient(name="Ada Holloway")),
        patient_key(here, a_patient(name="Ada Hollow")),
    )


@pytest.mark.parametrize(("practice", "name"), [(None, "Ada Holloway"), (a_practice(), "")])
def test_who_has_no_practice_or_no_name_has_no_key(practice, name):
    assert patient_key(practice, replace(a_patient(), name=name)) is None
