"""Matches Case Days from files: the interchange formats in and out, without AWS and without a stack.

    bitewing-match solve instance.json --out solution.json --time-limit 60
    bitewing-match explain instance.json solution.json
    bitewing-match compare a.json b.json --instance instance.json
    bitewing-match draw instance.json solution.json --out page.html

On a terminal it shows how far it is; elsewhere it is quiet. What is wrong with a file is told on the error stream,
all of it at once: the file, the field or line, and what was expected. It ends with

    0   it did what it says
    1   it could not, for any other reason; 130 where it was interrupted
    2   a file cannot be read, or is no instance or no solution
    3   a solution that was given breaks hard rules of its instance
"""

import json
import math
import os
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from bitewing.kernel.errors import InvalidInput
from bitewing.matching.drawing import page_of
from bitewing.matching.explaining import Explainer
from bitewing.matching.figures import figures_of, workdays_of
from bitewing.matching.instance import Instance
from bitewing.matching.reading import Stated, read_instance, read_solution, read_stated, write_solution
from bitewing.matching.rules import as_told, objective, violations
from bitewing.matching.schedule import Assignment, Schedule
from bitewing.matching.wording import sentences
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

T = TypeVar("T")

DONE: Final = 0
FAILED: Final = 1
BAD_FILE: Final = 2
INFEASIBLE: Final = 3
_INTERRUPTED: Final = 130
#: Of a long list, so many are named.
_NAMED: Final = 20
#: What HiGHS takes.
_MAX_SEED: Final = 2**31 - 1
_IN_A_PIPE_COLUMNS: Final = 140


class _Ended(Exception):
    """It ends here; why was told."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Parser(ArgumentParser):
    """Tells a wrong call as any other trouble: 2 is for files."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(FAILED, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        What it ends with; see above.
    """
    given = _parser().parse_args(arguments)
    try:
        given.command(given)
        # What is still on its way belongs to the command: whoever reads it can have gone.
        sys.stdout.flush()
    except _Ended as ended:
        return ended.code
    except KeyboardInterrupt:
        _tell(["Stopped."])
        return _INTERRUPTED
    except BrokenPipeError:
        # Python would try once more when it ends, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return DONE


def _parser() -> ArgumentParser:
    about, _, codes = (__doc__ or "").partition("\n\n")
    parser = _Parser(
        prog="bitewing-match", description=about, epilog=codes, formatter_class=RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, command: Callable[[Namespace], None], *files: tuple[str, str]) -> ArgumentParser:
        added = commands.add_parser(name, help=(command.__doc__ or "").rstrip("."), description=command.__doc__)
        added.set_defaults(command=command)
        for file, what in files:
            added.add_argument(file, type=Path, help=what)
        return added

    instance, solution = ("instance", "a file of caseday-instance/1"), ("solution", "a file of caseday-solution/1")
    solving = add("solve", _solve, instance)
    solving.add_argument("--out", type=Path, help="where the solution goes; the output when it is left out")
    solving.add_argument(
        "--told", type=Path, help="a solution that people were told: as few of them as possible are moved"
    )
    solving.add_argument("--time-limit", type=_seconds, default=60.0, help="seconds, then the best so far; 60")
    solving.add_argument(
        "--gap", type=_share, default=0.0, help="how far from the best is enough: 0.0001 is 0.01 %%; 0"
    )
    solving.add_argument("--seed", type=_seed, default=0, help="of the solver's choices; 0")
    add("explain", _explain, instance, solution)
    comparing = add("compare", _compare, ("a", solution[1]), ("b", "another one"))
    comparing.add_argument("--instance", type=Path, help="what both are for: then each is checked and valued")
    drawing = add("draw", _draw, instance, solution)
    drawing.add_argument("--out", type=Path, help="where the page goes; the output when it is left out")
    return parser


# --- Commands ----------------------------------------------------------------------------------------------


def _solve(given: Namespace) -> None:
    """Find the best schedule of an instance."""
    from bitewing.matching.solving import Progress as Solved  # noqa: PLC0415 - only solving needs the solver
    from bitewing.matching.solving import solve  # noqa: PLC0415

    instance = _instance(given.instance)
    if given.told is not None:
        # It need not be held any more: what changed since is why it is planned anew.
        instance = as_told(instance, _read(given.told, lambda text: read_solution(text, instance)))
    _refuse_missing_folder(given.out)
    began = time.monotonic()
    with _progress("Relaxing") as show:

        def tell(now: Solved) -> None:
            best = Schedule(assignments=(), objective=now.objective, bound=now.bound)
            show(f"{now.solved} of {now.parts} parts solved, {_worth(best)}")

        schedule = solve(instance, time_limit_s=given.time_limit, gap=given.gap, seed=given.seed, tell=tell)
    _write(given.out, json.dumps(write_solution(schedule), indent=1) + "\n")
    if _screen().is_terminal:
        served = f"{len(schedule.assignments):,} of {len(instance.requests):,} requests served"
        _tell([f"{served}, {_worth(schedule)}, in {time.monotonic() - began:.1f} s."])


def _explain(given: Namespace) -> None:
    """Say in words why requests are not served, and why who is on each team."""
    instance = _instance(given.instance)
    held = _held(given.solution, instance)
    for explanation in Explainer(instance, held).explanations():
        for sentence in sentences(explanation):
            sys.stdout.write(f"{sentence}\n")


def _compare(given: Namespace) -> None:
    """Say how two solutions differ."""
    one, other = _stated(given.a), _stated(given.b)
    columns = ["", str(given.a), str(given.b), "more in the second"]
    if given.instance is None:
        rows = [("requests served", len(one.assignments), len(other.assignments))]
        rows += [
            (f"{name}, as the files say", *values)
            for name in ("objective", "bound")
            if None not in (values := (getattr(one, name), getattr(other, name)))
        ]
        note = "With --instance, each is checked and valued."
    else:
        instance = _instance(given.instance)
        held = [_held(given.a, instance), _held(given.b, instance)]
        rows = list(zip(_MEASURES, *(_measured(instance, each) for each in held), strict=True))
        note = ""
    screen = Console(width=None if sys.stdout.isatty() else _IN_A_PIPE_COLUMNS, highlight=False)
    table = Table(box=None)
    for column in columns:
        table.add_column(escape(column), justify="right" if column else "left")
    for name, left, right in rows:
        table.add_row(name, f"{left:,}", f"{right:,}", f"{right - left:+,}" if right != left else "")
    screen.print(table)
    for line in _differences(one, other):
        screen.print(line, markup=False)
    if note:
        screen.print(note)


def _draw(given: Namespace) -> None:
    """Draw the calendar, the teams, the vacancies and the load of each clinician as a page."""
    instance = _instance(given.instance)
    held, stated = _held(given.solution, instance), _stated(given.solution)
    _refuse_missing_folder(given.out)
    worth, bound = objective(instance, held), stated.bound
    if bound is not None and (stated.objective not in {None, worth} or bound < worth):
        said = f"an objective of {stated.objective} and a bound of {bound}"
        _tell([f"{given.solution}: It says {said}, and is worth {worth}: the bound is left out."])
        bound = None
    _write(given.out, page_of(instance, held, bound=bound))


# --- What differs ------------------------------------------------------------------------------------------

_MEASURES: Final = (
    *("objective", "requests served", "priority served", "date penalties", "minutes driven"),
    *("members whom practices prefer", "teams that like to work together", "days that clinicians would like"),
    *("members who stay where they were told", "weekend days", "clinicians without a day"),
)


def _measured(instance: Instance, assignments: Sequence[Assignment]) -> tuple[int, ...]:
    """Return what a schedule is worth, in the order of the measures."""
    figures, loads = figures_of(instance, assignments), list(workdays_of(instance, assignments))
    return (
        objective(instance, assignments),
        *(figures.served, figures.priority, figures.date_penalty, figures.drive_min),
        *(figures.preferred, figures.teams, figures.fair_days, figures.kept),
        sum(load.weekend_days for load in loads),
        sum(not load.days for load in loads),
    )


def _differences(one: Stated, other: Stated) -> Iterator[str]:
    """Yield which requests are served otherwise."""
    left, right = ({each.request_id: each for each in stated.assignments} for stated in (one, other))
    both = sorted(left.keys() & right.keys())
    moved = [each for each in both if left[each].day != right[each].day]
    changed = [each for each in both if set(left[each].team) != set(right[each].team)]
    yield from _named("Only the first serves", sorted(left.keys() - right.keys()))
    yield from _named("Only the second serves", sorted(right.keys() - left.keys()))
    yield from _named("On another day", moved)
    yield from _named("With other members", changed)
    if left.keys() == right.keys() and not moved and not changed:
        yield "Both serve the same requests on the same days with the same teams."


def _named(what: str, requests: Sequence[str]) -> Iterator[str]:
    if requests:
        more = f" and {len(requests) - _NAMED:,} more" if len(requests) > _NAMED else ""
        yield f"{what} {len(requests):,}: {', '.join(requests[:_NAMED])}{more}."


# --- Files -------------------------------------------------------------------------------------------------


def _instance(path: Path) -> Instance:
    return _read(path, read_instance)


def _stated(path: Path) -> Stated:
    return _read(path, read_stated)


def _held(path: Path, instance: Instance) -> tuple[Assignment, ...]:
    """Return the assignments of a file; where they break hard rules, say which, and end."""
    assignments = _read(path, lambda text: read_solution(text, instance))
    broken = list(violations(instance, assignments))
    if broken:
        more = [f"and {len(broken) - _NAMED:,} more."] if len(broken) > _NAMED else []
        _tell(f"{path}: {each}" for each in broken[:_NAMED] + more)
        raise _Ended(INFEASIBLE)
    return assignments


def _read(path: Path, reader: Callable[[bytes], T]) -> T:
    """Return what a file says; where it cannot be read, say why, and end."""
    try:
        return reader(path.read_bytes())
    except OSError as error:
        _tell([f"{path}: It cannot be read: {error.strerror}."])
        raise _Ended(BAD_FILE) from error
    except InvalidInput as error:
        _tell(f"{path}: {each.pointer}{': ' if each.pointer else ''}{each.says}" for each in error.errors)
        raise _Ended(BAD_FILE) from error


def _refuse_missing_folder(path: Path | None) -> None:
    """Say that there is no place for what will come out, before it takes long to come out."""
    if path is not None and not path.parent.is_dir():
        _tell([f"{path}: There is no folder {path.parent}."])
        raise _Ended(FAILED)


def _write(path: Path | None, text: str) -> None:
    if path is None:
        sys.stdout.write(text)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        _tell([f"{path}: It cannot be written: {error.strerror}."])
        raise _Ended(FAILED) from error


# --- The terminal ------------------------------------------------------------------------------------------


def _screen() -> Console:
    return Console(stderr=True, highlight=False)


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stderr.write(f"{line}\n")


@contextmanager
def _progress(first: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal how far it is, and how long it took so far; give what is called with what is new."""
    screen = _screen()
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(first)
        yield lambda description: bar.update(task, description=description)


def _worth(schedule: Schedule) -> str:
    """Say what a schedule is worth, and how far from the best it is at most."""
    if schedule.gap == 0:
        return f"objective {schedule.objective:,}, proven the best"
    return f"objective {schedule.objective:,} of at most {schedule.bound:,} ({100 * schedule.gap:.4f} %)"


# --- Numbers -----------------------------------------------------------------------------------------------


def _seconds(text: str) -> float:
    if not (0 < (value := _number(text)) < math.inf):
        raise ArgumentTypeError("more than 0 seconds")
    return value


def _share(text: str) -> float:
    if not 0 <= (value := _number(text)) < math.inf:
        raise ArgumentTypeError("a share of the objective, 0 or more: 0.0001 is 0.01 %")
    return value


def _number(text: str) -> float:
    """Return a number; what is none is no number."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _seed(text: str) -> int:
    if not text.isdecimal() or len(text) > len(str(_MAX_SEED)) or (value := int(text)) > _MAX_SEED:
        raise ArgumentTypeError(f"a whole number from 0 to {_MAX_SEED}")
    return value


if __name__ == "__main__":
    sys.exit(main())
