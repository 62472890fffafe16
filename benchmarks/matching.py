"""How good schedules are, how well that is proven, and what it takes, beside other ways to match."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bitewing.matching.instance import Instance
from bitewing.matching.reading import read_instance, write_instance

from benchmarks.installations import InstallationError, installation
from benchmarks.match_one import MAX_MEMORY_BYTES
from benchmarks.matching_instances import hard, instance_of
from benchmarks.report import Report, progress, verdict

ROOT: Final = Path(__file__).resolve().parent.parent
#: Where instances lie that others are measured on, too; those that are not there are generated.
GIVEN: Final = ROOT.parent / "shared" / "data" / "matching"
SEED: Final = 101
#: Seconds that each way has.
TIME_LIMIT_S: Final = 120.0
#: What is started and read before, and given back after it, seconds; who takes longer is ended.
_PATIENCE_S: Final = 300.0
_MEGABYTE: Final = 1_000_000

BITEWING: Final = "Bitewing"
IN_ONE_PIECE: Final = "HiGHS in one piece"
#: Each way, and the package that it needs beside those of the project.
WAYS: Final[Mapping[str, str | None]] = {
    BITEWING: None,
    "first come, first served": None,
    IN_ONE_PIECE: None,
    "CP-SAT": "ortools",
    "Timefold": "timefold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An instance, and what is asked for it.

    Attributes:
        gap: How far from the best is enough, as a share of the objective.
        goal_s: Most seconds of the processor to prove that.
        goal_mb: Most memory for it.
        times_as_fast: At least so many times as fast as the whole program in one piece.
    """

    name: str
    size: str
    gap: float = 0.0
    is_hard: bool = False
    goal_s: float | None = None
    goal_mb: float | None = None
    times_as_fast: float | None = None

    def instance(self) -> Instance:
        """Return the given instance of this size, or a generated one."""
        given = GIVEN / f"{self.size}-{SEED}.json"
        found = read_instance(given.read_bytes()) if given.exists() else instance_of(self.size, seed=SEED)
        return hard(found, seed=SEED) if self.is_hard else found


TASKS: Final = (
    Task(name="S", size="S"),
    Task(name="M", size="M", goal_s=0.5),
    Task(name="L", size="L", gap=0.000_05, goal_s=10, goal_mb=500, times_as_fast=5),
    Task(name="L, hard", size="L", gap=0.000_5, is_hard=True, goal_s=45),
    Task(name="XL", size="XL", gap=0.000_1, goal_s=120, goal_mb=2_000),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one way with one instance; ``trouble`` is why nothing did."""

    objective: int | None = None
    bound: int | None = None
    start_seconds: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    trouble: str = ""

    @property
    def gap(self) -> float | None:
        """Return how far from the best it is at most, as a share of the objective; ``None`` where nothing is proven."""
        if self.bound is None or not self.objective or self.objective < 0:
            return None
        return (self.bound - self.objective) / self.objective


def measure() -> Iterator[Report]:
    """Match each instance in each way, each in a process of its own, on one core."""
    places = {name: _place_of(package) for name, package in WAYS.items()}
    runs = dict[str, dict[str, Run]]()
    with tempfile.TemporaryDirectory() as scratch, progress("Matching", len(TASKS) * len(WAYS)) as advance:
        for task in TASKS:
            file = Path(scratch) / f"{task.size}.json"
            file.write_text(json.dumps(write_instance(task.instance())), encoding="utf-8")
            runs[task.name] = {}
            for way, place in places.items():
                runs[task.name][way] = matched(file, way, task, place)
                advance()
    yield Report(
        title="Matching",
        columns=("Instance", "by", "objective", "of the best %", "proven gap %", "s", "CPU s", "start s", "peak MB"),
        rows=[row for task in TASKS for row in _rows(task, runs[task.name])],
        notes=(
            (
                f"One run each, on one core, with {TIME_LIMIT_S:.0f} s and {MAX_MEMORY_BYTES / 1024**3:.0f} GB of "
                "addresses; start: imports, and reading the instance."
            ),
            (
                f"S, M and L are those of {GIVEN}; XL and what is missing there are generated with the seed {SEED}. "
                "Hard: five times the preferred teams, each worth 400."
            ),
            "Best: the best that any way found. All may stop at a gap of 0.005 % at L, 0.05 % at L hard, 0.01 % at XL.",
        ),
    )
    yield Report(
        title="Goals of matching",
        columns=("Goal", "reached", "asked for", "goal"),
        rows=[row for task in TASKS for row in goals(task, runs[task.name])],
        notes=("Seconds are those of the processor, which is what it takes on a core that does nothing else.",),
    )


def matched(file: Path, way: str, task: Task, place: Path | str) -> Run:
    """Let a fresh process match an instance, and give what that took.

    Args:
        file: The instance.
        way: One of :data:`WAYS`.
        task: How good is good enough.
        place: Where what it needs is installed; a sentence where it is not.
    """
    if isinstance(place, str):
        return Run(trouble=place)
    paths = (ROOT / "shared", ROOT, place)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(each) for each in paths), "OMP_NUM_THREADS": "1"}
    command = ["-m", "benchmarks.match_one", way, str(file), str(TIME_LIMIT_S), str(task.gap)]
    try:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIME_LIMIT_S + _PATIENCE_S,
        )
    except subprocess.TimeoutExpired:
        return Run(trouble=f"did not end within {TIME_LIMIT_S + _PATIENCE_S:.0f} s")
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        return Run(trouble=f"ended with {done.returncode}: {said[-1] if said else 'no word'}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Run(**found)


def goals(task: Task, runs: Mapping[str, Run]) -> Iterator[tuple[str, ...]]:
    """Yield the goals of an instance, with what was reached."""
    ours, whole = runs[BITEWING], runs[IN_ONE_PIECE]
    is_proven = ours.gap is not None and ours.gap <= task.gap
    if task.goal_s is not None:
        what = "proven the best" if task.gap == 0 else f"proven within {100 * task.gap:g} %"
        reached = f"{_percent(ours.gap)} % in {ours.cpu_seconds:.2f} s"
        is_reached = is_proven and ours.cpu_seconds <= task.goal_s
        yield f"{task.name}: {what}", reached, f"{task.goal_s:g} s", verdict(is_reached=is_reached)
    if task.goal_mb is not None:
        peak = ours.peak_bytes / _MEGABYTE
        is_reached = is_proven and peak <= task.goal_mb
        yield f"{task.name}: memory", f"{peak:.0f} MB", f"{task.goal_mb:,.0f} MB", verdict(is_reached=is_reached)
    if task.times_as_fast is not None:
        times = whole.cpu_seconds / ours.cpu_seconds if ours.cpu_seconds else 0.0
        is_reached = is_proven and times >= task.times_as_fast
        name = f"{task.name}: as fast as {IN_ONE_PIECE}"
        yield name, f"{times:.1f} times", f"{task.times_as_fast:g} times", verdict(is_reached=is_reached)


def _rows(task: Task, runs: Mapping[str, Run]) -> Iterator[Sequence[str]]:
    best = max((run.objective or 0 for run in runs.values()), default=0)
    for way, run in runs.items():
        if run.trouble:
            yield task.name, f"{way}: {run.trouble}", *(["-"] * 7)
            continue
        yield (
            task.name,
            way,
            "none" if run.objective is None else f"{run.objective:,}",
            f"{100 * run.objective / best:.3f}" if run.objective and best else "-",
            _percent(run.gap),
            f"{run.seconds:.2f}",
            f"{run.cpu_seconds:.2f}",
            f"{run.start_seconds:.2f}",
            f"{run.peak_bytes / _MEGABYTE:.0f}",
        )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.4f}"


def _place_of(package: str | None) -> Path | str:
    """Return where a package is, or why it is nowhere; what is of the project needs no other place."""
    try:
        return ROOT if package is None else installation([package])
    except InstallationError as error:
        return f"cannot be installed here: {error}"
