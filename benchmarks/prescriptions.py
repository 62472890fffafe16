"""What printing a prescription costs: time, memory, pages and bytes, cold and warm."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from statistics import median
from typing import Any, Final

from benchmarks.report import Report, progress, verdict
from tests.support.shown_cases import SHOWN
from tools.offline import PROJECT

#: Most milliseconds of a print in a function that is warm, and of the first one with what it loads for it, median.
GOAL_NEXT_MS: Final = 100
GOAL_FIRST_MS: Final = 500
#: Most memory that printing adds, MiB; the function has 1,024 for all that it does.
GOAL_MIB: Final = 128
RUNS: Final = 5


def measure() -> Iterator[Report]:
    """Print each of the prescriptions that are shown, in processes of their own."""
    rows = []
    with progress("Printing", len(SHOWN)) as advance:
        for name in SHOWN:
            rows.append(_row(name, [_printed(name) for _ in range(RUNS)]))
            advance()
    yield Report(
        title="Printing of prescriptions",
        columns=("Prescription", "pages", "KB", "first ms", "next ms", "more MiB", "goal"),
        rows=rows,
        notes=(
            f"Median of {RUNS} processes; the first print includes loading the library and the typefaces.",
            f"Goals: {GOAL_FIRST_MS} ms for the first, {GOAL_NEXT_MS} ms for others, {GOAL_MIB} MiB.",
            "The next print is one of the same sheet. The last row: 32 pieces, all unlike, and 4,000 characters.",
        ),
    )


def _row(name: str, runs: list[dict[str, Any]]) -> tuple[str, ...]:
    first, following, more = (median(run[key] for run in runs) for key in ("first_ms", "next_ms", "more_bytes"))
    mib = more / 2**20
    is_reached = first < GOAL_FIRST_MS and following < GOAL_NEXT_MS and mib < GOAL_MIB
    pages, size = runs[0]["pages"], runs[0]["size_bytes"]
    return (
        name.replace("_", " "),
        str(pages),
        f"{size / 1000:.0f}",
        f"{first:.0f}",
        f"{following:.0f}",
        f"{mib:.0f}",
        verdict(is_reached=is_reached),
    )


def _printed(name: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.print_one", name],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": f"shared{os.pathsep}."},
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
