"""How the local stack speaks to a person: one line a step, progress on everything slow, durations."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.markup import escape

from local.trouble import Trouble

#: Where nothing can be redrawn (a pipe, a build log), progress is a new line, at most this often.
LINE_EVERY_S: Final = 10
_IN_A_PIPE_COLUMNS: Final = 140
console: Final = Console(highlight=False, width=None if sys.stdout.isatty() else _IN_A_PIPE_COLUMNS)


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Show a step while it runs and how long it took; gives a function that shows how far it is."""
    started = time.monotonic()
    if not console.is_terminal:
        console.print(f"  … {escape(title)}")
        yield _lines(title, started)
    else:
        with console.status(escape(title)) as status:
            yield lambda progress: status.update(
                f"{escape(title)} [dim]{escape(progress[:100])} · {time.monotonic() - started:.0f} s[/dim]"
            )
    console.print(f"[green]  ✓[/green] {escape(title)} [dim]{time.monotonic() - started:.1f} s[/dim]")


def _lines(title: str, started: float) -> Callable[[str], None]:
    last = started

    def show(progress: str) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_EVERY_S:
            last = time.monotonic()
            console.print(f"    {escape(title)}: {escape(progress)} [dim]{last - started:.0f} s[/dim]")

    return show


def say(trouble: Trouble) -> None:
    """Print what went wrong and what to do."""
    if trouble.log:
        console.print(f"[dim]{escape(trouble.log)}[/dim]")
    console.print(f"[red]  ✗ {escape(trouble.says)}[/red] {escape(trouble.do)}")
