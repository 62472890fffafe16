"""Damages files at random and inspects them: none may break the inspection, hold it up or fill the memory.

``python -m tools.fuzz [--count N] [--large N] [--seed S] [formats...]`` (``make fuzz``). Most files are small, because
damage goes deeper where there is less; some of each format are nearly as large as is inspected. Every file follows from
seed, format and number alone; ``--only NUMBER`` inspects a single one again, with ``--large`` a large one, and
``--keep FOLDER`` writes down what failed.

A file goes where an arrived one goes: it is inspected and judged, the location is removed from photos, and what was
found is made a record of the table. Each ends clean, or quarantined with a reason that a person can read.
"""

import argparse
import faulthandler
import io
import json
import math
import os
import random
import re
import resource
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from bitewing.aws.items import to_item, to_plain
from bitewing.files.inspecting.archive import MAX_MEMBERS
from bitewing.files.inspecting.documents import MAX_XML_BYTES
from bitewing.files.inspecting.geometry import MAX_TEXT_TRIANGLES, MAX_TRIANGLES
from bitewing.files.inspecting.images import without_location
from bitewing.files.inspecting.inspect import inspect
from bitewing.files.inspection import Inspection
from bitewing.files.kinds import FileKind
from bitewing.files.verdict import judge, sentence
from bitewing.kernel.wire import INSPECTOR_MEMORY_MB
from rich.console import Console
from rich.table import Table

from benchmarks.inspect_one import peak_bytes
from local.samples.arch import Mesh, arch, binary_stl, obj, ply, sheet, text_stl
from local.samples.cbct import Volume, slices, zip_of
from local.samples.photo import heic_photo, photo

ROOT: Final = Path(__file__).resolve().parent.parent
COUNT: Final = 10_000
#: Large files of each format beside: near the limits of triangles, bytes, pixels and members, where time and memory
#: can run out.
LARGE: Final = 20
#: What the inspecting function has, bytes; address space is counted, which is more than what is used.
MAX_MEMORY_BYTES: Final = INSPECTOR_MEMORY_MB * 1024**2
#: A file that takes longer hangs, seconds of the processor: what else runs here does not count.
MAX_SECONDS: Final = 10.0
#: A file that takes longer by the clock is not waited for, seconds.
PATIENCE_SECONDS: Final = 90.0
#: DynamoDB keeps so many digits of a number.
MAX_DIGITS: Final = 38
WORKERS: Final = 2
#: Files that one process inspects before the next one starts afresh.
_SHARE: Final = 2_500
#: Failures of one format whose stories are printed.
_TOLD: Final = 3
_IS_LARGE: Final = ", large"
_CLEAN: Final = "clean"
_FAILED: Final = "failed"


@dataclass
class Tally:
    """What became of the files of one format.

    Attributes:
        ends: How many ended clean, quarantined for which problem, or failed; each file has one end.
        failures: Number and story of each file that broke the inspection, or held it up.
        slowest_seconds: The longest that one file took.
        peak_bytes: The most memory of any process, with its libraries.
    """

    ends: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, str]] = field(default_factory=list)
    slowest_seconds: float = 0.0
    peak_bytes: int = 0

    def fail(self, number: int, story: str) -> None:
        """Count a file that failed."""
        self.ends[_FAILED] += 1
        self.failures.append((number, story))

    def add(self, other: "Tally") -> None:
        """Count what another one counted."""
        self.ends += other.ends
        self.failures += other.failures
        self.slowest_seconds = max(self.slowest_seconds, other.slowest_seconds)
        self.peak_bytes = max(self.peak_bytes, other.peak_bytes)


# --- Files to damage ---------------------------------------------------------------------------------------

_PDF: Final = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000053 00000 n \n"
    b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n102\n%%EOF\n"
)
_3SHAPE: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<HPS version="1.1">\n<Packed_geometry><Schema>CA</Schema>'
    b'<Binary_data><CA version="1.0"><Facets facet_count="2" base64_encoded_bytes="8">AAECAw==</Facets>'
    b"</CA></Binary_data></Packed_geometry>\n</HPS>\n"
)
_XML: Final = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<Order id="4711" xmlns:s="urn:scans">\n<!-- two teeth -->'
    b"<Item tooth='14'>Zo\xc3\xab &amp; <s:Scan><![CDATA[<upper>]]></s:Scan></Item><Item tooth='15'/></Order>\n"
)


@cache
def originals(name: str) -> tuple[bytes, ...]:
    """Small, good files of a format."""
    small = arch(steps=6)
    files: dict[str, Callable[[], tuple[bytes, ...]]] = {
        "stl_binary": lambda: (binary_stl(small), binary_stl(arch(steps=4), header=b"solid")),
        "stl_text": lambda: (text_stl(arch(steps=4)),),
        "ply_binary": lambda: (ply(small, "little"), ply(small, "big")),
        "ply_text": lambda: (ply(arch(steps=4), "text"),),
        "obj": lambda: (obj(arch(steps=4)), b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nf 1/1/1 2//2 -1 4\n"),
        "3shape": lambda: (_3SHAPE,),
        "dicom": lambda: tuple(slices(Volume(slices=2, side_px=8))),
        "dicom_zip": lambda: (zip_of(_members("dicom_zip")),),
        "jpeg": lambda: (
            photo(width_px=48, height_px=32, has_location=True),
            photo(width_px=64, height_px=64, is_progressive=True),
        ),
        "png": lambda: (
            photo(width_px=32, height_px=24, has_location=True, kind="PNG"),
            _with_packed_text(photo(width_px=32, height_px=24, kind="PNG")),
        ),
        "heic": lambda: (heic_photo(has_location=True), heic_photo(has_location=True, version=2)),
        "webp": lambda: (
            photo(width_px=48, height_px=32, has_location=True, kind="WEBP"),
            photo(width_px=48, height_px=32, kind="WEBP", has_exif=False),
        ),
        "pdf": lambda: (_PDF, _PDF.replace(b"/Size", b"/Encrypt 4 0 R/Size")),
        "xml": lambda: (_XML, _XML.decode().replace("utf-8", "utf-16").encode("utf-16")),
        "zip": lambda: (zip_of(_members("zip")),),
    }
    return files[name]()


def _surface(triangles: int) -> Mesh:
    """A square surface of at most so many triangles."""
    side = math.isqrt(triangles // 2)
    across, along = np.meshgrid(np.arange(side) / 10, np.arange(side) / 10)
    return sheet(np.stack([across, along, np.sin(across) + np.cos(along)], axis=2))


def large_original(name: str) -> bytes:
    """A good file of a format that is nearly as large as is inspected."""
    files: dict[str, Callable[[], bytes]] = {
        "stl_binary": lambda: binary_stl(_surface(MAX_TRIANGLES)),
        "stl_text": lambda: text_stl(_surface(MAX_TEXT_TRIANGLES // 4)),
        "ply_binary": lambda: ply(_surface(MAX_TRIANGLES), "little"),
        "ply_text": lambda: ply(_surface(MAX_TEXT_TRIANGLES), "text"),
        "obj": lambda: obj(_surface(MAX_TEXT_TRIANGLES)),
        "3shape": lambda: _3SHAPE.replace(b"AAECAw==", b"AAECAw==" * (8 << 20)),
        "dicom": lambda: slices(Volume(slices=1, side_px=4_000))[0],
        "dicom_zip": lambda: zip_of((f"CT/{n}.dcm", c) for n, c in enumerate(slices(Volume(slices=600, side_px=32)))),
        "jpeg": lambda: photo(width_px=12_000, height_px=8_300, is_progressive=True, has_location=True),
        "png": lambda: photo(width_px=9_000, height_px=9_000, has_location=True, kind="PNG"),
        "webp": lambda: photo(width_px=6_000, height_px=6_000, has_location=True, kind="WEBP"),
        "heic": lambda: heic_photo(has_location=True) + (64 << 20).to_bytes(4, "big") + b"free" + bytes((64 << 20) - 8),
        "pdf": lambda: _PDF.replace(b"startxref", b"%" + b" " * (64 << 20) + b"\nstartxref"),
        "xml": lambda: _XML.replace(b"<Item tooth='15'/>", b"<Item tooth='15'/>" * (MAX_XML_BYTES // 19)),
        "zip": lambda: zip_of((f"{n}.jpg", photo(width_px=64, height_px=64)) for n in range(MAX_MEMBERS - 1)),
    }
    return files[name]()


def _with_packed_text(png: bytes) -> bytes:
    """A PNG that says in a packed text where it was taken."""
    at = 33
    text = zlib.compress(b"<x exif:GPSLatitude='32,14.1N'/>")
    chunk = b"iTXtXML:com.adobe.xmp\0\1\0\0\0" + text
    length, checksum = (number.to_bytes(4, "big") for number in (len(chunk) - 4, zlib.crc32(chunk)))
    return png[:at] + length + chunk + checksum + png[at:]


@cache
def _members(name: str) -> tuple[tuple[str, bytes], ...]:
    if name == "dicom_zip":
        scan = slices(Volume(slices=5, side_px=8))
        return (*((f"CT/{number}.dcm", content) for number, content in enumerate(scan)), ("DICOMDIR", b"x" * 50))
    return (("order.xml", b"<order/>" * 20), ("scan/upper.stl", binary_stl(arch(steps=4))), ("photo.jpg", photo()))


#: Which kind of file a format is announced as.
FORMATS: Final[Mapping[str, FileKind]] = {
    "stl_binary": FileKind.UPPER_SCAN,
    "stl_text": FileKind.LOWER_SCAN,
    "ply_binary": FileKind.PREP_SCAN,
    "ply_text": FileKind.BITE_SCAN,
    "obj": FileKind.SCAN_BODY_SCAN,
    "3shape": FileKind.UPPER_SCAN,
    "dicom": FileKind.CBCT,
    "dicom_zip": FileKind.CBCT,
    "jpeg": FileKind.PHOTO,
    "png": FileKind.XRAY,
    "heic": FileKind.PHOTO,
    "webp": FileKind.PHOTO,
    "pdf": FileKind.DOCUMENT,
    "xml": FileKind.DOCUMENT,
    "zip": FileKind.OTHER,
}

# --- Ways to damage them -----------------------------------------------------------------------------------

_ODD_NUMBERS: Final = (0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_ODD_WORDS: Final = (
    *(b"nan", b"inf", b"-inf", b"1e999", b"1e38", b"-1e-320", b"0", b"-1", b"99999999999999999999", b"1_0", b"0x1"),
    *(b"", b"\xc2\xa0", b"+-1", b"\0"),
)
#: The part of a large file that is damaged, bytes.
_TOUCHED_BYTES: Final = 4_096
_WORD: Final = re.compile(rb"[-+.\w]+")


def _flip_bits(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _overwrite(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content))
    length = chance.choice((1, 2, 4, 8, 32))
    filling = chance.choice((b"\0", b"\xff", b"\x7f", b"0", b" ", b"\n"))
    content[at : at + length] = filling * len(content[at : at + length])


def _tamper_with_length(content: bytearray, chance: random.Random) -> None:
    layout = chance.choice(("<H", ">H", "<I", ">I", "<Q", ">Q"))
    size = struct.calcsize(layout)
    # Most lengths stand near a beginning or an end.
    reach = chance.choice((64, 256, len(content)))
    at = chance.randrange(min(reach, len(content)))
    at = at if chance.random() < 0.7 else max(len(content) - at - size, 0)  # noqa: PLR2004 - more often the beginning
    number = chance.choice((*_ODD_NUMBERS, len(content), len(content) - at, chance.randrange(1 << 16)))
    if at + size <= len(content):
        struct.pack_into(layout, content, at, number % (1 << 8 * size))


def _cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def _remove(content: bytearray, chance: random.Random) -> None:
    start, end = _part(content, chance)
    del content[start:end]


def _double(content: bytearray, chance: random.Random) -> None:
    start, end = _part(content, chance)
    at = chance.choice((end, chance.randrange(len(content) + 1)))
    content[at:at] = content[start:end] * chance.choice((1, 1, 2, 20))


def _insert(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.randbytes(chance.choice((1, 2, 3, 4, 16, 300)))


def _replace_word(content: bytearray, chance: random.Random) -> None:
    words = [match.span() for match in _WORD.finditer(content)]
    if words:
        start, end = chance.choice(words)
        content[start:end] = chance.choice(_ODD_WORDS)


def _part(content: bytearray, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(content))
    return start, min(start + chance.choice((1, 4, 12, 50, 512)), len(content))


_WAYS: Final = (
    *(_flip_bits, _overwrite, _tamper_with_length, _tamper_with_length, _cut),
    *(_remove, _double, _insert, _replace_word),
)


def damaged_large(name: str, original: bytes, seed: int, number: int) -> bytes:
    """A large file, damaged; the same arguments give the same bytes. The first one is not damaged."""
    chance = random.Random(f"{seed}/large {name}/{number}")  # noqa: S311 - damage, no secret
    content = bytearray(original)
    if number:
        # Far from its end, or most would be cut short; words are searched in a part of it alone.
        at = chance.randrange(max(len(content) - _TOUCHED_BYTES, 1))
        at = chance.choice((0, at, max(len(content) - _TOUCHED_BYTES, 0)))
        touched = content[at : at + _TOUCHED_BYTES]
        _damage(touched, chance)
        content[at : at + _TOUCHED_BYTES] = touched
    return bytes(content)


def damaged(name: str, seed: int, number: int) -> bytes:
    """A damaged file; the same arguments give the same bytes."""
    chance = random.Random(f"{seed}/{name}/{number}")  # noqa: S311 - damage, no secret
    if name in ("dicom_zip", "zip") and chance.random() < 0.5:  # noqa: PLR2004 - half of them inside of the zip
        return _with_damaged_members(_members(name), chance)
    content = bytearray(chance.choice(originals(name)))
    if chance.random() < 0.1:  # noqa: PLR2004 - a tenth begins like one file and ends like another
        other = chance.choice(originals(chance.choice(list(FORMATS))))
        content[chance.randrange(len(content)) :] = other[chance.randrange(len(other)) :]
    _damage(content, chance)
    if name == "png" and chance.random() < 0.7:  # noqa: PLR2004 - mostly with checksums that hold
        return _with_checksums(content)
    return bytes(content)


def _damage(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        if content:
            chance.choice(_WAYS)(content, chance)


def _with_damaged_members(members: Sequence[tuple[str, bytes]], chance: random.Random) -> bytes:
    spoiled = [(name, bytearray(content)) for name, content in members]
    for _ in range(chance.randint(1, 3)):
        _damage(chance.choice(spoiled)[1], chance)
    if chance.random() < 0.2:  # noqa: PLR2004 - sometimes a name
        at = chance.randrange(len(spoiled))
        name = chance.choice(("../x", "C:\\x", "a/../../b", "\u202egpj.exe", "a" * 300, "CT/0.dcm", "\n", "é\0"))
        spoiled[at] = (name, spoiled[at][1])
    packed = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(packed, "w") as archive:
        # Python warns of a name that is there twice.
        for name, content in spoiled:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            archive.writestr(info, bytes(content), chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
    return packed.getvalue()


def _with_checksums(content: bytearray) -> bytes:
    at = 8
    while at + 12 <= len(content):
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        if end + 4 > len(content):
            break
        content[end : end + 4] = zlib.crc32(content[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(content)


# --- What happens to each ----------------------------------------------------------------------------------


def end_of(content: bytes, kind: FileKind) -> str:
    """Let a file go the way of every arrived one, and say how that ends.

    Raises:
        AssertionError: It ends without a reason, with a record that cannot be stored, or still with a location.
    """
    inspection = inspect(io.BytesIO(content))
    _check_record(inspection)
    reason = judge(kind, inspection)
    if reason is not None:
        _demand(sentence(reason, kind, inspection).endswith("."), "it is quarantined without a sentence")
        return f"quarantined: {inspection.problems[0].code if inspection.problems else reason}"
    if inspection.image is not None:
        left = without_location(content)
        again = inspect(io.BytesIO(left))
        _demand(len(left) == len(content), "removing the location changed the length")
        _demand(again.usable, "removing the location broke the photo")
        _demand(again.image is not None and not again.image.has_location, "the location is still there")
    return _CLEAN


def _check_record(inspection: Inspection) -> None:
    item = to_item(to_plain(inspection))
    record = json.dumps(item)
    digits = max(map(len, re.findall(r'"N": "-?(\d+)"', record)), default=0)
    _demand(digits <= MAX_DIGITS, f"a number of its record has {digits} digits")
    # Half of a character outside of the basic plane cannot be encoded, which would end the function.
    json.dumps(item, ensure_ascii=False).encode()


def _demand(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - as of an assertion
    if not holds:
        raise AssertionError(otherwise)


def run(
    name: str,
    *,
    seed: int,
    first: int,
    count: int,
    original: bytes | None = None,
    progress: Callable[[int, Tally], None] = lambda *_: None,
) -> Tally:
    """Damage and inspect files of one format, in this process.

    Args:
        name: One of ``FORMATS``.
        seed: Chooses the damages.
        first: Number of the first file.
        count: How many.
        original: The large file that is damaged; small ones otherwise.
        progress: Told the number of each file before it is inspected, and what became of those before.
    """
    tally = Tally()
    for number in range(first, first + count):
        content = damaged_large(name, original, seed, number) if original else damaged(name, seed, number)
        progress(number, tally)
        end, story = _FAILED, ""
        began = time.process_time()
        try:
            end = end_of(content, FORMATS[name])
        except Exception:  # noqa: BLE001 - whatever it is: this is what is looked for
            story = traceback.format_exc(limit=-4)
        took = time.process_time() - began
        tally.slowest_seconds = max(tally.slowest_seconds, took)
        if took > MAX_SECONDS:
            story += f"took {took:.1f} s"
        if story:
            tally.fail(number, story)
        else:
            tally.ends[end] += 1
    return tally


# --- In processes of their own -----------------------------------------------------------------------------


def _work(name: str, seed: int, first: int, count: int, *, told: Path, original: bytes | None) -> None:
    """Run in a bounded process: hangs and lack of memory end it, and what was told last says at which file."""
    # A large file and its damaged copy lie in memory here; the function reads them from storage.
    beside = 2 * len(original or b"")
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES + beside, MAX_MEMORY_BYTES + beside))

    def progress(number: int | None, tally: Tally) -> None:
        tally.peak_bytes = peak_bytes() - beside
        tell(told, number, tally)
        faulthandler.dump_traceback_later(PATIENCE_SECONDS, exit=True, file=sys.stdout)

    tally = run(name, seed=seed, first=first, count=count, original=original, progress=progress)
    progress(None, tally)
    faulthandler.cancel_dump_traceback_later()


def tell(told: Path, number: int | None, tally: Tally) -> None:
    """Write down which file is next, or none, and what became of those before; whole, whenever the process ends."""
    written = told.with_suffix(".new")
    written.write_text(json.dumps({"next": number, **vars(tally)}), encoding="utf-8")
    written.replace(told)


def _read(told: Path) -> tuple[int | None, Tally]:
    found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    number: int | None = found.pop("next")
    found["ends"] = Counter(found["ends"])
    found["failures"] = [(failed, story) for failed, story in found["failures"]]
    return number, Tally(**found)


def _share(name: str, seed: int, first: int, count: int, scratch: Path, *, original: Path | None = None) -> Tally:
    """Have files inspected in another process, and go on after one that ended it."""
    tally, end = Tally(), first + count
    while first < end:
        told = scratch / f"{name}-{first}"
        told_to = [*map(str, (seed, first, end - first, told)), *([str(original)] if original else [])]
        done = subprocess.run(  # noqa: S603 - this module itself
            [sys.executable, "-m", "tools.fuzz", "--work", name, *told_to],
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if not told.exists():
            raise RuntimeError(done.stderr)
        at, found = _read(told)
        tally.add(found)
        if at is None:
            return tally
        tally.fail(at, f"ended its process ({done.returncode}): {done.stdout[-500:]}")
        first = at + 1
    return tally


def main() -> int:
    """Fuzz, print what became of the files, and answer whether any broke the inspection."""
    if sys.argv[1:2] == ["--work"]:
        name, seed, first, size, told, *original = sys.argv[2:]
        large = Path(original[0]).read_bytes() if original else None
        _work(name, int(seed), int(first), int(size), told=Path(told), original=large)
        return 0
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("formats", nargs="*", choices=[*FORMATS, []], help="which ones; all when none is named")
    parser.add_argument("--count", type=int, default=COUNT, help=f"files of each format (default {COUNT})")
    parser.add_argument(
        "--large", type=int, nargs="?", const=LARGE, help=f"large files of each format (default {LARGE}); or see --only"
    )
    parser.add_argument("--seed", type=int, default=1, help="chooses the damages (default 1)")
    parser.add_argument(
        "--only", type=int, help="inspect the file of this number alone, here; a large one with --large"
    )
    parser.add_argument("--keep", type=Path, help="folder to write the files to that failed")
    given = parser.parse_args()
    names = given.formats or list(FORMATS)
    console = Console(width=None if sys.stdout.isatty() else 140)
    if given.only is None:
        count = LARGE if given.large is None else given.large
        tallies = _all(names, given.seed, given.count) | _large(names, given.seed, count)
    elif given.large:
        originals_of = ((name, large_original(name)) for name in names)
        tallies = {
            f"{name}{_IS_LARGE}": run(name, seed=given.seed, first=given.only, count=1, original=original)
            for name, original in originals_of
        }
    else:
        tallies = {name: run(name, seed=given.seed, first=given.only, count=1) for name in names}
    console.print(_table(tallies, given.seed))
    for name, tally in tallies.items():
        for number, story in tally.failures[:_TOLD]:
            command = f"{name.removesuffix(_IS_LARGE)} --seed {given.seed} --only {number}"
            command += " --large" if name.endswith(_IS_LARGE) else ""
            console.print(f"python -m tools.fuzz {command}: {story}", highlight=False, markup=False, soft_wrap=True)
        for number, _ in tally.failures:
            if given.keep:
                given.keep.mkdir(parents=True, exist_ok=True)
                (given.keep / f"{name}-{given.seed}-{number}").write_bytes(_again(name, given.seed, number))
    return int(any(tally.failures for tally in tallies.values()))


def _all(names: Sequence[str], seed: int, count: int) -> dict[str, Tally]:
    tallies = {name: Tally() for name in names}
    shares = [(name, first, min(_SHARE, count - first)) for name in names for first in range(0, count, _SHARE)]
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(WORKERS) as pool:
        begun = [(name, pool.submit(_share, name, seed, first, size, Path(scratch))) for name, first, size in shares]
        for name, share in begun:
            tallies[name].add(share.result())
    return tallies


def _large(names: Sequence[str], seed: int, count: int) -> dict[str, Tally]:
    """Damage large files of each format, one after another: two at once would slow each other down."""
    tallies = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in names if count else ():
            original = Path(scratch) / "original"
            original.write_bytes(large_original(name))
            tallies[f"{name}{_IS_LARGE}"] = _share(name, seed, 0, count, Path(scratch), original=original)
    return tallies


def _again(name: str, seed: int, number: int) -> bytes:
    """The file of a row of the table and a number."""
    if name.endswith(_IS_LARGE):
        name = name.removesuffix(_IS_LARGE)
        return damaged_large(name, large_original(name), seed, number)
    return damaged(name, seed, number)


def _table(tallies: Mapping[str, Tally], seed: int) -> Table:
    table = Table(title=f"Damaged files, seed {seed}", title_justify="left")
    for column in ("Format", "files", "clean", "quarantined", "failed", "slowest s", "peak MB"):
        table.add_column(column, justify="left" if column in ("Format", "quarantined") else "right")
    for name, tally in tallies.items():
        reasons = ", ".join(
            f"{end.removeprefix('quarantined: ')} {number:,}"
            for end, number in tally.ends.most_common()
            if end not in (_CLEAN, _FAILED)
        )
        table.add_row(
            name,
            f"{tally.ends.total():,}",
            f"{tally.ends[_CLEAN]:,}",
            reasons,
            str(tally.ends[_FAILED]),
            f"{tally.slowest_seconds:.2f}",
            f"{tally.peak_bytes / 1e6:.0f}" if tally.peak_bytes else "-",
        )
    return table


if __name__ == "__main__":
    sys.exit(main())
