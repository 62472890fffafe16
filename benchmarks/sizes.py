"""Sizes of the bundles, unpacked and zipped, for Lambda."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.installations import InstallationError, installation
from benchmarks.report import Report
from infra.bundling import LAMBDA, UvBundler
from infra.recipes import RECIPES

ROOT: Final = Path(__file__).resolve().parent.parent
_MEGABYTE: Final = 1_000_000


def measure() -> Iterator[Report]:
    """Bundle every function that exists, and weigh it."""
    bundler = UvBundler(ROOT, LAMBDA)
    notes = [f"Python {LAMBDA.python_version} on {LAMBDA.platform}; megabytes of 1,000,000 bytes."]
    if not bundler.precompiled:
        notes.append(f"Without bytecode: no Python {LAMBDA.python_version} is on this machine to compile with.")
    rows = [
        _row(function, Path(bundler.asset(function)))
        for function in sorted(RECIPES)
        if (ROOT / "functions" / function / "handler.py").exists()
    ]
    try:
        stock = installation(("boto3", "aws-lambda-powertools", "pydantic"))
    except InstallationError as error:
        notes.append(f"Stock Powertools could not be installed: {error}")
    else:
        rows.append(_row("stock Powertools with validation", stock))
    columns = ("Bundle", "files", "unpacked MB", "zipped MB")
    yield Report(title="Bundle sizes", columns=columns, rows=rows, notes=notes)


def unpacked_bytes(bundle: Path) -> int:
    """Give the sum of all files' sizes."""
    return sum(path.stat().st_size for path in bundle.rglob("*") if path.is_file())


def zipped_bytes(bundle: Path) -> int:
    """Give the size of the zip that Lambda is given."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(bundle.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(bundle))
    return len(archive.getvalue())


def _row(name: str, bundle: Path) -> tuple[str, str, str, str]:
    files = sum(1 for path in bundle.rglob("*") if path.is_file())
    sizes = (unpacked_bytes(bundle), zipped_bytes(bundle))
    return (name, str(files), *(f"{size / _MEGABYTE:.1f}" for size in sizes))  # type: ignore[return-value]
