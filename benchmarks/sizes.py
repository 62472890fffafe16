"""Sizes of the bundles, unpacked and zipped: for Lambda, and compiled for this machine."""

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bitewing.kernel.wire import ROUTES

from benchmarks.installations import InstallationError, installation
from benchmarks.report import Report, verdict
from infra.bundling import LAMBDA, Target, UvBundler
from infra.recipes import RECIPES

ROOT: Final = Path(__file__).resolve().parent.parent
_MEGABYTE: Final = 1_000_000
#: What a bundle of the HTTP API may take.
MAX_UNPACKED_BYTES: Final = 25 * _MEGABYTE
MAX_ZIPPED_BYTES: Final = 8 * _MEGABYTE
#: What a file takes in a zip beside its content, and its name twice; and what ends one (PKWARE, .ZIP File Format
#: Specification, 4.3.7, 4.3.12 and 4.3.16).
_ZIP_ENTRY_BYTES: Final = 30 + 46
_ZIP_END_BYTES: Final = 22
#: Deflated sizes by digest.
_DEFLATED: Final[dict[bytes, int]] = {}


def measure() -> Iterator[Report]:
    """Bundle every function for Lambda and for this machine, and weigh both."""
    bundlers = {"Lambda": UvBundler(ROOT, LAMBDA), "this machine": UvBundler(ROOT, Target.host())}
    notes = [
        f"Megabytes of 1,000,000 bytes. Lambda: Python {LAMBDA.python_version} on {LAMBDA.platform}.",
        f"Goal of the API: {MAX_UNPACKED_BYTES // _MEGABYTE} MB unpacked, {MAX_ZIPPED_BYTES // _MEGABYTE} MB zipped.",
    ]
    if not bundlers["Lambda"].precompiled:
        notes.append(
            f"No Python {LAMBDA.python_version} is on this machine to compile with, so the bundles for Lambda are"
            " without bytecode; those for this machine show what it adds."
        )
    rows = [_row(function, target, bundler) for function in sorted(RECIPES) for target, bundler in bundlers.items()]
    try:
        stock = installation(("boto3", "aws-lambda-powertools", "pydantic"))
    except InstallationError as error:
        notes.append(f"Stock Powertools could not be installed: {error}")
    else:
        rows.append(("stock Powertools with validation", "this machine", "yes", *_sizes(stock), ""))
    columns = ("Bundle", "for", "bytecode", "files", "unpacked MB", "zipped MB", "goal")
    yield Report(title="Bundle sizes", columns=columns, rows=rows, notes=notes)


def unpacked_bytes(bundle: Path) -> int:
    """Give the sum of all files' sizes."""
    return sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())


def zipped_bytes(bundle: Path) -> int:
    """Give the size of the zip that Lambda is given.

    It is added up: of what bundles share, which is most of each, the deflated size is known from the first one.
    """
    size = _ZIP_END_BYTES
    for path in bundle.rglob("*"):
        if path.is_file():
            name = path.relative_to(bundle).as_posix().encode()
            size += _ZIP_ENTRY_BYTES + 2 * len(name) + _deflated_bytes(path.read_bytes())
    return size


def _deflated_bytes(content: bytes) -> int:
    digest = hashlib.sha256(content).digest()
    if digest not in _DEFLATED:
        deflating = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        _DEFLATED[digest] = len(deflating.compress(content)) + len(deflating.flush())
    return _DEFLATED[digest]


def _row(function: str, target: str, bundler: UvBundler) -> tuple[str, ...]:
    bundle = Path(bundler.asset(function))
    return (function, target, "yes" if bundler.precompiled else "no", *_sizes(bundle), _verdict(function, bundle))


def _sizes(bundle: Path) -> tuple[str, str, str]:
    files = sum(1 for path in bundle.rglob("*") if path.is_file())
    return str(files), f"{unpacked_bytes(bundle) / _MEGABYTE:.1f}", f"{zipped_bytes(bundle) / _MEGABYTE:.1f}"


def _verdict(function: str, bundle: Path) -> str:
    if function not in {route.function for route in ROUTES}:
        return ""
    is_small = unpacked_bytes(bundle) <= MAX_UNPACKED_BYTES and zipped_bytes(bundle) <= MAX_ZIPPED_BYTES
    return verdict(is_reached=is_small)
