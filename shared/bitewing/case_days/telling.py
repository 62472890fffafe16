"""The events of one change of a Case Day, told so that nobody hears of the change twice."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from bitewing.case_days.case_day import CaseDay
from bitewing.case_days.events import CaseDayEvent, day_event_head


class Telling:
    """Collects what is told of a change; whoever was named by one fact is left out of the next.

    Facts are told from the most special to the most general: who is removed from a confirmed day hears that, and not
    that the day became tentative.
    """

    def __init__(self, day: CaseDay, *, at: datetime) -> None:
        self._day, self._at = day, at
        self._events: list[CaseDayEvent] = []

    @property
    def events(self) -> tuple[CaseDayEvent, ...]:
        """Return what was told."""
        return tuple(self._events)

    def tell(
        self,
        kind: Callable[..., CaseDayEvent],
        *,
        clinicians: Iterable[str] = (),
        practice: bool = False,
        managers: bool = False,
        **facts: Any,
    ) -> None:
        """Add a fact.

        Args:
            kind: The event.
            clinicians: Whom it concerns, by id.
            practice: Whether it concerns the practice.
            managers: Whether it concerns the managers.
            **facts: What the event carries beside its head.
        """
        told = {each for event in self._events for each in event.concerns}
        head = day_event_head(
            self._day,
            at=self._at,
            concerns=tuple(dict.fromkeys(each for each in clinicians if each not in told)),
            concerns_practice=practice and not any(event.concerns_practice for event in self._events),
            concerns_managers=managers and not any(event.concerns_managers for event in self._events),
        )
        self._events.append(kind(**head, **facts))
