"""How the inspection stops early."""

from bitewing.files.inspection import FileProblem, Problem


class UnusableError(Exception):
    """The file has a problem that ends its inspection; ``inspect`` turns it into a ``FileProblem``."""

    def __init__(self, code: Problem, says: str) -> None:
        super().__init__(says)
        self.problem = FileProblem(code=code, says=says)
