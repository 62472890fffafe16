"""A file that counts what is read of it and refuses to be read in lumps that memory cannot take."""

import io
from collections.abc import Sequence
from typing import BinaryIO, Protocol, runtime_checkable

from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import Problem


@runtime_checkable
class ReadsAhead(Protocol):
    """A source that can fetch many parts at once, which is worth much where each request takes its time."""

    def expect(self, parts: Sequence[tuple[int, int]]) -> None:
        """Fetch parts that are about to be read, each a start and a length in bytes; let go of earlier ones."""


class CountedSource(io.RawIOBase):
    """Reads from another seekable file, which may lie in S3.

    Attributes:
        size: Bytes of the whole file.
        bytes_read: Bytes read so far.
        max_read: The most bytes that one read may ask for; a larger one raises ``UnusableError``.
    """

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source = source
        self.size = source.seek(0, io.SEEK_END)
        self.bytes_read = 0
        self.max_read = self.size
        self._at = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the next read.

        Raises:
            UnsupportedOperation: To before the file's start; an ``OSError``, as of any file.
        """
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise io.UnsupportedOperation(f"seek to {base + offset}")
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """At most ``size`` bytes, fewer only at the end of the file.

        Raises:
            UnusableError: More than ``max_read`` bytes are asked for and exist.
        """
        left = max(self.size - self._at, 0)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > self.max_read:
            raise UnusableError(Problem.TOO_LARGE, f"A part of {_megabytes(wanted)} is larger than what is inspected.")
        pieces = []
        missing = wanted
        self._source.seek(self._at)
        while missing and (piece := self._source.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
        content = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self._at += len(content)
        self.bytes_read += len(content)
        return content

    def expect(self, parts: Sequence[tuple[int, int]]) -> None:
        """Announce which parts are read next, each a start and a length in bytes, to a source that can use it."""
        if isinstance(self._source, ReadsAhead):
            self._source.expect(parts)

    def read_at(self, offset: int, size: int) -> bytes:
        """``size`` bytes from ``offset``, fewer at the end of the file."""
        self.seek(offset)
        return self.read(size)

    def refuse_larger(self, *, at_most: int, what: str, do: str = "") -> None:
        """Raise ``UnusableError`` for a file of more bytes than are read; ``what`` names it, ``do`` may help."""
        if self.size > at_most:
            says = f"The {what} has {_megabytes(self.size)}; at most {_megabytes(at_most)} are inspected."
            raise UnusableError(Problem.TOO_LARGE, f"{says} {do}".rstrip())

    def read_whole(self, head: bytes, *, at_most: int, what: str) -> bytes:
        """The whole file.

        Args:
            head: The first bytes, which have been read already.
            at_most: Bytes that are still read.
            what: Names the file in the refusal, such as "mesh".

        Raises:
            UnusableError: The file is larger.
        """
        self.refuse_larger(at_most=at_most, what=what)
        return head + self.read_at(len(head), self.size - len(head))


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:,.1f} MB"
