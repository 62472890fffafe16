"""Prints the benchmarks: all but those that take long, or those that are named. Fails where a goal is missed."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from benchmarks.report import show, show_missed

#: In the order of printing. Each module has ``measure() -> Iterator[Report]``.
BENCHMARKS: Final = (
    "sizes",
    "cold_start",
    "operations",
    "listing",
    "inspection",
    "meshes",
    "volumes",
    "prechecks",
    "prescriptions",
)
#: Measured only when it is named: it takes longer than all others together.
APART: Final = ("matching",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print.

    Returns:
        1 where a goal was missed, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        choices=[*BENCHMARKS, *APART, []],
        help="which ones; when none is named, all but those that take long",
    )
    missed: list[str] = []
    for name in parser.parse_args(arguments).names or BENCHMARKS:
        for report in import_module(f"benchmarks.{name}").measure():
            show(report)
            missed += report.missed
    show_missed(missed)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
