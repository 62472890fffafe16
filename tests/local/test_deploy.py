"""What `make run` does when a deployment fails."""

from types import SimpleNamespace

import pytest

from local import commands
from local.trouble import Trouble


class Stack(SimpleNamespace):
    """A stack whose first deployment fails."""

    def __init__(self, log, *, is_deployed):
        super().__init__(is_deployed=is_deployed, done=[], failures=[Trouble("The deployment failed.", log=log)])

    def deploy(self, *_, **__):
        self.done.append("deploy")
        if self.failures:
            raise self.failures.pop()

    def reset(self):
        self.done.append("reset")

    def bootstrap(self):
        self.done.append("bootstrap")


def test_an_export_that_the_emulator_misses_is_deployed_on_an_empty_one_and_the_reason_told(capsys):
    stack = Stack('Export "bitewing-local-data:ExportsOutput" not found', is_deployed=True)
    commands._deploy(stack)
    assert stack.done == ["deploy", "reset", "bootstrap", "deploy"]
    assert "The deployment failed." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("log", "is_deployed"),
    [("Template error: no such parameter", True), ("", True), ('Export "x" not found', False)],
)
def test_any_other_failure_is_told_and_nothing_that_is_stored_is_lost(log, is_deployed):
    stack = Stack(log, is_deployed=is_deployed)
    with pytest.raises(Trouble, match="The deployment failed"):
        commands._deploy(stack)
    assert stack.done == ["deploy"]
