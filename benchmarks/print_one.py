"""Prints one prescription in a process of its own, and tells what that took: the first print of a cold function."""

import json
import sys
import time

from bitewing.rx.sheet import sheet_of

from benchmarks.inspect_one import peak_bytes
from tests.support.shown_cases import SHOWN


def main(name: str) -> None:
    """Print it twice."""
    sheet = sheet_of(SHOWN[name]())
    before = peak_bytes()
    times = []
    start = time.perf_counter_ns()
    # What a cold start loads before its first print.
    from bitewing.rx.printing.printer import TypstPrinter  # noqa: PLC0415

    printer = TypstPrinter()
    paper = printer.print(sheet)
    times.append(time.perf_counter_ns() - start)
    start = time.perf_counter_ns()
    printer.print(sheet)
    times.append(time.perf_counter_ns() - start)
    told = {
        "first_ms": times[0] / 1e6,
        "next_ms": times[1] / 1e6,
        "more_bytes": peak_bytes() - before,
        "size_bytes": len(paper.content),
        "pages": paper.pages,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
