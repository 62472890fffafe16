"""Cold starts: from the start of a process to the first answer, with the calls that the answer needs.

Fresh interpreters, one after the other and taking turns, on one core; the answering stub stays on another
core where there is one. Our functions run from their real bundles, the others from ordinary installations
with the bytecode that an installer writes.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bitewing.kernel import wire

from benchmarks import events
from benchmarks.events import FirstRequest
from benchmarks.installations import InstallationError, installation
from benchmarks.report import Report, progress, verdict
from benchmarks.stub import Stub, running_stub, sample_world
from infra.bundling import Target, UvBundler
from tools.offline import function_names, read_sample

ROOT: Final = Path(__file__).resolve().parent.parent
RUNS: Final = 15
#: Of what nobody waits for, and no goal is set for.
RUNS_BEHIND: Final = 5
#: A function of the HTTP API may take this part of what stock Powertools with validation takes.
GOAL: Final = 0.85
_BASELINES: Final = ROOT / "benchmarks" / "baselines"
_FIRST_ANSWER: Final = ROOT / "benchmarks" / "first_answer.py"
_STOCK: Final = "stock Powertools with validation"
_API_FUNCTIONS: Final = tuple(dict.fromkeys(route.function for route in wire.ROUTES))


class NoAnswer(Exception):
    """A handler did not answer, or not what it should; the message is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """Something that starts.

    Attributes:
        name: How the table calls it.
        directories: What is on the path of its interpreter.
        module: Where its ``handler`` is.
        request: What it is asked, and what counts as an answer.
        event: The event that asks it.
        runs: How often it is started and counted.
    """

    name: str
    directories: Sequence[Path]
    module: str
    request: FirstRequest
    event: Mapping[str, Any]
    runs: int = RUNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What one start took.

    Attributes:
        milliseconds: From the start of the process to the answer.
        cpu_milliseconds: Processor time, which other work on the machine lengthens less.
    """

    milliseconds: float
    cpu_milliseconds: float


def measure() -> Iterator[Report]:
    """Start everything, in turns."""
    notes = [
        f"Median of {RUNS} fresh interpreters taking turns on one core, Python {sys.version.split()[0]}.",
        f"Of functions behind the API, which have no goal, {RUNS_BEHIND} are started.",
        f"Goal of an API function: at most {GOAL} x {_STOCK}, by the median of the wall clock.",
        "Only starts that end in the answer that is wanted count; any other stops the measurement.",
    ]
    contenders = [*_baselines(notes), *_functions()]
    with running_stub(sample_world()) as stub:
        times, calls = _take_turns(contenders, stub, notes)
    medians = {name: statistics.median(run.milliseconds for run in runs) for name, runs in times.items()}
    cpu = {name: statistics.median(run.cpu_milliseconds for run in runs) for name, runs in times.items()}
    asked = {contender.name: contender.request.asks for contender in contenders}
    stock, stock_cpu = medians.get(_STOCK), cpu.get(_STOCK)
    rows = [
        (
            name,
            asked[name],
            f"{medians[name]:.0f}",
            f"{min(run.milliseconds for run in runs):.0f}",
            f"{cpu[name]:.0f}",
            f"{medians[name] / stock:.2f}" if stock else "-",
            f"{cpu[name] / stock_cpu:.2f}" if stock_cpu else "-",
            ", ".join(f"{count} {call}" for call, count in calls[name].items()) or "none",
            _verdict(name, medians[name], stock),
        )
        for name, runs in times.items()
    ]
    columns = (
        "Start to first answer",
        "asked for",
        "median ms",
        "least ms",
        "CPU ms",
        "of stock",
        "of its CPU",
        "AWS calls",
        "goal",
    )
    yield Report(title="Cold start", columns=columns, rows=rows, notes=notes)


def _verdict(name: str, median: float, stock: float | None) -> str:
    if name not in _API_FUNCTIONS:
        return ""
    if stock is None:
        return "-"
    return verdict(is_reached=median <= GOAL * stock)


def _baselines(notes: list[str]) -> Iterator[Contender]:
    event = read_sample("cases_api", events.ONE_CASE.sample)
    kept = UvBundler(ROOT, Target.host()).asset("directory_api")
    yield Contender(
        name="floor: botocore cut to the calls",
        directories=(Path(kept), _BASELINES),
        module="floor",
        request=events.ONE_CASE,
        event=event,
    )
    installations = (
        ("bare boto3", "bare_boto3", ("boto3",)),
        (_STOCK, "stock_powertools", ("boto3", "aws-lambda-powertools", "pydantic")),
        ("FastAPI with Mangum", "fastapi_mangum", ("boto3", "fastapi", "mangum")),
    )
    for name, module, packages in installations:
        try:
            directory = installation(packages)
        except InstallationError as error:
            notes.append(f"{name} could not be installed: {error}")
            continue
        yield Contender(
            name=name,
            directories=(directory, _BASELINES),
            module=module,
            request=events.ONE_CASE,
            event=event,
        )


def _functions() -> Iterator[Contender]:
    bundler = UvBundler(ROOT, Target.host())
    for function in function_names():
        request = events.FIRST_REQUESTS[function]
        yield Contender(
            name=function,
            directories=(Path(bundler.asset(function)),),
            module=f"functions.{function}.handler",
            request=request,
            event=read_sample(function, request.sample),
            runs=RUNS if function in _API_FUNCTIONS else RUNS_BEHIND,
        )


def _take_turns(
    contenders: Sequence[Contender], stub: Stub, notes: list[str]
) -> tuple[dict[str, list[Start]], dict[str, "Counter[str]"]]:
    times: dict[str, list[Start]] = {}
    calls: dict[str, Counter[str]] = {}
    environment = {**events.SETTINGS, "AWS_ENDPOINT_URL": stub.url}
    with _one_core(), events.written(contender.event for contender in contenders) as files:
        started = list(zip(contenders, files, strict=True))
        for contender, event in list(started):
            # The first one fills the caches of the file system and is not counted.
            try:
                _start(contender, event, environment)
            except NoAnswer as error:
                if contender.request is not events.ONE_CASE:
                    raise
                # What only stands beside may be missing.
                started.remove((contender, event))
                notes.append(f"No answer: {error}")
            calls[contender.name] = stub.calls_since_last_asked()
        with progress("Starting", sum(contender.runs for contender, _ in started)) as advance:
            for turn in range(RUNS):
                for contender, event in started:
                    if turn >= contender.runs:
                        continue
                    times.setdefault(contender.name, []).append(_start(contender, event, environment))
                    advance()
    return times, calls


@contextmanager
def _one_core() -> Iterator[None]:
    """Keep what is started from here on the last core; threads that already run stay where they are."""
    if not hasattr(os, "sched_setaffinity"):  # Not on every system.
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _start(contender: Contender, event: Path, environment: Mapping[str, str]) -> Start:
    """Start an interpreter and wait for its answer.

    Raises:
        NoAnswer: There was none, or another one than is wanted.
    """
    directories = os.pathsep.join(map(str, contender.directories))
    python = os.path.realpath(sys.executable)
    command = [python, "-I", "-S", str(_FIRST_ANSWER), directories, contender.module, str(event)]
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if process.stdout is None or process.stderr is None:
        raise NoAnswer("its output cannot be read")
    # Before it answers, the handler may log.
    answered = any(line.startswith(b"answered") for line in process.stdout)
    milliseconds = (time.perf_counter() - began) * 1000
    answer = process.stdout.read().decode(errors="replace").strip()
    said = process.stderr.read().decode(errors="replace").strip()
    process.stdout.close()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if not answered:
        raise NoAnswer(f"{contender.name}: {said.splitlines()[-1] if said else 'it stopped without a word'}")
    if not contender.request.is_answered_by(json.loads(answer)):
        raise NoAnswer(f"{contender.name} was asked for {contender.request.asks}, and answered {answer}")
    return Start(milliseconds=milliseconds, cpu_milliseconds=(usage.ru_utime + usage.ru_stime) * 1000)
