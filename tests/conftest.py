"""What holds for all tests: which of them share a process."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
#: Tests below these folders share something costly, a stack or a synthesized app: one process has them all.
TOGETHER = ("end_to_end", "infra", "statemachines")


def pytest_addoption(parser):
    parser.addoption(
        "--keep-stack",
        action="store_true",
        help="leave the tests' stack running; the next run with this option deploys only what changed",
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """Mark them before xdist, which asks to be first, reads the marks."""
    for item in items:
        path = item.path.relative_to(TESTS)
        item.add_marker(pytest.mark.xdist_group(path.parts[0] if path.parts[0] in TOGETHER else str(path)))
    return (yield)
