"""What the inspection of a file reads, how long it takes and how much memory, beside the usual libraries."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.report import Report, progress
from local.scans import scans_for_walk
from local.walk import PATIENT

ROOT: Final = Path(__file__).resolve().parent.parent
RUNS: Final = 3
_MEGABYTE: Final = 1_000_000
#: The usual way with each kind of file: everything is read and decoded.
_USUAL: Final = {".stl": "trimesh", ".ply": "trimesh", ".obj": "trimesh", ".zip": "pydicom", ".jpg": "Pillow"}


def measure() -> Iterator[Report]:
    """Inspect the walk's scans, or those of the folder that ``SCANS`` names, each in a process of its own."""
    folder = os.environ.get("SCANS")
    with tempfile.TemporaryDirectory() as scratch:
        files = []
        for scan in scans_for_walk(Path(folder) if folder else None, patient=PATIENT):
            file = Path(scratch, Path(scan.name).name)
            file.write_bytes(scan.content)
            files.append(file)
        rows = []
        with progress("Inspecting", 2 * len(files)) as advance:
            for file in files:
                for way in ("bitewing", _USUAL.get(file.suffix.lower())):
                    if way is not None:
                        rows.append(_row(file, way))
                    advance()
    yield Report(
        title="Inspection of files",
        columns=("File", "by", "size MB", "read MB", "read %", "import s", "inspect s", "peak MB"),
        rows=rows,
        notes=(
            f"Least of {RUNS} fresh processes; peak of the whole process with its libraries.",
            "Others look less closely: trimesh says whether a mesh is closed, pydicom and Pillow decode pixels.",
        ),
    )


def _row(file: Path, way: str) -> tuple[str, ...]:
    runs = [inspected(file, way) for _ in range(RUNS)]
    size = file.stat().st_size
    read = runs[0]["bytes_read"]
    return (
        file.name,
        way,
        f"{size / _MEGABYTE:.2f}",
        f"{read / _MEGABYTE:.2f}",
        f"{100 * read / size:.1f}",
        f"{min(run['import_seconds'] for run in runs):.2f}",
        f"{min(run['seconds'] for run in runs):.2f}",
        f"{min(run['peak_bytes'] for run in runs) / _MEGABYTE:.0f}",
    )


def inspected(file: Path, way: str) -> dict[str, Any]:
    """Let a fresh process inspect a file, and give what that took."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.inspect_one", way, str(file)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "shared"), str(ROOT)))},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found
