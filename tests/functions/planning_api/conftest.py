"""The sample things, and the function, at the moment that the samples speak of."""

import pytest

from tools.offline import Offline
from tools.sample_things import NOON


@pytest.fixture
def offline(wiring_of, monkeypatch):
    with Offline(clock=lambda: NOON) as offline:
        planning = wiring_of("planning_api").planning
        sessions = planning._sessions
        for part in (planning._offers, planning._lists, sessions, sessions._planning, sessions._cases):
            monkeypatch.setattr(part, "_now", lambda: NOON)
        yield offline
