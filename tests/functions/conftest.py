"""AWS in the test's own process, with the sample organizations, cases and files."""

import pytest

from tools.offline import Offline, handler_of


@pytest.fixture
def offline():
    """Everything new, for a test that changes something."""
    with Offline() as offline:
        yield offline


@pytest.fixture(scope="module")
def standing():
    """One for all tests of a module that change nothing; at the module's end it is made sure that none did."""
    with Offline() as offline:
        before = offline.items()
        yield offline
        assert offline.items() == before


@pytest.fixture
def ask_as(offline):
    """Gives the answer to a call, by whom it is made."""
    from tests.support.http import ask  # noqa: PLC0415

    return lambda person, call: ask(offline, person, call)


@pytest.fixture
def wiring_of():
    """Gives the module in which a function is put together."""
    import importlib  # noqa: PLC0415

    def wiring(function):
        handler_of(function)
        return importlib.import_module(f"functions.{function}.wiring")

    return wiring
