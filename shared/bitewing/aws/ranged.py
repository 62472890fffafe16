"""An object of storage as a file that is read in ranges, so that only what is looked at is fetched."""

import io
from collections.abc import Callable
from typing import Final

#: Fetched at once, bytes: the headers of a slice fit, and most of a zip directory.
BLOCK_BYTES: Final = 16 * 1024
#: A read of more than this is one request of its own, bytes: a mesh is read whole.
_LUMP_BYTES: Final = 16 * BLOCK_BYTES
#: Blocks kept at hand: headers that are read twice are fetched once.
_KEPT_BLOCKS: Final = 64


class RangedObject(io.RawIOBase):
    """Reads an object by ranges; seeking costs nothing.

    Attributes:
        fetched_bytes: What was fetched so far.
        requests: How many requests that took.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], size_bytes: int) -> None:
        """Remember how to fetch a range.

        Args:
            fetch: Takes a start and a length in bytes and returns those bytes.
            size_bytes: Size of the whole object.
        """
        super().__init__()
        self._fetch, self._size = fetch, size_bytes
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
        content = self._range(wanted) if wanted > _LUMP_BYTES else self._from_blocks(wanted)
        self._at += len(content)
        return content

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
