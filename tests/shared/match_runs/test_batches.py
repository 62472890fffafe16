"""Batches have every part once, are few, and similar in size."""

from bitewing.match_runs.batches import MAX_BATCHES, batches_of, size_of
from hypothesis import given
from hypothesis import strategies as st

from tests.support.matching import a_clinician, a_request, an_instance


def a_part(clinicians, dates):
    return an_instance(
        clinicians=tuple(a_clinician(f"N{number}") for number in range(clinicians)),
        requests=tuple(a_request(f"R{number}", dates=((number, 0),)) for number in range(dates)),
    )


parts = st.lists(st.builds(a_part, st.integers(1, 9), st.integers(1, 9)), max_size=60)


@given(parts)
def test_every_part_is_in_one_batch_and_no_batch_is_larger_than_another_by_more_than_a_part(some):
    found = batches_of(some)
    assert sorted(number for batch in found for number in batch) == list(range(len(some)))
    assert len(found) == min(len(some), MAX_BATCHES)
    sizes = [sum(size_of(some[number]) for number in batch) for batch in found]
    largest = max((size_of(each) for each in some), default=0)
    assert max(sizes, default=0) - min(sizes, default=0) <= largest
    assert batches_of(list(some)) == found


def test_the_largest_are_dealt_out_first():
    assert batches_of([]) == ()
    assert batches_of([a_part(1, 1)] * 3) == ((0,), (1,), (2,))
    some = [a_part(9, 9)] * 19 + [a_part(1, 2), a_part(1, 1), a_part(1, 1)]
    assert batches_of(some)[18:] == ((18,), (19, 20, 21))
