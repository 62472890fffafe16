"""Looks into a zip without unpacking it: its directory first, then no more than each member's beginning.

So the bytes that are ever decompressed are bounded by the number of members, whatever sizes they declare. Only
photos are unpacked whole, up to a bound for all together: they may say anywhere in them where they were taken.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import pairwise
from typing import Final, NamedTuple

from bitewing.files.inspecting import dicom, images
from bitewing.files.inspecting.formats import format_of, is_other_archive
from bitewing.files.inspecting.source import CountedSource
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspecting.zip_member import LOCAL_HEADER_BYTES, DamagedMemberError, Member, Place
from bitewing.files.inspection import FileFormat, FileProblem, Problem, SeriesMeasures

#: A CBCT has up to 600 slices; an export brings a viewer along.
MAX_MEMBERS: Final = 10_000
#: What all members together may declare to become.
MAX_EXPANDED_BYTES: Final = 8 * 1024**3
#: How many times larger than the archive they may become; empty CT slices reach 20.
MAX_EXPANSION: Final = 100
#: An archive that becomes no larger than this is harmless at any ratio.
HARMLESS_BYTES: Final = 10 * 1024**2
#: The largest directory of an archive that is read: 10,000 members with names of 300 characters.
MAX_DIRECTORY_BYTES: Final = 4 * 1024**2
#: What all members together are unpacked to at most; 600 slices have headers of 2 to 12 MB.
MAX_HEADERS_BYTES: Final = 16 * 1024**2

#: What all photos together are unpacked to at most.
MAX_PHOTOS_BYTES: Final = 100_000_000

#: How much of each of the first members is fetched, and the bounds of what is learned from them, bytes.
_FIRST_FETCHED_BYTES: Final = 4 * 1024
_LEAST_FETCHED_BYTES: Final = 1024
_MOST_FETCHED_BYTES: Final = 64 * 1024
#: How many members are fetched together, to learn from and afterwards: with the most of each that is 16 MB.
_FEW_AT_ONCE: Final = 4
_MANY_AT_ONCE: Final = 256

_SNIFFED_BYTES: Final = 1024
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_BESIDE_THE_POINT: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini", "dicomdir"})
#: What viewers bring along, beside a series, that is packed as archives are: programs and their manuals.
_OF_VIEWERS: Final = frozenset(
    {"apk", "appx", "bin", "cab", "dat", "dll", "docx", "ear", "exe", "jar", "jmod", "msi", "nbm", "odt", "pak"}
    | {"pptx", "res", "war", "whl", "xlsx", "xpi"}
)
_AS_PHOTOS: Final = "Upload the photos as photos, so that their location is removed."
_DRIVE: Final = re.compile(r"[A-Za-z]:")
#: What ``zipfile`` raises for archives that contradict themselves.
_BROKEN_ZIP: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class ArchiveContent(NamedTuple):
    """What is in an archive.

    Attributes:
        format: ``DICOM_SERIES`` if a member is DICOM, otherwise ``ZIP``.
        series: For readable DICOM.
    """

    format: FileFormat
    series: SeriesMeasures | None
    problems: tuple[FileProblem, ...]


def inspect_archive(source: CountedSource) -> ArchiveContent:
    """Inspect a zip.

    Raises:
        UnusableError: Its members cannot or must not be read.
    """
    source.max_read = MAX_DIRECTORY_BYTES
    try:
        with zipfile.ZipFile(source) as archive:
            return _content(source, _members(archive, source.size))
    except _BROKEN_ZIP:
        raise UnusableError(Problem.CORRUPT, "The archive cannot be opened: it is incomplete or damaged.") from None


def _content(source: CountedSource, members: list[Place]) -> ArchiveContent:
    headers: list[dicom.Header] = []
    found: Counter[_Found] = Counter()
    for seen in _looks(source, members):
        if isinstance(seen, dicom.Header):
            headers.append(seen)
        else:
            found[seen] += 1
    dicom_objects = len(headers) + found[_Found.UNREADABLE_DICOM] + found[_Found.DICOM_WITHOUT_IMAGE]
    problems = list(_problems(len(members), found, is_series=bool(dicom_objects)))
    series = None
    if headers:
        series, more = dicom.measure_series(headers, found[_Found.UNREADABLE_DICOM])
        problems += more
    elif dicom_objects:
        problems.append(
            FileProblem(code=Problem.CORRUPT, says=f"None of the {dicom_objects} DICOM objects is a readable image.")
        )
    file_format = FileFormat.DICOM_SERIES if dicom_objects else FileFormat.ZIP
    return ArchiveContent(file_format, series, tuple(problems))


class _Found(Enum):
    """What a member is that gives no header."""

    DAMAGED = auto()
    ARCHIVE = auto()
    PART_OF_VIEWER = auto()
    PHOTO_WITH_PLACE = auto()
    UNREADABLE_DICOM = auto()
    DICOM_WITHOUT_IMAGE = auto()
    SOMETHING_ELSE = auto()


def _looks(source: CountedSource, members: Sequence[Place]) -> Iterator[dicom.Header | _Found]:
    """Look into each member, some of them fetched together: how far is learned from those before."""
    fetched, at_once, left_bytes = _FIRST_FETCHED_BYTES, _FEW_AT_ONCE, MAX_HEADERS_BYTES
    left_of_photos = MAX_PHOTOS_BYTES
    # Headers of a series are alike: the next one is read as far as the last one was, and once.
    header_bytes = _SNIFFED_BYTES
    remaining = deque(members)
    while remaining:
        batch = [remaining.popleft() for _ in range(min(at_once, len(remaining)))]
        source.expect([(place.start, min(fetched, place.end - place.start)) for place in batch])
        used = 0
        for place in batch:
            member = Member(source, place, fetched)
            seen = _look_into(member, header_bytes)
            if isinstance(seen, FileFormat):
                left_of_photos -= member.size_bytes
                yield _look_at_photo(member, seen, left_of_photos)
                continue
            yield seen
            if isinstance(seen, dicom.Header):
                header_bytes = max(_SNIFFED_BYTES, min(member.inflated_bytes, _MOST_FETCHED_BYTES))
            used = max(used, member.used_bytes)
            left_bytes -= member.inflated_bytes
            if left_bytes < 0:
                raise UnusableError(Problem.TOO_LARGE, "The headers in the archive are longer than what is inspected.")
        fetched = min(max(used + used // 4, _LEAST_FETCHED_BYTES), _MOST_FETCHED_BYTES)
        at_once = _MANY_AT_ONCE


def _look_into(member: Member, header_bytes: int) -> dicom.Header | FileFormat | _Found:
    """Read as little of a member as tells what it is; of a photo, its format.

    Args:
        member: What is looked into.
        header_bytes: How long a DICOM header is expected to be; a longer one is read on.
    """
    try:
        beginning = member.beginning(_SNIFFED_BYTES)
        member_format = format_of(beginning, member.size_bytes)
        if member_format is FileFormat.DICOM:
            return _dicom_header(member, header_bytes)
    except DamagedMemberError:
        return _Found.DAMAGED
    except dicom.NoImageError:
        return _Found.DICOM_WITHOUT_IMAGE
    except (UnusableError, dicom.HeaderTooLongError):
        # A member that is shorter than it declares leaves the header unfinished.
        return _Found.UNREADABLE_DICOM
    if member_format is FileFormat.ZIP or is_other_archive(beginning):
        return _Found.PART_OF_VIEWER if member.suffix in _OF_VIEWERS else _Found.ARCHIVE
    return member_format if member_format in images.IMAGE_FORMATS else _Found.SOMETHING_ELSE


def _look_at_photo(member: Member, photo_format: FileFormat, left_bytes: int) -> _Found:
    """Read a whole photo, and see whether it says where it was taken.

    Raises:
        UnusableError: The photos so far are more than is unpacked, or this one has too many parts.
    """
    if left_bytes < 0:
        raise UnusableError(
            Problem.TOO_LARGE,
            f"The photos in the archive have more than {MAX_PHOTOS_BYTES // 1_000_000} MB together. {_AS_PHOTOS}",
        )
    try:
        photo = member.beginning(member.size_bytes + 1)
    except DamagedMemberError:
        return _Found.DAMAGED
    images.refuse_many_parts(photo, photo_format)
    return _Found.PHOTO_WITH_PLACE if images.says_where(photo, photo_format) else _Found.SOMETHING_ELSE


def _dicom_header(member: Member, wanted: int) -> dicom.Header:
    while wanted < dicom.MAX_HEADER_BYTES:
        try:
            return dicom.read_header(member.beginning(wanted), member.size_bytes)
        except dicom.HeaderTooLongError:
            wanted *= 4
    return dicom.read_header(member.beginning(dicom.MAX_HEADER_BYTES), member.size_bytes)


def _problems(members: int, found: Counter[_Found], *, is_series: bool) -> Iterator[FileProblem]:
    if damaged := found[_Found.DAMAGED]:
        yield FileProblem(code=Problem.CORRUPT, says=f"{damaged} of the {members} files in the archive are damaged.")
    if placed := found[_Found.PHOTO_WITH_PLACE]:
        yield FileProblem(
            code=Problem.LOCATION,
            says=f"{placed} of the {members} files in the archive are photos that say where they were taken. "
            f"{_AS_PHOTOS}",
        )
    # A viewer that comes with a series is for nobody to open; elsewhere, an archive by any name hides what it holds.
    if nested := found[_Found.ARCHIVE] + (0 if is_series else found[_Found.PART_OF_VIEWER]):
        yield FileProblem(
            code=Problem.NESTED_ARCHIVE,
            says=f"{nested} of the {members} files in the archive are archives themselves.",
        )


def _members(archive: zipfile.ZipFile, archive_bytes: int) -> list[Place]:
    """The files that matter, once nothing speaks against opening them."""
    listed = archive.infolist()
    if len(listed) > MAX_MEMBERS:
        raise UnusableError(
            Problem.TOO_LARGE,
            f"The archive has {len(listed):,} files; at most {MAX_MEMBERS:,} are inspected.",
        )
    seen: set[str] = set()
    members = []
    for member in listed:
        path = _safe_path(member)
        if path in seen:
            raise UnusableError(Problem.DUPLICATE_NAME, "Two files in the archive have the same name.")
        seen.add(path)
        if not path.endswith("/") and not _is_beside_the_point(path):
            members.append(member)
    if not members:
        raise UnusableError(Problem.EMPTY, "The archive has no files.")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise UnusableError(Problem.ENCRYPTED, "The archive is encrypted: it needs a password.")
    if any(member.compress_type not in _METHODS for member in members):
        raise UnusableError(Problem.CORRUPT, "The archive is compressed in a way that is not accepted; deflate is.")
    expanded = sum(member.file_size for member in listed)
    if expanded > MAX_EXPANDED_BYTES or expanded > max(HARMLESS_BYTES, MAX_EXPANSION * archive_bytes):
        raise UnusableError(
            Problem.EXPANDS_TOO_FAR,
            f"The archive would grow from {archive_bytes / 1e6:,.1f} to {expanded / 1e6:,.1f} MB.",
        )
    return _places(listed, members, archive.start_dir)


def _places(listed: Sequence[zipfile.ZipInfo], members: Sequence[zipfile.ZipInfo], end: int) -> list[Place]:
    """Where each member lies, between its neighbors and the end of what is packed.

    Raises:
        UnusableError: Some share bytes, as they do in a bomb whose every member has a harmless ratio.
    """
    starts = sorted(member.header_offset for member in listed)
    ends = dict(pairwise([*starts, end]))
    if len(ends) < len(listed) or any(
        member.header_offset + LOCAL_HEADER_BYTES + member.compress_size > ends[member.header_offset]
        for member in listed
    ):
        raise UnusableError(
            Problem.EXPANDS_TOO_FAR, "Files in the archive lie over each other, as they do in zip bombs."
        )
    return [Place(member, ends[member.header_offset]) for member in members]


def _safe_path(member: zipfile.ZipInfo) -> str:
    """The path as every system would understand it, in one case.

    Raises:
        UnusableError: It leads out of the folder that the archive is unpacked into, is a link, or empty.
    """
    path = member.orig_filename.replace("\\", "/")
    if not path:
        raise UnusableError(Problem.CORRUPT, "A file in the archive has no name.")
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if "\0" in path or is_link or path.startswith("/") or _DRIVE.match(path) or _leads_out(path):
        raise UnusableError(
            Problem.UNSAFE_PATH,
            "A file in the archive would be unpacked outside of the archive's own folder.",
        )
    return path.casefold()


def _leads_out(path: str) -> bool:
    # Some systems strip spaces at the end of a name.
    return any(part.rstrip() == ".." for part in path.split("/"))


def _is_beside_the_point(path: str) -> bool:
    """Whether a file is left by the system that packed the archive; a DICOMDIR only lists what is there."""
    *folders, name = path.split("/")
    return "__macosx" in folders or name in _BESIDE_THE_POINT or name.startswith("._")
