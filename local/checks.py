"""All checks of the project, as ``make lint`` and ``make test`` run them, and the report of what ran."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from rich.markup import escape
from rich.table import Table

from local.places import PROJECT, node_environment, uv
from local.terminal import console, say, step
from local.trouble import Trouble

REPORTS: Final = PROJECT / "build" / "tests"
#: Cores of the smallest build server.
WORKERS: Final = 2
TYPED: Final = ("shared/bitewing", "functions", "infra", "local", "benchmarks", "tools")

#: Least part of statements and branches that tests run, percent.
TOTAL_PERCENT: Final = 95
#: Where every branch is run: decisions and use cases. What is named first wins.
WHOLLY_COVERED: Final = ("shared/bitewing/*",)
NOT_WHOLLY_COVERED: Final = (
    "shared/bitewing/aws/*",
    "shared/bitewing/files/inspecting/*",
    "shared/bitewing/*/*store.py",
)
#: Folder of tests to what they are about.
LEVELS: Final = {
    "shared": "rules, use cases, stores",
    "functions": "handlers with sample events",
    "statemachines": "state machines: structure and paths",
    "infra": "templates",
    "events": "events: schemas and samples",
    "architecture": "imports, bundles, mirrors",
    "local": "the local stack itself",
    "benchmarks": "benchmarks",
    "end_to_end": "end to end on a deployed stack",
}


def lint() -> int:
    """Check style, types, import contracts and the lock; 0 when all are clean."""
    present = [folder for folder in TYPED if any((PROJECT / folder).rglob("*.py"))]
    failures = [
        title
        for title, command in {
            "Style (ruff)": [_tool("ruff"), "check", "--quiet"],
            "Format (ruff)": [_tool("ruff"), "format", "--check", "--quiet"],
            "Types (mypy, strict)": [_tool("mypy"), *present],
            "Import contracts (import-linter)": [_tool("lint-imports"), "--no-logo"],
            "Locked dependencies (uv)": [uv(), "lock", "--check", "--offline", "--quiet"],
        }.items()
        if not _passes(title, command)
    ]
    return 1 if failures else 0


def test() -> int:
    """Check everything: style, types, contracts, every test, coverage; 0 when all of it holds."""
    started = time.monotonic()
    style = lint()
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    console.print()
    tests = _pytest()
    console.print()
    ran = read_junit(REPORTS / "junit.xml")
    _print_levels(ran)
    (REPORTS / "list.txt").write_text("".join(f"{test.level}: {test.name}\n" for test in ran))
    console.print(f"  Every test by name: {(REPORTS / 'list.txt').relative_to(PROJECT)}")
    covered = _coverage()
    console.print(f"  Everything took {time.monotonic() - started:.0f} s.")
    console.print()
    console.print(_closing_line())
    failed = [name for name, code in {"lint": style, "tests": tests, "coverage": covered}.items() if code]
    console.print(f"[red]Failed: {', '.join(failed)}[/red]" if failed else "[green]Everything holds.[/green]")
    return 1 if failed else 0


@dataclass(frozen=True, slots=True)
class Ran:
    """One test that ran or was skipped."""

    level: str
    name: str
    skipped: bool


def read_junit(path: Path) -> list[Ran]:
    """The tests of a JUnit report, in the order in which they stand there.

    Raises:
        Trouble: The tests wrote no report.
    """
    if not path.exists():
        raise Trouble("The tests wrote no report.", do="What pytest said stands above.")
    ran = []
    for case in ET.parse(path).getroot().iter("testcase"):  # noqa: S314 - our own report
        module = case.get("classname", "").split(".")
        level = module[1] if len(module) > 1 else ""
        name = case.get("name", "")
        ran.append(Ran(level, f"{'/'.join(module[1:])} {name}", case.find("skipped") is not None))
    return ran


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of the code the tests run.

    Attributes:
        percent: Statements and branches that ran, of all.
        incomplete: Files that must be wholly covered and are not, with what is missing.
    """

    percent: float
    incomplete: tuple[tuple[str, str], ...]


def read_coverage(report: Path) -> Coverage:
    """Judge a JSON report of ``coverage``."""
    content = json.loads(report.read_text())
    incomplete = []
    for name, file in sorted(content["files"].items()):
        lines, branches = file["missing_lines"], file["missing_branches"]
        if must_be_whole(name) and (lines or branches):
            parts = [*(str(line) for line in lines), *(f"{start}→{end}" for start, end in branches)]
            incomplete.append((name, ", ".join(parts)))
    return Coverage(content["totals"]["percent_covered"], tuple(incomplete))


def must_be_whole(name: str) -> bool:
    """Whether every branch of a file must be run by tests."""
    return any(fnmatch(name, each) for each in WHOLLY_COVERED) and not any(
        fnmatch(name, each) for each in NOT_WHOLLY_COVERED
    )


def _pytest() -> int:
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--numprocesses", str(WORKERS), "--no-loadscope-reorder"),
            *("--cov", "--cov-report=", f"--junitxml={REPORTS / 'junit.xml'}", "--durations=10"),
            *("-p", "no:cacheprovider", "tests"),
        ],
        cwd=PROJECT,
        env=os.environ | node_environment() | {"COVERAGE_FILE": str(REPORTS / "coverage")},
        check=False,
    ).returncode


def _print_levels(ran: Sequence[Ran]) -> None:
    counts, skipped = Counter(test.level for test in ran), Counter(test.level for test in ran if test.skipped)
    table = Table(box=None, padding=(0, 2))
    table.add_column("level")
    table.add_column("tests", justify="right")
    table.add_column("skipped", justify="right")
    table.add_column("about")
    for level in sorted(counts, key=lambda level: [*LEVELS, level].index(level)):
        table.add_row(level, str(counts[level]), str(skipped[level]), LEVELS.get(level, ""))
    table.add_row("all", str(counts.total()), str(skipped.total()), "")
    console.print(table)


def _coverage() -> int:
    report = REPORTS / "coverage.json"
    subprocess.run(
        [_tool("coverage"), "json", "--quiet", "-o", str(report)],
        cwd=PROJECT,
        env=os.environ | {"COVERAGE_FILE": str(REPORTS / "coverage")},
        check=True,
    )
    coverage = read_coverage(report)
    console.print(f"  Coverage: {coverage.percent:.1f} % of statements and branches (at least {TOTAL_PERCENT} %).")
    if coverage.incomplete:
        console.print("[red]  ✗[/red] Rules and use cases need every branch; these miss some:")
        for name, missing in coverage.incomplete:
            console.print(f"      {name}: {escape(missing)}")
    else:
        console.print("[green]  ✓[/green] Rules and use cases: 100 % of branches.")
    return 1 if coverage.incomplete or coverage.percent < TOTAL_PERCENT else 0


def _closing_line() -> str:
    """The counts of the report, as pytest's own closing line has them."""
    suite = next(ET.parse(REPORTS / "junit.xml").getroot().iter("testsuite"))  # noqa: S314 - our own report
    count = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    passed = count["tests"] - count["failures"] - count["errors"] - count["skipped"]
    return (
        f"{count['failures']} failed, {passed} passed, {count['skipped']} skipped, {count['errors']} errors"
        f" in {float(suite.get('time', '0')):.0f} s"
    )


def _passes(title: str, command: Iterable[str]) -> bool:
    try:
        with step(title):
            _run_check(title, command)
    except Trouble as trouble:
        say(trouble)
        return False
    return True


def _run_check(title: str, command: Iterable[str]) -> None:
    answer = subprocess.run(
        list(command),
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": f"shared{os.pathsep}."},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise Trouble(f"{title} found something.", log=(answer.stdout + answer.stderr).strip())


def _tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)
