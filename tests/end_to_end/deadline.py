"""Waiting for what happens by itself: look again and again until it is there, for at most so long."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

WITHIN_S = 60.0
_BETWEEN_LOOKS_S = 0.1


def eventually(look: Callable[[], T], *, within_s: float = WITHIN_S) -> T:
    """Give the first answer that is not empty.

    Raises:
        AssertionError: There was none in that time; with the last one.
    """
    deadline = time.monotonic() + within_s
    while not (seen := look()):
        assert time.monotonic() < deadline, f"after {within_s:.0f} s still {seen!r}"
        time.sleep(_BETWEEN_LOOKS_S)
    return seen


def until_nothing(look: Callable[[], object], *, within_s: float = WITHIN_S) -> None:
    """Wait until an answer is empty: nothing is left.

    Raises:
        AssertionError: Something was left in that time; with the last answer.
    """
    deadline = time.monotonic() + within_s
    while seen := look():
        assert time.monotonic() < deadline, f"after {within_s:.0f} s still {seen!r}"
        time.sleep(_BETWEEN_LOOKS_S)
