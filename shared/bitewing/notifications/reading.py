"""Facts as they stand in the queue: events as the bus hands them over, reminders as whoever reminds puts them there."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bitewing.kernel.moments import rfc3339
from bitewing.notifications.fact import Fact
from bitewing.notifications.facts import EVENTS


def read_fact(told: Mapping[str, Any]) -> Fact:
    """Return the fact that a message of the queue tells.

    An event of which this code knows nothing is read, too: that nobody hears of it is then seen.

    Raises:
        LookupError: It tells none; also ``TypeError`` or ``ValueError``, by what it is instead.
    """
    if "reminder" in told:
        return _checked(
            Fact(
                name=told["reminder"],
                fact_id=told["fact_id"],
                subject_id=told["subject_id"],
                occurred_at=datetime.fromisoformat(told["occurred_at"]),
                detail=dict(told["detail"]),
            )
        )
    name, detail = told["detail-type"], dict(told["detail"])
    form = EVENTS.get(name)
    event_id, occurred_at = detail.pop("event_id"), detail.pop("occurred_at")
    detail.pop("version", None)
    return _checked(
        Fact(
            name=name,
            fact_id=event_id,
            subject_id=event_id if form is None else detail[form.subject],
            occurred_at=datetime.fromisoformat(occurred_at),
            detail=detail,
        )
    )


def as_message(reminder: Fact) -> Mapping[str, object]:
    """Return a reminder as it stands in the queue; :func:`read_fact` takes it back."""
    return {
        "reminder": reminder.name,
        "fact_id": reminder.fact_id,
        "subject_id": reminder.subject_id,
        "occurred_at": rfc3339(reminder.occurred_at),
        "detail": dict(reminder.detail),
    }


def _checked(fact: Fact) -> Fact:
    if fact.occurred_at.tzinfo is None or not all(
        isinstance(each, str) and each for each in (fact.name, fact.fact_id, fact.subject_id)
    ):
        says = "A fact has a moment in UTC, a name, and ids that are texts."
        raise ValueError(says)
    return fact
