"""What the inspection of a whole zipped CBCT in storage takes, beside downloading it and reading every slice."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.report import Report, progress, verdict
from local.samples.cbct import write_large_cbct

ROOT: Final = Path(__file__).resolve().parent.parent
RUNS: Final = 3
#: As large as CBCTs get: "up to 600 slices x 0.5 MB, about 300 MB". These pixels pack to three quarters.
SLICES: Final = 600
SIDE_PX: Final = 537
NAME: Final = "cbct.zip"
#: Most of the bytes that are read, share; most of the other way's time, share; most memory, bytes.
MAX_SHARE_READ: Final = 0.05
MAX_SHARE_OF_TIME: Final = 0.1
MAX_PEAK_BYTES: Final = 256 * 1024**2
_MEGABYTE: Final = 1_000_000


def measure() -> Iterator[Report]:
    """Generate a CBCT, and inspect it in both ways, each in a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, NAME)
        with progress("Inspecting a CBCT", 1 + 2 * RUNS) as advance:
            write_large_cbct(file, slices=SLICES, side_px=SIDE_PX)
            advance()
            with _serving(Path(scratch)) as address:
                size = file.stat().st_size
                runs: dict[str, list[dict[str, Any]]] = {"Bitewing": [], "pydicom": []}
                # In turns, so that what else the machine does falls on both.
                for _ in range(RUNS):
                    for way, of_way in runs.items():
                        of_way.append(_inspected(way, size, address))
                        advance()
    ours, theirs = (_best(runs[way]) for way in ("Bitewing", "pydicom"))
    yield Report(
        title=f"Inspection of a zipped CBCT in storage: {SLICES} slices, {size / _MEGABYTE:.0f} MB",
        columns=("By", "slices", "requests", "read MB", "read %", "seconds", "peak MB"),
        rows=[_row("Bitewing", ours, size), _row("downloading, then pydicom", theirs, size)],
        notes=(
            f"Least of {RUNS} fresh processes, in turns, after their imports; peak of the whole process.",
            "Storage is a local HTTP server that answers ranges and counts what it sends: no distance, no TLS.",
            "pydicom reads every slice from the downloaded zip, and decodes no pixels.",
        ),
    )
    shares = (ours["bytes"] / size, ours["seconds"] / theirs["seconds"])
    yield Report(
        title="Goals for the inspection of a CBCT",
        columns=("Goal", "at most", "measured", ""),
        rows=[
            _goal("share of the bytes", MAX_SHARE_READ, shares[0], "{:.1%}"),
            _goal("share of the time of downloading and pydicom", MAX_SHARE_OF_TIME, shares[1], "{:.1%}"),
            _goal("peak memory, MB", MAX_PEAK_BYTES / _MEGABYTE, ours["peak_bytes"] / _MEGABYTE, "{:.0f}"),
        ],
    )


def _best(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {**runs[0], **{figure: min(run[figure] for run in runs) for figure in ("seconds", "peak_bytes")}}


def _row(name: str, found: dict[str, Any], size: int) -> tuple[str, ...]:
    return (
        name,
        str(found["slices"]),
        str(found["requests"]),
        f"{found['bytes'] / _MEGABYTE:.2f}",
        f"{100 * found['bytes'] / size:.1f}",
        f"{found['seconds']:.2f}",
        f"{found['peak_bytes'] / _MEGABYTE:.0f}",
    )


def _goal(name: str, limit: float, measured: float, form: str) -> tuple[str, ...]:
    return name, form.format(limit), form.format(measured), verdict(is_reached=measured <= limit)


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.ranged_server", str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        port = server.stdout.readline() if server.stdout else ""
        yield f"http://127.0.0.1:{int(port)}"
    finally:
        server.terminate()
        server.communicate()


def _inspected(way: str, size: int, address: str) -> dict[str, Any]:
    _served(address)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.inspect_volume", way, NAME, str(size)],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(ROOT / "shared"), str(ROOT))),
            "AWS_ENDPOINT_URL": address,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    if found["slices"] != SLICES:
        msg = f"{way} found {found['slices']} slices"
        raise RuntimeError(msg)
    return found | _served(address)


def _served(address: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{address}/served") as answer:  # noqa: S310 - our own server
        served: dict[str, int] = json.load(answer)
    return served
