"""The list of tests is the same in every process: workers that collect different lists refuse to begin."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def collected(seed: str) -> list[str]:
    collecting = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return [line for line in collecting.stdout.splitlines() if "::" in line]


def test_the_list_of_tests_does_not_depend_on_the_order_of_sets(request):
    one, other, *_ = sorted({"1", "2", "3"} - {os.environ.get("PYTHONHASHSEED")})
    found = collected(one)
    assert len(found) > 1000
    # A run of all tests has such a list already, by a seed of its own; one of some tests has not.
    of_this_run = [item.nodeid for item in request.session.items]
    assert found == (of_this_run if len(of_this_run) == len(found) else collected(other))
