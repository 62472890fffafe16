"""``python -m local``: what the Makefile's targets do."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from local import commands
from local.terminal import console, say
from local.trouble import Trouble


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what it says."""
    chosen = _parser().parse_args(arguments)
    options = vars(chosen)
    command: Callable[..., int | None] = options.pop("command")
    started = time.monotonic()
    try:
        return command(**options) or 0
    except Trouble as trouble:
        say(trouble)
        return 1
    except KeyboardInterrupt:
        console.print(f"Stopped after {time.monotonic() - started:.0f} s.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    names = parser.add_subparsers(required=True)

    def add(name: str, command: Callable[..., int | None]) -> argparse.ArgumentParser:
        added = names.add_parser(name, help=(command.__doc__ or "").splitlines()[0])
        added.set_defaults(command=command)
        return added

    add("install", commands.install)
    run = add("run", commands.run)
    run.add_argument("--scans", type=Path, help="folder with real upper and lower scans")
    run.add_argument("--port", type=int, help=f"port of the stack, {commands.PORT} unless it is taken")
    add("stop", commands.stop)
    add("status", commands.status)
    invoke = add("invoke", commands.invoke)
    invoke.add_argument("function")
    invoke.add_argument("sample", nargs="?", default="")
    add("lint", commands.lint)
    add("test", commands.test)
    return parser


if __name__ == "__main__":
    sys.exit(main())
