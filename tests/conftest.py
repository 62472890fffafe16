"""What holds for all tests: which of them share a process."""

from xdist.scheduler import LoadScopeScheduling

#: Tests below these folders share something costly, a stack or a synthesized app: one process has them all.
TOGETHER = ("end_to_end", "infra", "statemachines")


def pytest_addoption(parser):
    parser.addoption(
        "--keep-stack",
        action="store_true",
        help="leave the tests' stack running; the next run with this option deploys only what changed",
    )


class ByPlace(LoadScopeScheduling):
    """Gives a process the tests of a file together, and those of some folders."""

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        folder = file.split("/")[1]
        return folder if folder in TOGETHER else file


def pytest_xdist_make_scheduler(config, log):
    return ByPlace(config, log)
