"""A clock that stands still until a test moves it."""

from datetime import datetime, timedelta

from tests.support.builders import NOW


class Clock:
    """Gives the same moment again and again; with a ``step`` it moves on by itself at each look."""

    def __init__(self, at: datetime = NOW, *, step: timedelta = timedelta(0)) -> None:
        self.at, self.step = at, step

    def __call__(self) -> datetime:
        at = self.at
        self.at += self.step
        return at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)
