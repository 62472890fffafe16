"""Facts of which nobody hears, and nobody has said why: counted by their name, so that they are seen."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnruledFact:
    """Facts of one name that no rule tells.

    Attributes:
        name: Of the event's class, or of the kind of reminder.
        count: How many there were.
        last_fact_id: The newest of them.
    """

    name: str
    count: int
    last_fact_id: str
    last_at: datetime
