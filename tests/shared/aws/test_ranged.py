import io
import random

import pytest
from bitewing.aws.ranged import BLOCK_BYTES, RangedObject
from hypothesis import given, settings
from hypothesis import strategies as st

CONTENT = random.Random(7).randbytes(BLOCK_BYTES * 20 + 123)  # noqa: S311 - noise, no secret


def ranged(content=CONTENT):
    asked = []

    def fetch(start, length):
        asked.append((start, length))
        assert 0 < length <= len(content) - start, "nothing outside of the object is asked for"
        return content[start : start + length]

    return RangedObject(fetch, len(content)), asked


steps = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(-1, len(CONTENT) + 10)),
        st.tuples(st.just("read"), st.integers(0, 300)),
        st.tuples(st.just("seek"), st.integers(0, len(CONTENT) + 10)),
    ),
    max_size=20,
)


@settings(deadline=None)
@given(steps)
def test_an_object_read_in_ranges_is_a_file_like_any_other(taken):
    file, _ = ranged()
    real = io.BytesIO(CONTENT)
    for step, number in taken:
        assert getattr(file, step)(number) == getattr(real, step)(number)
        assert file.tell() == real.tell()


def test_it_can_be_read_and_sought_and_knows_its_end():
    file, _ = ranged()
    assert file.readable()
    assert file.seekable()
    assert file.seek(-10, io.SEEK_END) == len(CONTENT) - 10
    assert file.read(4) == CONTENT[-10:-6]
    assert file.seek(2, io.SEEK_CUR) == len(CONTENT) - 4
    assert file.read() == CONTENT[-4:]
    assert file.read(None) == file.read(0) == b""


def test_there_is_nothing_before_the_start():
    file, _ = ranged()
    with pytest.raises(ValueError, match="before the start"):
        file.seek(-1)


def test_small_reads_near_each_other_are_one_request():
    file, asked = ranged()
    for place in (0, 10, 4, 1000):
        file.seek(place)
        file.read(50)
    assert asked == [(0, BLOCK_BYTES)]
    assert (file.requests, file.fetched_bytes) == (1, BLOCK_BYTES)


def test_the_last_block_ends_where_the_object_ends():
    file, asked = ranged()
    file.seek(-5, io.SEEK_END)
    assert file.read(100) == CONTENT[-5:]
    assert asked == [(BLOCK_BYTES * 20, 123)]


def test_a_read_of_the_whole_is_one_request():
    file, asked = ranged()
    assert file.read() == CONTENT
    assert asked == [(0, len(CONTENT))]


def test_headers_of_a_long_file_are_fetched_and_the_rest_is_not():
    content = bytes(BLOCK_BYTES * 200)
    file, asked = ranged(content)
    for block in range(0, 200, 10):
        file.seek(block * BLOCK_BYTES)
        file.read(100)
    assert len(asked) == 20
    assert file.fetched_bytes == len(content) // 10


def test_only_some_blocks_are_kept_at_hand():
    content = bytes(BLOCK_BYTES * 80)
    file, asked = ranged(content)
    for block in (*range(70), 69, 0):
        file.seek(block * BLOCK_BYTES)
        file.read(1)
    assert len(asked) == 71


def test_an_empty_object_asks_for_nothing():
    file, asked = ranged(b"")
    assert file.read() == b""
    assert asked == []
