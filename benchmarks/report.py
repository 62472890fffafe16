"""Tables on the terminal, one a benchmark."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

_MISSED: Final = "missed"
_console = Console(width=None if sys.stdout.isatty() else 160)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one benchmark found.

    Attributes:
        title: What was measured, with the unit.
        columns: Headings; the first column names the row.
        rows: One a measured thing.
        notes: How it was measured, and what could not be.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default=())

    @property
    def missed(self) -> tuple[str, ...]:
        """The rows that missed a goal, by title and name, each once."""
        return tuple(dict.fromkeys(f"{self.title}: {row[0]}" for row in self.rows if _MISSED in row))


def verdict(*, is_reached: bool) -> str:
    """Say of a goal whether it was reached."""
    return "reached" if is_reached else _MISSED


def show(report: Report) -> None:
    """Print a report."""
    table = Table(title=report.title, title_justify="left")
    for position, column in enumerate(report.columns):
        table.add_column(column, justify="left" if position == 0 else "right", no_wrap=position == 0)
    for row in report.rows:
        table.add_row(*row)
    _console.print(table)
    for note in report.notes:
        _console.print(f"  {note}", highlight=False)
    _console.print()


def show_missed(missed: Sequence[str]) -> None:
    """Print which goals were missed, if any were."""
    for name in missed:
        _console.print(f"Goal missed: {name}", highlight=False, soft_wrap=True)


@contextmanager
def progress(of_what: str, total: int) -> Iterator[Callable[[], None]]:
    """Show on the error stream how far a slow measurement is.

    Yields:
        What to call after each of the ``total`` steps.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    # Drawn by whoever measures, between two measurements, not by a thread that runs beside them.
    with Progress(*columns, console=console, transient=True, auto_refresh=False) as bar:
        task = bar.add_task(of_what, total=total)

        def advance() -> None:
            bar.advance(task)
            bar.refresh()

        yield advance
