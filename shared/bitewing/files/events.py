"""What happens to files, told to whoever listens on the bus."""

from dataclasses import dataclass
from typing import ClassVar

from bitewing.files.inspection import FileFormat
from bitewing.files.kinds import FileKind
from bitewing.kernel.events import EventOfCase
from bitewing.kernel.wire import FILES_SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvent(EventOfCase):
    """A fact about a file of a case.

    Attributes:
        file_version: The version of the file's record after the change.
    """

    SOURCE: ClassVar[str] = FILES_SOURCE

    file_id: str
    file_version: int
    kind: FileKind


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnnounced(FileEvent):
    """A practice announced a file; its bytes are on their way."""

    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKept(FileEvent):
    """A file arrived and is what it claims to be."""

    #: 2: the format can be WebP or XML.
    VERSION: ClassVar[int] = 2

    format: FileFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class FileQuarantined(FileEvent):
    """A file arrived and was set aside: it is not what it claims to be, or cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRemoved(FileEvent):
    """A practice took a file out of the packet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReplaced(FileEvent):
    """Another file took the place of this one in the packet.

    Attributes:
        replaced_by: The file that is part of the packet now.
    """

    replaced_by: str
