"""Prints the benchmarks: all of them, or those that are named."""

import argparse
from importlib import import_module
from typing import Final

from benchmarks.report import show

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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="which ones; all when none is named")
    for name in parser.parse_args().names or BENCHMARKS:
        for report in import_module(f"benchmarks.{name}").measure():
            show(report)


if __name__ == "__main__":
    main()
