"""Inspecting a large scan, beside loading it with trimesh and asking whether it is closed."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.inspection import inspected
from benchmarks.report import Report, progress, verdict
from local.samples.arch import arch, binary_stl

RUNS: Final = 5
#: The inspection may take this part of the other's time, and of its memory.
GOAL: Final = 0.5
#: Cross-sections and points on each that make a scan of a million triangles, 50 MB as a binary STL.
_STEPS: Final = 1250
_POINTS: Final = 400
#: What scanners leave, millimeters.
_ROUGHNESS_MM: Final = 0.01
_WAYS: Final = ("bitewing", "trimesh")
_MEGABYTE: Final = 1_000_000


def measure() -> Iterator[Report]:
    """Inspect one generated scan in both ways, in turns, each time in a process of its own."""
    scan = arch("upper", is_open=True, steps=_STEPS, points=_POINTS, roughness_mm=_ROUGHNESS_MM)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "upper.stl")
        file.write_bytes(binary_stl(scan))
        size = file.stat().st_size
        runs: dict[str, list[dict[str, Any]]] = {way: [] for way in _WAYS}
        with progress("Inspecting a scan", RUNS * len(_WAYS)) as advance:
            for _ in range(RUNS):
                for way in _WAYS:
                    runs[way].append(inspected(file, way))
                    advance()
    seconds = {way: statistics.median(run["import_seconds"] + run["seconds"] for run in runs[way]) for way in _WAYS}
    looking = {way: statistics.median(run["seconds"] for run in runs[way]) for way in _WAYS}
    memory = {way: statistics.median(run["peak_bytes"] for run in runs[way]) for way in _WAYS}
    ours, other = _WAYS
    rows = [
        (
            way,
            f"{seconds[way]:.2f}",
            f"{seconds[way] / seconds[other]:.2f}",
            f"{looking[way]:.2f}",
            f"{looking[way] / looking[other]:.2f}",
            _verdict(max(seconds[way] / seconds[other], looking[way] / looking[other])) if way == ours else "",
            f"{memory[way] / _MEGABYTE:.0f}",
            f"{memory[way] / memory[other]:.2f}",
            _verdict(memory[way] / memory[other]) if way == ours else "",
        )
        for way in _WAYS
    ]
    yield Report(
        title=f"Inspection of a binary STL of {size / _MEGABYTE:.0f} MB, {len(scan.triangles):,} triangles",
        columns=("By", "s", "of trimesh", "s after imports", "of trimesh", "goal", "peak MB", "of trimesh", "goal"),
        rows=rows,
        notes=(
            f"Median of {RUNS} fresh processes each, in turns. Peak of the whole process with its libraries.",
            f"Goal: at most {GOAL} of trimesh, of its time with and without imports, and of its memory.",
            "trimesh loads the file and says whether it is closed. The inspection also tells holes, edges of",
            "three triangles, size and shape, and merges only corners that are equal to the last bit.",
        ),
    )


def _verdict(ratio: float) -> str:
    return verdict(is_reached=ratio <= GOAL)
