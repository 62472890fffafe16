"""The list of tests is the same in every process: workers that collect different lists refuse to begin."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def collecting(seed: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_the_list_of_tests_does_not_depend_on_the_order_of_sets():
    lists = [
        [line for line in process.communicate()[0].splitlines() if "::" in line]
        for process in [collecting("1"), collecting("2")]
    ]
    assert len(lists[0]) > 1000
    assert lists[0] == lists[1]
