from datetime import UTC, datetime, timedelta

import pytest
from bitewing.kernel.ids import ALPHABET, CASE_ID_LENGTH, LONG_ID_LENGTH, new_case_id, new_id, read_id
from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import NOW

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
#: Nine characters of time last until then.
LAST = FIRST + timedelta(milliseconds=32**9 - 1)
moments = st.datetimes(datetime(2024, 1, 1), datetime(3138, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


@pytest.mark.parametrize(("make", "length"), [(new_case_id, CASE_ID_LENGTH), (new_id, LONG_ID_LENGTH)])
@given(at=moments)
def test_ids_have_one_length_and_letters_that_nobody_misreads(make, length, at):
    made = make(at)
    assert len(made) == length
    assert set(made) <= set(ALPHABET)
    assert not set(made) & set("ILOU")


def test_a_case_id_can_be_read_over_the_phone():
    assert len(new_case_id(NOW)) == 12


@pytest.mark.parametrize("make", [new_case_id, new_id])
@given(at=moments, step=st.timedeltas(timedelta(milliseconds=1), timedelta(days=100_000)))
def test_ids_ascend_with_time_whatever_chance_adds(make, at, step):
    later = min(at + step, LAST)
    assert make(at, lambda below: below - 1) <= make(later, lambda below: below - 1)
    if later - at >= timedelta(milliseconds=2):
        assert make(at, lambda below: below - 1) < make(later, lambda _: 0)


def test_ids_of_the_first_and_last_moment_fit():
    assert new_case_id(FIRST, lambda _: 0) == "0" * 12
    assert new_case_id(LAST, lambda below: below - 1) == "Z" * 12


def test_no_id_is_made_for_a_time_before_the_first():
    with pytest.raises(ValueError, match="before 2024-01-01"):
        new_id(FIRST - timedelta(seconds=1))


def test_two_long_ids_of_one_moment_do_not_collide():
    assert len({new_id(NOW) for _ in range(10_000)}) == 10_000


def test_case_ids_of_one_moment_collide_when_chance_does():
    assert new_case_id(NOW, lambda _: 7) == new_case_id(NOW, lambda _: 7)
    assert new_case_id(NOW, lambda _: 7) != new_case_id(NOW, lambda _: 8)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("02mz-5pkw-jf6k", "02MZ5PKWJF6K"),
        (" 02MZ5PKWJF6K ", "02MZ5PKWJF6K"),
        ("O2MZ5PKWJF6K", "02MZ5PKWJF6K"),
        ("o1Il", "0111"),
        ("", ""),
    ],
)
def test_an_id_is_read_as_a_person_types_it(typed, stored):
    assert read_id(typed) == stored


@given(at=moments)
def test_an_id_is_read_as_itself(at):
    for made in (new_case_id(at), new_id(at)):
        assert read_id(made) == read_id(made.lower()) == made


def test_what_is_longer_than_any_id_is_none_and_fits_any_key():
    assert LONG_ID_LENGTH < len(read_id("A" * 100_000)) < 100
