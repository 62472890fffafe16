"""What every directory promises; the same tests hold the table and the one in memory."""

from dataclasses import replace
from datetime import date

import pytest
from bitewing.directory.organization import ConnectionState
from bitewing.precheck.finding import Outcome
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

LAB = a_lab(working_weekdays=frozenset({1, 2, 7}), holidays=frozenset({date(2026, 7, 3), date(2026, 12, 25)}))
PROFILE = a_profile(attestations={"photos": "The photos are new."}, outcomes={"SHD-MISSING": Outcome.BLOCK, "X": None})


@pytest.fixture
def directory(stores):
    stores.directory.put(
        a_practice(),
        a_dentist(),
        a_dentist(dentist_id="dentist-0", license_expires_on=None),
        a_dentist(dentist_id="dentist-9", practice_id="practice-2"),
        LAB,
        a_connection(),
        a_connection(lab_id="lab-0", state=ConnectionState.ASKED),
        a_connection(practice_id="practice-2"),
        PROFILE,
    )
    return stores.directory


def circumstances(directory, **changes):
    wanted = {"practice_id": PRACTICE_ID, "dentist_id": DENTIST_ID, "lab_id": LAB_ID, "case_type": CaseType.CROWN}
    return directory.circumstances(**wanted | changes)


def test_everything_that_a_case_refers_to_is_found_together(directory):
    known = circumstances(directory)
    assert (known.practice, known.dentist, known.connection, known.lab, known.profile) == (
        a_practice(),
        a_dentist(),
        a_connection(),
        LAB,
        PROFILE,
    )


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"dentist_id": "nobody"}, {"dentist"}),
        ({"lab_id": "lab-9"}, {"connection", "lab", "profile"}),
        ({"case_type": CaseType.VENEER}, {"profile"}),
        ({"practice_id": "practice-9"}, {"practice", "dentist", "connection"}),
    ],
)
def test_what_does_not_exist_is_none(directory, changes, missing):
    known = circumstances(directory, **changes)
    names = ("practice", "dentist", "connection", "lab", "profile")
    assert {name for name in names if getattr(known, name) is None} == missing


def test_each_entry_is_found_by_its_key(directory):
    assert directory.practice(PRACTICE_ID) == a_practice()
    assert directory.lab(LAB_ID) == LAB
    assert directory.connection(PRACTICE_ID, LAB_ID) == a_connection()


def test_entries_that_were_never_stored_are_none(directory):
    assert directory.practice(LAB_ID) is None
    assert directory.lab(PRACTICE_ID) is None
    assert directory.connection(PRACTICE_ID, "lab-9") is None


def test_a_practice_has_its_own_dentists_in_order(directory):
    assert [each.dentist_id for each in directory.dentists(PRACTICE_ID)] == ["dentist-0", DENTIST_ID]
    assert directory.dentists("practice-9") == ()


def test_what_is_put_again_is_replaced(directory):
    ended = replace(a_connection(), state=ConnectionState.ENDED)
    directory.put(ended)
    assert directory.connection(PRACTICE_ID, LAB_ID) == ended
