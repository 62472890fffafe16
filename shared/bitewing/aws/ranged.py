"""An object of storage as a file that is read in ranges, so that only what is looked at is fetched.

Of an archive with hundreds of members many small parts are needed. Each is a request, and S3 takes tens of
milliseconds for its first byte (Amazon S3 User Guide, "Performance design patterns"): so they are asked for side
by side, over connections that stay open, with one signature for all of them.
"""

import io
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final, Self
from urllib.parse import urlsplit

from bitewing.aws.client import READ_TIMEOUT_SECONDS

Range = tuple[int, int]
Fetch = Callable[[int, int], bytes]
FetchMany = Callable[[Sequence[Range]], Iterable[bytes]]

#: Fetched at once, bytes: the headers of a slice fit, and most of a zip directory.
BLOCK_BYTES: Final = 16 * 1024
#: A read of more than this is one request of its own, bytes: a mesh is read whole.
_LUMP_BYTES: Final = 16 * BLOCK_BYTES
#: Blocks kept at hand: headers that are read twice are fetched once.
_KEPT_BLOCKS: Final = 64
#: Expected parts that are nearer to each other than this are fetched as one, bytes.
_NEAR_BYTES: Final = 2 * 1024
#: Requests that are under way at one time. S3 answers thousands a second to one prefix.
CONNECTIONS: Final = 16
#: Fewer parts than this are not worth a signature of their own.
_MANY: Final = 16


class RangedObject(io.RawIOBase):
    """Reads an object by ranges; seeking costs nothing.

    Attributes:
        fetched_bytes: What was fetched so far.
        requests: How many requests that took.
    """

    def __init__(self, fetch: Fetch, size_bytes: int, fetch_many: FetchMany | None = None) -> None:
        """Remember how to fetch a range.

        Args:
            fetch: Takes a start and a length in bytes and returns those bytes.
            size_bytes: Size of the whole object.
            fetch_many: Takes many such ranges and yields their bytes in the same order; one by one where it is
                left out.
        """
        super().__init__()
        self._fetch, self._size = fetch, size_bytes
        self._fetch_many = fetch_many or (lambda ranges: [fetch(start, length) for start, length in ranges])
        self._expected_starts: list[int] = []
        self._expected: list[bytes] = []
        self._at = 0
        self._blocks: dict[int, bytes] = {}
        self.fetched_bytes = 0
        self.requests = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Return where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the next read.

        Raises:
            ValueError: To before the object's start.
        """
        position = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + offset
        if position < 0:
            msg = f"there is nothing before the start of an object, at {position}"
            raise ValueError(msg)
        self._at = position
        return position

    def read(self, size: int | None = -1) -> bytes:
        """Return up to ``size`` bytes, fewer only at the end of the object."""
        left = max(self._size - self._at, 0)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted == 0:
            return b""
        content = self._from_expected(wanted)
        if not content:
            content = self._range(wanted) if wanted > _LUMP_BYTES else self._from_blocks(wanted)
        self._at += len(content)
        return content

    def expect(self, parts: Sequence[Range]) -> None:
        """Fetch parts that are about to be read, together; what was expected before is let go.

        Args:
            parts: Start and length of each, bytes, inside of the object.
        """
        ranges = _joined(parts)
        self._expected_starts = [start for start, _ in ranges]
        self._expected = list(self._fetch_many(ranges))
        self.fetched_bytes += sum(map(len, self._expected))
        self.requests += len(ranges)

    def _from_expected(self, wanted: int) -> bytes:
        """The bytes at hand, or none where they are not all in one part."""
        number = bisect_right(self._expected_starts, self._at) - 1
        if number < 0:
            return b""
        begin = self._at - self._expected_starts[number]
        content = self._expected[number][begin : begin + wanted]
        return content if len(content) == wanted else b""

    def _from_blocks(self, wanted: int) -> bytes:
        first, last = self._at // BLOCK_BYTES, (self._at + wanted - 1) // BLOCK_BYTES
        content = b"".join(self._block(number) for number in range(first, last + 1))
        begin = self._at - first * BLOCK_BYTES
        return content[begin : begin + wanted]

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            if len(self._blocks) >= _KEPT_BLOCKS:
                del self._blocks[next(iter(self._blocks))]
            start = number * BLOCK_BYTES
            self._blocks[number] = self._fetched(start, min(BLOCK_BYTES, self._size - start))
        return self._blocks[number]

    def _range(self, wanted: int) -> bytes:
        return self._fetched(self._at, wanted)

    def _fetched(self, start: int, length: int) -> bytes:
        content = self._fetch(start, length)
        self.fetched_bytes += len(content)
        self.requests += 1
        return content


class ParallelRanges:
    """Fetches ranges of one object side by side; a context manager, whose end closes the connections.

    Over the plain HTTP client: for a part of a few kilobytes, botocore takes ten times as long to ask as S3's
    answer takes to be read.
    """

    def __init__(self, fetch: Fetch, sign: Callable[[], str]) -> None:
        """Remember how the object is reached.

        Args:
            fetch: Takes a start and a length in bytes and returns those bytes, with repetitions where they are
                needed: what does not come at once is fetched with it.
            sign: Returns an address that gives the object for the next minutes. Only asked for many ranges.
        """
        self._fetch, self._sign = fetch, sign
        self._connections: list[HTTPConnection] = []
        self._target = ""

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what was opened."""
        for connection in self._connections:
            connection.close()

    def __call__(self, ranges: Sequence[Range]) -> list[bytes]:
        """Return the bytes of each range."""
        if len(ranges) < _MANY:
            return [self._fetch(start, length) for start, length in ranges]
        if not self._connections:
            self._prepare()
        with ThreadPoolExecutor(CONNECTIONS) as workers:
            shares = list(
                workers.map(
                    self._one_after_the_other,
                    self._connections,
                    [ranges[number::CONNECTIONS] for number in range(CONNECTIONS)],
                )
            )
        return [shares[number % CONNECTIONS][number // CONNECTIONS] for number in range(len(ranges))]

    def _prepare(self) -> None:
        address = urlsplit(self._sign())
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self._target = f"{address.path}?{address.query}"
        self._connections = [
            kind(address.hostname or "", address.port, timeout=READ_TIMEOUT_SECONDS) for _ in range(CONNECTIONS)
        ]

    def _one_after_the_other(self, connection: HTTPConnection, ranges: Sequence[Range]) -> list[bytes]:
        return [self._fetched(connection, start, length) for start, length in ranges]

    def _fetched(self, connection: HTTPConnection, start: int, length: int) -> bytes:
        try:
            connection.request("GET", self._target, headers={"Range": f"bytes={start}-{start + length - 1}"})
            answer = connection.getresponse()
            content = answer.read()
        except (HTTPException, OSError):
            # The next request opens the connection anew.
            connection.close()
            return self._fetch(start, length)
        is_whole = answer.status == HTTPStatus.PARTIAL_CONTENT and len(content) == length
        return content if is_whole else self._fetch(start, length)


def _joined(parts: Iterable[Range]) -> list[Range]:
    """The parts in their order, those that touch or nearly do as one."""
    joined: list[Range] = []
    for start, length in sorted(parts):
        if joined and start <= sum(joined[-1]) + _NEAR_BYTES and start + length - joined[-1][0] <= _LUMP_BYTES:
            first, so_far = joined[-1]
            joined[-1] = (first, max(so_far, start + length - first))
        else:
            joined.append((start, length))
    return joined
