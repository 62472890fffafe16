"""Reads the beginning of one member of a zip, and no more of the archive than that takes.

``zipfile`` reads members in pieces of its own size; of a CBCT, that is more than the headers need.
"""

import struct
import zipfile
import zlib
from typing import Final, NamedTuple

from bitewing.files.inspecting.source import CountedSource

#: Frame of a member's own header, bytes; name and extra fields follow.
LOCAL_HEADER_BYTES: Final = 30
_SIGNATURE: Final = b"PK\x03\x04"
_UTF_8: Final = 0x800
#: Fetched at least when more is needed, bytes.
_PIECE_BYTES: Final = 2 * 1024


class DamagedMemberError(Exception):
    """The member is not what the directory says of it."""


class Place(NamedTuple):
    """Where a member lies in its archive.

    Attributes:
        listed: What the directory says of it.
        end: Where something else begins at the latest, bytes from the archive's start.
    """

    listed: zipfile.ZipInfo
    end: int

    @property
    def start(self) -> int:
        """Where it begins, bytes from the archive's start."""
        return self.listed.header_offset


class Member:
    """A member, read from its beginning as far as is asked for.

    Attributes:
        size_bytes: Size of the unpacked member, as declared.
        inflated_bytes: Bytes unpacked so far.
    """

    def __init__(self, source: CountedSource, place: Place, first_bytes: int) -> None:
        """Remember where it is.

        Args:
            source: The archive.
            place: Where the member is in it.
            first_bytes: How much is read at first.
        """
        self._source, self._place, self._first_bytes = source, place, first_bytes
        self.size_bytes = place.listed.file_size
        self._packed = b""
        self._at = place.start
        self._left = 0
        self._unpacked = bytearray()
        is_packed = place.listed.compress_type == zipfile.ZIP_DEFLATED
        self._inflating = zlib.decompressobj(-zlib.MAX_WBITS) if is_packed else None
        self._is_open = False

    @property
    def suffix(self) -> str:
        """What follows the last dot of its name, in lower case; nothing where there is none."""
        name = self._place.listed.orig_filename.replace("\\", "/").rpartition("/")[2]
        return name.rpartition(".")[2].casefold() if "." in name else ""

    @property
    def inflated_bytes(self) -> int:
        """Bytes that were unpacked so far."""
        return len(self._unpacked)

    @property
    def used_bytes(self) -> int:
        """Bytes of the archive that this took, from the member's start on."""
        return self._at - len(self._packed) - self._place.start

    def beginning(self, wanted: int) -> bytes:
        """The first bytes of the member, fewer only where it has no more.

        Raises:
            DamagedMemberError: Its header is another one, it cannot be unpacked, or has another size or checksum
                than is listed.
        """
        if not self._is_open:
            self._open()
            self._is_open = True
        # One byte more than is declared shows that the declaration is wrong.
        until = min(wanted, self.size_bytes + 1)
        while len(self._unpacked) < until and (self._packed or self._left):
            self._unpack(until - len(self._unpacked))
        if len(self._unpacked) > self.size_bytes:
            raise DamagedMemberError
        if wanted > self.size_bytes and zlib.crc32(self._unpacked) != self._place.listed.CRC:
            raise DamagedMemberError
        return bytes(self._unpacked[:wanted])

    def _open(self) -> None:
        listed = self._place.listed
        start = self._source.read_at(self._at, min(self._first_bytes, self._place.end - self._at))
        if len(start) < LOCAL_HEADER_BYTES or not start.startswith(_SIGNATURE):
            raise DamagedMemberError
        flags, name_bytes, extra_bytes = struct.unpack("<H18xHH", start[6:LOCAL_HEADER_BYTES])
        packed_at = LOCAL_HEADER_BYTES + name_bytes + extra_bytes
        name = start[LOCAL_HEADER_BYTES : LOCAL_HEADER_BYTES + name_bytes]
        expected = listed.orig_filename.encode("utf_8" if listed.flag_bits & _UTF_8 else "cp437", "replace")
        if flags & 1 or name != expected[: len(name)] or packed_at + listed.compress_size > self._place.end - self._at:
            raise DamagedMemberError
        self._packed = start[packed_at : packed_at + listed.compress_size]
        self._at += packed_at + len(self._packed)
        self._left = listed.compress_size - len(self._packed)

    def _unpack(self, missing: int) -> None:
        if not self._packed:
            self._packed = self._source.read_at(self._at, min(max(missing, _PIECE_BYTES), self._left))
            self._at += len(self._packed)
            self._left -= len(self._packed)
            if not self._packed:
                raise DamagedMemberError
        if self._inflating is None:
            self._unpacked += self._packed[:missing]
            self._packed = self._packed[missing:]
            return
        try:
            self._unpacked += self._inflating.decompress(self._packed, missing)
        except zlib.error:
            raise DamagedMemberError from None
        self._packed = self._inflating.unconsumed_tail
        if self._inflating.eof:
            self._packed, self._left = b"", 0
