"""The use cases of planning under one name; each subject has its own module."""

from collections.abc import Callable
from datetime import datetime

from bitewing.cases.ports import Cases
from bitewing.planning.listing import SessionListService
from bitewing.planning.offering import OfferService
from bitewing.planning.ports import Planning, PlanningDirectory
from bitewing.planning.publishing import HoursService
from bitewing.planning.sessions import SessionService


class PlanningService:
    """What the API of planning calls: hours, free blocks, sessions, and lists of them."""

    def __init__(
        self, cases: Cases, planning: Planning, directory: PlanningDirectory, *, now: Callable[[], datetime]
    ) -> None:
        self._published = HoursService(planning)
        self._offers = OfferService(planning, directory, now=now)
        self._lists = SessionListService(planning, directory, now=now)
        self._sessions = SessionService(cases, planning, directory, now=now)
        self.hours, self.publish = self._published.read, self._published.publish
        self.blocks, self.sessions = self._offers.blocks, self._lists.page
        self.book, self.would_book = self._sessions.book, self._sessions.would_book
        self.read = self._sessions.read
        self.move, self.would_move = self._sessions.move, self._sessions.would_move
        self.cancel, self.would_cancel = self._sessions.cancel, self._sessions.would_cancel
        self.record_outcome = self._sessions.record_outcome
