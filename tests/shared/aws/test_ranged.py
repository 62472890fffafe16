import io
import random
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from bitewing.aws.ranged import BLOCK_BYTES, CONNECTIONS, ParallelRanges, RangedObject
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


# --- Many parts at once ------------------------------------------------------------------------------------


def test_expected_parts_are_fetched_together_and_read_from_memory():
    file, asked = ranged()
    file.expect([(1_000, 50), (100_000, 70), (200_000, 10)])
    assert asked == [(1_000, 50), (100_000, 70), (200_000, 10)]
    assert (file.requests, file.fetched_bytes) == (3, 130)
    for start, length in ((200_000, 10), (1_000, 50), (100_020, 50)):
        file.seek(start)
        assert file.read(length) == CONTENT[start : start + length]
    assert len(asked) == 3


def test_expected_parts_that_lie_side_by_side_are_one_request():
    file, asked = ranged()
    file.expect([(5_000, 100), (0, 1_000), (1_000, 1_500), (3_000, 200), (9_000, 100)])
    assert asked == [(0, 5_100), (9_000, 100)]


def test_parts_inside_of_each_other_are_one_request():
    file, asked = ranged()
    file.expect([(0, 5_000), (100, 100)])
    assert asked == [(0, 5_000)]


def test_joined_parts_grow_no_larger_than_a_lump():
    file, asked = ranged(bytes(BLOCK_BYTES * 40))
    file.expect([(start, 4_096) for start in range(0, BLOCK_BYTES * 40, 4_096)])
    assert [length for _, length in asked] == [16 * BLOCK_BYTES, 16 * BLOCK_BYTES, 8 * BLOCK_BYTES]


def test_what_goes_beyond_an_expected_part_is_fetched():
    file, asked = ranged()
    file.expect([(100_000, 70)])
    for start, length in ((100_000, 71), (99_999, 5), (300_000, 5)):
        file.seek(start)
        assert file.read(length) == CONTENT[start : start + length]
    assert len(asked) > 1


def test_what_was_expected_before_is_let_go():
    file, asked = ranged()
    file.expect([(100_000, 70)])
    file.expect([(200_000, 70)])
    file.seek(100_000)
    assert file.read(70) == CONTENT[100_000:100_070]
    assert len(asked) == 3


class Storage(ThreadingHTTPServer):
    """Serves CONTENT by ranges, and answers some requests in a way that was asked for."""

    request_queue_size = 64

    def __init__(self, answer_badly=lambda _start: None):
        self.answer_badly, self.ranges, self.connections = answer_badly, [], 0
        super().__init__(("127.0.0.1", 0), Answering)

    def get_request(self):
        self.connections += 1
        return super().get_request()

    def handle_error(self, request, client_address):
        """Say nothing of connections that the other side closed."""


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        start, end = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
        self.server.ranges.append((self.path, start))
        how = self.server.answer_badly(start)
        if how == "hang up":
            self.close_connection = True
            return
        content = CONTENT[start : end + 1]
        if how == "short":
            content = content[:-1]
        self.send_response(503 if how == "busy" else 206)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    with ExitStack() as stack:

        def start(*args):
            server = stack.enter_context(Storage(*args))
            thread = Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return server

        yield start


RANGES = [(number * 1_000, 10 + number) for number in range(200)]
EXPECTED = [CONTENT[start : start + length] for start, length in RANGES]


def parallel(server):
    asked, signed = [], []

    def fetch(start, length):
        asked.append(start)
        return CONTENT[start : start + length]

    def sign():
        signed.append(1)
        return f"http://127.0.0.1:{server.server_address[1]}/bucket/key?signature=1"

    return ParallelRanges(fetch, sign), asked, signed


def test_many_ranges_come_in_their_order_with_one_signature_over_few_connections(serve):
    server = serve()
    fetch_many, asked, signed = parallel(server)
    with fetch_many:
        assert fetch_many(RANGES) == EXPECTED
        assert fetch_many(RANGES) == EXPECTED
    assert (asked, len(signed)) == ([], 1)
    assert server.connections <= CONNECTIONS
    assert {path for path, _ in server.ranges} == {"/bucket/key?signature=1"}


def test_few_ranges_are_fetched_in_the_ordinary_way(serve):
    server = serve()
    fetch_many, asked, signed = parallel(server)
    with fetch_many:
        assert fetch_many(RANGES[:15]) == EXPECTED[:15]
    assert (len(asked), signed, server.ranges) == (15, [], [])


@pytest.mark.parametrize("how", ["hang up", "short", "busy"])
def test_what_does_not_come_at_once_is_fetched_in_the_ordinary_way(serve, how):
    fetch_many, asked, _ = parallel(serve(lambda start: how if start % 3_000 == 0 else None))
    with fetch_many:
        assert fetch_many(RANGES) == EXPECTED
    assert set(asked) >= {start for start, _ in RANGES if start % 3_000 == 0}


def test_what_fails_in_the_ordinary_way_fails(serve):
    def fail(_start, _length):
        raise ConnectionRefusedError

    server = serve(lambda _: "busy")
    with (
        ParallelRanges(fail, lambda: f"http://127.0.0.1:{server.server_address[1]}/k?s") as fetch_many,
        pytest.raises(ConnectionRefusedError),
    ):
        fetch_many(RANGES)


def test_addresses_of_storage_are_asked_over_tls():
    asked = []

    def fetch(start, length):
        asked.append(start)
        return CONTENT[start : start + length]

    # Nothing speaks TLS there; hence everything comes in the ordinary way.
    with ParallelRanges(fetch, lambda: "https://127.0.0.1:9/bucket/key?signature=1") as fetch_many:
        assert fetch_many(RANGES[:20]) == EXPECTED[:20]
    assert sorted(asked) == [start for start, _ in RANGES[:20]]
